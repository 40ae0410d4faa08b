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

/* Forward the interrupt, or hold it back. SGI/PPI: of this CPU. */
void gic_enable(unsigned int irq);
/* The opposite; one that is active already stays so. */
void gic_disable(unsigned int irq);
/* Whether it is forwarded. */
bool gic_is_enabled(unsigned int irq);
/* Edge or level; to be changed while the interrupt is disabled. */
void gic_set_trigger(unsigned int irq, bool edge);
/* SPI only: the CPU interfaces it may go to. */
void gic_set_target(unsigned int irq, uint8_t cpu_mask);
/* A lower value goes first. */
void gic_set_priority(unsigned int irq, uint8_t priority);

/* Pending and active state of one line (SGI/PPI: this CPU's bank). */
bool gic_is_pending(unsigned int irq);
/* As above. */
bool gic_is_active(unsigned int irq);
/* Not for SGIs: IHI 0048B 4.3.7. */
void gic_set_pending(unsigned int irq);
/* Not for SGIs; a level that is still asserted stays pending. */
void gic_clear_pending(unsigned int irq);
/* Give a line the state of a taken interrupt, as when one comes back. */
void gic_set_active(unsigned int irq);
/* Take the state away without a write to GICC_DIR. */
void gic_clear_active(unsigned int irq);

/*
 * Software-generated interrupt @sgi to the GIC CPUs in @cpu_mask. What the
 * caller has stored before is visible to a CPU that takes it.
 */
void gic_send_sgi(unsigned int sgi, uint8_t cpu_mask);

/* Priorities: ours before guests'. */
#define GIC_PRIO_XEN   0xa0u
#define GIC_PRIO_GUEST 0xb0u

/* gich.c: list registers of this CPU (A15: 4), at most 16 used. */
unsigned int gich_lr_nr(void);
void gich_cpu_init(void); /* all LRs empty, interface enabled      */

/*
 * Single accesses, inline since they are on the hottest paths. On the host a
 * unit test brings functions of these names.
 */
#ifdef __arm__
#include <asm/gic_regs.h>
#include <asm/mmio.h>

#define GIC_READ  static inline uint32_t
#define GIC_WRITE static inline void
#define GIC_GET(base_, reg_)                                                   \
    {                                                                          \
        return mmio_read32((base_) + (reg_));                                  \
    }
#define GIC_SET(base_, reg_, val_)                                             \
    {                                                                          \
        mmio_write32((base_) + (reg_), val_);                                  \
    }
#else
#define GIC_READ                   uint32_t
#define GIC_WRITE                  void
#define GIC_GET(base_, reg_)       ;
#define GIC_SET(base_, reg_, val_) ;
#endif

/* clang-format off */

/* GICC_IAR: the whole register (source CPU in bits 12:10 for SGIs). */
GIC_READ  gic_ack(void)                 GIC_GET(gicc, GICC_IAR)
/* GICC_EOIR: drop priority. GICC_DIR: deactivate. @iar as acknowledged. */
GIC_WRITE gic_drop(uint32_t iar)        GIC_SET(gicc, GICC_EOIR, iar)
GIC_WRITE gic_deactivate(uint32_t iar)  GIC_SET(gicc, GICC_DIR, iar)

GIC_READ  gich_lr_read(unsigned int lr) GIC_GET(gich, GICH_LR(lr))
GIC_WRITE gich_lr_write(unsigned int lr, uint32_t val)
                                        GIC_SET(gich, GICH_LR(lr), val)
/* ELRSR0: bit n set: LR n holds nothing. */
GIC_READ  gich_empty(void)              GIC_GET(gich, GICH_ELRSR0)
GIC_READ  gich_misr(void)               GIC_GET(gich, GICH_MISR)
GIC_READ  gich_hcr_read(void)           GIC_GET(gich, GICH_HCR)
GIC_WRITE gich_hcr_write(uint32_t val)  GIC_SET(gich, GICH_HCR, val)
GIC_READ  gich_vmcr_read(void)          GIC_GET(gich, GICH_VMCR)
GIC_WRITE gich_vmcr_write(uint32_t val) GIC_SET(gich, GICH_VMCR, val)
GIC_READ  gich_apr_read(void)           GIC_GET(gich, GICH_APR)
GIC_WRITE gich_apr_write(uint32_t val)  GIC_SET(gich, GICH_APR, val)

/* clang-format on */

#undef GIC_READ
#undef GIC_WRITE
#undef GIC_GET
#undef GIC_SET

#endif /* XEN_GIC_H */
