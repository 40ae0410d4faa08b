/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What smpboot.c and head.S on a starting CPU tell each other. That CPU has
 * its MMU off: smpboot.c cleans what it writes to the point of coherency,
 * and invalidates before it reads.
 *
 * Layer: 2 (cpu).
 */
#ifndef ASM_SMPBOOT_H
#define ASM_SMPBOOT_H

#ifndef __ASSEMBLER__
#include <stdint.h>

#include <xen/compiler.h>

struct smpboot {
    uint64_t httbr_boot; /* tables with the identity map of head.S       */
    uint64_t httbr;      /* Xen's own tables                             */
    uint32_t stack;      /* stack top, Hyp virtual                       */
    uint32_t percpu;     /* value for HTPIDR                             */
    uint32_t cpu;        /* index of who may come, or SMPBOOT_WAIT, PARK */
    uint32_t asks_rom;   /* 1: it may ask the boot ROM for Hyp mode      */
    /* Written by head.S alone, in a cache line of its own: SMPBOOT_*.   */
    uint32_t answer aligned(64);
};
#endif

/* .cpu, when it is no index. */
#define SMPBOOT_WAIT 0    /* not yet: what comes waits in head.S           */
#define SMPBOOT_PARK 0xff /* too late: what comes stops in head.S, for good */

/* .answer; 0: it has not come. */
#define SMPBOOT_COMES      1 /* on its way; it may print                   */
#define SMPBOOT_WRONG_MODE 2 /* stopped: it is not in Hyp mode             */
#define SMPBOOT_REFUSED    3 /* stopped: and the boot ROM refuses that     */

/* Where head.S maps the 2 MiB around the early UART. */
#define EARLY_UART_VIRT 0x00e00000

#ifndef __ASSEMBLER__
/* head.S */
extern struct smpboot smpboot;
extern uint64_t xen_phys_start; /* physical address of _start             */
extern uint64_t boot_l1[], boot_l2[], boot_l3[]; /* one page each          */
void secondary_start(void); /* entry, by its physical address         */

/* Print by the early console (CONFIG_EARLY_PRINTK), else nothing. */
void early_console_puts(const char *s);
#endif /* __ASSEMBLER__ */

#endif /* ASM_SMPBOOT_H */
