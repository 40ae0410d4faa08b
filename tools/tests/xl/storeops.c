/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For domain 0's user space: times requests to the xenstore, by the protocol
 * itself and without any library. STORE is the socket of a daemon or
 * /dev/xen/xenbus.
 *
 *     storeops read STORE PATH N       N READs of PATH, one after the other:
 *                                      "reads N min A median B p99 C max D"
 *     storeops run STORE COMMAND...    the command, with a socket of ours for
 *                                      its store: each request goes to STORE
 *                                      at once, and its answer back: "command
 *                                      NS requests N store NS", then of each
 *                                      type "type T requests N store NS"
 *     storeops run - COMMAND...        the command alone: "command NS"
 *
 * All in nanoseconds of CLOCK_MONOTONIC. The time of a request is from just
 * before it is written to STORE until its answer has been read from there.
 *
 * Source: public/io/xs_wire.h; Linux drivers/xen/xenbus/xenbus_dev_frontend.c.
 * Layer:  test, domain 0's user space.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#define PAYLOAD 4096u
#define CLIENTS 64
#define TYPES   32u

struct message {
    struct xsd_sockmsg head;
    char data[PAYLOAD];
};

static struct {
    uint64_t ns;
    uint32_t requests;
} spent[TYPES];

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "storeops: %s: %s\n", what, strerror(errno));
    exit(2);
}

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- messages ---- */

static int open_store(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    struct stat st;
    int fd;

    if (stat(path, &st))
        die(path);
    if (!S_ISSOCK(st.st_mode)) {
        fd = open(path, O_RDWR | O_CLOEXEC);
    } else {
        snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)))
            die(path);
    }
    if (fd < 0)
        die(path);
    return fd;
}

static bool read_all(int fd, void *to, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = read(fd, (char *)to + at, len - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static bool get(int fd, struct message *m)
{
    if (!read_all(fd, &m->head, sizeof(m->head)))
        return false;
    if (m->head.len > PAYLOAD) {
        errno = EMSGSIZE;
        die("a message that is too long");
    }
    return read_all(fd, m->data, m->head.len);
}

static bool put(int fd, const struct message *m)
{
    size_t len = sizeof(m->head) + m->head.len;

    for (size_t at = 0; at < len;) {
        ssize_t n = write(fd, (const char *)m + at, len - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

/* ---- read ---- */

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int reads(const char *store, const char *path, size_t nr)
{
    static struct message m, answer;
    size_t warm_up = 64;
    uint64_t *ns = calloc(nr + warm_up, sizeof(*ns));
    int fd = open_store(store);

    if (!ns || !nr)
        die("no room for the samples");
    m.head.type = XS_READ;
    m.head.len = (uint32_t)strlen(path) + 1;
    memcpy(m.data, path, m.head.len);
    for (size_t i = 0; i < warm_up + nr; i++) {
        uint64_t start = now();

        m.head.req_id = (uint32_t)i;
        if (!put(fd, &m) || !get(fd, &answer) || answer.head.type != XS_READ)
            die(path);
        ns[i] = now() - start;
    }
    ns += warm_up;
    qsort(ns, nr, sizeof(*ns), by_size);
    printf("reads %zu min %llu median %llu p99 %llu max %llu\n", nr,
           (unsigned long long)ns[0], (unsigned long long)ns[nr / 2],
           (unsigned long long)ns[nr * 99 / 100],
           (unsigned long long)ns[nr - 1]);
    return 0;
}

/* ---- run ---- */

static struct pollfd polled[1 + 2 * CLIENTS]; /* the socket; then in pairs */

static void drop(int i)
{
    close(polled[i].fd);
    close(polled[i + 1].fd);
    polled[i].fd = polled[i + 1].fd = -1;
}

/* A request of client @i, to the end. Watch events come between. */
static void request(int i)
{
    static struct message m, answer;
    int client = polled[i].fd, store = polled[i + 1].fd;
    uint64_t start;
    bool good;

    if (!get(client, &m)) {
        drop(i);
        return;
    }
    start = now();
    good = put(store, &m);
    while (good && (good = get(store, &answer)) &&
           answer.head.type == XS_WATCH_EVENT)
        good = put(client, &answer);
    if (m.head.type < TYPES) {
        spent[m.head.type].ns += now() - start;
        spent[m.head.type].requests++;
    }
    if (!good || !put(client, &answer))
        drop(i);
}

static void event(int i)
{
    static struct message m;

    if (!get(polled[i + 1].fd, &m) || !put(polled[i].fd, &m))
        drop(i);
}

static void accept_one(const char *store)
{
    int fd = accept4(polled[0].fd, NULL, NULL, SOCK_CLOEXEC), i = 1;

    while (i < 1 + 2 * CLIENTS && polled[i].fd >= 0)
        i += 2;
    if (fd < 0 || i >= 1 + 2 * CLIENTS)
        die("too many clients");
    polled[i].fd = fd;
    polled[i + 1].fd = open_store(store);
}

static int listen_at(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
        listen(fd, CLIENTS))
        die(path);
    return fd;
}

static pid_t start(char **command, const sigset_t *signals)
{
    pid_t pid = fork();

    if (pid < 0)
        die("fork");
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, signals, NULL);
        execvp(command[0], command);
        die(command[0]);
    }
    return pid;
}

static void on_child(int signal)
{
    (void)signal;
}

/* Everything until @pid has ended; its status. SIGCHLD is blocked but for
 * while nothing is to be done. */
static int relay(const char *store, pid_t pid, const sigset_t *none)
{
    int status = 0;

    for (int i = 0; i < 1 + 2 * CLIENTS; i++)
        polled[i].events = POLLIN;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (ppoll(polled, 1 + 2 * CLIENTS, NULL, none) < 0) {
            if (errno != EINTR)
                die("poll");
            continue;
        }
        for (int i = 1; i < 1 + 2 * CLIENTS; i += 2) {
            if (polled[i].fd >= 0 && polled[i + 1].revents)
                event(i);
            else if (polled[i].fd >= 0 && polled[i].revents)
                request(i);
        }
        if (polled[0].revents)
            accept_one(store);
    }
    return status;
}

static void report(uint64_t took)
{
    uint64_t ns = 0;
    uint32_t requests = 0;

    for (uint32_t t = 0; t < TYPES; t++) {
        ns += spent[t].ns;
        requests += spent[t].requests;
    }
    printf("command %llu requests %u store %llu\n", (unsigned long long)took,
           requests, (unsigned long long)ns);
    for (uint32_t t = 0; t < TYPES; t++) {
        if (spent[t].requests)
            printf("type %u requests %u store %llu\n", t, spent[t].requests,
                   (unsigned long long)spent[t].ns);
    }
}

static int run(const char *store, char **command)
{
    const struct sigaction child = { .sa_handler = on_child };
    bool relayed = strcmp(store, "-") != 0;
    sigset_t none, some;
    uint64_t begun;
    char path[64];
    int status = 0;
    pid_t pid;

    sigemptyset(&some);
    sigaddset(&some, SIGCHLD);
    sigaction(SIGCHLD, &child, NULL);
    sigprocmask(SIG_BLOCK, &some, &none);
    for (int i = 0; i < 1 + 2 * CLIENTS; i++)
        polled[i].fd = -1;
    if (relayed) {
        snprintf(path, sizeof(path), "/tmp/storeops.%d", (int)getpid());
        polled[0].fd = listen_at(path);
        setenv("XENSTORED_PATH", path, 1);
    }
    begun = now();
    pid = start(command, &none);
    if (relayed)
        status = relay(store, pid, &none);
    else if (waitpid(pid, &status, 0) != pid)
        die("waitpid");
    report(now() - begun);
    if (relayed)
        unlink(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
    if (argc == 5 && !strcmp(argv[1], "read"))
        return reads(argv[2], argv[3], (size_t)atoi(argv[4]));
    if (argc >= 4 && !strcmp(argv[1], "run"))
        return run(argv[2], argv + 3);
    fputs("usage: storeops read STORE PATH N | run STORE|- COMMAND...\n",
          stderr);
    return 2;
}
