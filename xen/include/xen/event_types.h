/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels of a domain: types. Functions: xen/event_channel.h. */
/* Layer: 5 (domain). */
#ifndef XEN_EVENT_TYPES_H
#define XEN_EVENT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <public/xen.h>

#include <xen/bitmap.h>
#include <xen/spinlock.h>
#include <xen/types.h>

#define EVTCHN_2L_PORTS  4096u /* 64 x 64 on the ABI of ARM32 */
#define PORTS_PER_BUCKET 128u

struct vcpu;
struct domain;

/*
 * A consumer inside the hypervisor (vpl011) instead of a remote domain.
 * Called with the sender's event lock held: it must not send events itself.
 */
typedef void port_consumer_fn(struct domain *d, uint32_t port, void *arg);

/* Guarded by the event lock of its domain; a joined port by both locks. */
struct port {
    uint8_t state;         /* enum port_state (xen/port.h)                */
    uint8_t virq;          /* PORT_VIRQ                                   */
    uint16_t notify_vcpu;  /* whose upcall this port raises               */
    domid_t remote_domid;  /* PORT_UNBOUND, PORT_INTERDOMAIN              */
    uint32_t remote_life;  /* its .generation: a later one with the same
                              id is somebody else                         */
    uint32_t remote_port;  /* PORT_INTERDOMAIN                            */
    struct domain *remote; /* PORT_INTERDOMAIN; no reference: the peer's
                              death closes the peer's port first          */
    struct port *peer;     /* PORT_INTERDOMAIN: .remote_port of .remote   */
    port_consumer_fn *consumer; /* NULL: the guest itself                 */
    void *consumer_arg;
};

struct event_domain {
    struct spinlock lock; /* RANK_EVENT (domain->event.lock)             */
    struct port *buckets[EVTCHN_2L_PORTS / PORTS_PER_BUCKET];
    uint32_t used[BITMAP_WORDS(EVTCHN_2L_PORTS)]; /* ports not FREE       */
    uint32_t max_port; /* highest port this domain may use            */
    const struct domain *resetter; /* runs EVTCHNOP_reset, NULL: nobody; no
                                 reference: event_kill of it clears this */
    uint32_t poll_mask;       /* vCPUs in SCHEDOP_poll; atomic               */
    uint32_t subscriber_port; /* XEN_DOMCTL_subscribe, 0: nobody          */
    uint32_t subscriber_life; /* .generation of .subscriber               */
    domid_t subscriber;       /* whose port that is                       */
    uint32_t stop_untold;     /* has stopped, event_notify_stopped not yet
                                 called; atomic                           */
    uint16_t told_state;      /* what get_domain_state last told, ...     */
    uint32_t told_binding;    /* ... in this life of the listener's port  */
};

struct event_vcpu {
    uint32_t virq_port[NR_VIRQS]; /* 0: not bound; event lock             */
    uint32_t poll_port;           /* one port polled, or 0: several       */
};

#endif /* XEN_EVENT_TYPES_H */
