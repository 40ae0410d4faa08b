/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table walker against an array that says what each frame maps to.
 *
 * Sources: xen/common/core/pagetable.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/hyp_map.h>
#include <xen/pagetable.h>

#include <asm/cache.h>
#include <asm/lpae.h>

#define TABLE_FRAME 0x80000u /* the arena's frame in the "direct map" */
#define TABLES      64u
#define ATTR        0x7c4ull /* some bits of a descriptor's lower part */
#define ATTR_HI     (1ull << 54)
#define ALL         UINT32_MAX
#define M2          0x200u /* 2 MiB and 1 GiB in frames */
#define G1          0x40000u

struct ram_view ram_view = { .direct_first = TABLE_FRAME };

static uint64_t arena[TABLES][512] aligned(4096);
static bool used[TABLES];
static uint32_t nr_used, tables_left;
static uint64_t root[1024] aligned(4096);
static uint32_t flushes, cleans;
static const uint64_t *flush_entry; /* must be invalid in split_flush */

void cache_clean_range(const void *va, size_t len)
{
    (void)va;
    (void)len;
    cleans++;
}

static void *table_alloc(void *ctx)
{
    assert_ptr_equal(ctx, root);
    if (tables_left == 0)
        return NULL;
    for (uint32_t i = 0; i < TABLES; i++) {
        if (used[i])
            continue;
        used[i] = true;
        nr_used++;
        tables_left--;
        memset(arena[i], 0, sizeof(arena[i]));
        return arena[i];
    }
    return NULL;
}

static void table_free(void *ctx, void *table)
{
    size_t i = (size_t)((uint64_t(*)[512])table - arena);

    assert_ptr_equal(ctx, root);
    assert_true(i < TABLES && used[i]);
    used[i] = false;
    nr_used--;
    tables_left++;
}

static void split_flush(void *ctx)
{
    assert_ptr_equal(ctx, root);
    flushes++;
    if (flush_entry)
        assert_int_equal(*flush_entry & LPAE_VALID, 0);
}

static struct pagetable pt = {
    .root = root,
    .table_alloc = table_alloc,
    .table_free = table_free,
    .split_flush = split_flush,
    .ctx = root,
};

static int fresh(void **state)
{
    (void)state;
    ram_view.direct_bias = (uintptr_t)arena -
                           ((uintptr_t)TABLE_FRAME << PAGE_SHIFT);
    memset(root, 0, sizeof(root));
    memset(used, 0, sizeof(used));
    nr_used = 0;
    tables_left = TABLES;
    flushes = 0;
    cleans = 0;
    flush_entry = NULL;
    pt.root_entries = 1024;
    pt.destroyed = 0;
    pt.clean_to_poc = false;
    return 0;
}

static void map(uint32_t first, uint32_t mfn, uint32_t nr)
{
    uint32_t done;

    assert_int_equal(
        pt_map(&pt, first, mfn_make(mfn), nr, ATTR | ATTR_HI, ALL, &done), 0);
    assert_int_equal(done, nr);
}

static void unmap(uint32_t first, uint32_t nr)
{
    uint32_t done;

    assert_int_equal(pt_unmap(&pt, first, nr, ALL, &done), 0);
    assert_int_equal(done, nr);
}

/* Machine frame that @frame maps to, with its attributes checked; ~0: none */
static uint32_t lookup(uint32_t frame, unsigned int *level)
{
    struct pt_entry e = pt_lookup(&pt, frame);
    uint32_t size;

    *level = e.level;
    if (e.level == 0) {
        assert_int_equal(e.bits, 0);
        return UINT32_MAX;
    }
    size = 1u << (3 - e.level) * 9;
    assert_int_equal(e.bits & 0xffc, ATTR);
    assert_int_equal(e.bits >> 40, ATTR_HI >> 40);
    assert_int_equal(e.bits & 3, e.level == 3 ? 3 : 1);
    assert_int_equal((e.bits & 0xfffffff000ull) >> 12 & (size - 1), 0);
    return (uint32_t)((e.bits & 0xfffffff000ull) >> 12) + (frame & (size - 1));
}

static uint32_t level_of(uint32_t frame)
{
    unsigned int level;

    lookup(frame, &level);
    return level;
}

static uint32_t target(uint32_t frame)
{
    unsigned int level;

    return lookup(frame, &level);
}

/* ---- stories ---- */

static void largest_blocks_that_fit(void **state)
{
    (void)state;
    /* From one page below 1 GiB to one page above 2 GiB + 2 MiB. */
    map(G1 - 1, 3 * G1 - 1, G1 + M2 + 2);
    assert_int_equal(level_of(G1 - 2), 0);
    assert_int_equal(level_of(G1 - 1), 3);
    assert_int_equal(level_of(G1), 1);
    assert_int_equal(level_of(2 * G1), 2);
    assert_int_equal(level_of(2 * G1 + M2), 3);
    assert_int_equal(level_of(2 * G1 + M2 + 1), 0);
    assert_int_equal(target(G1 + 12345), 3 * G1 + 12345);
    assert_int_equal(nr_used, 4);
}

static void unequal_alignment_means_pages(void **state)
{
    (void)state;
    map(M2, M2 + 1, 2 * M2);
    assert_int_equal(level_of(M2), 3);
    assert_int_equal(target(2 * M2 + 5), 2 * M2 + 6);
}

/* First mapped frame >= @from, or UINT32_MAX; each call moves on. */
static uint32_t next_mapped(uint32_t from)
{
    while (!pt_next_mapped(&pt, &from, FRAME_LIMIT)) {
        uint32_t before = from;

        if (from >= FRAME_LIMIT)
            return UINT32_MAX;
        if (pt_next_mapped(&pt, &from, FRAME_LIMIT))
            break;
        assert_true(from > before);
    }
    return from;
}

static void the_top_of_the_space(void **state)
{
    (void)state;
    map(FRAME_LIMIT - 1, 5, 1);
    assert_int_equal(target(FRAME_LIMIT - 1), 5);
    assert_int_equal(next_mapped(0), FRAME_LIMIT - 1);
    unmap(FRAME_LIMIT - 1, 1);
    assert_int_equal(next_mapped(0), UINT32_MAX);
    assert_int_equal(next_mapped(FRAME_LIMIT), UINT32_MAX);
}

/* Tables without an entry cost a call each PT_LOOKS; @end is the end. */
static void empty_tables_are_passed_by_pieces(void **state)
{
    uint32_t at = 0, before = 0;
    unsigned int calls = 0;

    (void)state;
    for (uint32_t i = 0; i < 4; i++) {
        map(i * M2, 5, 1);
        unmap(i * M2, 1);
    }
    map(4 * M2 + 7, 5, 1);
    while (!pt_next_mapped(&pt, &at, FRAME_LIMIT)) {
        calls++;
        assert_true(at > before && at - before <= PT_LOOKS + M2);
        before = at;
    }
    assert_int_equal(at, 4 * M2 + 7);
    assert_int_equal(calls, 4 * (M2 + 3) / PT_LOOKS);
    at = 4 * M2 + 1;
    assert_false(pt_next_mapped(&pt, &at, 4 * M2 + 7));
    assert_int_equal(at, 4 * M2 + 7);
    unmap(4 * M2 + 7, 1);
}

static void a_page_out_of_a_gigabyte(void **state)
{
    (void)state;
    map(0, 2 * G1, G1);
    assert_int_equal(nr_used, 0);
    flush_entry = &root[0];
    tables_left = 1;
    /* Room for half of the two splits: nothing that was mapped is lost. */
    {
        uint32_t done;

        assert_int_equal(pt_unmap(&pt, 0x12345, 1, ALL, &done), -ENOMEM);
        assert_int_equal(done, 0);
    }
    flush_entry = NULL;
    assert_int_equal(target(0x12345), 2 * G1 + 0x12345);
    tables_left = 1;
    unmap(0x12345, 1);
    assert_int_equal(flushes, 2);
    assert_int_equal(level_of(0x12345), 0);
    assert_int_equal(target(0x12344), 2 * G1 + 0x12344);
    assert_int_equal(level_of(0x12344), 3);
    assert_int_equal(target(0x12346), 2 * G1 + 0x12346);
    assert_int_equal(level_of(0x13000), 2);
    assert_int_equal(target(G1 - 1), 3 * G1 - 1);
}

/* A table is never replaced by a block: nobody flushed it from the TLBs. */
static void tables_stay(void **state)
{
    (void)state;
    map(5, 5, 1);
    map(0, G1, M2);
    assert_int_equal(level_of(5), 3);
    assert_int_equal(target(5), G1 + 5);
    assert_int_equal(target(511), G1 + 511);
    assert_int_equal(nr_used, 2);
    unmap(0, M2);
    assert_int_equal(nr_used, 2);
}

static void no_tables(void **state)
{
    uint32_t done;

    (void)state;
    tables_left = 2;
    /* Two pages in one table; the next ones need a second. */
    assert_int_equal(
        pt_map(&pt, M2 - 2, mfn_make(8), 4, ATTR | ATTR_HI, ALL, &done),
        -ENOMEM);
    assert_int_equal(done, 2);
    assert_int_equal(target(M2 - 1), 9);
    assert_int_equal(level_of(M2), 0);
}

static void work_in_pieces(void **state)
{
    uint32_t first = 3, left = 3 * M2, done, rounds = 0;
    int rc;

    (void)state;
    do {
        rc = pt_map(&pt, first, mfn_make(first), left, ATTR | ATTR_HI, 100,
                    &done);
        assert_true(done <= 100 || rc == 0 || done >= M2);
        first += done;
        left -= done;
        rounds++;
    } while (rc == -ERESTART);
    assert_int_equal(rc, 0);
    assert_int_equal(left, 0);
    /* 509 pages, two blocks, three pages: 514 writes. */
    assert_int_equal(rounds, 6);

    first = 0;
    left = 4 * M2;
    rounds = 0;
    do {
        rc = pt_unmap(&pt, first, left, 100, &done);
        first += done;
        left -= done;
        rounds++;
    } while (rc == -ERESTART);
    assert_int_equal(rc, 0);
    assert_true(rounds >= 5 && rounds <= 12);
    assert_int_equal(next_mapped(0), UINT32_MAX);
}

static void four_entries_for_hyp(void **state)
{
    (void)state;
    pt.root_entries = 4;
    map(3 * G1, 7 * G1, G1);
    assert_int_equal(target(4 * G1 - 1), 8 * G1 - 1);
    unmap(3 * G1, G1);
    assert_int_equal(next_mapped(0), UINT32_MAX);
}

static void walkers_without_caches(void **state)
{
    (void)state;
    map(0, 0, 1);
    assert_int_equal(cleans, 0);
    pt.clean_to_poc = true;
    map(G1, 0, 1);
    /* Two tables, the two entries that point to them, the page. */
    assert_int_equal(cleans, 5);
}

static void destroyed_in_pieces(void **state)
{
    uint32_t rounds = 1;

    (void)state;
    for (uint32_t i = 0; i < 10; i++)
        map(i * G1 + i * M2, i, 1);
    map(11 * G1, 0, G1);
    assert_int_equal(nr_used, 20);
    while (pt_destroy(&pt, 3) == -ERESTART)
        rounds++;
    assert_int_equal(nr_used, 0);
    /* One level-2 table at most, or some entries of the root. */
    assert_true(rounds >= 10 && rounds <= 14);
    assert_int_equal(target(11 * G1), 0); /* a block is no table */
}

/* ---- property ---- */

#define SPAN (4 * M2)

static void random_maps(void **state)
{
    static uint32_t model[SPAN];
    const uint32_t base = G1 - 2 * M2; /* across a gigabyte's end */

    (void)state;
    srand(4);
    for (uint32_t i = 0; i < SPAN; i++)
        model[i] = UINT32_MAX;
    for (unsigned int step = 0; step < 1500; step++) {
        uint32_t at = (uint32_t)rand() % SPAN, to;
        uint32_t nr = 1 + (uint32_t)rand() % (rand() % 3 ? 20 : SPAN);
        unsigned int next = UINT32_MAX;

        if (rand() % 3 == 0)
            at = ALIGN_DOWN(at, M2);
        nr = MIN(nr, SPAN - at);
        to = rand() % 2 ? at + 5 * M2 : (uint32_t)rand() % G1;
        if (rand() % 2) {
            map(base + at, to, nr);
            for (uint32_t i = 0; i < nr; i++)
                model[at + i] = to + i;
        } else {
            unmap(base + at, nr);
            for (uint32_t i = 0; i < nr; i++)
                model[at + i] = UINT32_MAX;
        }
        for (uint32_t i = SPAN; i-- > 0;) {
            if (target(base + i) != model[i])
                fail_msg("step %u frame %x", step, i);
            if (model[i] != UINT32_MAX)
                next = base + i;
            if (i % 97 == 0)
                assert_int_equal(next_mapped(base + i), next);
        }
    }
    while (pt_destroy(&pt, ALL) == -ERESTART)
        ;
    assert_int_equal(nr_used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(largest_blocks_that_fit, fresh),
        cmocka_unit_test_setup(unequal_alignment_means_pages, fresh),
        cmocka_unit_test_setup(the_top_of_the_space, fresh),
        cmocka_unit_test_setup(empty_tables_are_passed_by_pieces, fresh),
        cmocka_unit_test_setup(a_page_out_of_a_gigabyte, fresh),
        cmocka_unit_test_setup(tables_stay, fresh),
        cmocka_unit_test_setup(no_tables, fresh),
        cmocka_unit_test_setup(work_in_pieces, fresh),
        cmocka_unit_test_setup(four_entries_for_hyp, fresh),
        cmocka_unit_test_setup(walkers_without_caches, fresh),
        cmocka_unit_test_setup(destroyed_in_pieces, fresh),
        cmocka_unit_test_setup(random_maps, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
