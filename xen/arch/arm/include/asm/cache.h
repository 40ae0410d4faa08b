/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cache maintenance by address to the point of coherency, and what is needed
 * for code that was written as data.
 *
 * Source: ARM DDI 0406C.c B2.2, B4.2.1. Layer: 2 (cpu).
 * Loops count bytes and cannot wrap at the end of the address space.
 */
#ifndef ASM_CACHE_H
#define ASM_CACHE_H

#include <stddef.h>
#include <stdint.h>

#define CACHE_LINE 64u /* Cortex-A15 and A7; cpu_init checks CTR */

/* Clean: memory then has what the cache had. Ends with DSB SY. */
void cache_clean_range(const void *va, size_t len);
/* Clean and invalidate. Ends with DSB SY. */
void cache_clean_inv_range(const void *va, size_t len);
/* All instruction caches of the inner shareable domain, and predictors. */
void cache_inv_icache_all(void);
/* This CPU: clean and invalidate all data cache levels by set and way. */
void cache_clean_inv_all_local(void);

#endif /* ASM_CACHE_H */
