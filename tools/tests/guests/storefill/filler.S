/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals its event channel when its mailbox says so, which nobody can do
 * for it; yields otherwise. Caches and MMU are off.
 *
 * Source: public/xen.h, public/event_channel.h, public/sched.h (numbers).
 * Layer:  test guest, built domain.
 */
#include "filler.h"

#define SCHED_OP         29
#define SCHEDOP_YIELD    0
#define EVENT_CHANNEL_OP 32
#define EVTCHNOP_SEND    4

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .arm

    .global filler_code, filler_code_end
filler_code:
    adr     r8, filler_code
    add     r8, r8, #0x1000
    mov     r9, #0
next:
    movw    r0, #BOX_KICK
    ldr     r0, [r8, r0]
    cmp     r0, r9
    beq     idle
    mov     r9, r0
    dmb
    mov     r12, #EVENT_CHANNEL_OP
    mov     r0, #EVTCHNOP_SEND
    add     r1, r8, #BOX_PORT
    hvc     #0xEA1
    b       next
idle:
    mov     r12, #SCHED_OP
    mov     r0, #SCHEDOP_YIELD
    mov     r1, #0
    hvc     #0xEA1
    b       next
filler_code_end:
