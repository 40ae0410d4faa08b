/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requests about domains, features, quotas and the store itself.
 *
 * Source: docs/reference/virq-xenstore.md 3.4.
 * Layer:  6 of the tool.
 */
#include <string.h>

#include "conn.h"
#include "domain.h"
#include "number.h"
#include "quota.h"
#include "request.h"
#include "tree.h"

static enum xs_error ok(struct request *r, enum xs_error rc)
{
    return rc ? rc : reply_text(r, "OK");
}

/* Nothing may follow the arguments. */
static enum xs_error end(const struct request *r, enum xs_error rc)
{
    return rc || !r->rest_len ? rc : XE_INVAL;
}

static enum xs_error arg_domid(struct request *r, uint16_t *domid)
{
    uint32_t n = 0;
    enum xs_error rc = arg_number(r, DOMID_FIRST_RESERVED - 1, &n);

    *domid = (uint16_t)n;
    return rc;
}

/* --- domains ------------------------------------------------------------- */

/* libxl prints the frame number as a signed decimal. */
static enum xs_error arg_gfn(struct request *r, uint32_t *gfn)
{
    uint32_t len;
    const char *word = arg_word(r, &len);
    bool minus = word && len && word[0] == '-';

    if (!word || !number_parse(word + minus, len - minus, gfn))
        return XE_INVAL;
    if (minus)
        *gfn = 0u - *gfn;
    return XE_OK;
}

enum xs_error run_introduce(struct store *s, struct request *r)
{
    uint32_t gfn = 0, port = 0;
    uint16_t domid;
    enum xs_error rc = arg_domid(r, &domid);

    if (!rc)
        rc = arg_gfn(r, &gfn);
    if (!rc)
        rc = arg_number(r, INT32_MAX, &port);
    if (rc || port == 0 || domid == s->h->options.priv_domid)
        return XE_INVAL;
    rc = domain_introduce(s, domid, gfn, port);
    if (rc)
        return rc;
    r->greet = domain_slot(s, domid);
    return ok(r, rc);
}

enum xs_error run_release(struct store *s, struct request *r)
{
    struct store_domain now;
    uint16_t domid;
    enum xs_error rc = end(r, arg_domid(r, &domid));
    uint32_t slot;

    if (rc || domid == s->h->options.priv_domid ||
        domid == s->h->options.own_domid)
        return XE_INVAL;
    slot = domain_slot(s, domid);
    if (!slot) {
        bool there = s->hooks->domain_state &&
                     !s->hooks->domain_state(s->ctx, domid, &now);

        return there ? XE_INVAL : XE_NOENT;
    }
    domain_destroy(s, slot);
    return ok(r, rc);
}

enum xs_error run_get_domain_path(struct store *s, struct request *r)
{
    static const char local[] = "/local/domain/";
    uint16_t domid;
    enum xs_error rc = end(r, arg_domid(r, &domid));

    (void)s;
    if (!rc)
        rc = reply_add(r, local, sizeof(local) - 1);
    return rc ? rc : reply_number(r, domid);
}

static uint32_t connected(const struct store *s, uint16_t domid)
{
    uint32_t slot = domain_slot(s, domid);

    return slot && s->doms[slot].state == DOM_CONNECTED ? slot : 0;
}

enum xs_error run_is_introduced(struct store *s, struct request *r)
{
    uint16_t domid;
    enum xs_error rc = end(r, arg_domid(r, &domid));
    bool there;

    if (rc)
        return rc;
    there = domid == s->h->options.priv_domid || connected(s, domid);
    return reply_text(r, there ? "T" : "F");
}

enum xs_error run_resume(struct store *s, struct request *r)
{
    uint16_t domid;
    enum xs_error rc = end(r, arg_domid(r, &domid));
    uint32_t slot;

    if (rc)
        return rc;
    slot = connected(s, domid);
    if (!slot)
        return XE_NOENT;
    set(s, &s->doms[slot].shutdown, 0);
    return ok(r, rc);
}

enum xs_error run_set_target(struct store *s, struct request *r)
{
    uint16_t domid, target;
    enum xs_error rc = arg_domid(r, &domid);

    if (!rc)
        rc = end(r, arg_domid(r, &target));
    if (rc)
        return rc;
    if (!connected(s, domid) || !connected(s, target))
        return XE_NOENT;
    set(s, &s->doms[connected(s, domid)].target, target);
    return ok(r, rc);
}

/* --- features and quotas ------------------------------------------------- */

enum xs_error run_get_feature(struct store *s, struct request *r)
{
    enum xs_error rc;
    uint16_t domid;
    uint32_t slot;

    if (r->rest_len == 0 || (r->rest_len == 1 && !r->rest[0]))
        return reply_number(r, r->priv ? FEATURES : s->doms[r->slot].features);
    if (!r->priv)
        return XE_ACCES;
    rc = end(r, arg_domid(r, &domid));
    if (rc)
        return rc;
    slot = connected(s, domid);
    if (!slot && domid != s->h->options.priv_domid)
        return XE_NOENT;
    return reply_number(r, slot ? s->doms[slot].features : FEATURES);
}

enum xs_error run_set_feature(struct store *s, struct request *r)
{
    uint32_t value = 0;
    uint16_t domid;
    enum xs_error rc = arg_domid(r, &domid);

    if (!rc)
        rc = end(r, arg_number(r, UINT32_MAX, &value));
    if (rc || value & ~FEATURES)
        return XE_INVAL;
    /* They are told to a domain when it is connected, and then for good. */
    return connected(s, domid) ? XE_BUSY : XE_NOENT;
}

/* "[[domid]name]": the quota's place, and ~0 for the defaults. */
static enum xs_error arg_quota(struct store *s, struct request *r,
                               uint32_t *slot, enum quota *q)
{
    uint32_t len, domid;
    const char *word = arg_word(r, &len);

    *slot = ~0u;
    if (word && len && word[0] >= '0' && word[0] <= '9') {
        if (!number_parse(word, len, &domid) || domid > UINT16_MAX)
            return XE_INVAL;
        *slot = connected(s, (uint16_t)domid);
        if (!*slot)
            return XE_NOENT;
        word = arg_word(r, &len);
    }
    if (!word)
        return XE_INVAL;
    *q = quota_by_name(word, len);
    return *q == QUOTAS ? XE_INVAL : XE_OK;
}

enum xs_error run_get_quota(struct store *s, struct request *r)
{
    enum xs_error rc;
    uint32_t slot, value;
    enum quota q;

    if (r->rest_len == 0 || (r->rest_len == 1 && !r->rest[0])) {
        r->reply = quota_names(r->c->out + MESSAGE_HEADER);
        return reply_add(r, "", 1);
    }
    rc = end(r, arg_quota(s, r, &slot, &q));
    if (rc)
        return rc;
    value = *quota_word(s, slot, q);
    if (value == QUOTA_DEFAULT)
        value = s->h->default_quota[q];
    return reply_number(r, value);
}

enum xs_error run_set_quota(struct store *s, struct request *r)
{
    uint32_t slot, value = 0;
    enum quota q;
    enum xs_error rc = arg_quota(s, r, &slot, &q);

    if (!rc)
        rc = end(r, arg_number(r, UINT32_MAX - 1, &value));
    if (rc)
        return rc;
    set(s, quota_word(s, slot, q), value);
    return ok(r, rc);
}

/* --- the store itself ---------------------------------------------------- */

static enum xs_error line(struct request *r, const char *what, uint32_t value)
{
    char text[12];
    uint32_t len = number_text(value, text);
    enum xs_error rc = reply_add(r, what, (uint32_t)strlen(what));

    text[len++] = '\n';
    return rc ? rc : reply_add(r, text, len);
}

static enum xs_error control_memreport(struct store *s, struct request *r)
{
    uint32_t watches = 0;
    enum xs_error rc;

    for (uint32_t i = 0; i < s->nr_watches; i++)
        watches += s->watches[i].flags != 0;
    rc = line(r, "cells ", s->nr_cells);
    if (!rc)
        rc = line(r, "cells free ", s->nr_free + s->nr_cells - s->h->used);
    if (!rc)
        rc = line(r, "watches ", watches);
    for (uint32_t i = 0; i < s->nr_slots && !rc; i++) {
        if (i && s->doms[i].state == DOM_FREE)
            continue;
        rc = line(r, "domain ", conn_domid(s, i));
        if (!rc)
            rc = line(r, "  cells ", s->slot_now[i].cells);
        if (!rc)
            rc = line(r, "  nodes ", s->slot_now[i].nodes);
        if (!rc)
            rc = line(r, "  events ", s->slot_now[i].outstanding);
    }
    return rc ? rc : reply_add(r, "", 1);
}

static enum xs_error control_quota(struct store *s, struct request *r)
{
    enum xs_error rc = XE_OK;

    for (enum quota q = Q_NODES; q < QUOTAS && !rc; q++) {
        rc = reply_text(r, quota_name(q));
        r->c->out[MESSAGE_HEADER + r->reply - 1] = ' ';
        if (!rc)
            rc = line(r, "", s->h->default_quota[q]);
    }
    return rc ? rc : reply_add(r, "", 1);
}

static enum xs_error control_check(struct store *s, struct request *r)
{
    bool good;

    /* The op holds references that a mark pass does not see. */
    rollback(s);
    good = arena_mark(s, state_now(s));
    begin(s, r->slot);
    return reply_text(r, good ? "OK" : "damaged");
}

static enum xs_error control_print(struct store *s, struct request *r)
{
    uint32_t len;
    const char *word = arg_word(r, &len);

    if (!word)
        return XE_INVAL;
    say(s, word, r->domid);
    return reply_text(r, "OK");
}

static enum xs_error control_log(struct store *s, struct request *r)
{
    (void)s;
    return reply_text(r, "OK");
}

/* "/NAME/BELOW" behind the @at bytes of s->path2 is a node with @value. */
static bool child_has(struct store *s, const struct request *r, uint32_t at,
                      const char *name, const char *below, const char *value)
{
    uint32_t name_len = (uint32_t)strlen(name);
    uint32_t below_len = (uint32_t)strlen(below), i;
    char *to = s->path2 + at;

    if (at + name_len + below_len + 2 > PATH_MAX_ABS)
        return false;
    *to++ = '/';
    memcpy(to, name, name_len);
    to += name_len;
    *to++ = '/';
    memcpy(to, below, below_len);
    i = tree_find(s, *r->root, s->path2, at + name_len + below_len + 2);
    return i && blob_is(s, node_at(s, i)->link[LINK_VALUE], value,
                        (uint32_t)strlen(value));
}

/*
 * "find", a directory, a path below its children, a value: the names of the
 * children that have the value there, each with a newline. So a tool learns
 * which domain has a name by one request, however many there are.
 */
static enum xs_error control_find(struct store *s, struct request *r)
{
    enum xs_error rc = arg_path(s, r, false);
    uint32_t unused, at = r->path_len > 1 ? r->path_len : 0, dir, skip = 0;
    const char *below = rc ? NULL : arg_word(r, &unused);
    const char *value = below ? arg_word(r, &unused) : NULL;
    bool all = false;

    if (!value || r->rest_len)
        return rc ? rc : XE_INVAL;
    dir = tree_find(s, *r->root, r->path, r->path_len);
    if (!dir)
        return XE_NOENT;
    memcpy(s->path2, r->path, at);
    while (!rc && !all) {
        uint32_t len = tree_list(s, dir, skip, s->text, sizeof(s->text), &all);
        const char *name = (const char *)s->text, *end = name + len;

        for (; name < end && !rc; name += strlen(name) + 1) {
            if (!child_has(s, r, at, name, below, value))
                continue;
            rc = reply_add(r, name, (uint32_t)strlen(name));
            rc = rc ? rc : reply_add(r, "\n", 1);
        }
        skip += len;
    }
    return rc ? rc : reply_add(r, "", 1);
}

static enum xs_error control_help(struct store *s, struct request *r);

static const struct {
    const char *name;
    enum xs_error (*run)(struct store *s, struct request *r);
} controls[] = {
    { "check", control_check },         { "find", control_find },
    { "help", control_help },           { "log", control_log },
    { "memreport", control_memreport }, { "print", control_print },
    { "quota", control_quota },         { "quota-soft", control_quota },
};
#define CONTROLS (sizeof(controls) / sizeof(controls[0]))

static enum xs_error control_help(struct store *s, struct request *r)
{
    (void)s;
    for (uint32_t i = 0; i < CONTROLS; i++) {
        if (reply_text(r, controls[i].name))
            return XE_2BIG;
        r->c->out[MESSAGE_HEADER + r->reply - 1] = '\n';
    }
    return reply_add(r, "", 1);
}

enum xs_error run_control(struct store *s, struct request *r)
{
    uint32_t len;
    const char *word = arg_word(r, &len);

    for (uint32_t i = 0; word && i < CONTROLS; i++) {
        if (!strcmp(word, controls[i].name))
            return controls[i].run(s, r);
    }
    return XE_INVAL;
}
