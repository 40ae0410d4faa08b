/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One vCPU per pCPU: no choice, no timer, no accounting beyond runstates.
 *
 * Layer: 7 (sched).
 */
#include <xen/bits.h>
#include <xen/printk.h>

#include <public/errno.h>

#include "policy.h"

static int null_place(const struct vcpu *v, uint32_t allowed)
{
    for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
        if ((allowed & BIT(cpu)) && !READ_ONCE(per_cpu(runq, cpu).nr_vcpus))
            return (int)cpu;
    }
    printk(LOG_WARN,
           VCPU_FMT ": null scheduler: no pCPU is free for it; "
                    "use fewer vCPUs or sched=credit\n",
           VCPU_ARG(v));
    return -ENOSPC;
}

static void null_enqueue(struct runq *q, struct vcpu *v, bool woken)
{
    (void)woken;
    list_add_before(&q->waiting, &v->sched.run_node);
}

static void null_account(struct runq *q, struct vcpu *v, uint64_t now)
{
    (void)q;
    v->sched.run_start = now;
}

static bool null_preempts(struct runq *q, struct vcpu *first, struct vcpu *curr,
                          uint64_t now)
{
    (void)q;
    (void)first;
    (void)curr;
    (void)now;
    return false;
}

static uint64_t null_deadline(struct runq *q, struct vcpu *curr, uint64_t now)
{
    (void)q;
    (void)curr;
    (void)now;
    return UINT64_MAX;
}

const struct sched_policy null_policy = {
    .name = "null",
    .title = "null Scheduler (null)",
    .id = SCHED_NULL,
    .steals = false,
    .place = null_place,
    .enqueue = null_enqueue,
    .account = null_account,
    .preempts = null_preempts,
    .deadline = null_deadline,
};
