/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers: CNTV is the hardware's, with a HW = 1 list register
 * so that the guest's EOI deactivates PPI 27; CNTP is emulated.
 *
 * Source: ARM DDI 0406C.c B8; interface.md 2.9. Layer: 6 (guest).
 */
#ifndef XEN_VTIMER_H
#define XEN_VTIMER_H

#include <asm/sysreg.h>

#include <xen/domain.h>
#include <xen/trap.h>

/* Boot: take the virtual timer's PPI. 0 or irq_request's error. */
int must_check vtimer_init(void);
/* On each CPU: enable it there. */
void vtimer_cpu_init(void);

/* Both timers of a new vCPU, off. Returns 0. */
int must_check vtimer_vcpu_create(struct vcpu *v);
/* For the last time; the vCPU is loaded nowhere. */
void vtimer_vcpu_destroy(struct vcpu *v);
/* Both off, as after reset; the vCPU is loaded nowhere. */
void vtimer_vcpu_reset(struct vcpu *v);

/* Called by context.c on the vCPU's CPU. */
void vtimer_save(struct vcpu *v);
void vtimer_load(struct vcpu *v);

/*
 * Ticks after which a HW = 1 interrupt is looked at again; 0 on hardware.
 *
 * QEMU's GIC does not notice a level that stays high over a guest's EOI: the
 * interrupt would be lost until somebody touches a physical GIC register. So
 * there, and only there, the hardware's CNTP (the guest's is emulated) makes
 * one interrupt a while after each that was handed to a guest.
 */
extern uint32_t vtimer_recheck_ticks;

/* Handlers of HW = 1 interrupts call it as they give one to the vGIC. */
static inline void vtimer_recheck_arm(void)
{
    if (unlikely(vtimer_recheck_ticks)) {
        sysreg_write(CNTP_TVAL, vtimer_recheck_ticks);
        sysreg_write(CNTP_CTL, 1);
    }
}

/* CP15 rows of CNTP_CTL, CNTP_TVAL, CNTP_CVAL (guest/cp15.c). */
uint32_t vtimer_cntp_ctl_read(struct vcpu *v);
void vtimer_cntp_ctl_write(struct vcpu *v, uint32_t val);
uint32_t vtimer_cntp_tval_read(struct vcpu *v);
void vtimer_cntp_tval_write(struct vcpu *v, uint32_t val);
uint64_t vtimer_cntp_cval_read(struct vcpu *v);
void vtimer_cntp_cval_write(struct vcpu *v, uint64_t val);

#endif /* XEN_VTIMER_H */
