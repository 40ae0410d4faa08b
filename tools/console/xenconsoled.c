/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Consoles of guests: one process, one loop. It learns of guests from the
 * store, moves bytes between their rings and terminals, and logs what they
 * say; the hypervisor's own log too, when asked to.
 *
 * When the store ends, which one that is a process can do, the consoles there
 * are go on; every RETRY_MS we look whether it is there again.
 *
 * A guest that sends events without end is heard EVENTS times in PERIOD_MS,
 * and loses nothing by it: its ring is full meanwhile.
 *
 * Source: users.md; interface.md 4 (VIRQ_CON_RING).
 * Layer:  tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "guests.h"

#define PERIOD_MS 200
#define RETRY_MS  1000
#define LOG_DIR   "/var/log/xen/console"

#define BATCH 64 /* of what epoll tells at once */

struct hypervisor_log {
    int fd; /* -1: not wanted */
    xenevtchn_port_or_error_t port;
    uint32_t index; /* of the ring, what was read up to */
};

static struct daemon daemon_;
static struct hypervisor_log hypervisor = { .fd = -1, .port = -1 };
static volatile sig_atomic_t ended, again;
static int epoll;
static uint64_t tried; /* ms, when the store was looked for */

static void on_signal(int nr)
{
    if (nr == SIGHUP)
        again = 1;
    else
        ended = 1;
}

/* ---- what is listened to ---- */

/* What epoll tells of; a console is its own pointer. */
static const char event_channels, the_store;

static void listen_to(int fd, const void *what)
{
    struct epoll_event e = { .events = EPOLLIN,
                             .data.ptr = (void *)(uintptr_t)what };

    /* It goes by itself when @fd is closed. */
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e))
        perror("xenconsoled: epoll_ctl");
}

/* ---- the hypervisor's log ---- */

static void hypervisor_read(void)
{
    char text[16384];
    unsigned int len;

    do {
        len = sizeof(text);
        if (xc_readconsolering(daemon_.xch, text, &len, 0, 1,
                               &hypervisor.index))
            return;
        if (len && write(hypervisor.fd, text, len) < 0)
            return;
    } while (len == sizeof(text));
}

static void hypervisor_open(void)
{
    hypervisor.fd = open(LOG_DIR "/hypervisor.log",
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    hypervisor.port = xenevtchn_bind_virq(daemon_.events, VIRQ_CON_RING);
    if (hypervisor.fd < 0 || hypervisor.port < 0) {
        fprintf(stderr, "xenconsoled: the hypervisor's log is not kept: %s\n",
                strerror(errno));
        return;
    }
    hypervisor_read();
}

/* ---- the loop ---- */

static void on_event(void)
{
    xenevtchn_port_or_error_t port = xenevtchn_pending(daemon_.events);
    struct console *c = daemon_.consoles;

    if (port < 0)
        return;
    if (port == hypervisor.port) {
        hypervisor_read();
        xenevtchn_unmask(daemon_.events, (evtchn_port_t)port);
        return;
    }
    while (c && c->port != port)
        c = c->next;
    if (!c)
        return;
    console_move(&daemon_, c);
    if (c->budget && --c->budget)
        xenevtchn_unmask(daemon_.events, (evtchn_port_t)port);
    else
        c->masked = true;
}

/* Each period begins with the same for all. */
static void refill(void)
{
    for (struct console *c = daemon_.consoles; c; c = c->next) {
        c->budget = EVENTS;
        if (!c->masked)
            continue;
        c->masked = false;
        xenevtchn_unmask(daemon_.events, (evtchn_port_t)c->port);
        console_move(&daemon_, c);
    }
}

static bool any_masked(void)
{
    for (struct console *c = daemon_.consoles; c; c = c->next)
        if (c->masked)
            return true;
    return false;
}

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int pause_ms(void)
{
    if (any_masked())
        return PERIOD_MS;
    return daemon_.xs ? 5000 : RETRY_MS;
}

/* ---- the store ---- */

static bool store_open(unsigned long flags)
{
    daemon_.xs = xs_open(flags);
    if (!daemon_.xs)
        return false;
    if (xs_watch(daemon_.xs, "@introduceDomain", "domains") &&
        xs_watch(daemon_.xs, "@releaseDomain", "domains")) {
        listen_to(xs_fileno(daemon_.xs), &the_store);
        return true;
    }
    xs_close(daemon_.xs);
    daemon_.xs = NULL;
    return false;
}

static void store_events(void)
{
    char **event;
    bool any = false, gone = false;

    while ((event = xs_check_watch(daemon_.xs))) {
        gone = gone || !strcmp(event[XS_WATCH_PATH], "@releaseDomain");
        free(event);
        any = true;
    }
    if (errno != EAGAIN) {
        fprintf(stderr,
                "xenconsoled: the store is gone: %s: new guests have "
                "no console until xenstored is started again, those "
                "there are keep theirs\n",
                strerror(errno));
        xs_close(daemon_.xs);
        daemon_.xs = NULL;
        tried = now_ms();
    }
    if (any)
        guests_scan(&daemon_, gone);
}

/* Only a daemon's end is seen here: through Linux' device we would wait for
 * it, and no console would be served. */
static void store_again(void)
{
    if (now_ms() - tried < RETRY_MS)
        return;
    tried = now_ms();
    if (store_open(XS_OPEN_SOCKETONLY)) {
        fprintf(stderr, "xenconsoled: the store is there again\n");
        guests_store_is_back(&daemon_);
    }
    guests_scan(&daemon_, true);
}

/* Of a terminal is heard what can be done now; asked again when it changes. */
static void listen_to_terminals(void)
{
    for (struct console *c = daemon_.consoles; c; c = c->next) {
        struct epoll_event e = { .data.ptr = c };

        if (ring_room(c->ring))
            e.events |= EPOLLIN;
        if (c->out_len)
            e.events |= EPOLLOUT;
        if (c->listening && e.events == c->listens_for)
            continue;
        if (epoll_ctl(epoll, c->listening ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                      c->terminal, &e))
            perror("xenconsoled: epoll_ctl");
        c->listening = true;
        c->listens_for = e.events;
    }
}

static void log_again(void)
{
    again = 0;
    for (struct console *c = daemon_.consoles; c; c = c->next)
        console_log_again(&daemon_, c);
}

static void loop(void)
{
    struct epoll_event got[BATCH];
    uint64_t period = now_ms();

    while (!ended) {
        int nr;

        if (again)
            log_again();
        listen_to_terminals();
        nr = epoll_wait(epoll, got, BATCH, pause_ms());
        for (int i = 0; i < nr; i++) {
            if (got[i].data.ptr == &event_channels)
                on_event();
            else if (got[i].data.ptr != &the_store)
                console_terminal(&daemon_, got[i].data.ptr);
        }
        if (nr < 0)
            continue;
        if (now_ms() - period >= PERIOD_MS) {
            period = now_ms();
            refill();
        }
        /* Last: consoles come and go. */
        if (daemon_.xs)
            store_events();
        else
            store_again();
    }
}

/* ---- start ---- */

static int refuse(const char *why)
{
    fprintf(stderr, "xenconsoled: %s\n", why);
    return -1;
}

static int prepare(void)
{
    daemon_.xch = xc_interface_open(NULL, NULL, 0);
    daemon_.events = xenevtchn_open(NULL, 0);
    daemon_.frames = xenforeignmemory_open(NULL, 0);
    if (!daemon_.xch || !daemon_.events || !daemon_.frames)
        return refuse("no access to Xen: run it as root in domain 0, with the "
                      "modules xen-privcmd and xen-evtchn");
    daemon_.grants = xengnttab_open(NULL, 0);
    /* One event must not be waited for when another program took it. */
    fcntl(xenevtchn_fd(daemon_.events), F_SETFL, O_NONBLOCK);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        return refuse("no epoll in this kernel");
    listen_to(xenevtchn_fd(daemon_.events), &event_channels);
    if (!store_open(0))
        return refuse("no xenstore that tells of domains: start it first, and "
                      "this in domain 0");
    return 0;
}

static int write_pid(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f) {
        fprintf(stderr, "xenconsoled: %s: %s\n", path, strerror(errno));
        return -1;
    }
    fprintf(f, "%d\n", (int)getpid());
    return fclose(f) ? -1 : 0;
}

static int usage(FILE *to)
{
    fprintf(to, "usage: xenconsoled [-i] [-v] [--log=none|guest|hv|all] "
                "[--log-dir=DIR] [--pid-file=FILE]\n");
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "log", required_argument, NULL, 'l' },
        { "log-dir", required_argument, NULL, 'd' },
        { "pid-file", required_argument, NULL, 'p' },
        { "interactive", no_argument, NULL, 'i' },
        { "verbose", no_argument, NULL, 'v' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    const char *dir = LOG_DIR, *what = "none", *pid_file = NULL;
    struct sigaction act = { .sa_handler = on_signal };
    bool stay = false;
    int opt;

    while ((opt = getopt_long(argc, argv, "ivh", options, NULL)) != -1) {
        switch (opt) {
        case 'l':
            what = optarg;
            break;
        case 'd':
            dir = optarg;
            break;
        case 'p':
            pid_file = optarg;
            break;
        case 'i':
            stay = true;
            break;
        case 'v':
            break;
        case 'h':
            return usage(stdout);
        default:
            return usage(stderr);
        }
    }
    if (strcmp(what, "guest") == 0 || strcmp(what, "all") == 0)
        daemon_.log_dir = dir;
    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    if (!stay && daemon(0, 1))
        return 1;
    if (prepare() || (pid_file && write_pid(pid_file)))
        return 1;
    if (strcmp(what, "hv") == 0 || strcmp(what, "all") == 0)
        hypervisor_open();
    guests_scan(&daemon_, true);
    loop();
    return 0;
}
