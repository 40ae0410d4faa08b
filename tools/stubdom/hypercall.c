/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls, and how a stub domain ends.
 *
 * Source: public/arch-arm.h (HVC #0xEA1, number in r12, result in r0),
 *         public/sched.h, public/hvm/hvm_op.h, public/memory.h.
 * Layer:  stub domain.
 */
#include <public/errno.h>
#include <public/hvm/hvm_op.h>
#include <public/memory.h>
#include <public/sched.h>

#include "layout.h"
#include "stub.h"

int32_t hypercall(uint32_t number, uint32_t a0, uint32_t a1, uint32_t a2,
                  uint32_t a3, uint32_t a4)
{
    register uint32_t r12 __asm__("r12") = number;
    register uint32_t r0 __asm__("r0") = a0;
    register uint32_t r1 __asm__("r1") = a1;
    register uint32_t r2 __asm__("r2") = a2;
    register uint32_t r3 __asm__("r3") = a3;
    register uint32_t r4 __asm__("r4") = a4;

    __asm__ volatile(".arch_extension virt\n hvc #0xEA1"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4),
                       "+r"(r12)
                     :
                     : "memory");
    return (int32_t)r0;
}

_Noreturn void stub_stop(uint32_t reason)
{
    struct sched_shutdown arg = { .reason = reason };

    for (;;)
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (uintptr_t)&arg, 0,
                  0, 0);
}

_Noreturn void stub_panic(const char *why)
{
    stub_log(why);
    stub_stop(SHUTDOWN_crash);
}

uint64_t stub_param(uint32_t index)
{
    struct xen_hvm_param arg = { .domid = DOMID_SELF, .index = index };

    if (hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (uintptr_t)&arg, 0, 0,
                  0))
        return 0;
    return arg.value;
}

int stub_map_shared_info(void)
{
    struct xen_add_to_physmap arg = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_shared_info,
        .gpfn = SHARED_INFO >> 12,
    };

    int32_t rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
                           (uintptr_t)&arg, 0, 0, 0);

    /* A former life has mapped it, and it stays there. */
    return rc == -EBUSY ? 0 : rc;
}
