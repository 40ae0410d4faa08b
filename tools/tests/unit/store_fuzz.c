/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clients that send anything: the store neither touches what is not its own
 * nor loses a cell.
 *
 * One input is a program of small steps: requests of a guest and of domain
 * 0, raw bytes, broken indexes, answers that are taken or not, domains that
 * die, hours that pass, and the store's own death. Behind it the mark pass
 * must find exactly the free cells that the store knows of.
 *
 * Run by the unit tests with random programs (1 million with COUNTS=full);
 * with -DLIBFUZZER it is the target of "make -C tools/xenstored fuzz".
 *
 * Sources: tools/xenstored/arena.c tools/xenstored/cell.c
 * Sources: tools/xenstored/tree.c tools/xenstored/perms.c
 * Sources: tools/xenstored/number.c tools/xenstored/quota.c
 * Sources: tools/xenstored/nodes.c tools/xenstored/transaction.c
 * Sources: tools/xenstored/watch.c tools/xenstored/ring.c
 * Sources: tools/xenstored/domain.c tools/xenstored/conn.c
 * Sources: tools/xenstored/request.c tools/xenstored/access.c
 * Sources: tools/xenstored/admin.c tools/xenstored/store.c
 * Flags:   -Itools/xenstored -O2
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A store with two domains, made once and put back for each input. */
static uint8_t *snapshot;
static struct host clean;
static size_t snapshot_len;

struct input {
    const uint8_t *at, *end;
};

static uint8_t byte(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static size_t used_len(const struct store *s)
{
    const uint8_t *end = (const uint8_t *)&s->cells[s->h->used + 1];

    return (size_t)(end - (const uint8_t *)host.arena);
}

static void make_snapshot(void)
{
    struct store_options o = { .guests = 2,
                               .guest_bytes = 16384,
                               .guest_nodes = 24,
                               .guest_watches = 6,
                               .guest_transactions = 3,
                               .priv_nodes = 64,
                               .priv_watches = 8 };

    host_new(o);
    make_home(1);
    make_home(2);
    ASK_RAW(0, 0, WRITE, "/a/b\0value");
    ASK(0, 0, SET_PERMS, "/a/b\0n0\0b1\0r2");
    ASK_RAW(1, 0, WRITE, "x/y\0value");
    ASK(2, 0, WATCH, "/local/domain/1\0t");
    clean = host;
    snapshot_len = used_len(host.s);
    snapshot = malloc(snapshot_len);
    memcpy(snapshot, host.arena, snapshot_len);
}

/* Puts bytes into a ring without looking for room: as a guest may. */
static void raw(uint32_t domid, const void *data, uint32_t len)
{
    struct store_ring *p = &host.ring[domid];
    const uint8_t *from = data;

    for (uint32_t i = 0; i < len; i++)
        p->req[(p->req_prod + i) & 1023] = from[i];
    p->req_prod += len;
}

/* Words that requests are likely to be made of. */
static const char *const words[] = {
    "/a",    "/a/b",    "x",     "x/y", "@releaseDomain",
    "/",     "1",       "2",     "T",   "F",
    "n1",    "b2",      "token", "0",   "/local/domain/1",
    "/tool", "watches", "check", "",    "3",
};

static void request(struct input *in, uint32_t domid)
{
    uint8_t text[512];
    uint32_t type = byte(in) % 28u, tx = byte(in) % 4u, len = 0;
    uint32_t parts = byte(in) % 6u;

    for (uint32_t i = 0; i < parts; i++) {
        uint8_t which = byte(in);
        const char *w = words[which % (sizeof(words) / sizeof(words[0]))];

        if (which >= 200 && len) { /* glued to the one before */
            len--;
            text[len++] = '/';
        }
        memcpy(text + len, w, strlen(w) + 1);
        len += (uint32_t)strlen(w) + 1;
        if (which >= 100 && which < 120) {
            uint32_t fill = byte(in);

            memset(text + len, 'v', fill / 4);
            len += fill / 4;
        }
    }
    if (host.ring[domid].req_prod - host.ring[domid].req_cons > 400)
        return;
    ++host.next_id;
    raw(domid, (uint32_t[]){ type, host.next_id, tx, len }, 16);
    raw(domid, text, len);
}

static void die_and_return(void)
{
    struct store_link link = { .page = &host.ring[0], .local_port = 100 };

    if (store_attach(host.arena, store_arena_size(&host.options), &host.options,
                     &host.hooks, NULL) != host.s ||
        !store_attached(host.s) || store_add_priv(host.s, &link))
        abort();
    store_event_all(host.s);
}

static void meddle(struct input *in, uint32_t domid)
{
    struct store_ring *p = &host.ring[domid];
    uint8_t len = byte(in) % 64u;

    switch (byte(in) % 6u) {
    case 0:
        for (uint32_t i = 0; i < len; i++)
            raw(domid, (uint8_t[]){ byte(in) }, 1);
        break;
    case 1:
        p->req_prod += byte(in) * 8u;
        break;
    case 2:
        p->rsp_cons = p->rsp_prod - byte(in) * 5u;
        break;
    case 3:
        p->connection = byte(in) & 1;
        break;
    case 4:
        p->req_cons = p->rsp_prod = byte(in);
        break;
    default:
        p->rsp_cons = p->rsp_prod;
        break;
    }
}

static void step(struct input *in)
{
    uint8_t what = byte(in);
    uint32_t domid = what >> 6;

    if (domid > 2)
        domid = 1;
    switch (what & 15) {
    default:
        request(in, domid);
        break;
    case 8:
        meddle(in, domid ? domid : 1);
        break;
    case 9:
        host.gone[1 + (what >> 4 & 1)] ^= true;
        store_dom_exc(host.s);
        break;
    case 10:
        host.domain[1].unique_id += what >> 6;
        host.domain[2].shutdown ^= true;
        store_dom_exc(host.s);
        break;
    case 11:
        host.now += 21000000000ull;
        break;
    case 12:
        die_and_return();
        break;
    case 13:
        host.ring[0].rsp_cons = host.ring[0].rsp_prod;
        break;
    case 14:
        host.ring[1].rsp_cons = host.ring[1].rsp_prod;
        return; /* without work in between */
    }
    store_event_all(host.s);
    for (int i = 0; i < 64 && store_work(host.s); i++) {
    }
}

/* Nothing is lost, nothing is counted wrong. */
static void check_cells(struct store *s)
{
    uint32_t cells[3], nodes[3], nr_free;

    while (cell_drain(s, ~0u)) {
    }
    nr_free = s->nr_free;
    for (uint32_t i = 0; i < 3; i++) {
        cells[i] = s->slot_now[i].cells;
        nodes[i] = s->slot_now[i].nodes;
    }
    if (s->op.open || !arena_mark(s, state_now(s)) || s->nr_free != nr_free)
        abort();
    for (uint32_t i = 0; i < 3; i++) {
        if (cells[i] != s->slot_now[i].cells ||
            (s->doms[i].state == DOM_CONNECTED &&
             nodes[i] != s->slot_now[i].nodes))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, data + size };

    if (!snapshot)
        make_snapshot();
    memcpy(host.arena, snapshot, snapshot_len);
    memcpy(&host, &clean, offsetof(struct host, event));
    while (in.at < in.end)
        step(&in);
    check_cells(host.s);
    return 0;
}

#ifndef LIBFUZZER
static uint32_t seed = 1;

static uint32_t random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static void random_programs(void **state)
{
    bool full = getenv("COUNTS") && !strcmp(getenv("COUNTS"), "full");
    uint32_t runs = full ? 1000000 : 20000;
    uint8_t program[300];

    (void)state;
    for (uint32_t i = 0; i < runs; i++) {
        uint32_t len = random32() % sizeof(program);

        seed = i * 2654435761u + 1;
        for (uint32_t k = 0; k < len; k++)
            program[k] = (uint8_t)(random32() >> 8);
        LLVMFuzzerTestOneInput(program, len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_programs) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
