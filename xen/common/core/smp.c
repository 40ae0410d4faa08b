/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls between CPUs. Each CPU has one mailbox for the call it makes, and a
 * word with a bit for each CPU that calls it. The word, not the SGI, is the
 * request: it may be served by smp_poll before the SGI is taken.
 *
 * Source: ARM IHI 0048B 4.3.15 (GICD_SGIR). Layer: 4 (core).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>

#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/gic.h>
#include <xen/irq.h>
#include <xen/smp.h>
#include <xen/spinlock.h>

struct mailbox {
    void (*fn)(void *arg);
    void *arg;
    uint32_t waiting; /* bit per CPU that has not finished; atomic */
    bool locks;       /* .fn takes locks of RANK_VGIC and above    */
};

uint32_t cpu_online_mask;

static DEFINE_PER_CPU(struct mailbox, mailbox);
static DEFINE_PER_CPU(uint32_t, callers); /* bit per calling CPU; atomic */

unsigned int cpu_online_nr(void)
{
    return (unsigned int)__builtin_popcount(READ_ONCE(cpu_online_mask));
}

static void sgi_send(unsigned int sgi, uint32_t mask)
{
    uint8_t targets = 0;

    for (unsigned int cpu = 0; mask >> cpu; cpu++)
        if (mask & BIT(cpu))
            targets |= irq_gic_mask(cpu);
    gic_send_sgi(sgi, targets);
}

/* Those that take locks are left waiting unless @locks. */
static void serve(bool locks)
{
    uint32_t from, left = 0;

    if (likely(READ_ONCE(this_cpu(callers)) == 0))
        return;
    from = atomic_exchange(&this_cpu(callers), 0);
    while (from) {
        unsigned int cpu = (unsigned int)__builtin_ctz(from);
        struct mailbox *m = &per_cpu(mailbox, cpu);

        from &= from - 1;
        if (m->locks && !locks) {
            left |= BIT(cpu);
            continue;
        }
        m->fn(m->arg);
        atomic_fetch_and(&m->waiting, ~BIT(smp_cpu_id()));
    }
    if (left)
        atomic_fetch_or(&this_cpu(callers), left);
}

void smp_poll(void)
{
    serve(true);
}

/*
 * This CPU holds locks below @rank only and waits for one of @rank. Where
 * that is one a call may take, the call could wait behind our own ticket;
 * such locks are held for moments by CPUs that call nobody.
 */
static void serve_waiting(uint8_t rank)
{
    serve(rank < RANK_VGIC);
}

static void call(uint32_t mask, void (*fn)(void *arg), void *arg, bool locks)
{
    struct mailbox *m = &this_cpu(mailbox);
    unsigned int me = smp_cpu_id();

    mask &= READ_ONCE(cpu_online_mask) & ~BIT(me);
    if (mask == 0)
        return;

    BUG_ON(READ_ONCE(m->waiting) != 0); /* a call from within a call */
    m->fn = fn;
    m->arg = arg;
    m->locks = locks;
    m->waiting = mask;
    for (unsigned int cpu = 0; mask >> cpu; cpu++)
        if (mask & BIT(cpu))
            atomic_fetch_or(&per_cpu(callers, cpu), BIT(me));
    sgi_send(SGI_CALL, mask);

    /*
     * The caller of one that takes no locks may hold any itself: only such
     * calls are served here. Those whose callers hold none serve all, so
     * there is always one that can go on.
     */
    while (atomic_load_acquire(&m->waiting) != 0) {
        serve(locks);
        cpu_relax();
    }
}

void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    call(mask, fn, arg, false);
}

void smp_call_locking(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    call(mask, fn, arg, true);
}

/* The softirq word is looked at on the way out: nothing to do here. */
static void sgi_kick(void *arg)
{
    (void)arg;
}

static void sgi_call(void *arg)
{
    (void)arg;
    smp_poll();
}

static void sgi_stop(void *arg)
{
    (void)arg;
    atomic_fetch_and(&cpu_online_mask, ~BIT(smp_cpu_id()));
    for (;;)
        cpu_wfi();
}

static void sgi_register(unsigned int sgi, void (*fn)(void *arg),
                         const char *name)
{
    BUG_ON(irq_request(sgi, IRQ_XEN, IRQ_EDGE, fn, NULL, name) != 0);
    irq_enable(sgi);
}

void smp_init(void)
{
    sgi_register(SGI_KICK, sgi_kick, "kick");
    sgi_register(SGI_CALL, sgi_call, "call");
    sgi_register(SGI_STOP, sgi_stop, "stop");
    lock_wait_hook = serve_waiting;
}

/* How often others are looked at before they are given up. */
#define STOP_TRIES 10000000u

void smp_stop_others(void)
{
    uint32_t others = READ_ONCE(cpu_online_mask) & ~BIT(smp_cpu_id());

    if (others == 0)
        return;
    sgi_send(SGI_STOP, others);
    /* One that spins for our lock cannot answer: do not wait for ever. */
    for (uint32_t i = 0; i < STOP_TRIES; i++) {
        if ((READ_ONCE(cpu_online_mask) & others) == 0)
            return;
        cpu_relax();
    }
}
