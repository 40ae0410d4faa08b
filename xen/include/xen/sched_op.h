/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sched_op and platform_op leave running: watchdogs of a domain, and
 * the wall clock that domains read in their shared page.
 *
 * Layer: 8 (iface).
 */
#ifndef XEN_SCHED_OP_H
#define XEN_SCHED_OP_H

#include <xen/domain.h>

/* Stop the watchdogs of a dying domain; idempotent. */
void watchdog_kill(struct domain *d);

/*
 * Write the wall clock, as far as it is known, into the shared page of a
 * new domain: before its first vCPU runs, and when its offset changes.
 */
void wallclock_update(struct domain *d);

#endif /* XEN_SCHED_OP_H */
