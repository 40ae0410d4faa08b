/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena: layout, the journal, and the commit.
 *
 * Source: docs/reference/virq-xenstore.md 4.2, R3 and R4.
 * Layer:  2 of the tool.
 */
#include <string.h>

#include "arena.h"
#include "number.h"

#define BYTES_CELL sizeof(struct cell)

static uint32_t within(uint32_t value, uint32_t def, uint32_t max)
{
    if (value == 0)
        return def;
    return value < max ? value : max;
}

struct store_options arena_options(const struct store_options *o)
{
    struct store_options r = *o;

    r.guests = (uint16_t)within(o->guests, 32, 1024);
    r.sockets = (uint16_t)within(o->sockets, 0, 1024);
    r.guest_nodes = within(o->guest_nodes, 256, 1u << 16);
    r.guest_bytes = within(o->guest_bytes, 128u << 10, 64u << 20);
    r.guest_watches = within(o->guest_watches, 128, 1u << 12);
    r.guest_transactions = within(o->guest_transactions, 10, 64);
    r.priv_nodes = within(o->priv_nodes, 8192, 1u << 18);
    r.priv_watches = within(o->priv_watches, 1024, 1u << 14);
    return r;
}

/* A part of the arena: @n things of @size bytes from *at on. */
static void *part(uint8_t *base, size_t *at, size_t n, size_t size)
{
    void *p = base + *at;

    *at = (*at + n * size + 15) & ~(size_t)15;
    return p;
}

static void layout_sizes(struct store *s, const struct store_options *o)
{
    uint32_t guest_cells = o->guest_bytes / (uint32_t)BYTES_CELL;

    s->nr_slots = o->guests + 1u;
    s->nr_conns = s->nr_slots + o->sockets;
    s->nr_watches = o->guests * o->guest_watches + o->priv_watches;
    s->nr_txs = o->guests * o->guest_transactions + 64u + o->sockets;
    s->nr_cells = o->guests * guest_cells + o->priv_nodes * 5u / 2u +
                  o->sockets * 64u + 2 * CELLS_HEADROOM;
    s->nr_buckets = 1024;
}

size_t arena_layout(struct store *s, uint8_t *base,
                    const struct store_options *o)
{
    size_t at = (sizeof(struct store) + 15) & ~(size_t)15;
    uint32_t events;

    layout_sizes(s, o);
    events = EVENTS_PRIV * (1u + o->sockets) + EVENTS_GUEST * o->guests;
    s->base = base;
    s->h = part(base, &at, 1, sizeof(*s->h));
    s->journal = part(base, &at, JOURNAL, sizeof(*s->journal));
    s->doms = part(base, &at, s->nr_slots, sizeof(*s->doms));
    s->conns = part(base, &at, s->nr_conns, sizeof(*s->conns));
    s->events = part(base, &at, events, sizeof(*s->events));
    s->watches = part(base, &at, s->nr_watches, sizeof(*s->watches));
    s->buckets = part(base, &at, s->nr_buckets, sizeof(*s->buckets));
    s->txs = part(base, &at, s->nr_txs, sizeof(*s->txs));
    s->conn_now = part(base, &at, s->nr_conns, sizeof(*s->conn_now));
    s->slot_now = part(base, &at, s->nr_slots, sizeof(*s->slot_now));
    s->cells = part(base, &at, s->nr_cells + 1, sizeof(*s->cells));
    return (at + 4095) & ~(size_t)4095;
}

size_t store_arena_size(const struct store_options *o)
{
    static struct store s; /* too large for a small stack */
    struct store_options all = arena_options(o);

    return arena_layout(&s, (uint8_t *)&s, &all); /* any place will do */
}

uint32_t state_sum(const struct state *st)
{
    const uint32_t *w = &st->seq;
    uint32_t sum = 0x52004f54u;

    for (uint32_t i = 0; i < sizeof(*st) / 4 - 1; i++)
        sum = (sum << 5 | sum >> 27) + w[i];
    return sum;
}

void begin(struct store *s, uint32_t acct)
{
    const struct state *st = state_now(s);

    s->op.open = true;
    s->op.broken = false;
    s->op.private_ = false;
    s->op.acct = acct;
    s->op.queued = 0;
    s->op.force = false;
    s->op.counted = false;
    s->op.gen = pair(st->gen);
    for (uint32_t i = 0; i < ROOTS; i++)
        s->op.root[i] = cell_ref(s, st->root[i]);
    s->h->undos = 0;
    ordered();
    s->h->undo_seq = s->h->select + 1;
    ordered();
}

static void note(struct store *s, uint32_t *word, uint32_t value, uint32_t ref)
{
    struct undo *u = &s->journal[s->h->undos];
    uint32_t at = (uint32_t)((uint8_t *)word - s->base);

    if (s->h->undos >= JOURNAL) {
        s->op.broken = true;
        return;
    }
    u->word = at | ref;
    u->old = *word;
    ordered();
    s->h->undos++;
    ordered();
    *(volatile uint32_t *)word = value;
    ordered();
}

void set(struct store *s, uint32_t *word, uint32_t value)
{
    if (*word != value)
        note(s, word, value, 0);
}

void set_ref(struct store *s, uint32_t *word, uint32_t cell)
{
    note(s, word, cell, 1);
}

static uint32_t *undo_word(const struct store *s, const struct undo *u)
{
    return (uint32_t *)(void *)(s->base + (u->word & ~3u));
}

void rollback(struct store *s)
{
    for (uint32_t i = s->h->undos; i-- > 0;) {
        const struct undo *u = &s->journal[i];

        if (u->word & 1)
            cell_put(s, *undo_word(s, u));
        *undo_word(s, u) = u->old;
        ordered();
        s->h->undos = i;
        ordered();
    }
    s->h->undo_seq = s->h->select;
    for (uint32_t i = 0; i < ROOTS; i++)
        cell_put(s, s->op.root[i]);
    for (uint32_t i = 0; s->op.counted && i < s->nr_slots; i++)
        s->slot_now[i].change = 0;
    s->op.open = false;
    /* A broken op lost count of its references. */
    if (s->op.broken) {
        s->op.broken = false;
        (void)arena_mark(s, state_now(s));
    }
}

void arena_undo(struct store *s)
{
    if (s->h->undo_seq != s->h->select + 1 || s->h->undos > JOURNAL)
        return;
    while (s->h->undos > 0) {
        const struct undo *u = &s->journal[s->h->undos - 1];

        if ((u->word & ~3u) < s->size)
            *undo_word(s, u) = u->old;
        ordered();
        s->h->undos--;
        ordered();
    }
    s->h->undo_seq = s->h->select;
}

static void publish(struct store *s)
{
    struct state *next = &s->h->state[(s->h->select + 1) & 1];

    next->seq = s->h->select + 1;
    for (uint32_t i = 0; i < ROOTS; i++)
        next->root[i] = s->op.root[i];
    next->gen[0] = (uint32_t)s->op.gen;
    next->gen[1] = (uint32_t)(s->op.gen >> 32);
    next->sum = state_sum(next);
    ordered();
    *(volatile uint32_t *)&s->h->select = next->seq; /* from here on: done */
    ordered();
}

bool commit(struct store *s)
{
    struct state *next = &s->h->state[(s->h->select + 1) & 1];
    uint32_t old[ROOTS];

    if (s->op.broken) {
        rollback(s);
        return false;
    }
    memcpy(old, next->root, sizeof(old));
    publish(s);
    for (uint32_t i = 0; i < s->h->undos; i++) {
        if (s->journal[i].word & 1)
            cell_put(s, s->journal[i].old);
    }
    for (uint32_t i = 0; i < ROOTS; i++)
        cell_put(s, old[i]);
    for (uint32_t i = 0; s->op.counted && i < s->nr_slots; i++) {
        struct slot_now *now = &s->slot_now[i];

        now->nodes = (uint32_t)((int32_t)now->nodes + now->change);
        now->change = 0;
    }
    if (s->op.acct)
        s->slot_now[s->op.acct].outstanding += s->op.queued;
    s->op.open = false;
    return true;
}

void say(const struct store *s, const char *what, uint32_t number)
{
    char line[128];
    uint32_t len = 0;

    if (!s->hooks || !s->hooks->log)
        return;
    while (what[len] && len < sizeof(line) - 13) {
        line[len] = what[len];
        len++;
    }
    line[len++] = ' ';
    len += number_text(number, line + len);
    line[len] = '\0';
    s->hooks->log(s->ctx, line);
}
