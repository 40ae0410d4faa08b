/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxenstore against servers that answer slowly, wrongly, or not at all.
 * Runs on the machine that builds, under the checkers of addresses and
 * undefined behaviour.
 *
 * Source: tools/include/xenstore.h; public/io/xs_wire.h.
 * Layer:  test, on the host.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenstore.h>

#include "../check.h"

/* --- the server ---------------------------------------------------------- */

static int listener;

static bool get(int fd, void *data, size_t len)
{
    for (char *p = data; len;) {
        ssize_t got = read(fd, p, len);

        if (got <= 0)
            return false;
        p += got;
        len -= (size_t)got;
    }
    return true;
}

/* The next request; its text is in a buffer of the server's own. */
static char request_text[XENSTORE_PAYLOAD_MAX + 1];
static bool request(int fd, struct xsd_sockmsg *msg)
{
    if (!get(fd, msg, sizeof(*msg)) || !get(fd, request_text, msg->len))
        return false;
    request_text[msg->len] = '\0';
    return true;
}

static void put(int fd, uint32_t type, const char *text, size_t len)
{
    struct xsd_sockmsg msg = { .type = type, .len = (uint32_t)len };
    char whole[sizeof(msg) + XENSTORE_PAYLOAD_MAX];

    memcpy(whole, &msg, sizeof(msg));
    memcpy(whole + sizeof(msg), text, len);
    send(fd, whole, sizeof(msg) + len, MSG_NOSIGNAL);
}
#define PUT(fd_, type_, text_) put(fd_, type_, text_, sizeof(text_) - 1)

/* A byte at a time. */
static void put_slowly(int fd, uint32_t type, const char *text, size_t len)
{
    struct xsd_sockmsg msg = { .type = type, .len = (uint32_t)len };

    for (size_t i = 0; i < sizeof(msg) + len; i++) {
        usleep(500);
        send(fd, i < sizeof(msg) ? (char *)&msg + i : text + i - sizeof(msg), 1,
             MSG_NOSIGNAL);
    }
}

static void *serve(void *script)
{
    int fd = accept(listener, NULL, NULL);

    ((void (*)(int))script)(fd);
    close(fd);
    return NULL;
}

/* A connection to a server that does @script and then goes. */
static pthread_t thread;
static struct xs_handle *with(void (*script)(int))
{
    NEED(!pthread_create(&thread, NULL, serve, (void *)script));
    return xs_open(XS_UNWATCH_FILTER);
}

static void done(struct xs_handle *h)
{
    pthread_join(thread, NULL);
    xs_close(h);
}

static bool readable(struct xs_handle *h, int ms)
{
    struct pollfd p = { .fd = xs_fileno(h), .events = POLLIN };

    return poll(&p, 1, ms) == 1;
}

/* --- slow, with events between ------------------------------------------- */

static void slow(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    put_slowly(fd, XS_WATCH_EVENT, "/a\0one", 7);
    put_slowly(fd, XS_READ, "value", 5);
    put_slowly(fd, XS_WATCH_EVENT, "/b\0two", 7);
    request(fd, &msg);
}

static void test_slow(void)
{
    struct xs_handle *h = with(slow);
    unsigned len = 0, num = 0;
    char *value = xs_read(h, XBT_NULL, "/x", &len), **event;

    CHECK(value && len == 5 && !strcmp(value, "value"));
    free(value);
    CHECK(readable(h, 0));
    event = xs_read_watch(h, &num);
    CHECK(event && num == 2 && !strcmp(event[0], "/a") &&
          !strcmp(event[1], "one"));
    free(event);
    event = xs_read_watch(h, &num);
    CHECK(event && !strcmp(event[0], "/b") && !strcmp(event[1], "two"));
    free(event);
    CHECK(!readable(h, 20));
    /* It goes without an answer. */
    CHECK_FAILS(xs_read(h, XBT_NULL, "/x", NULL) == NULL, ECONNRESET);
    CHECK_FAILS(xs_read(h, XBT_NULL, "/x", NULL) == NULL, EIO);
    CHECK_FAILS(xs_read_watch(h, &num) == NULL, EIO);
    done(h);
}

/* --- errors by their names ----------------------------------------------- */

static void names(int fd)
{
    struct xsd_sockmsg msg;

    for (unsigned i = 0; i < 16 && request(fd, &msg); i++)
        put(fd, XS_ERROR, xsd_errors[i].errstring,
            strlen(xsd_errors[i].errstring) + 1);
    request(fd, &msg);
    PUT(fd, XS_ERROR, "ENONE\0");
    request(fd, &msg);
    PUT(fd, XS_ERROR, "");
}

static void test_names(void)
{
    struct xs_handle *h = with(names);

    for (unsigned i = 0; i < 16; i++)
        CHECK_FAILS(!xs_mkdir(h, XBT_NULL, "/x"), xsd_errors[i].errnum);
    CHECK_FAILS(!xs_mkdir(h, XBT_NULL, "/x"), EINVAL);
    CHECK_FAILS(!xs_mkdir(h, XBT_NULL, "/x"), EINVAL);
    done(h);
}

/* --- nonsense ------------------------------------------------------------ */

static void other_type(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_MKDIR, "OK\0");
}

static void too_long(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    msg.len = XENSTORE_PAYLOAD_MAX + 1;
    send(fd, &msg, sizeof(msg), MSG_NOSIGNAL);
}

static void half(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    msg.len = 100;
    send(fd, &msg, sizeof(msg), MSG_NOSIGNAL);
    send(fd, "some", 4, MSG_NOSIGNAL);
}

static void half_head(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    send(fd, &msg, 5, MSG_NOSIGNAL);
}

static void no_token(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_WATCH_EVENT, "/path\0");
}

static void no_end(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_WATCH_EVENT, "/path\0token");
}

static void empty_event(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_WATCH_EVENT, "");
}

static void test_nonsense(void)
{
    static const struct {
        void (*script)(int);
        int error;
    } cases[] = { { other_type, EIO },  { too_long, EIO },
                  { half, ECONNRESET }, { half_head, ECONNRESET },
                  { no_token, EIO },    { no_end, EIO },
                  { empty_event, EIO } };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct xs_handle *h = with(cases[i].script);

        CHECK_FAILS(xs_read(h, XBT_NULL, "/x", NULL) == NULL, cases[i].error);
        CHECK_FAILS(xs_check_watch(h) == NULL, EIO);
        done(h);
    }
}

static void unasked(int fd)
{
    PUT(fd, XS_READ, "value");
    usleep(100000);
}

static void test_unasked(void)
{
    struct xs_handle *h = with(unasked);
    unsigned num;

    CHECK_FAILS(xs_read_watch(h, &num) == NULL, EIO);
    done(h);
}

static void gone(int fd)
{
    (void)fd;
}

static void test_gone(void)
{
    struct xs_handle *h = with(gone);

    pthread_join(thread, NULL);
    /* No SIGPIPE, whichever of the two sees it. */
    errno = 0;
    CHECK(!xs_mkdir(h, XBT_NULL, "/x"));
    CHECK(errno == EPIPE || errno == ECONNRESET);
    CHECK_FAILS(!xs_mkdir(h, XBT_NULL, "/x"), EIO);
    xs_close(h);
    setenv("XENSTORED_PATH", "/none/such", 1);
    CHECK_FAILS(xs_open(XS_OPEN_SOCKETONLY) == NULL, ENOENT);
}

/* --- long directories ---------------------------------------------------- */

/* It changes once while it is read. */
static void parts(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_ERROR, "E2BIG\0");
    request(fd, &msg);
    PUT(fd, XS_DIRECTORY_PART, "7\0old\0");
    request(fd, &msg);
    PUT(fd, XS_DIRECTORY_PART, "8\0more\0");
    request(fd, &msg);
    PUT(fd, XS_DIRECTORY_PART, "8\0one\0two\0");
    request(fd, &msg);
    if (!strcmp(request_text + strlen(request_text) + 1, "8"))
        PUT(fd, XS_DIRECTORY_PART, "8\0three\0\0");
}

static void bad_part(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_ERROR, "E2BIG\0");
    request(fd, &msg);
    PUT(fd, XS_DIRECTORY_PART, "no end of the generation");
}

static void test_parts(void)
{
    struct xs_handle *h = with(parts);
    unsigned num = 0;
    char **list = xs_directory(h, XBT_NULL, "/x", &num);

    CHECK(list && num == 3 && !strcmp(list[0], "one") &&
          !strcmp(list[2], "three"));
    free(list);
    done(h);
    h = with(bad_part);
    CHECK_FAILS(xs_directory(h, XBT_NULL, "/x", &num) == NULL, EIO);
    done(h);
}

/* --- what is left of a watch --------------------------------------------- */

static void unwatched(int fd)
{
    struct xsd_sockmsg msg;

    request(fd, &msg);
    PUT(fd, XS_WATCH_EVENT, "/a\0mine\0");
    PUT(fd, XS_WATCH_EVENT, "/ab\0mine\0");
    PUT(fd, XS_WATCH_EVENT, "/a/b\0mine\0");
    PUT(fd, XS_WATCH_EVENT, "/a\0other\0");
    PUT(fd, XS_UNWATCH, "OK\0");
    request(fd, &msg);
}

static void test_unwatched(void)
{
    struct xs_handle *h = with(unwatched);
    char **event;

    CHECK(xs_unwatch(h, "/a", "mine"));
    event = xs_check_watch(h);
    CHECK(event && !strcmp(event[0], "/ab"));
    free(event);
    event = xs_check_watch(h);
    CHECK(event && !strcmp(event[1], "other"));
    free(event);
    CHECK_FAILS(xs_check_watch(h) == NULL, EAGAIN);
    CHECK(!readable(h, 0));
    xs_mkdir(h, XBT_NULL, "/x");
    done(h);
}

int main(void)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };

    snprintf(addr.sun_path, sizeof(addr.sun_path), "/tmp/libs-wire.%d",
             (int)getpid());
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    NEED(!bind(listener, (struct sockaddr *)&addr, sizeof(addr)));
    NEED(!listen(listener, 5));
    setenv("XENSTORED_PATH", addr.sun_path, 1);
    alarm(120);

    test_slow();
    test_names();
    test_nonsense();
    test_unasked();
    test_parts();
    test_unwatched();
    test_gone();
    unlink(addr.sun_path);
    return finish("wire");
}
