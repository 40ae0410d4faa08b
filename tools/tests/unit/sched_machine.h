/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated machine for the scheduler: up to four pCPUs as coroutines, a
 * clock of 1 us per tick that only jumps from event to event, vCPUs that are
 * busy or run and sleep in turn. The sources are the hypervisor's, from the
 * wake list to the credit policy; what they call below is here.
 *
 * Included by unit/sched.c, unit/sched_pool.c and unit/credit.c, once each.
 */
#ifndef UNIT_SCHED_MACHINE_H
#define UNIT_SCHED_MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#include <cmocka.h>

#include <asm/barrier.h>
#include <xen/bits.h>
#include <xen/context.h>
#include <xen/irq.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

#include <public/errno.h>
#include <public/vcpu.h>

#define CPUS       4u
#define STACK_SIZE (256u * 1024u)
#define TIMERS     64u
#define VCPUS      24u
#define NEVER      UINT64_MAX
#define MS         1000u /* ticks */

/* ---- the machine ---- */

DEFINE_PER_CPU(uint32_t, softirq_pending);
DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);
uint32_t cpu_online_mask;
uint64_t time_base_ticks;
bool opt_scrub_idle, opt_dom0_vcpus_pin;
struct heap_account heap_xen;

static uint64_t now;
static void (*sched_handler)(void);
static struct timer *timers[TIMERS];
static ucontext_t machine, cpu_context[CPUS];
static void *cpu_stack[CPUS];
static unsigned int kicks[CPUS];

/* What the guest of a vCPU does: run .busy us, then sleep .sleep us. */
static struct guest {
    struct vcpu vcpu;
    struct domain *d;
    uint64_t busy, sleep;
    uint64_t left;    /* until it sleeps                              */
    uint64_t wake_at; /* while it sleeps                              */
    uint64_t ran;
    uint64_t since;         /* when it was put on its pCPU                  */
    uint64_t last_on;       /* when it ran last                             */
    uint64_t worst_gap;     /* longest time it was runnable and did not run */
    uint64_t worst_latency; /* from wake to run                         */
    uint64_t woken_at;
    uint32_t cpus; /* pCPUs on which it ran                        */
} guests[VCPUS];
static unsigned int nr_guests;
static struct domain doms[VCPUS];
static unsigned int nr_doms;
static unsigned int loads;
/* Who is on each pCPU, as the machine sees it. */
static struct guest *on_cpu[CPUS];

static struct guest *guest_of(struct vcpu *v)
{
    return container_of(v, struct guest, vcpu);
}

uint64_t time_ticks(void)
{
    return now;
}

uint64_t time_now_ns(void)
{
    return now * 1000;
}

uint64_t ticks_to_ns(uint64_t ticks)
{
    return ticks * 1000;
}

uint64_t ns_to_ticks(uint64_t ns)
{
    return ns / 1000;
}

void *heap_alloc(struct heap_account *account, size_t size)
{
    (void)account;
    return calloc(1, size);
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    free(p);
}

int domain_add_vcpu(struct domain *d, struct vcpu *v)
{
    d->vcpu[v->id] = v;
    return 0;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    size_t i = 0;

    memset(t, 0, sizeof(*t));
    t->fn = fn;
    t->arg = arg;
    t->cpu = (uint16_t)cpu;
    while (timers[i])
        i++;
    assert_true(i < TIMERS);
    timers[i] = t;
}

void timer_set(struct timer *t, uint64_t deadline)
{
    t->deadline = deadline;
    t->armed = true;
}

void timer_stop(struct timer *t)
{
    t->armed = false;
}

void timer_kill(struct timer *t)
{
    t->armed = false;
}

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    if (nr == SOFTIRQ_SCHED)
        sched_handler = fn;
}

void softirq_raise(enum softirq_nr nr)
{
    this_cpu(softirq_pending) |= BIT(nr);
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    assert_true(cpu_online_mask & BIT(cpu));
    if (cpu != host_cpu)
        kicks[cpu]++;
    per_cpu(softirq_pending, cpu) |= BIT(nr);
}

void softirq_run(void)
{
    uint32_t pending = this_cpu(softirq_pending);

    this_cpu(softirq_pending) = 0;
    if (pending & BIT(SOFTIRQ_SCHED))
        sched_handler();
}

/* Set: whoever asks is told so. */
static bool hurry;

bool preempt_wanted(void)
{
    return hurry;
}

void smp_poll(void)
{
}

void irq_handle(void)
{
}

void irq_window(void)
{
}

uint32_t page_dirty_nr(void)
{
    return 0;
}

uint32_t page_scrub_some(uint32_t max)
{
    (void)max;
    return 0;
}

void vgic_flush(struct vcpu *v)
{
    assert_ptr_equal(v, this_cpu(loaded_vcpu));
}

/* As guest/context.c: what is loaded here is put back first. */
void context_unload(void)
{
    struct vcpu *v = this_cpu(loaded_vcpu);

    if (!v)
        return;
    assert_int_equal(v->loaded_on, (int)host_cpu);
    v->loaded_on = -1;
    this_cpu(loaded_vcpu) = NULL;
}

void context_load(struct vcpu *v)
{
    /* Loaded on one pCPU at a time, or its state is lost. */
    assert_int_equal(v->loaded_on, -1);
    context_unload();
    this_cpu(loaded_vcpu) = v;
    v->loaded_on = (int8_t)host_cpu;
    loads++;
}

/* A pCPU: what leave_to_guest does, then the guest, which is the machine. */
static void cpu_main(void)
{
    sched_start_cpu();
    for (;;) {
        while (this_cpu(softirq_pending))
            softirq_run();
        swapcontext(&cpu_context[host_cpu], &machine);
    }
}

static void cpu_sleeps(void)
{
    swapcontext(&cpu_context[host_cpu], &machine);
}

static struct guest *seen_on(unsigned int cpu)
{
    struct vcpu *v = per_cpu(current_vcpu, cpu);

    return v ? guest_of(v) : NULL;
}

/* @g has come to @cpu: what must hold, and how long it waited. */
static void arrived(struct guest *g, unsigned int cpu)
{
    struct vcpu *v = &g->vcpu;

    assert_true(v->running);
    assert_int_equal(v->loaded_on, (int)cpu);
    assert_true(vcpu_runnable(v));
    assert_true(v->sched.hard_affinity & BIT(cpu));
    assert_true(v->sched.cpus & BIT(cpu));
    for (unsigned int other = 0; other < CPUS; other++)
        assert_true(on_cpu[other] != g);
    g->cpus |= BIT(cpu);
    if (g->woken_at != NEVER) {
        if (now - g->woken_at > g->worst_latency)
            g->worst_latency = now - g->woken_at;
        g->woken_at = NEVER;
    } else if (g->ran && now - g->last_on > g->worst_gap) {
        g->worst_gap = now - g->last_on;
    }
}

static void observe(void)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        if (on_cpu[cpu] && on_cpu[cpu] != seen_on(cpu)) {
            on_cpu[cpu]->last_on = now;
            on_cpu[cpu] = NULL;
        }
    }
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        struct guest *g = seen_on(cpu);

        if (g && !on_cpu[cpu]) {
            arrived(g, cpu);
            on_cpu[cpu] = g;
        }
    }
}

/* Let every pCPU with work do it, until none has any. */
static void settle(void)
{
    unsigned int rounds = 0;
    bool again = true;

    while (again) {
        again = false;
        for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
            if (!(cpu_online_mask & BIT(cpu)) || !per_cpu(softirq_pending, cpu))
                continue;
            host_cpu = cpu;
            swapcontext(&machine, &cpu_context[cpu]);
            again = true;
        }
        assert_true(++rounds < 100);
    }
    observe();
}

static uint64_t next_event(uint64_t end)
{
    uint64_t next = end;

    for (size_t i = 0; i < TIMERS; i++) {
        if (timers[i] && timers[i]->armed && timers[i]->deadline < next)
            next = timers[i]->deadline;
    }
    for (unsigned int i = 0; i < nr_guests; i++) {
        if (guests[i].wake_at < next)
            next = guests[i].wake_at;
    }
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        struct guest *g = on_cpu[cpu];

        if (g && g->left != NEVER && now + g->left < next)
            next = now + g->left;
    }
    return next < now ? now : next;
}

/* Time passes for those who run. */
static void advance(uint64_t to)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        struct guest *g = on_cpu[cpu];

        if (!g)
            continue;
        g->ran += to - now;
        if (g->left != NEVER)
            g->left -= to - now;
    }
    now = to;
}

static void expire(void)
{
    for (size_t i = 0; i < TIMERS; i++) {
        struct timer *t = timers[i];

        if (!t || !t->armed || t->deadline > now)
            continue;
        t->armed = false;
        host_cpu = t->cpu;
        t->fn(t->arg);
    }
}

static void guests_act(void)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        struct guest *g = on_cpu[cpu];

        if (!g || g->left)
            continue;
        host_cpu = cpu;
        g->left = g->busy;
        g->wake_at = now + g->sleep;
        vcpu_block(&g->vcpu);
    }
    for (unsigned int i = 0; i < nr_guests; i++) {
        struct guest *g = &guests[i];

        if (g->wake_at > now)
            continue;
        /* Some pCPU takes its device's interrupt. */
        host_cpu = i % (unsigned int)__builtin_popcount(cpu_online_mask);
        g->wake_at = NEVER;
        g->woken_at = now;
        vcpu_wake(&g->vcpu);
    }
}

static void run_for(uint64_t us)
{
    uint64_t end = now + us;

    settle();
    while (now < end) {
        advance(next_event(end));
        expire();
        guests_act();
        settle();
    }
}

/* ---- set-up ---- */

static void machine_make(unsigned int cpus, const char *name)
{
    now = 1000 * MS;
    memset(guests, 0, sizeof(guests));
    memset(doms, 0, sizeof(doms));
    memset(timers, 0, sizeof(timers));
    memset(on_cpu, 0, sizeof(on_cpu));
    memset(kicks, 0, sizeof(kicks));
    nr_guests = nr_doms = loads = 0;
    hurry = false;
    cpu_online_mask = BIT(cpus) - 1;
    opt_tslice_ms = 30;
    opt_ratelimit_us = 1000;
    host_wait_hook = cpu_sleeps;
    assert_int_equal(sched_init(name), 0);

    for (unsigned int cpu = 0; cpu < cpus; cpu++) {
        host_cpu = cpu;
        this_cpu(softirq_pending) = 0;
        this_cpu(loaded_vcpu) = NULL;
        current = NULL;
        sched_cpu_init();
        getcontext(&cpu_context[cpu]);
        cpu_stack[cpu] = malloc(STACK_SIZE);
        cpu_context[cpu].uc_stack.ss_sp = cpu_stack[cpu];
        cpu_context[cpu].uc_stack.ss_size = STACK_SIZE;
        makecontext(&cpu_context[cpu], cpu_main, 0);
        swapcontext(&machine, &cpu_context[cpu]);
    }
    host_cpu = 0;
}

static void machine_drop(void)
{
    for (unsigned int i = 0; i < nr_guests; i++)
        sched_vcpu_destroy(&guests[i].vcpu);
    /* Put the queues back as a pCPU finds them at boot. */
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        if (!(cpu_online_mask & BIT(cpu)))
            continue;
        for (unsigned int i = 0; i < nr_guests; i++)
            guests[i].vcpu.pause_flags = VP_DOWN;
        host_cpu = cpu;
        softirq_raise(SOFTIRQ_SCHED);
    }
    settle();
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        assert_null(on_cpu[cpu]);
        if (cpu_online_mask & BIT(cpu))
            free(cpu_stack[cpu]);
    }
}

static struct domain *domain_in(uint32_t pool)
{
    struct domain *d = &doms[nr_doms++];

    d->id = (domid_t)nr_doms;
    d->max_vcpus = NR_VCPUS;
    assert_int_equal(sched_domain_create(d, pool), 0);
    return d;
}

static struct domain *domain_make(uint32_t weight, uint32_t cap)
{
    struct domain *d = domain_in(0);

    if (weight || cap)
        assert_int_equal(sched_params_set(d, weight, cap ? cap : 0xffff), 0);
    return d;
}

/* A vCPU of @d; @busy 0: never sleeps. It starts at once. */
static struct guest *guest_make(struct domain *d, uint64_t busy, uint64_t sleep)
{
    struct guest *g = &guests[nr_guests++];
    struct vcpu *v = &g->vcpu;

    g->d = d;
    g->busy = g->left = busy ? busy : NEVER;
    g->sleep = sleep;
    g->wake_at = NEVER;
    g->woken_at = NEVER;
    v->domain = d;
    v->pause_flags = VP_DOWN;
    v->loaded_on = -1;
    v->runstate = RUNSTATE_offline;
    list_init(&v->sched.run_node);
    list_init(&v->sched.pool_node);
    while (d->vcpu[v->id])
        v->id++;
    d->vcpu[v->id] = v;
    assert_int_equal(sched_vcpu_create(v), 0);
    return g;
}

static void guest_start(struct guest *g)
{
    vcpu_flags_clear(&g->vcpu, VP_DOWN);
}

static void start_all(void)
{
    for (unsigned int i = 0; i < nr_guests; i++)
        guest_start(&guests[i]);
}

static void expect_share(const struct guest *g, uint64_t total,
                         unsigned int permille, unsigned int tolerance)
{
    uint64_t got = g->ran * 1000 / total;

    if (got + tolerance < permille || got > permille + tolerance)
        fail_msg("d%uv%u ran %llu permille, not %u +- %u", g->d->id, g->vcpu.id,
                 (unsigned long long)got, permille, tolerance);
}

#endif /* UNIT_SCHED_MACHINE_H */
