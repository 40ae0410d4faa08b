/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * platform_op: the control domain, which can read a clock chip or ask the
 * network, tells what time it is; all domains find it in their shared page.
 *
 * The page holds the wall-clock time at which the domain's own counter was
 * zero. The teller's "system time" is counted from the zero of its counter,
 * so that of another domain lies the difference of their CNTVOFF later.
 *
 * Source: public/platform.h; interface.md 2.6, 3.9.
 * Layer:  8 (iface).
 */
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/platform.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/hypercall.h>
#include <xen/time.h>
#include <xen/wallclock.h>

#define NS_PER_S 1000000000u

STATIC_ASSERT(sizeof(struct xen_platform_op) == 136);

/* Guards the two below. */
static struct spinlock clock_lock = SPINLOCK_INIT(RANK_LEAF);
static uint64_t wall_ns;      /* wall clock when the counter was at ...    */
static uint64_t wall_counter; /* ... this; both 0: not known yet           */

/* ns from counter value @from to @to, either order. */
static int64_t ticks_between(uint64_t from, uint64_t to)
{
    return to >= from ? (int64_t)ticks_to_ns(to - from)
                      : -(int64_t)ticks_to_ns(from - to);
}

void wallclock_update(struct domain *d)
{
    struct shared_info *s = d->shared_info;
    uint64_t ns, sec;
    uint32_t version;

    lock_take(&clock_lock);
    if (wall_ns == 0)
        goto out;
    ns = wall_ns + (uint64_t)ticks_between(wall_counter, d->vtimer_offset);
    sec = ns / NS_PER_S + (uint64_t)d->time_offset_s;

    /* Odd while it changes; readers look again. */
    version = s->wc_version | 1;
    WRITE_ONCE(s->wc_version, version);
    smp_wmb();
    s->wc_sec = (uint32_t)sec;
    s->wc_sec_hi = (uint32_t)(sec >> 32);
    s->wc_nsec = (uint32_t)(ns % NS_PER_S);
    smp_wmb();
    WRITE_ONCE(s->wc_version, version + 1);
out:
    lock_drop(&clock_lock);
}

/* -EINVAL: .mbz is not 0, or there are more ns than a second has. */
static int32_t settime(struct vcpu *v, const struct xenpf_settime64 *op)
{
    struct domain *d;
    domid_t next = 0;

    if (op->mbz != 0 || op->nsecs >= NS_PER_S)
        return -EINVAL;

    lock_take(&clock_lock);
    wall_ns = op->secs * NS_PER_S + op->nsecs - op->system_time;
    wall_counter = v->domain->vtimer_offset;
    lock_drop(&clock_lock);

    while ((d = domain_get_next(next)) != NULL) {
        next = (domid_t)(d->id + 1);
        if (READ_ONCE(d->state) < DOMAIN_DYING)
            wallclock_update(d);
        domain_put(d);
    }
    return 0;
}

int32_t platform_op(struct vcpu *v, uint32_t *arg)
{
    struct xen_platform_op op;
    int32_t rc = access_check(v->domain, ACCESS_PRIV, NULL);

    if (rc)
        return rc;
    if (copy_from(&op, arg[0]))
        return -EFAULT;
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return -EACCES;

    switch (op.cmd) {
    case XENPF_settime64:
        return settime(v, &op.u.settime64);
    default:
        return -ENOSYS;
    }
}
