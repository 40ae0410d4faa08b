/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling state: types. Functions: xen/sched.h. Layer: 5 (domain). */
#ifndef XEN_SCHED_TYPES_H
#define XEN_SCHED_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/list.h>
#include <xen/timer.h>

struct sched_vcpu {
    struct list run_node;   /* on a pCPU's run queue                       */
    struct vcpu *wake_next; /* lock-free list of wake requests             */
    bool queued;            /* run_node is linked; RANK_SCHED of .cpu      */
    bool wake_listed;       /* atomic exchange: already on the wake list   */
    uint16_t cpu;           /* pCPU whose queue it belongs to              */
    uint32_t hard_affinity; /* one bit per pCPU                            */
    uint32_t soft_affinity;
    uint64_t vruntime;      /* credit: weighted run time, ticks            */
    uint64_t run_start;     /* ticks at which it was put on the pCPU       */
    bool parked;            /* over its domain's cap in this period        */
};

struct sched_domain {
    uint16_t weight;        /* 1..65535, default 256                       */
    uint16_t cap;           /* percent of one pCPU, 0: none                */
    int64_t cap_budget;     /* ticks left in this period                   */
    uint64_t cap_period_end;
    struct timer cap_timer;
    uint32_t pool_id;
};

#endif /* XEN_SCHED_TYPES_H */
