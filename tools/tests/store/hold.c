/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients in the middle of things while their store is replaced: open
 * transactions and watches, of domain 0 and of a guest, go on afterwards.
 *
 *     hold PATH GO    PATH: socket or device. Prints "holding", and goes on
 *                     when there is a file GO.
 *
 * Source: docs/reference/virq-xenstore.md 4.2, 4.6 (6).
 * Layer:  test, domain 0's user space.
 */
#include <unistd.h>

#include "check.h"
#include "client.h"

static struct client *priv, *other, *guest;

static uint32_t start(struct client *c)
{
    struct message *m = ASK(c, 0, TRANSACTION_START, "");

    CHECK(m->type == XS_TRANSACTION_START);
    return (uint32_t)atoi(m->data);
}

/* Wait for an event like this, which may have come with the last answer;
 * others are allowed, as after any restart. */
static bool heard(struct client *c, const char *text, size_t len)
{
    for (int i = 0; i < 50; i++) {
        for (uint32_t k = 0; k < c->events && k < EVENTS_MAX; k++)
            if (c->event[k].len == len && !memcmp(c->event[k].text, text, len))
                return true;
        client_events(c, 200);
    }
    return false;
}
#define HEARD(c_, text_) heard((c_), text_, sizeof(text_))

/* Three transactions that are open, and two watches. */
static uint32_t domain0, conflict, guests;

static void begin(void)
{
    CHECK(IS(ASK_RAW(priv, 0, WRITE, "/hold/seen\0before"), "OK"));
    CHECK(IS(ASK_RAW(priv, 0, WRITE, "/hold/x\0old"), "OK"));
    CHECK(IS(ASK(priv, 0, WATCH, "/hold/w\0tok"), "OK"));
    CHECK(HEARD(priv, "/hold/w\0tok"));
    CHECK(IS(ASK(guest, 0, WATCH, "w\0tok"), "OK"));
    CHECK(HEARD(guest, "w\0tok"));

    domain0 = start(priv);
    CHECK(IS_RAW(ASK(priv, domain0, READ, "/hold/seen"), "before"));
    CHECK(IS(ASK_RAW(priv, domain0, WRITE, "/hold/one\0first"), "OK"));
    conflict = start(priv);
    CHECK(IS_RAW(ASK(priv, conflict, READ, "/hold/x"), "old"));
    guests = start(guest);
    CHECK(IS(ASK_RAW(guest, guests, WRITE, "one\0first"), "OK"));
    CHECK(IS(ASK(other, 0, READ, "/hold/one"), "ENOENT"));
}

static void go_on(void)
{
    CHECK(IS(ASK(other, 0, READ, "/hold/one"), "ENOENT"));
    CHECK(IS_RAW(ASK(priv, domain0, READ, "/hold/one"), "first"));
    CHECK(IS_RAW(ASK(priv, domain0, READ, "/hold/seen"), "before"));
    CHECK(IS(ASK_RAW(priv, domain0, WRITE, "/hold/two\0second"), "OK"));
    CHECK(IS(ASK(priv, domain0, TRANSACTION_END, "T"), "OK"));
    CHECK(IS_RAW(ASK(other, 0, READ, "/hold/one"), "first"));
    CHECK(IS_RAW(ASK(other, 0, READ, "/hold/two"), "second"));

    CHECK(IS_RAW(ASK(guest, guests, READ, "one"), "first"));
    CHECK(IS(ASK_RAW(guest, guests, WRITE, "two\0second"), "OK"));
    CHECK(IS(ASK(guest, 0, READ, "two"), "ENOENT"));
    CHECK(IS(ASK(guest, guests, TRANSACTION_END, "T"), "OK"));
    CHECK(IS_RAW(ASK(guest, 0, READ, "one"), "first"));
    CHECK(IS_RAW(ASK(guest, 0, READ, "two"), "second"));

    /* What was read before and is another thing now. */
    CHECK(IS(ASK_RAW(other, 0, WRITE, "/hold/x\0new"), "OK"));
    CHECK(IS_RAW(ASK(priv, conflict, READ, "/hold/x"), "old"));
    CHECK(IS(ASK(priv, conflict, TRANSACTION_END, "T"), "EAGAIN"));

    CHECK(IS_RAW(ASK(other, 0, WRITE, "/hold/w/new"), "OK\0"));
    CHECK(HEARD(priv, "/hold/w/new\0tok"));
    CHECK(IS(ASK_RAW(guest, 0, WRITE, "w/new\0v"), "OK"));
    CHECK(HEARD(guest, "w/new\0tok"));
    CHECK(IS(ASK(other, 0, CONTROL, "check"), "OK"));
}

int main(int argc, char **argv)
{
    struct puppet *p;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 3) {
        fputs("usage: hold PATH GO\n", stderr);
        return 2;
    }
    puppet_init();
    priv = client_open(argv[1]);
    other = client_open(argv[1]);
    NEED(priv && other);
    p = puppet_new(0, 0, client_store(priv));
    NEED(p && client_introduce(priv, p));
    guest = client_ring(p);
    begin();
    puts("holding");
    while (access(argv[2], F_OK))
        usleep(100000);
    go_on();
    puppet_end(p);
    return finish("hold");
}
