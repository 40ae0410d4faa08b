/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Switches in the trace. A CPU that idles runs a vCPU of the idle domain
 * there, its own, though none exists.
 *
 * Source: public/trace.h.
 * Layer:  7 (sched).
 */
#include <xen/smp.h>
#include <xen/trace.h>

#include <public/vcpu.h>
#include <public/xen.h>

#include "policy.h"

static uint32_t domain_of(const struct vcpu *v)
{
    return v ? v->domain->id : DOMID_IDLE;
}

static uint32_t id_of(const struct vcpu *v)
{
    return v ? v->id : smp_cpu_id();
}

static void idle_runstate(uint32_t from, uint32_t to)
{
    trace1(TRC_SCHED_RUNSTATE_CHANGE | from << 8 | to << 4,
           (uint32_t)DOMID_IDLE << 16 | smp_cpu_id());
}

void trace_switch_now(const struct vcpu *prev, const struct vcpu *next)
{
    trace4(TRC_SCHED_SWITCH, domain_of(prev), id_of(prev), domain_of(next),
           id_of(next));
    if (!prev)
        idle_runstate(RUNSTATE_running, RUNSTATE_runnable);
}

void trace_idling(void)
{
    idle_runstate(RUNSTATE_runnable, RUNSTATE_running);
}
