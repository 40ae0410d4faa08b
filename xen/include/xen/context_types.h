/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of a vCPU that is saved only when the vCPU of a pCPU changes.
 * Functions: xen/context.h. Layer: 5 (domain).
 */
#ifndef XEN_CONTEXT_TYPES_H
#define XEN_CONTEXT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <asm/regs.h>

struct vfp_state {
    uint64_t d[32];
    uint32_t fpexc, fpscr, fpinst, fpinst2;
};

/* One table (guest/context.c) drives save, restore, reset and leak test. */
struct cp15_state {
    uint32_t sctlr, actlr, cpacr, csselr;
    uint64_t ttbr0, ttbr1;
    uint32_t ttbcr, dacr;
    uint32_t dfsr, ifsr, adfsr, aifsr, dfar, ifar;
    uint64_t par;
    uint32_t prrr, nmrr, amair0, amair1;
    uint32_t vbar, fcseidr, contextidr, tpidrurw, tpidruro, tpidrprw;
    uint32_t cntkctl;
    uint32_t teecr, teehbr, joscr, jmcr;
};

#define VFP_NOWHERE (-1)

struct vcpu_context {
    struct cpu_banked banked;
    struct cp15_state cp15;
    struct vfp_state vfp;
    uint32_t vmpidr;
    uint32_t hcr;        /* HCR while this vCPU runs                       */
    uint32_t cache_cpus; /* pCPUs whose caches may hold lines that it wrote,
                            since set/way operations last swept them       */
    uint32_t on_claim;   /* atomic: a CPU_ON of this vCPU is under way     */
    int8_t vfp_cpu;      /* pCPU whose VFP registers hold the newest state
                            or a copy of it; VFP_NOWHERE: .vfp only        */
    bool initialised;    /* has a start state (setvcpucontext, CPU_ON, dom0) */
};

#endif /* XEN_CONTEXT_TYPES_H */
