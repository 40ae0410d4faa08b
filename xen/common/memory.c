/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op: the table, how much memory a domain has, and giving and taking
 * pages. What is mapped where is in memory_map.c.
 *
 * A direct-mapped domain (dom0) keeps the frames that it balloons out:
 * only the mapping goes, and populating the same gfn brings it back, so
 * that device addresses stay what they are (interface.md T18).
 *
 * Source: public/memory.h; interface.md 3.1.
 * Layer:  8 (iface).
 */
#include <public/errno.h>
#include <public/memory.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/memory_op.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/string.h>

#define OP_BITS 6u
#define OP_MASK ((1u << OP_BITS) - 1)

/* What the progress field of the command can hold. */
#define EXTENTS_MAX (UINT32_MAX >> OP_BITS)

/* Extents are of at most 2 MiB, those of a control domain of 1 GiB. */
#define ORDER_MAX         PAGE_ORDER_2M
#define ORDER_MAX_CONTROL 18u

/*
 * Units of work between two looks at waiting interrupts, and their order: an
 * extent that is given back is gone through in pieces of this size.
 */
#define BATCH       16u
#define BATCH_ORDER 4u

/* In the progress field: what was populated of an extent is taken back. */
#define TAKING_BACK (1u << 25)
STATIC_ASSERT(TAKING_BACK == (EXTENTS_MAX >> 1) + 1);

/* Larger blocks are not scrubbed in one go, but so many pages at a time. */
#define SCRUB_ORDER 3u
#define SCRUB_BATCH 8u

int memory_domain_other(const struct memory_call *c, domid_t id,
                        struct domain **d)
{
    return access_domain_get(c->v->domain, ACCESS_TARGET, id, d);
}

int32_t memory_restart(const struct memory_call *c, uint32_t done)
{
    *c->cmd = c->op | done << OP_BITS;
    return -ERESTART;
}

/* ---- reservations ---- */

/*
 * One extent of @order at @gfn. -EAGAIN: no pages, or none that are clean;
 * other errors end the call.
 */
typedef int extent_fn(struct domain *d, gfn_t gfn, unsigned int order);

static bool extent_in_range(gfn_t gfn, unsigned int order)
{
    return gfn.n <= FRAME_LIMIT - (1u << order);
}

/* Give a direct-mapped domain its own frames back. */
static int populate_direct(struct domain *d, gfn_t gfn, unsigned int order)
{
    uint32_t nr = 1u << order;

    for (uint32_t i = 0; i < nr; i++) {
        mfn_t mfn = mfn_make(gfn.n + i);
        const struct page *pg;

        if (!mfn_is_ram(mfn))
            return -EINVAL;
        pg = mfn_to_page(mfn);
        if (READ_ONCE(pg->owner) != d->id || !(pg->flags & PAGE_LISTED))
            return -EINVAL;
    }
    if (order > BATCH_ORDER)
        irq_window();
    return p2m_map(d, gfn, mfn_make(gfn.n), nr, P2M_RAM);
}

/* Pages for @d, none of them from a large block that is to be scrubbed. */
static struct page *alloc_clean(struct domain *d, unsigned int order)
{
    return domain_alloc_pages(d, order, order > SCRUB_ORDER ? PA_CLEAN : 0);
}

static int populate(struct domain *d, gfn_t gfn, unsigned int order)
{
    struct page *pg;
    mfn_t mfn;
    int rc;

    if (!extent_in_range(gfn, order))
        return -EINVAL;
    if (d->direct_mapped)
        return populate_direct(d, gfn, order);

    pg = alloc_clean(d, order);
    if (!pg)
        return -EAGAIN;
    if (order > BATCH_ORDER)
        irq_window();
    mfn = page_to_mfn(pg);
    rc = p2m_map(d, gfn, mfn, 1u << order, P2M_RAM);
    if (likely(!rc))
        return 0;

    for (uint32_t i = 0; i < 1u << order; i++) {
        domain_drop_page(d, mfn_to_page(mfn_add(mfn, i)));
        if (i % BATCH == BATCH - 1)
            irq_window();
    }
    return rc;
}

/* Pages for later, mapped nowhere. */
static int increase(struct domain *d, gfn_t gfn, unsigned int order)
{
    (void)gfn;
    return alloc_clean(d, order) ? 0 : -EAGAIN;
}

/*
 * Only the domain's own pages can be given back. Our reference keeps each
 * from becoming another page while we work on it: when two vCPUs give back
 * the same one, the second finds it no longer listed.
 */
static bool decrease_one(struct domain *d, gfn_t gfn)
{
    struct page *pg = p2m_take_own(d, gfn);

    if (!pg)
        return false;
    if (!d->direct_mapped)
        domain_drop_page(d, pg);
    page_put(pg);
    return true;
}

/* At most BATCH pages. */
static int decrease(struct domain *d, gfn_t gfn, unsigned int order)
{
    if (!extent_in_range(gfn, order))
        return -EINVAL;
    for (uint32_t i = 0; i < 1u << order; i++) {
        if (!decrease_one(d, gfn_add(gfn, i)))
            return -EINVAL;
    }
    return 0;
}

/* Wishes about place that this machine cannot promise to fulfil. */
static bool flags_ok(const struct memory_call *c, uint32_t flags)
{
    uint32_t bits = XENMEMF_get_address_bits(flags);

    if (likely(flags == 0))
        return true;
    if (flags & (XENMEMF_populate_on_demand | XENMEMF_vnode))
        return false;
    if ((flags & XENMEMF_exact_node_request) &&
        (XENMEMF_get_node(flags) != 0 ||
         access_check(c->v->domain, ACCESS_PRIV, NULL)))
        return false;
    if (bits != 0 && bits < PADDR_BITS) {
        if (bits <= PAGE_SHIFT || page_max_mfn().n >> (bits - PAGE_SHIFT))
            return false;
    }
    return true;
}

/* Can @d get the pages of an extent of @order as things are? */
static bool has_room(const struct domain *d, unsigned int order)
{
    uint32_t nr = 1u << order;
    uint32_t max = READ_ONCE(d->max_pages), tot = READ_ONCE(d->tot_pages);

    return d->direct_mapped ||
           (tot <= max && nr <= max - tot && nr <= page_free_nr());
}

/*
 * @fn, for which memory is scrubbed until there is enough. False: no; or
 * with *@restart it is to be tried again, after other work.
 */
static bool extent_done(struct domain *d, gfn_t gfn, unsigned int order,
                        extent_fn *fn, bool *restart)
{
    int rc;

    *restart = false;
    while (unlikely((rc = fn(d, gfn, order)) == -EAGAIN)) {
        if (order <= SCRUB_ORDER || !has_room(d, order))
            return false;
        /* Nothing is left to be scrubbed: perhaps another CPU has just done
         * that, and a block is there now. */
        if (!page_scrub_step(order, SCRUB_BATCH))
            return fn(d, gfn, order) == 0;
        *restart = preempt_wanted();
        if (*restart)
            return false;
    }
    return rc == 0;
}

/*
 * Extents [c->start, nr) of the list, at most BATCH at a time. Returns the
 * number done in all, or -ERESTART.
 */
static int32_t run_extents(const struct memory_call *c, struct domain *d,
                           const struct xen_memory_reservation *r,
                           extent_fn *fn)
{
    guest_ptr_t list = (guest_ptr_t)r->extent_start.q;
    uint32_t nr = (uint32_t)r->nr_extents;
    uint32_t work = 0;
    uint64_t raw[BATCH];
    uint32_t done = c->start;
    bool restart = false;
    gfn_t gfn;

    /* Pages that are mapped nowhere have no list of where. */
    if (c->op == XENMEM_increase_reservation)
        memset(raw, 0, sizeof(raw));

    while (done < nr) {
        uint32_t len = MIN(nr - done, BATCH);

        if (c->op != XENMEM_increase_reservation &&
            copy_from_guest(raw, list + done * sizeof(raw[0]),
                            len * sizeof(raw[0])))
            return (int32_t)done;
        for (uint32_t i = 0; i < len; i++, done++) {
            if (work >= BATCH && preempt_wanted())
                return memory_restart(c, done);
            if (!gfn_from_guest(raw[i], &gfn) ||
                !extent_done(d, gfn, r->extent_order, fn, &restart))
                return restart ? memory_restart(c, done) : (int32_t)done;
            work = (work >= BATCH ? 0 : work) + (1u << r->extent_order);
        }
    }
    return (int32_t)done;
}

/* Frame that piece @at of 2^@order frames of the list's extents begins with. */
static bool piece_gfn(const struct xen_memory_reservation *r, uint32_t at,
                      unsigned int order, gfn_t *gfn)
{
    unsigned int parts = r->extent_order - order;
    uint64_t raw;

    if (copy_from(&raw, (guest_ptr_t)r->extent_start.q +
                            (at >> parts) * sizeof(raw)) ||
        !gfn_from_guest(raw, gfn) || !extent_in_range(*gfn, r->extent_order))
        return false;
    gfn->n += (at & ((1u << parts) - 1)) << order;
    return true;
}

/* An extent's pieces of BATCH pages before @at are taken back. */
static int32_t take_back(const struct memory_call *c, struct domain *d,
                         const struct xen_memory_reservation *r, uint32_t at)
{
    unsigned int parts = r->extent_order - BATCH_ORDER;
    gfn_t gfn = INVALID_GFN;

    while (at & ((1u << parts) - 1)) {
        if (!piece_gfn(r, --at, BATCH_ORDER, &gfn) ||
            decrease(d, gfn, BATCH_ORDER))
            gprintk(LOG_DEBUG, DOM_FMT ": gfn %x: has gone already\n",
                    DOM_ARG(d), (unsigned int)gfn.n);
        if (preempt_wanted())
            return memory_restart(c, at | TAKING_BACK);
    }
    return (int32_t)(at >> parts);
}

/* Orders of the pieces in which an extent is populated, or given back. */
static unsigned int piece_order(const struct memory_call *c)
{
    return c->op == XENMEM_decrease_reservation ? BATCH_ORDER : ORDER_MAX;
}

/*
 * Extents larger than piece_order, in such pieces, which the progress that a
 * call is continued with counts. Populated in full or not at all, where room
 * is looked for first, as taking back takes long.
 */
static int32_t run_large(const struct memory_call *c, struct domain *d,
                         const struct xen_memory_reservation *r, extent_fn *fn)
{
    unsigned int order = piece_order(c);
    unsigned int parts = r->extent_order - order;
    uint32_t done = c->start, nr = (uint32_t)r->nr_extents << parts;
    bool restart = false;
    gfn_t gfn;

    if (fn == populate && (c->start & TAKING_BACK))
        return take_back(c, d, r, c->start & ~TAKING_BACK);

    for (; done < nr; done++) {
        bool first = (done & ((1u << parts) - 1)) == 0;

        if (done > c->start && preempt_wanted())
            return memory_restart(c, done);
        if (!piece_gfn(r, done, order, &gfn) ||
            (first && fn == populate && !has_room(d, r->extent_order)))
            break;
        if (extent_done(d, gfn, order, fn, &restart))
            continue;
        if (restart)
            return memory_restart(c, done);
        if (fn == populate)
            return take_back(c, d, r, done << (order - BATCH_ORDER));
        break;
    }
    return (int32_t)(done >> parts);
}

/* A list of nowhere cannot be gone through in steps. */
static uint32_t order_max(const struct memory_call *c)
{
    return c->op != XENMEM_increase_reservation &&
                   access_check(c->v->domain, ACCESS_PRIV, NULL) == 0
               ? ORDER_MAX_CONTROL
               : ORDER_MAX;
}

/*
 * increase_, decrease_reservation, populate_physmap. Whatever is wrong ends
 * the call; the answer is always the number of extents that were done.
 */
static int32_t reservation(const struct memory_call *c)
{
    struct xen_memory_reservation r;
    extent_fn *fn = c->op == XENMEM_populate_physmap       ? populate
                    : c->op == XENMEM_decrease_reservation ? decrease
                                                           : increase;
    uint32_t done = c->start, parts = 0, limit = EXTENTS_MAX;
    struct domain *d;

    if (copy_from(&r, c->arg))
        return (int32_t)done;
    if (unlikely(r.extent_order > ORDER_MAX) && r.extent_order > order_max(c))
        return 0;
    if (r.extent_order > piece_order(c)) {
        parts = r.extent_order - piece_order(c);
        limit = (TAKING_BACK - 1) >> (r.extent_order - BATCH_ORDER);
        done = fn == populate && (done & TAKING_BACK)
                   ? (done & ~TAKING_BACK) >> (r.extent_order - BATCH_ORDER)
                   : done >> parts;
    }
    if (r.nr_extents > limit || done >= r.nr_extents)
        return (int32_t)done;
    if (memory_live_domain(c, r.domid, &d))
        return (int32_t)done;

    if (c->op == XENMEM_decrease_reservation || flags_ok(c, r.mem_flags))
        done = (uint32_t)(parts ? run_large(c, d, &r, fn)
                                : run_extents(c, d, &r, fn));
    memory_domain_put(c, d);
    return (int32_t)done;
}

/*
 * claim_pages: -EPERM, -EFAULT, -EINVAL also for a domain that is not there,
 * else as domain_claim_pages.
 */
static int32_t claim_pages(const struct memory_call *c)
{
    struct xen_memory_reservation r;
    struct domain *d;
    int32_t rc = access_check(c->v->domain, ACCESS_PRIV, NULL);

    if (rc)
        return rc;
    if (copy_from(&r, c->arg))
        return -EFAULT;
    if (r.extent_start.q != 0 || r.extent_order != 0 || r.mem_flags != 0 ||
        r.nr_extents > UINT32_MAX)
        return -EINVAL;
    d = domain_get(r.domid);
    if (!d)
        return -EINVAL;
    rc = domain_claim_pages(d, (uint32_t)r.nr_extents);
    domain_put(d);
    return rc;
}

/* ---- questions ---- */

static int32_t maximum_ram_page(const struct memory_call *c)
{
    (void)c;
    return (int32_t)page_max_mfn().n;
}

/*
 * current_, maximum_reservation, maximum_gpfn; get_vnumainfo, but no domain
 * has virtual NUMA nodes. -EFAULT, -ESRCH, -EPERM, -EOPNOTSUPP.
 */
static int32_t domain_question(const struct memory_call *c)
{
    struct domain *d;
    domid_t id;
    int32_t rc;

    if (copy_from(&id, c->arg))
        return -EFAULT;
    rc = memory_domain(c, id, &d);
    if (rc)
        return rc;

    switch (c->op) {
    case XENMEM_current_reservation:
        rc = (int32_t)READ_ONCE(d->tot_pages);
        break;
    case XENMEM_maximum_reservation:
        rc = (int32_t)MIN(READ_ONCE(d->max_pages), (uint32_t)INT32_MAX);
        break;
    case XENMEM_maximum_gpfn:
        rc = (int32_t)MAX(READ_ONCE(d->p2m.max_gfn), 1u) - 1;
        break;
    default:
        rc = -EOPNOTSUPP;
        break;
    }
    memory_domain_put(c, d);
    return rc;
}

/* Pages are never shared between domains here. */
static int32_t no_sharing(const struct memory_call *c)
{
    (void)c;
    return 0;
}

/* No memory is reserved for devices. */
static int32_t no_reserved_memory(const struct memory_call *c)
{
    struct xen_reserved_device_memory_map map;

    if (copy_from(&map, c->arg))
        return -EFAULT;
    map.nr_entries = 0;
    return copy_to(c->arg, &map) ? -EFAULT : 0;
}

static const struct memory_op {
    memory_fn *fn;
    bool restarts; /* understands a start other than 0 */
} ops[] = {
    /* clang-format off */
    [XENMEM_increase_reservation] = { reservation,      true },
    [XENMEM_decrease_reservation] = { reservation,      true },
    [XENMEM_populate_physmap]     = { reservation,      true },
    [XENMEM_maximum_ram_page]     = { maximum_ram_page, false },
    [XENMEM_current_reservation]  = { domain_question,  false },
    [XENMEM_maximum_reservation]  = { domain_question,  false },
    [XENMEM_maximum_gpfn]         = { domain_question,  false },
    [XENMEM_get_vnumainfo]        = { domain_question,  false },
    [XENMEM_claim_pages]          = { claim_pages,      false },
    [XENMEM_add_to_physmap]       = { memory_add_to_physmap,       true },
    [XENMEM_add_to_physmap_batch] = { memory_add_to_physmap_batch, true },
    [XENMEM_remove_from_physmap]  = { memory_remove_from_physmap,  false },
    [XENMEM_acquire_resource]     = { memory_acquire_resource,     true },
    [XENMEM_get_sharing_freed_pages]   = { no_sharing, false },
    [XENMEM_get_sharing_shared_pages]  = { no_sharing, false },
    [XENMEM_reserved_device_memory_map] = { no_reserved_memory, false },
    /* The others answer -ENOSYS, as on any ARM machine. */
    /* clang-format on */
};

int32_t memory_op(struct vcpu *v, uint32_t *arg)
{
    struct memory_call c = {
        .v = v,
        .arg = arg[1],
        .op = arg[0] & OP_MASK,
        .start = arg[0] >> OP_BITS,
        .cmd = &arg[0],
    };
    const struct memory_op *op;

    if (c.op >= ARRAY_SIZE(ops))
        return -ENOSYS;
    op = &ops[index_nospec(c.op, ARRAY_SIZE(ops))];
    if (!op->fn)
        return -ENOSYS;
    if (c.start != 0 && !op->restarts)
        return -EINVAL;
    return op->fn(&c);
}
