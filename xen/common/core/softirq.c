/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deferred work. The pending word of a CPU is set by that CPU and others;
 * only that CPU clears bits in it.
 *
 * Layer: 4 (core).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/sysreg.h>

#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/smp.h>
#include <xen/softirq.h>

#define ISR_IRQ BIT(7)

DEFINE_PER_CPU(uint32_t, softirq_pending);

static void nobody(void)
{
}

/* Constant after boot. */
static void (*handlers[SOFTIRQ_NR])(void) = { [0 ... SOFTIRQ_NR - 1] = nobody };

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    BUG_ON(nr >= SOFTIRQ_NR || handlers[nr] != nobody);
    handlers[nr] = fn;
}

void softirq_raise(enum softirq_nr nr)
{
    /* Others write the word as well, but only this CPU will read it. */
    __atomic_fetch_or(&this_cpu(softirq_pending), BIT(nr), __ATOMIC_RELAXED);
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    uint32_t old;

    if (cpu == smp_cpu_id()) {
        softirq_raise(nr);
        return;
    }
    /* What the caller did is there before the bit is. */
    smp_mb();
    old = __atomic_fetch_or(&per_cpu(softirq_pending, cpu), BIT(nr),
                            __ATOMIC_RELAXED);
    /*
     * A word that was not 0 has been kicked for, or was raised there. The
     * bit is there before the SGI is: gic_send_sgi.
     */
    if (old == 0)
        smp_kick(cpu);
}

void softirq_run(void)
{
    uint32_t *word = &this_cpu(softirq_pending);
    uint32_t pending, done = 0;

    /*
     * One bit at a time: SOFTIRQ_SCHED may idle inside its handler, and what
     * is pending behind it must be seen there and not wait in a register.
     */
    while ((pending = READ_ONCE(*word) & ~done) != 0) {
        unsigned int nr = (unsigned int)__builtin_ctz(pending);

        /* Cleared before the handler looks: what comes later raises again. */
        __atomic_fetch_and(word, ~BIT(nr), __ATOMIC_RELAXED);
        smp_mb();
        done |= BIT(nr);
        ASSERT(nr < SOFTIRQ_NR);
        handlers[nr]();
    }
}

bool preempt_wanted(void)
{
    return READ_ONCE(this_cpu(softirq_pending)) != 0 ||
           (sysreg_read(ISR) & ISR_IRQ) != 0;
}
