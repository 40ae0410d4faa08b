/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console ring: the last so many bytes of the log, addressed by how many
 * were written before them since boot (modulo 2^32).
 *
 * Layer: 4 (core). The console lock is held around all of it.
 */
#ifndef XEN_CONRING_H
#define XEN_CONRING_H

#include <stddef.h>
#include <stdint.h>

/* Append; the oldest text makes room. */
void conring_put(const char *s, size_t len);

/* As console_ring_read and console_ring_clear of xen/printk.h. */
size_t conring_read(uint32_t *index, char *buf, size_t size);
void conring_clear(uint32_t index);

/* Move to @buf of @size bytes, a power of two; the newest text comes along. */
void conring_move(char *buf, uint32_t size);

#endif /* XEN_CONRING_H */
