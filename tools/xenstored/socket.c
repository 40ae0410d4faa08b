/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local clients, by a Unix socket.
 *
 * Source: unix(7), accept4(2).
 * Layer:  8 of the tool (Linux).
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon.h"

#define MAX_FD 1024

static bool client[MAX_FD]; /* by descriptor */

int socket_listen(const char *path)
{
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask;

    if (strlen(path) >= sizeof(addr.sun_path))
        errx(1, "%s: too long for a socket: choose another --socket", path);
    strcpy(addr.sun_path, path);
    unlink(path);
    mask = umask(0177); /* for root alone */
    if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
        listen(fd, 128))
        err(1, "%s: no socket: does the directory exist?", path);
    umask(mask);
    return fd;
}

void socket_accept(struct store *s, int fd)
{
    int new;

    while ((new = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (new >= MAX_FD || store_add_stream(s, (uint32_t) new)) {
            close(new);
            continue;
        }
        client[new] = true;
    }
}

unsigned int socket_poll(const struct store *s, struct pollfd *fds,
                         unsigned int max)
{
    unsigned int n = 0;

    for (int fd = 0; fd < MAX_FD && n < max; fd++) {
        short events = 0;

        if (!client[fd])
            continue;
        if (store_wants_read(s, (uint32_t)fd))
            events |= POLLIN;
        if (store_wants_write(s, (uint32_t)fd))
            events |= POLLOUT;
        fds[n++] = (struct pollfd){ .fd = fd, .events = events };
    }
    return n;
}

static int result(ssize_t n)
{
    if (n >= 0)
        return (int)n;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

int socket_recv(void *ctx, uint32_t cookie, void *to, uint32_t len)
{
    ssize_t n = recv((int)cookie, to, len, 0);

    (void)ctx;
    return n == 0 ? -1 : result(n);
}

int socket_send(void *ctx, uint32_t cookie, const void *from, uint32_t len)
{
    (void)ctx;
    return result(send((int)cookie, from, len, MSG_NOSIGNAL));
}

void socket_hangup(void *ctx, uint32_t cookie)
{
    (void)ctx;
    if (cookie < MAX_FD && client[cookie]) {
        client[cookie] = false;
        close((int)cookie);
    }
}
