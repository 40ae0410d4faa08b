/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the store that knows what every answer has to be: it alone
 * writes below its path, and keeps there what the nodes are in a model of its
 * own. Each request must get one answer, in order, with its id and what the
 * model says. Only the end of a transaction may be refused, by EAGAIN.
 *
 * The program that includes this brings load_send and load_receive.
 *
 * Source: virq-xenstore.md 3.4 (the protocol), 4.2 (what a crash may show).
 * Layer:  test; a guest without libraries, and domain 0's user space.
 */
#ifndef STORE_LOAD_H
#define STORE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#define LOAD_NODES 16u
#define LOAD_IN    4u /* in a directory */

/* Types of requests. */
#define LOAD_DIRECTORY 1u
#define LOAD_READ      2u
#define LOAD_START     6u
#define LOAD_END       7u
#define LOAD_WRITE     11u
#define LOAD_RM        13u
#define LOAD_EVENT     15u
#define LOAD_ERROR     16u

struct load_header {
    uint32_t type, id, tx, len;
};

struct load {
    const char *path;     /* what it works below                        */
    bool alone;           /* a request is sent when none is open        */
    uint32_t random, ids; /* states of what makes them; not 0           */
    uint32_t last;        /* number that was written last               */
    uint32_t steps, requests, again;
    uint32_t number[LOAD_NODES]; /* in the node; 0: there is none       */
    char wrong[160];   /* the first thing; empty: none               */
    char answer[4097]; /* the last one, with a NUL behind it         */
    uint32_t answer_len;
};

/* A whole message; and the bytes that come, as many as are asked for. */
static void load_send(const void *from, uint32_t len);
static void load_receive(void *to, uint32_t len);

/* ---- text ---- */

/* Behind what is in @to. Nothing is written beyond @size bytes. */
static void load_add(char *to, uint32_t size, const char *text)
{
    uint32_t at = 0;

    while (to[at])
        at++;
    while (*text && at + 1 < size)
        to[at++] = *text++;
    to[at] = '\0';
}

static void load_add_number(char *to, uint32_t size, uint32_t number)
{
    char digits[11] = "";
    uint32_t at = 10;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number && at);
    load_add(to, size, digits + at);
}

static bool load_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static void load_wrong(struct load *l, const char *what, const char *path,
                       const char *want)
{
    if (l->wrong[0])
        return;
    load_add(l->wrong, sizeof(l->wrong), what);
    load_add(l->wrong, sizeof(l->wrong), " in step ");
    load_add_number(l->wrong, sizeof(l->wrong), l->steps);
    load_add(l->wrong, sizeof(l->wrong), " of ");
    load_add(l->wrong, sizeof(l->wrong), path);
    load_add(l->wrong, sizeof(l->wrong), ": '");
    load_add(l->wrong, sizeof(l->wrong) - 40, l->answer);
    load_add(l->wrong, sizeof(l->wrong), "' is not '");
    load_add(l->wrong, sizeof(l->wrong), want);
    load_add(l->wrong, sizeof(l->wrong), "'");
}

/* What a node with @number in it has for a value: of several lengths. */
static void load_value(char *to, uint32_t size, uint32_t number)
{
    to[0] = '\0';
    load_add_number(to, size, number);
    for (uint32_t n = number % 11 * 9; n; n--)
        load_add(to, size, ".");
}

static void load_dir(const struct load *l, char *to, uint32_t size,
                     uint32_t dir)
{
    to[0] = '\0';
    load_add(to, size, l->path);
    load_add(to, size, "/d");
    load_add_number(to, size, dir);
}

static void load_name(const struct load *l, char *to, uint32_t size,
                      uint32_t node)
{
    load_dir(l, to, size, node / LOAD_IN);
    load_add(to, size, "/n");
    load_add_number(to, size, node);
}

static uint32_t load_random(struct load *l, uint32_t below)
{
    l->random ^= l->random << 13;
    l->random ^= l->random >> 17;
    l->random ^= l->random << 5;
    return (l->random >> 8) % below;
}

/* ---- messages ---- */

/* @rest: text behind the path's NUL. Returns the request's id. */
static uint32_t load_ask(struct load *l, uint32_t type, uint32_t tx,
                         const char *path, const char *rest)
{
    static struct {
        struct load_header header;
        char data[1200];
    } m;
    uint32_t len = 0;

    m.data[0] = '\0';
    load_add(m.data, sizeof(m.data), path);
    while (m.data[len])
        len++;
    m.data[++len] = '\0';
    load_add(m.data + len, sizeof(m.data) - len, rest);
    while (m.data[len])
        len++;
    m.header = (struct load_header){ type, ++l->ids, tx, len };
    l->requests++;
    load_send(&m, sizeof(m.header) + len);
    return l->ids;
}

/* The answer to request @id, into .answer. False: it is none, or an error. */
static bool load_answer(struct load *l, uint32_t type, uint32_t id, uint32_t tx)
{
    struct load_header h;

    load_receive(&h, sizeof(h));
    if (h.len > sizeof(l->answer) - 1)
        h.len = sizeof(l->answer) - 1;
    load_receive(l->answer, h.len);
    l->answer[h.len] = '\0';
    l->answer_len = h.len;
    if (h.id != id || h.tx != tx || (h.type != type && h.type != LOAD_ERROR))
        load_wrong(l, "the answer to another request", "it", "mine");
    return h.type == type && h.id == id;
}

static void load_expect(struct load *l, uint32_t type, uint32_t id, uint32_t tx,
                        const char *path, const char *want)
{
    (void)load_answer(l, type, id, tx);
    if (!load_same(l->answer, want))
        load_wrong(l, "an answer", path, want);
}

/* ---- nodes ---- */

static void load_expect_read(struct load *l, uint32_t id, uint32_t tx,
                             const char *path, uint32_t number)
{
    char want[128];

    load_value(want, sizeof(want), number);
    load_expect(l, LOAD_READ, id, tx, path, number ? want : "ENOENT");
}

static void load_read(struct load *l, uint32_t tx, uint32_t node,
                      uint32_t number)
{
    char path[96];

    load_name(l, path, sizeof(path), node);
    load_expect_read(l, load_ask(l, LOAD_READ, tx, path, ""), tx, path, number);
}

static uint32_t load_ask_write(struct load *l, uint32_t tx, uint32_t node,
                               uint32_t number)
{
    char path[96], value[128];

    load_name(l, path, sizeof(path), node);
    load_value(value, sizeof(value), number);
    return load_ask(l, LOAD_WRITE, tx, path, value);
}

/* Returns the number that it writes. */
static uint32_t load_write(struct load *l, uint32_t tx, uint32_t node)
{
    uint32_t id = load_ask_write(l, tx, node, ++l->last);

    load_expect(l, LOAD_WRITE, id, tx, "WRITE", "OK");
    return l->last;
}

static void load_rm(struct load *l, uint32_t tx, uint32_t node)
{
    char path[96];

    load_name(l, path, sizeof(path), node);
    load_expect(l, LOAD_RM, load_ask(l, LOAD_RM, tx, path, ""), tx, path, "OK");
}

/* The directory has those names, in any order, and no others. */
static void load_directory(struct load *l, uint32_t dir)
{
    char path[96], name[16];
    uint32_t here = 0, id;

    load_dir(l, path, sizeof(path), dir);
    id = load_ask(l, LOAD_DIRECTORY, 0, path, "");
    if (!load_answer(l, LOAD_DIRECTORY, id, 0))
        load_wrong(l, "a directory", path, "names");
    for (uint32_t i = dir * LOAD_IN; i < (dir + 1) * LOAD_IN; i++) {
        bool found = false;
        uint32_t at = 0;

        name[0] = '\0';
        load_add(name, sizeof(name), "n");
        load_add_number(name, sizeof(name), i);
        while (at < l->answer_len) {
            found |= load_same(l->answer + at, name);
            while (l->answer[at])
                at++;
            at++;
        }
        here += found;
        if (found != (l->number[i] != 0))
            load_wrong(l, "a directory", path, name);
    }
    for (uint32_t at = 0; at < l->answer_len; at++)
        here -= !l->answer[at];
    if (here)
        load_wrong(l, "a directory", path, "those names alone");
}

static uint32_t load_begin(struct load *l)
{
    uint32_t tx = 0, id = load_ask(l, LOAD_START, 0, "", "");

    if (!load_answer(l, LOAD_START, id, 0))
        load_wrong(l, "an answer", "TRANSACTION_START", "a number");
    for (const char *p = l->answer; *p >= '0' && *p <= '9'; p++)
        tx = tx * 10 + (uint32_t)(*p - '0');
    return tx;
}

/* True when it took effect: all of it did. */
static bool load_commit(struct load *l, uint32_t tx, const char *how)
{
    uint32_t id = load_ask(l, LOAD_END, tx, how, "");

    (void)load_answer(l, LOAD_END, id, tx);
    if (load_same(l->answer, "EAGAIN") && how[0] == 'T') {
        l->again++;
        return false;
    }
    if (!load_same(l->answer, "OK"))
        load_wrong(l, "an answer", "TRANSACTION_END", "OK");
    return how[0] == 'T';
}

/* ---- what it does ---- */

static void load_transaction(struct load *l)
{
    uint32_t a = load_random(l, LOAD_NODES), b = load_random(l, LOAD_NODES);
    uint32_t c = load_random(l, LOAD_NODES), tx = load_begin(l);
    bool end = load_random(l, 8) != 0, rm = load_random(l, 3) == 0;
    uint32_t in_b, in_c;

    load_read(l, tx, a, l->number[a]);
    in_b = load_write(l, tx, b);
    in_c = c == b ? in_b : l->number[c];
    if (rm && in_c) {
        load_rm(l, tx, c);
        in_c = 0;
    } else {
        in_c = load_write(l, tx, c);
    }
    load_read(l, tx, c, in_c);
    if (b != c)
        load_read(l, tx, b, in_b);
    if (load_commit(l, tx, end ? "T" : "F")) {
        l->number[b] = in_b;
        l->number[c] = in_c;
    }
    load_read(l, 0, b, l->number[b]);
}

/* Requests that wait in the ring while those before them are served. */
static void load_burst(struct load *l)
{
    uint32_t node = load_random(l, LOAD_NODES), ids[4];
    char path[96];

    if (l->alone) {
        l->number[node] = load_write(l, 0, node);
        load_read(l, 0, node, l->number[node]);
        return;
    }
    load_name(l, path, sizeof(path), node);
    ids[0] = load_ask_write(l, 0, node, l->last + 1);
    ids[1] = load_ask(l, LOAD_READ, 0, path, "");
    ids[2] = load_ask_write(l, 0, node, l->last + 2);
    ids[3] = load_ask(l, LOAD_READ, 0, path, "");
    load_expect(l, LOAD_WRITE, ids[0], 0, path, "OK");
    load_expect_read(l, ids[1], 0, path, l->last + 1);
    load_expect(l, LOAD_WRITE, ids[2], 0, path, "OK");
    load_expect_read(l, ids[3], 0, path, l->last + 2);
    l->last += 2;
    l->number[node] = l->last;
}

/* What was there of an earlier run goes; then all nodes are there. */
static void load_start(struct load *l)
{
    l->last = 10000000;
    load_expect(l, LOAD_WRITE, load_ask(l, LOAD_WRITE, 0, l->path, ""), 0,
                l->path, "OK");
    load_expect(l, LOAD_RM, load_ask(l, LOAD_RM, 0, l->path, ""), 0, l->path,
                "OK");
    for (uint32_t i = 0; i < LOAD_NODES; i++)
        l->number[i] = load_write(l, 0, i);
}

static inline void load_step(struct load *l)
{
    uint32_t what = load_random(l, 16), node = load_random(l, LOAD_NODES);

    l->steps++;
    if (what < 5) {
        l->number[node] = load_write(l, 0, node);
    } else if (what < 8) {
        load_read(l, 0, node, l->number[node]);
    } else if (what < 9 && l->number[node]) {
        load_rm(l, 0, node);
        l->number[node] = 0;
    } else if (what < 10) {
        load_directory(l, node / LOAD_IN);
    } else if (what < 14) {
        load_transaction(l);
    } else {
        load_burst(l);
    }
}

/* "STEPS REQUESTS AGAIN NUMBER... wrong": the last is "-" when nothing is. */
static inline void load_report(const struct load *l, char *to, uint32_t size)
{
    to[0] = '\0';
    load_add_number(to, size, l->steps);
    load_add(to, size, " ");
    load_add_number(to, size, l->requests);
    load_add(to, size, " ");
    load_add_number(to, size, l->again);
    for (uint32_t i = 0; i < LOAD_NODES; i++) {
        load_add(to, size, " ");
        load_add_number(to, size, l->number[i]);
    }
    load_add(to, size, " ");
    load_add(to, size, l->wrong[0] ? l->wrong : "-");
}

#endif /* STORE_LOAD_H */
