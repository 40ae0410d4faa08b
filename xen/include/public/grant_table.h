/* SPDX-License-Identifier: MIT */
/*
 * Grant tables, version 1: a domain lets another one map or copy pages.
 *
 * The table is an array of grant_entry_v1 in pages that the owner maps with
 * XENMEM_add_to_physmap, XENMAPSPACE_grant_table. To grant, write frame and
 * domid, then (after a barrier) flags; to revoke, change flags to 0 with a
 * compare-and-exchange that fails while GTF_reading or GTF_writing is set.
 *
 * __HYPERVISOR_grant_table_op: r0 = GNTTABOP_*, r1 = array, r2 = count.
 * Each element's .status tells how it went (GNTST_*).
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_GRANT_TABLE_H
#define XEN_PUBLIC_GRANT_TABLE_H

#include "xen.h"

typedef uint32_t grant_ref_t;
typedef uint32_t grant_handle_t;

/* clang-format off */
#define GTF_invalid         0u        /* no privileges                     */
#define GTF_permit_access   1u        /* .domid may map or copy .frame     */
#define GTF_accept_transfer 2u        /* not offered here                  */
#define GTF_transitive      3u        /* version 2 only                    */
#define GTF_type_mask       3u
#define GTF_readonly        (1u << 2) /* to be read only                   */
#define GTF_reading         (1u << 3) /* set by the hypervisor: in use     */
#define GTF_writing         (1u << 4) /* set by the hypervisor: writable   */
/* clang-format on */

struct grant_entry_v1 {
    uint16_t flags; /* GTF_* */
    domid_t domid;  /* who may */
    uint32_t frame; /* guest frame number */
};
typedef struct grant_entry_v1 grant_entry_v1_t;

/* Entries that the toolstack fills in before the domain runs. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

/* clang-format off */
#define GNTTABOP_map_grant_ref         0
#define GNTTABOP_unmap_grant_ref       1
#define GNTTABOP_setup_table           2
#define GNTTABOP_dump_table            3
#define GNTTABOP_transfer              4
#define GNTTABOP_copy                  5
#define GNTTABOP_query_size            6
#define GNTTABOP_unmap_and_replace     7
#define GNTTABOP_set_version           8
#define GNTTABOP_get_status_frames     9
#define GNTTABOP_get_version          10
#define GNTTABOP_swap_grant_ref       11
#define GNTTABOP_cache_flush          12

/* .status */
#define GNTST_okay               0
#define GNTST_general_error    (-1)
#define GNTST_bad_domain       (-2) /* no such domain                      */
#define GNTST_bad_gntref       (-3) /* not granted                         */
#define GNTST_bad_handle       (-4) /* not a mapping of the caller         */
#define GNTST_bad_virt_addr    (-5)
#define GNTST_bad_dev_addr     (-6)
#define GNTST_no_device_space  (-7)
#define GNTST_permission_denied (-8)
#define GNTST_bad_page         (-9)
#define GNTST_bad_copy_arg    (-10)
#define GNTST_address_too_big (-11)
#define GNTST_eagain          (-12)
#define GNTST_no_space        (-13)

/* Flags of map_grant_ref. On ARM only host_map, with or without readonly. */
#define GNTMAP_device_map      (1u << 0)
#define GNTMAP_host_map        (1u << 1)
#define GNTMAP_readonly        (1u << 2)
#define GNTMAP_application_map (1u << 3)
#define GNTMAP_contains_pte    (1u << 4)
/* clang-format on */

/* Map @ref of @dom at the caller's physical address @host_addr. */
struct gnttab_map_grant_ref {
    uint64_t host_addr;
    uint32_t flags; /* GNTMAP_* */
    grant_ref_t ref;
    domid_t dom;
    int16_t status;        /* out */
    grant_handle_t handle; /* out */
    uint64_t dev_bus_addr; /* out: machine address, for DMA */
};
typedef struct gnttab_map_grant_ref gnttab_map_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_map_grant_ref_t);

/* Undo one mapping; its frame is a hole afterwards. */
struct gnttab_unmap_grant_ref {
    uint64_t host_addr;
    uint64_t dev_bus_addr; /* as map returned it, or 0 */
    grant_handle_t handle;
    int16_t status; /* out */
};
typedef struct gnttab_unmap_grant_ref gnttab_unmap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_grant_ref_t);

/* Make the table at least @nr_frames long and tell its guest frames. */
struct gnttab_setup_table {
    domid_t dom;
    uint32_t nr_frames;
    int16_t status; /* out */
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list;
};
typedef struct gnttab_setup_table gnttab_setup_table_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_setup_table_t);

struct gnttab_dump_table {
    domid_t dom;
    int16_t status;
};
typedef struct gnttab_dump_table gnttab_dump_table_t;

struct gnttab_transfer {
    xen_pfn_t mfn;
    domid_t domid;
    grant_ref_t ref;
    int16_t status;
};
typedef struct gnttab_transfer gnttab_transfer_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_transfer_t);

#define GNTCOPY_source_gref (1u << 0) /* .source.u.ref, else .gmfn */
#define GNTCOPY_dest_gref   (1u << 1)

/* One end of a copy. */
struct gnttab_copy_ptr {
    union {
        grant_ref_t ref;
        xen_pfn_t gmfn; /* DOMID_SELF only */
    } u;
    domid_t domid;
    uint16_t offset;
};

/* Copy @len bytes inside one page each. */
struct gnttab_copy {
    struct gnttab_copy_ptr source, dest;
    uint16_t len;
    uint16_t flags; /* GNTCOPY_* */
    int16_t status; /* out */
};
typedef struct gnttab_copy gnttab_copy_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_copy_t);

struct gnttab_query_size {
    domid_t dom;
    uint32_t nr_frames;     /* out */
    uint32_t max_nr_frames; /* out */
    int16_t status;         /* out */
};
typedef struct gnttab_query_size gnttab_query_size_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_query_size_t);

/* As unmap_grant_ref; on ARM @new_addr must be 0. */
struct gnttab_unmap_and_replace {
    uint64_t host_addr;
    uint64_t new_addr;
    grant_handle_t handle;
    int16_t status;
};
typedef struct gnttab_unmap_and_replace gnttab_unmap_and_replace_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_unmap_and_replace_t);

/* Version 1 is the only one; the version in use is written back. */
struct gnttab_set_version {
    uint32_t version;
};
typedef struct gnttab_set_version gnttab_set_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_set_version_t);

struct gnttab_get_status_frames {
    uint32_t nr_frames;
    domid_t dom;
    int16_t status;
    XEN_GUEST_HANDLE(uint64_t) frame_list;
};
typedef struct gnttab_get_status_frames gnttab_get_status_frames_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_status_frames_t);

struct gnttab_get_version {
    domid_t dom;
    uint16_t pad;
    uint32_t version; /* out */
};
typedef struct gnttab_get_version gnttab_get_version_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_get_version_t);

struct gnttab_swap_grant_ref {
    grant_ref_t ref_a;
    grant_ref_t ref_b;
    int16_t status;
};
typedef struct gnttab_swap_grant_ref gnttab_swap_grant_ref_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_swap_grant_ref_t);

#define GNTTAB_CACHE_CLEAN       (1u << 0)
#define GNTTAB_CACHE_INVAL       (1u << 1)
#define GNTTAB_CACHE_SOURCE_GREF (1u << 31)

/* Cache maintenance on a granted page that a device reads or writes. */
struct gnttab_cache_flush {
    union {
        uint64_t dev_bus_addr;
        grant_ref_t ref;
    } a;
    uint16_t offset;
    uint16_t length;
    uint32_t op; /* GNTTAB_CACHE_* */
};
typedef struct gnttab_cache_flush gnttab_cache_flush_t;
DEFINE_XEN_GUEST_HANDLE(gnttab_cache_flush_t);

#endif /* XEN_PUBLIC_GRANT_TABLE_H */
