/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenstore: the parts that the store's server needs as well.
 *
 * Source: names and signatures as in Xen 4.17. Layer: tools, library.
 */
#ifndef XENSTORE_LIB_H
#define XENSTORE_LIB_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

/* Permissions of a node for one domain; those of its owner come first. */
#define XS_PERM_NONE      0x00
#define XS_PERM_READ      0x01
#define XS_PERM_WRITE     0x02
#define XS_PERM_ENOENT_OK 0x04 /* of a server: the node need not be there */
#define XS_PERM_OWNER     0x08 /* of a server */
#define XS_PERM_IGNORE    0x10 /* of a server: the domain is gone */

/*
 * The first of a list: the owner, and what is allowed to those that are not
 * in the list. The others: a domain and what it may.
 */
struct xs_permissions {
    unsigned int id;    /* domain */
    unsigned int perms; /* XS_PERM_* */
};

/* Room for a number of the type of @x_ in decimal, with sign and NUL. */
#define MAX_STRLEN(x_) ((sizeof(x_) * CHAR_BIT + CHAR_BIT - 1) / 10 * 3 + 2)

/*
 * Where the server is: $XENSTORED_RUNDIR or /run/xenstored; and its socket
 * in there, or $XENSTORED_PATH. Static.
 */
const char *xs_daemon_rundir(void);
const char *xs_daemon_socket(void);
const char *xs_daemon_socket_ro(void); /* the same socket */

/* Writes all of it. Returns false with errno. */
bool xs_write_all(int fd, const void *data, unsigned int len);

/*
 * Permissions as they are on the wire, @num strings one after the other:
 * a letter n (none), r, w or b (both), and the domain.
 * Returns false with errno EINVAL for anything else.
 */
bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num,
                         const char *strings);

#endif /* XENSTORE_LIB_H */
