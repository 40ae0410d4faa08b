/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps of uint32_t words: bit n is bit n % 32 of word n / 32.
 * Not atomic; the caller holds the lock of what the map belongs to.
 *
 * Layer: 1 (lib).
 */
#ifndef XEN_BITMAP_H
#define XEN_BITMAP_H

#include <stdbool.h>
#include <stdint.h>

#define BITMAP_WORDS(bits_) (((bits_) + 31u) / 32u)

static inline bool bitmap_test(const uint32_t *map, unsigned int bit)
{
    return (map[bit / 32] >> (bit % 32)) & 1;
}

static inline void bitmap_set(uint32_t *map, unsigned int bit)
{
    map[bit / 32] |= 1u << (bit % 32);
}

static inline void bitmap_clear(uint32_t *map, unsigned int bit)
{
    map[bit / 32] &= ~(1u << (bit % 32));
}

/* Bit operations on [first, first + count). */
void bitmap_set_range(uint32_t *map, unsigned int first, unsigned int count);
void bitmap_clear_range(uint32_t *map, unsigned int first, unsigned int count);

/*
 * First set (clear) bit at or after @from, or @bits when there is none;
 * @from >= @bits is allowed and gives @bits (XSA-307).
 */
unsigned int bitmap_find_set(const uint32_t *map, unsigned int bits,
                             unsigned int from);
unsigned int bitmap_find_clear(const uint32_t *map, unsigned int bits,
                               unsigned int from);

/* Number of set bits among the first @bits. */
unsigned int bitmap_weight(const uint32_t *map, unsigned int bits);

#endif /* XEN_BITMAP_H */
