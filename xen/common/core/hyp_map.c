/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's own map after boot: the hyp_map area (devices, stacks, memory that
 * others share with us) and the windows on RAM beyond the direct map.
 *
 * Source: ARM DDI 0406C.c B3.6 (descriptors), B4.2.4 (ATS1HR, PAR).
 * Layer:  4 (core).
 */
#include <asm/barrier.h>
#include <asm/lpae.h>
#include <asm/percpu.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>

#include <xen/bitmap.h>
#include <xen/bug.h>
#include <xen/hyp_map.h>
#include <xen/hyp_map_tables.h>
#include <xen/page_alloc.h>
#include <xen/spinlock.h>
#include <xen/tlbflush.h>

#define VMAP_FRAMES ((WINDOW_VIRT_START - VMAP_VIRT_START) >> PAGE_SHIFT)
#define VMAP_FIRST  (VMAP_VIRT_START >> PAGE_SHIFT)

#define WINDOWS 4u /* open at once, per CPU */

/* Invalidating page by page pays up to here. */
#define FLUSH_PAGES 16u

#define HI(bits_) ((uint64_t)(bits_) << 32)
#define S1_DATA   (LPAE_S1_AP1 | LPAE_AF | HI(LPAE_HI_XN))

/* clang-format off */
const uint64_t hyp_attr_bits[] = {
    [HYP_RW]     = S1_DATA | LPAE_S1_ATTR(MAIR_WB)     | LPAE_SH_INNER,
    [HYP_RO]     = S1_DATA | LPAE_S1_ATTR(MAIR_WB)     | LPAE_SH_INNER |
                   LPAE_S1_RO,
    [HYP_NC]     = S1_DATA | LPAE_S1_ATTR(MAIR_NC)     | LPAE_SH_OUTER,
    [HYP_DEVICE] = S1_DATA | LPAE_S1_ATTR(MAIR_DEVICE) | LPAE_SH_OUTER,
};
/* clang-format on */

struct ram_view ram_view;

struct pagetable hyp_pt;
uint64_t *window_l3;

/*
 * Guards hyp_pt, the bitmap and the spare tables.
 * Order: below all locks of domains, above the page allocator's leaf.
 */
static struct spinlock map_lock = SPINLOCK_INIT(RANK_IRQ);

/* Bit per page of the area: mapped, or the guard page behind a mapping. */
static uint32_t vmap_used[BITMAP_WORDS(VMAP_FRAMES)];

/* Table pages got before the lock was taken; each points to the next. */
static void *spare_tables;
static uint32_t spare_nr;

static DEFINE_PER_CPU(uint32_t, window_depth);

/* ---- tables ---- */

static void *spare_take(void *ctx)
{
    void **table = spare_tables;

    (void)ctx;
    if (!table)
        return NULL;
    spare_tables = *table;
    spare_nr--;
    *table = NULL; /* a zeroed page again */
    return table;
}

static void spare_give(void *ctx, void *table)
{
    (void)ctx;
    *(void **)table = spare_tables;
    spare_tables = table;
    spare_nr++;
}

/* Take map_lock with @want spare tables at hand; not taken when false. */
static bool must_check lock_with_tables(uint32_t want)
{
    struct page *pg;

    for (;;) {
        lock_take(&map_lock);
        if (spare_nr >= want)
            return true;
        lock_drop(&map_lock);
        pg = page_alloc(0, DOMID_OWNER_XEN, PA_LOW);
        if (!pg)
            return false;
        lock_take(&map_lock);
        spare_give(NULL, page_to_va(pg));
        lock_drop(&map_lock);
    }
}

void hyp_map_alloc_start(void)
{
    hyp_pt.table_alloc = spare_take;
    hyp_pt.table_free = spare_give;
    bitmap_set(vmap_used, 0); /* the guard page before the first mapping */
}

/* ---- the area ---- */

/* First of @nr pages that are free together, or VMAP_FRAMES. */
static uint32_t vmap_find(uint32_t nr)
{
    uint32_t first = bitmap_find_clear(vmap_used, VMAP_FRAMES, 0);

    while (first < VMAP_FRAMES) {
        uint32_t end = bitmap_find_set(vmap_used, VMAP_FRAMES, first);

        if (end - first >= nr)
            return first;
        first = bitmap_find_clear(vmap_used, VMAP_FRAMES, end);
    }
    return VMAP_FRAMES;
}

/* Clear @nr pages from @frame on; none of them is in a TLB afterwards. */
static void range_clear(uint32_t frame, uint32_t nr)
{
    uint32_t done;

    /* Blocks end where mappings end, so nothing is split: no -ENOMEM. */
    BUG_ON(pt_unmap(&hyp_pt, frame, nr, UINT32_MAX, &done) != 0);
    if (nr > FLUSH_PAGES)
        tlb_flush_hyp_all();
    for (uint32_t i = 0; nr <= FLUSH_PAGES && i < nr; i++)
        tlb_flush_hyp_va((uintptr_t)(frame + i) << PAGE_SHIFT);
    tlb_flush_hyp_finish();
}

void *hyp_map(mfn_t first, uint32_t nr, enum hyp_attr attr)
{
    uint32_t index, done;
    int rc;

    if (nr == 0 || nr >= VMAP_FRAMES)
        return NULL;
    if (!lock_with_tables(nr / LPAE_ENTRIES + 2))
        return NULL;

    index = vmap_find(nr + 1);
    if (index == VMAP_FRAMES) {
        lock_drop(&map_lock);
        return NULL;
    }
    rc = pt_map(&hyp_pt, VMAP_FIRST + index, first, nr, hyp_attr_bits[attr],
                UINT32_MAX, &done);
    if (rc)
        range_clear(VMAP_FIRST + index, done);
    else
        bitmap_set_range(vmap_used, index, nr + 1);
    lock_drop(&map_lock);
    isb();
    return rc ? NULL : (void *)((VMAP_FIRST + index) << PAGE_SHIFT);
}

/* Pages from @frame to the guard page. */
static uint32_t mapped_pages(uint32_t frame)
{
    uint32_t nr = 0;

    while (pt_lookup(&hyp_pt, frame + nr).level != 0)
        nr++;
    return nr;
}

void hyp_unmap(void *va)
{
    uint32_t frame = (uint32_t)((uintptr_t)va >> PAGE_SHIFT);
    uint32_t nr;

    BUG_ON(frame - VMAP_FIRST >= VMAP_FRAMES);
    lock_take(&map_lock);
    nr = mapped_pages(frame);
    BUG_ON(nr == 0);
    range_clear(frame, nr);
    bitmap_clear_range(vmap_used, frame - VMAP_FIRST, nr + 1);
    lock_drop(&map_lock);
}

volatile void *ioremap(paddr_t pa, size_t size)
{
    uint32_t offset = (uint32_t)pa & (PAGE_SIZE - 1);
    uint32_t nr = (uint32_t)((offset + (uint64_t)size + PAGE_SIZE - 1) >>
                             PAGE_SHIFT);
    char *va;

    if (size == 0)
        return NULL;
    va = hyp_map(mfn_of(pa), nr, HYP_DEVICE);
    return va ? va + offset : NULL;
}

void *stack_alloc(void)
{
    struct page *pg = page_alloc(2, DOMID_OWNER_XEN, 0);
    char *va;

    STATIC_ASSERT(STACK_PAGES == 1u << 2);
    if (!pg)
        return NULL;
    va = hyp_map(page_to_mfn(pg), STACK_PAGES, HYP_RW);
    if (!va) {
        page_free(pg, 2);
        return NULL;
    }
    return va + STACK_PAGES * PAGE_SIZE;
}

/* ---- RAM beyond the direct map ---- */

static inline uint32_t window_entry(uint32_t depth)
{
    /* Every second page: an access that runs over an end faults. */
    return (smp_cpu_id() * WINDOWS + depth) * 2 + 1;
}

static inline void *window_va(uint32_t depth)
{
    return (void *)(WINDOW_VIRT_START + (window_entry(depth) << PAGE_SHIFT));
}

void *frame_window_open(mfn_t mfn)
{
    uint32_t depth = this_cpu(window_depth)++;

    BUG_ON(depth >= WINDOWS || !window_l3);
    WRITE_ONCE(window_l3[window_entry(depth)],
               mfn_pa(mfn) | hyp_attr_bits[HYP_RW] | LPAE_VALID | LPAE_TABLE);
    dsb_ishst();
    isb();
    return window_va(depth);
}

void frame_window_close(void *va)
{
    uint32_t depth = --this_cpu(window_depth);

    BUG_ON(depth >= WINDOWS || va != window_va(depth));
    WRITE_ONCE(window_l3[window_entry(depth)], 0);
    tlb_flush_hyp_va((uintptr_t)va);
}

void *frame_map(mfn_t mfn)
{
    return mfn_is_direct(mfn) ? mfn_to_va(mfn) : hyp_map(mfn, 1, HYP_RW);
}

void frame_unmap(void *va)
{
    if ((uintptr_t)va < DIRECT_VIRT_START)
        hyp_unmap(va);
}

/* ---- translation ---- */

#define PAR_FAULT   1u
#define PAR_ADDRESS 0x000000fffffff000ull

paddr_t va_to_pa(const void *va)
{
    uint64_t guest_par = sysreg_read64(PAR_64); /* ours to keep, not to use */
    uint64_t par;

    sysreg_write(ATS1HR, (uintptr_t)va);
    isb();
    par = sysreg_read64(PAR_64);
    sysreg_write64(PAR_64, guest_par);
    if (par & PAR_FAULT)
        return INVALID_PADDR;
    return (par & PAR_ADDRESS) | ((uintptr_t)va & (PAGE_SIZE - 1));
}
