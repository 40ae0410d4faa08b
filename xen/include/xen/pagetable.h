/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One walker for LPAE tables: Hyp's stage 1 and each domain's stage 2.
 * It fills, splits, clears and looks up; what the bits mean is its
 * callers' business, and so are TLB maintenance and locks.
 *
 * Source: ARM DDI 0406C.c B3.6. Layer: 4 (core).
 */
#ifndef XEN_PAGETABLE_H
#define XEN_PAGETABLE_H

#include <xen/types.h>

struct pagetable {
    uint64_t *root;        /* level-1 table(s), Hyp address                 */
    uint32_t root_entries; /* 4 (Hyp) or 1024 (40-bit stage 2)             */
    /* A zeroed table page and back; stage 2 takes them from its pool.     */
    void *(*table_alloc)(void *ctx);
    void (*table_free)(void *ctx, void *table);
    /*
     * Called between the two writes that turn a block into a table (the
     * entry is invalid then): invalidate the TLBs. NULL: nothing to do.
     */
    void (*split_flush)(void *ctx);
    void *ctx;
    bool clean_to_poc; /* write entries back to memory (walker not coherent) */
};

/* An entry found: its raw bits and the level (1..3), or level 0: nothing. */
struct pt_entry {
    uint64_t bits;
    unsigned int level;
};

/*
 * Map frames [first, first+nr) to [mfn, ...) with @attr_bits (all but
 * address, valid and type), with the largest blocks that fit, splitting
 * larger blocks that are in the way. Existing entries are replaced, but
 * tables stay: where one is, its entries are written. At most @max_ops
 * leaf writes; *@done tells the frames finished.
 * What was absent before is visible to table walks on return; what was
 * replaced needs a TLB invalidation by the caller.
 * Returns 0 when all is done, -ERESTART when @max_ops was reached, -ENOMEM
 * (frames [0,*@done) are mapped).
 */
int must_check pt_map(struct pagetable *pt, uint32_t first, mfn_t mfn,
                      uint32_t nr, uint64_t attr_bits, uint32_t max_ops,
                      uint32_t *done);

/*
 * Clear [first, first+nr), same conventions; absent entries are skipped, at
 * one op per absent table. The caller invalidates the TLBs.
 */
int must_check pt_unmap(struct pagetable *pt, uint32_t first, uint32_t nr,
                        uint32_t max_ops, uint32_t *done);

/* Entry that maps @frame. */
struct pt_entry pt_lookup(const struct pagetable *pt, uint32_t frame);

/*
 * The level-3 entry of @frame, mapped or empty; NULL where no table goes so
 * far down (a block, or nothing). For callers that change one page: they
 * write it with pt_page_write, which ends as pt_map does.
 */
uint64_t *pt_page_slot(const struct pagetable *pt, uint32_t frame);
void pt_page_write(const struct pagetable *pt, uint64_t *slot, uint64_t bits);

/*
 * First mapped frame >= @from, or UINT32_MAX; skips absent tables, so its
 * cost is bounded by the tables that exist.
 */
uint32_t pt_next_mapped(const struct pagetable *pt, uint32_t from);

/* Free all tables below the root, at most @max_tables; 0 or -ERESTART. */
int must_check pt_destroy(struct pagetable *pt, uint32_t max_tables);

#endif /* XEN_PAGETABLE_H */
