/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets of C structures for assembly: compiled to text, never linked.
 *
 * Layer: 10 (entry).
 */
#include <stddef.h>

#include <xen/domain.h>

#include <asm/entry.h>
#include <asm/smpboot.h>

#define OFFSET(name_, type_, member_)                                          \
    __asm__ volatile("\n.ascii \"->" #name_ " %c0\"\n"                         \
                     :                                                         \
                     : "i"(offsetof(type_, member_)))

#define VALUE(name_, val_)                                                     \
    __asm__ volatile("\n.ascii \"->" #name_ " %c0\"\n" : : "i"(val_))

void asm_offsets(void);

void asm_offsets(void)
{
    OFFSET(REGS_PC, struct vcpu, regs.pc);
    OFFSET(VCPU_HYP_SP, struct vcpu, hyp_sp);
    VALUE(TRAP_SHIFT, __builtin_ctz(sizeof(struct trap)));
    VALUE(VERDICT_DONE, V_DONE);
    VALUE(VERDICT_RETRY, V_RETRY);
    OFFSET(SMPBOOT_HTTBR_BOOT, struct smpboot, httbr_boot);
    OFFSET(SMPBOOT_HTTBR, struct smpboot, httbr);
    OFFSET(SMPBOOT_STACK, struct smpboot, stack);
    OFFSET(SMPBOOT_PERCPU, struct smpboot, percpu);
    OFFSET(SMPBOOT_CPU, struct smpboot, cpu);
    OFFSET(SMPBOOT_ASKS_ROM, struct smpboot, asks_rom);
    OFFSET(SMPBOOT_ANSWER, struct smpboot, answer);
    VALUE(SMPBOOT_SIZE, sizeof(struct smpboot));
}
