/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs per SoC, as a table of functions chosen by the root node's
 * compatible. Any of them may be NULL.
 *
 * Layer: 3 (drivers).
 */
#ifndef XEN_PLATFORM_H
#define XEN_PLATFORM_H

#include <xen/board.h>
#include <xen/compiler.h>
#include <xen/types.h>

/* Registers that a platform wants mapped before its init is called. */
struct platform_window {
    paddr_t pa;
    uint32_t size;         /* bytes                                     */
    volatile uint8_t **va; /* where the base goes; NULL ends the table  */
};

struct platform {
    const char *name;
    const char *const *compatibles;        /* NULL-terminated */
    const struct platform_window *windows; /* or NULL   */
    int (*init)(const struct board *b);
    /* Counter frequency when CNTFRQ is 0 or wrong; 0: no opinion.       */
    uint32_t (*timer_hz)(void);
    /* Per CPU, early: set CNTFRQ, errata bits.                          */
    void (*cpu_init)(uint32_t timer_hz);
    /* Start CPU @cpu of board.cpus at @entry_pa; NULL: PSCI does it.    */
    int (*cpu_on)(unsigned int cpu, paddr_t entry_pa);
    void (*restart)(void);
    void (*poweroff)(void);
    /* INTID for an interrupt specifier that is not the GIC's, or -errno.
     * A router between the device and the GIC is programmed.             */
    int (*irq_map)(const struct fdt_irq *irq);
    /* An emulated GIC that does not look again at a level which is still
     * high when a guest's EOI deactivates it (QEMU 7.2, hw/intc/arm_gic.c
     * gic_complete_irq): see vtimer_recheck_arm.                         */
    bool gic_misses_level;
    /* Extra MMIO that no node covers, for dom0; NULL-size-terminated.    */
    const struct mem_range *dom0_extra_mmio;
};

extern const struct platform platform_virt, platform_dra7;

/* Never NULL: a platform without functions when nothing matches. */
const struct platform *platform_find(const void *fdt);
extern const struct platform *platform; /* set by setup.c */

#endif /* XEN_PLATFORM_H */
