/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XEN_SYSCTL_tbuf_op: trace buffers, for tools.
 *
 * Source: public/sysctl.h; interface.md 3.15, 3.16.
 * Layer:  9 (control).
 */
#include <public/errno.h>
#include <public/sysctl.h>

#include <xen/control.h>
#include <xen/trace.h>

static void get_info(struct xen_sysctl_tbuf_op *op)
{
    struct trace_info info;

    trace_info_get(&info);
    op->evt_mask = info.events;
    op->buffer_mfn = info.mfn;
    op->size = info.size;
}

static int32_t set_cpu_mask(const struct xen_sysctl_tbuf_op *op)
{
    uint32_t cpus;
    int rc = control_bitmap_get(&cpus, &op->cpu_mask);

    if (!rc)
        trace_cpus_set(cpus);
    return rc;
}

int32_t sysctl_tbuf(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_tbuf_op *op = &sysctl->u.tbuf_op;

    (void)arg;
    switch (op->cmd) {
    case XEN_SYSCTL_TBUFOP_get_info:
        get_info(op);
        return 0;
    case XEN_SYSCTL_TBUFOP_set_cpu_mask:
        return set_cpu_mask(op);
    case XEN_SYSCTL_TBUFOP_set_evt_mask:
        trace_events_set(op->evt_mask);
        return 0;
    case XEN_SYSCTL_TBUFOP_set_size:
        return trace_size_set(op->size);
    case XEN_SYSCTL_TBUFOP_enable:
        return trace_enable();
    case XEN_SYSCTL_TBUFOP_disable:
        trace_disable();
        return 0;
    default:
        return -EINVAL;
    }
}
