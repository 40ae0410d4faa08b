/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dom0 finds where the console UART is, which Xen keeps: enough for a
 * decompressor and an early console.
 *
 * Layer: 6 (guest).
 */
#ifndef XEN_VUART_DOM0_H
#define XEN_VUART_DOM0_H

#include <xen/domain.h>

/*
 * Emulate the page of the console UART for the hardware domain @d; without
 * a UART nothing is done. Boot. 0, -ENOSPC, -EEXIST (io_register).
 */
int must_check vuart_dom0_create(struct domain *d);

#endif /* XEN_VUART_DOM0_H */
