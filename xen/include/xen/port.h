/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event-channel ports: the life cycle of one port as a table, and the ports
 * of a domain.
 *
 * Source: public/event_channel.h (EVTCHNSTAT_*).
 * Layer:  8 (iface). port.c is tested on the host, unit/port.c.
 */
#ifndef XEN_PORT_H
#define XEN_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

/* Where a port is in its life. A port is born and dies FREE. */
/* clang-format off */
enum port_state {
    PORT_FREE,           /* may be allocated                              */
    PORT_UNBOUND,        /* allocated, waits for a remote domain to bind  */
    PORT_INTERDOMAIN,    /* joined to a port of another domain            */
    PORT_VIRQ,           /* fed by a virtual IRQ of this domain           */
    PORT_IPI,            /* fed by another vCPU of this domain            */
    PORT_STATES
};

/* What can happen to a port. */
enum port_event {
    PORT_EV_ALLOC,       /* EVTCHNOP_alloc_unbound                        */
    PORT_EV_BIND_LOCAL,  /* this side ran EVTCHNOP_bind_interdomain       */
    PORT_EV_BIND_REMOTE, /* the remote side ran EVTCHNOP_bind_interdomain */
    PORT_EV_BIND_VIRQ,   /* EVTCHNOP_bind_virq                            */
    PORT_EV_BIND_IPI,    /* EVTCHNOP_bind_ipi                             */
    PORT_EV_PEER_GONE,   /* the remote side closed or died                */
    PORT_EV_CLOSE,       /* EVTCHNOP_close, or this domain died           */
    PORT_EVENTS
};
/* clang-format on */

/*
 * Next state of a port in state @s on event @e.
 *
 * Returns the new state (>= 0), or -EINVAL when the event is not allowed
 * in that state; the caller hands that value to the guest unchanged.
 * Locks: takes none; the caller holds domain->event.lock.
 */
int must_check port_next(enum port_state s, enum port_event e);

struct domain;
struct port;

/*
 * Port @n of @d, or NULL when there is no such number; it may be FREE. Safe
 * under speculation. The pointer stays valid until event_destroy.
 */
struct port *port_lookup(struct domain *d, uint32_t n);

/*
 * Lowest free port of @d, made by event @e (PORT_EV_ALLOC or a bind) and
 * told to vCPU 0. The caller holds d->event.lock.
 * Returns 0 with *@n and *@p, or -EINVAL (the domain dies), -EAGAIN (all
 * ports are being closed), -ENOSPC, -ENOMEM.
 */
int must_check port_alloc(struct domain *d, enum port_event e, uint32_t *n,
                          struct port **p);

/*
 * Close port @n of @d; a peer goes back to UNBOUND and gets one last event.
 * @guest: asked for by the guest, which may not close ports of Xen's.
 * Takes d->event.lock, and the peer's. Returns 0, -EINVAL, or -EAGAIN when
 * the peer kept changing.
 */
int must_check port_close(struct domain *d, uint32_t n, bool guest);

/* Take the event locks of two domains, in order; they may be the same. */
void port_lock_pair(struct domain *a, struct domain *b);
void port_unlock_pair(struct domain *a, struct domain *b);

#endif /* XEN_PORT_H */
