/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libfdt.h needs from its environment, for a freestanding build. The
 * package's own libfdt_env.h wants a hosted C library.
 *
 * Source: libfdt's documented porting interface. Layer: 1 (lib).
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/string.h>

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

static inline uint16_t fdt16_to_cpu(fdt16_t x)
{
    return __builtin_bswap16(x);
}

static inline uint32_t fdt32_to_cpu(fdt32_t x)
{
    return __builtin_bswap32(x);
}

static inline uint64_t fdt64_to_cpu(fdt64_t x)
{
    return __builtin_bswap64(x);
}

#define cpu_to_fdt16(x_) fdt16_to_cpu(x_)
#define cpu_to_fdt32(x_) fdt32_to_cpu(x_)
#define cpu_to_fdt64(x_) fdt64_to_cpu(x_)

#endif /* LIBFDT_ENV_H */
