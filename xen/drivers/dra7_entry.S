/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7, before there is C: is the board one whose boot ROM gives Hyp mode,
 * and asking for it. Some boot loaders start images in non-secure SVC, and
 * so the ROM always starts CPU1.
 *
 * All of this runs where it was loaded, MMU off, without a stack, and writes
 * nothing to memory.
 *
 * Source: Devicetree Specification v0.3 chapter 5 (flattened format); TI
 *         SPRUI30H (DRA75x TRM) 32.3.4 (what the ROM leaves), 24.3 (UART);
 *         U-Boot arch/arm/mach-omap2/lowlevel_init.S and Linux
 *         arch/arm/mach-omap2/omap-headsmp.S for service 0x102.
 * Layer:  3 (drivers).
 */
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .arm
    .text

#define FDT_MAGIC      0xd00dfeed
#define FDT_SIZE_MAX   0x200000
#define FDT_BEGIN_NODE 1
#define FDT_PROP       3
#define FDT_NOP        4

#define ROM_ENTER_HYP  0x102

#define UART1          0x4806a000
#define UART_LSR       0x14
#define UART_LSR_THRE  0x20
/* Looks at it: 16 bytes at 300 baud last half a second. */
#define UART_TRIES     0x400000

/* The big-endian word at [\base, #\offset]. */
    .macro  ldr_be reg, base, offset=0
    ldr     \reg, [\base, #\offset]
    rev     \reg, \reg
    .endm

/*
 * Has the root node's compatible "ti,dra7"? In: r0 = device tree, or what
 * the boot loader left there. Out: r0 = 1, else 0. Clobbers r1-r7, r12.
 *
 * r1 = next word, r2 = block of strings, r3 = end of the tree. Each step is
 * forward and compared with the end: a damaged tree is none, not a hang.
 */
    .global rom_hyp_offered
    .type rom_hyp_offered, %function
rom_hyp_offered:
    tst     r0, #3
    bne     not_offered
    cmp     r0, #0
    beq     not_offered
    ldr_be  r1, r0                  @ magic
    ldr     r2, =FDT_MAGIC
    cmp     r1, r2
    bne     not_offered
    ldr_be  r3, r0, 4               @ totalsize
    cmp     r3, #FDT_SIZE_MAX
    bhi     not_offered
    ldr_be  r1, r0, 8               @ off_dt_struct
    ldr_be  r2, r0, 12              @ off_dt_strings
    tst     r1, #3
    bne     not_offered
    cmp     r1, r3
    cmplo   r2, r3
    bhs     not_offered
    sub     r6, r3, r2              @ bytes from the strings to the end
    add     r1, r1, r0
    add     r2, r2, r0
    add     r3, r3, r0

1:  cmp     r1, r3
    bhs     not_offered
    ldr_be  r4, r1
    add     r1, r1, #4
    cmp     r4, #FDT_NOP
    beq     1b
    cmp     r4, #FDT_BEGIN_NODE
    bne     not_offered
2:  cmp     r1, r3
    bhs     not_offered
    ldrb    r4, [r1], #1            @ the root's name, with its zero
    cmp     r4, #0
    bne     2b
    b       5f                      @ from there on by whole words

3:  cmp     r1, r3
    bhs     not_offered
    ldr_be  r4, r1
    add     r1, r1, #4
    cmp     r4, #FDT_NOP
    beq     3b
    cmp     r4, #FDT_PROP
    bne     not_offered             @ a child, or the end: no compatible
    add     r7, r1, #8
    cmp     r7, r3
    bhi     not_offered
    ldr_be  r4, r1                  @ length of the value
    ldr_be  r5, r1, 4               @ where the name is
    mov     r1, r7
    sub     r7, r3, r1
    cmp     r4, r7
    bhi     not_offered
    cmp     r5, r6
    bhs     not_offered
    add     r5, r5, r2
    adr     r7, word_compatible
4:  ldrb    r0, [r7], #1
    ldrb    r12, [r5], #1
    cmp     r0, r12
    addne   r1, r1, r4
    bne     5f
    cmp     r0, #0
    bne     4b
    b       6f
5:  add     r1, r1, #3
    bic     r1, r1, #3
    b       3b

    /* The value is strings, each with its zero, from r1 to r3. */
6:  add     r3, r1, r4
7:  adr     r7, word_ti_dra7
8:  cmp     r1, r3
    bhs     not_offered
    ldrb    r0, [r7], #1
    ldrb    r12, [r1], #1
    cmp     r0, r12
    bne     9f
    cmp     r0, #0
    bne     8b
    mov     r0, #1
    bx      lr
9:  cmp     r12, #0                 @ not this one: to the next
    beq     7b
    cmp     r1, r3
    bhs     not_offered
    ldrb    r12, [r1], #1
    b       9b
not_offered:
    mov     r0, #0
    bx      lr
    .size rom_hyp_offered, . - rom_hyp_offered

word_compatible:
    .asciz  "compatible"
word_ti_dra7:
    .asciz  "ti,dra7"
    .align  2

/*
 * Ask the ROM for Hyp mode. In: r0 = where to go on in it; of the registers
 * nothing is left there, nor is SP the same one. Returns only when the ROM
 * refuses, with nothing left either but the program counter: callers of its
 * services save r4 to r12 and lr on their stack, and it is SP that they
 * count on.
 */
    .global rom_hyp_ask
    .type rom_hyp_ask, %function
rom_hyp_ask:
    mov     sp, lr
    movw    r12, #ROM_ENTER_HYP
    dsb     sy
    smc     #0
    mov     lr, sp
    bx      lr
    .size rom_hyp_ask, . - rom_hyp_ask

/*
 * For an image that was built without an early console: the last words of
 * a boot that cannot go on, by the UART of the EVM's console, as the boot
 * loader left it; none when that one is stuck. Clobbers r0-r3, r12.
 */
    .global rom_hyp_tell
    .type rom_hyp_tell, %function
rom_hyp_tell:
    adr     r0, word_refused
    ldr     r1, =UART1
1:  ldrb    r2, [r0], #1
    cmp     r2, #0
    bxeq    lr
    mov     r12, #UART_TRIES
2:  subs    r12, r12, #1
    bxeq    lr
    ldrb    r3, [r1, #UART_LSR]
    tst     r3, #UART_LSR_THRE
    beq     2b
    strb    r2, [r1]
    b       1b
    .size rom_hyp_tell, . - rom_hyp_tell

word_refused:
    .ascii  "\r\nXen: entered in SVC, and the boot ROM refuses Hyp mode: use a "
    .asciz  "GP device,\r\nor firmware that starts images in Hyp mode\r\n"
    .align  2
    .ltorg
