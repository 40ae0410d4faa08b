/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's emulated UART (SBSA, a part of the PL011), whose other end is a
 * ring that a console daemon serves.
 *
 * Source: ARM DDI 0183G chapter 3; interface.md 2.11. Layer: 8 (iface).
 */
#ifndef XEN_VPL011_H
#define XEN_VPL011_H

#include <xen/domain.h>

/*
 * Give @d, whose create_lock is held and which has not run yet, the UART;
 * its ring is the domain's page @gfn. *@port: of the domain, unbound for
 * @backend. 0, -EPERM it has run, -EINVAL no such page, no SPI for it, or
 * it has one, -ENOMEM, -ENOSPC.
 */
int must_check vpl011_create(struct domain *d, gfn_t gfn,
                             const struct domain *backend, uint32_t *port);
/* No vCPU of @d runs and its ports are closed: give the ring back. 0. */
int must_check vpl011_kill(struct domain *d);
void vpl011_destroy(struct domain *d); /* idempotent */

#endif /* XEN_VPL011_H */
