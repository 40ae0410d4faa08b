/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 of a domain: gfn -> mfn, in the tables that hardware walks.
 *
 * An entry never changes from one valid value to another: it is cleared,
 * the TLBs are invalidated, only then is the new one written (break before
 * make). Another vCPU may fault in between; p2m_fault_is_real tells that it
 * only has to try again.
 *
 * ARMv7 has no TLB operation by intermediate address, so an invalidation
 * always takes the whole VMID; it is done only where a valid entry went.
 *
 * Source: ARM DDI 0406C.c B3.6.2 (stage-2 descriptors), B3.10.1 (TLB
 *         maintenance, break-before-make), B4.1.161 (VTTBR).
 * Layer:  6 (guest).
 */
#include <public/errno.h>

#include <asm/atomic.h>
#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/cpu.h>
#include <asm/hsr.h>
#include <asm/lpae.h>
#include <asm/sysreg.h>

#include <xen/bitmap.h>
#include <xen/context.h>
#include <xen/hyp_map.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/tlbflush.h>
#include <xen/trap.h>

#define ROOT_ORDER   1u /* two concatenated level-1 tables, 8 KiB       */
#define ROOT_ENTRIES 1024u
#define VMID_NR      256u /* VTTBR.VMID is 8 bits; 0 is "no domain"       */
#define VMID_SHIFT   48
#define NO_FRAME     UINT32_MAX

#define DROP_BATCH 16u  /* foreign pages per TLB invalidation           */
#define KILL_CHUNK 128u /* frames between two looks at preempt_wanted   */
#define POOL_BATCH 32u

#define DESC_TYPE(bits_) ((enum p2m_type)(((bits_) >> 55) & 0xf))

#define S2(type_, mem_, access_, shared_, high_)                               \
    [type_] = (uint64_t)((uint32_t)(type_) << LPAE_HI_SW_SHIFT | (high_))      \
                  << 32 |                                                      \
              (uint32_t)((mem_) | (access_) | (shared_) | LPAE_AF)

#define RO LPAE_S2_READ
#define RW (LPAE_S2_READ | LPAE_S2_WRITE)
#define IS LPAE_SH_INNER
#define OS LPAE_SH_OUTER
#define XN LPAE_HI_XN

/*
 * What each type lets the guest do. Only the domain's own RAM, and memory
 * that was passed through as memory (on-chip RAM), can be executed.
 */
/* clang-format off */
static const uint64_t type_bits[P2M_TYPES] = {
    /* type             memory           access  shared  execute */
    S2(P2M_RAM,          LPAE_S2_MEM_WB,  RW,     IS,     0),
    S2(P2M_RAM_RO,       LPAE_S2_MEM_WB,  RO,     IS,     0),
    S2(P2M_DEVICE,       LPAE_S2_MEM_DEV, RW,     OS,     XN),
    S2(P2M_DEVICE_NC,    LPAE_S2_MEM_NC,  RW,     OS,     0),
    S2(P2M_XEN,          LPAE_S2_MEM_WB,  RW,     IS,     XN),
    S2(P2M_FOREIGN,      LPAE_S2_MEM_WB,  RW,     IS,     XN),
    S2(P2M_FOREIGN_RO,   LPAE_S2_MEM_WB,  RO,     IS,     XN),
    S2(P2M_GRANT,        LPAE_S2_MEM_WB,  RW,     IS,     XN),
    S2(P2M_GRANT_RO,     LPAE_S2_MEM_WB,  RO,     IS,     XN),
    S2(P2M_XEN_SHARE,    LPAE_S2_MEM_WB,  RW,     IS,     XN),
    S2(P2M_XEN_SHARE_RO, LPAE_S2_MEM_WB,  RO,     IS,     XN),
};
/* clang-format on */

/* Guards vmid_used. */
static struct spinlock vmid_lock = SPINLOCK_INIT(RANK_LEAF);
static uint32_t vmid_used[BITMAP_WORDS(VMID_NR)] = { 1 };

/* Returns 0 when all are taken. */
static uint32_t vmid_get(void)
{
    uint32_t vmid;

    lock_take(&vmid_lock);
    vmid = bitmap_find_clear(vmid_used, VMID_NR, 1);
    if (vmid < VMID_NR)
        bitmap_set(vmid_used, vmid);
    else
        vmid = 0;
    lock_drop(&vmid_lock);
    return vmid;
}

static void vmid_put(uint32_t vmid)
{
    lock_take(&vmid_lock);
    bitmap_clear(vmid_used, vmid);
    lock_drop(&vmid_lock);
}

static inline bool is_foreign(enum p2m_type type)
{
    return type == P2M_FOREIGN || type == P2M_FOREIGN_RO;
}

static inline uint32_t entry_span(struct pt_entry e)
{
    return 1u << pt_level_shift(e.level);
}

/* Frame behind @frame by an entry with these bits. */
static inline mfn_t mfn_behind(uint64_t bits, uint32_t offset_mask,
                               uint32_t frame)
{
    return mfn_add(mfn_of(bits & PT_ADDRESS), frame & offset_mask);
}

static inline void flush(struct p2m *p2m)
{
    tlb_flush_domain(p2m->vttbr, &p2m->running_mask);
}

/* ---- table pages; the p2m lock is held ---- */

static void pool_push(struct p2m *p2m, struct page *pg)
{
    pg->next = p2m->pool_list;
    p2m->pool_list = page_to_mfn(pg).n;
}

static struct page *pool_pop(struct p2m *p2m)
{
    struct page *pg;

    if (p2m->pool_list == NO_FRAME)
        return NULL;
    pg = mfn_to_page(mfn_make(p2m->pool_list));
    p2m->pool_list = pg->next;
    return pg;
}

static void *table_alloc(void *ctx)
{
    struct p2m *p2m = ctx;
    struct page *pg = pool_pop(p2m);

    if (!pg && p2m->pool_unlimited)
        pg = page_alloc(0, DOMID_OWNER_XEN, PA_LOW);
    if (!pg)
        return NULL;
    p2m->pool_used++;
    return page_to_va(pg);
}

static void table_free(void *ctx, void *table)
{
    struct p2m *p2m = ctx;

    p2m->pool_used--;
    if (p2m->pool_unlimited) {
        page_free(va_to_page(table), 0);
        return;
    }
    /* The next user expects zeroes; after the kill there is none. */
    if (!p2m->killed)
        memset(table, 0, PAGE_SIZE);
    pool_push(p2m, va_to_page(table));
}

static void split_flush(void *ctx)
{
    flush(ctx);
}

/* ---- unmapping; the p2m lock is held ---- */

/* What a foreign mapping owned, after the TLBs have forgotten it. */
static void foreign_put(mfn_t mfn)
{
    struct page *pg = mfn_to_page(mfn);
    domid_t owner = pg->owner;

    page_put(pg);
    if (owner < DOMID_FIRST_RESERVED)
        domain_put_id(owner);
}

/* @slot: a level-3 entry. The invalidation begins with the DSB it needs. */
static inline void clear_slot(struct p2m *p2m, uint64_t *slot)
{
    uint64_t old = *slot;

    if (!(old & LPAE_VALID))
        return;
    pt_entry_write(&p2m->pt, slot, 0);
    flush(p2m);
    if (unlikely(is_foreign(DESC_TYPE(old))))
        foreign_put(mfn_of(old & PT_ADDRESS));
}

/* @frame is in a block, which is never foreign: split it, twice if 1 GiB. */
static int never_inline unmap_in_block(struct p2m *p2m, uint32_t frame)
{
    uint32_t done;
    int rc = pt_unmap(&p2m->pt, frame, 1, UINT32_MAX, &done);

    flush(p2m);
    return rc;
}

/* @at: what pt_walk found for @frame. */
static inline int unmap_at(struct p2m *p2m, uint32_t frame, struct pt_place at)
{
    if (unlikely(at.level != PT_LEVELS))
        return *at.entry & LPAE_VALID ? unmap_in_block(p2m, frame) : 0;
    clear_slot(p2m, at.entry);
    return 0;
}

struct drop_list {
    uint32_t nr;
    uint32_t frame[DROP_BATCH];
    mfn_t mfn[DROP_BATCH];
};

/*
 * Foreign pages mapped in [@at, @end), until the list is full. Returns the
 * frame behind the last one that was looked at. Foreign pages are always
 * mapped as single pages (map_locked).
 */
static uint32_t collect_foreign(const struct p2m *p2m, uint32_t at,
                                uint32_t end, struct drop_list *drop)
{
    drop->nr = 0;
    while (at < end && drop->nr < DROP_BATCH) {
        struct pt_place place = pt_walk(&p2m->pt, at);
        uint32_t stop = MIN(end, (at | (LPAE_ENTRIES - 1)) + 1);

        if (place.level != PT_LEVELS) {
            at = (at | place.offset_mask) + 1;
            continue;
        }
        for (; at < stop && drop->nr < DROP_BATCH; at++, place.entry++) {
            uint64_t bits = *place.entry;

            if (unlikely(is_foreign(DESC_TYPE(bits)))) {
                drop->frame[drop->nr] = at;
                drop->mfn[drop->nr++] = mfn_of(bits & PT_ADDRESS);
            }
        }
    }
    return MIN(at, end);
}

static int unmap_locked(struct p2m *p2m, uint32_t first, uint32_t nr)
{
    uint32_t end = first + nr;
    uint32_t at = first;

    while (at < end) {
        struct drop_list drop;
        uint32_t to, done;
        int rc;

        if (!pt_next_mapped(&p2m->pt, &at, end))
            continue;
        to = collect_foreign(p2m, at, end, &drop);
        rc = pt_unmap(&p2m->pt, at, to - at, UINT32_MAX, &done);
        flush(p2m);
        for (uint32_t i = 0; i < drop.nr; i++) {
            if (drop.frame[i] < at + done)
                foreign_put(drop.mfn[i]);
        }
        if (rc)
            return rc;
        at = to;
    }
    return 0;
}

/* ---- mapping; the p2m lock is held ---- */

static int map_locked(struct p2m *p2m, uint32_t first, mfn_t mfn, uint32_t nr,
                      enum p2m_type type)
{
    /* Foreign pages one by one: each entry stands for one reference. */
    uint32_t step = is_foreign(type) ? 1 : nr;
    uint32_t at = 0;
    int rc = 0;

    while (at < nr && !rc) {
        uint32_t done = 0;

        rc = pt_map(&p2m->pt, first + at, mfn_add(mfn, at), step,
                    type_bits[type], UINT32_MAX, &done);
        at += done;
    }
    if (rc && at) {
        uint32_t undone;
        int undo = pt_unmap(&p2m->pt, first, at, UINT32_MAX, &undone);

        /* Its tables were just made: nothing is split, it cannot fail. */
        BUG_ON(undo);
        flush(p2m);
    }
    return rc;
}

/* One page; in most calls the table for it is there already. */
static inline int map_one(struct p2m *p2m, uint32_t frame, mfn_t mfn,
                          enum p2m_type type)
{
    struct pt_place at = pt_walk(&p2m->pt, frame);
    int rc = unmap_at(p2m, frame, at);

    if (unlikely(at.level != PT_LEVELS))
        return rc ? rc : map_locked(p2m, frame, mfn, 1, type);
    pt_entry_write(&p2m->pt, at.entry,
                   mfn_pa(mfn) | type_bits[type] | LPAE_VALID | LPAE_TABLE);
    dsb_ishst();
    return 0;
}

static int replace_locked(struct p2m *p2m, uint32_t first, mfn_t mfn,
                          uint32_t nr, enum p2m_type type)
{
    int rc = unmap_locked(p2m, first, nr);

    return rc ? rc : map_locked(p2m, first, mfn, nr, type);
}

static inline bool range_ok(uint32_t first, uint32_t nr)
{
    return first < FRAME_LIMIT && nr <= FRAME_LIMIT - first;
}

int p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
            enum p2m_type type)
{
    struct p2m *p2m = &d->p2m;
    int rc;

    if (unlikely(!range_ok(gfn.n, nr)) || unlikely(!range_ok(mfn.n, nr)) ||
        unlikely(type == P2M_NONE || type >= P2M_TYPES))
        return -EINVAL;

    lock_take(&p2m->lock);
    /* p2m_kill, which takes this lock later, would not see it any more. */
    if (unlikely(READ_ONCE(d->state) >= DOMAIN_DYING))
        rc = -EINVAL;
    else if (likely(nr == 1))
        rc = map_one(p2m, gfn.n, mfn, type);
    else
        rc = replace_locked(p2m, gfn.n, mfn, nr, type);
    if (!rc && gfn.n + nr > p2m->max_gfn)
        p2m->max_gfn = gfn.n + nr;
    lock_drop(&p2m->lock);
    return rc;
}

int p2m_unmap(struct domain *d, gfn_t gfn, uint32_t nr)
{
    struct p2m *p2m = &d->p2m;
    int rc;

    if (!range_ok(gfn.n, nr))
        return -EINVAL;

    lock_take(&p2m->lock);
    rc = unmap_locked(p2m, gfn.n, nr);
    lock_drop(&p2m->lock);
    return rc;
}

int p2m_unmap_if(struct domain *d, gfn_t gfn, uint32_t types, mfn_t mfn)
{
    struct p2m *p2m = &d->p2m;
    struct pt_place at;
    int rc = -ENOENT;
    uint64_t bits;

    if (unlikely(gfn.n >= FRAME_LIMIT))
        return rc;

    lock_take(&p2m->lock);
    at = pt_walk(&p2m->pt, gfn.n);
    bits = *at.entry;
    if ((bits & LPAE_VALID) && (types >> DESC_TYPE(bits) & 1) &&
        (mfn_eq(mfn, INVALID_MFN) ||
         mfn_eq(mfn, mfn_behind(bits, at.offset_mask, gfn.n))))
        rc = unmap_at(p2m, gfn.n, at);
    lock_drop(&p2m->lock);
    return rc;
}

/*
 * The page behind @gfn when that is RAM of @d's own, referenced; NULL. What
 * is not mapped has no type, as all its bits are 0.
 */
static inline struct page *own_page(struct domain *d, struct pt_place at,
                                    gfn_t gfn, bool write)
{
    uint64_t bits = *at.entry;
    enum p2m_type type = DESC_TYPE(bits);
    mfn_t mfn = mfn_behind(bits, at.offset_mask, gfn.n);
    struct page *pg;

    if (unlikely(type != P2M_RAM) && (type != P2M_RAM_RO || write))
        return NULL;
    if (unlikely(!mfn_is_ram(mfn)))
        return NULL;
    pg = mfn_to_page(mfn);
    return likely(page_get(pg, d->id)) ? pg : NULL;
}

struct page *p2m_get_own(struct domain *d, gfn_t gfn, bool write)
{
    struct p2m *p2m = &d->p2m;
    struct page *pg;

    if (unlikely(gfn.n >= FRAME_LIMIT))
        return NULL;

    lock_take(&p2m->lock);
    pg = own_page(d, pt_walk(&p2m->pt, gfn.n), gfn, write);
    lock_drop(&p2m->lock);
    return pg;
}

struct page *p2m_take_own(struct domain *d, gfn_t gfn)
{
    struct p2m *p2m = &d->p2m;
    struct pt_place at;
    struct page *pg;
    int rc = 0;

    if (unlikely(gfn.n >= FRAME_LIMIT))
        return NULL;

    lock_take(&p2m->lock);
    at = pt_walk(&p2m->pt, gfn.n);
    pg = own_page(d, at, gfn, false);
    if (likely(pg))
        rc = unmap_at(p2m, gfn.n, at);
    lock_drop(&p2m->lock);
    if (likely(!rc))
        return pg;
    page_put(pg);
    return NULL;
}

/* ---- looking up ---- */

static inline mfn_t lookup_locked(struct p2m *p2m, uint32_t frame,
                                  enum p2m_type *type)
{
    struct pt_place at = { .entry = NULL };

    if (likely(frame < FRAME_LIMIT))
        at = pt_walk(&p2m->pt, frame);
    if (!at.entry || !(*at.entry & LPAE_VALID)) {
        *type = P2M_NONE;
        return INVALID_MFN;
    }
    *type = DESC_TYPE(*at.entry);
    return mfn_behind(*at.entry, at.offset_mask, frame);
}

mfn_t p2m_lookup(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    enum p2m_type found;
    mfn_t mfn;

    lock_take(&d->p2m.lock);
    mfn = lookup_locked(&d->p2m, gfn.n, &found);
    lock_drop(&d->p2m.lock);
    if (type)
        *type = found;
    return mfn;
}

/* One bit per type whose pages p2m_get_page gives. */
#define GETTABLE                                                               \
    (1u << P2M_RAM | 1u << P2M_RAM_RO | 1u << P2M_FOREIGN |                    \
     1u << P2M_FOREIGN_RO | 1u << P2M_GRANT | 1u << P2M_GRANT_RO)

struct page *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    struct page *pg = NULL;
    enum p2m_type found;
    mfn_t mfn;

    lock_take(&d->p2m.lock);
    mfn = lookup_locked(&d->p2m, gfn.n, &found);
    if ((GETTABLE >> found & 1) && mfn_is_ram(mfn)) {
        pg = mfn_to_page(mfn);
        if (!page_get_any(pg))
            pg = NULL;
    }
    lock_drop(&d->p2m.lock);
    if (type)
        *type = found;
    return pg;
}

bool p2m_next(struct domain *d, gfn_t *gfn, gfn_t end)
{
    bool mapped;

    lock_take(&d->p2m.lock);
    mapped = pt_next_mapped(&d->p2m.pt, &gfn->n, end.n);
    lock_drop(&d->p2m.lock);
    return mapped;
}

bool p2m_fault_is_real(struct domain *d, gfn_t gfn)
{
    enum p2m_type type;

    (void)p2m_lookup(d, gfn, &type);
    return type == P2M_NONE;
}

enum verdict p2m_iabt(struct vcpu *v, uint32_t hsr)
{
    uint32_t fault = hsr & FSC_TYPE_MASK;
    /* HPFAR[31:4] is bits 39:12 of the address (B4.1.73). */
    gfn_t gfn = gfn_make(sysreg_read(HPFAR) >> 4);

    if (fault == FSC_TRANSLATION && !p2m_fault_is_real(v->domain, gfn))
        return V_RETRY;
    return V_ABORT;
}

int p2m_cache_flush(struct domain *d, gfn_t gfn, uint32_t nr, uint32_t *cursor)
{
    uint32_t units = 0;

    if (!range_ok(gfn.n, nr))
        return -EINVAL;

    while (*cursor < nr) {
        gfn_t at = gfn_add(gfn, *cursor);
        bool mapped = p2m_next(d, &at, gfn_add(gfn, nr));
        struct page *pg = mapped ? p2m_get_page(d, at, NULL) : NULL;

        if (pg) {
            void *va = frame_open(page_to_mfn(pg));

            cache_clean_inv_range(va, PAGE_SIZE);
            frame_close(va);
            page_put(pg);
        }
        *cursor = at.n + mapped - gfn.n;
        if ((!mapped || (++units & 15) == 0) && *cursor < nr &&
            preempt_wanted())
            return -ERESTART;
    }
    return 0;
}

/* ---- TLBs and the VTTBR ---- */

void p2m_load(struct domain *d)
{
    atomic_fetch_or(&d->p2m.running_mask, 1u << smp_cpu_id());
    sysreg_write64(VTTBR, d->p2m.vttbr);
}

void p2m_leave(struct domain *d)
{
    /* VMID 0 and no table: nothing of @d is reachable from this CPU. */
    sysreg_write64(VTTBR, 0);
    atomic_fetch_and(&d->p2m.running_mask, ~(1u << smp_cpu_id()));
}

void p2m_flush_tlb(struct domain *d)
{
    flush(&d->p2m);
}

/* ---- life ---- */

/* One page into the pool or out of it. */
static int pool_step(struct p2m *p2m, bool grow)
{
    struct page *pg = NULL;

    if (grow) {
        pg = page_alloc(0, DOMID_OWNER_XEN, PA_LOW);
        if (!pg)
            return -ENOMEM;
        lock_take(&p2m->lock);
        pool_push(p2m, pg);
        p2m->pool_pages++;
        lock_drop(&p2m->lock);
        return 0;
    }
    lock_take(&p2m->lock);
    pg = pool_pop(p2m);
    if (pg)
        p2m->pool_pages--;
    lock_drop(&p2m->lock);
    if (!pg)
        return -EBUSY;
    page_free(pg, 0);
    return 0;
}

int p2m_pool_set(struct domain *d, uint32_t pages)
{
    struct p2m *p2m = &d->p2m;
    int rc = 0;

    if (p2m->pool_unlimited)
        return 0;

    for (uint32_t n = 0; !rc && p2m->pool_pages != pages; n++) {
        if (n == POOL_BATCH || (n && (n & 15) == 0 && preempt_wanted()))
            return -ERESTART;
        rc = pool_step(p2m, p2m->pool_pages < pages);
    }
    return rc;
}

int p2m_create(struct domain *d)
{
    struct p2m *p2m = &d->p2m;
    struct page *root;
    uint32_t vmid;
    int rc = 0;

    lock_init(&p2m->lock, RANK_P2M);
    p2m->pool_list = NO_FRAME;
    p2m->pool_unlimited = d->is_hardware;
    p2m->pt = (struct pagetable){
        .root_entries = ROOT_ENTRIES,
        .table_alloc = table_alloc,
        .table_free = table_free,
        .split_flush = split_flush,
        .ctx = p2m,
        .clean_to_poc = !cpu_walks_are_coherent(),
    };

    root = page_alloc(ROOT_ORDER, DOMID_OWNER_XEN, PA_LOW);
    if (!root)
        return -ENOMEM;
    p2m->pt.root = page_to_va(root);

    vmid = vmid_get();
    if (!vmid)
        return -ENOSPC;
    p2m->vttbr = (uint64_t)vmid << VMID_SHIFT | mfn_pa(page_to_mfn(root));

    while (!rc && !p2m->pool_unlimited && p2m->pool_pages < P2M_POOL_MIN)
        rc = pool_step(p2m, true);
    return rc;
}

/*
 * Unmap one chunk, or one larger block, behind the cursor. False: nothing
 * was left. Nothing is split, so nothing can fail.
 */
static bool kill_chunk(struct p2m *p2m)
{
    uint32_t at = p2m->relinquish_at;
    uint32_t span;
    int rc;

    if (!pt_next_mapped(&p2m->pt, &at, FRAME_LIMIT)) {
        p2m->relinquish_at = at;
        return at < FRAME_LIMIT;
    }
    span = MAX(entry_span(pt_lookup(&p2m->pt, at)), KILL_CHUNK);
    at &= ~(span - 1);
    rc = unmap_locked(p2m, at, span);
    BUG_ON(rc);
    p2m->relinquish_at = at + span;
    return true;
}

/* Free pages of the pool; false when it is empty. */
static bool pool_drain(struct p2m *p2m)
{
    struct page *pg = NULL;

    lock_take(&p2m->lock);
    for (uint32_t i = 0; i < POOL_BATCH; i++) {
        pg = pool_pop(p2m);
        if (!pg)
            break;
        p2m->pool_pages--;
        page_free(pg, 0);
    }
    lock_drop(&p2m->lock);
    return pg != NULL;
}

int p2m_kill(struct domain *d)
{
    struct p2m *p2m = &d->p2m;
    int rc = 0;

    if (!p2m->pt.root)
        return 0;

    for (uint32_t i = 0; i < NR_VCPUS; i++) {
        if (d->vcpu[i])
            context_evict(d->vcpu[i]);
    }
    while (!p2m->killed) {
        lock_take(&p2m->lock);
        if (!kill_chunk(p2m)) {
            p2m->killed = true;
            flush(p2m);
        }
        lock_drop(&p2m->lock);
        if (preempt_wanted())
            return -ERESTART;
    }
    do {
        lock_take(&p2m->lock);
        rc = pt_destroy(&p2m->pt, POOL_BATCH);
        lock_drop(&p2m->lock);
        if (rc && preempt_wanted())
            return rc;
    } while (rc);
    while (pool_drain(p2m)) {
        if (preempt_wanted())
            return -ERESTART;
    }
    return 0;
}

void p2m_destroy(struct domain *d)
{
    struct p2m *p2m = &d->p2m;
    struct page *pg;

    if (!p2m->pt.root)
        return;
    BUG_ON(READ_ONCE(p2m->running_mask));

    lock_take(&p2m->lock);
    p2m->killed = true;
    while (pt_destroy(&p2m->pt, POOL_BATCH))
        ;
    if (p2m->vttbr) {
        flush(p2m);
        vmid_put((uint32_t)(p2m->vttbr >> VMID_SHIFT));
        p2m->vttbr = 0;
    }
    /* p2m_kill left few, if any. */
    while ((pg = pool_pop(p2m)) != NULL)
        page_free(pg, 0);
    p2m->pool_pages = 0;
    page_free(va_to_page(p2m->pt.root), ROOT_ORDER);
    p2m->pt.root = NULL;
    lock_drop(&p2m->lock);
}
