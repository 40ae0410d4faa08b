/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage 2 of a domain: types. Functions: xen/p2m.h. Layer: 5 (domain). */
#ifndef XEN_P2M_TYPES_H
#define XEN_P2M_TYPES_H

#include <xen/pagetable.h>
#include <xen/spinlock.h>
#include <xen/types.h>

/* What a frame is to its guest; kept in bits 58:55 of the descriptor. */
enum p2m_type {
    P2M_NONE, /* nothing mapped                                     */
    P2M_RAM,  /* the domain's own page, read-write-execute          */
    P2M_RAM_RO,
    P2M_DEVICE,    /* passed-through registers, device memory            */
    P2M_DEVICE_NC, /* passed-through memory, normal not cacheable        */
    P2M_XEN,       /* page of ours for this domain: shared_info, grants  */
    P2M_FOREIGN,   /* another domain's page; holds references to both    */
    P2M_FOREIGN_RO,
    P2M_GRANT, /* granted page; the maptrack entry holds references  */
    P2M_GRANT_RO,
    P2M_XEN_SHARE, /* DOMID_XEN page mapped by a tool                    */
    P2M_XEN_SHARE_RO,
    P2M_TYPES
};

struct p2m {
    struct spinlock lock; /* RANK_P2M; guards all below                  */
    struct pagetable pt;  /* 40-bit IPA, two concatenated roots          */
    uint64_t vttbr;       /* root address and VMID; 0: not made          */
    uint32_t pool_pages;  /* table pages this domain may use             */
    uint32_t pool_used;
    uint32_t pool_list;     /* free, zeroed pool pages, by frame number    */
    bool pool_unlimited;    /* tables straight from the page allocator     */
    uint32_t max_gfn;       /* highest ever mapped + 1                     */
    uint32_t relinquish_at; /* cursor of the preemptible teardown         */
    bool killed;            /* nothing is mapped any more                  */
    /* CPUs that may hold TLB entries of this VMID and run it now.        */
    uint32_t running_mask; /* atomic                                      */
};

#endif /* XEN_P2M_TYPES_H */
