/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations on memory that guests write at the same time.
 *
 * Another vCPU that stores to the same line all the time makes each of our
 * STREX fail (XSA-295). So can another domain, to which the page has been
 * granted. After TRIES failures all CPUs are called together: each waits in
 * Hyp mode, the last to come does the operation while no guest code runs
 * anywhere, and all go.
 *
 * Source: ARM DDI 0406C.c A3.4.5 (no guarantee of progress for LDREX/STREX
 *         against other observers' stores).
 * Layer:  6 (guest).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>

#include <xen/domain.h>
#include <xen/guest_atomic.h>
#include <xen/smp.h>

/* unit/guest_meeting.c gives up at once. */
#ifndef TRIES
#define TRIES 64u
#endif

/* *p = (*p & ~clear) | set, or compare and exchange. */
struct meeting {
    uint32_t *p;
    uint32_t clear, set;
    bool compare;
    uint32_t expected;   /* compare                                    */
    uint32_t seen;       /* result: what *p was                        */
    uint32_t waited_for; /* atomic: CPUs that have not come yet       */
    uint32_t done;       /* atomic                                     */
};

/* One meeting at a time; not a spinlock, since waiters must serve calls. */
static uint32_t meeting_busy;

/* A weak exchange is one LDREX/STREX: it may fail for nothing. */
static inline bool exchange_once(uint32_t *p, uint32_t old, uint32_t new)
{
    return __atomic_compare_exchange_n(p, &old, new, true, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}

static bool try_once(struct meeting *m)
{
    m->seen = READ_ONCE(*m->p);
    if (m->compare && m->seen != m->expected)
        return true;
    return exchange_once(m->p, m->seen, (m->seen & ~m->clear) | m->set);
}

static void meet(void *arg)
{
    struct meeting *m = arg;

    if (atomic_sub_return(&m->waited_for, 1) == 0) {
        while (!try_once(m))
            ;
        atomic_store_release(&m->done, 1);
    }
    while (!atomic_load_acquire(&m->done))
        cpu_relax();
}

static void never_inline call_meeting(struct meeting *m)
{
    uint32_t others;

    while (atomic_exchange(&meeting_busy, 1))
        smp_poll();

    others = cpu_online_mask & ~(1u << smp_cpu_id());
    m->done = 0;
    m->waited_for = (uint32_t)__builtin_popcount(others);
    if (others) {
        smp_call(others, meet, m);
    } else {
        while (!try_once(m))
            ;
    }
    atomic_store_release(&meeting_busy, 0);
}

/* Called after TRIES failures. All end with a full barrier. */
static uint32_t never_inline insist(uint32_t *p, uint32_t clear, uint32_t set)
{
    struct meeting m = { .p = p, .clear = clear, .set = set };

    call_meeting(&m);
    smp_mb();
    return m.seen;
}

static uint32_t never_inline insist_cas(uint32_t *p, uint32_t old, uint32_t val)
{
    struct meeting m = {
        .p = p,
        .clear = UINT32_MAX,
        .set = val,
        .compare = true,
        .expected = old,
    };

    call_meeting(&m);
    smp_mb();
    return m.seen;
}

uint32_t guest_fetch_or_again(struct domain *d, uint32_t *p, uint32_t bits)
{
    (void)d;
    for (unsigned int n = TRIES; n > 0; n--) {
        uint32_t old = READ_ONCE(*p);

        if (likely(exchange_once(p, old, old | bits))) {
            smp_mb();
            return old;
        }
    }
    return insist(p, 0, bits);
}

uint32_t guest_fetch_and(struct domain *d, uint32_t *p, uint32_t bits)
{
    (void)d;
    smp_mb();
    for (unsigned int n = TRIES; n > 0; n--) {
        uint32_t old = READ_ONCE(*p);

        if (likely(exchange_once(p, old, old & bits))) {
            smp_mb();
            return old;
        }
    }
    return insist(p, ~bits, 0);
}

bool guest_cas(struct domain *d, uint32_t *p, uint32_t old, uint32_t val,
               uint32_t *seen)
{
    (void)d;
    smp_mb();
    for (unsigned int n = TRIES; n > 0; n--) {
        *seen = READ_ONCE(*p);
        if (*seen != old || exchange_once(p, old, val)) {
            smp_mb();
            return *seen == old;
        }
    }
    *seen = insist_cas(p, old, val);
    return *seen == old;
}
