/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What domctl and sysctl have in common: the facts about a domain, and
 * bitmaps of the control interface.
 *
 * Layer: 9 (control).
 */
#ifndef XEN_CONTROL_H
#define XEN_CONTROL_H

#include <public/domctl.h>

#include <xen/copy.h>
#include <xen/domain.h>

/* Everything that getdomaininfo tells; all of @info is written. */
void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info);

/* Bits of the control interface's bitmaps that we look at: one per CPU. */
#define CONTROL_BITS     32u
#define CONTROL_BITS_MAX 65536u /* more is nobody's number of CPUs         */

/*
 * The guest's bitmap as a word, bits behind its end 0; and a word to the
 * guest's bitmap, bytes behind ours 0. 0, -EFAULT, -EINVAL (absurd size).
 */
int must_check control_bitmap_get(uint32_t *bits,
                                  const struct xenctl_bitmap *map);
int must_check control_bitmap_put(const struct xenctl_bitmap *map,
                                  uint32_t bits);

/*
 * One sysctl on our copy; on 0 it is written back. @arg: where the guest's
 * is, for those that are continued. control/cpupool.c
 */
struct xen_sysctl;
typedef int32_t sysctl_fn(struct xen_sysctl *op, guest_ptr_t arg);
sysctl_fn sysctl_cpupool, sysctl_scheduler;
sysctl_fn sysctl_tbuf; /* control/tbuf.c */

/* A guest's pointer in a structure; the upper half is not looked at. */
#define handle_va(h_)      ((guest_ptr_t)(h_).q)
#define handle_is_null(h_) (handle_va(h_) == 0)

#endif /* XEN_CONTROL_H */
