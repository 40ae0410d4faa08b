/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every register of the core and of VFP filled, left alone for a while with
 * other vCPUs on this pCPU, and read back.
 *
 * Not one register is free meanwhile, so each CPU has a copy of the code,
 * with words of its own within reach of PC.
 *
 * Source: DDI 0406C.c B9.3.8, B9.3.9 (banked MRS and MSR), A8.8.332 (VLDM).
 * Layer:  test guest, first domain.
 */
#include "context.h"

#define YIELDS      2
#define SCHED_OP    29 /* __HYPERVISOR_sched_op; SCHEDOP_yield is 0 */
#define BUSY_LOOPS  0x00800000
#define FPEXC_EN    (1 << 30)

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .fpu neon-vfpv4
    .arm

/* Banked registers, in the order of struct core's banks. */
.macro for_banks what
    .set    at, CORE_BANKS
    .irp    bank, sp_usr, lr_usr, sp_abt, lr_abt, spsr_abt, sp_und, lr_und, \
                  spsr_und, sp_irq, lr_irq, spsr_irq, r8_fiq, r9_fiq, \
                  r10_fiq, r11_fiq, r12_fiq, sp_fiq, lr_fiq, spsr_fiq
    \what   \bank
    .set    at, at + 4
    .endr
.endm

.macro put_bank bank
    ldr     r3, [r0, #at]
    msr     \bank, r3
.endm

.macro get_bank bank
    mrs     r3, \bank
    str     r3, [r0, #at]
.endm

.macro fill_core
    ldr     r1, [r0, #(CORE_SP + 8)]
    msr     spsr_fsxc, r1
    ldr     r1, [r0, #CORE_CPSR]
    msr     cpsr_fs, r1
    ldr     sp, [r0, #CORE_SP]
    ldr     lr, [r0, #(CORE_SP + 4)]
    ldmia   r0, {r0-r12}
.endm

.macro be_busy counter
    mov     \counter, #BUSY_LOOPS
9:  subs    \counter, \counter, #1
    bne     9b
.endm

.macro context_round cpu
    .text
    .balign 64
    .global context_round_\cpu
    .type context_round_\cpu, %function
context_round_\cpu:
    push    {r4-r11, lr}
    str     r1, got_\cpu
    str     sp, sp_\cpu
    mov     r4, r3
    for_banks put_bank
    mov     r1, #FPEXC_EN
    vmsr    fpexc, r1
    add     r1, r0, #CORE_D
    vldmia  r1!, {d0-d15}
    vldmia  r1, {d16-d31}
    ldr     r1, [r0, #CORE_FPSCR]
    vmsr    fpscr, r1
    vmsr    fpexc, r4
    teq     r2, #WAY_BUSY
    beq     1f
    teq     r2, #WAY_BUSY_12
    beq     2f

    fill_core
    .rept   YIELDS
    mov     r0, #0
    mov     r1, #0
    mov     r12, #SCHED_OP
    hvc     #0xea1
    .endr
    b       3f

1:  fill_core
    be_busy r0
    b       3f

2:  fill_core
    be_busy r12

3:  str     r0, r0_\cpu
    ldr     r0, got_\cpu
    str     sp, [r0, #CORE_SP]
    str     lr, [r0, #(CORE_SP + 4)]
    ldr     sp, sp_\cpu
    str     r1, [r0, #4]
    ldr     r1, r0_\cpu
    str     r1, [r0]
    mrs     r1, cpsr
    str     r1, [r0, #CORE_CPSR]
    mrs     r1, spsr
    str     r1, [r0, #(CORE_SP + 8)]
    add     r1, r0, #8
    stmia   r1, {r2-r12}
    vmrs    r3, fpexc
    str     r3, [r0, #(CORE_BANKS + 76)]
    mov     r1, #FPEXC_EN
    vmsr    fpexc, r1
    for_banks get_bank
    add     r1, r0, #CORE_D
    vstmia  r1!, {d0-d15}
    vstmia  r1, {d16-d31}
    vmrs    r1, fpscr
    str     r1, [r0, #CORE_FPSCR]
    pop     {r4-r11, pc}
got_\cpu: .word 0
sp_\cpu:  .word 0
r0_\cpu:  .word 0
    .size context_round_\cpu, . - context_round_\cpu
.endm

    context_round 0
    context_round 1
    context_round 2
    context_round 3
