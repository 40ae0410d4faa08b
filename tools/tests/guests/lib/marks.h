/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks: instructions that do nothing and that the benchmark's TCG plugin
 * recognises when the guest executes them.
 *
 * A mark is PLD (literal) with a positive offset, 0xf5dff000 | offset: a hint
 * without effect, never trapped, and not used by compilers in this form. The
 * offset is operation * 8 + phase; operation 511 is for marks without one.
 * Where the code of others runs, which may have such words by chance, a mark
 * stands twice and is a plain number (counter.c, log=1).
 *
 * Source: DDI 0406C.c A8.8.128 (PLD literal is a hint).
 * Layer:  test guest and benchmark; included by assembly and host C.
 */
#ifndef GUEST_MARKS_H
#define GUEST_MARKS_H

#define MARK_OPCODE      0xf5dff000
#define MARK_OPCODE_MASK 0xfffff000

#define MARK_PHASE_START 0 /* a sample of the operation begins            */
#define MARK_PHASE_END   1 /* it ends                                     */
#define MARK_PHASE_DROP  2 /* it is not to be counted (disturbed)         */

#define MARK_OP_NONE 511
#define MARK_FIRST   (MARK_OP_NONE * 8 + 0) /* first guest instruction    */
#define MARK_VECTOR  (MARK_OP_NONE * 8 + 1) /* IRQ vector entered         */
#define MARK_DONE    (MARK_OP_NONE * 8 + 2) /* write the results out      */

#ifndef __ASSEMBLER__
/* clang-format off */
#define MARK_PLAIN(number)                                                    \
    __asm__ volatile("pld [pc, %0]" : : "i"(number) : "memory")
#define MARK(op, phase) MARK_PLAIN((op) * 8 + (phase))
#define MARK_START(op)  MARK(op, MARK_PHASE_START)
#define MARK_END(op)    MARK(op, MARK_PHASE_END)
/* clang-format on */
#endif

#endif /* GUEST_MARKS_H */
