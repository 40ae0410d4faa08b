/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers: CNTV is the hardware's, with a HW = 1 list register
 * so that the guest's EOI deactivates PPI 27; CNTP is emulated.
 *
 * Source: ARM DDI 0406C.c B8; interface.md 2.9. Layer: 6 (guest).
 */
#ifndef XEN_VTIMER_H
#define XEN_VTIMER_H

#include <xen/domain.h>
#include <xen/trap.h>

int must_check vtimer_init(void); /* requests PPI 27; per-CPU enable below */
void vtimer_cpu_init(void);

int must_check vtimer_vcpu_create(struct vcpu *v);
void vtimer_vcpu_destroy(struct vcpu *v);
void vtimer_vcpu_reset(struct vcpu *v);

/* Called by context.c on the vCPU's CPU. */
void vtimer_save(struct vcpu *v);
void vtimer_load(struct vcpu *v);

/*
 * This pCPU is about to wait for an interrupt, a vCPU stays loaded. If the
 * virtual timer's condition holds, its interrupt is pending already; but
 * QEMU (7.2, hw/intc/arm_gic.c, observed 2026-11-21) does not look again at
 * a level that stays high when a guest's EOI deactivates it (HW = 1), only
 * at the next write to its distributor: this makes one.
 */
void vtimer_before_sleep(void);

/* CP15 rows of CNTP_CTL, CNTP_TVAL, CNTP_CVAL (guest/cp15.c). */
uint32_t vtimer_cntp_ctl_read(struct vcpu *v);
void vtimer_cntp_ctl_write(struct vcpu *v, uint32_t val);
uint32_t vtimer_cntp_tval_read(struct vcpu *v);
void vtimer_cntp_tval_write(struct vcpu *v, uint32_t val);
uint64_t vtimer_cntp_cval_read(struct vcpu *v);
void vtimer_cntp_cval_write(struct vcpu *v, uint64_t val);

#endif /* XEN_VTIMER_H */
