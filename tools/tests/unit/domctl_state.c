/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which domain has changed: common/control/domctl_state.c.
 *
 * Sources: xen/common/control/domctl_state.c xen/lib/bitmap.c
 */
#include "iface_fake.h"

#include <xen/domctl.h>
#include <xen/event_channel.h>

#define EXIST    XEN_DOMCTL_GETDOMSTATE_STATE_EXIST
#define SHUTDOWN XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN
#define DYING    XEN_DOMCTL_GETDOMSTATE_STATE_DYING
#define DEAD     XEN_DOMCTL_GETDOMSTATE_STATE_DEAD

DEFINE_PER_CPU(struct vcpu *, current_vcpu);

static uint32_t bindings;

bool virq_handled_by(uint32_t virq, const struct domain *d)
{
    assert_int_equal(virq, VIRQ_DOM_EXC);
    return d == &dom[0];
}

uint32_t virq_bindings(uint32_t virq)
{
    (void)virq;
    return bindings;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    for (unsigned int i = 0; i < NR_DOMAINS; i++)
        dom[i].generation = 10 + i;
    bindings++; /* the listener has just come */
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    refs_are_even();
    return 0;
}

static int32_t ask(unsigned int caller, domid_t about, struct xen_domctl *op)
{
    struct domctl_call c = { .caller = &vcpus[caller][0], .op = op };

    memset(op, 0, sizeof(*op));
    op->domain = about;
    return domctl_get_domain_state(&c);
}

/* The next change is domain @id, now in @state. */
static void told(domid_t id, uint16_t state)
{
    struct xen_domctl op;

    assert_int_equal(ask(0, DOMID_INVALID, &op), 0);
    assert_int_equal(op.domain, id);
    assert_int_equal(op.u.get_domain_state.state, state);
    assert_int_equal(op.u.get_domain_state.unique_id != 0, state != 0);
}

static void nothing(void)
{
    struct xen_domctl op;

    assert_int_equal(ask(0, DOMID_INVALID, &op), -ENOENT);
}

static void all_at_first(void)
{
    for (domid_t i = 0; i < NR_DOMAINS; i++)
        told(i, EXIST);
    nothing();
}

static void one_by_one(void **state)
{
    (void)state;
    all_at_first();
    dom[2].state = DOMAIN_SHUT;
    dom[3].state = DOMAIN_DYING;
    told(2, EXIST | SHUTDOWN);
    told(3, EXIST | DYING);
    nothing();
    dom[3].state = DOMAIN_DEAD;
    told(3, EXIST | DEAD);
    nothing();
}

static void death_and_new_life(void **state)
{
    (void)state;
    all_at_first();
    gone[3] = true;
    dom[2].state = DOMAIN_SHUT;
    told(3, 0); /* the dead first, and once */
    told(2, EXIST | SHUTDOWN);
    nothing();
    /* Another domain under the same id, twice; the second time nobody asked
     * in between. */
    for (unsigned int i = 0; i < 2; i++) {
        gone[3] = false;
        memset(&dom[3].event, 0, sizeof(dom[3].event));
        dom[3].generation++;
        told(3, EXIST);
        nothing();
    }
}

static void new_listener_hears_all(void **state)
{
    (void)state;
    all_at_first();
    bindings++;
    all_at_first();
}

static void about_one(void **state)
{
    struct xen_domctl op;

    (void)state;
    assert_int_equal(ask(1, 0, &op), 0);
    assert_int_equal(op.u.get_domain_state.caps,
                     XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL |
                         XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE);
    assert_int_equal(op.u.get_domain_state.unique_id, 11);
    assert_int_equal(ask(1, 9, &op), -ESRCH);
    /* Only the listener may ask for "the next". */
    assert_int_equal(ask(1, DOMID_INVALID, &op), -EACCES);
}

static void padding(void **state)
{
    struct xen_domctl op = { .domain = 0 };
    struct domctl_call c = { .caller = &vcpus[0][0], .op = &op };

    (void)state;
    op.u.get_domain_state.pad0 = 1;
    assert_int_equal(domctl_get_domain_state(&c), -EINVAL);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_by_one),
        TEST(death_and_new_life),
        TEST(new_listener_hears_all),
        TEST(about_one),
        TEST(padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
