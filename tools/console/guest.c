/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See guest.h.
 *
 * Source: public/io/console.h; posix_openpt(3).
 * Layer:  tool.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include <xen/grant_table.h>

#include "guest.h"

static const struct {
    const char *node, *log;
} kinds[KINDS] = {
    [CONSOLE_PV] = { "console", "guest" },
    [CONSOLE_UART] = { "vuart/0", "uart" },
};

/* ---- the store's nodes ---- */

/* Value of /local/domain/ID/NODE/@name, to be freed; NULL: none, or there is
 * no store. */
static char *read_node(struct daemon *d, uint32_t domid, const char *node,
                       const char *name)
{
    char path[96];

    if (!d->xs)
        return NULL;
    snprintf(path, sizeof(path), "/local/domain/%u/%s%s%s", (unsigned int)domid,
             node, *name ? "/" : "", name);
    return xs_read(d->xs, XBT_NULL, path, NULL);
}

static bool read_number(struct daemon *d, uint32_t domid, const char *node,
                        const char *name, unsigned long *value)
{
    char *text = read_node(d, domid, node, name), *end;
    bool is;

    if (!text)
        return false;
    errno = 0;
    *value = strtoul(text, &end, 10);
    is = !errno && end != text && *end == '\0';
    free(text);
    return is;
}

/* Consoles of device models are theirs. */
static bool is_ours(struct daemon *d, uint32_t domid, const char *node)
{
    char *type = read_node(d, domid, node, "type");
    bool is = !type || strcmp(type, "xenconsoled") == 0;

    free(type);
    return is;
}

void console_tell(struct daemon *d, struct console *c)
{
    struct xs_permissions perms = { .id = c->domid, .perms = XS_PERM_READ };
    char path[96], name[64];

    snprintf(path, sizeof(path), "/local/domain/%u/%s/tty",
             (unsigned int)c->domid, kinds[c->kind].node);
    /* The guest must not lead its user to another terminal: it is dom0's. */
    perms.id = 0;
    c->told = ptsname_r(c->terminal, name, sizeof(name)) == 0 &&
              xs_write(d->xs, XBT_NULL, path, name,
                       (unsigned int)strlen(name)) &&
              xs_set_permissions(d->xs, XBT_NULL, path, &perms, 1);
    if (!c->told)
        fprintf(stderr, "xenconsoled: domain %u: its tty cannot be told: %s\n",
                (unsigned int)c->domid, strerror(errno));
}

void console_untell(struct daemon *d, struct console *c)
{
    char path[96];

    snprintf(path, sizeof(path), "/local/domain/%u/%s/tty",
             (unsigned int)c->domid, kinds[c->kind].node);
    if (c->told && !xs_write(d->xs, XBT_NULL, path, "", 0))
        fprintf(stderr,
                "xenconsoled: domain %u: its tty is not taken back: %s\n",
                (unsigned int)c->domid, strerror(errno));
    c->told = false;
}

/* ---- log ---- */

/* The name is the toolstack's, but it comes from the store: no folders.
 * Without a store it is the one that it was. */
static void learn_name(struct daemon *d, struct console *c)
{
    char *name = read_node(d, c->domid, "name", "");

    if (name && *name)
        snprintf(c->name, sizeof(c->name), "%s", name);
    else if (!*c->name)
        snprintf(c->name, sizeof(c->name), "%u", (unsigned int)c->domid);
    for (char *at = c->name; *at; at++)
        if (*at == '/' || (unsigned char)*at < ' ')
            *at = '_';
    free(name);
}

void console_log_again(struct daemon *d, struct console *c)
{
    char path[512];

    if (c->log >= 0)
        close(c->log);
    c->log = -1;
    if (!d->log_dir)
        return;
    learn_name(d, c);
    snprintf(path, sizeof(path), "%s/%s-%s.log", d->log_dir, kinds[c->kind].log,
             c->name);
    c->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
                  0644);
    if (c->log < 0)
        fprintf(stderr, "xenconsoled: %s: %s: its console is not logged\n",
                path, strerror(errno));
}

static void log_write(struct console *c, const char *text, size_t len)
{
    while (c->log >= 0 && len > 0) {
        ssize_t done = write(c->log, text, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* the disk is full: the terminal still has it */
        text += done;
        len -= (size_t)done;
    }
}

/* ---- terminal ---- */

static int open_terminal(struct console *c)
{
    struct termios mode;
    char name[64];

    c->terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (c->terminal < 0 || grantpt(c->terminal) || unlockpt(c->terminal) ||
        ptsname_r(c->terminal, name, sizeof(name)))
        return -1;
    /* Stays open: poll() would tell of the last one's end for ever. */
    c->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (c->slave < 0)
        return -1;
    /* Raw: the guest's driver is the one that makes lines. */
    if (tcgetattr(c->slave, &mode) == 0) {
        cfmakeraw(&mode);
        tcsetattr(c->slave, TCSANOW, &mode);
    }
    return 0;
}

/* The newest of it is kept. */
static void keep(struct console *c, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (c->out_len == BACKLOG) {
            c->out_from = (c->out_from + 1) % BACKLOG;
            c->out_len--;
        }
        c->out[(c->out_from + c->out_len++) % BACKLOG] = text[i];
    }
}

static void show(struct console *c)
{
    while (c->out_len > 0) {
        uint32_t len = BACKLOG - c->out_from;
        ssize_t done;

        if (len > c->out_len)
            len = c->out_len;
        done = write(c->terminal, c->out + c->out_from, len);
        if (done <= 0)
            return; /* later, or nobody is attached */
        c->out_from = (c->out_from + (uint32_t)done) % BACKLOG;
        c->out_len -= (uint32_t)done;
    }
}

void console_terminal(struct daemon *d, struct console *c)
{
    char text[256];
    size_t room = ring_room(c->ring);
    ssize_t len;

    show(c);
    if (room == 0)
        return;
    len = read(c->terminal, text, room < sizeof(text) ? room : sizeof(text));
    if (len <= 0)
        return;
    ring_put(c->ring, text, (size_t)len);
    xenevtchn_notify(d->events, (evtchn_port_t)c->port);
}

void console_move(struct daemon *d, struct console *c)
{
    char text[sizeof(c->ring->out)];
    ssize_t len = ring_take(c->ring, text, sizeof(text));

    if (len <= 0)
        return;
    xenevtchn_notify(d->events, (evtchn_port_t)c->port);
    log_write(c, text, (size_t)len);
    keep(c, text, (size_t)len);
    show(c);
}

/* ---- ring ---- */

static int map_ring(struct daemon *d, struct console *c, unsigned long gfn)
{
    xen_pfn_t frame = gfn;

    /* The grant needs no right over the guest; older builders seed none. */
    if (c->kind == CONSOLE_PV && d->grants) {
        c->ring = xengnttab_map_grant_ref(d->grants, c->domid,
                                          GNTTAB_RESERVED_CONSOLE,
                                          PROT_READ | PROT_WRITE);
        c->granted = c->ring != NULL;
    }
    if (!c->ring)
        c->ring = xenforeignmemory_map(d->frames, c->domid,
                                       PROT_READ | PROT_WRITE, 1, &frame, NULL);
    return c->ring ? 0 : -1;
}

static int say_failed(const struct console *c, const char *what)
{
    fprintf(stderr, "xenconsoled: domain %u: %s: %s\n", (unsigned int)c->domid,
            what, strerror(errno));
    return -1;
}

static int join(struct daemon *d, struct console *c)
{
    unsigned long gfn, port;

    if (!read_number(d, c->domid, kinds[c->kind].node, "ring-ref", &gfn) ||
        !read_number(d, c->domid, kinds[c->kind].node, "port", &port) ||
        !is_ours(d, c->domid, kinds[c->kind].node))
        return -1; /* not yet, or not ours */
    if (map_ring(d, c, gfn))
        return say_failed(c, "its console's page cannot be mapped");
    c->remote_port = (xenevtchn_port_or_error_t)port;
    c->port = xenevtchn_bind_interdomain(d->events, c->domid,
                                         (evtchn_port_t)port);
    if (c->port < 0)
        return say_failed(c, "its console's port cannot be bound");
    if (open_terminal(c))
        return say_failed(c, "no terminal for its console");
    console_tell(d, c);
    console_log_again(d, c);
    return 0;
}

bool console_is_connected(struct daemon *d, const struct console *c)
{
    xc_evtchn_status_t s = { .dom = DOMID_SELF,
                             .port = (evtchn_port_t)c->port };

    return xc_evtchn_status(d->xch, &s) == 0 &&
           s.status == EVTCHNSTAT_interdomain &&
           s.u.interdomain.dom == c->domid &&
           s.u.interdomain.port == (evtchn_port_t)c->remote_port;
}

void console_close(struct daemon *d, struct console *c)
{
    if (c->ring && c->port > 0 && c->terminal >= 0)
        console_move(d, c); /* its last words */
    if (c->port > 0)
        xenevtchn_unbind(d->events, (evtchn_port_t)c->port);
    if (c->ring && c->granted)
        xengnttab_unmap(d->grants, c->ring, 1);
    else if (c->ring)
        xenforeignmemory_unmap(d->frames, c->ring, 1);
    if (c->slave >= 0)
        close(c->slave);
    if (c->terminal >= 0)
        close(c->terminal);
    if (c->log >= 0)
        close(c->log);
    free(c);
}

struct console *console_open(struct daemon *d, uint32_t domid, enum kind kind)
{
    struct console *c = calloc(1, sizeof(*c));

    if (!c)
        return NULL;
    *c = (struct console){ .domid = domid,
                           .kind = kind,
                           .budget = EVENTS,
                           .port = -1,
                           .terminal = -1,
                           .slave = -1,
                           .log = -1 };
    if (join(d, c) == 0) {
        console_move(d, c);
        return c;
    }
    console_close(d, c);
    return NULL;
}
