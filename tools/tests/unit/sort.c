/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heap sort and binary search on elements of several sizes.
 *
 * Sources: xen/lib/sort.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/sort.h>

#define NR 200u

/* An element of any size begins with its key and is filled by it. */
static int compare(const void *a, const void *b)
{
    const uint8_t *p = a, *q = b;

    return *p - *q;
}

static void sorts(void **state)
{
    static const size_t sizes[] = { 1, 3, 8, 24, 64 };
    uint8_t array[NR * 64];
    unsigned int sum[2][256];
    uint32_t random = 7;

    (void)state;
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        size_t size = sizes[s];

        for (size_t nr = 0; nr < NR; nr++) {
            memset(sum, 0, sizeof(sum));
            for (size_t i = 0; i < nr; i++) {
                random = random * 1103515245 + 12345;
                memset(array + i * size, (int)(random >> 16 & 0x3f), size);
                sum[0][array[i * size]]++;
            }
            sort(array, nr, size, compare);
            for (size_t i = 0; i < nr; i++) {
                for (size_t k = 1; k < size; k++)
                    assert_int_equal(array[i * size + k], array[i * size]);
                if (i)
                    assert_true(array[i * size] >= array[(i - 1) * size]);
                sum[1][array[i * size]]++;
            }
            assert_memory_equal(sum[0], sum[1], sizeof(sum[0]));
        }
    }
}

static void searches(void **state)
{
    uint8_t array[NR];

    (void)state;
    for (size_t nr = 0; nr < 100; nr++) {
        for (size_t i = 0; i < nr; i++)
            array[i] = (uint8_t)(i * 2 + 1);
        for (unsigned int key = 0; key < 2 * nr + 2; key++) {
            uint8_t k = (uint8_t)key;

            assert_ptr_equal(bsearch_array(&k, array, nr, 1, compare),
                             key % 2 && key / 2 < nr ? &array[key / 2] : NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts),
        cmocka_unit_test(searches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
