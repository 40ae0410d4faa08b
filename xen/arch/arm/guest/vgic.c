/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GICv2: interrupts raised, routed, handed to list registers;
 * the life of its parts. The CPU interface is the hardware's GICV, mapped to
 * the guest; the distributor is vgic_mmio.c.
 *
 * State is kept per interrupt and guarded by the lock of the vCPU that owns
 * it. Raising one on the vCPU that is loaded here takes that lock only and
 * goes straight into a list register.
 *
 * Source: ARM IHI 0048B chapter 3 (handling), 5 (virtualization).
 * Layer:  6 (guest).
 */
#include <xen/board.h>
#include <xen/bug.h>
#include <xen/context.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/io.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

#include <asm/gic_regs.h>
#include <asm/guest/vgic_state.h>

#include <public/errno.h>

#define DIST_SIZE 0x1000u
#define CPU_PAGES 2u
/* SPIs 32 to 1019. */
#define SPIS_MAX 988u

#define NO_VCPU 0xffu

/* GICV_CTLR, PMR 0, the least binary points; IHI 0048B 5.3.2. */
#define VMCR_RESET (2u << 21 | 3u << 18)

/* ---- ownership ---- */

uint8_t vgic_target(const struct domain *d, const struct vgic_irq *irq)
{
    uint8_t first = NO_VCPU;

    for (uint32_t left = irq->targets; left; left &= left - 1) {
        uint8_t id = (uint8_t)__builtin_ctz(left);

        if (!d->vcpu[id])
            continue;
        if (!(READ_ONCE(d->vcpu[id]->pause_flags) & VP_DOWN))
            return id;
        first = MIN(first, id);
    }
    return first != NO_VCPU ? first : irq->owner;
}

/* An SPI follows its target as soon as nobody else handles it. */
static bool settle(struct domain *d, struct vgic_irq *irq)
{
    uint8_t target = vgic_target(d, irq);

    if (target == irq->owner || irq->lr || irq->active || irq->held)
        return false;
    vgic_dequeue(irq);
    irq->owner = target;
    return true;
}

struct vcpu *vgic_lock_owner(struct vcpu *v, uint32_t nr)
{
    struct domain *d = v->domain;
    struct vgic_irq *irq;

    if (nr < VGIC_LOCAL_NR) {
        lock_take_second(&v->vgic.lock);
        return v;
    }

    irq = vgic_irq(v, nr);
    for (;;) {
        uint8_t id = READ_ONCE(irq->owner);

        v = d->vcpu[id];
        lock_take_second(&v->vgic.lock);
        if (irq->owner == id && !settle(d, irq))
            return v;
        lock_drop(&v->vgic.lock);
    }
}

/* The other half of vgic_unlock_notify, when the lock has been dropped. */
static void notify(struct vcpu *v, int cpu)
{
    if (cpu == (int)smp_cpu_id()) {
        /* Only its own pCPU blocks it, so this needs no barrier. */
        if (!(READ_ONCE(v->pause_flags) & VP_BLOCKED))
            return;
    } else if (cpu >= 0) {
        softirq_raise_on((unsigned int)cpu, SOFTIRQ_VGIC);
    }
    vcpu_wake(v);
}

/*
 * SPIs that were active at a vCPU which is no longer their target have been
 * deactivated and are pending. Rare, so all are looked at.
 */
static void never_inline move_spis(struct domain *d)
{
    bool again;

    do {
        again = false;
        for (uint32_t i = 0; i < d->vgic.nr_spis; i++) {
            struct vgic_irq *irq = &d->vgic.spis[i];
            struct vcpu *v;
            int cpu;

            if (vgic_target(d, irq) == READ_ONCE(irq->owner))
                continue;
            v = vgic_lock_owner(d->vcpu[0], irq->irq);
            if (vgic_wants(irq))
                vgic_deliver(v, irq);
            again |= v->vgic.moved;
            v->vgic.moved = false;
            cpu = v->vgic.cpu;
            lock_drop(&v->vgic.lock);
            notify(v, cpu);
        }
    } while (again);
}

void vgic_unlock(struct vcpu *v)
{
    bool moved = v->vgic.moved;

    v->vgic.moved = false;
    lock_drop(&v->vgic.lock);
    if (unlikely(moved))
        move_spis(v->domain);
}

void vgic_unlock_notify(struct vcpu *v)
{
    int cpu = v->vgic.cpu;

    vgic_unlock(v);
    notify(v, cpu);
}

/* ---- raising ---- */

void vgic_deliver(struct vcpu *v, struct vgic_irq *irq)
{
    if (irq->active && !irq->lr)
        return; /* waits for its deactivation */
    if (!irq->lr && !vgic_belongs(v, irq)) {
        v->vgic.moved = true; /* has just been deactivated here */
        return;
    }

    if (!vgic_loaded_here(v)) {
        vgic_enqueue(v, irq);
        return;
    }
    if ((!irq->lr && !list_empty(&v->vgic.pending_list)) || !vgic_place(v, irq))
        vgic_enqueue(v, irq);
    if (!list_empty(&v->vgic.pending_list) || !list_empty(&v->vgic.active_list))
        vgic_fill(v);
}

/* @v is loaded here: only this pCPU blocks it, so no barrier is needed. */
static inline void wake_here(struct vcpu *v)
{
    if (unlikely(READ_ONCE(v->pause_flags) & VP_BLOCKED))
        vcpu_wake(v);
}

/*
 * The short ways of a banked interrupt, which nearly all go. Its vCPU is
 * loaded here, the guest is through with the last one, nothing waits for a
 * list register: write it. False, and nothing done, when that is not so.
 */
static inline bool again(struct vcpu *v, struct vgic_irq *irq, uint32_t extra)
{
    unsigned int n = irq->lr - 1u;

    if (unlikely(!irq->lr) || unlikely(!list_empty(&v->vgic.pending_list)))
        return false;
    if (unlikely(gich_lr_read(n) & (GICH_LR_PENDING | GICH_LR_ACTIVE)))
        return false;
    irq->latched = true;
    irq->forced = false;
    gich_lr_write(n, irq->lr_base | GICH_LR_PENDING | extra);
    return true;
}

/* Its vCPU is not loaded here: queue it and tell. Drops the lock of @v. */
static inline void send(struct vcpu *v, struct vgic_irq *irq)
{
    int cpu = v->vgic.cpu;

    if (list_empty(&v->vgic.pending_list) && !irq->active) {
        list_add_before(&v->vgic.pending_list, &irq->node);
        irq->queued = true;
    } else {
        vgic_enqueue(v, irq);
    }
    lock_drop(&v->vgic.lock);
    if (cpu >= 0)
        softirq_raise_on((unsigned int)cpu, SOFTIRQ_VGIC);
    vcpu_wake(v);
}

/*
 * What send has queued, on the pCPU of @v: alone, and with an empty list
 * register of its own. GICH_HCR stays as it is: on, nothing asked for.
 */
static inline bool receive(struct vcpu *v)
{
    struct vgic_cpu *vg = &v->vgic;
    struct list *node = vg->pending_list.next;
    struct vgic_irq *irq = list_entry(node, struct vgic_irq, node);
    uint32_t source, n;

    if (unlikely(node->next != &vg->pending_list) ||
        unlikely(node == &vg->pending_list) ||
        unlikely(vg->hcr != (v->domain->vgic.enabled ? GICH_HCR_EN : ~0u)))
        return false;
    source = irq->source;
    n = irq->lr - 1u;
    if (!irq->enabled || irq->held || irq->line || irq->hw)
        return false;
    if (unlikely(n >= VGIC_LR_MAX) || unlikely(irq->irq >= VGIC_LOCAL_NR) ||
        unlikely(source & (source - 1)) || unlikely(!(source | irq->pending)) ||
        unlikely(gich_lr_read(n) & (GICH_LR_PENDING | GICH_LR_ACTIVE)))
        return false;
    if (source)
        source = (uint32_t)__builtin_ctz(source) << 10;
    gich_lr_write(n, irq->lr_base | GICH_LR_PENDING | source);
    list_init(&vg->pending_list);
    irq->source = 0;
    irq->queued = irq->pending = irq->forced = false;
    irq->latched = true;
    return true;
}

/* Latch @nr pending. Its owner, locked, if it is to be forwarded, or NULL. */
static inline struct vcpu *latch(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq;

    if (nr < VGIC_SGI_NR || nr >= vgic_lines(v->domain))
        return NULL;
    v = vgic_lock_owner(v, nr);
    irq = vgic_irq(v, nr);
    irq->pending = true;
    if (vgic_wants(irq))
        return v;
    vgic_unlock(v);
    return NULL;
}

static void never_inline raise_slow(struct vcpu *v, uint32_t nr)
{
    v = latch(v, nr);
    if (!v)
        return;
    vgic_deliver(v, vgic_irq(v, nr));
    vgic_unlock_notify(v);
}

void vgic_raise(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = &v->vgic.local[nr % VGIC_LOCAL_NR];

    if (unlikely(nr - VGIC_SGI_NR >= VGIC_LOCAL_NR - VGIC_SGI_NR)) {
        raise_slow(v, nr);
        return;
    }

    lock_take(&v->vgic.lock);
    if (likely(irq->enabled && !irq->held && !irq->line && !irq->hw)) {
        if (!vgic_loaded_here(v)) {
            irq->pending = true;
            send(v, irq);
            return;
        }
        if (!irq->pending && again(v, irq, 0)) {
            lock_drop(&v->vgic.lock);
            wake_here(v);
            return;
        }
    }
    lock_drop(&v->vgic.lock);
    raise_slow(v, nr);
}

void vgic_line(struct vcpu *v, uint32_t nr, bool asserted)
{
    struct vgic_irq *irq;

    if (nr < VGIC_SGI_NR || nr >= vgic_lines(v->domain))
        return;
    v = vgic_lock_owner(v, nr);
    irq = vgic_irq(v, nr);
    if (irq->line != asserted) {
        irq->line = asserted;
        if (!asserted && irq->level)
            vgic_lower(v, irq);
        else if (asserted && !irq->level)
            irq->pending = true;
    }

    /* Though nothing changed: it may have come to another owner just now. */
    if (vgic_wants(irq))
        vgic_deliver(v, irq);
    else if (vgic_loaded_here(v))
        vgic_fill(v);
    else if (!v->vgic.lowered) {
        vgic_unlock(v);
        return;
    }
    vgic_unlock_notify(v);
}

static void never_inline raise_hw_slow(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq;

    v = latch(v, nr);
    if (!v)
        return;
    irq = vgic_irq(v, nr);
    if (irq->lr && vgic_loaded_here(v) && vgic_belongs(v, irq)) {
        vgic_refill(v, irq);
    } else {
        /* Next time it may come where its vCPU runs. */
        if (nr >= VGIC_LOCAL_NR && v->vgic.cpu >= 0 && !vgic_loaded_here(v))
            irq_route(irq->pirq, (unsigned int)v->vgic.cpu);
        vgic_deliver(v, irq);
    }
    vgic_unlock_notify(v);
}

/*
 * It was inactive at the physical distributor until now, so the guest is
 * through with the last one and its list register is empty: nothing is read.
 */
void vgic_raise_hw(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = &v->vgic.local[nr % VGIC_LOCAL_NR];
    bool done;

    if (likely(nr < VGIC_LOCAL_NR)) {
        lock_take(&v->vgic.lock);
        done = irq->enabled && irq->lr && !irq->queued && vgic_loaded_here(v);
        if (likely(done)) {
            irq->pending = false;
            irq->forced = false;
            gich_lr_write(irq->lr - 1u, irq->lr_base | GICH_LR_PENDING);
        }
        lock_drop(&v->vgic.lock);
        if (likely(done)) {
            wake_here(v);
            return;
        }
    }
    raise_hw_slow(v, nr);
}

void vgic_sgi(struct vcpu *dst, struct vcpu *src, unsigned int sgi)
{
    struct vgic_irq *irq = &dst->vgic.local[sgi];

    if (unlikely(READ_ONCE(dst->pause_flags) & VP_DOWN))
        return;
    lock_take(&dst->vgic.lock);
    if (!vgic_loaded_here(dst)) {
        irq->source |= (uint8_t)BIT(src->id);
        send(dst, irq);
        return;
    }
    if (likely(!irq->source) && likely(again(dst, irq, src->id << 10))) {
        lock_drop(&dst->vgic.lock);
        wake_here(dst);
        return;
    }
    irq->source |= (uint8_t)BIT(src->id);
    if (vgic_wants(irq))
        vgic_deliver(dst, irq);
    vgic_unlock_notify(dst);
}

/* ---- what waits ---- */

/* Of what is in list registers @used and on the list. */
static uint8_t most_urgent(struct vcpu *v, uint32_t used, bool *any)
{
    struct vgic_cpu *vg = &v->vgic;
    uint32_t best = 256;

    for (; used; used &= used - 1) {
        uint32_t val = vgic_lr_get(v, (unsigned int)__builtin_ctz(used));
        uint32_t priority = field_get(val, GICH_LR_PRIORITY) << 3;

        if ((val & (GICH_LR_PENDING | GICH_LR_ACTIVE)) == GICH_LR_PENDING)
            best = MIN(best, priority);
    }
    if (!list_empty(&vg->pending_list)) {
        uint32_t priority =
            list_entry(vg->pending_list.next, struct vgic_irq, node)->priority;

        best = MIN(best, priority);
    }
    *any = best < 256;
    return (uint8_t)best;
}

/*
 * The priority mask and enable of GICV count, as they decide what is
 * signalled (IHI 0048B 3.3). The running priority does not: a WFI inside a
 * handler may end early, which the architecture allows (DDI 0406C.c B1.8.14).
 */
bool vgic_deliverable(struct vcpu *v)
{
    uint32_t used, vmcr;
    uint8_t priority;
    bool any;

    if (!v->domain->vgic.enabled)
        return false;

    lock_take(&v->vgic.lock);
    ASSERT(vgic_reachable(v));
    used = vgic_loaded_here(v) ? vgic_fold(v) : v->vgic.lr_used;
    priority = most_urgent(v, used, &any);
    if (any) {
        vmcr = v->vgic.cpu < 0 ? v->vgic.vmcr : gich_vmcr_read();
        any = (vmcr & GICH_VMCR_GRP0EN) &&
              priority < field_get(vmcr, GICH_VMCR_PRIMASK) << 3;
    }
    vgic_unlock(v);
    return any;
}

static void never_inline flush_slow(struct vcpu *v)
{
    if (v->vgic.lowered)
        vgic_lower_all(v);
    vgic_fill(v);
    vgic_unlock(v);
}

void vgic_flush(struct vcpu *v)
{
    ASSERT(vgic_loaded_here(v));
    lock_take(&v->vgic.lock);
    if (likely(!v->vgic.lowered) && receive(v))
        lock_drop(&v->vgic.lock);
    else
        flush_slow(v);
}

static void flush_loaded(void)
{
    struct vcpu *v = this_cpu(loaded_vcpu);

    if (v)
        vgic_flush(v);
}

static void maintenance(void *arg)
{
    struct vcpu *v = this_cpu(loaded_vcpu);

    (void)arg;
    if (!v)
        return;
    lock_take(&v->vgic.lock);
    if (vgic_loaded_here(v))
        vgic_maintain(v);
    vgic_unlock(v);
}

/* ---- physical interrupts behind virtual ones ---- */

int vgic_hw_bind(struct domain *d, uint32_t virq, uint32_t pirq)
{
    struct vgic_irq *irq;
    struct vcpu *v;
    int rc = 0;

    if (virq < VGIC_LOCAL_NR || virq >= vgic_lines(d) || pirq < IRQ_LOCAL_NR ||
        pirq >= IRQ_MAX)
        return -EINVAL;

    /* Before it has vCPUs nobody else can see it. */
    irq = &d->vgic.spis[virq - VGIC_LOCAL_NR];
    if (!d->vcpu[0]) {
        if (irq->hw)
            return -EBUSY;
        irq->pirq = (uint16_t)pirq;
        irq->hw = true;
        vgic_set_lr_base(irq);
        return 0;
    }

    v = vgic_lock_owner(d->vcpu[0], virq);
    if (irq->hw || irq->lr || irq->active) {
        rc = -EBUSY;
    } else {
        irq->pirq = (uint16_t)pirq;
        irq->hw = true;
        vgic_set_lr_base(irq);
        /* By register: as if it had been acknowledged, for the guest's EOI. */
        if (irq->pending)
            gic_set_active(pirq);
        if (irq->enabled)
            irq_enable(pirq);
    }
    vgic_unlock(v);
    return rc;
}

void vgic_hw_unbind(struct domain *d, uint32_t virq)
{
    struct vgic_irq *irq;
    struct vcpu *v;

    if (virq < VGIC_LOCAL_NR || virq >= vgic_lines(d))
        return;
    irq = &d->vgic.spis[virq - VGIC_LOCAL_NR];
    if (!d->vcpu[0]) {
        irq->hw = false;
        vgic_set_lr_base(irq);
        return;
    }

    vgic_dist_lock(d);
    v = vgic_pull(d->vcpu[0], virq, GICH_LR_PENDING | GICH_LR_ACTIVE);
    vgic_dequeue(irq);
    irq->hw = false;
    vgic_set_lr_base(irq);
    irq->pending = false;
    if (irq->active)
        list_del(&irq->node);
    irq->active = false;
    vgic_unlock(v);
    vgic_dist_unlock(d);
}

/* ---- life ---- */

static void irq_reset(struct vgic_irq *irq, uint32_t nr, uint8_t owner)
{
    *irq = (struct vgic_irq){
        .irq = (uint16_t)nr,
        .owner = owner,
        .targets = (uint8_t)BIT(owner),
        /* The A15's SGIs are always enabled; DDI 0438 8.3.1. */
        .enabled = nr < VGIC_SGI_NR,
        .level = nr >= VGIC_SGI_NR,
    };
    vgic_set_lr_base(irq);
    list_init(&irq->node);
}

/*
 * Where the 8 KiB of GICV begin. GICs that repeat each of their two pages
 * over 64 KiB have them side by side at the end of the first 64 KiB.
 */
static paddr_t gicv_base(void)
{
    return board.gic.vcpu + (board.gic.vcpu_size >= 0x20000u ? 0xf000u : 0u);
}

int vgic_create(struct domain *d, uint32_t nr_spis, gpaddr_t dist_gpa,
                gpaddr_t cpu_gpa)
{
    struct vgic *vg = &d->vgic;
    int rc;

    if (nr_spis > SPIS_MAX)
        return -EINVAL;

    lock_init(&vg->lock, RANK_VGIC);
    vg->enabled = false;
    vg->nr_spis = (uint16_t)ALIGN_UP(nr_spis, 32u);
    vg->dist_gpa = dist_gpa;
    vg->cpu_gpa = cpu_gpa;
    if (vg->nr_spis) {
        vg->spis = heap_array(&d->heap, vg->nr_spis, sizeof(*vg->spis));
        if (!vg->spis)
            return -ENOMEM;
    }
    for (uint32_t i = 0; i < vg->nr_spis; i++)
        irq_reset(&vg->spis[i], VGIC_LOCAL_NR + i, 0);

    rc = io_register(d, dist_gpa, DIST_SIZE, vgic_mmio, NULL);
    if (!rc)
        rc = p2m_map(d, gfn_of(cpu_gpa), mfn_of(gicv_base()), CPU_PAGES,
                     P2M_DEVICE);
    if (rc)
        vgic_destroy(d);
    return rc;
}

void vgic_destroy(struct domain *d)
{
    if (d->vgic.spis)
        heap_free(&d->heap, d->vgic.spis);
    d->vgic.spis = NULL;
    d->vgic.nr_spis = 0;
}

/* A banked interrupt that is in no list register and on no list. */
static void local_reset(struct vcpu *v, uint32_t nr)
{
    struct vgic_irq *irq = &v->vgic.local[nr];

    irq_reset(irq, nr, v->id);
    if (nr == VGIC_TIMER_PPI) {
        irq->pirq = (uint16_t)board.timer.irq_virt;
        irq->hw = true;
        vgic_set_lr_base(irq);
    }
}

int vgic_vcpu_create(struct vcpu *v)
{
    struct vgic_cpu *vg = &v->vgic;

    lock_init(&vg->lock, RANK_VGIC);
    list_init(&vg->pending_list);
    list_init(&vg->active_list);
    vg->cpu = -1;
    vg->vmcr = VMCR_RESET;
    for (uint32_t i = 0; i < VGIC_LOCAL_NR; i++)
        local_reset(v, i);
    return 0;
}

/*
 * SPI @irq, which @v owns, is taken from it, or its pending half is. What is
 * pending stays so; what @v has acknowledged does not stay active, as a CPU
 * that is powered down has no way left to deactivate it.
 */
static void give_back(struct vcpu *v, struct vgic_irq *irq, uint32_t states)
{
    struct vcpu *owner = vgic_pull(v, irq->irq, states);

    if (irq->active && !irq->forced && (states & GICH_LR_ACTIVE)) {
        list_del(&irq->node);
        irq->active = false;
        if (irq->hw)
            gic_clear_active(irq->pirq);
    }
    if (vgic_wants(irq))
        vgic_deliver(owner, irq);
    vgic_unlock_notify(owner);
}

void vgic_vcpu_off(struct vcpu *v)
{
    struct domain *d = v->domain;

    vgic_dist_lock(d);
    for (uint32_t i = 0; i < d->vgic.nr_spis; i++) {
        struct vgic_irq *irq = &d->vgic.spis[i];

        if (READ_ONCE(irq->owner) == v->id && vgic_target(d, irq) != v->id)
            give_back(v, irq, GICH_LR_PENDING);
    }
    vgic_dist_unlock(d);
}

/* On the pCPU where @v is loaded, or with its lock held where it is not. */
static void reset_cpu_interface(void *arg)
{
    struct vcpu *v = arg;

    if (vgic_loaded_here(v)) {
        gich_vmcr_write(VMCR_RESET);
        gich_apr_write(0);
    } else {
        v->vgic.vmcr = VMCR_RESET;
        v->vgic.apr = 0;
    }
}

/* The vCPU does not run; its state may still be on the pCPU it ran on. */
void vgic_vcpu_reset(struct vcpu *v)
{
    struct domain *d = v->domain;
    struct vgic_irq *irq;
    int cpu;

    vgic_dist_lock(d);
    for (uint32_t i = 0; i < VGIC_LOCAL_NR; i++) {
        vgic_pull(v, i, GICH_LR_PENDING | GICH_LR_ACTIVE);
        irq = &v->vgic.local[i];
        vgic_dequeue(irq);
        if (irq->active)
            list_del(&irq->node);
        local_reset(v, i);
        vgic_unlock(v);
    }
    for (uint32_t i = 0; i < d->vgic.nr_spis; i++) {
        irq = &d->vgic.spis[i];
        if (READ_ONCE(irq->owner) == v->id)
            give_back(v, irq, GICH_LR_PENDING | GICH_LR_ACTIVE);
    }

    lock_take_second(&v->vgic.lock);
    cpu = v->vgic.cpu;
    if (vgic_reachable(v))
        reset_cpu_interface(v);
    vgic_unlock(v);
    if (cpu >= 0 && (unsigned int)cpu != smp_cpu_id())
        smp_call(BIT((uint32_t)cpu), reset_cpu_interface, v);
    vgic_dist_unlock(d);
}

void vgic_init(void)
{
    int rc;

    vgic_lr_nr = MIN(gich_lr_nr(), VGIC_LR_MAX);
    softirq_open(SOFTIRQ_VGIC, flush_loaded);
    rc = irq_request(board.gic.maintenance_irq, IRQ_XEN, IRQ_LEVEL, maintenance,
                     NULL, "vgic maintenance");
    if (rc)
        panic("vgic: maintenance interrupt %u cannot be had (%d): check "
              "the GIC node's interrupts property",
              board.gic.maintenance_irq, rc);
}

void vgic_cpu_init(void)
{
    gich_cpu_init();
    gich_hcr_write(0); /* nobody is loaded */
    irq_enable(board.gic.maintenance_irq);
}

/* False: there is nothing to be said of it. */
static bool dump_irq(const struct vgic_irq *irq)
{
    if (!irq->enabled && !vgic_soft_pending(irq) && !irq->lr && !irq->active)
        return false;
    printk(LOG_ALWAYS,
           "  irq %u prio %02x targets %02x lr %d%s%s%s%s%s%s source %02x\n",
           irq->irq, irq->priority, irq->targets, irq->lr - 1,
           irq->enabled ? " enabled" : "", irq->pending ? " pending" : "",
           irq->active ? " active" : "", irq->line ? " line" : "",
           irq->hw ? " hw" : "", irq->queued ? " queued" : "", irq->source);
    return true;
}

uint32_t vgic_dump(struct vcpu *v, uint32_t part)
{
    uint32_t lr[VGIC_LR_MAX] = { 0 };
    const struct domain *d = v->domain;

    for (uint32_t i = part - 1; part > 0; i++) {
        const struct vgic_irq *irq;

        if (i >= VGIC_LOCAL_NR + d->vgic.nr_spis)
            return 0;
        irq = i < VGIC_LOCAL_NR ? &v->vgic.local[i]
                                : &d->vgic.spis[i - VGIC_LOCAL_NR];
        if ((i < VGIC_LOCAL_NR || irq->owner == v->id) && dump_irq(irq))
            return i + 2;
    }

    printk(LOG_ALWAYS, "vgic: " VCPU_FMT ": pCPU %d, distributor %s\n",
           VCPU_ARG(v), v->vgic.cpu, d->vgic.enabled ? "on" : "off");
    vgic_snapshot(v, lr);
    for (unsigned int n = 0; n < vgic_lr_nr; n++)
        printk(LOG_ALWAYS, "  LR%u %08x\n", n, lr[n]);
    return 1;
}
