/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sched_op: how a vCPU waits in common/sched_op.c, and what ends it.
 *
 * Sources: xen/common/sched_op.c xen/common/domain/vcpu.c
 * Sources: xen/common/event_channel.c xen/common/event_2l.c
 * Sources: xen/common/port.c xen/lib/bitmap.c xen/common/domain/access.c
 */
#define FAKE_LIVE_VCPUS
#include "iface_fake.h"

#include <public/sched.h>

#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/time.h>
#include <xen/timer.h>

#define ARG      0x1000u
#define PORTS    0x2000u
#define MAX_PORT 200u
#define BASE     5000u /* ticks at system time 0; a tick is a ns here       */

uint32_t time_hz = 1000000000;
uint64_t time_base_ticks = BASE;

/* Runs when it is asked for interrupts, between the steps of a wait. */
static void (*in_between)(void);
static unsigned int looks; /* how often that was                            */

/* ---- the functions around ---- */

bool vgic_deliverable(struct vcpu *v)
{
    assert_ptr_equal(v, current);
    looks++;
    if (in_between)
        in_between();
    return false;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    (void)cpu;
    *t = (struct timer){ .fn = fn, .arg = arg };
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

void timer_migrate(struct timer *t, unsigned int cpu)
{
    (void)t;
    (void)cpu;
}

uint64_t ns_to_ticks(uint64_t ns)
{
    return ns;
}

uint64_t time_ticks(void)
{
    return BASE;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    (void)cpu;
    softirq_raise(nr);
}

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    (void)nr;
    (void)fn;
}

void smp_poll(void)
{
}

void sched_yield(void)
{
}

static uint32_t hard_now = 3, pool_cpus = 3;

void sched_affinity_get(const struct vcpu *v, uint32_t *hard, uint32_t *soft)
{
    (void)v;
    *hard = hard_now;
    *soft = 1;
}

int sched_affinity_set(struct vcpu *v, uint32_t hard, uint32_t soft)
{
    assert_ptr_equal(v, current);
    assert_int_equal(soft, 1);
    if (!(hard & pool_cpus))
        return -EINVAL;
    hard_now = hard;
    return 0;
}

void domain_shutdown(struct domain *d, enum shutdown_code code)
{
    (void)d;
    (void)code;
}

int domain_add_vcpu(struct domain *d, struct vcpu *v)
{
    (void)d;
    (void)v;
    return -EEXIST;
}

int virq_bind(struct domain *d, uint32_t virq, uint32_t vcpu, uint32_t *port)
{
    (void)d;
    (void)virq;
    (void)vcpu;
    (void)port;
    return -EINVAL;
}

bool virq_is_global(uint32_t virq)
{
    (void)virq;
    return false;
}

void virq_handler_clear(struct domain *d)
{
    (void)d;
}

void vcpu_areas_release(struct vcpu *v)
{
    (void)v;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    in_between = NULL;
    looks = 0;
    while (vcpu_woken_pop())
        ;
    assert_int_equal(event_create(&dom[1], MAX_PORT), 0);
    for (unsigned int k = 0; k < FAKE_VCPUS; k++)
        event_vcpu_create(&vcpus[1][k]);
    current = &vcpus[1][1];
    return 0;
}

/* ---- helpers ---- */

/* Poll @nr ports from @first on. */
static int32_t poll(uint32_t first, uint32_t nr, uint64_t timeout)
{
    struct sched_poll op = { .nr_ports = nr, .timeout = timeout };
    uint32_t arg[2] = { SCHEDOP_poll, ARG };
    uint32_t *ports = guest_at(PORTS);

    op.ports.q = PORTS;
    for (uint32_t i = 0; i < nr; i++)
        ports[i] = first + i;
    guest_put(ARG, &op, sizeof(op));
    return sched_op(current, arg);
}

static void waits(void)
{
    assert_int_equal(current->pause_flags, VP_BLOCKED | VP_POLL);
    assert_int_equal(dom[1].event.poll_mask, 1u << current->id);
    assert_null(vcpu_woken_pop());
}

/* It was woken, once, and nothing is left of its poll. */
static void is_over(void)
{
    assert_int_equal(current->pause_flags, 0);
    assert_int_equal(dom[1].event.poll_mask, 0);
    assert_ptr_equal(vcpu_woken_pop(), current);
    assert_null(vcpu_woken_pop());
}

static void expire(struct timer *t)
{
    assert_true(t->armed);
    t->armed = false;
    t->fn(t->arg);
}

static void event(uint32_t port)
{
    /* Masked, which does not matter to who polls. */
    shared[1].evtchn_mask[port / 64] |= 1ull << port % 64;
    event_2l_raise(&dom[1], port, 0);
}

/* ---- what ends a poll ---- */

static void an_event(void **state)
{
    (void)state;
    assert_int_equal(poll(7, 1, 0), 0);
    waits();
    event(8);
    waits();
    event(7);
    is_over();
    assert_int_equal(poll(7, 1, 0), 0); /* it is pending still */
    assert_int_equal(current->pause_flags, 0);
    assert_int_equal(dom[1].event.poll_mask, 0);
}

static void one_event_of_several(void **state)
{
    (void)state;
    assert_int_equal(poll(10, 128, 0), 0);
    waits();
    event(137);
    is_over();
}

static void an_interrupt(void **state)
{
    (void)state;
    assert_int_equal(poll(7, 1, 0), 0);
    vcpu_wake(current);
    is_over();

    /* It waits for something else: a polled port is nothing to it. */
    vcpu_block(current);
    event(7);
    assert_int_equal(current->pause_flags, VP_BLOCKED);
    vcpu_wake(current);
    is_over();
}

static void the_timeout(void **state)
{
    (void)state;
    assert_int_equal(poll(7, 1, 30), 0);
    waits();
    assert_int_equal(current->poll_timer.deadline, BASE + 30);
    expire(&current->poll_timer);
    is_over();
}

/* A timeout is that of one poll. */
static void an_old_timeout(void **state)
{
    (void)state;
    assert_int_equal(poll(7, 1, 30), 0);
    event(7);
    is_over();
    vcpu_block(current);
    expire(&current->poll_timer);
    assert_int_equal(current->pause_flags, VP_BLOCKED);
    vcpu_wake(current);
    is_over();

    assert_int_equal(poll(8, 1, 30), 0);
    vcpu_wake(current);
    is_over();
    assert_int_equal(poll(8, 1, 0), 0);
    waits();
    assert_false(timer_armed(&current->poll_timer));
}

/* ---- an event while it goes to sleep is not overlooked ---- */

static void event_7(void)
{
    if (looks == 1)
        event(7);
}

static void wake_itself(void)
{
    if (looks == 2)
        vcpu_wake(current);
}

static void on_the_way(void **state)
{
    (void)state;
    in_between = event_7;
    assert_int_equal(poll(7, 1, 0), 0);
    assert_int_equal(current->pause_flags, 0);
    assert_int_equal(dom[1].event.poll_mask, 0);

    looks = 0;
    in_between = wake_itself;
    assert_int_equal(poll(8, 1, 0), 0);
    is_over();
}

/* ---- what is refused ---- */

static void bad_arguments(void **state)
{
    uint32_t arg[2] = { SCHEDOP_poll, GUEST_NONE };

    (void)state;
    assert_int_equal(poll(1, 129, 0), -EINVAL);
    assert_int_equal(poll(MAX_PORT, 2, 0), -EINVAL);
    assert_int_equal(sched_op(current, arg), -EFAULT);
    arg[0] = SCHEDOP_pin_override + 1;
    assert_int_equal(sched_op(current, arg), -ENOSYS);
    assert_int_equal(current->pause_flags, 0);
    assert_int_equal(dom[1].event.poll_mask, 0);
}

static int32_t pin(int32_t pcpu)
{
    struct sched_pin_override op = { .pcpu = pcpu };
    uint32_t arg[2] = { SCHEDOP_pin_override, ARG };

    guest_put(ARG, &op, sizeof(op));
    return sched_op(current, arg);
}

/* By the hardware domain only; the mask from before comes back. */
static void pinned_for_a_while(void **state)
{
    (void)state;
    current->pin_saved = 0;
    dom[1].is_hardware = false;
    assert_int_equal(pin(1), -EPERM);
    dom[1].is_hardware = true;
    assert_int_equal(pin(-1), -EINVAL);
    assert_int_equal(pin(8), -EINVAL);
    assert_int_equal(pin(5), -EINVAL);
    assert_int_equal(pin(1), 0);
    assert_int_equal(hard_now, 2);
    assert_int_equal(pin(0), -EBUSY);
    assert_int_equal(pin(-1), 0);
    assert_int_equal(hard_now, 3);

    /* The pCPUs from before are no longer there: anywhere, not for ever. */
    hard_now = 2;
    assert_int_equal(pin(0), 0);
    pool_cpus = 1;
    assert_int_equal(pin(-1), 0);
    assert_int_equal(hard_now, UINT32_MAX);
    assert_int_equal(current->pin_saved, 0);
    pool_cpus = 3;
    dom[1].is_hardware = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_event, setup),
        cmocka_unit_test_setup(one_event_of_several, setup),
        cmocka_unit_test_setup(an_interrupt, setup),
        cmocka_unit_test_setup(the_timeout, setup),
        cmocka_unit_test_setup(an_old_timeout, setup),
        cmocka_unit_test_setup(on_the_way, setup),
        cmocka_unit_test_setup(bad_arguments, setup),
        cmocka_unit_test_setup(pinned_for_a_while, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
