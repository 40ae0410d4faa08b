/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 distributor and CPU interface, EOImode 1: priority drop (EOIR) and
 * deactivation (DIR) are separate steps.
 *
 * Source: ARM IHI 0048B. Layer: 3 (drivers). Callers serialise
 * read-modify-write of shared registers (irq_desc->lock, boot).
 */
#ifndef XEN_GIC_H
#define XEN_GIC_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

#define GIC_SPURIOUS 1023u

/* Mapped register bases; set by gic_init, constant after. */
extern volatile uint8_t *gicd, *gicc, *gich;

/*
 * Distributor: everything disabled, level, at GIC_PRIO_XEN, SPIs to the
 * boot CPU. @*_va as mapped by setup.c.
 * Returns 0 or -ENODEV (not a GICv2 with virtualization extensions).
 */
int must_check gic_init(volatile void *dist_va, volatile void *cpu_va,
                        volatile void *hyp_va);
/* Banked parts and CPU interface of this CPU: PMR, EOImode, enable. */
void gic_cpu_init(void);

/* Number of interrupt lines, a multiple of 32; CPU interfaces; IIDR. */
unsigned int gic_lines(void);
unsigned int gic_cpus(void);
uint32_t gic_iidr(void);
/* GIC CPU interface mask of this CPU, as ITARGETSR0 tells it. */
uint8_t gic_cpu_mask(void);

/* GICC_IAR: the whole register (source CPU in bits 12:10 for SGIs). */
uint32_t gic_ack(void);
/* GICC_EOIR: drop priority. GICC_DIR: deactivate. @iar as acknowledged. */
void gic_drop(uint32_t iar);
void gic_deactivate(uint32_t iar);

void gic_enable(unsigned int irq);
void gic_disable(unsigned int irq);
bool gic_is_enabled(unsigned int irq);
void gic_set_trigger(unsigned int irq, bool edge);
void gic_set_target(unsigned int irq, uint8_t cpu_mask);
void gic_set_priority(unsigned int irq, uint8_t priority);

/* Pending and active state of one line (SGI/PPI: this CPU's bank). */
bool gic_is_pending(unsigned int irq);
bool gic_is_active(unsigned int irq);
void gic_set_pending(unsigned int irq);
void gic_clear_pending(unsigned int irq);
void gic_set_active(unsigned int irq);
void gic_clear_active(unsigned int irq);

/*
 * Software-generated interrupt @sgi to the GIC CPUs in @cpu_mask. What the
 * caller has stored before is visible to a CPU that takes it.
 */
void gic_send_sgi(unsigned int sgi, uint8_t cpu_mask);

/* Priorities: ours before guests'. */
#define GIC_PRIO_XEN   0xa0u
#define GIC_PRIO_GUEST 0xb0u

/* ---- gich.c: the hypervisor interface of this CPU ---- */

/* List registers (A15: 4), at most 16 used. */
unsigned int gich_lr_nr(void);
void gich_cpu_init(void); /* all LRs empty, interface enabled      */
uint32_t gich_lr_read(unsigned int lr);
void gich_lr_write(unsigned int lr, uint32_t val);
/* ELRSR0: bit n set: LR n holds nothing. */
uint32_t gich_empty(void);
uint32_t gich_misr(void);
uint32_t gich_hcr_read(void);
void gich_hcr_write(uint32_t val);
uint32_t gich_vmcr_read(void);
void gich_vmcr_write(uint32_t val);
uint32_t gich_apr_read(void);
void gich_apr_write(uint32_t val);

#endif /* XEN_GIC_H */
