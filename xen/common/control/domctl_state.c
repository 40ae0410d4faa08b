/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XEN_DOMCTL_get_domain_state: what a domain's life has come to, and for the
 * one that listens to VIRQ_DOM_EXC, which domain has changed.
 *
 * What was told is kept here and compared with what is, so that no other
 * part of the hypervisor has to report changes: in the domain its last told
 * state, and one bit per id for ids that were told to exist. When the
 * listener binds its port anew, all that counts as not told.
 *
 * Source: public/domctl.h; virq-xenstore.md 1.3, rows 36 to 41.
 * Layer:  9 (control).
 */
#include <public/errno.h>

#include <xen/bitmap.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>

#define STATE(name_) XEN_DOMCTL_GETDOMSTATE_STATE_##name_
#define CAP(name_)   XEN_DOMCTL_GETDOMSTATE_CAP_##name_

/* Guards the rest and what domains keep of it; before all locks of them. */
static struct spinlock told_lock = SPINLOCK_INIT(RANK_DOMAIN_CREATE);
static uint32_t told_to_exist[BITMAP_WORDS(DOMID_FIRST_RESERVED)];
static uint32_t binding; /* life of the listener's port that this is about */

static uint16_t state_of(const struct domain *d)
{
    switch (READ_ONCE(d->state)) {
    case DOMAIN_SHUT:
        return STATE(EXIST) | STATE(SHUTDOWN);
    case DOMAIN_DYING:
        return STATE(EXIST) | STATE(DYING);
    case DOMAIN_DEAD:
        return STATE(EXIST) | STATE(DEAD);
    default:
        return STATE(EXIST);
    }
}

static void describe(const struct domain *d,
                     struct xen_domctl_get_domain_state *op)
{
    op->state = state_of(d);
    op->caps = (uint16_t)((d->is_control ? CAP(CONTROL) : 0) |
                          (d->is_hardware ? CAP(HARDWARE) : 0) |
                          (d->is_xenstore ? CAP(XENSTORE) : 0));
    /* Differs between two lives of one id, and is never 0. */
    op->unique_id = (uint64_t)d->generation + 1;
}

/* First domain whose state was not told yet; -ENOENT. The lock is held. */
static int32_t next_living(struct xen_domctl *op)
{
    struct domain *d;
    domid_t next = 0;

    while ((d = domain_get_next(next)) != NULL) {
        bool told = d->event.told_binding == binding &&
                    d->event.told_state == state_of(d);

        next = (domid_t)(d->id + 1);
        if (!told) {
            describe(d, &op->u.get_domain_state);
            op->domain = d->id;
            d->event.told_binding = binding;
            d->event.told_state = op->u.get_domain_state.state;
            bitmap_set(told_to_exist, d->id);
            domain_put(d);
            return 0;
        }
        domain_put(d);
    }
    return -ENOENT;
}

/* First id that was told to exist and does not; all zeroes tell so. */
static int32_t next_gone(struct xen_domctl *op)
{
    uint32_t id = 0;
    struct domain *d;

    for (;; id++) {
        id = bitmap_find_set(told_to_exist, DOMID_FIRST_RESERVED, id);
        if (id >= DOMID_FIRST_RESERVED)
            return -ENOENT;
        d = domain_get((domid_t)id);
        if (!d)
            break;
        domain_put(d);
    }

    bitmap_clear(told_to_exist, id);
    op->domain = (domid_t)id;
    op->u.get_domain_state = (struct xen_domctl_get_domain_state){ .state = 0 };
    return 0;
}

static int32_t next_changed(struct xen_domctl *op)
{
    uint32_t now = virq_bindings(VIRQ_DOM_EXC);
    int32_t rc;

    lock_take(&told_lock);
    if (binding != now) {
        bitmap_clear_range(told_to_exist, 0, DOMID_FIRST_RESERVED);
        binding = now;
    }
    rc = next_gone(op);
    if (rc)
        rc = next_living(op);
    lock_drop(&told_lock);
    return rc;
}

/*
 * -EINVAL the padding is not 0, -ESRCH no such domain; for DOMID_INVALID:
 * -EACCES the caller is not the listener, -ENOENT nothing has changed.
 */
int32_t domctl_get_domain_state(const struct domctl_call *c)
{
    struct xen_domctl_get_domain_state *op = &c->op->u.get_domain_state;
    struct domain *d;

    if (op->pad0 != 0)
        return -EINVAL;
    if (c->op->domain == DOMID_INVALID)
        return virq_handled_by(VIRQ_DOM_EXC, c->caller->domain)
                   ? next_changed(c->op)
                   : -EACCES;

    d = domain_get(c->op->domain);
    if (!d)
        return -ESRCH;
    describe(d, op);
    domain_put(d);
    return 0;
}
