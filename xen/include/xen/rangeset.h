/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sorted, merged sets of inclusive ranges: I/O memory frames and interrupts
 * that a domain may use.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_RANGESET_H
#define XEN_RANGESET_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>
#include <xen/spinlock.h>

struct range {
    uint32_t first, last; /* inclusive */
};

struct rangeset {
    struct spinlock lock; /* leaf; guards all below                 */
    struct range *ranges; /* ascending, disjoint, not adjacent      */
    uint32_t nr, room;
};

/* Empty. Destroy gives its memory back and leaves it empty. */
void rangeset_init(struct rangeset *r);
/* As init leaves it. */
void rangeset_destroy(struct rangeset *r);

/* Returns 0, -EINVAL (first > last), -ENOMEM. */
int must_check rangeset_add(struct rangeset *r, uint32_t first, uint32_t last);
int must_check rangeset_remove(struct rangeset *r, uint32_t first,
                               uint32_t last);

/* True when all of [first, last] is in the set. */
bool rangeset_contains(struct rangeset *r, uint32_t first, uint32_t last);
/* True when any of [first, last] is in the set. */
bool rangeset_overlaps(struct rangeset *r, uint32_t first, uint32_t last);

#endif /* XEN_RANGESET_H */
