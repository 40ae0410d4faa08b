/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps against an array of bools, bit by bit.
 *
 * Sources: xen/lib/bitmap.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/bitmap.h>

#define BITS 100u

static uint32_t map[BITMAP_WORDS(BITS)];
static bool model[BITMAP_WORDS(BITS) * 32];

static void check(void)
{
    for (unsigned int i = 0; i < BITMAP_WORDS(BITS) * 32; i++)
        assert_int_equal(bitmap_test(map, i), model[i]);
}

static void ranges(void **state)
{
    (void)state;
    for (unsigned int first = 0; first < BITS; first++) {
        for (unsigned int count = 0; first + count <= BITS; count++) {
            memset(map, 0, sizeof(map));
            memset(model, 0, sizeof(model));
            bitmap_set_range(map, first, count);
            memset(model + first, 1, count);
            check();

            memset(map, 0xff, sizeof(map));
            memset(model, 1, sizeof(model));
            bitmap_clear_range(map, first, count);
            memset(model + first, 0, count);
            check();
        }
    }
}

static unsigned int model_find(unsigned int bits, unsigned int from, bool what)
{
    for (unsigned int i = from; i < bits; i++)
        if (model[i] == what)
            return i;
    return bits;
}

/* Sizes that end inside, at and behind a word; maps with few bits and many. */
static void finds(void **state)
{
    uint32_t random = 1;

    (void)state;
    for (unsigned int round = 0; round < 64; round++) {
        unsigned int bits = 1 + round * 37 % BITS, set = 0;

        for (unsigned int i = 0; i < BITMAP_WORDS(BITS) * 32; i++) {
            random = random * 1103515245 + 12345;
            model[i] = (random >> 16) % 16 < round % 17;
            if (model[i])
                bitmap_set(map, i);
            else
                bitmap_clear(map, i);
            set += i < bits && model[i];
        }
        assert_int_equal(bitmap_weight(map, bits), set);
        for (unsigned int from = 0; from <= bits + 40; from++) {
            unsigned int start = from < bits ? from : bits;

            assert_int_equal(bitmap_find_set(map, bits, from),
                             model_find(bits, start, true));
            assert_int_equal(bitmap_find_clear(map, bits, from),
                             model_find(bits, start, false));
        }
    }
}

/* XSA-307: a search of nothing, or from the end, reads nothing. */
static void empty_search(void **state)
{
    (void)state;
    assert_int_equal(bitmap_find_set(NULL, 0, 0), 0);
    assert_int_equal(bitmap_find_clear(NULL, 0, 7), 0);
    assert_int_equal(bitmap_find_set(NULL, 64, 64), 64);
    assert_int_equal(bitmap_weight(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges),
        cmocka_unit_test(finds),
        cmocka_unit_test(empty_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
