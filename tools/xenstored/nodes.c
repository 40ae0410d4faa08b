/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes of nodes with what belongs to them.
 *
 * Nodes are counted for their owners in the tree that all see; what a
 * transaction makes is counted when it is committed.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, "Permissions".
 * Layer:  4 of the tool.
 */
#include <string.h>

#include "domain.h"
#include "nodes.h"
#include "perms.h"
#include "quota.h"
#include "tree.h"

uint32_t nodes_nearest(const struct store *s, uint32_t root, const char *path,
                       uint32_t len)
{
    while (len > 1 && !tree_find(s, root, path, len))
        len = path_parent(path, len);
    return len;
}

static uint32_t rights_at(struct store *s, const struct request *r,
                          uint32_t len)
{
    uint32_t i = tree_find(s, *r->root, r->path, len);

    return i ? perms_conn_rights(s, r->index, i) : 0;
}

/*
 * The rule for a missing node is: ENOENT when the nearest directory that
 * exists grants the right that was wanted, else EACCES. Who may list that
 * directory sees for himself that there is no such node, and is told so too.
 */
uint32_t nodes_get(struct store *s, struct request *r, uint32_t right,
                   enum xs_error *why)
{
    uint32_t i = tree_find(s, *r->root, r->path, r->path_len), rights;

    if (i) {
        *why = XE_ACCES;
        return (perms_conn_rights(s, r->index, i) & right) == right ? i : 0;
    }
    rights = rights_at(s, r, nodes_nearest(s, *r->root, r->path, r->path_len));
    *why = rights & (right | RIGHT_READ) ? XE_NOENT : XE_ACCES;
    return 0;
}

/* For who is introduced later: s->strangers. */
static void note_stranger(struct store *s, const char *path, uint32_t len,
                          uint32_t perms)
{
    uint16_t owner = perms_owner(s, perms);
    char home[HOME_MAX];
    uint32_t at;

    if (owner == s->h->options.priv_domid || domain_slot(s, owner))
        return;
    at = domain_home(owner, home);
    if (len < at || memcmp(path, home, at) || (len > at && path[at] != '/'))
        s->strangers |= 1ull << owner % 64;
}

static void count(struct store *s, const struct request *r, uint32_t perms,
                  int32_t sign)
{
    uint32_t slot = r->tx ? 0 : perms_owner_slot(s, perms);

    if (slot) {
        s->slot_now[slot].change += sign;
        s->op.counted = true;
    }
}

enum xs_error nodes_within(const struct store *s, const struct request *r)
{
    const struct slot_now *now = &s->slot_now[r->slot];
    int32_t nodes = (int32_t)now->nodes + now->change;

    if (r->priv || now->change <= 0 ||
        nodes <= (int32_t)(quota_of(s, r->slot, Q_NODES) & 0x7fffffff))
        return XE_OK;
    return XE_NOSPC;
}

static enum xs_error create_one(struct store *s, struct request *r,
                                const char *path, uint32_t len)
{
    uint32_t parent = path_parent(path, len);
    uint32_t up = tree_find(s, *r->root, path, parent);
    uint32_t perms = cell_ref(s, node_at(s, up)->link[LINK_PERMS]);

    if (!r->priv) {
        uint32_t own = perms_owned_by(s, perms, r->domid);

        if (node_size(s, up) + len - parent > quota_of(s, r->slot, Q_NODE_SIZE))
            return XE_NOSPC;
        cell_put(s, perms);
        perms = own;
    }
    count(s, r, perms, 1);
    note_stranger(s, path, len, perms);
    tree_add(s, r->root, path, len, perms);
    return nodes_within(s, r);
}

enum xs_error nodes_create(struct store *s, struct request *r, const char *path,
                           uint32_t len)
{
    uint32_t at = nodes_nearest(s, *r->root, path, len);
    enum xs_error rc = XE_OK;

    while (at < len && !rc) {
        at += at > 1;
        while (at < len && path[at] != '/')
            at++;
        rc = s->op.broken ? XE_NOMEM : create_one(s, r, path, at);
    }
    return rc;
}

void nodes_remove(struct store *s, struct request *r, const char *path,
                  uint32_t len)
{
    if (!r->tx)
        tree_count(s, tree_find(s, *r->root, path, len), -1);
    tree_remove(s, r->root, path, len);
}

enum xs_error nodes_write(struct store *s, struct request *r, const char *path,
                          uint32_t len, uint32_t blob, uint32_t value_len)
{
    uint32_t i = tree_find(s, *r->root, path, len);

    if (!r->priv && node_size(s, i) - node_at(s, i)->value_len + value_len >
                        quota_of(s, r->slot, Q_NODE_SIZE)) {
        cell_put(s, blob);
        return XE_NOSPC;
    }
    tree_set_value(s, r->root, path, len, blob, value_len);
    return XE_OK;
}

void nodes_set_perms(struct store *s, struct request *r, const char *path,
                     uint32_t len, uint32_t perms)
{
    uint32_t i = tree_find(s, *r->root, path, len);

    count(s, r, node_at(s, i)->link[LINK_PERMS], -1);
    count(s, r, perms, 1);
    note_stranger(s, path, len, perms);
    tree_set_perms(s, r->root, path, len, perms);
}
