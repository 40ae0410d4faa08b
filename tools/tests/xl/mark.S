/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mark N, a digit: executes mark N, which the TCG plugin sees, and ends. For
 * the user space of any guest, so it needs no library.
 *
 * Source: counter.c (log=1); Linux's system calls by the EABI (r7, SVC 0).
 * Layer:  test, a domain's user space.
 */
#include "../guests/lib/marks.h"

#define EXIT 1

    .syntax unified
    .arch armv7-a
    .arm

    .global _start
_start:
    ldr     r0, [sp, #8]            @ argv[1]
    mov     r2, #'0'
    cmp     r0, #0
    ldrbne  r2, [r0]
    sub     r2, r2, #'0'
    cmp     r2, #9
    bhi     done
    adr     r0, marks
    add     r2, r2, r2, lsl #1
    add     pc, r0, r2, lsl #2
    .balign 256
marks:
    .set    number, 0
    .rept   10
    .word   MARK_OPCODE | number
    .word   MARK_OPCODE | number
    b       done
    .set    number, number + 1
    .endr
done:
    mov     r0, #0
    mov     r7, #EXIT
    svc     #0
