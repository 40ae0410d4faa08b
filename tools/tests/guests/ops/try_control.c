/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl, sysctl and platform_op with good and bad arguments. Only control
 * domains get as far as that: what others are told is in permissions.c.
 *
 * Source: public/domctl.h, public/sysctl.h, public/platform.h.
 * Layer:  test guest, first domain.
 */
#include <public/memory.h>
#include <public/platform.h>
#include <public/sysctl.h>

#include "ops.h"

/* The structure's words behind its head; bit n of P_: w[n] is a pointer. */
#define DP(op_, what_, on_, want_, p_, ...)                                    \
    .op = "domctl." #op_, .what = (what_), .on = (on_), .want = (want_),       \
    .call = { .kind = DOMCTL,                                                  \
              .cmd = XEN_DOMCTL_##op_,                                         \
              .dom = NO_DOM,                                                   \
              .pointers = (p_),                                                \
              .w = { __VA_ARGS__ } }
#define DC(op_, what_, on_, want_, ...)                                        \
    {                                                                          \
        DP(op_, what_, on_, want_, 0, __VA_ARGS__)                             \
    }
#define SP(op_, what_, want_, p_, ...)                                         \
    {                                                                          \
        .op = "sysctl." #op_, .what = (what_), .want = (want_), .call = {      \
            .kind = SYSCTL,                                                    \
            .cmd = XEN_SYSCTL_##op_,                                           \
            .dom = NO_DOM,                                                     \
            .pointers = (p_),                                                  \
            .w = { __VA_ARGS__ }                                               \
        }                                                                      \
    }
#define SC(op_, what_, want_, ...) SP(op_, what_, want_, 0, __VA_ARGS__)
#define PF(what_, want_, ...)                                                  \
    {                                                                          \
        .op = "platform.settime64", .what = (what_), .want = (want_),          \
        .call = {                                                              \
            .kind = PLATFORM,                                                  \
            .cmd = XENPF_settime64,                                            \
            .dom = NO_DOM,                                                     \
            .w = { __VA_ARGS__ }                                               \
        }                                                                      \
    }
#define V ON_VICTIM

/* createdomain: ssidref and handle are zero. */
#define CREATE(what_, on_, want_, flags_, iommu_, vcpus_, frames_, opts_,      \
               trace_, pool_, arch_, spis_)                                    \
    {                                                                          \
        DP(createdomain, what_, on_, want_, 0, 0, 0, 0, 0, 0, flags_, iommu_,  \
           vcpus_, 1023, frames_, ~0u, opts_, trace_, pool_, arch_, spis_)     \
    }

#define RTC 0x9010 /* QEMU's virt: a frame of registers of dom0        */
#define RAM 0x48000

/* clang-format off */
const struct op_try control_tries[] = {
    { .op = "domctl", .what = "no structure", .want = -EFAULT,
      .call = { .kind = RAW, .cmd = __HYPERVISOR_domctl, .dom = NO_DOM } },
    { .op = "domctl", .what = "another version", .on = V, .want = -EACCES,
      .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_max_mem, .dom = NO_DOM,
                .version = true } },
    { .op = "domctl", .what = "no such operation", .on = V, .want = -ENOSYS,
      .call = { .kind = DOMCTL, .cmd = 999, .dom = NO_DOM } },
    { .op = "domctl", .what = "the same of nobody", .on = NOBODY,
      .want = -ESRCH,
      .call = { .kind = DOMCTL, .cmd = 999, .dom = NO_DOM } },

    CREATE("the id is taken", V, -EEXIST, 3, 0, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("not hap", 0, -EINVAL, 1, 0, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("S3", 0, -EINVAL, 7, 0, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("an IOMMU", 0, -EINVAL, 0x23, 0, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("nested", 0, -EINVAL, 0x43, 0, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("IOMMU options", 0, -EINVAL, 3, 1, 1, ~0u, 1, 0, 0, 0, 0),
    CREATE("no vCPUs", 0, -EINVAL, 3, 0, 0, ~0u, 1, 0, 0, 0, 0),
    CREATE("nine vCPUs", 0, -EINVAL, 3, 0, 9, ~0u, 1, 0, 0, 0, 0),
    CREATE("no grant frames", 0, -EINVAL, 3, 0, 1, 0, 1, 0, 0, 0, 0),
    CREATE("65 grant frames", 0, -EINVAL, 3, 0, 1, 65, 1, 0, 0, 0, 0),
    CREATE("grants of no version", 0, -EINVAL, 3, 0, 1, ~0u, 0, 0, 0, 0, 0),
    CREATE("grants of version 2", 0, -EINVAL, 3, 0, 1, ~0u, 2, 0, 0, 0, 0),
    CREATE("vmtrace", 0, -EINVAL, 3, 0, 1, ~0u, 1, 1, 0, 0, 0),
    CREATE("no such pool", 0, -ESRCH, 3, 0, 1, ~0u, 1, 0, 77, 0, 0),
    CREATE("GICv3", 0, -EINVAL, 3, 0, 1, ~0u, 1, 0, 0, 2, 0),
    CREATE("a TEE", 0, -EINVAL, 3, 0, 1, ~0u, 1, 0, 0, 1 << 16, 0),
    CREATE("989 SPIs", 0, -EINVAL, 3, 0, 1, ~0u, 1, 0, 0, 0, 989),
    { .save = 8, DP(createdomain, "anywhere", 0, 0, 0, 0, 0, 0, 0, 0, 3, 0,
                    2, 1023, ~0u, ~0u, 1) },
    { DP(setvcpuaffinity, "of a vCPU not made yet", ON_SAVED, -ESRCH, 1u << 2,
         1, 1, 96, 0, 8, [20] = 1) },
    { DP(getvcpuaffinity, "of a vCPU not made yet", ON_SAVED, -ESRCH, 1u << 2,
         1, 1, 96, 0, 8, [20] = 1) },
    DC(getvcpuinfo, "a vCPU not made yet", ON_SAVED, -ESRCH, 1),
    DC(max_vcpus, "not as created", ON_SAVED, -EINVAL, 1),
    DC(max_vcpus, "as created", ON_SAVED, 0, 2),
    DC(max_vcpus, "its own", 0, -EINVAL, 1),
    DC(destroydomain, "another", ON_SAVED, 0),
    DC(destroydomain, "itself", 0, -EINVAL),
    DC(destroydomain, "nobody", NOBODY, -ESRCH),
    DC(destroydomain, "DOMID_SELF", DOMID_SELF, -ESRCH),

    DC(pausedomain, "itself", 0, -EINVAL),
    DC(pausedomain, "nobody", NOBODY, -ESRCH),
    DC(pausedomain, "once more", V, 0),
    DC(unpausedomain, "nobody", NOBODY, -ESRCH),
    { .times = 2, DP(unpausedomain, "as often", V, 0, 0, 0) },
    DC(unpausedomain, "more often", V, -EINVAL),
    { .fresh = true, .times = 254, DP(pausedomain, "255 times", V, 0, 0, 0) },
    DC(pausedomain, "256 times", V, -EOVERFLOW),

    { .fresh = true, DP(getdomaininfo, "of one", V, 0, 0, 0) },
    DC(getdomaininfo, "of none from here on", NOBODY, -ESRCH),
    DC(getdomaininfo, "DOMID_SELF", DOMID_SELF, -EINVAL),
    DC(setvcpuaffinity, "neither hard nor soft", V, -EINVAL, 0, 0),
    DC(setvcpuaffinity, "no bitmap", V, -EINVAL, 0, 1),
    { DP(setvcpuaffinity, "no such vCPU", V, -EINVAL, 1u << 2,
         77, 1, 96, 0, 8, [20] = 1) },
    { DP(setvcpuaffinity, "no CPU that is there", V, -EINVAL, 1u << 2,
         0, 1, 96, 0, 8, [20] = 0x80) },
    { DP(setvcpuaffinity, "a bitmap nowhere", V, -EFAULT, 0, 0, 1, 8, 0, 8) },
    { DP(setvcpuaffinity, "hard", V, 0, 1u << 2,
         0, 1, 96, 0, 8, [20] = 1) },
    { DP(setvcpuaffinity, "soft", V, 0, 1u << 6,
         0, 2, 0, 0, 0, 0, 96, 0, 8, [20] = 1) },
    DC(getvcpuaffinity, "neither hard nor soft", V, -EINVAL, 0, 0),
    { DP(getvcpuaffinity, "a bitmap nowhere", V, -EFAULT, 0, 0, 1, 8, 0, 8) },
    { DP(getvcpuaffinity, "hard", V, 0, 1u << 2, 0, 1, 96, 0, 8) },
    DC(getvcpuinfo, "no such vCPU", V, -EINVAL, 77),
    DC(getvcpuinfo, "of one", V, 0, 0),
    DC(max_mem, "8 MiB", V, 0, 8192), DC(max_mem, "of nobody", NOBODY, -ESRCH),
    DC(setvcpucontext, "its own", 0, -EINVAL, 0),
    DC(setvcpucontext, "no such vCPU", V, -EINVAL, 77),
    DC(setvcpucontext, "nowhere", V, -EFAULT, 0, 0, 8),
    { DP(setvcpucontext, "no mode of a guest", V, -EINVAL, 1u << 2,
         0, 0, DATA + 0x100) },
    DC(getvcpucontext, "never started", V, -ENODATA, 0, 0, 8),
    DC(setvcpucontext, "reset", V, 0, 0),
    DC(getvcpucontext, "its own", 0, -EINVAL, 0),
    DC(getvcpucontext, "no such vCPU", V, -EINVAL, 77),
    DC(getvcpucontext, "nowhere", ON_PLAIN, -EFAULT, 0, 0, 8),
    { DP(getvcpucontext, "of one that runs", ON_PLAIN, 0, 1u << 2,
         0, 0, DATA) },
    DC(scheduler_op, "another scheduler", V, -EINVAL, 77, 1),
    DC(scheduler_op, "no such command", V, -EINVAL, 5, 9),
    DC(scheduler_op, "get", V, 0, 5, XEN_DOMCTL_SCHEDOP_getinfo),
    DC(scheduler_op, "put", V, 0, 5, XEN_DOMCTL_SCHEDOP_putinfo, 512),
    DC(scheduler_op, "a cap beyond its vCPUs", V, -EINVAL, 5,
       XEN_DOMCTL_SCHEDOP_putinfo, 512 | 900 << 16),
    DC(setdomainhandle, "of one", V, 0, 1, 2, 3, 4),
    DC(setdomainhandle, "of nobody", NOBODY, -ESRCH),
    DC(settimeoffset, "an hour", V, 0, 3600),
    DC(settimeoffset, "of nobody", NOBODY, -ESRCH),
    DC(irq_permission, "any", V, -EINVAL, 34, 1),
    DC(iomem_permission, "no frames", V, -EINVAL, RTC, 0, 0, 0, 1),
    DC(iomem_permission, "beyond 40 bits", V, -EINVAL, 0, 1, 1, 0, 1),
    DC(iomem_permission, "RAM", V, -EPERM, RAM, 0, 1, 0, 1),
    DC(memory_mapping, "not permitted", V, -EPERM, 0x70000, 0, RTC, 0, 1, 0,
       1),
    DC(iomem_permission, "what dom0 has", V, 0, RTC, 0, 1, 0, 1),
    DC(memory_mapping, "no frames", V, -EINVAL, 0x70000, 0, RTC, 0, 0, 0, 1),
    DC(memory_mapping, "65 frames", V, -E2BIG, 0x70000, 0, RTC, 0, 65, 0, 1),
    DC(memory_mapping, "beyond 40 bits", V, -EINVAL, ~0u, 0xf, RTC, 0, 1, 0,
       1),
    DC(memory_mapping, "what it may", V, 0, 0x70000, 0, RTC, 0, 1, 0, 1),
    DC(memory_mapping, "and not any more", V, 0, 0x70000, 0, RTC, 0, 1, 0, 0),
    DC(resumedomain, "one that runs", V, -EINVAL),
    DC(resumedomain, "itself", 0, -EINVAL),
    DC(resumedomain, "nobody", NOBODY, -ESRCH),
    DC(sendtrigger, "any", V, -ENOSYS, 0),
    DC(set_address_size, "32", V, 0, 32),
    DC(set_address_size, "64", V, -EINVAL, 64),
    DC(assign_device, "no IOMMU", V, -EOPNOTSUPP),
    DC(test_assign_device, "no IOMMU", NOBODY, -EOPNOTSUPP),
    DC(deassign_device, "no IOMMU", V, -EOPNOTSUPP),
    DC(get_device_group, "no IOMMU", V, -EOPNOTSUPP),
    DC(bind_pt_irq, "not an SPI", V, -EOPNOTSUPP, 34, 1),
    DC(bind_pt_irq, "another number", V, -EINVAL, 34, 4, 35),
    DC(bind_pt_irq, "not dom0's", V, -EPERM, 1000, 4, 1000),
    DC(unbind_pt_irq, "not an SPI", V, -EOPNOTSUPP, 34, 1),
    DC(unbind_pt_irq, "another number", V, -EINVAL, 34, 4, 35),
    DC(set_target, "nobody", V, -ESRCH, NOBODY),
    DC(set_target, "itself", 0, -EINVAL, 0),
    DC(set_target, "dom0", V, 0, 0), DC(set_target, "twice", V, -EINVAL, 0),
    DC(vm_event_op, "version", V, 0, XEN_VM_EVENT_GET_VERSION),
    DC(vm_event_op, "enable", V, -ENOSYS, 0, 2),
    DC(monitor_op, "itself", 0, -EPERM), DC(monitor_op, "any", V, -ENOSYS),
    DC(set_virq_handler, "one of a vCPU", V, -EINVAL, VIRQ_TIMER),
    DC(set_virq_handler, "no VIRQ", V, -EINVAL, 24),
    DC(set_virq_handler, "nobody", NOBODY, -ESRCH, VIRQ_ENOMEM),
    DC(set_virq_handler, "of low memory", V, 0, VIRQ_ENOMEM),
    DC(get_virq_handler, "one of a vCPU", V, -EINVAL, VIRQ_TIMER),
    DC(get_virq_handler, "of low memory", V, 0, VIRQ_ENOMEM),
    { DP(setnodeaffinity, "not the one there is", V, -EINVAL, 1, 96, 0, 8,
         [20] = 2) },
    DC(setnodeaffinity, "nowhere", V, -EFAULT, 8, 0, 8),
    DC(setnodeaffinity, "too many bits", V, -EINVAL, 8, 0, 1u << 31),
    { DP(setnodeaffinity, "the one there is", V, 0, 1, 96, 0, 8, [20] = 1) },
    { DP(getnodeaffinity, "of one", V, 0, 1, 96, 0, 8) },
    DC(getnodeaffinity, "nowhere", V, -EFAULT, 8, 0, 8),
    DC(cacheflush, "too much", V, -EINVAL, 0, 0, (1u << 18) + 1),
    DC(cacheflush, "beyond 40 bits", V, -EINVAL, ~0u, 0xf, 1),
    DC(cacheflush, "its page", V, 0, VICTIM_GFN, 0, 1),
    DC(cacheflush, "holes", V, 0, 0x60000, 0, 64),
    DC(vuart_op, "no such command", V, -EINVAL, 9),
    DC(vuart_op, "another kind", V, -EOPNOTSUPP, 0, 1),
    DC(vuart_op, "padding", V, -EINVAL, 0, 0, VICTIM_GFN, 0, 1u << 16),
    DC(vuart_op, "nobody", V, -ESRCH, 0, 0, VICTIM_GFN, 0, NOBODY),
    DC(get_paging_mempool_size, "of one", V, 0),
    DC(get_paging_mempool_size, "of nobody", NOBODY, -ESRCH),
    DC(set_paging_mempool_size, "1 MiB", V, 0, 1u << 20),
    DC(set_paging_mempool_size, "not pages", V, -EINVAL, (1u << 20) + 1),
    DC(set_paging_mempool_size, "4 GiB", V, -ENOMEM, 0, 1),
    DC(get_domain_state, "of one", V, 0),
    DC(get_domain_state, "padding", V, -EINVAL, 0, 1),
    DC(get_domain_state, "of nobody", NOBODY, -ESRCH),

    /* One with SPIs: a UART before it first runs. */
    { .save = 8, DP(createdomain, "with SPIs", 0, 0, 0, 0, 0, 0, 0, 0, 3, 0,
                    1, 1023, ~0u, ~0u, 1, 0, 0, 0, 1) },
    DC(max_mem, "1 MiB", ON_SAVED, 0, 1024),
    { .op = "memory.populate_physmap", .what = "a page", .on = ON_SAVED,
      .want = 1,
      .call = { .kind = MEMORY, .cmd = XENMEM_populate_physmap, .dom = 24,
                .pointers = 1, .w = { 40, 0, 1, [10] = VICTIM_GFN } } },
    DC(vuart_op, "no vCPUs", ON_SAVED, -EINVAL, 0, 0, VICTIM_GFN),
    DC(max_vcpus, "its one", ON_SAVED, 0, 1),
    DC(vuart_op, "no page", ON_SAVED, -EINVAL, 0, 0, VICTIM_GFN + 1),
    DC(vuart_op, "a page", ON_SAVED, 0, 0, 0, VICTIM_GFN),
    DC(vuart_op, "a second", ON_SAVED, -EINVAL, 0, 0, VICTIM_GFN),
    DC(unpausedomain, "one of no substance", ON_SAVED, 0),
    DC(vuart_op, "it runs", ON_SAVED, -EPERM, 0, 0, VICTIM_GFN),
    DC(bind_pt_irq, "dom0 has it", ON_SAVED, -EBUSY, 34, 4, 34),
    DC(unbind_pt_irq, "not bound", ON_SAVED, 0, 34, 4, 34),
    DC(destroydomain, "it as well", ON_SAVED, 0),

    { .op = "sysctl", .what = "no structure", .want = -EFAULT,
      .call = { .kind = RAW, .cmd = __HYPERVISOR_sysctl, .dom = NO_DOM } },
    { .op = "sysctl", .what = "another version", .want = -EACCES,
      .call = { .kind = SYSCTL, .cmd = XEN_SYSCTL_physinfo, .dom = NO_DOM,
                .version = true } },
    { .op = "sysctl", .what = "no such operation", .want = -ENOSYS,
      .call = { .kind = SYSCTL, .cmd = 999, .dom = NO_DOM } },
    SP(readconsole, "16 bytes", 0, 1u << 2, 0, 0, DATA, 0, 16),
    SC(readconsole, "nowhere", -EFAULT, 0, 0, 8, 0, 16),
    SC(physinfo, "all", 0), SC(sched_id, "all", 0), SC(availheap, "all", 0),
    SP(getdomaininfolist, "from 0 on", 0, 1u << 2, 0, 4, DATA),
    SC(getdomaininfolist, "nowhere", -EFAULT, 0, 4, 8),
    SP(debug_keys, "an unknown key", 0, 1, DATA, 0, 1),
    SC(debug_keys, "nowhere", -EFAULT, 8, 0, 1),
    SP(getcpuinfo, "of one", 0, 1u << 2, 1, 0, DATA),
    SC(getcpuinfo, "nowhere", -EFAULT, 1, 0, 8),
    SP(cputopoinfo, "of one", 0, 1u << 2, 1, 0, DATA),
    SC(cputopoinfo, "how many", 0),
    SC(cputopoinfo, "nowhere", -EFAULT, 1, 0, 8),
    SP(numainfo, "of one", 0, 1u << 2, 1, 0, DATA),
    SC(numainfo, "nowhere", -EFAULT, 1, 0, 8),
    SC(cpupool_op, "the first", 0, XEN_SYSCTL_CPUPOOL_OP_INFO, 0),
    SC(cpupool_op, "behind the last", -ENOENT, XEN_SYSCTL_CPUPOOL_OP_INFO,
       77),
    SC(scheduler_op, "no such pool", -ESRCH, 77, 5, 1),
    SC(scheduler_op, "another scheduler", -EINVAL, 0, 77, 1),
    SC(scheduler_op, "no such command", -EINVAL, 0, 5, 9),
    SC(scheduler_op, "get", 0, 0, 5, XEN_SYSCTL_SCHEDOP_getinfo),
    SC(scheduler_op, "a slice of 0 ms", -EINVAL, 0, 5,
       XEN_SYSCTL_SCHEDOP_putinfo, 0, 0, 1000),
    SC(scheduler_op, "a slice of 1001 ms", -EINVAL, 0, 5,
       XEN_SYSCTL_SCHEDOP_putinfo, 0, 1001, 1000),
    SC(scheduler_op, "put", 0, 0, 5, XEN_SYSCTL_SCHEDOP_putinfo, 0, 30, 1000),
    SC(coverage_op, "any", -EOPNOTSUPP),

    { .op = "platform", .what = "no structure", .want = -EFAULT,
      .call = { .kind = RAW, .cmd = __HYPERVISOR_platform_op,
                .dom = NO_DOM } },
    { .op = "platform", .what = "another version", .want = -EACCES,
      .call = { .kind = PLATFORM, .cmd = XENPF_settime64, .dom = NO_DOM,
                .version = true } },
    { .op = "platform", .what = "no such operation", .want = -ENOSYS,
      .call = { .kind = PLATFORM, .cmd = 1, .dom = NO_DOM } },
    PF("must be zero", -EINVAL, 1000, 0, 0, 1),
    PF("a second of ns", -EINVAL, 1000, 0, 1000000000),
    PF("a time", 0, 1000, 0, 5),
    { .what = NULL },
};
/* clang-format on */
