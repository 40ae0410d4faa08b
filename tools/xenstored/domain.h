/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The domains that have a connection: introduced, watched over, released.
 *
 * Layer: 5 of the tool. Uses watch.h, transaction.h and conn.h.
 */
#ifndef DOMAIN_H
#define DOMAIN_H

#include "arena.h"

/* The slot of a guest's domid; 0 when it is not connected. */
uint32_t domain_slot(const struct store *s, uint16_t domid);

/* Writes "/local/domain/N", without a NUL, to @path; its length. */
#define HOME_MAX 24u
uint32_t domain_home(uint16_t domid, char *path);

/*
 * Connects a domain. On XE_OK an op is open, which the caller commits and
 * then calls domain_greet(). Otherwise none is, and nothing has changed.
 */
enum xs_error domain_introduce(struct store *s, uint16_t domid, uint32_t gfn,
                               uint32_t port);

/* Tells a domain that was connected, through its ring page. */
void domain_greet(struct store *s, uint32_t slot);

/*
 * Takes a domain's connection, watches, transactions and nodes away, with
 * its rights everywhere; all of it may be begun again after a crash. At the
 * end an op is open in which the slot is free; the caller commits it.
 */
void domain_destroy(struct store *s, uint32_t slot);

/* Looks whether the domain of @slot has shut down or is gone. */
void domain_check(struct store *s, uint32_t slot);

/* Takes up what a former life of the store had connected. */
void domain_resume(struct store *s);

/* Empties a connection: indexes, buffers, events, watches, transactions. */
void domain_conn_reset(struct store *s, uint32_t conn, uint32_t kind);

/* Drops all watches and transactions of @conn, in ops of its own. */
void domain_conn_drop(struct store *s, uint32_t conn);

#endif /* DOMAIN_H */
