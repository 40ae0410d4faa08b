/* SPDX-License-Identifier: MIT */
/*
 * The guest interface: hypercall numbers, domain ids, virtual interrupts,
 * and the page that each domain shares with the hypervisor.
 *
 * Source: the Xen 4.17 guest ABI, as interface of Linux 6.1 and of the
 * 4.17 tools. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_XEN_H
#define XEN_PUBLIC_XEN_H

#include "arch-arm.h"

/* clang-format off */
/* Hypercalls, by number in r12. The others of Xen's list answer -ENOSYS. */
#define __HYPERVISOR_sched_op_compat           6
#define __HYPERVISOR_platform_op               7
#define __HYPERVISOR_memory_op                12
#define __HYPERVISOR_multicall                13
#define __HYPERVISOR_set_timer_op             15
#define __HYPERVISOR_event_channel_op_compat  16
#define __HYPERVISOR_xen_version              17
#define __HYPERVISOR_console_io               18
#define __HYPERVISOR_physdev_op_compat        19
#define __HYPERVISOR_grant_table_op           20
#define __HYPERVISOR_vm_assist                21
#define __HYPERVISOR_vcpu_op                  24
#define __HYPERVISOR_mmuext_op                26
#define __HYPERVISOR_xsm_op                   27
#define __HYPERVISOR_nmi_op                   28
#define __HYPERVISOR_sched_op                 29
#define __HYPERVISOR_callback_op              30
#define __HYPERVISOR_xenoprof_op              31
#define __HYPERVISOR_event_channel_op         32
#define __HYPERVISOR_physdev_op               33
#define __HYPERVISOR_hvm_op                   34
#define __HYPERVISOR_sysctl                   35
#define __HYPERVISOR_domctl                   36
#define __HYPERVISOR_kexec_op                 37
#define __HYPERVISOR_tmem_op                  38
#define __HYPERVISOR_argo_op                  39
#define __HYPERVISOR_xenpmu_op                40
#define __HYPERVISOR_dm_op                    41
#define __HYPERVISOR_hypfs_op                 42

/* Domain ids that no domain can have. */
#define DOMID_FIRST_RESERVED 0x7ff0u
#define DOMID_SELF           0x7ff0u /* the caller                         */
#define DOMID_IO             0x7ff1u /* owner of device registers          */
#define DOMID_XEN            0x7ff2u /* owner of the hypervisor's pages    */
#define DOMID_COW            0x7ff3u
#define DOMID_INVALID        0x7ff4u /* nobody                             */
#define DOMID_IDLE           0x7fffu
#define DOMID_MASK           0x7fffu

/*
 * Virtual interrupts, delivered as events. V: one for each vCPU; the others
 * exist once, for the domain that handles them, and are bound on vCPU 0.
 */
#define VIRQ_TIMER       0 /* V: timer of vcpu_op                          */
#define VIRQ_DEBUG       1 /* V: a person asks for a state dump            */
#define VIRQ_CONSOLE     2 /* characters wait for the hardware domain      */
#define VIRQ_DOM_EXC     3 /* a domain stopped, or is gone                 */
#define VIRQ_TBUF        4 /* trace buffers want to be emptied             */
#define VIRQ_DEBUGGER    6 /* a debugged domain has stopped                */
#define VIRQ_XENOPROF    7 /* V                                            */
#define VIRQ_CON_RING    8 /* the console ring has new text                */
#define VIRQ_PCPU_STATE  9
#define VIRQ_MEM_EVENT  10
#define VIRQ_ARGO       11
#define VIRQ_ENOMEM     12 /* free memory is getting short                 */
#define VIRQ_XENPMU     13 /* V                                            */
#define VIRQ_ARCH_0     16
#define VIRQ_ARCH_7     23
#define NR_VIRQS        24u

/* vm_assist: r0 and r1. */
#define VMASST_CMD_enable                0
#define VMASST_CMD_disable               1
#define VMASST_TYPE_runstate_update_flag 5

/* console_io: r0. */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1
/* clang-format on */

#ifndef __ASSEMBLY__

typedef uint16_t domid_t;
typedef uint8_t xen_domain_handle_t[16];

/* Handles of the plain types. */
DEFINE_XEN_GUEST_HANDLE(char);
DEFINE_XEN_GUEST_HANDLE(int);
DEFINE_XEN_GUEST_HANDLE(void);
DEFINE_XEN_GUEST_HANDLE(uint8_t);
DEFINE_XEN_GUEST_HANDLE(uint16_t);
DEFINE_XEN_GUEST_HANDLE(uint32_t);
DEFINE_XEN_GUEST_HANDLE(uint64_t);
DEFINE_XEN_GUEST_HANDLE(xen_pfn_t);
DEFINE_XEN_GUEST_HANDLE(xen_ulong_t);

/* One call of a list for __HYPERVISOR_multicall. */
struct multicall_entry {
    xen_ulong_t op;
    xen_ulong_t result;
    xen_ulong_t args[6];
};
typedef struct multicall_entry multicall_entry_t;
DEFINE_XEN_GUEST_HANDLE(multicall_entry_t);

/* Events of the two-level ABI: 64 words of 64 bits. */
#define EVTCHN_2L_NR_CHANNELS 4096

/* Not filled in on ARM: guests read the generic timer. */
struct vcpu_time_info {
    uint32_t version;
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time;
    uint32_t tsc_to_system_mul;
    int8_t tsc_shift;
    uint8_t flags;
    uint8_t pad1[2];
};
typedef struct vcpu_time_info vcpu_time_info_t;

/*
 * What a vCPU shares with the hypervisor. It is in shared_info for vCPU 0
 * and wherever VCPUOP_register_vcpu_info puts it.
 *
 * The hypervisor sets the bit of a word in evtchn_pending_sel when it sets
 * a bit in that word of evtchn_pending, and evtchn_upcall_pending with the
 * first bit in evtchn_pending_sel; that is when the event interrupt comes.
 * The guest clears evtchn_upcall_pending, takes (exchanges) the selector,
 * and clears each bit that it has served.
 */
struct vcpu_info {
    uint8_t evtchn_upcall_pending;
    uint8_t pad0;
    xen_ulong_t evtchn_pending_sel __attribute__((__aligned__(8)));
    struct vcpu_time_info time __attribute__((__aligned__(8)));
};
typedef struct vcpu_info vcpu_info_t;

/* The page that XENMEM_add_to_physmap, XENMAPSPACE_shared_info maps. */
struct shared_info {
    struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
    xen_ulong_t evtchn_pending[64];
    xen_ulong_t evtchn_mask[64]; /* 1: do not tell the vCPU              */
    /*
     * Wall-clock time when the guest's counter was 0, in seconds since
     * 1970 (wc_sec_hi: upper half) and ns; valid while wc_version is even
     * and did not change during the read.
     */
    uint32_t wc_version;
    uint32_t wc_sec;
    uint32_t wc_nsec;
    uint32_t wc_sec_hi;
};
typedef struct shared_info shared_info_t;

/* A bitmap of the control interface: bytes, lowest bit first. */
struct xenctl_bitmap {
    XEN_GUEST_HANDLE_64(uint8_t) bitmap;
    uint32_t nr_bits;
} __attribute__((__aligned__(8)));
typedef struct xenctl_bitmap xenctl_bitmap_t;

#endif /* __ASSEMBLY__ */

#endif /* XEN_PUBLIC_XEN_H */
