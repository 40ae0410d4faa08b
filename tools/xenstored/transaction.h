/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions.
 *
 * All functions are called inside of an op.
 *
 * Layer: 5 of the tool. Uses nodes.h and watch.h.
 */
#ifndef TRANSACTION_H
#define TRANSACTION_H

#include "arena.h"

/* What a transaction did with a path. */
enum touch {
    TOUCH_READ = 1,  /* saw it, before changing it itself           */
    TOUCH_NEED = 2,  /* made something below: it has to be there    */
    TOUCH_VALUE = 4, /* wrote the value                             */
    TOUCH_PERMS = 8, /* set the permissions                         */
    TOUCH_CREATED = 16,
    TOUCH_REMOVED = 32, /* with all that was below                    */
    TOUCH_IMPLIED = 64, /* made only because of what is below         */
};

/* The open transaction @id of conn @conn, or NULL. */
struct tx *tx_find(struct store *s, uint32_t conn, uint32_t id);

/* Opens one; *id tells which. XE_NOSPC. */
enum xs_error tx_start(struct store *s, struct request *r, uint32_t *id);

/*
 * Remembers what r->tx is about to do with a path; nothing to do without a
 * transaction. Call it before the tree is changed. XE_NOSPC.
 */
enum xs_error tx_touch(struct store *s, struct request *r, const char *path,
                       uint32_t len, uint32_t what);

/*
 * Repeats the changes of @t on the tree of the open op, and fires watches.
 * XE_AGAIN when what it saw has changed; XE_NOSPC, XE_WAIT.
 */
enum xs_error tx_apply(struct store *s, struct request *r, struct tx *t);

/* Closes it, without effect on the tree. */
void tx_drop(struct store *s, struct tx *t);

/* Closes all of @conn's. */
void tx_drop_all(struct store *s, uint32_t conn);

/* After store_attach(): finds out which are open. */
void tx_init(struct store *s);

#endif /* TRANSACTION_H */
