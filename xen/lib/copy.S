/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inner loops of memcpy and memset: whole blocks of 32 bytes, eight
 * registers at a time, unrolled four times (10 instructions per 128 bytes).
 *
 * Source: ARM DDI 0406C.c A8.8.57 "LDM", A8.8.199 "STM": both want word
 *         alignment always; A3.2.1: LDR takes any address on normal memory
 *         while HSCTLR.A is 0.
 * Layer:  1 (lib). xen/lib/string.c is the only caller.
 */
    .syntax unified
    .arch armv7ve
    .arm
    .text

/*
 * void copy_blocks(void *dst, const void *src, size_t blocks)
 * Both word-aligned, no overlap unless dst < src; blocks may be 0.
 */
    .global copy_blocks
    .type copy_blocks, %function
    .balign 16
copy_blocks:
    push    {r4-r10, lr}
    subs    r2, r2, #4
    blo     2f
1:  ldmia   r1!, {r3-r10}
    stmia   r0!, {r3-r10}
    ldmia   r1!, {r3-r10}
    stmia   r0!, {r3-r10}
    ldmia   r1!, {r3-r10}
    stmia   r0!, {r3-r10}
    ldmia   r1!, {r3-r10}
    stmia   r0!, {r3-r10}
    subs    r2, r2, #4
    bhs     1b
2:  adds    r2, r2, #4
    popeq   {r4-r10, pc}
3:  ldmia   r1!, {r3-r10}
    stmia   r0!, {r3-r10}
    subs    r2, r2, #1
    bne     3b
    pop     {r4-r10, pc}
    .size copy_blocks, . - copy_blocks

/*
 * void copy_blocks_unaligned(void *dst, const void *src, size_t blocks)
 * As copy_blocks, with @src at any byte. blocks > 0.
 */
    .global copy_blocks_unaligned
    .type copy_blocks_unaligned, %function
    .balign 16
copy_blocks_unaligned:
    push    {r4-r10, lr}
1:  ldr     r3, [r1], #4
    ldr     r4, [r1], #4
    ldr     r5, [r1], #4
    ldr     r6, [r1], #4
    ldr     r7, [r1], #4
    ldr     r8, [r1], #4
    ldr     r9, [r1], #4
    ldr     r10, [r1], #4
    stmia   r0!, {r3-r10}
    subs    r2, r2, #1
    bne     1b
    pop     {r4-r10, pc}
    .size copy_blocks_unaligned, . - copy_blocks_unaligned

/*
 * void fill_blocks(void *dst, uint32_t word, size_t blocks)
 * @dst word-aligned; blocks may be 0.
 */
    .global fill_blocks
    .type fill_blocks, %function
    .balign 16
fill_blocks:
    push    {r4-r9, lr}
    mov     r3, r1
    mov     r4, r1
    mov     r5, r1
    mov     r6, r1
    mov     r7, r1
    mov     r8, r1
    mov     r9, r1
    subs    r2, r2, #4
    blo     2f
1:  stmia   r0!, {r1, r3-r9}
    stmia   r0!, {r1, r3-r9}
    stmia   r0!, {r1, r3-r9}
    stmia   r0!, {r1, r3-r9}
    subs    r2, r2, #4
    bhs     1b
2:  adds    r2, r2, #4
    popeq   {r4-r9, pc}
3:  stmia   r0!, {r1, r3-r9}
    subs    r2, r2, #1
    bne     3b
    pop     {r4-r9, pc}
    .size fill_blocks, . - fill_blocks
