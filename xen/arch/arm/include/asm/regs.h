/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's registers as entry.S saves them on every trap, first thing in
 * struct vcpu. SP_hyp, while a guest runs, is &regs.pc of its vCPU.
 * Banked registers, CP15 and VFP are saved only when the vCPU changes.
 *
 * Source: ARM DDI 0406C.c B1.3.2 (banked registers; Hyp shares LR_usr).
 * Layer:  2 (cpu). asm-offsets.c exports the offsets.
 */
#ifndef ASM_REGS_H
#define ASM_REGS_H

#include <stdint.h>

/* clang-format off */

struct cpu_regs {
    uint32_t r[13];
    uint32_t lr;   /* LR_usr, which is Hyp's LR as well                   */
    uint32_t pc;   /* ELR_hyp: where the guest goes on                    */
    uint32_t cpsr; /* SPSR_hyp                                          */
};

/* SP, LR, SPSR of each mode and r8-r12 of FIQ; saved on vCPU change. */
struct cpu_banked {
    uint32_t sp_usr;
    uint32_t sp_svc, lr_svc, spsr_svc;
    uint32_t sp_abt, lr_abt, spsr_abt;
    uint32_t sp_und, lr_und, spsr_und;
    uint32_t sp_irq, lr_irq, spsr_irq;
    uint32_t r8_fiq, r9_fiq, r10_fiq, r11_fiq, r12_fiq;
    uint32_t sp_fiq, lr_fiq, spsr_fiq;
};

/* clang-format on */

#endif /* ASM_REGS_H */
