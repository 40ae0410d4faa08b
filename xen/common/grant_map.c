/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grants in use: pinning entries, mapping and unmapping granted pages.
 *
 * A mapping is a handle of the mapper. It owns three things: a pin of the
 * granter's entry, a reference to the page, and a reference to the granter.
 * The stage-2 entry itself owns nothing, so the mapper may overwrite it at
 * will; the page stays until the handle is given back.
 *
 * No operation holds the grant locks of two domains at a time.
 *
 * Source: public/grant_table.h; interface.md 3.3; safety.md E and F.
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>

#include <public/errno.h>

#include <xen/access.h>
#include <xen/bug.h>
#include <xen/copy.h>
#include <xen/grant_op.h>
#include <xen/guest_atomic.h>
#include <xen/p2m.h>
#include <xen/softirq.h>
#include <xen/string.h>

/* ---- pins ---- */

/* Attempts at an entry that the guest keeps changing. */
#define PIN_TRIES 16u

STATIC_ASSERT(sizeof(struct grant_entry_v1) == 8);

/* An entry as the guest sees it, and what we know of it. */
struct entry {
    struct grant_entry_v1 *shared;
    struct grant_active *active;
};

static inline struct entry find_entry(struct domain *d, uint32_t ref)
{
    uint32_t frame = ref / GRANTS_PER_FRAME, i = ref % GRANTS_PER_FRAME;
    struct grant_entry_v1 *shared = d->grant.shared[frame];

    return (struct entry){ &shared[i], &d->grant.active[frame][i] };
}

static inline bool in_use(const struct grant_active *act)
{
    return act->readers || act->writers;
}

/* flags and domid of an entry, as the 32-bit word that they are. */
static inline uint32_t *entry_word(const struct entry *e)
{
    return (uint32_t *)e->shared;
}

/*
 * Mark the entry as being read (and written), if it still grants that to
 * @to; each attempt judges the very word that it replaces.
 */
static inline bool entry_mark(struct domain *rd, const struct entry *e,
                              domid_t to, bool readonly)
{
    uint32_t *word = entry_word(e);
    uint32_t want = (uint32_t)to << 16 | GTF_permit_access;
    uint32_t judged = 0xffff0000u | GTF_type_mask;
    uint32_t add = GTF_reading | (readonly ? 0 : GTF_writing);
    uint32_t old = READ_ONCE(*word);

    if (!readonly)
        judged |= GTF_readonly;
    for (unsigned int i = 0; i < PIN_TRIES; i++) {
        if ((old & judged) != want)
            return false;
        if (likely(guest_cas(rd, word, old, old | add, &old)))
            return true;
    }
    return false;
}

static inline void entry_unmark(struct domain *rd, const struct entry *e)
{
    const struct grant_active *act = e->active;
    uint32_t bits = 0;

    if (act->writers == 0)
        bits |= GTF_writing;
    if (!in_use(act))
        bits |= GTF_reading;
    if (bits)
        guest_fetch_and(rd, entry_word(e), ~bits);
}

static inline void pin_count(struct grant_active *act, bool readonly,
                             int32_t by)
{
    if (readonly)
        act->readers += (uint32_t)by;
    else
        act->writers += (uint32_t)by;
}

/* The page of a first pin: the granter's own RAM. */
static inline struct page *granted_page(struct domain *rd,
                                        const struct entry *e, bool readonly)
{
    gfn_t gfn;

    if (!gfn_from_guest(READ_ONCE(e->shared->frame), &gfn) ||
        READ_ONCE(rd->state) >= DOMAIN_DYING)
        return NULL;
    return p2m_get_own(rd, gfn, !readonly);
}

/*
 * The page of a later pin. Readers alone do not tell that the granter may
 * write to it: the first writer is judged as the first pin was (XSA-98).
 */
static inline struct page *pinned_page(struct domain *rd, const struct entry *e,
                                       bool readonly)
{
    struct page *pg;

    if (readonly || e->active->writers) {
        pg = mfn_to_page(e->active->mfn);
        return page_get_any(pg) ? pg : NULL;
    }
    pg = granted_page(rd, e, false);
    if (!pg || mfn_eq(page_to_mfn(pg), e->active->mfn))
        return pg;
    page_put(pg);
    return NULL;
}

/* rd's grant lock is held. */
static inline int16_t pin_locked(struct domain *rd, uint32_t ref,
                                 const struct domain *to, bool readonly,
                                 struct page **page)
{
    struct page *pg;
    struct entry e;

    if (ref >= rd->grant.nr_frames * GRANTS_PER_FRAME)
        return GNTST_bad_gntref;
    e = find_entry(rd, index_nospec(ref, GRANT_FRAMES_MAX * GRANTS_PER_FRAME));

    /* While it is in use the entry is what it was at the first pin. */
    if (in_use(e.active) && e.active->domid != to->id)
        return GNTST_general_error;
    if (!entry_mark(rd, &e, to->id, readonly))
        return GNTST_general_error;

    pg = likely(!in_use(e.active)) ? granted_page(rd, &e, readonly)
                                   : pinned_page(rd, &e, readonly);
    if (!pg) {
        entry_unmark(rd, &e);
        return GNTST_bad_page;
    }

    e.active->domid = to->id;
    e.active->mfn = page_to_mfn(pg);
    pin_count(e.active, readonly, 1);
    *page = pg;
    return GNTST_okay;
}

int16_t grant_pin(struct domain *rd, uint32_t ref, const struct domain *to,
                  bool readonly, struct page **page)
{
    int16_t status;

    lock_take(&rd->grant.lock);
    status = pin_locked(rd, ref, to, readonly, page);
    lock_drop(&rd->grant.lock);
    return status;
}

void grant_unpin(struct domain *rd, uint32_t ref, bool readonly)
{
    struct entry e = find_entry(rd, ref);

    lock_take(&rd->grant.lock);
    pin_count(e.active, readonly, -1);
    entry_unmark(rd, &e);
    lock_drop(&rd->grant.lock);
}

bool grant_search(struct domain *rd, const struct domain *to, mfn_t mfn,
                  uint32_t max, uint32_t *at, bool *end)
{
    bool found = false;
    uint32_t last;

    lock_take(&rd->grant.lock);
    last = rd->grant.nr_frames * GRANTS_PER_FRAME;
    *end = false;
    for (; !found && max != 0 && *at < last; ++*at, max--) {
        const struct grant_active *act = find_entry(rd, *at).active;

        found = in_use(act) && act->domid == to->id && mfn_eq(act->mfn, mfn);
    }
    *end = *at >= last;
    lock_drop(&rd->grant.lock);
    return found;
}

/* ---- handles ---- */

enum map_state {
    MAP_FREE, /* on the free list, by .ref: next handle + 1               */
    MAP_BUSY, /* being mapped or unmapped by some vCPU                    */
    MAP_READ, /* mapped read-only                                         */
    MAP_WRITE,
};

/* While it is BUSY it belongs to one vCPU, else to the mapper's lock. */
struct maptrack {
    struct domain *rd; /* granter, referenced                              */
    uint32_t ref;
    uint32_t gfn;  /* where the mapper has it                          */
    uint32_t word; /* enum map_state in bits 1:0, frame above          */
};

#define MAP_STATE(word_) ((enum map_state)((word_) % 4))
#define MAP_MFN(word_)   mfn_make((word_) >> 2)

STATIC_ASSERT(FRAME_BITS <= 30);

#define MAPS_PER_FRAME (PAGE_SIZE / sizeof(struct maptrack))

/* @handle is below the number of handles that exist; the lock is held. */
static struct maptrack *map_entry(struct domain *d, uint32_t handle)
{
    return &d->grant.maptrack[handle / MAPS_PER_FRAME][handle % MAPS_PER_FRAME];
}

/* The lock is held. */
static bool map_grow(struct domain *d)
{
    struct grant_domain *g = &d->grant;
    uint32_t first = g->nr_maptrack_frames * MAPS_PER_FRAME;
    struct maptrack *frame;

    if (g->nr_maptrack_frames >= g->max_maptrack_frames)
        return false;
    frame = heap_alloc(&d->heap, PAGE_SIZE);
    if (!frame)
        return false;

    for (uint32_t i = 0; i < MAPS_PER_FRAME; i++)
        frame[i].ref = i + 1 < MAPS_PER_FRAME ? first + i + 2 : 0;
    g->maptrack[g->nr_maptrack_frames++] = frame;
    g->maptrack_free = first + 1;
    return true;
}

/* A handle in state BUSY; false when there are no more. */
static bool handle_get(struct domain *d, uint32_t *handle)
{
    struct grant_domain *g = &d->grant;
    struct maptrack *m;
    bool ok;

    lock_take(&g->lock);
    ok = g->maptrack_free != 0 || map_grow(d);
    if (ok) {
        *handle = g->maptrack_free - 1;
        m = map_entry(d, *handle);
        g->maptrack_free = m->ref;
        m->word = MAP_BUSY;
    }
    lock_drop(&g->lock);
    return ok;
}

static void handle_put(struct domain *d, uint32_t handle)
{
    struct grant_domain *g = &d->grant;
    struct maptrack *m;

    lock_take(&g->lock);
    m = map_entry(d, handle);
    *m = (struct maptrack){ .ref = g->maptrack_free };
    g->maptrack_free = handle + 1;
    lock_drop(&g->lock);
}

/* ---- map ---- */

/*
 * Pin and map, for a handle that we have. The granter is referenced by the
 * caller, who gives that reference to the handle.
 */
static int16_t map_pinned(struct domain *d, struct domain *rd,
                          struct gnttab_map_grant_ref *op, gfn_t gfn,
                          uint32_t handle)
{
    bool readonly = op->flags & GNTMAP_readonly;
    struct maptrack *m;
    struct page *pg;
    int16_t status;
    mfn_t mfn;

    status = grant_pin(rd, op->ref, d, readonly, &pg);
    if (status != GNTST_okay)
        return status;

    mfn = page_to_mfn(pg);
    if (p2m_map(d, gfn, mfn, 1, readonly ? P2M_GRANT_RO : P2M_GRANT)) {
        grant_unpin(rd, op->ref, readonly);
        page_put(pg);
        return GNTST_general_error;
    }

    m = map_entry(d, handle);
    m->rd = rd;
    m->ref = op->ref;
    m->gfn = gfn.n;
    /* Others may take it from here on: map_claim reads the word first. */
    atomic_store_release(&m->word,
                         mfn.n << 2 | (readonly ? MAP_READ : MAP_WRITE));

    op->handle = handle;
    op->dev_bus_addr = mfn_pa(mfn);
    return GNTST_okay;
}

/* On ARM a mapping is one of the CPU's, by stage 2, and nothing else. */
static int16_t map_flags_status(const struct gnttab_map_grant_ref *op)
{
    if (!(op->flags & (GNTMAP_host_map | GNTMAP_device_map)))
        return GNTST_bad_gntref;
    if (op->flags &
        (GNTMAP_device_map | GNTMAP_application_map | GNTMAP_contains_pte))
        return GNTST_general_error;
    return GNTST_okay;
}

/* The domain that grants, referenced; often the caller's test of itself. */
static inline struct domain *granter_get(struct domain *d, domid_t id)
{
    if (id != d->id)
        return domain_get(id);
    domain_hold(d);
    return d;
}

static int16_t map_ref(struct domain *d, struct gnttab_map_grant_ref *op)
{
    int16_t status = map_flags_status(op);
    struct domain *rd;
    uint32_t handle;
    gfn_t gfn;

    if (status != GNTST_okay)
        return status;
    if (!gfn_from_guest(op->host_addr >> PAGE_SHIFT, &gfn))
        return GNTST_bad_virt_addr;
    rd = granter_get(d, op->dom);
    if (!rd)
        return GNTST_bad_domain;

    if (access_grant(d, rd, op->ref))
        status = GNTST_permission_denied;
    else if (!handle_get(d, &handle))
        status = GNTST_no_space;
    if (status == GNTST_okay) {
        status = map_pinned(d, rd, op, gfn, handle);
        if (status == GNTST_okay)
            return status;
        handle_put(d, handle);
    }
    domain_put(rd);
    return status;
}

int32_t grant_map_ref(struct vcpu *v, void *element)
{
    struct gnttab_map_grant_ref *op = element;

    op->status = map_ref(v->domain, op);
    return 0;
}

/* ---- unmap ---- */

/*
 * Take mapping @handle out of use, so that nobody else unmaps it too.
 * @gfn: where the caller says it is, NULL: does not matter.
 */
static int16_t map_claim(struct domain *d, uint32_t handle, const gfn_t *gfn,
                         uint64_t bus_addr, struct maptrack *was)
{
    struct grant_domain *g = &d->grant;
    int16_t status = GNTST_bad_handle;
    struct maptrack *m;
    uint32_t word;

    lock_take(&g->lock);
    if (handle >= g->nr_maptrack_frames * MAPS_PER_FRAME)
        goto out;
    handle = index_nospec(handle, MAPTRACK_FRAMES_MAX * MAPS_PER_FRAME);
    m = map_entry(d, handle);
    word = atomic_load_acquire(&m->word);
    if (MAP_STATE(word) != MAP_READ && MAP_STATE(word) != MAP_WRITE)
        goto out;

    status = GNTST_general_error;
    if (gfn && gfn->n != m->gfn)
        goto out;
    if (bus_addr && bus_addr != mfn_pa(MAP_MFN(word)))
        goto out;
    *was = *m;
    m->word = MAP_BUSY;
    status = GNTST_okay;
out:
    lock_drop(&g->lock);
    return status;
}

/*
 * The stage-2 entry goes first, with its TLB entries; then the entry may
 * say "not in use", and the page may go.
 */
static int16_t map_release(struct domain *d, uint32_t handle,
                           const struct maptrack *was)
{
    bool readonly = MAP_STATE(was->word) == MAP_READ;
    mfn_t mfn = MAP_MFN(was->word);
    int rc = p2m_unmap_if(d, gfn_make(was->gfn), P2M_GRANTS, mfn);

    /* -ENOENT: the mapper has something else there by now. */
    if (unlikely(rc && rc != -ENOENT)) {
        /* Still mapped: it stays a mapping. One frame needs no memory to
         * be unmapped, as grants are never in large blocks. */
        lock_take(&d->grant.lock);
        *map_entry(d, handle) = *was;
        lock_drop(&d->grant.lock);
        return GNTST_general_error;
    }

    grant_unpin(was->rd, was->ref, readonly);
    page_put(mfn_to_page(mfn));
    handle_put(d, handle);
    domain_put(was->rd);
    return GNTST_okay;
}

static int16_t unmap_ref(struct domain *d, uint64_t host_addr,
                         uint64_t bus_addr, uint32_t handle)
{
    struct maptrack was;
    int16_t status;
    gfn_t gfn;

    if (!gfn_from_guest(host_addr >> PAGE_SHIFT, &gfn))
        return GNTST_bad_virt_addr;

    status = map_claim(d, handle, &gfn, bus_addr, &was);
    return status == GNTST_okay ? map_release(d, handle, &was) : status;
}

int32_t grant_unmap_ref(struct vcpu *v, void *element)
{
    struct gnttab_unmap_grant_ref *op = element;

    op->status = unmap_ref(v->domain, op->host_addr, op->dev_bus_addr,
                           op->handle);
    return 0;
}

int32_t grant_unmap_and_replace(struct vcpu *v, void *element)
{
    struct gnttab_unmap_and_replace *op = element;

    /* There is no other mapping to move here: stage 2 is not a page table
     * of the guest's. */
    op->status = op->new_addr
                     ? GNTST_general_error
                     : unmap_ref(v->domain, op->host_addr, 0, op->handle);
    return 0;
}

void grant_map_undo(struct vcpu *v, void *element)
{
    struct gnttab_map_grant_ref *op = element;

    if (op->status == GNTST_okay)
        (void)unmap_ref(v->domain, op->host_addr, 0, op->handle);
}

/* ---- the end of a domain ---- */

int grant_maps_kill(struct domain *d)
{
    struct grant_domain *g = &d->grant;
    uint32_t end = g->nr_maptrack_frames * MAPS_PER_FRAME;
    uint32_t work = 0;
    struct maptrack was;

    for (; g->release_at < end; g->release_at++) {
        if (++work % 16 == 0 && preempt_wanted())
            return -ERESTART;
        if (map_claim(d, g->release_at, NULL, 0, &was) != GNTST_okay)
            continue;
        if (map_release(d, g->release_at, &was) != GNTST_okay)
            return -ERESTART;
    }
    /* No vCPU of it will ask for a handle any more. */
    while (g->nr_maptrack_frames > 0) {
        if (++work % 16 == 0 && preempt_wanted())
            return -ERESTART;
        heap_free(&d->heap, g->maptrack[--g->nr_maptrack_frames]);
        g->maptrack[g->nr_maptrack_frames] = NULL;
    }
    return 0;
}

void grant_maps_destroy(struct domain *d)
{
    struct grant_domain *g = &d->grant;

    for (uint32_t i = 0; i < g->nr_maptrack_frames; i++) {
        heap_free(&d->heap, g->maptrack[i]);
        g->maptrack[i] = NULL;
    }
    g->nr_maptrack_frames = 0;
    g->maptrack_free = 0;
}
