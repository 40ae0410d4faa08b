/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vCPU runs on this pCPU now. One run queue per pCPU; a policy
 * (credit or null) orders it. No periodic work: a slice timer is armed only
 * while somebody waits, or a cap applies.
 *
 * Layer: 7 (sched).
 */
#ifndef XEN_SCHED_H
#define XEN_SCHED_H

#include <xen/domain.h>

/* Numbers of the ABI (XEN_SCHEDULER_*). */
#define SCHED_CREDIT 5u
#define SCHED_NULL   9u

/* @name: "credit" (default for NULL) or "null". 0 or -EINVAL. Boot. */
int must_check sched_init(const char *name);
void sched_cpu_init(void);
uint32_t sched_id(void);
/* As the boot log has it: "SMP Credit Scheduler (credit)". */
const char *sched_name(void);

/* Default weight, no cap. Returns 0. */
int must_check sched_domain_create(struct domain *d);
/* Its timer goes; idempotent. */
void sched_domain_destroy(struct domain *d);
/* Choose a pCPU; default affinity is all. 0 or -ENOMEM, -ENOSPC (null). */
int must_check sched_vcpu_create(struct vcpu *v);
void sched_vcpu_destroy(struct vcpu *v);

/* Credit parameters. @weight 0 / @cap 0xffff: leave. 0 or -EINVAL. */
int must_check sched_params_set(struct domain *d, uint32_t weight,
                                uint32_t cap);
void sched_params_get(struct domain *d, uint32_t *weight, uint32_t *cap);
/* Affinity masks of one vCPU; it moves at once when it must. 0, -EINVAL
 * (no CPU of @hard is online, or null scheduler and CPU taken). */
int must_check sched_affinity_set(struct vcpu *v, uint32_t hard, uint32_t soft);
void sched_affinity_get(const struct vcpu *v, uint32_t *hard, uint32_t *soft);

/* Time slice and rate limit of the credit scheduler (sysctl). -EINVAL when
 * out of range: 1..1000 ms; 0 or 100..500000 us and <= the slice. */
int must_check sched_global_set(uint32_t tslice_ms, uint32_t ratelimit_us);

/* The current vCPU lets others of its pCPU go first. */
void sched_yield(void);

/*
 * Enter the scheduler for the first time on this CPU. Idles (WFI, scrubbing
 * when memory is dirty) until there is a vCPU to run and returns that,
 * loaded; the caller is layer 10 and enters it (enter_guest).
 */
struct vcpu *sched_start_cpu(void);

/*
 * Get the context of a vCPU that cannot run (paused, dying) off the pCPU
 * that holds it, so that struct vcpu has it all. 0, or -ERESTART: asked for
 * it, look again later.
 */
int must_check sched_vcpu_unload(struct vcpu *v);

/* Time this pCPU was idle, and a vCPU ran, in ns. */
uint64_t sched_idle_ns(unsigned int cpu);
uint64_t sched_vcpu_ns(const struct vcpu *v);

/* Debug key 'r'. */
void sched_dump(void);

/* Options: sched_credit_tslice_ms=, sched_ratelimit_us=. */
extern uint32_t opt_tslice_ms, opt_ratelimit_us;

#endif /* XEN_SCHED_H */
