/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a domain is told by HVM parameters.
 *
 * Source: public/hvm/hvm_op.h, public/hvm/params.h.
 * Layer:  test guest.
 */
#include <public/hvm/hvm_op.h>

#include "hypercall.h"

uint64_t hvm_param(uint32_t index)
{
    struct xen_hvm_param arg = { .domid = DOMID_SELF, .index = index };

    if (hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (uintptr_t)&arg, 0, 0,
                  0))
        return 0;
    return arg.value;
}
