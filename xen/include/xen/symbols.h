/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of functions that tools/dev/gen-symbols.py links into the image.
 * It is packed, as it is a tenth of the image and read only when something
 * went wrong.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_SYMBOLS_H
#define XEN_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYMBOL_NAME_STEP   16u   /* symbol_name_offs has every 16th name    */
#define SYMBOL_FIRST_TOKEN 0x80u /* bytes of names from here up are tokens  */

extern const uint32_t symbol_nr, symbol_base;
/* First symbol in each 64 KiB from symbol_base on; the last is symbol_nr. */
extern const uint16_t symbol_blocks[];
extern const uint16_t symbol_lows[]; /* low half of each address, ascending */
extern const uint16_t symbol_name_offs[], symbol_token_offs[];
extern const uint8_t symbol_names[], symbol_tokens[];

struct symbol {
    char name[48];
    uint32_t offset; /* of the address that was looked for, in it          */
    uint32_t size;   /* up to the next function                            */
};

/* In the text, or in .init (which is unmapped after boot). */
bool symbol_is_code(uintptr_t va);

/*
 * The function that contains @va. False when @va is before the first or,
 * with @end as the end of the text, not before @end.
 */
bool symbol_find(uintptr_t va, uintptr_t end, struct symbol *s);

#endif /* XEN_SYMBOLS_H */
