/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB invalidation: DSB before (table writes are visible to the walker), the
 * operation, DSB after (it is complete on all CPUs), ISB (and here).
 *
 * Source: ARM DDI 0406C.c B3.10.2 "TLB maintenance operations"; Cortex-A15
 *         MPCore Software Developers Errata Notice, 798181.
 * Layer:  2 (cpu).
 */
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/sysreg.h>
#include <asm/tlb.h>

/* Complete what was issued. The erratum wants a second TLBI and DSB. */
static void tlb_complete(void)
{
    dsb_ish();
    if (cpu_erratum_798181() != ERRATUM_798181_NONE) {
        sysreg_write(TLBIMVAIS, 0);
        dsb_ish();
    }
    isb();
}

void tlb_flush_hyp_va(uintptr_t va)
{
    dsb_ishst();
    sysreg_write(TLBIMVAHIS, va & ~0xfffu);
    tlb_complete();
}

void tlb_flush_hyp_all(void)
{
    dsb_ishst();
    sysreg_write(TLBIALLHIS, 0);
    tlb_complete();
}

/* TLBIALLIS in Hyp mode works on the VMID that VTTBR names (B4.2.2). */
void tlb_flush_guest_vmid(uint64_t vttbr)
{
    uint64_t mine = sysreg_read64(VTTBR);

    dsb_ishst();
    if (mine != vttbr) {
        sysreg_write64(VTTBR, vttbr);
        isb();
    }
    sysreg_write(TLBIALLIS, 0);
    tlb_complete();
    if (mine != vttbr) {
        sysreg_write64(VTTBR, mine);
        isb();
    }
}
