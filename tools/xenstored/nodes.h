/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes of nodes with what belongs to them: ownership, quota, inheritance.
 *
 * All are called inside of an op, on *r->root.
 *
 * Layer: 4 of the tool. Uses tree.h, perms.h and quota.h.
 */
#ifndef NODES_H
#define NODES_H

#include "arena.h"

/* Length of the longest prefix of @path that exists; at least 1. */
uint32_t nodes_nearest(const struct store *s, uint32_t root, const char *path,
                       uint32_t len);

/*
 * The node of r->path, when it is there and the caller has @right. Otherwise
 * 0 and *why: XE_NOENT or XE_ACCES, so chosen that nobody learns of the
 * existence of nodes that he may not see.
 */
uint32_t nodes_get(struct store *s, struct request *r, uint32_t right,
                   enum xs_error *why);

/*
 * Makes the node of @path with all that is missing above it. The caller has
 * checked rights. Returns XE_OK or XE_NOSPC, then part may have been made.
 */
enum xs_error nodes_create(struct store *s, struct request *r, const char *path,
                           uint32_t len);

/* Removes @path (not "/") with all below. */
void nodes_remove(struct store *s, struct request *r, const char *path,
                  uint32_t len);

/* Sets the value; XE_NOSPC when the node gets too large for the caller. */
enum xs_error nodes_write(struct store *s, struct request *r, const char *path,
                          uint32_t len, uint32_t blob, uint32_t value_len);

/* Sets the permissions; takes over @perms. */
void nodes_set_perms(struct store *s, struct request *r, const char *path,
                     uint32_t len, uint32_t perms);

/* XE_NOSPC when the open op leaves the caller with too many nodes. */
enum xs_error nodes_within(const struct store *s, const struct request *r);

#endif /* NODES_H */
