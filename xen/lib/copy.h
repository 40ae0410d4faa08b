/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between string.c and copy.S: copies and fills of whole blocks.
 *
 * Layer: 1 (lib). On the host the unit test brings these three in C.
 */
#ifndef XEN_LIB_COPY_H
#define XEN_LIB_COPY_H

#include <stddef.h>
#include <stdint.h>

#define BLOCK 32u /* bytes */

/*
 * Copy upward, each block read whole before it is written. @dst is
 * word-aligned; so is @src, except for copy_blocks_unaligned, whose
 * @blocks is not 0.
 */
void copy_blocks(void *dst, const void *src, size_t blocks);
void copy_blocks_unaligned(void *dst, const void *src, size_t blocks);

/* @dst is word-aligned. */
void fill_blocks(void *dst, uint32_t word, size_t blocks);

#endif /* XEN_LIB_COPY_H */
