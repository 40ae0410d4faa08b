/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions put into a guest exactly as the CPU would take them: LR, SPSR,
 * CPSR, vector, fault registers. The vCPU is loaded on this CPU.
 *
 * Source: ARM DDI 0406C.c B1.9 (exception entry pseudocode), B3.13.
 * Layer:  6 (guest).
 */
#ifndef XEN_INJECT_H
#define XEN_INJECT_H

#include <asm/psr.h>

#include <xen/bits.h>
#include <xen/compiler.h>
#include <xen/domain.h>

/* v->regs.pc is the instruction that is to blame, as after every trap but
 * HVC, where the caller takes it back by 4 first. */
void inject_undef(struct vcpu *v);
void inject_dabt_external(struct vcpu *v, uint32_t far, bool write);
void inject_pabt_external(struct vcpu *v, uint32_t far);
/* Asynchronous: HCR.VA. */
void inject_async_abort(struct vcpu *v);

/* Condition codes and PC: guest/cond.c. */

/* True when the trapped instruction's condition (HSR.CV/COND, or the IT
 * state) says that it executes. */
bool cond_check(const struct vcpu *v, uint32_t hsr);

/* The IT state after one more instruction; for cond_advance. */
void cond_it_step(struct vcpu *v);

/* HSR says by itself that the condition is "always": CV = 1, COND = 14. */
static inline bool cond_is_always(uint32_t hsr)
{
    return (hsr >> 20 & 0x1f) == 0x1e;
}

/* Step over the trapped instruction: PC by HSR.IL, and the IT state. */
static inline void cond_advance(struct vcpu *v, uint32_t hsr)
{
    v->regs.pc += 2 + (hsr >> 24 & 2); /* IL is bit 25 */
    if (unlikely(v->regs.cpsr & PSR_IT_MASK))
        cond_it_step(v);
}

#endif /* XEN_INJECT_H */
