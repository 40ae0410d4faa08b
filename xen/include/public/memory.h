/* SPDX-License-Identifier: MIT */
/*
 * Memory of a domain: how much it has, and what is where in its physical
 * address space.
 *
 * __HYPERVISOR_memory_op: r0 = XENMEM_*, r1 = the operation's structure.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_MEMORY_H
#define XEN_PUBLIC_MEMORY_H

#include "xen.h"

/* clang-format off */
#define XENMEM_increase_reservation       0
#define XENMEM_decrease_reservation       1
#define XENMEM_maximum_ram_page           2
#define XENMEM_current_reservation        3
#define XENMEM_maximum_reservation        4
#define XENMEM_machphys_mfn_list          5
#define XENMEM_populate_physmap           6
#define XENMEM_add_to_physmap             7
#define XENMEM_memory_map                 9
#define XENMEM_machine_memory_map        10
#define XENMEM_exchange                  11
#define XENMEM_machphys_mapping          12
#define XENMEM_set_memory_map            13
#define XENMEM_maximum_gpfn              14
#define XENMEM_remove_from_physmap       15
#define XENMEM_set_pod_target            16
#define XENMEM_get_pod_target            17
#define XENMEM_get_sharing_freed_pages   18
#define XENMEM_get_sharing_shared_pages  19
#define XENMEM_paging_op                 20
#define XENMEM_access_op                 21
#define XENMEM_sharing_op                22
#define XENMEM_add_to_physmap_batch      23
#define XENMEM_claim_pages               24
#define XENMEM_get_vnumainfo             26
#define XENMEM_reserved_device_memory_map 27
#define XENMEM_acquire_resource          28

/* mem_flags. */
#define XENMEMF_address_bits(x)     (x)
#define XENMEMF_get_address_bits(x) ((x) & 0xffu)
#define XENMEMF_node(x)             ((((x) + 1) & 0xffu) << 8)
#define XENMEMF_get_node(x)         (((((x) >> 8) & 0xffu) - 1) & 0xffu)
#define XENMEMF_populate_on_demand  (1u << 16)
#define XENMEMF_exact_node_request  (1u << 17)
#define XENMEMF_exact_node(n) \
    (XENMEMF_node(n) | XENMEMF_exact_node_request)
#define XENMEMF_vnode               (1u << 18)
/* clang-format on */

/*
 * increase_, decrease_reservation, populate_physmap, claim_pages. The first
 * three return the number of extents done, never an error number.
 */
struct xen_memory_reservation {
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start;
    xen_ulong_t nr_extents;
    uint32_t extent_order; /* an extent is 2^extent_order frames */
    uint32_t mem_flags;
    domid_t domid;
};
typedef struct xen_memory_reservation xen_memory_reservation_t;
DEFINE_XEN_GUEST_HANDLE(xen_memory_reservation_t);

/* Not offered: -ENOSYS. */
struct xen_memory_exchange {
    struct xen_memory_reservation in;
    struct xen_memory_reservation out;
    xen_ulong_t nr_exchanged;
};
typedef struct xen_memory_exchange xen_memory_exchange_t;

/* clang-format off */
#define XENMAPSPACE_shared_info  0 /* the shared_info page; idx 0          */
#define XENMAPSPACE_grant_table  1 /* idx: frame of the grant table        */
#define XENMAPSPACE_gmfn         2 /* not on ARM                           */
#define XENMAPSPACE_gmfn_range   3 /* not on ARM                           */
#define XENMAPSPACE_gmfn_foreign 4 /* batch only; idx: frame of the other  */
#define XENMAPSPACE_dev_mmio     5 /* idx: machine frame of registers      */
#define XENMAPIDX_grant_table_status 0x80000000u
/* clang-format on */

struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size;
    uint32_t space;
    xen_ulong_t idx;
    xen_pfn_t gpfn;
};
typedef struct xen_add_to_physmap xen_add_to_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_t);

/* Many at once; each element's result is in errs[]. */
struct xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space;
    uint16_t size;
    union {
        domid_t foreign_domid;
        uint16_t res0;
    } u;
    XEN_GUEST_HANDLE(xen_ulong_t) idxs;
    XEN_GUEST_HANDLE(xen_pfn_t) gpfns;
    XEN_GUEST_HANDLE(int) errs;
};
typedef struct xen_add_to_physmap_batch xen_add_to_physmap_batch_t;
DEFINE_XEN_GUEST_HANDLE(xen_add_to_physmap_batch_t);

struct xen_remove_from_physmap {
    domid_t domid;
    xen_pfn_t gpfn;
};
typedef struct xen_remove_from_physmap xen_remove_from_physmap_t;
DEFINE_XEN_GUEST_HANDLE(xen_remove_from_physmap_t);

/* clang-format off */
#define XENMEM_resource_ioreq_server             0
#define XENMEM_resource_grant_table              1
#define XENMEM_resource_vmtrace_buf              2
#define XENMEM_resource_grant_table_id_shared    0
#define XENMEM_resource_grant_table_id_status    1
/* clang-format on */

/* Map frames that the hypervisor keeps for @domid. frame_list NULL: ask. */
struct xen_mem_acquire_resource {
    domid_t domid;
    uint16_t type; /* XENMEM_resource_* */
    uint32_t id;
    uint32_t nr_frames; /* in, and out when asked */
    uint32_t pad;       /* 0 */
    uint64_t frame;
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list;
};
typedef struct xen_mem_acquire_resource xen_mem_acquire_resource_t;
DEFINE_XEN_GUEST_HANDLE(xen_mem_acquire_resource_t);

/* get_vnumainfo: no domain has any here, -EOPNOTSUPP. */
struct xen_vnuma_topology_info {
    domid_t domid;
    uint16_t pad;
    uint32_t nr_vnodes;
    uint32_t nr_vcpus;
    uint32_t nr_vmemranges;
    uint64_t vdistance;
    uint64_t vcpu_to_vnode;
    uint64_t vmemrange;
};
typedef struct xen_vnuma_topology_info xen_vnuma_topology_info_t;

/* reserved_device_memory_map: always empty here. */
struct xen_reserved_device_memory {
    xen_pfn_t start_pfn;
    xen_ulong_t nr_pages;
};
typedef struct xen_reserved_device_memory xen_reserved_device_memory_t;
DEFINE_XEN_GUEST_HANDLE(xen_reserved_device_memory_t);

struct xen_reserved_device_memory_map {
    uint32_t flags;
    uint32_t nr_entries; /* in: room, out: number */
    XEN_GUEST_HANDLE(xen_reserved_device_memory_t) buffer;
    union {
        struct {
            uint16_t seg;
            uint8_t bus, devfn;
        } pci;
    } dev;
};
typedef struct xen_reserved_device_memory_map xen_reserved_device_memory_map_t;

#endif /* XEN_PUBLIC_MEMORY_H */
