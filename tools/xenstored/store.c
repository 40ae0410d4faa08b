/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store as a whole: taking over an arena, and the work in it.
 *
 * Source: docs/reference/virq-xenstore.md 4.2, R3 to R7.
 * Layer:  7 of the tool.
 */
#include <string.h>

#include "conn.h"
#include "domain.h"
#include "perms.h"
#include "quota.h"
#include "ring.h"
#include "transaction.h"
#include "tree.h"
#include "watch.h"

#define MAGIC 0x58533332u /* "23SX" */

/* Another one when what is kept means something else in the same place. */
#ifndef STORE_VERSION
#define STORE_VERSION 1u
#endif

#define MIX(sum_, n_)     (((sum_) ^ (uint32_t)(n_)) * 16777619u)
#define SIZE(sum_, what_) MIX(sum_, sizeof(struct what_))

/* In the order of arena_layout(). */
#define MIX_HEAD   SIZE(SIZE(MIX(2166136261u, STORE_VERSION), store), header)
#define MIX_TABLES SIZE(SIZE(MIX(SIZE(MIX_HEAD, undo), JOURNAL), dom), conn)
#define MIX_EVENTS MIX(MIX(SIZE(MIX_TABLES, event), EVENTS_GUEST), EVENTS_PRIV)
#define MIX_NOW                                                                \
    SIZE(SIZE(SIZE(SIZE(MIX_EVENTS, watch), tx), conn_now), slot_now)

const uint32_t store_layout = MIX(SIZE(MIX_NOW, cell), CELLS_HEADROOM);

_Static_assert(sizeof(struct cell) == 80, "fits the sizes of core.h");
_Static_assert(sizeof(struct node) == 64, "one cell");
_Static_assert(sizeof(struct blob) == 64, "one cell");
_Static_assert(sizeof(struct log) == 64, "one cell");

/* --- a new store --------------------------------------------------------- */

static uint32_t one_perm(struct store *s, uint32_t rights)
{
    struct perm p = { (uint8_t)rights, 0, s->h->options.priv_domid };

    return blob_new(s, &p, sizeof(p));
}

static void first_nodes(struct store *s)
{
    static const char *const paths[] = { "/tool", "/tool/xenstored" };

    begin(s, 0);
    s->op.root[ROOT_TREE] = tree_new_root(s, one_perm(s, 0));
    s->op.root[ROOT_INTRODUCE] = tree_new_root(s, one_perm(s, 0));
    s->op.root[ROOT_RELEASE] = tree_new_root(s, one_perm(s, RIGHT_READ));
    for (uint32_t i = 0; i < 2; i++)
        tree_add(s, &s->op.root[ROOT_TREE], paths[i],
                 (uint32_t)strlen(paths[i]), one_perm(s, 0));
    (void)commit(s);
}

static void format(struct store *s, const struct store_options *o, size_t all)
{
    uint8_t *from = (uint8_t *)s->h;

    memset(from, 0, all - (size_t)(from - s->base));
    s->h->options = *o;
    s->h->version = STORE_VERSION;
    s->h->undo_seq = ~0u;
    quota_init(s);
    s->h->state[0].sum = state_sum(&s->h->state[0]);
    first_nodes(s);
    ordered();
    s->h->magic = MAGIC;
}

/* --- a former life ------------------------------------------------------- */

static bool state_good(const struct store *s, uint32_t seq)
{
    const struct state *st = &s->h->state[seq & 1];

    return st->seq == seq && st->sum == state_sum(st);
}

/* Finds the last good state: the present one, else the one before (R5). */
static bool choose_state(struct store *s)
{
    struct header *h = s->h;
    struct state *other = &h->state[(h->select + 1) & 1];

    if (!state_good(s, h->select - 1))
        memset(other, 0, sizeof(*other));
    if (state_good(s, h->select) && arena_mark(s, state_now(s)))
        return true;
    say(s, "xenstored: damaged state", h->select);
    if (!state_good(s, h->select - 1) || !arena_mark(s, other))
        return false;
    memset(state_now(s), 0, sizeof(struct state));
    h->select--;
    h->undo_seq = h->select;
    h->repair++;
    return true;
}

static bool conn_sane(const struct store *s, const struct conn *c, uint32_t i)
{
    return c->kind <= CONN_CLOSING && c->reply_len <= sizeof(c->out) &&
           c->cons - c->in_start <= sizeof(c->in) && c->sending <= SEND_EVENT &&
           c->ev_head - c->ev_tail <= events_max(s, i);
}

static void conn_restore(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    struct event *e = events_of(s, i);
    uint32_t max = events_max(s, i);

    if (!conn_sane(s, c, i)) {
        say(s, "xenstored: damaged connection", i);
        memset(e, 0, max * sizeof(*e));
        domain_conn_reset(s, i, i < s->nr_slots ? c->kind : CONN_FREE);
        return;
    }
    for (uint32_t k = c->ev_tail; k != c->ev_head; k++) {
        uint32_t cause = e[k % max].cause;

        if (cause < s->nr_slots)
            s->slot_now[cause].outstanding++;
    }
    if (i >= s->nr_slots && c->kind != CONN_FREE)
        domain_conn_reset(s, i, CONN_FREE);
}

/* Whose request was being handled when the former life ended (R7). */
static void blame(struct store *s)
{
    uint32_t w = s->h->inflight, i = INFLIGHT_CONN(w) - 1;
    const struct conn *c = &s->conns[i];

    if (i >= s->nr_conns || c->reply_len || !conn_has_request(c)) {
        s->h->inflight = 0;
        return;
    }
    s->redo = i + 1;
    if (w & INFLIGHT_RUNNING)
        s->h->inflight = (i + 1) | (INFLIGHT_DEATHS(w) + 1) << 16;
}

/* A store that is of another size: we would not find what is in it. */
static bool strange(const struct store *s, const struct store_options *o)
{
    struct store_options want = *o;

    if (s->h->magic != MAGIC)
        return false;
    /* Neither shapes the arena. */
    want.seed = s->h->options.seed;
    want.guest_nodes = s->h->options.guest_nodes;
    return s->h->version != STORE_VERSION ||
           memcmp(&s->h->options, &want, sizeof(want));
}

static bool take_over(struct store *s, const struct store_options *o)
{
    if (s->h->magic != MAGIC)
        return false;
    if (s->h->options.guest_nodes != o->guest_nodes) {
        s->h->options.guest_nodes = o->guest_nodes;
        s->h->default_quota[Q_NODES] = o->guest_nodes;
    }
    arena_undo(s);
    if (!choose_state(s))
        return false;
    watch_init(s);
    tx_init(s);
    for (uint32_t i = 0; i < s->nr_conns; i++)
        conn_restore(s, i);
    blame(s);
    domain_resume(s);
    s->check = s->nr_slots;
    s->strangers = ~0ull;
    return true;
}

struct store *store_attach(void *arena, size_t size,
                           const struct store_options *o,
                           const struct store_hooks *hooks, void *ctx)
{
    struct store_options all = arena_options(o);
    struct store *s = arena;

    if (((uintptr_t)arena & 4095) || size < store_arena_size(&all))
        return NULL;
    if (s->head.mark == STORE_MARK && s->head.layout != store_layout)
        return NULL;
    memset((uint8_t *)s + sizeof(s->head), 0, sizeof(*s) - sizeof(s->head));
    s->size = arena_layout(s, arena, &all);
    if (strange(s, &all))
        return NULL;
    s->hooks = hooks;
    s->ctx = ctx;
    s->ways = &s->ways_now;
    memset(s->conn_now, 0, s->nr_conns * sizeof(*s->conn_now));
    memset(s->slot_now, 0, s->nr_slots * sizeof(*s->slot_now));
    s->kept = take_over(s, &all);
    if (!s->kept)
        format(s, &all, s->size);
    s->head.layout = store_layout;
    ordered();
    s->head.mark = STORE_MARK;
    return s;
}

bool store_attached(const struct store *s)
{
    return s->kept;
}

/* --- clients ------------------------------------------------------------- */

int store_add_priv(struct store *s, struct store_link *link)
{
    struct conn *c = &s->conns[0];
    struct store_ring *page = link->page;

    if (!page)
        return -1;
    link->slot = 0;
    link->domid = s->h->options.priv_domid;
    s->conn_now[0].page = page;
    if (c->kind != CONN_RING) {
        domain_conn_reset(s, 0, CONN_RING);
        begin(s, 0);
        set(s, &c->cons, page->req_cons);
        set(s, &c->in_start, page->req_cons);
        set(s, &c->prod, page->rsp_prod);
        (void)commit(s);
    } else {
        conn_resume(s, 0);
    }
    s->doms[0].domid = link->domid;
    s->doms[0].target = DOMID_ANY;
    s->doms[0].local_port = link->local_port;
    page->server_features = FEATURES;
    ring_connected(page);
    s->conn_now[0].ready = true;
    s->hooks->notify(s->ctx, link->local_port);
    return 0;
}

static uint32_t stream(const struct store *s, uint32_t cookie)
{
    for (uint32_t i = s->nr_slots; i < s->nr_conns; i++) {
        if (s->conns[i].kind == CONN_STREAM && s->conns[i].cookie == cookie)
            return i;
    }
    return 0;
}

int store_add_stream(struct store *s, uint32_t cookie)
{
    for (uint32_t i = s->nr_slots; i < s->nr_conns; i++) {
        if (s->conns[i].kind != CONN_FREE)
            continue;
        domain_conn_reset(s, i, CONN_STREAM);
        s->conns[i].cookie = cookie;
        s->conn_now[i].room = false;
        return 0;
    }
    return -1;
}

void store_close_stream(struct store *s, uint32_t cookie)
{
    uint32_t i = stream(s, cookie);

    if (i)
        domain_conn_reset(s, i, CONN_FREE);
}

void store_readable(struct store *s, uint32_t cookie)
{
    uint32_t i = stream(s, cookie);

    if (i)
        s->conn_now[i].ready = true;
}

bool store_wants_write(const struct store *s, uint32_t cookie)
{
    uint32_t i = stream(s, cookie);

    return i && s->conn_now[i].room;
}

bool store_wants_read(const struct store *s, uint32_t cookie)
{
    const struct conn *c = &s->conns[stream(s, cookie)];

    return !c->reply_len && !conn_has_request(c);
}

void store_event(struct store *s, uint32_t local_port)
{
    uint16_t *hint = &s->port_hint[local_port % SLOT_HINTS];

    if (s->doms[*hint].local_port != local_port) {
        for (uint32_t i = 0; i < s->nr_slots; i++) {
            if (s->doms[i].local_port == local_port)
                *hint = (uint16_t)i;
        }
    }
    if (s->doms[*hint].local_port == local_port && s->conn_now[*hint].page)
        s->conn_now[*hint].ready = true;
}

void store_event_all(struct store *s)
{
    for (uint32_t i = 0; i < s->nr_conns; i++)
        s->conn_now[i].ready = true;
}

void store_dom_exc(struct store *s)
{
    s->check = s->nr_slots;
}

/* --- work ---------------------------------------------------------------- */

/* Takes up the requests that have waited for long enough. */
static void overdue(struct store *s)
{
    bool due, some = false;

    if (!s->some_wait)
        return;
    due = store_deadline(s) <= s->hooks->now_ns(s->ctx);
    for (uint32_t i = 0; i < s->nr_conns; i++) {
        if (!s->conn_now[i].waiting)
            continue;
        some = true;
        s->conn_now[i].ready |= due;
    }
    s->some_wait = some;
}

/* Whose turn it is; nr_conns: nobody's. */
static uint32_t next_ready(const struct store *s)
{
    const struct conn_now *now = s->conn_now;

    for (uint32_t i = s->turn + 1; i < s->nr_conns; i++) {
        if (now[i].ready)
            return i;
    }
    for (uint32_t i = 0; i <= s->turn; i++) {
        if (now[i].ready)
            return i;
    }
    return s->nr_conns;
}

bool store_work(struct store *s)
{
    uint32_t next;

    (void)cell_drain(s, 256);
    /* What a RELEASE had begun ends with its answer, so it goes first. */
    if (s->redo) {
        s->conn_now[s->redo - 1].ready = true;
        (void)conn_serve(s, s->redo - 1);
        s->redo = 0;
        return true;
    }
    if (s->check > 1) {
        domain_check(s, --s->check);
        return true;
    }
    overdue(s);
    next = next_ready(s);
    if (next == s->nr_conns)
        return s->dead != 0;
    s->turn = next;
    s->conn_now[next].ready = false;
    if (conn_serve(s, next))
        s->conn_now[next].ready = true;
    return true;
}

uint64_t store_deadline(const struct store *s)
{
    uint64_t first = ~0ull;

    for (uint32_t i = 0; s->some_wait && i < s->nr_conns; i++) {
        const struct conn_now *now = &s->conn_now[i];

        if (now->waiting && !now->overdue && now->since + WAIT_NS < first)
            first = now->since + WAIT_NS;
    }
    return first;
}
