/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Inside of libxenstore: a connection and its messages. Not installed.
 *
 * Source: xenstore.h; public/io/xs_wire.h. Layer: tools, library.
 */
#ifndef LIBS_STORE_PRIVATE_H
#define LIBS_STORE_PRIVATE_H

#include <pthread.h>
#include <sys/uio.h>

#include <xenstore.h>
#include <xentoolcore_internal.h>

/* A watch event that waits to be read. */
struct event {
    struct event *next;
    unsigned len;
    char text[]; /* len bytes: path and token, each with its NUL */
};

struct xs_handle {
    Xentoolcore__Active_Handle active;
    int fd;         /* socket, or the kernel's device */
    int wait_fd;    /* epoll: fd readable, or waiting_fd */
    int waiting_fd; /* eventfd: not 0 while events wait */
    bool filter;    /* XS_UNWATCH_FILTER */

    /*
     * Held for a whole exchange of request and answer, and while a message
     * is taken from fd. Guards all that follows.
     */
    pthread_mutex_t lock;
    struct event *first, **last;
    bool broken; /* the stream is out of step; nothing works any more */
};

/*
 * Sends a request of @nr pieces and waits for its answer; watch events that
 * come before it are put into the queue.
 *
 * Returns the answer, with a NUL more behind its *len bytes (@len may be
 * NULL), to be freed; or NULL with errno.
 */
void *store_talk(struct xs_handle *h, uint32_t type, xs_transaction_t t,
                 const struct iovec *pieces, unsigned nr, unsigned *len);

/*
 * Takes what has come, without waiting for a message to begin; it can only
 * be an event. Returns 0, or -1 with errno. The caller holds the lock.
 */
int store_take(struct xs_handle *h);

#endif /* LIBS_STORE_PRIVATE_H */
