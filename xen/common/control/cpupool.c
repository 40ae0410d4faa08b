/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysctl: CPU pools and the parameters of their schedulers. What they do is
 * in sched/pool.c; here is who asks for what.
 *
 * Source: public/sysctl.h; interface.md 3.15, 7 (T15).
 * Layer:  9 (control).
 */
#include <public/errno.h>
#include <public/sysctl.h>

#include <xen/control.h>
#include <xen/copy.h>
#include <xen/irq.h>
#include <xen/sched.h>

STATIC_ASSERT(XEN_SYSCTL_CPUPOOL_PAR_ANY == SCHED_POOL_ANY);

/* Domains in pool @id, with those that die. */
static uint32_t count_domains(uint32_t id)
{
    struct domain *d;
    domid_t next = 0;
    uint32_t nr = 0;

    while ((d = domain_get_next(next)) != NULL) {
        next = (domid_t)(d->id + 1);
        nr += sched_domain_pool(d) == id;
        domain_put(d);
        irq_window();
    }
    return nr;
}

/* Of the first pool from a number on; tools ask until there is none. */
static int32_t info(struct xen_sysctl_cpupool_op *op)
{
    struct sched_pool pool;
    int32_t rc = sched_pool_info(op->cpupool_id, &pool);

    if (rc)
        return rc;
    op->cpupool_id = pool.id;
    op->sched_id = pool.sched_id;
    op->n_dom = count_domains(pool.id);
    return control_bitmap_put(&op->cpumap, pool.cpus);
}

/* -ESRCH no such domain; -EPERM the caller's own. */
static int32_t move_domain(const struct xen_sysctl_cpupool_op *op)
{
    struct domain *d;
    int32_t rc = -ERESTART;

    if (op->domid >= DOMID_FIRST_RESERVED)
        return -ESRCH;
    d = domain_get((domid_t)op->domid);
    if (!d)
        return -ESRCH;
    if (d == current->domain) {
        rc = -EPERM;
    } else if (lock_try(&d->create_lock)) {
        rc = sched_pool_move(d, op->cpupool_id);
        lock_drop(&d->create_lock);
    }
    domain_put(d);
    return rc;
}

int32_t sysctl_cpupool(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_cpupool_op *op = &sysctl->u.cpupool_op;
    int32_t rc;

    switch (op->op) {
    case XEN_SYSCTL_CPUPOOL_OP_CREATE:
        return sched_pool_create(&op->cpupool_id, op->sched_id);
    case XEN_SYSCTL_CPUPOOL_OP_DESTROY:
        return sched_pool_destroy(op->cpupool_id);
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        return info(op);
    case XEN_SYSCTL_CPUPOOL_OP_ADDCPU:
        rc = sched_pool_add_cpu(op->cpupool_id, &op->cpu);
        break;
    case XEN_SYSCTL_CPUPOOL_OP_RMCPU:
        rc = sched_pool_remove_cpu(op->cpupool_id, &op->cpu);
        break;
    case XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN:
        return move_domain(op);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return control_bitmap_put(&op->cpumap, sched_pool_free_cpus());
    default:
        return -ENOSYS;
    }

    /* It goes on with the pCPU that it chose. */
    if (rc == -ERESTART && copy_to(arg, sysctl))
        return -EFAULT;
    return rc;
}

int32_t sysctl_scheduler(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_scheduler_op *op = &sysctl->u.scheduler_op;
    struct xen_sysctl_credit_schedule *credit = &op->u.sched_credit;
    uint32_t slice, limit;
    int32_t rc = sched_pool_params_get(op->cpupool_id, op->sched_id, &slice,
                                       &limit);

    (void)arg;
    if (rc)
        return rc;
    switch (op->cmd) {
    case XEN_SYSCTL_SCHEDOP_putinfo:
        /* A vCPU that moves is not delayed here: 0 is the only value. */
        return credit->vcpu_migr_delay_us != 0
                   ? -EINVAL
                   : sched_pool_params_set(op->cpupool_id, op->sched_id,
                                           credit->tslice_ms,
                                           credit->ratelimit_us);
    case XEN_SYSCTL_SCHEDOP_getinfo:
        credit->tslice_ms = slice;
        credit->ratelimit_us = limit;
        credit->vcpu_migr_delay_us = 0;
        return 0;
    default:
        return -EINVAL;
    }
}
