/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between sched/core.c, which knows pCPUs and switches, the policies credit.c
 * and null.c, which know whose turn it is, and pool.c, which knows what
 * belongs together.
 *
 * Layer: 7 (sched); private to this folder.
 */
#ifndef SCHED_POLICY_H
#define SCHED_POLICY_H

#include <xen/domain.h>
#include <xen/sched.h>
#include <xen/trace.h>

/* clang-format off */

struct sched_policy;

/*
 * pCPUs, a policy for them, and the domains that run there. A pCPU is in one
 * pool or in none. RANK_POOL guards every field; .cpus is never 0 while
 * there are domains.
 */
struct cpupool {
    uint32_t id;
    const struct sched_policy *policy; /* NULL: there is no such pool    */
    uint32_t cpus;         /* bit per pCPU that is its own                */
    uint32_t joining;      /* of .cpus: not all vCPUs know of it yet      */
    uint32_t leaving;      /* not of .cpus: still has something of it     */
    uint32_t nr_domains;
    uint32_t tslice_ms, ratelimit_us; /* credit's parameters              */
    struct list vcpus;     /* sched.pool_node of every vCPU               */
};

/* One per pCPU. */
struct runq {
    struct spinlock lock;  /* RANK_SCHED; guards all but the last two   */
    /* What its pool has, which may change while nobody belongs here.   */
    const struct sched_policy *policy;
    const struct cpupool *pool; /* the last one, if it has none now      */
    uint64_t tslice, ratelimit; /* ticks                                 */
    struct list waiting;   /* sched.run_node: runnable, in policy order */
    uint32_t nr_waiting;   /* others read it without the lock: a hint   */
    uint32_t nr_vcpus;     /* atomic: that belong here, runnable or not */
    struct vcpu *curr;     /* who runs here, NULL: idle                 */
    uint64_t min_vruntime; /* credit: never goes back                   */
    uint64_t since;        /* ticks at which .curr became who it is     */
    uint64_t idle_ticks;   /* with nobody, before that                  */

    struct timer slice;   /* this pCPU only                            */
    bool idling, resched; /* this pCPU only: SCHED came while idle     */
};
/* clang-format on */

DECLARE_PER_CPU(struct runq, runq);

/* clang-format off */
struct sched_policy {
    const char *name;  /* word of sched=                                 */
    const char *title; /* as the boot log has it                         */
    uint32_t id;       /* SCHED_*                                        */
    bool steals;       /* an idle pCPU may take waiting vCPUs of others;
                          false: there is one vCPU per pCPU              */

    /* A pCPU of @allowed (not 0) for @v, or -ENOSPC. No locks held.      */
    int (*place)(const struct vcpu *v, uint32_t allowed);
    /* The rest: the queue's lock is held. */
    /* @v begins to wait on @q; @woken: it slept, or came from elsewhere. */
    void (*enqueue)(struct runq *q, struct vcpu *v, bool woken);
    /* @v has run until @now; may set sched.parked.                       */
    void (*account)(struct runq *q, struct vcpu *v, uint64_t now);
    /* True: @first, which waits, is to run instead of @curr.             */
    bool (*preempts)(struct runq *q, struct vcpu *first, struct vcpu *curr,
                     uint64_t now);
    /* True: @curr has had its turn, whoever waits. NULL unless .steals.  */
    bool (*turn_over)(const struct runq *q, const struct vcpu *curr,
                      uint64_t now);
    /* Ticks at which the choice must be looked at again; UINT64_MAX: none. */
    uint64_t (*deadline)(struct runq *q, struct vcpu *curr, uint64_t now);
};
/* clang-format on */

extern const struct sched_policy credit_policy, null_policy;

/*
 * core.c. The queue that @v belongs to, locked; it may move until then. With
 * that lock held: take @v, which waits, off @q; let it belong to pCPU @cpu,
 * which vcpu_woken_push() must then be told.
 */
struct runq *runq_lock_of(struct vcpu *v);
void runq_dequeue(struct runq *q, struct vcpu *v);
void runq_move(struct runq *q, struct vcpu *v, unsigned int cpu);

/* pool.c. Boot: pool 0, with policy @name or -EINVAL; a pCPU that comes up;
 * debug key. */
int must_check pool_init(const char *name);
void pool_cpu_init(struct runq *q, unsigned int cpu);
void pool_dump(void);

/*
 * balance.c: @next, first of those who wait on this pCPU's queue @q, is about
 * to take over here: another pCPU that should run it instead, or -1. The lock
 * of @q is held.
 */
int balance_choose(const struct runq *q, const struct vcpu *next);

/*
 * credit.c: what a domain brings, when it is made and when it comes to
 * another pool; boot: the options. 0 or -EINVAL: out of range.
 */
void credit_init(void);
void credit_domain_init(struct domain *d);
void credit_domain_reset(struct domain *d);
int must_check credit_params_check(uint32_t tslice_ms, uint32_t ratelimit_us);

/*
 * trace_sched.c: @prev leaves this pCPU and @next comes; NULL: it idles. To
 * be called before their runstates change, and trace_idling after.
 */
void trace_switch_now(const struct vcpu *prev, const struct vcpu *next);
void trace_idling(void);

static inline void trace_switch(const struct vcpu *prev,
                                const struct vcpu *next)
{
    if (trace_wants(TRC_SCHED_SWITCH))
        trace_switch_now(prev, next);
}

static inline struct vcpu *runq_vcpu(struct list *node)
{
    return container_of(node, struct vcpu, sched.run_node);
}

/* Longest-waiting by policy order, or NULL. */
static inline struct vcpu *runq_first(struct runq *q)
{
    return list_empty(&q->waiting) ? NULL : runq_vcpu(q->waiting.next);
}

/* clang-format on */

#endif /* SCHED_POLICY_H */
