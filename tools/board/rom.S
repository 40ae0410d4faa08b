/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stand-in for the mask ROM of a general-purpose (GP) device: what it leaves
 * behind when it jumps to SPL or starts CPU1, and the monitor's services,
 * reached by "smc #0" with the service in r12.
 *
 * Non-secure software must not learn to count on what a ROM may not do, so
 * this one is unkind where it is free to be: r1 to r3 and r12 are destroyed
 * by each service, and CNTFRQ is 0.
 *
 * Source: TRM 32.3.4 (state at the jump); U-Boot
 *         arch/arm/cpu/armv7/start.S and mach-omap2/lowlevel_init.S (0x102,
 *         0x104, 0x107); Linux mach-omap2/omap-secure.h, omap-headsmp.S,
 *         omap-smp.c (0x102, 0x107, 0x108, 0x109). That interrupts are in
 *         group 1, and priorities open, is what all software relies on.
 */
    .syntax unified
    .arch armv7-a
    .arch_extension sec
    .arch_extension virt
    .arm
    .text
    .globl _start

    .equ GICD, 0x48211000
    .equ GICC, 0x48212000
    .equ AUX_CORE_BOOT_0, 0x48281800    @ AUX_CORE_BOOT_1 is the next word
    .equ STACK, 0x4037fe00              @ SVC stack that SPL inherits
    .equ EAR, 0x4ae00ff0                @ the model logs what is written here

    .equ SVC_MASKED, 0x1d3              @ SVC, A, I and F masked
    .equ HYP_MASKED, 0x1da
    .equ SCR_NS_FW_AW, 0x31
    .equ SCR_HCE, 0x100

_start:                                 @ also the monitor's vectors
    b    reset
    b    .                              @ undefined instruction
    b    service
    b    .                              @ prefetch abort
    b    .                              @ data abort
    b    .
    b    .                              @ IRQ
    b    .                              @ FIQ

params:                                 @ filled in by rom.c, same order
    .word 0x80800000                    @ 0x00 where CPU0 goes
    .word 0                             @ 0x04 its r0
    .word 0                             @ 0x08 r1
    .word 0                             @ 0x0c r2
    .word 0                             @ 0x10 1: CPU0 starts in HYP
    .word 0                             @ 0x14 bit n: CPU n gets no HYP
    .word 0                             @ 0x18 CNTFRQ

reset:
    ldr  sp, =STACK
    cps  #22                            @ monitor mode: secure
    adr  r3, params
    ldr  r0, [r3, #0x18]
    mcr  p15, 0, r0, c14, c0, 0         @ CNTFRQ
    ldr  r0, =_start
    mcr  p15, 0, r0, c12, c0, 1         @ MVBAR
    mrc  p15, 0, r4, c0, c0, 5          @ MPIDR
    and  r4, r4, #3

    /* Interrupts to group 1: the SPIs by CPU0, SGIs and PPIs by each CPU. */
    ldr  r1, =GICD
    mvn  r0, #0
    str  r0, [r1, #0x80]                @ GICD_IGROUPR0
    cmp  r4, #0
    bne  1f
    str  r0, [r1, #0x84]
    str  r0, [r1, #0x88]
    str  r0, [r1, #0x8c]
    str  r0, [r1, #0x90]
    str  r0, [r1, #0x94]
1:  ldr  r1, =GICC
    mov  r0, #0xf0
    str  r0, [r1, #4]                   @ GICC_PMR: open for group 1

    ldr  r0, =0x00060c00                @ NSACR: cp10, cp11, SMP, L2ERR
    mcr  p15, 0, r0, c1, c1, 2
    mrc  p15, 0, r0, c1, c0, 1
    orr  r0, r0, #0x40                  @ ACTLR.SMP
    mcr  p15, 0, r0, c1, c0, 1
    mov  r0, #SCR_NS_FW_AW
    mcr  p15, 0, r0, c1, c1, 0
    isb
    cmp  r4, #0
    bne  cpu1

    ldr  r5, =SVC_MASKED
    ldr  r0, [r3, #0x10]
    tst  r0, #1
    beq  2f
    bl   allow_hyp
    ldr  r5, =HYP_MASKED
2:  msr  spsr_cxsf, r5
    ldr  lr, [r3, #0x00]
    ldr  r0, [r3, #0x04]
    ldr  r1, [r3, #0x08]
    ldr  r2, [r3, #0x0c]
    movs pc, lr

    /*
     * CPU1 comes here when the model has seen the SEV. The ROM's loop looks
     * at AuxCoreBoot0 again, and then goes to AuxCoreBoot1.
     */
cpu1:
    ldr  r1, =AUX_CORE_BOOT_0
3:  ldr  r0, [r1]
    lsrs r0, r0, #4
    beq  4f
    ldr  lr, [r1, #4]
    cmp  lr, #0
    bne  5f
4:  wfe
    b    3b
5:  ldr  r5, =SVC_MASKED
    msr  spsr_cxsf, r5
    mov  r0, #0
    mov  r1, #0
    movs pc, lr

allow_hyp:                              @ destroys r1
    mrc  p15, 0, r1, c1, c1, 0
    orr  r1, r1, #SCR_HCE
    mcr  p15, 0, r1, c1, c1, 0
    bx   lr

    /* r12 service, r0 argument. r4 to r11 are kept. */
service:
    movw r1, #0x102
    cmp  r12, r1
    beq  enter_hyp
    movw r1, #0x104
    cmp  r12, r1
    beq  write_l2actlr
    movw r1, #0x107
    cmp  r12, r1
    beq  write_actlr
    movw r1, #0x108                     @ AMBA_IF_MODE: no effect here
    cmp  r12, r1
    beq  done
    movw r1, #0x109
    cmp  r12, r1
    beq  write_cntfrq
unknown:
    ldr  r1, =EAR
    str  r12, [r1]
    mvn  r0, #0
    b    out

    /* Continues in HYP at r0; or, refused, behind the SMC where it was. */
enter_hyp:
    mrc  p15, 0, r1, c0, c0, 5
    and  r1, r1, #3
    adr  r3, params
    ldr  r2, [r3, #0x14]
    lsrs r2, r2, r1
    tst  r2, #1
    bne  unknown
    mrc  p15, 0, r1, c1, c1, 0
    orr  r1, r1, #SCR_HCE
    mcr  p15, 0, r1, c1, c1, 0
    mrs  r1, spsr
    bic  r1, r1, #0x3f                  @ mode, and T: r0 is ARM code
    orr  r1, r1, #0xda                  @ HYP, I and F masked
    msr  spsr_cxsf, r1
    mov  lr, r0
    b    out
write_l2actlr:
    mcr  p15, 1, r0, c15, c0, 0
    b    done
write_actlr:
    mcr  p15, 0, r0, c1, c0, 1
    b    done
write_cntfrq:
    mcr  p15, 0, r0, c14, c0, 0
done:
    mov  r0, #0
out:
    ldr  r1, =0xdead0001
    add  r2, r1, #1
    add  r3, r1, #2
    add  r12, r1, #0xb
    movs pc, lr
    .ltorg
