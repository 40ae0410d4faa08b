/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The daemon on a machine without Xen, for trying it out and for tests:
 * local clients only; INTRODUCE fails.
 *
 * Layer: 8 of the tool (Linux).
 */
#include "daemon.h"

int xen_open(void)
{
    return -1;
}

int xen_priv_ring(struct store_link *link)
{
    (void)link;
    return -1;
}

void xen_events(struct store *s)
{
    (void)s;
}

void xen_notify(void *ctx, uint32_t port)
{
    (void)ctx;
    (void)port;
}

int xen_connect(void *ctx, struct store_link *link)
{
    (void)ctx;
    (void)link;
    return -1;
}

void xen_disconnect(void *ctx, struct store_link *link)
{
    (void)ctx;
    (void)link;
}

int xen_domain_state(void *ctx, uint16_t domid, struct store_domain *d)
{
    (void)ctx;
    (void)domid;
    (void)d;
    return -1;
}
