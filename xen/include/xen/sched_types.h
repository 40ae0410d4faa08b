/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling state: types. Functions: xen/sched.h. Layer: 5 (domain). */
#ifndef XEN_SCHED_TYPES_H
#define XEN_SCHED_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/list.h>
#include <xen/spinlock.h>
#include <xen/timer.h>

/* clang-format off */

struct sched_vcpu {
    struct list run_node;   /* on a pCPU's run queue, by vruntime          */
    struct vcpu *wake_next; /* lock-free list of wake requests             */
    uint32_t wake_listed;   /* atomic: it is on a wake list                */
    bool queued;            /* run_node is linked; RANK_SCHED of .cpu      */
    bool yielding;          /* WFE or yield: others of the pCPU go first; the
                               scheduler clears it in SOFTIRQ_SCHED        */
    bool parked;            /* over its domain's cap in this period        */
    bool unload;            /* wanted off the pCPU that holds its context  */
    uint8_t run_cpu;        /* pCPU it runs on, while .running             */
    uint16_t cpu;           /* pCPU whose queue it belongs to; that queue's
                               lock guards a change                        */
    uint32_t cpus;          /* where it may run now: of its pool and of
                               hard_affinity; RANK_SCHED of .cpu           */
    struct list pool_node;  /* its pool's vCPUs; this and the next two are
                               RANK_POOL's                                 */
    uint32_t hard_affinity; /* one bit per pCPU; 0: not in any pool        */
    uint32_t soft_affinity; /* the scheduler reads it without the lock     */
    uint64_t vruntime;      /* credit: weighted run time, ticks            */
    uint64_t run_start;     /* ticks up to which its time is accounted     */
    uint64_t slice_start;   /* ticks at which it was put on the pCPU       */
};

struct sched_domain {
    uint16_t weight;        /* 1..65535, default 256                       */
    uint16_t cap;           /* percent of one pCPU, 0: none                */
    uint32_t inv_weight;    /* 2^28 / weight                               */
    struct spinlock cap_lock; /* RANK_LEAF: the three below                */
    int64_t cap_budget;     /* ticks left in this period                   */
    int64_t cap_quota;      /* ticks it gets per period                    */
    uint64_t cap_period_end;
    struct timer cap_timer; /* armed while a vCPU is parked                */
    struct cpupool *pool;   /* RANK_POOL; NULL: being made or unmade       */
};

/* clang-format on */

#endif /* XEN_SCHED_TYPES_H */
