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

const char *symbol_find(uintptr_t va, uintptr_t end, uint32_t *offset,
                        uint32_t *size)
{
    uint32_t lo = 0, hi = symbol_nr;

    /* The last one at or below @va: lo - 1 at the end. */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (symbol_addrs[mid] <= va)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == 0 || va >= end)
        return NULL;

    *offset = (uint32_t)(va - symbol_addrs[lo - 1]);
    *size = (uint32_t)((lo < symbol_nr ? symbol_addrs[lo] : end) -
                       symbol_addrs[lo - 1]);
    return &symbol_names[symbol_name_offs[lo - 1]];
}

bool symbol_is_code(uintptr_t va)
{
    return (va >= (uintptr_t)_stext && va < (uintptr_t)_etext) ||
           (va >= (uintptr_t)__init_begin && va < (uintptr_t)__init_end);
}

void symbol_format(uintptr_t va, char *buf, size_t size)
{
    const char *end = va < (uintptr_t)_etext ? _etext : __init_end;
    uint32_t offset, length;
    const char *name;

    if (size == 0)
        return;
    buf[0] = '\0';
    if (!symbol_is_code(va))
        return;
    name = symbol_find(va, (uintptr_t)end, &offset, &length);
    if (name)
        xen_snprintf(buf, size, "%s+0x%x/0x%x", name, offset, length);
}
