/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One memory_op call, as its operations see it. memory.c has the table.
 *
 * Layer: 8 (iface).
 */
#ifndef XEN_MEMORY_OP_H
#define XEN_MEMORY_OP_H

#include <public/errno.h>

#include <xen/domain.h>

struct memory_call {
    struct vcpu *v;
    guest_ptr_t arg;
    uint32_t op;
    uint32_t start; /* units done by earlier calls (interface.md 1.4)      */
    uint32_t *cmd;  /* the guest's register with op and start              */
};

/*
 * An operation: its result, or -ERESTART from memory_restart. The caller's
 * right to the domain that the structure names is checked by the operation
 * as soon as it knows which that is, with memory_domain.
 */
typedef int32_t memory_fn(const struct memory_call *c);

/*
 * Domain @id, referenced, on which the caller may do what needs TARGET; give
 * it back with memory_domain_put. 0, -ESRCH, -EPERM.
 */
int must_check memory_domain_other(const struct memory_call *c, domid_t id,
                                   struct domain **d);

/*
 * The same, DOMID_SELF included. The caller itself lives as long as this
 * call, so that no reference is needed, and TARGET means at least itself.
 */
static inline int must_check memory_domain(const struct memory_call *c,
                                           domid_t id, struct domain **d)
{
    if (unlikely(id != DOMID_SELF && id != c->v->domain->id))
        return memory_domain_other(c, id, d);
    *d = c->v->domain;
    return 0;
}

static inline void memory_domain_put(const struct memory_call *c,
                                     struct domain *d)
{
    if (unlikely(d != c->v->domain))
        domain_put(d);
}

/* The same for what maps: -EINVAL when the domain dies. */
static inline int must_check memory_live_domain(const struct memory_call *c,
                                                domid_t id, struct domain **d)
{
    int rc = memory_domain(c, id, d);

    if (!rc && unlikely(READ_ONCE((*d)->state) >= DOMAIN_DYING)) {
        memory_domain_put(c, *d);
        rc = -EINVAL;
    }
    return rc;
}

/* To be continued after @done units. Returns -ERESTART. */
int32_t memory_restart(const struct memory_call *c, uint32_t done);

/* memory_map.c */
memory_fn memory_add_to_physmap;
memory_fn memory_add_to_physmap_batch;
memory_fn memory_remove_from_physmap;
memory_fn memory_acquire_resource;

#endif /* XEN_MEMORY_OP_H */
