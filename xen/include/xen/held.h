/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers that dom0 has, save some bits: pages of platform->dom0_held.
 *
 * Layer: 6 (guest).
 */
#ifndef XEN_HELD_H
#define XEN_HELD_H

#include <xen/domain.h>

/*
 * Emulate those pages for the hardware domain @d; they must not be mapped.
 * Boot. 0, -ENOSPC, -EEXIST (io_register).
 */
int must_check held_create(struct domain *d);

#endif /* XEN_HELD_H */
