/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers: a clock that the test moves, comparators and softirqs as words
 * per CPU, other CPUs played by host_cpu.
 *
 * Sources: xen/common/core/timer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <xen/board.h>
#include <xen/irq.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/timer.h>

#include <asm/barrier.h>

#define CPUS 3u
#define OFF  UINT64_MAX

struct board board = { .timer = { .irq_hyp = 26 } };
uint32_t cpu_online_mask = (1u << CPUS) - 1;

static uint64_t now;
static uint64_t comparator[CPUS];
static uint32_t raised[CPUS], kicked[CPUS];
static void (*softirq)(void);
static void (*irq_fn)(void *arg);
static uint32_t irqs_enabled;

uint64_t time_ticks(void)
{
    return now;
}

void time_comparator_set(uint64_t deadline_ticks)
{
    comparator[host_cpu] = deadline_ticks;
}

void time_comparator_off(void)
{
    comparator[host_cpu] = OFF;
}

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    assert_int_equal(nr, SOFTIRQ_TIMER);
    softirq = fn;
}

void softirq_raise(enum softirq_nr nr)
{
    assert_int_equal(nr, SOFTIRQ_TIMER);
    raised[host_cpu] = 1;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    assert_int_not_equal(cpu, host_cpu);
    assert_int_equal(nr, SOFTIRQ_TIMER);
    raised[cpu] = 1;
    kicked[cpu]++;
}

const char *irq_owner_name(unsigned int irq)
{
    assert_int_equal(irq, 26);
    return irq_fn ? "timer" : NULL;
}

int irq_request(unsigned int irq, enum irq_kind kind, enum irq_trigger trigger,
                void (*fn)(void *arg), void *arg, const char *name)
{
    assert_int_equal(irq, 26);
    assert_int_equal(kind, IRQ_XEN);
    assert_int_equal(trigger, IRQ_LEVEL);
    assert_null(arg);
    assert_non_null(name);
    irq_fn = fn;
    return 0;
}

void irq_enable(unsigned int irq)
{
    assert_int_equal(irq, 26);
    irqs_enabled |= 1u << host_cpu;
}

void smp_poll(void)
{
}

static int setup(void **state)
{
    (void)state;
    for (host_cpu = 0; host_cpu < CPUS; host_cpu++)
        timer_cpu_init();
    host_cpu = 0;
    assert_int_equal(irqs_enabled, (1u << CPUS) - 1);
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    host_cpu = 0;
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        raised[cpu] = 0;
        kicked[cpu] = 0;
        assert_int_equal(comparator[cpu], OFF);
    }
    return 0;
}

/* Let this CPU do what its comparator and its softirq word ask for. */
static void serve(void)
{
    while (raised[host_cpu] || comparator[host_cpu] <= now) {
        if (comparator[host_cpu] <= now) {
            irq_fn(NULL);
            /* The level is gone, or the interrupt would come for ever. */
            assert_int_equal(comparator[host_cpu], OFF);
        }
        raised[host_cpu] = 0;
        softirq();
    }
}

#define LOG 64u
static unsigned int ran[LOG], ran_cpu[LOG], ran_nr;

static void note(void *arg)
{
    assert_true(ran_nr < LOG);
    ran[ran_nr] = (unsigned int)(uintptr_t)arg;
    ran_cpu[ran_nr++] = host_cpu;
}

#define TIMERS 6u
static struct timer t[TIMERS];

static void timers(unsigned int cpu)
{
    for (unsigned int i = 0; i < TIMERS; i++)
        timer_init(&t[i], note, (void *)(uintptr_t)i, cpu);
    ran_nr = 0;
    now = 1000;
}

static void check_ran(const char *digits)
{
    unsigned int n = 0;

    while (digits[n]) {
        assert_true(n < ran_nr);
        assert_int_equal(ran[n], digits[n] - '0');
        n++;
    }
    assert_int_equal(ran_nr, n);
    ran_nr = 0;
}

/* ---- stories ---- */

static void in_order_of_deadlines(void **state)
{
    static const uint64_t at[TIMERS] = { 50, 20, 40, 10, 30, 60 };

    (void)state;
    timers(0);
    for (unsigned int i = 0; i < TIMERS; i++)
        timer_set(&t[i], now + at[i]);
    assert_int_equal(comparator[0], 1010);
    now += 9;
    serve();
    check_ran("");
    now += 21;
    serve();
    check_ran("314");
    assert_int_equal(comparator[0], 1040);
    assert_false(timer_armed(&t[3]));
    assert_true(timer_armed(&t[2]));
    now += 100;
    serve();
    check_ran("205");
    assert_int_equal(comparator[0], OFF);
}

static void the_past_fires_at_once(void **state)
{
    (void)state;
    timers(0);
    timer_set(&t[0], 5);
    assert_int_equal(raised[0], 1);
    serve();
    check_ran("0");
}

static void rearmed_and_stopped(void **state)
{
    (void)state;
    timers(0);
    timer_set(&t[0], now + 10);
    timer_set(&t[1], now + 20);
    timer_set(&t[0], now + 30); /* later than it was */
    assert_int_equal(comparator[0], now + 20);
    timer_set(&t[1], now + 40);
    assert_int_equal(comparator[0], now + 30);
    timer_stop(&t[0]);
    assert_int_equal(comparator[0], now + 40);
    timer_stop(&t[0]);
    timer_kill(&t[1]);
    timer_kill(&t[1]);
    assert_int_equal(comparator[0], OFF);
    now += 100;
    serve();
    check_ran("");
}

static void never_initialised(void **state)
{
    struct timer zero = { 0 };

    (void)state;
    timer_kill(&zero);
    assert_false(timer_armed(&zero));
}

static void periodic(void *arg)
{
    note(arg);
    timer_set(&t[0], t[0].deadline + 10);
}

static void armed_by_its_own_function(void **state)
{
    (void)state;
    timers(0);
    timer_init(&t[0], periodic, NULL, 0);
    timer_set(&t[0], now + 10);
    now += 35;
    serve();
    check_ran("000");
    assert_int_equal(comparator[0], 1040);
    timer_stop(&t[0]);
}

static void hog(void *arg)
{
    (void)arg;
    ran_nr++;
    timer_set(&t[0], 0);
}

/* A timer that is always due leaves room for other softirqs. */
static void bounded_work(void **state)
{
    (void)state;
    timers(0);
    timer_init(&t[0], hog, NULL, 0);
    timer_set(&t[0], 0);
    raised[0] = 0;
    softirq();
    assert_int_equal(ran_nr, 16);
    assert_int_equal(raised[0], 1);
    timer_stop(&t[0]);
}

/* ---- other CPUs ---- */

static void set_for_another_cpu(void **state)
{
    (void)state;
    timers(1);
    timer_set(&t[0], now + 50);
    assert_int_equal(kicked[1], 1);
    assert_int_equal(comparator[0], OFF);
    host_cpu = 1;
    serve();
    assert_int_equal(comparator[1], now + 50);
    host_cpu = 0;
    timer_set(&t[1], now + 60); /* not the first: no need to disturb */
    assert_int_equal(kicked[1], 1);
    timer_set(&t[2], now + 40);
    assert_int_equal(kicked[1], 2);
    host_cpu = 1;
    now += 60;
    serve();
    check_ran("201");
    assert_int_equal(ran_cpu[0], 1);
}

static void moved_to_another_cpu(void **state)
{
    (void)state;
    timers(0);
    timer_set(&t[0], now + 10);
    timer_set(&t[1], now + 20);
    timer_migrate(&t[0], 2);
    timer_migrate(&t[5], 2); /* not armed: just the CPU changes */
    assert_int_equal(comparator[0], now + 20);
    assert_int_equal(kicked[2], 1);
    now += 20;
    serve();
    check_ran("1");
    host_cpu = 2;
    serve();
    check_ran("0");
    assert_int_equal(ran_cpu[0], 2);
    timer_set(&t[5], now);
    serve();
    check_ran("5");
}

static void stop_itself(void *arg)
{
    note(arg);
    timer_stop(&t[0]); /* would wait for ever, if it waited */
    timer_kill(&t[0]);
}

static void stopped_by_its_own_function(void **state)
{
    (void)state;
    timers(0);
    timer_init(&t[0], stop_itself, NULL, 0);
    timer_set(&t[0], now);
    serve();
    check_ran("0");
}

static unsigned int waits;
static jmp_buf waited;

static void count_waits(void)
{
    if (++waits == 3)
        longjmp(waited, 1);
}

static void stop_from_cpu_0(void *arg)
{
    (void)arg;
    host_cpu = 0;
    host_wait_hook = count_waits;
    timer_stop(&t[0]);
}

/* The last test: CPU 1 never comes out of its function. */
static void stop_waits_for_a_running_function(void **state)
{
    (void)state;
    timers(1);
    timer_init(&t[0], stop_from_cpu_0, NULL, 1);
    host_cpu = 1;
    timer_set(&t[0], now);
    if (setjmp(waited) == 0)
        serve();
    assert_int_equal(waits, 3);
}

/* ---- property: like a sorted list, whatever happened before ---- */

#define MANY 200u

static struct timer many[MANY];
static uint64_t last_due;
static bool may_run[MANY];

static void in_order(void *arg)
{
    unsigned int i = (unsigned int)(uintptr_t)arg;

    assert_true(may_run[i]);
    assert_true(many[i].deadline <= now);
    assert_true(many[i].deadline >= last_due);
    last_due = many[i].deadline;
    may_run[i] = false;
}

static void random_timers(void **state)
{
    (void)state;
    srand(5);
    now = 1000;
    for (unsigned int i = 0; i < MANY; i++)
        timer_init(&many[i], in_order, (void *)(uintptr_t)i, 0);
    for (unsigned int step = 0; step < 50000; step++) {
        unsigned int i = (unsigned int)rand() % MANY;
        uint64_t first = OFF;

        if (rand() % 4) {
            timer_set(&many[i], now + 1 + (uint64_t)rand() % 1000);
            may_run[i] = true;
        } else {
            timer_stop(&many[i]);
            may_run[i] = false;
        }
        if (rand() % 3 == 0) {
            now += (uint64_t)rand() % 40;
            last_due = 0;
            serve();
        }
        for (unsigned int k = 0; k < MANY; k++) {
            assert_int_equal(timer_armed(&many[k]), may_run[k]);
            if (may_run[k] && many[k].deadline < first)
                first = many[k].deadline;
        }
        if (first > now)
            assert_int_equal(comparator[0], first);
    }
    for (unsigned int i = 0; i < MANY; i++)
        timer_kill(&many[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(in_order_of_deadlines, fresh),
        cmocka_unit_test_setup(the_past_fires_at_once, fresh),
        cmocka_unit_test_setup(rearmed_and_stopped, fresh),
        cmocka_unit_test_setup(never_initialised, fresh),
        cmocka_unit_test_setup(armed_by_its_own_function, fresh),
        cmocka_unit_test_setup(bounded_work, fresh),
        cmocka_unit_test_setup(set_for_another_cpu, fresh),
        cmocka_unit_test_setup(moved_to_another_cpu, fresh),
        cmocka_unit_test_setup(stopped_by_its_own_function, fresh),
        cmocka_unit_test_setup(random_timers, fresh),
        cmocka_unit_test_setup(stop_waits_for_a_running_function, fresh),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
