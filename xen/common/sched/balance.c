/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Busy vCPUs on busy pCPUs, more of them than pCPUs: who waits goes round.
 *
 * A pCPU on which nobody waits has no slices and never looks; so it is the
 * one with a queue that does, at the end of a slice, when it would take the
 * first of those who wait. If that one has a better place elsewhere it goes
 * there, and who runs there is the next to wait. Three equal vCPUs on two
 * pCPUs so run for two slices and wait for one each.
 *
 * Layer: 7 (sched).
 */
#include <xen/bits.h>
#include <xen/smp.h>

#include "policy.h"

/* What wants to run on @q, in weights. Its lock is held. */
static uint32_t load_of(const struct runq *q)
{
    uint32_t load = q->curr ? q->curr->domain->sched.weight : 0;

    list_for_each(node, &q->waiting)
        load += runq_vcpu(node)->domain->sched.weight;
    return load;
}

/*
 * Is @to better for @next than @q, whose load is @mine? It is when less wants
 * to run there even with @next; or when less does now, and who runs there has
 * had more of it than who runs here. Both locks are held.
 */
static bool is_better(const struct runq *to, uint32_t load,
                      const struct runq *q, uint32_t mine,
                      const struct vcpu *next)
{
    if (!to->curr)
        return false; /* it idles, and looks for work itself */
    if (load + next->domain->sched.weight < mine)
        return true;
    return load < mine && to->nr_waiting == 0 && to->since < q->since;
}

int balance_choose(const struct runq *q, const struct vcpu *next)
{
    uint32_t me = BIT(smp_cpu_id());
    uint32_t may = next->sched.cpus & ~me;
    uint32_t mine = load_of(q), least = mine;
    uint64_t oldest = 0;
    int best = -1;

    if (next->sched.soft_affinity & me)
        may &= next->sched.soft_affinity;

    for (; may; may &= may - 1) {
        int cpu = __builtin_ctz(may);
        struct runq *to = &per_cpu(runq, cpu);
        uint32_t load;

        /* Not in any order of the two: who is busy now is left out. */
        if (!lock_try(&to->lock))
            continue;
        load = load_of(to);
        if (is_better(to, load, q, mine, next) &&
            (load < least || to->since < oldest)) {
            least = load;
            oldest = to->since;
            best = cpu;
        }
        lock_drop(&to->lock);
    }
    return best;
}
