/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients of the xenstore for the tests: rings in memory, domains that exist
 * or do not, and a clock that the test sets.
 */
#ifndef STORE_CLIENT_H
#define STORE_CLIENT_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "include/store.h"

#include "arena.h"
#include "request.h"
#include "ring.h"

#define CLIENTS 4u /* by domid; 0 is the privileged domain */

struct message {
    uint32_t type, id, tx, len;
    char data[4097]; /* a NUL behind it */
};

struct host {
    struct store *s;
    void *arena;
    struct store_options options;
    struct store_hooks hooks;
    struct store_ring ring[CLIENTS];
    struct store_domain domain[CLIENTS];
    bool gone[CLIENTS];
    uint64_t now;
    uint32_t notified, connects, disconnects;
    uint32_t next_id;
    struct message event[4200]; /* that came while waiting for answers */
    uint32_t events;
};

static struct host host;

static void host_notify(void *ctx, uint32_t port)
{
    (void)ctx;
    (void)port;
    host.notified++;
}

static uint64_t host_now(void *ctx)
{
    (void)ctx;
    return host.now;
}

static int host_connect(void *ctx, struct store_link *link)
{
    (void)ctx;
    if (link->domid >= CLIENTS || host.gone[link->domid])
        return -1;
    host.connects++;
    link->page = &host.ring[link->domid];
    link->local_port = 100u + link->domid;
    return 0;
}

static void host_disconnect(void *ctx, struct store_link *link)
{
    (void)ctx;
    (void)link;
    host.disconnects++;
}

static int host_domain(void *ctx, uint16_t domid, struct store_domain *d)
{
    (void)ctx;
    if (domid >= CLIENTS || host.gone[domid])
        return -1;
    *d = host.domain[domid];
    return 0;
}

static inline void host_attach(void)
{
    struct store_link link = { .page = &host.ring[0], .local_port = 100 };

    host.s = store_attach(host.arena, store_arena_size(&host.options),
                          &host.options, &host.hooks, NULL);
    assert(host.s);
    assert(!store_add_priv(host.s, &link));
}

/* An empty store; what @o leaves 0 is small. */
static inline void host_new(struct store_options o)
{
    size_t size;

    if (!o.guests)
        o.guests = 3;
    if (!o.priv_nodes)
        o.priv_nodes = 4096;
    free(host.arena);
    memset(&host, 0, sizeof(host));
    host.options = o;
    host.hooks = (struct store_hooks){
        .notify = host_notify,
        .now_ns = host_now,
        .connect = host_connect,
        .disconnect = host_disconnect,
        .domain_state = host_domain,
    };
    for (uint32_t i = 0; i < CLIENTS; i++)
        host.domain[i].unique_id = 1000 + i;
    size = store_arena_size(&o);
    host.arena = aligned_alloc(4096, size);
    memset(host.arena, 0, size);
    host_attach();
}

static inline void host_work(void)
{
    store_event_all(host.s);
    for (uint32_t i = 0; i < 100000 && store_work(host.s); i++) {
    }
}

/* --- one ring, from the client's side ------------------------------------ */

static inline void ring_put(uint32_t domid, const void *data, uint32_t len)
{
    struct store_ring *p = &host.ring[domid];
    const uint8_t *from = data;

    for (uint32_t i = 0; i < len; i++) {
        if (p->req_prod - p->req_cons == 1024)
            host_work();
        p->req[p->req_prod & 1023] = from[i];
        p->req_prod++;
    }
}

static inline bool ring_get(uint32_t domid, void *data, uint32_t len)
{
    struct store_ring *p = &host.ring[domid];
    uint8_t *to = data;

    for (uint32_t i = 0; i < len; i++) {
        if (p->rsp_prod == p->rsp_cons)
            host_work();
        if (p->rsp_prod == p->rsp_cons)
            return false;
        to[i] = p->rsp[p->rsp_cons & 1023];
        p->rsp_cons++;
    }
    return true;
}

static inline void put_request(uint32_t domid, uint32_t type, uint32_t tx,
                               const void *data, uint32_t len)
{
    uint32_t header[4] = { type, ++host.next_id, tx, len };

    ring_put(domid, header, sizeof(header));
    ring_put(domid, data, len);
}

static inline bool get_message(uint32_t domid, struct message *m)
{
    if (!ring_get(domid, m, MESSAGE_HEADER))
        return false;
    assert(m->len <= 4096);
    assert(ring_get(domid, m->data, m->len));
    m->data[m->len] = '\0';
    return true;
}

/* The answer to the last request; events that come before it are kept. */
static inline struct message *get_answer(uint32_t domid)
{
    static struct message m;

    do {
        if (!get_message(domid, &m))
            return NULL;
        if (m.type == REQUEST_WATCH_EVENT)
            host.event[host.events++ % 4200] = m;
    } while (m.type == REQUEST_WATCH_EVENT);
    assert(m.id == host.next_id);
    return &m;
}

static inline struct message *ask(uint32_t domid, uint32_t type, uint32_t tx,
                                  const void *data, uint32_t len)
{
    struct message *m;

    put_request(domid, type, tx, data, len);
    host_work();
    m = get_answer(domid);
    assert(!m || m->type == type || m->type == REQUEST_ERROR);
    return m;
}

/* ASK(1, 0, READ, "/a"): the text counts with its NULs and a last one. */
#define ASK(domid_, tx_, type_, text_)                                         \
    ask(domid_, REQUEST_##type_, tx_, text_, sizeof(text_))

/* The same without the last NUL, as for the value of WRITE. */
#define ASK_RAW(domid_, tx_, type_, text_)                                     \
    ask(domid_, REQUEST_##type_, tx_, text_, sizeof(text_) - 1)

/* Takes what waits for a client into host.event; how many there are now. */
static inline uint32_t take_events(uint32_t domid)
{
    struct message m;

    host.events = 0;
    host_work();
    while (get_message(domid, &m)) {
        assert(m.type == REQUEST_WATCH_EVENT);
        assert(m.id == 0 && m.tx == 0);
        host.event[host.events++ % 4200] = m;
    }
    return host.events;
}

static inline void introduce(uint32_t domid)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%u%c%d%c%u", domid, 0, -3, 0, 7);
    struct message *m;

    host.gone[domid] = false;
    m = ask(0, REQUEST_INTRODUCE, 0, text, (uint32_t)len + 1);
    assert(m && !strcmp(m->data, "OK"));
}

/* A directory of its own for a guest, as libxl makes it. */
static inline void make_home(uint32_t domid)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "/local/domain/%u", domid);
    struct message *m = ask(0, REQUEST_MKDIR, 0, text, (uint32_t)len + 1);

    assert(m && !strcmp(m->data, "OK"));
    len = snprintf(text, sizeof(text), "/local/domain/%u%cn%u", domid, 0,
                   domid);
    m = ask(0, REQUEST_SET_PERMS, 0, text, (uint32_t)len + 1);
    assert(m && !strcmp(m->data, "OK"));
    introduce(domid);
}

#endif /* STORE_CLIENT_H */
