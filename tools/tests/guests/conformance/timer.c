/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic timers of PL1: virtual (CNTV) and physical (CNTP).
 *
 * Source: DDI 0406C.c B8.1.5 (timers), B8.1.8 (CNTx_CTL, TVAL).
 * Layer:  test guest.
 */
#include "conformance.h"

#define ENABLE  1u
#define IMASK   2u
#define ISTATUS 4u

/* Microseconds: to a deadline, and until it must have been noticed. A busy
 * host holds all of the machine up for some tens of milliseconds. */
#define SOON 100000u
#define WAIT 1000000u

struct timer {
    const char *name;
    uint32_t irq;
    uint32_t (*ctl)(void);
    void (*ctl_set)(uint32_t val);
    uint32_t (*tval)(void);
    void (*tval_set)(uint32_t val);
    uint64_t (*cval)(void);
    void (*cval_set)(uint64_t val);
    uint64_t (*count)(void);
};

/* clang-format off */
#define TIMER_REGS(name_, crm_, op2_ctl_, op2_tval_, op1_cval_, op1_count_)    \
    static uint32_t name_##_ctl(void)                                          \
        { isb(); return CP15_READ(0, c14, crm_, op2_ctl_); }                   \
    static void name_##_ctl_set(uint32_t val)                                  \
        { CP15_WRITE(val, 0, c14, crm_, op2_ctl_); isb(); }                    \
    static uint32_t name_##_tval(void)                                         \
        { isb(); return CP15_READ(0, c14, crm_, op2_tval_); }                  \
    static void name_##_tval_set(uint32_t val)                                 \
        { CP15_WRITE(val, 0, c14, crm_, op2_tval_); isb(); }                   \
    static uint64_t name_##_cval(void)                                         \
        { isb(); return CP15_READ64(op1_cval_, c14); }                         \
    static void name_##_cval_set(uint64_t val)                                 \
        { CP15_WRITE64(val, op1_cval_, c14); isb(); }                          \
    static uint64_t name_##_count(void)                                        \
        { isb(); return CP15_READ64(op1_count_, c14); }
TIMER_REGS(virt, c3, 1, 0, 3, 1)
TIMER_REGS(phys, c2, 1, 0, 2, 0)
#define TIMER(name_)                                                           \
    { #name_, 0, name_##_ctl, name_##_ctl_set, name_##_tval, name_##_tval_set, \
      name_##_cval, name_##_cval_set, name_##_count }
/* clang-format on */

static void registers(const struct timer *t)
{
    uint64_t a, b;
    int32_t tval;

    t->ctl_set(0);
    print("= timer.%s.off: %u\n", t->name, t->ctl());
    t->cval_set(0x123456789abcdef0ull);
    print("= timer.%s.cval: %016llx\n", t->name, (unsigned long long)t->cval());
    t->ctl_set(ENABLE | IMASK | ISTATUS | 0xfffffff0);
    print("= timer.%s.future: %u\n", t->name, t->ctl());
    t->cval_set(0);
    print("= timer.%s.past: %u\n", t->name, t->ctl());
    t->ctl_set(IMASK);
    print("= timer.%s.past-off: %u\n", t->name, t->ctl() & ~ISTATUS);

    /* TVAL is CVAL less the count, and runs below 0. */
    t->tval_set(0x7fffffff);
    a = t->count();
    b = t->cval();
    print("= timer.%s.tval-sets-cval: %u\n", t->name,
          b - a <= 0x7fffffff && b - a > 0x7f000000);
    t->tval_set((uint32_t)-1000);
    tval = (int32_t)t->tval();
    print("= timer.%s.tval-negative: %u\n", t->name,
          tval <= -1000 && tval > -62500000);
    a = t->count();
    b = t->count();
    print("= timer.%s.forward: %u\n", t->name, b >= a && b - a < 62500000);
}

static void interrupts(const struct timer *t)
{
    uint64_t start, due;
    uint32_t irq;

    irq_idle(t->irq);
    t->ctl_set(0);
    irq_bit_set(GICD_ISENABLER, t->irq);

    start = t->count();
    due = start + us_to_ticks(SOON);
    t->cval_set(due);
    t->ctl_set(ENABLE);
    print("= timer.%s.early: %u\n", t->name, cpuif_get(GICC_HPPIR) & 0x3ff);
    irq = highest_within(WAIT);
    print("= timer.%s.fires: %u not-before %u status %u\n", t->name,
          irq == t->irq, t->count() >= due, t->ctl());
    print("= timer.%s.pending: %u active %u\n", t->name,
          irq_bit(GICD_ISPENDR, t->irq), irq_bit(GICD_ISACTIVER, t->irq));
    irq = ack();
    print("= timer.%s.ack: %u active %u\n", t->name, irq == t->irq,
          irq_bit(GICD_ISACTIVER, t->irq));

    /* The condition still holds at EOI: it fires again. */
    eoi(irq);
    distributor_nudge();
    print("= timer.%s.level: %u\n", t->name, highest_within(WAIT) == t->irq);
    irq = ack();
    t->ctl_set(ENABLE | IMASK);
    print("= timer.%s.masked: %u\n", t->name, t->ctl());
    eoi(irq);
    print("= timer.%s.quiet: %u\n", t->name, highest_within(1000));

    /* A new deadline in the handler, as an OS sets it. */
    t->ctl_set(ENABLE);
    irq = highest_within(WAIT) == t->irq ? ack() : 0;
    t->cval_set(t->count() + us_to_ticks(SOON));
    print("= timer.%s.moved: %u\n", t->name, t->ctl());
    eoi(irq);
    print("= timer.%s.next: %u\n", t->name, highest_within(WAIT) == t->irq);
    irq = ack();
    t->ctl_set(0);
    eoi(irq);
    print("= timer.%s.stopped: %u\n", t->name, highest_within(1000));
    irq_idle(t->irq);
}

static volatile uint32_t taken;
static const struct timer *handled;

static void on_timer(uint32_t irq)
{
    (void)irq;
    handled->ctl_set(0);
    taken++;
}

/* WFI ends with the interrupt, taken or masked in the CPSR. */
static void waiting(const struct timer *t)
{
    uint64_t start;
    uint32_t irq;

    handled = t;
    taken = 0;
    irq_idle(t->irq);
    irq_handle(t->irq, on_timer);
    irq_bit_set(GICD_ISENABLER, t->irq);
    start = t->count();
    t->cval_set(start + us_to_ticks(3000));
    t->ctl_set(ENABLE);
    irq_unmask();
    while (!taken)
        wfi();
    irq_mask();
    print("= timer.%s.wfi: %u not-before %u\n", t->name, taken,
          t->count() - start >= us_to_ticks(3000));

    start = t->count();
    t->cval_set(start + us_to_ticks(3000));
    t->ctl_set(ENABLE);
    while ((cpuif_get(GICC_HPPIR) & 0x3ff) != t->irq)
        wfi();
    irq = ack();
    t->ctl_set(0);
    eoi(irq);
    print("= timer.%s.wfi-masked: %u not-before %u\n", t->name, irq == t->irq,
          t->count() - start >= us_to_ticks(3000));

    /* Stopped after it fired, before it is acknowledged. */
    t->cval_set(t->count());
    t->ctl_set(ENABLE);
    highest_within(WAIT);
    t->ctl_set(0);
    delay_us(1000);
    irq = ack();
    print("= timer.%s.withdrawn: %u\n", t->name, irq == t->irq);
    if (irq < 1020)
        eoi(irq);
    irq_idle(t->irq);
}

/* A tick lost is a tick late: 200 periods take 200 periods. */
static void periodic(const struct timer *t)
{
    uint64_t start = t->count(), period = us_to_ticks(500), spent;

    irq_idle(t->irq);
    irq_bit_set(GICD_ISENABLER, t->irq);
    t->cval_set(start + period);
    t->ctl_set(ENABLE);
    for (unsigned int i = 2; i <= 200; i++) {
        uint32_t irq = highest_within(WAIT);

        if (irq != t->irq)
            break;
        ack();
        t->cval_set(start + i * period);
        eoi(irq);
    }
    highest_within(WAIT);
    spent = t->count() - start;
    print("= timer.%s.periodic: %u\n", t->name, spent >= 200 * period);
    t->ctl_set(0);
    if (ack() < 1020)
        eoi(t->irq);
    irq_idle(t->irq);
}

void conform_timer(void)
{
    struct timer timers[] = { TIMER(virt), TIMER(phys) };

    timers[0].irq = machine.vtimer_irq;
    timers[1].irq = machine.ptimer_irq;
    FACT("timer.frequency", "%u", timer_frequency());
    FACT("timer.irqs", "%u %u", timers[0].irq, timers[1].irq);
    for (size_t i = 0; i < ARRAY_SIZE(timers); i++) {
        registers(&timers[i]);
        interrupts(&timers[i]);
        waiting(&timers[i]);
        periodic(&timers[i]);
    }
}
