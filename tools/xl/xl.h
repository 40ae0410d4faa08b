/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of xl share: the handles, the arguments of a command, and
 * how errors are told.
 *
 * Results: functions return 0, or -1 after one line that says on which
 * domain what failed in which call, and what to do; commands return the exit
 * code of the program.
 *
 * Source: xl(1) of Xen 4.17, for what users see. Layer: tool.
 */
#ifndef XL_H
#define XL_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>
#include <xenstore.h>

#include "config.h"
#include "table.h"

#define NO_DOMAIN 0xffffu

struct xl {
    xc_interface *xch;
    struct xs_handle *xs; /* NULL: no store, or not yet asked for */
    xentoollog_logger *log;
    const char *command; /* for messages */
};

/* What is behind the name of the command. */
struct args {
    const char *opt[128]; /* by letter: NULL, or the value, "" without one */
    char **word;          /* what is no option */
    int nr;
    uint32_t domid; /* of word[0], for commands that want a domain */
    bool json;
};

enum exit_code {
    OK = 0,
    FAILED = 1,
    USAGE = 2,
    NO_CREATE = 3
};

/* ---- errors: errors.c ---- */

/*
 * "xl COMMAND: domain ID: @call: reason of errno: remedy". @domid NO_DOMAIN:
 * none. @remedy NULL: one that goes with errno. Returns -1.
 */
int fail(struct xl *x, uint32_t domid, const char *call, const char *remedy);

/* "xl COMMAND: text", when no call has failed. Returns -1. */
int refuse(struct xl *x, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same without the name of the program's command, and no failure. */
void warn_line(const char *line);

/* ---- domains: domains.c ---- */

/* 1, 0: there is none, -1. */
int domain_info(struct xl *x, uint32_t domid, xc_domaininfo_t *info);

/* All of them, to be freed; *nr: out. NULL after a line. */
xc_domaininfo_t *domain_all(struct xl *x, unsigned int *nr);

/* Name, or "(null)" as Debian's says; to be freed. */
char *domain_name(struct xl *x, uint32_t domid);

/* By name or number: true. */
bool domain_find(struct xl *x, const char *what, uint32_t *domid);

/* SHUTDOWN_* of one that has stopped, or -1. */
int domain_reason(const xc_domaininfo_t *info);

/* Value below /local/domain/ID/, to be freed, or NULL. */
char *domain_read(struct xl *x, uint32_t domid, const char *path);
int domain_write(struct xl *x, uint32_t domid, const char *path,
                 const char *value);

/*
 * The domains, alive or not, that have @value at their @path: numbers, each
 * with a newline, to be freed. NULL: the store cannot tell (only ours can).
 */
char *domain_having(struct xl *x, const char *path, const char *value);

/* ---- life: create.c, destroy.c, monitor.c ---- */

/*
 * Makes the domain of @c, paused; *domid: out. After a failure nothing is
 * left of it.
 */
int domain_create(struct xl *x, struct config *c, uint32_t *domid);

/* Ends it, with its devices and nodes. Also for one that is half made. */
int domain_destroy(struct xl *x, uint32_t domid);

/*
 * Waits in this process for the end of a domain and does what @c tells for
 * it, over all restarts. Returns the exit code of the process.
 */
int monitor_run(struct xl *x, struct config *c, uint32_t domid);

/* The same in a process of its own, in the background. */
int monitor_start(struct xl *x, struct config *c, uint32_t domid);

/* Opens the store and the hypervisor; again in a new process. */
int xl_open(struct xl *x, bool store);
void xl_close(struct xl *x, bool forked);

/* Becomes the console program; returns only after a failure. */
int console_exec(struct xl *x, uint32_t domid, const char *type);

/* ---- devices: devices.c ---- */

/* Nodes, back-ends and hotplug scripts of all disks and vifs of @c. */
int devices_add(struct xl *x, const struct config *c, uint32_t domid);

/* All devices that the store knows for @domid, in any state. */
void devices_remove(struct xl *x, uint32_t domid);

#endif /* XL_H */
