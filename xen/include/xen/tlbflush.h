/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Invalidating translations on all CPUs, with the inter-processor step of
 * Cortex-A15 erratum 798181.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_TLBFLUSH_H
#define XEN_TLBFLUSH_H

#include <stdint.h>

/*
 * After tlb_flush_hyp_va() or _all() and before the pages are given back:
 * no CPU has an access by the old translation under way. Locks: as smp_call.
 */
void tlb_flush_hyp_finish(void);

/*
 * Drop all entries of the VMID in @vttbr. @running_mask: the CPUs that may
 * run that VMID, looked at when the entries are gone, as who comes later
 * finds none. Complete on return. Locks: as smp_call.
 */
void tlb_flush_domain(uint64_t vttbr, const uint32_t *running_mask);

#endif /* XEN_TLBFLUSH_H */
