/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What libfdt.h needs from its environment, for a program with a C library.
 * The hypervisor has one of its own.
 *
 * Source: libfdt's documented porting interface. Layer: tools, library.
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <endian.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

#define fdt16_to_cpu(x_) be16toh(x_)
#define fdt32_to_cpu(x_) be32toh(x_)
#define fdt64_to_cpu(x_) be64toh(x_)
#define cpu_to_fdt16(x_) htobe16(x_)
#define cpu_to_fdt32(x_) htobe32(x_)
#define cpu_to_fdt64(x_) htobe64(x_)

#endif /* LIBFDT_ENV_H */
