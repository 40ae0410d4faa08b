/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenstored, the daemon: options, and the loop.
 *
 * The arena is a file in /run, so that a daemon that is started again goes
 * on where the one before ended.
 *
 * Layer: 8 of the tool (Linux).
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "daemon.h"

#define MAX_SOCKETS 64

static struct {
    const char *pid_file, *socket, *state;
    bool foreground, verbose;
    struct store_options store;
} opt = {
    .socket = "/run/xenstored/socket",
    .state = "/run/xenstored/state",
    .store = { .guests = 64, .sockets = MAX_SOCKETS, .guest_nodes = 1000 },
};

static volatile sig_atomic_t stop;

static void on_signal(int nr)
{
    (void)nr;
    stop = 1;
}

static uint64_t now_ns(void *ctx)
{
    struct timespec ts;

    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void log_line(void *ctx, const char *line)
{
    (void)ctx;
    if (opt.foreground)
        fprintf(stderr, "%s\n", line);
    else
        syslog(LOG_DAEMON | LOG_NOTICE, "%s", line);
}

static const struct store_hooks hooks = {
    .notify = xen_notify,
    .now_ns = now_ns,
    .log = log_line,
    .connect = xen_connect,
    .disconnect = xen_disconnect,
    .domain_state = xen_domain_state,
    .recv = socket_recv,
    .send = socket_send,
    .hangup = socket_hangup,
};

/* --- options ------------------------------------------------------------- */

/* clang-format off */
static const struct option options[] = {
    { "no-fork",     no_argument,       NULL, 'N' },
    { "verbose",     no_argument,       NULL, 'V' },
    { "pid-file",    required_argument, NULL, 'F' },
    { "socket",      required_argument, NULL, 's' },
    { "state",       required_argument, NULL, 'r' },
    { "guests",      required_argument, NULL, 'g' },
    { "entry-nb",    required_argument, NULL, 'E' },
    { "watch-nb",    required_argument, NULL, 'W' },
    { "transaction", required_argument, NULL, 't' },
    { "memory",      required_argument, NULL, 'm' },
    { "help",        no_argument,       NULL, 'h' },
    { NULL,          0,                 NULL, 0   },
};

static const char usage[] =
    "usage: xenstored [OPTION]...\n"
    "\n"
    "  -N, --no-fork          stay in the foreground, log to stderr\n"
    "  -F, --pid-file FILE    write the process id there\n"
    "      --socket PATH      listen there (/run/xenstored/socket)\n"
    "      --state FILE       keep everything there (/run/xenstored/state);\n"
    "                         a daemon that is started again goes on with it\n"
    "      --guests N         room for this many guests (64)\n"
    "  -E, --entry-nb N       nodes that a guest may own (1000)\n"
    "  -W, --watch-nb N       watches of a guest (128)\n"
    "  -t, --transaction N    open transactions of a guest (10)\n"
    "      --memory BYTES     memory of a guest (131072)\n";
/* clang-format on */

static uint32_t number(const char *name, const char *text, unsigned long max)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);

    if (*end || n == 0 || n > max)
        errx(1, "--%s %s: give a number from 1 to %lu", name, text, max);
    return (uint32_t)n;
}

static void parse(int argc, char **argv)
{
    int c;

    while ((c = getopt_long(argc, argv, "NVF:E:W:t:h", options, NULL)) != -1) {
        switch (c) {
        case 'N':
            opt.foreground = true;
            break;
        case 'V':
            opt.verbose = true;
            break;
        case 'F':
            opt.pid_file = optarg;
            break;
        case 's':
            opt.socket = optarg;
            break;
        case 'r':
            opt.state = optarg;
            break;
        case 'g':
            opt.store.guests = (uint16_t)number("guests", optarg, 1024);
            break;
        case 'E':
            opt.store.guest_nodes = number("entry-nb", optarg, 65536);
            break;
        case 'W':
            opt.store.guest_watches = number("watch-nb", optarg, 4096);
            break;
        case 't':
            opt.store.guest_transactions = number("transaction", optarg, 64);
            break;
        case 'm':
            opt.store.guest_bytes = number("memory", optarg, 64ul << 20);
            break;
        default:
            fputs(usage, c == 'h' ? stdout : stderr);
            exit(c == 'h' ? 0 : 1);
        }
    }
    if (optind != argc)
        errx(1, "%s: not an option: --help lists them", argv[optind]);
}

/* --- start --------------------------------------------------------------- */

static void make_directory(const char *path)
{
    char dir[256];
    char *slash;

    snprintf(dir, sizeof(dir), "%s", path);
    slash = strrchr(dir, '/');
    if (slash && slash != dir) {
        *slash = '\0';
        (void)mkdir(dir, 0755); /* who cannot is told by what follows */
    }
}

static void *map_arena(size_t size)
{
    int fd = open(opt.state, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat st;
    void *arena;

    if (fd < 0 || fstat(fd, &st))
        err(1, "%s: cannot keep the store there: choose another --state",
            opt.state);
    if (lockf(fd, F_TLOCK, 0))
        errx(1, "%s: in use: another xenstored is running", opt.state);
    if (st.st_size && (size_t)st.st_size != size)
        errx(1,
             "%s: of a store with room for others: give the same options, "
             "or remove it and lose what is in it",
             opt.state);
    if (ftruncate(fd, (off_t)size))
        err(1, "%s: no room for %zu bytes", opt.state, size);
    arena = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (arena == MAP_FAILED)
        err(1, "%s: cannot be mapped", opt.state);
    return arena; /* the descriptor stays: it holds the lock */
}

static void write_pid(void)
{
    FILE *file = opt.pid_file ? fopen(opt.pid_file, "we") : NULL;

    if (opt.pid_file && !file)
        err(1, "%s: cannot be written", opt.pid_file);
    if (file) {
        fprintf(file, "%d\n", (int)getpid());
        fclose(file);
    }
}

/*
 * Goes on in a child; the parent ends when the child is ready, and with an
 * error when it never is. Returns where to tell so, or -1.
 */
static int go_background(void)
{
    int pipes[2];
    char byte;
    pid_t pid;

    if (opt.foreground)
        return -1;
    if (pipe2(pipes, O_CLOEXEC))
        err(1, "pipe");
    pid = fork();
    if (pid < 0)
        err(1, "fork");
    if (pid > 0) {
        close(pipes[1]);
        _exit(read(pipes[0], &byte, 1) == 1 ? 0 : 1);
    }
    close(pipes[0]);
    setsid();
    return pipes[1];
}

static void tell_ready(int fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return;
    for (int i = 0; i < 3 && null >= 0; i++)
        (void)dup2(null, i);
    if (chdir("/") || write(fd, "", 1) != 1)
        exit(1);
    close(fd);
}

static void serve(struct store *s, int listener, int xen, bool busy)
{
    struct pollfd fds[MAX_SOCKETS + 2];
    unsigned int n = 0;
    uint64_t now = now_ns(NULL), next = store_deadline(s);
    uint64_t wait = next > now ? next - now : 0;
    int timeout = wait / 1000000 > 60000 ? 60000 : (int)(wait / 1000000 + 1);

    fds[n++] = (struct pollfd){ .fd = listener, .events = POLLIN };
    fds[n++] = (struct pollfd){ .fd = xen, .events = POLLIN };
    n += socket_poll(s, fds + 2, MAX_SOCKETS);
    if (poll(fds, n, busy ? 0 : timeout) < 0 && errno != EINTR)
        err(1, "poll");
    if (fds[0].revents)
        socket_accept(s, listener);
    if (xen >= 0 && fds[1].revents)
        xen_events(s);
    for (unsigned int i = 2; i < n; i++) {
        if (fds[i].revents)
            store_readable(s, (uint32_t)fds[i].fd);
    }
}

int main(int argc, char **argv)
{
    struct store_link link = { 0 };
    struct sigaction act = { .sa_handler = on_signal };
    struct store *s;
    int listener, xen, ready;
    size_t size;

    parse(argc, argv);
    make_directory(opt.socket);
    make_directory(opt.state);
    ready = go_background();
    opt.store.seed = (uint32_t)now_ns(NULL);
    size = store_arena_size(&opt.store);
    xen = xen_open();
    s = store_attach(map_arena(size), size, &opt.store, &hooks, NULL);
    if (!s)
        errx(1,
             "%s: of another version, or of a store with room for others: "
             "start the one that made it, or remove it and lose what is in it",
             opt.state);
    if (xen >= 0 && !xen_priv_ring(&link))
        (void)store_add_priv(s, &link);
    listener = socket_listen(opt.socket);
    write_pid();
    tell_ready(ready);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    if (opt.verbose)
        log_line(NULL, store_attached(s) ? "xenstored: going on"
                                         : "xenstored: a new store");
    while (!stop) {
        bool busy = true;

        for (int units = 0; units < 64 && busy; units++)
            busy = store_work(s);
        serve(s, listener, xen, busy);
    }
    if (opt.pid_file)
        unlink(opt.pid_file);
    return 0;
}
