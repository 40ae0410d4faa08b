/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One console of one guest: its ring, the terminal that a user attaches to,
 * and its log.
 *
 * Source: users.md (paths); interface.md 2.11; the store's nodes console/ and
 *         vuart/0 as Debian's tools write them.
 * Layer:  tool.
 */
#ifndef CONSOLE_GUEST_H
#define CONSOLE_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>
#include <xenstore.h>

#include "ring.h"

/* What all consoles use; made once. */
struct daemon {
    struct xs_handle *xs; /* NULL: the store is gone */
    xc_interface *xch;
    xenevtchn_handle *events;
    xengnttab_handle *grants;
    xenforeignmemory_handle *frames;
    const char *log_dir; /* NULL: no logs of guests */
    struct console *consoles;
};

/* The kinds of consoles that a guest can have. */
enum kind {
    CONSOLE_PV,
    CONSOLE_UART,
    KINDS
};

/* Output that nobody has read yet; the oldest goes first. */
#define BACKLOG 65536u

/* Events of a guest that are heard in one period: xenconsoled.c. */
#define EVENTS 30u

struct console {
    struct console *next;
    uint32_t domid;
    enum kind kind;
    bool present; /* its guest has it: guests.c */
    struct xencons_interface *ring;
    bool granted; /* how it is mapped */
    xenevtchn_port_or_error_t port, remote_port;
    int terminal;   /* the master's side; -1: none */
    int slave;      /* the other one               */
    int log;        /* -1: none */
    char name[256]; /* of the guest, in that of the log */
    bool told;      /* the store has the terminal's name */
    char out[BACKLOG];
    uint32_t out_from, out_len;
    bool listening; /* epoll knows the terminal, and is asked for: */
    uint32_t listens_for;
    unsigned int budget; /* events that it may cause in this period */
    bool masked;
};

/*
 * Joins the console of @domid, if it has one of @kind that is not of a device
 * model. NULL: not (yet); an error is said.
 */
struct console *console_open(struct daemon *d, uint32_t domid, enum kind kind);
void console_close(struct daemon *d, struct console *c);

/* Both directions, as far as they go without waiting. */
void console_move(struct daemon *d, struct console *c);
/* The user typed, or can take more. */
void console_terminal(struct daemon *d, struct console *c);

/* Writes its terminal's name to the store: sets c->told, or says why not. */
void console_tell(struct daemon *d, struct console *c);

/* Takes that name back, while the guest is there: others may get it next. */
void console_untell(struct daemon *d, struct console *c);

/* Its port still leads to the guest's. Asks the hypervisor, not the store. */
bool console_is_connected(struct daemon *d, const struct console *c);

/* The log file of the guest again, under its own name: after logrotate. */
void console_log_again(struct daemon *d, struct console *c);

#endif /* CONSOLE_GUEST_H */
