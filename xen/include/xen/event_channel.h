/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, two-level ABI, and virtual IRQs.
 *
 * Source: public/event_channel.h; interface.md 3.2, 4. Layer: 8 (iface).
 */
#ifndef XEN_EVENT_CHANNEL_H
#define XEN_EVENT_CHANNEL_H

#include <xen/domain.h>

int must_check event_create(struct domain *d, uint32_t max_port);
/* Close all ports; 0 or -ERESTART. */
int must_check event_kill(struct domain *d);
void event_destroy(struct domain *d); /* idempotent */

/* Boot: softirq and console hooks that end in VIRQs. */
void event_init(void);

/* Per-vCPU VIRQ to @v; global VIRQ to its handler. Dropped when unbound. */
void virq_send_vcpu(struct vcpu *v, uint32_t virq);
void virq_send_global(uint32_t virq);

/* True for the VIRQs that exist once per machine (interface.md 4). */
bool virq_is_global(uint32_t virq);

/*
 * Allocate a port of @d, unbound for @remote (or fed by Xen when @consumer
 * is not NULL). 0 and *@port, -ENOSPC, -ENOMEM, -EINVAL (dying).
 */
int must_check event_alloc_unbound(struct domain *d, domid_t remote,
                                   port_consumer_fn *consumer, void *arg,
                                   uint32_t *port);
void event_notify(struct domain *d, uint32_t port); /* Xen side sends */

/* True when the vCPU has an event to deliver (upcall pending). */
bool event_pending(const struct vcpu *v);

#endif /* XEN_EVENT_CHANNEL_H */
