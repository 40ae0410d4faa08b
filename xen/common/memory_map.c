/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op: putting pages of the hypervisor's and of other domains into a
 * domain's physical address space, and taking mappings out.
 *
 * Source: public/memory.h; interface.md 3.1.
 * Layer:  8 (iface).
 */
#include <public/errno.h>
#include <public/memory.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/grant_table.h>
#include <xen/memory_op.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/softirq.h>

#define BATCH 16u

/*
 * Is @mfn, a page of ours, still mapped at @gfn? The guest may have put
 * something else there since we noted it.
 */
static bool still_at(struct domain *d, gfn_t gfn, mfn_t mfn)
{
    enum p2m_type type;

    return !gfn_eq(gfn, INVALID_GFN) &&
           mfn_eq(p2m_lookup(d, gfn, &type), mfn) && type == P2M_XEN;
}

/*
 * A page of ours was at @gfn: so that mapping it again need not look
 * whether it still is.
 */
static void forget_place(struct domain *d, gfn_t gfn)
{
    if (gfn_eq(d->shared_info_gfn, gfn))
        d->shared_info_gfn = INVALID_GFN;
    for (uint32_t i = 0; i < d->grant.nr_frames; i++) {
        if (gfn_eq(grant_frame_gfn(d, i), gfn))
            grant_frame_set_gfn(d, i, INVALID_GFN);
    }
}

static int32_t map_shared_info(struct domain *d, uint64_t idx, gfn_t gfn)
{
    mfn_t mfn = page_to_mfn(d->shared_info_page);
    int32_t rc;

    if (idx != 0)
        return -EINVAL;
    if (still_at(d, d->shared_info_gfn, mfn))
        return -EBUSY;

    rc = p2m_map(d, gfn, mfn, 1, P2M_XEN);
    if (!rc)
        d->shared_info_gfn = gfn;
    return rc;
}

/* The table grows up to frame @idx. */
static int32_t map_grant_frame(struct domain *d, uint64_t idx, gfn_t gfn)
{
    uint32_t index = (uint32_t)idx;
    int32_t rc;
    mfn_t mfn;

    if (idx >= XENMAPIDX_grant_table_status)
        return -EINVAL;
    rc = grant_frame_get(d, index, &mfn);
    if (rc)
        return rc;
    if (still_at(d, grant_frame_gfn(d, index), mfn))
        return -EBUSY;

    rc = p2m_map(d, gfn, mfn, 1, P2M_XEN);
    if (!rc)
        grant_frame_set_gfn(d, index, gfn);
    return rc;
}

/* A page of the hypervisor's that tools may see: a trace buffer. */
static int32_t map_xen_page(struct domain *d, uint64_t idx, gfn_t gfn)
{
    const struct page *pg;
    mfn_t mfn;
    bool ro;

    if (!mfn_from_guest(idx, &mfn) || !mfn_is_ram(mfn))
        return -EINVAL;
    pg = mfn_to_page(mfn);
    if (READ_ONCE(pg->owner) != DOMID_OWNER_XEN ||
        !(pg->flags & (PAGE_XEN_SHARE | PAGE_XEN_SHARE_RO)))
        return -EINVAL;

    ro = pg->flags & PAGE_XEN_SHARE_RO;
    return p2m_map(d, gfn, mfn, 1, ro ? P2M_XEN_SHARE_RO : P2M_XEN_SHARE);
}

/*
 * Page @idx of @od at @gfn of @d; the mapping owns a reference to both, so
 * that @od, though dead, keeps its id while others see its memory.
 */
static int32_t map_foreign(struct domain *d, struct domain *od, uint64_t idx,
                           gfn_t gfn)
{
    enum p2m_type type;
    struct page *pg;
    gfn_t from;
    int32_t rc;

    if (!gfn_from_guest(idx, &from) || READ_ONCE(od->state) >= DOMAIN_DYING)
        return -EINVAL;
    pg = p2m_get_page(od, from, &type);
    if (!pg)
        return -EINVAL;

    domain_hold(od);
    if (type == P2M_RAM || type == P2M_RAM_RO)
        rc = p2m_map(d, gfn, page_to_mfn(pg), 1,
                     type == P2M_RAM ? P2M_FOREIGN : P2M_FOREIGN_RO);
    else
        rc = -EINVAL;
    if (rc) {
        page_put(pg);
        domain_put(od);
    }
    return rc;
}

/*
 * XENMEM_add_to_physmap: one page of ours for the domain itself.
 * -EFAULT, -EDOM, -ESRCH, -EPERM, -EINVAL, -EBUSY mapped elsewhere, -ENOMEM,
 * -ENOSYS no such space here.
 */
int32_t memory_add_to_physmap(const struct memory_call *c)
{
    struct xen_add_to_physmap op;
    struct domain *d;
    int32_t rc;
    gfn_t gfn;

    if (c->start > UINT16_MAX)
        return -EDOM;
    if (copy_from(&op, c->arg))
        return -EFAULT;
    if (op.space == XENMAPSPACE_gmfn_foreign)
        return -ENOSYS;
    rc = memory_live_domain(c, op.domid, &d);
    if (rc)
        return rc;

    if (!gfn_from_guest(op.gpfn, &gfn))
        rc = -EINVAL;
    else if (op.space == XENMAPSPACE_shared_info)
        rc = map_shared_info(d, op.idx, gfn);
    else if (op.space == XENMAPSPACE_grant_table)
        rc = map_grant_frame(d, op.idx, gfn);
    else
        rc = -ENOSYS;
    memory_domain_put(c, d);
    return rc;
}

/* ---- batch ---- */

/* Whose pages a batch maps, and what each element gets when nobody's. */
struct source {
    struct domain *od; /* NULL: not a domain's */
    bool xen;          /* DOMID_XEN */
    int32_t rc;
};

/*
 * The other domain of a foreign batch. The mapping domain @d must itself
 * have the right to see the other's memory.
 */
static void source_get(struct source *s, const struct domain *d, domid_t id)
{
    s->od = NULL;
    s->xen = id == DOMID_XEN;
    s->rc = 0;
    if (s->xen) {
        s->rc = access_check(d, ACCESS_PRIV, NULL);
        return;
    }
    if (id == DOMID_IO) {
        s->rc = -EINVAL;
        return;
    }

    /* Could it have the right to anybody's? */
    s->rc = access_check(d, ACCESS_DM_PRIV, READ_ONCE(d->target));
    if (s->rc)
        return;
    s->od = domain_get(id);
    if (!s->od)
        s->rc = -ESRCH;
    else if (s->od == d)
        s->rc = -EINVAL;
    else
        s->rc = access_check(d, ACCESS_DM_PRIV, s->od);
}

static int32_t batch_one(const struct xen_add_to_physmap_batch *op,
                         struct domain *d, const struct source *s, uint64_t idx,
                         uint64_t gpfn)
{
    gfn_t gfn;

    if (s->rc)
        return s->rc;
    if (!gfn_from_guest(gpfn, &gfn))
        return -EINVAL;

    switch (op->space) {
    case XENMAPSPACE_shared_info:
        return map_shared_info(d, idx, gfn);
    case XENMAPSPACE_grant_table:
        return map_grant_frame(d, idx, gfn);
    case XENMAPSPACE_gmfn_foreign:
        return s->xen ? map_xen_page(d, idx, gfn)
                      : map_foreign(d, s->od, idx, gfn);
    default:
        return -ENOSYS;
    }
}

/* Elements [c->start, size). 0, -EFAULT or -ERESTART. */
static int32_t batch_run(const struct memory_call *c,
                         const struct xen_add_to_physmap_batch *op,
                         struct domain *d, const struct source *s)
{
    uint64_t idx, gpfn;
    int32_t rc;

    for (uint32_t i = c->start; i < op->size; i++) {
        if (i > c->start && (i - c->start) % BATCH == 0 && preempt_wanted())
            return memory_restart(c, i);
        if (copy_from(&idx, (guest_ptr_t)op->idxs.q + i * sizeof(idx)) ||
            copy_from(&gpfn, (guest_ptr_t)op->gpfns.q + i * sizeof(gpfn)))
            return -EFAULT;
        rc = batch_one(op, d, s, idx, gpfn);
        if (copy_to((guest_ptr_t)op->errs.q + i * sizeof(rc), &rc))
            return -EFAULT;
    }
    return 0;
}

/*
 * XENMEM_add_to_physmap_batch: 0 even when elements failed.
 * -EFAULT, -EDOM, -EILSEQ (progress beyond the size), -ESRCH, -EPERM,
 * -EOPNOTSUPP no such space.
 */
int32_t memory_add_to_physmap_batch(const struct memory_call *c)
{
    struct xen_add_to_physmap_batch op;
    struct source s = { 0 };
    struct domain *d;
    int32_t rc;

    if (c->start > UINT16_MAX)
        return -EDOM;
    if (copy_from(&op, c->arg))
        return -EFAULT;
    if (op.space == XENMAPSPACE_gmfn_range ||
        (op.space == XENMAPSPACE_dev_mmio && op.u.res0 != 0))
        return -EOPNOTSUPP;
    if (c->start != 0 && c->start >= op.size)
        return -EILSEQ;
    rc = memory_live_domain(c, op.domid, &d);
    if (rc)
        return rc;

    if (op.space == XENMAPSPACE_gmfn_foreign)
        source_get(&s, d, op.u.foreign_domid);
    rc = batch_run(c, &op, d, &s);
    if (s.od)
        domain_put(s.od);
    memory_domain_put(c, d);
    return rc;
}

/* XENMEM_remove_from_physmap. -ENOENT: nothing is mapped there. */
int32_t memory_remove_from_physmap(const struct memory_call *c)
{
    struct xen_remove_from_physmap op;
    struct domain *d;
    int32_t rc;
    gfn_t gfn = INVALID_GFN;

    if (copy_from(&op, c->arg))
        return -EFAULT;
    rc = memory_live_domain(c, op.domid, &d);
    if (rc)
        return rc;

    rc = gfn_from_guest(op.gpfn, &gfn)
             ? p2m_unmap_if(d, gfn, P2M_ALL, INVALID_MFN)
             : -ENOENT;
    if (!rc)
        forget_place(d, gfn);
    memory_domain_put(c, d);
    return rc;
}

/* ---- resources ---- */

/* Frames that the resource has; 0: there is no such resource here. */
static int32_t resource_size(const struct domain *d,
                             const struct xen_mem_acquire_resource *op,
                             uint32_t *size)
{
    *size = 0;
    switch (op->type) {
    case XENMEM_resource_grant_table:
        if (op->id == XENMEM_resource_grant_table_id_shared)
            *size = d->grant.max_frames;
        break;
    case XENMEM_resource_ioreq_server:
    case XENMEM_resource_vmtrace_buf:
        break;
    default:
        return -EOPNOTSUPP;
    }
    return *size ? 0 : -EINVAL;
}

/*
 * Frame @index of @d's grant table at @gfn of the caller. The page stays
 * until the caller unmaps it, whatever becomes of @d.
 */
static int32_t map_resource(struct domain *currd, struct domain *d,
                            uint32_t index, gfn_t gfn)
{
    struct page *pg;
    int32_t rc;
    mfn_t mfn;

    rc = grant_frame_get(d, index, &mfn);
    if (rc)
        return rc;
    pg = mfn_to_page(mfn);
    if (!page_get_any(pg))
        return -EINVAL;
    rc = p2m_map(currd, gfn, mfn, 1, P2M_FOREIGN);
    if (rc)
        page_put(pg);
    return rc;
}

static int32_t resource_run(const struct memory_call *c, struct domain *d,
                            const struct xen_mem_acquire_resource *op,
                            uint32_t size)
{
    guest_ptr_t list = (guest_ptr_t)op->frame_list.q;
    uint64_t raw;
    int32_t rc;
    gfn_t gfn;

    if (op->nr_frames == 0 || op->frame + op->nr_frames > size ||
        op->frame > size || c->start >= op->nr_frames)
        return -EINVAL;

    for (uint32_t i = c->start; i < op->nr_frames; i++) {
        if (i > c->start && i % (BATCH / 2) == 0 && preempt_wanted())
            return memory_restart(c, i);
        if (copy_from(&raw, list + i * sizeof(raw)))
            rc = -EFAULT;
        else if (!gfn_from_guest(raw, &gfn))
            rc = -EINVAL;
        else
            rc = map_resource(c->v->domain, d, (uint32_t)op->frame + i, gfn);
        if (rc)
            return i == 0 ? rc : -EIO;
    }
    return 0;
}

/*
 * XENMEM_acquire_resource: a control domain maps, or asks the size of, the
 * grant table of another domain. -EFAULT, -EPERM (also on itself), -ESRCH,
 * -EINVAL, -EOPNOTSUPP no such type, -EIO only some frames are mapped.
 */
int32_t memory_acquire_resource(const struct memory_call *c)
{
    struct domain *currd = c->v->domain;
    struct xen_mem_acquire_resource op;
    struct domain *d;
    uint32_t size;
    int32_t rc;

    rc = access_check(currd, ACCESS_DM_PRIV, READ_ONCE(currd->target));
    if (rc)
        return rc;
    if (copy_from(&op, c->arg))
        return -EFAULT;
    if (op.pad != 0)
        return -EINVAL;
    if (op.domid == DOMID_SELF || op.domid == currd->id)
        return -EPERM;
    rc = access_domain_get(currd, ACCESS_DM_PRIV, op.domid, &d);
    if (rc)
        return rc;

    rc = resource_size(d, &op, &size);
    if (rc)
        goto out;
    if ((guest_ptr_t)op.frame_list.q == 0) {
        rc = -EINVAL;
        if (op.nr_frames != 0)
            goto out;
        op.nr_frames = size;
        rc = copy_to(c->arg, &op) ? -EFAULT : 0;
    } else {
        rc = resource_run(c, d, &op, size);
    }
out:
    domain_put(d);
    return rc;
}
