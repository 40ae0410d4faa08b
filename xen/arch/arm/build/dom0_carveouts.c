/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carve-outs: which nodes of /reserved-memory dom0 gets, and how.
 *
 * Linux reserves them itself, for the devices that name them, so it must
 * have them: those in RAM as RAM, out of dom0_mem; what is no-map or no RAM
 * is mapped only. A node whose memory dom0 cannot have is disabled in its
 * tree: a pool outside of its RAM would crash it (cma_init_reserved_areas),
 * and a driver goes on without a node that is disabled.
 *
 * Source: Linux Documentation/devicetree/bindings/reserved-memory/
 *         reserved-memory.yaml; drivers/of/of_reserved_mem.c
 *         (of_reserved_mem_device_init_by_idx: a disabled region).
 * Layer:  9 (control). Boot only.
 */
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>

#include "dom0.h"

static bool init_text meet(struct mem_range a, struct mem_range b)
{
    return a.start < b.start + b.size && b.start < a.start + a.size;
}

static bool init_text within(struct mem_range r, struct mem_range m)
{
    return r.start >= m.start && r.start + r.size <= m.start + m.size;
}

/* Whole pages. */
static struct mem_range init_text pages_of(struct mem_range r)
{
    paddr_t start = ALIGN_DOWN(r.start, PAGE_SIZE);

    return (struct mem_range){ start,
                               ALIGN_UP(r.start + r.size, PAGE_SIZE) - start };
}

static struct mem_range init_text range_of(const struct dom0 *b, unsigned int i)
{
    return pages_of(b->board->reserved[i]);
}

static bool init_text is_node(const struct board *b, unsigned int i)
{
    return b->reserved_kind[i] != RESERVED_FIRMWARE;
}

/* ---- which ---- */

static bool init_text meets_no_map(const struct board *b, struct mem_range r)
{
    for (unsigned int i = 0; i < b->nr_reserved; i++) {
        if (b->reserved_kind[i] == RESERVED_NO_MAP &&
            meet(r, pages_of(b->reserved[i])))
            return true;
    }
    return false;
}

/* NULL: it may be dom0's, in the way that @how says. */
static const char *init_text why_not(const struct board *b, unsigned int i,
                                     enum carveout *how)
{
    struct mem_range r = pages_of(b->reserved[i]);
    struct mem_range tree = pages_of(
        (struct mem_range){ b->fdt_pa, b->fdt_size });
    bool ram = false;

    if (meet(r, pages_of(b->image)))
        return "Xen lies in it: load Xen elsewhere";
    if (meet(r, tree))
        return "the device tree lies in it: load that elsewhere";

    *how = CARVEOUT_MAPPED;
    if (b->reserved_kind[i] == RESERVED_NO_MAP)
        return NULL;
    for (unsigned int k = 0; k < b->nr_banks && !ram; k++) {
        ram = within(r, b->banks[k]);
        if (!ram && meet(r, b->banks[k]))
            return "only part of it is RAM: correct its reg";
    }
    if (!ram && b->reserved_kind[i] == RESERVED_REUSABLE)
        return "there is no RAM: correct its reg";
    if (!ram)
        return NULL;
    if (meets_no_map(b, r))
        return "it overlaps one that is no-map: correct its reg";
    *how = CARVEOUT_RAM;
    return NULL;
}

static void init_text refuse(struct dom0 *b, unsigned int i, const char *why)
{
    struct mem_range r = b->board->reserved[i];

    b->carveout[i] = CARVEOUT_NONE;
    printk(LOG_WARN,
           "reserved-memory: %#llx-%#llx is disabled for dom0, since %s\n",
           (unsigned long long)r.start, (unsigned long long)(r.start + r.size),
           why);
}

void init_text dom0_carveouts_choose(struct dom0 *b)
{
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        const char *why;

        if (!is_node(b->board, i))
            continue;
        why = why_not(b->board, i, &b->carveout[i]);
        if (why)
            refuse(b, i, why);
    }
}

uint32_t init_text dom0_carveouts_pages(const struct dom0 *b)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        if (b->carveout[i] == CARVEOUT_RAM)
            sum += range_of(b, i).size;
    }
    return (uint32_t)(sum >> PAGE_SHIFT);
}

void init_text dom0_carveouts_drop(struct dom0 *b)
{
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        if (b->carveout[i] == CARVEOUT_RAM)
            b->carveout[i] = CARVEOUT_NONE;
    }
}

void init_text dom0_carveouts_drop_below(struct dom0 *b, paddr_t start)
{
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        if (b->carveout[i] == CARVEOUT_RAM && range_of(b, i).start < start)
            refuse(b, i,
                   "it lies below dom0's kernel: load Xen and the modules "
                   "above it");
    }
}

/* ---- taking ---- */

/* Is the frame in a carve-out before the @nr'th that dom0 has as RAM? */
static bool init_text is_taken(const struct dom0 *b, uint32_t frame,
                               unsigned int nr)
{
    const struct mem_range page = { mfn_pa(mfn_make(frame)), PAGE_SIZE };

    for (unsigned int i = 0; i < nr; i++) {
        if (b->carveout[i] == CARVEOUT_RAM && within(page, range_of(b, i)))
            return true;
    }
    return false;
}

/* All but the frames that it shares with one that was taken before. */
static void init_text take(struct dom0 *b, unsigned int i)
{
    struct mem_range r = range_of(b, i);
    uint32_t frame = mfn_of(r.start).n, first = frame;
    uint32_t end = mfn_of(r.start + r.size).n;

    for (; frame <= end; frame++) {
        if (frame < end && !is_taken(b, frame, i))
            continue;
        /* Not free so far: a hole that the boot left. */
        if (frame > first) {
            page_init_free(mfn_make(first), frame - first);
            dom0_memory_add(b, mfn_make(first), frame - first);
        }
        first = frame + 1;
    }
}

void init_text dom0_carveouts_take(struct dom0 *b)
{
    uint32_t pages = dom0_carveouts_pages(b);

    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        struct mem_range r = range_of(b, i);

        if (b->carveout[i] == CARVEOUT_RAM) {
            take(b, i);
        } else if (b->carveout[i] == CARVEOUT_MAPPED &&
                   p2m_map(b->d, gfn_make(mfn_of(r.start).n), mfn_of(r.start),
                           (uint32_t)(r.size >> PAGE_SHIFT), P2M_DEVICE_NC)) {
            panic("reserved-memory: %#llx cannot be mapped for dom0",
                  (unsigned long long)r.start);
        }
    }
    if (pages)
        printk(LOG_ALWAYS,
               "reserved-memory: %uMB of carve-outs are in dom0's RAM\n",
               pages >> (20 - PAGE_SHIFT));
}

/* ---- questions ---- */

paddr_t init_text dom0_carveouts_clear_end(const struct dom0 *b, paddr_t from,
                                           paddr_t end)
{
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        struct mem_range r = range_of(b, i);

        if (b->carveout[i] == CARVEOUT_RAM && r.start + r.size > from)
            end = MIN(end, MAX(r.start, from));
    }
    return end;
}

bool init_text dom0_carveouts_lost(const struct dom0 *b, struct mem_range r)
{
    for (unsigned int i = 0; i < b->board->nr_reserved; i++) {
        const struct mem_range *m = &b->board->reserved[i];

        if (is_node(b->board, i) && m->start == r.start && m->size == r.size)
            return b->carveout[i] == CARVEOUT_NONE;
    }
    return false;
}

/* ---- giving back ---- */

/* Boot loaders reserve modules, too; with these we are done. */
static bool init_text is_modules(const struct board *b, unsigned int i)
{
    if (b->reserved_kind[i] != RESERVED_FIRMWARE)
        return false;
    for (unsigned int k = 0; k < b->nr_modules; k++) {
        if (within(b->reserved[i], pages_of(b->modules[k].range)))
            return true;
    }
    return false;
}

/* A pool that dom0 does not have, and nobody else waits for. */
static bool init_text is_spare_pool(const struct dom0 *b, unsigned int i)
{
    return b->board->reserved_kind[i] == RESERVED_REUSABLE &&
           b->carveout[i] == CARVEOUT_NONE;
}

/* RAM that nobody has, but for modules, and @pool and those behind it. */
static bool init_text is_spare(const struct dom0 *b, uint32_t frame,
                               unsigned int pool)
{
    const struct mem_range page = { mfn_pa(mfn_make(frame)), PAGE_SIZE };
    const struct board *host = b->board;

    if (!mfn_is_ram(mfn_make(frame)) || meet(page, host->image) ||
        meet(page, (struct mem_range){ host->fdt_pa, host->fdt_size }))
        return false;
    for (unsigned int i = 0; i < host->nr_reserved; i++) {
        if (meet(page, host->reserved[i]) && !is_modules(host, i) &&
            !(i >= pool && is_spare_pool(b, i)))
            return false;
    }
    return true;
}

static void init_text give_back(const struct dom0 *b, uint32_t first,
                                uint32_t end, unsigned int pool)
{
    for (uint32_t frame = first; frame <= end; frame++) {
        if (frame < end && is_spare(b, frame, pool))
            continue;
        if (frame > first)
            page_init_free(mfn_make(first), frame - first);
        first = frame + 1;
    }
}

void init_text dom0_spare_memory_free(const struct dom0 *b)
{
    const struct board *host = b->board;

    for (unsigned int i = 0; i < host->nr_modules; i++) {
        const struct mem_range *m = &host->modules[i].range;

        /* Frames that a module shares with something else stay withheld;
         * those in a pool are given back with it. */
        give_back(b, mfn_of(ALIGN_UP(m->start, PAGE_SIZE)).n,
                  mfn_of(m->start + m->size).n, host->nr_reserved);
    }
    for (unsigned int i = 0; i < host->nr_reserved; i++) {
        struct mem_range r = range_of(b, i);

        if (is_spare_pool(b, i))
            give_back(b, mfn_of(r.start).n, mfn_of(r.start + r.size).n, i);
    }
}
