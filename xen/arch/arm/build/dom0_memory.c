/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAM of dom0, 1:1: which banks, and how much when nobody says.
 *
 * A kernel with AUTO_ZRELADDR unpacks itself to the start of the 128 MiB
 * block that its zImage is in, and uses no RAM below that (Linux
 * arch/arm/boot/compressed/head.S). So the first bank begins at such a
 * boundary, and the others lie above it.
 *
 * Carve-outs (dom0_carveouts.c) come next, out of dom0_mem, when the rest of
 * it is enough for a kernel; then what is free: below 4 GiB first, where all
 * devices reach.
 *
 * Layer: 9 (control). Boot only.
 */
#include <xen/options.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/string.h>

#include "dom0.h"

#define BLOCK_ORDER 15u /* 128 MiB */
#define BLOCK_PAGES (1u << BLOCK_ORDER)
#define UNIT_PAGES  (1u << PAGE_ORDER_2M)

/* What a first bank should have, and of it a kernel, its tree and an initrd
 * at least: more of an initrd can go elsewhere. */
#define FIRST_PAGES     ((uint32_t)(MIB(64) >> PAGE_SHIFT))
#define FIRST_PAGES_MAX ((uint32_t)(MIB(96) >> PAGE_SHIFT))

#define DEFAULT_PAGES ((uint32_t)(MIB(512) >> PAGE_SHIFT))
/* What is left for other domains before the default is cut. */
#define OTHERS_PAGES ((uint32_t)(MIB(128) >> PAGE_SHIFT))

/* Besides carve-outs, which Linux uses for little of its own. */
#define REST_PAGES         ((uint32_t)(MIB(96) >> PAGE_SHIFT))
#define DEFAULT_REST_PAGES ((uint32_t)(MIB(256) >> PAGE_SHIFT))

/* Kernels are started with 32-bit addresses. */
#define LOW_END ((uint32_t)(GIB(4) >> PAGE_SHIFT))

static uint32_t to_mib(uint64_t pages)
{
    return (uint32_t)(pages >> (20 - PAGE_SHIFT));
}

static uint32_t init_text default_pages(uint32_t have, uint32_t carved)
{
    uint32_t want = MAX(DEFAULT_PAGES, carved + DEFAULT_REST_PAGES);

    if (have < want + OTHERS_PAGES)
        want = ALIGN_DOWN(have / 4 * 3, UNIT_PAGES);
    printk(LOG_ALWAYS,
           "dom0_mem= is not given: dom0 gets %u of the %u MiB that are free, "
           "other domains the rest\n",
           to_mib(want), to_mib(have));
    return want;
}

/* Are @want pages enough for the carve-outs, by whatever is asked for? */
static uint64_t init_text keep_or_drop(struct dom0 *b, uint64_t want)
{
    uint32_t carved = dom0_carveouts_pages(b);
    uint64_t need = ALIGN_UP(carved, UNIT_PAGES) + REST_PAGES;

    if (want >= need || carved == 0)
        return want;
    if (opt_dom0_carveouts[0]) {
        printk(LOG_WARN,
               "dom0_carveouts=keep: dom0 gets %u MiB instead of %u, since "
               "its carve-outs take %u\n",
               to_mib(need), to_mib(want), to_mib(carved));
        return need;
    }
    printk(LOG_WARN,
           "reserved-memory: carve-outs of %u MiB do not fit into %u MiB and "
           "are disabled for dom0: use dom0_mem=%uM to keep them\n",
           to_mib(carved), to_mib(want), to_mib(need));
    dom0_carveouts_drop(b);
    return want;
}

static void init_text choose_carveouts(struct dom0 *b)
{
    uint32_t carved;

    dom0_carveouts_choose(b);
    carved = dom0_carveouts_pages(b);
    if (opt_dom0_carveouts[0] == '\0' ||
        strcmp(opt_dom0_carveouts, "keep") == 0)
        return;
    if (strcmp(opt_dom0_carveouts, "drop") != 0)
        panic("Unknown word '%s': use dom0_carveouts=keep or "
              "dom0_carveouts=drop",
              opt_dom0_carveouts);
    dom0_carveouts_drop(b);
    if (carved)
        printk(LOG_ALWAYS,
               "dom0_carveouts=drop: reserved-memory of %u MiB is disabled for "
               "dom0\n",
               to_mib(carved));
}

/* RAM for dom0 in all, carve-outs included; their choice is final. */
static uint32_t init_text pages_wanted(struct dom0 *b)
{
    uint64_t want = ALIGN_UP(opt_dom0_mem >> PAGE_SHIFT, UNIT_PAGES);
    uint32_t carved, have;

    if (want && want < REST_PAGES)
        printk(LOG_WARN,
               "dom0_mem=%uM is less than a usual Linux needs to start: use "
               "dom0_mem=%uM or more\n",
               to_mib(want), to_mib(REST_PAGES));
    choose_carveouts(b);
    carved = dom0_carveouts_pages(b);
    if (!want)
        want = default_pages(page_free_nr() + carved, carved);
    want = keep_or_drop(b, want);

    have = page_free_nr() + dom0_carveouts_pages(b);
    if (want > have)
        panic("dom0_mem=%uM is more than the %u MiB that are free: give "
              "dom0_mem=%uM or less",
              to_mib(want), to_mib(have), to_mib(ALIGN_DOWN(have, UNIT_PAGES)));
    return (uint32_t)want;
}

/* ---- the list of banks ---- */

static void init_text add_bank(struct dom0 *b, paddr_t start, uint64_t size)
{
    uint32_t i = b->nr_banks;

    if (i == DOM0_BANKS)
        panic("dom0: RAM in more than %u pieces: use a smaller dom0_mem=",
              DOM0_BANKS);
    for (; i > 0 && b->bank[i - 1].start > start; i--)
        b->bank[i] = b->bank[i - 1];
    b->bank[i] = (struct mem_range){ start, size };
    b->nr_banks++;
}

static void init_text merge_banks(struct dom0 *b)
{
    uint32_t last = 0;

    for (uint32_t i = 1; i < b->nr_banks; i++) {
        struct mem_range *m = &b->bank[last];

        if (m->start + m->size == b->bank[i].start)
            m->size += b->bank[i].size;
        else
            b->bank[++last] = b->bank[i];
    }
    b->nr_banks = last + 1;
}

static uint32_t init_text bank_pages(const struct dom0 *b)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < b->nr_banks; i++)
        sum += b->bank[i].size;
    return (uint32_t)(sum >> PAGE_SHIFT);
}

void init_text dom0_memory_add(struct dom0 *b, mfn_t start, uint32_t pages)
{
    if (!page_alloc_at(start, pages, b->d->id) ||
        domain_add_pages(b->d, start, pages))
        panic("dom0: RAM at %#llx was free and is not: tell the authors",
              (unsigned long long)mfn_pa(start));
    add_bank(b, mfn_pa(start), (uint64_t)pages << PAGE_SHIFT);
}

/* ---- the first bank ---- */

/* The lowest 128 MiB block with @pages free at its start; 0: none. */
static uint32_t init_text find_block(uint32_t pages, mfn_t *start)
{
    uint32_t end = MIN(page_max_mfn().n, LOW_END - 1) + 1;

    for (uint32_t at = 0; at < end; at += BLOCK_PAGES) {
        uint32_t found = page_find_run(mfn_make(at), mfn_make(at + BLOCK_PAGES),
                                       BLOCK_PAGES, BLOCK_ORDER, start);

        if (found >= pages)
            return ALIGN_DOWN(found, UNIT_PAGES);
    }
    return 0;
}

static void init_text take_first(struct dom0 *b, uint32_t want)
{
    uint64_t room = dom0_kernel_room(b) >> PAGE_SHIFT;
    uint32_t need = (uint32_t)MIN(MAX(room, FIRST_PAGES), FIRST_PAGES_MAX);
    mfn_t start = INVALID_MFN;
    uint32_t pages = find_block(MIN(want, need), &start);

    if (!pages)
        pages = page_find_run(mfn_make(0), mfn_make(LOW_END), want, BLOCK_ORDER,
                              &start);
    pages = ALIGN_DOWN(MIN(pages, want), UNIT_PAGES);
    if (!pages) {
        pages = ALIGN_DOWN(page_find_run(mfn_make(0), mfn_make(LOW_END), want,
                                         PAGE_ORDER_2M, &start),
                           UNIT_PAGES);
        if (pages)
            printk(LOG_WARN,
                   "dom0's RAM does not begin at a multiple of 128 MiB: its "
                   "kernel must be Linux 5.12 or later; load the modules "
                   "elsewhere to avoid that\n");
    }
    if (!pages)
        panic("dom0: no 2 MiB of RAM are free in one piece: load the boot "
              "modules closer together");
    dom0_memory_add(b, start, pages);
}

/* ---- the others ---- */

/*
 * How many free pages, at most @want, lie right behind @end. The search
 * finds the largest run, so the window shrinks until that is the one.
 */
static uint32_t init_text find_behind(uint32_t end, uint32_t want)
{
    uint32_t limit = end + want;

    while (limit > end) {
        mfn_t start = INVALID_MFN;
        uint32_t pages = page_find_run(mfn_make(end), mfn_make(limit), want,
                                       PAGE_ORDER_2M, &start);

        if (!pages)
            return 0;
        if (start.n == end)
            return ALIGN_DOWN(pages, UNIT_PAGES);
        limit = start.n;
    }
    return 0;
}

/* The largest run above dom0's first frame, in [0, @end). */
static uint32_t init_text find_largest(const struct dom0 *b, uint32_t end,
                                       uint32_t want, mfn_t *start)
{
    return ALIGN_DOWN(page_find_run(mfn_of(b->bank[0].start), mfn_make(end),
                                    want, PAGE_ORDER_2M, start),
                      UNIT_PAGES);
}

static void init_text take_others(struct dom0 *b, uint32_t want)
{
    uint32_t end = mfn_of(b->bank[0].start + b->bank[0].size).n;
    uint32_t pages = want ? find_behind(end, want) : 0;

    if (pages) {
        dom0_memory_add(b, mfn_make(end), pages);
        want -= pages;
    }
    while (want >= UNIT_PAGES && b->nr_banks < DOM0_BANKS) {
        mfn_t start = INVALID_MFN;

        pages = find_largest(b, LOW_END, want, &start);
        if (!pages)
            pages = find_largest(b, mfn_add(page_max_mfn(), 1).n, want, &start);
        if (!pages)
            break;
        dom0_memory_add(b, start, pages);
        want -= pages;
    }
    if (want >= UNIT_PAGES)
        printk(LOG_WARN,
               "dom0: %u MiB less than wanted: what is free above its first "
               "bank is used up; load the boot modules lower\n",
               to_mib(want));
}

/* ---- all of it ---- */

static void init_text map_banks(struct dom0 *b)
{
    for (uint32_t i = 0; i < b->nr_banks; i++) {
        const struct mem_range *m = &b->bank[i];
        mfn_t mfn = mfn_of(m->start);

        printk(LOG_ALWAYS, "BANK[%u] 0x%012llx-0x%012llx (%uMB)\n",
               (unsigned int)i, (unsigned long long)m->start,
               (unsigned long long)(m->start + m->size),
               to_mib(m->size >> PAGE_SHIFT));
        if (p2m_map(b->d, gfn_make(mfn.n), mfn,
                    (uint32_t)(m->size >> PAGE_SHIFT), P2M_RAM))
            panic("dom0: no memory for its stage-2 tables: use a smaller "
                  "dom0_mem=");
    }
}

void init_text dom0_memory_take(struct dom0 *b)
{
    uint32_t want = pages_wanted(b);

    take_first(b, want - dom0_carveouts_pages(b));
    dom0_carveouts_drop_below(b, b->bank[0].start);
    dom0_carveouts_take(b);
    merge_banks(b);
    take_others(b, want - MIN(want, bank_pages(b)));
    merge_banks(b);

    printk(LOG_ALWAYS, "Allocating 1:1 mappings totalling %uMB for dom0:\n",
           to_mib(bank_pages(b)));
    map_banks(b);
}
