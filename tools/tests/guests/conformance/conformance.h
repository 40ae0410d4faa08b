/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of the conformance guest, and what they share.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "guest.h"

#define GICC_APR0  0x0d0
#define GICC_IIDR  0x0fc
#define GICC_DIR   0x1000
#define GICD_PIDR4 0xfd0

/* One fact. @name is a string literal. */
#define FACT(name_, ...)                                                       \
    do {                                                                       \
        print("= " name_ ": " __VA_ARGS__);                                    \
        print("\n");                                                           \
    } while (0)

/* Each prints its facts and leaves the machine as it found it. */
void conform_cpu(void);
void conform_gic(void);
void conform_sgi(void);
void conform_spi(void);
void conform_timer(void);
void conform_fault(void);
void conform_psci(void);

/* CPUs on, waiting for work with their CPU interface on; and off. */
void worker_start(unsigned int cpu);
void worker_stop(unsigned int cpu);
void workers_start(void);
void workers_stop(void);
/* CPU @cpu runs @fn(@arg): begin, wait for its end; or both. */
void worker_begin(unsigned int cpu, void (*fn)(void *), void *arg);
void worker_end(unsigned int cpu);
void worker_run(unsigned int cpu, void (*fn)(void *), void *arg);

/* Registers of distributor and CPU interface; writes have arrived. */
uint32_t dist_get(uint32_t reg);
void dist_set(uint32_t reg, uint32_t val);
void dist_set8(uint32_t reg, uint8_t val);
uint32_t cpuif_get(uint32_t reg);
void cpuif_set(uint32_t reg, uint32_t val);

/* The bit of @irq in a register of one bit each: read it, write a 1. */
bool irq_bit(uint32_t reg, uint32_t irq);
void irq_bit_set(uint32_t reg, uint32_t irq);

/* @irq disabled, neither pending nor active, priority 0xa0, for CPU 0. */
void irq_idle(uint32_t irq);

/*
 * Any write to the physical distributor. QEMU 7.2 looks at its inputs when
 * something is written there, not when a list register deactivates one.
 */
void distributor_nudge(void);

/* Acknowledge (the whole IAR), end. IRQs are masked in the CPSR. */
uint32_t ack(void);
void eoi(uint32_t iar);

/* What waits for this CPU, as HPPIR tells; 1023: nothing for @us. */
uint32_t highest_within(uint32_t us);

#endif /* CONFORMANCE_H */
