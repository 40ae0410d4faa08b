/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB invalidation, inner shareable, complete (DSB, ISB) on return. Each
 * ends with the dummy operation of Cortex-A15 erratum 798181 where the CPU
 * needs it; the IPI part of that erratum is core/tlbflush.c's.
 *
 * Source: ARM DDI 0406C.c B3.10, B4.2.2; Cortex-A15 MPCore Software
 *         Developers Errata Notice, 798181. Layer: 2 (cpu).
 */
#ifndef ASM_TLB_H
#define ASM_TLB_H

#include <stdint.h>

/* Hyp's own translations: one page, all. */
void tlb_flush_hyp_va(uintptr_t va);
void tlb_flush_hyp_all(void);

/* All entries, stages 1 and 2, of the VMID in @vttbr, on all CPUs. */
void tlb_flush_guest_vmid(uint64_t vttbr);

#endif /* ASM_TLB_H */
