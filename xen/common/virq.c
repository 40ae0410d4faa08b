/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual IRQs: events whose sender is the hypervisor.
 *
 * A per-vCPU VIRQ goes to the vCPU that bound it. A global one goes to the
 * domain that handles it: the hardware domain, unless a control domain gave
 * it to another. One that finds no bound port is remembered and delivered
 * when the handler binds it; each consumer looks at everything anyway. With
 * virq-steal=1 anybody may bind one, and giving it away asks nobody, as in
 * Xen 4.17; only the handler's port ever fires.
 *
 * Source: interface.md 4; virq-xenstore.md 1.3 and 1.4 (column "ours").
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>

#include <public/errno.h>

#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/port.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/trace.h>

STATIC_ASSERT(NR_VIRQS <= 32);

#define VIRQ_BIT(nr_) (1u << (nr_))

/* One for each vCPU; all others exist once. */
static const uint32_t per_vcpu = VIRQ_BIT(VIRQ_TIMER) | VIRQ_BIT(VIRQ_DEBUG) |
                                 VIRQ_BIT(VIRQ_XENOPROF) |
                                 VIRQ_BIT(VIRQ_XENPMU);

/* Bound on vCPU 0 as a global one, but by anybody and never given away. */
static const uint32_t per_domain = VIRQ_BIT(VIRQ_ARGO);

/* Guards handler[] and missed; taken before an event lock. */
static struct spinlock handlers_lock = SPINLOCK_INIT(RANK_VIRQ_HANDLERS);
static struct domain *handler[NR_VIRQS]; /* NULL: hardware_domain           */
static uint32_t missed;                  /* sent while nobody had it bound  */
static uint32_t bindings[NR_VIRQS];      /* how often someone began to hear */

static uint32_t deferred; /* bit per VIRQ for the softirq; atomic */

bool virq_is_global(uint32_t virq)
{
    return !(per_vcpu & VIRQ_BIT(virq));
}

/* A dying handler is none, though its slot is emptied a little later. */
static struct domain *handler_of(uint32_t virq)
{
    struct domain *d = handler[virq];

    if (d && READ_ONCE(d->state) < DOMAIN_DYING)
        return d;
    return hardware_domain;
}

/* Port of @v for @virq, 0: none. The event lock is held. */
static uint32_t bound_port(const struct vcpu *v, uint32_t virq)
{
    return v ? v->event.virq_port[virq] : 0;
}

/* False: nobody has it bound. */
static bool send_to(struct domain *d, const struct vcpu *v, uint32_t virq)
{
    uint32_t n;

    lock_take(&d->event.lock);
    n = bound_port(v, virq);
    if (n)
        event_2l_raise(d, n, port_lookup(d, n)->notify_vcpu);
    lock_drop(&d->event.lock);
    return n != 0;
}

void virq_send_vcpu(struct vcpu *v, uint32_t virq)
{
    (void)send_to(v->domain, v, virq);
}

/* False: there is no handler, or it has it not bound. handlers_lock is held. */
static bool send_to_handler(uint32_t virq)
{
    struct domain *d = handler_of(virq);

    return d && send_to(d, READ_ONCE(d->vcpu[0]), virq);
}

void virq_send_global(uint32_t virq)
{
    lock_take(&handlers_lock);
    if (!send_to_handler(virq))
        missed |= VIRQ_BIT(virq);
    lock_drop(&handlers_lock);
}

/*
 * Another handler, or its new port: it is told what nobody heard, now if it
 * can be. handlers_lock is held.
 */
static void begin(uint32_t virq)
{
    bindings[virq]++;
    if ((missed & VIRQ_BIT(virq)) && send_to_handler(virq))
        missed &= ~VIRQ_BIT(virq);
}

void virq_send_later(uint32_t virq)
{
    atomic_fetch_or(&deferred, VIRQ_BIT(virq));
    softirq_raise(SOFTIRQ_DOM_EXC);
}

/*
 * Domains have stopped: each one's supervisor is told, and the handler of
 * VIRQ_DOM_EXC, but for a suspend that the supervisor knows of already.
 */
static void send_stopped(void)
{
    struct domain *d;
    domid_t next = 0;
    bool exc = false;

    while ((d = domain_get_next(next)) != NULL) {
        next = (domid_t)(d->id + 1);
        if (atomic_exchange(&d->event.stop_untold, 0) &&
            (!event_notify_stopped(d) ||
             READ_ONCE(d->shutdown_code) != SHUTDOWN_SUSPEND))
            exc = true;
        domain_put(d);
    }
    if (exc)
        virq_send_global(VIRQ_DOM_EXC);
}

/*
 * The domain layer raises the softirq alone for VIRQ_DOM_EXC, so that one
 * is sent each time; its consumers count on nothing but "look again".
 */
static void send_deferred(void)
{
    uint32_t bits = atomic_exchange(&deferred, 0) | VIRQ_BIT(VIRQ_DOM_EXC);

    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        if (bits & VIRQ_BIT(virq))
            virq_send_global(virq);
    }
}

/* A new port for @virq; both locks are held, or the event lock alone. */
static int bind_locked(struct domain *d, struct vcpu *v, uint32_t virq,
                       uint32_t *n)
{
    struct port *p;
    int rc;

    if (v->event.virq_port[virq] != 0)
        return -EEXIST;

    rc = port_alloc(d, PORT_EV_BIND_VIRQ, n, &p);
    if (rc)
        return rc;
    p->virq = (uint8_t)virq;
    p->notify_vcpu = v->id;
    v->event.virq_port[virq] = *n;
    return 0;
}

static int bind_global(struct domain *d, struct vcpu *v, uint32_t virq,
                       uint32_t *n)
{
    int rc = -EBUSY;

    lock_take(&handlers_lock);
    if (opt_virq_steal || (per_domain & VIRQ_BIT(virq)) ||
        handler_of(virq) == d) {
        lock_take(&d->event.lock);
        rc = bind_locked(d, v, virq, n);
        lock_drop(&d->event.lock);
        if (!rc && handler_of(virq) == d)
            begin(virq);
    }
    lock_drop(&handlers_lock);
    return rc;
}

int virq_bind(struct domain *d, uint32_t virq, uint32_t vcpu, uint32_t *port)
{
    struct vcpu *v;
    int rc;

    if (virq >= NR_VIRQS || (virq_is_global(virq) && vcpu != 0))
        return -EINVAL;
    virq = index_nospec(virq, NR_VIRQS);
    v = domain_vcpu(d, vcpu);
    if (!v)
        return -ENOENT;

    if (virq_is_global(virq))
        return bind_global(d, v, virq, port);

    lock_take(&d->event.lock);
    rc = bind_locked(d, v, virq, port);
    lock_drop(&d->event.lock);
    return rc;
}

bool virq_handled_by(uint32_t virq, const struct domain *d)
{
    bool is;

    lock_take(&handlers_lock);
    is = handler_of(virq) == d;
    lock_drop(&handlers_lock);
    return is;
}

domid_t virq_handler_id(uint32_t virq)
{
    domid_t id = DOMID_INVALID;

    lock_take(&handlers_lock);
    if (handler_of(virq))
        id = handler_of(virq)->id;
    lock_drop(&handlers_lock);
    return id;
}

uint32_t virq_bindings(uint32_t virq)
{
    return READ_ONCE(bindings[virq]);
}

/* Has the present handler of @virq a port bound? handlers_lock is held. */
static bool is_bound(uint32_t virq)
{
    struct domain *d = handler_of(virq);
    bool bound;

    if (!d)
        return false;
    lock_take(&d->event.lock);
    bound = bound_port(READ_ONCE(d->vcpu[0]), virq) != 0;
    lock_drop(&d->event.lock);
    return bound;
}

int virq_handler_set(struct domain *d, uint32_t virq)
{
    struct domain *old = NULL;
    int rc = 0;

    if (virq >= NR_VIRQS || !virq_is_global(virq) ||
        (per_domain & VIRQ_BIT(virq)))
        return -EINVAL;

    lock_take(&handlers_lock);
    if (READ_ONCE(d->state) >= DOMAIN_DYING) {
        rc = -EINVAL;
    } else if (handler_of(virq) == d) {
        rc = 0;
    } else if (!opt_virq_steal && is_bound(virq)) {
        rc = -EBUSY;
    } else {
        old = handler[virq];
        /* Given back to the default: no entry, and no reference. */
        handler[virq] = d == hardware_domain ? NULL : d;
        if (handler[virq])
            domain_hold(d);
        missed |= VIRQ_BIT(virq);
        begin(virq);
    }
    lock_drop(&handlers_lock);

    if (old)
        domain_put(old);
    return rc;
}

void virq_handler_clear(struct domain *d)
{
    uint32_t nr = 0;

    lock_take(&handlers_lock);
    for (uint32_t virq = 0; virq < NR_VIRQS; virq++) {
        if (handler[virq] != d)
            continue;
        handler[virq] = NULL;
        missed |= VIRQ_BIT(virq);
        begin(virq);
        nr++;
    }
    lock_drop(&handlers_lock);

    if (nr)
        virq_send_later(VIRQ_DOM_EXC);
    for (; nr; nr--)
        domain_put(d);
}

static void console_input(void)
{
    virq_send_global(VIRQ_CONSOLE);
}

static void console_ring(void)
{
    virq_send_global(VIRQ_CON_RING);
}

/* Called where memory is taken, with any locks held. */
static void memory_low(void)
{
    virq_send_later(VIRQ_ENOMEM);
}

static void trace_half(void)
{
    virq_send_later(VIRQ_TBUF);
}

void event_init(void)
{
    softirq_open(SOFTIRQ_DOM_EXC, send_deferred);
    softirq_open(SOFTIRQ_STOPPED, send_stopped);
    console_hooks(console_input, console_ring, NULL);
    page_low_hook(memory_low);
    trace_half_hook(trace_half);
}
