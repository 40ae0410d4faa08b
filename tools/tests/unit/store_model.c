/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random operations, in and out of transactions, on the store and on a model
 * that is so plain that it is right: a list of paths with their values. After
 * each commit, and now and then, both trees are the same; between operations
 * the store may die and be taken over.
 *
 * 100000 operations, 1 million with COUNTS=full.
 *
 * Sources: tools/xenstored/arena.c tools/xenstored/cell.c
 * Sources: tools/xenstored/tree.c tools/xenstored/perms.c
 * Sources: tools/xenstored/number.c tools/xenstored/quota.c
 * Sources: tools/xenstored/nodes.c tools/xenstored/transaction.c
 * Sources: tools/xenstored/watch.c tools/xenstored/ring.c
 * Sources: tools/xenstored/domain.c tools/xenstored/conn.c
 * Sources: tools/xenstored/request.c tools/xenstored/access.c
 * Sources: tools/xenstored/admin.c tools/xenstored/store.c
 * Flags:   -Itools/xenstored
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store_client.h"

#define PATHS 40 /* that there are at all */
#define VALUE 90

/* All nodes are of these, so that the model is an array. */
static char paths[PATHS][48];
static int parent_of[PATHS]; /* -1: the root */

struct model {
    bool there[PATHS];
    char value[PATHS][VALUE];
    uint32_t version[PATHS]; /* changes with whatever was done to it     */
    uint32_t sure[PATHS];    /* only when it is not what it was before   */
};

/* What a transaction did, to be done again when it is committed. */
struct change {
    int path;
    bool remove;
    char value[VALUE];
};

struct open_tx {
    uint32_t id;
    struct model seen, start;
    bool read[PATHS], wrote[PATHS], needs[PATHS];
    struct change change[64];
    uint32_t changes;
};

static struct model now;
static struct open_tx txs[3];
static uint32_t version, commits, conflicts, deaths;

static uint32_t random32(void)
{
    static uint32_t seed = 12345;

    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

static void make_paths(void)
{
    static const char *const names[] = { "a", "b",
                                         "longer-than-the-cell-name" };
    int n = 0;

    for (int i = 0; i < 3; i++) {
        snprintf(paths[n], sizeof(paths[n]), "/%s", names[i]);
        parent_of[n++] = -1;
    }
    for (int i = 0; n < PATHS; i++, n++) {
        char name[3] = { '/', (char)('p' + i % 3), '\0' };

        memmove(paths[n], paths[i / 3], sizeof(paths[n]));
        strcat(paths[n], name);
        parent_of[n] = i / 3;
    }
}

/* --- the model ----------------------------------------------------------- */

static void model_write(struct model *m, int path, const char *value)
{
    for (int i = path; i >= 0 && !m->there[i]; i = parent_of[i]) {
        m->there[i] = true; /* with no value, until below */
        m->version[i] = ++version;
        if (parent_of[i] >= 0)
            m->version[parent_of[i]] = ++version;
    }
    snprintf(m->value[path], VALUE, "%s", value);
    m->version[path] = ++version;
}

static void model_remove(struct model *m, int path)
{
    int up = parent_of[path];

    if (!m->there[path])
        return;
    for (int i = path; i < PATHS; i++) {
        if (i == path ||
            (parent_of[i] >= 0 && m->there[i] && !m->there[parent_of[i]])) {
            m->there[i] = false;
            m->value[i][0] = '\0';
            m->version[i] = ++version;
        }
    }
    if (up >= 0)
        m->version[up] = ++version;
}

static bool same_children(const struct model *a, const struct model *b, int up)
{
    for (int i = 0; i < PATHS; i++) {
        if (parent_of[i] == up && a->there[i] != b->there[i])
            return false;
    }
    return true;
}

/* What has come out of an operation, or of a whole transaction. */
static void settle(const struct model *before)
{
    for (int i = 0; i < PATHS; i++) {
        if (before->there[i] != now.there[i] ||
            strcmp(before->value[i], now.value[i]) ||
            !same_children(before, &now, i))
            now.sure[i] = ++version;
    }
}

/* --- against the store --------------------------------------------------- */

static const char *store_read(uint32_t tx, int path)
{
    struct message *m = ask(0, REQUEST_READ, tx, paths[path],
                            (uint32_t)strlen(paths[path]) + 1);

    return m->type == REQUEST_ERROR ? NULL : m->data;
}

static void check_node(const struct model *m, uint32_t tx, int path)
{
    const char *got = store_read(tx, path);

    if (!m->there[path] != !got || (got && strcmp(got, m->value[path])))
        fail_msg("%s is '%s', not '%s'", paths[path], got ? got : "(none)",
                 m->there[path] ? m->value[path] : "(none)");
}

static void check_list(const struct model *m, uint32_t tx, int path)
{
    char want[400];
    uint32_t len = 0;
    struct message *got;

    if (!m->there[path])
        return;
    for (int i = 0; i < PATHS; i++) {
        if (parent_of[i] == path && m->there[i])
            len += 1 + (uint32_t)sprintf(want + len, "%s",
                                         strrchr(paths[i], '/') + 1);
    }
    got = ask(0, REQUEST_DIRECTORY, tx, paths[path],
              (uint32_t)strlen(paths[path]) + 1);
    assert_int_equal(got->type, REQUEST_DIRECTORY);
    assert_int_equal(got->len, len);
    assert_memory_equal(got->data, want, len);
}

static void check_all(void)
{
    for (int i = 0; i < PATHS; i++) {
        check_node(&now, 0, i);
        check_list(&now, 0, i);
    }
}

/* A transaction is checked against what it saw: then it has read that. */
static void read_one(struct open_tx *t, int path)
{
    if (!t) {
        check_node(&now, 0, path);
        check_list(&now, 0, path);
        return;
    }
    check_node(&t->seen, t->id, path);
    check_list(&t->seen, t->id, path);
    if (!t->wrote[path])
        t->read[path] = true;
}

static void note_change(struct open_tx *t, int path, bool gone,
                        const char *value)
{
    struct change *c = &t->change[t->changes++];

    c->path = path;
    c->remove = gone;
    snprintf(c->value, VALUE, "%s", value);
    for (int i = path; i >= 0; i = parent_of[i]) {
        t->needs[i] = true;
        t->wrote[i] |= !t->start.there[i]; /* made on the way */
    }
    for (int i = path; i < PATHS; i++) {
        if (i == path || (parent_of[i] >= 0 && gone && t->wrote[parent_of[i]]))
            t->wrote[i] = true;
    }
}

static void write_one(struct open_tx *t, int path)
{
    char text[200], value[VALUE];
    uint32_t len;

    len = random32() % 2 ? 4 : 80;
    for (uint32_t i = 0; i < len; i++)
        value[i] = (char)('a' + random32() % 26);
    value[len] = '\0';
    memcpy(text, paths[path], strlen(paths[path]) + 1);
    memcpy(text + strlen(paths[path]) + 1, value, len);
    assert_string_equal(ask(0, REQUEST_WRITE, t ? t->id : 0, text,
                            (uint32_t)strlen(paths[path]) + 1 + len)
                            ->data,
                        "OK");
    model_write(t ? &t->seen : &now, path, value);
    if (t)
        note_change(t, path, false, value);
}

static void remove_one(struct open_tx *t, int path)
{
    const struct model *m = t ? &t->seen : &now;
    int up = parent_of[path];
    bool fine = up < 0 || m->there[up];
    struct message *got = ask(0, REQUEST_RM, t ? t->id : 0, paths[path],
                              (uint32_t)strlen(paths[path]) + 1);

    assert_string_equal(got->data, fine ? "OK" : "ENOENT");
    if (t && m->there[path])
        note_change(t, path, true, "");
    model_remove(t ? &t->seen : &now, path);
}

/* --- transactions -------------------------------------------------------- */

static void start(struct open_tx *t)
{
    memset(t, 0, sizeof(*t));
    t->id = (uint32_t)atoi(ASK(0, 0, TRANSACTION_START, "")->data);
    assert_true(t->id > 0);
    t->seen = t->start = now;
}

/* Whether what it read is still so; what only was written does not count. */
static bool must_conflict(const struct open_tx *t)
{
    for (int i = 0; i < PATHS; i++) {
        if (t->read[i] && t->start.there[i] && now.there[i] &&
            t->start.sure[i] != now.sure[i])
            return true;
        if (t->read[i] && t->start.there[i] != now.there[i])
            return true;
    }
    return false;
}

/* Whether anything that it touched has been changed at all. */
static bool may_conflict(const struct open_tx *t)
{
    for (int i = 0; i < PATHS; i++) {
        if ((t->read[i] || t->needs[i] || t->wrote[i]) &&
            t->start.version[i] != now.version[i])
            return true;
    }
    return false;
}

static void end(struct open_tx *t)
{
    bool give_up = random32() % 5 == 0;
    struct model before;
    uint32_t id = t->id;
    const char *got = give_up ? ASK(0, id, TRANSACTION_END, "F")->data
                              : ASK(0, id, TRANSACTION_END, "T")->data;

    t->id = 0;
    if (give_up) {
        assert_string_equal(got, "OK");
        return;
    }
    if (!strcmp(got, "EAGAIN")) {
        assert_true(may_conflict(t));
        conflicts++;
        return;
    }
    assert_string_equal(got, "OK");
    assert_false(must_conflict(t));
    commits++;
    before = now;
    for (uint32_t i = 0; i < t->changes; i++) {
        if (t->change[i].remove)
            model_remove(&now, t->change[i].path);
        else
            model_write(&now, t->change[i].path, t->change[i].value);
    }
    settle(&before);
    check_all();
}

static void one_step(void)
{
    struct open_tx *t = random32() % 3 ? &txs[random32() % 3] : NULL;
    int path = (int)(random32() % PATHS);
    struct model before;

    if (random32() % 200 == 0) {
        host_attach();
        assert_true(store_attached(host.s));
        deaths++;
    }
    if (t && !t->id) {
        start(t);
        return;
    }
    if (t && (random32() % 12 == 0 || t->changes == 60)) {
        end(t);
        return;
    }
    before = now;
    switch (random32() % 4) {
    case 0:
        remove_one(t, path);
        break;
    case 1:
        write_one(t, path);
        break;
    default:
        read_one(t, path);
        break;
    }
    settle(&before);
}

static void store_and_model_agree(void **state)
{
    bool full = getenv("COUNTS") && !strcmp(getenv("COUNTS"), "full");
    uint32_t steps = full ? 1000000 : 100000;

    (void)state;
    make_paths();
    host_new((struct store_options){ .priv_nodes = 256 });
    for (uint32_t i = 0; i < steps; i++) {
        one_step();
        if (i % 500 == 0)
            check_all();
    }
    print_message("%u commits, %u conflicts, %u deaths\n", commits, conflicts,
                  deaths);
    assert_true(commits > 100 && conflicts > 100 && deaths > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_and_model_agree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
