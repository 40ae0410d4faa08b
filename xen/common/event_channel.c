/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels: EVTCHNOP_* as a table, and the ports of a domain.
 *
 * Sending takes only the sender's event lock: a joined port changes under
 * both locks, so the peer's port cannot close meanwhile.
 *
 * Source: public/event_channel.h; interface.md 3.2.
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/event_channel.h>

#include <xen/access.h>
#include <xen/bug.h>
#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/port.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/vcpu.h>

/* All structures of the ABI; those with a domid have it first. */
union event_arg {
    domid_t dom;
    struct evtchn_alloc_unbound alloc_unbound;
    struct evtchn_bind_interdomain bind_interdomain;
    struct evtchn_bind_virq bind_virq;
    struct evtchn_bind_ipi bind_ipi;
    struct evtchn_close close;
    struct evtchn_status status;
    struct evtchn_bind_vcpu bind_vcpu;
    struct evtchn_unmask unmask;
    struct evtchn_reset reset;
};

/* @d: the caller, or the domain that the argument names (ACCESS_TARGET). */
typedef int event_fn(struct vcpu *v, struct domain *d, union event_arg *a);

static event_fn bind_interdomain, bind_virq, bind_pirq, close_port, status,
    alloc_unbound, bind_ipi, bind_vcpu, unmask, reset;

struct event_op {
    event_fn *fn;
    uint8_t access;  /* enum access_class                               */
    uint8_t size;    /* of the argument                                 */
    uint8_t port_at; /* written back, with its new port here; 0: not so */
    bool reply;      /* written back                                    */
};

#define SIZE(type_)          sizeof(struct evtchn_##type_)
#define PORT(type_, member_) offsetof(struct evtchn_##type_, member_), true

/* clang-format off */
static const struct event_op ops[] = {
    [EVTCHNOP_bind_interdomain] = { bind_interdomain, ACCESS_ANY,
        SIZE(bind_interdomain), PORT(bind_interdomain, local_port) },
    [EVTCHNOP_bind_virq] = { bind_virq, ACCESS_ANY,
        SIZE(bind_virq), PORT(bind_virq, port) },
    [EVTCHNOP_bind_pirq] = { bind_pirq, ACCESS_ANY, SIZE(bind_pirq), 0, false },
    [EVTCHNOP_close]     = { close_port, ACCESS_ANY, SIZE(close), 0, false },
    /* EVTCHNOP_send is apart, as the one that is called all the time. */
    [EVTCHNOP_status]    = { status, ACCESS_TARGET, SIZE(status), 0, true },
    [EVTCHNOP_alloc_unbound] = { alloc_unbound, ACCESS_TARGET,
        SIZE(alloc_unbound), PORT(alloc_unbound, port) },
    [EVTCHNOP_bind_ipi]  = { bind_ipi, ACCESS_ANY,
        SIZE(bind_ipi), PORT(bind_ipi, port) },
    [EVTCHNOP_bind_vcpu] = { bind_vcpu, ACCESS_ANY, SIZE(bind_vcpu), 0, false },
    [EVTCHNOP_unmask]    = { unmask, ACCESS_ANY, SIZE(unmask), 0, false },
    [EVTCHNOP_reset]     = { reset, ACCESS_TARGET, SIZE(reset), 0, false },
    /* 11 to 13, the FIFO ABI, are not offered: -ENOSYS. */
};
/* clang-format on */

/* ---- ports of a domain ---- */

/* As port_lookup; numbers above the domain's limit may give FREE ports. */
static inline struct port *lookup(struct domain *d, uint32_t n)
{
    struct port *bucket;

    if (n >= EVTCHN_2L_PORTS)
        return NULL;

    n = index_nospec(n, EVTCHN_2L_PORTS);
    bucket = READ_ONCE(d->event.buckets[n / PORTS_PER_BUCKET]);
    return bucket ? &bucket[n % PORTS_PER_BUCKET] : NULL;
}

struct port *port_lookup(struct domain *d, uint32_t n)
{
    return n <= d->event.max_port ? lookup(d, n) : NULL;
}

int port_alloc(struct domain *d, enum port_event e, uint32_t *n,
               struct port **p)
{
    struct event_domain *ev = &d->event;
    struct port *bucket;
    uint32_t free;

    ASSERT(lock_is_held(&ev->lock));

    if (READ_ONCE(d->state) >= DOMAIN_DYING)
        return -EINVAL;
    if (ev->resetter)
        return -EAGAIN;

    free = bitmap_find_clear(ev->used, ev->max_port + 1, 1);
    if (free > ev->max_port)
        return -ENOSPC;

    bucket = ev->buckets[free / PORTS_PER_BUCKET];
    if (!bucket) {
        bucket = heap_array(&d->heap, PORTS_PER_BUCKET, sizeof(*bucket));
        if (!bucket)
            return -ENOMEM;
        /* Publish last (XSA-340): senders look without this lock. */
        smp_wmb();
        WRITE_ONCE(ev->buckets[free / PORTS_PER_BUCKET], bucket);
    }

    *n = free;
    *p = &bucket[free % PORTS_PER_BUCKET];
    (*p)->state = (uint8_t)port_next(PORT_FREE, e);
    bitmap_set(ev->used, free);
    return 0;
}

void port_lock_pair(struct domain *a, struct domain *b)
{
    if (a == b) {
        lock_take(&a->event.lock);
    } else if (a->id < b->id) {
        lock_take(&a->event.lock);
        lock_take_second(&b->event.lock);
    } else {
        lock_take(&b->event.lock);
        lock_take_second(&a->event.lock);
    }
}

void port_unlock_pair(struct domain *a, struct domain *b)
{
    lock_drop(&a->event.lock);
    if (a != b)
        lock_drop(&b->event.lock);
}

/* Both locks are held. The peer may be a port of the same domain. */
static void peer_gone(struct domain *d, struct port *p)
{
    struct domain *rd = p->remote;
    struct port *rp = p->peer;
    int next;

    ASSERT(rp && rp->state == PORT_INTERDOMAIN && rp->peer == p);
    next = port_next((enum port_state)rp->state, PORT_EV_PEER_GONE);
    rp->state = (uint8_t)next;
    rp->remote_domid = d->id;
    rp->remote_life = d->generation;
    rp->remote = NULL;
    rp->peer = NULL;
    rp->remote_port = 0;
    /* One last event, so that a supervisor sees it without polling. */
    if (!rp->consumer && READ_ONCE(rd->state) < DOMAIN_DYING)
        event_2l_raise(rd, p->remote_port, rp->notify_vcpu);
}

/* Locks as above. */
static void close_locked(struct domain *d, uint32_t n, struct port *p)
{
    struct vcpu *v;

    if (p->state == PORT_INTERDOMAIN)
        peer_gone(d, p);

    if (p->state == PORT_VIRQ) {
        v = d->vcpu[virq_is_global(p->virq) ? 0 : p->notify_vcpu];
        v->event.virq_port[p->virq] = 0;
    }

    event_2l_clear(d, n);
    memset(p, 0, sizeof(*p));
    bitmap_clear(d->event.used, n);
}

/*
 * Close when the peer, if any, is domain @rd (NULL: none but @d itself);
 * else tell in @*rd who it is, referenced. The event lock is held on entry
 * and exit.
 */
static int close_with(struct domain *d, uint32_t n, bool guest,
                      struct domain **rd)
{
    struct port *p = port_lookup(d, n);

    if (!p || p->state == PORT_FREE || (guest && p->consumer))
        return -EINVAL;

    if (p->state == PORT_INTERDOMAIN && p->remote != d && p->remote != *rd) {
        *rd = p->remote;
        domain_hold(*rd);
        return -EAGAIN;
    }

    close_locked(d, n, p);
    return 0;
}

int port_close(struct domain *d, uint32_t n, bool guest)
{
    struct domain *rd = NULL, *next;
    int rc = -EAGAIN;

    /* Once to learn who the peer is, then with its lock; the guest may
     * have made it another one meanwhile. */
    for (unsigned int tries = 0; tries < 8 && rc == -EAGAIN; tries++) {
        next = rd;
        port_lock_pair(d, rd ? rd : d);
        rc = close_with(d, n, guest, &next);
        port_unlock_pair(d, rd ? rd : d);
        if (next != rd) {
            if (rd)
                domain_put(rd);
            rd = next;
        }
    }
    if (rd)
        domain_put(rd);
    return rc;
}

/* ---- operations ---- */

/*
 * EVTCHNOP_bind_interdomain: join a new port of the caller to one that the
 * remote domain keeps for it. The new port is pending at once, so that
 * whatever the remote sent before is not overlooked.
 *
 * -ESRCH no such domain, -EPERM not these two, -EINVAL the remote port is
 * not unbound for the caller, -ENOSPC, -ENOMEM.
 */
static int bind_interdomain(struct vcpu *v, struct domain *d,
                            union event_arg *a)
{
    struct evtchn_bind_interdomain *op = &a->bind_interdomain;
    struct domain *rd = domain_get_any(op->remote_dom);
    struct port *p, *rp;
    int rc;

    (void)v;
    if (!rd)
        return -ESRCH;
    rc = access_pair(d, rd);
    if (rc)
        goto put;

    port_lock_pair(d, rd);
    rp = port_lookup(rd, op->remote_port);
    rc = -EINVAL;
    if (!rp || rp->state != PORT_UNBOUND || rp->remote_domid != d->id ||
        rp->remote_life != d->generation ||
        READ_ONCE(rd->state) >= DOMAIN_DYING)
        goto unlock;
    rc = port_alloc(d, PORT_EV_BIND_LOCAL, &op->local_port, &p);
    if (rc)
        goto unlock;

    p->remote_domid = rd->id;
    p->remote = rd;
    p->peer = rp;
    p->remote_port = op->remote_port;
    rp->state = (uint8_t)port_next(PORT_UNBOUND, PORT_EV_BIND_REMOTE);
    rp->remote = d;
    rp->peer = p;
    rp->remote_port = op->local_port;
    event_2l_raise(d, op->local_port, p->notify_vcpu);
unlock:
    port_unlock_pair(d, rd);
put:
    domain_put(rd);
    return rc;
}

/* EVTCHNOP_bind_virq: rules and errors are those of virq_bind. */
static int bind_virq(struct vcpu *v, struct domain *d, union event_arg *a)
{
    (void)v;
    return virq_bind(d, a->bind_virq.virq, a->bind_virq.vcpu,
                     &a->bind_virq.port);
}

/* EVTCHNOP_bind_pirq: no guest has physical interrupts as events. */
static int bind_pirq(struct vcpu *v, struct domain *d, union event_arg *a)
{
    (void)v;
    (void)d;
    (void)a;
    return -EINVAL;
}

static int close_port(struct vcpu *v, struct domain *d, union event_arg *a)
{
    (void)v;
    return port_close(d, a->close.port, true);
}

/*
 * EVTCHNOP_send: 0 also for a port that nobody has bound yet (the console
 * of a starting guest); -EINVAL for one that has no other side.
 */
static inline int send_locked(struct domain *d, uint32_t n,
                              const struct port *p)
{
    const struct port *peer;

    if (unlikely(p->consumer))
        return -EINVAL;

    switch (p->state) {
    case PORT_INTERDOMAIN:
        peer = p->peer;
        if (unlikely(peer->consumer))
            peer->consumer(p->remote, p->remote_port, peer->consumer_arg);
        else
            event_2l_raise(p->remote, p->remote_port,
                           READ_ONCE(peer->notify_vcpu));
        return 0;
    case PORT_IPI:
        event_2l_raise(d, n, p->notify_vcpu);
        return 0;
    case PORT_UNBOUND:
        return 0;
    default:
        return -EINVAL;
    }
}

static inline int send_port(struct domain *d, uint32_t n)
{
    const struct port *p = lookup(d, n);
    int rc;

    if (unlikely(!p))
        return -EINVAL;
    lock_take(&d->event.lock);
    rc = send_locked(d, n, p);
    lock_drop(&d->event.lock);
    return rc;
}

/* EVTCHNOP_status. -EINVAL bad port, -EACCES a port of Xen's own. */
static int status(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct evtchn_status *op = &a->status;
    const struct port *p;
    int rc = 0;

    (void)v;
    lock_take(&d->event.lock);
    p = port_lookup(d, op->port);
    if (!p || p->consumer) {
        rc = p ? -EACCES : -EINVAL;
        goto out;
    }

    memset(&op->u, 0, sizeof(op->u));
    op->vcpu = p->notify_vcpu;
    switch (p->state) {
    case PORT_UNBOUND:
        op->status = EVTCHNSTAT_unbound;
        op->u.unbound.dom = p->remote_domid;
        break;
    case PORT_INTERDOMAIN:
        op->status = EVTCHNSTAT_interdomain;
        op->u.interdomain.dom = p->remote_domid;
        op->u.interdomain.port = p->remote_port;
        break;
    case PORT_VIRQ:
        op->status = EVTCHNSTAT_virq;
        op->u.virq = p->virq;
        break;
    case PORT_IPI:
        op->status = EVTCHNSTAT_ipi;
        break;
    default:
        op->status = EVTCHNSTAT_closed;
    }
out:
    lock_drop(&d->event.lock);
    return rc;
}

int event_alloc_unbound(struct domain *d, const struct domain *remote,
                        port_consumer_fn *consumer, void *arg, uint32_t *port)
{
    struct port *p;
    int rc;

    lock_take(&d->event.lock);
    rc = port_alloc(d, PORT_EV_ALLOC, port, &p);
    if (!rc) {
        p->remote_domid = remote->id;
        p->remote_life = remote->generation;
        p->consumer = consumer;
        p->consumer_arg = arg;
    }
    lock_drop(&d->event.lock);
    return rc;
}

/*
 * EVTCHNOP_alloc_unbound: -ESRCH no such remote domain, -EPERM not these
 * two, else as event_alloc_unbound.
 */
static int alloc_unbound(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct evtchn_alloc_unbound *op = &a->alloc_unbound;
    struct domain *rd = domain_get_any(op->remote_dom);
    int rc;

    (void)v;
    if (!rd)
        return -ESRCH;

    rc = access_pair(d, rd);
    if (!rc)
        rc = event_alloc_unbound(d, rd, NULL, NULL, &op->port);
    domain_put(rd);
    return rc;
}

/* EVTCHNOP_bind_ipi. -ENOENT no such vCPU, -ENOSPC, -ENOMEM. */
static int bind_ipi(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct vcpu *to = domain_vcpu(d, a->bind_ipi.vcpu);
    struct port *p;
    int rc;

    (void)v;
    if (!to)
        return -ENOENT;

    lock_take(&d->event.lock);
    rc = port_alloc(d, PORT_EV_BIND_IPI, &a->bind_ipi.port, &p);
    if (!rc)
        p->notify_vcpu = to->id;
    lock_drop(&d->event.lock);
    return rc;
}

/* EVTCHNOP_bind_vcpu. -ENOENT no such vCPU, -EINVAL a port that stays. */
static int bind_vcpu(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct vcpu *to = domain_vcpu(d, a->bind_vcpu.vcpu);
    struct port *p;
    int rc = -EINVAL;

    (void)v;
    if (!to)
        return -ENOENT;

    lock_take(&d->event.lock);
    p = port_lookup(d, a->bind_vcpu.port);
    if (p && !p->consumer &&
        (p->state == PORT_UNBOUND || p->state == PORT_INTERDOMAIN ||
         (p->state == PORT_VIRQ && virq_is_global(p->virq)))) {
        WRITE_ONCE(p->notify_vcpu, to->id);
        rc = 0;
    }
    lock_drop(&d->event.lock);
    return rc;
}

/* EVTCHNOP_unmask. -EINVAL: not a port in use. */
static int unmask(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct port *p;
    int rc = -EINVAL;

    (void)v;
    lock_take(&d->event.lock);
    p = port_lookup(d, a->unmask.port);
    if (p && p->state != PORT_FREE) {
        event_2l_unmask(d, a->unmask.port, p->notify_vcpu);
        rc = 0;
    }
    lock_drop(&d->event.lock);
    return rc;
}

/* Close what is open; @guest: all but Xen's own. 0 or -ERESTART. */
static int close_all(struct domain *d, bool guest)
{
    uint32_t n = 0;
    unsigned int done = 0;

    for (;;) {
        n = bitmap_find_set(d->event.used, EVTCHN_2L_PORTS, n);
        if (n >= EVTCHN_2L_PORTS)
            return 0;

        if (port_close(d, n, guest) == -EAGAIN)
            return -ERESTART;
        n++;
        if (++done % 16 == 0 && preempt_wanted())
            return -ERESTART;
    }
}

/* What @by did to the ports of @d is over. */
static void reset_done(struct domain *d, const struct domain *by)
{
    lock_take(&d->event.lock);
    if (d->event.resetter == by)
        d->event.resetter = NULL;
    lock_drop(&d->event.lock);
}

/*
 * EVTCHNOP_reset: close all ports, by the domain itself, or by a control
 * domain while it is paused. No port can be made before it is through, on
 * whichever vCPU of the caller, or the caller has died.
 *
 * -EINVAL another domain that is not paused, -EBUSY somebody else is at it.
 */
static int reset(struct vcpu *v, struct domain *d, union event_arg *a)
{
    struct event_domain *ev = &d->event;
    int rc = 0;

    (void)a;
    if (d != v->domain && READ_ONCE(d->pause_count) == 0)
        return -EINVAL;

    lock_take(&ev->lock);
    if (!ev->resetter)
        ev->resetter = v->domain;
    else if (ev->resetter != v->domain)
        rc = -EBUSY;
    lock_drop(&ev->lock);
    if (rc)
        return rc;

    rc = close_all(d, true);
    if (rc != -ERESTART)
        reset_done(d, v->domain);
    return rc;
}

/* ---- hypercall ---- */

/* The answer could not be written: the guest never learns of its port. */
static int undo(struct domain *d, const struct event_op *op,
                const union event_arg *a)
{
    uint32_t n;

    if (op->port_at) {
        memcpy(&n, (const uint8_t *)a + op->port_at, sizeof(n));
        if (port_close(d, n, true))
            gprintk(LOG_DEBUG, "event: " DOM_FMT ": port %u is lost\n",
                    DOM_ARG(d), (unsigned int)n);
    }
    return -EFAULT;
}

static int dispatch(struct vcpu *v, struct domain *d, const struct event_op *op,
                    union event_arg *a, guest_ptr_t arg)
{
    int rc = op->fn(v, d, a);

    if (!rc && op->reply && copy_to_guest(arg, a, op->size))
        rc = undo(d, op, a);
    return rc;
}

/* All but EVTCHNOP_send. */
static never_inline int32_t table_op(struct vcpu *v, const uint32_t *arg)
{
    const struct event_op *op;
    union event_arg a;
    struct domain *d;
    int rc;

    if (arg[0] >= ARRAY_SIZE(ops))
        return -ENOSYS;
    op = &ops[index_nospec(arg[0], ARRAY_SIZE(ops))];
    if (!op->fn)
        return -ENOSYS;

    if (copy_from_guest(&a, arg[1], op->size))
        return -EFAULT;

    if (likely(op->access == ACCESS_ANY))
        return dispatch(v, v->domain, op, &a, arg[1]);

    rc = access_domain_get(v->domain, (enum access_class)op->access, a.dom, &d);
    if (rc)
        return rc;
    rc = dispatch(v, d, op, &a, arg[1]);
    domain_put(d);
    return rc;
}

STATIC_ASSERT(sizeof(struct evtchn_send) == sizeof(uint32_t));

int32_t event_channel_op(struct vcpu *v, uint32_t *arg)
{
    int64_t port;

    if (unlikely(arg[0] != EVTCHNOP_send))
        return table_op(v, arg);
    port = word_from_guest(arg[1]);
    return likely(port >= 0) ? send_port(v->domain, (uint32_t)port) : -EFAULT;
}

/* ---- the hypervisor's own ports, and the life of a domain ---- */

void event_notify(struct domain *d, uint32_t port)
{
    struct port *p;

    lock_take(&d->event.lock);
    p = port_lookup(d, port);
    if (p && p->consumer && p->state == PORT_INTERDOMAIN)
        event_2l_raise(p->remote, p->remote_port,
                       READ_ONCE(p->peer->notify_vcpu));
    lock_drop(&d->event.lock);
}

void event_close_xen(struct domain *d, uint32_t port)
{
    int rc = port_close(d, port, false);

    /* Already closed by event_kill: nothing is left to do. */
    (void)rc;
}

bool event_notify_stopped(struct domain *d)
{
    struct domain *sd;
    struct port *p;
    uint32_t n = d->event.subscriber_port;
    bool told = false;

    if (n == 0)
        return false;
    sd = domain_get(d->event.subscriber);
    if (!sd)
        return false;

    lock_take(&sd->event.lock);
    p = sd->generation == d->event.subscriber_life ? port_lookup(sd, n) : NULL;
    if (p && !p->consumer &&
        (p->state == PORT_UNBOUND || p->state == PORT_INTERDOMAIN)) {
        event_2l_raise(sd, n, p->notify_vcpu);
        told = true;
    }
    lock_drop(&sd->event.lock);
    domain_put(sd);
    return told;
}

static void poll_expired(void *arg)
{
    struct vcpu *v = arg;

    /* It stays armed when something else ended the poll. */
    if (READ_ONCE(v->pause_flags) & VP_POLL)
        vcpu_wake(v);
}

int event_create(struct domain *d, uint32_t max_port)
{
    lock_init(&d->event.lock, RANK_EVENT);
    d->event.max_port = MIN(max_port, EVTCHN_2L_PORTS - 1);
    return 0;
}

STATIC_ASSERT(sizeof(((struct vcpu *)0)->info_early) ==
              sizeof(struct vcpu_info));

void event_vcpu_create(struct vcpu *v)
{
    v->info = v->id < XEN_LEGACY_MAX_VCPUS
                  ? &v->domain->shared_info->vcpu_info[v->id]
                  : (struct vcpu_info *)v->info_early;
    timer_init(&v->poll_timer, poll_expired, v, smp_cpu_id());
}

void event_vcpu_destroy(struct vcpu *v)
{
    vcpu_areas_release(v);
    if (v->poll_timer.fn)
        timer_kill(&v->poll_timer);
    v->poll_timer.fn = NULL;
}

/* @d will not finish what it began: no vCPU of it runs any more. */
static void resets_end(const struct domain *d)
{
    struct domain *other;
    domid_t next = 0;

    while ((other = domain_get_next(next)) != NULL) {
        reset_done(other, d);
        next = (domid_t)(other->id + 1);
        domain_put(other);
        irq_window();
    }
}

int event_kill(struct domain *d)
{
    int rc;

    /* Before the ports, so that the default handler learns of this very
     * death (virq-xenstore.md D5). */
    virq_handler_clear(d);

    rc = close_all(d, false);
    if (rc)
        return rc;

    resets_end(d);
    for (uint32_t i = 0; i < d->max_vcpus; i++) {
        if (d->vcpu[i])
            vcpu_areas_release(d->vcpu[i]);
    }
    return 0;
}

void event_destroy(struct domain *d)
{
    for (size_t i = 0; i < ARRAY_SIZE(d->event.buckets); i++) {
        if (d->event.buckets[i])
            heap_free(&d->heap, d->event.buckets[i]);
        d->event.buckets[i] = NULL;
    }
}
