/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scheduler gives each vCPU: its share of time and its timer ticks.
 *
 * Every vCPU is busy for the same time. Time in which its counter jumped went
 * to somebody else. A periodic timer with absolute deadlines counts ticks: one
 * that never comes stops the count, so that a lost tick is seen at once. Each
 * vCPU also passes a mark of its own, which tells the TCG plugin on which
 * pCPUs it ran.
 *
 * Boot arguments: seconds=N, cap=PERCENT (asked of the hypervisor for this
 * domain before it starts), period_us=N.
 * Output: "sched: cpu N share PERMILLE ticks N of N loops N"
 *
 * Source: own design; the control call's layout is the Xen 4.17 ABI's.
 * Layer:  test guest, first domain.
 */
#include "hypercall.h"

/* A counter step of more than this is time given to others. */
#define JUMP_US 20

#define DOMCTL_VERSION      0x15
#define DOMCTL_SCHEDULER_OP 16
#define SCHEDULER_CREDIT    5

static struct tally {
    uint64_t away; /* ticks of the counter                              */
    uint64_t loops;
    volatile uint32_t ticks;
    uint32_t expected;
    uint64_t next; /* deadline of the periodic timer                    */
    volatile bool done;
} tallies[GUEST_CPUS];

static uint64_t start, end, period;
static volatile uint32_t arrived;

static void on_tick(uint32_t irq)
{
    struct tally *t = &tallies[cpu_id()];

    (void)irq;
    t->ticks++;
    t->next += period;
    if (t->next < end)
        timer_arm(t->next);
    else
        timer_stop();
}

/* MARK wants a constant. */
static void mark_cpu(unsigned int cpu)
{
    switch (cpu) {
    case 0:
        MARK_START(0);
        break;
    case 1:
        MARK_START(1);
        break;
    case 2:
        MARK_START(2);
        break;
    case 3:
        MARK_START(3);
        break;
    case 4:
        MARK_START(4);
        break;
    case 5:
        MARK_START(5);
        break;
    case 6:
        MARK_START(6);
        break;
    default:
        MARK_START(7);
        break;
    }
}

static void be_busy(void *arg)
{
    unsigned int cpu = cpu_id();
    struct tally *t = &tallies[cpu];
    uint64_t jump = us_to_ticks(JUMP_US);
    uint64_t now, before;

    (void)arg;
    if (cpu != 0)
        gic_cpu_init();
    irq_enable(machine.vtimer_irq);
    __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
    while (arrived < machine.nr_cpus)
        cpu_relax();
    if (cpu == 0) {
        end = timer_now() + bootarg_number("seconds", 2) * timer_frequency();
        dmb();
        start = timer_now();
    }
    while (!READ_ONCE(start))
        cpu_relax();
    t->next = start + period;
    t->expected = (uint32_t)((end - start - 1) / period);
    timer_arm(t->next);
    irq_unmask();
    for (before = start; (now = timer_now()) < end; before = now) {
        mark_cpu(cpu);
        if (now - before > jump)
            t->away += now - before;
        t->loops++;
    }
    if (before < end && end - before > jump)
        t->away += end - before;
    /* What came due while others ran is caught up with now, or is lost. */
    while (t->ticks < t->expected && timer_now() < end + us_to_ticks(500000))
        cpu_relax();
    t->done = true;
}

/* Ask for a cap on this domain; a control call that may not be offered. */
static void set_cap(uint32_t percent)
{
    static union {
        uint64_t align;
        struct {
            uint32_t cmd, version;
            uint16_t domain, pad[3];
            uint32_t scheduler, put;
            uint16_t weight, cap;
        } op;
        uint8_t bytes[144];
    } call;
    int rc;

    call.op.cmd = DOMCTL_SCHEDULER_OP;
    call.op.version = DOMCTL_VERSION;
    call.op.scheduler = SCHEDULER_CREDIT;
    call.op.cap = (uint16_t)percent;
    rc = hypercall(__HYPERVISOR_domctl, (uintptr_t)&call, 0, 0, 0, 0);
    print("sched: cap %u result %d\n", percent, rc);
}

static void report(unsigned int cpu)
{
    const struct tally *t = &tallies[cpu];
    uint64_t total = end - start;

    print("sched: cpu %u share %u ticks %u of %u loops %llu\n", cpu,
          (unsigned int)((total - t->away) * 1000 / total), t->ticks,
          t->expected, (unsigned long long)t->loops);
}

void main(void)
{
    uint32_t cap = bootarg_number("cap", 0);

    gic_init();
    period = us_to_ticks(bootarg_number("period_us", 1000));
    irq_handle(machine.vtimer_irq, on_tick);
    if (cap)
        set_cap(cap);
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++) {
        if (cpu_start(cpu, be_busy, NULL)) {
            print("sched: CPU %u does not start\n", cpu);
            return;
        }
    }
    be_busy(NULL);
    for (unsigned int cpu = 0; cpu < machine.nr_cpus; cpu++) {
        while (!tallies[cpu].done)
            cpu_relax();
        report(cpu);
    }
    MARK_PLAIN(MARK_DONE);
    print("sched: done\n");
}
