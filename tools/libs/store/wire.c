/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenstore: connections, and messages over them.
 *
 * Requests go one after the other, each waits for its answer. Events come
 * in between at any time. So that one descriptor tells of an event wherever
 * it is, on the wire or in the queue, it is an epoll over both.
 *
 * Source: xenstore.h; public/io/xs_wire.h; Linux 6.1,
 *         drivers/xen/xenbus/xenbus_dev_frontend.c. Layer: tools, library.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "private.h"

/* --- connections --------------------------------------------------------- */

static int open_socket(void)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    const char *path = xs_daemon_socket();
    int fd, keep;

    if (strlen(path) >= sizeof(addr.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(addr.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
        return fd;
    keep = errno;
    close(fd);
    errno = keep;
    return -1;
}

static int open_device(void)
{
    int fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);

    return fd >= 0 ? fd : open("/proc/xen/xenbus", O_RDWR | O_CLOEXEC);
}

static int watch_fd(int epoll, int fd)
{
    struct epoll_event what = { .events = EPOLLIN, .data.fd = fd };

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &what);
}

static int restrict_store(Xentoolcore__Active_Handle *ah, domid_t domid)
{
    struct xs_handle *h = (struct xs_handle *)ah;

    (void)domid;
    return xentoolcore__restrict_by_dup2_null(h->fd);
}

/* What is not open is -1. */
static void destroy(struct xs_handle *h)
{
    struct event *e, *next;

    for (e = h->first; e; e = next) {
        next = e->next;
        free(e);
    }
    if (h->fd >= 0)
        close(h->fd);
    if (h->wait_fd >= 0)
        close(h->wait_fd);
    if (h->waiting_fd >= 0)
        close(h->waiting_fd);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

struct xs_handle *xs_open(unsigned long flags)
{
    struct xs_handle *h = calloc(1, sizeof(*h));
    int keep;

    if (!h)
        return NULL;
    pthread_mutex_init(&h->lock, NULL);
    h->last = &h->first;
    h->filter = flags & XS_UNWATCH_FILTER;
    h->active.restrict_callback = restrict_store;
    h->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    h->waiting_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    h->fd = open_socket();
    if (h->fd < 0 && !(flags & XS_OPEN_SOCKETONLY))
        h->fd = open_device();
    if (h->fd < 0 || h->waiting_fd < 0 || h->wait_fd < 0 ||
        watch_fd(h->wait_fd, h->fd) || watch_fd(h->wait_fd, h->waiting_fd)) {
        keep = errno;
        destroy(h);
        errno = keep;
        return NULL;
    }
    xentoolcore__register_active_handle(&h->active);
    return h;
}

void xs_close(struct xs_handle *xsh)
{
    if (!xsh)
        return;
    xentoolcore__deregister_active_handle(&xsh->active);
    destroy(xsh);
}

/* The files are shared with the parent, which keeps them open. */
void xs_daemon_destroy_postfork(struct xs_handle *h)
{
    xs_close(h);
}

struct xs_handle *xs_daemon_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_domain_open(void)
{
    return xs_open(0);
}

struct xs_handle *xs_daemon_open_readonly(void)
{
    return xs_open(XS_OPEN_READONLY);
}

void xs_daemon_close(struct xs_handle *h)
{
    xs_close(h);
}

int xs_fileno(struct xs_handle *h)
{
    return h->wait_fd;
}

/* --- bytes --------------------------------------------------------------- */

static int read_all(int fd, void *data, size_t len)
{
    char *p = data;

    while (len) {
        ssize_t got = read(fd, p, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            if (got == 0)
                errno = ECONNRESET;
            return -1;
        }
        p += got;
        len -= (size_t)got;
    }
    return 0;
}

/*
 * To a socket whose other end is gone without the signal; the device is no
 * socket.
 */
static int write_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len) {
        ssize_t put = send(fd, p, len, MSG_NOSIGNAL);

        if (put < 0 && errno == ENOTSOCK)
            put = write(fd, p, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        p += put;
        len -= (size_t)put;
    }
    return 0;
}

/* --- messages ------------------------------------------------------------ */

/* The stream is out of step, or gone: no more of it. */
static int broken(struct xs_handle *h, int error)
{
    h->broken = true;
    errno = error;
    return -1;
}

/* One message: its text with a NUL behind it, to be freed. */
static int receive(struct xs_handle *h, struct xsd_sockmsg *msg, char **text)
{
    if (read_all(h->fd, msg, sizeof(*msg)))
        return broken(h, errno);
    if (msg->len > XENSTORE_PAYLOAD_MAX)
        return broken(h, EIO);
    *text = malloc(msg->len + 1);
    if (!*text)
        return broken(h, ENOMEM);
    if (read_all(h->fd, *text, msg->len)) {
        free(*text);
        return broken(h, errno);
    }
    (*text)[msg->len] = '\0';
    return 0;
}

/* Takes over the @len bytes of @text: a path and a token. */
static int enqueue(struct xs_handle *h, char *text, unsigned len)
{
    size_t path = strlen(text) + 1;
    struct event *e;
    uint64_t one = 1;

    if (path >= len || strlen(text + path) + 1 != len - path) {
        free(text);
        return broken(h, EIO);
    }
    e = malloc(sizeof(*e) + len + 1);
    if (!e) {
        free(text);
        return broken(h, ENOMEM);
    }
    memcpy(e->text, text, len + 1);
    free(text);
    e->len = len;
    e->next = NULL;
    *h->last = e;
    h->last = &e->next;
    /* Can only fail when the counter is full, which is not 0 either. */
    if (write(h->waiting_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
        return broken(h, errno);
    return 0;
}

int store_take(struct xs_handle *h)
{
    struct pollfd p = { .fd = h->fd, .events = POLLIN };
    struct xsd_sockmsg msg;
    char *text;

    if (h->broken) {
        errno = EIO;
        return -1;
    }
    while (poll(&p, 1, 0) > 0) {
        if (receive(h, &msg, &text))
            return -1;
        if (msg.type != XS_WATCH_EVENT) {
            free(text);
            return broken(h, EIO);
        }
        if (enqueue(h, text, msg.len))
            return -1;
    }
    return 0;
}

/* errno for the name of one; EINVAL for a name that is not known. */
static int error_number(const char *name)
{
    for (unsigned i = 0; i < sizeof(xsd_errors) / sizeof(xsd_errors[0]); i++) {
        if (!strcmp(xsd_errors[i].errstring, name))
            return xsd_errors[i].errnum;
    }
    return EINVAL;
}

static int put_request(struct xs_handle *h, struct xsd_sockmsg *msg,
                       const struct iovec *pieces, unsigned nr)
{
    char buffer[sizeof(*msg) + XENSTORE_PAYLOAD_MAX];
    size_t at = sizeof(*msg);

    for (unsigned i = 0; i < nr; i++) {
        if (pieces[i].iov_len > sizeof(buffer) - at) {
            errno = E2BIG;
            return -1;
        }
        if (pieces[i].iov_len)
            memcpy(buffer + at, pieces[i].iov_base, pieces[i].iov_len);
        at += pieces[i].iov_len;
    }
    msg->len = (uint32_t)(at - sizeof(*msg));
    memcpy(buffer, msg, sizeof(*msg));
    /* Half a request: the next one would be taken for its rest. */
    return write_all(h->fd, buffer, at) ? broken(h, errno) : 0;
}

/* The caller holds the lock. */
static char *exchange(struct xs_handle *h, struct xsd_sockmsg *msg,
                      const struct iovec *pieces, unsigned nr)
{
    uint32_t type = msg->type;
    char *text;

    if (h->broken) {
        errno = EIO;
        return NULL;
    }
    if (put_request(h, msg, pieces, nr))
        return NULL;
    for (;;) {
        if (receive(h, msg, &text))
            return NULL;
        if (msg->type != XS_WATCH_EVENT)
            break;
        if (enqueue(h, text, msg->len))
            return NULL;
    }
    if (msg->type == type)
        return text;
    if (msg->type == XS_ERROR)
        errno = error_number(text);
    else
        broken(h, EIO);
    nr = (unsigned)errno;
    free(text);
    errno = (int)nr;
    return NULL;
}

void *store_talk(struct xs_handle *h, uint32_t type, xs_transaction_t t,
                 const struct iovec *pieces, unsigned nr, unsigned *len)
{
    struct xsd_sockmsg msg = { .type = type, .tx_id = t };
    char *text;

    pthread_mutex_lock(&h->lock);
    text = exchange(h, &msg, pieces, nr);
    pthread_mutex_unlock(&h->lock);
    if (text && len)
        *len = msg.len;
    return text;
}
