/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attaches this terminal to a guest's console, until Ctrl-].
 *
 * Waits for xenconsoled to offer the terminal, so that it can be started
 * right behind the guest.
 *
 * Source: users.md; the store's node console/tty.
 * Layer:  tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

#define ESCAPE  0x1d
#define WAIT_S  25
#define SLICE_S 1

static struct termios before;
static volatile sig_atomic_t ended;

static void on_signal(int nr)
{
    (void)nr;
    ended = 1;
}

static void restore(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void raw(void)
{
    struct termios mode;

    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before))
        return;
    mode = before;
    cfmakeraw(&mode);
    atexit(restore);
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

static int say(unsigned int domid, const char *what)
{
    fprintf(stderr, "xenconsole: domain %u: %s\n", domid, what);
    return 1;
}

/* The terminal that xenconsoled offers; to be freed. NULL: none in time, with
 * errno EAGAIN, or the store is gone. */
static char *find_tty(struct xs_handle *xs, const char *path)
{
    char *tty;
    time_t end = time(NULL) + WAIT_S;
    struct pollfd fd = { .fd = xs_fileno(xs), .events = POLLIN };

    xs_watch(xs, path, "tty");
    while (!ended && time(NULL) <= end) {
        char **event;

        while ((event = xs_check_watch(xs)))
            free(event);
        if (errno != EAGAIN)
            return NULL;
        tty = xs_read(xs, XBT_NULL, path, NULL);
        if (tty && *tty)
            return tty;
        free(tty);
        poll(&fd, 1, SLICE_S * 1000);
    }
    errno = EAGAIN;
    return NULL;
}

static int write_all(int fd, const char *text, ssize_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, text, (size_t)len);

        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            text += done;
            len -= done;
        }
    }
    return 0;
}

/* Both ways until the escape, the end of input or of the console. */
static void relay(int tty)
{
    struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
                            { .fd = tty, .events = POLLIN } };
    char text[1024], *stop;
    ssize_t len;

    while (!ended && poll(fds, 2, -1) >= 0) {
        if (fds[0].revents) {
            len = read(STDIN_FILENO, text, sizeof(text));
            if (len <= 0)
                return;
            stop = memchr(text, ESCAPE, (size_t)len);
            if (write_all(tty, text, stop ? stop - text : len) || stop)
                return;
        }
        if (fds[1].revents) {
            len = read(tty, text, sizeof(text));
            if (len <= 0 || write_all(STDOUT_FILENO, text, len))
                return;
        }
    }
}

static int usage(FILE *to)
{
    fprintf(to, "usage: xenconsole [-t pv|vuart] [-n NUM] DOMID\n"
                "Ctrl-] leaves the console.\n");
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "type", required_argument, NULL, 't' },
        { "num", required_argument, NULL, 'n' },
        { "help", no_argument, NULL, 'h' },
        { "interactive", no_argument, NULL, 'i' },
        { 0 },
    };
    struct sigaction act = { .sa_handler = on_signal };
    const char *node = "console";
    char path[64], *tty, *end;
    struct xs_handle *xs;
    unsigned int domid;
    int opt, fd;

    while ((opt = getopt_long(argc, argv, "t:n:hi", options, NULL)) != -1) {
        switch (opt) {
        case 't':
            node = strcmp(optarg, "vuart") == 0 ? "vuart/0" : "console";
            break;
        case 'n':
        case 'i':
            break; /* there is one console of each kind */
        case 'h':
            return usage(stdout);
        default:
            return usage(stderr);
        }
    }
    if (optind + 1 != argc)
        return usage(stderr);
    domid = (unsigned int)strtoul(argv[optind], &end, 10);
    if (end == argv[optind] || *end)
        return usage(stderr);

    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGHUP, &act, NULL);
    xs = xs_open(0);
    if (!xs)
        return say(domid, "no xenstore: start it first");
    snprintf(path, sizeof(path), "/local/domain/%u/%s/tty", domid, node);
    tty = find_tty(xs, path);
    if (!tty && errno != EAGAIN)
        return say(domid, "the store is gone: start xenstored, then this "
                          "again");
    if (!tty)
        return say(domid, "no console is offered: is xenconsoled running, and "
                          "the domain there?");
    fd = open(tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
    free(tty);
    xs_close(xs);
    if (fd < 0)
        return say(domid, strerror(errno));
    raw();
    relay(fd);
    return 0;
}
