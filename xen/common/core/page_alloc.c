/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buddy allocator over the frame table. Free blocks are kept in four sets of
 * lists: within reach of the direct map or not, clean or dirty. Clean means
 * zeroed, and cleaned to the point of coherency, so that a guest with its
 * caches off sees zeroes as well (XSA-364).
 *
 * Buddies merge only when both are clean or both are dirty: one freed page
 * would else make a gigabyte dirty again. What that leaves unmerged for a
 * while is merged when an allocation wants it (merge_mixed).
 *
 * Layer: 4 (core).
 */
#include <xen/bits.h>
#include <xen/bug.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/spinlock.h>
#include <xen/string.h>

#include <asm/barrier.h>
#include <asm/cache.h>

#define ORDERS (PAGE_ORDER_MAX + 1)
#define NIL    UINT32_MAX /* end of a free list; no frame has this number */
#define BANKS  8u         /* as BOARD_BANKS */

/* Blocks looked at by one merge_mixed: bounds the time under the lock. */
#define MERGE_STEPS 1024u

enum {
    ZONE_LOW,
    ZONE_HIGH,
    ZONES
};
enum {
    CLEAN,
    DIRTY,
    KINDS
};

struct free_set {
    uint32_t orders;       /* bit n: list n is not empty           */
    uint32_t head[ORDERS]; /* first frame of the first block       */
};

struct bank {
    uint32_t first, nr;
};

/* Guards the free lists, the counters and each struct page with ref 0. */
static struct spinlock page_lock = SPINLOCK_INIT(RANK_LEAF);
static struct free_set free_sets[ZONES][KINDS];
static uint32_t free_nr, dirty_nr;

static struct bank banks[BANKS]; /* constant after boot */
static uint32_t bank_nr, total_nr;

static void (*low_hook)(void);
static uint32_t low_mark; /* frames */
static bool low_armed;

/*
 * The block that page_scrub_step cleans, piece by piece: in no list, but
 * counted as free and dirty.
 */
static struct {
    uint32_t frame, done; /* frame NIL: there is none */
    unsigned int order;
    bool busy; /* a CPU is at it, without the lock */
} scrub = { .frame = NIL };

/* ---- blocks in lists; page_lock held ---- */

static inline struct free_set *set_of(uint32_t frame, unsigned int kind)
{
    return &free_sets[mfn_is_direct(mfn_make(frame)) ? ZONE_LOW : ZONE_HIGH]
                     [kind];
}

static inline struct page *page_at(uint32_t frame)
{
    return mfn_to_page(mfn_make(frame));
}

static void block_push(uint32_t frame, unsigned int order, unsigned int kind)
{
    struct free_set *set = set_of(frame, kind);
    struct page *pg = page_at(frame);
    uint32_t head = set->orders & BIT(order) ? set->head[order] : NIL;

    pg->owner = DOMID_OWNER_NONE;
    pg->order = (uint8_t)order;
    pg->flags = kind == DIRTY ? PAGE_FREE | PAGE_DIRTY : PAGE_FREE;
    pg->next = head;
    pg->prev = NIL;
    if (head != NIL)
        page_at(head)->prev = frame;
    set->head[order] = frame;
    set->orders |= BIT(order);
}

static void block_take(uint32_t frame)
{
    struct page *pg = page_at(frame);
    struct free_set *set = set_of(frame,
                                  pg->flags & PAGE_DIRTY ? DIRTY : CLEAN);

    if (pg->prev != NIL) {
        page_at(pg->prev)->next = pg->next;
    } else {
        set->head[pg->order] = pg->next;
        if (pg->next == NIL)
            set->orders &= ~BIT(pg->order);
    }
    if (pg->next != NIL)
        page_at(pg->next)->prev = pg->prev;
    pg->flags = 0;
}

/* Is @frame the first of a free block of @order, with these flags? */
static inline bool block_is(uint32_t frame, unsigned int order, uint8_t flags)
{
    struct page *pg;

    if (!mfn_is_ram(mfn_make(frame)))
        return false;
    pg = page_at(frame);
    return pg->flags == flags && pg->order == order;
}

/* Put a block into its list, merged with its buddies of the same kind. */
static void block_give(uint32_t frame, unsigned int order, unsigned int kind)
{
    uint8_t flags = kind == DIRTY ? PAGE_FREE | PAGE_DIRTY : PAGE_FREE;

    while (order < PAGE_ORDER_MAX &&
           block_is(frame ^ BIT(order), order, flags)) {
        block_take(frame ^ BIT(order));
        frame &= ~BIT(order);
        order++;
    }
    block_push(frame, order, kind);
}

/* Give [frame, frame + nr) in blocks as large as alignment permits. */
static void run_give(uint32_t frame, uint32_t nr, unsigned int kind)
{
    while (nr > 0) {
        unsigned int order = PAGE_ORDER_MAX;

        if (frame & (BIT(PAGE_ORDER_MAX) - 1))
            order = (unsigned int)__builtin_ctz(frame);
        while (BIT(order) > nr)
            order--;
        block_give(frame, order, kind);
        frame += BIT(order);
        nr -= BIT(order);
    }
}

/* First frame of the free block that @frame is in, or NIL. */
static uint32_t block_find(uint32_t frame)
{
    for (unsigned int order = 0; order < ORDERS; order++) {
        uint32_t head = frame & ~(BIT(order) - 1);

        if (block_is(head, order, PAGE_FREE) ||
            block_is(head, order, PAGE_FREE | PAGE_DIRTY))
            return head;
    }
    return NIL;
}

/* A block of at least @order from @set, out of its list, cut to @order. */
static uint32_t set_take(struct free_set *set, unsigned int order,
                         unsigned int kind)
{
    uint32_t fits = set->orders & ~(BIT(order) - 1);
    unsigned int have;
    uint32_t frame;

    if (!fits)
        return NIL;
    have = (unsigned int)__builtin_ctz(fits);
    frame = set->head[have];
    block_take(frame);
    while (have > order) {
        have--;
        block_push(frame + BIT(have), have, kind);
    }
    return frame;
}

/* Is [@first, @first + 2^@order) free, in pieces? Counts down *@steps. */
static bool region_is_free(uint32_t first, unsigned int order, uint32_t *steps)
{
    uint32_t frame = first;

    while (frame < first + BIT(order)) {
        const struct page *pg;

        if (*steps == 0 || !mfn_is_ram(mfn_make(frame)))
            return false;
        pg = page_at(frame);
        if (!(pg->flags & PAGE_FREE))
            return false;
        frame += BIT(pg->order);
        (*steps)--;
    }
    return true;
}

/* Make one dirty block of a free region. */
static void region_merge(uint32_t first, unsigned int order)
{
    uint32_t frame = first;

    while (frame < first + BIT(order)) {
        struct page *pg = page_at(frame);
        uint32_t nr = BIT(pg->order);

        if (!(pg->flags & PAGE_DIRTY))
            dirty_nr += nr;
        block_take(frame);
        frame += nr;
    }
    block_give(first, order, DIRTY);
}

/*
 * Memory for a block of @order may be there in clean and dirty pieces: look
 * around each dirty piece, and merge the first such region. False: none.
 */
static bool merge_mixed(const struct free_set *zone, unsigned int order)
{
    uint32_t steps = MERGE_STEPS;

    for (unsigned int o = 0; o < order; o++) {
        uint32_t frame = zone[DIRTY].orders & BIT(o) ? zone[DIRTY].head[o]
                                                     : NIL;

        for (; frame != NIL && steps > 0; frame = page_at(frame)->next) {
            uint32_t region = frame & ~(BIT(order) - 1);

            steps--;
            if (region_is_free(region, order, &steps)) {
                region_merge(region, order);
                return true;
            }
        }
    }
    return false;
}

/*
 * A block of 2^@order out of its list; *@kind tells its kind. NIL: none, or
 * with PA_CLEAN only a dirty one.
 */
static uint32_t block_alloc(unsigned int order, unsigned int flags,
                            unsigned int *kind)
{
    unsigned int zone = flags & PA_LOW ? ZONE_LOW : ZONE_HIGH;
    unsigned int first = flags & PA_DIRTY ? DIRTY : CLEAN;
    uint32_t frame = NIL;

    /* The direct map's memory is what we need ourselves: it comes last. */
    for (;; zone--) {
        struct free_set *sets = free_sets[zone];

        *kind = first;
        frame = set_take(&sets[first], order, first);
        if (likely(frame != NIL))
            return frame;
        *kind = first ^ 1u;
        if (unlikely(flags & PA_CLEAN) && sets[DIRTY].orders >> order)
            return NIL;
        frame = set_take(&sets[*kind], order, *kind);
        if (frame != NIL)
            return frame;
        if (order > 0 && merge_mixed(sets, order)) {
            *kind = DIRTY;
            return flags & PA_CLEAN ? NIL
                                    : set_take(&sets[DIRTY], order, DIRTY);
        }
        if (zone == ZONE_LOW)
            return NIL;
    }
}

/* ---- contents ---- */

static void page_scrub(uint32_t frame)
{
    void *va = frame_open(mfn_make(frame));

    memset(va, 0, PAGE_SIZE);
    cache_clean_inv_range(va, PAGE_SIZE);
    frame_close(va);
}

/* Counters after @nr frames left; true when the low mark was crossed. */
static bool count_taken(uint32_t nr, uint32_t dirty)
{
    free_nr -= nr;
    dirty_nr -= dirty;
    if (likely(free_nr >= low_mark) || !low_armed)
        return false;
    low_armed = false;
    return true;
}

static void count_given(uint32_t nr, uint32_t dirty)
{
    free_nr += nr;
    dirty_nr += dirty;
    if (unlikely(!low_armed) && free_nr >= low_mark + low_mark / 4)
        low_armed = true;
}

/* Frames of an allocation come to life: owner first, then the reference. */
static void pages_start(uint32_t frame, uint32_t nr, domid_t owner)
{
    struct page *pg = page_at(frame);

    for (uint32_t i = 0; i < nr; i++) {
        pg[i].owner = owner;
        pg[i].order = 0;
        pg[i].flags = 0;
    }
    smp_wmb();
    for (uint32_t i = 0; i < nr; i++)
        WRITE_ONCE(pg[i].ref, 1);
}

struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    unsigned int kind;
    uint32_t frame;
    bool low = false;

    if (order > PAGE_ORDER_MAX)
        return NULL;

    lock_take(&page_lock);
    frame = block_alloc(order, flags, &kind);
    if (frame != NIL)
        low = count_taken(BIT(order), kind == DIRTY ? BIT(order) : 0);
    lock_drop(&page_lock);
    if (frame == NIL)
        return NULL;

    if (kind == DIRTY && !(flags & PA_DIRTY))
        for (uint32_t i = 0; i < BIT(order); i++)
            page_scrub(frame + i);
    pages_start(frame, BIT(order), owner);
    if (unlikely(low) && low_hook)
        low_hook();
    return page_at(frame);
}

/* Length of the part of [frame, end) that the free block at @head covers. */
static uint32_t covered(uint32_t head, uint32_t frame, uint32_t end)
{
    uint32_t block_end = head + BIT(page_at(head)->order);

    return MIN(block_end, end) - frame;
}

static bool run_is_free(uint32_t frame, uint32_t end)
{
    while (frame < end) {
        uint32_t head = block_find(frame);

        if (head == NIL)
            return false;
        frame += covered(head, frame, end);
    }
    return true;
}

/* Cut [frame, end), which is free, out of its blocks; returns its dirty. */
static uint32_t run_cut(uint32_t frame, uint32_t end)
{
    uint32_t dirty = 0;

    while (frame < end) {
        uint32_t head = block_find(frame);
        struct page *pg = page_at(head);
        unsigned int kind = pg->flags & PAGE_DIRTY ? DIRTY : CLEAN;
        uint32_t nr = covered(head, frame, end);
        uint32_t block_end = head + BIT(pg->order);

        block_take(head);
        run_give(head, frame - head, kind);
        run_give(frame + nr, block_end - frame - nr, kind);
        if (kind == DIRTY)
            dirty += nr;
        frame += nr;
    }
    return dirty;
}

bool page_alloc_at(mfn_t first, uint32_t nr, domid_t owner)
{
    uint32_t end = first.n + nr;
    bool ok, low = false;

    if (nr == 0 || end < first.n)
        return false;

    lock_take(&page_lock);
    ok = run_is_free(first.n, end);
    if (ok)
        low = count_taken(nr, run_cut(first.n, end));
    lock_drop(&page_lock);
    if (!ok)
        return false;

    pages_start(first.n, nr, owner);
    if (low && low_hook)
        low_hook();
    return true;
}

/*
 * End of the free run that begins at @frame, at most @end; @frame itself
 * when it is not free. @frame is where a block begins, or is not free.
 */
static uint32_t run_end(uint32_t frame, uint32_t end)
{
    while (frame < end && mfn_is_ram(mfn_make(frame)) &&
           page_at(frame)->flags & PAGE_FREE)
        frame += BIT(page_at(frame)->order);
    return MIN(frame, end);
}

uint32_t page_find_run(mfn_t lo, mfn_t hi, uint32_t nr,
                       unsigned int align_order, mfn_t *start)
{
    uint32_t best = 0;

    lock_take(&page_lock);
    for (uint32_t b = 0; b < bank_nr && best < nr; b++) {
        uint32_t frame = MAX(banks[b].first, lo.n);
        uint32_t end = MIN(banks[b].first + banks[b].nr, hi.n);
        uint32_t head = frame < end ? block_find(frame) : NIL;

        while (frame < end && best < nr) {
            uint32_t from = head != NIL ? head : frame;
            uint32_t stop = run_end(from, end);
            uint32_t begin = ALIGN_UP(frame, BIT(align_order));
            uint32_t len = begin < stop ? MIN(stop - begin, nr) : 0;

            if (len > best) {
                best = len;
                *start = mfn_make(begin);
            }
            frame = MAX(stop, frame + 1);
            head = NIL;
        }
    }
    lock_drop(&page_lock);
    return best;
}

/* ---- giving back ---- */

/* Frames whose counts have reached 0. */
static inline void pages_end(uint32_t frame, uint32_t nr)
{
    lock_take(&page_lock);
    if (nr == 1)
        block_give(frame, 0, DIRTY);
    else
        run_give(frame, nr, DIRTY);
    count_given(nr, nr);
    lock_drop(&page_lock);
}

/* The count has reached 0: nobody else looks at the page from here on. */
static void page_end(struct page *pg)
{
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    pg->flags = 0;
    pg->owner = DOMID_OWNER_NONE;
}

static bool ref_drop(struct page *pg)
{
    uint32_t left = __atomic_sub_fetch(&pg->ref, 1, __ATOMIC_RELEASE);

    BUG_ON(left == UINT32_MAX);
    if (left > 0)
        return false;
    page_end(pg);
    return true;
}

void page_put_run(struct page *pg, uint32_t nr)
{
    uint32_t frame = page_to_mfn(pg).n;
    uint32_t first = 0;

    for (uint32_t i = 0; i < nr; i++) {
        /* Somebody else has this one: his put ends it. */
        if (unlikely(!ref_drop(&pg[i]))) {
            if (first < i)
                pages_end(frame + first, i - first);
            first = i + 1;
        }
    }
    if (first < nr)
        pages_end(frame + first, nr - first);
}

void page_free(struct page *pg, unsigned int order)
{
    page_put_run(pg, BIT(order));
}

void page_put_last(struct page *pg, uint32_t left)
{
    BUG_ON(left != 0);
    page_end(pg);
    pages_end(page_to_mfn(pg).n, 1);
}

/*
 * The dirty set to scrub from next. The direct map's comes first: what we
 * allocate for ourselves is from there.
 */
static struct free_set *dirty_set(void)
{
    if (free_sets[ZONE_LOW][DIRTY].orders)
        return &free_sets[ZONE_LOW][DIRTY];
    return &free_sets[ZONE_HIGH][DIRTY];
}

/* The next frames of scrub's block, without the lock; their number. */
static uint32_t scrub_block(uint32_t max)
{
    uint32_t first = scrub.frame + scrub.done;
    uint32_t nr = MIN(max, BIT(scrub.order) - scrub.done);

    for (uint32_t i = 0; i < nr; i++)
        page_scrub(first + i);

    lock_take(&page_lock);
    scrub.done += nr;
    if (scrub.done == BIT(scrub.order)) {
        dirty_nr -= BIT(scrub.order);
        block_give(scrub.frame, scrub.order, CLEAN);
        scrub.frame = NIL;
    }
    scrub.busy = false;
    lock_drop(&page_lock);
    return nr;
}

bool page_scrub_step(unsigned int order, uint32_t max)
{
    bool begun = true;
    unsigned int kind;
    uint32_t frame;

    lock_take(&page_lock);
    if (scrub.busy) {
        lock_drop(&page_lock);
        return true;
    }
    if (scrub.frame == NIL) {
        frame = block_alloc(order, 0, &kind);
        begun = frame != NIL && kind == DIRTY;
        if (begun) {
            scrub.frame = frame;
            scrub.order = order;
            scrub.done = 0;
        } else if (frame != NIL) {
            block_give(frame, order, CLEAN);
        }
    }
    scrub.busy = begun;
    lock_drop(&page_lock);
    if (begun)
        scrub_block(max);
    return begun;
}

uint32_t page_scrub_some(uint32_t max)
{
    struct free_set *set;

    if (READ_ONCE(dirty_nr) == 0 || max == 0)
        return 0;

    /* The smallest dirty block, or a piece of it, leaves its list... */
    lock_take(&page_lock);
    set = dirty_set();
    if (scrub.busy || (scrub.frame == NIL && !set->orders)) {
        lock_drop(&page_lock);
        return 0;
    }
    if (scrub.frame == NIL) {
        scrub.order = MIN((unsigned int)__builtin_ctz(set->orders),
                          31u - (unsigned int)__builtin_clz(max));
        scrub.frame = set_take(set, scrub.order, DIRTY);
        scrub.done = 0;
    }
    scrub.busy = true;
    lock_drop(&page_lock);

    /* ...is cleaned without the lock, and comes back clean. */
    return scrub_block(max);
}

/* ---- what there is ---- */

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    for (uint32_t b = 0; b < bank_nr; b++)
        if (mfn.n - banks[b].first < banks[b].nr)
            return true;
    return false;
}

uint32_t page_total(void)
{
    return total_nr;
}

uint32_t page_free_nr(void)
{
    return READ_ONCE(free_nr);
}

uint32_t page_dirty_nr(void)
{
    return READ_ONCE(dirty_nr);
}

mfn_t page_max_mfn(void)
{
    uint32_t max = 0;

    for (uint32_t b = 0; b < bank_nr; b++)
        max = MAX(max, banks[b].first + banks[b].nr - 1);
    return mfn_make(max);
}

/* ---- looking over the books ---- */

/* Frames that are looked at under one hold of the lock. */
#define AUDIT_STEPS 256u

/* Could @pg and the block at @other be in one list? */
static bool alike(const struct page *pg, uint32_t other)
{
    const struct page *o = page_at(other);

    return mfn_is_ram(mfn_make(other)) && o->flags == pg->flags &&
           o->order == pg->order;
}

/* What is wrong with the free block at @frame, or NULL. */
static const char *block_wrong(uint32_t frame)
{
    const struct page *pg = page_at(frame);
    const struct free_set *set = set_of(frame,
                                        pg->flags & PAGE_DIRTY ? DIRTY : CLEAN);
    bool first = pg->prev == NIL;

    if (pg->order > PAGE_ORDER_MAX || (frame & (BIT(pg->order) - 1)) ||
        !mfn_is_ram(mfn_make(frame + BIT(pg->order) - 1)))
        return "no such block";
    if (first !=
        ((set->orders & BIT(pg->order)) && set->head[pg->order] == frame))
        return "not the head of its list";
    if (!first && (!alike(pg, pg->prev) || page_at(pg->prev)->next != frame))
        return "not behind its predecessor";
    if (pg->next != NIL &&
        (!alike(pg, pg->next) || page_at(pg->next)->prev != frame))
        return "not before its successor";
    return NULL;
}

/* Frames [a->at, ...) of the free block at @head; at most AUDIT_STEPS. */
static void audit_free(struct page_audit *a, uint32_t head)
{
    const struct page *block = page_at(head);
    uint32_t end = MIN(head + BIT(block->order), a->at + AUDIT_STEPS);

    if (a->at == head)
        a->wrong = block_wrong(head);
    for (; !a->wrong && a->at < end; a->at++) {
        const struct page *pg = page_at(a->at);

        if (pg->ref != 0 || (a->at != head && pg->flags != 0))
            a->wrong = "in use inside a free block";
        else
            a->free++;
        if (block->flags & PAGE_DIRTY)
            a->dirty++;
    }
}

static void audit_used(struct page_audit *a)
{
    const struct page *pg = page_at(a->at);
    uint32_t ref = READ_ONCE(pg->ref);

    if (ref == 0 && (pg->flags & PAGE_LISTED)) {
        a->wrong = "free, and on a domain's list";
    } else if (ref == 0 && scrub.frame != NIL &&
               a->at - scrub.frame < BIT(scrub.order)) {
        a->free++;
        a->dirty++;
    } else if (ref == 0) {
        a->nobodys++;
    } else if (pg->flags & PAGE_LISTED) {
        a->listed += pg->owner == a->owner;
    } else if (pg->owner == DOMID_OWNER_XEN) {
        a->ours++;
    }
    a->at++;
}

bool page_audit_some(struct page_audit *a)
{
    uint32_t end;

    if (a->wrong || a->bank == bank_nr)
        return false;
    a->at = MAX(a->at, banks[a->bank].first);
    end = MIN(banks[a->bank].first + banks[a->bank].nr, a->at + AUDIT_STEPS);

    lock_take(&page_lock);
    while (!a->wrong && a->at < end) {
        uint32_t head = block_find(a->at);

        if (head == NIL)
            audit_used(a);
        else
            audit_free(a, head);
    }
    a->balanced = a->free == free_nr && a->dirty == dirty_nr;
    lock_drop(&page_lock);

    if (a->at >= banks[a->bank].first + banks[a->bank].nr)
        a->bank++;
    return true;
}

/* ---- boot ---- */

void page_init_frames(mfn_t first, void *frame_table)
{
    ram_view.table_bias = (uintptr_t)frame_table -
                          first.n * sizeof(struct page);
}

void page_init_bank(mfn_t first, uint32_t nr)
{
    BUG_ON(bank_nr == BANKS);
    banks[bank_nr].first = first.n;
    banks[bank_nr].nr = nr;
    bank_nr++;
    total_nr += nr;
    if (nr > ram_view.main_nr) {
        ram_view.main_first = first.n;
        ram_view.main_nr = nr;
    }
}

void page_init_free(mfn_t first, uint32_t nr)
{
    lock_take(&page_lock);
    run_give(first.n, nr, DIRTY);
    count_given(nr, nr);
    lock_drop(&page_lock);
}

uint32_t page_low_limit(void)
{
    return (uint32_t)MIN(opt_low_mem_virq >> PAGE_SHIFT, (uint64_t)total_nr);
}

void page_low_hook(void (*fn)(void))
{
    uint32_t limit;

    lock_take(&page_lock);
    limit = page_low_limit();
    low_hook = fn;
    low_mark = limit;
    low_armed = free_nr >= limit;
    lock_drop(&page_lock);
}
