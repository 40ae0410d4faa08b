/* SPDX-License-Identifier: MIT */
/*
 * The part of the guest interface that is particular to ARM.
 *
 * A hypercall is HVC #0xEA1 with the number in r12 and up to five arguments
 * in r0 to r4; r0 holds the result. The argument registers that the call
 * uses and r12 may be changed, all others survive. Pointers in registers
 * are 32-bit virtual addresses of the caller; pointers in structures take
 * eight bytes, of which a 32-bit caller uses the low four.
 *
 * All memory that is shared with the hypervisor or another domain must be
 * normal, inner write-back cacheable and shareable.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_ARCH_ARM_H
#define XEN_PUBLIC_ARCH_ARM_H

#define XEN_HYPERCALL_TAG 0xEA1

#ifndef __ASSEMBLY__

#include <stdint.h>

/* A frame number, and a word of the event bitmaps: 64 bits everywhere. */
typedef uint64_t xen_pfn_t;
typedef uint64_t xen_ulong_t;

#define PRI_xen_pfn   PRIx64
#define PRIu_xen_pfn  PRIu64
#define PRI_xen_ulong PRIx64

/*
 * A guest pointer inside a structure. XEN_GUEST_HANDLE names the type,
 * which DEFINE_XEN_GUEST_HANDLE has made before.
 */
#define DEFINE_XEN_GUEST_HANDLE(type_)                                         \
    typedef union {                                                            \
        type_ *p;                                                              \
        uint64_t q;                                                            \
    } __attribute__((__aligned__(8))) xen_guest_handle_##type_
#define XEN_GUEST_HANDLE(type_)    xen_guest_handle_##type_
#define XEN_GUEST_HANDLE_64(type_) xen_guest_handle_##type_

#define set_xen_guest_handle(handle_, pointer_)                                \
    do {                                                                       \
        (handle_).q = 0;                                                       \
        (handle_).p = (pointer_);                                              \
    } while (0)
#define get_xen_guest_handle(var_, handle_) ((var_) = (handle_).p)

typedef uint64_t xen_callback_t;

/* Virtual CPUs that the two-level event ABI can hold in shared_info. */
#define XEN_LEGACY_MAX_VCPUS 1

/*
 * Registers of a vCPU, each in a slot of eight bytes where AArch64 would
 * put its own; names are those of ARMv7 modes.
 */
#define XEN_REG(name_) uint32_t name_ __attribute__((__aligned__(8)))
struct vcpu_guest_core_regs {
    XEN_REG(r0_usr);
    XEN_REG(r1_usr);
    XEN_REG(r2_usr);
    XEN_REG(r3_usr);
    XEN_REG(r4_usr);
    XEN_REG(r5_usr);
    XEN_REG(r6_usr);
    XEN_REG(r7_usr);
    XEN_REG(r8_usr);
    XEN_REG(r9_usr);
    XEN_REG(r10_usr);
    XEN_REG(r11_usr);
    XEN_REG(r12_usr);
    XEN_REG(sp_usr);
    XEN_REG(lr_usr);
    XEN_REG(unused_sp_hyp);
    XEN_REG(lr_irq);
    XEN_REG(sp_irq);
    XEN_REG(lr_svc);
    XEN_REG(sp_svc);
    XEN_REG(lr_abt);
    XEN_REG(sp_abt);
    XEN_REG(lr_und);
    XEN_REG(sp_und);
    XEN_REG(r8_fiq);
    XEN_REG(r9_fiq);
    XEN_REG(r10_fiq);
    XEN_REG(r11_fiq);
    XEN_REG(r12_fiq);
    XEN_REG(sp_fiq);
    XEN_REG(lr_fiq);
    XEN_REG(pc32);
    uint64_t cpsr;
    XEN_REG(spsr_svc);
    uint32_t spsr_fiq __attribute__((__aligned__(8)));
    uint32_t spsr_irq, spsr_und, spsr_abt;
    uint64_t sp_el0, sp_el1, elr_el1; /* AArch64 only */
};
#undef XEN_REG
typedef struct vcpu_guest_core_regs vcpu_guest_core_regs_t;

#define VGCF_online 1u /* flags: the vCPU is powered up */

/* XEN_DOMCTL_setvcpucontext, _getvcpucontext. */
struct vcpu_guest_context {
    uint32_t flags;
    struct vcpu_guest_core_regs user_regs;
    uint64_t sctlr;
    uint64_t ttbcr, ttbr0, ttbr1;
};
typedef struct vcpu_guest_context vcpu_guest_context_t;
DEFINE_XEN_GUEST_HANDLE(vcpu_guest_context_t);

/* clang-format off */
#define XEN_DOMCTL_CONFIG_GIC_NATIVE    0
#define XEN_DOMCTL_CONFIG_GIC_V2        1
#define XEN_DOMCTL_CONFIG_GIC_V3        2
#define XEN_DOMCTL_CONFIG_TEE_NONE      0
#define XEN_DOMCTL_CONFIG_TEE_OPTEE     1

/* CPSR with which a domain starts: SVC mode, A, I and F masked. */
#define PSR_GUEST32_INIT                0x400001d3

/* Guest physical memory map of domains that the toolstack builds. */
#define GUEST_VIRTIO_MMIO_BASE          0x02000000ull
#define GUEST_VIRTIO_MMIO_SIZE          0x00100000ull
#define GUEST_GICD_BASE                 0x03001000ull
#define GUEST_GICD_SIZE                 0x00001000ull
#define GUEST_GICC_BASE                 0x03002000ull
#define GUEST_GICC_SIZE                 0x00002000ull
#define GUEST_VPCI_ECAM_BASE            0x10000000ull
#define GUEST_VPCI_ECAM_SIZE            0x10000000ull
#define GUEST_ACPI_BASE                 0x20000000ull
#define GUEST_ACPI_SIZE                 0x02000000ull
#define GUEST_PL011_BASE                0x22000000ull
#define GUEST_PL011_SIZE                0x00001000ull
#define GUEST_GNTTAB_BASE               0x38000000ull
#define GUEST_GNTTAB_SIZE               0x01000000ull
#define GUEST_MAGIC_BASE                0x39000000ull
#define GUEST_MAGIC_SIZE                0x01000000ull
#define GUEST_RAM_BANKS                 2
#define GUEST_RAM0_BASE                 0x40000000ull
#define GUEST_RAM0_SIZE                 0xc0000000ull
#define GUEST_RAM1_BASE                 0x0200000000ull
#define GUEST_RAM1_SIZE                 0xfe00000000ull
#define GUEST_RAM_BASE                  GUEST_RAM0_BASE
#define GUEST_RAM_MAX                   (GUEST_RAM0_SIZE + GUEST_RAM1_SIZE)
#define GUEST_RAM_BANK_BASES            { GUEST_RAM0_BASE, GUEST_RAM1_BASE }
#define GUEST_RAM_BANK_SIZES            { GUEST_RAM0_SIZE, GUEST_RAM1_SIZE }

/* Pages at GUEST_MAGIC_BASE, in this order. */
#define GUEST_MAGIC_CONSOLE             0
#define GUEST_MAGIC_XENSTORE            1
#define GUEST_MAGIC_MEMACCESS           2
#define GUEST_MAGIC_VUART               3
#define NR_GUEST_MAGIC_PAGES            4

/* Private interrupts, and the shared one of the emulated UART. */
#define GUEST_TIMER_VIRT_PPI            27
#define GUEST_TIMER_PHYS_S_PPI          29
#define GUEST_TIMER_PHYS_NS_PPI         30
#define GUEST_EVTCHN_PPI                31
#define GUEST_VPL011_SPI                32
#define GUEST_VIRTIO_MMIO_SPI_FIRST     33
#define GUEST_VIRTIO_MMIO_SPI_LAST      43

#define GUEST_MAX_VCPUS                 128
/* clang-format on */

#endif /* __ASSEMBLY__ */

#endif /* XEN_PUBLIC_ARCH_ARM_H */
