/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The heap on the real page allocator, over 8 MiB.
 *
 * Sources: xen/common/core/heap.c xen/common/core/page_alloc.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <xen/heap.h>
#include <xen/options.h>
#include <xen/page_alloc.h>
#include <xen/string.h>

#include <asm/cache.h>

#define FIRST 0x80000u
#define NR    0x800u

struct ram_view ram_view = { .direct_first = FIRST };
uint64_t opt_low_mem_virq;

static char ram[NR << PAGE_SHIFT] aligned(1 << 20);
static struct page rows[NR];
static struct heap_account account;

void cache_clean_inv_range(const void *va, size_t len)
{
    (void)va;
    (void)len;
}

void *frame_window_open(mfn_t mfn)
{
    (void)mfn;
    fail();
    return NULL;
}

void frame_window_close(void *va)
{
    (void)va;
    fail();
}

static int setup(void **state)
{
    (void)state;
    memset(ram, 0xaa, sizeof(ram));
    ram_view.direct_bias = (uintptr_t)ram - ((uintptr_t)FIRST << PAGE_SHIFT);
    page_init_frames(mfn_make(FIRST), rows);
    page_init_bank(mfn_make(FIRST), NR);
    page_init_free(mfn_make(FIRST), NR);
    return 0;
}

/* Nothing is charged, and all pages but one empty slab a class are back. */
static int finished(void **state)
{
    size_t used, held;

    (void)state;
    heap_stats(&used, &held);
    assert_int_equal(account.bytes, 0);
    assert_int_equal(used, 0);
    assert_int_equal(page_free_nr(), NR - held);
    assert_true(held <= 6 + 2 * 2 + 2 * 4);
    return 0;
}

static bool is_filled(const char *p, size_t size, char with)
{
    for (size_t i = 0; i < size; i++)
        if (p[i] != with)
            return false;
    return true;
}

/* Every size: aligned, zeroed, its own, given back whatever it was. */
static void every_size(void **state)
{
    (void)state;
    for (size_t size = 1; size < 3 * PAGE_SIZE; size += size < 100 ? 1 : 37) {
        char *a = heap_alloc(&account, size);
        char *b = heap_alloc(&account, size);

        assert_non_null(a);
        assert_non_null(b);
        assert_int_equal((uintptr_t)a % (size >= 64 ? 64 : 8), 0);
        assert_true(is_filled(a, size, 0));
        assert_true(account.bytes >= 2 * size);
        memset(a, 0x11, size);
        memset(b, 0x22, size);
        assert_true(is_filled(a, size, 0x11));
        heap_free(&account, a);
        assert_true(is_filled(b, size, 0x22));
        heap_free(&account, b);
    }
}

static void refused_sizes(void **state)
{
    (void)state;
    assert_null(heap_alloc(&account, 0));
    assert_null(heap_alloc(&account, (2u << 20) + 1));
    assert_null(heap_array(&account, 0, 8));
    assert_null(heap_array(&account, SIZE_MAX / 2, 3));
    heap_free(&account, NULL);
}

/* 9 pages are charged and held as 9, not as the 16 of their order. */
static void large_objects_are_trimmed(void **state)
{
    uint32_t before = page_free_nr();
    char *p = heap_alloc(&account, 9 * PAGE_SIZE - 5);

    (void)state;
    assert_non_null(p);
    assert_int_equal(page_free_nr(), before - 9);
    assert_int_equal(account.bytes, 9 * PAGE_SIZE);
    assert_true(is_filled(p, 9 * PAGE_SIZE, 0));
    memset(p, 0x33, 9 * PAGE_SIZE);
    heap_free(&account, p);
    assert_int_equal(page_free_nr(), before);
}

static void memory_ends(void **state)
{
    static void *got[NR * 4];
    uint32_t nr = 0;

    (void)state;
    while ((got[nr] = heap_alloc(&account, 1024)) != NULL)
        nr++;
    assert_true(nr > NR * 3);
    assert_null(heap_alloc(&account, PAGE_SIZE * 4));
    while (nr > 0)
        heap_free(&account, got[--nr]);
}

/* ---- property: objects do not overlap, charges add up ---- */

static void random_objects(void **state)
{
    static struct {
        char *p;
        size_t size;
        char with;
    } o[300];

    (void)state;
    srand(3);
    for (unsigned int step = 0; step < 20000; step++) {
        unsigned int i = (unsigned int)rand() % 300;

        if (o[i].p) {
            assert_true(is_filled(o[i].p, o[i].size, o[i].with));
            heap_free(&account, o[i].p);
            o[i].p = NULL;
            continue;
        }
        o[i].size = 1 + (size_t)rand() % (rand() % 8 ? 1500 : 9000);
        o[i].with = (char)step;
        o[i].p = heap_alloc(&account, o[i].size);
        assert_non_null(o[i].p);
        assert_true(is_filled(o[i].p, o[i].size, 0));
        memset(o[i].p, o[i].with, o[i].size);
    }
    for (unsigned int i = 0; i < 300; i++)
        heap_free(&account, o[i].p);
}

/* ---- debug builds: mistakes of ours that are noticed ---- */

static void freed_twice(void **state)
{
    char *p = heap_alloc(&account, 100), *q = heap_alloc(&account, 100);

    (void)state;
    heap_free(&account, p);
    expect_assert_failure(heap_free(&account, p));
    heap_free(&account, q);
}

static void not_the_start_of_an_object(void **state)
{
    char *p = heap_alloc(&account, 100);

    (void)state;
    expect_assert_failure(heap_free(&account, p + 8));
    heap_free(&account, p);
}

static void written_after_free(void **state)
{
    char *p = heap_alloc(&account, 200), *q = heap_alloc(&account, 200);

    (void)state;
    heap_free(&account, p);
    p[100] = 1;
    expect_assert_failure(heap_alloc(&account, 200));
    heap_free(&account, q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_size, finished),
        cmocka_unit_test_teardown(refused_sizes, finished),
        cmocka_unit_test_teardown(large_objects_are_trimmed, finished),
        cmocka_unit_test_teardown(memory_ends, finished),
        cmocka_unit_test_teardown(random_objects, finished),
        cmocka_unit_test_teardown(freed_twice, finished),
        cmocka_unit_test_teardown(not_the_start_of_an_object, finished),
        cmocka_unit_test(written_after_free),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
