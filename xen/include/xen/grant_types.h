/* SPDX-License-Identifier: GPL-2.0-only */
/* Grant table of a domain: types. Layer: 5 (domain). */
#ifndef XEN_GRANT_TYPES_H
#define XEN_GRANT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/spinlock.h>
#include <xen/types.h>

#define GRANT_FRAMES_MAX    64u
#define MAPTRACK_FRAMES_MAX 1024u

struct grant_active;
struct maptrack;

/* All guarded by .lock but .gfn, a note that memory_map.c does not trust:
 * what is mapped is what stage 2 says. */
struct grant_domain {
    struct spinlock lock; /* RANK_GRANT                                */
    uint32_t nr_frames;   /* shared frames that exist                  */
    uint32_t max_frames;
    uint32_t max_maptrack_frames;
    void *shared[GRANT_FRAMES_MAX]; /* Hyp addresses                 */
    gfn_t gfn[GRANT_FRAMES_MAX];    /* where the guest mapped them   */
    struct grant_active *active[GRANT_FRAMES_MAX]; /* per entry state      */
    struct maptrack *maptrack[MAPTRACK_FRAMES_MAX];
    uint32_t nr_maptrack_frames;
    uint32_t maptrack_free; /* first free handle + 1, 0: none            */
    uint32_t release_at;    /* cursor of the preemptible teardown        */
};

#endif /* XEN_GRANT_TYPES_H */
