/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hvm_op: parameters that the toolstack leaves for a domain, where its
 * store and console rings are. And vm_assist, one switch of the domain.
 *
 * Source: public/hvm/params.h; interface.md 2.5, 3.6, 3.10.
 * Layer:  8 (iface).
 */
#include <public/errno.h>
#include <public/hvm/params.h>

#include <xen/access.h>
#include <xen/copy.h>
#include <xen/hypercall.h>

/* Who may do what with one parameter; a row of zeros does not exist. */
struct param {
    uint8_t get, set; /* enum access_class */
};

/* clang-format off */
static const struct param params[] = {
    /*                             get              set             */
    [HVM_PARAM_CALLBACK_IRQ]     = { ACCESS_TARGET,  ACCESS_DM_PRIV },
    [HVM_PARAM_STORE_PFN]        = { ACCESS_TARGET,  ACCESS_DM_PRIV },
    [HVM_PARAM_STORE_EVTCHN]     = { ACCESS_TARGET,  ACCESS_DM_PRIV },
    [HVM_PARAM_CONSOLE_PFN]      = { ACCESS_TARGET,  ACCESS_DM_PRIV },
    [HVM_PARAM_CONSOLE_EVTCHN]   = { ACCESS_TARGET,  ACCESS_DM_PRIV },
    [HVM_PARAM_MONITOR_RING_PFN] = { ACCESS_DM_PRIV, ACCESS_DM_PRIV },
};
/* clang-format on */

STATIC_ASSERT(ARRAY_SIZE(params) <=
              ARRAY_SIZE(((struct domain *)0)->hvm_params));

/*
 * -EFAULT, -ESRCH no such domain, -EPERM not this caller, -EINVAL no such
 * parameter.
 */
static int32_t param_op(struct vcpu *v, guest_ptr_t buf, bool set)
{
    struct xen_hvm_param op;
    const struct param *row;
    struct domain *d;
    uint32_t index;
    int32_t rc;

    if (copy_from(&op, buf))
        return -EFAULT;
    rc = access_domain_get(v->domain, ACCESS_TARGET, op.domid, &d);
    if (rc)
        return rc;

    rc = -EINVAL;
    if (op.index >= ARRAY_SIZE(params))
        goto out;
    index = index_nospec(op.index, ARRAY_SIZE(params));
    row = &params[index];
    if (row->get == ACCESS_NONE)
        goto out;
    rc = access_check(v->domain, (enum access_class)(set ? row->set : row->get),
                      d);
    /* Nobody sets its own: they tell what others have prepared for it. */
    if (!rc && set && d == v->domain)
        rc = -EPERM;
    if (rc)
        goto out;

    if (set) {
        d->hvm_params[index] = op.value;
    } else {
        op.value = d->hvm_params[index];
        rc = copy_to(buf, &op) ? -EFAULT : 0;
    }
out:
    domain_put(d);
    return rc;
}

int32_t hvm_op(struct vcpu *v, uint32_t *arg)
{
    switch (arg[0]) {
    case HVMOP_set_param:
        return param_op(v, arg[1], true);
    case HVMOP_get_param:
        return param_op(v, arg[1], false);
    case HVMOP_guest_request_vm_event:
        /* Nobody can listen; the form of the call is still checked. */
        return arg[1] ? -EINVAL : 0;
    default:
        return -ENOSYS;
    }
}

int32_t vm_assist(struct vcpu *v, uint32_t *arg)
{
    if (arg[0] != VMASST_CMD_enable && arg[0] != VMASST_CMD_disable)
        return -ENOSYS;
    if (arg[1] != VMASST_TYPE_runstate_update_flag)
        return -EINVAL;

    WRITE_ONCE(v->domain->runstate_flag, arg[0] == VMASST_CMD_enable);
    return 0;
}
