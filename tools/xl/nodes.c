/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See nodes.h.
 *
 * Source: nodes.h. Layer: tool.
 */
#include <stdarg.h>
#include <string.h>

#include "nodes.h"

void nodes_begin(struct nodes *n, struct xl *x, uint32_t domid)
{
    *n = (struct nodes){ .x = x, .domid = domid };
}

void nodes_start(struct nodes *n)
{
    n->t = xs_transaction_start(n->x->xs);
    n->failed = n->t == XBT_NULL;
    snprintf(n->path, sizeof(n->path), "xs_transaction_start");
}

static void put(struct nodes *n, enum node_rights rights, const char *value)
{
    struct xs_permissions perms[2] = { { .id = 0, .perms = XS_PERM_NONE } };
    unsigned int nr = 1;

    if (rights == NODE_READ) {
        perms[1].id = n->domid;
        perms[1].perms = XS_PERM_READ;
        nr = 2;
    } else if (rights != NODE_OURS) {
        perms[0].id = n->domid;
        perms[1].perms = XS_PERM_READ;
        nr = rights == NODE_SHARED ? 2 : 1;
    }
    n->failed = !xs_write(n->x->xs, n->t, n->path, value,
                          (unsigned int)strlen(value)) ||
                !xs_set_permissions(n->x->xs, n->t, n->path, perms, nr);
}

void node(struct nodes *n, enum node_rights rights, const char *value,
          const char *path_fmt, ...)
{
    va_list al;

    if (n->failed)
        return;
    va_start(al, path_fmt);
    vsnprintf(n->path, sizeof(n->path), path_fmt, al);
    va_end(al);
    put(n, rights, value);
}

void node_number(struct nodes *n, enum node_rights rights, long long value,
                 const char *path_fmt, ...)
{
    char text[24];
    va_list al;

    if (n->failed)
        return;
    snprintf(text, sizeof(text), "%lld", value);
    va_start(al, path_fmt);
    vsnprintf(n->path, sizeof(n->path), path_fmt, al);
    va_end(al);
    put(n, rights, text);
}

int nodes_end(struct nodes *n)
{
    if (n->failed) {
        fail(n->x, n->domid, n->path,
             "the store has refused it: is it the "
             "one of this host, and has it room?");
        if (n->t != XBT_NULL)
            xs_transaction_end(n->x->xs, n->t, true);
        return NODES_FAILED;
    }
    if (xs_transaction_end(n->x->xs, n->t, false))
        return NODES_OK;
    if (errno == EAGAIN)
        return NODES_AGAIN;
    return fail(n->x, n->domid, "xs_transaction_end", NULL);
}
