/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatting into a buffer. Knows the standard conversions
 * d i u x X o c s p % with flags "-0 +#", width, precision and the lengths
 * hh h l ll z; no floating point and none of our structs.
 *
 * Source: ISO C11 7.21.6.1. Layer: 1 (lib). No locks, no allocation.
 */
#ifndef XEN_PRINTF_H
#define XEN_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

#include <xen/compiler.h>

/*
 * Write at most @size bytes including the terminating zero (none when @size
 * is 0). Returns the length the whole text would have had.
 */
int xen_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
    printf_like(3, 0);
int xen_snprintf(char *buf, size_t size, const char *fmt, ...)
    printf_like(3, 4);

#endif /* XEN_PRINTF_H */
