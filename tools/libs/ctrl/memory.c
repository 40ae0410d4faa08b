/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: memory of domains and of the host.
 *
 * Source: xenctrl.h; public/memory.h, domctl.h. Layer: tools, library.
 */
#include <sys/mman.h>

#include "private.h"

static int memory_run(xc_interface *xch, unsigned cmd, void *arg, size_t size,
                      const char *name, uint32_t domid)
{
    return ctrl_op(xch, __HYPERVISOR_memory_op, cmd, arg, size, name, domid);
}

/* --- how much it may have ------------------------------------------------ */

int xc_domain_setmaxmem(xc_interface *xch, uint32_t domid, uint64_t max_memkb)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_max_mem, domid);

    op.u.max_mem.max_memkb = max_memkb;
    return domctl_run(xch, &op, "max_mem");
}

int xc_get_paging_mempool_size(xc_interface *xch, uint32_t domid,
                               uint64_t *size)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_get_paging_mempool_size,
                                       domid);

    if (domctl_run(xch, &op, "get_paging_mempool_size"))
        return -1;
    *size = op.u.paging_mempool.size;
    return 0;
}

int xc_set_paging_mempool_size(xc_interface *xch, uint32_t domid, uint64_t size)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_set_paging_mempool_size,
                                       domid);

    op.u.paging_mempool.size = size;
    return domctl_run(xch, &op, "set_paging_mempool_size");
}

/* --- more and less of it ------------------------------------------------- */

struct reservation {
    unsigned cmd;
    const char *name;
    int fewer; /* errno of the exact ones when not all was done */
};
static const struct reservation increase = { XENMEM_increase_reservation,
                                             "increase_reservation", ENOMEM };
static const struct reservation decrease = { XENMEM_decrease_reservation,
                                             "decrease_reservation", EINVAL };
static const struct reservation populate = { XENMEM_populate_physmap,
                                             "populate_physmap", ENOMEM };

static int reserve(xc_interface *xch, const struct reservation *what,
                   uint32_t domid, unsigned long nr_extents, unsigned int order,
                   unsigned int flags, xen_pfn_t *extents)
{
    struct xen_memory_reservation op = {
        .nr_extents = nr_extents,
        .extent_order = order,
        .mem_flags = flags,
        .domid = (domid_t)domid,
    };
    struct bounce b;

    if (nr_extents > INT32_MAX / sizeof(*extents)) {
        errno = EINVAL;
        return -1;
    }
    if (bounce_open(xch, &b, extents, nr_extents * sizeof(*extents),
                    BOUNCE_BOTH))
        return -1;
    set_xen_guest_handle(op.extent_start, b.hyp);
    return bounce_close(
        &b, memory_run(xch, what->cmd, &op, sizeof(op), what->name, domid));
}

static int reserve_exact(xc_interface *xch, const struct reservation *what,
                         uint32_t domid, unsigned long nr_extents,
                         unsigned int order, unsigned int flags,
                         xen_pfn_t *extents)
{
    int done = reserve(xch, what, domid, nr_extents, order, flags, extents);

    if (done < 0)
        return -1;
    if ((unsigned long)done == nr_extents)
        return 0;
    errno = what->fewer;
    return ctrl_fail(xch, XC_OUT_OF_MEMORY,
                     "%s of domain %u: %d of %lu extents of order %u",
                     what->name, domid, done, nr_extents, order);
}

int xc_domain_increase_reservation(xc_interface *xch, uint32_t domid,
                                   unsigned long nr_extents,
                                   unsigned int extent_order,
                                   unsigned int mem_flags,
                                   xen_pfn_t *extent_start)
{
    return reserve(xch, &increase, domid, nr_extents, extent_order, mem_flags,
                   extent_start);
}

int xc_domain_increase_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents,
                                         unsigned int extent_order,
                                         unsigned int mem_flags,
                                         xen_pfn_t *extent_start)
{
    return reserve_exact(xch, &increase, domid, nr_extents, extent_order,
                         mem_flags, extent_start);
}

int xc_domain_decrease_reservation(xc_interface *xch, uint32_t domid,
                                   unsigned long nr_extents,
                                   unsigned int extent_order,
                                   xen_pfn_t *extent_start)
{
    return reserve(xch, &decrease, domid, nr_extents, extent_order, 0,
                   extent_start);
}

int xc_domain_decrease_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents,
                                         unsigned int extent_order,
                                         xen_pfn_t *extent_start)
{
    return reserve_exact(xch, &decrease, domid, nr_extents, extent_order, 0,
                         extent_start);
}

int xc_domain_populate_physmap(xc_interface *xch, uint32_t domid,
                               unsigned long nr_extents,
                               unsigned int extent_order,
                               unsigned int mem_flags, xen_pfn_t *extent_start)
{
    return reserve(xch, &populate, domid, nr_extents, extent_order, mem_flags,
                   extent_start);
}

int xc_domain_populate_physmap_exact(xc_interface *xch, uint32_t domid,
                                     unsigned long nr_extents,
                                     unsigned int extent_order,
                                     unsigned int mem_flags,
                                     xen_pfn_t *extent_start)
{
    return reserve_exact(xch, &populate, domid, nr_extents, extent_order,
                         mem_flags, extent_start);
}

int xc_domain_claim_pages(xc_interface *xch, uint32_t domid,
                          unsigned long nr_pages)
{
    struct xen_memory_reservation op = {
        .nr_extents = nr_pages,
        .domid = (domid_t)domid,
    };

    return memory_run(xch, XENMEM_claim_pages, &op, sizeof(op), "claim_pages",
                      domid);
}

/* --- what is where ------------------------------------------------------- */

int xc_domain_add_to_physmap(xc_interface *xch, uint32_t domid,
                             unsigned int space, unsigned long idx,
                             xen_pfn_t gpfn)
{
    struct xen_add_to_physmap op = {
        .domid = (domid_t)domid,
        .space = space,
        .idx = idx,
        .gpfn = gpfn,
    };

    return memory_run(xch, XENMEM_add_to_physmap, &op, sizeof(op),
                      "add_to_physmap", domid);
}

int xc_domain_add_to_physmap_batch(xc_interface *xch, uint32_t domid,
                                   uint32_t foreign_domid, unsigned int space,
                                   unsigned int size, xen_ulong_t *idxs,
                                   xen_pfn_t *gfpns, int *errs)
{
    struct xen_add_to_physmap_batch op = {
        .domid = (domid_t)domid,
        .space = (uint16_t)space,
        .size = (uint16_t)size,
        .u.foreign_domid = (domid_t)foreign_domid,
    };
    struct bounce b[3] = { { .hyp = NULL }, { .hyp = NULL }, { .hyp = NULL } };
    int rc = -1;

    if (!size || size > UINT16_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (bounce_open(xch, &b[0], idxs, size * sizeof(*idxs), BOUNCE_IN) ||
        bounce_open(xch, &b[1], gfpns, size * sizeof(*gfpns), BOUNCE_IN) ||
        bounce_open(xch, &b[2], errs, size * sizeof(*errs), BOUNCE_OUT))
        goto out;
    set_xen_guest_handle(op.idxs, b[0].hyp);
    set_xen_guest_handle(op.gpfns, b[1].hyp);
    set_xen_guest_handle(op.errs, b[2].hyp);
    rc = memory_run(xch, XENMEM_add_to_physmap_batch, &op, sizeof(op),
                    "add_to_physmap_batch", domid);
out:
    bounce_close(&b[0], rc);
    bounce_close(&b[1], rc);
    return bounce_close(&b[2], rc);
}

int xc_domain_remove_from_physmap(xc_interface *xch, uint32_t domid,
                                  xen_pfn_t gpfn)
{
    struct xen_remove_from_physmap op = {
        .domid = (domid_t)domid,
        .gpfn = gpfn,
    };

    return memory_run(xch, XENMEM_remove_from_physmap, &op, sizeof(op),
                      "remove_from_physmap", domid);
}

int xc_domain_maximum_gpfn(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns)
{
    domid_t op = (domid_t)domid;
    int rc = memory_run(xch, XENMEM_maximum_gpfn, &op, sizeof(op),
                        "maximum_gpfn", domid);

    if (rc < 0)
        return -1;
    *gpfns = (xen_pfn_t)rc;
    return 0;
}

int xc_domain_nr_gpfns(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns)
{
    if (xc_domain_maximum_gpfn(xch, domid, gpfns))
        return -1;
    *gpfns += 1;
    return 0;
}

long xc_get_tot_pages(xc_interface *xch, uint32_t domid)
{
    domid_t op = (domid_t)domid;

    return memory_run(xch, XENMEM_current_reservation, &op, sizeof(op),
                      "current_reservation", domid);
}

/* --- content ------------------------------------------------------------- */

/* Frames for one call; more make the hypervisor refuse it. */
#define CACHEFLUSH_MAX (1u << 18)

int xc_domain_cacheflush(xc_interface *xch, uint32_t domid, xen_pfn_t start_pfn,
                         xen_pfn_t nr_pfns)
{
    while (nr_pfns) {
        struct xen_domctl op = domctl_make(XEN_DOMCTL_cacheflush, domid);
        xen_pfn_t now = nr_pfns > CACHEFLUSH_MAX ? CACHEFLUSH_MAX : nr_pfns;

        op.u.cacheflush.start_pfn = start_pfn;
        op.u.cacheflush.nr_pfns = now;
        if (domctl_run(xch, &op, "cacheflush"))
            return -1;
        start_pfn += now;
        nr_pfns -= now;
    }
    return 0;
}

/* @src NULL: zeros. */
static int fill_page(xc_interface *xch, uint32_t domid, xen_pfn_t pfn,
                     const void *src)
{
    void *p = xenforeignmemory_map(xch->fmem, domid, PROT_READ | PROT_WRITE, 1,
                                   &pfn, NULL);

    if (!p)
        return -1;
    if (src)
        memcpy(p, src, XC_PAGE_SIZE);
    else
        memset(p, 0, XC_PAGE_SIZE);
    xenforeignmemory_unmap(xch->fmem, p, 1);
    /* A guest may look at it with its caches off. */
    return xc_domain_cacheflush(xch, domid, pfn, 1);
}

int xc_copy_to_domain_page(xc_interface *xch, uint32_t domid,
                           unsigned long dst_pfn, const char *src_page)
{
    return fill_page(xch, domid, dst_pfn, src_page);
}

int xc_clear_domain_pages(xc_interface *xch, uint32_t domid,
                          unsigned long dst_pfn, int num)
{
    for (int i = 0; i < num; i++) {
        if (fill_page(xch, domid, dst_pfn + (unsigned)i, NULL))
            return -1;
    }
    return 0;
}

/* --- the host ------------------------------------------------------------ */

int xc_maximum_ram_page(xc_interface *xch, unsigned long *max_mfn)
{
    int rc = ctrl_op(xch, __HYPERVISOR_memory_op, XENMEM_maximum_ram_page, NULL,
                     0, "maximum_ram_page", DOMID_SELF);

    if (rc < 0)
        return -1;
    *max_mfn = (unsigned long)rc;
    return 0;
}

int xc_availheap(xc_interface *xch, int min_width, int max_width, int node,
                 uint64_t *bytes)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_availheap);

    op.u.availheap.min_bitwidth = (uint32_t)min_width;
    op.u.availheap.max_bitwidth = (uint32_t)max_width;
    op.u.availheap.node = node;
    if (sysctl_run(xch, &op, "availheap"))
        return -1;
    *bytes = op.u.availheap.avail_bytes;
    return 0;
}

long xc_sharing_freed_pages(xc_interface *xch)
{
    return ctrl_op(xch, __HYPERVISOR_memory_op, XENMEM_get_sharing_freed_pages,
                   NULL, 0, "get_sharing_freed_pages", DOMID_SELF);
}

long xc_sharing_used_frames(xc_interface *xch)
{
    return ctrl_op(xch, __HYPERVISOR_memory_op, XENMEM_get_sharing_shared_pages,
                   NULL, 0, "get_sharing_shared_pages", DOMID_SELF);
}
