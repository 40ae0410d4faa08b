/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sched_op: yield, block, poll, shutdown, watchdogs.
 *
 * Source: public/sched.h; interface.md 3.4.
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>

#include <public/errno.h>
#include <public/sched.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/time.h>
#include <xen/timer.h>
#include <xen/trace.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

#define POLL_PORTS_MAX 128u

STATIC_ASSERT(SHUTDOWN_SOFT_RESET == SHUTDOWN_soft_reset);

typedef int32_t sched_fn(struct vcpu *v, guest_ptr_t arg);

static int32_t yield(struct vcpu *v, guest_ptr_t arg)
{
    (void)v;
    (void)arg;
    sched_yield();
    return 0;
}

/* The flag first, then the look: a wake between them is not lost. */
static int32_t block(struct vcpu *v, guest_ptr_t arg)
{
    (void)arg;
    vcpu_block(v);
    if (event_pending(v) || vgic_deliverable(v))
        vcpu_wake(v);
    return 0;
}

static int32_t shutdown(struct vcpu *v, guest_ptr_t arg)
{
    struct sched_shutdown op;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (op.reason > SHUTDOWN_MAX)
        return -EINVAL;

    gprintk(LOG_INFO, VCPU_FMT " shuts its domain down, reason %u\n",
            VCPU_ARG(v), (unsigned int)op.reason);
    trace3(TRC_SCHED_SHUTDOWN, v->domain->id, v->id, op.reason);
    domain_shutdown(v->domain, (enum shutdown_code)op.reason);
    return 0;
}

/* Only remembers the code for the shutdown that follows. */
static int32_t shutdown_code(struct vcpu *v, guest_ptr_t arg)
{
    struct domain *d = v->domain;
    struct sched_shutdown op;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (op.reason > SHUTDOWN_MAX)
        return -EINVAL;

    lock_take(&d->state_lock);
    if (d->shutdown_code == SHUTDOWN_NONE)
        d->shutdown_code = (uint8_t)op.reason;
    lock_drop(&d->state_lock);
    return 0;
}

/* -EFAULT, -EPERM, -ESRCH (DOMID_SELF is none), -EINVAL no such reason. */
static int32_t remote_shutdown(struct vcpu *v, guest_ptr_t arg)
{
    struct sched_remote_shutdown op;
    struct domain *d;
    int32_t rc;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (op.domain_id == DOMID_SELF)
        return -ESRCH;
    rc = access_domain_get(v->domain, ACCESS_DM_PRIV, op.domain_id, &d);
    if (rc)
        return rc;

    rc = op.reason > SHUTDOWN_MAX ? -EINVAL : 0;
    if (!rc)
        domain_shutdown(d, (enum shutdown_code)op.reason);
    domain_put(d);
    return rc;
}

/* True when one of the ports is pending. */
static bool any_pending(const struct domain *d, const uint32_t *ports,
                        uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++) {
        if (event_2l_is_pending(d, ports[i]))
            return true;
    }
    return false;
}

static void poll_end(struct vcpu *v)
{
    atomic_fetch_and(&v->domain->event.poll_mask, ~(1u << v->id));
}

/*
 * The guest's ports to @ports. 0, -EFAULT, -EINVAL (a number that no port
 * of this domain can have).
 */
static int32_t poll_ports(struct domain *d, const struct sched_poll *op,
                          uint32_t *ports)
{
    if (copy_from_guest(ports, (guest_ptr_t)op->ports.q,
                        op->nr_ports * sizeof(*ports)))
        return -EFAULT;
    for (uint32_t i = 0; i < op->nr_ports; i++) {
        if (ports[i] > d->event.max_port)
            return -EINVAL;
        ports[i] = index_nospec(ports[i], EVTCHN_2L_PORTS);
    }
    return 0;
}

/*
 * SCHEDOP_poll: wait until a port is pending (masked or not), anything else
 * wakes the vCPU, or the system time is .timeout. Always 0 then; the guest
 * looks itself. -EINVAL more than 128 ports, or a bad one; -EFAULT.
 */
static int32_t poll(struct vcpu *v, guest_ptr_t arg)
{
    struct event_domain *ev = &v->domain->event;
    uint32_t ports[POLL_PORTS_MAX];
    struct sched_poll op;
    int32_t rc;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (op.nr_ports > POLL_PORTS_MAX)
        return -EINVAL;
    rc = poll_ports(v->domain, &op, ports);
    if (rc)
        return rc;

    /* Of the last poll, if something else ended that. */
    if (timer_armed(&v->poll_timer))
        timer_stop(&v->poll_timer);
    v->event.poll_port = op.nr_ports == 1 ? ports[0] : 0;
    /* Full barriers: a sender sees the bit, or we see its pending bit. */
    atomic_fetch_or(&ev->poll_mask, 1u << v->id);
    if (event_pending(v) || vgic_deliverable(v) ||
        any_pending(v->domain, ports, op.nr_ports)) {
        poll_end(v);
        return 0;
    }

    vcpu_flags_set(v, VP_BLOCKED | VP_POLL);
    if (op.timeout) {
        timer_migrate(&v->poll_timer, smp_cpu_id());
        timer_set(&v->poll_timer, time_base_ticks + ns_to_ticks(op.timeout));
    }
    /* Whoever took our bit before the flag was there could not wake us. */
    if (!(READ_ONCE(ev->poll_mask) & (1u << v->id)) || event_pending(v) ||
        vgic_deliverable(v)) {
        poll_end(v);
        vcpu_wake(v);
    }
    return 0;
}

/* ---- watchdogs; timers and bits are guarded by the event lock; the part
 * of the domain's life that stops them is in domain_create.c ---- */

static void watchdog_bite(void *arg)
{
    struct domain *d = arg;

    printk(LOG_WARN, "sched: watchdog of " DOM_FMT " has expired\n",
           DOM_ARG(d));
    domain_shutdown(d, SHUTDOWN_WATCHDOG);
}

static void watchdog_set(struct domain *d, uint32_t nr, uint32_t seconds)
{
    struct timer *t = &d->watchdog[nr];

    timer_set(t, time_ticks() + (uint64_t)seconds * time_hz);
}

/* A free watchdog of @d, armed; its id (1 and up) or -ENOSPC. */
static int32_t watchdog_new(struct domain *d, uint32_t seconds)
{
    for (uint32_t i = 0; i < WATCHDOGS; i++) {
        if (d->watchdog_used & (1u << i))
            continue;
        if (!d->watchdog[i].fn)
            timer_init(&d->watchdog[i], watchdog_bite, d, smp_cpu_id());
        d->watchdog_used |= 1u << i;
        watchdog_set(d, i, seconds);
        return (int32_t)(i + 1);
    }
    return -ENOSPC;
}

/* Watchdog @nr again, or with @seconds == 0 not any more. */
static int32_t watchdog_renew(struct domain *d, uint32_t nr, uint32_t seconds)
{
    if (!(d->watchdog_used & (1u << nr)))
        return -EINVAL;

    if (seconds) {
        watchdog_set(d, nr, seconds);
    } else {
        d->watchdog_used &= ~(1u << nr);
        timer_stop(&d->watchdog[nr]);
    }
    return 0;
}

/* SCHEDOP_watchdog. -EINVAL no such timer, -ENOSPC both are in use. */
static int32_t watchdog(struct vcpu *v, guest_ptr_t arg)
{
    struct domain *d = v->domain;
    struct sched_watchdog op;
    int32_t rc;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (op.id > WATCHDOGS || (op.id == 0 && op.timeout == 0))
        return -EINVAL;

    lock_take(&d->event.lock);
    if (READ_ONCE(d->state) >= DOMAIN_DYING)
        rc = -EINVAL;
    else if (op.id == 0)
        rc = watchdog_new(d, op.timeout);
    else
        rc = watchdog_renew(d, index_nospec(op.id - 1, WATCHDOGS), op.timeout);
    lock_drop(&d->event.lock);
    return rc;
}

/*
 * SCHEDOP_pin_override: the caller runs on one pCPU only, or, with a negative
 * number, where it may have before. -EBUSY it is pinned, -EINVAL it is not,
 * or there is no such pCPU.
 */
static int32_t pin_override(struct vcpu *v, guest_ptr_t arg)
{
    struct sched_pin_override op;
    uint32_t hard, soft;
    int32_t rc;

    if (copy_from(&op, arg))
        return -EFAULT;
    sched_affinity_get(v, &hard, &soft);
    if (op.pcpu < 0) {
        if (!v->pin_saved)
            return -EINVAL;
        rc = sched_affinity_set(v, v->pin_saved, soft);
        /* Its pool has lost them all meanwhile: as for any other vCPU. */
        if (rc)
            rc = sched_affinity_set(v, UINT32_MAX, soft);
        if (!rc)
            v->pin_saved = 0;
        return rc;
    }
    if (v->pin_saved)
        return -EBUSY;
    if (op.pcpu >= (int32_t)NR_CPUS)
        return -EINVAL;
    rc = sched_affinity_set(v, 1u << op.pcpu, soft);
    if (!rc)
        v->pin_saved = hard;
    return rc;
}

static const struct sched_op {
    sched_fn *fn;
    enum access_class access;
} ops[] = {
    /* clang-format off */
    [SCHEDOP_yield]           = { yield,           ACCESS_ANY },
    [SCHEDOP_block]           = { block,           ACCESS_ANY },
    [SCHEDOP_shutdown]        = { shutdown,        ACCESS_ANY },
    [SCHEDOP_poll]            = { poll,            ACCESS_ANY },
    [SCHEDOP_remote_shutdown] = { remote_shutdown, ACCESS_DM_PRIV },
    [SCHEDOP_shutdown_code]   = { shutdown_code,   ACCESS_ANY },
    [SCHEDOP_watchdog]        = { watchdog,        ACCESS_ANY },
    [SCHEDOP_pin_override]    = { pin_override,    ACCESS_HARDWARE },
    /* clang-format on */
};

int32_t sched_op(struct vcpu *v, uint32_t *arg)
{
    const struct sched_op *op;
    int32_t rc;

    if (arg[0] >= ARRAY_SIZE(ops))
        return -ENOSYS;
    op = &ops[index_nospec(arg[0], ARRAY_SIZE(ops))];

    /* For something to somebody; then it is asked about this somebody. */
    rc = access_check(v->domain, op->access, READ_ONCE(v->domain->target));
    if (rc)
        return rc;
    return op->fn(v, arg[1]);
}
