/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPSR and SPSR: modes and flags.
 *
 * Source: ARM DDI 0406C.c B1.3.3 "Program Status Registers". Layer: 2 (cpu).
 * Included by assembly as well: plain numbers only.
 */
#ifndef ASM_PSR_H
#define ASM_PSR_H

/* clang-format off */

#define PSR_MODE_MASK 0x1f
#define PSR_MODE_USR  0x10
#define PSR_MODE_FIQ  0x11
#define PSR_MODE_IRQ  0x12
#define PSR_MODE_SVC  0x13
#define PSR_MODE_MON  0x16
#define PSR_MODE_ABT  0x17
#define PSR_MODE_HYP  0x1a
#define PSR_MODE_UND  0x1b
#define PSR_MODE_SYS  0x1f

#define PSR_T (1 << 5)  /* Thumb                                   */
#define PSR_F (1 << 6)  /* FIQ masked                              */
#define PSR_I (1 << 7)  /* IRQ masked                              */
#define PSR_A (1 << 8)  /* asynchronous abort masked               */
#define PSR_E (1 << 9)  /* big-endian data                         */
#define PSR_J (1 << 24) /* Jazelle, with T: ThumbEE                */
#define PSR_Z (1 << 30)

/* IT[7:2] in bits 15:10, IT[1:0] in bits 26:25. */
#define PSR_IT_MASK 0x0600fc00

/* A domain's first vCPU and each CPU_ON: SVC, A, I, F masked, Z as Xen. */
#define PSR_GUEST_INIT (PSR_Z | PSR_A | PSR_I | PSR_F | PSR_MODE_SVC)

/* clang-format on */

#endif /* ASM_PSR_H */
