/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store dies at every single instruction of a request, and the next one
 * takes over: nothing is lost, nothing is done or answered twice.
 *
 * A child serves one request on an arena and a ring page that it shares with
 * the test, one machine instruction at a time (ptrace). After each the test
 * takes a copy of both, attaches a new store to the copy, lets it work, and
 * looks at the answers and at the tree.
 *
 * With COUNTS=full the stops are at every instruction; without, at every
 * seventh, beginning elsewhere for each request.
 *
 * Sources: tools/xenstored/arena.c tools/xenstored/cell.c
 * Sources: tools/xenstored/tree.c tools/xenstored/perms.c
 * Sources: tools/xenstored/number.c tools/xenstored/quota.c
 * Sources: tools/xenstored/nodes.c tools/xenstored/transaction.c
 * Sources: tools/xenstored/watch.c tools/xenstored/ring.c
 * Sources: tools/xenstored/domain.c tools/xenstored/conn.c
 * Sources: tools/xenstored/request.c tools/xenstored/access.c
 * Sources: tools/xenstored/admin.c tools/xenstored/store.c
 * Flags:   -Itools/xenstored -fno-sanitize=all -O2
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_client.h"
#include "../../xenstored/tree.h"

/* What the child shares with the test, besides the arena. */
struct shared {
    struct store_ring ring[CLIENTS];
};

static struct shared *shared, before;
static void *live, *scratch, *start;
static size_t arena_size;

/* The host's rings are copied in and out of what is shared. */
static struct store_ring *page_of(uint32_t domid)
{
    return &shared->ring[domid];
}

static int shared_connect(void *ctx, struct store_link *link)
{
    (void)ctx;
    if (!link->domid || link->domid >= CLIENTS)
        return -1;
    link->page = page_of(link->domid);
    link->local_port = 100u + link->domid;
    return 0;
}

static struct store *attach(void *arena)
{
    struct store_link link = { .page = page_of(0), .local_port = 100 };
    struct store *s = store_attach(arena, arena_size, &host.options,
                                   &host.hooks, NULL);

    assert_non_null(s);
    assert_int_equal(store_add_priv(s, &link), 0);
    return s;
}

static void serve(struct store *s)
{
    store_event_all(s);
    while (store_work(s)) {
    }
}

/* One exchange on the shared rings, outside of any crash. */
static struct message *talk(struct store *s, uint32_t domid, uint32_t type,
                            uint32_t tx, const char *data, uint32_t len)
{
    struct message *m;

    host.s = s;
    memcpy(host.ring, shared->ring, sizeof(host.ring));
    put_request(domid, type, tx, data, len);
    memcpy(shared->ring, host.ring, sizeof(host.ring));
    serve(s);
    memcpy(host.ring, shared->ring, sizeof(host.ring));
    m = get_answer(domid);
    memcpy(shared->ring, host.ring, sizeof(host.ring));
    return m;
}

#define TALK(domid_, tx_, type_, text_)                                        \
    talk(s, domid_, REQUEST_##type_, tx_, text_, sizeof(text_) - 1)

/* A fingerprint of the tree, as domain 0 sees it. */
static uint32_t fingerprint(struct store *s)
{
    char path[PATH_MAX_ABS + 1] = "/";
    uint32_t hash = 1, len = 1;
    uint32_t root = state_now(s)->root[ROOT_TREE];

    while (len) {
        uint32_t i = tree_find(s, root, path, len);
        static uint8_t value[8192];
        uint32_t n = blob_get(s, node_at(s, i)->link[LINK_VALUE], value);

        for (uint32_t k = 0; k < len; k++)
            hash = hash * 31 + (uint8_t)path[k];
        for (uint32_t k = 0; k < n; k++)
            hash = hash * 37 + value[k];
        n = blob_get(s, node_at(s, i)->link[LINK_PERMS], value);
        for (uint32_t k = 0; k < n; k++)
            hash = hash * 41 + value[k];
        len = tree_next(s, root, path, len, true);
    }
    return hash;
}

/* --- one scenario -------------------------------------------------------- */

struct scenario {
    const char *name;
    uint32_t domid, type, tx; /* tx: 1 means the one that was prepared */
    const char *data;
    uint32_t len;
    const char *answer, *other; /* other: also allowed after a crash */
    uint32_t events; /* that domain 0 gets at least once, of one path */
};

static void fresh_arena(void)
{
    memset(live, 0, arena_size);
    memset(shared, 0, sizeof(*shared));
}

/* Both have the same: a tree with something in it, watches, a transaction. */
static void prepare(void)
{
    struct store *s;

    fresh_arena();
    s = attach(live);
    host.next_id = 0;
    TALK(0, 0, WRITE, "/local/domain/1\0x");
    TALK(0, 0, SET_PERMS, "/local/domain/1\0n1\0");
    TALK(0, 0, INTRODUCE,
         "1\0"
         "2\0"
         "3\0");
    TALK(0, 0, WRITE,
         "/a/b/c/d\0long enough to need more than one of the "
         "cells, that is more than fifty-six bytes");
    TALK(0, 0, WRITE, "/a/b/e\0short");
    TALK(0, 0, WATCH, "/a\0token\0");
    TALK(1, 0, TRANSACTION_START, "\0");
    TALK(1, 1, WRITE,
         "data/one\0"
         "1");
    TALK(1, 1, WRITE,
         "data/two\0"
         "2");
    TALK(1, 1, READ, "\0");
    TALK(1, 1, READ, "data\0");
    serve(s);
    for (uint32_t i = 0; i < CLIENTS; i++) /* take the events */
        shared->ring[i].rsp_cons = shared->ring[i].rsp_prod;
    serve(s);
    memcpy(start, live, arena_size);
    before = *shared;
}

static struct store *rewind_to_start(const struct scenario *sc)
{
    memcpy(live, start, arena_size);
    *shared = before;
    memcpy(host.ring, shared->ring, sizeof(host.ring));
    put_request(sc->domid, sc->type, sc->tx, sc->data, sc->len);
    memcpy(shared->ring, host.ring, sizeof(host.ring));
    return live;
}

static bool two_deaths;

struct seen {
    uint32_t answers, events;
    struct message answer;
};

static struct seen collect(uint32_t domid)
{
    struct seen seen = { 0 };
    struct message m;

    for (uint32_t d = 0; d < 2; d++) {
        memcpy(host.ring, shared->ring, sizeof(host.ring));
        while (host.ring[d].rsp_prod != host.ring[d].rsp_cons) {
            assert_true(get_message(d, &m));
            if (m.type == REQUEST_WATCH_EVENT) {
                seen.events++;
            } else {
                assert_int_equal(d, domid);
                seen.answers++;
                seen.answer = m;
            }
        }
        memcpy(shared->ring, host.ring, sizeof(host.ring));
    }
    return seen;
}

/* A new life on a copy of what the old one left. */
static void check_life(const struct scenario *sc, uint32_t old, uint32_t new,
                       uint64_t step)
{
    struct shared kept = *shared;
    struct store *s;
    struct seen seen;
    bool good, done, refused;

    memcpy(scratch, live, arena_size);
    s = attach(scratch);
    host.s = s;
    serve(s);
    seen = collect(sc->domid);
    /* What two lives died of is refused, and then not done (R7). */
    refused = two_deaths && !strcmp(seen.answer.data, "EIO");
    done = !strcmp(seen.answer.data, sc->answer);
    good = store_attached(s) && s->h->repair == 0 && seen.answers == 1 &&
           (done || refused || !strcmp(seen.answer.data, sc->other)) &&
           (fingerprint(s) == (done ? new : old) ||
            (refused && sc->type == REQUEST_RELEASE)) && /* in steps */
           (refused || seen.events >= sc->events);
    if (!good)
        fail_msg("%s, instruction %llu: %u answers ('%s'), %u events, tree %s",
                 sc->name, (unsigned long long)step, seen.answers,
                 seen.answer.data, seen.events,
                 fingerprint(s) == old   ? "old"
                 : fingerprint(s) == new ? "new"
                                         : "neither");
    /* And it lives on. */
    assert_string_equal(TALK(0, 0, CONTROL, "check\0")->data, "OK");
    *shared = kept;
}

static void child(struct store *s)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    store_event(s, 100);
    store_event(s, 101);
    while (store_work(s)) {
    }
    _exit(0);
}

/* A life that dies while it takes over what another left half done. */
static void second_child(void)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    serve(attach(live));
    _exit(0);
}

static pid_t stopped(void (*run)(struct store *s), struct store *s)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (run)
            run(s);
        second_child();
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSTOPPED(status));
    return pid;
}

static void die_twice(const struct scenario *sc, uint64_t first, uint32_t every,
                      uint32_t old, uint32_t new)
{
    struct store *s = rewind_to_start(sc);
    uint64_t step = 0;
    int status = 0;
    pid_t pid;

    s = attach(live);
    pid = stopped(child, s);
    while (first--) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    pid = stopped(NULL, NULL);
    two_deaths = true;
    do {
        if (step++ % every == 0)
            check_life(sc, old, new, step);
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
    } while (WIFSTOPPED(status));
    two_deaths = false;
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_life(sc, old, new, step);
}

static uint64_t step_through(const struct scenario *sc, uint32_t every,
                             uint32_t old, uint32_t new)
{
    struct store *s = rewind_to_start(sc);
    uint64_t step = 0;
    int status;
    pid_t pid;

    s = attach(live);
    /* The attachment itself has served the request's bytes to nobody yet. */
    pid = fork();
    if (pid == 0)
        child(s);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    while (WIFSTOPPED(status)) {
        if (step++ % every == 0)
            check_life(sc, old, new, step);
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check_life(sc, old, new, step);
    return step;
}

static const struct scenario scenarios[] = {
    { "write", 0, REQUEST_WRITE, 0, "/a/b/c/new/er\0value", 19, "OK", "OK", 1 },
    { "overwrite", 0, REQUEST_WRITE, 0, "/a/b/e\0v", 8, "OK", "OK", 1 },
    { "rm", 0, REQUEST_RM, 0, "/a/b", 5, "OK", "OK", 1 },
    { "commit", 1, REQUEST_TRANSACTION_END, 1, "T", 2, "OK", "EAGAIN", 0 },
    { "read", 0, REQUEST_READ, 0, "/a/b/e", 7, "short", "short", 0 },
    { "watch", 1, REQUEST_WATCH, 0, "data\0t", 7, "OK", "OK", 1 },
    { "introduce", 0, REQUEST_INTRODUCE, 0,
      "2\0"
      "0\0"
      "5",
      6, "OK", "OK", 0 },
    { "release", 0, REQUEST_RELEASE, 0, "1", 2, "OK", "OK", 0 },
};

static uint32_t after(const struct scenario *sc)
{
    struct store *s = rewind_to_start(sc);
    struct seen seen;

    s = attach(live);
    serve(s);
    seen = collect(sc->domid);
    assert_int_equal(seen.answers, 1);
    assert_string_equal(seen.answer.data, sc->answer);
    return fingerprint(s);
}

static void every_instruction(void **state)
{
    bool full = getenv("COUNTS") && !strcmp(getenv("COUNTS"), "full");

    (void)state;
    prepare();
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        const struct scenario *sc = &scenarios[i];
        uint32_t old, new = after(sc);
        uint64_t steps;

        memcpy(live, start, arena_size);
        *shared = before;
        old = fingerprint(attach(live));
        steps = step_through(sc, full ? 1 : 7, old, new);
        print_message("%s: %llu instructions\n", sc->name,
                      (unsigned long long)steps);
        assert_true(steps > 500);
    }
}

/* Deaths in the middle of a take-over, after ones spread over a request. */
static void every_take_over(void **state)
{
    bool full = getenv("COUNTS") && !strcmp(getenv("COUNTS"), "full");
    uint32_t spread = full ? 8 : 1;

    (void)state;
    prepare();
    for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        const struct scenario *sc = &scenarios[i];
        uint32_t old, new = after(sc);
        uint64_t steps;

        memcpy(live, start, arena_size);
        *shared = before;
        old = fingerprint(attach(live));
        steps = step_through(sc, 1u << 30, old, new);
        for (uint32_t k = 1; k <= spread; k++)
            die_twice(sc, steps * k / (spread + 1), full ? 11 : 211, old, new);
    }
}

static void ask_again(const struct scenario *sc)
{
    memcpy(host.ring, shared->ring, sizeof(host.ring));
    put_request(sc->domid, sc->type, sc->tx, sc->data, sc->len);
    memcpy(shared->ring, host.ring, sizeof(host.ring));
}

/*
 * The same request kills two lives: the third answers it EIO (R7). A domain
 * that has done so three times is not listened to any more.
 */
static void poison(void **state)
{
    static const struct scenario sc = { "poison", 1,  REQUEST_READ, 0, "data",
                                        5,        "", "",           0 };

    (void)state;
    prepare();
    for (uint32_t death = 0; death < 9; death++) {
        struct store *s;
        struct seen seen;

        if (death == 0)
            (void)rewind_to_start(&sc);
        else if (death % 3 == 0)
            ask_again(&sc);
        s = attach(live);
        if (death % 3 < 2) {
            /* As if it had died in the middle of the request. */
            s->conns[1].cons = s->conns[1].in_start;
            memcpy(s->conns[1].in,
                   shared->ring[1].req + (s->conns[1].cons & 1023), 21);
            s->conns[1].cons += 21;
            s->h->inflight |= INFLIGHT_RUNNING | 2;
            continue;
        }
        serve(s);
        seen = collect(1);
        if (death < 8) {
            assert_int_equal(seen.answers, 1);
            assert_string_equal(seen.answer.data, "EIO");
        }
    }
    assert_int_equal(shared->ring[1].error, RING_ERROR_PROTOCOL);
}

/* A damaged root, then a damaged cell below it: the state before is taken. */
static void damage(void **state)
{
    struct store *s;
    uint32_t old, root;

    (void)state;
    for (int what = 0; what < 2; what++) {
        prepare();
        s = attach(live);
        TALK(0, 0, WRITE,
             "/x\0"
             "1");
        old = fingerprint(s);
        /* Taken one state further, without another root of the tree. */
        begin(s, 0);
        s->op.gen++;
        assert_true(commit(s));
        begin(s, 0);
        tree_add(
            s, &s->op.root[ROOT_TREE], "/lost", 5,
            cell_ref(s, node_at(s, s->op.root[ROOT_TREE])->link[LINK_PERMS]));
        assert_true(commit(s));
        root = state_now(s)->root[ROOT_TREE];
        if (what == 0)
            state_now(s)->gen[0]++;
        else
            node_at(s, root)->children ^= 4;
        s = attach(live);
        assert_true(store_attached(s));
        assert_int_equal(s->h->repair, 1);
        assert_int_equal(fingerprint(s), old);
        assert_string_equal(TALK(0, 0, CONTROL, "check\0")->data, "OK");
        assert_string_equal(TALK(0, 0, READ, "/x\0")->data, "1");
    }
    /* Both are damaged: an empty store, and a line about it. */
    s->h->state[0].sum++;
    s->h->state[1].sum++;
    s = attach(live);
    assert_false(store_attached(s));
    assert_string_equal(TALK(0, 0, READ, "/x\0")->data, "ENOENT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction),
        cmocka_unit_test(every_take_over),
        cmocka_unit_test(poison),
        cmocka_unit_test(damage),
    };
    struct store_options o = { .guests = 2,
                               .guest_bytes = 16384,
                               .guest_watches = 8,
                               .priv_nodes = 64,
                               .priv_watches = 8 };

    host_new(o);
    host.hooks.connect = shared_connect;
    arena_size = store_arena_size(&o);
    live = mmap(NULL, arena_size, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    scratch = aligned_alloc(4096, arena_size);
    start = aligned_alloc(4096, arena_size);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
