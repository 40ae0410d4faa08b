/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page allocator on three banks: two in the direct map with a hole
 * between them, one beyond it. The frame table's rows of the holes are not
 * mapped, so that a look at one is a crash.
 *
 * Sources: xen/common/core/page_alloc.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/string.h>

#include <asm/cache.h>

#define A_FIRST 0x80000u /* 16 MiB, on a 1 GiB border */
#define A_NR    0x1000u
#define B_FIRST 0x82000u /* 8 MiB */
#define B_NR    0x800u
#define H_FIRST 0x200000u /* 4 MiB beyond the direct map */
#define H_NR    0x400u
#define ALL_NR  (A_NR + B_NR + H_NR)
#define OWNER   7u

struct ram_view ram_view = { .direct_first = A_FIRST };
uint64_t opt_low_mem_virq = 2u << 20; /* 512 frames */

static char *low_ram, *high_ram, *frame_table;
static uint32_t cleaned; /* pages cleaned to the point of coherency */

void cache_clean_inv_range(const void *va, size_t len)
{
    (void)va;
    assert_int_equal(len, PAGE_SIZE);
    cleaned++;
}

void *frame_window_open(mfn_t mfn)
{
    assert_true(mfn.n - H_FIRST < H_NR);
    return high_ram + ((size_t)(mfn.n - H_FIRST) << PAGE_SHIFT);
}

/* Host addresses lie above DIRECT_VIRT_START, so nobody comes here. */
void frame_window_close(void *va)
{
    (void)va;
    fail();
}

static char *contents(const struct page *pg)
{
    return frame_open(page_to_mfn(pg));
}

static bool is_zero(const char *p)
{
    for (size_t i = 0; i < PAGE_SIZE; i++)
        if (p[i])
            return false;
    return true;
}

static void *map(size_t size)
{
    void *p = mmap(NULL, size, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    assert_true(p != MAP_FAILED);
    return p;
}

static void bank(uint32_t first, uint32_t nr)
{
    char *rows = frame_table + (size_t)(first - A_FIRST) * sizeof(struct page);

    assert_int_equal(
        mprotect(rows, nr * sizeof(struct page), PROT_READ | PROT_WRITE), 0);
    page_init_bank(mfn_make(first), nr);
}

static int setup(void **state)
{
    size_t low = (size_t)(B_FIRST + B_NR - A_FIRST) << PAGE_SHIFT;
    size_t high = (size_t)H_NR << PAGE_SHIFT;

    (void)state;
    low_ram = map(low);
    high_ram = map(high);
    frame_table = map((size_t)(H_FIRST + H_NR - A_FIRST) * sizeof(struct page));
    mprotect(low_ram, low, PROT_READ | PROT_WRITE);
    mprotect(high_ram, high, PROT_READ | PROT_WRITE);
    memset(low_ram, 0xaa, low);
    memset(high_ram, 0xaa, high);
    ram_view.direct_bias = (uintptr_t)low_ram -
                           ((uintptr_t)A_FIRST << PAGE_SHIFT);

    page_init_frames(mfn_make(A_FIRST), frame_table);
    bank(A_FIRST, A_NR);
    bank(B_FIRST, B_NR);
    bank(H_FIRST, H_NR);
    page_init_free(mfn_make(A_FIRST), A_NR);
    page_init_free(mfn_make(B_FIRST), B_NR);
    page_init_free(mfn_make(H_FIRST), H_NR);
    return 0;
}

/* All memory is free again, in whole banks. */
static void all_is_free(void)
{
    mfn_t start;

    while (page_scrub_some(256))
        ;
    assert_int_equal(page_free_nr(), ALL_NR);
    assert_int_equal(page_dirty_nr(), 0);
    assert_int_equal(
        page_find_run(mfn_make(0), mfn_make(UINT32_MAX), ALL_NR, 0, &start),
        A_NR);
    assert_int_equal(start.n, A_FIRST);
}

/* What an audit of all pages finds wrong, or "". */
static const char *audit_finds(void)
{
    struct page_audit a = { .owner = OWNER };

    while (page_audit_some(&a))
        ;
    if (!a.wrong && a.balanced) {
        assert_int_equal(a.free, page_free_nr());
        assert_int_equal(a.dirty, page_dirty_nr());
    }
    return a.wrong ? a.wrong : a.balanced ? "" : "not balanced";
}

static int finished(void **state)
{
    (void)state;
    all_is_free();
    return 0;
}

/* ---- what there is ---- */

static void ram_and_holes(void **state)
{
    (void)state;
    assert_int_equal(page_total(), ALL_NR);
    assert_int_equal(page_max_mfn().n, H_FIRST + H_NR - 1);
    assert_false(mfn_is_ram(mfn_make(A_FIRST - 1)));
    assert_true(mfn_is_ram(mfn_make(A_FIRST)));
    assert_true(mfn_is_ram(mfn_make(A_FIRST + A_NR - 1)));
    assert_false(mfn_is_ram(mfn_make(A_FIRST + A_NR)));
    assert_false(mfn_is_ram(mfn_make(B_FIRST - 1)));
    assert_true(mfn_is_ram(mfn_make(B_FIRST + B_NR - 1)));
    assert_true(mfn_is_ram(mfn_make(H_FIRST)));
    assert_false(mfn_is_ram(mfn_make(H_FIRST + H_NR)));
    assert_false(mfn_is_ram(INVALID_MFN));
}

static void boot_memory_is_dirty(void **state)
{
    struct page *pg;

    (void)state;
    assert_int_equal(page_free_nr(), ALL_NR);
    assert_int_equal(page_dirty_nr(), ALL_NR);
    cleaned = 0;
    pg = page_alloc(3, OWNER, PA_LOW);
    assert_non_null(pg);
    assert_int_equal(page_to_mfn(pg).n % 8, 0);
    assert_int_equal(cleaned, 8);
    for (unsigned int i = 0; i < 8; i++) {
        assert_int_equal(pg[i].ref, 1);
        assert_int_equal(pg[i].owner, OWNER);
        assert_true(is_zero(contents(&pg[i])));
    }
    assert_int_equal(page_free_nr(), ALL_NR - 8);
    page_free(pg, 3);
    assert_int_equal(page_free_nr(), ALL_NR);
}

/* ---- clean and dirty ---- */

static void clean_pages_cost_nothing(void **state)
{
    struct page *pg;

    (void)state;
    cleaned = 0;
    pg = page_alloc(0, OWNER, PA_LOW);
    assert_int_equal(cleaned, 0);
    assert_true(is_zero(contents(pg)));
    memset(contents(pg), 0x55, PAGE_SIZE);
    page_put(pg);
    assert_int_equal(page_dirty_nr(), 1);

    /* The dirty one is taken by who asks for it, as it is. */
    pg = page_alloc(0, OWNER, PA_LOW | PA_DIRTY);
    assert_int_equal(contents(pg)[0], 0x55);
    assert_int_equal(cleaned, 0);
    assert_int_equal(page_dirty_nr(), 0);
    page_put(pg);

    assert_int_equal(page_scrub_some(100), 1);
    assert_int_equal(cleaned, 1);
    assert_true(is_zero(low_ram));
    assert_int_equal(page_scrub_some(100), 0);
}

/* A large block is cleaned by pieces, and is then there for who waits. */
static void large_scrubbed_by_pieces(void **state)
{
    struct page *all[ALL_NR / 512], *pg;
    unsigned int n = 0, steps = 0;

    (void)state;
    while ((pg = page_alloc(9, OWNER, 0)) != NULL)
        all[n++] = pg;
    assert_false(page_scrub_step(9, 8)); /* there is none of either kind */
    page_free(all[--n], 9);
    cleaned = 0;
    assert_null(page_alloc(9, OWNER, PA_CLEAN));
    assert_int_equal(cleaned, 0);
    while ((pg = page_alloc(9, OWNER, PA_CLEAN)) == NULL) {
        assert_true(page_scrub_step(9, 8));
        assert_int_equal(cleaned, ++steps * 8);
    }
    assert_int_equal(steps, 64);
    assert_false(page_scrub_step(9, 8));

    /* One that is left half-way is finished by an idle CPU. */
    page_free(pg, 9);
    assert_true(page_scrub_step(9, 8));
    assert_int_equal(page_dirty_nr(), 512);
    assert_string_equal(audit_finds(), "");
    for (steps = 1; steps < 64; steps++)
        assert_int_equal(page_scrub_some(8), 8);
    assert_int_equal(page_dirty_nr(), 0);
    assert_false(page_scrub_step(9, 8)); /* clean memory helps as it is */
    while (n > 0)
        page_free(all[--n], 9);
}

/* One freed page must not make its clean surroundings dirty. */
static void a_dirty_page_stays_alone(void **state)
{
    struct page *pg = page_alloc(0, OWNER, PA_LOW);

    (void)state;
    page_put(pg);
    assert_int_equal(page_dirty_nr(), 1);
}

static void mixed_buddies_merge_on_demand(void **state)
{
    struct page *pg;
    uint32_t nr = 0;

    (void)state;
    /* One page of each 2 MiB is dirty, and one 2 MiB block lacks a page. */
    for (uint32_t f = 0; f < A_NR + B_NR; f += 512, nr++) {
        mfn_t mfn = mfn_make((f < A_NR ? A_FIRST : B_FIRST - A_NR) + f + 77);

        assert_true(page_alloc_at(mfn, 1, OWNER));
        page_put(mfn_to_page(mfn));
    }
    assert_int_equal(page_dirty_nr(), nr);
    assert_true(page_alloc_at(mfn_make(B_FIRST), 1, OWNER));

    /* None of them is of one kind, but whole blocks are to be had. */
    for (uint32_t i = 1; i < nr; i++) {
        pg = page_alloc(9, OWNER, PA_LOW);
        assert_non_null(pg);
        for (unsigned int k = 0; k < 512; k++)
            assert_true(is_zero(contents(&pg[k])));
        assert_int_equal(page_dirty_nr(), nr - i);
    }
    assert_null(page_alloc(9, OWNER, PA_LOW));
    page_put(mfn_to_page(mfn_make(B_FIRST)));
    for (uint32_t f = 0; f < A_NR + B_NR; f += 512)
        if (f != A_NR)
            page_free(mfn_to_page(
                          mfn_make((f < A_NR ? A_FIRST : B_FIRST - A_NR) + f)),
                      9);
}

static void scrubbing_is_bounded(void **state)
{
    struct page *pg = page_alloc(6, OWNER, PA_LOW);

    (void)state;
    page_free(pg, 6);
    assert_int_equal(page_dirty_nr(), 64);
    assert_int_equal(page_scrub_some(0), 0);
    assert_int_equal(page_scrub_some(5), 4);
    assert_int_equal(page_dirty_nr(), 60);
    assert_int_equal(page_free_nr(), ALL_NR);
}

/* ---- zones ---- */

static void high_memory_goes_first(void **state)
{
    struct page *pg = page_alloc(0, OWNER, 0);

    (void)state;
    assert_false(mfn_is_direct(page_to_mfn(pg)));
    assert_true(is_zero(contents(pg)));
    page_put(pg);

    pg = page_alloc(0, OWNER, PA_LOW);
    assert_true(mfn_is_direct(page_to_mfn(pg)));
    assert_ptr_equal(page_to_va(pg), contents(pg));
    assert_ptr_equal(va_to_page(page_to_va(pg)), pg);
    page_put(pg);
}

static void until_nothing_is_left(void **state)
{
    static struct page *pg[ALL_NR];
    uint32_t low = 0;

    (void)state;
    assert_null(page_alloc(PAGE_ORDER_MAX, OWNER, 0));
    assert_null(page_alloc(PAGE_ORDER_MAX + 1, OWNER, 0));
    for (uint32_t i = 0; i < ALL_NR; i++) {
        pg[i] = page_alloc(0, OWNER, 0);
        assert_non_null(pg[i]);
        low += mfn_is_direct(page_to_mfn(pg[i]));
    }
    assert_int_equal(low, A_NR + B_NR);
    assert_null(page_alloc(0, OWNER, 0));
    assert_int_equal(page_free_nr(), 0);
    /* In an order that has nothing to do with the one above. */
    for (uint32_t i = 0; i < ALL_NR; i++)
        page_put(pg[(i * 4099u) % ALL_NR]);
}

/* ---- given frames ---- */

static void exact_frames(void **state)
{
    mfn_t at = mfn_make(A_FIRST + 0x123);

    (void)state;
    assert_true(page_alloc_at(at, 0x301, OWNER));
    assert_int_equal(page_free_nr(), ALL_NR - 0x301);
    assert_int_equal(mfn_to_page(at)->ref, 1);
    assert_int_equal(mfn_to_page(mfn_add(at, 0x300))->owner, OWNER);
    assert_int_equal(mfn_to_page(mfn_add(at, 0x301))->ref, 0);

    /* Taken in part, beyond the bank, nothing, past the end: no effect. */
    assert_false(page_alloc_at(mfn_add(at, 0x300), 2, OWNER));
    assert_false(page_alloc_at(mfn_make(A_FIRST + A_NR - 1), 2, OWNER));
    assert_false(page_alloc_at(at, 0, OWNER));
    assert_false(page_alloc_at(mfn_make(UINT32_MAX), 2, OWNER));
    assert_int_equal(page_free_nr(), ALL_NR - 0x301);

    for (uint32_t i = 0; i < 0x301; i++)
        page_put(mfn_to_page(mfn_add(at, i)));
}

static void largest_run(void **state)
{
    mfn_t lo = mfn_make(0), hi = mfn_make(UINT32_MAX), start;

    (void)state;
    /* Two holes in bank A: runs of 0x100, 0x5ff and 0x8ff. */
    assert_true(page_alloc_at(mfn_make(A_FIRST + 0x100), 1, OWNER));
    assert_true(page_alloc_at(mfn_make(A_FIRST + 0x700), 1, OWNER));

    assert_int_equal(page_find_run(lo, hi, ALL_NR, 0, &start), 0x8ff);
    assert_int_equal(start.n, A_FIRST + 0x701);
    assert_int_equal(page_find_run(lo, hi, 0x50, 0, &start), 0x50);
    assert_int_equal(start.n, A_FIRST);
    /* On a 1 MiB border, bank B is as good as what is left in A. */
    assert_int_equal(page_find_run(lo, hi, ALL_NR, 8, &start), 0x800);
    assert_int_equal(start.n, A_FIRST + 0x800);
    /* Within limits that begin and end inside blocks. */
    assert_int_equal(page_find_run(mfn_make(A_FIRST + 0x80),
                                   mfn_make(A_FIRST + 0x181), ALL_NR, 0,
                                   &start),
                     0x80);
    assert_int_equal(start.n, A_FIRST + 0x80);
    assert_int_equal(page_find_run(mfn_make(A_FIRST + A_NR), mfn_make(B_FIRST),
                                   1, 0, &start),
                     0);

    page_put(mfn_to_page(mfn_make(A_FIRST + 0x100)));
    page_put(mfn_to_page(mfn_make(A_FIRST + 0x700)));
}

/* ---- references ---- */

static void references(void **state)
{
    struct page *pg = page_alloc(0, OWNER, 0);

    (void)state;
    assert_true(page_get(pg, OWNER));
    assert_false(page_get(pg, OWNER + 1));
    assert_true(page_get_any(pg));
    assert_int_equal(pg->ref, 3);
    pg->ref = UINT32_MAX;
    assert_false(page_get(pg, OWNER));
    pg->ref = 3;
    page_put(pg);
    page_put(pg);
    assert_int_equal(page_free_nr(), ALL_NR - 1);
    page_put(pg);
    assert_int_equal(page_free_nr(), ALL_NR);
    assert_false(page_get_any(pg));
    assert_false(page_get(pg, DOMID_OWNER_NONE));
    expect_assert_failure(page_put(pg));
    pg->ref = 0;
}

/* Runs end anywhere; what is free merges as if it had come page by page. */
static void a_run_is_put_in_blocks(void **state)
{
    struct page *all[ALL_NR / 512], *pg = page_alloc(5, OWNER, 0);

    (void)state;
    page_put_run(&pg[3], 0);
    page_put_run(&pg[3], 7);
    assert_int_equal(page_free_nr(), ALL_NR - 25);
    assert_true(page_get_any(&pg[11]));
    page_put_run(&pg[10], 22);
    assert_int_equal(page_free_nr(), ALL_NR - 4);
    assert_int_equal(pg[11].ref, 1);
    page_put_run(&pg[0], 3);
    page_put(&pg[11]);
    assert_int_equal(page_free_nr(), ALL_NR);
    for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
        all[i] = page_alloc(9, OWNER, 0);
        assert_non_null(all[i]);
    }
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        page_put_run(all[i], 512);
}

/* A block is freed while somebody looks at one of its pages. */
static void a_held_page_outlives_its_block(void **state)
{
    struct page *pg = page_alloc(4, OWNER, 0);

    (void)state;
    assert_true(page_get_any(&pg[5]));
    page_free(pg, 4);
    assert_int_equal(page_free_nr(), ALL_NR - 1);
    assert_int_equal(pg[5].owner, OWNER);
    page_put(&pg[5]);
    assert_int_equal(page_free_nr(), ALL_NR);
}

/* ---- the low mark ---- */

static uint32_t low_calls;

static void low(void)
{
    low_calls++;
}

static void low_mark_fires_once(void **state)
{
    static struct page *pg[ALL_NR];
    uint32_t nr = 0;

    (void)state;
    page_low_hook(low);
    while (page_free_nr() > 512)
        pg[nr++] = page_alloc(0, OWNER, 0);
    assert_int_equal(low_calls, 0);
    pg[nr++] = page_alloc(0, OWNER, 0);
    assert_int_equal(low_calls, 1);
    /* Around the mark it does not fire again... */
    for (unsigned int i = 0; i < 10; i++) {
        page_put(pg[--nr]);
        pg[nr++] = page_alloc(0, OWNER, 0);
    }
    assert_int_equal(low_calls, 1);
    /* ...but after there was a quarter more. */
    while (page_free_nr() < 640)
        page_put(pg[--nr]);
    while (page_free_nr() >= 512)
        pg[nr++] = page_alloc(0, OWNER, 0);
    assert_int_equal(low_calls, 2);
    while (nr > 0)
        page_put(pg[--nr]);
}

/* ---- property: no frame has two owners, none is lost ---- */

static void random_orders(void **state)
{
    static struct {
        struct page *pg;
        unsigned int order;
    } used[256];
    static uint8_t taken[H_FIRST + H_NR - A_FIRST];
    uint32_t nr = 0, pages = 0;

    (void)state;
    srand(1);
    for (unsigned int step = 0; step < 20000; step++) {
        unsigned int order = (unsigned int)rand() % 8;
        unsigned int i = nr ? (unsigned int)rand() % nr : 0;

        if (nr < 256 && rand() % 2) {
            unsigned int flags = (unsigned int)rand() % 4;
            struct page *pg = page_alloc(order, OWNER, flags);

            if (!pg)
                continue;
            for (uint32_t k = 0; k < 1u << order; k++) {
                uint8_t *t = &taken[page_to_mfn(&pg[k]).n - A_FIRST];

                assert_int_equal((*t)++, 0);
                assert_true((flags & PA_DIRTY) || is_zero(contents(&pg[k])));
                contents(&pg[k])[step % PAGE_SIZE] = 1;
            }
            used[nr].pg = pg;
            used[nr++].order = order;
            pages += 1u << order;
        } else if (nr > 0) {
            for (uint32_t k = 0; k < 1u << used[i].order; k++)
                taken[page_to_mfn(&used[i].pg[k]).n - A_FIRST]--;
            page_free(used[i].pg, used[i].order);
            pages -= 1u << used[i].order;
            used[i] = used[--nr];
        }
        if (step % 7 == 0)
            page_scrub_some(16);
        if (step % 500 == 0)
            assert_string_equal(audit_finds(), "");
        assert_int_equal(page_free_nr(), ALL_NR - pages);
    }
    while (nr-- > 0)
        page_free(used[nr].pg, used[nr].order);
}

/* Each break of a rule is found, and gone again when it is mended. */
static void an_audit_finds_it(void **state)
{
    struct page *pg = page_alloc(0, OWNER, 0), *rest = pg + 1, saved;

    (void)state;
    /* The other half of what was cut is a free block. */
    assert_non_null(pg);
    saved = *rest;
    assert_true(saved.flags & PAGE_FREE);
    assert_string_equal(audit_finds(), "");

    rest->ref = 1;
    assert_string_equal(audit_finds(), "in use inside a free block");
    *rest = saved;
    rest->prev = page_to_mfn(pg).n;
    assert_string_equal(audit_finds(), "not the head of its list");
    *rest = saved;
    rest->order = PAGE_ORDER_MAX + 1;
    assert_string_not_equal(audit_finds(), "");
    *rest = saved;
    rest->flags = 0;
    assert_string_not_equal(audit_finds(), "");
    *rest = saved;
    pg->flags = PAGE_LISTED;
    pg->ref = 0;
    assert_string_equal(audit_finds(), "free, and on a domain's list");
    pg->flags = 0;
    pg->ref = 1;
    assert_string_equal(audit_finds(), "");
    page_free(pg, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ram_and_holes),
        cmocka_unit_test_teardown(boot_memory_is_dirty, finished),
        cmocka_unit_test_teardown(clean_pages_cost_nothing, finished),
        cmocka_unit_test_teardown(large_scrubbed_by_pieces, finished),
        cmocka_unit_test_teardown(a_dirty_page_stays_alone, finished),
        cmocka_unit_test_teardown(mixed_buddies_merge_on_demand, finished),
        cmocka_unit_test_teardown(scrubbing_is_bounded, finished),
        cmocka_unit_test_teardown(high_memory_goes_first, finished),
        cmocka_unit_test_teardown(until_nothing_is_left, finished),
        cmocka_unit_test_teardown(exact_frames, finished),
        cmocka_unit_test_teardown(largest_run, finished),
        cmocka_unit_test_teardown(references, finished),
        cmocka_unit_test_teardown(a_run_is_put_in_blocks, finished),
        cmocka_unit_test_teardown(a_held_page_outlives_its_block, finished),
        cmocka_unit_test_teardown(low_mark_fires_once, finished),
        cmocka_unit_test_teardown(random_orders, finished),
        cmocka_unit_test_teardown(an_audit_finds_it, finished),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
