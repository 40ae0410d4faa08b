/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sorted ranges in an array. Changes are rare (a domain is built), questions
 * are not: they are one binary search.
 *
 * Memory is fetched with the lock dropped, since the heap's lock is a leaf
 * as well.
 * Layer: 4 (core).
 */
#include <xen/heap.h>
#include <xen/rangeset.h>
#include <xen/string.h>

#include <public/errno.h>

#define ROOM_FIRST 8u

void rangeset_init(struct rangeset *r)
{
    lock_init(&r->lock, RANK_LEAF);
    r->ranges = NULL;
    r->nr = 0;
    r->room = 0;
}

void rangeset_destroy(struct rangeset *r)
{
    heap_free(&heap_xen, r->ranges);
    r->ranges = NULL;
    r->nr = 0;
    r->room = 0;
}

/* Enlarge an array whose room was @seen, if it still is. */
static int must_check grow(struct rangeset *r, uint32_t seen)
{
    uint32_t room = seen ? seen * 2 : ROOM_FIRST;
    struct range *fresh = heap_array(&heap_xen, room, sizeof(*fresh));
    struct range *old = fresh;

    if (!fresh)
        return -ENOMEM;

    lock_take(&r->lock);
    if (r->room == seen) {
        if (r->nr > 0)
            memcpy(fresh, r->ranges, r->nr * sizeof(*fresh));
        old = r->ranges;
        r->ranges = fresh;
        r->room = room;
    }
    lock_drop(&r->lock);
    heap_free(&heap_xen, old);
    return 0;
}

/* Take the lock, with room for one range more; not taken on -ENOMEM. */
static int must_check lock_with_room(struct rangeset *r)
{
    for (;;) {
        uint32_t room;
        int rc;

        lock_take(&r->lock);
        room = r->room;
        if (r->nr < room)
            return 0;
        lock_drop(&r->lock);
        rc = grow(r, room);
        if (rc)
            return rc;
    }
}

/* Index of the first range that ends at @value or later; nr: none. */
static uint32_t find(const struct rangeset *r, uint32_t value)
{
    uint32_t lo = 0, hi = r->nr;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;

        if (r->ranges[mid].last < value)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Replace ranges [from, to) by @nr of @with; there is room. */
static void replace(struct rangeset *r, uint32_t from, uint32_t to,
                    const struct range *with, uint32_t nr)
{
    memmove(&r->ranges[from + nr], &r->ranges[to],
            (r->nr - to) * sizeof(*r->ranges));
    for (uint32_t i = 0; i < nr; i++)
        r->ranges[from + i] = with[i];
    r->nr = r->nr - (to - from) + nr;
}

int rangeset_add(struct rangeset *r, uint32_t first, uint32_t last)
{
    struct range merged = { first, last };
    uint32_t from, to;
    int rc;

    if (first > last)
        return -EINVAL;
    rc = lock_with_room(r);
    if (rc)
        return rc;

    /* All that overlap or touch [first, last] become one. */
    from = find(r, first > 0 ? first - 1 : 0);
    to = from;
    while (to < r->nr &&
           (last == UINT32_MAX || r->ranges[to].first <= last + 1)) {
        merged.first = MIN(merged.first, r->ranges[to].first);
        merged.last = MAX(merged.last, r->ranges[to].last);
        to++;
    }
    replace(r, from, to, &merged, 1);
    lock_drop(&r->lock);
    return 0;
}

int rangeset_remove(struct rangeset *r, uint32_t first, uint32_t last)
{
    struct range rest[2];
    uint32_t from, to, nr = 0;
    int rc;

    if (first > last)
        return -EINVAL;
    rc = lock_with_room(r);
    if (rc)
        return rc;

    from = find(r, first);
    to = from;
    while (to < r->nr && r->ranges[to].first <= last)
        to++;
    if (from < to) {
        if (r->ranges[from].first < first) {
            rest[nr].first = r->ranges[from].first;
            rest[nr++].last = first - 1;
        }
        if (r->ranges[to - 1].last > last) {
            rest[nr].first = last + 1;
            rest[nr++].last = r->ranges[to - 1].last;
        }
        replace(r, from, to, rest, nr);
    }
    lock_drop(&r->lock);
    return 0;
}

bool rangeset_contains(struct rangeset *r, uint32_t first, uint32_t last)
{
    bool found;
    uint32_t i;

    if (first > last)
        return false;
    lock_take(&r->lock);
    i = find(r, first);
    found = i < r->nr && r->ranges[i].first <= first &&
            r->ranges[i].last >= last;
    lock_drop(&r->lock);
    return found;
}

bool rangeset_overlaps(struct rangeset *r, uint32_t first, uint32_t last)
{
    bool found;
    uint32_t i;

    if (first > last)
        return false;
    lock_take(&r->lock);
    i = find(r, first);
    found = i < r->nr && r->ranges[i].first <= last;
    lock_drop(&r->lock);
    return found;
}
