/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decimal numbers as text.
 *
 * Layer: 1 of the tool; stands alone.
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Parses @len characters, all of them digits, at least one, below 2^32. */
bool number_parse(const char *text, uint32_t len, uint32_t *number);

/* Writes @n to @to (room for 10), without a NUL; returns the length. */
uint32_t number_text(uint32_t n, char *to);

/* The same for 64 bits (room for 20). */
uint32_t number_text64(uint64_t n, char *to);

#endif /* NUMBER_H */
