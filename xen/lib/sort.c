/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heap sort and binary search.
 *
 * Source: Knuth, The Art of Computer Programming 3, 5.2.3 and 6.2.1.
 * Layer:  1 (lib). Tested on the host, unit/sort.c.
 */
#include <stdint.h>

#include <xen/bug.h>
#include <xen/sort.h>
#include <xen/string.h>

#define ELEMENT_MAX 64u

struct array {
    uint8_t *base;
    size_t size;
    int (*cmp)(const void *a, const void *b);
};

static uint8_t *at(const struct array *a, size_t i)
{
    return a->base + i * a->size;
}

static void swap(const struct array *a, size_t i, size_t j)
{
    uint8_t tmp[ELEMENT_MAX];

    memcpy(tmp, at(a, i), a->size);
    memcpy(at(a, i), at(a, j), a->size);
    memcpy(at(a, j), tmp, a->size);
}

/* Let element @i sink until no child among the first @nr is greater. */
static void sift_down(const struct array *a, size_t i, size_t nr)
{
    for (;;) {
        size_t child = 2 * i + 1;

        if (child >= nr)
            return;
        if (child + 1 < nr && a->cmp(at(a, child), at(a, child + 1)) < 0)
            child++;
        if (a->cmp(at(a, i), at(a, child)) >= 0)
            return;
        swap(a, i, child);
        i = child;
    }
}

void sort(void *base, size_t nr, size_t size,
          int (*cmp)(const void *a, const void *b))
{
    const struct array a = { base, size, cmp };

    ASSERT(size <= ELEMENT_MAX);

    for (size_t i = nr / 2; i-- > 0;)
        sift_down(&a, i, nr);
    while (nr > 1) {
        nr--;
        swap(&a, 0, nr);
        sift_down(&a, 0, nr);
    }
}

const void *bsearch_array(const void *key, const void *base, size_t nr,
                          size_t size,
                          int (*cmp)(const void *key, const void *elem))
{
    size_t low = 0, high = nr;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const void *elem = (const uint8_t *)base + mid * size;
        int order = cmp(key, elem);

        if (order == 0)
            return elem;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
