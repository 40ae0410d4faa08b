/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers in a pairing heap per CPU: the root is due first, each timer's
 * children are due no earlier than it. Arming is one comparison; taking the
 * root out pairs its children up (amortised O(log n)).
 *
 * Source: Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap: a new
 *         form of self-adjusting heap", Algorithmica 1 (1986).
 * Layer:  4 (core).
 */
#include <asm/barrier.h>
#include <asm/percpu.h>

#include <xen/board.h>
#include <xen/bug.h>
#include <xen/irq.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/timer.h>

struct timer_cpu {
    struct spinlock lock;  /* RANK_LEAF; guards root and its timers      */
    struct timer *root;    /* due first; NULL: none armed                */
    struct timer *running; /* its fn runs now, on this CPU; not guarded  */
};

static DEFINE_PER_CPU(struct timer_cpu, timer_cpu);

/* ---- the heap ---- */

/* Make the later one of two heaps the first child of the other. */
static struct timer *heap_meld(struct timer *a, struct timer *b)
{
    struct timer *t;

    if (b->deadline < a->deadline) {
        t = a;
        a = b;
        b = t;
    }
    b->next = a->child;
    b->prev = a;
    if (a->child)
        a->child->prev = b;
    a->child = b;
    a->next = NULL;
    a->prev = NULL;
    return a;
}

/* Make one heap of a list of siblings: pair from the left, meld back. */
static struct timer *heap_pair(struct timer *first)
{
    struct timer *done = NULL, *root = NULL;

    while (first) {
        struct timer *a = first, *b = a->next;

        first = b ? b->next : NULL;
        if (b)
            a = heap_meld(a, b);
        a->next = done; /* a list by .next, last pair first */
        done = a;
    }
    while (done) {
        struct timer *t = done;

        done = t->next;
        t->next = NULL;
        t->prev = NULL;
        root = root ? heap_meld(root, t) : t;
    }
    return root;
}

static void heap_insert(struct timer_cpu *c, struct timer *t)
{
    t->child = NULL;
    t->next = NULL;
    t->prev = NULL;
    c->root = c->root ? heap_meld(c->root, t) : t;
    t->armed = true;
}

static void heap_remove(struct timer_cpu *c, struct timer *t)
{
    struct timer *rest = heap_pair(t->child);

    if (t == c->root) {
        c->root = rest;
    } else {
        if (t->prev->child == t)
            t->prev->child = t->next;
        else
            t->prev->next = t->next;
        if (t->next)
            t->next->prev = t->prev;
        if (rest)
            c->root = heap_meld(c->root, rest);
    }
    t->armed = false;
}

/* ---- the comparator ---- */

/* Have this CPU woken for its root; lock held. */
static void comparator_update(const struct timer_cpu *c)
{
    if (!c->root)
        time_comparator_off();
    else if (c->root->deadline <= time_ticks())
        softirq_raise(SOFTIRQ_TIMER);
    else
        time_comparator_set(c->root->deadline);
}

/*
 * A timer left the heap of @cpu, whose root was @before; lock held. Another
 * CPU is left alone: its comparator is early once.
 */
static void root_left(unsigned int cpu, const struct timer_cpu *c,
                      const struct timer *before)
{
    if (c->root != before && cpu == smp_cpu_id())
        comparator_update(c);
}

/* ---- the interface ---- */

/* The timer's CPU, locked; it may move while we wait for the lock. */
static struct timer_cpu *timer_lock(const struct timer *t)
{
    for (;;) {
        unsigned int cpu = READ_ONCE(t->cpu);
        struct timer_cpu *c = &per_cpu(timer_cpu, cpu);

        lock_take(&c->lock);
        if (likely(READ_ONCE(t->cpu) == cpu))
            return c;
        lock_drop(&c->lock);
    }
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    t->deadline = 0;
    t->fn = fn;
    t->arg = arg;
    t->child = NULL;
    t->next = NULL;
    t->prev = NULL;
    t->cpu = (uint16_t)cpu;
    t->armed = false;
}

void timer_set(struct timer *t, uint64_t deadline)
{
    struct timer_cpu *c = timer_lock(t);
    const struct timer *before = c->root;
    uint64_t before_due = before ? before->deadline : 0;

    if (t->armed)
        heap_remove(c, t);
    t->deadline = deadline;
    heap_insert(c, t);
    if (c->root != before || c->root->deadline != before_due) {
        if (t->cpu == smp_cpu_id())
            comparator_update(c);
        else if (c->root == t)
            softirq_raise_on(t->cpu, SOFTIRQ_TIMER);
    }
    lock_drop(&c->lock);
}

/* Wait until no other CPU runs @t's function; it may have moved since. */
static void wait_not_running(const struct timer *t)
{
    uint32_t others = cpu_online_mask & ~(1u << smp_cpu_id());

    for (unsigned int cpu = 0; others >> cpu; cpu++) {
        if (!(others >> cpu & 1))
            continue;
        while (READ_ONCE(per_cpu(timer_cpu, cpu).running) == t) {
            smp_poll();
            cpu_relax();
        }
    }
    smp_mb();
}

void timer_stop(struct timer *t)
{
    struct timer_cpu *c = timer_lock(t);
    const struct timer *before = c->root;

    if (t->armed) {
        heap_remove(c, t);
        root_left(t->cpu, c, before);
    }
    lock_drop(&c->lock);
    wait_not_running(t);
}

void timer_kill(struct timer *t)
{
    /* Never set up: all zero, so there is nothing to wait for either. */
    if (t->fn)
        timer_stop(t);
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
    struct timer_cpu *c = timer_lock(t);
    const struct timer *before = c->root;
    unsigned int old = t->cpu;
    bool armed = t->armed;

    if (old == cpu) {
        lock_drop(&c->lock);
        return;
    }
    if (armed) {
        heap_remove(c, t);
        root_left(old, c, before);
    }
    WRITE_ONCE(t->cpu, (uint16_t)cpu);
    lock_drop(&c->lock);
    if (armed)
        timer_set(t, t->deadline);
}

/* ---- expiry ---- */

/* Timers run in one go; what is due beyond that gives way to the rest. */
#define RUN_MAX 16u

static void timer_softirq(void)
{
    struct timer_cpu *c = &this_cpu(timer_cpu);
    uint64_t now = time_ticks();
    uint32_t left = RUN_MAX;
    struct timer *t;

    lock_take(&c->lock);
    while ((t = c->root) != NULL && t->deadline <= now && left-- > 0) {
        void (*fn)(void *arg) = t->fn;
        void *arg = t->arg;

        heap_remove(c, t);
        WRITE_ONCE(c->running, t);
        lock_drop(&c->lock);
        fn(arg); /* @t may be gone, or armed again, after it */
        lock_take(&c->lock);
        smp_mb();
        WRITE_ONCE(c->running, NULL);
    }
    comparator_update(c);
    lock_drop(&c->lock);
}

/* The comparator's level stays until it is moved: off until the softirq. */
static void timer_irq(void *arg)
{
    (void)arg;
    time_comparator_off();
    softirq_raise(SOFTIRQ_TIMER);
}

void timer_cpu_init(void)
{
    unsigned int irq = board.timer.irq_hyp;

    lock_init(&this_cpu(timer_cpu).lock, RANK_LEAF);
    if (!irq_owner_name(irq)) {
        softirq_open(SOFTIRQ_TIMER, timer_softirq);
        BUG_ON(irq_request(irq, IRQ_XEN, IRQ_LEVEL, timer_irq, NULL, "timer") !=
               0);
    }
    time_comparator_off();
    irq_enable(irq);
}
