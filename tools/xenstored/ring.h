/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring page of a domain, as bytes that come and go.
 *
 * The page is the other side's to write to, at any time: it is believed in
 * nothing but how far that side has got, and not in that beyond 1024 bytes.
 *
 * Source: docs/reference/virq-xenstore.md 3.5.
 * Layer:  2 of the tool. Uses core.h.
 */
#ifndef RING_H
#define RING_H

#include "core.h"

/* ring.error */
enum ring_error {
    RING_ERROR_NONE,
    RING_ERROR_COMM,
    RING_ERROR_INDEXES,
    RING_ERROR_PROTOCOL
};

/* Copies up to @max bytes from index @cons on. -1: the indexes are broken. */
int ring_read(struct store_ring *p, uint32_t cons, uint8_t *to, uint32_t max);

/* Is there something behind index @cons? */
bool ring_waits(const struct store_ring *p, uint32_t cons);

/* Tells how far was read. */
void ring_consumed(struct store_ring *p, uint32_t cons);

/*
 * Copies up to @len bytes to index @prod on, and tells so. -1: the indexes
 * are broken. May be repeated with the same @prod.
 */
int ring_write(struct store_ring *p, uint32_t prod, const uint8_t *from,
               uint32_t len);

/* How far the page says that was written. */
uint32_t ring_produced(const struct store_ring *p);

/* An empty ring. */
void ring_reset(struct store_ring *p, uint32_t features);

/* The server is there. */
void ring_connected(struct store_ring *p);

/* Why the server does not listen any more. */
void ring_refuse(struct store_ring *p, enum ring_error why);

/* True when the other side wants to begin anew. */
bool ring_wants_reconnect(const struct store_ring *p);

#endif /* RING_H */
