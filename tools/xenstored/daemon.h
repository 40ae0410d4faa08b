/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the daemon of domain 0 has besides the core: sockets, and Xen.
 *
 * Layer: 8 of the tool (Linux). Uses include/store.h.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <poll.h>

#include "include/store.h"

/* --- socket.c: local clients --------------------------------------------- */

/* The listening socket at @path, made anew. Ends the program when it fails. */
int socket_listen(const char *path);

/* Takes new clients from the listening socket @fd. */
void socket_accept(struct store *s, int fd);

/* The descriptors of all clients, for poll(); returns how many. */
unsigned int socket_poll(const struct store *s, struct pollfd *fds,
                         unsigned int max);

/* Hooks of the store; the cookie is the descriptor. */
int socket_recv(void *ctx, uint32_t cookie, void *to, uint32_t len);
int socket_send(void *ctx, uint32_t cookie, const void *from, uint32_t len);
void socket_hangup(void *ctx, uint32_t cookie);

/* --- xen_linux.c, or no_xen.c where there is no hypervisor --------------- */

/*
 * Opens the devices of Xen. Returns the descriptor of the event channels,
 * or -1: there is no Xen here.
 */
int xen_open(void);

/* The privileged domain's ring, as the kernel offers it. 0, or -1: none. */
int xen_priv_ring(struct store_link *link);

/* Gives the events that wait to the store. */
void xen_events(struct store *s);

/* Hooks of the store. */
void xen_notify(void *ctx, uint32_t port);
int xen_connect(void *ctx, struct store_link *link);
void xen_disconnect(void *ctx, struct store_link *link);
int xen_domain_state(void *ctx, uint16_t domid, struct store_domain *d);

#endif /* DAEMON_H */
