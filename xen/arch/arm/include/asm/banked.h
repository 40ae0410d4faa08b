/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of other modes, reached from Hyp mode: banked_read(sp_svc),
 * banked_write(lr_und, val). And CP14's ThumbEE and Jazelle registers.
 *
 * Source: ARM DDI 0406C.c B9.2.3 "Banked register access instructions",
 *         A2.10.1 (TEEHBR), B4.1 (TEECR), A2.9.1 (Jazelle).
 * Layer:  2 (cpu). tools/tests/host/asm/banked.h is the host's.
 */
#ifndef ASM_BANKED_H
#define ASM_BANKED_H

#include <stdint.h>

#define banked_read(name_)                                                     \
    ({                                                                         \
        uint32_t banked_val_;                                                  \
        __asm__ volatile("mrs %0, " #name_ : "=r"(banked_val_)::"memory");     \
        banked_val_;                                                           \
    })
#define banked_write(name_, val_)                                              \
    __asm__ volatile("msr " #name_ ", %0" ::"r"((uint32_t)(val_)) : "memory")

/* clang-format off */
/*      name    opc1, CRn, CRm, opc2 of CP14 */
#define C14_TEECR  6, c0, c0, 0
#define C14_TEEHBR 6, c1, c0, 0
#define C14_JOSCR  7, c1, c0, 0
#define C14_JMCR   7, c2, c0, 0
/* clang-format on */

#define C14_STR4(o1_, cn_, cm_, o2_)                                           \
    "p14, " #o1_ ", %0, " #cn_ ", " #cm_ ", " #o2_
#define C14_EXPAND4(...) C14_STR4(__VA_ARGS__)

#define cp14_read(name_)                                                       \
    ({                                                                         \
        uint32_t c14_val_;                                                     \
        __asm__ volatile("mrc " C14_EXPAND4(C14_##name_)                       \
                         : "=r"(c14_val_)                                      \
                         :                                                     \
                         : "memory");                                          \
        c14_val_;                                                              \
    })
#define cp14_write(name_, val_)                                                \
    __asm__ volatile("mcr " C14_EXPAND4(C14_##name_)                           \
                     :                                                         \
                     : "r"((uint32_t)(val_))                                   \
                     : "memory")

#endif /* ASM_BANKED_H */
