/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB invalidation over all CPUs. A TLBI broadcast with DSB is enough, but on
 * a Cortex-A15 with erratum 798181 the DSB may end while another CPU still
 * has an access by an old translation under way; a DMB there ends it.
 *
 * Source: Cortex-A15 MPCore Software Developers Errata Notice, 798181.
 * Layer:  4 (core).
 */
#include <asm/barrier.h>
#include <asm/cpu.h>
#include <asm/tlb.h>

#include <stddef.h>

#include <xen/compiler.h>
#include <xen/smp.h>
#include <xen/tlbflush.h>

static void finish_accesses(void *arg)
{
    (void)arg;
    smp_mb();
}

void tlb_flush_hyp_finish(void)
{
    if (unlikely(cpu_erratum_798181() == ERRATUM_798181_FULL))
        smp_call(READ_ONCE(cpu_online_mask), finish_accesses, NULL);
}

void tlb_flush_domain(uint64_t vttbr, const uint32_t *running_mask)
{
    tlb_flush_guest_vmid(vttbr);
    if (unlikely(cpu_erratum_798181() == ERRATUM_798181_FULL))
        smp_call(READ_ONCE(*running_mask), finish_accesses, NULL);
}
