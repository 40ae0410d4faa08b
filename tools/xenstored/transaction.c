/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions: a version of the tree of their own, and a log of what they
 * touched.
 *
 * At the end the log is held against the tree that all see. A node that was
 * read must have the generation that it had then; what was only written does
 * not conflict. The writes are repeated there: removals first, then the rest
 * from the oldest on, so that a directory is there before what is in it.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, "Transactions".
 * Layer:  5 of the tool.
 */
#include "nodes.h"
#include "perms.h"
#include "quota.h"
#include "transaction.h"
#include "tree.h"
#include "watch.h"

#define WRITES (TOUCH_VALUE | TOUCH_PERMS | TOUCH_CREATED)

static struct log *log_at(const struct store *s, uint32_t i)
{
    return &cell_at(s, i)->u.log;
}

struct tx *tx_find(struct store *s, uint32_t conn, uint32_t id)
{
    for (uint32_t i = 0; i < s->tx_top; i++) {
        if (s->txs[i].conn == conn + 1 && s->txs[i].id == id)
            return &s->txs[i];
    }
    return NULL;
}

enum xs_error tx_start(struct store *s, struct request *r, uint32_t *id)
{
    struct tx *t = NULL;
    uint32_t open = 0;

    for (uint32_t i = 0; i < s->tx_top; i++) {
        open += s->txs[i].conn == r->index + 1;
        if (!s->txs[i].conn && !t)
            t = &s->txs[i];
    }
    if (!t && s->tx_top < s->nr_txs)
        t = &s->txs[s->tx_top++];
    if (!t || open >= quota_of(s, r->slot, Q_TRANSACTIONS))
        return XE_NOSPC;
    *id = r->c->next_tx;
    do {
        *id = *id == 0x7fffffff ? 1 : *id + 1;
    } while (tx_find(s, r->index, *id));
    set(s, &r->c->next_tx, *id);
    set_ref(s, &t->root, cell_ref(s, s->op.root[ROOT_TREE]));
    set_ref(s, &t->log, 0);
    set(s, &t->entries, 0);
    set(s, &t->id, *id);
    set(s, &t->conn, r->index + 1);
    return XE_OK;
}

void tx_drop(struct store *s, struct tx *t)
{
    set(s, &t->conn, 0);
    set_ref(s, &t->root, 0);
    set_ref(s, &t->log, 0);
}

void tx_drop_all(struct store *s, uint32_t conn)
{
    for (uint32_t i = 0; i < s->tx_top; i++) {
        if (s->txs[i].conn == conn + 1)
            tx_drop(s, &s->txs[i]);
    }
}

void tx_init(struct store *s)
{
    for (uint32_t i = 0; i < s->nr_txs; i++) {
        if (s->txs[i].conn)
            s->tx_top = i + 1;
    }
}

/* --- the log ------------------------------------------------------------- */

static uint32_t hash_of(const char *path, uint32_t len)
{
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)path[i]) * 16777619u;
    return hash;
}

static struct log *log_find(const struct store *s, const struct tx *t,
                            const char *path, uint32_t len)
{
    uint32_t hash = hash_of(path, len);

    for (uint32_t i = t->log; i; i = log_at(s, i)->next) {
        if (log_at(s, i)->hash == hash &&
            blob_is(s, log_at(s, i)->path, path, len))
            return log_at(s, i);
    }
    return NULL;
}

/* True when @path lies in what the transaction itself removed. */
static bool removed_above(const struct store *s, const struct tx *t,
                          const char *path, uint32_t len)
{
    while (len > 1) {
        const struct log *l;

        len = path_parent(path, len);
        l = log_find(s, t, path, len);
        if (l && l->flags & TOUCH_REMOVED)
            return true;
    }
    return false;
}

static enum xs_error log_add(struct store *s, struct request *r,
                             const char *path, uint32_t len, uint32_t what)
{
    struct tx *t = r->tx;
    uint64_t gen = node_gen(s, tree_find(s, *r->root, path, len));
    uint32_t i;
    struct log *l;

    if (t->entries >= quota_of(s, r->slot, Q_TRANSACTION_NODES))
        return XE_NOSPC;
    i = cell_new(s, CELL_LOG, s->op.acct);
    l = log_at(s, i);
    l->next = cell_ref(s, t->log);
    l->flags = what;
    l->gen[0] = (uint32_t)gen;
    l->gen[1] = (uint32_t)(gen >> 32);
    l->hash = hash_of(path, len);
    l->path = blob_new(s, path, len);
    cell_at(s, i)->sum = cell_sum(cell_at(s, i));
    set_ref(s, &t->log, i);
    set(s, &t->entries, t->entries + 1);
    return XE_OK;
}

enum xs_error tx_touch(struct store *s, struct request *r, const char *path,
                       uint32_t len, uint32_t what)
{
    uint32_t was = what;
    struct log *l;

    if (!r->tx)
        return XE_OK;
    l = log_find(s, r->tx, path, len);
    /* What it reads of its own changes, nobody else can have changed. */
    if (what == TOUCH_READ && ((l && l->flags & (WRITES | TOUCH_REMOVED)) ||
                               removed_above(s, r->tx, path, len)))
        return XE_OK;
    if (!l)
        return log_add(s, r, path, len, what);
    what |= l->flags;
    if (was & (TOUCH_VALUE | TOUCH_PERMS) && !(was & TOUCH_IMPLIED))
        what &= ~(uint32_t)TOUCH_IMPLIED;
    set(s, &l->flags, what);
    return XE_OK;
}

/* --- the end ------------------------------------------------------------- */

static uint32_t log_path(struct store *s, const struct log *l)
{
    return blob_get(s, l->path, s->path2);
}

/* Whether all is as the transaction saw it. */
static enum xs_error still_true(struct store *s, struct request *r,
                                const struct tx *t)
{
    for (uint32_t i = t->log; i; i = log_at(s, i)->next) {
        const struct log *l = log_at(s, i);
        uint32_t len = log_path(s, l);
        uint32_t now = tree_find(s, *r->root, s->path2, len);
        uint32_t nearest;

        if (l->flags & TOUCH_READ && node_gen(s, now) != pair(l->gen))
            return XE_AGAIN;
        if (l->flags & TOUCH_NEED && !now && !(l->flags & TOUCH_CREATED) &&
            tree_find(s, t->root, s->path2, len))
            return XE_AGAIN;
        /* Permissions are set on what is there. */
        if (!now && (l->flags & (WRITES | TOUCH_REMOVED)) == TOUCH_PERMS)
            return XE_AGAIN;
        if (r->priv || !(l->flags & (WRITES | TOUCH_REMOVED)))
            continue;
        /* Rights may have been taken away meanwhile. */
        nearest = nodes_nearest(s, *r->root, s->path2, len);
        now = tree_find(s, *r->root, s->path2, nearest);
        if (!(perms_conn_rights(s, r->index, now) & RIGHT_WRITE))
            return XE_AGAIN;
    }
    return XE_OK;
}

static enum xs_error repeat_removal(struct store *s, struct request *r,
                                    uint32_t len)
{
    uint32_t before = *r->root;
    enum xs_error rc;

    if (!tree_find(s, before, s->path2, len))
        return XE_OK;
    cell_ref(s, before);
    nodes_remove(s, r, s->path2, len);
    rc = watch_fire(s, before, *r->root, s->path2, len, true);
    cell_put(s, before);
    return rc;
}

static enum xs_error repeat_write(struct store *s, struct request *r,
                                  const struct tx *t, uint32_t flags,
                                  uint32_t len)
{
    uint32_t from = tree_find(s, t->root, s->path2, len);
    uint32_t before = cell_ref(s, *r->root);
    const struct node *n = node_at(s, from);
    enum xs_error rc = XE_OK;

    /* What was made for something below it, others may have made as well. */
    if (flags & TOUCH_IMPLIED && tree_find(s, before, s->path2, len))
        from = 0;
    if (from)
        rc = nodes_create(s, r, s->path2, len);
    if (from && !rc && flags & (TOUCH_VALUE | TOUCH_CREATED))
        rc = nodes_write(s, r, s->path2, len, cell_ref(s, n->link[LINK_VALUE]),
                         n->value_len);
    if (from && !rc && flags & (TOUCH_PERMS | TOUCH_CREATED))
        nodes_set_perms(s, r, s->path2, len, cell_ref(s, n->link[LINK_PERMS]));
    if (from && !rc && !(flags & TOUCH_IMPLIED))
        rc = watch_fire(s, before, *r->root, s->path2, len, false);
    cell_put(s, before);
    return rc;
}

enum xs_error tx_apply(struct store *s, struct request *r, struct tx *t)
{
    enum xs_error rc = still_true(s, r, t);
    uint32_t first = 0;

    for (uint32_t i = t->log; i && !rc; i = log_at(s, i)->next) {
        if (log_at(s, i)->flags & TOUCH_REMOVED)
            rc = repeat_removal(s, r, log_path(s, log_at(s, i)));
        cell_at(s, i)->link = first;
        first = i;
    }
    for (uint32_t i = first; i && !rc; i = cell_at(s, i)->link) {
        uint32_t flags = log_at(s, i)->flags;

        if (flags & WRITES)
            rc = repeat_write(s, r, t, flags, log_path(s, log_at(s, i)));
    }
    return rc ? rc : nodes_within(s, r);
}
