/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers from text, and the one multiplication that C lacks.
 *
 * Layer: 1 (lib).
 */
#ifndef XEN_NUMBER_H
#define XEN_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

/*
 * Parse an unsigned number: decimal, 0x hexadecimal or 0 octal.
 * *@end is set behind the last digit taken.
 * Returns false when there is no digit or it does not fit 64 bits.
 */
bool must_check number_parse(const char *s, const char **end, uint64_t *value);

/*
 * Parse a size in bytes with an optional suffix K, M or G (either case);
 * without a suffix the unit is @unit bytes. False as above or on overflow.
 */
bool must_check size_parse(const char *s, const char **end, uint64_t unit,
                           uint64_t *value);

/* (@a * @mul) >> @shift with a 96-bit product; @shift is 0..63. */
static inline uint64_t mul_shift(uint64_t a, uint32_t mul, unsigned int shift)
{
    uint64_t lo = (uint64_t)(uint32_t)a * mul;
    uint64_t hi = (a >> 32) * mul;

    if (shift == 0)
        return lo + (hi << 32);
    if (shift <= 32)
        return (lo >> shift) + (hi << (32 - shift));
    return (hi + (lo >> 32)) >> (shift - 32);
}

/* The upper 64 bits of the 128-bit product @a * @b. */
static inline uint64_t mul_high(uint64_t a, uint64_t b)
{
    uint32_t a0 = (uint32_t)a, a1 = (uint32_t)(a >> 32);
    uint32_t b0 = (uint32_t)b, b1 = (uint32_t)(b >> 32);
    uint64_t low = (uint64_t)a0 * b0;
    uint64_t mid = (uint64_t)a1 * b0 + (low >> 32);
    uint64_t mid2 = (uint64_t)a0 * b1 + (uint32_t)mid;

    return (uint64_t)a1 * b1 + (mid >> 32) + (mid2 >> 32);
}

/* As mul_high, rounded up: plus 1 when the lower 64 bits are not all 0. */
static inline uint64_t mul_high_up(uint64_t a, uint64_t b)
{
    return mul_high(a, b) + (a * b != 0);
}

/* @a * @mul / @div without overflow of the product; @div > 0. Slow: boot. */
uint64_t mul_div(uint64_t a, uint32_t mul, uint32_t div);

#endif /* XEN_NUMBER_H */
