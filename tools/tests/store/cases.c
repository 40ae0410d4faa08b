/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The protocol of the store that serves, by its clients: cases 36 to 45 of
 * docs/reference/virq-xenstore.md 5.3. Domain 0 is one, with the PATH of a
 * socket or of the kernel's device; guests are puppets, whose rings are
 * played here.
 *
 *     cases PATH NODES    NODES: how many a guest may own
 *
 * Source: docs/reference/virq-xenstore.md 3.4, 3.5.
 * Layer:  test, domain 0's user space.
 */
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "client.h"

static const char *path;
static struct client *priv;
static uint32_t quota_nodes;

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void told(int number)
{
    printf("case %d: %u failed\n", number, failures);
}

/* A guest that is introduced; client_close and puppet_end. */
static struct client *guest(uint32_t domid)
{
    struct puppet *p = puppet_new(domid, 0, client_store(priv));

    NEED(p != NULL);
    NEED(client_introduce(priv, p));
    return client_ring(p);
}

static void gone(struct client *c)
{
    puppet_end(c->p);
    client_close(c);
}

static uint32_t start(struct client *c)
{
    struct message *m = ASK(c, 0, TRANSACTION_START, "");

    CHECK(m->type == XS_TRANSACTION_START);
    return (uint32_t)atoi(m->data);
}

/* Is @name one of the words of an answer? */
static bool lists(const struct message *m, const char *name)
{
    for (uint32_t i = 0; i < m->len; i += (uint32_t)strlen(m->data + i) + 1)
        if (!strcmp(m->data + i, name))
            return true;
    return false;
}

static void case_36(void)
{
    CHECK(IS(ASK_RAW(priv, 0, WRITE, "/case/b/c\0one\0two"), "OK"));
    CHECK(IS_RAW(ASK(priv, 0, READ, "/case/b/c"), "one\0two"));
    CHECK(IS_RAW(ASK(priv, 0, READ, "/case/b"), ""));
    CHECK(IS_RAW(ASK(priv, 0, READ, "/case"), ""));
    CHECK(lists(ASK(priv, 0, DIRECTORY, "/"), "case"));
    CHECK(IS_RAW(ASK(priv, 0, DIRECTORY, "/case/b"), "c\0"));
    CHECK(IS_RAW(ASK(priv, 0, DIRECTORY, "/case/b/c"), ""));
    told(36);
}

static void case_37(void)
{
    CHECK(IS(ASK(priv, 0, MKDIR, "/case/rm/x"), "OK"));
    CHECK(IS(ASK(priv, 0, RM, "/case/rm/none"), "OK"));
    CHECK(IS(ASK(priv, 0, RM, "/case/rm/none/none"), "ENOENT"));
    CHECK(IS(ASK(priv, 0, RM, "/"), "EINVAL"));
    CHECK(IS(ASK(priv, 0, RM, "/case/rm"), "OK"));
    CHECK(IS(ASK(priv, 0, READ, "/case/rm/x"), "ENOENT"));
    told(37);
}

static void case_38(void)
{
    struct client *g = guest(0);

    CHECK(IS(ASK(priv, 0, MKDIR, "/case/open/x"), "OK"));
    CHECK(IS(ASK(priv, 0, SET_PERMS, "/case/open\0r0"), "OK"));
    CHECK(IS(ASK(priv, 0, MKDIR, "/case/shut/x"), "OK"));
    CHECK(IS(ASK(priv, 0, SET_PERMS, "/case/shut\0n0"), "OK"));
    CHECK(IS(ASK_RAW(g, 0, WRITE, "/case/open/none\0v"), "ENOENT"));
    CHECK(IS(ASK_RAW(g, 0, WRITE, "/case/shut/none\0v"), "EACCES"));
    CHECK(IS(ASK_RAW(g, 0, WRITE, "/case/shut/x\0v"), "EACCES"));
    CHECK(IS(ASK(g, 0, READ, "/case/open/none"), "ENOENT"));
    CHECK(IS(ASK(g, 0, READ, "/case/shut/none"), "EACCES"));
    CHECK(IS(ASK(g, 0, READ, "/case/shut/x"), "EACCES"));
    CHECK(IS(ASK(g, 0, RM, "/case/shut/none"), "EACCES"));
    CHECK(IS(ASK(g, 0, DIRECTORY, "/case/open"), "x"));
    gone(g);
    told(38);
}

/* On a ring, or the socket: Linux's device answers WATCH itself. */
static void watching(struct client *c)
{
    struct message m;

    client_put(c, XS_WATCH, 0, "data\0token", 11);
    CHECK(client_get(c, &m, 10000) && m.type == XS_WATCH && IS(&m, "OK"));
    CHECK(client_get(c, &m, 10000) && m.type == XS_WATCH_EVENT &&
          IS(&m, "data\0token"));
    CHECK(IS(ASK(c, 0, WATCH, "data\0token"), "EEXIST"));
    CHECK(IS(ASK_RAW(c, 0, WRITE, "data/x\0v"), "OK"));
    CHECK(client_events(c, 300) == 1);
    CHECK(EVENT_IS(c, 0, "data/x\0token"));
    CHECK(IS(ASK(c, 0, UNWATCH, "data\0other"), "ENOENT"));
    CHECK(IS(ASK(c, 0, UNWATCH, "data\0token"), "OK"));
    CHECK(IS(ASK(c, 0, UNWATCH, "data\0token"), "ENOENT"));
    CHECK(IS(ASK_RAW(c, 0, WRITE, "data/x\0v"), "OK"));
    CHECK(client_events(c, 300) == 0);
}

static void case_39(void)
{
    struct client *g = guest(0);

    watching(g);
    gone(g);
    if (!priv->kernel)
        watching(priv);
    CHECK(IS(ASK(priv, 0, RM, "/local/domain/0/data"), "OK"));
    told(39);
}

static void case_40(void)
{
    struct client *other = client_open(path);
    uint32_t a, w;

    NEED(other != NULL);
    CHECK(IS(ASK_RAW(priv, 0, WRITE, "/case/x\0old"), "OK"));
    a = start(priv);
    w = start(priv);
    CHECK(IS_RAW(ASK(priv, a, READ, "/case/x"), "old"));
    CHECK(IS(ASK_RAW(priv, w, WRITE, "/case/x\0mine"), "OK"));
    CHECK(IS(ASK_RAW(other, 0, WRITE, "/case/x\0new"), "OK"));
    CHECK(IS_RAW(ASK(priv, a, READ, "/case/x"), "old"));
    CHECK(IS(ASK(priv, a, TRANSACTION_END, "T"), "EAGAIN"));
    CHECK(IS(ASK(priv, a, TRANSACTION_END, "T"), "ENOENT"));
    CHECK(IS_RAW(ASK(other, 0, READ, "/case/x"), "new"));
    CHECK(IS(ASK(priv, w, TRANSACTION_END, "T"), "OK"));
    CHECK(IS_RAW(ASK(other, 0, READ, "/case/x"), "mine"));
    client_close(other);
    told(40);
}

/* --- a long directory ---------------------------------------------------- */

/* The next part of /case/dir, in @at; the generation is compared to @gen. */
static struct message *part(uint32_t offset, char *gen)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "/case/dir%c%u", 0, offset) + 1;
    struct message *m = client_ask(priv, XS_DIRECTORY_PART, 0, text,
                                   (uint32_t)n);

    CHECK(m->type == XS_DIRECTORY_PART);
    CHECK(!*gen || !strcmp(gen, m->data));
    strcpy(gen, m->data);
    return m;
}

static void case_41(void)
{
    static char names[3000 * 6 + 4096];
    uint32_t at = 0, right = 0;
    char gen[32] = "", other[32] = "", name[8];

    for (uint32_t i = 0; i < 3000; i++)
        CHECK(IS(client_path(priv, XS_MKDIR, 0, "", 0, "/case/dir/n%04u", i),
                 "OK"));
    CHECK(IS(ASK(priv, 0, DIRECTORY, "/case/dir"), "E2BIG"));
    while (at < 2 || names[at - 1] || names[at - 2]) {
        struct message *m = part(at, gen);
        uint32_t skip = (uint32_t)strlen(m->data) + 1;

        NEED(m->len > skip && at + m->len <= sizeof(names));
        memcpy(names + at, m->data + skip, m->len - skip);
        at += m->len - skip;
    }
    CHECK(at == 3000 * 6 + 1);
    for (uint32_t i = 0; i < 3000; i++) {
        snprintf(name, sizeof(name), "n%04u", i);
        right += !strcmp(names + 6 * i, name);
    }
    CHECK(right == 3000);
    /* One more, half way. */
    part(0, other);
    CHECK(IS(ASK(priv, 0, MKDIR, "/case/dir/more"), "OK"));
    other[0] = '\0';
    part(1000, other);
    CHECK(strcmp(gen, other) != 0);
    CHECK(IS(ASK(priv, 0, RM, "/case/dir"), "OK"));
    told(41);
}

/* --- guests that misbehave ----------------------------------------------- */

static void case_42(void)
{
    struct client *bad = guest(0), *good = guest(0);
    uint32_t domid = bad->p->domid;
    char number[16];
    int n = snprintf(number, sizeof(number), "%u", domid) + 1;

    client_put_part(bad, XS_READ, 0, "x", 4097, 18);
    for (int i = 0; i < 100 && *client_word(bad, RING_ERROR) == 0; i++)
        usleep(100000);
    CHECK(*client_word(bad, RING_ERROR) == 3);
    CHECK(*client_word(bad, RING_RSP_PROD) == *client_word(bad, RING_RSP_CONS));
    CHECK(IS_RAW(client_path(good, XS_DIRECTORY, 0, "", 0, "/local/domain/%u",
                             good->p->domid),
                 ""));
    CHECK(IS(client_ask(priv, XS_IS_DOMAIN_INTRODUCED, 0, number, (uint32_t)n),
             "T"));
    gone(bad);
    for (int i = 0; i < 100; i++) {
        if (!strcmp(client_ask(priv, XS_IS_DOMAIN_INTRODUCED, 0, number,
                               (uint32_t)n)
                        ->data,
                    "F"))
            break;
        CHECK(i < 99);
        usleep(100000);
    }
    CHECK(IS(client_path(priv, XS_READ, 0, "", 0, "/local/domain/%u", domid),
             "ENOENT"));
    /* The next life under that id is listened to again. */
    bad = guest(domid);
    CHECK(IS(ASK_RAW(bad, 0, WRITE, "a\0v"), "OK"));
    gone(bad);
    gone(good);
    told(42);
}

static void case_43(void)
{
    struct client *bad = guest(0), *good = guest(0);
    uint32_t before = *client_word(bad, RING_REQ_CONS);

    *client_word(bad, RING_REQ_PROD) = before + 1025;
    CHECK(puppet_kick(bad->p) == 0);
    for (int i = 0; i < 100 && *client_word(bad, RING_ERROR) == 0; i++)
        usleep(100000);
    CHECK(*client_word(bad, RING_ERROR) == 2);
    CHECK(*client_word(bad, RING_REQ_CONS) == before);
    CHECK(IS(ASK_RAW(good, 0, WRITE, "a\0v"), "OK"));
    /* It may ask for a new beginning. */
    *client_word(bad, RING_CONNECTION) = 1;
    CHECK(puppet_kick(bad->p) == 0);
    for (int i = 0; i < 100 && *client_word(bad, RING_CONNECTION) == 1; i++)
        usleep(100000);
    CHECK(*client_word(bad, RING_CONNECTION) == 0);
    CHECK(*client_word(bad, RING_ERROR) == 0);
    CHECK(IS(ASK_RAW(bad, 0, WRITE, "a\0v"), "OK"));
    gone(bad);
    gone(good);
    told(43);
}

/* Until its nodes are used up; how many it has. */
static uint32_t fill(struct client *g)
{
    uint32_t made = 1; /* its directory */
    char names[8];

    for (uint32_t i = 0; i < 2 * quota_nodes; i++) {
        struct message *m = client_path(g, XS_WRITE, 0, "v", 1, "d%u/n%u",
                                        i / 100, i);

        if (m->type == XS_ERROR) {
            CHECK(IS(m, "ENOSPC"));
            break;
        }
        made += 1 + (i % 100 == 0);
    }
    snprintf(names, sizeof(names), "%u", made);
    if (!CHECK(made == quota_nodes))
        printf("%s nodes\n", names);
    return made;
}

static void other_quotas(struct client *g)
{
    static char value[2100];
    char text[32];

    CHECK(IS(client_path(g, XS_WRITE, 0, value, 2049, "d0/n0"), "ENOSPC"));
    CHECK(IS(client_path(g, XS_WRITE, 0, value, 2000, "d0/n0"), "OK"));
    for (uint32_t i = 0; i <= 128; i++) {
        int n = snprintf(text, sizeof(text), "w%u%ct", i, 0) + 1;
        struct message *m = client_ask(g, XS_WATCH, 0, text, (uint32_t)n);

        CHECK(!strcmp(m->data, i < 128 ? "OK" : "ENOSPC"));
    }
    for (uint32_t i = 0; i < 10; i++)
        CHECK(start(g) > 0);
    CHECK(IS(ASK(g, 0, TRANSACTION_START, ""), "ENOSPC"));
    for (uint32_t nr = 5; nr <= 6; nr++) {
        int n = snprintf(text, sizeof(text), "n%u%cr0%cr2%cr3%cw0%cw2",
                         g->p->domid, 0, 0, 0, 0, 0) +
                1;

        CHECK(!strcmp(client_path(g, XS_SET_PERMS, 0, text,
                                  (uint32_t)n - (nr == 5 ? 3 : 0), "d0")
                          ->data,
                      nr == 5 ? "OK" : "ENOSPC"));
    }
}

static void case_44(void)
{
    struct message *m;
    uint32_t domid = 0;
    char line[32];

    for (int life = 0; life < 2; life++) {
        struct client *g = guest(domid);

        domid = g->p->domid;
        fill(g);
        other_quotas(g);
        CHECK(IS(ASK_RAW(priv, 0, WRITE, "/case/fine\0v"), "OK"));
        gone(g);
        /* Nothing of it is counted any more. */
        snprintf(line, sizeof(line), "domain %u\n", domid);
        for (int i = 0; i < 100; i++) {
            m = ASK(priv, 0, CONTROL, "memreport");
            if (!strstr(m->data, line))
                break;
            CHECK(i < 99);
            usleep(100000);
        }
        m = client_path(priv, XS_READ, 0, "", 0, "/local/domain/%u", domid);
        CHECK(IS(m, "ENOENT"));
    }
    told(44);
}

/* --- one who does not read ----------------------------------------------- */

static unsigned long store_pages(void)
{
    uint32_t domid = client_store(priv);
    xc_dominfo_t info;

    if (!domid)
        return 0; /* a daemon: its arena is a file, as large as at first */
    CHECK(xc_domain_getinfo(puppet_xc, domid, 1, &info) == 1 &&
          info.domid == domid);
    return info.nr_pages;
}

static void case_45(void)
{
    struct client *deaf = guest(0), *g = guest(0);
    unsigned long pages = store_pages();
    int64_t begun, longest = 0, all = now_ms();
    char text[64];
    int n = snprintf(text, sizeof(text), "n%u%cr%u", g->p->domid, 0,
                     deaf->p->domid) +
            1;

    CHECK(IS(client_path(g, XS_SET_PERMS, 0, text, (uint32_t)n,
                         "/local/domain/%u", g->p->domid),
             "OK"));
    for (uint32_t i = 0; i < 500; i++)
        CHECK(IS(client_path(g, XS_WRITE, 0, "v", 1, "d%u/x%03u", i / 100, i),
                 "OK"));
    CHECK(IS(
        client_path(deaf, XS_WATCH, 0, "t", 2, "/local/domain/%u", g->p->domid),
        "OK"));
    CHECK(client_events(deaf, 300) == 1);
    for (uint32_t i = 0; i < 500; i++) {
        begun = now_ms();
        client_put(
            g, XS_RM, 0, text,
            (uint32_t)snprintf(text, sizeof(text), "d%u/x%03u", i / 100, i) +
                1);
        CHECK(IS(client_answer(g, 60000), "OK"));
        if (now_ms() - begun > longest)
            longest = now_ms() - begun;
    }
    CHECK(longest >= 15000); /* it did hang on the one who does not read */
    CHECK(longest <= 25000);
    CHECK(IS(ASK_RAW(priv, 0, WRITE, "/case/fine\0v"), "OK"));
    while (now_ms() - all < 60000)
        usleep(100000);
    CHECK(store_pages() == pages);
    /* Who reads at last hears that something was missed. */
    CHECK(client_events(deaf, 1000) >= 20);
    n = snprintf(text, sizeof(text), "/local/domain/%u%ct", g->p->domid, 0) + 1;
    CHECK(client_event_is(deaf, deaf->events - 1, text, (size_t)n));
    printf("500 removals: the longest took %lld ms, %u events were left\n",
           (long long)longest, deaf->events);
    gone(g);
    gone(deaf);
    told(45);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 3) {
        fputs("usage: cases PATH NODES\n", stderr);
        return 2;
    }
    path = argv[1];
    quota_nodes = (uint32_t)atoi(argv[2]);
    puppet_init();
    priv = client_open(path);
    NEED(priv != NULL);
    case_36();
    case_37();
    case_38();
    case_39();
    case_40();
    case_41();
    case_42();
    case_43();
    case_44();
    case_45();
    CHECK(IS(ASK(priv, 0, RM, "/case"), "OK"));
    client_close(priv);
    return finish("cases");
}
