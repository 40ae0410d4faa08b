/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The walker of long-descriptor tables. Tables are reached through the
 * direct map. Every walk begins at the root and goes down at most two steps,
 * so there is no recursion; runs of pages in one level-3 table are done in
 * one walk.
 *
 * Source: ARM DDI 0406C.c B3.6.1 (descriptors), B3.10.1 (a block that
 *         becomes a table: invalidate the entry and the TLBs in between).
 * Layer:  4 (core).
 */
#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/lpae.h>

#include <xen/bug.h>
#include <xen/hyp_map.h>
#include <xen/pagetable.h>

#include <public/errno.h>

#define LEVELS PT_LEVELS

static inline uint32_t level_frames(unsigned int level)
{
    return 1u << pt_level_shift(level);
}

static inline bool entry_is_table(uint64_t e, unsigned int level)
{
    return level < LEVELS && pt_is_table(e);
}

/* Make @table visible, then the entry that points to it. */
static void table_publish(const struct pagetable *pt, uint64_t *e,
                          uint64_t *table)
{
    if (unlikely(pt->clean_to_poc))
        cache_clean_range(table, PAGE_SIZE);
    dsb_ishst();
    pt_entry_write(pt, e,
                   mfn_pa(direct_va_to_mfn(table)) | LPAE_VALID | LPAE_TABLE);
}

/* Replace the block in @e of @level by a table that maps the same. */
static int must_check block_split(struct pagetable *pt, uint64_t *e,
                                  unsigned int level)
{
    uint64_t *table = pt->table_alloc(pt->ctx);
    uint64_t bits = *e;
    uint64_t step = (uint64_t)level_frames(level + 1) << PAGE_SHIFT;

    if (!table)
        return -ENOMEM;
    if (level + 1 == LEVELS)
        bits |= LPAE_TABLE;
    for (uint32_t i = 0; i < LPAE_ENTRIES; i++)
        table[i] = bits + i * step;

    pt_entry_write(pt, e, 0);
    if (pt->split_flush)
        pt->split_flush(pt->ctx);
    table_publish(pt, e, table);
    return 0;
}

/*
 * Walk towards @frame, at most to level @want. Returns the entry where the
 * walk ended and its *@level; above @want it is a leaf or empty.
 */
static uint64_t *entry_find(const struct pagetable *pt, uint32_t frame,
                            unsigned int want, unsigned int *level)
{
    uint64_t *e = &pt->root[pt_root_index(pt, frame)];
    unsigned int l = 1;

    while (l < want && entry_is_table(*e, l)) {
        l++;
        e = &pt_entry_table(*e)[pt_index(frame, l)];
    }
    *level = l;
    return e;
}

/* As entry_find, but tables are made (blocks split) down to @want. */
static int must_check entry_make(struct pagetable *pt, uint32_t frame,
                                 unsigned int want, uint64_t **out)
{
    unsigned int level;
    uint64_t *e = entry_find(pt, frame, want, &level);

    while (level < want) {
        if (*e & LPAE_VALID) {
            int rc = block_split(pt, e, level);

            if (rc)
                return rc;
        } else {
            uint64_t *table = pt->table_alloc(pt->ctx);

            if (!table)
                return -ENOMEM;
            table_publish(pt, e, table);
        }
        level++;
        e = &pt_entry_table(*e)[pt_index(frame, level)];
    }
    *out = e;
    return 0;
}

/* Level of the largest block that may map @frame to @mfn, of @nr frames. */
static unsigned int block_level(uint32_t frame, uint32_t mfn, uint32_t nr)
{
    for (unsigned int level = 1; level < LEVELS; level++)
        if (nr >= level_frames(level) &&
            IS_ALIGNED(frame | mfn, level_frames(level)))
            return level;
    return LEVELS;
}

/* Pages from entry @e of a level-3 table on; returns how many. */
static uint32_t pages_write(const struct pagetable *pt, uint64_t *e,
                            uint32_t index, uint64_t leaf, uint32_t nr)
{
    uint32_t i;

    nr = MIN(nr, LPAE_ENTRIES - index);
    for (i = 0; i < nr; i++) {
        pt_entry_write(pt, &e[i], leaf);
        leaf += PAGE_SIZE;
    }
    return nr;
}

static int must_check map_run(struct pagetable *pt, uint32_t first, mfn_t mfn,
                              uint32_t nr, uint64_t attr_bits, uint32_t max_ops,
                              uint32_t *done)
{
    uint32_t ops = 0;

    while (*done < nr) {
        uint32_t frame = first + *done;
        uint32_t target = mfn.n + *done;
        unsigned int level = block_level(frame, target, nr - *done);
        uint64_t leaf = mfn_pa(mfn_make(target)) | attr_bits | LPAE_VALID;
        uint64_t *e;
        int rc;

        if (ops >= max_ops)
            return -ERESTART;
        rc = entry_make(pt, frame, level, &e);
        if (rc)
            return rc;
        /* A table where a block would do stays: go below it. */
        while (entry_is_table(*e, level)) {
            level++;
            e = &pt_entry_table(*e)[pt_index(frame, level)];
        }
        if (level == LEVELS) {
            uint32_t pages = pages_write(pt, e, pt_index(frame, LEVELS),
                                         leaf | LPAE_TABLE,
                                         MIN(nr - *done, max_ops - ops));

            ops += pages;
            *done += pages;
        } else {
            pt_entry_write(pt, e, leaf);
            ops++;
            *done += level_frames(level);
        }
    }
    return 0;
}

int pt_map(struct pagetable *pt, uint32_t first, mfn_t mfn, uint32_t nr,
           uint64_t attr_bits, uint32_t max_ops, uint32_t *done)
{
    int rc;

    *done = 0;
    rc = map_run(pt, first, mfn, nr, attr_bits, max_ops, done);
    /* The writes reach the walkers before any use of the new map. */
    dsb_ishst();
    return rc;
}

/* Clear pages from entry @e of a level-3 table on; returns how many. */
static uint32_t pages_clear(const struct pagetable *pt, uint64_t *e,
                            uint32_t index, uint32_t nr)
{
    uint32_t i;

    nr = MIN(nr, LPAE_ENTRIES - index);
    for (i = 0; i < nr; i++)
        if (e[i] & LPAE_VALID)
            pt_entry_write(pt, &e[i], 0);
    return nr;
}

int pt_unmap(struct pagetable *pt, uint32_t first, uint32_t nr,
             uint32_t max_ops, uint32_t *done)
{
    uint32_t ops = 0;

    *done = 0;
    while (*done < nr) {
        uint32_t frame = first + *done;
        uint32_t left = nr - *done;
        struct pt_place at = pt_walk(pt, frame);
        unsigned int level = at.level;
        uint64_t *e = at.entry;
        uint32_t size = level_frames(level);
        uint32_t offset = frame & (size - 1);

        if (ops >= max_ops)
            return -ERESTART;
        if (level == LEVELS) {
            uint32_t pages = pages_clear(pt, e, pt_index(frame, LEVELS),
                                         MIN(left, max_ops - ops));

            ops += pages;
            *done += pages;
            continue;
        }
        ops++;
        if (*e & LPAE_VALID) {
            if (offset != 0 || left < size) {
                int rc = block_split(pt, e, level);

                if (rc)
                    return rc;
                continue;
            }
            pt_entry_write(pt, e, 0);
        }
        *done += MIN(size - offset, left);
    }
    return 0;
}

struct pt_entry pt_lookup(const struct pagetable *pt, uint32_t frame)
{
    struct pt_place at = pt_walk(pt, frame);
    uint64_t bits = READ_ONCE(*at.entry);

    if (!(bits & LPAE_VALID))
        return (struct pt_entry){ 0, 0 };
    return (struct pt_entry){ bits, at.level };
}

bool pt_next_mapped(const struct pagetable *pt, uint32_t *frame, uint32_t end)
{
    uint64_t limit = (uint64_t)pt->root_entries << pt_level_shift(1);
    uint64_t at = *frame, stop = MIN((uint64_t)end, limit);
    bool mapped = false;

    for (uint32_t looks = 0; !mapped && looks < PT_LOOKS && at < stop;) {
        struct pt_place place = pt_walk(pt, (uint32_t)at);
        uint64_t next = (at | place.offset_mask) + 1;

        looks += 4; /* for a walk */
        mapped = *place.entry & LPAE_VALID;
        if (place.level == LEVELS) {
            next = MIN(stop, (at | (LPAE_ENTRIES - 1)) + 1);
            for (; !mapped && ++at < next; looks++)
                mapped = *++place.entry & LPAE_VALID;
        } else if (!mapped) {
            at = next;
        }
    }
    *frame = at < stop ? (uint32_t)at : end;
    return mapped;
}

/* Free the tables below the level-1 entry @e; false when the budget ends. */
static bool tables_free(struct pagetable *pt, uint64_t *e, uint32_t *budget)
{
    uint64_t *table = pt_entry_table(*e);

    for (uint32_t i = 0; i < LPAE_ENTRIES; i++) {
        if (!entry_is_table(table[i], 2))
            continue;
        if (*budget == 0)
            return false;
        (*budget)--;
        pt->table_free(pt->ctx, pt_entry_table(table[i]));
        pt_entry_write(pt, &table[i], 0);
    }
    if (*budget == 0)
        return false;
    (*budget)--;
    pt->table_free(pt->ctx, table);
    pt_entry_write(pt, e, 0);
    return true;
}

/* Entries of the root that one call passes, besides one with a table. */
#define ROOT_LOOKS 256u

int pt_destroy(struct pagetable *pt, uint32_t max_tables)
{
    uint32_t end = MIN(pt->root_entries, pt->destroyed + ROOT_LOOKS);

    while (pt->destroyed < end) {
        uint64_t *e = &pt->root[pt->destroyed];

        if (entry_is_table(*e, 1)) {
            if (tables_free(pt, e, &max_tables))
                pt->destroyed++;
            return -ERESTART;
        }
        pt->destroyed++;
    }
    return end < pt->root_entries ? -ERESTART : 0;
}
