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
static bool window_used[WINDOW_PAGES];

void domain_call_fill(struct xen_domctl *op, uint32_t cmd, int id)
{
    op->cmd = cmd;
    op->interface_version = cmd == XEN_DOMCTL_get_domain_state
                                ? 0
                                : XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = (domid_t)id;
}

int domain_call(struct xen_domctl *op, uint32_t cmd, int id)
{
    domain_call_fill(op, cmd, id);
    return hypercall(__HYPERVISOR_domctl, (uintptr_t)op, 0, 0, 0, 0);
}

volatile void *domain_page(int id, uint32_t gfn)
{
    xen_ulong_t from = gfn;
    xen_pfn_t to;
    int error = 0, rc;
    unsigned int at = 0;
    struct xen_add_to_physmap_batch map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = (domid_t)id,
    };

    while (at < WINDOW_PAGES && window_used[at])
        at++;
    if (at == WINDOW_PAGES)
        return NULL;
    to = (uintptr_t)window[at] >> 12;
    set_xen_guest_handle(map.idxs, &from);
    set_xen_guest_handle(map.gpfns, &to);
    set_xen_guest_handle(map.errs, &error);
    rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch,
                   (uintptr_t)&map, 0, 0, 0);
    if (rc || error)
        return NULL;
    window_used[at] = true;
    return window[at];
}

void domain_page_drop(volatile void *page)
{
    struct xen_remove_from_physmap arg = {
        .domid = DOMID_SELF,
        .gpfn = (uintptr_t)page >> 12,
    };

    hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
              (uintptr_t)&arg, 0, 0, 0);
    window_used[((uintptr_t)page - (uintptr_t)window) / sizeof(window[0])] =
        false;
}

void domain_pages_drop(void)
{
    for (unsigned int at = 0; at < WINDOW_PAGES; at++) {
        if (window_used[at])
            domain_page_drop(window[at]);
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
        domain_page_drop(page);
    }
    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = (len + 4095) / 4096;
    return domain_call(&op, XEN_DOMCTL_cacheflush, id);
}

/* vCPU @vcpu begins with its number in r0, as the others do. */
static int set_entry(int id, unsigned int vcpu)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.user_regs.r0_usr = vcpu;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    return domain_call(&op, XEN_DOMCTL_setvcpucontext, id);
}

int domain_create(int id, uint32_t flags, unsigned int vcpus)
{
    struct xen_domctl op = { 0 };
    int rc;

    op.u.createdomain.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | flags;
    op.u.createdomain.max_vcpus = vcpus;
    op.u.createdomain.max_evtchn_port = 1023;
    op.u.createdomain.max_grant_frames = -1;
    op.u.createdomain.max_maptrack_frames = -1;
    op.u.createdomain.grant_opts = 1;
    rc = domain_call(&op, XEN_DOMCTL_createdomain, id);
    return rc ? rc : op.domain;
}

static int complete(int id, const struct domain_plan *plan)
{
    struct xen_domctl op = { 0 };
    int rc;

    op.u.max_vcpus.max = plan->vcpus;
    rc = domain_call(&op, XEN_DOMCTL_max_vcpus, id);
    op.u.max_mem.max_memkb = plan->pages * 4;
    if (!rc)
        rc = domain_call(&op, XEN_DOMCTL_max_mem, id);
    op.u.paging_mempool.size = POOL_BYTES;
    if (!rc)
        rc = domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, id);
    if (!rc)
        rc = populate(id, plan->pages);
    if (!rc)
        rc = load(id, plan->code, plan->len);
    for (unsigned int i = 0; !rc && i < plan->vcpus; i++)
        rc = set_entry(id, i);
    return rc;
}

int domain_build_plan(const struct domain_plan *plan)
{
    int id = domain_create(plan->id, plan->flags, plan->vcpus), rc;

    if (id < 0)
        return id;
    rc = complete(id, plan);
    if (rc) {
        print("guest: domain %d cannot be built: %d\n", id, rc);
        domain_destroy(id);
        return rc;
    }
    return id;
}

int domain_build(const void *code, size_t len, unsigned int pages)
{
    const struct domain_plan plan = {
        .id = DOMAIN_ANY,
        .vcpus = 1,
        .code = code,
        .len = len,
        .pages = pages,
    };

    return domain_build_plan(&plan);
}

int domain_unpause(int id)
{
    struct xen_domctl op = { 0 };

    return domain_call(&op, XEN_DOMCTL_unpausedomain, id);
}

int domain_pause(int id)
{
    struct xen_domctl op = { 0 };

    return domain_call(&op, XEN_DOMCTL_pausedomain, id);
}

int domain_destroy(int id)
{
    struct xen_domctl op = { 0 };

    return domain_call(&op, XEN_DOMCTL_destroydomain, id);
}

int domain_flags(int id)
{
    struct xen_domctl op = { 0 };
    int rc = domain_call(&op, XEN_DOMCTL_getdomaininfo, id);

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
    return domain_call(&op, XEN_DOMCTL_setvcpuaffinity, id);
}

int domain_params(int id, uint32_t weight, uint32_t cap)
{
    struct xen_domctl op = { 0 };

    op.u.scheduler_op.sched_id = CREDIT;
    op.u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_putinfo;
    op.u.scheduler_op.u.credit.weight = (uint16_t)weight;
    op.u.scheduler_op.u.credit.cap = (uint16_t)cap;
    return domain_call(&op, XEN_DOMCTL_scheduler_op, id);
}
