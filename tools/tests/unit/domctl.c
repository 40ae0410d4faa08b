/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl: who may, on which domain, under which lock, and what a call that
 * fails leaves behind: common/control/domctl.c.
 *
 * Sources: xen/common/control/domctl.c xen/common/domain/access.c
 */
#include "iface_fake.h"

#include <xen/board.h>
#include <xen/domain_create.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/port.h>
#include <xen/sched.h>
#include <xen/wallclock.h>

#define ARG 0x1000u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);
struct board board = { .timer = { .clock_hz = 6144000 } };

/* ---- the functions around ---- */

#define OPERATION(name_)                                                       \
    int32_t name_(const struct domctl_call *c)                                 \
    {                                                                          \
        (void)c;                                                               \
        return 0;                                                              \
    }

OPERATION(domctl_setvcpuaffinity)
OPERATION(domctl_getvcpuaffinity)
OPERATION(domctl_max_mem)
OPERATION(domctl_setvcpucontext)
OPERATION(domctl_getvcpucontext)
OPERATION(domctl_getvcpuinfo)
OPERATION(domctl_irq_permission)
OPERATION(domctl_iomem_permission)
OPERATION(domctl_bind_pt_irq)
OPERATION(domctl_unbind_pt_irq)
OPERATION(domctl_vuart_op)
OPERATION(domctl_memory_mapping)
OPERATION(domctl_cacheflush)
OPERATION(domctl_get_mempool)
OPERATION(domctl_set_mempool)
OPERATION(domctl_get_domain_state)

static const struct domain *locked; /* whose create_lock max_vcpus saw     */

int32_t domctl_max_vcpus(const struct domctl_call *c)
{
    locked = lock_is_held(&c->d->create_lock) ? c->d : NULL;
    return 0;
}

/* New domains are domain 3; its death takes so many attempts. */
static struct domain_config made;
static unsigned int creations, deaths, attempts;

int domain_create(const struct domain_config *c, struct domain **out)
{
    made = *c;
    creations++;
    gone[3] = false;
    dom[3].refs = 3; /* ours, that of its life, the caller's             */
    *out = &dom[3];
    return 0;
}

int domain_kill(struct domain *d)
{
    assert_ptr_equal(d, &dom[3]);
    assert_true(lock_is_held(&d->create_lock));
    if (attempts-- > 0)
        return -ERESTART;
    deaths++;
    gone[3] = true;
    d->refs--;
    return 0;
}

int domain_pause(struct domain *d)
{
    (void)d;
    return 0;
}

int domain_unpause(struct domain *d)
{
    (void)d;
    return 0;
}

void domain_pause_sync(struct domain *d)
{
    (void)d;
}

int domain_resume(struct domain *d)
{
    (void)d;
    return 0;
}

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->domain = d->id;
}

void wallclock_update(struct domain *d)
{
    (void)d;
}

int control_bitmap_get(uint32_t *bits, const struct xenctl_bitmap *map)
{
    (void)map;
    *bits = 1;
    return 0;
}

int control_bitmap_put(const struct xenctl_bitmap *map, uint32_t bits)
{
    (void)map;
    (void)bits;
    return 0;
}

uint32_t sched_domain_id(const struct domain *d)
{
    (void)d;
    return SCHED_CREDIT;
}

int sched_params_set(struct domain *d, uint32_t weight, uint32_t cap)
{
    (void)d;
    (void)weight;
    (void)cap;
    return 0;
}

void sched_params_get(struct domain *d, uint32_t *weight, uint32_t *cap)
{
    (void)d;
    *weight = 256;
    *cap = 0;
}

struct port *port_lookup(struct domain *d, uint32_t n)
{
    (void)d;
    (void)n;
    return NULL;
}

static unsigned int delegations;

bool virq_is_global(uint32_t virq)
{
    return virq == VIRQ_DOM_EXC;
}

domid_t virq_handler_id(uint32_t virq)
{
    (void)virq;
    return 7;
}

int virq_handler_set(struct domain *d, uint32_t virq)
{
    (void)d;
    (void)virq;
    delegations++;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    for (unsigned int i = 0; i < NR_DOMAINS; i++)
        lock_init(&dom[i].create_lock, RANK_DOMAIN_CREATE);
    locked = NULL;
    creations = deaths = attempts = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    gone[3] = false;
    dom[3].refs = 1;
    refs_are_even();
    return 0;
}

/* ---- helpers ---- */

static struct xen_domctl call_of(uint32_t cmd, domid_t domain)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = cmd;
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.domain = domain;
    return op;
}

static int32_t call_at(uint32_t va, unsigned int caller,
                       const struct xen_domctl *op)
{
    uint32_t arg[1] = { va };

    current = &vcpus[caller][0];
    guest_put(va, op, sizeof(*op));
    return domctl_op(current, arg);
}

static int32_t call(unsigned int caller, uint32_t cmd, domid_t domain)
{
    struct xen_domctl op = call_of(cmd, domain);

    return call_at(ARG, caller, &op);
}

static struct xen_domctl creation(void)
{
    struct xen_domctl op = call_of(XEN_DOMCTL_createdomain, 0);

    op.u.createdomain.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    op.u.createdomain.max_vcpus = 2;
    op.u.createdomain.cpupool_id = 5;
    op.u.createdomain.grant_opts = 1;
    return op;
}

/* ---- creation ---- */

static void created(void **state)
{
    struct xen_domctl op = creation();

    (void)state;
    assert_int_equal(call_at(ARG, 0, &op), 0);
    assert_int_equal(made.max_vcpus, 2);
    assert_int_equal(made.cpupool, 5);
    assert_true(made.id >= DOMID_FIRST_RESERVED);
    assert_int_equal(dom[3].refs, 2);
    memcpy(&op, guest_at(ARG), sizeof(op));
    assert_int_equal(op.domain, 3);
    assert_int_equal(op.u.createdomain.arch.gic_version, 1);
    assert_int_equal(op.u.createdomain.arch.clock_frequency, 6144000);
    assert_int_equal(deaths, 0);
}

/* Nobody would know of it: it is gone, however many steps that takes. */
static void answer_not_writable(void **state)
{
    struct xen_domctl op = creation();

    (void)state;
    attempts = 3;
    assert_int_equal(call_at(GUEST_RO, 0, &op), -EFAULT);
    assert_int_equal(creations, 1);
    assert_int_equal(deaths, 1);
    assert_int_equal(dom[3].refs, 1);
    assert_false(lock_is_held(&dom[3].create_lock));
}

static void bad_fields(void **state)
{
    struct xen_domctl op;

#define REFUSED(field_, value_, rc_)                                           \
    op = creation();                                                           \
    op.u.createdomain.field_ = (value_);                                       \
    assert_int_equal(call_at(ARG, 0, &op), (rc_))

    (void)state;
    REFUSED(flags, XEN_DOMCTL_CDF_hvm, -EINVAL);
    REFUSED(flags, ~0u, -EINVAL);
    REFUSED(max_vcpus, 0, -EINVAL);
    REFUSED(max_vcpus, NR_VCPUS + 1, -EINVAL);
    REFUSED(max_vcpus, 0x102, -EINVAL);
    REFUSED(grant_opts, 2, -EINVAL);
    REFUSED(iommu_opts, 1, -EINVAL);
    REFUSED(vmtrace_size, 1, -EINVAL);
    REFUSED(arch.gic_version, 2, -EINVAL);
    assert_int_equal(creations, 0);
}

/* ---- every call ---- */

static void who_and_whom(void **state)
{
    struct xen_domctl op = call_of(XEN_DOMCTL_pausedomain, 1);
    uint32_t nowhere[1] = { GUEST_NONE };

    (void)state;
    /* The right is asked before anything else. */
    current = &vcpus[1][0];
    assert_int_equal(domctl_op(current, nowhere), -EPERM);
    assert_int_equal(call(1, XEN_DOMCTL_pausedomain, 9), -EPERM);
    assert_int_equal(call(1, XEN_DOMCTL_getdomaininfo, 1), -EPERM);
    dom[2].is_xenstore = true;
    assert_int_equal(call(2, XEN_DOMCTL_getdomaininfo, 1), 0);
    assert_int_equal(call(2, XEN_DOMCTL_pausedomain, 1), -EPERM);

    current = &vcpus[0][0];
    assert_int_equal(domctl_op(current, nowhere), -EFAULT);
    op.interface_version--;
    assert_int_equal(call_at(ARG, 0, &op), -EACCES);
    assert_int_equal(call(0, XEN_DOMCTL_pausedomain, 9), -ESRCH);
    assert_int_equal(call(0, XEN_DOMCTL_shadow_op, 1), -ENOSYS);
    assert_int_equal(call(0, 1000, 1), -ENOSYS);
    assert_int_equal(call(0, XEN_DOMCTL_pausedomain, 0), -EINVAL);
    assert_int_equal(call(0, XEN_DOMCTL_assign_device, 1), -EOPNOTSUPP);
}

/* Of XEN_DOMCTL_set_virq_handler: a control domain's right, nobody else's. */
static void who_may_delegate(void **state)
{
    /* clang-format off */
    static const struct {
        const char *role;
        bool control, hardware, xenstore;
        int32_t rc, nobody; /* for domain 1, for one that is not there */
    } rows[] = {
        { "control",          true,  false, false, 0,      -ESRCH },
        { "hardware",         false, true,  false, -EPERM, -EPERM },
        { "xenstore",         false, false, true,  -EPERM, -EPERM },
        { "plain",            false, false, false, -EPERM, -EPERM },
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        delegations = 0;
        dom[2].is_control = rows[i].control;
        dom[2].is_hardware = rows[i].hardware;
        dom[2].is_xenstore = rows[i].xenstore;
        /* Whoever is denied does not even make it wait. */
        lock_take(&dom[1].create_lock);
        if (call(2, XEN_DOMCTL_set_virq_handler, 1) != rows[i].rc ||
            call(2, XEN_DOMCTL_set_virq_handler, 9) != rows[i].nobody ||
            call(2, XEN_DOMCTL_set_virq_handler, DOMID_SELF) != rows[i].nobody)
            fail_msg("a %s domain", rows[i].role);
        lock_drop(&dom[1].create_lock);
        assert_int_equal(delegations, rows[i].rc == 0);
    }
    refs_are_even();
}

static void one_builder_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(call(0, XEN_DOMCTL_max_vcpus, 1), 0);
    assert_ptr_equal(locked, &dom[1]);
    assert_false(lock_is_held(&dom[1].create_lock));
    lock_take(&dom[1].create_lock);
    assert_int_equal(call(0, XEN_DOMCTL_max_vcpus, 1), -ERESTART);
    assert_int_equal(call(0, XEN_DOMCTL_pausedomain, 1), 0);
    lock_drop(&dom[1].create_lock);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(created),      TEST(answer_not_writable),   TEST(bad_fields),
        TEST(who_and_whom), TEST(one_builder_at_a_time), TEST(who_may_delegate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
