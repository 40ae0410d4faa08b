/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device pass-through: registers mapped into a domain, interrupts that go
 * to it. An SPI keeps its number: virtual n is physical n. It stays active
 * from its acknowledgement to the guest's EOI (HW = 1), so that a level
 * cannot fire again meanwhile, and is enabled physically while the guest
 * has it enabled.
 *
 * QEMU's GIC notes for each CPU apart that an SPI is active, and the EOI of a
 * guest clears only the bit of the CPU that it runs on. When the vCPU has moved
 * since the acknowledgement the other bit stays: that CPU would never take the
 * interrupt again. There, each CPU remembers what it took and clears it for
 * all CPUs once it has ended; a line that has risen anew meanwhile is then
 * taken twice, which the guest sees as one that was not needed.
 *
 * Source: ARM IHI 0048B 5.2.2 (HW = 1); QEMU 7.2, hw/intc/arm_gic.c.
 * Layer:  6 (guest).
 */
#include <xen/assign.h>
#include <xen/bug.h>
#include <xen/gic.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#include <public/errno.h>

/*
 * Domain that has each SPI, or NULL. Written before the handler is
 * registered and after it is gone; guarded by the create lock of that
 * domain, and by irq_request, which gives a line to one asker only.
 */
static struct domain *assigned_to[IRQ_MAX];

/* On the emulated GIC: what a CPU took and has not seen the end of. */
#define TAKEN_MAX 16u
static struct taken {
    uint16_t irq; /* 0: none */
    domid_t domid;
} taken[NR_CPUS][TAKEN_MAX];

DEFINE_PER_CPU(bool, assign_taken);

/* With no room the last is given up: as if there were no such GIC. */
static void note_taken(uint32_t irq, domid_t domid)
{
    struct taken *t = taken[smp_cpu_id()];
    uint32_t n = 0;

    while (n < TAKEN_MAX - 1 && t[n].irq && t[n].irq != irq)
        n++;
    t[n] = (struct taken){ .irq = (uint16_t)irq, .domid = domid };
    this_cpu(assign_taken) = true;
}

/* It is over; then it can be taken by any CPU again. */
static bool has_ended(struct taken t)
{
    struct domain *d = domain_get(t.domid);
    bool ended = true;

    if (!d)
        return true;
    if (assigned_to[t.irq] == d) {
        ended = vgic_hw_ended(d->vcpu[0], t.irq);
        if (ended)
            gic_clear_active(t.irq);
    }
    domain_put(d);
    return ended;
}

void assign_recheck(void)
{
    struct taken *t = taken[smp_cpu_id()];
    uint32_t left = 0;

    for (uint32_t n = 0; n < TAKEN_MAX && t[n].irq; n++) {
        if (!has_ended(t[n]))
            t[left++] = t[n];
    }
    for (uint32_t n = left; n < TAKEN_MAX; n++)
        t[n].irq = 0;
    this_cpu(assign_taken) = left > 0;
}

/* The owner among the vCPUs is found by the vGIC. */
static void assigned_irq(void *arg)
{
    uint32_t irq = (uint32_t)(uintptr_t)arg;
    struct domain *d = READ_ONCE(assigned_to[irq]);

    if (unlikely(vtimer_recheck_ticks))
        note_taken(irq, d->id);
    vtimer_recheck_arm();
    vgic_raise_hw(d->vcpu[0], irq);
}

int assign_mmio(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr)
{
    return p2m_map(d, gfn, mfn, nr, P2M_DEVICE);
}

int assign_irq(struct domain *d, uint32_t irq)
{
    struct domain *nobody = NULL;
    int rc;

    if (irq < IRQ_LOCAL_NR || irq >= IRQ_MAX)
        return -EINVAL;
    if (!__atomic_compare_exchange_n(&assigned_to[irq], &nobody, d, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        return -EBUSY;

    /* Disabled until the guest enables it: the handler cannot run yet. */
    rc = irq_request(irq, IRQ_GUEST, IRQ_LEVEL, assigned_irq,
                     (void *)(uintptr_t)irq, "guest");
    if (rc) {
        WRITE_ONCE(assigned_to[irq], NULL);
        return rc;
    }
    rc = vgic_hw_bind(d, irq, irq);
    if (rc) {
        irq_release(irq);
        WRITE_ONCE(assigned_to[irq], NULL);
    }
    return rc;
}

void assign_irq_release(struct domain *d, uint32_t irq)
{
    if (irq < IRQ_LOCAL_NR || irq >= IRQ_MAX || assigned_to[irq] != d)
        return;
    /* Disabled and its handler gone, then the virtual side. */
    irq_release(irq);
    vgic_hw_unbind(d, irq);
    /* The guest may have enabled it once more in between. */
    irq_disable(irq);
    WRITE_ONCE(assigned_to[irq], NULL);
}

void assign_kill(struct domain *d)
{
    for (uint32_t irq = IRQ_LOCAL_NR; irq < IRQ_MAX; irq++)
        assign_irq_release(d, irq);
}
