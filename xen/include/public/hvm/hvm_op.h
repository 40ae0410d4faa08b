/* SPDX-License-Identifier: MIT */
/*
 * Operations on domains with hardware virtualization: all on ARM.
 *
 * __HYPERVISOR_hvm_op: r0 = HVMOP_*, r1 = structure.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_HVM_HVM_OP_H
#define XEN_PUBLIC_HVM_HVM_OP_H

#include "../xen.h"

#define HVMOP_set_param              0
#define HVMOP_get_param              1
#define HVMOP_guest_request_vm_event 24

struct xen_hvm_param {
    domid_t domid;
    uint16_t pad;
    uint32_t index; /* HVM_PARAM_* */
    uint64_t value;
};
typedef struct xen_hvm_param xen_hvm_param_t;
DEFINE_XEN_GUEST_HANDLE(xen_hvm_param_t);

#endif /* XEN_PUBLIC_HVM_HVM_OP_H */
