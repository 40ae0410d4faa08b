/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who handles a global VIRQ, and who hears of a domain's stop: common/virq.c.
 * The numbers of VIRQs and vCPUs are in unit/event_channel.
 *
 * Sources: xen/common/event_channel.c xen/common/event_2l.c
 * Sources: xen/common/virq.c xen/common/port.c xen/lib/bitmap.c
 * Sources: xen/common/domain/access.c
 */
#include "iface_fake.h"

#include <public/event_channel.h>

#include <xen/event_channel.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/port.h>
#include <xen/printk.h>
#include <xen/timer.h>

#define MAX_PORT 20u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);
bool opt_virq_steal;

static void (*send_exc)(void), (*send_stopped)(void);

/* ---- the functions around ---- */

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    if (nr == SOFTIRQ_DOM_EXC)
        send_exc = fn;
    else if (nr == SOFTIRQ_STOPPED)
        send_stopped = fn;
}

void console_hooks(void (*input)(void), void (*ring)(void),
                   void (*key)(char key))
{
    (void)input;
    (void)ring;
    (void)key;
}

void page_low_hook(void (*fn)(void))
{
    (void)fn;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    (void)cpu;
    t->fn = fn;
    t->arg = arg;
}

void timer_kill(struct timer *t)
{
    assert_non_null(t->fn);
}

void vcpu_areas_release(struct vcpu *v)
{
    (void)v;
}

/* ---- helpers ---- */

static bool pending(unsigned int d, uint32_t n)
{
    return shared[d].evtchn_pending[n / 64] >> n % 64 & 1;
}

/* As the guest's handler does it: everything seen and cleared. */
static void consume(unsigned int d)
{
    memset(shared[d].evtchn_pending, 0, sizeof(shared[d].evtchn_pending));
}

static int bind(unsigned int d, uint32_t *port)
{
    return virq_bind(&dom[d], VIRQ_DOM_EXC, 0, port);
}

/* A death that somebody is told of. True: domain @d, at @port. */
static bool hears(unsigned int d, uint32_t port)
{
    consume(d);
    virq_send_global(VIRQ_DOM_EXC);
    return pending(d, port);
}

static void close_port(unsigned int d, uint32_t port)
{
    assert_int_equal(port_close(&dom[d], port, true), 0);
}

static int setup(void **state)
{
    uint32_t p;

    (void)state;
    opt_virq_steal = false;
    fake_reset();
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        assert_int_equal(event_create(&dom[i], MAX_PORT), 0);
        for (unsigned int k = 0; k < FAKE_VCPUS; k++)
            event_vcpu_create(&vcpus[i][k]);
    }
    event_init();
    /* What the end of the test before has left for dom0. */
    send_exc();
    assert_int_equal(bind(0, &p), 0);
    close_port(0, p);
    consume(0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned int i = NR_DOMAINS; i-- > 0;) {
        dom[i].state = DOMAIN_DYING;
        assert_int_equal(event_kill(&dom[i]), 0);
        event_destroy(&dom[i]);
    }
    refs_are_even();
    return 0;
}

/* ---- delegation ---- */

static void delegation(void **state)
{
    uint32_t p, q;

    (void)state;
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DEBUG), -EINVAL);
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_ARGO), -EINVAL);
    assert_int_equal(virq_handler_set(&dom[1], 24), -EINVAL);

    /* Not taken from one who uses it. */
    assert_int_equal(bind(0, &p), 0);
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), -EBUSY);
    close_port(0, p);

    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), 0);
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), 0);
    assert_int_equal(dom[1].refs, 2); /* one, however often */
    assert_int_equal(bind(0, &p), -EBUSY);
    assert_int_equal(bind(1, &q), 0);
    assert_true(pending(1, q)); /* a new handler is told to look */
    assert_true(hears(1, q));

    /* The handler dies: the default hears of that, and of all later. */
    dom[1].state = DOMAIN_DYING;
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_CON_RING), -EINVAL);
    raised_softirqs = 0;
    assert_int_equal(event_kill(&dom[1]), 0);
    assert_true(raised_softirqs & 1u << SOFTIRQ_DOM_EXC);
    assert_int_equal(dom[1].refs, 1);
    assert_int_equal(bind(0, &p), 0);
    assert_true(pending(0, p));
    dom[1].state = DOMAIN_RUNNING;

    /* Given back to the default: no reference is kept for that. */
    close_port(0, p);
    assert_int_equal(virq_handler_set(&dom[2], VIRQ_DOM_EXC), 0);
    assert_int_equal(virq_handler_set(&dom[0], VIRQ_DOM_EXC), 0);
    assert_int_equal(dom[2].refs, 1);
    assert_int_equal(dom[0].refs, 1);
}

/*
 * Between the beginning of the handler's death and the end of its ports the
 * default is told already, not a domain that will never look.
 */
static void a_dying_handler_is_none(void **state)
{
    uint32_t p, q;

    (void)state;
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), 0);
    assert_int_equal(bind(1, &q), 0);
    dom[1].state = DOMAIN_DYING;
    assert_false(hears(1, q));
    assert_true(virq_handled_by(VIRQ_DOM_EXC, &dom[0]));
    assert_int_equal(bind(0, &p), 0);
    assert_true(pending(0, p));
    assert_true(hears(0, p));

    /* Its own end is one more thing to look at, even for one bound. */
    consume(0);
    assert_int_equal(event_kill(&dom[1]), 0);
    assert_true(pending(0, p));
    assert_int_equal(dom[1].refs, 1);
    dom[1].state = DOMAIN_RUNNING;
}

/* Somebody else may follow a dying handler before its ports are closed. */
static void heir_of_a_dying_handler(void **state)
{
    uint32_t q, r;

    (void)state;
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), 0);
    assert_int_equal(bind(1, &q), 0);
    dom[1].state = DOMAIN_DYING;
    assert_int_equal(virq_handler_set(&dom[2], VIRQ_DOM_EXC), 0);
    assert_int_equal(dom[1].refs, 1);
    assert_int_equal(bind(2, &r), 0);
    assert_int_equal(event_kill(&dom[1]), 0);
    assert_true(hears(2, r));
    dom[1].state = DOMAIN_RUNNING;
}

/* virq-steal=1: the rules of Xen 4.17. */
static void stealing(void **state)
{
    uint32_t p, q, r, binding;

    (void)state;
    opt_virq_steal = true;
    assert_int_equal(bind(0, &p), 0);
    assert_int_equal(bind(1, &q), 0);
    assert_false(pending(1, q));
    assert_false(hears(1, q));
    assert_true(hears(0, p));

    /* Taken from one who uses it, and heard at once by who waits for it. */
    binding = virq_bindings(VIRQ_DOM_EXC);
    consume(1);
    assert_int_equal(virq_handler_set(&dom[1], VIRQ_DOM_EXC), 0);
    assert_int_not_equal(virq_bindings(VIRQ_DOM_EXC), binding);
    assert_true(pending(1, q));
    assert_true(hears(1, q));
    assert_false(hears(0, p));

    assert_int_equal(virq_handler_set(&dom[2], VIRQ_DOM_EXC), 0);
    assert_false(hears(1, q));
    assert_int_equal(bind(2, &r), 0);
    assert_true(pending(2, r));
    assert_int_equal(bind(2, &r), -EEXIST);

    /* The one who dies is followed by the default, which has it bound. */
    consume(0);
    dom[2].state = DOMAIN_DYING;
    assert_int_equal(event_kill(&dom[2]), 0);
    assert_true(pending(0, p));
    assert_true(hears(0, p));
    dom[2].state = DOMAIN_RUNNING;
}

/* ---- stops ---- */

static void stop(unsigned int d, uint8_t code)
{
    consume(0);
    dom[d].state = DOMAIN_SHUT;
    dom[d].shutdown_code = code;
    dom[d].event.stop_untold = 1;
    send_stopped();
}

static void who_hears_a_stop(void **state)
{
    uint32_t exc, sub;

    (void)state;
    assert_int_equal(event_alloc_unbound(&dom[0], &dom[0], NULL, NULL, &sub),
                     0);
    assert_int_equal(bind(0, &exc), 0);

    /* Nobody subscribed: the handler of VIRQ_DOM_EXC, whatever the code. */
    stop(1, SHUTDOWN_SUSPEND);
    assert_true(pending(0, exc));
    assert_false(pending(0, sub));

    dom[1].event.subscriber = 0;
    dom[1].event.subscriber_port = sub;
    stop(1, SHUTDOWN_CRASH);
    assert_true(pending(0, exc));
    assert_true(pending(0, sub));

    /* Once for each stop. */
    consume(0);
    send_stopped();
    send_exc();
    assert_false(pending(0, sub));

    /* A suspend is the subscriber's business alone. */
    stop(1, SHUTDOWN_SUSPEND);
    assert_false(pending(0, exc));
    assert_true(pending(0, sub));

    /* Who has its port's number now did not ask; so the handler is told. */
    dom[0].generation++;
    stop(1, SHUTDOWN_SUSPEND);
    assert_true(pending(0, exc));
    assert_false(pending(0, sub));
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(delegation),
        TEST(a_dying_handler_is_none),
        TEST(heir_of_a_dying_handler),
        TEST(stealing),
        TEST(who_hears_a_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
