/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One domctl call, as its operations see it. domctl.c has the table.
 *
 * Layer: 9 (control).
 */
#ifndef XEN_DOMCTL_H
#define XEN_DOMCTL_H

#include <xen/control.h>

struct domctl_call {
    struct vcpu *caller;
    struct domain *d;      /* the one that the call is about, referenced   */
    struct xen_domctl *op; /* our copy                                     */
    guest_ptr_t arg;       /* the guest's, for progress of long operations */
};

/* 0, -errno, or -ERESTART: to be made again with the same registers. */
typedef int32_t domctl_fn(const struct domctl_call *c);

/* domctl_vcpu.c */
domctl_fn domctl_max_vcpus, domctl_getvcpuinfo;
domctl_fn domctl_setvcpuaffinity, domctl_getvcpuaffinity;
domctl_fn domctl_setvcpucontext, domctl_getvcpucontext;

/* domctl_state.c */
domctl_fn domctl_get_domain_state;

/* domctl_memory.c: memory, and devices passed through */
domctl_fn domctl_max_mem, domctl_cacheflush;
domctl_fn domctl_get_mempool, domctl_set_mempool;
domctl_fn domctl_iomem_permission, domctl_irq_permission;
domctl_fn domctl_memory_mapping, domctl_bind_pt_irq, domctl_unbind_pt_irq;
domctl_fn domctl_vuart_op;

#endif /* XEN_DOMCTL_H */
