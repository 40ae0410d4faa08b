/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical interrupts: one descriptor per line and the acknowledge loop.
 *
 * Source: ARM IHI 0048B 3.2 (acknowledge, priority drop, deactivation);
 *         ARM DDI 0406C.c B4.1.83 (ISR).
 * Layer:  4 (core).
 */
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <asm/barrier.h>

#include <xen/bits.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/irq.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/trace.h>

#include <public/errno.h>

#define IAR_ID  FIELD(9, 0)
#define ISR_IRQ BIT(7)

struct irq_desc {
    void (*fn)(void *arg); /* NULL: nobody; written last, cleared first */
    void *arg;
    const char *name; /* NULL: the line is free */
    uint8_t kind;     /* enum irq_kind */
};

/* Guards changes of descriptors, and of shared distributor registers. */
static struct spinlock irq_lock = SPINLOCK_INIT(RANK_IRQ);
static struct irq_desc *descs; /* one per line; constant after boot */
static unsigned int lines;
/* Lines below it are handled and nothing else: all, or while interrupts are
 * traced, none. */
static unsigned int lines_plain;

DEFINE_PER_CPU(uint8_t, gic_mask);

int irq_init(void)
{
    unsigned int nr = gic_lines();

    if (nr > IRQ_MAX)
        nr = IRQ_MAX;
    descs = heap_array(&heap_xen, nr, sizeof(*descs));
    if (!descs)
        return -ENOMEM;
    lines = nr;
    lines_plain = nr;
    return 0;
}

void irq_cpu_init(void)
{
    this_cpu(gic_mask) = gic_cpu_mask();
    for (unsigned int irq = 0; irq < IRQ_SGI_NR; irq++)
        if (descs[irq].fn)
            irq_enable(irq);
}

static uint8_t priority_of(const struct irq_desc *d)
{
    return d->kind == IRQ_GUEST ? GIC_PRIO_GUEST : GIC_PRIO_XEN;
}

int irq_request(unsigned int irq, enum irq_kind kind, enum irq_trigger trigger,
                void (*fn)(void *arg), void *arg, const char *name)
{
    struct irq_desc *d;

    if (irq >= lines)
        return -EINVAL;
    d = &descs[irq];

    lock_take(&irq_lock);
    /* Also while it is being released: its handler may be running yet. */
    if (d->name) {
        lock_drop(&irq_lock);
        return -EBUSY;
    }
    d->arg = arg;
    d->name = name;
    d->kind = (uint8_t)kind;
    if (irq >= IRQ_SGI_NR)
        gic_set_trigger(irq, trigger == IRQ_EDGE);
    gic_set_priority(irq, priority_of(d));
    smp_wmb();
    WRITE_ONCE(d->fn, fn);
    lock_drop(&irq_lock);
    return 0;
}

/* Runs on each CPU in smp_call: a handler that was running there is done. */
static void irq_quiesce(void *arg)
{
    (void)arg;
}

void irq_release(unsigned int irq)
{
    if (irq >= lines || !descs[irq].fn)
        return;

    lock_take(&irq_lock);
    gic_disable(irq);
    WRITE_ONCE(descs[irq].fn, NULL);
    lock_drop(&irq_lock);

    /* Handlers run with interrupts masked: who answers is not in one. */
    smp_call(cpu_online_mask, irq_quiesce, NULL);

    lock_take(&irq_lock);
    gic_clear_pending(irq);
    gic_clear_active(irq);
    descs[irq].name = NULL;
    lock_drop(&irq_lock);
}

const char *irq_owner_name(unsigned int irq)
{
    return irq < lines && READ_ONCE(descs[irq].fn) ? descs[irq].name : NULL;
}

void irq_enable(unsigned int irq)
{
    if (irq >= lines)
        return;
    /* Banked priorities: this CPU's may not be set yet. */
    if (irq < IRQ_LOCAL_NR)
        gic_set_priority(irq, priority_of(&descs[irq]));
    gic_enable(irq);
}

void irq_disable(unsigned int irq)
{
    if (irq < lines)
        gic_disable(irq);
}

int irq_trigger_set(unsigned int irq, enum irq_trigger trigger)
{
    if (irq < IRQ_SGI_NR || irq >= lines)
        return -EINVAL;

    lock_take(&irq_lock);
    gic_set_trigger(irq, trigger == IRQ_EDGE);
    lock_drop(&irq_lock);
    return 0;
}

void irq_route(unsigned int irq, unsigned int cpu)
{
    if (irq >= IRQ_LOCAL_NR && irq < lines)
        gic_set_target(irq, irq_gic_mask(cpu));
}

/* Nobody asked for it: once is enough. */
static void never_inline irq_unexpected(uint32_t iar, unsigned int irq)
{
    gic_disable(irq);
    gic_deactivate(iar);
    printk(LOG_WARN, "irq: %u came on CPU%u without a handler: disabled\n", irq,
           smp_cpu_id());
}

static inline void handle_one(uint32_t iar, unsigned int irq)
{
    const struct irq_desc *d = &descs[irq];
    void (*fn)(void *arg) = READ_ONCE(d->fn);

    gic_drop(iar);
    if (unlikely(!fn)) {
        irq_unexpected(iar, irq);
        return;
    }
    fn(d->arg);
    if (d->kind == IRQ_XEN)
        gic_deactivate(iar);
}

static void never_inline handle_traced(uint32_t iar, unsigned int irq)
{
    uint32_t extra[] = { irq, (uint32_t)time_ticks(), 0 };

    handle_one(iar, irq);
    extra[2] = (uint32_t)time_ticks();
    trace_record(TRC_HW_IRQ_HANDLED, extra, ARRAY_SIZE(extra));
}

void irq_trace(bool on)
{
    WRITE_ONCE(lines_plain, on ? 0 : lines);
}

void irq_handle(void)
{
    /*
     * One acknowledge per interrupt: whether there is another one is asked
     * of ISR, a CP15 register, not of the GIC, which is an uncached access.
     * ISR may be a moment late; then that one traps again.
     */
    do {
        uint32_t iar = gic_ack();
        unsigned int irq = field_get(iar, IAR_ID);

        if (likely(irq < READ_ONCE(lines_plain)))
            handle_one(iar, irq);
        else if (irq < lines)
            handle_traced(iar, irq);
        else
            return;
    } while (unlikely(sysreg_read(ISR) & ISR_IRQ));
}

void irq_window(void)
{
    if (unlikely(sysreg_read(ISR) & ISR_IRQ))
        irq_handle();
}
