/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels and VIRQs, from the hypercall to the bits in the shared
 * page: common/event_channel.c, event_2l.c, virq.c. Who handles a VIRQ is
 * in unit/virq.
 *
 * Sources: xen/common/event_channel.c xen/common/event_2l.c
 * Sources: xen/common/virq.c xen/common/port.c xen/lib/bitmap.c
 * Sources: xen/common/domain/access.c
 */
#include "iface_fake.h"

#include <public/event_channel.h>

#include <xen/access.h>
#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/port.h>
#include <xen/printk.h>
#include <xen/timer.h>

#define ARG      0x1000u
#define MAX_PORT 200u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);
bool opt_virq_steal;

static void (*dom_exc)(void);
static unsigned int consumed;

/* ---- the functions around ---- */

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    if (nr == SOFTIRQ_DOM_EXC)
        dom_exc = fn;
}

static void (*input_hook)(void), (*ring_hook)(void), (*low_hook)(void);

void console_hooks(void (*input)(void), void (*ring)(void),
                   void (*key)(char key))
{
    (void)key;
    input_hook = input;
    ring_hook = ring;
}

void page_low_hook(void (*fn)(void))
{
    low_hook = fn;
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

static int setup(void **state)
{
    (void)state;
    fake_reset();
    consumed = 0;
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        assert_int_equal(event_create(&dom[i], MAX_PORT), 0);
        for (unsigned int k = 0; k < FAKE_VCPUS; k++)
            event_vcpu_create(&vcpus[i][k]);
    }
    event_init();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned int i = NR_DOMAINS; i-- > 0;) {
        dom[i].state = DOMAIN_DYING;
        preempt = false;
        assert_int_equal(event_kill(&dom[i]), 0);
        event_destroy(&dom[i]);
        event_destroy(&dom[i]);
    }
    refs_are_even();
    return 0;
}

static int32_t call(unsigned int caller, uint32_t cmd, void *op, size_t len)
{
    uint32_t arg[2] = { cmd, ARG };
    int32_t rc;

    current = &vcpus[caller][0];
    guest_put(ARG, op, len);
    rc = event_channel_op(current, arg);
    memcpy(op, guest_at(ARG), len);
    return rc;
}

#define CALL(caller_, op_, arg_)                                               \
    call((caller_), EVTCHNOP_##op_, (arg_), sizeof(*(arg_)))

static uint32_t alloc(unsigned int caller, domid_t owner, domid_t remote)
{
    struct evtchn_alloc_unbound op = { .dom = owner, .remote_dom = remote };

    assert_int_equal(CALL(caller, alloc_unbound, &op), 0);
    return op.port;
}

static int32_t bind(unsigned int caller, domid_t remote, uint32_t port,
                    uint32_t *local)
{
    struct evtchn_bind_interdomain op = { .remote_dom = remote,
                                          .remote_port = port };
    int32_t rc = CALL(caller, bind_interdomain, &op);

    *local = op.local_port;
    return rc;
}

static int32_t send(unsigned int caller, uint32_t port)
{
    struct evtchn_send op = { port };

    return CALL(caller, send, &op);
}

static int32_t close_port(unsigned int caller, uint32_t port)
{
    struct evtchn_close op = { port };

    return CALL(caller, close, &op);
}

static uint32_t status_of(unsigned int caller, domid_t d, uint32_t port)
{
    struct evtchn_status op = { .dom = d, .port = port, .status = 99 };

    assert_int_equal(CALL(caller, status, &op), 0);
    return op.status;
}

static bool pending(unsigned int d, uint32_t n)
{
    return shared[d].evtchn_pending[n / 64] >> n % 64 & 1;
}

/* As the guest's handler does it: everything seen and cleared. */
static void consume(unsigned int d)
{
    memset(shared[d].evtchn_pending, 0, sizeof(shared[d].evtchn_pending));
    for (unsigned int k = 0; k < FAKE_VCPUS; k++) {
        vcpus[d][k].info->evtchn_upcall_pending = 0;
        vcpus[d][k].info->evtchn_pending_sel = 0;
    }
    ppis[d] = 0;
    wakes[d] = 0;
}

/* ---- interdomain ---- */

static void two_domains_talk(void **state)
{
    uint32_t p1 = alloc(1, DOMID_SELF, 0), p0;

    (void)state;
    assert_int_equal(p1, 1); /* the lowest; 0 is never a port */
    assert_int_equal(status_of(1, DOMID_SELF, p1), EVTCHNSTAT_unbound);
    /* Nobody is there yet: that is no error. */
    assert_int_equal(send(1, p1), 0);

    assert_int_equal(bind(0, 1, p1, &p0), 0);
    assert_int_equal(status_of(0, 0, p0), EVTCHNSTAT_interdomain);
    /* The binder finds its own port pending. */
    assert_true(pending(0, p0));
    assert_int_equal(ppis[0], 1);
    consume(0);

    assert_int_equal(send(1, p1), 0);
    assert_true(pending(0, p0));
    assert_int_equal(vcpus[0][0].info->evtchn_upcall_pending, 1);
    assert_int_equal(vcpus[0][0].info->evtchn_pending_sel, 1);
    assert_int_equal(ppis[0], 1);
    /* Pending already: nothing new happens. */
    assert_int_equal(send(1, p1), 0);
    assert_int_equal(ppis[0], 1);
    assert_false(pending(1, p1));

    assert_int_equal(send(0, p0), 0);
    assert_true(pending(1, p1));
    refs_are_even();
}

static void closing_tells_the_peer(void **state)
{
    uint32_t p1 = alloc(1, DOMID_SELF, 0), p0;
    struct evtchn_status st = { .dom = DOMID_SELF, .port = p1 };

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    consume(0);
    consume(1);
    assert_int_equal(close_port(0, p0), 0);
    assert_int_equal(close_port(0, p0), -EINVAL);
    assert_true(pending(1, p1));
    assert_int_equal(CALL(1, status, &st), 0);
    assert_int_equal(st.status, EVTCHNSTAT_unbound);
    assert_int_equal(st.u.unbound.dom, 0);

    /* The same peer may come back, nobody else. */
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    assert_int_equal(close_port(1, p1), 0);
    assert_int_equal(status_of(0, 0, p0), EVTCHNSTAT_unbound);
    refs_are_even();
}

static void who_may_bind(void **state)
{
    uint32_t local, p1 = alloc(1, DOMID_SELF, 0);
    struct evtchn_alloc_unbound op = { .dom = 2, .remote_dom = 1 };

    (void)state;
    /* Kept for dom0, so not for 3; and silo mode keeps guests apart. */
    assert_int_equal(bind(3, 1, p1, &local), -EPERM);
    assert_int_equal(CALL(1, alloc_unbound, &op), -EPERM);
    op = (struct evtchn_alloc_unbound){ .dom = 1, .remote_dom = 2 };
    assert_int_equal(CALL(1, alloc_unbound, &op), -EPERM);
    op = (struct evtchn_alloc_unbound){ .dom = 9, .remote_dom = 0 };
    assert_int_equal(CALL(0, alloc_unbound, &op), -ESRCH);
    op = (struct evtchn_alloc_unbound){ .dom = 1, .remote_dom = 9 };
    assert_int_equal(CALL(0, alloc_unbound, &op), -ESRCH);
    assert_int_equal(bind(0, 9, 1, &local), -ESRCH);
    assert_int_equal(bind(0, 1, 7, &local), -EINVAL);
    assert_int_equal(bind(0, 1, ~0u, &local), -EINVAL);

    /* dom0 makes ports on behalf of a domain that it builds. */
    assert_int_equal(alloc(0, 1, 0), 2);
    /* With silo off two guests may; but not with dom0's port. */
    assert_int_equal(access_mode_set("dummy"), 0);
    assert_int_equal(bind(3, 1, p1, &local), -EINVAL);
    p1 = alloc(1, DOMID_SELF, 3);
    assert_int_equal(bind(3, 1, p1, &local), 0);
    assert_int_equal(access_mode_set("silo"), 0);
    refs_are_even();
}

static void loopback(void **state)
{
    uint32_t a = alloc(1, DOMID_SELF, DOMID_SELF), b;

    (void)state;
    assert_int_equal(bind(1, DOMID_SELF, a, &b), 0);
    consume(1);
    assert_int_equal(send(1, a), 0);
    assert_true(pending(1, b));
    assert_int_equal(close_port(1, a), 0);
    assert_int_equal(status_of(1, 1, b), EVTCHNSTAT_unbound);
    refs_are_even();
}

static void death_frees_the_peer(void **state)
{
    uint32_t p0, p1 = alloc(1, DOMID_SELF, 0);

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    dom[1].state = DOMAIN_DYING;
    assert_int_equal(event_kill(&dom[1]), 0);
    assert_int_equal(status_of(0, 0, p0), EVTCHNSTAT_unbound);
    assert_int_equal(send(0, p0), 0);
    dom[1].state = DOMAIN_RUNNING;
}

/* 200 ports are more than 16 at a time. */
static void death_is_preemptible(void **state)
{
    unsigned int calls = 0;
    int rc;

    (void)state;
    for (uint32_t i = 1; i <= MAX_PORT; i++)
        assert_int_equal(alloc(1, DOMID_SELF, 0), i);
    dom[1].state = DOMAIN_DYING;
    preempt = true;
    do {
        rc = event_kill(&dom[1]);
        calls++;
    } while (rc == -ERESTART && calls < 100);
    assert_int_equal(rc, 0);
    assert_true(calls > 10);
    dom[1].state = DOMAIN_RUNNING;
}

/* ---- masks, vCPUs, selectors ---- */

static void masked_ports_wait(void **state)
{
    uint32_t p1 = alloc(1, DOMID_SELF, 0), p0;
    struct evtchn_unmask um = { 0 };

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    consume(0);
    shared[0].evtchn_mask[p0 / 64] |= 1ull << p0 % 64;
    assert_int_equal(send(1, p1), 0);
    assert_true(pending(0, p0));
    assert_int_equal(ppis[0], 0);

    um.port = p0;
    assert_int_equal(CALL(0, unmask, &um), 0);
    assert_int_equal(ppis[0], 1);
    assert_int_equal(shared[0].evtchn_mask[p0 / 64], 0);
    um.port = MAX_PORT;
    assert_int_equal(CALL(0, unmask, &um), -EINVAL);
}

/* Ports 64 and up have selector bits 1 and up: words have 64 bits. */
static void selectors(void **state)
{
    uint32_t p1[MAX_PORT + 1], p0;

    (void)state;
    for (uint32_t i = 1; i <= 130; i++) {
        p1[i] = alloc(1, DOMID_SELF, 0);
        assert_int_equal(bind(0, 1, p1[i], &p0), 0);
        assert_int_equal(p0, i);
    }
    consume(0);
    assert_int_equal(send(1, p1[63]), 0);
    assert_int_equal(vcpus[0][0].info->evtchn_pending_sel, 1);
    assert_int_equal(send(1, p1[64]), 0);
    assert_int_equal(vcpus[0][0].info->evtchn_pending_sel, 3);
    assert_int_equal(send(1, p1[128]), 0);
    assert_int_equal(vcpus[0][0].info->evtchn_pending_sel, 7);
    /* One upcall for all of them, until the guest clears it. */
    assert_int_equal(ppis[0], 1);
}

static void bind_vcpu_moves(void **state)
{
    uint32_t p1 = alloc(1, DOMID_SELF, 0), p0;
    struct evtchn_bind_vcpu bv = { 0 };

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    consume(0);
    bv = (struct evtchn_bind_vcpu){ .port = p0, .vcpu = 1 };
    assert_int_equal(CALL(0, bind_vcpu, &bv), 0);
    assert_int_equal(send(1, p1), 0);
    assert_int_equal(vcpus[0][1].info->evtchn_upcall_pending, 1);
    assert_int_equal(vcpus[0][0].info->evtchn_upcall_pending, 0);
    bv.vcpu = FAKE_VCPUS;
    assert_int_equal(CALL(0, bind_vcpu, &bv), -ENOENT);
    bv = (struct evtchn_bind_vcpu){ .port = 77, .vcpu = 0 };
    assert_int_equal(CALL(0, bind_vcpu, &bv), -EINVAL);
}

static void ipi(void **state)
{
    struct evtchn_bind_ipi op = { .vcpu = 1 };
    struct evtchn_bind_vcpu bv;

    (void)state;
    assert_int_equal(CALL(1, bind_ipi, &op), 0);
    assert_int_equal(send(1, op.port), 0);
    assert_int_equal(vcpus[1][1].info->evtchn_upcall_pending, 1);
    bv = (struct evtchn_bind_vcpu){ .port = op.port, .vcpu = 0 };
    assert_int_equal(CALL(1, bind_vcpu, &bv), -EINVAL);
    op.vcpu = 7;
    assert_int_equal(CALL(1, bind_ipi, &op), -ENOENT);
}

/* A domain under construction has no vCPU to tell; nothing else is lost. */
static void no_vcpu_yet(void **state)
{
    uint32_t p0, p1 = alloc(0, 1, 0);
    struct vcpu *v = dom[1].vcpu[0];

    (void)state;
    dom[1].vcpu[0] = NULL;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    assert_int_equal(send(0, p0), 0);
    assert_true(pending(1, p1));
    dom[1].vcpu[0] = v;
}

static void pollers_wake(void **state)
{
    uint32_t p1 = alloc(1, DOMID_SELF, 0), p0;

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    consume(0);
    shared[0].evtchn_mask[p0 / 64] |= 1ull << p0 % 64;
    vcpus[0][1].event.poll_port = p0 + 1; /* another one */
    dom[0].event.poll_mask = 2;
    assert_int_equal(send(1, p1), 0);
    assert_int_equal(dom[0].event.poll_mask, 2);
    consume(0);
    vcpus[0][1].event.poll_port = p0;
    assert_int_equal(send(1, p1), 0);
    assert_int_equal(dom[0].event.poll_mask, 0);
    assert_int_equal(wakes[0], 1);
}

/* ---- limits and errors ---- */

static void ports_run_out(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = 0 };

    (void)state;
    for (uint32_t i = 1; i <= MAX_PORT; i++)
        assert_int_equal(alloc(1, DOMID_SELF, 0), i);
    assert_int_equal(CALL(1, alloc_unbound, &op), -ENOSPC);
    assert_int_equal(close_port(1, 70), 0);
    assert_int_equal(alloc(1, DOMID_SELF, 0), 70);
}

static void dying_gets_no_ports(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = 1, .remote_dom = 0 };

    (void)state;
    dom[1].state = DOMAIN_DYING;
    assert_int_equal(CALL(0, alloc_unbound, &op), -EINVAL);
    dom[1].state = DOMAIN_RUNNING;
}

static void bad_arguments(void **state)
{
    static const uint32_t bad_ports[] = { 0,    5,    MAX_PORT,    MAX_PORT + 1,
                                          4095, 4096, 0x80000000u, ~0u };
    uint32_t arg[2];

    (void)state;
    for (size_t i = 0; i < ARRAY(bad_ports); i++) {
        struct evtchn_status st = { .dom = DOMID_SELF, .port = bad_ports[i] };

        assert_int_equal(send(1, bad_ports[i]), -EINVAL);
        assert_int_equal(close_port(1, bad_ports[i]), -EINVAL);
        assert_int_equal(CALL(1, status, &st), -EINVAL);
    }

    current = &vcpus[1][0];
    for (uint32_t cmd = EVTCHNOP_init_control; cmd < 40; cmd++) {
        arg[0] = cmd;
        arg[1] = ARG;
        assert_int_equal(event_channel_op(current, arg), -ENOSYS);
    }
    arg[0] = EVTCHNOP_send;
    arg[1] = GUEST_NONE;
    assert_int_equal(event_channel_op(current, arg), -EFAULT);
}

/* The guest cannot learn its port: the port is not kept either. */
static void answer_not_writable(void **state)
{
    struct evtchn_alloc_unbound op = { .dom = DOMID_SELF, .remote_dom = 0 };
    uint32_t arg[2] = { EVTCHNOP_alloc_unbound, GUEST_RO };

    (void)state;
    current = &vcpus[1][0];
    guest_put(GUEST_RO, &op, sizeof(op));
    assert_int_equal(event_channel_op(current, arg), -EFAULT);
    assert_int_equal(alloc(1, DOMID_SELF, 0), 1);
}

/* ---- reset ---- */

static void reset_closes_all(void **state)
{
    struct evtchn_reset op = { DOMID_SELF };
    uint32_t p0, p1 = alloc(1, DOMID_SELF, 0);

    (void)state;
    assert_int_equal(bind(0, 1, p1, &p0), 0);
    assert_int_equal(CALL(1, reset, &op), 0);
    assert_int_equal(status_of(0, 0, p0), EVTCHNSTAT_unbound);
    assert_int_equal(alloc(1, DOMID_SELF, 0), 1);

    op.dom = 0;
    assert_int_equal(CALL(1, reset, &op), -EPERM);
    op.dom = 1;
    assert_int_equal(CALL(0, reset, &op), -EINVAL); /* it runs */
    dom[1].pause_count = 1;
    assert_int_equal(CALL(0, reset, &op), 0);
}

static void reset_in_pieces(void **state)
{
    struct evtchn_reset op = { DOMID_SELF };
    struct evtchn_alloc_unbound al = { .dom = 1, .remote_dom = 0 };
    uint32_t arg[2] = { EVTCHNOP_reset, ARG };
    unsigned int calls = 0;
    int32_t rc;

    (void)state;
    for (uint32_t i = 1; i <= MAX_PORT; i++)
        assert_int_equal(alloc(1, DOMID_SELF, 0), i);
    preempt = true;
    assert_int_equal(CALL(1, reset, &op), -ERESTART);
    /* Meanwhile: no ports, and no second one. */
    assert_int_equal(CALL(0, alloc_unbound, &al), -EAGAIN);
    dom[1].pause_count = 1;
    op.dom = 1;
    assert_int_equal(CALL(0, reset, &op), -EBUSY);
    op.dom = DOMID_SELF;
    guest_put(ARG, &op, sizeof(op));
    /* Another vCPU of the domain goes on with it. */
    current = &vcpus[1][1];
    do {
        rc = event_channel_op(current, arg);
    } while (rc == -ERESTART && ++calls < 100);
    assert_int_equal(rc, 0);
    assert_int_equal(alloc(1, DOMID_SELF, 0), 1);
}

/* Whoever began a reset dies half-way: ports can be made again. */
static void resetter_dies(void **state)
{
    struct evtchn_reset op = { 1 };
    struct evtchn_alloc_unbound al = { .dom = 1, .remote_dom = 0 };

    (void)state;
    for (uint32_t i = 1; i <= MAX_PORT; i++)
        assert_int_equal(alloc(1, DOMID_SELF, 0), i);
    dom[1].pause_count = 1;
    dom[2].is_control = true;
    preempt = true;
    assert_int_equal(CALL(2, reset, &op), -ERESTART);
    preempt = false;
    assert_int_equal(CALL(0, alloc_unbound, &al), -EAGAIN);
    assert_int_equal(CALL(0, reset, &op), -EBUSY);

    dom[2].state = DOMAIN_DYING;
    assert_int_equal(event_kill(&dom[2]), 0);
    assert_int_equal(CALL(0, alloc_unbound, &al), 0);
    assert_int_equal(CALL(0, reset, &op), 0);
    refs_are_even();
}

/* ---- VIRQs ---- */

static int32_t bind_virq(unsigned int caller, uint32_t virq, uint32_t v,
                         uint32_t *port)
{
    struct evtchn_bind_virq op = { .virq = virq, .vcpu = v };
    int32_t rc = CALL(caller, bind_virq, &op);

    *port = op.port;
    return rc;
}

static void virq_errors(void **state)
{
    static const struct {
        uint32_t virq, vcpu;
        unsigned int caller;
        int32_t rc;
    } rows[] = {
        { 24, 0, 0, -EINVAL },
        { ~0u, 0, 0, -EINVAL },
        { 33, 0, 0, -EINVAL },
        { VIRQ_DOM_EXC, 1, 0, -EINVAL }, /* global: vCPU 0 only ...        */
        { VIRQ_DOM_EXC, 9, 0, -EINVAL }, /* ... asked before "exists"      */
        { VIRQ_DEBUG, 9, 0, -ENOENT },
        { VIRQ_DOM_EXC, 0, 1, -EBUSY }, /* dom0 handles it                */
        { VIRQ_ARGO, 0, 1, 0 },         /* anybody's                      */
        { VIRQ_DEBUG, 1, 1, 0 },
        { VIRQ_DEBUG, 1, 1, -EEXIST },
        { VIRQ_DOM_EXC, 0, 0, 0 },
        { VIRQ_DOM_EXC, 0, 0, -EEXIST },
        { 5, 0, 0, 0 }, /* a hole, but a number           */
    };
    uint32_t port;

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        int32_t rc = bind_virq(rows[i].caller, rows[i].virq, rows[i].vcpu,
                               &port);

        if (rc != rows[i].rc)
            fail_msg("row %zu: %d", i, rc);
    }
}

static void virq_delivery(void **state)
{
    uint32_t g, v1;

    (void)state;
    assert_int_equal(bind_virq(0, VIRQ_CONSOLE, 0, &g), 0);
    consume(0);
    input_hook();
    assert_true(pending(0, g));
    assert_int_equal(status_of(0, 0, g), EVTCHNSTAT_virq);
    /* Only the hypervisor sends it. */
    assert_int_equal(send(0, g), -EINVAL);

    assert_int_equal(bind_virq(1, VIRQ_DEBUG, 1, &v1), 0);
    virq_send_vcpu(&vcpus[1][0], VIRQ_DEBUG);
    assert_false(pending(1, v1));
    virq_send_vcpu(&vcpus[1][1], VIRQ_DEBUG);
    assert_true(pending(1, v1));
    assert_int_equal(vcpus[1][1].info->evtchn_upcall_pending, 1);

    assert_int_equal(close_port(1, v1), 0);
    assert_int_equal(bind_virq(1, VIRQ_DEBUG, 1, &v1), 0);
}

/* What nobody could hear is told to whom binds it. */
static void virq_is_kept(void **state)
{
    uint32_t p;

    (void)state;
    ring_hook();
    assert_int_equal(bind_virq(0, VIRQ_CON_RING, 0, &p), 0);
    assert_true(pending(0, p));
    assert_int_equal(close_port(0, p), 0);
    consume(0);
    assert_int_equal(bind_virq(0, VIRQ_CON_RING, 0, &p), 0);
    assert_false(pending(0, p));
}

static void virq_softirq(void **state)
{
    uint32_t exc, mem;

    (void)state;
    dom_exc(); /* drains what the set-up's teardowns left */
    assert_int_equal(bind_virq(0, VIRQ_DOM_EXC, 0, &exc), 0);
    assert_int_equal(bind_virq(0, VIRQ_ENOMEM, 0, &mem), 0);
    consume(0);
    low_hook();
    assert_false(pending(0, mem));
    assert_true(raised_softirqs & 1u << SOFTIRQ_DOM_EXC);
    dom_exc();
    assert_true(pending(0, mem));
    consume(0);
    dom_exc();
    assert_true(pending(0, exc));
    assert_false(pending(0, mem));
}

/* ---- the hypervisor's own ports ---- */

static void consume_event(struct domain *d, uint32_t port, void *arg)
{
    assert_ptr_equal(d, &dom[1]);
    assert_int_equal(port, 1);
    assert_ptr_equal(arg, &consumed);
    consumed++;
}

static void xen_owned_port(void **state)
{
    struct evtchn_status st = { .dom = DOMID_SELF, .port = 1 };
    uint32_t px, p0;

    (void)state;
    assert_int_equal(
        event_alloc_unbound(&dom[1], &dom[0], consume_event, &consumed, &px),
        0);
    assert_int_equal(send(1, px), -EINVAL);
    assert_int_equal(close_port(1, px), -EINVAL);
    assert_int_equal(CALL(1, status, &st), -EACCES);

    assert_int_equal(bind(0, 1, px, &p0), 0);
    consume(0);
    assert_int_equal(send(0, p0), 0);
    assert_int_equal(consumed, 1);
    assert_false(pending(1, px));
    event_notify(&dom[1], px);
    assert_true(pending(0, p0));

    event_close_xen(&dom[1], px);
    event_close_xen(&dom[1], px);
    assert_int_equal(status_of(0, 0, p0), EVTCHNSTAT_unbound);
    refs_are_even();
}

/* Ports kept for a domain are not for a later one with its id. */
static void ids_come_again(void **state)
{
    uint32_t kept = alloc(0, DOMID_SELF, 1);
    uint32_t joined = alloc(0, DOMID_SELF, 1), p1, p;

    (void)state;
    assert_int_equal(bind(1, 0, joined, &p1), 0);
    assert_int_equal(close_port(1, p1), 0);
    dom[1].generation++;
    assert_int_equal(bind(1, 0, kept, &p), -EINVAL);
    assert_int_equal(bind(1, 0, joined, &p), -EINVAL);
    dom[1].generation--;
    assert_int_equal(bind(1, 0, joined, &p), 0);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_domains_talk),     TEST(closing_tells_the_peer),
        TEST(who_may_bind),         TEST(loopback),
        TEST(death_frees_the_peer), TEST(death_is_preemptible),
        TEST(masked_ports_wait),    TEST(selectors),
        TEST(bind_vcpu_moves),      TEST(ipi),
        TEST(no_vcpu_yet),          TEST(pollers_wake),
        TEST(ports_run_out),        TEST(dying_gets_no_ports),
        TEST(bad_arguments),        TEST(answer_not_writable),
        TEST(reset_closes_all),     TEST(reset_in_pieces),
        TEST(resetter_dies),        TEST(virq_errors),
        TEST(virq_delivery),        TEST(virq_is_kept),
        TEST(virq_softirq),         TEST(xen_owned_port),
        TEST(ids_come_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
