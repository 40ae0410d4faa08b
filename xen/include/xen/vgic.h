/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GICv2: interrupt state, list registers, distributor.
 *
 * Source: ARM IHI 0048B (chapter 3 interrupt handling, 5 virtualization).
 * Layer:  6 (guest).
 */
#ifndef XEN_VGIC_H
#define XEN_VGIC_H

#include <xen/domain.h>
#include <xen/trap.h>

/*
 * @nr_spis: rounded up to 32, <= 988 (-EINVAL). @dist_gpa: 4 KiB emulated;
 * @cpu_gpa: 8 KiB, GICV is mapped there. 0, -EINVAL, -ENOMEM.
 */
int must_check vgic_create(struct domain *d, uint32_t nr_spis,
                           gpaddr_t dist_gpa, gpaddr_t cpu_gpa);
void vgic_destroy(struct domain *d);
int must_check vgic_vcpu_create(struct vcpu *v);

/* Back virtual SPI @virq with physical @pirq (HW = 1). 0, -EINVAL, -EBUSY. */
int must_check vgic_hw_bind(struct domain *d, uint32_t virq, uint32_t pirq);
void vgic_hw_unbind(struct domain *d, uint32_t virq);

/* Edge: latch pending @irq (SGI/PPI of @v, or an SPI of its domain). */
void vgic_raise(struct vcpu *v, uint32_t irq);
/* Level: the input of a PPI of @v or an SPI is now @asserted. */
void vgic_line(struct vcpu *v, uint32_t irq, bool asserted);
/* A HW = 1 interrupt was acknowledged physically and is active there. */
void vgic_raise_hw(struct vcpu *v, uint32_t irq);
/*
 * HW = 1 SPI @irq of the domain of @v was acknowledged, and the guest has
 * ended it since. Asks the pCPU where the owner is loaded; no locks held.
 */
bool vgic_hw_ended(struct vcpu *v, uint32_t irq);
/* SGI @sgi from @src to @dst. */
void vgic_sgi(struct vcpu *dst, struct vcpu *src, unsigned int sgi);

/*
 * True when an enabled interrupt of the vCPU is pending with the distributor
 * on, whatever CPSR.I: WFI must not block. Folds the LRs of a loaded vCPU.
 */
bool vgic_deliverable(struct vcpu *v);

/* SOFTIRQ_VGIC: fill list registers of @v, which is loaded here. */
void vgic_flush(struct vcpu *v);

/* Called by context.c. */
void vgic_save(struct vcpu *v);
void vgic_load(struct vcpu *v);

/* @v, which runs here, has VP_DOWN: SPIs that others may take go to them. */
void vgic_vcpu_off(struct vcpu *v);
/* Reset of a CPU interface at CPU_ON / vCPU reset. */
void vgic_vcpu_reset(struct vcpu *v);

void vgic_init(void); /* maintenance interrupt, SOFTIRQ_VGIC  */
void vgic_cpu_init(void);

/*
 * For debug key 'q' and people: state of a vCPU's interrupts. Part 0 is what
 * they have in common; returns the next part, 0 behind the last interrupt.
 */
uint32_t vgic_dump(struct vcpu *v, uint32_t part);

#endif /* XEN_VGIC_H */
