/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Software timers: a heap of deadlines per CPU over the one Hyp comparator.
 * The heap is made of links inside the timers (a pairing heap), so arming
 * needs no memory and cannot fail.
 * All times are ticks of the physical counter (see xen/time.h for ns).
 *
 * Layer: 4 (core).
 */
#ifndef XEN_TIMER_H
#define XEN_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

struct timer {
    uint64_t deadline;     /* ticks; valid while armed                   */
    void (*fn)(void *arg); /* run in SOFTIRQ_TIMER on .cpu, no locks     */
    void *arg;
    /* Under the timer lock of .cpu. */
    struct timer *child; /* first of those that are due later          */
    struct timer *next;  /* next child of the same parent              */
    struct timer *prev;  /* previous one; of the first: the parent     */
    uint16_t cpu;        /* pCPU whose heap holds it                   */
    bool armed;
};

/*
 * Per-CPU set-up of the comparator's interrupt (board.timer.irq_hyp); runs
 * on each CPU, on the boot CPU first.
 */
void timer_cpu_init(void);

/* Prepare; @fn runs on @cpu. Does not arm. */
void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu);

/*
 * (Re-)arm for @deadline ticks; the past means at once. Any CPU may call
 * it; a timer of another CPU is changed under that CPU's timer lock.
 */
void timer_set(struct timer *t, uint64_t deadline);

/*
 * Disarm. When it returns, @fn is not running on another CPU; so the caller
 * holds no lock that @fn takes.
 */
void timer_stop(struct timer *t);

/* timer_stop for the last time, before the memory goes. Safe to repeat. */
void timer_kill(struct timer *t);

/* Move to another CPU, keeping the deadline. */
void timer_migrate(struct timer *t, unsigned int cpu);

static inline bool timer_armed(const struct timer *t)
{
    return READ_ONCE(t->armed);
}

#endif /* XEN_TIMER_H */
