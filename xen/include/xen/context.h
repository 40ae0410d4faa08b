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

/* Reset values of the ARM manual, start state of interface.md 2.1. */
void context_reset(struct vcpu *v);

/* Make @v's state the hardware's on this CPU, saving who was there. */
void context_load(struct vcpu *v);
/* Save whoever is loaded on this CPU; the hardware holds nobody after. */
void context_unload(void);

/* Trap HCPTR: first VFP/NEON use since the vCPU was loaded. */
enum verdict context_vfp_trap(struct vcpu *v, uint32_t hsr);

/* Per-CPU: HCR, HSTR, HCPTR, HDCR, VTCR, CNTHCTL as interface.md 2.10. */
void context_cpu_init(void);

#endif /* XEN_CONTEXT_H */
