/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Range sets, by stories and against a bitmap.
 *
 * Sources: xen/common/core/rangeset.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/heap.h>
#include <xen/rangeset.h>

struct heap_account heap_xen;

static bool no_memory;
static int objects;

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    assert_ptr_equal(account, &heap_xen);
    if (no_memory)
        return NULL;
    objects++;
    return calloc(nr, size);
}

void heap_free(struct heap_account *account, void *p)
{
    assert_ptr_equal(account, &heap_xen);
    objects -= p != NULL;
    free(p);
}

#define END UINT32_MAX

/* Steps, then the ranges that must be there, ended by { 1, 0 }. */
static const struct {
    const char *story;
    struct {
        char what; /* 'a'dd, 'r'emove; 0: no more */
        uint32_t first, last;
        int rc;
    } steps[4];
    struct range left[4];
} stories[] = {
    { "neighbours become one",
      { { 'a', 5, 9, 0 }, { 'a', 10, 12, 0 }, { 'a', 2, 4, 0 } },
      { { 2, 12 }, { 1, 0 } } },
    { "a gap of one stays a gap",
      { { 'a', 5, 9, 0 }, { 'a', 11, 12, 0 } },
      { { 5, 9 }, { 11, 12 }, { 1, 0 } } },
    { "a hole makes two",
      { { 'a', 5, 9, 0 }, { 'r', 7, 7, 0 } },
      { { 5, 6 }, { 8, 9 }, { 1, 0 } } },
    { "one range swallows many",
      { { 'a', 5, 9, 0 },
        { 'a', 20, 30, 0 },
        { 'a', 40, 50, 0 },
        { 'a', 6, 45, 0 } },
      { { 5, 50 }, { 1, 0 } } },
    { "removing across ranges trims both ends",
      { { 'a', 5, 9, 0 }, { 'a', 20, 30, 0 }, { 'r', 8, 25, 0 } },
      { { 5, 7 }, { 26, 30 }, { 1, 0 } } },
    { "the whole space, and holes at its ends",
      { { 'a', 0, END, 0 }, { 'r', 0, 0, 0 }, { 'r', END, END, 0 } },
      { { 1, END - 1 }, { 1, 0 } } },
    { "the last number has no neighbour above",
      { { 'a', END, END, 0 }, { 'a', 0, 0, 0 } },
      { { 0, 0 }, { END, END }, { 1, 0 } } },
    { "backward ranges are refused",
      { { 'a', 9, 5, -EINVAL }, { 'r', 9, 5, -EINVAL } },
      { { 1, 0 } } },
    { "removing what is not there changes nothing",
      { { 'a', 5, 9, 0 }, { 'r', 10, 20, 0 }, { 'r', 0, 4, 0 } },
      { { 5, 9 }, { 1, 0 } } },
};

static void range_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        struct rangeset r;
        uint32_t nr = 0;

        rangeset_init(&r);
        for (unsigned int k = 0; k < 4 && stories[i].steps[k].what; k++) {
            uint32_t first = stories[i].steps[k].first;
            uint32_t last = stories[i].steps[k].last;
            int rc = stories[i].steps[k].what == 'a'
                         ? rangeset_add(&r, first, last)
                         : rangeset_remove(&r, first, last);

            assert_int_equal(rc, stories[i].steps[k].rc);
        }
        while (stories[i].left[nr].first <= stories[i].left[nr].last)
            nr++;
        if (r.nr != nr)
            fail_msg("%s: %u ranges", stories[i].story, r.nr);
        for (uint32_t k = 0; k < nr; k++)
            if (r.ranges[k].first != stories[i].left[k].first ||
                r.ranges[k].last != stories[i].left[k].last)
                fail_msg("%s: %u-%u", stories[i].story, r.ranges[k].first,
                         r.ranges[k].last);
        rangeset_destroy(&r);
        assert_int_equal(objects, 0);
    }
}

static void questions(void **state)
{
    struct rangeset r;

    (void)state;
    rangeset_init(&r);
    assert_false(rangeset_contains(&r, 0, END));
    assert_false(rangeset_overlaps(&r, 0, END));
    assert_int_equal(rangeset_add(&r, 10, 19), 0);
    assert_int_equal(rangeset_add(&r, 30, 39), 0);
    assert_true(rangeset_contains(&r, 10, 19));
    assert_true(rangeset_contains(&r, 15, 15));
    assert_false(rangeset_contains(&r, 9, 12));
    assert_false(rangeset_contains(&r, 19, 30));
    assert_false(rangeset_contains(&r, 15, 12));
    assert_true(rangeset_overlaps(&r, 19, 30));
    assert_true(rangeset_overlaps(&r, 0, 10));
    assert_false(rangeset_overlaps(&r, 20, 29));
    assert_false(rangeset_overlaps(&r, 40, END));
    rangeset_destroy(&r);
}

/* Without memory a set stays as it is, and what fits is still taken. */
static void no_memory_no_change(void **state)
{
    struct rangeset r;
    uint32_t i = 0;

    (void)state;
    rangeset_init(&r);
    no_memory = true;
    assert_int_equal(rangeset_add(&r, 1, 2), -ENOMEM);
    no_memory = false;
    assert_int_equal(rangeset_add(&r, 0, 0), 0);
    no_memory = true;
    while (rangeset_add(&r, 10 * i, 10 * i) == 0)
        i++;
    assert_false(rangeset_contains(&r, 10 * i, 10 * i));
    assert_true(rangeset_contains(&r, 10 * (i - 1), 10 * (i - 1)));
    no_memory = false;
    rangeset_destroy(&r);
}

#define BITS 400u

static void random_ranges(void **state)
{
    static bool bit[BITS];
    struct rangeset r;

    (void)state;
    srand(2);
    rangeset_init(&r);
    for (unsigned int step = 0; step < 20000; step++) {
        uint32_t first = (uint32_t)rand() % BITS;
        uint32_t last = first + (uint32_t)rand() % 12;
        bool add = rand() % 2, all = true, any = false;

        if (last >= BITS)
            last = BITS - 1;
        for (uint32_t i = first; i <= last; i++) {
            all &= bit[i];
            any |= bit[i];
        }
        assert_int_equal(rangeset_contains(&r, first, last), all);
        assert_int_equal(rangeset_overlaps(&r, first, last), any);
        assert_int_equal(add ? rangeset_add(&r, first, last)
                             : rangeset_remove(&r, first, last),
                         0);
        for (uint32_t i = first; i <= last; i++)
            bit[i] = add;
        for (uint32_t i = 1; i < r.nr; i++)
            assert_true(r.ranges[i - 1].last + 1 < r.ranges[i].first);
    }
    rangeset_destroy(&r);
    assert_int_equal(objects, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(range_stories),
        cmocka_unit_test(questions),
        cmocka_unit_test(no_memory_no_change),
        cmocka_unit_test(random_ranges),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
