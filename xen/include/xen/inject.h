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
bool cond_passes(const struct vcpu *v, uint32_t hsr);
/* Step over the trapped instruction: PC by HSR.IL, and the IT state. */
void cond_advance(struct vcpu *v, uint32_t hsr);

#endif /* XEN_INJECT_H */
