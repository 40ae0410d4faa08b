/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a write to a distributor register does to one interrupt, and what
 * its state is.
 *
 * SGIs and PPIs belong to the vCPU that writes, which is loaded here. An SPI
 * may be in a list register of a vCPU that runs elsewhere: vgic_pull gets
 * its state back from there, so that what a guest reads after a write is
 * what it wrote.
 *
 * For an SPI with a physical one behind it (HW = 1) the physical distributor
 * keeps the state that the virtual one has not yet taken: enable, trigger,
 * target, pending while active.
 *
 * Source: ARM IHI 0048B 4.3.5-4.3.13, 3.2.4 (state machine).
 * Layer:  6 (guest).
 */
#include <xen/gic.h>
#include <xen/irq.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vgic.h>

#include <asm/gic_regs.h>
#include <asm/guest/vgic_state.h>

/*
 * Its holder may wait in smp_call for a CPU that waits here, so waiting
 * here serves calls.
 */
void vgic_dist_lock(struct domain *d)
{
    while (!lock_try(&d->vgic.lock))
        smp_poll();
}

void vgic_dist_unlock(struct domain *d)
{
    lock_drop(&d->vgic.lock);
}

/* Go on with what is still wanted, in the place where list registers are. */
static void finish(struct vcpu *v, struct vgic_irq *irq)
{
    if (vgic_wants(irq) && !(irq->active && !irq->lr)) {
        vgic_deliver(v, irq);
        vgic_unlock_notify(v);
        return;
    }
    /* A list register may have come free. */
    if (vgic_loaded_here(v))
        vgic_fill(v);
    vgic_unlock(v);
}

/* SPIs only: the physical line is there for the guest from now on. */
static bool has_line(const struct vgic_irq *irq)
{
    return irq->hw && irq->irq >= VGIC_LOCAL_NR;
}

void vgic_enable(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    if (irq->enabled)
        return;
    v = vgic_lock_owner(v, nr);
    irq->enabled = true;
    if (has_line(irq)) {
        irq_route(irq->pirq, v->sched.cpu);
        irq_enable(irq->pirq);
    }
    finish(v, irq);
}

void vgic_disable(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    if (!irq->enabled || vgic_is_sgi(irq))
        return;
    v = vgic_pull(v, nr, GICH_LR_PENDING);
    irq->enabled = false;
    if (has_line(irq))
        irq_disable(irq->pirq);
    vgic_dequeue(irq);
    finish(v, irq);
}

/* As if it had been acknowledged. A timer's state moves with its vCPU. */
static void set_active_hw(struct vcpu *v, const struct vgic_irq *irq)
{
    gic_set_active(irq->pirq);
    if (irq->irq == VGIC_TIMER_PPI)
        v->vtimer.ppi_taken = true;
}

/*
 * Physical ones are set active first, as if they had been acknowledged: the
 * guest's EOI will deactivate them. One that is active already must wait in
 * the physical distributor.
 */
static void set_pending_hw(struct vcpu *v, struct vgic_irq *irq)
{
    if (irq->pending || gic_is_pending(irq->pirq)) {
        /* It is already. */
    } else if (gic_is_active(irq->pirq)) {
        gic_set_pending(irq->pirq);
    } else {
        set_active_hw(v, irq);
        irq->pending = true;
    }
    finish(v, irq);
}

void vgic_set_pending(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    if (vgic_is_sgi(irq))
        return; /* read-only: SPENDSGIR is for these */
    if (irq->hw) {
        v = vgic_pull(v, nr, GICH_LR_PENDING);
        set_pending_hw(v, irq);
        return;
    }
    v = vgic_lock_owner(v, nr);
    irq->pending = true;
    finish(v, irq);
}

/*
 * @irq is banked, and in no list register: only its vCPU, which is here, puts
 * it into one. An SPI may just be on its way there, seen by its owner's lock
 * only.
 */
static bool at_rest(const struct vgic_irq *irq)
{
    return irq->irq < VGIC_LOCAL_NR && !irq->lr;
}

void vgic_clear_pending(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    if (vgic_is_sgi(irq))
        return;
    if (at_rest(irq) && !irq->pending && !irq->hw)
        return;
    v = vgic_pull(v, nr, GICH_LR_PENDING);
    if (irq->hw) {
        /* A level that is still there fires again. */
        gic_clear_pending(irq->pirq);
        if (irq->pending)
            gic_clear_active(irq->pirq);
    }
    irq->pending = false;
    if (!vgic_wants(irq))
        vgic_dequeue(irq);
    finish(v, irq);
}

bool vgic_hw_ended(struct vcpu *v, uint32_t nr)
{
    uint32_t lr[VGIC_LR_MAX] = { 0 };
    struct vcpu *owner = vgic_lock_owner(v, nr);
    struct vgic_irq *irq = vgic_irq(owner, nr);
    bool ended = !irq->pending && !irq->active;

    lock_drop(&owner->vgic.lock);
    /* A list register stays the interrupt's when the guest has emptied it. */
    vgic_snapshot(owner, lr);
    for (uint32_t n = 0; n < VGIC_LR_MAX; n++)
        if (lr[n] & (GICH_LR_PENDING | GICH_LR_ACTIVE) &&
            field_get(lr[n], GICH_LR_VIRTUALID) == nr)
            ended = false;
    return ended;
}

void vgic_set_active(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    v = vgic_pull(v, nr, GICH_LR_PENDING | GICH_LR_ACTIVE);
    vgic_dequeue(irq);
    if (irq->hw) {
        set_active_hw(v, irq);
        if (irq->pending)
            gic_set_pending(irq->pirq);
        irq->pending = false;
    }
    if (!irq->active) {
        irq->active = true;
        irq->forced = true;
        irq->active_priority = VGIC_PRIORITY;
        irq->active_source = irq->source ? (uint8_t)__builtin_ctz(irq->source)
                                         : v->id;
        list_add_before(&v->vgic.active_list, &irq->node);
    }
    if (vgic_loaded_here(v))
        vgic_fill(v);
    vgic_unlock_notify(v);
}

void vgic_clear_active(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    /* A guest's start clears them all. */
    if (at_rest(irq) && !irq->active)
        return;
    v = vgic_pull(v, nr, GICH_LR_PENDING | GICH_LR_ACTIVE);
    if (irq->active) {
        list_del(&irq->node);
        irq->active = false;
        if (irq->hw)
            gic_clear_active(irq->pirq);
    }
    finish(v, irq);
}

void vgic_set_priority(struct vcpu *v, uint32_t nr, uint8_t priority)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    priority &= VGIC_PRIORITY;
    if (irq->priority == priority)
        return;
    v = vgic_pull(v, nr, GICH_LR_PENDING);
    vgic_dequeue(irq);
    irq->priority = priority;
    vgic_set_lr_base(irq);
    finish(v, irq);
}

void vgic_set_targets(struct vcpu *v, uint32_t nr, uint8_t targets)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    targets &= (uint8_t)(BIT(v->domain->max_vcpus) - 1);
    if (irq->targets == targets)
        return;
    v = vgic_pull(v, nr, GICH_LR_PENDING);
    vgic_dequeue(irq);
    irq->targets = targets;
    if (vgic_loaded_here(v))
        vgic_fill(v);
    vgic_unlock(v);

    v = vgic_lock_owner(v, nr);
    if (has_line(irq) && irq->enabled)
        irq_route(irq->pirq, v->sched.cpu);
    finish(v, irq);
}

void vgic_set_level(struct vcpu *v, uint32_t nr, bool level)
{
    struct vgic_irq *irq = vgic_irq(v, nr);

    if (irq->level == level)
        return;
    v = vgic_lock_owner(v, nr);
    irq->level = level;
    /* Fails only for a line that does not exist; a bound one does. */
    if (has_line(irq) &&
        irq_trigger_set(irq->pirq, level ? IRQ_LEVEL : IRQ_EDGE))
        irq->level = true;
    finish(v, irq);
}

/* GICH_HCR.En of each vCPU follows, on its own pCPU. */
void vgic_set_enabled(struct domain *d, bool enabled)
{
    if (d->vgic.enabled == enabled)
        return;
    WRITE_ONCE(d->vgic.enabled, enabled);
    for (unsigned int i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = d->vcpu[i];

        if (!v)
            continue;
        lock_take(&v->vgic.lock);
        if (vgic_loaded_here(v))
            vgic_fill(v);
        vgic_unlock_notify(v);
    }
}

uint8_t vgic_sgi_sources(struct vcpu *v, unsigned int sgi)
{
    struct vgic_irq *irq = &v->vgic.local[sgi];
    uint8_t sources;

    lock_take(&v->vgic.lock);
    sources = irq->source;
    if (irq->lr) {
        uint32_t val = vgic_lr_get(v, irq->lr - 1u);

        if (val & GICH_LR_PENDING)
            sources |= (uint8_t)BIT(field_get(val, GICH_LR_CPUID));
    }
    vgic_unlock(v);
    return sources;
}

void vgic_sgi_set(struct vcpu *v, unsigned int sgi, uint8_t sources)
{
    struct vgic_irq *irq = &v->vgic.local[sgi];

    sources &= (uint8_t)(BIT(v->domain->max_vcpus) - 1);
    if (!sources)
        return;
    lock_take(&v->vgic.lock);
    irq->source |= sources;
    finish(v, irq);
}

void vgic_sgi_clear(struct vcpu *v, unsigned int sgi, uint8_t sources)
{
    struct vgic_irq *irq = &v->vgic.local[sgi];

    if (!sources)
        return;
    vgic_pull(v, sgi, GICH_LR_PENDING);
    irq->source &= (uint8_t)~sources;
    if (!vgic_wants(irq))
        vgic_dequeue(irq);
    finish(v, irq);
}

/* ---- state words ---- */

static uint32_t soft_word(struct vcpu *v, uint32_t first, bool active)
{
    uint32_t end = MIN(first + 32u, vgic_lines(v->domain));
    uint32_t word = 0;

    for (uint32_t nr = first; nr < end; nr++) {
        const struct vgic_irq *irq = vgic_irq(v, nr);
        bool set = active ? irq->active
                          : vgic_soft_pending(irq) ||
                                (irq->hw && gic_is_pending(irq->pirq));

        word |= (uint32_t)set << (nr - first);
    }
    return word;
}

/* vCPUs that have given a list register to one of these SPIs. */
static uint32_t lr_owners(struct vcpu *v, uint32_t first)
{
    uint32_t end = MIN(first + 32u, vgic_lines(v->domain));
    uint32_t owners = 0;

    for (uint32_t nr = first; nr < end; nr++) {
        const struct vgic_irq *irq = vgic_irq(v, nr);

        if (READ_ONCE(irq->lr))
            owners |= BIT(READ_ONCE(irq->owner));
    }
    return owners;
}

/*
 * What software knows is read before and after the list registers, so that
 * nothing is missed on its way from one to the other. On its way out of one
 * by vgic_pull an SPI is in neither.
 */
static uint32_t state_word(struct vcpu *v, uint32_t first, bool active)
{
    uint32_t state = active ? GICH_LR_ACTIVE : GICH_LR_PENDING;
    uint32_t word;

    if (first)
        vgic_dist_lock(v->domain);
    word = soft_word(v, first, active);
    for (uint32_t left = lr_owners(v, first); left; left &= left - 1) {
        struct vcpu *owner = v->domain->vcpu[__builtin_ctz(left)];
        uint32_t lr[VGIC_LR_MAX];

        vgic_snapshot(owner, lr);
        for (unsigned int n = 0; n < vgic_lr_nr; n++) {
            uint32_t bit = field_get(lr[n], GICH_LR_VIRTUALID) - first;

            if ((lr[n] & state) && bit < 32)
                word |= BIT(bit);
        }
    }
    word |= soft_word(v, first, active);
    if (first)
        vgic_dist_unlock(v->domain);
    return word;
}

uint32_t vgic_pending_word(struct vcpu *v, uint32_t first)
{
    return state_word(v, first, false);
}

uint32_t vgic_active_word(struct vcpu *v, uint32_t first)
{
    /* EOIs of those without a list register may not be known yet. */
    if (unlikely(!list_empty(&v->vgic.active_list))) {
        lock_take(&v->vgic.lock);
        vgic_fold(v);
        vgic_unlock(v);
    }
    return state_word(v, first, true);
}
