/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Heap sort and binary search on arrays; no recursion, no allocation.
 *
 * Layer: 1 (lib).
 */
#ifndef XEN_SORT_H
#define XEN_SORT_H

#include <stddef.h>

/* Sort @nr elements of @size (<= 64) bytes, ascending by @cmp; not stable. */
void sort(void *base, size_t nr, size_t size,
          int (*cmp)(const void *a, const void *b));

/* Element equal to @key in an array sorted by @cmp, or NULL. */
const void *bsearch_array(const void *key, const void *base, size_t nr,
                          size_t size,
                          int (*cmp)(const void *key, const void *elem));

#endif /* XEN_SORT_H */
