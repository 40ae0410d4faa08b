/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Victims: what makes a domain of an empty one, and the end of all.
 *
 * Source: public/domctl.h, public/sysctl.h; the order is the tool stack's.
 * Layer:  test guest.
 */
#include <public/grant_table.h>
#include <public/sysctl.h>

#include <xen/string.h>

#include "domain.h"
#include "fuzz.h"

#define POOL_BYTES (64u << 12)

extern const uint8_t victim_code[], victim_code_end[];

static uint32_t populate(uint32_t id)
{
    xen_pfn_t list[VICTIM_PAGES];
    struct xen_memory_reservation op = {
        .nr_extents = VICTIM_PAGES,
        .domid = (domid_t)id,
    };

    for (uint32_t i = 0; i < VICTIM_PAGES; i++)
        list[i] = (DOMU_RAM >> 12) + i;
    set_xen_guest_handle(op.extent_start, list);
    return (uint32_t)plain_op(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
                              &op);
}

/* Map page @gfn of @id at our frame @at. */
static bool map_foreign(uint32_t id, uint64_t gfn, uint64_t at)
{
    int error = 0;
    xen_ulong_t from = gfn;
    xen_pfn_t to = at;
    struct xen_add_to_physmap_batch map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = (domid_t)id,
    };

    set_xen_guest_handle(map.idxs, &from);
    set_xen_guest_handle(map.gpfns, &to);
    set_xen_guest_handle(map.errs, &error);
    return !plain_op(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch,
                     &map) &&
           !error;
}

static bool map_grants(uint32_t id, uint64_t at)
{
    xen_pfn_t list = at;
    struct xen_mem_acquire_resource op = {
        .domid = (domid_t)id,
        .type = XENMEM_resource_grant_table,
        .nr_frames = 1,
    };

    set_xen_guest_handle(op.frame_list, &list);
    return !plain_op(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op);
}

static void unmap(uint64_t at)
{
    struct xen_remove_from_physmap op = { .domid = DOMID_SELF, .gpfn = at };

    plain_op(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op);
}

/* Its code, and grants of all its pages to us. The peephole is the vCPU's. */
static void fill(uint32_t id)
{
    unsigned int cpu = cpu_id();
    volatile uint8_t *at = (volatile uint8_t *)(uintptr_t)peek_va(cpu);
    uint32_t len = (uint32_t)(victim_code_end - victim_code);
    struct xen_domctl op = { 0 };

    if (map_foreign(id, DOMU_RAM >> 12, PEEK_GFN(cpu))) {
        for (uint32_t i = 0; i < len; i += 4)
            *(volatile uint32_t *)(at + i) = *(const uint32_t *)(victim_code +
                                                                 i);
        unmap(PEEK_GFN(cpu));
    }
    if (map_grants(id, PEEK_GFN(cpu))) {
        grants_fill(at, self, DOMU_RAM >> 12, VICTIM_PAGES);
        unmap(PEEK_GFN(cpu));
    }
    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = 1;
    domain_call(&op, XEN_DOMCTL_cacheflush, (int)id);
}

static void start(uint32_t id, uint32_t vcpu)
{
    struct vcpu_guest_context context;
    struct xen_domctl op = { .u.vcpucontext.vcpu = vcpu };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    domain_call(&op, XEN_DOMCTL_setvcpucontext, (int)id);
}

/*
 * Others may be at it at the same time, or have destroyed it: what does not
 * work is left.
 */
void victim_complete(uint32_t id, bool run)
{
    struct xen_domctl op = { 0 };

    op.u.max_vcpus.max = 1;
    if (domain_call(&op, XEN_DOMCTL_max_vcpus, (int)id)) {
        op.u.max_vcpus.max = 2;
        domain_call(&op, XEN_DOMCTL_max_vcpus, (int)id);
    }
    op.u.max_mem.max_memkb = 2048;
    domain_call(&op, XEN_DOMCTL_max_mem, (int)id);
    op.u.paging_mempool.size = POOL_BYTES;
    domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, (int)id);
    if (populate(id) != VICTIM_PAGES)
        return;
    fill(id);
    start(id, 0);
    start(id, 1);
    if (run)
        domain_unpause((int)id);
}

int victim_create(void)
{
    struct xen_domctl op = { 0 };
    struct xen_domctl_createdomain *c = &op.u.createdomain;
    int rc;

    c->flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    c->max_vcpus = 1;
    c->max_evtchn_port = 1023;
    c->max_grant_frames = 8;
    c->max_maptrack_frames = -1;
    c->grant_opts = 1;
    c->arch.nr_spis = VICTIM_SPIS;
    rc = domain_call(&op, XEN_DOMCTL_createdomain, DOMAIN_ANY);
    return rc ? rc : op.domain;
}

/* Lines of devices that are not driven: from us, who have all, and back. */
static void lines(uint32_t cmd)
{
    for (uint32_t irq = FIRST_SPI; irq < FIRST_SPI + SPIS; irq++) {
        struct xen_domctl op = { 0 };

        op.u.bind_pt_irq.machine_irq = irq;
        op.u.bind_pt_irq.irq_type = PT_IRQ_TYPE_SPI;
        op.u.bind_pt_irq.u.spi.spi = (uint16_t)irq;
        if (domain_call(&op, cmd, (int)self))
            print("fuzz: interrupt %u is somebody's\n", irq);
    }
}

void victims_begin(void)
{
    lines(XEN_DOMCTL_unbind_pt_irq);
    for (uint32_t i = 0; i < VICTIMS; i++) {
        int id = victim_create();

        if (id <= 0) {
            print("fuzz: no domain can be made: %d\n", id);
            continue;
        }
        victim_complete((uint32_t)id, true);
        victims[i] = (uint32_t)id;
    }
}

/* The first domain from @from on that is neither us nor the canary; 0. */
static uint32_t next_domain(uint32_t from)
{
    struct xen_domctl op = { 0 };

    for (; from < DOMID_FIRST_RESERVED; from++) {
        if (domain_call(&op, XEN_DOMCTL_getdomaininfo, (int)from))
            return 0;
        from = op.domain;
        if (from != self && from != canary)
            return from;
    }
    return 0;
}

void victims_end(void)
{
    uint32_t id, left = 0;

    for (uint32_t i = 0; i < VICTIMS; i++)
        victims[i] = 0;
    for (id = next_domain(0); id; id = next_domain(id + 1))
        domain_destroy((int)id);
    for (uint32_t i = 0; i < 500 && (id = next_domain(0)) != 0; i++)
        delay_us(2000);
    for (; id; id = next_domain(id + 1), left++)
        print("fuzz: domain %u does not go, flags %x\n", id,
              (unsigned int)domain_flags((int)id));
    print("fuzz: %u domains left\n", left);
    lines(XEN_DOMCTL_bind_pt_irq);
}
