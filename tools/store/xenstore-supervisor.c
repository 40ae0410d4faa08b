/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the store domain alive: when it crashes, or hangs until its watchdog
 * stops it, its image is loaded again over the old one and it goes on with
 * the state that is kept in its memory. Id, ports, grants and delegated VIRQs
 * stay; its clients see a pause. SIGHUP does the same with a domain that runs
 * well: that is an update, when the file has changed. An image that cannot go
 * on with that state is not used, and one that ends soon is taken back.
 *
 * Nothing here may use the store, which is what is not there when it works.
 *
 * Source: virq-xenstore.md 1.4 (D4), 4.2 (R2a, R5).
 * Layer:  tool.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenguest.h>

#include "image.h"

#define IMAGE "/usr/lib/xen/boot/xenstore-stubdom"
#define PAGE  4096u

/* Events tell of an end; it is looked for besides, in case one is lost. */
#define LOOK_MS 5000

/* Restarts in a row that soon, so that nothing is done between them, and the
 * next ones wait. */
#define SOON_NS  50000000ull
#define IN_A_ROW 10
#define WAIT_MS  1000

/* So long the image before an update is kept. */
#define TRIAL_NS 10000000000ull

struct supervisor {
    xc_interface *xch;
    xenevtchn_handle *events;
    xenevtchn_port_or_error_t port;
    uint32_t domid;
    const char *path;
    struct store_image image, before; /* before.data: in trial, or NULL */
    uint64_t last, updated;
    unsigned int in_a_row, restarts;
};

static volatile sig_atomic_t asked, ended;

static void on_signal(int nr)
{
    if (nr == SIGHUP)
        asked = 1;
    else
        ended = 1;
}

static __attribute__((format(printf, 1, 2))) void say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("xenstore-supervisor: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

static uint64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The domain with the store, by its flag. 0: there is none. */
static uint32_t find(xc_interface *xch)
{
    xc_dominfo_t info;
    uint32_t next = 1;

    while (xc_domain_getinfo(xch, next, 1, &info) == 1) {
        if (info.xenstore)
            return info.domid;
        next = info.domid + 1;
    }
    return 0;
}

static int subscribe(struct supervisor *s)
{
    s->port = xenevtchn_bind_unbound_port(s->events, s->domid);
    if (s->port < 0 || xc_domain_subscribe_for_suspend(
                           s->xch, s->domid, (evtchn_port_t)s->port)) {
        say("domain %u: its end cannot be subscribed to: %s", s->domid,
            strerror(errno));
        return -1;
    }
    return 0;
}

/* The domain is paused once; whatever it did, it begins anew. */
static int start_again(struct supervisor *s, bool stopped)
{
    uint32_t ram = store_image_ram(s->xch, s->domid);

    if (!ram || store_image_load(s->xch, s->domid, &s->image) ||
        store_image_enter(s->xch, s->domid, STORE_RAM + ram - PAGE))
        return -1;
    if (stopped && xc_domain_resume(s->xch, s->domid, 1)) {
        say("domain %u cannot be resumed: %s", s->domid, strerror(errno));
        return -1;
    }
    return 0;
}

static int restart(struct supervisor *s, bool stopped, const char *why)
{
    uint64_t begun = now();
    int rc;

    if (begun - s->last > SOON_NS)
        s->in_a_row = 0;
    if (++s->in_a_row > IN_A_ROW) {
        say("domain %u does not stay up: a second of rest", s->domid);
        poll(NULL, 0, WAIT_MS);
        begun = now();
    }
    s->last = begun;
    if (xc_domain_pause(s->xch, s->domid)) {
        say("domain %u cannot be paused: %s", s->domid, strerror(errno));
        return -1;
    }
    rc = start_again(s, stopped);
    if (xc_domain_unpause(s->xch, s->domid))
        rc = -1;
    if (!rc)
        say("domain %u %s: started again, number %u, %llu us", s->domid, why,
            ++s->restarts, (unsigned long long)(now() - begun) / 1000);
    return rc;
}

static int update(struct supervisor *s)
{
    struct store_image image;

    if (store_image_read(s->path, &image)) {
        say("the image in use stays, version %s", s->image.tells);
        return 0;
    }
    if (store_image_fits(s->xch, s->domid, s->path, &image)) {
        store_image_free(&image);
        say("the image in use stays, version %s", s->image.tells);
        return 0;
    }
    store_image_free(&s->before);
    s->before = s->image;
    s->image = image;
    s->updated = now();
    say("domain %u: version %s follows %s", s->domid, image.tells,
        s->before.tells);
    return restart(s, false, "is updated");
}

/* Has the trial of a new image come to an end? */
static void judge(struct supervisor *s, bool stopped)
{
    if (!s->before.data)
        return;
    if (now() - s->updated > TRIAL_NS) {
        store_image_free(&s->before);
    } else if (stopped) {
        say("version %s has ended after %llu ms: version %s goes on",
            s->image.tells, (unsigned long long)(now() - s->updated) / 1000000,
            s->before.tells);
        store_image_free(&s->image);
        s->image = s->before;
        s->before.data = NULL;
    }
}

/* Has it stopped? Its end is told by an event that may be of before. */
static int look(struct supervisor *s)
{
    static const char *const why[] = {
        [SHUTDOWN_poweroff] = "powered off",
        [SHUTDOWN_reboot] = "asked for a reboot",
        [SHUTDOWN_suspend] = "suspended itself",
        [SHUTDOWN_crash] = "crashed",
        [SHUTDOWN_watchdog] = "hung",
    };
    xc_dominfo_t info;

    if (xc_domain_getinfo(s->xch, s->domid, 1, &info) != 1 ||
        info.domid != s->domid || info.dying) {
        say("domain %u is gone, and with it the store: reboot, or make "
            "another with init-xenstore-domain",
            s->domid);
        return -1;
    }
    judge(s, info.shutdown || info.crashed);
    if (!info.shutdown && !info.crashed)
        return 0;
    return restart(s, true,
                   info.shutdown_reason < sizeof(why) / sizeof(why[0])
                       ? why[info.shutdown_reason]
                       : "stopped");
}

static int watch(struct supervisor *s)
{
    struct pollfd fd = { .fd = xenevtchn_fd(s->events), .events = POLLIN };

    while (!ended) {
        if (asked) {
            asked = 0;
            if (update(s))
                return -1;
        }
        if (look(s))
            return -1;
        if (poll(&fd, 1, LOOK_MS) > 0) {
            xenevtchn_port_or_error_t port = xenevtchn_pending(s->events);

            if (port > 0)
                xenevtchn_unmask(s->events, (evtchn_port_t)port);
        }
    }
    return 0;
}

static int prepare(struct supervisor *s)
{
    s->xch = xc_interface_open(NULL, NULL, 0);
    s->events = xenevtchn_open(NULL, 0);
    if (!s->xch || !s->events) {
        say("no access to Xen: run it as root in domain 0, with the modules "
            "xen-privcmd and xen-evtchn");
        return -1;
    }
    if (!s->domid)
        s->domid = find(s->xch);
    if (!s->domid) {
        say("no domain has the store: boot with the module "
            "xen,xenstore-stubdom, or use init-xenstore-domain");
        return -1;
    }
    if (store_image_read(s->path, &s->image) ||
        store_image_fits(s->xch, s->domid, s->path, &s->image) || subscribe(s))
        return -1;
    /* What it needs is in memory from now on: a store that hangs must not
     * keep it from being read. */
    if (mlockall(MCL_CURRENT | MCL_FUTURE))
        say("its memory may be swapped out: %s", strerror(errno));
    return 0;
}

static int write_pid(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f) {
        say("%s: %s", path, strerror(errno));
        return -1;
    }
    fprintf(f, "%d\n", (int)getpid());
    return fclose(f) ? -1 : 0;
}

static void usage(FILE *to)
{
    fprintf(to, "usage: xenstore-supervisor [-d DOMID] [-i IMAGE] [-p PIDFILE] "
                "[-f]\n"
                "  -d  the domain with the store (default: it is found)\n"
                "  -i  its image (default: " IMAGE ")\n"
                "  -p  write the process's number to a file\n"
                "  -f  stay in the foreground\n"
                "SIGHUP: read the image again and go on with that.\n");
}

int main(int argc, char **argv)
{
    struct supervisor s = { .path = IMAGE };
    const char *pid_file = NULL;
    bool foreground = false;
    struct sigaction act = { .sa_handler = on_signal };
    int opt;

    while ((opt = getopt(argc, argv, "d:i:p:fh")) != -1) {
        switch (opt) {
        case 'd':
            s.domid = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'i':
            s.path = optarg;
            break;
        case 'p':
            pid_file = optarg;
            break;
        case 'f':
            foreground = true;
            break;
        case 'h':
            usage(stdout);
            return 0;
        default:
            usage(stderr);
            return 2;
        }
    }
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    if (!foreground && daemon(0, 1))
        return 1;
    if (prepare(&s) || (pid_file && write_pid(pid_file)))
        return 1;
    return watch(&s) ? 1 : 0;
}
