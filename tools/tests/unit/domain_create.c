/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a domain without references is freed: not before each pCPU has left
 * what it may have been doing with a vCPU of it. Three pCPUs, of which the
 * test plays one at a time.
 *
 * Sources: xen/common/control/domain_create.c
 * Flags:   -no-pie -Wl,--unresolved-symbols=ignore-all
 *
 * What creates and kills the parts is not linked: a call of it, which would
 * be a mistake here, ends the test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/percpu.h>
#include <xen/bits.h>
#include <xen/domain_create.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>

#define CPUS 3u

uint32_t cpu_online_mask = BIT(CPUS) - 1;

static void (*stop)(void);
static uint32_t pending; /* SOFTIRQ_STOP of these pCPUs */
static struct domain *reap;
static unsigned int freed, polls;
static struct domain dom;
static struct vcpu vcpu;

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    assert_int_equal(nr, SOFTIRQ_STOP);
    stop = fn;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    assert_int_equal(nr, SOFTIRQ_STOP);
    assert_true(cpu < CPUS);
    pending |= BIT(cpu);
}

void smp_poll(void)
{
    polls++;
}

void domain_shutdown_finish(void)
{
}

struct domain *domain_reap_next(void)
{
    struct domain *d = reap;

    reap = NULL;
    return d;
}

void domain_reap_later(struct domain *d)
{
    assert_null(reap);
    reap = d;
    pending |= BIT(host_cpu);
}

void domain_free(struct domain *d)
{
    assert_ptr_equal(d, &dom);
    freed++;
}

/* @cpu comes to its softirqs, if it has any. */
static void softirqs_of(unsigned int cpu)
{
    host_cpu = cpu;
    if (!(pending & BIT(cpu)))
        return;
    pending &= ~BIT(cpu);
    stop();
}

static int setup(void **state)
{
    (void)state;
    if (!stop)
        domain_create_init();
    memset(&dom, 0, sizeof(dom));
    memset(&vcpu, 0, sizeof(vcpu));
    vcpu.domain = &dom;
    vcpu.loaded_on = -1;
    dom.vcpu[0] = &vcpu;
    freed = polls = 0;
    /* The last reference was dropped on pCPU 0. */
    reap = &dom;
    pending = BIT(0);
    return 0;
}

static void each_cpu_has_been_by(void **state)
{
    (void)state;
    /* pCPU 2 is in the midst of the scheduler; the others go round. */
    for (unsigned int i = 0; i < 20; i++)
        softirqs_of(i % 2);
    assert_int_equal(freed, 0);
    assert_true(pending & BIT(2));
    assert_int_equal(polls, 20); /* who waits answers the others */

    /* Two periods: it may have passed the vCPU on to one who was by. */
    softirqs_of(2);
    assert_int_equal(freed, 0);
    softirqs_of(0);
    assert_int_equal(freed, 0);
    for (unsigned int i = 0; i < 20; i++)
        softirqs_of(i % 2);
    assert_int_equal(freed, 0);
    softirqs_of(2);
    softirqs_of(0);
    softirqs_of(1);
    assert_int_equal(freed, 1);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        softirqs_of(cpu);
    assert_int_equal(freed, 1);
    assert_int_equal(pending, 0);
}

/* Where a vCPU is seen again the periods begin anew. */
static void who_comes_back(void **state)
{
    (void)state;
    vcpu.running = true;
    for (unsigned int i = 0; i < 30; i++)
        softirqs_of(i % 3);
    assert_int_equal(freed, 0);
    vcpu.running = false;
    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        softirqs_of(cpu);
    assert_int_equal(freed, 0);

    vcpu.sched.wake_listed = 1;
    for (unsigned int i = 0; i < 30; i++)
        softirqs_of(i % 3);
    vcpu.sched.wake_listed = 0; /* popped by pCPU 1, which is not done */
    for (unsigned int i = 0; i < 30; i++)
        softirqs_of(i % 2 * 2);
    assert_int_equal(freed, 0);
    for (unsigned int i = 0; i < 9; i++)
        softirqs_of(i % 3);
    assert_int_equal(freed, 1);
}

static void one_cpu(void **state)
{
    (void)state;
    cpu_online_mask = BIT(0);
    for (unsigned int i = 0; i < 3 && !freed; i++)
        softirqs_of(0);
    assert_int_equal(freed, 1);
    cpu_online_mask = BIT(CPUS) - 1;
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(each_cpu_has_been_by),
        T(who_comes_back),
        T(one_cpu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
