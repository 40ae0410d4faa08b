/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAM of dom0, 1:1: which banks, and how much when nobody says.
 *
 * A kernel with AUTO_ZRELADDR unpacks itself to the start of the 128 MiB
 * block that its zImage is in, and uses no RAM below that (Linux
 * arch/arm/boot/compressed/head.S). So the first bank begins at such a
 * boundary, and the others lie above it.
 *
 * Carve-outs of /reserved-memory: pools that Linux shares with its devices
 * ("reusable") become dom0's RAM when they lie above the first bank; no-map
 * ones are mapped without being RAM. Firmware's own stay hidden.
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

/* A first bank that a kernel, its tree and an initrd find room in. */
#define FIRST_PAGES ((uint32_t)(MIB(96) >> PAGE_SHIFT))

#define DEFAULT_PAGES ((uint32_t)(MIB(512) >> PAGE_SHIFT))
/* What is left for other domains before the default is cut. */
#define OTHERS_PAGES ((uint32_t)(MIB(128) >> PAGE_SHIFT))

/* Kernels are started with 32-bit addresses. */
#define LOW_END ((uint32_t)(GIB(4) >> PAGE_SHIFT))

static uint32_t to_mib(uint64_t pages)
{
    return (uint32_t)(pages >> (20 - PAGE_SHIFT));
}

static uint32_t init_text pages_wanted(void)
{
    uint32_t have = page_free_nr();
    uint64_t want = ALIGN_UP(opt_dom0_mem >> PAGE_SHIFT, UNIT_PAGES);

    if (want > have)
        panic("dom0_mem=%uM is more than the %u MiB that are free: give "
              "dom0_mem=%uM or less",
              to_mib(want), to_mib(have), to_mib(ALIGN_DOWN(have, UNIT_PAGES)));
    if (want)
        return (uint32_t)want;

    want = DEFAULT_PAGES;
    if (have < DEFAULT_PAGES + OTHERS_PAGES)
        want = ALIGN_DOWN(have / 4 * 3, UNIT_PAGES);
    printk(LOG_ALWAYS,
           "dom0_mem= is not given: dom0 gets %u of the %u MiB that are free, "
           "other domains the rest\n",
           to_mib(want), to_mib(have));
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

/* Frames that were found free become dom0's. */
static void init_text take(struct dom0 *b, mfn_t start, uint32_t pages)
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
    mfn_t start = INVALID_MFN;
    uint32_t pages = find_block(MIN(want, FIRST_PAGES), &start);

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
    take(b, start, pages);
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

static void init_text take_others(struct dom0 *b, uint32_t want)
{
    mfn_t above = mfn_of(b->bank[0].start);
    uint32_t end = (uint32_t)((b->bank[0].start + b->bank[0].size) >>
                              PAGE_SHIFT);
    uint32_t pages = want ? find_behind(end, want) : 0;

    if (pages) {
        take(b, mfn_make(end), pages);
        want -= pages;
    }
    while (want && b->nr_banks < DOM0_BANKS) {
        mfn_t start = INVALID_MFN;

        pages = ALIGN_DOWN(page_find_run(above, mfn_add(page_max_mfn(), 1),
                                         want, PAGE_ORDER_2M, &start),
                           UNIT_PAGES);
        if (!pages)
            break;
        take(b, start, pages);
        want -= pages;
    }
    if (want)
        printk(LOG_WARN,
               "dom0: %u MiB less than wanted: what is free above its first "
               "bank is used up; load the boot modules lower\n",
               to_mib(want));
}

/* ---- carve-outs ---- */

static bool init_text is_ram(const struct board *b, struct mem_range r)
{
    for (unsigned int i = 0; i < b->nr_banks; i++) {
        const struct mem_range *m = &b->banks[i];

        if (r.start >= m->start && r.start + r.size <= m->start + m->size)
            return true;
    }
    return false;
}

static bool init_text is_pool(const struct dom0 *b, unsigned int i)
{
    struct mem_range r = b->board->reserved[i];

    return b->board->reserved_kind[i] == RESERVED_REUSABLE &&
           IS_ALIGNED(r.start | r.size, (uint64_t)PAGE_SIZE) &&
           r.start >= b->bank[0].start && is_ram(b->board, r);
}

static void init_text take_carveouts(struct dom0 *b)
{
    const struct board *host = b->board;

    for (unsigned int i = 0; i < host->nr_reserved; i++) {
        struct mem_range r = host->reserved[i];
        mfn_t mfn = mfn_of(r.start);
        uint32_t nr;

        if (is_pool(b, i)) {
            nr = (uint32_t)(r.size >> PAGE_SHIFT);
            page_init_free(mfn, nr);
            take(b, mfn, nr);
            printk(LOG_ALWAYS, "reserved-memory: %#llx-%#llx is dom0's\n",
                   (unsigned long long)r.start,
                   (unsigned long long)(r.start + r.size));
        } else if (host->reserved_kind[i] == RESERVED_NO_MAP) {
            nr = (uint32_t)(ALIGN_UP(r.start + r.size, PAGE_SIZE) >>
                            PAGE_SHIFT) -
                 mfn.n;
            if (p2m_map(b->d, gfn_make(mfn.n), mfn, nr, P2M_DEVICE_NC))
                panic("reserved-memory: %#llx cannot be mapped for dom0",
                      (unsigned long long)r.start);
        }
    }
}

static bool init_text within(struct mem_range r, struct mem_range m)
{
    return r.start >= m.start && r.size <= m.size &&
           r.start - m.start <= m.size - r.size;
}

bool init_text dom0_memory_has(const struct dom0 *b, struct mem_range r)
{
    for (uint32_t i = 0; i < b->nr_banks; i++) {
        if (within(r, b->bank[i]))
            return true;
    }
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        if (b->board->reserved_kind[i] == RESERVED_NO_MAP &&
            within(r, b->board->reserved[i]))
            return true;
    }
    return false;
}

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
    uint32_t want = pages_wanted(), first;
    uint64_t total = 0;

    take_first(b, want);
    first = (uint32_t)(b->bank[0].size >> PAGE_SHIFT);
    take_others(b, want - first);
    take_carveouts(b);
    merge_banks(b);

    for (uint32_t i = 0; i < b->nr_banks; i++)
        total += b->bank[i].size;
    printk(LOG_ALWAYS, "Allocating 1:1 mappings totalling %uMB for dom0:\n",
           to_mib(total >> PAGE_SHIFT));
    map_banks(b);
}
