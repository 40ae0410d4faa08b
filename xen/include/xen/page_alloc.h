/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical pages: a buddy allocator over all RAM, with an owner and a
 * reference count per page.
 *
 * A page is FREE (ref 0, in a buddy list), or in use by its owner. Pages of
 * a domain are charged to it (struct domain.tot_pages) by
 * domain/domain_memory.c, not here.
 * Layer: 4 (core).
 */
#ifndef XEN_PAGE_ALLOC_H
#define XEN_PAGE_ALLOC_H

#include <xen/bug.h>
#include <xen/hyp_map.h>
#include <xen/types.h>

#define DOMID_OWNER_NONE 0x7ff4u /* DOMID_INVALID: free or boot memory      */
#define DOMID_OWNER_XEN  0x7ff2u /* DOMID_XEN: ours                         */

#define PAGE_ORDER_MAX 18u /* 1 GiB blocks                                  */
#define PAGE_ORDER_2M  9u
#define PAGE_ORDER_1G  18u

/* 16 bytes per frame of RAM, 0.4 %. */
struct page {
    uint32_t ref;   /* atomic; 0: free. The allocation itself is one        */
    uint16_t owner; /* domid; stable while ref > 0                          */
    uint8_t order;  /* first frame of a free block: its order               */
    uint8_t flags;  /* PAGE_*                                               */
    uint32_t next, prev; /* frame numbers: free list or owner's page list;
                            heap.c uses them for its own pages             */
};
STATIC_ASSERT(sizeof(struct page) == 16);

#define PAGE_DIRTY        0x01u /* free block that needs scrubbing           */
#define PAGE_FREE         0x02u /* first frame of a free block               */
#define PAGE_LISTED       0x04u /* on its owner's page list, charge held     */
#define PAGE_XEN_SHARE    0x08u /* ours, may be mapped by tools as DOMID_XEN */
#define PAGE_XEN_SHARE_RO 0x10u

/* Flags of page_alloc. */
#define PA_LOW   0x1u /* in the direct map: page_to_va works               */
#define PA_DIRTY 0x2u /* contents do not matter: do not scrub              */
#define PA_CLEAN 0x4u /* do not scrub: NULL when that would be needed      */

/*
 * Boot, by hyp_map_init, in this order: the frame table at @frame_table,
 * zeroed, whose row 0 is @first; each bank of RAM, ascending (rows mapped);
 * then the runs of it that may be handed out, dirty. What is left out
 * (modules, device tree, .init) is given with page_init_free later.
 */
void page_init_frames(mfn_t first, void *frame_table);
void page_init_bank(mfn_t first, uint32_t nr);
void page_init_free(mfn_t first, uint32_t nr);

/*
 * 2^@order pages, aligned to their size, ref 1 each on the first frame and
 * on every other, owner @owner, zeroed and clean to the point of coherency
 * unless PA_DIRTY. NULL when there are none.
 */
struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags);

/* Take exactly these frames (dom0's 1:1 banks). False if any is not free. */
bool must_check page_alloc_at(mfn_t first, uint32_t nr, domid_t owner);

/*
 * Largest free run inside [lo, hi) that starts 2^@align_order-aligned, of
 * at most @nr frames, the lowest of equals; returns its length in frames
 * (0: none) and its start. Boot only.
 */
uint32_t page_find_run(mfn_t lo, mfn_t hi, uint32_t nr,
                       unsigned int align_order, mfn_t *start);

/* Give back 2^@order pages, each with ref 1; they become dirty. */
void page_free(struct page *pg, unsigned int order);

/*
 * Take a reference of a page that is in use, whoever owns it.
 * False: free, or the count would overflow.
 */
static inline bool must_check page_get_any(struct page *pg)
{
    uint32_t ref = READ_ONCE(pg->ref);

    do {
        if (unlikely(ref - 1 >= UINT32_MAX - 1)) /* 0, or the largest */
            return false;
    } while (unlikely(!__atomic_compare_exchange_n(
        &pg->ref, &ref, ref + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)));
    return true;
}

/* page_put's second half, when the count is @left: 0, or it was 0 before. */
void page_put_last(struct page *pg, uint32_t left);

/* Drop a reference; the last one frees the page. Any lock but leaves. */
static inline void page_put(struct page *pg)
{
    uint32_t left = __atomic_sub_fetch(&pg->ref, 1, __ATOMIC_RELEASE);

    if (unlikely(left - 1 >= UINT32_MAX - 1)) /* 0, or the largest */
        page_put_last(pg, left);
}

/*
 * page_put of @nr pages whose frames follow each other: with one lock for all
 * that are free then, and in blocks.
 */
void page_put_run(struct page *pg, uint32_t nr);

/* As page_get_any; also false when it is somebody else's than @owner's. */
static inline bool must_check page_get(struct page *pg, domid_t owner)
{
    if (unlikely(READ_ONCE(pg->owner) != owner) || !page_get_any(pg))
        return false;
    /* It may have changed hands between the look and the reference. */
    if (likely(READ_ONCE(pg->owner) == owner))
        return true;
    page_put(pg);
    return false;
}

/* As mfn_is_ram, for frames outside the largest bank. */
bool mfn_is_ram_elsewhere(mfn_t mfn);

/* False for frames that are no RAM of a bank. */
static inline bool mfn_is_ram(mfn_t mfn)
{
    return mfn.n - ram_view.main_first < ram_view.main_nr ||
           mfn_is_ram_elsewhere(mfn);
}

/* Only for frames for which mfn_is_ram is true. */
static inline struct page *mfn_to_page(mfn_t mfn)
{
    return (struct page *)(ram_view.table_bias + mfn.n * sizeof(struct page));
}

static inline mfn_t page_to_mfn(const struct page *pg)
{
    return mfn_make((uint32_t)(((uintptr_t)pg - ram_view.table_bias) /
                               sizeof(struct page)));
}

/* Direct-map address; only for PA_LOW pages (BUG otherwise in debug). */
static inline void *page_to_va(const struct page *pg)
{
    mfn_t mfn = page_to_mfn(pg);

    ASSERT(mfn_is_direct(mfn));
    return mfn_to_va(mfn);
}

static inline struct page *va_to_page(const void *va)
{
    return mfn_to_page(direct_va_to_mfn(va));
}

/* Frames: all RAM, free now, free and still dirty, highest number. */
uint32_t page_total(void);
uint32_t page_free_nr(void);
uint32_t page_dirty_nr(void);
mfn_t page_max_mfn(void);

/*
 * Scrub at most @max dirty free frames; for idle CPUs. Returns the number
 * done, 0 when nothing is dirty.
 */
uint32_t page_scrub_some(uint32_t max);

/*
 * For who was refused a block of 2^@order by PA_CLEAN: scrub at most @max
 * frames of one. True: try again, or come again; false: no memory is dirty
 * that would help.
 */
bool page_scrub_step(unsigned int order, uint32_t max);

/* The mark of page_low_hook: opt_low_mem_virq, or all RAM; in frames. */
uint32_t page_low_limit(void);

/*
 * One look over all pages, in pieces: it begins zeroed but for .owner, and
 * is through when page_audit_some, which looks at some more, returns false.
 * What changes meanwhile makes .balanced false, which is no mistake then.
 */
struct page_audit {
    domid_t owner;     /* whose pages .listed counts                       */
    bool balanced;     /* as many free and dirty as the counters say       */
    uint32_t bank, at; /* how far it is                                    */
    uint32_t free, dirty, ours, listed;
    uint32_t nobodys;  /* never given out: the image, modules              */
    const char *wrong; /* NULL: nothing; else it ended at frame .at        */
};
bool page_audit_some(struct page_audit *a);

/*
 * Have @fn called (from whichever context allocated, no lock of ours held)
 * when the free memory crosses opt_low_mem_virq downwards; VIRQ_ENOMEM.
 * Once, until there is a quarter more than that again. Boot.
 */
void page_low_hook(void (*fn)(void));

#endif /* XEN_PAGE_ALLOC_H */
