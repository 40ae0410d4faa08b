/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Weighted fair shares with caps. Each vCPU has a virtual run time, which
 * grows faster the less its domain weighs; the lowest runs. A domain with a
 * cap has a budget per period and is parked when that is spent; what was
 * overdrawn is taken off the next, so the average is exact.
 *
 * No division while guests run: weights are inverted when they are set.
 * Source: public/domctl.h and sysctl.h (credit parameters and their ranges).
 * Layer:  7 (sched).
 */
#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/number.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <xen/vcpu.h>

#include <public/errno.h>

#include "policy.h"

#define WEIGHT_DEFAULT 256u
#define WEIGHT_MAX     65535u
/* run time * (2^28 / weight) >> 20: ticks at the default weight. */
#define INV_SHIFT      28u
#define VRUNTIME_SHIFT 20u

#define CAP_LEAVE     0xffffu
#define CAP_PERIOD_MS 30u
#define NS_PER_MS     1000000u

uint32_t opt_tslice_ms = 30;
uint32_t opt_ratelimit_us = 1000;

/* In ticks: the cap's period and one percent of it. */
static uint64_t cap_period, cap_percent;

void credit_init(void)
{
    if (credit_params_check(opt_tslice_ms, opt_ratelimit_us)) {
        opt_tslice_ms = 30;
        opt_ratelimit_us = 1000;
    }
    cap_period = ns_to_ticks((uint64_t)CAP_PERIOD_MS * NS_PER_MS);
    /* A period has fewer than 2^32 ticks below 140 GHz. */
    cap_percent = (uint32_t)cap_period / 100u;
}

int credit_params_check(uint32_t tslice_ms, uint32_t ratelimit_us)
{
    if (tslice_ms < 1 || tslice_ms > 1000)
        return -EINVAL;
    if (ratelimit_us && (ratelimit_us < 100 || ratelimit_us > 500000))
        return -EINVAL;
    if (ratelimit_us > tslice_ms * 1000)
        return -EINVAL;
    return 0;
}

/* A new period, if one has begun. Caller holds cap_lock. */
static void cap_refill(struct sched_domain *s, uint64_t now)
{
    if (now < s->cap_period_end)
        return;
    if (now - s->cap_period_end >= cap_period) {
        /* It did not run for whole periods: nothing is owed or saved up. */
        s->cap_period_end = now + cap_period;
        s->cap_budget = s->cap_quota;
        return;
    }
    s->cap_period_end += cap_period;
    s->cap_budget += s->cap_quota;
    if (s->cap_budget > s->cap_quota)
        s->cap_budget = s->cap_quota;
}

/* End of a period of a domain with parked vCPUs. */
static void cap_timer_fn(void *arg)
{
    struct domain *d = arg;
    struct sched_domain *s = &d->sched;
    uint64_t next = 0;

    lock_take(&s->cap_lock);
    cap_refill(s, time_ticks());
    if (s->cap && s->cap_budget <= 0)
        next = s->cap_period_end;
    lock_drop(&s->cap_lock);

    if (next) {
        timer_set(&s->cap_timer, next);
        return;
    }
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        struct vcpu *v = d->vcpu[i];

        if (v && READ_ONCE(v->sched.parked)) {
            WRITE_ONCE(v->sched.parked, false);
            vcpu_woken_push(v);
        }
    }
}

void credit_domain_init(struct domain *d)
{
    struct sched_domain *s = &d->sched;

    s->weight = WEIGHT_DEFAULT;
    s->inv_weight = (1u << INV_SHIFT) / WEIGHT_DEFAULT;
    lock_init(&s->cap_lock, RANK_LEAF);
    timer_init(&s->cap_timer, cap_timer_fn, d, smp_cpu_id());
}

static void params_set(struct domain *d, uint32_t weight, uint32_t cap)
{
    struct sched_domain *s = &d->sched;

    lock_take(&s->cap_lock);
    if (weight) {
        s->weight = (uint16_t)weight;
        s->inv_weight = (1u << INV_SHIFT) / weight;
    }
    if (cap != CAP_LEAVE) {
        s->cap_quota = (int64_t)(cap_percent * cap);
        s->cap_budget = s->cap_quota;
        s->cap_period_end = time_ticks() + cap_period;
        WRITE_ONCE(s->cap, (uint16_t)cap);
    }
    lock_drop(&s->cap_lock);

    /* Parked ones see the new budget; running ones arm their slice timer. */
    timer_set(&s->cap_timer, time_ticks());
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            vcpu_flags_set(d->vcpu[i], 0);
    }
}

void credit_domain_reset(struct domain *d)
{
    params_set(d, WEIGHT_DEFAULT, 0);
}

int sched_params_set(struct domain *d, uint32_t weight, uint32_t cap)
{
    if (sched_domain_id(d) != SCHED_CREDIT || weight > WEIGHT_MAX)
        return -EINVAL;
    if (cap != CAP_LEAVE && cap > 100u * d->max_vcpus)
        return -EINVAL;
    params_set(d, weight, cap);
    return 0;
}

void sched_params_get(struct domain *d, uint32_t *weight, uint32_t *cap)
{
    *weight = d->sched.weight;
    *cap = d->sched.cap;
}

/* The allowed pCPU with the fewest vCPUs; where it is wins a draw. */
static int credit_place(const struct vcpu *v, uint32_t allowed)
{
    uint32_t least = UINT32_MAX;
    int best = -ENOSPC;

    for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
        uint32_t nr = READ_ONCE(per_cpu(runq, cpu).nr_vcpus);

        if (!(allowed & BIT(cpu)))
            continue;
        if (nr < least || (nr == least && cpu == v->sched.cpu)) {
            least = nr;
            best = (int)cpu;
        }
    }
    return best;
}

static void credit_enqueue(struct runq *q, struct vcpu *v, bool woken)
{
    struct list *at = q->waiting.next;

    /*
     * Sleeping saves up at most half a slice: enough to run at once, not
     * enough to keep others away afterwards.
     */
    if (woken && v->sched.vruntime + q->tslice / 2 < q->min_vruntime)
        v->sched.vruntime = q->min_vruntime - q->tslice / 2;

    while (at != &q->waiting &&
           runq_vcpu(at)->sched.vruntime <= v->sched.vruntime)
        at = at->next;
    list_add_before(at, &v->sched.run_node);
}

/* Charge @ticks to the domain's budget; park @v when that is gone. */
static void cap_charge(struct vcpu *v, uint64_t ticks, uint64_t now)
{
    struct sched_domain *s = &v->domain->sched;
    uint64_t end = 0;

    lock_take(&s->cap_lock);
    s->cap_budget -= (int64_t)ticks;
    cap_refill(s, now);
    if (s->cap_budget <= 0)
        end = s->cap_period_end;
    lock_drop(&s->cap_lock);

    if (end) {
        /* In this order: a timer that fires between would park for ever. */
        WRITE_ONCE(v->sched.parked, true);
        timer_set(&s->cap_timer, end);
    }
}

static void credit_account(struct runq *q, struct vcpu *v, uint64_t now)
{
    uint64_t ticks = now - v->sched.run_start;
    uint64_t least;
    const struct vcpu *first;

    v->sched.run_start = now;
    v->sched.vruntime += mul_shift(ticks, v->domain->sched.inv_weight,
                                   VRUNTIME_SHIFT);

    least = v->sched.vruntime;
    first = runq_first(q);
    if (first && first->sched.vruntime < least)
        least = first->sched.vruntime;
    if (least > q->min_vruntime)
        q->min_vruntime = least;

    if (READ_ONCE(v->domain->sched.cap))
        cap_charge(v, ticks, now);
}

/* A waiting vCPU is so far behind that it may cut a slice short. */
static bool urgent(const struct runq *q, const struct vcpu *first,
                   const struct vcpu *curr)
{
    return first->sched.vruntime + q->tslice / 4 < curr->sched.vruntime;
}

static bool credit_preempts(struct runq *q, struct vcpu *first,
                            struct vcpu *curr, uint64_t now)
{
    uint64_t ran = now - curr->sched.slice_start;

    if (curr->sched.yielding) {
        /* Behind the one it lets go first. */
        if (curr->sched.vruntime < first->sched.vruntime)
            curr->sched.vruntime = first->sched.vruntime;
        return true;
    }
    if (ran >= q->tslice) {
        if (first->sched.vruntime <= curr->sched.vruntime)
            return true;
        curr->sched.slice_start = now;
        return false;
    }
    return ran >= q->ratelimit && urgent(q, first, curr);
}

static bool credit_turn_over(const struct runq *q, const struct vcpu *curr,
                             uint64_t now)
{
    return !curr->sched.yielding && now - curr->sched.slice_start >= q->tslice;
}

static uint64_t credit_deadline(struct runq *q, struct vcpu *curr, uint64_t now)
{
    const struct sched_domain *s = &curr->domain->sched;
    const struct vcpu *first = runq_first(q);
    uint64_t deadline = UINT64_MAX;

    if (first) {
        deadline = curr->sched.slice_start + q->tslice;
        if (urgent(q, first, curr) &&
            now - curr->sched.slice_start < q->ratelimit)
            deadline = curr->sched.slice_start + q->ratelimit;
    }
    if (READ_ONCE(s->cap)) {
        /* Without the lock: wrong by what others spend meanwhile, which
         * becomes debt. */
        int64_t left = s->cap_budget;
        uint64_t end = now + (left > 0 ? (uint64_t)left : 0);

        if (end < deadline)
            deadline = end;
    }
    return deadline;
}

const struct sched_policy credit_policy = {
    .name = "credit",
    .title = "SMP Credit Scheduler (credit)",
    .id = SCHED_CREDIT,
    .steals = true,
    .place = credit_place,
    .enqueue = credit_enqueue,
    .account = credit_account,
    .preempts = credit_preempts,
    .turn_over = credit_turn_over,
    .deadline = credit_deadline,
};
