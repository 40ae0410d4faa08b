/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between sched/core.c, which knows pCPUs and switches, and the policies
 * credit.c and null.c, which know whose turn it is.
 *
 * Layer: 7 (sched); private to this folder.
 */
#ifndef SCHED_POLICY_H
#define SCHED_POLICY_H

#include <xen/domain.h>
#include <xen/sched.h>

/* clang-format off */

/* clang-format off */
/* One per pCPU. */
struct runq {
    struct spinlock lock;  /* RANK_SCHED; guards all but the last two   */
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
    bool steals;       /* an idle pCPU may take waiting vCPUs of others  */

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
    bool (*turn_over)(const struct vcpu *curr, uint64_t now);
    /* Ticks at which the choice must be looked at again; UINT64_MAX: none. */
    uint64_t (*deadline)(struct runq *q, struct vcpu *curr, uint64_t now);
};
/* clang-format on */

extern const struct sched_policy credit_policy, null_policy;

/*
 * balance.c: @next, first of those who wait on this pCPU's queue @q, is about
 * to take over here: another pCPU that should run it instead, or -1. The lock
 * of @q is held.
 */
int balance_choose(const struct runq *q, const struct vcpu *next);

/* credit.c: what a domain brings; boot: ticks of the options. */
void credit_init(void);
void credit_domain_init(struct domain *d);

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
