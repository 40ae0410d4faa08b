/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests: one table; parsed, checked, carried out, answered.
 *
 * A request that ends with an error is rolled back whole: no function that
 * carries one out cleans up behind itself.
 *
 * Source: docs/reference/virq-xenstore.md 3.4 and 4.2 (R3, R7);
 *         public/io/xs_wire.h.
 * Layer:  6 of the tool.
 */
#include <string.h>

#include "conn.h"
#include "domain.h"
#include "number.h"
#include "perms.h"
#include "quota.h"
#include "request.h"
#include "ring.h"
#include "transaction.h"
#include "tree.h"
#include "watch.h"

static enum xs_error run_watch(struct store *s, struct request *r);
static enum xs_error run_unwatch(struct store *s, struct request *r);
static enum xs_error run_start(struct store *s, struct request *r);
static enum xs_error run_end(struct store *s, struct request *r);
static enum xs_error run_reset_watches(struct store *s, struct request *r);

enum how {
    NEEDS_PRIV = 1, /* only from the privileged domain                */
    OWN_OPS = 2,    /* opens its ops itself; leaves one open when OK  */
    NO_TX = 4,      /* what is in tx_id does not matter               */
    CHANGES = 8,    /* may need cells                                 */
};

/* clang-format off */
static const struct call {
    enum xs_error (*run)(struct store *s, struct request *r);
    uint32_t how;
} calls[REQUEST_TYPES] = {
    [REQUEST_CONTROL]              = { run_control, NEEDS_PRIV | NO_TX },
    [REQUEST_DIRECTORY]            = { run_directory, 0 },
    [REQUEST_READ]                 = { run_read, 0 },
    [REQUEST_GET_PERMS]            = { run_get_perms, 0 },
    [REQUEST_WATCH]                = { run_watch, NO_TX | CHANGES },
    [REQUEST_UNWATCH]              = { run_unwatch, NO_TX },
    [REQUEST_TRANSACTION_START]    = { run_start, 0 },
    [REQUEST_TRANSACTION_END]      = { run_end, 0 },
    [REQUEST_INTRODUCE]            = { run_introduce, NEEDS_PRIV | OWN_OPS },
    [REQUEST_RELEASE]              = { run_release, NEEDS_PRIV | OWN_OPS },
    [REQUEST_GET_DOMAIN_PATH]      = { run_get_domain_path, 0 },
    [REQUEST_WRITE]                = { run_write, CHANGES },
    [REQUEST_MKDIR]                = { run_mkdir, CHANGES },
    [REQUEST_RM]                   = { run_rm, 0 },
    [REQUEST_SET_PERMS]            = { run_set_perms, CHANGES },
    [REQUEST_IS_DOMAIN_INTRODUCED] = { run_is_introduced, NEEDS_PRIV },
    [REQUEST_RESUME]               = { run_resume, NEEDS_PRIV },
    [REQUEST_SET_TARGET]           = { run_set_target, NEEDS_PRIV },
    [REQUEST_RESET_WATCHES]        = { run_reset_watches, OWN_OPS },
    [REQUEST_DIRECTORY_PART]       = { run_directory_part, 0 },
    [REQUEST_GET_FEATURE]          = { run_get_feature, 0 },
    [REQUEST_SET_FEATURE]          = { run_set_feature, NEEDS_PRIV },
    [REQUEST_GET_QUOTA]            = { run_get_quota, NEEDS_PRIV },
    [REQUEST_SET_QUOTA]            = { run_set_quota, NEEDS_PRIV },
};

/* Linux 6.1 knows these and no others. */
static const char *const error_name[] = {
    [XE_INVAL]  = "EINVAL",
    [XE_ACCES]  = "EACCES",
    [XE_EXIST]  = "EEXIST",
    [XE_NOENT]  = "ENOENT",
    [XE_NOMEM]  = "ENOMEM",
    [XE_NOSPC]  = "ENOSPC",
    [XE_IO]     = "EIO",
    [XE_NOSYS]  = "ENOSYS",
    [XE_BUSY]   = "EBUSY",
    [XE_AGAIN]  = "EAGAIN",
    [XE_ISCONN] = "EISCONN",
    [XE_2BIG]   = "E2BIG",
};
/* clang-format on */

/* --- the answer ---------------------------------------------------------- */

enum xs_error reply_add(struct request *r, const void *data, uint32_t len)
{
    if (len > PAYLOAD_MAX - r->reply)
        return XE_2BIG;
    if (len)
        memcpy(r->c->out + MESSAGE_HEADER + r->reply, data, len);
    r->reply += len;
    return XE_OK;
}

enum xs_error reply_text(struct request *r, const char *text)
{
    return reply_add(r, text, (uint32_t)strlen(text) + 1);
}

enum xs_error reply_number(struct request *r, uint32_t n)
{
    char text[11];
    uint32_t len = number_text(n, text);

    text[len] = '\0';
    return reply_add(r, text, len + 1);
}

/* --- the arguments ------------------------------------------------------- */

const char *arg_word(struct request *r, uint32_t *len)
{
    const char *word = (const char *)r->rest;

    for (uint32_t i = 0; i < r->rest_len; i++) {
        if (word[i])
            continue;
        *len = i;
        r->rest += i + 1;
        r->rest_len -= i + 1;
        return word;
    }
    return NULL;
}

enum xs_error arg_number(struct request *r, uint32_t max, uint32_t *n)
{
    uint32_t len;
    const char *word = arg_word(r, &len);

    if (!word || !number_parse(word, len, n) || *n > max)
        return XE_INVAL;
    return XE_OK;
}

/* A bit for each byte that a path may have: - / 0-9 @ A-Z _ a-z. */
static const uint32_t path_bytes[8] = { 0, 0x03ffa000, 0x87ffffff, 0x07fffffe };

static bool path_char(char c)
{
    return path_bytes[(uint8_t)c / 32] >> (uint8_t)c % 32 & 1;
}

/* Whether a name, as it came, may be one. */
static bool path_valid(const char *path, uint32_t len)
{
    if (len == 0 || len > (path[0] == '/' ? PATH_MAX_ABS : PATH_MAX_REL))
        return false;
    if (len > 1 && path[len - 1] == '/')
        return false;
    for (uint32_t i = 0; i < len; i++) {
        if (!path_char(path[i]) || (i && path[i] == '/' && path[i - 1] == '/'))
            return false;
    }
    return true;
}

/* "/local/domain/N/"; returns its length. */
static uint32_t home(char *to, uint16_t domid)
{
    static const char local[] = "/local/domain/";
    uint32_t len = sizeof(local) - 1;

    memcpy(to, local, len);
    len += number_text(domid, to + len);
    to[len++] = '/';
    return len;
}

/* The path-max quota counts what is below the domain's own directory. */
static bool path_too_long(const struct store *s, const struct request *r)
{
    char own[32];
    uint32_t skip = home(own, r->domid), len = r->path_len;

    if (len > skip && !memcmp(own, r->path, skip))
        len -= skip;
    return len > quota_of(s, r->slot, Q_PATH_MAX);
}

enum xs_error arg_path(struct store *s, struct request *r, bool special)
{
    uint32_t len, at = 0;
    const char *word = arg_word(r, &len);

    if (!word || !path_valid(word, len))
        return XE_INVAL;
    if (word[0] == '@' && (!special || special_root(word, len) == ROOT_TREE))
        return XE_INVAL;
    r->relative = word[0] != '/' && word[0] != '@';
    if (r->relative)
        at = home(r->path, r->domid);
    if (at + len > PATH_MAX_ABS)
        return XE_INVAL;
    memcpy(r->path + at, word, len);
    r->path_len = at + len;
    r->path[r->path_len] = '\0';
    return path_too_long(s, r) ? XE_INVAL : XE_OK;
}

/* --- watches and transactions -------------------------------------------- */

static enum xs_error watch_args(struct store *s, struct request *r,
                                struct watch_text *t)
{
    enum xs_error rc = arg_path(s, r, true);

    if (rc)
        return rc;
    t->path = r->path;
    t->path_len = r->path_len;
    t->token = arg_word(r, &t->token_len);
    if (!t->token || t->path_len + t->token_len + 2 > PAYLOAD_MAX)
        return XE_INVAL;
    return XE_OK;
}

static uint32_t features_of(const struct store *s, const struct request *r)
{
    return r->priv ? FEATURES : s->doms[r->slot].features;
}

static enum xs_error run_watch(struct store *s, struct request *r)
{
    uint32_t depth = DEPTH_ANY, watches = 0;
    struct watch_text t = { 0 };
    enum xs_error rc = watch_args(s, r, &t);

    if (!rc && r->rest_len && features_of(s, r) & FEATURE_DEPTH)
        rc = arg_number(r, 65534, &depth);
    if (rc || r->rest_len)
        return rc ? rc : XE_INVAL;
    if (r->path[0] == '@' && !r->priv) {
        enum root special = special_root(r->path, r->path_len);

        if (!(perms_conn_rights(s, r->index, s->op.root[special]) & RIGHT_READ))
            return XE_ACCES;
    }
    for (uint32_t i = 0; i < s->watch_top; i++)
        watches += s->watches[i].flags && s->watches[i].conn == r->index;
    if (watches >= quota_of(s, r->slot, Q_WATCHES))
        return XE_NOSPC;
    rc = watch_add(s, r->index, &t, r->relative, depth);
    return rc ? rc : reply_text(r, "OK");
}

static enum xs_error run_unwatch(struct store *s, struct request *r)
{
    struct watch_text t = { 0 };
    enum xs_error rc = watch_args(s, r, &t);

    if (!rc)
        rc = watch_remove(s, r->index, &t);
    return rc ? rc : reply_text(r, "OK");
}

static enum xs_error run_reset_watches(struct store *s, struct request *r)
{
    domain_conn_drop(s, r->index);
    begin(s, r->slot);
    return reply_text(r, "OK");
}

static enum xs_error run_start(struct store *s, struct request *r)
{
    uint32_t id;
    enum xs_error rc = r->tx ? XE_BUSY : tx_start(s, r, &id);

    return rc ? rc : reply_number(r, id);
}

/*
 * A transaction is closed whatever becomes of it; when it fails, by fail(),
 * after what it did half is rolled back.
 */
static enum xs_error run_end(struct store *s, struct request *r)
{
    struct tx *t = r->tx;
    uint32_t len = 0;
    const char *word = arg_word(r, &len);
    enum xs_error rc = XE_OK;

    if (!t)
        return XE_NOENT;
    if (!word || len != 1 || (word[0] != 'T' && word[0] != 'F'))
        return XE_INVAL;
    cell_put(s, r->tree);
    r->tree = 0;
    r->tx = NULL;
    r->root = &s->op.root[ROOT_TREE];
    s->op.private_ = false;
    if (word[0] == 'T')
        rc = tx_apply(s, r, t);
    if (rc == XE_WAIT)
        return rc;
    r->ended = t;
    if (rc)
        return rc;
    tx_drop(s, t);
    return reply_text(r, "OK");
}

/* --- all of them --------------------------------------------------------- */

static void parse(struct store *s, uint32_t i)
{
    struct request *r = &s->req;

    r->c = &s->conns[i];
    r->index = i;
    r->slot = conn_slot(s, i);
    r->domid = conn_domid(s, i);
    r->priv = r->slot == 0;
    r->type = conn_field(r->c, 0);
    r->id = conn_field(r->c, 1);
    r->tx_id = conn_field(r->c, 2);
    r->len = conn_field(r->c, 3);
    r->data = r->c->in + MESSAGE_HEADER;
    r->rest = r->data;
    r->rest_len = r->len;
    r->tx = NULL;
    r->tree = 0;
    r->root = &s->op.root[ROOT_TREE];
    r->path_len = 0;
    r->relative = false;
    r->reply = 0;
    r->ended = NULL;
    r->greet = 0;
}

/* What can be said before looking at the arguments. */
static enum xs_error check(struct store *s, struct request *r)
{
    const struct call *call = &calls[r->type < REQUEST_TYPES ? r->type : 15];

    if (!call->run)
        return XE_NOSYS;
    if (call->how & NEEDS_PRIV && !r->priv)
        return XE_ACCES;
    if (r->tx_id && !(call->how & NO_TX)) {
        r->tx = tx_find(s, r->index, r->tx_id);
        if (!r->tx)
            return XE_NOENT;
    }
    /* Room for the way down, the value, and what goes with it. */
    if (call->how & CHANGES)
        return cell_room(s, r->slot, 16 + r->len / 32);
    return XE_OK;
}

static enum xs_error run(struct store *s, struct request *r)
{
    const struct call *call = &calls[r->type < REQUEST_TYPES ? r->type : 15];
    enum xs_error rc = check(s, r);

    if (!rc && call->how & OWN_OPS) {
        r->tx = NULL;
        return call->run(s, r);
    }
    begin(s, r->slot);
    s->op.force = s->conn_now[r->index].overdue;
    if (rc)
        return rc;
    if (r->tx) {
        r->tree = cell_ref(s, r->tx->root);
        r->root = &r->tree;
        s->op.private_ = true;
    }
    rc = call->run(s, r);
    if (!rc && r->tx && r->tree != r->tx->root)
        set_ref(s, &r->tx->root, r->tree);
    else
        cell_put(s, r->tree);
    r->tree = 0;
    return rc;
}

/* The answer's header, and the commit that makes the request's end. */
static bool finish(struct store *s, struct request *r, enum xs_error rc)
{
    uint32_t header[4] = { r->type, r->id, r->tx_id, 0 };

    if (rc) {
        r->reply = 0;
        header[0] = REQUEST_ERROR;
        (void)reply_text(r, error_name[rc]);
    }
    header[3] = r->reply;
    memcpy(r->c->out, header, sizeof(header));
    set(s, &r->c->reply_len, MESSAGE_HEADER + r->reply);
    set(s, &r->c->in_start, r->c->cons);
    return commit(s);
}

static void fail(struct store *s, struct request *r, enum xs_error rc)
{
    if (s->op.open)
        rollback(s);
    begin(s, r->slot);
    if (r->ended)
        tx_drop(s, r->ended);
    (void)finish(s, r, rc);
}

/* A request that ended two lives of the store is not tried again (R7). */
static bool poisonous(struct store *s, struct request *r, uint32_t deaths)
{
    struct dom *d = &s->doms[r->slot];

    if (deaths < 2)
        return false;
    say(s, "xenstored: EIO for a request of domain", r->domid);
    if (r->slot) {
        begin(s, 0);
        set(s, &d->strikes, d->strikes + 1);
        (void)commit(s);
    }
    fail(s, r, XE_IO);
    if (r->slot && d->strikes >= 3)
        conn_refuse(s, r->index, RING_ERROR_PROTOCOL);
    return true;
}

static uint32_t deaths_of(const struct store *s, uint32_t i)
{
    uint32_t w = s->h->inflight;

    return INFLIGHT_CONN(w) == i + 1 ? INFLIGHT_DEATHS(w) : 0;
}

/* A guest whose events others have not taken yet waits until they do. */
static bool too_many_events(const struct store *s, const struct request *r)
{
    return !r->priv && !s->conn_now[r->index].overdue &&
           s->slot_now[r->slot].outstanding >=
               quota_of(s, r->slot, Q_OUTSTANDING);
}

static bool wait_for_room(struct store *s, uint32_t i)
{
    struct conn_now *now = &s->conn_now[i];

    if (!now->waiting) {
        now->waiting = true;
        s->some_wait = true;
        now->since = s->hooks->now_ns(s->ctx);
    }
    return false;
}

bool request_handle(struct store *s, uint32_t i)
{
    struct request *r = &s->req;
    uint32_t deaths = deaths_of(s, i);
    enum xs_error rc;

    parse(s, i);
    if (too_many_events(s, r))
        return wait_for_room(s, i);
    if (!poisonous(s, r, deaths)) {
        s->h->inflight = (i + 1) | deaths << 16 | INFLIGHT_RUNNING;
        ordered();
        rc = run(s, r);
        if (rc == XE_WAIT) {
            rollback(s);
            s->h->inflight = 0;
            return wait_for_room(s, i);
        }
        if (rc || s->op.broken)
            fail(s, r, rc ? rc : XE_NOMEM);
        else if (!finish(s, r, XE_OK))
            fail(s, r, XE_NOMEM);
        ordered();
    }
    s->h->inflight = 0;
    s->conn_now[i].waiting = false;
    s->conn_now[i].overdue = false;
    if (r->greet)
        domain_greet(s, r->greet);
    return true;
}
