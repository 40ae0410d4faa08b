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
    bool present;           /* met by the scan that is going on */
    unsigned int questions; /* since it has run; QUESTIONS: no more of them */
};

static struct guest *guests;

static struct console *find(struct daemon *d, uint32_t domid, enum kind kind)
{
    struct console *c = d->consoles;

    while (c && (c->domid != domid || c->kind != kind))
        c = c->next;
    return c;
}

/* What is known of the domain; NULL: no memory. */
static struct guest *known(const xc_domaininfo_t *info)
{
    struct guest *g = guests;

    while (g && g->domid != info->domain)
        g = g->next;
    if (!g) {
        g = calloc(1, sizeof(*g));
        if (!g)
            return NULL;
        g->domid = info->domain;
        g->next = guests;
        guests = g;
    } else if (memcmp(g->handle, info->handle, sizeof(g->handle)) == 0) {
        return g;
    }
    memcpy(g->handle, info->handle, sizeof(g->handle));
    g->questions = 0;
    return g;
}

static void add(struct daemon *d, struct console *c)
{
    c->present = true;
    c->next = d->consoles;
    d->consoles = c;
}

/* Those of its consoles that we do not have. */
static void ask(struct daemon *d, struct guest *g, bool has_run)
{
    bool found = false;

    for (enum kind kind = 0; kind < KINDS; kind++) {
        struct console *c = find(d, g->domid, kind);

        if (c && c->present)
            continue;
        c = console_open(d, g->domid, kind);
        if (c) {
            add(d, c);
            found = true;
        }
    }
    if (found)
        g->questions = QUESTIONS;
    else if (has_run)
        g->questions++;
}

static void meet(struct daemon *d, const xc_domaininfo_t *info)
{
    struct guest *g;

    /* It would not go while we have its memory mapped, and nothing would
     * tell us again. */
    if (info->flags & XEN_DOMINF_dying)
        return;
    g = known(info);
    if (!g)
        return;
    g->present = true;
    for (enum kind kind = 0; kind < KINDS; kind++) {
        struct console *c = find(d, g->domid, kind);

        if (!c)
            continue;
        c->present = console_is_connected(d, c);
        if (!c->present)
            g->questions = 0; /* another domain, or it has another now */
    }
    if (g->questions < QUESTIONS && d->xs)
        ask(d, g, info->cpu_time > 0);
}

/* Who was not met. */
static void forget(struct daemon *d)
{
    struct console **at = &d->consoles, *c;
    struct guest **from = &guests, *g;

    while ((c = *at)) {
        if (c->present) {
            at = &c->next;
        } else {
            *at = c->next;
            console_close(d, c);
        }
    }
    while ((g = *from)) {
        if (g->present) {
            from = &g->next;
        } else {
            *from = g->next;
            free(g);
        }
    }
}

void guests_scan(struct daemon *d)
{
    static xc_domaininfo_t infos[BATCH];
    uint32_t next = 1;
    int nr;

    for (struct console *c = d->consoles; c; c = c->next)
        c->present = false;
    for (struct guest *g = guests; g; g = g->next)
        g->present = false;
    while ((nr = xc_domain_getinfolist(d->xch, next, BATCH, infos)) > 0) {
        for (int i = 0; i < nr; i++)
            meet(d, &infos[i]);
        next = infos[nr - 1].domain + 1u;
    }
    /* An error says nothing of who is gone. */
    if (nr == 0)
        forget(d);
    else
        perror("xenconsoled: the list of domains");
}

void guests_store_is_back(struct daemon *d)
{
    for (struct guest *g = guests; g; g = g->next)
        g->questions = 0;
    for (struct console *c = d->consoles; c; c = c->next)
        if (!c->told)
            console_tell(d, c);
}
