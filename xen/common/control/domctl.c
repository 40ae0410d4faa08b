/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl: the table, and operations on a domain as a whole.
 *
 * The caller's right is asked before anything about the target is looked
 * at. Each operation that builds or unbuilds locks its own domain only; when
 * another control call is at that domain, this one is made again.
 *
 * Source: public/domctl.h; interface.md 3.14, 6.
 * Layer:  9 (control).
 */
#include <public/errno.h>
#include <public/vm_event.h>

#include <xen/access.h>
#include <xen/board.h>
#include <xen/copy.h>
#include <xen/domain_create.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/hypercall.h>
#include <xen/port.h>
#include <xen/sched.h>
#include <xen/string.h>
#include <xen/wallclock.h>

STATIC_ASSERT(sizeof(struct xen_domctl) == 144);
STATIC_ASSERT(offsetof(struct xen_domctl, u) == 16);

static domctl_fn createdomain, destroydomain, pausedomain, unpausedomain,
    getdomaininfo, scheduler_op, setdomainhandle, settimeoffset, resumedomain,
    subscribe, set_address_size, set_virq_handler, get_virq_handler,
    setnodeaffinity, getnodeaffinity, set_target, vm_event_op, monitor_op,
    not_supported;

#define NODOM 1u /* the operation finds its domain itself, or needs none */
#define OTHER 2u /* not on the caller's own domain: -EINVAL */
#define LOCK  4u /* domain->create_lock is held                              */
#define REPLY 8u /* the structure is written back */

struct domctl_op {
    domctl_fn *fn;
    uint8_t access; /* enum access_class */
    uint8_t flags;
};

/* clang-format off */
static const struct domctl_op ops[] = {
    [XEN_DOMCTL_createdomain]     = { createdomain, ACCESS_PRIV, NODOM },
    [XEN_DOMCTL_destroydomain]    = { destroydomain, ACCESS_PRIV,
                                      OTHER | LOCK },
    [XEN_DOMCTL_pausedomain]      = { pausedomain,   ACCESS_PRIV, OTHER },
    [XEN_DOMCTL_unpausedomain]    = { unpausedomain, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_getdomaininfo]    = { getdomaininfo, ACCESS_XS_PRIV,
                                      NODOM | REPLY },
    [XEN_DOMCTL_setvcpuaffinity]  = { domctl_setvcpuaffinity,
                                      ACCESS_PRIV, 0 },
    [XEN_DOMCTL_getvcpuaffinity]  = { domctl_getvcpuaffinity,
                                      ACCESS_PRIV, 0 },
    [XEN_DOMCTL_max_mem]          = { domctl_max_mem, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_setvcpucontext]   = { domctl_setvcpucontext, ACCESS_PRIV,
                                      OTHER | LOCK },
    [XEN_DOMCTL_getvcpucontext]   = { domctl_getvcpucontext,
                                      ACCESS_PRIV, LOCK },
    [XEN_DOMCTL_getvcpuinfo]      = { domctl_getvcpuinfo,
                                      ACCESS_PRIV, REPLY },
    [XEN_DOMCTL_max_vcpus]        = { domctl_max_vcpus, ACCESS_PRIV,
                                      OTHER | LOCK },
    [XEN_DOMCTL_scheduler_op]     = { scheduler_op, ACCESS_PRIV, REPLY },
    [XEN_DOMCTL_setdomainhandle]  = { setdomainhandle, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_irq_permission]   = { domctl_irq_permission,
                                      ACCESS_PRIV, 0 },
    [XEN_DOMCTL_iomem_permission] = { domctl_iomem_permission,
                                      ACCESS_PRIV, 0 },
    [XEN_DOMCTL_settimeoffset]    = { settimeoffset, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_resumedomain]     = { resumedomain, ACCESS_PRIV, OTHER },
    [XEN_DOMCTL_subscribe]        = { subscribe, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_set_address_size] = { set_address_size, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_bind_pt_irq]      = { domctl_bind_pt_irq,
                                      ACCESS_DM_PRIV, LOCK },
    [XEN_DOMCTL_unbind_pt_irq]    = { domctl_unbind_pt_irq,
                                      ACCESS_DM_PRIV, LOCK },
    [XEN_DOMCTL_memory_mapping]   = { domctl_memory_mapping,
                                      ACCESS_DM_PRIV, 0 },
    [XEN_DOMCTL_set_target]       = { set_target,  ACCESS_PRIV, LOCK },
    [XEN_DOMCTL_vm_event_op]      = { vm_event_op, ACCESS_PRIV,
                                      NODOM | REPLY },
    [XEN_DOMCTL_monitor_op]       = { monitor_op,  ACCESS_PRIV, 0 },
    [XEN_DOMCTL_set_virq_handler] = { set_virq_handler, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_setnodeaffinity]  = { setnodeaffinity, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_getnodeaffinity]  = { getnodeaffinity, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_cacheflush]       = { domctl_cacheflush, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_vuart_op]         = { domctl_vuart_op, ACCESS_PRIV,
                                      LOCK | REPLY },
    [XEN_DOMCTL_get_paging_mempool_size] = { domctl_get_mempool,
                                      ACCESS_PRIV, REPLY },
    [XEN_DOMCTL_set_paging_mempool_size] = { domctl_set_mempool,
                                      ACCESS_PRIV, LOCK },
    [XEN_DOMCTL_get_virq_handler] = { get_virq_handler, ACCESS_PRIV,
                                      NODOM | REPLY },
    [XEN_DOMCTL_get_domain_state] = { domctl_get_domain_state,
                                      ACCESS_XS_PRIV, NODOM | REPLY },
    /* The others answer -ENOSYS (interface.md 3.14). No IOMMU: tools want
     * to hear it in these words. */
    [XEN_DOMCTL_assign_device]      = { not_supported, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_test_assign_device] = { not_supported, ACCESS_PRIV, NODOM },
    [XEN_DOMCTL_deassign_device]    = { not_supported, ACCESS_PRIV, 0 },
    [XEN_DOMCTL_get_device_group]   = { not_supported, ACCESS_PRIV, 0 },
};
/* clang-format on */

/* ---- life ---- */

#define CDF_NEEDED  (XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap)
#define CDF_ALLOWED (CDF_NEEDED | XEN_DOMCTL_CDF_xs_domain)

/* Grant options: the highest version, and nothing else. */
#define GRANT_VERSION_1 1u

static bool create_is_valid(const struct xen_domctl_createdomain *op)
{
    return (op->flags & CDF_NEEDED) == CDF_NEEDED &&
           !(op->flags & ~CDF_ALLOWED) && op->iommu_opts == 0 &&
           op->max_vcpus >= 1 && op->max_vcpus <= NR_VCPUS &&
           op->grant_opts == GRANT_VERSION_1 && op->vmtrace_size == 0 &&
           op->arch.gic_version <= XEN_DOMCTL_CONFIG_GIC_V2 &&
           op->arch.tee_type == XEN_DOMCTL_CONFIG_TEE_NONE;
}

/* The end of a domain that has only just been made: a few steps. */
static void uncreate(struct domain *d)
{
    lock_take(&d->create_lock);
    while (domain_kill(d) == -ERESTART)
        ;
    lock_drop(&d->create_lock);
}

/*
 * -EINVAL a field is wrong, -ESRCH no such CPU pool, -ENODEV that has no
 * CPUs, -EEXIST the wanted id is taken, -ENOMEM, -ENOSPC, -EFAULT the caller
 * could not be told its id, and it is gone again.
 */
static int32_t createdomain(const struct domctl_call *c)
{
    struct xen_domctl_createdomain *op = &c->op->u.createdomain;
    struct domain_config config = {
        .id = c->op->domain ? c->op->domain : DOMID_FIRST_RESERVED,
        .max_vcpus = (uint8_t)op->max_vcpus,
        .max_evtchn_port = op->max_evtchn_port,
        .max_grant_frames = op->max_grant_frames,
        .max_maptrack_frames = op->max_maptrack_frames,
        .nr_spis = op->arch.nr_spis,
        .event_ppi = GUEST_EVTCHN_PPI,
        .gic_dist_gpa = GUEST_GICD_BASE,
        .gic_cpu_gpa = GUEST_GICC_BASE,
        .ssidref = op->ssidref,
        .cpupool = op->cpupool_id,
    };
    struct domain *d;
    int32_t rc;

    if (!create_is_valid(op))
        return -EINVAL;
    memcpy(config.handle, op->handle, sizeof(config.handle));
    rc = domain_create(&config, &d);
    if (rc)
        return rc;
    d->is_xenstore = op->flags & XEN_DOMCTL_CDF_xs_domain;

    c->op->domain = d->id;
    op->arch.gic_version = XEN_DOMCTL_CONFIG_GIC_V2;
    op->arch.clock_frequency = board.timer.clock_hz;
    if (copy_to(c->arg, c->op)) {
        uncreate(d);
        rc = -EFAULT;
    }
    domain_put(d);
    return rc;
}

static int32_t destroydomain(const struct domctl_call *c)
{
    return domain_kill(c->d);
}

/* Counted; when it returns, nothing of the domain runs. */
static int32_t pausedomain(const struct domctl_call *c)
{
    int32_t rc = domain_pause(c->d);

    if (!rc)
        domain_pause_sync(c->d);
    return rc;
}

static int32_t unpausedomain(const struct domctl_call *c)
{
    if (READ_ONCE(c->d->state) == DOMAIN_BUILDING)
        wallclock_update(c->d);
    return domain_unpause(c->d);
}

static int32_t resumedomain(const struct domctl_call *c)
{
    return domain_resume(c->d);
}

/* ---- facts ---- */

/* Of the domain or, when there is none, of the next one above it. */
static int32_t getdomaininfo(const struct domctl_call *c)
{
    struct domain *d;

    if (c->op->domain >= DOMID_FIRST_RESERVED)
        return -EINVAL;
    d = domain_get_next(c->op->domain);
    if (!d)
        return -ESRCH;

    domain_info(d, &c->op->u.getdomaininfo);
    c->op->domain = d->id;
    domain_put(d);
    return 0;
}

static int32_t setdomainhandle(const struct domctl_call *c)
{
    memcpy(c->d->handle, c->op->u.setdomainhandle.handle, sizeof(c->d->handle));
    return 0;
}

static int32_t settimeoffset(const struct domctl_call *c)
{
    c->d->time_offset_s = c->op->u.settimeoffset.time_offset_seconds;
    if (READ_ONCE(c->d->state) < DOMAIN_DYING)
        wallclock_update(c->d);
    return 0;
}

/* There is one size. */
static int32_t set_address_size(const struct domctl_call *c)
{
    return c->op->u.address_size.size == 32 ? 0 : -EINVAL;
}

/* There is one node. */
static int32_t setnodeaffinity(const struct domctl_call *c)
{
    uint32_t nodes;
    int32_t rc = control_bitmap_get(&nodes, &c->op->u.nodeaffinity.nodemap);

    if (rc)
        return rc;
    return nodes & 1 ? 0 : -EINVAL;
}

static int32_t getnodeaffinity(const struct domctl_call *c)
{
    return control_bitmap_put(&c->op->u.nodeaffinity.nodemap, 1);
}

/*
 * From now on the domain is the device model of another, which it can do
 * things to as a control domain (ACCESS_DM_PRIV). For its life: -EINVAL when
 * it has one, dies, or means itself. -ESRCH.
 */
static int32_t set_target(const struct domctl_call *c)
{
    struct domain *target = domain_get(c->op->u.set_target.target);
    int32_t rc = -EINVAL;

    if (!target)
        return -ESRCH;
    if (target == c->d || c->d->target ||
        READ_ONCE(c->d->state) >= DOMAIN_DYING) {
        domain_put(target);
    } else {
        WRITE_ONCE(c->d->target, target);
        rc = 0;
    }
    return rc;
}

/* No guest can be watched; which version does not watch is told. */
static int32_t vm_event_op(const struct domctl_call *c)
{
    struct xen_domctl_vm_event_op *op = &c->op->u.vm_event_op;

    if (op->op != XEN_VM_EVENT_GET_VERSION)
        return -ENOSYS;
    op->u.version = VM_EVENT_INTERFACE_VERSION;
    return 0;
}

/* Nobody could watch itself anyway. */
static int32_t monitor_op(const struct domctl_call *c)
{
    return c->d == c->caller->domain ? -EPERM : -ENOSYS;
}

static int32_t not_supported(const struct domctl_call *c)
{
    (void)c;
    return -EOPNOTSUPP;
}

/* ---- scheduling and events ---- */

/* -EINVAL: another scheduler's parameters, or out of range. */
static int32_t scheduler_op(const struct domctl_call *c)
{
    struct xen_domctl_scheduler_op *op = &c->op->u.scheduler_op;
    uint32_t weight, cap;

    if (op->sched_id != sched_domain_id(c->d) || op->sched_id != SCHED_CREDIT)
        return -EINVAL;

    switch (op->cmd) {
    case XEN_DOMCTL_SCHEDOP_putinfo:
        return sched_params_set(c->d, op->u.credit.weight, op->u.credit.cap);
    case XEN_DOMCTL_SCHEDOP_getinfo:
        sched_params_get(c->d, &weight, &cap);
        op->u.credit.weight = (uint16_t)weight;
        op->u.credit.cap = (uint16_t)cap;
        return 0;
    default:
        return -EINVAL;
    }
}

/* A port of the caller's that is signalled when the domain stops. */
static int32_t subscribe(const struct domctl_call *c)
{
    struct domain *currd = c->caller->domain;
    uint32_t n = c->op->u.subscribe.port;
    const struct port *p;
    int32_t rc = -EINVAL;

    lock_take(&currd->event.lock);
    p = port_lookup(currd, n);
    if (p && !p->consumer &&
        (p->state == PORT_UNBOUND || p->state == PORT_INTERDOMAIN))
        rc = 0;
    lock_drop(&currd->event.lock);
    if (rc)
        return rc;

    c->d->event.subscriber = currd->id;
    c->d->event.subscriber_life = currd->generation;
    WRITE_ONCE(c->d->event.subscriber_port, n);
    return 0;
}

static int32_t set_virq_handler(const struct domctl_call *c)
{
    return virq_handler_set(c->d, c->op->u.set_virq_handler.virq);
}

/* -EINVAL no such VIRQ, or one of each vCPU. */
static int32_t get_virq_handler(const struct domctl_call *c)
{
    uint32_t virq = c->op->u.set_virq_handler.virq;

    if (virq >= NR_VIRQS || !virq_is_global(virq))
        return -EINVAL;
    c->op->domain = virq_handler_id(virq);
    return 0;
}

/* ---- hypercall ---- */

/* With its domain found; locked when the operation wants that. */
static int32_t run(const struct domctl_call *c, const struct domctl_op *op)
{
    int32_t rc;

    if ((op->flags & OTHER) && c->d == c->caller->domain)
        return -EINVAL;
    if (!(op->flags & LOCK))
        return op->fn(c);

    if (!lock_try(&c->d->create_lock))
        return -ERESTART;
    rc = op->fn(c);
    lock_drop(&c->d->create_lock);
    return rc;
}

/* The operation that promises never to change has no version. */
static uint32_t version_of(uint32_t cmd)
{
    return cmd == XEN_DOMCTL_get_domain_state ? 0
                                              : XEN_DOMCTL_INTERFACE_VERSION;
}

/* Anything at all? Most domains may not even have their structure read. */
static int32_t may_call(const struct domain *currd)
{
    return READ_ONCE(currd->target) ? 0
                                    : access_check(currd, ACCESS_XS_PRIV, NULL);
}

int32_t domctl_op(struct vcpu *v, uint32_t *arg)
{
    struct xen_domctl op;
    struct domctl_call c = { .caller = v, .op = &op, .arg = arg[0] };
    const struct domctl_op *row = NULL;
    int32_t rc;

    rc = may_call(v->domain);
    if (rc)
        return rc;
    if (copy_from(&op, arg[0]))
        return -EFAULT;
    if (op.interface_version != version_of(op.cmd))
        return -EACCES;
    if (op.cmd < ARRAY_SIZE(ops))
        row = &ops[index_nospec(op.cmd, ARRAY_SIZE(ops))];
    rc = access_check(v->domain,
                      row && row->fn ? (enum access_class)row->access
                                     : ACCESS_PRIV,
                      access_target(v->domain, op.domain));
    if (!rc)
        rc = access_domctl(op.cmd);
    if (rc)
        return rc;

    if (!row || !(row->flags & NODOM)) {
        c.d = domain_get(op.domain);
        if (!c.d)
            return -ESRCH;
    }
    rc = row && row->fn ? (c.d ? run(&c, row) : row->fn(&c)) : -ENOSYS;
    if (c.d)
        domain_put(c.d);
    if (!rc && (row->flags & REPLY) && copy_to(arg[0], &op))
        rc = -EFAULT;
    return rc;
}
