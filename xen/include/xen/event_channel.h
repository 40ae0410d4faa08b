/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, two-level ABI, and virtual IRQs.
 *
 * Source: public/event_channel.h; interface.md 3.2, 4. Layer: 8 (iface).
 */
#ifndef XEN_EVENT_CHANNEL_H
#define XEN_EVENT_CHANNEL_H

#include <xen/domain.h>

/* @max_port: highest port, at most 4095. d->shared_info exists. 0. */
int must_check event_create(struct domain *d, uint32_t max_port);
/* Close all ports, release the areas that vCPUs registered; the domain is
 * DYING and none of its vCPUs runs. 0 or -ERESTART. */
int must_check event_kill(struct domain *d);
void event_destroy(struct domain *d); /* idempotent */

/* v->info and the poll timer of a new vCPU, and their end (idempotent). */
void event_vcpu_create(struct vcpu *v);
void event_vcpu_destroy(struct vcpu *v);

/* Boot: softirq and console hooks that end in VIRQs. */
void event_init(void);

/* Per-vCPU VIRQ to @v; global VIRQ to its handler. Dropped when unbound. */
void virq_send_vcpu(struct vcpu *v, uint32_t virq);
/* A global one that finds nobody is kept until its handler binds it. */
void virq_send_global(uint32_t virq);
/* The same from any context with any locks held, a little later. */
void virq_send_later(uint32_t virq);

/* True for the VIRQs that exist once per machine (interface.md 4). */
bool virq_is_global(uint32_t virq);

/*
 * EVTCHNOP_bind_virq of the caller @d: a port told to @vcpu.
 * -EINVAL no such VIRQ, or a global one on another vCPU than 0; -ENOENT no
 * such vCPU; -EBUSY another domain handles it (never with virq-steal=1);
 * -EEXIST bound already; -ENOSPC, -ENOMEM.
 */
int must_check virq_bind(struct domain *d, uint32_t virq, uint32_t vcpu,
                         uint32_t *port);

/*
 * @d handles global VIRQ @virq from now on. Returns 0, -EINVAL (not global,
 * not to be given away, @d dies), -EBUSY (the present handler has it bound;
 * never with virq-steal=1).
 */
int must_check virq_handler_set(struct domain *d, uint32_t virq);
/* Who handles it, or DOMID_INVALID when there is nobody. */
domid_t virq_handler_id(uint32_t virq);
/* Is it @d that handles global VIRQ @virq (below NR_VIRQS)? */
bool virq_handled_by(uint32_t virq, const struct domain *d);
/*
 * A number that grows when the handler of the global VIRQ @virq binds it and
 * when another becomes the handler: who hears it knows nothing yet.
 */
uint32_t virq_bindings(uint32_t virq);
/* The dying domain @d handles nothing any more. */
void virq_handler_clear(struct domain *d);

/*
 * Allocate a port of @d, unbound for @remote (or fed by Xen when @consumer
 * is not NULL). 0 and *@port, -ENOSPC, -ENOMEM, -EINVAL (dying).
 */
int must_check event_alloc_unbound(struct domain *d,
                                   const struct domain *remote,
                                   port_consumer_fn *consumer, void *arg,
                                   uint32_t *port);
void event_notify(struct domain *d, uint32_t port); /* Xen side sends */
/* Close a port that event_alloc_unbound gave to Xen; idempotent. */
void event_close_xen(struct domain *d, uint32_t port);

/*
 * The domain stopped: signal the port that XEN_DOMCTL_subscribe named.
 * False: nobody subscribed, or the port is gone.
 */
bool event_notify_stopped(struct domain *d);

/* True when the vCPU has an event to deliver (upcall pending). */
bool event_pending(const struct vcpu *v);

/* ---- event_2l.c ---- */

/*
 * Make port @n of @d pending and, unless it is masked, tell the vCPU
 * @notify, if that is there yet. The caller holds an event lock that keeps
 * the port bound.
 */
void event_2l_raise(struct domain *d, uint32_t n, uint32_t notify);
/* Clear the mask bit; deliver if pending. Same locks. */
void event_2l_unmask(struct domain *d, uint32_t n, uint32_t notify);
bool event_2l_is_pending(const struct domain *d, uint32_t n);
void event_2l_clear(struct domain *d, uint32_t n);
/* Set evtchn_upcall_pending of @v, with its PPI if it was clear; wake it. */
void event_upcall(struct vcpu *v);

/* ---- vcpu_op.c ---- */

/* Give back vcpu_info and runstate pages that the guest registered. */
void vcpu_areas_release(struct vcpu *v);

#endif /* XEN_EVENT_CHANNEL_H */
