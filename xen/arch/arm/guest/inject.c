/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions put into a guest as the CPU would take them. The vCPU is loaded
 * on this CPU, so banked registers and CP15 are the hardware's.
 *
 * Source: ARM DDI 0406C.c B1.9.2 (undefined instruction), B1.9.7 (prefetch
 *         abort), B1.9.8 (data abort), B1.8.3 (what exception entry does to
 *         CPSR), B3.13.3 (DFSR, IFSR formats), B1.9.12 (virtual abort).
 * Layer:  6 (guest).
 */
#include <asm/banked.h>
#include <asm/hcr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <xen/context.h>
#include <xen/inject.h>
#include <xen/vcpu.h>

#define SCTLR_V  BIT(13) /* vectors at 0xffff0000       */
#define SCTLR_EE BIT(25) /* exceptions are big-endian   */
#define SCTLR_TE BIT(30) /* exceptions are Thumb        */

#define VECTOR_UNDEF 0x04u
#define VECTOR_PABT  0x0cu
#define VECTOR_DABT  0x10u

#define TTBCR_EAE BIT(31)

/* Synchronous external abort, in the short and the long format (B3.13.3). */
#define FSR_SHORT_EXTERNAL 0x008u
#define FSR_LONG_EXTERNAL  0x210u /* bit 9: the format; status 0b010000 */
#define DFSR_WNR           BIT(11)

/* The common part; LR and SPSR of the mode are set already. */
static void enter(struct vcpu *v, uint32_t mode, uint32_t vector, uint32_t mask)
{
    uint32_t sctlr = sysreg_read(SCTLR);
    uint32_t cpsr = v->regs.cpsr;

    cpsr &= ~(uint32_t)(PSR_MODE_MASK | PSR_IT_MASK | PSR_J | PSR_T | PSR_E);
    cpsr |= mode | mask;
    if (sctlr & SCTLR_TE)
        cpsr |= PSR_T;
    if (sctlr & SCTLR_EE)
        cpsr |= PSR_E;
    v->regs.cpsr = cpsr;
    v->regs.pc = vector + (sctlr & SCTLR_V ? 0xffff0000u : sysreg_read(VBAR));
}

void inject_undef(struct vcpu *v)
{
    /* The instruction after the undefined one, in either state. */
    banked_write(lr_und, v->regs.pc + (v->regs.cpsr & PSR_T ? 2 : 4));
    banked_write(spsr_und, v->regs.cpsr);
    enter(v, PSR_MODE_UND, VECTOR_UNDEF, PSR_I);
}

static uint32_t external_status(void)
{
    return sysreg_read(TTBCR) & TTBCR_EAE ? FSR_LONG_EXTERNAL
                                          : FSR_SHORT_EXTERNAL;
}

void inject_dabt_external(struct vcpu *v, uint32_t far, bool write)
{
    sysreg_write(DFSR, external_status() | (write ? DFSR_WNR : 0));
    sysreg_write(DFAR, far);
    banked_write(lr_abt, v->regs.pc + 8);
    banked_write(spsr_abt, v->regs.cpsr);
    enter(v, PSR_MODE_ABT, VECTOR_DABT, PSR_I | PSR_A);
}

void inject_pabt_external(struct vcpu *v, uint32_t far)
{
    sysreg_write(IFSR, external_status());
    sysreg_write(IFAR, far);
    banked_write(lr_abt, v->regs.pc + 4);
    banked_write(spsr_abt, v->regs.cpsr);
    enter(v, PSR_MODE_ABT, VECTOR_PABT, PSR_I | PSR_A);
}

/* The hardware delivers it when the guest unmasks A, and clears the bit. */
void inject_async_abort(struct vcpu *v)
{
    if (this_cpu(abort_told)) {
        this_cpu(abort_told) = false;
        return;
    }
    sysreg_write(HCR, sysreg_read(HCR) | HCR_VA);
    vcpu_wake(v);
}
