/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical interrupts: descriptors, the acknowledge loop, who gets what.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_IRQ_H
#define XEN_IRQ_H

#include <stdbool.h>
#include <stdint.h>

#include <asm/percpu.h>

#include <xen/compiler.h>

struct domain;

#define IRQ_SGI_NR   16u
#define IRQ_LOCAL_NR 32u /* SGIs and PPIs: banked per CPU */
#define IRQ_MAX      1020u

enum irq_trigger {
    IRQ_LEVEL,
    IRQ_EDGE,
};

/* What the loop does after the handler has run. */
enum irq_kind {
    IRQ_XEN,   /* deactivate at once                                    */
    IRQ_GUEST, /* leave active: the guest's EOI deactivates it (HW = 1) */
};

/* Descriptors for the GIC's number of lines. Boot. */
int must_check irq_init(void);

/*
 * Each CPU, after gic_cpu_init: note its GIC number for SGIs and targets,
 * enable the SGIs that are registered.
 */
void irq_cpu_init(void);

DECLARE_PER_CPU(uint8_t, gic_mask);

/* GIC CPU interface mask of @cpu; 0 before its irq_cpu_init. */
static inline uint8_t irq_gic_mask(unsigned int cpu)
{
    return per_cpu(gic_mask, cpu);
}

/*
 * Have @fn(@arg) called for interrupt @irq on the CPU that takes it, with
 * interrupts masked, priority dropped. The line stays disabled until
 * irq_enable. For a PPI or SGI the registration is for all CPUs, and each
 * calls irq_enable for itself.
 * @name is not NULL. Returns 0, -EINVAL (no such line), -EBUSY (taken, or
 * being released on another CPU).
 */
int must_check irq_request(unsigned int irq, enum irq_kind kind,
                           enum irq_trigger trigger, void (*fn)(void *arg),
                           void *arg, const char *name);

/*
 * Undo irq_request; the line is disabled and inactive afterwards, and @fn
 * runs on no CPU. Locks: as smp_call.
 */
void irq_release(unsigned int irq);

/* Who has @irq: its name, or NULL when free. */
const char *irq_owner_name(unsigned int irq);

/* Unmask / mask at the distributor. SGI/PPI: on this CPU. */
void irq_enable(unsigned int irq);
void irq_disable(unsigned int irq);

/* Change edge or level of a line. Returns 0 or -EINVAL. */
int must_check irq_trigger_set(unsigned int irq, enum irq_trigger trigger);

/* Deliver an SPI to @cpu from now on. */
void irq_route(unsigned int irq, unsigned int cpu);

/*
 * Acknowledge and handle until nothing is pending. Called from the IRQ
 * vector, from idle after WFI, and wherever a long operation lets waiting
 * interrupts in (irq_window).
 */
void irq_handle(void);

/* Trace interrupts (TRC_HW_IRQ_HANDLED), or no longer. */
void irq_trace(bool on);

/* If an interrupt waits (ISR.I), handle it here. No locks may be held. */
void irq_window(void);

#endif /* XEN_IRQ_H */
