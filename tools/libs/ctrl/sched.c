/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: parameters of schedulers, and CPU pools.
 *
 * Source: xenctrl.h; public/domctl.h, sysctl.h. Layer: tools, library.
 */
#include <time.h>

#include "private.h"

/* --- of a domain --------------------------------------------------------- */

static struct xen_domctl domain_op(uint32_t domid, uint32_t sched_id,
                                   uint32_t cmd)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_scheduler_op, domid);

    op.u.scheduler_op.sched_id = sched_id;
    op.u.scheduler_op.cmd = cmd;
    return op;
}

int xc_sched_credit_domain_set(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom)
{
    struct xen_domctl op = domain_op(domid, XEN_SCHEDULER_CREDIT,
                                     XEN_DOMCTL_SCHEDOP_putinfo);

    op.u.scheduler_op.u.credit = *sdom;
    return domctl_run(xch, &op, "scheduler_op (credit, put)");
}

int xc_sched_credit_domain_get(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom)
{
    struct xen_domctl op = domain_op(domid, XEN_SCHEDULER_CREDIT,
                                     XEN_DOMCTL_SCHEDOP_getinfo);

    if (domctl_run(xch, &op, "scheduler_op (credit, get)"))
        return -1;
    *sdom = op.u.scheduler_op.u.credit;
    return 0;
}

int xc_sched_credit2_domain_set(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom)
{
    struct xen_domctl op = domain_op(domid, XEN_SCHEDULER_CREDIT2,
                                     XEN_DOMCTL_SCHEDOP_putinfo);

    op.u.scheduler_op.u.credit2 = *sdom;
    return domctl_run(xch, &op, "scheduler_op (credit2, put)");
}

int xc_sched_credit2_domain_get(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom)
{
    struct xen_domctl op = domain_op(domid, XEN_SCHEDULER_CREDIT2,
                                     XEN_DOMCTL_SCHEDOP_getinfo);

    if (domctl_run(xch, &op, "scheduler_op (credit2, get)"))
        return -1;
    *sdom = op.u.scheduler_op.u.credit2;
    return 0;
}

/* --- of a pool ----------------------------------------------------------- */

static struct xen_sysctl pool_sched(uint32_t pool, uint32_t sched_id,
                                    uint32_t cmd)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_scheduler_op);

    op.u.scheduler_op.cpupool_id = pool;
    op.u.scheduler_op.sched_id = sched_id;
    op.u.scheduler_op.cmd = cmd;
    return op;
}

int xc_sched_credit_params_set(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule)
{
    struct xen_sysctl op = pool_sched(cpupool_id, XEN_SCHEDULER_CREDIT,
                                      XEN_SYSCTL_SCHEDOP_putinfo);

    op.u.scheduler_op.u.sched_credit = *schedule;
    if (sysctl_run(xch, &op, "scheduler_op (credit, put)"))
        return -1;
    *schedule = op.u.scheduler_op.u.sched_credit;
    return 0;
}

int xc_sched_credit_params_get(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule)
{
    struct xen_sysctl op = pool_sched(cpupool_id, XEN_SCHEDULER_CREDIT,
                                      XEN_SYSCTL_SCHEDOP_getinfo);

    if (sysctl_run(xch, &op, "scheduler_op (credit, get)"))
        return -1;
    *schedule = op.u.scheduler_op.u.sched_credit;
    return 0;
}

int xc_sched_credit2_params_set(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule)
{
    struct xen_sysctl op = pool_sched(cpupool_id, XEN_SCHEDULER_CREDIT2,
                                      XEN_SYSCTL_SCHEDOP_putinfo);

    op.u.scheduler_op.u.sched_credit2 = *schedule;
    if (sysctl_run(xch, &op, "scheduler_op (credit2, put)"))
        return -1;
    *schedule = op.u.scheduler_op.u.sched_credit2;
    return 0;
}

int xc_sched_credit2_params_get(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule)
{
    struct xen_sysctl op = pool_sched(cpupool_id, XEN_SCHEDULER_CREDIT2,
                                      XEN_SYSCTL_SCHEDOP_getinfo);

    if (sysctl_run(xch, &op, "scheduler_op (credit2, get)"))
        return -1;
    *schedule = op.u.scheduler_op.u.sched_credit2;
    return 0;
}

int xc_sched_id(xc_interface *xch, int *sched_id)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_sched_id);

    if (sysctl_run(xch, &op, "sched_id"))
        return -1;
    *sched_id = (int)op.u.sched_id.sched_id;
    return 0;
}

/* --- pools --------------------------------------------------------------- */

static struct xen_sysctl pool_op(uint32_t cmd, uint32_t pool)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_cpupool_op);

    op.u.cpupool_op.op = cmd;
    op.u.cpupool_op.cpupool_id = pool;
    return op;
}

/* An error that names the pool. */
static int pool_run(xc_interface *xch, struct xen_sysctl *op, const char *name)
{
    if (xc_sysctl(xch, op))
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "cpupool %s of pool %d", name,
                         (int)op->u.cpupool_op.cpupool_id);
    return 0;
}

int xc_cpupool_create(xc_interface *xch, uint32_t *ppoolid, uint32_t sched_id)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_CREATE, *ppoolid);

    op.u.cpupool_op.sched_id = sched_id;
    if (pool_run(xch, &op, "create"))
        return -1;
    *ppoolid = op.u.cpupool_op.cpupool_id;
    return 0;
}

int xc_cpupool_destroy(xc_interface *xch, uint32_t poolid)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_DESTROY, poolid);

    return pool_run(xch, &op, "destroy");
}

/* INFO or FREEINFO, with a new map. Quiet. */
static xc_cpumap_t pool_map(xc_interface *xch, struct xen_sysctl *op)
{
    int cpus = xc_get_max_cpus(xch), rc, keep;
    xc_cpumap_t map;
    struct bounce b;

    map = cpus < 0 ? NULL : calloc(1, (size_t)(cpus + 7) / 8);
    if (!map)
        return NULL;
    rc = bounce_open(xch, &b, map, (size_t)(cpus + 7) / 8, BOUNCE_OUT);
    if (!rc) {
        set_xen_guest_handle(op->u.cpupool_op.cpumap.bitmap, b.hyp);
        op->u.cpupool_op.cpumap.nr_bits = (uint32_t)cpus;
        rc = bounce_close(&b, xc_sysctl(xch, op));
    }
    if (!rc)
        return map;
    keep = errno;
    free(map);
    errno = keep;
    return NULL;
}

xc_cpupoolinfo_t *xc_cpupool_getinfo(xc_interface *xch, uint32_t poolid)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_INFO, poolid);
    xc_cpupoolinfo_t *info = calloc(1, sizeof(*info));
    int keep;

    if (!info)
        return NULL;
    info->cpumap = pool_map(xch, &op);
    if (!info->cpumap) {
        if (errno != ENOENT)
            ctrl_fail(xch, XC_INTERNAL_ERROR, "cpupool info of pool %u",
                      poolid);
        keep = errno;
        free(info);
        errno = keep;
        return NULL;
    }
    info->cpupool_id = op.u.cpupool_op.cpupool_id;
    info->sched_id = op.u.cpupool_op.sched_id;
    info->n_dom = op.u.cpupool_op.n_dom;
    return info;
}

void xc_cpupool_infofree(xc_interface *xch, xc_cpupoolinfo_t *info)
{
    (void)xch;
    if (!info)
        return;
    free(info->cpumap);
    free(info);
}

xc_cpumap_t xc_cpupool_freeinfo(xc_interface *xch)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_FREEINFO, 0);
    xc_cpumap_t map = pool_map(xch, &op);

    if (!map)
        ctrl_fail(xch, XC_INTERNAL_ERROR, "cpupool freeinfo");
    return map;
}

int xc_cpupool_addcpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, poolid);

    op.u.cpupool_op.cpu = cpu < 0 ? XEN_SYSCTL_CPUPOOL_PAR_ANY : (uint32_t)cpu;
    return pool_run(xch, &op, "addcpu");
}

/* A vCPU may be on its way off the CPU: tries for 5 s. */
int xc_cpupool_removecpu(xc_interface *xch, uint32_t poolid, int cpu)
{
    const struct timespec pause = { .tv_nsec = 100000000 };
    struct xen_sysctl op;
    int keep;

    for (int i = 0; i < 50; i++) {
        op = pool_op(XEN_SYSCTL_CPUPOOL_OP_RMCPU, poolid);
        op.u.cpupool_op.cpu = cpu < 0 ? XEN_SYSCTL_CPUPOOL_PAR_ANY
                                      : (uint32_t)cpu;
        if (!xc_sysctl(xch, &op))
            return 0;
        if (errno != EADDRINUSE && errno != EAGAIN)
            break;
        keep = errno;
        nanosleep(&pause, NULL);
        errno = keep;
    }
    return ctrl_fail(xch, XC_INTERNAL_ERROR, "cpupool rmcpu %d of pool %u", cpu,
                     poolid);
}

int xc_cpupool_movedomain(xc_interface *xch, uint32_t poolid, uint32_t domid)
{
    struct xen_sysctl op = pool_op(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, poolid);

    op.u.cpupool_op.domid = domid;
    if (xc_sysctl(xch, &op))
        return ctrl_fail(xch, XC_INTERNAL_ERROR,
                         "cpupool movedomain of domain %u to pool %u", domid,
                         poolid);
    return 0;
}
