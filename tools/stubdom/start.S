/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First instructions of a stub domain, and its vectors.
 *
 * The image is a zImage without a decompressor, linked to where the builder
 * of a guest puts it: 32 KiB above the start of RAM. The MMU goes on before
 * anything is written, by tables that are part of the image: what an earlier
 * life of this domain left in the caches is then seen, and not overwritten
 * behind their back. Interrupts stay masked for ever: WFI ends all the same.
 *
 * Source: Linux Documentation/arm/booting.rst; DDI 0406C.c B3.6 (long
 *         descriptors), B4.1.104 (MAIR0), B4.1.153 (TTBCR), B1.8 (vectors).
 * Layer:  stub domain.
 */
#include "layout.h"

#define MODE_SVC 0x13

/* Descriptors: valid, access flag, inner shareable; attribute 0 of MAIR0 is
 * normal memory (write-back), 1 is device. */
#define TABLE    3
#define BLOCK    (1 | 1 << 10 | 3 << 8)
#define MAIR     0x000004ff
/* TTBCR: long descriptors; walks through the caches, inner shareable. */
#define TTBCR    (1 << 31 | 3 << 12 | 1 << 10 | 1 << 8)
/* SCTLR: I, C, M. */
#define SCTLR_ON (1 << 12 | 1 << 2 | 1)

    .syntax unified
    .arch_extension virt
    .arm
    .fpu vfpv3-d16
    .section .text.start, "ax"

    .global stub_image
stub_image:
    .rept 8
    nop
    .endr
    b       boot
    .word   0x016f2818                  @ zImage magic
    .word   0                           @ no wish: RAM + 32 KiB
    .word   stub_image_end - stub_image
    .word   0x42555453                  @ "STUB": for xenstore-supervisor
    .word   store_layout                @ where the number is,
    .word   stub_version                @ and the text

    .weak   store_layout
boot:
    cpsid   aif, #MODE_SVC
    mov     r8, r2                      @ the device tree
    mov     r0, #0
    mcr     p15, 0, r0, c8, c7, 0       @ TLBIALL
    mcr     p15, 0, r0, c7, c5, 0       @ ICIALLU
    mcr     p15, 0, r0, c7, c5, 6       @ BPIALL
    ldr     r0, =MAIR
    mcr     p15, 0, r0, c10, c2, 0
    ldr     r0, =TTBCR
    mcr     p15, 0, r0, c2, c0, 2
    ldr     r0, =level1
    mov     r1, #0
    mcrr    p15, 0, r0, r1, c2          @ TTBR0
    dsb
    isb
    mrc     p15, 0, r0, c1, c0, 0
    ldr     r1, =SCTLR_ON
    orr     r0, r0, r1
    mcr     p15, 0, r0, c1, c0, 0
    isb

    mrc     p15, 0, r0, c1, c0, 2       @ CPACR: VFP is ours
    orr     r0, r0, #0xf << 20
    mcr     p15, 0, r0, c1, c0, 2
    isb
    mov     r0, #1 << 30
    vmsr    fpexc, r0
    ldr     r0, =vectors
    mcr     p15, 0, r0, c12, c0, 0

    ldr     r0, =stub_bss
    ldr     r1, =stub_bss_end
    mov     r2, #0
1:  cmp     r0, r1
    strlo   r2, [r0], #4
    blo     1b
    ldr     sp, =stub_stack_top
    mov     r0, r8
    bl      stub_start
2:  wfi
    b       2b

/* Nothing is expected: say what came, and stop as a crash. */
    .balign 32
vectors:
    b       boot                        @ not used (reset)
    b       undefined
    b       supervisor
    b       prefetch
    b       data
    b       other                       @ not used (Hyp)
    b       other                       @ IRQ
    b       other                       @ FIQ

undefined:
    mov     r0, #1
    b       fault
supervisor:
    mov     r0, #2
    b       fault
prefetch:
    mov     r0, #3
    b       fault
data:
    mov     r0, #4
    b       fault
other:
    mov     r0, #5
fault:
    mov     r1, lr
    ldr     sp, =stub_stack_top         @ the old one may be what is wrong
    cps     #MODE_SVC
    ldr     sp, =stub_stack_top
    bl      stub_fault
    b       .
    .ltorg

/* ---- page tables: 2 MiB blocks, one to one ---- */

    .section .data.tables, "aw"
    .balign 4096
level2_low:                             @ 0 to 1 GiB: what Xen emulates
    .set    at, 0
    .rept   512
    .word   at | BLOCK | 1 << 2, 1 << 22 @ device, execute never
    .set    at, at + 0x200000
    .endr
level2_ram:                             @ 1 to 2 GiB: RAM, and rings
    .word   level3 + TABLE, 0
    .set    at, 0x40200000
    .rept   511
    .word   at | BLOCK, 0
    .set    at, at + 0x200000
    .endr
    .global level2_ram
    .global level3
level3:                                 @ the image, page by page
    .set    at, 0x40000000
    .rept   512
    .word   at | BLOCK | 2, 0
    .set    at, at + 0x1000
    .endr
    .balign 32
level1:
    .word   level2_low + TABLE, 0
    .word   level2_ram + TABLE, 0
    .quad   0, 0
