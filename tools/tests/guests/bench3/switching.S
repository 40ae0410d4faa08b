/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What two domains on one pCPU run: yield to the other, for ever. Each pair
 * of programs measures one way of the switch, from the last instruction of
 * the one to the first of the other; a yield that comes back to its caller
 * is no sample, as the end of one's operation is only in the other's code.
 *
 * Source: public/sched.h; DDI 0406C.c B1.11 (CPACR), B6.1.37 (FPEXC).
 * Layer:  test guest, built domain.
 */
#include "marks.h"
#include "switching.h"

#define SCHED_OP   29
#define YIELD      0
#define CPACR_VFP  0x00f00000
#define FPEXC_EN   0x40000000

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .fpu neon-vfpv4
    .arm

    /* @starts, @ends: operations; @vfp: use it first thing each time. */
    .macro program name, starts, ends, vfp
    .global \name, \name\()_end
\name:
    mrc     p15, 0, r0, c1, c0, 2
    orr     r0, r0, #CPACR_VFP
    mcr     p15, 0, r0, c1, c0, 2
    isb
    .if \vfp
    mov     r0, #FPEXC_EN
    vmsr    fpexc, r0
    .endif
1:  .if \vfp
    vmov    s0, r0
    .endif
    .word   MARK_OPCODE | (\ends * 8 + MARK_PHASE_END)
    mov     r12, #SCHED_OP
    mov     r0, #YIELD
    .word   MARK_OPCODE | (\starts * 8 + MARK_PHASE_START)
    hvc     #0xEA1
    b       1b
\name\()_end:
    .endm

    .text
    program switch_one,     OP_SWITCH,     OP_BACK,      0
    program switch_other,   OP_BACK,       OP_SWITCH,    0
    program switch_vfp_one, OP_SWITCH_VFP, OP_BACK,      1
    program switch_vfp_two, OP_BACK,       OP_SWITCH_VFP, 1
