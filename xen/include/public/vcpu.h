/* SPDX-License-Identifier: MIT */
/*
 * Where a vCPU shares its state with the hypervisor.
 *
 * __HYPERVISOR_vcpu_op: r0 = VCPUOP_*, r1 = vCPU, r2 = structure. Other
 * numbers than these two answer -EINVAL on ARM.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_VCPU_H
#define XEN_PUBLIC_VCPU_H

#include "xen.h"

#define VCPUOP_register_runstate_memory_area 5
#define VCPUOP_register_vcpu_info            10

/* clang-format off */
#define RUNSTATE_running  0
#define RUNSTATE_runnable 1 /* waits for a pCPU                            */
#define RUNSTATE_blocked  2 /* waits for an event or interrupt             */
#define RUNSTATE_offline  3 /* paused, or powered down                     */

#define XEN_RUNSTATE_UPDATE (1ull << 63) /* in state_entry_time            */
/* clang-format on */

/* Times in ns. */
struct vcpu_runstate_info {
    int32_t state; /* RUNSTATE_* */
    uint64_t state_entry_time __attribute__((__aligned__(8)));
    uint64_t time[4];
};
typedef struct vcpu_runstate_info vcpu_runstate_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_runstate_info_t);

struct vcpu_register_runstate_memory_area {
    union {
        XEN_GUEST_HANDLE(vcpu_runstate_info_t) h;
        struct vcpu_runstate_info *v;
        uint64_t p;
    } addr;
};
typedef struct vcpu_register_runstate_memory_area
    vcpu_register_runstate_memory_area_t;

/* Once for each vCPU, by itself or while it is offline. */
struct vcpu_register_vcpu_info {
    uint64_t mfn;    /* guest frame */
    uint32_t offset; /* 8-aligned */
    uint32_t rsvd;
};
typedef struct vcpu_register_vcpu_info vcpu_register_vcpu_info_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_register_vcpu_info_t);

#endif /* XEN_PUBLIC_VCPU_H */
