/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore protocol as a client speaks it, byte by byte: to the socket of
 * a daemon, to the kernel's device, or on the ring of a puppet.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, 3.5; public/io/xs_wire.h.
 * Layer:  test, domain 0's user space.
 */
#ifndef STORE_CLIENT_H
#define STORE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "puppet.h"

#include <xen/io/xs_wire.h>

#define STORE_SOCKET "/run/xenstored/socket"
#define STORE_DEVICE "/dev/xen/xenbus"

/* A ring page from offset 2048 on, in words. */
enum ring_word {
    RING_REQ_CONS = 512,
    RING_REQ_PROD,
    RING_RSP_CONS,
    RING_RSP_PROD,
    RING_FEATURES,
    RING_CONNECTION,
    RING_ERROR
};

struct message {
    uint32_t type, id, tx, len;
    char data[4097]; /* a NUL behind it */
};

#define EVENTS_MAX 256

struct client {
    int fd;           /* of the socket or device; -1: a ring           */
    struct puppet *p; /* whose ring                                    */
    bool kernel;      /* Linux answers WATCH itself, and without an id */
    uint32_t last;    /* id of the last request                        */
    uint32_t events;  /* that came; of the first ones also the texts   */
    struct {
        uint32_t len;
        char text[300]; /* path, NUL, token, NUL                       */
    } event[EVENTS_MAX];
};

/* NULL: errno tells why. */
struct client *client_open(const char *path);
struct client *client_ring(struct puppet *p);
void client_close(struct client *c);

/* A word of a puppet's ring page. */
volatile uint32_t *client_word(struct client *c, enum ring_word word);

/* Send a request: whole, or only the first @part bytes of it. */
void client_put(struct client *c, uint32_t type, uint32_t tx, const void *data,
                uint32_t len);
void client_put_part(struct client *c, uint32_t type, uint32_t tx,
                     const void *data, uint32_t len, uint32_t part);

/* The next message, of whichever type, within @ms. */
bool client_get(struct client *c, struct message *m, int ms);

/* The answer to the last request; events before it are kept. NULL: none. */
struct message *client_answer(struct client *c, int ms);

/* A request and its answer, within a minute. */
struct message *client_ask(struct client *c, uint32_t type, uint32_t tx,
                           const void *data, uint32_t len);

/* Forget the events that are kept; take those that come, until none has for
 * @ms. How many. */
uint32_t client_events(struct client *c, int ms);

/* ASK(c, 0, READ, "/a"): the text counts with its NULs and a last one. */
#define ASK(c_, tx_, type_, text_)                                             \
    client_ask((c_), XS_##type_, (tx_), text_, sizeof(text_))

/* The same without the last NUL, as for the value of WRITE. */
#define ASK_RAW(c_, tx_, type_, text_)                                         \
    client_ask((c_), XS_##type_, (tx_), text_, sizeof(text_) - 1)

/* Whether an answer is @text, with its last NUL or without. */
#define IS(m_, text_)     client_is((m_), (text_), sizeof(text_))
#define IS_RAW(m_, text_) client_is((m_), (text_), sizeof(text_) - 1)
bool client_is(const struct message *m, const char *text, size_t len);

/* The same for event @i. */
#define EVENT_IS(c_, i_, text_)                                                \
    client_event_is((c_), (i_), text_, sizeof(text_))
bool client_event_is(const struct client *c, uint32_t i, const char *text,
                     size_t len);

/* Asks with a formatted path, and behind its NUL @rest. */
struct message *client_path(struct client *c, uint32_t type, uint32_t tx,
                            const void *rest, uint32_t len, const char *format,
                            ...) __attribute__((format(printf, 6, 7)));

/* The domain that has the store: /tool/xenstored/domid, or 0. */
uint32_t client_store(struct client *priv);

/* Its directory, as libxl makes it, and INTRODUCE. */
bool client_introduce(struct client *priv, const struct puppet *p);

#endif /* STORE_CLIENT_H */
