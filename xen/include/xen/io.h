/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated devices: regions of a domain's physical address space, found by
 * a stage-2 data abort.
 *
 * Layer: 6 (guest); struct io_regions is embedded in struct domain.
 */
#ifndef XEN_IO_H
#define XEN_IO_H

#include <xen/io_types.h>
#include <xen/trap.h>
#include <xen/types.h>

struct domain;

/*
 * @gpa and @size are multiples of 4 KiB. Before the domain runs only.
 * 0, -EINVAL (alignment), -ENOSPC, -EEXIST (overlap).
 */
int must_check io_register(struct domain *d, gpaddr_t gpa, uint32_t size,
                           io_fn *fn, void *priv);

/* Trap: stage-2 data abort. */
enum verdict io_abort(struct vcpu *v, uint32_t hsr);

#endif /* XEN_IO_H */
