/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket locks: fair, so that no guest can starve another's vCPU. Waiters
 * spin: locks are held for some hundred instructions, and WFE would cost
 * every release a DSB and a SEV, waiter or not.
 *
 * Source: ARM DDI 0406C.c A3.4.5 (exclusives), A3.8.3 (DMB).
 * Layer:  2 (cpu).
 */
#include <xen/bug.h>
#include <xen/spinlock.h>

#include <asm/barrier.h>
#include <asm/percpu.h>

#define NEXT_ONE 0x10000u /* one ticket more in .next */

#ifdef CONFIG_LOCK_CHECK
#define HELD_MAX 16u

struct held_locks {
    uint32_t nr;
    const struct spinlock *lock[HELD_MAX];
};
static DEFINE_PER_CPU(struct held_locks, held_locks);

static void check_take(const struct spinlock *l, bool second)
{
    struct held_locks *h = &this_cpu(held_locks);

    for (uint32_t i = 0; i < h->nr; i++) {
        BUG_ON(h->lock[i] == l);
        BUG_ON(h->lock[i]->rank > l->rank);
        BUG_ON(h->lock[i]->rank == l->rank && !second);
    }
    BUG_ON(h->nr == HELD_MAX);
    h->lock[h->nr++] = l;
}

static void check_drop(const struct spinlock *l)
{
    struct held_locks *h = &this_cpu(held_locks);
    uint32_t i;

    for (i = h->nr; i > 0 && h->lock[i - 1] != l; i--)
        ;
    BUG_ON(i == 0);
    for (h->nr--; i <= h->nr; i++)
        h->lock[i - 1] = h->lock[i];
}

void lock_take(struct spinlock *l)
{
    check_take(l, false);
    ticket_take(l);
}

void lock_take_second(struct spinlock *l)
{
    check_take(l, true);
    ticket_take(l);
}

void lock_drop(struct spinlock *l)
{
    check_drop(l);
    ticket_drop(l);
}
#else
static inline void check_take(const struct spinlock *l, bool second)
{
    (void)l;
    (void)second;
}
#endif

void (*lock_wait_hook)(uint8_t rank);

void lock_wait_turn(const struct spinlock *l, uint16_t mine)
{
    while (READ_ONCE(l->owner) != mine) {
        cpu_relax();
        if (lock_wait_hook)
            lock_wait_hook(l->rank);
    }
}

bool lock_try(struct spinlock *l)
{
    uint32_t old = READ_ONCE(l->word);

    if ((uint16_t)old != (uint16_t)(old >> 16))
        return false;
    if (!__atomic_compare_exchange_n(&l->word, &old, old + NEXT_ONE, false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return false;
    check_take(l, true);
    smp_mb();
    return true;
}

bool lock_is_held(const struct spinlock *l)
{
    uint32_t word = READ_ONCE(l->word);

    return (uint16_t)word != (uint16_t)(word >> 16);
}
