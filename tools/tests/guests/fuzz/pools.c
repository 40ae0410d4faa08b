/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls about CPU pools: some are made and unmade, the last pCPU goes from
 * one to the other, and victims are moved between them.
 *
 * Source: public/sysctl.h.
 * Layer:  test guest.
 */
#include <public/sysctl.h>

#include "fuzz.h"

#define POOLS 4u

static uint32_t pools[POOLS]; /* numbers of pools that were made */

/* @f NULL: without luck. */
static int32_t call(struct fuzz *f, uint32_t cmd, struct xen_sysctl *op)
{
    uint32_t at = (uintptr_t)op;
    int32_t rc;

    op->cmd = XEN_SYSCTL_cpupool_op;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    op->u.cpupool_op.op = cmd;
    if (f)
        at = put(f, 0, op, sizeof(*op));
    rc = hypercall(__HYPERVISOR_sysctl, at, 0, 0, 0, 0);
    if (f)
        get(f, 0, op, sizeof(*op));
    return rc;
}

static int32_t plain(uint32_t cmd, uint32_t pool, uint32_t cpu)
{
    struct xen_sysctl op = {
        .u.cpupool_op = { .cpupool_id = pool, .cpu = cpu },
    };

    return call(NULL, cmd, &op);
}

/* The pCPU that is played with: the last one. */
static uint32_t last_cpu(void)
{
    static uint32_t last;
    struct xen_sysctl op = {
        .cmd = XEN_SYSCTL_physinfo,
        .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
    };

    if (!last && !hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0))
        last = op.u.physinfo.max_cpu_id;
    return last;
}

/* With what is in it out of the way, when it has to be. */
static void unmake(uint32_t pool)
{
    if (!pool || !plain(XEN_SYSCTL_CPUPOOL_OP_DESTROY, pool, 0))
        return;
    for (uint32_t i = 0; i < VICTIMS; i++) {
        struct xen_sysctl op = { .u.cpupool_op.domid = victims[i] };

        call(NULL, XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, &op);
    }
    plain(XEN_SYSCTL_CPUPOOL_OP_RMCPU, pool, last_cpu());
    plain(XEN_SYSCTL_CPUPOOL_OP_DESTROY, pool, 0);
}

static uint32_t make(void)
{
    struct xen_sysctl op = {
        .u.cpupool_op = { .cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY,
                          .sched_id = XEN_SCHEDULER_CREDIT },
    };

    return call(NULL, XEN_SYSCTL_CPUPOOL_OP_CREATE, &op)
               ? 0
               : op.u.cpupool_op.cpupool_id;
}

static int32_t create(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };
    int32_t rc;

    op.u.cpupool_op.cpupool_id = XEN_SYSCTL_CPUPOOL_PAR_ANY;
    op.u.cpupool_op.sched_id = one_in(f, 2) ? XEN_SCHEDULER_CREDIT
                                            : XEN_SCHEDULER_NULL;
    unmake(take(pools, POOLS, f));
    TWIST(f, op.u.cpupool_op.cpupool_id);
    TWIST(f, op.u.cpupool_op.sched_id);
    rc = call(f, XEN_SYSCTL_CPUPOOL_OP_CREATE, &op);
    if (rc == 0 && f->mine[0])
        unmake(keep(pools, POOLS, f, op.u.cpupool_op.cpupool_id));
    return rc;
}

/* One that nobody uses, as a rule. */
static int32_t destroy(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };
    uint32_t pool = one_in(f, 4) ? look(pools, POOLS, f) : 0;
    int32_t rc;

    if (!pool && control)
        pool = make();
    op.u.cpupool_op.cpupool_id = pool;
    TWIST(f, op.u.cpupool_op.cpupool_id);
    rc = call(f, XEN_SYSCTL_CPUPOOL_OP_DESTROY, &op);
    if (rc)
        unmake(pool);
    return rc;
}

static uint32_t bitmap_room(struct fuzz *f)
{
    static const uint8_t zeros[8];

    return put(f, 1, zeros, sizeof(zeros));
}

static int32_t info(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.cpupool_op.cpupool_id = one_in(f, 4) ? 0 : look(pools, POOLS, f);
    op.u.cpupool_op.cpumap.bitmap.q = bitmap_room(f);
    op.u.cpupool_op.cpumap.nr_bits = draw_below(f, 65);
    TWIST(f, op.u.cpupool_op.cpupool_id);
    TWIST(f, op.u.cpupool_op.cpumap.nr_bits);
    return call(f, XEN_SYSCTL_CPUPOOL_OP_INFO, &op);
}

static int32_t freeinfo(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.cpupool_op.cpumap.bitmap.q = bitmap_room(f);
    op.u.cpupool_op.cpumap.nr_bits = draw_below(f, 65);
    TWIST(f, op.u.cpupool_op.cpumap.nr_bits);
    return call(f, XEN_SYSCTL_CPUPOOL_OP_FREEINFO, &op);
}

/* Take the last pCPU out of whatever pool it is in. */
static void free_last(void)
{
    for (uint32_t next = 0;; next++) {
        struct xen_sysctl op = { .u.cpupool_op.cpupool_id = next };

        if (call(NULL, XEN_SYSCTL_CPUPOOL_OP_INFO, &op))
            break;
        next = op.u.cpupool_op.cpupool_id;
        plain(XEN_SYSCTL_CPUPOOL_OP_RMCPU, next, last_cpu());
    }
}

static int32_t add_cpu(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    if (control && !one_in(f, 8))
        free_last();
    op.u.cpupool_op.cpupool_id = one_in(f, 2) ? 0 : look(pools, POOLS, f);
    op.u.cpupool_op.cpu = one_in(f, 4) ? last_cpu()
                                       : XEN_SYSCTL_CPUPOOL_PAR_ANY;
    TWIST(f, op.u.cpupool_op.cpupool_id);
    TWIST(f, op.u.cpupool_op.cpu);
    return call(f, XEN_SYSCTL_CPUPOOL_OP_ADDCPU, &op);
}

/* Out of a pool that it was put into, as a rule. */
static int32_t remove_cpu(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };
    uint32_t pool = one_in(f, 2) ? look(pools, POOLS, f) : 0;

    if (control && !one_in(f, 8)) {
        free_last();
        plain(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, pool, last_cpu());
    }
    op.u.cpupool_op.cpupool_id = pool;
    op.u.cpupool_op.cpu = last_cpu();
    TWIST(f, op.u.cpupool_op.cpupool_id);
    return call(f, XEN_SYSCTL_CPUPOOL_OP_RMCPU, &op);
}

static int32_t move_domain(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.cpupool_op.cpupool_id = one_in(f, 2) ? 0 : look(pools, POOLS, f);
    op.u.cpupool_op.domid = draw_victim(f);
    TWIST(f, op.u.cpupool_op.cpupool_id);
    return call(f, XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, &op);
}

void pools_end(void)
{
    for (uint32_t i = 0; i < POOLS; i++)
        pools[i] = 0;
    for (uint32_t next = 1;; next++) {
        struct xen_sysctl op = { .u.cpupool_op.cpupool_id = next };

        if (call(NULL, XEN_SYSCTL_CPUPOOL_OP_INFO, &op))
            break;
        next = op.u.cpupool_op.cpupool_id;
        plain(XEN_SYSCTL_CPUPOOL_OP_RMCPU, next, last_cpu());
        if (plain(XEN_SYSCTL_CPUPOOL_OP_DESTROY, next, 0))
            print("fuzz: pool %u does not go, %u domains\n", next,
                  op.u.cpupool_op.n_dom);
    }
    plain(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, 0, last_cpu());
}

const struct op pool_ops[] = {
    OP(XEN_SYSCTL_CPUPOOL_OP_CREATE, create, 2, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_DESTROY, destroy, 2, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_INFO, info, 2, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_FREEINFO, freeinfo, 2, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_ADDCPU, add_cpu, 3, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_RMCPU, remove_cpu, 2, 0, -EPERM),
    OP(XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN, move_domain, 4, 0, -EPERM),
    { .name = NULL },
};
