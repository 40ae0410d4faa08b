/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vCPU runs on this pCPU now. One run queue per pCPU; the policy of
 * its pool (credit or null) orders it. No periodic work: a slice timer is
 * armed only while somebody waits, or a cap applies.
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
/* Of pool 0: SCHED_*; and as the boot log has it. */
uint32_t sched_id(void);
const char *sched_name(void);
/* SCHED_* that @d has now. */
uint32_t sched_domain_id(const struct domain *d);
/* Number of its pool, and the pCPUs of that. */
uint32_t sched_domain_pool(const struct domain *d);
uint32_t sched_domain_cpus(const struct domain *d);

/* Into pool @id: default weight, no cap. 0, -ESRCH: no such pool, -ENODEV:
 * that has no pCPUs. */
int must_check sched_domain_create(struct domain *d, uint32_t id);
/* It runs no more, and no pCPU has a context of it: its pool need not care
 * any longer (it counts in pool 0). Returns 0; idempotent. */
int must_check sched_domain_kill(struct domain *d);
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
 * (no CPU of @hard is its pool's, or null scheduler and CPU taken). */
int must_check sched_affinity_set(struct vcpu *v, uint32_t hard, uint32_t soft);
void sched_affinity_get(const struct vcpu *v, uint32_t *hard, uint32_t *soft);

/* ---- CPU pools (sysctl). Locks: RANK_POOL; the caller's are below. ---- */

#define SCHED_POOL_ANY UINT32_MAX

struct sched_pool {
    uint32_t id, sched_id;
    uint32_t cpus; /* one bit per pCPU */
};

/*
 * A pool without pCPUs. @id: wanted, or SCHED_POOL_ANY for the one behind the
 * highest there is; written back. 0, -ENOENT: no scheduler @sched_id, -EEXIST,
 * -ENOSPC.
 */
int must_check sched_pool_create(uint32_t *id, uint32_t sched_id);
/* 0, -ENOENT, -EBUSY: it has pCPUs or domains. */
int must_check sched_pool_destroy(uint32_t id);
/* The first pool from number @from on; -ENOENT: none. */
int must_check sched_pool_info(uint32_t from, struct sched_pool *info);
/* pCPUs of no pool. */
uint32_t sched_pool_free_cpus(void);
/*
 * pCPU *@cpu joins or leaves; SCHED_POOL_ANY: the lowest free one, or the
 * highest of the pool; written back, also with -ERESTART: look again. 0,
 * -ENOENT no such pool, -EINVAL no such pCPU; joining: -ENODEV not free,
 * -EADDRNOTAVAIL it leaves another pool just now; leaving: -EINVAL also pCPU
 * 0 of pool 0, -EADDRNOTAVAIL not in this pool, -EBUSY the last one, and there
 * are domains, -EADDRINUSE a vCPU that is pinned to it or has no other place.
 */
int must_check sched_pool_add_cpu(uint32_t id, uint32_t *cpu);
int must_check sched_pool_remove_cpu(uint32_t id, uint32_t *cpu);
/*
 * All vCPUs of @d, which may run meanwhile, to another pool. 0, -ENOENT: no
 * such pool or it has no pCPUs, -ESRCH: @d dies, -ENOSPC: null scheduler and
 * too few pCPUs. Locks: the caller holds create_lock of @d.
 */
int must_check sched_pool_move(struct domain *d, uint32_t id);
/*
 * Time slice and rate limit of a pool with the credit scheduler. -ESRCH: no
 * such pool; -EINVAL: @sched_id is not its scheduler or not credit, or out of
 * range: 1..1000 ms; 0 or 100..500000 us and <= the slice.
 */
int must_check sched_pool_params_set(uint32_t id, uint32_t sched_id,
                                     uint32_t tslice_ms, uint32_t ratelimit_us);
int must_check sched_pool_params_get(uint32_t id, uint32_t sched_id,
                                     uint32_t *tslice_ms,
                                     uint32_t *ratelimit_us);

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

/* Debug key 'r', part by part: the head, each CPU. False: no such part. */
bool sched_dump(uint32_t part);

/* Options: sched_credit_tslice_ms=, sched_ratelimit_us=; of new pools. */
extern uint32_t opt_tslice_ms, opt_ratelimit_us;

#endif /* XEN_SCHED_H */
