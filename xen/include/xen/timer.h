/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software timers: a heap of deadlines per CPU over the one Hyp comparator.
 * All times are ticks of the physical counter (see xen/time.h for ns).
 *
 * Layer: 4 (core).
 */
#ifndef XEN_TIMER_H
#define XEN_TIMER_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
    uint64_t deadline;      /* ticks; valid while armed                   */
    void (*fn)(void *arg);  /* run in SOFTIRQ_TIMER on .cpu, no locks     */
    void *arg;
    uint16_t cpu;           /* pCPU whose heap holds it                   */
    uint16_t slot;          /* 1 + index in the heap; 0: not armed        */
};

/* Per-CPU set-up of the comparator's interrupt; runs on each CPU. */
void timer_cpu_init(void);

/* Prepare; @fn runs on @cpu. Does not arm. */
void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu);

/*
 * (Re-)arm for @deadline ticks; the past means at once. Any CPU may call
 * it; an armed timer of another CPU moves under that CPU's timer lock.
 * Cannot fail: the heap grows when a timer is initialised, not here.
 */
void timer_set(struct timer *t, uint64_t deadline);

/* Disarm. When it returns, @fn is not running on another CPU. */
void timer_stop(struct timer *t);

/* timer_stop, and give the heap slot back. Safe to repeat. */
void timer_kill(struct timer *t);

/* Move to another CPU, keeping the deadline. */
void timer_migrate(struct timer *t, unsigned int cpu);

static inline bool timer_armed(const struct timer *t)
{
    return t->slot != 0;
}

#endif /* XEN_TIMER_H */
