/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes many nodes of the store in one transaction, with their rights.
 *
 *     nodes_begin(&n, x, domid);
 *     do {
 *         nodes_start(&n);
 *         node_new(&n, NODE_READ, "/local/domain/%u", domid);
 *         node(&n, NODE_READ, "one", "/local/domain/%u/name", domid);
 *     } while (nodes_end(&n) == NODES_AGAIN);
 *
 * A node begins with the rights of the one above it: for those that want the
 * same as a folder which is known to be new, nobody is asked to set them.
 *
 * Source: what Xen 4.17's libxl leaves in the store. Layer: tool.
 */
#ifndef XL_NODES_H
#define XL_NODES_H

#include "xl.h"

enum node_rights {
    NODE_OURS,   /* domain 0 only */
    NODE_READ,   /* domain 0's, the guest may read it */
    NODE_GUEST,  /* the guest's own */
    NODE_SHARED, /* the guest's own, domain 0 may read it */
};

#define NODE_PATH 256u
#define FOLDERS   48u

struct nodes {
    struct xl *x;
    uint32_t domid;
    xs_transaction_t t;
    bool failed;
    char path[NODE_PATH]; /* that has failed, for the message */
    unsigned int nr_folders;
    struct folder {
        char path[NODE_PATH];
        enum node_rights rights;
    } folder[FOLDERS]; /* whose new children have these rights; too many:
                        * all rights are set */
};

enum {
    NODES_OK = 0,
    NODES_FAILED = -1,
    NODES_AGAIN = 1
};

void nodes_begin(struct nodes *n, struct xl *x, uint32_t domid);
void nodes_start(struct nodes *n);

/*
 * Makes an empty folder in place of what is there. What is written below it
 * is known to be new.
 */
void node_new(struct nodes *n, enum node_rights rights, const char *path_fmt,
              ...) __attribute__((format(printf, 3, 4)));

/* The same for a folder that an earlier transaction has made so. */
void node_below(struct nodes *n, enum node_rights rights, const char *path_fmt,
                ...) __attribute__((format(printf, 3, 4)));

void node(struct nodes *n, enum node_rights rights, const char *value,
          const char *path_fmt, ...) __attribute__((format(printf, 4, 5)));
void node_number(struct nodes *n, enum node_rights rights, long long value,
                 const char *path_fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* After a failure there was a line. */
int nodes_end(struct nodes *n);

#endif /* XL_NODES_H */
