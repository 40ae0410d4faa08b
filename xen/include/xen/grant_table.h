/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grant tables, version 1.
 *
 * Source: public/grant_table.h; interface.md 3.3. Layer: 8 (iface).
 */
#ifndef XEN_GRANT_TABLE_H
#define XEN_GRANT_TABLE_H

#include <xen/domain.h>

/* @max_*: negative means default. 0, -EINVAL, -ENOMEM. */
int must_check grant_create(struct domain *d, int32_t max_frames,
                            int32_t max_maptrack);
/* Release what the dying domain has mapped; 0 or -ERESTART. */
int must_check grant_kill(struct domain *d);
void grant_destroy(struct domain *d); /* idempotent */

/*
 * Shared frame @index of @d for add_to_physmap and acquire_resource; the
 * table grows on demand. 0, -EINVAL (beyond max), -ENOMEM.
 */
int must_check grant_frame_get(struct domain *d, uint32_t index, mfn_t *mfn);
/* Where the guest has frame @index, which exists: INVALID_GFN or its gfn. */
static inline gfn_t grant_frame_gfn(const struct domain *d, uint32_t index)
{
    return d->grant.gfn[index];
}

static inline void grant_frame_set_gfn(struct domain *d, uint32_t index,
                                       gfn_t gfn)
{
    d->grant.gfn[index] = gfn;
}

#endif /* XEN_GRANT_TABLE_H */
