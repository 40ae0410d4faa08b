/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See nodes.h.
 *
 * Source: nodes.h. Layer: tool.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
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
    n->nr_folders = 0;
    snprintf(n->path, sizeof(n->path), "xs_transaction_start");
}

/* The folder that n->path is in, the innermost of those known; or NULL. */
static struct folder *inside(struct nodes *n)
{
    struct folder *in = NULL;
    size_t longest = 0;

    if (n->nr_folders > FOLDERS)
        return NULL;
    for (unsigned int i = 0; i < n->nr_folders; i++) {
        size_t len = strlen(n->folder[i].path);

        if (len > longest && n->path[len] == '/' &&
            !strncmp(n->path, n->folder[i].path, len)) {
            in = &n->folder[i];
            longest = len;
        }
    }
    return in;
}

static void remember(struct nodes *n, enum node_rights rights)
{
    struct folder *f;

    if (n->nr_folders >= FOLDERS) {
        n->nr_folders = FOLDERS + 1;
        return;
    }
    f = &n->folder[n->nr_folders++];
    snprintf(f->path, sizeof(f->path), "%s", n->path);
    f->rights = rights;
}

static bool set_rights(struct nodes *n, enum node_rights rights)
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
    return xs_set_permissions(n->x->xs, n->t, n->path, perms, nr);
}

static void put(struct nodes *n, enum node_rights rights, const char *value)
{
    struct folder *in = inside(n);
    bool same = in && in->rights == rights;

    n->failed = !xs_write(n->x->xs, n->t, n->path, value,
                          (unsigned int)strlen(value)) ||
                (!same && !set_rights(n, rights));
    /* For what comes below it. */
    if (in && !same)
        remember(n, rights);
}

void node_new(struct nodes *n, enum node_rights rights, const char *path_fmt,
              ...)
{
    va_list al;

    if (n->failed)
        return;
    va_start(al, path_fmt);
    vsnprintf(n->path, sizeof(n->path), path_fmt, al);
    va_end(al);
    /* Without what it would be in it is not there either. */
    n->failed = !xs_rm(n->x->xs, n->t, n->path) && errno != ENOENT;
    if (n->failed)
        return;
    put(n, rights, "");
    remember(n, rights);
}

void node_below(struct nodes *n, enum node_rights rights, const char *path_fmt,
                ...)
{
    va_list al;

    if (n->failed)
        return;
    va_start(al, path_fmt);
    vsnprintf(n->path, sizeof(n->path), path_fmt, al);
    va_end(al);
    remember(n, rights);
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
