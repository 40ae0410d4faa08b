/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See guests.h.
 *
 * Source: interface.md 6.2 (getdomaininfolist). Layer: tool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guests.h"

/* Domains that the hypervisor is asked for at a time. */
#define BATCH 64u

/*
 * One that has run has been built, and has all the nodes that it is to have
 * but for those of a toolstack that is late. Who has no console after so
 * many questions has none.
 */
#define QUESTIONS 4u

/* A domain that was there at the last scan. */
struct guest {
    struct guest *next;
    uint32_t domid;
    xen_domain_handle_t handle;
    struct console *console[KINDS]; /* NULL: none */
    bool watched; /* its nodes are not there yet: the store tells of them */
    unsigned int questions; /* since it has run; QUESTIONS: no more of them */
};

static struct guest *guests; /* by domid, as the hypervisor lists them */

/* Where a toolstack that introduces a domain early writes consoles later. */
static void watch(struct daemon *d, struct guest *g, bool on)
{
    static const char *const dirs[] = { "console", "vuart" };
    char path[64];

    if (g->watched == on)
        return;
    g->watched = on;
    for (size_t i = 0; d->xs && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
        snprintf(path, sizeof(path), "/local/domain/%u/%s", g->domid, dirs[i]);
        if (on)
            xs_watch(d->xs, path, path);
        else
            xs_unwatch(d->xs, path, path);
    }
}

/* Its console is no more, or leads to nobody: for close_absent(). */
static void drop(struct guest *g, enum kind kind)
{
    if (g->console[kind])
        g->console[kind]->present = false;
    g->console[kind] = NULL;
    g->questions = 0;
}

/* Who is at *at has gone. */
static void forget(struct daemon *d, struct guest **at)
{
    struct guest *g = *at;

    watch(d, g, false);
    for (enum kind kind = 0; kind < KINDS; kind++)
        drop(g, kind);
    *at = g->next;
    free(g);
}

/*
 * What is known of the domain, at *at or behind; who is before it has gone.
 * NULL: no memory.
 */
static struct guest *known(struct daemon *d, struct guest **at,
                           const xc_domaininfo_t *info)
{
    struct guest *g;

    while (*at && (*at)->domid < info->domain)
        forget(d, at);
    g = *at;
    if (g && g->domid == info->domain &&
        memcmp(g->handle, info->handle, sizeof(g->handle)) == 0)
        return g;
    if (g && g->domid == info->domain)
        forget(d, at);
    g = calloc(1, sizeof(*g));
    if (!g)
        return NULL;
    g->domid = info->domain;
    memcpy(g->handle, info->handle, sizeof(g->handle));
    g->next = *at;
    *at = g;
    return g;
}

/* Those of its consoles that we do not have. */
static void ask(struct daemon *d, struct guest *g, bool has_run)
{
    bool found = false;

    for (enum kind kind = 0; kind < KINDS; kind++) {
        struct console *c = g->console[kind];

        if (c)
            continue;
        c = console_open(d, g->domid, kind);
        if (!c)
            continue;
        c->present = true;
        c->next = d->consoles;
        g->console[kind] = d->consoles = c;
        found = true;
    }
    if (found && !g->watched)
        g->questions = QUESTIONS;
    else if (has_run)
        g->questions++;
    watch(d, g, !has_run && (g->watched || !found));
}

/*
 * Ports of consoles are looked at when @gone: its number may be another's. A
 * guest that closes its own has no terminal, lest its name be the next one's.
 */
static void meet(struct daemon *d, struct guest *g, bool has_run, bool gone)
{
    for (enum kind kind = 0; gone && d->xs && kind < KINDS; kind++) {
        struct console *c = g->console[kind];

        if (!c || console_is_connected(d, c))
            continue;
        console_untell(d, c);
        drop(g, kind);
    }
    if (g->questions < QUESTIONS && d->xs)
        ask(d, g, has_run);
}

static void close_absent(struct daemon *d)
{
    struct console **at = &d->consoles, *c;

    while ((c = *at)) {
        if (c->present) {
            at = &c->next;
        } else {
            *at = c->next;
            console_close(d, c);
        }
    }
}

/*
 * Those of @infos from *at on; *at is then behind them. -1: no memory.
 */
static int meet_all(struct daemon *d, struct guest ***at,
                    const xc_domaininfo_t *infos, int nr, bool gone)
{
    for (int i = 0; i < nr; i++) {
        struct guest *g;

        /* It would not go while we have its memory mapped, and nothing would
         * tell us again. */
        if (infos[i].flags & XEN_DOMINF_dying)
            continue;
        g = known(d, *at, &infos[i]);
        if (!g)
            return -1;
        meet(d, g, infos[i].cpu_time > 0, gone);
        *at = &g->next;
    }
    return nr;
}

void guests_scan(struct daemon *d, bool gone)
{
    static xc_domaininfo_t infos[BATCH];
    struct guest **at = &guests;
    uint32_t next = 1;
    int nr;

    while ((nr = xc_domain_getinfolist(d->xch, next, BATCH, infos)) > 0) {
        next = infos[nr - 1].domain + 1u;
        nr = meet_all(d, &at, infos, nr, gone);
        if (nr < 0)
            break;
    }
    /* An error says nothing of who is gone. */
    while (nr == 0 && *at)
        forget(d, at);
    if (nr < 0)
        perror("xenconsoled: the list of domains");
    close_absent(d);
}

void guests_store_is_back(struct daemon *d)
{
    for (struct guest *g = guests; g; g = g->next) {
        g->questions = 0;
        g->watched = false; /* by the last connection */
    }
    for (struct console *c = d->consoles; c; c = c->next)
        if (!c->told)
            console_tell(d, c);
}
