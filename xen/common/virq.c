/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual IRQs: events whose sender is the hypervisor.
 *
 * A per-vCPU VIRQ goes to the vCPU that bound it. A global one goes to the
 * domain that handles it: the hardware domain, unless a control domain gave
 * it to another. One that finds no bound port is remembered and delivered
 * when the handler binds it; each consumer looks at everything anyway.
 *
 * Source: interface.md 4; virq-xenstore.md 1.3 and 1.4 (column "ours").
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>

#include <public/errno.h>

#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/page_alloc.h>
#include <xen/port.h>
#include <xen/printk.h>
#include <xen/softirq.h>

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
static uint32_t bindings[NR_VIRQS];      /* by the handler, since boot      */

static uint32_t deferred; /* bit per VIRQ for the softirq; atomic */

bool virq_is_global(uint32_t virq)
{
    return !(per_vcpu & VIRQ_BIT(virq));
}

static struct domain *handler_of(uint32_t virq)
{
    return handler[virq] ? handler[virq] : hardware_domain;
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

void virq_send_global(uint32_t virq)
{
    struct domain *d;

    lock_take(&handlers_lock);
    d = handler_of(virq);
    if (!d || !send_to(d, d->vcpu[0], virq))
        missed |= VIRQ_BIT(virq);
    lock_drop(&handlers_lock);
}

void virq_send_later(uint32_t virq)
{
    atomic_fetch_or(&deferred, VIRQ_BIT(virq));
    softirq_raise(SOFTIRQ_DOM_EXC);
}

/* Supervisors of domains that have stopped, by XEN_DOMCTL_subscribe. */
static void notify_subscribers(void)
{
    struct domain *d;
    domid_t next = 0;

    while ((d = domain_get_next(next)) != NULL) {
        next = (domid_t)(d->id + 1);
        if (READ_ONCE(d->state) == DOMAIN_SHUT)
            event_notify_stopped(d);
        domain_put(d);
    }
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
    notify_subscribers();
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
    if ((per_domain & VIRQ_BIT(virq)) || handler_of(virq) == d) {
        lock_take(&d->event.lock);
        rc = bind_locked(d, v, virq, n);
        if (!rc && handler_of(virq) == d) {
            bindings[virq]++;
            if (missed & VIRQ_BIT(virq))
                event_2l_raise(d, *n, v->id);
            missed &= ~VIRQ_BIT(virq);
        }
        lock_drop(&d->event.lock);
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
    bound = bound_port(d->vcpu[0], virq) != 0;
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
    } else if (is_bound(virq)) {
        rc = -EBUSY;
    } else {
        old = handler[virq];
        /* Given back to the default: no entry, and no reference. */
        handler[virq] = d == hardware_domain ? NULL : d;
        if (handler[virq])
            domain_hold(d);
        missed |= VIRQ_BIT(virq);
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

void event_init(void)
{
    softirq_open(SOFTIRQ_DOM_EXC, send_deferred);
    console_hooks(console_input, console_ring, NULL);
    page_low_hook(memory_low);
}
