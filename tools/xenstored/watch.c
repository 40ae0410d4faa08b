/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches and events.
 *
 * A watch is found by a hash of its path, so that a change costs one look
 * into a bucket for each directory above it, however many watches there are.
 *
 * An event is a change like every other: it is in its queue exactly when the
 * change that caused it is in the tree. When a queue is full the request is
 * undone and waits; when that has lasted too long the watch is marked, and
 * fires once on its own path as soon as there is room.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, "Watches", and 4.3.
 * Layer:  4 of the tool.
 */
#include <string.h>

#include "number.h"
#include "perms.h"
#include "tree.h"
#include "watch.h"

#define HASH_START 2166136261u

static uint32_t hash_more(uint32_t hash, char c)
{
    return (hash ^ (uint8_t)c) * 16777619u;
}

static uint32_t hash_of(const char *path, uint32_t len)
{
    uint32_t hash = HASH_START;

    for (uint32_t i = 0; i < len; i++)
        hash = hash_more(hash, path[i]);
    return hash;
}

static uint32_t *bucket(struct store *s, uint32_t hash)
{
    return &s->buckets[(hash ^ hash >> 16) % s->nr_buckets];
}

const char *special_name(enum root root)
{
    return root == ROOT_INTRODUCE ? "@introduceDomain"
           : root == ROOT_RELEASE ? "@releaseDomain"
                                  : NULL;
}

enum root special_root(const char *path, uint32_t len)
{
    for (enum root r = ROOT_INTRODUCE; r < ROOTS; r++) {
        if (strlen(special_name(r)) == len &&
            !memcmp(special_name(r), path, len))
            return r;
    }
    return ROOT_TREE;
}

/* --- events -------------------------------------------------------------- */

static enum xs_error queue_full(struct store *s, struct watch *w)
{
    struct conn_now *now = &s->conn_now[w->conn];

    if (!s->op.force && !now->slow)
        return XE_WAIT;
    now->slow = true;
    s->missed = true;
    set(s, &w->flags, w->flags | WATCH_MISSED);
    return XE_OK;
}

/* Queues "path\0token\0" of @len bytes for the watch's conn. */
static enum xs_error queue(struct store *s, struct watch *w,
                           const uint8_t *text, uint32_t len)
{
    struct conn *c = &s->conns[w->conn];
    struct event *e = events_of(s, w->conn);
    uint32_t max = events_max(s, w->conn);
    uint32_t from = c->ev_tail + (c->sending == SEND_EVENT);
    uint32_t blob;

    if (len > PAYLOAD_MAX || c->kind == CONN_CLOSING || c->ignored)
        return XE_OK;
    for (uint32_t i = from; i != c->ev_head && c->ev_head - i <= max; i++) {
        if (blob_is(s, e[i % max].blob, text, len))
            return XE_OK;
    }
    if (c->ev_head - c->ev_tail >= max ||
        s->nr_free + s->nr_cells - s->h->used < CELLS_HEADROOM / 4)
        return queue_full(s, w);
    blob = blob_new(s, text, len);
    set_ref(s, &e[c->ev_head % max].blob, blob);
    set(s, &e[c->ev_head % max].cause, s->op.acct);
    set(s, &c->ev_head, c->ev_head + 1);
    s->op.queued++;
    s->conn_now[w->conn].ready = true;
    return XE_OK;
}

void event_done(struct store *s, uint32_t i)
{
    struct conn *c = &s->conns[i];
    struct event *e = &events_of(s, i)[c->ev_tail % events_max(s, i)];
    struct slot_now *cause =
        &s->slot_now[e->cause < s->nr_slots ? e->cause : 0];

    begin(s, 0);
    set_ref(s, &e->blob, 0);
    set(s, &c->ev_tail, c->ev_tail + 1);
    set(s, &c->sending, SEND_NONE);
    if (!commit(s))
        return;
    if (cause->outstanding && e->cause)
        cause->outstanding--;
    s->conn_now[i].slow = false;
    event_room(s);
}

void event_forgive(struct store *s, uint32_t slot)
{
    for (uint32_t i = 0; i < s->nr_conns; i++) {
        struct event *e = events_of(s, i);

        for (uint32_t k = 0; k < events_max(s, i); k++) {
            if (e[k].cause == slot)
                e[k].cause = 0;
        }
    }
    s->slot_now[slot].outstanding = 0;
}

void event_room(struct store *s)
{
    for (uint32_t k = 0; s->some_wait && k < s->nr_conns; k++) {
        if (s->conn_now[k].waiting)
            s->conn_now[k].ready = true;
    }
}

/* --- matching ------------------------------------------------------------ */

static struct watch_text split_text(const uint8_t *text, uint32_t len)
{
    struct watch_text t = { .path = (const char *)text };

    while (t.path_len < len && text[t.path_len])
        t.path_len++;
    t.token = t.path + t.path_len + 1;
    t.token_len = len > t.path_len + 2 ? len - t.path_len - 2 : 0;
    return t;
}

/* The watch's text, in the first half of s->text. */
static struct watch_text text_of(struct store *s, const struct watch *w)
{
    uint32_t len = blob_get(s, w->text, s->text);

    return split_text(s->text, len);
}

/* Bytes of "/local/domain/N/" that a relative watch does not report. */
static uint32_t home_len(const struct store *s, uint32_t conn)
{
    char number[10];
    uint32_t domid = conn < s->nr_slots ? s->doms[conn].domid
                                        : s->h->options.priv_domid;

    return 15 + number_text(domid, number);
}

/*
 * Sends an event for @path, with @suffix behind it or NULL, to watch @w with
 * token @t, which lies in s->text.
 */
static enum xs_error notify(struct store *s, struct watch *w,
                            const struct watch_text *t, const char *path,
                            uint32_t len, const char *suffix)
{
    uint8_t *out = s->text + PAYLOAD_MAX;
    uint32_t skip = w->flags & WATCH_RELATIVE ? home_len(s, w->conn) : 0;
    uint32_t at;

    if (len < skip)
        skip = 0;
    at = len - skip;
    if (at + t->token_len + 14 > PAYLOAD_MAX)
        return XE_OK;
    memcpy(out, path + skip, at);
    if (suffix) {
        uint32_t n = (uint32_t)strlen(suffix);

        memcpy(out + at, suffix, n);
        at += n;
    }
    out[at++] = '\0';
    memcpy(out + at, t->token, t->token_len);
    at += t->token_len;
    out[at++] = '\0';
    return queue(s, w, out, at);
}

static bool readable(const struct store *s, uint32_t conn, uint32_t root,
                     const char *path, uint32_t len)
{
    uint32_t i = tree_find(s, root, path, len);

    if (i && perms_conn_rights(s, conn, i) & RIGHT_READ)
        return true;
    i = tree_find(s, root, path, path_parent(path, len));
    return i && perms_conn_rights(s, conn, i) & RIGHT_READ;
}

/* Levels between a watched path and one below it. */
static uint32_t levels(const char *path, uint32_t from, uint32_t len)
{
    uint32_t n = 0;

    for (uint32_t i = from; i < len; i++)
        n += path[i] == '/';
    return from == 1 && len > 1 ? n + 1 : n;
}

struct change {
    uint32_t before, after;
    const char *path;
    uint32_t len;
};

/* Fires the watches on exactly the first @len bytes of the changed path. */
static enum xs_error fire_bucket(struct store *s, const struct change *ch,
                                 uint32_t len, uint32_t hash)
{
    enum xs_error rc = XE_OK;

    for (uint32_t i = *bucket(s, hash); i && !rc; i = s->watches[i - 1].next) {
        struct watch *w = &s->watches[i - 1];
        struct watch_text t;

        if (w->hash != hash || (w->depth != DEPTH_ANY &&
                                levels(ch->path, len, ch->len) > w->depth))
            continue;
        t = text_of(s, w);
        if (t.path_len != len || memcmp(t.path, ch->path, len))
            continue;
        if (readable(s, w->conn, ch->before, ch->path, ch->len) ||
            readable(s, w->conn, ch->after, ch->path, ch->len))
            rc = notify(s, w, &t, ch->path, ch->len, NULL);
    }
    return rc;
}

/* Fires the watches below a path that was removed, each on its own path. */
static enum xs_error fire_below(struct store *s, const struct change *ch)
{
    enum xs_error rc = XE_OK;

    for (uint32_t i = 0; i < s->watch_top && !rc; i++) {
        struct watch *w = &s->watches[i];
        struct watch_text t;

        if (!(w->flags & WATCH_USED))
            continue;
        t = text_of(s, w);
        if (t.path_len <= ch->len || t.path[ch->len] != '/' ||
            memcmp(t.path, ch->path, ch->len))
            continue;
        if (tree_find(s, ch->before, t.path, t.path_len) &&
            readable(s, w->conn, ch->before, t.path, t.path_len))
            rc = notify(s, w, &t, t.path, t.path_len, NULL);
    }
    return rc;
}

enum xs_error watch_fire(struct store *s, uint32_t before, uint32_t after,
                         const char *path, uint32_t len, bool below)
{
    struct change ch = { before, after, path, len };
    uint32_t hash = hash_more(HASH_START, '/');
    enum xs_error rc = fire_bucket(s, &ch, 1, hash);

    for (uint32_t i = 1; i < len && !rc; i++) {
        hash = hash_more(hash, path[i]);
        if (i + 1 == len || path[i + 1] == '/')
            rc = fire_bucket(s, &ch, i + 1, hash);
    }
    return rc || !below ? rc : fire_below(s, &ch);
}

enum xs_error watch_fire_special(struct store *s, enum root root,
                                 uint16_t domid)
{
    const char *name = special_name(root);
    uint32_t len = (uint32_t)strlen(name), hash = hash_of(name, len);
    enum xs_error rc = XE_OK;
    char suffix[12] = "/";

    suffix[1 + number_text(domid, suffix + 1)] = '\0';
    for (uint32_t i = *bucket(s, hash); i && !rc; i = s->watches[i - 1].next) {
        struct watch *w = &s->watches[i - 1];
        struct watch_text t = text_of(s, w);
        uint32_t rights = perms_conn_rights(s, w->conn, s->op.root[root]);

        if (t.path_len == len && !memcmp(t.path, name, len) &&
            rights & RIGHT_READ)
            rc = notify(s, w, &t, name, len, w->depth == 1 ? suffix : NULL);
    }
    return rc;
}

/* --- the table ----------------------------------------------------------- */

static uint32_t join(struct store *s, const struct watch_text *t)
{
    uint8_t *out = s->text;

    memcpy(out, t->path, t->path_len);
    out[t->path_len] = '\0';
    memcpy(out + t->path_len + 1, t->token, t->token_len);
    out[t->path_len + 1 + t->token_len] = '\0';
    return t->path_len + t->token_len + 2;
}

static struct watch *find(struct store *s, uint32_t conn,
                          const struct watch_text *t, uint32_t len)
{
    uint32_t hash = hash_of(t->path, t->path_len);

    for (uint32_t i = *bucket(s, hash); i; i = s->watches[i - 1].next) {
        struct watch *w = &s->watches[i - 1];

        if (w->conn == conn && w->hash == hash &&
            blob_is(s, w->text, s->text, len))
            return w;
    }
    return NULL;
}

enum xs_error watch_add(struct store *s, uint32_t conn,
                        const struct watch_text *t, bool relative,
                        uint32_t depth)
{
    uint32_t len = join(s, t), i = 0;
    struct watch_text own;
    struct watch *w;

    if (find(s, conn, t, len))
        return XE_EXIST;
    while (i < s->nr_watches && s->watches[i].flags)
        i++;
    if (i == s->nr_watches)
        return XE_NOSPC;
    if (i >= s->watch_top)
        s->watch_top = i + 1;
    w = &s->watches[i];
    set_ref(s, &w->text, blob_new(s, s->text, len));
    set(s, &w->flags, WATCH_USED | (relative ? WATCH_RELATIVE : 0));
    set(s, &w->conn, conn);
    set(s, &w->depth, depth);
    set(s, &w->hash, hash_of(t->path, t->path_len));
    set(s, &w->next, *bucket(s, w->hash));
    set(s, bucket(s, w->hash), i + 1);
    own = split_text(s->text, len);
    return notify(s, w, &own, own.path, own.path_len, NULL);
}

static void unlink_watch(struct store *s, struct watch *w)
{
    uint32_t me = (uint32_t)(w - s->watches) + 1;
    uint32_t *link = bucket(s, w->hash);

    while (*link && *link != me)
        link = &s->watches[*link - 1].next;
    if (*link)
        set(s, link, w->next);
    set_ref(s, &w->text, 0);
    set(s, &w->flags, 0);
}

enum xs_error watch_remove(struct store *s, uint32_t conn,
                           const struct watch_text *t)
{
    struct watch *w = find(s, conn, t, join(s, t));

    if (!w)
        return XE_NOENT;
    unlink_watch(s, w);
    return XE_OK;
}

bool watch_drop(struct store *s, uint32_t conn, uint32_t max)
{
    for (uint32_t i = 0; i < s->watch_top; i++) {
        struct watch *w = &s->watches[i];

        if (!(w->flags & WATCH_USED) || w->conn != conn)
            continue;
        if (!max--)
            return true;
        unlink_watch(s, w);
    }
    return false;
}

void watch_catch_up(struct store *s, uint32_t i)
{
    bool others = false;

    for (uint32_t k = 0; s->missed && k < s->watch_top; k++) {
        struct watch *w = &s->watches[k];
        struct watch_text t;

        if (!(w->flags & WATCH_MISSED))
            continue;
        if (w->conn != i) {
            others = true;
            continue;
        }
        begin(s, 0);
        t = text_of(s, w);
        set(s, &w->flags, w->flags & ~(uint32_t)WATCH_MISSED);
        if (notify(s, w, &t, t.path, t.path_len, NULL) == XE_OK)
            (void)commit(s);
        else
            rollback(s);
        return;
    }
    s->missed = others;
}

void watch_init(struct store *s)
{
    s->missed = true;
    memset(s->buckets, 0, s->nr_buckets * sizeof(*s->buckets));
    for (uint32_t i = 0; i < s->nr_watches; i++) {
        struct watch *w = &s->watches[i];
        struct watch_text t;

        if (!(w->flags & WATCH_USED) || w->conn >= s->nr_conns) {
            w->flags = 0;
            continue;
        }
        t = text_of(s, w);
        w->hash = hash_of(t.path, t.path_len);
        w->next = *bucket(s, w->hash);
        *bucket(s, w->hash) = i + 1;
        s->watch_top = i + 1;
    }
}
