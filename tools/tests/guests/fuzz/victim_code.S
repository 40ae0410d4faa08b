/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a victim runs: a few calls, then a short sleep, for ever. Anything
 * may happen to its memory and registers meanwhile.
 *
 * Source: own design; the hypercall is the Xen 4.17 ABI's; IHI 0048B (GICv2),
 *         DDI 0406C.c B8 (timer).
 * Layer:  test guest, built domain.
 */
#define GUEST_GICD      0x03001000
#define GUEST_GICC      0x03002000
#define TIMER_PPI       27
#define GICD_CTLR       0x000
#define GICD_ISENABLER  0x100
#define GICC_CTLR       0x000
#define GICC_PMR        0x004
#define GICC_IAR        0x00c
#define GICC_EOIR       0x010
#define SLEEP_TICKS     125000 /* 2 ms of QEMU's counter */
#define DOMID_SELF      0x7ff0

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .arm

    .global victim_code, victim_code_end
victim_code:
    adr     r8, victim_code
    add     r8, r8, #0x1000
    ldr     r6, gicd
    ldr     r7, gicc
    mov     r0, #1
    str     r0, [r6, #GICD_CTLR]
    str     r0, [r7, #GICC_CTLR]
    mov     r0, #0xff
    str     r0, [r7, #GICC_PMR]
    mov     r0, #(1 << TIMER_PPI)
    str     r0, [r6, #GICD_ISENABLER]

next:
    ldr     r0, [r8]                    @ rounds
    add     r0, r0, #1
    str     r0, [r8]
    ldr     r0, self                    @ alloc_unbound, for domain 0
    str     r0, [r8, #64]
    mov     r12, #32
    mov     r0, #6
    add     r1, r8, #64
    hvc     #0xEA1
    ldr     r0, [r8, #68]               @ close
    str     r0, [r8, #128]
    mov     r12, #32
    mov     r0, #3
    add     r1, r8, #128
    hvc     #0xEA1

    ldr     r0, sleep
    mcr     p15, 0, r0, c14, c3, 0      @ CNTV_TVAL
    mov     r0, #1
    mcr     p15, 0, r0, c14, c3, 1      @ CNTV_CTL: on
    isb
    wfi
    mov     r0, #0
    mcr     p15, 0, r0, c14, c3, 1
    isb
    ldr     r0, [r7, #GICC_IAR]
    str     r0, [r7, #GICC_EOIR]
    b       next

gicd:   .word GUEST_GICD
gicc:   .word GUEST_GICC
self:   .word DOMID_SELF
sleep:  .word SLEEP_TICKS
victim_code_end:
