/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grants among grant_table.c, grant_map.c and grant_copy.c: pins, which
 * say that a grant entry is in use, and the operations.
 *
 * Layer: 8 (iface).
 */
#ifndef XEN_GRANT_OP_H
#define XEN_GRANT_OP_H

#include <public/grant_table.h>

#include <xen/domain.h>
#include <xen/page_alloc.h>

#define GRANTS_PER_FRAME (PAGE_SIZE / sizeof(struct grant_entry_v1))

/* How one entry is in use; .domid and .mfn count while either count is. */
struct grant_active {
    uint32_t readers; /* read-only pins                                    */
    uint32_t writers;
    mfn_t mfn;
    domid_t domid; /* who may; the guest can change its own entry       */
};

/*
 * Pin entry @ref of @rd for domain @to: from now until grant_unpin the
 * entry says "in use", and @*page, of which a reference was taken, is what
 * it grants. Takes rd's grant and p2m locks.
 * Returns GNTST_okay, GNTST_bad_gntref (no such entry), GNTST_general_error
 * (not granted to @to, or not so), GNTST_bad_page (not RAM of @rd's own).
 */
int16_t grant_pin(struct domain *rd, uint32_t ref, const struct domain *to,
                  bool readonly, struct page **page);
/* Undo one grant_pin but for the page reference. */
void grant_unpin(struct domain *rd, uint32_t ref, bool readonly);

/* True when an entry of @rd for @to is in use with @mfn: search [*@at, end),
 * *@at advances by at most @max entries. */
bool grant_search(struct domain *rd, const struct domain *to, mfn_t mfn,
                  uint32_t max, uint32_t *at, bool *end);

/* One element of an operation's array; its status is set. Returns 0, or the
 * result of the whole call when it has to end. */
typedef int32_t grant_fn(struct vcpu *v, void *element);

grant_fn grant_map_ref, grant_unmap_ref, grant_unmap_and_replace;
grant_fn grant_copy_one;
/* The element could not be written back: as if it had not been mapped. */
void grant_map_undo(struct vcpu *v, void *element);

/* GNTTABOP_cache_flush; *@cursor is opaque progress. 0, -EINVAL, -EPERM, or
 * -ERESTART. */
int32_t grant_cache_flush(struct vcpu *v, const struct gnttab_cache_flush *op,
                          uint32_t *cursor);

/* Release what @d has mapped; 0 or -ERESTART. Then its handles' memory. */
int must_check grant_maps_kill(struct domain *d);
void grant_maps_destroy(struct domain *d);

#endif /* XEN_GRANT_OP_H */
