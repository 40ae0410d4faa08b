/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requests about nodes.
 *
 * Source: docs/reference/virq-xenstore.md 3.4.
 * Layer:  6 of the tool.
 */
#include <string.h>

#include "nodes.h"
#include "number.h"
#include "perms.h"
#include "quota.h"
#include "request.h"
#include "transaction.h"
#include "tree.h"
#include "watch.h"

/* The one argument of most requests: a path and nothing behind it. */
static enum xs_error only_path(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, false);

    return rc || !r->rest_len ? rc : XE_INVAL;
}

/* A node to read; what a transaction sees is remembered, also if nothing. */
static enum xs_error read_node(struct store *s, struct request *r, uint32_t *i)
{
    enum xs_error why, rc;

    *i = nodes_get(s, r, RIGHT_READ, &why);
    if (!*i && why != XE_NOENT)
        return why;
    rc = tx_touch(s, r, r->path, r->path_len, TOUCH_READ);
    if (rc)
        return rc;
    return *i ? XE_OK : XE_NOENT;
}

/*
 * What a transaction saw of a node that is missing is worth keeping though
 * the request fails: it is committed before the failure is told.
 */
static enum xs_error keep_touch(struct store *s, struct request *r,
                                enum xs_error rc)
{
    if (rc != XE_NOENT || !r->tx || s->op.broken)
        return rc;
    if (commit(s))
        begin(s, r->slot);
    return rc;
}

enum xs_error run_directory(struct store *s, struct request *r)
{
    enum xs_error rc = only_path(s, r);
    uint32_t i;
    bool all;

    if (rc)
        return rc;
    rc = read_node(s, r, &i);
    if (rc)
        return keep_touch(s, r, rc);
    r->reply = tree_list(s, i, 0, r->c->out + MESSAGE_HEADER, PAYLOAD_MAX,
                         &all);
    return all ? XE_OK : XE_2BIG;
}

enum xs_error run_directory_part(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, false);
    uint32_t i, offset = 0;
    char gen[24];
    bool all;

    if (!rc)
        rc = arg_number(r, UINT32_MAX, &offset);
    if (rc || r->rest_len)
        return rc ? rc : XE_INVAL;
    rc = read_node(s, r, &i);
    if (rc)
        return keep_touch(s, r, rc);
    gen[number_text64(node_gen(s, i), gen)] = '\0';
    rc = reply_text(r, gen);
    /* A byte is left for the empty name that ends the last part. */
    r->reply += tree_list(s, i, offset, r->c->out + MESSAGE_HEADER + r->reply,
                          PAYLOAD_MAX - r->reply - 1, &all);
    return rc || !all ? rc : reply_add(r, "", 1);
}

enum xs_error run_read(struct store *s, struct request *r)
{
    enum xs_error rc = only_path(s, r);
    uint32_t i;

    if (rc)
        return rc;
    rc = read_node(s, r, &i);
    if (rc)
        return keep_touch(s, r, rc);
    r->reply = blob_get(s, node_at(s, i)->link[LINK_VALUE],
                        r->c->out + MESSAGE_HEADER);
    return XE_OK;
}

enum xs_error run_get_perms(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, true);
    uint32_t i;

    if (rc || r->rest_len)
        return rc ? rc : XE_INVAL;
    if (r->path[0] == '@') {
        i = s->op.root[special_root(r->path, r->path_len)];
        if (!(perms_conn_rights(s, r->index, i) & RIGHT_READ))
            return XE_ACCES;
    } else {
        rc = read_node(s, r, &i);
        if (rc)
            return keep_touch(s, r, rc);
    }
    r->reply = perms_text(s, node_at(s, i)->link[LINK_PERMS],
                          r->c->out + MESSAGE_HEADER, PAYLOAD_MAX);
    return r->reply ? XE_OK : XE_2BIG;
}

/* Notes all nodes that have to be made for r->path, and makes them. */
static enum xs_error make(struct store *s, struct request *r, uint32_t what)
{
    uint32_t at = nodes_nearest(s, *r->root, r->path, r->path_len);
    enum xs_error rc = tx_touch(s, r, r->path, at, TOUCH_NEED);

    while (at < r->path_len && !rc && r->tx) {
        uint32_t how = TOUCH_CREATED | what;

        at += at > 1;
        while (at < r->path_len && r->path[at] != '/')
            at++;
        if (at < r->path_len)
            how = TOUCH_CREATED | TOUCH_IMPLIED;
        rc = tx_touch(s, r, r->path, at, how);
    }
    return rc ? rc : nodes_create(s, r, r->path, r->path_len);
}

/* The node of r->path, made if it is missing and the caller may. */
static enum xs_error get_or_make(struct store *s, struct request *r,
                                 uint32_t what, bool *made)
{
    enum xs_error why;
    uint32_t len, near;

    *made = false;
    if (nodes_get(s, r, RIGHT_WRITE, &why))
        return XE_OK;
    len = nodes_nearest(s, *r->root, r->path, r->path_len);
    if (len == r->path_len)
        return XE_ACCES;
    near = tree_find(s, *r->root, r->path, len);
    if (!(perms_conn_rights(s, r->index, near) & RIGHT_WRITE))
        return why;
    *made = true;
    return make(s, r, what);
}

/* Fires the watches of a change, unless a transaction keeps it for later. */
static enum xs_error fire(struct store *s, const struct request *r,
                          uint32_t before, bool below)
{
    if (r->tx)
        return XE_OK;
    return watch_fire(s, before, *r->root, r->path, r->path_len, below);
}

static enum xs_error write_it(struct store *s, struct request *r,
                              uint32_t before)
{
    enum xs_error rc;
    uint32_t blob, parent;
    bool made;

    rc = get_or_make(s, r, TOUCH_VALUE, &made);
    if (!rc && !made) {
        parent = path_parent(r->path, r->path_len);
        rc = tx_touch(s, r, r->path, r->path_len, TOUCH_VALUE);
        if (!rc)
            rc = tx_touch(s, r, r->path, parent, TOUCH_NEED);
    }
    if (rc)
        return rc;
    blob = blob_new(s, r->rest, r->rest_len);
    rc = nodes_write(s, r, r->path, r->path_len, blob, r->rest_len);
    return rc ? rc : fire(s, r, before, false);
}

enum xs_error run_write(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, false);
    uint32_t before = cell_ref(s, *r->root);

    if (!rc)
        rc = write_it(s, r, before);
    cell_put(s, before);
    return rc ? rc : reply_text(r, "OK");
}

enum xs_error run_mkdir(struct store *s, struct request *r)
{
    enum xs_error rc = only_path(s, r);
    uint32_t before = cell_ref(s, *r->root);
    bool made = false;

    if (!rc)
        rc = get_or_make(s, r, 0, &made);
    if (!rc && made)
        rc = fire(s, r, before, false);
    else if (!rc)
        rc = tx_touch(s, r, r->path, r->path_len, TOUCH_READ);
    cell_put(s, before);
    return rc ? rc : reply_text(r, "OK");
}

static enum xs_error rm_it(struct store *s, struct request *r, uint32_t before)
{
    uint32_t parent = path_parent(r->path, r->path_len);
    enum xs_error why, rc;

    if (r->path_len == 1)
        return XE_INVAL;
    if (!nodes_get(s, r, RIGHT_WRITE, &why)) {
        if (why != XE_NOENT)
            return why;
        /* Nothing to remove is fine, where it could have been. */
        return tree_find(s, *r->root, r->path, parent) ? XE_OK : XE_NOENT;
    }
    rc = tx_touch(s, r, r->path, parent, TOUCH_NEED);
    if (!rc)
        rc = tx_touch(s, r, r->path, r->path_len, TOUCH_REMOVED);
    if (rc)
        return rc;
    nodes_remove(s, r, r->path, r->path_len);
    return fire(s, r, before, true);
}

enum xs_error run_rm(struct store *s, struct request *r)
{
    enum xs_error rc = only_path(s, r);
    uint32_t before = cell_ref(s, *r->root);

    if (!rc)
        rc = rm_it(s, r, before);
    cell_put(s, before);
    return rc ? rc : reply_text(r, "OK");
}

static enum xs_error set_special(struct store *s, struct request *r)
{
    enum root special = special_root(r->path, r->path_len);
    enum xs_error rc;
    uint32_t perms;

    if (!r->priv)
        return XE_ACCES;
    rc = perms_parse(s, r->rest, r->rest_len, &perms);
    if (!rc)
        tree_set_perms(s, &s->op.root[special], "/", 1, perms);
    return rc ? rc : reply_text(r, "OK");
}

static uint32_t words(const struct request *r)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->rest_len; i++)
        n += r->rest[i] == '\0';
    return n;
}

/* Who owns may change; a guest may not give its nodes away. */
static enum xs_error set_node_perms(struct store *s, struct request *r,
                                    uint32_t before)
{
    enum xs_error why, rc;
    uint32_t perms, i = nodes_get(s, r, RIGHT_OWNER, &why);

    if (!i)
        return why;
    rc = perms_parse(s, r->rest, r->rest_len, &perms);
    if (rc)
        return rc;
    if (!r->priv && perms_owner(s, perms) !=
                        perms_owner(s, node_at(s, i)->link[LINK_PERMS])) {
        cell_put(s, perms);
        return XE_ACCES;
    }
    rc = tx_touch(s, r, r->path, r->path_len, TOUCH_PERMS);
    if (rc) {
        cell_put(s, perms);
        return rc;
    }
    nodes_set_perms(s, r, r->path, r->path_len, perms);
    return fire(s, r, before, false);
}

enum xs_error run_set_perms(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, true);
    uint32_t before;

    if (rc)
        return rc;
    if (words(r) > quota_of(s, r->slot, Q_NODE_PERMS))
        return XE_NOSPC;
    if (r->path[0] == '@')
        return set_special(s, r);
    before = cell_ref(s, *r->root);
    rc = set_node_perms(s, r, before);
    cell_put(s, before);
    return rc ? rc : reply_text(r, "OK");
}
