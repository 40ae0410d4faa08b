/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by address and by set and way.
 *
 * Source: ARM DDI 0406C.c B2.2.7 (by set/way example), B4.2.1.
 * Layer:  2 (cpu).
 */
    .syntax unified
    .arch armv7ve
    .arm
    .text

/*
 * void cache_X(const void *va, size_t len)
 * The count is in lines, so the end of the address space is no border. The
 * lines that are left over from fours go first.
 */
    .macro by_address name, crm
    .global \name
    .type \name, %function
\name:
    cmp     r1, #0
    beq     2f
    and     r2, r0, #63
    add     r1, r1, r2
    bic     r0, r0, #63
    add     r1, r1, #63
    ubfx    r2, r1, #6, #2
    lsr     r1, r1, #8              @ fours of lines
    cmp     r2, #0
    beq     4f
3:  mcr     p15, 0, r0, c7, \crm, 1
    add     r0, r0, #64
    subs    r2, r2, #1
    bne     3b
4:  cmp     r1, #0
    beq     2f
1:  .rept   4
    mcr     p15, 0, r0, c7, \crm, 1
    add     r0, r0, #64
    .endr
    subs    r1, r1, #1
    bne     1b
2:  dsb     sy
    bx      lr
    .size \name, . - \name
    .endm

    by_address cache_clean_range, c10       @ DCCMVAC
    by_address cache_clean_inv_range, c14   @ DCCIMVAC

    .global cache_inv_icache_all
    .type cache_inv_icache_all, %function
cache_inv_icache_all:
    dsb     ish
    mov     r0, #0
    mcr     p15, 0, r0, c7, c1, 0           @ ICIALLUIS
    mcr     p15, 0, r0, c7, c1, 6           @ BPIALLIS
    dsb     ish
    isb
    bx      lr
    .size cache_inv_icache_all, . - cache_inv_icache_all

/*
 * Each level of CLIDR that has a data or unified cache: its geometry from
 * CCSIDR, then every way of every set. Bounded: seven levels.
 */
    .global cache_clean_inv_all_local
    .type cache_clean_inv_all_local, %function
cache_clean_inv_all_local:
    push    {r4-r9}
    mrc     p15, 2, r9, c0, c0, 0           @ CSSELR is the guest's
    dmb     sy
    mrc     p15, 1, r0, c0, c0, 1           @ CLIDR
    mov     r8, #0                          @ level << 1
1:  add     r2, r8, r8, lsr #1              @ 3 * level
    lsr     r1, r0, r2
    and     r1, r1, #7
    cmp     r1, #0
    beq     6f                              @ no cache: the last level
    cmp     r1, #2
    blt     5f                              @ instructions only
    mcr     p15, 2, r8, c0, c0, 0           @ CSSELR
    isb
    mrc     p15, 1, r1, c0, c0, 0           @ CCSIDR
    and     r2, r1, #7
    add     r2, r2, #4                      @ log2 of the line
    ubfx    r3, r1, #3, #10                 @ ways - 1
    clz     r4, r3                          @ shift of the way field
    cmp     r3, #0
    moveq   r4, #0
    ubfx    r5, r1, #13, #15                @ sets - 1
2:  mov     r6, r3
3:  orr     r7, r8, r6, lsl r4
    orr     r7, r7, r5, lsl r2
    mcr     p15, 0, r7, c7, c14, 2          @ DCCISW
    subs    r6, r6, #1
    bge     3b
    subs    r5, r5, #1
    bge     2b
5:  add     r8, r8, #2
    cmp     r8, #14
    blt     1b
6:  dsb     sy
    mcr     p15, 2, r9, c0, c0, 0
    isb
    pop     {r4-r9}
    bx      lr
    .size cache_clean_inv_all_local, . - cache_clean_inv_all_local
