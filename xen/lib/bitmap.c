/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bitmaps: ranges and searches, a word at a time.
 *
 * Layer: 1 (lib). Tested on the host, unit/bitmap.c.
 */
#include <xen/bitmap.h>

/* Bits of word @w that lie in [first, end). */
static uint32_t word_mask(unsigned int w, unsigned int first, unsigned int end)
{
    uint32_t mask = UINT32_MAX;

    if (first > w * 32)
        mask &= UINT32_MAX << (first % 32);
    if (end < w * 32 + 32)
        mask &= ~(UINT32_MAX << (end % 32));
    return mask;
}

void bitmap_set_range(uint32_t *map, unsigned int first, unsigned int count)
{
    unsigned int end = first + count;

    if (count == 0)
        return;
    for (unsigned int w = first / 32; w <= (end - 1) / 32; w++)
        map[w] |= word_mask(w, first, end);
}

void bitmap_clear_range(uint32_t *map, unsigned int first, unsigned int count)
{
    unsigned int end = first + count;

    if (count == 0)
        return;
    for (unsigned int w = first / 32; w <= (end - 1) / 32; w++)
        map[w] &= ~word_mask(w, first, end);
}

/* First bit at or after @from that is set in @map ^ @invert. */
static unsigned int find(const uint32_t *map, unsigned int bits,
                         unsigned int from, uint32_t invert)
{
    unsigned int w, bit;
    uint32_t word;

    if (from >= bits)
        return bits;

    w = from / 32;
    word = (map[w] ^ invert) & (UINT32_MAX << (from % 32));
    while (word == 0) {
        w++;
        if (w >= BITMAP_WORDS(bits))
            return bits;
        word = map[w] ^ invert;
    }
    bit = w * 32 + (unsigned int)__builtin_ctz(word);
    return bit < bits ? bit : bits;
}

unsigned int bitmap_find_set(const uint32_t *map, unsigned int bits,
                             unsigned int from)
{
    return find(map, bits, from, 0);
}

unsigned int bitmap_find_clear(const uint32_t *map, unsigned int bits,
                               unsigned int from)
{
    return find(map, bits, from, UINT32_MAX);
}

/* Set bits of a word, summed in ever wider fields. */
static unsigned int weight32(uint32_t w)
{
    w -= (w >> 1) & 0x55555555u;
    w = (w & 0x33333333u) + ((w >> 2) & 0x33333333u);
    w = (w + (w >> 4)) & 0x0f0f0f0fu;
    return (w * 0x01010101u) >> 24;
}

unsigned int bitmap_weight(const uint32_t *map, unsigned int bits)
{
    unsigned int sum = 0;

    for (unsigned int w = 0; w < BITMAP_WORDS(bits); w++)
        sum += weight32(map[w] & word_mask(w, 0, bits));
    return sum;
}
