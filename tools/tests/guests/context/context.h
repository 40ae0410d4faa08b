/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets of struct core, and its fields for C.
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_CONTEXT_H
#define GUEST_CONTEXT_H

#define CORE_SP    52
#define CORE_CPSR  64
#define CORE_BANKS 68
#define CORE_FPSCR 148
#define CORE_D     152

/*
 * Ways to be switched away from, while all registers hold the pattern but
 * those that the way itself needs.
 */
#define WAY_YIELD   0 /* hypercalls: r0, r1 and r12                        */
#define WAY_BUSY    1 /* for longer than a time slice: r0 and the flags    */
#define WAY_BUSY_12 2 /* the same with r12                                 */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct core {
    uint32_t r[13], sp, lr, spsr, cpsr; /* of SVC mode                     */
    uint32_t banks[20];                 /* as BANK_NAMES has them          */
    uint32_t fpscr;
    uint64_t d[32];
};

/*
 * Load all of @put, be switched away from by @way, then store what is there
 * to @got. @fpexc: FPEXC while that goes on. One copy of the code per CPU,
 * for it keeps its pointers next to its instructions.
 */
typedef void context_round_fn(const struct core *put, struct core *got,
                              uint32_t way, uint32_t fpexc);
context_round_fn context_round_0, context_round_1, context_round_2,
    context_round_3;
#endif

#endif /* GUEST_CONTEXT_H */
