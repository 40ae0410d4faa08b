/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building, steering and destroying domains by control calls.
 *
 * Source: public/domctl.h, public/memory.h.
 * Layer:  test guest, first domain.
 */
#include <public/domctl.h>
#include <public/memory.h>

#include <xen/string.h>

#include "domain.h"
#include "hypercall.h"

#define WINDOW_PAGES 64
#define POOL_BYTES   (1u << 20) /* for its stage-2 tables */
#define CREDIT       5

/* Gives its frames away to foreign mappings. */
static uint8_t window[WINDOW_PAGES][4096] aligned(4096);
static unsigned int window_used;

static int domctl(struct xen_domctl *op, uint32_t cmd, int id)
{
    op->cmd = cmd;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)id;
    return hypercall(__HYPERVISOR_domctl, (uintptr_t)op, 0, 0, 0, 0);
}

volatile void *domain_page(int id, uint32_t gfn)
{
    xen_ulong_t from = gfn;
    xen_pfn_t to;
    int error = 0, rc;
    struct xen_add_to_physmap_batch map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = (domid_t)id,
    };

    if (window_used == WINDOW_PAGES)
        return NULL;
    to = (uintptr_t)window[window_used] >> 12;
    set_xen_guest_handle(map.idxs, &from);
    set_xen_guest_handle(map.gpfns, &to);
    set_xen_guest_handle(map.errs, &error);
    rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch,
                   (uintptr_t)&map, 0, 0, 0);
    if (rc || error)
        return NULL;
    return window[window_used++];
}

void domain_pages_drop(void)
{
    while (window_used > 0) {
        struct xen_remove_from_physmap arg = { .domid = DOMID_SELF };

        arg.gpfn = (uintptr_t)window[--window_used] >> 12;
        hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
                  (uintptr_t)&arg, 0, 0, 0);
    }
}

static int populate(int id, unsigned int pages)
{
    for (unsigned int i = 0; i < pages; i++) {
        xen_pfn_t gfn = (DOMU_RAM >> 12) + i;
        struct xen_memory_reservation arg = {
            .nr_extents = 1,
            .domid = (domid_t)id,
        };

        set_xen_guest_handle(arg.extent_start, &gfn);
        if (hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
                      (uintptr_t)&arg, 0, 0, 0) != 1)
            return -12;
    }
    return 0;
}

static int load(int id, const void *code, size_t len)
{
    struct xen_domctl op = { 0 };

    for (size_t at = 0; at < len; at += 4096) {
        size_t part = len - at < 4096 ? len - at : 4096;
        void *page = (void *)domain_page(id, (uint32_t)((DOMU_RAM + at) >> 12));

        if (!page)
            return -14;
        memcpy(page, (const uint8_t *)code + at, part);
    }
    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = (len + 4095) / 4096;
    return domctl(&op, XEN_DOMCTL_cacheflush, id);
}

static int set_entry(int id)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    return domctl(&op, XEN_DOMCTL_setvcpucontext, id);
}

static int create(void)
{
    struct xen_domctl op = { 0 };
    int rc;

    op.u.createdomain.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    op.u.createdomain.max_vcpus = 1;
    op.u.createdomain.max_evtchn_port = 1023;
    op.u.createdomain.max_grant_frames = -1;
    op.u.createdomain.max_maptrack_frames = -1;
    op.u.createdomain.grant_opts = 1;
    rc = domctl(&op, XEN_DOMCTL_createdomain, 0xffff);
    return rc ? rc : op.domain;
}

int domain_build(const void *code, size_t len, unsigned int pages)
{
    struct xen_domctl op = { 0 };
    int id = create(), rc;

    if (id < 0)
        return id;
    op.u.max_vcpus.max = 1;
    rc = domctl(&op, XEN_DOMCTL_max_vcpus, id);
    op.u.max_mem.max_memkb = pages * 4;
    if (!rc)
        rc = domctl(&op, XEN_DOMCTL_max_mem, id);
    op.u.paging_mempool.size = POOL_BYTES;
    if (!rc)
        rc = domctl(&op, XEN_DOMCTL_set_paging_mempool_size, id);
    if (!rc)
        rc = populate(id, pages);
    if (!rc)
        rc = load(id, code, len);
    if (!rc)
        rc = set_entry(id);
    if (rc) {
        print("guest: domain %d cannot be built: %d\n", id, rc);
        domain_destroy(id);
        return rc;
    }
    return id;
}

int domain_unpause(int id)
{
    struct xen_domctl op = { 0 };

    return domctl(&op, XEN_DOMCTL_unpausedomain, id);
}

int domain_pause(int id)
{
    struct xen_domctl op = { 0 };

    return domctl(&op, XEN_DOMCTL_pausedomain, id);
}

int domain_destroy(int id)
{
    struct xen_domctl op = { 0 };

    return domctl(&op, XEN_DOMCTL_destroydomain, id);
}

int domain_flags(int id)
{
    struct xen_domctl op = { 0 };
    int rc = domctl(&op, XEN_DOMCTL_getdomaininfo, id);

    /* Of the next domain above it, when it is not there itself. */
    if (!rc && op.u.getdomaininfo.domain != id)
        rc = -3;
    return rc ? rc : (int)(op.u.getdomaininfo.flags & 0xffff);
}

int domain_pin(int id, uint32_t pcpus)
{
    struct xen_domctl op = { 0 };
    uint8_t bits = (uint8_t)pcpus;

    op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
    set_xen_guest_handle(op.u.vcpuaffinity.cpumap_hard.bitmap, &bits);
    op.u.vcpuaffinity.cpumap_hard.nr_bits = 8;
    return domctl(&op, XEN_DOMCTL_setvcpuaffinity, id);
}

int domain_params(int id, uint32_t weight, uint32_t cap)
{
    struct xen_domctl op = { 0 };

    op.u.scheduler_op.sched_id = CREDIT;
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.credit.weight = (uint16_t)weight;
    op.u.scheduler_op.u.credit.cap = (uint16_t)cap;
    return domctl(&op, XEN_DOMCTL_scheduler_op, id);
}
