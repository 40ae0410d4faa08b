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
 * xenevtchn, xenforeignmemory, xc) can act on @domid only, in the ways that
 * the kernel allows for it: mapping of its memory, device model operations,
 * event channels to it. Hypercalls fail with EPERM. Handles that the kernel
 * cannot limit, of xengnttab and xenstore, become useless; what they have
 * mapped stays. There is no way back. Handles that are opened later are not
 * limited.
 *
 * Returns 0, or -1 with errno of the first handle that refused; then some
 * are limited and some not, and the process had better end.
 * Threads: any; handles that are opened or closed meanwhile may escape.
 */
int xentoolcore_restrict_all(domid_t domid);

#endif /* XENTOOLCORE_H */
