/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vCPU runs on this pCPU: SOFTIRQ_SCHED looks, on the way out of a
 * trap, and idles inside when nobody can run. There is no tick. A vCPU that
 * blocks stays loaded while its pCPU idles, so that waking it there neither
 * saves nor restores anything.
 *
 * Who owns what: a vCPU belongs to the queue of sched.cpu, whose lock guards
 * the sched fields. Its context is in the hardware of pCPU loaded_on (-1:
 * in struct vcpu); only that pCPU can put it back. So a vCPU that was given
 * to another pCPU is pushed onto that one's wake list by the pCPU that
 * unloads it, and whoever finds it still loaded elsewhere asks for that.
 *
 * Layer: 7 (sched).
 */
#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/context.h>
#include <xen/irq.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/vcpu.h>

#include "policy.h"

/* Frames that an idle pCPU scrubs before it looks round again. */
#define SCRUB_BATCH 4u

DEFINE_PER_CPU(struct runq, runq);

/* Bit per pCPU that idles; set before it looks for work the last time. */
static uint32_t idle_mask;

/* 1: an idle pCPU scrubs. Several would only meet at the allocator's lock. */
static uint32_t scrubbing;

static uint64_t ns_at(uint64_t ticks)
{
    return ticks_to_ns(ticks - time_base_ticks);
}

/* RUNSTATE_* of a vCPU that is not on a pCPU. */
static uint8_t waiting_state(const struct vcpu *v)
{
    uint32_t flags = READ_ONCE(v->pause_flags);

    if (flags & ~(VP_BLOCKED | VP_POLL))
        return RUNSTATE_offline;
    return flags ? RUNSTATE_blocked : RUNSTATE_runnable;
}

void runq_dequeue(struct runq *q, struct vcpu *v)
{
    list_del(&v->sched.run_node);
    v->sched.queued = false;
    WRITE_ONCE(q->nr_waiting, q->nr_waiting - 1);
}

static void enqueue(struct runq *q, struct vcpu *v, bool woken)
{
    q->policy->enqueue(q, v, woken);
    v->sched.queued = true;
    WRITE_ONCE(q->nr_waiting, q->nr_waiting + 1);
}

struct runq *runq_lock_of(struct vcpu *v)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(v->sched.cpu);
        struct runq *q = &per_cpu(runq, cpu);

        lock_take(&q->lock);
        if (v->sched.cpu == cpu)
            return q;
        lock_drop(&q->lock);
    }
}

/* It may be put on the queue @q of this pCPU. Caller holds the lock. */
static bool may_queue(const struct vcpu *v, unsigned int cpu)
{
    int holder = READ_ONCE(v->loaded_on);

    return v->sched.cpu == cpu && (holder < 0 || holder == (int)cpu) &&
           !v->sched.queued && !v->running && !v->sched.parked &&
           vcpu_runnable(v);
}

/* It was woken here but could not be queued: who can do something? */
static void pass_on(struct vcpu *v, unsigned int cpu)
{
    int holder = READ_ONCE(v->loaded_on);

    if (READ_ONCE(v->sched.cpu) != cpu)
        vcpu_woken_push(v);
    else if (holder >= 0 && holder != (int)cpu)
        softirq_raise_on((unsigned int)holder, SOFTIRQ_SCHED);
}

/* A vCPU that may be runnable has come to this pCPU: let it wait here. */
static void admit(struct runq *q, struct vcpu *v)
{
    unsigned int cpu = smp_cpu_id();
    bool queued;

    lock_take(&q->lock);
    queued = may_queue(v, cpu);
    if (queued) {
        enqueue(q, v, true);
        vcpu_runstate_set(v, RUNSTATE_runnable, ns_at(time_ticks()));
    }
    lock_drop(&q->lock);
    if (!queued)
        pass_on(v, cpu);
}

/*
 * Admit what was woken for this pCPU, all but the last one, which choose()
 * may take without queueing it: one vCPU that wakes an idle pCPU is the
 * usual case.
 */
static struct vcpu *admit_woken(struct runq *q)
{
    struct vcpu *last = vcpu_woken_pop(), *v;

    while (last && (v = vcpu_woken_pop()) != NULL) {
        admit(q, last);
        last = v;
    }
    return last;
}

/* After this pCPU has put back @old: somebody else may wait for it. */
static void released(struct vcpu *old)
{
    old->sched.unload = false;
    /* loaded_on is -1 before sched.cpu is read; see admit() for the other
     * order. */
    smp_mb();
    if (READ_ONCE(old->sched.cpu) != smp_cpu_id() && vcpu_runnable(old))
        vcpu_woken_push(old);
}

/*
 * Does it pay to keep @v loaded while this pCPU idles? Only when it sleeps
 * by itself. The others may have interrupts in list registers, and WFI is
 * entitled to return at once for those (DDI 0406C.c B1.8.14; QEMU does).
 */
static bool worth_keeping(const struct vcpu *v)
{
    uint32_t flags = READ_ONCE(v->pause_flags);

    return !(flags & ~(VP_BLOCKED | VP_POLL)) && !v->sched.parked &&
           !READ_ONCE(v->sched.unload) &&
           READ_ONCE(v->sched.cpu) == smp_cpu_id();
}

void runq_move(struct runq *q, struct vcpu *v, unsigned int cpu)
{
    struct runq *to = &per_cpu(runq, cpu);

    if (v->sched.queued)
        runq_dequeue(q, v);
    atomic_sub_return(&q->nr_vcpus, 1);
    atomic_add_return(&to->nr_vcpus, 1);
    v->sched.vruntime -= MIN(v->sched.vruntime, q->min_vruntime);
    v->sched.vruntime += READ_ONCE(to->min_vruntime);
    v->sched.cpu = (uint16_t)cpu;
}

/* May @thief have @v? Caller holds the lock of v's queue. */
static bool stealable(const struct vcpu *v, unsigned int thief, uint32_t soft)
{
    int holder = READ_ONCE(v->loaded_on);

    return (v->sched.cpus & soft & BIT(thief)) &&
           (holder < 0 || holder == (int)thief) && vcpu_runnable(v);
}

/* First vCPU waiting on @from that @thief may have, soft ones first. */
static struct vcpu *find_stealable(struct runq *from, unsigned int thief)
{
    list_for_each(node, &from->waiting)
    {
        struct vcpu *v = runq_vcpu(node);

        if (stealable(v, thief, v->sched.soft_affinity))
            return v;
    }
    list_for_each(node, &from->waiting)
    {
        struct vcpu *v = runq_vcpu(node);

        if (stealable(v, thief, UINT32_MAX))
            return v;
    }
    return NULL;
}

/* This pCPU has nothing to do: take a waiting vCPU from another. */
static bool steal(struct runq *q)
{
    unsigned int cpu = smp_cpu_id();

    for (uint32_t rest = cpu_online_mask & ~BIT(cpu); rest; rest &= rest - 1) {
        unsigned int other = (unsigned int)__builtin_ctz(rest);
        struct runq *from = &per_cpu(runq, other);
        struct vcpu *v;

        if (!READ_ONCE(from->nr_waiting) || from->pool != q->pool)
            continue;

        lock_take(&from->lock);
        v = find_stealable(from, cpu);
        if (v)
            runq_move(from, v, cpu);
        lock_drop(&from->lock);
        if (v) {
            admit(q, v);
            return true;
        }
    }
    return false;
}

/*
 * A vCPU waits here and a pCPU idles that could have it: tell that one. It
 * set its bit before it looked last, and we queued before we look at it.
 */
static void tell_idle(struct runq *q)
{
    uint32_t idle;

    if (!q->policy->steals)
        return;
    smp_mb();
    idle = READ_ONCE(idle_mask) & ~BIT(smp_cpu_id());
    if (!idle)
        return;

    lock_take(&q->lock);
    list_for_each(node, &q->waiting)
    {
        const struct vcpu *v = runq_vcpu(node);
        uint32_t may = idle & v->sched.cpus;
        uint32_t best = may & v->sched.soft_affinity;

        if (best)
            may = best;
        if (may) {
            unsigned int cpu = (unsigned int)__builtin_ctz(may);

            softirq_raise_on(cpu, SOFTIRQ_SCHED);
            idle &= ~BIT(cpu);
        }
        if (!idle)
            break;
    }
    lock_drop(&q->lock);
}

static void dequeue_stopped(struct runq *q, struct vcpu *v, uint64_t now)
{
    runq_dequeue(q, v);
    vcpu_runstate_set(v, waiting_state(v), ns_at(now));
    /* Made runnable again since it was looked at: it came for nothing, as
     * it was queued. */
    smp_mb();
    if (vcpu_runnable(v))
        vcpu_woken_push(v);
}

/* First of the queue that is still runnable; the others leave it. */
static struct vcpu *first_runnable(struct runq *q, uint64_t now)
{
    struct vcpu *v;

    while ((v = runq_first(q)) != NULL && !vcpu_runnable(v))
        dequeue_stopped(q, v, now);
    return v;
}

static bool may_stay(const struct vcpu *v)
{
    return vcpu_runnable(v) && v->sched.cpu == smp_cpu_id() && !v->sched.parked;
}

/* @prev leaves the pCPU; its context stays in the hardware for now. */
static void put_prev(struct runq *q, struct vcpu *prev, uint64_t now)
{
    bool waits = may_stay(prev);

    vcpu_runstate_set(prev, waits ? RUNSTATE_runnable : waiting_state(prev),
                      ns_at(now));
    if (waits)
        enqueue(q, prev, false);
    smp_wmb();
    WRITE_ONCE(prev->running, false);
    /*
     * Woken between the two looks at its flags: the waker saw it running or
     * this sees it runnable.
     */
    smp_mb();
    if (!waits && !prev->sched.parked && vcpu_runnable(prev))
        vcpu_woken_push(prev);
}

static void start_next(struct vcpu *next, uint64_t now)
{
    next->sched.run_cpu = (uint8_t)smp_cpu_id();
    next->sched.run_start = now;
    next->sched.slice_start = now;
    vcpu_runstate_set(next, RUNSTATE_running, ns_at(now));
    WRITE_ONCE(next->running, true);
    /* A pause either sees .running and asks us, or is seen here. */
    smp_mb();
    if (!vcpu_runnable(next))
        softirq_raise(SOFTIRQ_SCHED);
}

static void slice_arm(struct runq *q, uint64_t now)
{
    uint64_t deadline = UINT64_MAX;

    if (q->curr)
        deadline = q->policy->deadline(q, q->curr, now);
    if (deadline == UINT64_MAX) {
        if (timer_armed(&q->slice))
            timer_stop(&q->slice);
    } else if (!timer_armed(&q->slice) || q->slice.deadline != deadline) {
        timer_set(&q->slice, deadline);
    }
}

/* Should @next, which waits, run instead of @prev, which could go on? */
static bool takes_over(struct runq *q, struct vcpu *next, struct vcpu *prev,
                       uint64_t now)
{
    /* An idle pCPU will take @next, unless @prev stands back for it. */
    if (q->policy->steals && !prev->sched.yielding &&
        (READ_ONCE(idle_mask) & next->sched.cpus & ~BIT(smp_cpu_id())))
        return false;
    return q->policy->preempts(q, next, prev, now);
}

/*
 * @prev's turn is over and @next's has come, but it belongs on another pCPU:
 * on that one's wake list already, so that it is never nowhere.
 */
static bool give_away(struct runq *q, struct vcpu *next,
                      const struct vcpu *prev, uint64_t now)
{
    int cpu = -1;

    if (q->policy->steals && q->policy->turn_over(q, prev, now))
        cpu = balance_choose(q, next);
    if (cpu < 0)
        return false;
    runq_move(q, next, (unsigned int)cpu);
    vcpu_woken_push(next);
    return true;
}

/*
 * @next, taken off the queue; or when that ran better elsewhere, the next one
 * whose turn has come; or @prev again.
 */
static struct vcpu *never_inline take_first(struct runq *q, struct vcpu *next,
                                            struct vcpu *prev, uint64_t now)
{
    if (prev && may_stay(prev) && give_away(q, next, prev, now)) {
        next = first_runnable(q, now);
        if (!next || !takes_over(q, next, prev, now))
            return prev;
    }
    runq_dequeue(q, next);
    return next;
}

/*
 * Make the queue's choice q->curr; NULL when there is none. @woken: a vCPU
 * that was woken and is not queued yet, or NULL.
 */
static struct vcpu *choose(struct runq *q, struct vcpu *woken)
{
    uint64_t now = time_ticks();
    struct vcpu *prev, *next = NULL, *other = NULL;

    lock_take(&q->lock);
    prev = q->curr;
    if (prev)
        q->policy->account(q, prev, now);

    if (woken && !may_queue(woken, smp_cpu_id())) {
        other = woken;
    } else if (woken) {
        if (!prev && !q->nr_waiting) {
            next = woken;
        } else {
            enqueue(q, woken, true);
            vcpu_runstate_set(woken, RUNSTATE_runnable, ns_at(now));
        }
    }
    if (!next) {
        next = first_runnable(q, now);
        if (prev && may_stay(prev) &&
            (!next || !takes_over(q, next, prev, now)))
            next = prev;
        else if (next)
            next = take_first(q, next, prev, now);
    }
    if (prev)
        prev->sched.yielding = false;

    if (next != prev) {
        trace_switch(prev, next);
        if (prev)
            put_prev(q, prev, now);
        else
            q->idle_ticks += now - q->since;
        if (next)
            start_next(next, now);
        else
            trace_idling();
        q->since = now;
        WRITE_ONCE(q->curr, next);
    }
    slice_arm(q, now);
    lock_drop(&q->lock);

    if (other)
        pass_on(other, smp_cpu_id());
    return next;
}

/* Some of the free pages that need it, if no other pCPU does it already. */
static bool scrub_some(void)
{
    if (!opt_scrub_idle || page_dirty_nr() == 0 || READ_ONCE(scrubbing) ||
        atomic_exchange(&scrubbing, 1))
        return false;
    page_scrub_some(SCRUB_BATCH);
    WRITE_ONCE(scrubbing, 0);
    return true;
}

/* Nothing to run: sleep until an interrupt asks for the scheduler. */
static void idle(struct runq *q)
{
    unsigned int cpu = smp_cpu_id();

    current = NULL;
    q->idling = true;
    __atomic_fetch_or(&idle_mask, BIT(cpu), __ATOMIC_RELAXED);
    smp_mb(); /* see tell_idle */
    if (q->policy->steals && steal(q))
        q->resched = true;

    while (!q->resched) {
        uint32_t *word = &this_cpu(softirq_pending);
        uint32_t pending = READ_ONCE(*word);
        struct vcpu *v = this_cpu(loaded_vcpu);

        if (pending & BIT(SOFTIRQ_SCHED)) {
            /* Straight on: who handles the others is there after us. */
            __atomic_fetch_and(word, ~BIT(SOFTIRQ_SCHED), __ATOMIC_RELAXED);
            smp_mb();
            break;
        }
        if (pending) {
            /* Those that raise themselves wait for others, not at once. */
            softirq_run();
            irq_window();
        } else if (v && !worth_keeping(v)) {
            context_unload();
            released(v);
        } else if (scrub_some()) {
            irq_window();
        } else {
            /* Interrupts are masked: they end WFI and are taken below. */
            dsb_sy();
            cpu_wfi();
            irq_handle();
        }
    }
    q->resched = false;
    __atomic_fetch_and(&idle_mask, ~BIT(cpu), __ATOMIC_RELAXED);
    q->idling = false;
}

/* Make @next's context the hardware's. */
static void switch_to(struct vcpu *next)
{
    struct vcpu *old = this_cpu(loaded_vcpu);

    current = next;
    if (old == next) {
        /* It slept loaded: what came meanwhile is not in LRs yet. */
        vgic_flush(next);
        return;
    }
    context_load(next);
    if (old)
        released(old);
}

/* Nothing to choose: one vCPU here, runnable, without a cap. */
static bool alone(const struct runq *q, const struct vcpu *curr)
{
    return q->nr_waiting == 0 && may_stay(curr) && curr->domain->sched.cap == 0;
}

static void never_inline schedule(struct runq *q, struct vcpu *woken)
{
    struct vcpu *prev = q->curr, *next;

    while ((next = choose(q, woken)) == NULL) {
        prev = NULL;
        idle(q);
        woken = admit_woken(q);
    }
    if (next != prev)
        switch_to(next);
    if (q->nr_waiting)
        tell_idle(q);
}

static void sched_softirq(void)
{
    struct runq *q = &this_cpu(runq);
    struct vcpu *curr = q->curr, *woken;

    if (q->idling) {
        q->resched = true;
        return;
    }

    woken = admit_woken(q);
    if (!woken && curr && alone(q, curr))
        curr->sched.yielding = false;
    else
        schedule(q, woken);
}

static void slice_over(void *arg)
{
    (void)arg;
    softirq_raise(SOFTIRQ_SCHED);
}

int sched_init(const char *name)
{
    idle_mask = 0;
    softirq_open(SOFTIRQ_SCHED, sched_softirq);
    credit_init();
    return pool_init(name);
}

void sched_cpu_init(void)
{
    struct runq *q = &this_cpu(runq);

    memset(q, 0, sizeof(*q));
    lock_init(&q->lock, RANK_SCHED);
    list_init(&q->waiting);
    q->since = time_ticks();
    timer_init(&q->slice, slice_over, NULL, smp_cpu_id());
    pool_cpu_init(q, smp_cpu_id());
}

struct vcpu *sched_start_cpu(void)
{
    do {
        softirq_raise(SOFTIRQ_SCHED);
        while (this_cpu(softirq_pending))
            softirq_run();
    } while (!current);
    return current;
}

void sched_yield(void)
{
    trace2(TRC_SCHED_YIELD, current->domain->id, current->id);
    current->sched.yielding = true;
    softirq_raise(SOFTIRQ_SCHED);
}

int sched_vcpu_unload(struct vcpu *v)
{
    int holder = READ_ONCE(v->loaded_on);
    struct runq *q;

    if (READ_ONCE(v->running) || READ_ONCE(v->sched.wake_listed))
        return -ERESTART;
    /* A queue would write its runstate, into a page that is given back. */
    q = runq_lock_of(v);
    if (v->sched.queued)
        dequeue_stopped(q, v, time_ticks());
    lock_drop(&q->lock);
    if (holder < 0)
        return 0;
    if (holder == (int)smp_cpu_id()) {
        context_unload();
        released(v);
        return 0;
    }
    WRITE_ONCE(v->sched.unload, true);
    softirq_raise_on((unsigned int)holder, SOFTIRQ_SCHED);
    return -ERESTART;
}

uint64_t sched_idle_ns(unsigned int cpu)
{
    struct runq *q = &per_cpu(runq, cpu);
    uint64_t ticks;

    lock_take(&q->lock);
    ticks = q->idle_ticks;
    if (!q->curr)
        ticks += time_ticks() - q->since;
    lock_drop(&q->lock);
    return ticks_to_ns(ticks);
}

uint64_t sched_vcpu_ns(const struct vcpu *v)
{
    uint64_t ns = v->runstate_time_ns[RUNSTATE_running];
    uint64_t now = time_now_ns();

    if (v->runstate == RUNSTATE_running && now > v->runstate_since_ns)
        ns += now - v->runstate_since_ns;
    return ns;
}

/* What is told of a vCPU, which may be gone when it is. */
struct seen {
    const char *what;
    uint32_t domid, id, flags, cpu;
    int32_t loaded_on;
    uint64_t vruntime;
    bool parked;
};

#define SEEN_MAX 6u

static struct seen see(const struct vcpu *v, const char *what)
{
    return (struct seen){ what,
                          v->domain->id,
                          v->id,
                          v->pause_flags,
                          v->sched.cpu,
                          v->loaded_on,
                          v->sched.vruntime,
                          v->sched.parked };
}

static void dump_queue(unsigned int cpu)
{
    struct runq *q = &per_cpu(runq, cpu);
    struct seen seen[SEEN_MAX];
    uint32_t nr = 0, vcpus, all;

    lock_take(&q->lock);
    vcpus = q->nr_vcpus;
    all = q->nr_waiting;
    if (q->curr)
        seen[nr++] = see(q->curr, "runs ");
    list_for_each(node, &q->waiting)
    {
        if (nr == SEEN_MAX)
            break;
        seen[nr++] = see(runq_vcpu(node), "waits");
    }
    lock_drop(&q->lock);

    printk(LOG_ALWAYS, "  CPU%u: %u vCPUs, %u waiting, %u shown\n", cpu,
           (unsigned int)vcpus, (unsigned int)all, (unsigned int)nr);
    for (uint32_t i = 0; i < nr; i++)
        printk(LOG_ALWAYS,
               "    %s d%uv%u flags %x cpu %u loaded %d vruntime %llu%s\n",
               seen[i].what, (unsigned int)seen[i].domid,
               (unsigned int)seen[i].id, (unsigned int)seen[i].flags,
               (unsigned int)seen[i].cpu, (int)seen[i].loaded_on,
               (unsigned long long)seen[i].vruntime,
               seen[i].parked ? " parked" : "");
}

bool sched_dump(uint32_t part)
{
    if (part == 0) {
        printk(LOG_ALWAYS, "Scheduler: %s, now %llu ns, idle mask %x\n",
               sched_name(), (unsigned long long)time_now_ns(),
               (unsigned int)idle_mask);
        pool_dump();
    } else if (part <= NR_CPUS && (cpu_online_mask & BIT(part - 1))) {
        dump_queue(part - 1);
    }
    return part <= NR_CPUS;
}
