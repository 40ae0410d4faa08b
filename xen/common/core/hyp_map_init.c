/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's own map, boot: from head.S's tables (the image, all rights) to the
 * direct map, the frame table and an image without a page that is writable
 * and executable. It comes in three steps, since tables are written through
 * the map that they make:
 *   1 direct_map_blocks  with tables in the image: all 1 GiB and 2 MiB
 *                        blocks, and the image's surroundings by page
 *   2 direct_map_edges   with tables from RAM of step 1: what is left
 *   3 frame table, page allocator
 *
 * Source: ARM DDI 0406C.c B3.6 (descriptors), B3.10.1 (TLB maintenance).
 * Layer:  4 (core).
 */
#include <asm/barrier.h>
#include <asm/lpae.h>
#include <asm/smpboot.h>
#include <asm/tlb.h>

#include <xen/board.h>
#include <xen/bug.h>
#include <xen/hyp_map.h>
#include <xen/hyp_map_tables.h>
#include <xen/page_alloc.h>
#include <xen/string.h>
#include <xen/tlbflush.h>

#include <public/errno.h>

#define BLOCK_FRAMES  0x200u   /* 2 MiB */
#define GIB_FRAMES    0x40000u /* 1 GiB */
#define DIRECT_GIBS   3u
#define DIRECT_FRAMES (DIRECT_GIBS * GIB_FRAMES)
#define L2_INDEX(va_) ((va_) >> 21)
#define FIXMAP_SLOTS  8u

/* Frames whose row fits the frame table's 768 MiB. */
#define FRAMETABLE_ROWS ((DIRECT_VIRT_START - FRAMETABLE_VIRT) / 16u)

#define HI(bits_) ((uint64_t)(bits_) << 32)

extern char _start[], _etext[], _erodata[], __init_begin[], __init_end[],
    _end[];

/* Frames [first, end). */
struct run {
    uint32_t first, end;
};

/* Banks cut up by all that is not free: each hole splits one run. */
#define RUNS (BOARD_BANKS + BOARD_RESERVED + BOARD_MODULES + 2)

static uint64_t direct_l2[DIRECT_GIBS][LPAE_ENTRIES] aligned(PAGE_SIZE);
static uint64_t image_l3[2][LPAE_ENTRIES] aligned(PAGE_SIZE);
static uint64_t fixmap_l3[LPAE_ENTRIES] aligned(PAGE_SIZE);
static uint32_t fixmap_used;

/* Physical address of something in the image. */
static paddr_t image_pa(const void *va)
{
    return xen_phys_start + ((uintptr_t)va - XEN_VIRT_START);
}

static uint32_t image_frame(const void *va)
{
    return mfn_of(image_pa(va)).n;
}

static uint64_t table_bits(const void *table)
{
    return image_pa(table) | LPAE_VALID | LPAE_TABLE;
}

static uint64_t leaf_bits(uint32_t frame, enum hyp_attr attr)
{
    return mfn_pa(mfn_make(frame)) | hyp_attr_bits[attr] | LPAE_VALID;
}

/* An entry that was empty: visible from here on, no TLB has it. */
static void entry_fill(uint64_t *e, uint64_t bits)
{
    WRITE_ONCE(*e, bits);
    dsb_ishst();
    isb();
}

/* ---- before hyp_map_init ---- */

const void *init_text hyp_map_early_fdt(paddr_t pa)
{
    uint32_t block = mfn_of(ALIGN_DOWN(pa, MIB(2))).n;
    uint32_t offset = (uint32_t)(pa & (MIB(2) - 1));
    const void *fdt = (const void *)(uintptr_t)(FDT_VIRT_START + offset);
    uint64_t *e = &boot_l2[L2_INDEX(FDT_VIRT_START)];

    entry_fill(e, leaf_bits(block, HYP_RO));
    if (fdt_magic(fdt) != FDT_MAGIC)
        return NULL;
    if (offset + (uint64_t)fdt_totalsize(fdt) > MIB(2))
        entry_fill(e + 1, leaf_bits(block + BLOCK_FRAMES, HYP_RO));
    return fdt;
}

volatile void *init_text hyp_map_early_device(paddr_t pa)
{
    uint32_t slot = fixmap_used;

    if (slot == FIXMAP_SLOTS)
        return NULL;
    fixmap_used++;
    fixmap_l3[slot] = leaf_bits(mfn_of(pa).n, HYP_DEVICE) | LPAE_TABLE;
    entry_fill(&boot_l2[L2_INDEX(FIXMAP_VIRT_START)], table_bits(fixmap_l3));
    return (volatile void *)(uintptr_t)(FIXMAP_VIRT_START + slot * PAGE_SIZE +
                                        ((uint32_t)pa & (PAGE_SIZE - 1)));
}

/* ---- what RAM there is ---- */

/* Frames wholly inside (for RAM) or touched by (for holes) a range. */
static struct run init_text run_inside(const struct mem_range *r)
{
    return (struct run){ mfn_of(r->start + PAGE_SIZE - 1).n,
                         mfn_of(r->start + r->size).n };
}

static struct run init_text run_touched(const struct mem_range *r)
{
    return (struct run){ mfn_of(r->start).n,
                         mfn_of(r->start + r->size + PAGE_SIZE - 1).n };
}

static bool init_text runs_meet(struct run a, struct run b)
{
    return a.first < b.end && b.first < a.end;
}

/* Bank @i in frames; empty when its rows do not fit the frame table. */
static struct run init_text bank_run(const struct board *b, unsigned int i)
{
    struct run run = run_inside(&b->banks[i]);
    uint32_t limit = run_inside(&b->banks[0]).first + FRAMETABLE_ROWS;

    run.end = MIN(run.end, limit);
    if (run.first > run.end)
        run.first = run.end;
    return run;
}

/* Is all of @run mapped, part of it, or nothing? */
enum chunk {
    CHUNK_NONE,
    CHUNK_PART,
    CHUNK_ALL
};

static enum chunk init_text chunk_kind(const struct board *b, struct run run)
{
    struct run image = { image_frame(_start), image_frame(_end) };
    enum chunk kind = CHUNK_NONE;

    for (unsigned int i = 0; i < b->nr_banks; i++) {
        struct run bank = bank_run(b, i);

        if (bank.first <= run.first && run.end <= bank.end)
            kind = CHUNK_ALL;
        else if (kind == CHUNK_NONE && runs_meet(bank, run))
            kind = CHUNK_PART;
    }
    if (kind != CHUNK_ALL)
        return kind;
    for (unsigned int i = 0; i < b->nr_reserved; i++)
        if (b->reserved_kind[i] == RESERVED_NO_MAP &&
            runs_meet(run_touched(&b->reserved[i]), run))
            return CHUNK_PART;
    return runs_meet(image, run) ? CHUNK_PART : CHUNK_ALL;
}

/*
 * Entry of level 3 for one frame of the direct map: our code and constants
 * are read-only by this way, too.
 */
static uint64_t init_text frame_bits(const struct board *b, uint32_t frame)
{
    struct run run = { frame, frame + 1 };
    bool image = frame - image_frame(_start) <
                 image_frame(_end) - image_frame(_start);

    if (image)
        return leaf_bits(frame,
                         frame < image_frame(_erodata) ? HYP_RO : HYP_RW) |
               LPAE_TABLE;
    if (chunk_kind(b, run) != CHUNK_ALL)
        return 0;
    return leaf_bits(frame, HYP_RW) | LPAE_TABLE;
}

/* ---- step 1 ---- */

/* The 2 MiB around the image's first or last page, by page. */
static void init_text image_chunk(const struct board *b, uint32_t frame)
{
    uint32_t chunk = ALIGN_DOWN(frame, BLOCK_FRAMES);
    unsigned int i = chunk != ALIGN_DOWN(image_frame(_start), BLOCK_FRAMES);
    uint32_t offset = chunk - ram_view.direct_first;

    for (uint32_t k = 0; k < LPAE_ENTRIES; k++)
        image_l3[i][k] = frame_bits(b, chunk + k);
    direct_l2[offset / GIB_FRAMES][offset / BLOCK_FRAMES % LPAE_ENTRIES] =
        table_bits(image_l3[i]);
}

static void init_text direct_map_blocks(const struct board *b)
{
    for (unsigned int g = 0; g < DIRECT_GIBS; g++) {
        uint32_t first = ram_view.direct_first + g * GIB_FRAMES;

        if (chunk_kind(b, (struct run){ first, first + GIB_FRAMES }) ==
            CHUNK_ALL)
            continue;
        for (uint32_t i = 0; i < LPAE_ENTRIES; i++) {
            struct run run = { first + i * BLOCK_FRAMES,
                               first + (i + 1) * BLOCK_FRAMES };

            if (chunk_kind(b, run) == CHUNK_ALL)
                direct_l2[g][i] = leaf_bits(run.first, HYP_RW);
        }
    }
    image_chunk(b, image_frame(_start));
    image_chunk(b, image_frame(_end) - 1);

    /* The identity map goes; nothing may see old and new entries mixed. */
    if (xen_phys_start < GIB(1) &&
        L2_INDEX(xen_phys_start) != L2_INDEX(XEN_VIRT_START))
        boot_l2[L2_INDEX(xen_phys_start)] = 0;
    for (unsigned int g = 0; g < DIRECT_GIBS; g++)
        boot_l1[1 + g] = 0;
    tlb_flush_hyp_all();
    for (unsigned int g = 0; g < DIRECT_GIBS; g++) {
        uint32_t first = ram_view.direct_first + g * GIB_FRAMES;
        bool all = chunk_kind(b, (struct run){ first, first + GIB_FRAMES }) ==
                   CHUNK_ALL;

        entry_fill(&boot_l1[1 + g],
                   all ? leaf_bits(first, HYP_RW) : table_bits(direct_l2[g]));
    }
}

/* ---- free runs, and the pages that the boot takes from the best ---- */

static struct run runs[RUNS] init_data; /* free RAM, ascending per bank */
static unsigned int run_nr init_data;

/* [first, end) of the pool run that whole 2 MiB blocks map; taken downward */
static struct run pool init_data;
static uint32_t pool_top init_data;
static unsigned int pool_index init_data;
static struct run gaps[BOARD_BANKS + 1] init_data; /* alignment left these */
static unsigned int gap_nr init_data;

/* Cut @hole out of the free runs. */
static void init_text runs_cut(struct run hole)
{
    unsigned int nr = run_nr;

    if (hole.first >= hole.end)
        return;
    for (unsigned int i = 0; i < nr; i++) {
        struct run r = runs[i];

        if (!runs_meet(r, hole))
            continue;
        runs[i].end = MAX(hole.first, r.first);
        if (hole.end < r.end) {
            BUG_ON(run_nr == RUNS);
            runs[run_nr++] = (struct run){ hole.end, r.end };
        }
    }
}

static void init_text runs_find(const struct board *b)
{
    struct mem_range fdt = { b->fdt_pa, b->fdt_size };
    uint32_t best = 0;

    for (unsigned int i = 0; i < b->nr_banks; i++)
        runs[run_nr++] = bank_run(b, i);
    runs_cut((struct run){ image_frame(_start), image_frame(_end) });
    runs_cut(run_touched(&fdt));
    for (unsigned int i = 0; i < b->nr_reserved; i++)
        runs_cut(run_touched(&b->reserved[i]));
    for (unsigned int i = 0; i < b->nr_modules; i++)
        runs_cut(run_touched(&b->modules[i].range));

    for (unsigned int i = 0; i < run_nr; i++) {
        struct run r = { ALIGN_UP(runs[i].first, BLOCK_FRAMES),
                         ALIGN_DOWN(runs[i].end, BLOCK_FRAMES) };

        r.end = MIN(r.end, ram_view.direct_first + DIRECT_FRAMES);
        if (r.first < r.end && r.end - r.first > best) {
            best = r.end - r.first;
            pool = r;
            pool_top = r.end;
            pool_index = i;
        }
    }
}

/*
 * @nr frames from the pool's end, zeroed. Larger ones end at the same offset
 * in 2 MiB as @va_end, so that blocks can map them. 0: no room.
 */
static uint32_t init_text pool_take(uint32_t nr, uint32_t va_end)
{
    uint32_t end = pool.end;

    if (nr >= BLOCK_FRAMES)
        end -= (end - va_end) & (BLOCK_FRAMES - 1);
    if (end < pool.first + nr)
        return 0;
    if (end < pool.end)
        gaps[gap_nr++] = (struct run){ end, pool.end };
    pool.end = end - nr;
    memset(mfn_to_va(mfn_make(pool.end)), 0, (size_t)nr << PAGE_SHIFT);
    return pool.end;
}

static void *init_text pool_table(void *ctx)
{
    uint32_t frame = pool_take(1, 0);

    (void)ctx;
    return frame ? mfn_to_va(mfn_make(frame)) : NULL;
}

/* ---- steps 2 and 3 ---- */

static int init_text must_check direct_map_edges(const struct board *b)
{
    struct run image = { image_frame(_start), image_frame(_end) };
    uint32_t done;

    for (uint32_t f = 0; f < DIRECT_FRAMES; f += BLOCK_FRAMES) {
        uint32_t first = ram_view.direct_first + f;
        struct run chunk = { first, first + BLOCK_FRAMES };
        uint32_t va = (DIRECT_VIRT_START >> PAGE_SHIFT) + f;

        if (chunk_kind(b, chunk) != CHUNK_PART || runs_meet(chunk, image))
            continue;
        for (uint32_t i = 0; i < BLOCK_FRAMES; i++) {
            int rc;

            if (!frame_bits(b, first + i))
                continue;
            rc = pt_map(&hyp_pt, va + i, mfn_make(first + i), 1,
                        hyp_attr_bits[HYP_RW], UINT32_MAX, &done);
            if (rc)
                return rc;
        }
    }
    return 0;
}

/* Map the rows of all banks; rows of one page may belong to two banks. */
static int init_text must_check frame_table_map(const struct board *b)
{
    const uint32_t first = bank_run(b, 0).first;
    uint32_t mapped_end = 0, done;

    for (unsigned int i = 0; i < b->nr_banks; i++) {
        struct run bank = bank_run(b, i);
        uint32_t va = (FRAMETABLE_VIRT + (bank.first - first) * 16u) >>
                      PAGE_SHIFT;
        uint32_t end = (FRAMETABLE_VIRT + (bank.end - first) * 16u + PAGE_SIZE -
                        1) >>
                       PAGE_SHIFT;
        uint32_t frame;
        int rc;

        va = MAX(va, mapped_end);
        if (bank.first == bank.end || va >= end)
            continue;
        frame = pool_take(end - va, end);
        if (!frame)
            return -ENOMEM;
        rc = pt_map(&hyp_pt, va, mfn_make(frame), end - va,
                    hyp_attr_bits[HYP_RW], UINT32_MAX, &done);
        if (rc)
            return rc;
        mapped_end = end;
    }
    isb();
    return 0;
}

/* A table for the windows, if any RAM is beyond the direct map. */
static int init_text must_check windows_map(const struct board *b)
{
    uint64_t *e = &boot_l2[L2_INDEX(WINDOW_VIRT_START)];

    if (bank_run(b, b->nr_banks - 1).end <=
        ram_view.direct_first + DIRECT_FRAMES)
        return 0;
    window_l3 = pool_table(NULL);
    if (!window_l3)
        return -ENOMEM;
    entry_fill(e,
               mfn_pa(direct_va_to_mfn(window_l3)) | LPAE_VALID | LPAE_TABLE);
    return 0;
}

static void init_text give(uint32_t first, uint32_t end)
{
    if (first < end)
        page_init_free(mfn_make(first), end - first);
}

static void init_text allocator_start(const struct board *b)
{
    page_init_frames(mfn_make(bank_run(b, 0).first),
                     (void *)(uintptr_t)FRAMETABLE_VIRT);
    for (unsigned int i = 0; i < b->nr_banks; i++) {
        struct run bank = bank_run(b, i);

        if (bank.first < bank.end)
            page_init_bank(mfn_make(bank.first), bank.end - bank.first);
    }
    for (unsigned int i = 0; i < run_nr; i++) {
        if (i != pool_index) {
            give(runs[i].first, runs[i].end);
            continue;
        }
        give(runs[i].first, pool.end);
        give(pool_top, runs[i].end);
    }
    for (unsigned int i = 0; i < gap_nr; i++)
        give(gaps[i].first, gaps[i].end);
    hyp_map_alloc_start();
}

/* Text RX, constants R, the rest RW; .init keeps all rights until it goes. */
static void init_text image_protect(void)
{
    for (char *va = _start; va < _end; va += PAGE_SIZE) {
        uint64_t *e = &boot_l3[((uintptr_t)va - XEN_VIRT_START) >> PAGE_SHIFT];
        uint64_t bits = *e;

        if (va < _etext)
            bits |= LPAE_S1_RO;
        else if (va < _erodata)
            bits |= LPAE_S1_RO | HI(LPAE_HI_XN);
        else if (va < __init_begin || va >= __init_end)
            bits |= HI(LPAE_HI_XN);
        WRITE_ONCE(*e, bits);
    }
    tlb_flush_hyp_all();
}

int init_text hyp_map_init(const struct board *b)
{
    int rc;

    if (b->nr_banks == 0)
        return -EINVAL;
    ram_view.direct_first = ALIGN_DOWN(bank_run(b, 0).first, GIB_FRAMES);
    ram_view.direct_bias = DIRECT_VIRT_START -
                           (ram_view.direct_first << PAGE_SHIFT);
    if (!mfn_is_direct(mfn_make(image_frame(_start))) ||
        !mfn_is_direct(mfn_make(image_frame(_end) - 1)))
        return -EINVAL;

    direct_map_blocks(b);
    runs_find(b);
    hyp_pt.root = boot_l1;
    hyp_pt.root_entries = 4;
    hyp_pt.table_alloc = pool_table;

    rc = direct_map_edges(b);
    if (rc == 0)
        rc = frame_table_map(b);
    if (rc == 0)
        rc = windows_map(b);
    if (rc)
        return rc;
    allocator_start(b);
    image_protect();
    return 0;
}

void hyp_map_boot_done(void)
{
    for (char *va = __init_begin; va < __init_end; va += PAGE_SIZE)
        boot_l3[((uintptr_t)va - XEN_VIRT_START) >> PAGE_SHIFT] = 0;
    tlb_flush_hyp_all();
    tlb_flush_hyp_finish();
    page_init_free(mfn_of(image_pa(__init_begin)),
                   (uint32_t)(__init_end - __init_begin) >> PAGE_SHIFT);
}
