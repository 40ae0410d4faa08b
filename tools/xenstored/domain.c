/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains: introduce, release, and what is left of one that died.
 *
 * Identity is (domid, unique id): another unique id under the same domid is
 * the death of the old domain and the birth of one without any of its rights.
 *
 * Source: docs/reference/virq-xenstore.md 3.3, 3.4 and 4.2 (R6).
 * Layer:  5 of the tool.
 */
#include <string.h>

#include "conn.h"
#include "domain.h"
#include "number.h"
#include "perms.h"
#include "ring.h"
#include "transaction.h"
#include "tree.h"
#include "watch.h"

static bool is_of(const struct store *s, uint32_t slot, uint16_t domid)
{
    return s->doms[slot].state != DOM_FREE && s->doms[slot].domid == domid;
}

uint32_t domain_slot(const struct store *s, uint16_t domid)
{
    uint32_t hint = s->slot_hint[domid % SLOT_HINTS];

    if (hint && is_of(s, hint, domid))
        return hint;
    for (uint32_t i = 1; i < s->nr_slots; i++) {
        if (is_of(s, i, domid))
            return i;
    }
    return 0;
}

static struct store_link link_for(const struct store *s, uint32_t slot,
                                  bool resumed)
{
    const struct dom *d = &s->doms[slot];

    return (struct store_link){
        .slot = slot,
        .domid = (uint16_t)d->domid,
        .resumed = resumed,
        .gfn = d->gfn,
        .remote_port = d->remote_port,
        .local_port = d->local_port,
        .handle = d->handle,
        .page = s->conn_now[slot].page,
    };
}

static void disconnect(struct store *s, uint32_t slot)
{
    struct store_link link = link_for(s, slot, false);

    if (s->hooks->disconnect && (link.page || link.local_port))
        s->hooks->disconnect(s->ctx, &link);
    s->conn_now[slot].page = NULL;
}

/* --- a connection's state ------------------------------------------------ */

void domain_conn_drop(struct store *s, uint32_t conn)
{
    bool more = true;

    while (more) {
        begin(s, 0);
        more = watch_drop(s, conn, 256);
        if (!more)
            tx_drop_all(s, conn);
        if (!commit(s))
            return;
    }
}

void domain_conn_reset(struct store *s, uint32_t conn, uint32_t kind)
{
    struct conn *c = &s->conns[conn];
    struct event *e = events_of(s, conn);

    domain_conn_drop(s, conn);
    begin(s, 0);
    for (uint32_t i = 0; i < events_max(s, conn); i++) {
        if (e[i].blob)
            set_ref(s, &e[i].blob, 0);
    }
    set(s, &c->kind, kind);
    set(s, &c->ignored, 0);
    set(s, &c->cons, 0);
    set(s, &c->in_start, 0);
    set(s, &c->prod, 0);
    set(s, &c->out_start, 0);
    set(s, &c->sending, SEND_NONE);
    set(s, &c->reply_len, 0);
    set(s, &c->ev_head, 0);
    set(s, &c->ev_tail, 0);
    (void)commit(s);
    s->conn_now[conn].waiting = false;
    s->conn_now[conn].overdue = false;
    event_room(s);
}

/* --- birth --------------------------------------------------------------- */

static uint32_t free_slot(const struct store *s)
{
    for (uint32_t i = 1; i < s->nr_slots; i++) {
        if (s->doms[i].state == DOM_FREE)
            return i;
    }
    return 0;
}

/* A new life in @slot: nothing of what was there before. */
static void take_slot(struct store *s, uint32_t slot, uint16_t domid)
{
    struct dom *d = &s->doms[slot];

    memset(&s->slot_now[slot], 0, sizeof(s->slot_now[slot]));
    s->slot_hint[domid % SLOT_HINTS] = (uint16_t)slot;
    set(s, &d->domid, domid);
    set(s, &d->target, DOMID_ANY);
    set(s, &d->shutdown, 0);
    set(s, &d->strikes, 0);
    set(s, &d->local_port, 0);
    set(s, &d->handle, 0);
    set(s, &d->features, FEATURES);
    for (uint32_t q = 0; q < QUOTAS; q++)
        set(s, &d->quota[q], QUOTA_DEFAULT);
}

static bool connect(struct store *s, uint32_t slot, bool resumed)
{
    struct dom *d = &s->doms[slot];
    struct store_link link = link_for(s, slot, resumed);

    link.page = NULL;
    if (!s->hooks->connect || s->hooks->connect(s->ctx, &link) || !link.page)
        return false;
    s->conn_now[slot].page = link.page;
    begin(s, 0);
    set(s, &d->local_port, link.local_port);
    set(s, &d->handle, link.handle);
    return commit(s);
}

uint32_t domain_home(uint16_t domid, char *path)
{
    static const char homes[] = "/local/domain/";

    memcpy(path, homes, sizeof(homes) - 1);
    return sizeof(homes) - 1 + number_text(domid, path + sizeof(homes) - 1);
}

/*
 * What a domain owned before it was connected counts from now on. Mostly that
 * is in its home, and the rest of the tree need not be looked at.
 */
static void count_nodes(struct store *s, uint32_t slot)
{
    uint16_t domid = (uint16_t)s->doms[slot].domid;
    uint32_t root = state_now(s)->root[ROOT_TREE], top = root;

    if (!(s->strangers >> domid % 64 & 1))
        top = tree_find(s, root, s->path2, domain_home(domid, s->path2));
    s->slot_now[slot].nodes = top ? tree_owned(s, top, domid) : 0;
}

static enum xs_error give_up(struct store *s, uint32_t slot)
{
    begin(s, 0);
    set(s, &s->doms[slot].state, DOM_FREE);
    (void)commit(s);
    s->strangers = ~0ull; /* what it has elsewhere was not noted */
    return XE_INVAL;
}

enum xs_error domain_introduce(struct store *s, uint16_t domid, uint32_t gfn,
                               uint32_t port)
{
    uint32_t slot = domain_slot(s, domid), was = DOM_FREE;
    struct store_domain now = { 0 };
    struct dom *d;

    if (s->hooks->domain_state && s->hooks->domain_state(s->ctx, domid, &now))
        return XE_NOENT;
    if (slot && s->doms[slot].state != DOM_CONNECTING &&
        (s->doms[slot].state == DOM_DYING ||
         pair(s->doms[slot].unique) != now.unique_id)) {
        domain_destroy(s, slot);
        (void)commit(s);
        slot = 0;
    }
    if (slot)
        was = s->doms[slot].state;
    else
        slot = free_slot(s);
    if (!slot)
        return XE_NOSPC;
    d = &s->doms[slot];
    if (was == DOM_CONNECTED)
        disconnect(s, slot);
    begin(s, 0);
    if (was == DOM_FREE)
        take_slot(s, slot, domid);
    set(s, &d->unique[0], (uint32_t)now.unique_id);
    set(s, &d->unique[1], (uint32_t)(now.unique_id >> 32));
    set(s, &d->gfn, gfn);
    set(s, &d->remote_port, port);
    set(s, &d->state, DOM_CONNECTING);
    if (!commit(s) || !connect(s, slot, was == DOM_CONNECTING))
        return give_up(s, slot);
    /* Whoever was there was counted, and what he got elsewhere not noted. */
    if (was != DOM_CONNECTED)
        count_nodes(s, slot);
    domain_conn_reset(s, slot, CONN_RING);
    ring_reset(s->conn_now[slot].page, d->features);
    begin(s, 0);
    s->op.force = true;
    set(s, &d->state, DOM_CONNECTED);
    (void)watch_fire_special(s, ROOT_INTRODUCE, domid);
    return XE_OK;
}

void domain_greet(struct store *s, uint32_t slot)
{
    struct store_ring *page = s->conn_now[slot].page;

    if (!page)
        return;
    if (page->connection)
        ring_connected(page);
    s->conn_now[slot].ready = true;
    s->hooks->notify(s->ctx, s->doms[slot].local_port);
}

/* --- death --------------------------------------------------------------- */

/* What the domain paid for and others keep is paid by slot 0 from now on. */
static void move_debts(struct store *s, uint32_t slot)
{
    for (uint32_t i = 1; i <= s->h->used; i++) {
        struct cell *c = cell_at(s, i);

        if (c->type != CELL_FREE && c->acct == slot) {
            c->acct = 0;
            s->slot_now[0].cells++;
        }
    }
    memset(&s->slot_now[slot], 0, sizeof(s->slot_now[slot]));
}

/* Removes @path, or its mention of @domid; one op. */
static bool forget_at(struct store *s, const char *path, uint32_t len,
                      uint16_t domid)
{
    uint32_t i = tree_find(s, state_now(s)->root[ROOT_TREE], path, len);
    uint32_t perms = i ? node_at(s, i)->link[LINK_PERMS] : 0;

    if (!i || !perms_mention(s, perms, domid))
        return false;
    (void)cell_room(s, 0, 256);
    begin(s, 0);
    if (perms_owner(s, perms) != domid) {
        tree_set_perms(s, &s->op.root[ROOT_TREE], path, len,
                       perms_without(s, perms, domid));
        (void)commit(s);
        return false;
    }
    if (len == 1) {
        tree_set_perms(s, &s->op.root[ROOT_TREE], path, len,
                       perms_owned_by(s, perms, s->h->options.priv_domid));
        (void)commit(s);
        return false;
    }
    tree_count(s, i, -1);
    tree_remove(s, &s->op.root[ROOT_TREE], path, len);
    (void)commit(s);
    return true;
}

static void forget_nodes(struct store *s, uint16_t domid)
{
    char *path = s->path2;
    uint32_t len = 1;

    if (!tree_mentions(s, state_now(s)->root[ROOT_TREE], domid))
        return;
    path[0] = '/';
    while (len) {
        bool removed = forget_at(s, path, len, domid);

        len = tree_next(s, state_now(s)->root[ROOT_TREE], path, len, !removed);
    }
}

static void forget_specials(struct store *s, uint16_t domid)
{
    for (enum root r = ROOT_INTRODUCE; r < ROOTS; r++) {
        uint32_t perms = node_at(s, state_now(s)->root[r])->link[LINK_PERMS];

        if (!perms_mention(s, perms, domid))
            continue;
        begin(s, 0);
        tree_set_perms(s, &s->op.root[r], "/", 1,
                       perms_without(s, perms, domid));
        (void)commit(s);
    }
}

void domain_destroy(struct store *s, uint32_t slot)
{
    struct dom *d = &s->doms[slot];
    uint16_t domid = (uint16_t)d->domid;

    begin(s, 0);
    set(s, &d->state, DOM_DYING);
    (void)commit(s);
    domain_conn_reset(s, slot, CONN_FREE);
    disconnect(s, slot);
    forget_nodes(s, domid);
    forget_specials(s, domid);
    (void)cell_drain(s, ~0u);
    move_debts(s, slot);
    begin(s, 0);
    s->op.force = true;
    for (uint32_t i = 1; i < s->nr_slots; i++) {
        if (s->doms[i].target == domid)
            set(s, &s->doms[i].target, DOMID_ANY);
    }
    set(s, &d->state, DOM_FREE);
    set(s, &d->domid, DOMID_ANY);
    set(s, &d->local_port, 0);
    (void)watch_fire_special(s, ROOT_RELEASE, domid);
}

void domain_check(struct store *s, uint32_t slot)
{
    struct dom *d = &s->doms[slot];
    struct store_domain now = { 0 };
    uint64_t unique = pair(d->unique);

    if (d->state == DOM_FREE || !s->hooks->domain_state)
        return;
    if (d->state == DOM_DYING ||
        s->hooks->domain_state(s->ctx, (uint16_t)d->domid, &now) || now.dying ||
        now.unique_id != unique) {
        domain_destroy(s, slot);
        (void)commit(s);
        return;
    }
    /* Who is told once too often looks, and finds nothing new. */
    if (!now.unsure && (!now.shutdown || d->shutdown))
        return;
    begin(s, 0);
    s->op.force = true;
    set(s, &d->shutdown, now.shutdown);
    (void)watch_fire_special(s, ROOT_RELEASE, (uint16_t)d->domid);
    (void)commit(s);
}

/* --- a new life of the store --------------------------------------------- */

void domain_resume(struct store *s)
{
    for (uint32_t i = 1; i < s->nr_slots; i++) {
        struct dom *d = &s->doms[i];

        /* CONNECTING: the request that wanted it is still there. */
        if (d->state != DOM_CONNECTED)
            continue;
        s->slot_hint[d->domid % SLOT_HINTS] = (uint16_t)i;
        if (!connect(s, i, true)) {
            say(s, "xenstored: lost the ring of domain", d->domid);
            continue;
        }
        conn_resume(s, i);
        domain_greet(s, i);
    }
}
