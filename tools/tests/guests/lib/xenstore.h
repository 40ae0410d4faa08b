/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the xenstore, one request after the other: a ring page and
 * ways to tell and to hear.
 *
 * Source: public/io/xs_wire.h; virq-xenstore.md 3.4, 3.5.
 * Layer:  test guest.
 */
#ifndef GUEST_XENSTORE_H
#define GUEST_XENSTORE_H

#include <public/io/xs_wire.h>

#include "guest.h"

struct xenstore {
    volatile struct xenstore_domain_interface *ring;
    uint32_t port;                   /* .kick's business                 */
    void (*kick)(struct xenstore *); /* tell the store to look           */
    void (*wait)(struct xenstore *); /* until there may be something new */
    uint32_t requests;               /* so far                           */
    uint32_t tx;                     /* transaction; 0: none             */
};

/*
 * One request in transaction .tx: @len bytes of payload at @data, at
 * most XENSTORE_PAYLOAD_MAX. The answer's payload goes to @answer, with a
 * NUL behind it, cut off at @size - 1 bytes.
 *
 * Returns its whole length, or -1: an error, whose name is in @answer.
 */
int xenstore_call(struct xenstore *x, enum xsd_sockmsg_type type,
                  const void *data, uint32_t len, char *answer, uint32_t size);

/* WRITE of @len bytes of @value to @path: 0 or -1. */
int xenstore_write(struct xenstore *x, const char *path, const void *value,
                   uint32_t len, char *answer, uint32_t size);

#endif /* GUEST_XENSTORE_H */
