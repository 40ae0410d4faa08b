/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore protocol, as its clients see it: cases 36 to 45 of
 * docs/reference/virq-xenstore.md 5.3, and the rest of 3.4.
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

static const struct store_options plain;

#define IS(m_, text_)     assert_true(same((m_), text_, sizeof(text_)))
#define IS_RAW(m_, text_) assert_true(same((m_), text_, sizeof(text_) - 1))

static bool same(const struct message *m, const char *text, size_t len)
{
    if (m && m->len == len && !memcmp(m->data, text, len))
        return true;
    print_message("got '%s' (%u), not '%s'\n", m ? m->data : "(nothing)",
                  m ? m->len : 0, text);
    return false;
}

static void case_36_write_makes_parents(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK_RAW(0, 0, WRITE, "/a/b/c\0one\0two"), "OK");
    IS_RAW(ASK(0, 0, READ, "/a/b/c"), "one\0two");
    IS_RAW(ASK(0, 0, READ, "/a/b"), "");
    IS_RAW(ASK(0, 0, READ, "/a"), "");
    IS_RAW(ASK(0, 0, DIRECTORY, "/"), "a\0tool\0");
    IS_RAW(ASK(0, 0, DIRECTORY, "/a/b"), "c\0");
    IS_RAW(ASK(0, 0, DIRECTORY, "/a/b/c"), "");
}

static void case_37_rm_of_what_is_not_there(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK(0, 0, MKDIR, "/a/b"), "OK");
    IS(ASK(0, 0, RM, "/a/none"), "OK");
    IS(ASK(0, 0, RM, "/a/none/none"), "ENOENT");
    IS(ASK(0, 0, RM, "/"), "EINVAL");
    IS(ASK(0, 0, RM, "/a"), "OK");
    IS(ASK(0, 0, READ, "/a/b"), "ENOENT");
}

static void case_38_missing_nodes_tell_nothing(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    IS(ASK(0, 0, MKDIR, "/open/x"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/open\0r0"), "OK");
    IS(ASK(0, 0, MKDIR, "/shut/x"), "OK");
    IS(ASK_RAW(1, 0, WRITE, "/open/none\0v"), "ENOENT");
    IS(ASK_RAW(1, 0, WRITE, "/open/none/none\0v"), "ENOENT");
    IS(ASK_RAW(1, 0, WRITE, "/shut/none\0v"), "EACCES");
    IS(ASK_RAW(1, 0, WRITE, "/shut/x\0v"), "EACCES");
    IS(ASK(1, 0, READ, "/open/none"), "ENOENT");
    IS(ASK(1, 0, READ, "/shut/none"), "EACCES");
    IS(ASK(1, 0, READ, "/shut/x"), "EACCES");
    IS(ASK(1, 0, RM, "/shut/none"), "EACCES");
    IS(ASK(1, 0, DIRECTORY, "/open"), "x");
}

static void case_39_watch(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    put_request(1, REQUEST_WATCH, 0, "data\0token", 11);
    host_work();
    IS(get_answer(1), "OK");
    assert_int_equal(host.events, 0); /* the answer came first */
    assert_int_equal(take_events(1), 1);
    IS(&host.event[0], "data\0token");
    IS(ASK(1, 0, WATCH, "data\0token"), "EEXIST");
    IS(ASK_RAW(1, 0, WRITE, "data/x\0v"), "OK");
    assert_int_equal(take_events(1), 1);
    IS(&host.event[0], "data/x\0token");
    IS(ASK(1, 0, UNWATCH, "data\0other"), "ENOENT");
    IS(ASK(1, 0, UNWATCH, "data\0token"), "OK");
    IS(ASK(1, 0, UNWATCH, "data\0token"), "ENOENT");
    IS(ASK_RAW(1, 0, WRITE, "data/x\0v"), "OK");
    assert_int_equal(take_events(1), 0);
}

static uint32_t start(uint32_t domid)
{
    struct message *m = ASK(domid, 0, TRANSACTION_START, "");

    assert_int_equal(m->type, REQUEST_TRANSACTION_START);
    return (uint32_t)atoi(m->data);
}

static void case_40_transactions_conflict(void **state)
{
    uint32_t a, w;

    (void)state;
    host_new(plain);
    IS(ASK_RAW(0, 0, WRITE, "/x\0old"), "OK");
    a = start(0);
    w = start(0);
    IS_RAW(ASK(0, a, READ, "/x"), "old");
    IS(ASK_RAW(0, w, WRITE, "/x\0mine"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/x\0new"), "OK");
    IS_RAW(ASK(0, a, READ, "/x"), "old");
    IS(ASK(0, a, TRANSACTION_END, "T"), "EAGAIN");
    IS(ASK(0, a, TRANSACTION_END, "T"), "ENOENT");
    IS_RAW(ASK(0, 0, READ, "/x"), "new");
    IS(ASK(0, w, TRANSACTION_END, "T"), "OK");
    IS_RAW(ASK(0, 0, READ, "/x"), "mine");
    /* To see that a node is missing is to read, too. */
    a = start(0);
    IS(ASK(0, a, READ, "/y"), "ENOENT");
    IS(ASK_RAW(0, 0, WRITE, "/y\0v"), "OK");
    IS(ASK(0, a, TRANSACTION_END, "T"), "EAGAIN");
    /* One that is given up leaves nothing, and others do not disturb. */
    a = start(0);
    IS(ASK_RAW(0, a, WRITE, "/gone\0v"), "OK");
    IS(ASK(0, a, TRANSACTION_END, "F"), "OK");
    IS(ASK(0, 0, READ, "/gone"), "ENOENT");
    IS(ASK(0, a, READ, "/y"), "ENOENT");
}

static void transactions_repeat_what_they_did(void **state)
{
    uint32_t a;

    (void)state;
    host_new(plain);
    IS(ASK_RAW(0, 0, WRITE,
               "/d/a\0"
               "1"),
       "OK");
    IS(ASK_RAW(0, 0, WRITE,
               "/d/b\0"
               "2"),
       "OK");
    IS(ASK(0, 0, WATCH, "/d\0t"), "OK");
    take_events(0);
    a = start(0);
    IS(ASK_RAW(0, a, WRITE,
               "/d/c\0"
               "3"),
       "OK");
    IS(ASK(0, a, RM, "/d"), "OK");
    IS(ASK(0, a, READ, "/d/a"), "ENOENT");
    IS(ASK_RAW(0, a, WRITE,
               "/d/c\0"
               "4"),
       "OK");
    IS_RAW(ASK(0, a, DIRECTORY, "/d"), "c\0");
    IS(ASK_RAW(0, 0, WRITE, "/other\0x"), "OK");
    assert_int_equal(take_events(0), 0); /* not before the end */
    IS(ASK(0, a, TRANSACTION_END, "T"), "OK");
    assert_true(take_events(0) > 0);
    IS_RAW(ASK(0, 0, DIRECTORY, "/d"), "c\0");
    IS_RAW(ASK(0, 0, READ, "/d/c"), "4");
    /* What it needs was removed by somebody else. */
    IS(ASK(0, 0, MKDIR, "/p"), "OK");
    a = start(0);
    IS(ASK_RAW(0, a, WRITE, "/p/q\0v"), "OK");
    IS(ASK(0, 0, RM, "/p"), "OK");
    IS(ASK(0, a, TRANSACTION_END, "T"), "EAGAIN");
    IS(ASK(0, 0, MKDIR, "/p"), "OK");
    a = start(0);
    IS(ASK(0, a, SET_PERMS, "/p\0n1"), "OK");
    IS(ASK(0, 0, RM, "/p"), "OK");
    IS(ASK(0, a, TRANSACTION_END, "T"), "EAGAIN");
    a = start(0);
    IS(ASK(0, a, TRANSACTION_START, ""), "EBUSY");
    IS(ASK(0, 99, TRANSACTION_START, ""), "ENOENT");
    IS(ASK(0, a, TRANSACTION_END, "X"), "EINVAL");
}

static void case_41_a_long_directory(void **state)
{
    char path[32], *names = calloc(1, 40000);
    uint32_t at = 0, seen = 0, offset = 0;
    char gen[4100] = "";

    (void)state;
    host_new(plain);
    for (uint32_t i = 0; i < 3000; i++) {
        int n = snprintf(path, sizeof(path), "/dir/n%04u", i);

        IS(ask(0, REQUEST_MKDIR, 0, path, (uint32_t)n + 1), "OK");
    }
    IS(ASK(0, 0, DIRECTORY, "/dir"), "E2BIG");
    for (;;) {
        int n = snprintf(path, sizeof(path), "/dir%c%u", 0, offset);
        struct message *m = ask(0, REQUEST_DIRECTORY_PART, 0, path,
                                (uint32_t)n + 1);
        uint32_t skip = (uint32_t)strlen(m->data) + 1;

        assert_int_equal(m->type, REQUEST_DIRECTORY_PART);
        assert_true(!*gen || !strcmp(gen, m->data));
        memcpy(gen, m->data, skip);
        memcpy(names + at, m->data + skip, m->len - skip);
        at += m->len - skip;
        offset += m->len - skip;
        if (at > 1 && !names[at - 1] && !names[at - 2])
            break;
    }
    for (uint32_t i = 0; i + 1 < at; i += 6, seen++) {
        snprintf(path, sizeof(path), "n%04u", seen);
        assert_string_equal(names + i, path);
    }
    assert_int_equal(seen, 3000);
    IS(ASK(0, 0, MKDIR, "/dir/more"), "OK");
    assert_string_not_equal(ASK(0, 0, DIRECTORY_PART,
                                "/dir\0"
                                "0")
                                ->data,
                            gen);
    IS(ASK(0, 0, RM, "/dir"), "OK");
    free(names);
}

static void case_42_a_length_beyond_the_limit(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    make_home(2);
    put_request(1, REQUEST_READ, 0, "x", 4097 - 4096 + 1);
    host.ring[1].req[(host.ring[1].req_prod - 2 - 4) & 1023] = 1;
    host.ring[1].req[(host.ring[1].req_prod - 2 - 3) & 1023] = 16; /* 4097 */
    host_work();
    assert_int_equal(host.ring[1].error, RING_ERROR_PROTOCOL);
    assert_int_equal(host.ring[1].rsp_prod, host.ring[1].rsp_cons);
    IS_RAW(ASK(2, 0, DIRECTORY, "/local/domain/2"), "");
    host.gone[1] = true;
    store_dom_exc(host.s);
    host_work();
    IS(ASK(0, 0, IS_DOMAIN_INTRODUCED, "1"), "F");
    IS(ASK(0, 0, READ, "/local/domain/1"), "ENOENT");
    make_home(1); /* and the next life is listened to again */
    IS_RAW(ASK(1, 0, DIRECTORY, "/local/domain/1"), "");
}

static void case_43_broken_indexes(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    host.ring[1].req_prod = host.ring[1].req_cons + 1025;
    host_work();
    assert_int_equal(host.ring[1].error, RING_ERROR_INDEXES);
    assert_int_equal(host.ring[1].req_cons, 0);
    IS(ASK(0, 0, READ, "/none"), "ENOENT");
    make_home(1);
    put_request(1, REQUEST_READ, 0, "/tool", 6);
    host.ring[1].rsp_cons = 5; /* more than was ever sent */
    host_work();
    assert_int_equal(host.ring[1].error, RING_ERROR_INDEXES);
    /* It may ask for a new beginning. */
    host.ring[1].connection = 1;
    host_work();
    assert_int_equal(host.ring[1].connection, 0);
    assert_int_equal(host.ring[1].error, RING_ERROR_NONE);
    IS_RAW(ASK(1, 0, DIRECTORY, "/local/domain/1"), "");
}

static struct message *guest_write(uint32_t nr, uint32_t len)
{
    static char text[5000];
    int n = snprintf(text, 64, "d%u/n%u", nr / 100, nr) + 1;

    memset(text + n, 'v', len);
    return ask(1, REQUEST_WRITE, 0, text, (uint32_t)n + len);
}

static void case_44_quotas(void **state)
{
    struct store_options o = { .guest_nodes = 1000, .guest_bytes = 1 << 20 };
    uint32_t made = 1; /* its home */
    char text[64];

    (void)state;
    host_new(o);
    for (int life = 0; life < 2; life++) {
        make_home(1);
        made = 1;
        for (uint32_t i = 0; i < 2000; i++) {
            struct message *m = guest_write(i, 1);

            if (m->type == REQUEST_ERROR) {
                IS(m, "ENOSPC");
                break;
            }
            made += 1 + (i % 100 == 0);
        }
        assert_int_equal(made, 1000);
        assert_int_equal(host.s->slot_now[1].nodes, 1000);
        IS(guest_write(0, 2049), "ENOSPC");
        IS(guest_write(0, 2000), "OK");
        for (uint32_t i = 0; i <= 128; i++) {
            int n = snprintf(text, sizeof(text), "w%u%ct", i, 0);
            struct message *m = ask(1, REQUEST_WATCH, 0, text, (uint32_t)n + 1);

            assert_string_equal(m->data, i < 128 ? "OK" : "ENOSPC");
        }
        for (uint32_t i = 0; i < 10; i++)
            assert_true(start(1) > 0);
        IS(ASK(1, 0, TRANSACTION_START, ""), "ENOSPC");
        IS(ASK(1, 0, SET_PERMS, "d0\0n1\0r0\0r2\0r3\0w0"), "OK");
        IS(ASK(1, 0, SET_PERMS, "d0\0n1\0r0\0r2\0r3\0w0\0w2"), "ENOSPC");
        IS(ASK_RAW(0, 0, WRITE, "/fine\0v"), "OK");
        host.gone[1] = true;
        host.domain[1].unique_id++;
        store_dom_exc(host.s);
        host_work();
        assert_int_equal(host.s->slot_now[1].nodes, 0);
        assert_int_equal(host.s->slot_now[1].cells, 0);
        host.gone[1] = false;
    }
}

static void case_45_one_who_does_not_read(void **state)
{
    char path[64];
    uint32_t done = 0;
    size_t cells;

    (void)state;
    host_new(plain);
    make_home(1);
    make_home(2);
    for (uint32_t i = 0; i < 200; i++) {
        int n = snprintf(path, sizeof(path), "x%03u%cv", i, 0);

        IS(ask(2, REQUEST_WRITE, 0, path, (uint32_t)n), "OK");
    }
    IS(ASK(0, 0, SET_PERMS, "/local/domain/2\0r2"), "OK");
    IS(ASK(1, 0, WATCH, "/local/domain/2\0t"), "OK");
    take_events(1);
    for (uint32_t i = 0; i < 200; i++) {
        int n = snprintf(path, sizeof(path), "x%03u", i);
        uint64_t before = host.now;

        put_request(2, REQUEST_RM, 0, path, (uint32_t)n + 1);
        host_work();
        while (host.ring[2].rsp_prod == host.ring[2].rsp_cons) {
            host.now += 1000000000;
            assert_true(host.now - before <= 21000000000ull);
            host_work();
        }
        IS(get_answer(2), "OK");
        done++;
        cells = host.s->nr_cells - host.s->h->used + host.s->nr_free;
        assert_true(cells > CELLS_HEADROOM);
    }
    assert_true(host.now >= 20000000000ull); /* it did wait */
    assert_int_equal(done, 200);
    /* Who reads at last hears that something was missed. */
    done = take_events(1);
    assert_true(done >= 20);
    IS(&host.event[done - 1], "/local/domain/2\0t");
}

static void guest_rights(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    make_home(2);
    IS(ASK_RAW(1, 0, WRITE, "mine\0v"), "OK");
    IS_RAW(ASK(1, 0, GET_PERMS, "mine"), "n1\0");
    IS(ASK(2, 0, READ, "/local/domain/1/mine"), "EACCES");
    IS(ASK(1, 0, SET_PERMS, "mine\0n1\0r2"), "OK");
    IS_RAW(ASK(2, 0, READ, "/local/domain/1/mine"), "v");
    IS(ASK_RAW(2, 0, WRITE, "/local/domain/1/mine\0w"), "EACCES");
    IS(ASK(1, 0, SET_PERMS, "mine\0n2"), "EACCES"); /* not its to give */
    IS(ASK(1, 0, SET_PERMS, "mine\0x2"), "EINVAL");
    IS(ASK(1, 0, SET_PERMS, "mine\0n1\0b32757"), "OK"); /* everybody */
    IS(ASK_RAW(2, 0, WRITE, "/local/domain/1/mine\0w"), "OK");
    IS(ASK(1, 0, INTRODUCE,
           "3\0"
           "1\0"
           "2"),
       "EACCES");
    IS(ASK(1, 0, CONTROL, "check"), "EACCES");
    IS(ASK(1, 0, WATCH, "@introduceDomain\0t"), "EACCES");
    IS(ASK(1, 0, WATCH, "@releaseDomain\0t"), "OK");
    IS(ask(1, 15, 0, "", 1), "ENOSYS");
    IS(ask(1, 20, 0, "", 1), "ENOSYS");
    IS(ask(1, 99, 0, "", 1), "ENOSYS");
    /* Its own stub domain may do what it may do. */
    IS(ASK(0, 0, SET_TARGET,
           "2\0"
           "1"),
       "OK");
    IS(ASK_RAW(2, 0, WRITE, "/local/domain/1/sub\0w"), "OK");
}

static void paths(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    IS(ASK(0, 0, READ, ""), "EINVAL");
    IS(ASK(0, 0, READ, "//"), "EINVAL");
    IS(ASK(0, 0, READ, "/a//b"), "EINVAL");
    IS(ASK(0, 0, READ, "/a/"), "EINVAL");
    IS(ASK(0, 0, READ, "/a b"), "EINVAL");
    IS(ASK_RAW(0, 0, READ, "/a"), "EINVAL"); /* no NUL */
    IS(ASK(0, 0, READ, "@releaseDomain"), "EINVAL");
    IS(ASK(0, 0, WATCH, "@nonsense\0t"), "EINVAL");
    IS(ASK(0, 0, MKDIR, "rel"), "OK");
    IS_RAW(ASK(0, 0, DIRECTORY, "/local/domain/0"), "rel\0");
    IS(ASK(0, 0, GET_DOMAIN_PATH, "4711"), "/local/domain/4711");
    IS(ASK(1, 0, GET_DOMAIN_PATH, "x"), "EINVAL");
}

static void domains_come_and_go(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK(0, 0, WATCH, "@introduceDomain\0i"), "OK");
    IS(ASK(0, 0, WATCH, "@releaseDomain\0r"), "OK");
    IS(ASK(0, 0, WATCH,
           "@releaseDomain\0deep\0"
           "1"),
       "OK");
    take_events(0);
    make_home(1);
    assert_int_equal(take_events(0), 1);
    IS(&host.event[0], "@introduceDomain\0i");
    IS(ASK(0, 0, IS_DOMAIN_INTRODUCED, "1"), "T");
    host.domain[1].shutdown = true;
    store_dom_exc(host.s);
    assert_int_equal(take_events(0), 2);
    IS(&host.event[0], "@releaseDomain/1\0deep");
    IS(&host.event[1], "@releaseDomain\0r");
    store_dom_exc(host.s);
    assert_int_equal(take_events(0), 0); /* once */
    IS(ASK(0, 0, RESUME, "1"), "OK");
    store_dom_exc(host.s);
    assert_int_equal(take_events(0), 2);
    /* Where it cannot be asked for, each VIRQ may mean it. */
    host.domain[1].shutdown = false;
    host.domain[1].unsure = true;
    for (int i = 0; i < 2; i++) {
        store_dom_exc(host.s);
        assert_int_equal(take_events(0), 2);
        IS(&host.event[0], "@releaseDomain/1\0deep");
    }
    host.domain[1].unsure = false;
    /* Another life under the same number has none of the first's rights. */
    IS(ASK(0, 0, MKDIR, "/shared/x"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/shared\0n0\0b1"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/shared/x\0n1"), "OK");
    host.domain[1].shutdown = false;
    host.domain[1].unique_id = 77;
    store_dom_exc(host.s);
    assert_int_equal(take_events(0), 2);
    IS(ASK(0, 0, IS_DOMAIN_INTRODUCED, "1"), "F");
    IS_RAW(ASK(0, 0, DIRECTORY, "/shared"), "");
    IS_RAW(ASK(0, 0, GET_PERMS, "/shared"), "n0\0");
    assert_int_equal(host.disconnects, 1);
    make_home(1);
    IS(ASK(1, 0, READ, "/shared"), "EACCES");
    IS(ASK(0, 0, RELEASE, "1"), "OK");
    IS(ASK(0, 0, RELEASE, "1"), "EINVAL");
    IS(ASK(0, 0, RELEASE, "0"), "EINVAL");
    IS(ASK(0, 0, RELEASE, "999"), "ENOENT");
}

static void removal_tells_watchers_below(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK_RAW(0, 0, WRITE, "/a/b/c\0v"), "OK");
    IS(ASK(0, 0, WATCH, "/a/b/c\0deep"), "OK");
    IS(ASK(0, 0, WATCH, "/a/b/none\0none"), "OK");
    IS(ASK(0, 0, WATCH, "/\0top"), "OK");
    IS(ASK(0, 0, WATCH,
           "/a\0d0\0"
           "0"),
       "OK");
    take_events(0);
    IS(ASK(0, 0, RM, "/a/b"), "OK");
    assert_int_equal(take_events(0), 2);
    IS(&host.event[0], "/a/b\0top");
    IS(&host.event[1], "/a/b/c\0deep");
    IS(ASK(0, 0, RM, "/a"), "OK");
    assert_int_equal(take_events(0), 2); /* the one of depth 0, too */
    /* The same event is not there twice. */
    put_request(0, REQUEST_WRITE, 0,
                "/z\0"
                "1",
                4);
    put_request(0, REQUEST_WRITE, 0,
                "/z\0"
                "2",
                4);
    for (int i = 0; i < 2; i++) {
        struct message m;

        assert_true(get_message(0, &m));
    }
}

static void features_and_quotas(void **state)
{
    (void)state;
    host_new(plain);
    make_home(1);
    IS(ASK(1, 0, GET_FEATURE, ""), "15");
    IS(ASK(0, 0, GET_FEATURE, "1"), "15");
    IS(ASK(0, 0, SET_FEATURE,
           "1\0"
           "64"),
       "EINVAL");
    IS(ASK(0, 0, SET_FEATURE,
           "1\0"
           "2"),
       "EBUSY");
    IS(ASK(0, 0, GET_QUOTA, "watches"), "128");
    IS(ASK(0, 0, SET_QUOTA,
           "1\0watches\0"
           "1"),
       "OK");
    IS(ASK(0, 0, GET_QUOTA, "1\0watches"), "1");
    IS(ASK(0, 0, GET_QUOTA, "nonsense"), "EINVAL");
    IS(ASK(1, 0, WATCH, "a\0a"), "OK");
    IS(ASK(1, 0, WATCH, "b\0b"), "ENOSPC");
    IS(ASK(1, 0, RESET_WATCHES, ""), "OK");
    IS(ASK(1, 0, WATCH, "b\0b"), "OK");
    IS(ASK(0, 0, CONTROL, "check"), "OK");
    IS(ASK(0, 0, CONTROL, "nonsense"), "EINVAL");
    assert_non_null(strstr(ASK(0, 0, CONTROL, "help")->data, "memreport"));
    assert_non_null(
        strstr(ASK(0, 0, CONTROL, "quota")->data, "node-size 2048"));
    assert_non_null(strstr(ASK(0, 0, CONTROL, "memreport")->data, "domain 1"));
}

/* Which children have a value: of many, of none, at the root. */
static void which_have(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK_RAW(0, 0, WRITE, "/d/1/name\0one"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/d/12/name\0two"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/d/3/name\0one"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/d/4/names\0one"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/d/5/name/name\0one"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/d/6/name\0once"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/e/7/name\0one"), "OK");
    IS(ASK_RAW(0, 0, WRITE, "/name\0one"), "OK");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name\0one"), "1\n3\n");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name\0two"), "12\n");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name/name\0one"), "5\n");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name\0three"), "");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name\0"), "5\n");
    IS(ASK(0, 0, CONTROL, "find\0/d/3\0name\0one"), "");
    IS(ASK(0, 0, CONTROL,
           "find\0/\0"
           "7/name\0one"),
       "e\n");
    IS(ASK(0, 0, CONTROL, "find\0/none\0name\0one"), "ENOENT");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name"), "EINVAL");
    IS(ASK(0, 0, CONTROL, "find\0/d//\0name\0one"), "EINVAL");
    IS(ASK(0, 0, CONTROL, "find\0/d\0name\0one\0more"), "EINVAL");
    make_home(1);
    IS(ASK(1, 0, CONTROL, "find\0/d\0name\0one"), "EACCES");
}

static void assert_nodes(uint32_t domid, uint32_t nodes)
{
    const char *at = ASK(0, 0, CONTROL, "memreport")->data;
    char line[32];

    snprintf(line, sizeof(line), "domain %u\n", domid);
    at = strstr(at, line);
    assert_non_null(at);
    at = strstr(at, "  nodes ");
    assert_int_equal(strtoul(at + 8, NULL, 10), nodes);
}

/* What a domain owns already when it is introduced counts, wherever it is. */
static void owned_before(void **state)
{
    (void)state;
    host_new(plain);
    IS(ASK(0, 0, MKDIR, "/local/domain/3/data/x"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/local/domain/3/data\0n3"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/local/domain/3/data/x\0n3"), "OK");
    introduce(3);
    assert_nodes(3, 2);
    IS(ASK(0, 0, RM, "/local/domain/3/data/x"), "OK");
    assert_nodes(3, 1);
    IS(ASK(0, 0, MKDIR, "/other/y"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/other\0n1"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/other/y\0n1"), "OK");
    IS(ASK(0, 0, MKDIR, "/other/z"), "OK");
    introduce(1);
    assert_nodes(1, 3);
    /* Its name begins like a home. */
    IS(ASK(0, 0, MKDIR, "/local/domain/20/y"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/local/domain/20/y\0n2"), "OK");
    introduce(2);
    assert_nodes(2, 1);
    /* Once more, with what it has got since. */
    IS(ASK(0, 0, MKDIR, "/other/w"), "OK");
    IS(ASK(0, 0, SET_PERMS, "/other/w\0n3"), "OK");
    introduce(3);
    assert_nodes(3, 2);
}

static void a_check_in_a_transaction(void **state)
{
    uint32_t a;

    (void)state;
    host_new(plain);
    a = start(0);
    IS(ASK_RAW(0, a, WRITE, "/x\0v"), "OK");
    IS(ASK(0, a, CONTROL, "check"), "OK");
    IS(ASK(0, a, CONTROL, "check"), "OK");
    IS_RAW(ASK(0, a, READ, "/x"), "v");
    IS(ASK(0, a, TRANSACTION_END, "T"), "OK");
    IS_RAW(ASK(0, 0, READ, "/x"), "v");
}

static void names_of_any_length(void **state)
{
    char path[200] = "/";
    uint32_t len;

    (void)state;
    host_new(plain);
    for (uint32_t n = 1; n < 180; n += 7) {
        memset(path + 1, 'a', n);
        path[n + 1] = '\0';
        len = n + 2;
        IS(ask(0, REQUEST_MKDIR, 0, path, len), "OK");
        path[n] = 'b';
        IS(ask(0, REQUEST_READ, 0, path, len), "ENOENT");
        path[n] = 'a';
        IS(ask(0, REQUEST_RM, 0, path, len), "OK");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_36_write_makes_parents),
        cmocka_unit_test(case_37_rm_of_what_is_not_there),
        cmocka_unit_test(case_38_missing_nodes_tell_nothing),
        cmocka_unit_test(case_39_watch),
        cmocka_unit_test(case_40_transactions_conflict),
        cmocka_unit_test(transactions_repeat_what_they_did),
        cmocka_unit_test(case_41_a_long_directory),
        cmocka_unit_test(case_42_a_length_beyond_the_limit),
        cmocka_unit_test(case_43_broken_indexes),
        cmocka_unit_test(case_44_quotas),
        cmocka_unit_test(case_45_one_who_does_not_read),
        cmocka_unit_test(guest_rights),
        cmocka_unit_test(paths),
        cmocka_unit_test(domains_come_and_go),
        cmocka_unit_test(removal_tells_watchers_below),
        cmocka_unit_test(features_and_quotas),
        cmocka_unit_test(which_have),
        cmocka_unit_test(owned_before),
        cmocka_unit_test(a_check_in_a_transaction),
        cmocka_unit_test(names_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
