/* SPDX-License-Identifier: MIT */
/*
 * Event channels: one-bit messages between domains, from the hypervisor to
 * a domain, and between vCPUs of a domain.
 *
 * __HYPERVISOR_event_channel_op: r0 = EVTCHNOP_*, r1 = the operation's
 * structure. Results are 0 or a negative error number. Numbers 11 to 13
 * (the FIFO ABI) answer -ENOSYS here; a guest then stays on two levels.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_EVENT_CHANNEL_H
#define XEN_PUBLIC_EVENT_CHANNEL_H

#include "xen.h"

/* clang-format off */
#define EVTCHNOP_bind_interdomain  0
#define EVTCHNOP_bind_virq         1
#define EVTCHNOP_bind_pirq         2
#define EVTCHNOP_close             3
#define EVTCHNOP_send              4
#define EVTCHNOP_status            5
#define EVTCHNOP_alloc_unbound     6
#define EVTCHNOP_bind_ipi          7
#define EVTCHNOP_bind_vcpu         8
#define EVTCHNOP_unmask            9
#define EVTCHNOP_reset            10
#define EVTCHNOP_init_control     11
#define EVTCHNOP_expand_array     12
#define EVTCHNOP_set_priority     13
/* clang-format on */

typedef uint32_t evtchn_port_t;
DEFINE_XEN_GUEST_HANDLE(evtchn_port_t);

/*
 * A new port of @dom that only @remote_dom may bind to. Either may be
 * DOMID_SELF; another @dom than oneself is for control domains.
 * -ESRCH, -EPERM, -EINVAL (dying), -ENOSPC.
 */
struct evtchn_alloc_unbound {
    domid_t dom, remote_dom;
    evtchn_port_t port; /* out */
};
typedef struct evtchn_alloc_unbound evtchn_alloc_unbound_t;

/*
 * Join a new local port to @remote_port, which must be unbound and reserved
 * for the caller. The new port is pending at once.
 * -ESRCH, -EPERM, -EINVAL, -ENOSPC.
 */
struct evtchn_bind_interdomain {
    domid_t remote_dom;
    evtchn_port_t remote_port;
    evtchn_port_t local_port; /* out */
};
typedef struct evtchn_bind_interdomain evtchn_bind_interdomain_t;

/*
 * A new port that is sent to with a VIRQ. Global VIRQs are bound on vCPU 0
 * by the domain that handles them.
 * -EINVAL, -ENOENT (no such vCPU), -EBUSY (another domain handles it),
 * -EEXIST (bound already), -ENOSPC.
 */
struct evtchn_bind_virq {
    uint32_t virq; /* VIRQ_* */
    uint32_t vcpu;
    evtchn_port_t port; /* out */
};
typedef struct evtchn_bind_virq evtchn_bind_virq_t;

/* There are no physical interrupts for guests on ARM: -EINVAL. */
#define BIND_PIRQ__WILL_SHARE 1
struct evtchn_bind_pirq {
    uint32_t pirq;
    uint32_t flags;
    evtchn_port_t port; /* out */
};
typedef struct evtchn_bind_pirq evtchn_bind_pirq_t;

/* A new port that EVTCHNOP_send by this domain makes pending on @vcpu. */
struct evtchn_bind_ipi {
    uint32_t vcpu;
    evtchn_port_t port; /* out */
};
typedef struct evtchn_bind_ipi evtchn_bind_ipi_t;

/* Close @port; the other side goes back to unbound. -EINVAL. */
struct evtchn_close {
    evtchn_port_t port;
};
typedef struct evtchn_close evtchn_close_t;

/* Tell the other side. 0 also when there is none yet. -EINVAL. */
struct evtchn_send {
    evtchn_port_t port;
};
typedef struct evtchn_send evtchn_send_t;

/* clang-format off */
#define EVTCHNSTAT_closed       0 /* free                                  */
#define EVTCHNSTAT_unbound      1 /* waits for .unbound.dom                */
#define EVTCHNSTAT_interdomain  2 /* joined to .interdomain                */
#define EVTCHNSTAT_pirq         3
#define EVTCHNSTAT_virq         4 /* fed by .virq                          */
#define EVTCHNSTAT_ipi          5
/* clang-format on */

/* What @port of @dom is. -ESRCH, -EPERM, -EINVAL, -EACCES (not a guest's). */
struct evtchn_status {
    domid_t dom;
    evtchn_port_t port;
    uint32_t status; /* out: EVTCHNSTAT_* */
    uint32_t vcpu;   /* out: vCPU that is told */
    union {
        struct {
            domid_t dom;
        } unbound;
        struct {
            domid_t dom;
            evtchn_port_t port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    } u;
};
typedef struct evtchn_status evtchn_status_t;

/* Events of @port go to @vcpu from now on. -EINVAL, -ENOENT. */
struct evtchn_bind_vcpu {
    evtchn_port_t port;
    uint32_t vcpu;
};
typedef struct evtchn_bind_vcpu evtchn_bind_vcpu_t;

/* Clear the mask bit, and deliver what is pending. -EINVAL. */
struct evtchn_unmask {
    evtchn_port_t port;
};
typedef struct evtchn_unmask evtchn_unmask_t;

/* Close all ports of @dom. -ESRCH, -EPERM, -EINVAL, -EBUSY. */
struct evtchn_reset {
    domid_t dom;
};
typedef struct evtchn_reset evtchn_reset_t;

#endif /* XEN_PUBLIC_EVENT_CHANNEL_H */
