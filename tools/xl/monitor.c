/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One process for each domain waits for its end and does what the
 * configuration tells for the reason of that: destroy it, make it again.
 *
 * The store tells by "@releaseDomain" that some domain has stopped or is
 * gone; which one and why, the hypervisor does. Without an event we look
 * every LOOK_S seconds: a store that was started anew has lost the watch.
 *
 * Source: interface.md 6.2; xl(1) of Xen 4.17. Layer: tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "xl.h"

#define LOG_DIR  "/var/log/xen"
#define LOOK_S   30
#define RETRY_MS 1000

/* A guest that comes back sooner would do so for ever. */
#define SOONEST_S 5

static const char *const reasons[] = {
    [SHUTDOWN_poweroff] = "poweroff", [SHUTDOWN_reboot] = "reboot",
    [SHUTDOWN_suspend] = "suspend",   [SHUTDOWN_crash] = "crash",
    [SHUTDOWN_watchdog] = "watchdog",
};

static enum action action_for(const struct config *c, int reason)
{
    switch (reason) {
    case SHUTDOWN_poweroff:
        return c->on_poweroff;
    case SHUTDOWN_reboot:
        return c->on_reboot;
    case SHUTDOWN_suspend:
        return ACTION_PRESERVE;
    case SHUTDOWN_watchdog:
        return c->on_watchdog;
    default:
        return c->on_crash;
    }
}

static void say(uint32_t domid, const char *what, const char *more)
{
    char now[32];
    time_t t = time(NULL);

    strftime(now, sizeof(now), "%F %T", localtime(&t));
    printf("%s domain %u: %s%s%s\n", now, domid, what, *more ? ": " : "", more);
    fflush(stdout);
}

/* Takes what the store has told. If it is gone, which one that is a process
 * can be, waits for the next: nothing can be done about the domain before. */
static void heed_store(struct xl *x, uint32_t domid)
{
    char **event;

    while ((event = xs_check_watch(x->xs)))
        free(event);
    if (errno == EAGAIN)
        return;
    say(domid, "the store is gone", "waits for xenstored to be started again");
    do {
        xs_close(x->xs);
        poll(NULL, 0, RETRY_MS);
        x->xs = xs_open(XS_OPEN_SOCKETONLY);
    } while (!x->xs || !xs_watch(x->xs, "@releaseDomain", "end"));
    say(domid, "the store is there again", "");
}

/* SHUTDOWN_*, or -1: somebody else has ended it. */
static int wait_end(struct xl *x, uint32_t domid)
{
    struct pollfd fd = { .events = POLLIN };
    xc_domaininfo_t info;

    for (;;) {
        int there;

        heed_store(x, domid);
        there = domain_info(x, domid, &info);
        if (there < 1 || (info.flags & XEN_DOMINF_dying))
            return -1;
        if (info.flags & XEN_DOMINF_shutdown)
            return domain_reason(&info);
        fd.fd = xs_fileno(x->xs);
        poll(&fd, 1, LOOK_S * 1000);
    }
}

/* The one that has stopped stays, and its name is free. */
static int set_aside(struct xl *x, struct config *c, uint32_t domid)
{
    char name[120];

    snprintf(name, sizeof(name), "%.80s-%u", c->name, domid);
    c->has_uuid = false; /* the new one is another */
    return domain_write(x, domid, "name", name);
}

static int restart(struct xl *x, struct config *c, uint32_t *domid,
                   enum action action)
{
    if (action == ACTION_RENAME_RESTART ? set_aside(x, c, *domid)
                                        : domain_destroy(x, *domid))
        return -1;
    if (domain_create(x, c, domid))
        return -1;
    say(*domid, "is its restart", c->name);
    return xc_domain_unpause(x->xch, *domid)
               ? fail(x, *domid, "xc_domain_unpause", NULL)
               : 0;
}

int monitor_run(struct xl *x, struct config *c, uint32_t domid)
{
    enum action action;
    time_t begin = time(NULL);

    if (!xs_watch(x->xs, "@releaseDomain", "end"))
        return fail(x, domid, "xs_watch @releaseDomain", NULL), FAILED;
    say(domid, "waiting for its end", c->name);
    for (;;) {
        int reason = wait_end(x, domid);

        if (reason < 0) {
            say(domid, "is gone", "");
            return OK;
        }
        action = action_for(c, reason);
        say(domid,
            reason < (int)(sizeof(reasons) / sizeof(reasons[0]))
                ? reasons[reason]
                : "unknown reason",
            action_names[action]);
        if (action == ACTION_PRESERVE)
            return OK;
        if (action != ACTION_DESTROY && time(NULL) - begin < SOONEST_S) {
            say(domid, "has stopped too soon after its start", "destroy");
            action = ACTION_DESTROY;
        }
        if (action == ACTION_DESTROY)
            return domain_destroy(x, domid) ? FAILED : OK;
        begin = time(NULL);
        if (restart(x, c, &domid, action))
            return FAILED;
    }
}

static void to_log(const char *name)
{
    char path[160];
    int log, null = open("/dev/null", O_RDWR);

    snprintf(path, sizeof(path), LOG_DIR "/xl-%s.log", name);
    log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
    dup2(null, STDIN_FILENO);
    dup2(log < 0 ? null : log, STDOUT_FILENO);
    dup2(log < 0 ? null : log, STDERR_FILENO);
    if (log > STDERR_FILENO)
        close(log);
    if (null > STDERR_FILENO)
        close(null);
}

int monitor_start(struct xl *x, struct config *c, uint32_t domid)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child < 0)
        return fail(x, domid, "fork", NULL);
    if (child > 0) {
        waitpid(child, NULL, 0);
        return 0;
    }
    /* Once more, so that nobody has to wait for it. */
    if (setsid() < 0 || fork() != 0)
        _exit(0);
    to_log(c->name);
    xl_close(x, true);
    _exit(xl_open(x, true) ? FAILED : monitor_run(x, c, domid));
}
