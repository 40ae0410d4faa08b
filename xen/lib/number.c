/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers from text.
 *
 * Layer: 1 (lib). Tested on the host, unit/number.c.
 */
#include <stddef.h>

#include <xen/number.h>

/* Value of a digit in any base up to 16, or 16. */
static unsigned int digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned int)(c - '0');
    c |= 0x20; /* to lower case */
    if (c >= 'a' && c <= 'f')
        return (unsigned int)(c - 'a') + 10;
    return 16;
}

bool number_parse(const char *s, const char **end, uint64_t *value)
{
    unsigned int base = 10;
    uint64_t v = 0;

    *end = s;
    if (s[0] == '0' && (s[1] | 0x20) == 'x' && digit(s[2]) < 16) {
        base = 16;
        s += 2;
    } else if (s[0] == '0') {
        base = 8;
    } else if (digit(s[0]) >= 10) {
        return false;
    }

    for (; digit(*s) < base; s++)
        if (__builtin_mul_overflow(v, base, &v) ||
            __builtin_add_overflow(v, digit(*s), &v))
            return false;

    *end = s;
    *value = v;
    return true;
}

bool size_parse(const char *s, const char **end, uint64_t unit, uint64_t *value)
{
    uint64_t v;

    if (!number_parse(s, &s, &v))
        return false;

    switch (*s | 0x20) {
    case 'k':
        unit = 1u << 10;
        s++;
        break;
    case 'm':
        unit = 1u << 20;
        s++;
        break;
    case 'g':
        unit = 1u << 30;
        s++;
        break;
    default:
        break;
    }
    *end = s;
    return !__builtin_mul_overflow(v, unit, value);
}

uint64_t mul_div(uint64_t a, uint32_t mul, uint32_t div)
{
    /* a = q * div + r; r * mul fits, as both are below 2^32. */
    uint64_t q = a / div, r = a % div;

    return q * mul + r * mul / div;
}
