/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual interrupts in and out of list registers.
 *
 * A list register is written when its interrupt must change and read when
 * somebody asks what became of it: never because a guest came or went.
 * An interrupt keeps its list register after the guest's EOI until another
 * needs it, so that the next one of the same number costs one write (HW) or
 * a read and a write.
 *
 *  HW = 1    the guest's EOI deactivates the physical interrupt; such an
 *            interrupt cannot fire again before that, so it is never
 *            pending and active at once (IHI 0048B 5.2.2).
 *  HW = 0    fires again while active: pending and active in one register.
 *  EOI = 1   maintenance interrupt at deactivation: only for what must be
 *            looked at again then: a level input still asserted, an SGI
 *            that waits from a second source CPU, an SPI that was given
 *            another target while active.
 *
 * When there are more interrupts than registers, the highest priorities are
 * in registers and NPIE asks for more as soon as none of them is pending.
 * That is sooner than underflow (UIE) and has no hole: UIE stays silent
 * while two registers are held by active interrupts. The invariant is: the
 * pending list is empty, or some register is pending. If need be an active
 * interrupt leaves its register; its EOI then counts in HCR.EOICount.
 *
 * Source: ARM IHI 0048B 5.2 "Managing the GIC virtual CPU interfaces",
 *         5.3 (GICH registers).
 * Layer:  6 (guest).
 */
#include <xen/bug.h>
#include <xen/gic.h>
#include <xen/smp.h>
#include <xen/vgic.h>

#include <asm/gic_regs.h>
#include <asm/guest/vgic_state.h>

#define LR_STATES (GICH_LR_PENDING | GICH_LR_ACTIVE)
#define NO_LR     VGIC_LR_MAX

/* One look at, and change of, list registers of a vCPU on its pCPU. */
struct lr_job {
    struct vcpu *v;
    uint32_t irq;    /* the one to change, or VGIC_NO_IRQ             */
    uint32_t states; /* to clear in it                                */
    uint32_t old;    /* its list register before, 0: in none          */
    bool done;       /* false: @v is not loaded there                 */
    uint32_t *lr;    /* all of them, before; or NULL                  */
};

unsigned int vgic_lr_nr;

uint32_t vgic_lr_get(struct vcpu *v, unsigned int n)
{
    return v->vgic.cpu < 0 ? v->vgic.lr[n] : gich_lr_read(n);
}

static void lr_put(struct vcpu *v, unsigned int n, uint32_t val)
{
    if (v->vgic.cpu < 0)
        v->vgic.lr[n] = val;
    else
        gich_lr_write(n, val);
}

static struct vgic_irq *irq_of_lr(struct vcpu *v, unsigned int n)
{
    return vgic_irq(v, v->vgic.lr_irq[n]);
}

void vgic_enqueue(struct vcpu *v, struct vgic_irq *irq)
{
    struct list *head = &v->vgic.pending_list;
    struct list *at = head;

    if (irq->queued || irq->active)
        return;

    /* From the end: what comes last is mostly not more urgent. */
    while (at->prev != head) {
        struct vgic_irq *prev = list_entry(at->prev, struct vgic_irq, node);

        if (prev->priority < irq->priority ||
            (prev->priority == irq->priority && prev->irq < irq->irq))
            break;
        at = at->prev;
    }
    list_add_before(at, &irq->node);
    irq->queued = true;
}

void vgic_dequeue(struct vgic_irq *irq)
{
    if (!irq->queued)
        return;
    list_del(&irq->node);
    irq->queued = false;
}

/* ---- contents of a list register ---- */

/*
 * Move what is pending in software into @val, which may be active already,
 * as far as one register can show it; ask for maintenance for the rest.
 */
static uint32_t lr_add_pending(struct vcpu *v, struct vgic_irq *irq,
                               uint32_t val)
{
    bool fresh = !(val & LR_STATES);

    /* Of no use to an active one: APR has the running priority. */
    val = field_set(val, GICH_LR_PRIORITY, irq->priority >> 3);

    /* See split_actives. */
    if ((val & GICH_LR_ACTIVE) && !irq->hw &&
        !list_empty(&v->vgic.pending_list))
        return val | GICH_LR_EOI;

    if (vgic_is_sgi(irq)) {
        uint32_t cpu = field_get(val, GICH_LR_CPUID);

        if (fresh)
            cpu = (uint32_t)__builtin_ctz(irq->source);
        if (irq->source & BIT(cpu)) {
            irq->source &= (uint8_t)~BIT(cpu);
            val |= GICH_LR_PENDING | cpu << 10;
        }
        return irq->source ? val | GICH_LR_EOI : val;
    }

    if (irq->hw) {
        if (!(val & GICH_LR_ACTIVE)) {
            irq->pending = false;
            val |= GICH_LR_PENDING;
        }
        return val;
    }

    /* Active here, but the next one goes elsewhere. */
    if ((val & GICH_LR_ACTIVE) && !vgic_belongs(v, irq))
        return val | GICH_LR_EOI;

    if (irq->pending) {
        irq->pending = false;
        irq->latched = true;
        val |= GICH_LR_PENDING;
    }
    if (irq->level && irq->line) {
        val |= GICH_LR_EOI;
        if (!(val & GICH_LR_ACTIVE))
            val |= GICH_LR_PENDING;
    }
    return val;
}

/* The pending part of @val comes back to software. */
static void take_pending(struct vgic_irq *irq, uint32_t val)
{
    if (vgic_is_sgi(irq))
        irq->source |= (uint8_t)BIT(field_get(val, GICH_LR_CPUID));
    else if (irq->hw || irq->latched || !irq->level)
        irq->pending = true;
    irq->latched = false;
}

/* The active part of @val comes back to software. */
static void take_active(struct vcpu *v, struct vgic_irq *irq, uint32_t val)
{
    vgic_dequeue(irq);
    irq->active = true;
    irq->active_priority = irq->forced
                               ? VGIC_PRIORITY
                               : (uint8_t)(field_get(val, GICH_LR_PRIORITY)
                                           << 3);
    if (vgic_is_sgi(irq))
        irq->active_source = (uint8_t)field_get(val, GICH_LR_CPUID);
    list_add_before(&v->vgic.active_list, &irq->node);
}

static void take(struct vcpu *v, struct vgic_irq *irq, uint32_t val,
                 uint32_t states)
{
    if (val & states & GICH_LR_PENDING)
        take_pending(irq, val);
    if (val & states & GICH_LR_ACTIVE)
        take_active(v, irq, val);
}

/* ---- list registers of a vCPU ---- */

static void lr_assign(struct vcpu *v, struct vgic_irq *irq, unsigned int n,
                      uint32_t val)
{
    irq->lr = (uint8_t)(n + 1);
    v->vgic.lr_irq[n] = irq->irq;
    v->vgic.lr_used |= BIT(n);
    lr_put(v, n, val);
}

/* List register @n is known to be empty: nobody owns it. */
static void lr_release(struct vcpu *v, unsigned int n)
{
    irq_of_lr(v, n)->lr = 0;
    v->vgic.lr_used &= ~BIT(n);
}

/* @irq has left its list register: what is still wanted goes its way. */
static void requeue(struct vcpu *v, struct vgic_irq *irq)
{
    if (!vgic_wants(irq))
        return;
    if (irq->active || vgic_belongs(v, irq)) {
        vgic_enqueue(v, irq);
        return;
    }
    vgic_dequeue(irq); /* raised here before it was let go */
    v->vgic.moved = true;
}

static void lr_retire(struct vcpu *v, unsigned int n)
{
    struct vgic_irq *irq = irq_of_lr(v, n);

    lr_release(v, n);
    requeue(v, irq);
}

static void reclaim(struct vcpu *v)
{
    uint32_t empty = v->vgic.lr_used;

    if (!empty)
        return;
    for (empty &= gich_empty(); empty; empty &= empty - 1)
        lr_retire(v, (unsigned int)__builtin_ctz(empty));
}

static unsigned int lr_find_free(struct vcpu *v)
{
    uint32_t all = BIT(vgic_lr_nr) - 1;

    if (v->vgic.lr_used == all)
        reclaim(v);
    if (v->vgic.lr_used == all)
        return NO_LR;
    return (unsigned int)__builtin_ctz(~v->vgic.lr_used);
}

/* The guest has deactivated an interrupt that was in no list register. */
static void deactivate_one(struct vcpu *v)
{
    struct vgic_irq *best = NULL;

    /*
     * EOIs come in the order of urgency (IHI 0048B 3.2.1), so it was the
     * most urgent one that has been acknowledged.
     */
    list_for_each(pos, &v->vgic.active_list)
    {
        struct vgic_irq *irq = list_entry(pos, struct vgic_irq, node);

        if (!best || irq->active_priority < best->active_priority)
            best = irq;
    }
    if (!best)
        return;
    list_del(&best->node);
    best->active = false;
    if (best->hw)
        gic_clear_active(best->pirq);
    requeue(v, best);
}

/*
 * HCR's count of EOIs without list register: before HCR is written, and
 * before the list of those that may have been meant is changed or told.
 */
static void take_eoi_count(struct vcpu *v)
{
    uint32_t hcr;

    if (!(v->vgic.hcr & GICH_HCR_LRENPIE))
        return;
    hcr = gich_hcr_read();
    for (uint32_t n = field_get(hcr, GICH_HCR_EOICOUNT); n > 0; n--)
        deactivate_one(v);
    if (field_get(hcr, GICH_HCR_EOICOUNT))
        gich_hcr_write(v->vgic.hcr);
}

/*
 * All are in use: free one for an interrupt of @priority. The least urgent
 * pending one goes if it is less urgent than that. Where all are active one
 * of them goes, the least urgent, as its EOI comes last.
 */
static unsigned int lr_displace(struct vcpu *v, uint8_t priority)
{
    unsigned int worst = NO_LR, worst_active = NO_LR;
    uint32_t worst_key = 0, worst_active_key = 0;
    struct vgic_irq *irq;
    uint32_t val;

    take_eoi_count(v);
    for (unsigned int n = 0; n < vgic_lr_nr; n++) {
        uint32_t key;

        val = gich_lr_read(n);
        if (!(val & LR_STATES)) { /* waits for EOI maintenance */
            lr_retire(v, n);
            return n;
        }
        key = field_get(val, GICH_LR_PRIORITY) + 1;
        if (val & GICH_LR_ACTIVE) {
            /* Rather one that the hardware need not deactivate. */
            key = key << 1 | !(val & GICH_LR_HW);
            if (key > worst_active_key) {
                worst_active = n;
                worst_active_key = key;
            }
        } else if (key > worst_key) {
            worst = n;
            worst_key = key;
        }
    }

    if (worst == NO_LR)
        worst = worst_active;
    else if (worst_key <= (uint32_t)(priority >> 3) + 1)
        return NO_LR;

    val = gich_lr_read(worst);
    irq = irq_of_lr(v, worst);
    take(v, irq, val, LR_STATES);
    lr_release(v, worst);
    requeue(v, irq);
    return worst;
}

void vgic_refill(struct vcpu *v, struct vgic_irq *irq)
{
    unsigned int n = irq->lr - 1u;

    vgic_dequeue(irq);
    irq->latched = false;
    irq->forced = false;
    gich_lr_write(n, lr_add_pending(v, irq, irq->lr_base));
}

bool vgic_place(struct vcpu *v, struct vgic_irq *irq)
{
    unsigned int n;
    uint32_t old, val;

    if (irq->lr) {
        n = irq->lr - 1u;
        old = gich_lr_read(n);
        if (!(old & LR_STATES) && !vgic_belongs(v, irq)) {
            lr_put(v, n, 0); /* drops a maintenance request */
            lr_release(v, n);
            v->vgic.moved = true;
            return true;
        }
        if (!(old & LR_STATES)) {
            vgic_refill(v, irq);
            return true;
        }
        val = lr_add_pending(v, irq, old);
        if (val != old)
            gich_lr_write(n, val);
        return true;
    }

    n = lr_find_free(v);
    if (n == NO_LR)
        n = lr_displace(v, irq->priority);
    if (n == NO_LR)
        return false;
    irq->latched = false;
    irq->forced = false;
    lr_assign(v, irq, n, lr_add_pending(v, irq, irq->lr_base));
    return true;
}

/* An active interrupt gets a free list register back, if there is one. */
static bool place_active(struct vcpu *v, struct vgic_irq *irq)
{
    unsigned int n = irq->held ? NO_LR : lr_find_free(v);
    uint32_t val = field_set(irq->lr_base | GICH_LR_ACTIVE, GICH_LR_PRIORITY,
                             irq->active_priority >> 3);

    if (n == NO_LR)
        return false;

    list_del(&irq->node);
    irq->active = false;
    if (vgic_is_sgi(irq))
        val |= (uint32_t)irq->active_source << 10;
    if (vgic_wants(irq))
        val = lr_add_pending(v, irq, val);
    lr_assign(v, irq, n, val);
    return true;
}

/*
 * While something waits in the list, an active register must not turn into
 * a pending one at EOI, which the guest would take before a more urgent
 * one of the list. It asks for maintenance then instead.
 */
static void split_actives(struct vcpu *v)
{
    for (uint32_t used = v->vgic.lr_used; used; used &= used - 1) {
        unsigned int n = (unsigned int)__builtin_ctz(used);
        uint32_t val = gich_lr_read(n);

        if ((val & LR_STATES) != LR_STATES)
            continue;
        take_pending(irq_of_lr(v, n), val);
        gich_lr_write(n, (val & ~GICH_LR_PENDING) | GICH_LR_EOI);
    }
}

void vgic_fill(struct vcpu *v)
{
    struct vgic_cpu *vg = &v->vgic;
    struct vgic_irq *irq;
    uint32_t hcr;

    take_eoi_count(v);
    /*
     * Those in a register join it there at once: the guest may be about to
     * acknowledge what it already has.
     */
    list_for_each_safe(pos, next, &vg->pending_list)
    {
        irq = list_entry(pos, struct vgic_irq, node);
        if (!irq->lr)
            continue;
        vgic_dequeue(irq);
        if (vgic_wants(irq))
            vgic_place(v, irq);
    }
    while (!list_empty(&vg->pending_list)) {
        irq = list_entry(vg->pending_list.next, struct vgic_irq, node);
        if (vgic_wants(irq) && !vgic_place(v, irq))
            break;
        vgic_dequeue(irq);
    }
    while (!list_empty(&vg->active_list)) {
        irq = list_entry(vg->active_list.next, struct vgic_irq, node);
        if (!place_active(v, irq))
            break;
    }

    /* En follows GICD_CTLR: off, nothing is signalled (IHI 0048B 5.3.1). */
    hcr = v->domain->vgic.enabled ? GICH_HCR_EN : 0;
    if (!list_empty(&vg->pending_list)) {
        hcr |= GICH_HCR_NPIE;
        if (!(vg->hcr & GICH_HCR_NPIE))
            split_actives(v);
    }
    if (!list_empty(&vg->active_list))
        hcr |= GICH_HCR_LRENPIE;
    if (hcr != vg->hcr) {
        vg->hcr = hcr;
        gich_hcr_write(hcr);
    }
}

/*
 * Maintenance interrupt: registers that asked for it at EOI are free, and
 * the rest of what is wanted is what vgic_fill does.
 */
void vgic_maintain(struct vcpu *v)
{
    for (uint32_t used = v->vgic.lr_used; used; used &= used - 1) {
        unsigned int n = (unsigned int)__builtin_ctz(used);

        if (gich_lr_read(n) & LR_STATES)
            continue;
        gich_lr_write(n, 0); /* drops the maintenance request */
        lr_retire(v, n);
    }
    vgic_fill(v);
}

/*
 * A maintenance interrupt may come later than the trap of a WFI that follows
 * the EOI, and then nobody would wake the vCPU. Registers that are empty stay
 * with their interrupts, which may be what ends the WFI.
 */
uint32_t vgic_fold(struct vcpu *v)
{
    uint32_t used = v->vgic.lr_used;

    if (used)
        used &= ~gich_empty();
    if ((used || !list_empty(&v->vgic.active_list)) && gich_misr()) {
        vgic_maintain(v);
        used = v->vgic.lr_used & ~gich_empty();
    }
    return used;
}

/* ---- switching ---- */

void vgic_save(struct vcpu *v)
{
    struct vgic_cpu *vg = &v->vgic;
    uint32_t used;

    /* Perhaps inside a call that waits for another in vgic_pull. */
    lock_take_second(&vg->lock);
    take_eoi_count(v);
    reclaim(v);
    for (used = vg->lr_used; used; used &= used - 1) {
        unsigned int n = (unsigned int)__builtin_ctz(used);

        vg->lr[n] = gich_lr_read(n);
        gich_lr_write(n, 0);
        if (!(vg->lr[n] & LR_STATES))
            lr_retire(v, n);
    }
    vg->vmcr = gich_vmcr_read();
    vg->apr = gich_apr_read();
    if (vg->hcr)
        gich_hcr_write(0);
    vg->hcr = 0;
    vg->cpu = -1;
    vgic_unlock(v);
}

/* The list registers of this CPU are empty, HCR is 0: vgic_save left it so. */
void vgic_load(struct vcpu *v)
{
    struct vgic_cpu *vg = &v->vgic;
    uint32_t used;

    lock_take(&vg->lock);
    ASSERT(vg->cpu < 0);
    if (unlikely(vg->lowered)) /* while it was still loaded elsewhere */
        vgic_lower_all(v);
    vg->cpu = (int8_t)smp_cpu_id();
    gich_vmcr_write(vg->vmcr);
    gich_apr_write(vg->apr);
    for (used = vg->lr_used; used; used &= used - 1) {
        unsigned int n = (unsigned int)__builtin_ctz(used);

        gich_lr_write(n, vg->lr[n]);
    }
    vgic_fill(v);
    vgic_unlock(v);
}

/* ---- list registers of a vCPU that may be loaded elsewhere ---- */

/*
 * Runs on the pCPU of @v, whose trap or interrupt handler is not in the
 * middle of a change: no lock is taken between reading and writing a list
 * register, and calls are served only where a CPU waits without vGIC locks.
 */
static void lr_job(void *arg)
{
    struct lr_job *job = arg;

    if (!vgic_loaded_here(job->v))
        return;
    for (unsigned int n = 0; n < vgic_lr_nr; n++) {
        uint32_t val = gich_lr_read(n);

        if (job->lr)
            job->lr[n] = val;
        if (field_get(val, GICH_LR_VIRTUALID) != job->irq || !val)
            continue;
        if (val & LR_STATES)
            job->old = val;
        val &= ~job->states;
        /* With what is left goes a request for maintenance. */
        gich_lr_write(n, val & LR_STATES ? val : 0);
    }
    job->done = true;
}

/* The same for a list register that can be reached from here. */
static uint32_t lr_strip(struct vcpu *v, unsigned int n, uint32_t states)
{
    uint32_t old = vgic_lr_get(v, n);
    uint32_t val = old & ~states;

    if (val != old || !(val & LR_STATES))
        lr_put(v, n, val & LR_STATES ? val : 0);
    return old & LR_STATES ? old : 0;
}

/* The input of level interrupt @irq fell: no longer pending by that. */
static void lr_lower(struct vcpu *v, struct vgic_irq *irq)
{
    unsigned int n = irq->lr - 1u;

    if (irq->hw || irq->line || irq->latched || !irq->level)
        return;
    if (!(lr_strip(v, n, GICH_LR_PENDING) & GICH_LR_ACTIVE))
        lr_release(v, n);
}

void vgic_lower(struct vcpu *v, struct vgic_irq *irq)
{
    if (!vgic_wants(irq))
        vgic_dequeue(irq);
    if (!irq->lr)
        return;
    if (vgic_reachable(v))
        lr_lower(v, irq);
    else
        v->vgic.lowered = true;
}

void vgic_lower_all(struct vcpu *v)
{
    v->vgic.lowered = false;
    for (uint32_t used = v->vgic.lr_used; used; used &= used - 1) {
        struct vgic_irq *irq = irq_of_lr(v, (unsigned int)__builtin_ctz(used));

        if (!vgic_is_sgi(irq))
            lr_lower(v, irq);
    }
}

struct vcpu *vgic_pull(struct vcpu *v, uint32_t nr, uint32_t states)
{
    struct vcpu *owner = vgic_lock_owner(v, nr);
    struct vgic_irq *irq = vgic_irq(owner, nr);
    uint32_t old = 0;

    if (vgic_loaded_here(owner))
        take_eoi_count(owner);
    while (irq->lr) {
        struct lr_job job = { .v = owner, .irq = nr, .states = states };
        uint32_t cpu = (uint32_t)owner->vgic.cpu;

        if (vgic_reachable(owner)) {
            old = lr_strip(owner, irq->lr - 1u, states);
            break;
        }
        /* Not back into a list register while we have dropped the lock. */
        irq->held = true;
        vgic_unlock(owner);
        smp_call(BIT(cpu), lr_job, &job);
        owner = vgic_lock_owner(v, nr);
        irq->held = false;
        old = job.old;
        if (job.done)
            break;
    }
    take(owner, irq, old, states);
    if (irq->lr && !(old & ~states & LR_STATES))
        lr_release(owner, irq->lr - 1u);
    return owner;
}

void vgic_snapshot(struct vcpu *v, uint32_t lr[VGIC_LR_MAX])
{
    struct lr_job job = { .v = v, .irq = VGIC_NO_IRQ, .lr = lr };

    while (!job.done) {
        int cpu;

        lock_take_second(&v->vgic.lock);
        cpu = v->vgic.cpu;
        if (vgic_reachable(v)) {
            for (unsigned int n = 0; n < vgic_lr_nr; n++)
                lr[n] = v->vgic.lr_used & BIT(n) ? vgic_lr_get(v, n) : 0;
            job.done = true;
        }
        lock_drop(&v->vgic.lock);
        if (!job.done)
            smp_call(BIT((uint32_t)cpu), lr_job, &job);
    }
}
