/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From addresses to names.
 *
 * Layer: 4 (core).
 */
#include <xen/panic.h>
#include <xen/printf.h>
#include <xen/symbols.h>

extern char _stext[], _etext[], __init_begin[], __init_end[];

static uint32_t symbol_addr(uint32_t index)
{
    uint32_t block = 0;

    while (index >= symbol_blocks[block + 1])
        block++;
    return symbol_base + (block << 16) + symbol_lows[index];
}

/* Append the string behind @text to @s, whose name is @len long by now. */
static size_t append(struct symbol *s, size_t len, const uint8_t *text)
{
    for (; *text && len < sizeof(s->name) - 1; text++)
        s->name[len++] = (char)*text;
    return len;
}

static void name_read(uint32_t index, struct symbol *s)
{
    const uint8_t *code =
        &symbol_names[symbol_name_offs[index / SYMBOL_NAME_STEP]];
    size_t len = 0;

    for (uint32_t skip = index % SYMBOL_NAME_STEP; skip > 0; skip--) {
        while (*code++)
            ;
    }
    for (; *code; code++) {
        uint8_t letter[2] = { *code, 0 };
        const uint8_t *text = letter;

        if (*code >= SYMBOL_FIRST_TOKEN)
            text =
                &symbol_tokens[symbol_token_offs[*code - SYMBOL_FIRST_TOKEN]];
        len = append(s, len, text);
    }
    s->name[len] = '\0';
}

bool symbol_find(uintptr_t va, uintptr_t end, struct symbol *s)
{
    uint32_t lo = 0, hi = symbol_nr;

    /* The last one at or below @va: lo - 1 at the end. */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (symbol_addr(mid) <= va)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || va >= end)
        return false;

    name_read(lo - 1, s);
    s->offset = (uint32_t)va - symbol_addr(lo - 1);
    s->size = (lo < symbol_nr ? symbol_addr(lo) : (uint32_t)end) -
              symbol_addr(lo - 1);
    return true;
}

bool symbol_is_code(uintptr_t va)
{
    return (va >= (uintptr_t)_stext && va < (uintptr_t)_etext) ||
           (va >= (uintptr_t)__init_begin && va < (uintptr_t)__init_end);
}

void symbol_format(uintptr_t va, char *buf, size_t size)
{
    const char *end = va < (uintptr_t)_etext ? _etext : __init_end;
    struct symbol s;

    if (size == 0)
        return;
    buf[0] = '\0';
    if (!symbol_is_code(va))
        return;
    if (symbol_find(va, (uintptr_t)end, &s))
        xen_snprintf(buf, size, "%s+0x%x/0x%x", s.name, s.offset, s.size);
}
