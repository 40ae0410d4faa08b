/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Run states of a vCPU: block, wake, pause, power. The scheduler consumes
 * what these ask for in SOFTIRQ_SCHED; nothing here switches by itself.
 *
 * Layer: 5 (domain).
 */
#ifndef XEN_VCPU_H
#define XEN_VCPU_H

#include <xen/domain.h>

/* New vCPU @id of @d: VP_DOWN, no context. 0, -EEXIST, -ENOMEM. */
int must_check vcpu_new(struct domain *d, uint32_t id, struct vcpu **out);
void vcpu_delete(struct vcpu *v);

static inline bool vcpu_runnable(const struct vcpu *v)
{
    return READ_ONCE(v->pause_flags) == 0;
}

/*
 * Clear VP_BLOCKED and ask the scheduler of its pCPU; a SCHEDOP_poll is over
 * then, whatever ended it. Any CPU, any context.
 * Cheap when it was not blocked.
 */
void vcpu_wake(struct vcpu *v);

/* The current vCPU waits. The caller has checked that nothing is pending
 * *after* this set the flag (see wfx_trap), or calls vcpu_wake. */
void vcpu_block(struct vcpu *v);

/*
 * Its interrupt state changed: if it runs on another pCPU, make that look
 * (SOFTIRQ_VGIC and a kick); here, raise SOFTIRQ_VGIC; else nothing.
 */
void vcpu_kick(struct vcpu *v);

/* Count of pauses of one vCPU; _sync: it does not run when this returns. */
void vcpu_pause(struct vcpu *v);
void vcpu_pause_sync(struct vcpu *v);
void vcpu_unpause(struct vcpu *v);

/* Set / clear VP_* bits with what follows from it. */
void vcpu_flags_set(struct vcpu *v, uint32_t flags);
void vcpu_flags_clear(struct vcpu *v, uint32_t flags);

/* Enter RUNSTATE_* (scheduler); updates the guest's copy when it has one. */
void vcpu_runstate_set(struct vcpu *v, uint8_t state, uint64_t now_ns);

/*
 * SOFTIRQ_SCHED's food: lock-free lists, one per pCPU, of vCPUs that may
 * have become runnable. Push: onto the list of v->sched.cpu, with a kick
 * when that is another; a vCPU is on one list at most. Pop: one of this
 * pCPU's, or NULL.
 */
void vcpu_woken_push(struct vcpu *v);
struct vcpu *vcpu_woken_pop(void);

#endif /* XEN_VCPU_H */
