/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control calls on victims: domains are made, filled, started, stopped,
 * changed and destroyed, by two vCPUs at a time.
 *
 * Source: public/domctl.h.
 * Layer:  test guest.
 */
#include <xen/string.h>

#include "domain.h"
#include "fuzz.h"

#define IO_GFN 0x0a000u /* registers of such: virtio on QEMU's board */

uint32_t victims[VICTIMS];

uint32_t draw_victim(struct fuzz *f)
{
    uint32_t id = look(victims, VICTIMS, f);

    if (f->twist && one_in(f, 4))
        id = 0x7000 + draw_below(f, 16); /* nobody's */
    return id ? id : 0x7000;
}

uint32_t draw_anybody(struct fuzz *f)
{
    switch (draw_below(f, 8)) {
    case 0:
        return DOMID_SELF;
    case 1:
        return self;
    case 2:
        return canary ? canary : self;
    default:
        return draw_victim(f);
    }
}

/* On domain @id, which twists may change into nobody only. */
static int32_t domctl_on(struct fuzz *f, uint32_t cmd, struct xen_domctl *op,
                         uint32_t id)
{
    uint32_t at;
    int32_t rc;

    domain_call_fill(op, cmd, (int)id);
    if (f->twist && one_in(f, 8))
        op->interface_version = draw_boundary(f);
    at = put(f, 0, op, sizeof(*op));
    rc = hypercall(__HYPERVISOR_domctl, at, 0, 0, 0, 0);
    get(f, 0, op, sizeof(*op));
    return rc;
}

static int32_t domctl(struct fuzz *f, uint32_t cmd, struct xen_domctl *op)
{
    return domctl_on(f, cmd, op, draw_victim(f));
}

/* One that needs nothing but a domain. */
static int32_t simple(struct fuzz *f, uint32_t cmd)
{
    struct xen_domctl op = { 0 };

    return domctl(f, cmd, &op);
}

#define SIMPLE(fn_, cmd_)                                                      \
    static int32_t fn_(struct fuzz *f)                                         \
    {                                                                          \
        return simple(f, XEN_DOMCTL_##cmd_);                                   \
    }

SIMPLE(pausedomain, pausedomain)
SIMPLE(assign_device, assign_device)
SIMPLE(test_assign_device, test_assign_device)
SIMPLE(deassign_device, deassign_device)
SIMPLE(get_device_group, get_device_group)
SIMPLE(get_mempool, get_paging_mempool_size)

/* ---- life ---- */

static void destroy(uint32_t id)
{
    if (id)
        domain_destroy((int)id);
}

/* In the place of one that is destroyed. Wanted ids come back at once. */
static int32_t createdomain(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    struct xen_domctl_createdomain *c = &op.u.createdomain;
    uint32_t id = one_in(f, 4) ? 0x100 + draw_below(f, 4) : DOMAIN_ANY;
    int32_t rc;

    c->flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    c->flags |= one_in(f, 4) ? XEN_DOMCTL_CDF_xs_domain : 0;
    c->max_vcpus = 1 + draw_below(f, 2);
    c->max_evtchn_port = 1023;
    c->max_grant_frames = 8;
    c->max_maptrack_frames = -1;
    c->grant_opts = 1;
    c->arch.nr_spis = VICTIM_SPIS;
    TWIST(f, c->flags);
    TWIST(f, c->max_vcpus);
    TWIST(f, c->max_evtchn_port);
    TWIST(f, c->max_grant_frames);
    TWIST(f, c->max_maptrack_frames);
    TWIST(f, c->grant_opts);
    TWIST(f, c->cpupool_id);
    TWIST(f, c->arch.nr_spis);
    TWIST(f, c->arch.gic_version);
    rc = domctl_on(f, XEN_DOMCTL_createdomain, &op, id);
    if (rc == 0 && f->mine[0]) {
        if (!one_in(f, 8))
            victim_complete(op.domain, true);
        destroy(keep(victims, VICTIMS, f, op.domain));
    }
    return rc;
}

/* One in eight leaves it where others see it dying. */
static int32_t destroydomain(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    int id = control ? victim_create() : 0;
    uint32_t old;
    int32_t rc;

    if (id > 0) {
        if (!one_in(f, 4))
            victim_complete((uint32_t)id, true);
        old = keep(victims, VICTIMS, f, (uint32_t)id);
        id = old ? (int)old : id;
    }
    rc = domctl_on(f, XEN_DOMCTL_destroydomain, &op, (uint32_t)id);
    if (rc && id > 0)
        destroy((uint32_t)id);
    return rc;
}

/* As often paused as not: pause and unpause again, sometimes only one. */
static int32_t unpausedomain(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint32_t id = draw_victim(f);

    if (one_in(f, 2))
        domain_pause((int)id);
    return domctl_on(f, XEN_DOMCTL_unpausedomain, &op, id);
}

/* Of one that has been shut down from here. */
static int32_t resumedomain(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint32_t id = draw_victim(f);
    struct {
        domid_t domain;
        uint32_t reason;
    } stop = { (domid_t)id, 2 };
    uint32_t wait = 0;

    if (!one_in(f, 4)) {
        plain_op(__HYPERVISOR_sched_op, 4, &stop);
        while (!(domain_flags((int)id) & XEN_DOMINF_shutdown) && wait++ < 20)
            cpu_relax();
    }
    return domctl_on(f, XEN_DOMCTL_resumedomain, &op, id);
}

static int32_t max_vcpus(struct fuzz *f)
{
    struct xen_domctl op = { .u.max_vcpus.max = 1 + draw_below(f, 2) };

    TWIST(f, op.u.max_vcpus.max);
    return domctl(f, XEN_DOMCTL_max_vcpus, &op);
}

/* ---- facts ---- */

static int32_t getdomaininfo(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint32_t id = draw_anybody(f);

    return domctl_on(f, XEN_DOMCTL_getdomaininfo, &op,
                     id == DOMID_SELF ? self : id);
}

static int32_t get_domain_state(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint32_t id = one_in(f, 4) ? DOMID_INVALID : draw_victim(f);

    TWIST(f, op.u.get_domain_state.pad0);
    return domctl_on(f, XEN_DOMCTL_get_domain_state, &op, id);
}

static int32_t setdomainhandle(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.setdomainhandle.handle[0] = (uint8_t)draw(f);
    return domctl(f, XEN_DOMCTL_setdomainhandle, &op);
}

static int32_t settimeoffset(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.settimeoffset.time_offset_seconds = (int32_t)draw(f);
    return domctl(f, XEN_DOMCTL_settimeoffset, &op);
}

static int32_t set_address_size(struct fuzz *f)
{
    struct xen_domctl op = { .u.address_size.size = 32 };

    TWIST(f, op.u.address_size.size);
    return domctl(f, XEN_DOMCTL_set_address_size, &op);
}

static int32_t setnodeaffinity(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint64_t nodes = 1;

    op.u.nodeaffinity.nodemap.bitmap.q = put(f, 1, &nodes, sizeof(nodes));
    op.u.nodeaffinity.nodemap.nr_bits = 1 + draw_below(f, 64);
    TWIST(f, op.u.nodeaffinity.nodemap.nr_bits);
    return domctl(f, XEN_DOMCTL_setnodeaffinity, &op);
}

static int32_t getnodeaffinity(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    uint64_t nodes = 0;

    op.u.nodeaffinity.nodemap.bitmap.q = put(f, 1, &nodes, sizeof(nodes));
    op.u.nodeaffinity.nodemap.nr_bits = draw_below(f, 65);
    TWIST(f, op.u.nodeaffinity.nodemap.nr_bits);
    return domctl(f, XEN_DOMCTL_getnodeaffinity, &op);
}

/* ---- vCPUs ---- */

static int32_t affinity(struct fuzz *f, uint32_t cmd)
{
    struct xen_domctl op = { 0 };
    struct xen_domctl_vcpuaffinity *a = &op.u.vcpuaffinity;
    uint64_t cpus[2] = { 1 + draw_below(f, 3), 1 + draw_below(f, 3) };
    uint32_t at = put(f, 1, cpus, sizeof(cpus));

    a->flags = 1 + draw_below(f, 3);
    a->cpumap_hard.bitmap.q = at;
    a->cpumap_soft.bitmap.q = at + 8;
    a->cpumap_hard.nr_bits = a->cpumap_soft.nr_bits = 8 + draw_below(f, 57);
    TWIST(f, a->vcpu);
    TWIST(f, a->flags);
    TWIST(f, a->cpumap_hard.nr_bits);
    TWIST(f, a->cpumap_soft.nr_bits);
    return domctl(f, cmd, &op);
}

static int32_t setvcpuaffinity(struct fuzz *f)
{
    return affinity(f, XEN_DOMCTL_setvcpuaffinity);
}

static int32_t getvcpuaffinity(struct fuzz *f)
{
    return affinity(f, XEN_DOMCTL_getvcpuaffinity);
}

static int32_t getvcpuinfo(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    TWIST(f, op.u.getvcpuinfo.vcpu);
    return domctl(f, XEN_DOMCTL_getvcpuinfo, &op);
}

static int32_t setvcpucontext(struct fuzz *f)
{
    struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    TWIST(f, context.flags);
    TWIST(f, context.user_regs.cpsr);
    TWIST(f, context.user_regs.spsr_irq);
    TWIST(f, context.user_regs.pc32);
    TWIST(f, context.sctlr);
    TWIST(f, context.ttbr0);
    op.u.vcpucontext.ctxt.q = one_in(f, 8)
                                  ? 0
                                  : put(f, 1, &context, sizeof(context));
    TWIST(f, op.u.vcpucontext.vcpu);
    return domctl(f, XEN_DOMCTL_setvcpucontext, &op);
}

static int32_t getvcpucontext(struct fuzz *f)
{
    struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    op.u.vcpucontext.ctxt.q = put(f, 1, &context, sizeof(context));
    TWIST(f, op.u.vcpucontext.vcpu);
    return domctl(f, XEN_DOMCTL_getvcpucontext, &op);
}

static int32_t scheduler(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    struct xen_domctl_scheduler_op *s = &op.u.scheduler_op;

    s->sched_id = XEN_SCHEDULER_CREDIT;
    s->cmd = draw_below(f, 2);
    s->u.credit.weight = (uint16_t)(1 + draw_below(f, 1000));
    s->u.credit.cap = (uint16_t)draw_below(f, 101);
    TWIST(f, s->sched_id);
    TWIST(f, s->cmd);
    TWIST(f, s->u.credit.weight);
    TWIST(f, s->u.credit.cap);
    return domctl(f, XEN_DOMCTL_scheduler_op, &op);
}

/* ---- events ---- */

static int32_t subscribe(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    int port = 0;

    op.u.subscribe.port = look(ports, PORTS, f);
    if (one_in(f, 2)) {
        port = event_alloc_unbound(DOMID_SELF);
        op.u.subscribe.port = port > 0 ? (uint32_t)port : 0;
    }
    TWIST(f, op.u.subscribe.port);
    if (port > 0) {
        uint32_t old = keep(ports, PORTS, f, (uint32_t)port);

        if (old)
            event_close(old);
    }
    return domctl(f, XEN_DOMCTL_subscribe, &op);
}

/* VIRQs that may be given away: not the console's. */
static int32_t set_virq_handler(struct fuzz *f)
{
    static const uint8_t numbers[] = { VIRQ_DOM_EXC, VIRQ_CON_RING,
                                       VIRQ_ENOMEM };
    struct xen_domctl op = { 0 };
    uint32_t id = one_in(f, 4) ? self : draw_victim(f);

    op.u.set_virq_handler.virq = numbers[draw_below(f, 3)];
    TWIST(f, op.u.set_virq_handler.virq);
    return domctl_on(f, XEN_DOMCTL_set_virq_handler, &op, id);
}

static int32_t get_virq_handler(struct fuzz *f)
{
    struct xen_domctl op = { .u.set_virq_handler.virq = VIRQ_DOM_EXC };

    TWIST(f, op.u.set_virq_handler.virq);
    return domctl(f, XEN_DOMCTL_get_virq_handler, &op);
}

/* ---- memory and devices ---- */

static int32_t max_mem(struct fuzz *f)
{
    struct xen_domctl op = { .u.max_mem.max_memkb = 1024 };

    op.u.max_mem.max_memkb += draw_below(f, 1024);
    TWIST(f, op.u.max_mem.max_memkb);
    return domctl(f, XEN_DOMCTL_max_mem, &op);
}

static int32_t cacheflush(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.cacheflush.start_pfn = (DOMU_RAM >> 12) + draw_below(f, 64);
    op.u.cacheflush.nr_pfns = draw_below(f, 64);
    if (one_in(f, 16))
        op.u.cacheflush.nr_pfns = 1u << draw_below(f, 19);
    TWIST(f, op.u.cacheflush.start_pfn);
    TWIST(f, op.u.cacheflush.nr_pfns);
    return domctl(f, XEN_DOMCTL_cacheflush, &op);
}

static int32_t set_mempool(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.paging_mempool.size = (uint64_t)(64 + draw_below(f, 192)) << 12;
    if (f->twist)
        op.u.paging_mempool.size = one_in(f, 2) ? 0 : ~4095ull;
    return domctl(f, XEN_DOMCTL_set_paging_mempool_size, &op);
}

/* Registers of devices that nobody drives; RAM now and then. */
static uint64_t draw_frame(struct fuzz *f)
{
    return one_in(f, 16) ? (uintptr_t)balloon >> 12 : IO_GFN + draw_below(f, 3);
}

static int32_t iomem_permission(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.iomem_permission.first_mfn = draw_frame(f);
    op.u.iomem_permission.nr_mfns = 1;
    op.u.iomem_permission.allow_access = !one_in(f, 8);
    TWIST(f, op.u.iomem_permission.first_mfn);
    TWIST(f, op.u.iomem_permission.nr_mfns);
    return domctl(f, XEN_DOMCTL_iomem_permission, &op);
}

/* The permission first, most of the time. */
static int32_t memory_mapping(struct fuzz *f)
{
    struct xen_domctl op = { 0 }, may = { 0 };
    uint64_t frame = draw_frame(f);
    uint32_t id = draw_victim(f);

    if (!one_in(f, 4)) {
        may.u.iomem_permission.first_mfn = frame;
        may.u.iomem_permission.nr_mfns = 1;
        may.u.iomem_permission.allow_access = 1;
        domain_call(&may, XEN_DOMCTL_iomem_permission, (int)id);
    }
    op.u.memory_mapping.first_mfn = frame;
    op.u.memory_mapping.first_gfn = 0x30000 + draw_below(f, 64);
    op.u.memory_mapping.nr_mfns = 1;
    op.u.memory_mapping.add_mapping = draw_below(f, 2);
    TWIST(f, op.u.memory_mapping.first_gfn);
    TWIST(f, op.u.memory_mapping.first_mfn);
    TWIST(f, op.u.memory_mapping.nr_mfns);
    return domctl_on(f, XEN_DOMCTL_memory_mapping, &op, id);
}

static int32_t irq_permission(struct fuzz *f)
{
    struct xen_domctl op = { 0 };

    op.u.irq_permission.pirq = FIRST_SPI + draw_below(f, SPIS);
    return domctl(f, XEN_DOMCTL_irq_permission, &op);
}

static int32_t pt_irq(struct fuzz *f, uint32_t cmd)
{
    struct xen_domctl op = { 0 };
    struct xen_domctl_bind_pt_irq *b = &op.u.bind_pt_irq;

    b->machine_irq = FIRST_SPI + draw_below(f, SPIS);
    b->irq_type = PT_IRQ_TYPE_SPI;
    b->u.spi.spi = (uint16_t)b->machine_irq;
    TWIST(f, b->machine_irq);
    TWIST(f, b->irq_type);
    return domctl(f, cmd, &op);
}

/* Nobody else has it, as far as one can make sure of that. */
static int32_t bind_pt_irq(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    struct fuzz same = *f;
    uint32_t irq = FIRST_SPI + draw_below(&same, SPIS);

    op.u.bind_pt_irq.machine_irq = irq;
    op.u.bind_pt_irq.irq_type = PT_IRQ_TYPE_SPI;
    op.u.bind_pt_irq.u.spi.spi = (uint16_t)irq;
    for (uint32_t i = 0; i < VICTIMS && !one_in(&same, 16); i++)
        domain_call(&op, XEN_DOMCTL_unbind_pt_irq, (int)victims[i]);
    return pt_irq(f, XEN_DOMCTL_bind_pt_irq);
}

static int32_t unbind_pt_irq(struct fuzz *f)
{
    return pt_irq(f, XEN_DOMCTL_unbind_pt_irq);
}

/* Of a domain that has not run yet, which then becomes a victim. */
static int32_t vuart_op(struct fuzz *f)
{
    struct xen_domctl op = { 0 };
    int id = control ? victim_create() : 0;
    int32_t rc;

    if (id > 0)
        victim_complete((uint32_t)id, false);
    op.u.vuart_op.cmd = XEN_DOMCTL_VUART_OP_INIT;
    op.u.vuart_op.gfn = (DOMU_RAM >> 12) + 1;
    op.u.vuart_op.console_domid = (domid_t)self;
    TWIST(f, op.u.vuart_op.cmd);
    TWIST(f, op.u.vuart_op.type);
    TWIST(f, op.u.vuart_op.gfn);
    TWIST(f, op.u.vuart_op.console_domid);
    rc = domctl_on(f, XEN_DOMCTL_vuart_op, &op, (uint32_t)id);
    if (id > 0)
        destroy(keep(victims, VICTIMS, f, (uint32_t)id));
    return rc;
}

/* Once in a domain's life: of one that only lives for this. */
static int32_t set_target(struct fuzz *f)
{
    struct xen_domctl op = { .u.set_target.target = (domid_t)draw_victim(f) };
    int id = control ? domain_create(DOMAIN_ANY, 0, 1) : 0;
    int32_t rc = domctl_on(f, XEN_DOMCTL_set_target, &op, (uint32_t)id);

    if (id > 0)
        destroy((uint32_t)id);
    return rc;
}

static int32_t vm_event(struct fuzz *f)
{
    struct xen_domctl op = { .u.vm_event_op.op = XEN_VM_EVENT_GET_VERSION };

    TWIST(f, op.u.vm_event_op.op);
    return domctl(f, XEN_DOMCTL_vm_event_op, &op);
}

static int32_t monitor(struct fuzz *f)
{
    return simple(f, XEN_DOMCTL_monitor_op);
}

static int32_t none(struct fuzz *f)
{
    static const uint8_t numbers[] = {
        0, 6, 10, 18, 28, 64, 74, 79, 87, 99, 255
    };

    return simple(f, numbers[draw_below(f, ARRAY_SIZE(numbers))]);
}

const struct op domctl_ops[] = {
    OP(XEN_DOMCTL_createdomain, createdomain, 3, 0, -EPERM),
    OP(XEN_DOMCTL_destroydomain, destroydomain, 2, 0, -EPERM),
    OP(XEN_DOMCTL_pausedomain, pausedomain, 6, 0, -EPERM),
    OP(XEN_DOMCTL_unpausedomain, unpausedomain, 16, 0, -EPERM),
    OP(XEN_DOMCTL_getdomaininfo, getdomaininfo, 8, 0, -EPERM),
    OP(XEN_DOMCTL_setvcpuaffinity, setvcpuaffinity, 12, 0, -EPERM),
    OP(XEN_DOMCTL_getvcpuaffinity, getvcpuaffinity, 6, 0, -EPERM),
    OP(XEN_DOMCTL_max_mem, max_mem, 4, 0, -EPERM),
    OP(XEN_DOMCTL_setvcpucontext, setvcpucontext, 10, 0, -EPERM),
    OP(XEN_DOMCTL_getvcpucontext, getvcpucontext, 10, 0, -EPERM),
    OP(XEN_DOMCTL_getvcpuinfo, getvcpuinfo, 6, 0, -EPERM),
    OP(XEN_DOMCTL_max_vcpus, max_vcpus, 6, 0, -EPERM),
    OP(XEN_DOMCTL_scheduler_op, scheduler, 8, 0, -EPERM),
    OP(XEN_DOMCTL_setdomainhandle, setdomainhandle, 2, 0, -EPERM),
    OP(XEN_DOMCTL_irq_permission, irq_permission, 2, -EINVAL, -EPERM),
    OP(XEN_DOMCTL_iomem_permission, iomem_permission, 6, 0, -EPERM),
    OP(XEN_DOMCTL_settimeoffset, settimeoffset, 2, 0, -EPERM),
    OP(XEN_DOMCTL_resumedomain, resumedomain, 6, 0, -EPERM),
    OP(XEN_DOMCTL_subscribe, subscribe, 6, 0, -EPERM),
    OP(XEN_DOMCTL_set_address_size, set_address_size, 2, 0, -EPERM),
    OP(XEN_DOMCTL_bind_pt_irq, bind_pt_irq, 6, 0, -EPERM),
    OP(XEN_DOMCTL_unbind_pt_irq, unbind_pt_irq, 4, 0, -EPERM),
    OP(XEN_DOMCTL_memory_mapping, memory_mapping, 10, 0, -EPERM),
    OP(XEN_DOMCTL_set_virq_handler, set_virq_handler, 8, 0, -EPERM),
    OP(XEN_DOMCTL_get_virq_handler, get_virq_handler, 2, 0, -EPERM),
    OP(XEN_DOMCTL_setnodeaffinity, setnodeaffinity, 2, 0, -EPERM),
    OP(XEN_DOMCTL_getnodeaffinity, getnodeaffinity, 2, 0, -EPERM),
    OP(XEN_DOMCTL_cacheflush, cacheflush, 8, 0, -EPERM),
    OP(XEN_DOMCTL_vuart_op, vuart_op, 3, 0, -EPERM),
    OP(XEN_DOMCTL_get_paging_mempool_size, get_mempool, 4, 0, -EPERM),
    OP(XEN_DOMCTL_set_paging_mempool_size, set_mempool, 6, 0, -EPERM),
    OP(XEN_DOMCTL_get_domain_state, get_domain_state, 6, 0, -EPERM),
    OP(XEN_DOMCTL_assign_device, assign_device, 1, -EOPNOTSUPP, -EPERM),
    OP(XEN_DOMCTL_test_assign_device, test_assign_device, 1, -EOPNOTSUPP,
       -EPERM),
    OP(XEN_DOMCTL_deassign_device, deassign_device, 1, -EOPNOTSUPP, -EPERM),
    OP(XEN_DOMCTL_get_device_group, get_device_group, 1, -EOPNOTSUPP, -EPERM),
    OP(XEN_DOMCTL_set_target, set_target, 3, 0, -EPERM),
    OP(XEN_DOMCTL_vm_event_op, vm_event, 1, 0, -EPERM),
    OP(XEN_DOMCTL_monitor_op, monitor, 1, -ENOSYS, -EPERM),
    OP(XEN_DOMCTL_none, none, 2, -ENOSYS, -EPERM),
    { .name = NULL },
};
