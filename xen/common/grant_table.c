/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grant tables: GNTTABOP_* as a table, the frames of a domain's table, and
 * questions about it.
 *
 * Version 2, transfers and swapping are left out on purpose: they answer
 * with an error (safety.md R6).
 *
 * Source: public/grant_table.h; interface.md 3.3.
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/grant_table.h>

#include <xen/access.h>
#include <xen/bug.h>
#include <xen/copy.h>
#include <xen/grant_op.h>
#include <xen/grant_table.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/softirq.h>
#include <xen/string.h>

#define OP_BITS 12u
#define OP_MASK ((1u << OP_BITS) - 1)

/* Elements between two looks at waiting interrupts. */
#define BATCH 8u

/* Frames that a table grows by under one hold of its lock. */
#define GROW_BATCH 8u

static grant_fn setup_table, query_size, get_status_frames, set_version,
    get_version, transfer, swap_grant_ref;

/* Largest element; all have 8-byte alignment at most. */
union grant_arg {
    struct gnttab_map_grant_ref map;
    struct gnttab_copy copy;
    uint64_t words[5];
};

struct grant_op {
    grant_fn *fn;
    void (*undo)(struct vcpu *v, void *element);
    uint8_t size;
    bool single; /* the count must be 1                                    */
    uint8_t at;  /* only from here on the element is written back, so that
                    a short answer costs little                            */
};

#define ARRAY(type_) sizeof(struct gnttab_##type_), false
#define ONE(type_)   sizeof(struct gnttab_##type_), true
/* From the word that has @member_ in it: words are quicker to copy. */
#define OUT(type_, member_) (offsetof(struct gnttab_##type_, member_) & ~3u)

/* clang-format off */
static const struct grant_op ops[] = {
    [GNTTABOP_map_grant_ref]     = { grant_map_ref, grant_map_undo,
        ARRAY(map_grant_ref), OUT(map_grant_ref, status) },
    [GNTTABOP_unmap_grant_ref]   = { grant_unmap_ref, NULL,
        ARRAY(unmap_grant_ref), OUT(unmap_grant_ref, status) },
    [GNTTABOP_setup_table]       = { setup_table, NULL,
        ONE(setup_table), OUT(setup_table, status) },
    [GNTTABOP_transfer]          = { transfer, NULL,
        ARRAY(transfer), OUT(transfer, status) },
    [GNTTABOP_copy]              = { grant_copy_one, NULL,
        ARRAY(copy), OUT(copy, status) },
    [GNTTABOP_query_size]        = { query_size, NULL,
        ONE(query_size), OUT(query_size, nr_frames) },
    [GNTTABOP_unmap_and_replace] = { grant_unmap_and_replace, NULL,
        ARRAY(unmap_and_replace), OUT(unmap_and_replace, status) },
    [GNTTABOP_set_version]       = { set_version, NULL,
        ONE(set_version), OUT(set_version, version) },
    [GNTTABOP_get_status_frames] = { get_status_frames, NULL,
        ONE(get_status_frames), OUT(get_status_frames, status) },
    [GNTTABOP_get_version]       = { get_version, NULL,
        ONE(get_version), OUT(get_version, version) },
    [GNTTABOP_swap_grant_ref]    = { swap_grant_ref, NULL,
        ARRAY(swap_grant_ref), OUT(swap_grant_ref, status) },
    /* cache_flush has no status and is apart; dump_table: -ENOSYS. */
};
/* clang-format on */

/* ---- frames ---- */

/* One more frame, with room for the state of its entries; lock is held. */
static int frame_add(struct domain *d)
{
    struct grant_domain *g = &d->grant;
    struct grant_active *active;
    struct page *pg;

    active = heap_array(&d->heap, GRANTS_PER_FRAME, sizeof(*active));
    if (!active)
        return -ENOMEM;
    pg = page_alloc(0, DOMID_OWNER_XEN, PA_LOW);
    if (!pg) {
        heap_free(&d->heap, active);
        return -ENOMEM;
    }

    atomic_add_return(&d->heap.bytes, PAGE_SIZE);
    g->active[g->nr_frames] = active;
    g->shared[g->nr_frames] = page_to_va(pg);
    g->gfn[g->nr_frames] = INVALID_GFN;
    /* Counted last: grant_frame_get looks without the lock. */
    smp_wmb();
    WRITE_ONCE(g->nr_frames, g->nr_frames + 1);
    return 0;
}

/* The table has at least @nr frames; lock is held. -EINVAL, -ENOMEM. */
static int frames_grow(struct domain *d, uint32_t nr)
{
    int rc = 0;

    if (nr > d->grant.max_frames)
        return -EINVAL;
    while (!rc && d->grant.nr_frames < nr)
        rc = frame_add(d);
    return rc;
}

/* As frames_grow, without the lock, of which it makes several holds. */
static int frames_want(struct domain *d, uint32_t nr)
{
    struct grant_domain *g = &d->grant;
    int rc = nr > g->max_frames ? -EINVAL : 0;

    while (!rc) {
        lock_take(&g->lock);
        rc = frames_grow(d, MIN(nr, g->nr_frames + GROW_BATCH));
        lock_drop(&g->lock);
        if (READ_ONCE(g->nr_frames) >= nr)
            break;
        irq_window();
    }
    return rc;
}

int grant_frame_get(struct domain *d, uint32_t index, mfn_t *mfn)
{
    struct grant_domain *g = &d->grant;
    int rc = 0;

    if (index >= GRANT_FRAMES_MAX)
        return -EINVAL;
    index = index_nospec(index, GRANT_FRAMES_MAX);

    /*
     * Frames come and stay: what is there needs no lock to be seen. Acquire:
     * a branch alone does not order two loads (A3.8.3).
     */
    if (index >= atomic_load_acquire(&g->nr_frames))
        rc = frames_want(d, index + 1);
    if (!rc)
        *mfn = direct_va_to_mfn(READ_ONCE(g->shared[index]));
    return rc;
}

/* ---- questions; each element names the domain, TARGET ---- */

static int16_t target_get(const struct vcpu *v, domid_t id, struct domain **d)
{
    int rc = access_domain_get(v->domain, ACCESS_TARGET, id, d);

    return rc == 0        ? GNTST_okay
           : rc == -EPERM ? GNTST_permission_denied
                          : GNTST_bad_domain;
}

/* The gfns of the first @nr frames to the guest's list. */
static int32_t put_frame_list(struct domain *d, guest_ptr_t list, uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++) {
        gfn_t gfn = grant_frame_gfn(d, i);
        uint64_t raw = gfn_eq(gfn, INVALID_GFN) ? ~0ull : gfn.n;

        if (copy_to(list + i * sizeof(raw), &raw))
            return -EFAULT;
    }
    return 0;
}

static int32_t setup_table(struct vcpu *v, void *element)
{
    struct gnttab_setup_table *op = element;
    struct domain *d;
    int32_t rc = 0;
    int grown;

    op->status = target_get(v, op->dom, &d);
    if (op->status != GNTST_okay)
        return 0;

    grown = frames_want(d, op->nr_frames);
    if (grown)
        op->status = GNTST_general_error;
    else
        rc = put_frame_list(d, (guest_ptr_t)op->frame_list.q, op->nr_frames);
    irq_window();
    domain_put(d);
    return rc;
}

static int32_t query_size(struct vcpu *v, void *element)
{
    struct gnttab_query_size *op = element;
    struct domain *d;

    op->status = target_get(v, op->dom, &d);
    if (op->status != GNTST_okay)
        return 0;
    op->nr_frames = READ_ONCE(d->grant.nr_frames);
    op->max_nr_frames = d->grant.max_frames;
    domain_put(d);
    return 0;
}

/* Version 1 is in use, and stays; the answer says so in any case. */
static int32_t set_version(struct vcpu *v, void *element)
{
    struct gnttab_set_version *op = element;
    uint32_t wanted = op->version;

    (void)v;
    op->version = 1;
    return wanted == 1 ? 0 : wanted == 2 ? -ENOSYS : -EINVAL;
}

static int32_t get_version(struct vcpu *v, void *element)
{
    struct gnttab_get_version *op = element;
    struct domain *d;

    switch (target_get(v, op->dom, &d)) {
    case GNTST_okay:
        domain_put(d);
        op->version = 1;
        return 0;
    case GNTST_bad_domain:
        return -ESRCH;
    default:
        return -EPERM;
    }
}

/* ---- what version 1 on ARM does not have ---- */

static int32_t get_status_frames(struct vcpu *v, void *element)
{
    struct gnttab_get_status_frames *op = element;

    (void)v;
    op->status = GNTST_general_error;
    return 0;
}

static int32_t transfer(struct vcpu *v, void *element)
{
    struct gnttab_transfer *op = element;

    (void)v;
    op->status = GNTST_general_error;
    return 0;
}

static int32_t swap_grant_ref(struct vcpu *v, void *element)
{
    struct gnttab_swap_grant_ref *op = element;

    (void)v;
    op->status = GNTST_general_error;
    return 0;
}

/* ---- hypercall ---- */

/*
 * One element: copied in, done, and its answer copied out, also when the
 * call ends with an error of its own.
 */
static int32_t run_one(struct vcpu *v, const struct grant_op *op,
                       guest_ptr_t at)
{
    struct guest_element e;
    union grant_arg a;
    int32_t rc;

    if (guest_element_open(&e, &a, at, op->size))
        return -EFAULT;
    rc = op->fn(v, &a);
    if (guest_element_close(&e, &a, rc == -EFAULT ? op->size : op->at,
                            op->size)) {
        if (op->undo)
            op->undo(v, &a);
        return -EFAULT;
    }
    return rc;
}

/* Elements advance in r1 and r2. */
static int32_t run_all(struct vcpu *v, const struct grant_op *op, uint32_t *arg)
{
    uint32_t done = 0;
    int32_t rc;

    while (arg[2] != 0) {
        rc = run_one(v, op, arg[1]);
        if (rc)
            return rc;
        arg[1] += op->size;
        arg[2]--;
        if (++done % BATCH == 0 && arg[2] != 0 && preempt_wanted())
            return -ERESTART;
    }
    return 0;
}

/* Progress inside one element is in the upper bits of r0. */
static int32_t cache_flush_all(struct vcpu *v, uint32_t *arg)
{
    struct gnttab_cache_flush op;
    uint32_t cursor = arg[0] >> OP_BITS;
    uint32_t done = 0;
    int32_t rc;

    while (arg[2] != 0) {
        if (copy_from(&op, arg[1]))
            return -EFAULT;
        rc = grant_cache_flush(v, &op, &cursor);
        if (rc == -ERESTART)
            arg[0] = GNTTABOP_cache_flush | cursor << OP_BITS;
        if (rc)
            return rc;
        cursor = 0;
        arg[0] = GNTTABOP_cache_flush;
        arg[1] += sizeof(op);
        arg[2]--;
        if (++done % BATCH == 0 && arg[2] != 0 && preempt_wanted())
            return -ERESTART;
    }
    return 0;
}

int32_t grant_table_op(struct vcpu *v, uint32_t *arg)
{
    uint32_t cmd = arg[0] & OP_MASK;
    const struct grant_op *op;

    if ((int32_t)arg[2] < 0)
        return -EINVAL;
    if (cmd == GNTTABOP_cache_flush)
        return cache_flush_all(v, arg);
    if (arg[0] > OP_MASK)
        return -EINVAL;
    if (cmd >= ARRAY_SIZE(ops))
        return -ENOSYS;

    op = &ops[index_nospec(cmd, ARRAY_SIZE(ops))];
    if (!op->fn)
        return -ENOSYS;
    if (op->single && arg[2] != 1)
        return -EINVAL;
    return run_all(v, op, arg);
}

/* ---- life of a table ---- */

static bool limit(int32_t wanted, uint32_t max, uint32_t *value)
{
    *value = wanted < 0 ? max : (uint32_t)wanted;
    return *value <= max;
}

int grant_create(struct domain *d, int32_t max_frames, int32_t max_maptrack)
{
    struct grant_domain *g = &d->grant;
    int rc;

    lock_init(&g->lock, RANK_GRANT);
    if (!limit(max_frames, GRANT_FRAMES_MAX, &g->max_frames) ||
        !limit(max_maptrack, MAPTRACK_FRAMES_MAX, &g->max_maptrack_frames) ||
        g->max_frames < 1)
        return -EINVAL;

    lock_take(&g->lock);
    rc = frames_grow(d, 1);
    lock_drop(&g->lock);
    return rc;
}

int grant_kill(struct domain *d)
{
    return grant_maps_kill(d);
}

void grant_destroy(struct domain *d)
{
    struct grant_domain *g = &d->grant;

    grant_maps_destroy(d);
    for (uint32_t i = 0; i < g->nr_frames; i++) {
        heap_free(&d->heap, g->active[i]);
        g->active[i] = NULL;
        page_put(va_to_page(g->shared[i]));
        g->shared[i] = NULL;
        atomic_sub_return(&d->heap.bytes, PAGE_SIZE);
        irq_window();
    }
    g->nr_frames = 0;
}
