/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text output: the hypervisor's console in a domain, PL011 on a bare board.
 *
 * Source: public/xen.h (CONSOLEIO_write); DDI 0183G 3.3.1, 3.3.3 (PL011).
 * Layer:  test guest.
 */
#include <stdarg.h>

#include <xen/printf.h>

#include "guest.h"
#include "hypercall.h"

#define UARTDR      0x00
#define UARTFR      0x18
#define UARTFR_TXFF (1u << 5)

void (*console_hook)(const char *text, size_t len);

void console_write(const char *text, size_t len)
{
    if (console_hook) {
        console_hook(text, len);
        return;
    }
    if (machine.xen) {
        hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, len,
                  (uintptr_t)text, 0, 0);
        return;
    }
    for (; machine.uart && len > 0; len--, text++) {
        while (read32(machine.uart + UARTFR) & UARTFR_TXFF)
            ;
        write32(machine.uart + UARTDR, (uint8_t)*text);
    }
}

void print(const char *fmt, ...)
{
    char text[256];
    va_list args;
    int len;

    va_start(args, fmt);
    len = xen_vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (len < 0)
        return;
    if ((size_t)len >= sizeof(text))
        len = sizeof(text) - 1;
    console_write(text, (size_t)len);
}
