/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an agent runs: whatever its mailbox asks for, one hypercall or one
 * access to its memory after the other.
 *
 * vCPU n has its mailbox in page n + 1 behind this code. MMU and caches are
 * off, so addresses are guest physical, and hypercalls take them as such.
 *
 * Source: own design; the hypercall is the Xen 4.17 ABI's; IHI 0048B (GICv2),
 *         DDI 0406C.c B8 (timer).
 * Layer:  test guest, built domain.
 */
#include "agent.h"

/* public/arch-arm.h: where a domain finds its interrupt controller. */
#define GUEST_GICD      0x03001000
#define GUEST_GICC      0x03002000
#define TIMER_PPI       27
#define GICD_CTLR       0x000
#define GICD_ISENABLER  0x100
#define GICC_CTLR       0x000
#define GICC_PMR        0x004
#define GICC_IAR        0x00c
#define GICC_EOIR       0x010
#define SLEEP_TICKS     2048 /* some 30 us of QEMU's counter               */

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .arm

    .global agent_code, agent_code_end
agent_code:
    adr     r8, agent_code
    add     r8, r8, #0x1000
    add     r8, r8, r0, lsl #12
    ldr     r6, gicd                    @ let only the timer's PPI through
    ldr     r7, gicc
    mov     r0, #1
    str     r0, [r6, #GICD_CTLR]
    str     r0, [r7, #GICC_CTLR]
    mov     r0, #0xff
    str     r0, [r7, #GICC_PMR]
    mov     r0, #(1 << TIMER_PPI)
    str     r0, [r6, #GICD_ISENABLER]

next:
    ldr     r0, [r8, #BOX_ASKED]
    ldr     r1, [r8, #BOX_DONE]
    cmp     r0, r1
    beq     idle
    dmb
    add     r9, r8, #BOX_ARGS
    ldr     r12, [r8, #BOX_NUMBER]
    ldm     r9, {r0-r4}
    cmp     r12, #AGENT_READ
    beq     read
    cmp     r12, #AGENT_CHANGE
    beq     change
    hvc     #0xEA1
done:
    str     r0, [r8, #BOX_RESULT]
    dmb
    ldr     r1, [r8, #BOX_ASKED]
    str     r1, [r8, #BOX_DONE]
    b       next

/*
 * Sleep a little, so that pCPUs are not busy with agents that have nothing
 * to do. WFI ends with the timer's interrupt, which is taken by hand.
 */
idle:
    mov     r0, #SLEEP_TICKS
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

read:
    ldr     r0, [r0]
    b       done

change:                                 @ *r0 = *r0 & ~r1 | r2; the old *r0
    mov     r5, r0
1:  ldrex   r0, [r5]
    bic     r3, r0, r1
    orr     r3, r3, r2
    strex   r6, r3, [r5]
    cmp     r6, #0
    bne     1b
    b       done

gicd:   .word GUEST_GICD
gicc:   .word GUEST_GICC
agent_code_end:
