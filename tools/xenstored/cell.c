/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells: handed out, counted, freed; blobs in chains of them; and the mark
 * pass, which finds out all of that anew.
 *
 * A cell that loses its last reference goes to the dead list; what it refers
 * to loses a reference only when it is drained, so that no operation frees
 * more than it is told to, and nothing recurses.
 *
 * Layer: 2 of the tool.
 */
#include <string.h>

#include "arena.h"
#include "quota.h"
#include "tree.h"

uint32_t cell_sum(const struct cell *c)
{
    uint32_t sum = 0xce110000u + c->type;

    for (uint32_t i = 0; i < 16; i++)
        sum += c->u.word[i] * (2 * i + 1);
    if (c->type == CELL_LOG)
        sum -= c->u.log.flags * 3;
    return sum;
}

uint32_t cell_links(const struct cell *c, uint32_t out[6])
{
    uint32_t n = 0;

    switch (c->type) {
    case CELL_NODE:
        for (uint32_t i = 0; i < NODE_LINKS; i++)
            out[n++] = c->u.node.link[i];
        if (c->u.node.name_len > NODE_NAME)
            out[n++] = c->u.node.u.name_blob;
        break;
    case CELL_BLOB:
        out[n++] = c->u.blob.next;
        break;
    case CELL_LOG:
        out[n++] = c->u.log.next;
        out[n++] = c->u.log.path;
        break;
    default:
        break;
    }
    return n;
}

uint32_t cell_ref(struct store *s, uint32_t i)
{
    if (i)
        cell_at(s, i)->refs++;
    return i;
}

void cell_put(struct store *s, uint32_t i)
{
    struct cell *c = cell_at(s, i);

    if (!i || c->refs == 0 || s->op.broken)
        return;
    if (--c->refs == 0) {
        c->link = s->dead;
        s->dead = i;
    }
}

static void give_back(struct store *s, uint32_t i)
{
    struct cell *c = cell_at(s, i);

    if (c->acct < s->nr_slots && s->slot_now[c->acct].cells)
        s->slot_now[c->acct].cells--;
    c->type = CELL_FREE;
    c->link = s->free;
    s->free = i;
    s->nr_free++;
}

bool cell_drain(struct store *s, uint32_t max)
{
    uint32_t links[6];

    for (; s->dead && max; max--) {
        uint32_t i = s->dead;
        const struct cell *c = cell_at(s, i);

        s->dead = c->link;
        if (c->type == CELL_BLOB) {
            cell_put(s, c->u.blob.next);
        } else {
            uint32_t n = cell_links(c, links);

            while (n)
                cell_put(s, links[--n]);
        }
        give_back(s, i);
    }
    return s->dead != 0;
}

uint32_t cell_take(struct store *s, enum cell_type type, uint32_t acct)
{
    struct cell *c;
    uint32_t i;

    if (!s->free && s->h->used >= s->nr_cells)
        (void)cell_drain(s, 64);
    i = s->free;
    if (s->op.broken)
        return 0;
    if (i) {
        s->free = cell_at(s, i)->link;
        s->nr_free--;
    } else if (s->h->used < s->nr_cells) {
        i = s->h->used + 1;
        s->h->used = i;
    } else {
        s->op.broken = true;
        return 0;
    }
    c = cell_at(s, i);
    c->refs = 1;
    c->link = 0;
    c->type = (uint8_t)type;
    c->acct = (uint16_t)acct;
    if (acct < s->nr_slots)
        s->slot_now[acct].cells++;
    return i;
}

uint32_t cell_new(struct store *s, enum cell_type type, uint32_t acct)
{
    uint32_t i = cell_take(s, type, acct);

    if (i)
        memset(&cell_at(s, i)->u, 0, sizeof(cell_at(s, i)->u));
    return i;
}

static uint32_t cells_left(const struct store *s)
{
    return s->nr_free + (s->nr_cells - s->h->used);
}

enum xs_error cell_room(struct store *s, uint32_t acct, uint32_t cells)
{
    uint32_t reserve = acct ? CELLS_HEADROOM : CELLS_HEADROOM / 2;
    uint32_t limit = ~0u;

    if (acct)
        limit = quota_cells(s, acct);
    /* What was replaced may be dead, or held by the state before. */
    for (uint32_t tries = 0; tries < 3; tries++) {
        if (cells_left(s) >= cells + reserve &&
            (!acct || s->slot_now[acct].cells + cells <= limit))
            return XE_OK;
        if (!cell_drain(s, ~0u) && tries == 0) {
            begin(s, 0);
            (void)commit(s);
        }
    }
    return XE_NOSPC;
}

/* --- blobs --------------------------------------------------------------- */

uint32_t blob_new(struct store *s, const void *data, uint32_t len)
{
    const uint8_t *from = data;
    uint32_t first = 0, last = 0;

    for (uint32_t done = 0; done < len;) {
        uint32_t i = cell_new(s, CELL_BLOB, s->op.acct);
        uint32_t part = len - done < BLOB_DATA ? len - done : BLOB_DATA;
        struct blob *b = &cell_at(s, i)->u.blob;

        if (!i) {
            cell_put(s, first);
            return 0;
        }
        memcpy(b->data, from + done, part);
        b->len = (uint16_t)(len - done);
        if (last) {
            cell_at(s, last)->u.blob.next = i;
            cell_at(s, last)->sum = cell_sum(cell_at(s, last));
        } else {
            first = i;
        }
        last = i;
        done += part;
    }
    if (last)
        cell_at(s, last)->sum = cell_sum(cell_at(s, last));
    return first;
}

uint32_t blob_len(const struct store *s, uint32_t i)
{
    return i ? cell_at(s, i)->u.blob.len : 0;
}

uint32_t blob_get(const struct store *s, uint32_t i, void *to)
{
    uint8_t *out = to;
    uint32_t len = blob_len(s, i);

    while (i) {
        const struct blob *b = &cell_at(s, i)->u.blob;
        uint32_t part = b->len < BLOB_DATA ? b->len : BLOB_DATA;

        memcpy(out, b->data, part);
        out += part;
        i = b->next;
    }
    return len;
}

bool blob_is(const struct store *s, uint32_t i, const void *data, uint32_t len)
{
    const uint8_t *p = data;

    if (blob_len(s, i) != len)
        return false;
    while (i) {
        const struct blob *b = &cell_at(s, i)->u.blob;
        uint32_t part = b->len < BLOB_DATA ? b->len : BLOB_DATA;

        if (memcmp(b->data, p, part))
            return false;
        p += part;
        i = b->next;
    }
    return true;
}

/* --- the mark pass ------------------------------------------------------- */

/* A reference to @i was found: counts it; a new cell goes to the work list. */
static bool mark_one(struct store *s, uint32_t i, uint32_t *work)
{
    struct cell *c = cell_at(s, i);

    if (!i)
        return true;
    if (i > s->h->used)
        return false;
    if (c->refs == 0) {
        if (c->type == CELL_FREE || c->type > CELL_LOG ||
            c->sum != cell_sum(c) || c->acct >= s->nr_slots)
            return false;
        c->link = *work;
        *work = i;
    }
    c->refs++;
    return true;
}

/* Everything that @i reaches. False: some of it is damaged. */
static bool mark(struct store *s, uint32_t i)
{
    uint32_t work = 0, links[6];
    bool good = mark_one(s, i, &work);

    while (work) {
        struct cell *c = cell_at(s, work);
        uint32_t n = cell_links(c, links);

        work = c->link;
        s->slot_now[c->acct].cells++;
        while (n)
            good &= mark_one(s, links[--n], &work);
    }
    return good;
}

/* A word that names a cell; one that is damaged is given up. */
static bool mark_word(struct store *s, uint32_t *word)
{
    if (mark(s, *word))
        return true;
    *word = 0;
    return false;
}

static void mark_tables(struct store *s)
{
    for (uint32_t i = 0; i < s->nr_watches; i++) {
        struct watch *w = &s->watches[i];

        if (w->flags && (!mark_word(s, &w->text) || !w->text))
            w->flags = 0;
    }
    for (uint32_t i = 0; i < s->nr_txs; i++) {
        struct tx *t = &s->txs[i];

        if (t->conn && (!mark_word(s, &t->root) || !mark_word(s, &t->log)))
            t->conn = 0;
    }
    for (uint32_t c = 0; c < s->nr_conns; c++) {
        uint32_t max = events_max(s, c);
        struct event *e = events_of(s, c);
        uint32_t i = s->conns[c].ev_tail;

        /* What is not queued names no cell. */
        for (uint32_t n = s->conns[c].ev_head - i; n && n <= max; n--, i++)
            (void)mark_word(s, &e[i % max].blob);
    }
}

static bool mark_roots(struct store *s, const struct state *st)
{
    bool good = true;

    for (uint32_t i = 0; i < s->nr_slots; i++)
        s->slot_now[i].cells = 0;
    for (uint32_t i = 1; i <= s->h->used; i++)
        cell_at(s, i)->refs = 0;
    for (uint32_t i = 0; i < ROOTS; i++)
        good = good && st->root[i] && mark(s, st->root[i]);
    return good;
}

static void rebuild_free(struct store *s)
{
    s->free = s->nr_free = s->dead = 0;
    for (uint32_t i = s->h->used; i > 0; i--) {
        struct cell *c = cell_at(s, i);

        if (c->refs)
            continue;
        c->type = CELL_FREE;
        c->link = s->free;
        s->free = i;
        s->nr_free++;
    }
}

bool arena_mark(struct store *s, const struct state *st)
{
    struct state *other = &s->h->state[(st->seq + 1) & 1];
    bool good = true;

    if (s->h->used > s->nr_cells)
        s->h->used = s->nr_cells;
    if (!mark_roots(s, st))
        return false;
    for (uint32_t i = 0; i < ROOTS; i++)
        good = good && mark(s, other->root[i]);
    if (!good) {
        memset(other, 0, sizeof(*other));
        (void)mark_roots(s, st);
    }
    mark_tables(s);
    rebuild_free(s);
    for (uint32_t i = 0; i < s->nr_slots; i++)
        s->slot_now[i].change = 0;
    tree_count(s, st->root[ROOT_TREE], 1);
    for (uint32_t i = 0; i < s->nr_slots; i++) {
        s->slot_now[i].nodes = (uint32_t)s->slot_now[i].change;
        s->slot_now[i].change = 0;
    }
    return true;
}
