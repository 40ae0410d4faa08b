/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copying by grant reference, and cache maintenance on granted pages for
 * domains whose devices read and write them.
 *
 * Source: public/grant_table.h; interface.md 3.3.
 * Layer:  8 (iface).
 */
#include <asm/cache.h>

#include <public/errno.h>

#include <xen/access.h>
#include <xen/grant_op.h>
#include <xen/hyp_map.h>
#include <xen/p2m.h>
#include <xen/softirq.h>
#include <xen/string.h>

/* ---- copy ---- */

/* One end of a copy, while it is held. */
struct side {
    struct domain *d;  /* referenced, unless it is the caller; or NULL */
    struct page *page; /* referenced, or NULL                          */
    uint32_t ref;
    bool pinned;
};

/* The caller's own RAM at frame @gmfn. */
static inline int16_t side_own(struct side *s, uint64_t gmfn, bool write)
{
    gfn_t gfn;

    if (!gfn_from_guest(gmfn, &gfn))
        return GNTST_bad_page;
    s->page = p2m_get_own(s->d, gfn, write);
    return s->page ? GNTST_okay : GNTST_bad_page;
}

static inline int16_t side_open(struct side *s, struct domain *caller,
                                const struct gnttab_copy_ptr *p, bool gref,
                                bool write)
{
    int16_t status;

    if (!gref && p->domid != DOMID_SELF)
        return GNTST_permission_denied;
    if (p->domid == DOMID_SELF || p->domid == caller->id) {
        s->d = caller;
    } else {
        s->d = domain_get(p->domid);
        if (!s->d)
            return GNTST_bad_domain;
        if (access_grant(caller, s->d, p->u.ref))
            return GNTST_permission_denied;
    }

    if (!gref)
        return side_own(s, p->u.gmfn, write);
    status = grant_pin(s->d, p->u.ref, caller, !write, &s->page);
    s->pinned = status == GNTST_okay;
    s->ref = p->u.ref;
    return status;
}

static inline void side_close(struct side *s, const struct domain *caller,
                              bool write)
{
    if (s->pinned)
        grant_unpin(s->d, s->ref, !write);
    if (s->page)
        page_put(s->page);
    if (s->d && s->d != caller)
        domain_put(s->d);
}

static void copy_bytes(const struct gnttab_copy *op, const struct page *to,
                       const struct page *from)
{
    uint8_t *dst = frame_open(page_to_mfn(to));
    const uint8_t *src = frame_open(page_to_mfn(from));

    /* Both may be one page, and the ranges may overlap. */
    if (to == from)
        memmove(dst + op->dest.offset, src + op->source.offset, op->len);
    else
        memcpy(dst + op->dest.offset, src + op->source.offset, op->len);
    frame_close((void *)(uintptr_t)src);
    frame_close(dst);
}

static int16_t copy(struct domain *currd, const struct gnttab_copy *op)
{
    struct side src, dst;
    int16_t status;

    src.d = dst.d = NULL;
    src.page = dst.page = NULL;
    src.pinned = dst.pinned = false;
    if (op->source.offset + (uint32_t)op->len > PAGE_SIZE ||
        op->dest.offset + (uint32_t)op->len > PAGE_SIZE)
        return GNTST_bad_copy_arg;

    status = side_open(&src, currd, &op->source,
                       op->flags & GNTCOPY_source_gref, false);
    if (status == GNTST_okay)
        status = side_open(&dst, currd, &op->dest,
                           op->flags & GNTCOPY_dest_gref, true);
    /* A third party may not carry what the two could not exchange. */
    if (status == GNTST_okay && src.d != currd && dst.d != currd &&
        access_grant(src.d, dst.d, ACCESS_NO_REF))
        status = GNTST_permission_denied;
    if (status == GNTST_okay)
        copy_bytes(op, dst.page, src.page);
    side_close(&dst, currd, true);
    side_close(&src, currd, false);
    return status;
}

int32_t grant_copy_one(struct vcpu *v, void *element)
{
    struct gnttab_copy *op = element;

    op->status = copy(v->domain, op);
    return 0;
}

/* ---- cache maintenance ---- */

/* Entries that are looked at between two looks at waiting interrupts. */
#define SEARCH_BATCH 1024u

/* Has @rd granted @mfn to @d, who uses it now? 0, -EPERM, -ERESTART. */
static int32_t check_granted(struct domain *rd, const struct domain *d,
                             mfn_t mfn, uint32_t *cursor)
{
    bool end;

    do {
        if (grant_search(rd, d, mfn, SEARCH_BATCH, cursor, &end))
            return 0;
        if (!end && preempt_wanted())
            return -ERESTART;
    } while (!end);
    return -EPERM;
}

static void flush(const struct gnttab_cache_flush *op, mfn_t mfn)
{
    uint8_t *va = frame_open(mfn);

    /*
     * Invalidating alone would throw away what others wrote beside the
     * range in its first and last line: clean those bytes to memory first.
     */
    if (op->op & GNTTAB_CACHE_INVAL)
        cache_clean_inv_range(va + op->offset, op->length);
    else
        cache_clean_range(va + op->offset, op->length);
    frame_close(va);
}

int32_t grant_cache_flush(struct vcpu *v, const struct gnttab_cache_flush *op,
                          uint32_t *cursor)
{
    struct domain *d = v->domain, *rd;
    struct page *pg;
    int32_t rc = 0;
    mfn_t mfn;

    if (op->offset >= PAGE_SIZE ||
        (uint32_t)op->offset + op->length > PAGE_SIZE ||
        (op->op & ~(GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL)))
        return -EINVAL;
    if (op->length == 0 || op->op == 0)
        return 0;
    if (!mfn_from_guest(op->a.dev_bus_addr >> PAGE_SHIFT, &mfn) ||
        !mfn_is_ram(mfn))
        return -EINVAL;

    pg = mfn_to_page(mfn);
    if (!page_get_any(pg))
        return -EINVAL;
    if (pg->owner != d->id) {
        rd = domain_get(pg->owner);
        rc = rd ? check_granted(rd, d, mfn, cursor) : -EPERM;
        if (rd)
            domain_put(rd);
    }
    if (!rc)
        flush(op, mfn);
    page_put(pg);
    return rc;
}
