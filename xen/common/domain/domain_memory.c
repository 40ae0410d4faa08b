/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages charged to a domain. Each is on the domain's list, counted in
 * tot_pages, and holds the allocation's reference; other references (grant
 * and foreign mappings) may outlive all three.
 *
 * Layer: 5 (domain).
 */
#include <xen/bug.h>
#include <xen/domain.h>
#include <xen/irq.h>
#include <xen/page_alloc.h>
#include <xen/softirq.h>

#include <asm/atomic.h>

#include <public/errno.h>

#define NO_FRAME UINT32_MAX

/* Frames that are linked, or dropped, under one hold of the lock. */
#define LIST_BATCH 512u
#define DROP_BATCH 16u
#define DROP_CALL  1024u

/* Caller holds page_lock. */
static void list_page(struct domain *d, struct page *pg)
{
    uint32_t frame = page_to_mfn(pg).n;

    pg->prev = NO_FRAME;
    pg->next = d->page_list;
    if (d->page_list != NO_FRAME)
        mfn_to_page(mfn_make(d->page_list))->prev = frame;
    d->page_list = frame;
    pg->flags |= PAGE_LISTED;
}

/* Caller holds page_lock. */
static void unlist_page(struct domain *d, struct page *pg)
{
    if (pg->prev != NO_FRAME)
        mfn_to_page(mfn_make(pg->prev))->next = pg->next;
    else
        d->page_list = pg->next;
    if (pg->next != NO_FRAME)
        mfn_to_page(mfn_make(pg->next))->prev = pg->prev;
    pg->flags &= (uint8_t)~PAGE_LISTED;
}

/* ---- claims ---- */

static uint32_t claims; /* of all domains together; atomic */

uint32_t domain_claims(void)
{
    return READ_ONCE(claims);
}

/* Caller holds page_lock. */
static void unclaim(struct domain *d, uint32_t nr)
{
    uint32_t less = MIN(d->claimed, nr);

    if (less == 0)
        return;
    d->claimed -= less;
    atomic_sub_return(&claims, less);
}

/* Are of @nr pages for @d some kept for others? Caller holds page_lock. */
static bool others_claim(const struct domain *d, uint32_t nr)
{
    uint32_t others = READ_ONCE(claims) - d->claimed;

    return others != 0 && (uint64_t)others + nr > page_free_nr();
}

int domain_claim_pages(struct domain *d, uint32_t nr)
{
    int rc = -EINVAL;

    lock_take(&d->page_lock);
    if (d->state >= DOMAIN_DYING)
        goto out;
    if (nr == 0) {
        unclaim(d, d->claimed);
        rc = 0;
    } else if (d->claimed == 0 && nr > d->tot_pages && nr <= d->max_pages) {
        d->claimed = nr - d->tot_pages;
        rc = 0;
        /* Two who claim at once are both in the sum, so one may be refused
         * in vain, but never both served. */
        if (atomic_add_return(&claims, d->claimed) > page_free_nr()) {
            unclaim(d, d->claimed);
            rc = -ENOMEM;
        }
    }
out:
    lock_drop(&d->page_lock);
    return rc;
}

/* Charge @nr pages before they are there. */
static bool charge(struct domain *d, uint32_t nr)
{
    bool ok;

    lock_take(&d->page_lock);
    /* Both at most 2^28: the sum cannot wrap (XSA-385). */
    ok = d->state < DOMAIN_DYING && nr <= d->max_pages &&
         d->tot_pages <= d->max_pages - nr && !others_claim(d, nr);
    if (ok) {
        d->tot_pages += nr;
        unclaim(d, nr);
    }
    lock_drop(&d->page_lock);
    return ok;
}

static void uncharge(struct domain *d, uint32_t nr)
{
    lock_take(&d->page_lock);
    ASSERT(d->tot_pages >= nr);
    d->tot_pages -= nr;
    lock_drop(&d->page_lock);
}

/*
 * Put charged pages onto the list. A domain that began to die since its
 * pages were charged gets none: domain_relinquish_pages may have passed.
 */
static bool list_pages(struct domain *d, mfn_t first, uint32_t nr)
{
    uint32_t done = 0;

    while (done < nr) {
        uint32_t end = MIN(nr, done + LIST_BATCH);

        lock_take(&d->page_lock);
        if (d->state >= DOMAIN_DYING) {
            lock_drop(&d->page_lock);
            break;
        }
        for (; done < end; done++)
            list_page(d, mfn_to_page(mfn_add(first, done)));
        lock_drop(&d->page_lock);
    }
    if (done == nr)
        return true;

    /* What was listed goes the usual way; the rest was only charged. */
    uncharge(d, nr - done);
    for (uint32_t i = 0; i < nr; i++) {
        struct page *pg = mfn_to_page(mfn_add(first, i));

        if (i < done)
            domain_drop_page(d, pg);
        else
            page_put(pg);
        if (i % DROP_BATCH == DROP_BATCH - 1)
            irq_window();
    }
    return false;
}

struct page *domain_alloc_pages(struct domain *d, unsigned int order,
                                unsigned int flags)
{
    uint32_t nr = 1u << order;
    struct page *pg;

    if (order > PAGE_ORDER_MAX || !charge(d, nr))
        return NULL;

    pg = page_alloc(order, d->id, flags);
    if (!pg) {
        uncharge(d, nr);
        return NULL;
    }
    return list_pages(d, page_to_mfn(pg), nr) ? pg : NULL;
}

int domain_add_pages(struct domain *d, mfn_t first, uint32_t nr)
{
    if (!charge(d, nr))
        return -ENOMEM;
    return list_pages(d, first, nr) ? 0 : -EINVAL;
}

void domain_drop_page(struct domain *d, struct page *pg)
{
    bool listed;

    lock_take(&d->page_lock);
    listed = (pg->flags & PAGE_LISTED) && pg->owner == d->id;
    if (listed) {
        unlist_page(d, pg);
        d->tot_pages--;
    }
    lock_drop(&d->page_lock);

    /* Two droppers at once: only the one who unlisted it puts it. */
    if (listed)
        page_put(pg);
}

/* The first pages of the list, no longer on it; how many. */
static uint32_t take_first(struct domain *d, struct page **batch)
{
    uint32_t frame, nr = 0;

    lock_take(&d->page_lock);
    for (frame = d->page_list; nr < DROP_BATCH && frame != NO_FRAME; nr++) {
        batch[nr] = mfn_to_page(mfn_make(frame));
        batch[nr]->flags &= (uint8_t)~PAGE_LISTED;
        frame = batch[nr]->next;
    }
    d->page_list = frame;
    if (frame != NO_FRAME)
        mfn_to_page(mfn_make(frame))->prev = NO_FRAME;
    d->tot_pages -= nr;
    lock_drop(&d->page_lock);
    return nr;
}

/* list_pages has put a block's last page first. */
static void put_runs(struct page **batch, uint32_t nr)
{
    uint32_t len;

    for (uint32_t i = 0; i < nr; i += len) {
        for (len = 1; i + len < nr && batch[i + len] + len == batch[i]; len++)
            ;
        page_put_run(batch[i + len - 1], len);
    }
}

int domain_relinquish_pages(struct domain *d)
{
    struct page *batch[DROP_BATCH];

    lock_take(&d->page_lock);
    unclaim(d, d->claimed);
    lock_drop(&d->page_lock);

    for (uint32_t done = 0; done < DROP_CALL; done += DROP_BATCH) {
        uint32_t nr = take_first(d, batch);

        put_runs(batch, nr);
        if (nr < DROP_BATCH)
            return 0;
        if (preempt_wanted())
            break;
    }
    return -ERESTART;
}
