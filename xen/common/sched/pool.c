/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU pools: which pCPUs and domains belong together, and under which
 * policy; with that, where each vCPU may run.
 *
 * The scheduler looks at sched.cpus of a vCPU only, which the lock of its
 * queue guards as it does sched.cpu: a pCPU of that set, always. So nothing
 * here stops anybody. To move a vCPU is to change the two under that lock,
 * whoever wakes, steals or runs it meanwhile, and a pCPU leaves its pool by
 * leaving the sets of all vCPUs; it is free once it holds none any more.
 *
 * Source: public/sysctl.h; interface.md 3.15 (cpupool_op).
 * Layer:  7 (sched).
 */
#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/context.h>
#include <xen/options.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/vcpu.h>

#include <asm/atomic.h>

#include <public/errno.h>

#include "policy.h"

#define POOLS_MAX (2u * NR_CPUS)
#define NS_PER_US 1000u
#define US_PER_MS 1000u
/* vCPUs that are told of a pCPU before others get a look in. */
#define BATCH 16u

static const struct sched_policy *const policies[] = {
    &credit_policy, /* the default */
    &null_policy,
};

/* Its first one is pool 0, which is never destroyed. */
static struct cpupool pools[POOLS_MAX];
static struct spinlock lock = SPINLOCK_INIT(RANK_POOL);

/* ---- finding: the lock is held ---- */

static struct cpupool *find(uint32_t id)
{
    for (size_t i = 0; i < POOLS_MAX; i++) {
        if (pools[i].policy && pools[i].id == id)
            return &pools[i];
    }
    return NULL;
}

/* A CPU that stopped while it came up is in pool 0, but not there. */
static uint32_t cpus_of(const struct cpupool *p)
{
    return p->cpus & cpu_online_mask;
}

/* pCPUs that are in a pool, or about to leave one. */
static uint32_t cpus_taken(void)
{
    uint32_t taken = 0;

    for (size_t i = 0; i < POOLS_MAX; i++)
        taken |= pools[i].cpus | pools[i].leaving;
    return taken;
}

/* ---- where vCPUs may run: the lock is held ---- */

/*
 * Let @v run on @cpus only, which are not 0 and of a pool with @policy.
 * -ENOSPC: no room there.
 */
static int confine(struct vcpu *v, const struct sched_policy *policy,
                   uint32_t cpus)
{
    /* Should an idle pCPU take it meanwhile, any of them will do. */
    int cpu = __builtin_ctz(cpus);
    struct runq *q;
    bool moves;

    if (!(cpus & BIT(READ_ONCE(v->sched.cpu))))
        cpu = policy->place(v, cpus);
    if (cpu < 0)
        return cpu;

    q = runq_lock_of(v);
    moves = !(cpus & BIT(v->sched.cpu));
    if (moves)
        runq_move(q, v, (unsigned int)cpu);
    v->sched.cpus = cpus;
    lock_drop(&q->lock);

    /* The new pCPU finds out who still has it, and asks. */
    if (moves)
        vcpu_woken_push(v);
    return 0;
}

int sched_vcpu_create(struct vcpu *v)
{
    struct cpupool *p;
    struct runq *q;
    uint32_t hard = UINT32_MAX;
    int cpu;

    if (opt_dom0_vcpus_pin && v->domain->is_hardware &&
        (cpu_online_mask & BIT(v->id)))
        hard = BIT(v->id);

    lock_take(&lock);
    p = v->domain->sched.pool;
    cpu = p->policy->place(v, hard & cpus_of(p));
    if (cpu >= 0) {
        v->sched.hard_affinity = hard;
        v->sched.soft_affinity = UINT32_MAX;
        list_add_before(&p->vcpus, &v->sched.pool_node);

        q = &per_cpu(runq, cpu);
        lock_take(&q->lock);
        v->sched.cpu = (uint16_t)cpu;
        v->sched.cpus = hard & cpus_of(p);
        v->sched.vruntime = q->min_vruntime;
        v->runstate_since_ns = time_now_ns();
        atomic_add_return(&q->nr_vcpus, 1);
        lock_drop(&q->lock);
    }
    lock_drop(&lock);
    return cpu < 0 ? cpu : 0;
}

/* @v, which does not run any more, leaves its queue and its pool. */
static void detach(struct vcpu *v)
{
    struct runq *q;

    if (!v->sched.hard_affinity)
        return;
    list_del(&v->sched.pool_node);
    v->sched.hard_affinity = 0;
    /* The cap's timer, which goes on, wakes nobody who is to be freed. */
    WRITE_ONCE(v->sched.parked, false);
    q = runq_lock_of(v);
    if (v->sched.queued)
        runq_dequeue(q, v);
    atomic_sub_return(&q->nr_vcpus, 1);
    lock_drop(&q->lock);
}

void sched_vcpu_destroy(struct vcpu *v)
{
    lock_take(&lock);
    detach(v);
    lock_drop(&lock);
}

int sched_affinity_set(struct vcpu *v, uint32_t hard, uint32_t soft)
{
    const struct cpupool *p;
    int rc = -EINVAL;

    lock_take(&lock);
    p = v->domain->sched.pool;
    if (v->sched.hard_affinity && (hard & cpus_of(p)))
        rc = confine(v, p->policy, hard & cpus_of(p));
    if (!rc) {
        v->sched.hard_affinity = hard;
        WRITE_ONCE(v->sched.soft_affinity, soft);
    }
    lock_drop(&lock);
    return rc ? -EINVAL : 0;
}

void sched_affinity_get(const struct vcpu *v, uint32_t *hard, uint32_t *soft)
{
    *hard = v->sched.hard_affinity;
    *soft = v->sched.soft_affinity;
}

/* ---- domains ---- */

/* @to may be NULL. */
static void count_in(struct domain *d, struct cpupool *to)
{
    if (d->sched.pool)
        d->sched.pool->nr_domains--;
    if (to)
        to->nr_domains++;
    WRITE_ONCE(d->sched.pool, to);
}

int sched_domain_create(struct domain *d, uint32_t id)
{
    struct cpupool *p;
    int rc = -ESRCH;

    credit_domain_init(d);
    lock_take(&lock);
    p = find(id);
    if (p)
        rc = cpus_of(p) ? 0 : -ENODEV;
    if (!rc)
        count_in(d, p);
    lock_drop(&lock);
    return rc;
}

int sched_domain_kill(struct domain *d)
{
    lock_take(&lock);
    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            detach(d->vcpu[i]);
    }
    count_in(d, &pools[0]);
    lock_drop(&lock);
    return 0;
}

void sched_domain_destroy(struct domain *d)
{
    if (d->sched.cap_timer.fn)
        timer_kill(&d->sched.cap_timer);
    lock_take(&lock);
    count_in(d, NULL);
    lock_drop(&lock);
}

uint32_t sched_id(void)
{
    return pools[0].policy->id;
}

const char *sched_name(void)
{
    return pools[0].policy->title;
}

/* Its pool, which may be another one when the caller looks. */
static const struct cpupool *pool_of(const struct domain *d)
{
    const struct cpupool *p = READ_ONCE(d->sched.pool);

    return p ? p : &pools[0];
}

uint32_t sched_domain_id(const struct domain *d)
{
    const struct sched_policy *policy = READ_ONCE(pool_of(d)->policy);

    return policy ? policy->id : sched_id();
}

uint32_t sched_domain_pool(const struct domain *d)
{
    return READ_ONCE(pool_of(d)->id);
}

uint32_t sched_domain_cpus(const struct domain *d)
{
    return cpus_of(pool_of(d));
}

/* Has @p a pCPU of its own for each vCPU of @d, if its policy wants that? */
static bool has_room(const struct cpupool *p, const struct domain *d)
{
    uint32_t room = 0, needed = 0;

    if (p->policy->steals)
        return true;
    for (uint32_t cpus = cpus_of(p); cpus; cpus &= cpus - 1)
        room += !READ_ONCE(per_cpu(runq, __builtin_ctz(cpus)).nr_vcpus);
    for (uint32_t i = 0; i < NR_VCPUS; i++)
        needed += d->vcpu[i] != NULL;
    return needed <= room;
}

static void move_vcpu(struct vcpu *v, struct cpupool *p)
{
    list_del(&v->sched.pool_node);
    list_add_before(&p->vcpus, &v->sched.pool_node);
    v->sched.hard_affinity = UINT32_MAX;
    v->sched.soft_affinity = UINT32_MAX;
    BUG_ON(confine(v, p->policy, cpus_of(p)) != 0); /* has_room() */
}

int sched_pool_move(struct domain *d, uint32_t id)
{
    struct cpupool *p;
    int rc = 0;

    lock_take(&lock);
    p = find(id);
    if (!p || !cpus_of(p))
        rc = -ENOENT;
    else if (READ_ONCE(d->state) >= DOMAIN_DYING)
        rc = -ESRCH;
    else if (p != d->sched.pool && !has_room(p, d))
        rc = -ENOSPC;
    else if (p != d->sched.pool) {
        /* Weight and cap are the other policy's; nobody stays parked. */
        credit_domain_reset(d);
        count_in(d, p);
        for (uint32_t i = 0; i < NR_VCPUS; i++) {
            if (d->vcpu[i])
                move_vcpu(d->vcpu[i], p);
        }
    }
    lock_drop(&lock);
    return rc;
}

/* ---- pCPUs: the lock is held ---- */

/* Give the queue @q what its pool has: another one only while nobody
 * belongs to it. */
static void set_up(struct runq *q, const struct cpupool *p)
{
    lock_take(&q->lock);
    q->pool = p;
    q->policy = p->policy;
    q->tslice = ns_to_ticks((uint64_t)p->tslice_ms * US_PER_MS * NS_PER_US);
    q->ratelimit = ns_to_ticks((uint64_t)p->ratelimit_us * NS_PER_US);
    lock_drop(&q->lock);
}

void pool_cpu_init(struct runq *q, unsigned int cpu)
{
    lock_take(&lock);
    pools[0].cpus |= BIT(cpu);
    set_up(q, &pools[0]);
    lock_drop(&lock);
}

/* Nothing of its old pool runs on @cpu or has its context there; nothing
 * will, since no vCPU may be put there. */
static bool is_clear(unsigned int cpu)
{
    const struct runq *q = &per_cpu(runq, cpu);

    return !READ_ONCE(q->nr_vcpus) && !READ_ONCE(q->curr) &&
           !READ_ONCE(per_cpu(loaded_vcpu, cpu));
}

/* @v may not run on what its pool @p has lost. One that was pinned there by
 * its affinity alone is free to run anywhere. */
static int expel(struct vcpu *v, const struct cpupool *p)
{
    bool pinned = !(v->sched.hard_affinity & cpus_of(p));
    uint32_t hard = pinned ? UINT32_MAX : v->sched.hard_affinity;
    int rc;

    if (pinned && READ_ONCE(v->pin_saved))
        return -EADDRINUSE;
    rc = confine(v, p->policy, hard & cpus_of(p));
    if (rc)
        return -EADDRINUSE;
    if (pinned)
        printk(LOG_INFO, VCPU_FMT ": affinity broken, its pCPU is gone\n",
               VCPU_ARG(v));
    v->sched.hard_affinity = hard;
    return 0;
}

/* No vCPU of @p may run on @cpu any more. */
static int expel_all(struct cpupool *p, unsigned int cpu)
{
    uint32_t done = 0;
    int rc = 0;

    list_for_each(node, &p->vcpus)
    {
        struct vcpu *v = container_of(node, struct vcpu, sched.pool_node);

        if (!(v->sched.cpus & BIT(cpu)))
            continue;
        if (done++ >= BATCH && preempt_wanted())
            return -ERESTART;
        rc = expel(v, p);
        if (rc)
            break;
    }
    return rc;
}

/*
 * -ENODEV: in a pool; -EADDRNOTAVAIL: not out of one yet; -ERESTART. Who took
 * it out may not be through: that none is there now is not that none may be.
 */
static int become_free(unsigned int cpu)
{
    for (size_t i = 0; i < POOLS_MAX; i++) {
        int rc;

        if (!(pools[i].leaving & BIT(cpu)))
            continue;
        rc = expel_all(&pools[i], cpu);
        if (rc == -ERESTART)
            return rc;
        if (rc || !is_clear(cpu))
            return -EADDRNOTAVAIL;
        pools[i].leaving &= ~BIT(cpu);
    }
    return cpus_taken() & BIT(cpu) ? -ENODEV : 0;
}

/* Every vCPU of @p that may run on its new pCPU @cpu, does. */
static int tell_joining(struct cpupool *p, unsigned int cpu)
{
    uint32_t done = 0;

    list_for_each(node, &p->vcpus)
    {
        struct vcpu *v = container_of(node, struct vcpu, sched.pool_node);

        if (v->sched.cpus & BIT(cpu) || !(v->sched.hard_affinity & BIT(cpu)))
            continue;
        if (done++ >= BATCH && preempt_wanted())
            return -ERESTART;
        /* It stays where it is, so there is room. */
        (void)!confine(v, p->policy, v->sched.cpus | BIT(cpu));
    }
    p->joining &= ~BIT(cpu);
    /* Perhaps somebody waits. */
    softirq_raise_on(cpu, SOFTIRQ_SCHED);
    return 0;
}

static bool exists(uint32_t cpu)
{
    return cpu < NR_CPUS && (cpu_online_mask & BIT(cpu));
}

static int add_cpu(struct cpupool *p, uint32_t *cpu)
{
    uint32_t there = cpu_online_mask & ~cpus_taken();
    int rc;

    if (*cpu == SCHED_POOL_ANY) {
        if (!there)
            return -ENODEV;
        *cpu = (uint32_t)__builtin_ctz(there);
    }
    if (!exists(*cpu))
        return -EINVAL;

    if (!(p->joining & BIT(*cpu))) {
        rc = become_free(*cpu);
        if (rc)
            return rc;
        set_up(&per_cpu(runq, *cpu), p);
        p->cpus |= BIT(*cpu);
        p->joining |= BIT(*cpu);
    }
    return tell_joining(p, *cpu);
}

int sched_pool_add_cpu(uint32_t id, uint32_t *cpu)
{
    struct cpupool *p;
    int rc;

    lock_take(&lock);
    p = find(id);
    rc = p ? add_cpu(p, cpu) : -ENOENT;
    lock_drop(&lock);
    return rc;
}

static int remove_cpu(struct cpupool *p, uint32_t *cpu)
{
    int rc;

    if (*cpu == SCHED_POOL_ANY) {
        if (!cpus_of(p))
            return -EADDRNOTAVAIL;
        *cpu = 31u - (uint32_t)__builtin_clz(cpus_of(p));
    }
    if (!exists(*cpu) || (p == &pools[0] && *cpu == 0))
        return -EINVAL;
    if (!((cpus_of(p) | p->leaving) & BIT(*cpu)))
        return -EADDRNOTAVAIL;
    if (cpus_of(p) == BIT(*cpu) && p->nr_domains)
        return -EBUSY;

    p->cpus &= ~BIT(*cpu);
    p->joining &= ~BIT(*cpu);
    p->leaving |= BIT(*cpu);
    rc = expel_all(p, *cpu);
    if (rc == -EADDRINUSE) {
        /* It stays: those that went are let back, as to a new one. They are
         * no more than BATCH: of a null pool, or of the domain that pins. */
        p->leaving &= ~BIT(*cpu);
        p->cpus |= BIT(*cpu);
        p->joining |= BIT(*cpu);
        (void)!tell_joining(p, *cpu);
        return rc;
    }
    if (!rc && !is_clear(*cpu)) {
        softirq_raise_on(*cpu, SOFTIRQ_SCHED);
        return -ERESTART;
    }
    if (!rc)
        p->leaving &= ~BIT(*cpu);
    return rc;
}

int sched_pool_remove_cpu(uint32_t id, uint32_t *cpu)
{
    struct cpupool *p;
    int rc;

    lock_take(&lock);
    p = find(id);
    rc = p ? remove_cpu(p, cpu) : -ENOENT;
    lock_drop(&lock);
    return rc;
}

uint32_t sched_pool_free_cpus(void)
{
    uint32_t cpus;

    lock_take(&lock);
    cpus = cpu_online_mask & ~cpus_taken();
    lock_drop(&lock);
    return cpus;
}

/* ---- pools ---- */

/* What @p is at first, and its parameters. */
static void pool_make(struct cpupool *p, uint32_t id,
                      const struct sched_policy *policy)
{
    memset(p, 0, sizeof(*p));
    list_init(&p->vcpus);
    p->id = id;
    p->tslice_ms = opt_tslice_ms;
    p->ratelimit_us = opt_ratelimit_us;
    p->policy = policy;
}

int pool_init(const char *name)
{
    size_t i = 0;

    if (name && *name) {
        while (i < ARRAY_SIZE(policies) && strcmp(policies[i]->name, name))
            i++;
    }
    if (i == ARRAY_SIZE(policies))
        return -EINVAL;

    memset(pools, 0, sizeof(pools));
    pool_make(&pools[0], 0, policies[i]);
    return 0;
}

/* One more than the highest number that a pool has; or any. */
static uint32_t free_id(void)
{
    uint32_t id = 0;

    for (size_t i = 0; i < POOLS_MAX; i++) {
        if (pools[i].policy && pools[i].id >= id)
            id = pools[i].id + 1;
    }
    if (id == SCHED_POOL_ANY) {
        id = 0;
        while (id < POOLS_MAX && find(id))
            id++;
    }
    return id;
}

/* Lock held. */
static int create(uint32_t *id, const struct sched_policy *policy)
{
    if (*id == SCHED_POOL_ANY)
        *id = free_id();
    if (find(*id))
        return -EEXIST;
    for (size_t i = 0; i < POOLS_MAX; i++) {
        if (!pools[i].policy) {
            pool_make(&pools[i], *id, policy);
            return 0;
        }
    }
    return -ENOSPC;
}

int sched_pool_create(uint32_t *id, uint32_t sched_id)
{
    int rc = -ENOENT;

    lock_take(&lock);
    for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
        if (policies[i]->id == sched_id)
            rc = create(id, policies[i]);
    }
    lock_drop(&lock);
    return rc;
}

int sched_pool_destroy(uint32_t id)
{
    struct cpupool *p;
    int rc = 0;

    lock_take(&lock);
    p = find(id);
    for (uint32_t cpus = p ? p->leaving : 0; cpus; cpus &= cpus - 1)
        (void)!become_free((unsigned int)__builtin_ctz(cpus));
    if (!p)
        rc = -ENOENT;
    else if (p->cpus || p->leaving || p->nr_domains)
        rc = -EBUSY;
    else
        p->policy = NULL;
    lock_drop(&lock);
    return rc;
}

int sched_pool_info(uint32_t from, struct sched_pool *info)
{
    const struct cpupool *first = NULL;

    lock_take(&lock);
    for (size_t i = 0; i < POOLS_MAX; i++) {
        if (pools[i].policy && pools[i].id >= from &&
            (!first || pools[i].id < first->id))
            first = &pools[i];
    }
    if (first)
        *info = (struct sched_pool){ .id = first->id,
                                     .sched_id = first->policy->id,
                                     .cpus = cpus_of(first) };
    lock_drop(&lock);
    return first ? 0 : -ENOENT;
}

/* -ESRCH, -EINVAL: not a pool with parameters, or with those of another. */
static int find_credit(uint32_t id, uint32_t sched_id, struct cpupool **p)
{
    *p = find(id);
    if (!*p)
        return -ESRCH;
    return (*p)->policy->id == sched_id && sched_id == SCHED_CREDIT ? 0
                                                                    : -EINVAL;
}

int sched_pool_params_set(uint32_t id, uint32_t sched_id, uint32_t tslice_ms,
                          uint32_t ratelimit_us)
{
    struct cpupool *p;
    int rc;

    lock_take(&lock);
    rc = find_credit(id, sched_id, &p);
    if (!rc)
        rc = credit_params_check(tslice_ms, ratelimit_us);
    if (!rc) {
        p->tslice_ms = tslice_ms;
        p->ratelimit_us = ratelimit_us;
        for (uint32_t cpus = cpus_of(p); cpus; cpus &= cpus - 1)
            set_up(&per_cpu(runq, __builtin_ctz(cpus)), p);
    }
    lock_drop(&lock);
    return rc;
}

int sched_pool_params_get(uint32_t id, uint32_t sched_id, uint32_t *tslice_ms,
                          uint32_t *ratelimit_us)
{
    struct cpupool *p;
    int rc;

    lock_take(&lock);
    rc = find_credit(id, sched_id, &p);
    if (!rc) {
        *tslice_ms = p->tslice_ms;
        *ratelimit_us = p->ratelimit_us;
    }
    lock_drop(&lock);
    return rc;
}

void pool_dump(void)
{
    lock_take(&lock);
    for (size_t i = 0; i < POOLS_MAX; i++) {
        const struct cpupool *p = &pools[i];

        if (p->policy)
            printk(
                LOG_ALWAYS, "  Pool %u: %s, pCPUs %x, leaving %x, %u domains\n",
                (unsigned int)p->id, p->policy->name, (unsigned int)cpus_of(p),
                (unsigned int)p->leaving, (unsigned int)p->nr_domains);
    }
    lock_drop(&lock);
}
