/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket locks. Hyp code always runs with interrupts masked (see
 * docs/hypervisor-guide/interrupts.md), so there is one kind of lock and no
 * irqsave variant. With LOCK_CHECK every lock_take asserts the rank order.
 *
 * Source: ARM DDI 0406C.c A3.4 (exclusives), A3.8 (barriers).
 * Layer:  2 (cpu).
 */
#ifndef XEN_SPINLOCK_H
#define XEN_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <asm/barrier.h>

#include <xen/compiler.h>

/* Taken in ascending order; equal ranks only where lock_take_second says. */
enum lock_rank {
    RANK_DOMAIN_CREATE = 1, /* domain->create_lock                        */
    RANK_GRANT,             /* grant->lock; two: lower domid first        */
    RANK_VIRQ_HANDLERS,     /* global VIRQ handler table                  */
    RANK_EVENT,             /* domain->event_lock; two: lower domid first */
    RANK_VPL011,            /* vpl011->lock                               */
    RANK_P2M,               /* p2m->lock; two: lower domid first          */
    RANK_POOL,              /* CPU pools: who belongs to which            */
    RANK_SCHED,             /* run queue; two: lower CPU first            */
    RANK_VGIC,              /* vgic locks; two: lower vCPU id first       */
    RANK_IRQ,               /* irq_desc->lock                             */
    RANK_DOMAIN_LIST,       /* the table of domains                       */
    RANK_LEAF,              /* page allocator, heap, timers, rangesets    */
    RANK_CONSOLE,           /* console: nothing is taken inside           */
};

struct spinlock {
    union {
        uint32_t word;
        struct {
            uint16_t owner; /* ticket being served */
            uint16_t next;  /* next ticket to give */
        };
    };
    uint8_t rank; /* enum lock_rank */
};

#define SPINLOCK_INIT(rank_)                                                   \
    {                                                                          \
        .word = 0, .rank = (rank_)                                             \
    }

static inline void lock_init(struct spinlock *l, enum lock_rank rank)
{
    l->word = 0;
    l->rank = (uint8_t)rank;
}

/*
 * Called by a CPU that waits for a lock of @rank, or NULL: it must answer other
 * CPUs' calls (xen/smp.h) meanwhile, since the one that has the lock may
 * wait for the answer. Set once at boot by smp_init.
 */
extern void (*lock_wait_hook)(uint8_t rank);

/* For the functions below: wait until ticket @mine of @l is served. */
void lock_wait_turn(const struct spinlock *l, uint16_t mine);

/*
 * The ticket that is handed out and the one being served come with one
 * LDREX, so a free lock is taken without a look back.
 */
static inline void ticket_take(struct spinlock *l)
{
    uint32_t old = __atomic_fetch_add(&l->word, 0x10000u, __ATOMIC_RELAXED);

    if (unlikely((uint16_t)old != old >> 16))
        lock_wait_turn(l, (uint16_t)(old >> 16));
    smp_mb();
}

static inline void ticket_drop(struct spinlock *l)
{
    smp_mb();
    __atomic_store_n(&l->owner, (uint16_t)(l->owner + 1), __ATOMIC_RELAXED);
}

#ifdef CONFIG_LOCK_CHECK
/*
 * Acquire; spins. Debug builds BUG when this CPU holds a lock of
 * the same or a higher rank, or this one.
 */
void lock_take(struct spinlock *l);

/* As lock_take, for the second of two locks of one rank (see lock_rank). */
void lock_take_second(struct spinlock *l);

/* Release, with a barrier before it (XSA-314). */
void lock_drop(struct spinlock *l);
#else
/* The same, where they stand: a call would double them. */
static inline void lock_take(struct spinlock *l)
{
    ticket_take(l);
}

static inline void lock_take_second(struct spinlock *l)
{
    ticket_take(l);
}

static inline void lock_drop(struct spinlock *l)
{
    ticket_drop(l);
}
#endif

/* Acquire without waiting. Returns false when somebody else has it. */
bool must_check lock_try(struct spinlock *l);

/* True when some CPU holds @l; for assertions only. */
bool lock_is_held(const struct spinlock *l);

#endif /* XEN_SPINLOCK_H */
