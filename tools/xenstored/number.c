/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decimal numbers as text.
 *
 * Layer: 1 of the tool.
 */
#include "number.h"

bool number_parse(const char *text, uint32_t len, uint32_t *number)
{
    uint64_t n = 0;

    if (len == 0 || len > 10)
        return false;
    for (uint32_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (uint32_t)(text[i] - '0');
    }
    *number = (uint32_t)n;
    return n <= UINT32_MAX;
}

uint32_t number_text64(uint64_t n, char *to)
{
    char tmp[20];
    uint32_t len = 0;

    do {
        tmp[len++] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    for (uint32_t i = 0; i < len; i++)
        to[i] = tmp[len - 1 - i];
    return len;
}

uint32_t number_text(uint32_t n, char *to)
{
    return number_text64(n, to);
}
