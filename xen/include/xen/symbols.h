/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of functions that tools/dev/gen-symbols.py links into the image.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ascending; symbol_nr of each. */
extern const uint32_t symbol_addrs[], symbol_name_offs[];
extern const uint32_t symbol_nr;
extern const char symbol_names[];

/* In the text, or in .init (which is unmapped after boot). */
bool symbol_is_code(uintptr_t va);

/*
 * The function that contains @va: its name, the offset into it and its size
 * (up to the next function). NULL when @va is before the first or, with
 * @end as the end of the text, not before @end.
 */
const char *symbol_find(uintptr_t va, uintptr_t end, uint32_t *offset,
                        uint32_t *size);

#endif /* XEN_SYMBOLS_H */
