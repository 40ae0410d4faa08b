/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deferred work on a pCPU, run before it returns to a guest: one bit each
 * in the per-CPU word that the way out of a trap tests.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_SOFTIRQ_H
#define XEN_SOFTIRQ_H

#include <stdbool.h>
#include <stdint.h>

#include <asm/percpu.h>

/* In the order in which they run. */
enum softirq_nr {
    SOFTIRQ_TIMER,   /* expired timers                               */
    SOFTIRQ_SCHED,   /* pick the vCPU to run                         */
    SOFTIRQ_VGIC,    /* the current vCPU's list registers want work  */
    SOFTIRQ_DOM_EXC, /* send VIRQ_DOM_EXC                            */
    SOFTIRQ_STOPPED, /* domains have stopped: tell who wants to know  */
    SOFTIRQ_CONSOLE, /* VIRQ_CON_RING, output queue, input           */
    SOFTIRQ_STOP,    /* domain shutdown and other slow domain work   */
    SOFTIRQ_TRACE,   /* other traps are traced than before           */
    SOFTIRQ_NR
};

/*
 * Bit per softirq_nr, plus other bits never used. entry.S loads this word
 * once on the way to the guest and goes the slow way when it is not 0.
 */
DECLARE_PER_CPU(uint32_t, softirq_pending);

/* Register the handler; boot only, once per number. */
void softirq_open(enum softirq_nr nr, void (*fn)(void));

/* Ask this CPU (another CPU, with a kick) to run a handler. Any context. */
void softirq_raise(enum softirq_nr nr);
void softirq_raise_on(unsigned int cpu, enum softirq_nr nr);

/* Run pending handlers once each, lowest number first, no locks held. */
void softirq_run(void);

/*
 * True when this CPU has a softirq or a physical interrupt waiting; long
 * operations ask this each <= 16 units of work and return -ERESTART.
 */
bool preempt_wanted(void);

#endif /* XEN_SOFTIRQ_H */
