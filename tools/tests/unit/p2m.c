/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2: guest/p2m.c over the real walker and a small page allocator.
 * Held against a plain array; and a page's reference may go only when no
 * TLB can still translate to it.
 *
 * Sources: xen/arch/arm/guest/p2m.c xen/common/core/pagetable.c
 * Sources: xen/lib/bitmap.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <asm/cache.h>
#include <asm/cpu.h>
#include <asm/sysreg.h>
#include <xen/context.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/softirq.h>
#include <xen/tlbflush.h>
#include <xen/trap.h>

/* ---- RAM: frames RAM_FIRST.., the first ARENA of them backed ---- */

#define RAM_FIRST 0x80000u
#define RAM_NR    0x1000u
#define ARENA     512u

struct ram_view ram_view = { .main_first = RAM_FIRST, .main_nr = RAM_NR };

static struct page frames[RAM_NR];
static uint8_t (*arena)[PAGE_SIZE];
static uint32_t free_after; /* allocations until there is no memory */
static uint32_t pages_out;
static bool busy; /* preempt_wanted                       */
static unsigned int flushes, cleaned;

/* ---- the TLB: what the hardware may still believe ---- */

#define WINDOW 4096u /* gfns that the tests use */

static struct domain dom;
static uint32_t tlb[WINDOW]; /* mfn or 0 */

static void tlb_fill(void)
{
    for (uint32_t i = 0; i < WINDOW; i++) {
        mfn_t mfn = p2m_lookup(&dom, gfn_make(i), NULL);

        if (mfn.n != UINT32_MAX) {
            /* Break before make: never two answers at once. */
            assert_true(tlb[i] == 0 || tlb[i] == mfn.n);
            tlb[i] = mfn.n;
        }
    }
}

void tlb_flush_domain(uint64_t vttbr, const uint32_t *running_mask)
{
    assert_true(vttbr == dom.p2m.vttbr);
    (void)running_mask;
    memset(tlb, 0, sizeof(tlb));
    flushes++;
}

/* ---- the functions around ---- */

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    (void)mfn;
    return false;
}

struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    (void)flags;
    if (free_after == 0)
        return NULL;
    free_after--;
    for (uint32_t i = 0; i + (1u << order) <= ARENA; i += 1u << order) {
        if (frames[i].ref || frames[i + (1u << order) - 1].ref)
            continue;
        for (uint32_t k = i; k < i + (1u << order); k++) {
            frames[k].ref = 1;
            frames[k].owner = owner;
            memset(arena[k], 0, PAGE_SIZE);
            pages_out++;
        }
        return &frames[i];
    }
    return NULL;
}

void page_free(struct page *pg, unsigned int order)
{
    for (uint32_t k = 0; k < 1u << order; k++) {
        assert_int_equal(pg[k].ref, 1);
        pg[k].ref = 0;
        pages_out--;
    }
}

void page_put_last(struct page *pg, uint32_t left)
{
    uint32_t mfn = page_to_mfn(pg).n;

    assert_int_equal(left, 0);
    for (uint32_t i = 0; i < WINDOW; i++)
        assert_true(tlb[i] != mfn);
}

bool preempt_wanted(void)
{
    return busy;
}

void context_evict(struct vcpu *v)
{
    v->loaded_on = -1;
}

bool cpu_walks_are_coherent(void)
{
    return true;
}

void cache_clean_range(const void *va, size_t len)
{
    (void)va;
    (void)len;
}

void cache_clean_inv_range(const void *va, size_t len)
{
    (void)va;
    assert_int_equal(len, PAGE_SIZE);
    cleaned++;
}

void *frame_window_open(mfn_t mfn)
{
    fail_msg("frame %x is not direct", mfn.n);
    return NULL;
}

void frame_window_close(void *va)
{
    (void)va;
}

/* ---- fixtures ---- */

static uint32_t owners_put;

void domain_put_id(domid_t id)
{
    assert_true(id == 3 || id == 5);
    owners_put++;
}

static struct page *ram(uint32_t mfn)
{
    return mfn_to_page(mfn_make(mfn));
}

static int setup(void **state)
{
    (void)state;
    arena = aligned_alloc(1u << 20, ARENA * PAGE_SIZE);
    ram_view.direct_first = RAM_FIRST;
    ram_view.direct_bias = (uintptr_t)arena -
                           ((uintptr_t)RAM_FIRST << PAGE_SHIFT);
    ram_view.table_bias = (uintptr_t)frames - RAM_FIRST * sizeof(struct page);
    memset(frames, 0, sizeof(frames));
    for (uint32_t i = 0; i < RAM_NR; i++)
        frames[i].owner = 5;
    memset(&dom, 0, sizeof(dom));
    memset(tlb, 0, sizeof(tlb));
    free_after = UINT32_MAX;
    pages_out = 0;
    busy = false;
    assert_int_equal(p2m_create(&dom), 0);
    flushes = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    while (p2m_kill(&dom))
        ;
    p2m_destroy(&dom);
    p2m_destroy(&dom);
    assert_int_equal(pages_out, 0);
    free(arena);
    return 0;
}

static int set_pool(uint32_t pages)
{
    int rc;

    while ((rc = p2m_pool_set(&dom, pages)) == -ERESTART)
        ;
    return rc;
}

static void grow(uint32_t pages)
{
    assert_int_equal(set_pool(pages), 0);
}

#define MAP(gfn_, mfn_, nr_, type_)                                            \
    p2m_map(&dom, gfn_make(gfn_), mfn_make(mfn_), nr_, type_)
#define UNMAP(gfn_, nr_) p2m_unmap(&dom, gfn_make(gfn_), nr_)

static void check(uint32_t gfn, uint32_t mfn, enum p2m_type type)
{
    enum p2m_type found;

    assert_int_equal(p2m_lookup(&dom, gfn_make(gfn), &found).n, mfn);
    assert_int_equal(found, type);
}

/* ---- tests ---- */

static void map_and_unmap_one(void **state)
{
    (void)state;
    assert_int_equal(MAP(5, 0x80100, 1, P2M_RAM), 0);
    assert_int_equal(flushes, 0); /* nothing was there before */
    check(5, 0x80100, P2M_RAM);
    check(4, UINT32_MAX, P2M_NONE);
    tlb_fill();
    assert_int_equal(UNMAP(5, 1), 0);
    assert_int_equal(flushes, 1);
    check(5, UINT32_MAX, P2M_NONE);
    assert_int_equal(UNMAP(5, 1), 0);
    assert_int_equal(flushes, 1);
}

static void replacing_breaks_before_it_makes(void **state)
{
    (void)state;
    assert_int_equal(MAP(5, 0x80100, 1, P2M_RAM), 0);
    tlb_fill();
    assert_int_equal(MAP(5, 0x80101, 1, P2M_XEN), 0);
    tlb_fill(); /* asserts */
    check(5, 0x80101, P2M_XEN);
    assert_int_equal(flushes, 1);
}

static void types_become_descriptor_bits(void **state)
{
    static const struct {
        enum p2m_type type;
        uint64_t bits; /* MemAttr, HAP, SH, AF, XN */
    } row[] = {
        { P2M_RAM, 0x7fc },
        { P2M_RAM_RO, 0x77c },
        { P2M_DEVICE, 0x6c4 | 1ull << 54 },
        { P2M_DEVICE_NC, 0x6d4 },
        { P2M_XEN, 0x7fc | 1ull << 54 },
        { P2M_FOREIGN, 0x7fc | 1ull << 54 },
        { P2M_GRANT_RO, 0x77c | 1ull << 54 },
        { P2M_XEN_SHARE_RO, 0x77c | 1ull << 54 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        struct pt_entry e;

        ram(0x80100)->ref = 1;
        assert_int_equal(MAP(9, 0x80100, 1, row[i].type), 0);
        e = pt_lookup(&dom.p2m.pt, 9);
        assert_true(e.bits == (0x80100ull << 12 | 3 | row[i].bits |
                               (uint64_t)row[i].type << 55));
        if (row[i].type == P2M_FOREIGN) {
            assert_int_equal(UNMAP(9, 1), 0);
            assert_int_equal(ram(0x80100)->ref, 0);
        }
    }
}

static uint32_t next_mapped(uint32_t from)
{
    gfn_t at = gfn_make(from);

    while (!p2m_next(&dom, &at, gfn_make(FRAME_LIMIT))) {
        if (at.n == FRAME_LIMIT)
            return UINT32_MAX;
    }
    return at.n;
}

static void blocks_split_and_go(void **state)
{
    (void)state;
    /* 2 MiB and 1 GiB blocks; the IPA range ends at 40 bits. */
    assert_int_equal(MAP(0x200, 0x80200, 0x200, P2M_RAM), 0);
    assert_int_equal(MAP(0xffc0000, 0xc0000, 0x40000, P2M_DEVICE), 0);
    assert_int_equal(pt_lookup(&dom.p2m.pt, 0x200).level, 2);
    assert_int_equal(pt_lookup(&dom.p2m.pt, 0xffc0000).level, 1);
    check(0xfffffff, 0xfffff, P2M_DEVICE);

    tlb_fill();
    assert_int_equal(UNMAP(0x2ff, 2), 0);
    tlb_fill();
    check(0x2fe, 0x802fe, P2M_RAM);
    check(0x2ff, UINT32_MAX, P2M_NONE);
    check(0x300, UINT32_MAX, P2M_NONE);
    check(0x301, 0x80301, P2M_RAM);
    assert_int_equal(next_mapped(0x2ff), 0x301);
    assert_int_equal(next_mapped(0x400), 0xffc0000);

    assert_int_equal(MAP(0xfffffff, 0x80001, 2, P2M_RAM), -EINVAL);
    assert_int_equal(MAP(0x10000000, 0x80001, 1, P2M_RAM), -EINVAL);
    assert_int_equal(MAP(1, 0xfffffff, 2, P2M_RAM), -EINVAL);
    assert_int_equal(MAP(1, 2, 1, P2M_NONE), -EINVAL);
    assert_int_equal(MAP(1, 2, 1, P2M_TYPES), -EINVAL);
    assert_int_equal(UNMAP(0xfffffff, 2), -EINVAL);
    check(0x10000000, UINT32_MAX, P2M_NONE);
}

/* Ballooning begins this way: one page out of a block, at the first try. */
static void one_page_leaves_a_block(void **state)
{
    (void)state;
    assert_int_equal(MAP(0x200, 0x80200, 0x200, P2M_RAM), 0);
    assert_int_equal(MAP(0xffc0000, 0xc0000, 0x40000, P2M_DEVICE), 0);
    tlb_fill();
    assert_int_equal(UNMAP(0x2ff, 1), 0);
    tlb_fill();
    check(0x2fe, 0x802fe, P2M_RAM);
    check(0x2ff, UINT32_MAX, P2M_NONE);
    check(0x300, 0x80300, P2M_RAM);

    /* Two levels down, and with something else put there. */
    assert_int_equal(UNMAP(0xffc0001, 1), 0);
    check(0xffc0001, UINT32_MAX, P2M_NONE);
    assert_int_equal(MAP(0xffc0402, 0x80100, 1, P2M_XEN), 0);
    check(0xffc0401, 0xc0401, P2M_DEVICE);
    check(0xffc0402, 0x80100, P2M_XEN);
    check(0xffc0403, 0xc0403, P2M_DEVICE);
}

static void foreign_references(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        ram(0x80300 + i)->ref = 2;
        ram(0x80300 + i)->owner = i < 90 ? 5 : DOMID_OWNER_XEN;
    }
    owners_put = 0;
    /* Contiguous, 512-aligned: still page by page. */
    assert_int_equal(MAP(0x400, 0x80300, 100, P2M_FOREIGN), 0);
    tlb_fill();
    /* One of them is replaced, the rest unmapped, more than one batch. */
    assert_int_equal(MAP(0x410, 0x80100, 1, P2M_RAM), 0);
    assert_int_equal(ram(0x80310)->ref, 1);
    assert_int_equal(ram(0x80311)->ref, 2);
    assert_int_equal(owners_put, 1);
    tlb_fill();
    assert_int_equal(UNMAP(0x300, 0x200), 0);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(ram(0x80300 + i)->ref, 1);
    assert_int_equal(owners_put, 90); /* its domain with each, but ours */
}

static void get_page_takes_what_is_ram(void **state)
{
    enum p2m_type type;

    (void)state;
    ram(0x80100)->ref = 1;
    assert_int_equal(MAP(1, 0x80100, 1, P2M_RAM), 0);
    assert_int_equal(MAP(2, 0x80100, 1, P2M_XEN), 0);
    assert_int_equal(MAP(3, 0x80101, 1, P2M_RAM), 0); /* free frame */
    assert_int_equal(MAP(4, 0x48000, 1, P2M_DEVICE), 0);
    assert_ptr_equal(p2m_get_page(&dom, gfn_make(1), &type), ram(0x80100));
    assert_int_equal(type, P2M_RAM);
    assert_int_equal(ram(0x80100)->ref, 2);
    assert_null(p2m_get_page(&dom, gfn_make(2), &type));
    assert_null(p2m_get_page(&dom, gfn_make(3), &type));
    assert_null(p2m_get_page(&dom, gfn_make(4), &type));
    assert_int_equal(type, P2M_DEVICE);
    assert_null(p2m_get_page(&dom, gfn_make(UINT32_MAX), &type));
    assert_int_equal(type, P2M_NONE);
    assert_int_equal(ram(0x80100)->ref, 2);
}

static int unmap_if(uint32_t gfn, uint32_t types, uint32_t mfn)
{
    return p2m_unmap_if(&dom, gfn_make(gfn), types, mfn_make(mfn));
}

static void unmapping_only_what_was_meant(void **state)
{
    (void)state;
    ram(0x80102)->ref = 1;
    assert_int_equal(MAP(5, 0x80100, 1, P2M_GRANT), 0);
    assert_int_equal(MAP(6, 0x80101, 1, P2M_RAM), 0);
    assert_int_equal(MAP(7, 0x80102, 1, P2M_FOREIGN), 0);
    assert_int_equal(MAP(0x200, 0x80200, 0x200, P2M_RAM), 0);
    tlb_fill();
    assert_int_equal(unmap_if(4, P2M_ALL, UINT32_MAX), -ENOENT);
    assert_int_equal(unmap_if(0x10000000, P2M_ALL, UINT32_MAX), -ENOENT);
    assert_int_equal(unmap_if(UINT32_MAX, P2M_ALL, UINT32_MAX), -ENOENT);
    assert_int_equal(unmap_if(5, P2M_GRANTS, 0x80101), -ENOENT);
    assert_int_equal(unmap_if(6, P2M_GRANTS, 0x80101), -ENOENT);
    assert_int_equal(flushes, 0);
    check(5, 0x80100, P2M_GRANT);
    check(6, 0x80101, P2M_RAM);

    assert_int_equal(unmap_if(5, P2M_GRANTS, 0x80100), 0);
    check(5, UINT32_MAX, P2M_NONE);
    assert_int_equal(flushes, 1);
    assert_int_equal(unmap_if(7, P2M_ALL, UINT32_MAX), 0);
    assert_int_equal(ram(0x80102)->ref, 0);

    /* In a block the frame is the one behind the gfn. */
    assert_int_equal(unmap_if(0x281, P2M_ALL, 0x80280), -ENOENT);
    free_after = 0;
    assert_int_equal(set_pool(dom.p2m.pool_used), 0);
    assert_int_equal(unmap_if(0x281, P2M_ALL, 0x80281), -ENOMEM);
    check(0x281, 0x80281, P2M_RAM);
    free_after = UINT32_MAX;
    grow(P2M_POOL_MIN);
    assert_int_equal(unmap_if(0x281, P2M_ALL, 0x80281), 0);
    check(0x280, 0x80280, P2M_RAM);
    check(0x281, UINT32_MAX, P2M_NONE);
}

static struct page *take(uint32_t gfn)
{
    return p2m_take_own(&dom, gfn_make(gfn));
}

static void own_pages_are_got_and_taken(void **state)
{
    static const enum p2m_type others[] = { P2M_DEVICE, P2M_XEN, P2M_FOREIGN,
                                            P2M_GRANT, P2M_GRANT_RO };

    (void)state;
    dom.id = 3;
    ram(0x80100)->ref = 1;
    ram(0x80100)->owner = 3;
    assert_int_equal(MAP(5, 0x80100, 1, P2M_RAM), 0);
    assert_ptr_equal(p2m_get_own(&dom, gfn_make(5), true), ram(0x80100));
    assert_int_equal(ram(0x80100)->ref, 2);
    assert_int_equal(MAP(5, 0x80100, 1, P2M_RAM_RO), 0);
    assert_null(p2m_get_own(&dom, gfn_make(5), true));
    assert_ptr_equal(p2m_get_own(&dom, gfn_make(5), false), ram(0x80100));
    assert_int_equal(ram(0x80100)->ref, 3);
    tlb_fill();
    flushes = 0;
    assert_ptr_equal(take(5), ram(0x80100));
    assert_int_equal(ram(0x80100)->ref, 4);
    assert_int_equal(flushes, 1);
    assert_int_equal(tlb[5], 0);
    check(5, UINT32_MAX, P2M_NONE);
    assert_null(take(5));

    /* Not its own, free, no RAM, not of this kind. */
    assert_int_equal(MAP(5, 0x80100, 1, P2M_RAM), 0);
    ram(0x80100)->owner = 4;
    assert_null(p2m_get_own(&dom, gfn_make(5), false));
    assert_null(take(5));
    ram(0x80100)->owner = 3;
    ram(0x80100)->ref = 0;
    assert_null(take(5));
    assert_int_equal(MAP(6, RAM_FIRST - 1, 1, P2M_RAM), 0);
    assert_null(take(6));
    assert_null(take(7));
    assert_null(take(0x10000000));
    assert_null(p2m_get_own(&dom, gfn_make(UINT32_MAX), false));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        ram(0x80100)->ref = 2;
        assert_int_equal(MAP(5, 0x80100, 1, others[i]), 0);
        assert_null(take(5));
        assert_null(p2m_get_own(&dom, gfn_make(5), false));
        check(5, 0x80100, others[i]);
    }
}

/* Without a table for the rest of the block nothing changes. */
static void taking_from_a_block(void **state)
{
    (void)state;
    dom.id = 3;
    ram(0x80281)->ref = 1;
    ram(0x80281)->owner = 3;
    assert_int_equal(MAP(0x200, 0x80200, 0x200, P2M_RAM), 0);
    assert_int_equal(set_pool(dom.p2m.pool_used), 0);
    assert_null(take(0x281));
    assert_int_equal(ram(0x80281)->ref, 1);
    check(0x281, 0x80281, P2M_RAM);
    grow(P2M_POOL_MIN);
    assert_ptr_equal(take(0x281), ram(0x80281));
    check(0x280, 0x80280, P2M_RAM);
    check(0x281, UINT32_MAX, P2M_NONE);
    check(0x282, 0x80282, P2M_RAM);
}

static void the_pool_is_a_limit(void **state)
{
    uint32_t gfn = 0;
    int rc = 0;

    (void)state;
    /* Each needs two tables: a gigabyte of its own. */
    for (gfn = 0; !rc; gfn += 0x40000)
        rc = MAP(gfn, 0x80100, 1, P2M_RAM);
    assert_int_equal(rc, -ENOMEM);
    assert_int_equal(gfn >> 18, P2M_POOL_MIN / 2 + 1);
    assert_int_equal(dom.p2m.pool_used, P2M_POOL_MIN);

    /* Half of a large range fits: nothing of it stays. */
    grow(P2M_POOL_MIN + 1);
    rc = MAP(gfn + 0x3ffff, 0x80100, 2, P2M_RAM);
    assert_int_equal(rc, -ENOMEM);
    check(gfn + 0x3ffff, UINT32_MAX, P2M_NONE);

    grow(100);
    assert_int_equal(MAP(gfn, 0x80100, 1, P2M_RAM), 0);
    assert_int_equal(set_pool(3), -EBUSY);
    assert_true(dom.p2m.pool_pages >= P2M_POOL_MIN + 2);

    /* No memory to grow: what was got stays. */
    free_after = 5;
    assert_int_equal(p2m_pool_set(&dom, 200), -ENOMEM);
    busy = true;
    free_after = UINT32_MAX;
    assert_int_equal(p2m_pool_set(&dom, 200), -ERESTART);
}

static void the_cache_is_flushed_in_steps(void **state)
{
    uint32_t cursor = 0, calls = 0;

    (void)state;
    for (uint32_t i = 0; i < 40; i++)
        ram(0x80100 + i)->ref = 1;
    assert_int_equal(MAP(0x100, 0x80100, 40, P2M_RAM), 0);
    assert_int_equal(MAP(0x140, 0x48000, 1, P2M_DEVICE), 0);
    cleaned = 0;
    busy = true;
    while (p2m_cache_flush(&dom, gfn_make(0x90), 0x1000, &cursor) == -ERESTART)
        calls++;
    assert_int_equal(calls, 2);
    assert_int_equal(cleaned, 40);
    assert_int_equal(ram(0x80100)->ref, 1);
    cursor = 0;
    assert_int_equal(p2m_cache_flush(&dom, gfn_make(0xfffffff), 2, &cursor),
                     -EINVAL);
}

static void loading_tells_who_runs(void **state)
{
    (void)state;
    host_cpu = 2;
    p2m_load(&dom);
    assert_int_equal(dom.p2m.running_mask, 4);
    assert_true(*host_sysreg("VTTBR") == dom.p2m.vttbr);
    assert_true(dom.p2m.vttbr >> 48 != 0);
    assert_int_equal(dom.p2m.vttbr & 0x1fff, 0); /* 8 KiB root */
    p2m_leave(&dom);
    assert_int_equal(dom.p2m.running_mask, 0);
    assert_true(*host_sysreg("VTTBR") == 0);
    host_cpu = 0;
}

/* Random operations against an array of (mfn, type). */
static void like_an_array(void **state)
{
    static struct {
        uint32_t mfn;
        enum p2m_type type;
    } model[WINDOW];
    static const enum p2m_type types[] = { P2M_RAM, P2M_FOREIGN, P2M_GRANT,
                                           P2M_NONE };
    uint32_t x = 1;

    (void)state;
    memset(model, 0, sizeof(model));
    grow(64);
    for (unsigned int step = 0; step < 400; step++) {
        uint32_t first, nr, mfn;
        enum p2m_type type;

        x = x * 1664525u + 1013904223u;
        type = types[(x >> 8) & 3];
        nr = x & 0x10000 ? 512 : 1 + ((x >> 20) & 63);
        first = (x >> 10) % (WINDOW - nr);
        if (nr == 512)
            first &= ~511u;
        mfn = RAM_FIRST + 512 * (1 + (x >> 29) % 6) + (first & 511);

        tlb_fill();
        for (uint32_t i = 0; i < nr && type == P2M_FOREIGN; i++)
            ram(mfn + i)->ref++;
        if (type == P2M_NONE)
            assert_int_equal(UNMAP(first, nr), 0);
        else
            assert_int_equal(MAP(first, mfn, nr, type), 0);
        for (uint32_t i = 0; i < nr; i++) {
            model[first + i].mfn = type ? mfn + i : UINT32_MAX;
            model[first + i].type = type;
        }
        tlb_fill();
        for (uint32_t i = 0; i < WINDOW; i += 1 + (x & 7))
            check(i, model[i].type ? model[i].mfn : UINT32_MAX, model[i].type);
    }

    /* References: one per foreign entry, no more, no less. */
    for (uint32_t i = 0; i < WINDOW; i++) {
        if (model[i].type == P2M_FOREIGN)
            ram(model[i].mfn)->ref--;
    }
    for (uint32_t i = ARENA; i < RAM_NR; i++)
        assert_int_equal(frames[i].ref, 0);
    for (uint32_t i = 0; i < WINDOW; i++) {
        if (model[i].type == P2M_FOREIGN)
            ram(model[i].mfn)->ref++;
    }
    busy = true; /* the kill below has to come back often */
}

static void killing_drops_references(void **state)
{
    unsigned int calls = 0;

    (void)state;
    for (uint32_t i = 0; i < 300; i++)
        ram(0x80300 + i)->ref = 1;
    assert_int_equal(MAP(0x7f0, 0x80300, 300, P2M_FOREIGN_RO), 0);
    assert_int_equal(MAP(0xffc0000, 0xc0000, 0x40000, P2M_DEVICE), 0);
    dom.state = DOMAIN_DYING;
    busy = true;
    /* What came behind the kill's back would keep its reference for ever. */
    while (p2m_kill(&dom) == -ERESTART) {
        assert_int_equal(MAP(0x10, 0x80300, 1, P2M_FOREIGN), -EINVAL);
        calls++;
    }
    assert_true(calls >= 3);
    for (uint32_t i = 0; i < 300; i++)
        assert_int_equal(ram(0x80300 + i)->ref, 0);
    assert_int_equal(MAP(0x10, 0x80300, 1, P2M_FOREIGN), -EINVAL);
    assert_int_equal(next_mapped(0), UINT32_MAX);
    assert_int_equal(dom.p2m.pool_used, 0);
    /* Its pool went as well, by pieces: p2m_destroy could not pause. */
    assert_int_equal(dom.p2m.pool_pages, 0);
}

static void vmids_run_out_and_come_back(void **state)
{
    static struct domain other[256];
    unsigned int made = 0;

    (void)state;
    p2m_destroy(&dom);
    memset(other, 0, sizeof(other));
    for (; made < 256; made++) {
        other[made].is_hardware = true; /* no pool: the arena is small */
        if (p2m_create(&other[made]))
            break;
    }
    /* 2 pages each: memory ends before the 255 VMIDs do, or VMIDs do. */
    assert_true(made == 255);
    for (unsigned int i = 0; i <= made; i++) {
        dom.p2m.vttbr = other[i].p2m.vttbr; /* for tlb_flush_domain */
        p2m_destroy(&other[i]);
    }
    memset(&dom, 0, sizeof(dom));
    assert_int_equal(pages_out, 0);
    assert_int_equal(p2m_create(&dom), 0);
}

static void a_half_made_one_is_destroyed(void **state)
{
    (void)state;
    p2m_destroy(&dom);
    for (uint32_t n = 0; n < P2M_POOL_MIN + 1; n++) {
        memset(&dom, 0, sizeof(dom));
        free_after = n;
        assert_int_equal(p2m_create(&dom), -ENOMEM);
        p2m_destroy(&dom);
        assert_int_equal(pages_out, 0);
    }
    memset(&dom, 0, sizeof(dom));
    free_after = UINT32_MAX;
    assert_int_equal(p2m_create(&dom), 0);
}

static void faults(void **state)
{
    struct vcpu v = { .domain = &dom };

    (void)state;
    assert_int_equal(MAP(0x123, 0x80100, 1, P2M_RAM), 0);
    *host_sysreg("HPFAR") = 0x123 << 4;
    assert_int_equal(p2m_iabt(&v, 0x82000007), V_RETRY); /* it is there now */
    assert_int_equal(p2m_iabt(&v, 0x8200000f), V_ABORT); /* permission      */
    *host_sysreg("HPFAR") = 0x124 << 4;
    assert_int_equal(p2m_iabt(&v, 0x82000007), V_ABORT);
    /* The same beyond 4 GiB is another one: bits 39:12 are in HPFAR[31:4]. */
    *host_sysreg("HPFAR") = 0x0f000123u << 4;
    assert_int_equal(p2m_iabt(&v, 0x82000007), V_ABORT);
    assert_int_equal(MAP(0x0f000123, 0x80100, 1, P2M_RAM), 0);
    assert_int_equal(p2m_iabt(&v, 0x82000007), V_RETRY);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(map_and_unmap_one),
        T(replacing_breaks_before_it_makes),
        T(types_become_descriptor_bits),
        T(blocks_split_and_go),
        T(one_page_leaves_a_block),
        T(foreign_references),
        T(get_page_takes_what_is_ram),
        T(unmapping_only_what_was_meant),
        T(own_pages_are_got_and_taken),
        T(taking_from_a_block),
        T(the_pool_is_a_limit),
        T(the_cache_is_flushed_in_steps),
        T(loading_tells_who_runs),
        T(like_an_array),
        T(killing_drops_references),
        T(vmids_run_out_and_come_back),
        T(a_half_made_one_is_destroyed),
        T(faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
