/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traps and hypercalls in the trace. While they are traced a CPU's vectors
 * are others, which come here before the handler.
 *
 * Source: public/trace.h; ARM DDI 0406C.c B3.13.6 "Use of the HSR".
 * Layer:  10 (entry).
 */
#include <asm/barrier.h>
#include <asm/entry.h>
#include <asm/hsr.h>
#include <asm/sysreg.h>

#include <public/xen.h>

#include <xen/hypercall.h>
#include <xen/softirq.h>
#include <xen/trace.h>

enum verdict trap_traced(struct vcpu *v, uint32_t hsr)
{
    uint32_t ec = hsr >> 26;
    uint32_t far = 0;

    if (ec == HSR_EC_IABT_LOW)
        far = sysreg_read(HIFAR);
    else if (ec == HSR_EC_DABT_LOW)
        far = sysreg_read(HDFAR);

    if (ec == HSR_EC_HVC && field_get(hsr, HVC_IMM) == XEN_HYPERCALL_TAG)
        hypercall_record(TRC_PV_HYPERCALL_V2, v->regs.r[12], v->regs.r);
    else
        trace4(TRC_ARM_TRAP | ec, TRACE_VCPU(v), v->regs.pc, hsr, far);
    return trap_table[ec].handler(v, hsr);
}

static void choose_vectors(void)
{
    bool traced = trace_wants(TRC_PV_HYPERCALL_V2 | TRC_ARM_TRAP);

    sysreg_write(HVBAR, (uint32_t)(traced ? hyp_vectors_traced : hyp_vectors));
    isb();
}

void trace_traps_init(void)
{
    softirq_open(SOFTIRQ_TRACE, choose_vectors);
}
