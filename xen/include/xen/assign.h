/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device pass-through: which registers and interrupts a domain may have.
 *
 * Layer: 6 (guest).
 */
#ifndef XEN_ASSIGN_H
#define XEN_ASSIGN_H

#include <xen/domain.h>

#include <asm/percpu.h>

/* Map [mfn, mfn+nr) of device registers at [gfn, ...); 0 or -errno. */
int must_check assign_mmio(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr);

/*
 * Give physical SPI @irq to @d as virtual SPI @irq. The line is enabled
 * physically when the guest enables it. 0, -EINVAL, -EBUSY, -ENOMEM.
 */
int must_check assign_irq(struct domain *d, uint32_t irq);
void assign_irq_release(struct domain *d, uint32_t irq);
/*
 * On the emulated GIC that vtimer_recheck_arm is for: this CPU has taken
 * interrupts whose end it has not seen.
 */
DECLARE_PER_CPU(bool, assign_taken);
/* Lets those that have ended fire again. */
void assign_recheck(void);
/* All of them, when the domain dies; idempotent. */
void assign_kill(struct domain *d);

#endif /* XEN_ASSIGN_H */
