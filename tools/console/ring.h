/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console page that a guest shares, seen from domain 0. The guest writes
 * to it at any time: positions are read once, and those that cannot be are
 * told apart from an empty ring.
 *
 * Source: public/io/console.h. Layer: tool.
 */
#ifndef CONSOLE_RING_H
#define CONSOLE_RING_H

#include <sys/types.h>

#include <xen/io/console.h>

/* What the guest has written, up to @max bytes. -1: it broke the ring. */
ssize_t ring_take(struct xencons_interface *ring, char *to, size_t max);

/* Room for the guest's input, in bytes; 0 also when it broke the ring. */
size_t ring_room(const struct xencons_interface *ring);

/* At most ring_room() bytes for the guest. */
void ring_put(struct xencons_interface *ring, const char *from, size_t len);

#endif /* CONSOLE_RING_H */
