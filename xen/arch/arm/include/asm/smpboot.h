/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What head.S hands to a secondary CPU: read with the MMU off, so its writer
 * cleans it to the point of coherency.
 *
 * Layer: 2 (cpu).
 */
#ifndef ASM_SMPBOOT_H
#define ASM_SMPBOOT_H

#ifndef __ASSEMBLER__
#include <stdint.h>

struct smpboot {
    uint64_t httbr_boot; /* tables with the identity map of head.S       */
    uint64_t httbr;      /* Xen's own tables                             */
    uint32_t stack;      /* stack top, Hyp virtual                       */
    uint32_t percpu;     /* value for HTPIDR                             */
    uint32_t cpu;        /* index, for the early console                 */
};
#endif

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
