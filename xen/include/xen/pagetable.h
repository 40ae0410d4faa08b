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

#include <asm/cache.h>
#include <asm/lpae.h>

#include <xen/hyp_map.h>
#include <xen/types.h>

#define PT_LEVELS     3u
#define PT_LEVEL_BITS 9u
#define PT_ADDRESS    0x000000fffffff000ull /* output address of an entry */
#define PT_TYPE_MASK  3u

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
    bool clean_to_poc;  /* write entries back to memory (walker not coherent) */
    uint32_t destroyed; /* root entries that pt_destroy is done with         */
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

/* Frames that one entry of a level maps, as a power of two. */
static inline unsigned int pt_level_shift(unsigned int level)
{
    return (PT_LEVELS - level) * PT_LEVEL_BITS;
}

static inline uint32_t pt_root_index(const struct pagetable *pt, uint32_t frame)
{
    return (frame >> pt_level_shift(1)) & (pt->root_entries - 1);
}

static inline uint32_t pt_index(uint32_t frame, unsigned int level)
{
    return (frame >> pt_level_shift(level)) & (LPAE_ENTRIES - 1);
}

/* Not for entries of level 3, where the same bits are a page. */
static inline bool pt_is_table(uint64_t e)
{
    return (e & PT_TYPE_MASK) == (LPAE_VALID | LPAE_TABLE);
}

/* Tables are in the direct map, where the low word of an address will do. */
static inline uint64_t *pt_entry_table(uint64_t e)
{
    return (uint64_t *)((uintptr_t)(e & PT_ADDRESS) + ram_view.direct_bias);
}

/* Where a walk ends: an entry, mapped or empty. */
struct pt_place {
    uint64_t *entry;
    unsigned int level;
    uint32_t offset_mask; /* frame & this: offset in what the entry maps    */
};

/*
 * Walk for @frame. Written out, as each operation on one page does this
 * once: no loop, and what depends on the level is known where it is reached.
 */
static inline struct pt_place pt_walk(const struct pagetable *pt,
                                      uint32_t frame)
{
    struct pt_place at = {
        .entry = &pt->root[pt_root_index(pt, frame)],
        .level = 1,
        .offset_mask = (1u << pt_level_shift(1)) - 1,
    };

    if (!pt_is_table(*at.entry))
        return at;
    at.entry = &pt_entry_table(*at.entry)[pt_index(frame, 2)];
    at.level = 2;
    at.offset_mask = (1u << pt_level_shift(2)) - 1;
    if (!pt_is_table(*at.entry))
        return at;
    at.entry = &pt_entry_table(*at.entry)[pt_index(frame, 3)];
    at.level = 3;
    at.offset_mask = 0;
    return at;
}

/*
 * One STRD (GCC makes one of an aligned volatile uint64_t), which the walker
 * sees whole or not at all: A3.5.3, "with the Large Physical Address
 * Extension". For callers that change one page found with pt_walk; when the
 * walker sees it is for them to say, by a DSB.
 */
static inline void pt_entry_write(const struct pagetable *pt, uint64_t *e,
                                  uint64_t val)
{
    WRITE_ONCE(*e, val);
    if (unlikely(pt->clean_to_poc))
        cache_clean_range(e, sizeof(*e));
}

/* Bounds what one call of pt_next_mapped looks at: entries, 4 for a walk. */
#define PT_LOOKS 1024u

/*
 * Move *@frame to the first mapped frame in [*@frame, @end): true. False:
 * there is none, then it is @end; or, as it is told by being less, so many
 * entries had to be looked at, and the search goes on from there.
 */
bool pt_next_mapped(const struct pagetable *pt, uint32_t *frame, uint32_t end);

/*
 * Free all tables below the root, at most @max_tables; 0 or -ERESTART. The
 * last thing that is done with a page table, or again from .destroyed = 0.
 */
int must_check pt_destroy(struct pagetable *pt, uint32_t max_tables);

#endif /* XEN_PAGETABLE_H */
