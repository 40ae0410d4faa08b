@ SPDX-License-Identifier: GPL-2.0-only
@
@ What the emulated board's ROM leaves and answers, told on UART1, for
@ dra7_board.py. It is started by the ROM at 0x80800000 on CPU0.
    .syntax unified
    .arch armv7-a
    .arch_extension sec
    .arch_extension virt
    .arm
    .globl _start
    .equ UART1, 0x4806a000
    .equ AUX_CORE_BOOT_0, 0x48281800

    .macro say text
    adr  r0, 90f
    bl   puts
    b    91f
90: .asciz "\text"
    .balign 4
91:
    .endm

_start:
    ldr  sp, =0x80900000
    say  "mode "
    bl   mode
    say  "cntfrq "
    bl   cntfrq
    ldr  r12, =0x999                    @ no such service
    smc  #0
    mov  r4, r0
    say  "unknown "
    bl   hex
    ldr  r0, =6147072                   @ 0x5dcc00
    ldr  r12, =0x109
    smc  #0
    say  "cntfrq "
    bl   cntfrq

    adr  r0, 1f
    ldr  r12, =0x102
    smc  #0
1:  ldr  sp, =0x80900000                @ HYP has an own stack pointer
    say  "mode "
    bl   mode

    ldr  r1, =AUX_CORE_BOOT_0
    adr  r0, cpu1
    str  r0, [r1, #4]
    mov  r0, #0x20
    str  r0, [r1]
    dsb
    mov  r2, #0x1000000                 @ time enough for a CPU1 that comes
2:  subs r2, r2, #1
    bne  2b
    ldr  r4, seen
    say  "before sev "
    bl   hex
    sev
3:  ldr  r4, seen
    cmp  r4, #0
    beq  3b
    ldr  r4, cpu1_mode
    say  "cpu1 mode "
    bl   hex
    ldr  r4, cpu1_cntfrq
    say  "cpu1 cntfrq "
    bl   hex
4:  wfi
    b    4b

cpu1:
    mrs  r0, cpsr
    and  r0, r0, #0x1f
    str  r0, cpu1_mode
    mrc  p15, 0, r0, c14, c0, 0
    str  r0, cpu1_cntfrq
    dmb
    mov  r0, #1
    str  r0, seen
5:  wfi
    b    5b

cpu1_mode:   .word 0
cpu1_cntfrq: .word 0
seen:        .word 0

mode:
    mrs  r4, cpsr
    and  r4, r4, #0x1f
    b    hex
cntfrq:
    mrc  p15, 0, r4, c14, c0, 0

hex:                                    @ r4, and a line feed
    ldr  r1, =UART1
    mov  r2, #8
6:  ror  r4, r4, #28
    and  r0, r4, #15
    cmp  r0, #10
    addlo r0, r0, #'0'
    addhs r0, r0, #'a' - 10
    strb r0, [r1]
    subs r2, r2, #1
    bne  6b
    mov  r0, #'\n'
    strb r0, [r1]
    bx   lr

puts:
    ldr  r1, =UART1
7:  ldrb r2, [r0], #1
    cmp  r2, #0
    bxeq lr
    strb r2, [r1]
    b    7b
    .ltorg
