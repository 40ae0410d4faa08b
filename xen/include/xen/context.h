/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saving one vCPU's hardware state and loading another's.
 *
 * A vCPU that blocks stays loaded on its pCPU while that idles, so that
 * waking it there costs nothing ("lazy"): per-CPU loaded_vcpu tells whose
 * state the hardware holds. Layer: 6 (guest).
 */
#ifndef XEN_CONTEXT_H
#define XEN_CONTEXT_H

#include <xen/domain.h>

DECLARE_PER_CPU(struct vcpu *, loaded_vcpu);

/* The asynchronous abort that waits here is of a vCPU that left, and has it. */
DECLARE_PER_CPU(bool, abort_told);

/*
 * Registers, CP15, VFP as the ARM manual has them after reset and as a guest
 * of Xen finds them: MMU and caches off, SVC, A, I and F masked. @v runs
 * nowhere and is loaded nowhere. Timers and vGIC have resets of their own.
 */
void context_reset(struct vcpu *v);

/*
 * Make @v's state the hardware's on this CPU, saving who was there. @v is
 * loaded on no other CPU. Nothing to do, and cheap, when it is loaded here.
 */
void context_load(struct vcpu *v);
/* Save whoever is loaded on this CPU; the hardware holds nobody after. */
void context_unload(void);

/*
 * Get the context of @v, which does not run and will not, off the pCPU that
 * keeps it. No lock of rank VGIC or later is held.
 */
void context_evict(struct vcpu *v);

/*
 * r0..r14 of @v as its current mode sees them; @v is loaded on this CPU.
 * @n is 0..14.
 */
uint32_t guest_reg_get_banked(const struct vcpu *v, unsigned int n);
void guest_reg_set_banked(struct vcpu *v, unsigned int n, uint32_t val);

static inline uint32_t guest_reg_get(const struct vcpu *v, unsigned int n)
{
    return likely(n < 8) ? v->regs.r[n] : guest_reg_get_banked(v, n);
}

static inline void guest_reg_set(struct vcpu *v, unsigned int n, uint32_t val)
{
    if (likely(n < 8))
        v->regs.r[n] = val;
    else
        guest_reg_set_banked(v, n, val);
}

/* Trap HCPTR: first VFP/NEON use since the vCPU was loaded. */
enum verdict context_vfp_trap(struct vcpu *v, uint32_t hsr);

/* Per-CPU: HCR, HSTR, HCPTR, HDCR, VTCR, CNTHCTL as interface.md 2.10. */
void context_cpu_init(void);

#endif /* XEN_CONTEXT_H */
