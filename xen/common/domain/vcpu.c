/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Run states of a vCPU: one atomic word of reasons not to run. Clearing the
 * last reason puts the vCPU on its pCPU's wake list and asks the scheduler
 * there; setting one on a running vCPU asks as well. Nothing here switches.
 *
 * Source: public/vcpu.h (runstate), interface.md 2.6.
 * Layer:  5 (domain).
 */
#include <xen/bug.h>
#include <xen/heap.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/trace.h>
#include <xen/vcpu.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/vcpu.h>

DEFINE_PER_CPU(struct vcpu *, current_vcpu);

/* Head of the list of vCPUs woken for this pCPU; any CPU pushes. */
DEFINE_PER_CPU(struct vcpu *, woken_head);

STATIC_ASSERT(sizeof(struct vcpu_runstate_info) == 48);
STATIC_ASSERT(offsetof(struct vcpu, regs) == 0);

/* The byte of the area that has XEN_RUNSTATE_UPDATE, as its top bit. */
#define UPDATE_AT  (offsetof(struct vcpu_runstate_info, state_entry_time) + 7)
#define UPDATE_BIT 0x80u

STATIC_ASSERT(XEN_RUNSTATE_UPDATE == (uint64_t)UPDATE_BIT << 56);

int vcpu_new(struct domain *d, uint32_t id, struct vcpu **out)
{
    struct vcpu *v;
    int rc;

    if (id >= NR_VCPUS || id >= d->max_vcpus)
        return -EINVAL;

    v = heap_new(&d->heap, struct vcpu);
    if (!v)
        return -ENOMEM;

    v->domain = d;
    v->id = (uint8_t)id;
    v->pause_flags = VP_DOWN;
    v->loaded_on = -1;
    v->runstate = RUNSTATE_offline;
    list_init(&v->sched.run_node);
    list_init(&v->sched.pool_node);

    rc = domain_add_vcpu(d, v);
    if (rc) {
        heap_free(&d->heap, v);
        return rc;
    }
    *out = v;
    return 0;
}

void vcpu_delete(struct vcpu *v)
{
    struct domain *d = v->domain;

    ASSERT(!v->running && v->loaded_on < 0 && !v->sched.wake_listed);
    d->vcpu[v->id] = NULL;
    heap_free(&d->heap, v);
}

void vcpu_woken_push(struct vcpu *v)
{
    unsigned int cpu;
    struct vcpu **head;

    /*
     * The one who sets the mark links it; who pops it clears the mark. The
     * caller's change of pause_flags is visible before the mark is read.
     */
    if (__atomic_exchange_n(&v->sched.wake_listed, 1, __ATOMIC_ACQUIRE))
        return;

    cpu = READ_ONCE(v->sched.cpu);
    head = &per_cpu(woken_head, cpu);
    v->sched.wake_next = __atomic_load_n(head, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(head, &v->sched.wake_next, v, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;

    if (cpu == smp_cpu_id())
        softirq_raise(SOFTIRQ_SCHED);
    else
        softirq_raise_on(cpu, SOFTIRQ_SCHED);
}

struct vcpu *vcpu_woken_pop(void)
{
    struct vcpu **head = &this_cpu(woken_head);
    struct vcpu *v = __atomic_load_n(head, __ATOMIC_RELAXED);

    if (!v)
        return NULL;
    /* What its pusher wrote before is visible: wake_next. */
    smp_mb();
    /*
     * Only this CPU pops, so a head that is still there has the successor
     * that was read: nobody can have taken it off and put it on again.
     */
    while (!__atomic_compare_exchange_n(head, &v, v->sched.wake_next, true,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ;
    WRITE_ONCE(v->sched.wake_listed, 0);
    /* The mark is gone before the caller looks at pause_flags. */
    smp_mb();
    return v;
}

/* Nothing keeps it from running any more. */
static void awake(struct vcpu *v)
{
    trace2(TRC_SCHED_WAKE, v->domain->id, v->id);
    vcpu_woken_push(v);
}

void vcpu_wake(struct vcpu *v)
{
    uint32_t old;

    /*
     * What the caller made pending is visible before the flag is read: the
     * vCPU sets the flag first and looks for pending things then.
     */
    smp_mb();
    old = READ_ONCE(v->pause_flags);
    if (!(old & VP_BLOCKED))
        return;
    /* First: a poll that begins meanwhile misses its bit and ends itself. */
    if (unlikely(old & VP_POLL))
        atomic_fetch_and(&v->domain->event.poll_mask, ~(1u << v->id));

    old = __atomic_fetch_and(&v->pause_flags, ~(VP_BLOCKED | VP_POLL),
                             __ATOMIC_RELAXED);
    smp_mb();
    if ((old & VP_BLOCKED) && !(old & ~(VP_BLOCKED | VP_POLL)))
        awake(v);
}

void vcpu_block(struct vcpu *v)
{
    trace2(TRC_SCHED_BLOCK, v->domain->id, v->id);
    __atomic_fetch_or(&v->pause_flags, VP_BLOCKED, __ATOMIC_RELAXED);
    smp_mb();
    softirq_raise(SOFTIRQ_SCHED);
}

void vcpu_kick(struct vcpu *v)
{
    unsigned int cpu;

    if (v == current) {
        softirq_raise(SOFTIRQ_VGIC);
        return;
    }
    /*
     * Either we see .running, or the pCPU that sets it sees, when it loads
     * the vGIC afterwards, what the caller changed before.
     */
    smp_mb();
    if (!READ_ONCE(v->running))
        return;
    cpu = READ_ONCE(v->sched.run_cpu);
    if (cpu == smp_cpu_id())
        softirq_raise(SOFTIRQ_VGIC);
    else
        softirq_raise_on(cpu, SOFTIRQ_VGIC);
}

void vcpu_flags_set(struct vcpu *v, uint32_t flags)
{
    unsigned int cpu;

    /* A full barrier: the flag is set before .running is read. */
    atomic_fetch_or(&v->pause_flags, flags);
    if (!READ_ONCE(v->running))
        return;
    cpu = READ_ONCE(v->sched.run_cpu);
    if (cpu == smp_cpu_id())
        softirq_raise(SOFTIRQ_SCHED);
    else
        softirq_raise_on(cpu, SOFTIRQ_SCHED);
}

void vcpu_flags_clear(struct vcpu *v, uint32_t flags)
{
    uint32_t old = atomic_fetch_and(&v->pause_flags, ~flags);

    if ((old & flags) && !(old & ~flags))
        awake(v);
}

/*
 * The count lives in the word that decides, so a pause and an unpause at
 * the same time cannot lose each other.
 */
void vcpu_pause(struct vcpu *v)
{
    atomic_add_return(&v->pause_flags, VP_PAUSED_ONE);
    /* For what follows from it: a running vCPU is asked to leave. */
    vcpu_flags_set(v, 0);
}

void vcpu_pause_sync(struct vcpu *v)
{
    vcpu_pause(v);
    while (v != current && READ_ONCE(v->running)) {
        smp_poll();
        cpu_relax();
    }
}

void vcpu_unpause(struct vcpu *v)
{
    ASSERT(READ_ONCE(v->pause_flags) & VP_PAUSED);
    if (atomic_sub_return(&v->pause_flags, VP_PAUSED_ONE) == 0)
        awake(v);
}

/* The two below for an area in two pages, or at any address. */
static never_inline void runstate_publish_odd(struct vcpu *v)
{
    const struct runstate_area *area = &v->runstate_area;
    struct vcpu_runstate_info info;
    size_t room = PAGE_SIZE - (uintptr_t)area->at % PAGE_SIZE;
    size_t first = MIN(room, sizeof(info));
    uint8_t *update = first > UPDATE_AT ? area->at + UPDATE_AT
                                        : area->rest + (UPDATE_AT - first);
    bool flag = v->domain->runstate_flag;

    memset(&info, 0, sizeof(info));
    info.state = v->runstate;
    info.state_entry_time = v->runstate_since_ns;
    if (flag)
        info.state_entry_time |= XEN_RUNSTATE_UPDATE;
    memcpy(info.time, v->runstate_time_ns, sizeof(info.time));

    if (flag) {
        WRITE_ONCE(*update, READ_ONCE(*update) | UPDATE_BIT);
        smp_wmb();
    }
    memcpy(area->at, &info, first);
    if (first < sizeof(info))
        memcpy(area->rest, (uint8_t *)&info + first, sizeof(info) - first);
    if (flag) {
        smp_wmb();
        WRITE_ONCE(*update, (uint8_t)(v->runstate_since_ns >> 56));
    }
}

/*
 * The guest's copy. It may be read at any time by the guest's other vCPUs;
 * with the flag they see an update under way and look again.
 */
static void runstate_publish(struct vcpu *v)
{
    struct vcpu_runstate_info *guest = (void *)v->runstate_area.at;
    bool flag = v->domain->runstate_flag;

    if (unlikely(v->runstate_area.odd)) {
        runstate_publish_odd(v);
        return;
    }

    if (flag) {
        guest->state_entry_time |= XEN_RUNSTATE_UPDATE;
        smp_wmb();
    }
    guest->state = v->runstate;
#pragma GCC unroll 4
    for (unsigned int i = 0; i < ARRAY_SIZE(v->runstate_time_ns); i++)
        guest->time[i] = v->runstate_time_ns[i];
    guest->state_entry_time = v->runstate_since_ns |
                              (flag ? XEN_RUNSTATE_UPDATE : 0);
    if (flag) {
        smp_wmb();
        guest->state_entry_time = v->runstate_since_ns;
    }
}

/*
 * Who wakes on an idle pCPU runs at once; readers of a trace expect that it
 * was runnable before.
 */
static never_inline void trace_runstate(const struct vcpu *v, uint32_t state)
{
    uint32_t from = v->runstate;

    if (state == RUNSTATE_running && from != RUNSTATE_runnable) {
        trace1(TRC_SCHED_RUNSTATE_CHANGE | from << 8 | RUNSTATE_runnable << 4,
               TRACE_VCPU(v));
        from = RUNSTATE_runnable;
    }
    trace1(TRC_SCHED_RUNSTATE_CHANGE | from << 8 | state << 4, TRACE_VCPU(v));
}

void vcpu_runstate_set(struct vcpu *v, uint8_t state, uint64_t now_ns)
{
    ASSERT(v->runstate < ARRAY_SIZE(v->runstate_time_ns));

    if (trace_wants(TRC_SCHED_RUNSTATE_CHANGE))
        trace_runstate(v, state);
    if (now_ns > v->runstate_since_ns)
        v->runstate_time_ns[v->runstate] += now_ns - v->runstate_since_ns;
    v->runstate_since_ns = now_ns;
    v->runstate = state;
    if (v->runstate_area.at)
        runstate_publish(v);
}
