/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wall clock that domains read in their shared page.
 *
 * Layer: 8 (iface).
 */
#ifndef XEN_WALLCLOCK_H
#define XEN_WALLCLOCK_H

#include <xen/domain.h>

/*
 * Write the wall clock, as far as it is known, into the shared page of a
 * new domain: before its first vCPU runs, and when its offset changes.
 */
void wallclock_update(struct domain *d);

#endif /* XEN_WALLCLOCK_H */
