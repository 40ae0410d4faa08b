/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxenstore against a server: over its socket, or with "device" through
 * the kernel.
 *
 * Source: tools/include/xenstore.h.
 * Layer:  test, domain 0's user space.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenstore.h>

#include "check.h"

static struct xs_handle *xs;

static bool readable(struct xs_handle *h, int ms)
{
    struct pollfd p = { .fd = xs_fileno(h), .events = POLLIN };

    return poll(&p, 1, ms) == 1;
}

static bool holds(struct xs_handle *h, xs_transaction_t t, const char *path,
                  const char *value)
{
    unsigned len;
    char *got = xs_read(h, t, path, &len);
    bool same = got && len == strlen(value) && !memcmp(got, value, len + 1);

    free(got);
    return same;
}

static void nodes(void)
{
    unsigned num = 0;
    char **names;
    char value[] = { 1, 0, 2 };
    unsigned len = 0;
    char *got;

    xs_rm(xs, XBT_NULL, "/test");
    CHECK_FAILS(xs_read(xs, XBT_NULL, "/test/a", NULL) == NULL, ENOENT);
    CHECK(xs_write(xs, XBT_NULL, "/test/a/b", "one", 3));
    CHECK(holds(xs, XBT_NULL, "/test/a/b", "one"));
    CHECK(holds(xs, XBT_NULL, "/test/a", ""));
    CHECK(xs_mkdir(xs, XBT_NULL, "/test/a/c") &&
          xs_mkdir(xs, XBT_NULL, "/test/a/c"));
    names = xs_directory(xs, XBT_NULL, "/test/a", &num);
    CHECK(names && num == 2 && !strcmp(names[0], "b") &&
          !strcmp(names[1], "c"));
    free(names);
    names = xs_directory(xs, XBT_NULL, "/test/a/b", &num);
    CHECK(names && num == 0);
    free(names);
    CHECK(xs_write(xs, XBT_NULL, "/test/bytes", value, 3));
    got = xs_read(xs, XBT_NULL, "/test/bytes", &len);
    CHECK(got && len == 3 && !memcmp(got, value, 3) && !got[3]);
    free(got);
    CHECK(xs_rm(xs, XBT_NULL, "/test/a"));
    CHECK_FAILS(xs_read(xs, XBT_NULL, "/test/a/b", NULL) == NULL, ENOENT);
    CHECK_FAILS(!xs_write(xs, XBT_NULL, "/test//x", "", 0), EINVAL);
    got = calloc(1, 5000);
    CHECK_FAILS(!xs_write(xs, XBT_NULL, "/test/big", got, 5000), E2BIG);
    free(got);
    /* And the connection is still good. */
    CHECK(holds(xs, XBT_NULL, "/test/bytes", "\1") == false);
    CHECK(xs_write(xs, XBT_NULL, "/test/x", "", 0));
}

/* More names than a message holds come in parts. */
static void long_directory(void)
{
    char path[96], **names;
    unsigned num = 0, right = 0;

    for (unsigned i = 0; i < 120; i++) {
        snprintf(path, sizeof(path),
                 "/test/long/"
                 "a-name-that-is-quite-long-so-that-many-do-not-fit-%03u",
                 i);
        CHECK(xs_write(xs, XBT_NULL, path, "", 0));
    }
    names = xs_directory(xs, XBT_NULL, "/test/long", &num);
    CHECK(names && num == 120);
    for (unsigned i = 0; names && i < num; i++)
        right += strlen(names[i]) == 53;
    CHECK(right == 120);
    free(names);
}

static void permissions(void)
{
    struct xs_permissions perms[] = {
        { 0, XS_PERM_NONE },
        { 5, XS_PERM_READ },
        { 6, XS_PERM_READ | XS_PERM_WRITE },
    };
    struct xs_permissions *got, odd = { 0, XS_PERM_OWNER };
    unsigned num = 0;

    CHECK(xs_set_permissions(xs, XBT_NULL, "/test/x", perms, 3));
    got = xs_get_permissions(xs, XBT_NULL, "/test/x", &num);
    CHECK(got && num == 3 && !memcmp(got, perms, sizeof(perms)));
    free(got);
    CHECK_FAILS(!xs_set_permissions(xs, XBT_NULL, "/test/x", &odd, 1), EINVAL);
    CHECK_FAILS(!xs_set_permissions(xs, XBT_NULL, "/test/none", perms, 1),
                ENOENT);
    CHECK_FAILS(!xs_strings_to_perms(perms, 1, "q1"), EINVAL);
    CHECK_FAILS(!xs_strings_to_perms(perms, 1, "r1x"), EINVAL);
}

static void transactions(void)
{
    struct xs_handle *other = xs_open(0);
    xs_transaction_t t = xs_transaction_start(xs);

    NEED(other && t != XBT_NULL);
    CHECK(xs_write(xs, t, "/test/t", "new", 3));
    CHECK(holds(xs, t, "/test/t", "new"));
    CHECK_FAILS(xs_read(other, XBT_NULL, "/test/t", NULL) == NULL, ENOENT);
    CHECK(xs_transaction_end(xs, t, false));
    CHECK(holds(other, XBT_NULL, "/test/t", "new"));

    t = xs_transaction_start(xs);
    CHECK(xs_write(xs, t, "/test/t", "gone", 4));
    CHECK(xs_transaction_end(xs, t, true));
    CHECK(holds(xs, XBT_NULL, "/test/t", "new"));

    t = xs_transaction_start(xs);
    CHECK(holds(xs, t, "/test/t", "new"));
    CHECK(xs_write(xs, t, "/test/t", "mine", 4));
    CHECK(xs_write(other, XBT_NULL, "/test/t", "theirs", 6));
    CHECK_FAILS(!xs_transaction_end(xs, t, false), EAGAIN);
    CHECK(holds(xs, XBT_NULL, "/test/t", "theirs"));
    xs_close(other);
}

/* One event; the path it tells. */
static bool event(struct xs_handle *h, const char *path, const char *token)
{
    unsigned num = 0;
    char **got = xs_read_watch(h, &num);
    bool same = got && num == 2 && !strcmp(got[XS_WATCH_PATH], path) &&
                !strcmp(got[XS_WATCH_TOKEN], token);

    free(got);
    return same;
}

static void watches(bool device)
{
    struct xs_handle *other = xs_open(0);

    NEED(other != NULL);
    CHECK(!readable(xs, 0));
    CHECK_FAILS(xs_check_watch(xs) == NULL, EAGAIN);
    CHECK(xs_watch(xs, "/test/w", "mine"));
    CHECK(readable(xs, 2000));
    CHECK(event(xs, "/test/w", "mine"));
    CHECK(!readable(xs, 50));
    CHECK(xs_write(other, XBT_NULL, "/test/w/below", "1", 1));
    CHECK(readable(xs, 2000));
    CHECK(event(xs, "/test/w/below", "mine"));

    /* What comes while a request is on its way is seen by poll() as well. */
    CHECK(xs_write(xs, XBT_NULL, "/test/w", "2", 1));
    CHECK(xs_write(xs, XBT_NULL, "/test/w/b", "2", 1));
    CHECK(holds(xs, XBT_NULL, "/test/w", "2"));
    CHECK(readable(xs, 2000));
    CHECK(event(xs, "/test/w", "mine"));
    CHECK(readable(xs, 2000));
    CHECK(event(xs, "/test/w/b", "mine"));
    CHECK(!readable(xs, 50));

    /* Linux takes a watch twice, and the end of one that is none. */
    if (!device)
        CHECK_FAILS(!xs_watch(xs, "/test/w", "mine"), EEXIST);
    CHECK(xs_unwatch(xs, "/test/w", "mine"));
    if (!device)
        CHECK_FAILS(!xs_unwatch(xs, "/test/w", "mine"), ENOENT);
    CHECK(xs_write(other, XBT_NULL, "/test/w", "3", 1));
    CHECK(!readable(xs, 50));
    xs_close(other);
}

static void filter(void)
{
    struct xs_handle *h = xs_open(XS_UNWATCH_FILTER);

    NEED(h != NULL);
    CHECK(xs_watch(h, "/test/f", "one") && xs_watch(h, "/test/f", "two"));
    CHECK(xs_write(h, XBT_NULL, "/test/f/g", "", 0));
    CHECK(xs_unwatch(h, "/test/f", "one"));
    CHECK(event(h, "/test/f", "two") && event(h, "/test/f/g", "two"));
    CHECK(!readable(h, 50));
    CHECK_FAILS(xs_check_watch(h) == NULL, EAGAIN);
    xs_close(h);
}

static void *reader(void *arg)
{
    unsigned num, got = 0;

    while (got < 100) {
        char **e = xs_read_watch(xs, &num);

        if (!e)
            break;
        got += !strcmp(e[XS_WATCH_TOKEN], "thread");
        free(e);
    }
    *(unsigned *)arg = got;
    return NULL;
}

/* One thread waits for events, two do requests over the same handle. */
static void *writer(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 100; i++)
        holds(xs, XBT_NULL, "/test/x", "");
    return NULL;
}

static void threads(void)
{
    pthread_t read_thread, write_thread;
    unsigned got = 0;

    CHECK(xs_watch(xs, "/test/thread", "thread"));
    NEED(!pthread_create(&read_thread, NULL, reader, &got));
    NEED(!pthread_create(&write_thread, NULL, writer, NULL));
    for (unsigned i = 0; i < 99; i++)
        xs_write(xs, XBT_NULL, "/test/thread", "x", 1);
    alarm(60);
    pthread_join(write_thread, NULL);
    pthread_join(read_thread, NULL);
    alarm(0);
    CHECK(got == 100);
    CHECK(xs_unwatch(xs, "/test/thread", "thread"));
}

static void domains(bool device)
{
    char *path = xs_get_domain_path(xs, 12);

    CHECK(path && !strcmp(path, "/local/domain/12"));
    free(path);
    CHECK(xs_is_domain_introduced(xs, 0));
    CHECK(!xs_is_domain_introduced(xs, 12) && errno == 0);
    CHECK(xs_path_is_subpath("/a", "/a/b") && xs_path_is_subpath("/a", "/a"));
    CHECK(!xs_path_is_subpath("/a", "/ab") && xs_path_is_subpath("/", "/a"));
    if (!device)
        CHECK(xs_release_domain(xs, 12) == false && errno);
    CHECK_FAILS(!xs_restrict(xs, 1), ENOSYS);
}

int main(int argc, char **argv)
{
    bool device = argc > 1 && !strcmp(argv[1], "device");

    if (device) {
        setenv("XENSTORED_PATH", "/none", 1);
        CHECK_FAILS(xs_open(XS_OPEN_SOCKETONLY) == NULL, ENOENT);
    }
    xs = xs_open(0);
    NEED(xs != NULL);
    nodes();
    long_directory();
    permissions();
    transactions();
    watches(device);
    filter();
    threads();
    domains(device);
    CHECK(xs_rm(xs, XBT_NULL, "/test"));
    xs_close(xs);
    return finish("store");
}
