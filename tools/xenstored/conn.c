/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One client: bytes in, a request, bytes out.
 *
 * Bytes are moved without an op, by the one store that tells how far we are
 * (c->cons, c->prod); what a crash leaves half done is done again, to the
 * same place, with the same bytes.
 *
 * Source: docs/reference/virq-xenstore.md 4.2 (R3).
 * Layer:  6 of the tool.
 */
#include <string.h>

#include "conn.h"
#include "domain.h"
#include "request.h"
#include "ring.h"
#include "watch.h"

uint16_t conn_domid(const struct store *s, uint32_t i)
{
    return i == 0 || i >= s->nr_slots ? s->h->options.priv_domid
                                      : (uint16_t)s->doms[i].domid;
}

uint32_t conn_slot(const struct store *s, uint32_t i)
{
    return i < s->nr_slots ? i : 0;
}

uint32_t conn_field(const struct conn *c, uint32_t field)
{
    uint32_t value;

    memcpy(&value, c->in + 4 * field, 4);
    return value;
}

static void keep(uint32_t *word, uint32_t value)
{
    ordered();
    *(volatile uint32_t *)word = value;
    ordered();
}

void conn_refuse(struct store *s, uint32_t i, uint32_t why)
{
    struct store_ring *page = s->conn_now[i].page;

    keep(&s->conns[i].ignored, why);
    s->conn_now[i].waiting = false;
    if (s->conns[i].kind == CONN_RING && page) {
        say(s, "xenstored: ignoring domain", conn_domid(s, i));
        ring_refuse(page, why);
        s->hooks->notify(s->ctx, s->doms[i].local_port);
    }
    event_room(s);
}

void conn_close(struct store *s, uint32_t i)
{
    uint32_t cookie = s->conns[i].cookie;

    keep(&s->conns[i].kind, CONN_CLOSING);
    domain_conn_reset(s, i, CONN_FREE);
    if (s->hooks->hangup)
        s->hooks->hangup(s->ctx, cookie);
}

/* --- out ----------------------------------------------------------------- */

static int push(struct store *s, uint32_t i, const uint8_t *from, uint32_t len)
{
    struct conn *c = &s->conns[i];
    int n;

    if (c->kind == CONN_STREAM) {
        n = s->hooks->send(s->ctx, c->cookie, from, len);
        s->conn_now[i].room = n >= 0 && n < (int)len;
        return n;
    }
    if (!s->conn_now[i].page)
        return 0;
    return ring_write(s->conn_now[i].page, c->prod, from, len);
}

/* The message that is being sent; an event is put together in s->text. */
static const uint8_t *message(struct store *s, uint32_t i, uint32_t *len)
{
    struct conn *c = &s->conns[i];
    const struct event *e;
    uint32_t header[4] = { REQUEST_WATCH_EVENT, 0, 0, 0 };

    if (c->sending == SEND_REPLY) {
        *len = c->reply_len;
        return c->out;
    }
    e = &events_of(s, i)[c->ev_tail % events_max(s, i)];
    header[3] = blob_get(s, e->blob, s->text + MESSAGE_HEADER);
    memcpy(s->text, header, sizeof(header));
    *len = MESSAGE_HEADER + header[3];
    return s->text;
}

/*
 * What the former life put into the ring it may not have noted any more; the
 * other side may have taken it already. More than the message that was being
 * sent it cannot have been.
 */
void conn_resume(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    struct store_ring *page = s->conn_now[i].page;
    uint32_t len = 0, done = c->prod - c->out_start, more;

    ring_consumed(page, c->cons);
    if (c->sending != SEND_NONE)
        (void)message(s, i, &len);
    more = ring_produced(page) - c->prod;
    if (done < len && more <= len - done)
        keep(&c->prod, c->prod + more);
}

static void sent(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];

    if (c->sending == SEND_EVENT) {
        event_done(s, i);
        watch_catch_up(s, i);
        return;
    }
    keep(&c->reply_len, 0);
    keep(&c->sending, SEND_NONE);
}

/* Decides what is sent next: the answer before events that it may cause. */
static bool pick(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];

    if (c->sending != SEND_NONE)
        return true;
    if (!c->reply_len && c->ev_head == c->ev_tail)
        return false;
    keep(&c->out_start, c->prod);
    keep(&c->sending, c->reply_len ? SEND_REPLY : SEND_EVENT);
    return true;
}

/* Returns true when at least a byte went out; -1 ends the connection. */
static int send_all(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    bool any = false;

    for (uint32_t messages = 0; messages < 16 && pick(s, i); messages++) {
        uint32_t len, done = c->prod - c->out_start;
        const uint8_t *m = message(s, i, &len);
        int n = 0;

        if (done < len) {
            n = push(s, i, m + done, len - done);
            if (n < 0)
                return -1;
            keep(&c->prod, c->prod + (uint32_t)n);
            any |= n > 0;
        }
        if (c->prod - c->out_start < len)
            break;
        sent(s, i);
    }
    return any;
}

/* --- in ------------------------------------------------------------------ */

/* Bytes of the request that are still missing; 0: it is whole. */
static uint32_t missing(const struct conn *c)
{
    uint32_t have = c->cons - c->in_start;

    if (have < MESSAGE_HEADER)
        return MESSAGE_HEADER - have;
    return MESSAGE_HEADER + conn_field(c, 3) - have;
}

bool conn_has_request(const struct conn *c)
{
    return c->cons - c->in_start >= MESSAGE_HEADER && missing(c) == 0;
}

static int receive(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    bool any = false;

    for (uint32_t want = missing(c); want; want = missing(c)) {
        uint8_t *to = c->in + (c->cons - c->in_start);
        struct store_ring *page = s->conn_now[i].page;
        int n = 0;

        if (c->kind == CONN_STREAM)
            n = s->hooks->recv(s->ctx, c->cookie, to, want);
        else if (page)
            n = ring_read(page, c->cons, to, want);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        keep(&c->cons, c->cons + (uint32_t)n);
        if (page)
            ring_consumed(page, c->cons);
        any = true;
        if (c->cons - c->in_start == MESSAGE_HEADER &&
            conn_field(c, 3) > PAYLOAD_MAX)
            return -2;
    }
    return any;
}

/* --- all of it ----------------------------------------------------------- */

static void broken(struct store *s, uint32_t i, uint32_t why)
{
    if (s->conns[i].kind == CONN_STREAM)
        conn_close(s, i);
    else
        conn_refuse(s, i, why);
}

static bool may_handle(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    struct conn_now *now = &s->conn_now[i];

    if (!conn_has_request(c) || c->reply_len)
        return false;
    if (now->waiting && s->hooks->now_ns(s->ctx) - now->since >= WAIT_NS) {
        now->overdue = true;
        event_forgive(s, conn_slot(s, i));
    }
    return true;
}

static void reconnect(struct store *s, uint32_t i)
{
    struct store_ring *page = s->conn_now[i].page;

    domain_conn_reset(s, i, CONN_RING);
    ring_reset(page, s->doms[i].features);
    domain_greet(s, i);
}

static bool serve_ring(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    struct store_ring *page = s->conn_now[i].page;

    if (!page || (i > 0 && s->doms[i].state != DOM_CONNECTED))
        return false;
    if (i > 0 && ring_wants_reconnect(page))
        reconnect(s, i);
    return !c->ignored;
}

/* Whether it is worth looking at it again at once, without an event. */
static bool goes_on(const struct store *s, uint32_t i)
{
    const struct conn *c = &s->conns[i];
    const struct store_ring *page = s->conn_now[i].page;

    return c->kind != CONN_RING || c->reply_len || c->ev_head != c->ev_tail ||
           (page && ring_waits(page, c->cons));
}

bool conn_serve(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    bool handled = false;
    int out, in, more;

    if (c->kind == CONN_RING ? !serve_ring(s, i) : c->kind != CONN_STREAM)
        return false;
    out = send_all(s, i);
    in = out < 0 || c->reply_len ? 0 : receive(s, i);
    if (out < 0 || in < 0) {
        broken(s, i, in == -2 ? RING_ERROR_PROTOCOL : RING_ERROR_INDEXES);
        return false;
    }
    if (may_handle(s, i))
        handled = request_handle(s, i);
    more = handled ? send_all(s, i) : 0;
    if (more < 0) {
        broken(s, i, RING_ERROR_INDEXES);
        return false;
    }
    if (c->kind == CONN_RING && (out || in || more))
        s->hooks->notify(s->ctx, s->doms[i].local_port);
    return (handled || out || in || more) && goes_on(s, i);
}
