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

/*
 * A page of registers that are dom0's but for some bits, which Xen keeps for
 * itself: dom0 reads them, and its writes leave them as they are.
 */
struct platform_held {
    paddr_t pa;            /* of the page                               */
    volatile uint8_t **va; /* where it is mapped                        */
    /* The kept bits of the word at @offset of the page, a multiple of 4.
     * NULL, and only that, ends the table.                               */
    uint32_t (*kept)(uint32_t offset);
};

struct platform {
    const char *name;
    const char *const *compatibles;        /* NULL-terminated */
    const struct platform_window *windows; /* or NULL   */
    int (*init)(const struct board *b);
    /* Rate of the counter in Hz, which init has seen to, whatever CNTFRQ and
     * the device tree say. 0: not known, and @why is set to a line that names
     * the remedy.                                                        */
    uint32_t (*timer_hz)(const char **why);
    /* Per CPU, early: set CNTFRQ, errata bits.                          */
    void (*cpu_init)(uint32_t timer_hz);
    /* Send the CPUs that wait in the firmware to @entry_pa, @entry_va in our
     * image; lines for the log go to @text. NULL: PSCI starts each of them. */
    void (*cpus_release)(paddr_t entry_pa, uint32_t entry_va, char *text,
                         size_t size);
    /* They come in SVC, and may ask the boot ROM for Hyp mode: rom_hyp_ask. */
    bool cpus_ask_rom;
    void (*restart)(void);
    void (*poweroff)(void);
    /* INTID for an interrupt specifier that is not the GIC's, or -errno.
     * A router between the device and the GIC is programmed.             */
    int (*irq_map)(const struct fdt_irq *irq);
    /* That router's node, by compatible, and its property that lists the
     * SPIs which a driver must leave alone. Any other SPI may be dom0's:
     * it programs the router. NULL: there is none.                       */
    const char *router, *router_skip;
    /* Xen has taken SPI @intid for itself: from here on it stays so,
     * whatever dom0 does with what lies between the device and the GIC.  */
    void (*irq_keep)(uint32_t intid);
    /* Have the UART at @uart_pa clocked, before its driver touches it and
     * before init; of several calls the last one counts. @map: a page for good,
     * or NULL. False: it must not be touched. */
    bool (*uart_clock_on)(paddr_t uart_pa, volatile void *(*map)(paddr_t pa));
    /* Take off @b->banks what the board has no RAM for, whatever the tree
     * says; before any is used. @map as above.                           */
    void (*ram_check)(struct board *b, volatile void *(*map)(paddr_t pa));
    /* Stop a watchdog that the boot loader or the ROM has left running; a
     * line for the log, or NULL when none ran. Once the time is known.   */
    const char *(*watchdog_stop)(void);
    /* dom0's SMC to the boot ROM: @service is its r12, @arg its r0. True
     * when it is one; then *@answer is what r0 gets.                      */
    bool (*rom_service)(uint32_t service, uint32_t arg, uint32_t *answer);
    /* An emulated GIC that does not look again at a level which is still
     * high when a guest's EOI deactivates it (QEMU 7.2, hw/intc/arm_gic.c
     * gic_complete_irq): see vtimer_recheck_arm.                         */
    bool gic_misses_level;
    /* Pages that dom0 uses through held.c: not to be mapped; or NULL.    */
    const struct platform_held *dom0_held;
};

extern const struct platform platform_virt, platform_dra7;

/* Never NULL: a platform without functions when nothing matches. */
const struct platform *platform_find(const void *fdt);
extern const struct platform *platform; /* set by setup.c */

#endif /* XEN_PLATFORM_H */
