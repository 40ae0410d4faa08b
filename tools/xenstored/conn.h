/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client: bytes in, a request, bytes out.
 *
 * Layer: 6 of the tool. Uses ring.h, request.h.
 */
#ifndef CONN_H
#define CONN_H

#include "arena.h"

/* How long a request waits for room in another client's queue. */
#define WAIT_NS 20000000000ull

/*
 * Sends what waits, reads what came, handles at most one request. Returns
 * true when there is more to do now.
 */
bool conn_serve(struct store *s, uint32_t i);

/* The client broke the protocol: it is not listened to any more. */
void conn_refuse(struct store *s, uint32_t i, uint32_t why);

/* A stream is closed by either side: all it had goes away. */
void conn_close(struct store *s, uint32_t i);

/* The page of a former life's ring is there again: goes on where it was. */
void conn_resume(struct store *s, uint32_t i);

/* Whether a whole request is there. */
bool conn_has_request(const struct conn *c);

/* The domain behind a connection, and its slot. */
uint16_t conn_domid(const struct store *s, uint32_t i);
uint32_t conn_slot(const struct store *s, uint32_t i);

/* A field of the header of the request that is there: 0 type .. 3 length. */
uint32_t conn_field(const struct conn *c, uint32_t field);

#endif /* CONN_H */
