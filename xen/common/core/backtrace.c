/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Backtrace by frame pointers. GCC (-marm -fno-omit-frame-pointer) makes
 *     push {..., fp, lr}; add fp, sp, #n   [fp] = lr, [fp, #-4] = caller's fp
 * and in a function that calls nobody
 *     push {fp}; add fp, sp, #0            [fp] = caller's fp
 * which differ in whether [fp] points into the text. Observed with GCC 12.2
 * on 2026-11-21.
 *
 * Nothing is believed: each word is read only where Hyp memory is mapped,
 * and frames must lead upwards within one stack.
 * Layer: 4 (core).
 */
#include <xen/hyp_map.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/symbols.h>

#define FRAMES_MAX 32u

/* The word at @va, if it may be one of a stack whose part is at @base. */
static bool stack_read(uintptr_t va, uintptr_t base, uintptr_t *word)
{
    if (va < base || va - base >= STACK_PAGES * PAGE_SIZE ||
        va % sizeof(*word) != 0 || va_to_pa((const void *)va) == INVALID_PADDR)
        return false;
    *word = *(const uintptr_t *)va;
    return true;
}

static void line_print(unsigned int nr, uintptr_t pc)
{
    char name[96];

    symbol_format(pc, name, sizeof(name));
    printk(LOG_ALWAYS, "  #%u [<%08x>] %s\n", nr, (unsigned int)pc, name);
}

void backtrace_print(uintptr_t fp, uintptr_t pc)
{
    uintptr_t base = fp > 8 ? fp - 8 : 0;
    unsigned int nr = 0;

    printk(LOG_ALWAYS, "Xen call trace:\n");
    line_print(nr++, pc);
    while (nr < FRAMES_MAX) {
        uintptr_t first, next;

        if (!stack_read(fp, base, &first))
            break;
        if (symbol_is_code(first)) {
            /* The call, not the instruction it returns to. */
            line_print(nr++, first - 4);
            if (!stack_read(fp - 4, base, &next))
                break;
        } else {
            next = first;
        }
        if (next <= fp)
            break;
        fp = next;
    }
}
