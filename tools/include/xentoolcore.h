/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxentoolcore: giving up privileges, for all libraries at once.
 *
 * Source: names and signatures as in Xen 4.17. Layer: tools, library.
 */
#ifndef XENTOOLCORE_H
#define XENTOOLCORE_H

#include <stdint.h>

#include <xen/xen.h>

/*
 * From now on, every handle that this process has open (xencall,
 * xenevtchn, xenforeignmemory, xc, and xenstore's if it is one) can act on
 * @domid only, in the ways that the kernel allows for it: mapping of its
 * memory, device model operations, event channels to it. Hypercalls
 * through privcmd fail with EPERM afterwards. There is no way back; handles
 * that are opened later are not limited.
 *
 * Returns 0, or -1 with errno of the first handle that refused; then some
 * are limited and some not, and the process had better end. EOPNOTSUPP: a
 * kind of handle (gnttab, xenstore) that the kernel cannot limit is open.
 * Threads: no other thread may open or close handles meanwhile.
 */
int xentoolcore_restrict_all(domid_t domid);

#endif /* XENTOOLCORE_H */
