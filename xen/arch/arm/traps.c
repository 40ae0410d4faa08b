/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The trap table: every reason for which a guest comes to us, and who deals
 * with it. Then the way in and the way out.
 *
 * Source: ARM DDI 0406C.c B3.13.6 "Use of the HSR", B1.9.
 * Layer:  10 (entry).
 */
#include <asm/entry.h>
#include <asm/hsr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <xen/context.h>
#include <xen/copy.h>
#include <xen/guest_traps.h>
#include <xen/hypercall.h>
#include <xen/inject.h>
#include <xen/io.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/trap.h>

static trap_fn trap_unlisted;

static enum verdict never_inline trap_if(struct vcpu *v, uint32_t hsr,
                                         trap_fn *handler)
{
    return cond_check(v, hsr) ? handler(v, hsr) : V_DONE;
}

/*
 * An instruction may trap although its condition fails (B1.14.3); then it
 * is stepped over. CONDITIONAL makes of a handler one that looks first.
 */
#define CONDITIONAL(fn_)                                                       \
    static enum verdict if_##fn_(struct vcpu *v, uint32_t hsr)                 \
    {                                                                          \
        return likely(cond_is_always(hsr)) ? fn_(v, hsr)                       \
                                           : trap_if(v, hsr, fn_);             \
    }
CONDITIONAL(wfx_trap)
CONDITIONAL(cp15_access32)
CONDITIONAL(cp15_access64)
CONDITIONAL(cp14_access32)
CONDITIONAL(cp14_access_ls)
CONDITIONAL(cp14_access64)
CONDITIONAL(context_vfp_trap)
CONDITIONAL(cp10_access)
CONDITIONAL(vpsci_smc)

/* clang-format off */
/* entry.S calls the handlers: the rows are its, too. */
const struct trap trap_table[64] = {
    /* HSR.EC               handler              name       B3.13.6, file     */
    [HSR_EC_WFX]       = { if_wfx_trap,         "wfx" },     /* guest/cp15.c  */
    [HSR_EC_CP15_32]   = { if_cp15_access32,    "cp15-32" }, /* guest/cp15.c  */
    [HSR_EC_CP15_64]   = { if_cp15_access64,    "cp15-64" }, /* guest/cp15.c  */
    [HSR_EC_CP14_32]   = { if_cp14_access32,    "cp14-32" }, /* guest/cp15.c  */
    [HSR_EC_CP14_LS]   = { if_cp14_access_ls,   "cp14-ls" }, /* guest/cp15.c  */
    [HSR_EC_CP14_64]   = { if_cp14_access64,    "cp14-64" }, /* guest/cp15.c  */
    [HSR_EC_HCPTR]     = { if_context_vfp_trap, "vfp" },  /* guest/context.c  */
    [HSR_EC_CP10_ID]   = { if_cp10_access,      "cp10" },    /* guest/cp15.c  */
    [HSR_EC_HVC]       = { hypercall_trap,      "hvc" },     /* hypercall.c   */
    [HSR_EC_SMC]       = { if_vpsci_smc,        "smc" },     /* guest/vpsci.c */
    [HSR_EC_IABT_LOW]  = { p2m_iabt,            "iabt" },    /* guest/p2m.c   */
    [HSR_EC_DABT_LOW]  = { io_abort,            "dabt" },    /* guest/io.c    */
    /* The rest is not expected: an undefined instruction. */
    [0x00]          = { trap_unlisted, "" },
    [0x02]          = { trap_unlisted, "" },
    [0x09 ... 0x0b] = { trap_unlisted, "" },
    [0x0d ... 0x11] = { trap_unlisted, "" },
    [0x14 ... 0x1f] = { trap_unlisted, "" },
    [0x21 ... 0x23] = { trap_unlisted, "" },
    [0x25 ... 0x3f] = { trap_unlisted, "" },
};
/* clang-format on */

static enum verdict trap_unlisted(struct vcpu *v, uint32_t hsr)
{
    gprintk(LOG_DEBUG, "traps: " VCPU_FMT ": no handler for HSR %08x at %08x\n",
            VCPU_ARG(v), hsr, v->regs.pc);
    return V_UNDEF;
}

/* Deliver what a handler refused as the hardware would have. */
static void never_inline trap_refuse(struct vcpu *v, uint32_t hsr,
                                     enum verdict verdict)
{
    switch (verdict) {
    case V_UNDEF:
        inject_undef(v);
        break;
    case V_ABORT:
        if (hsr >> 26 == HSR_EC_IABT_LOW)
            inject_pabt_external(v, sysreg_read(HIFAR));
        else
            inject_dabt_external(v, sysreg_read(HDFAR),
                                 field_get(hsr, DABT_WNR));
        break;
    case V_CRASH:
        domain_crash(v->domain, trap_table[hsr >> 26].name);
        break;
    case V_DONE:
    case V_RETRY:
    default:
        break;
    }
}

/*
 * What is left to do after a handler. V_RETRY, and V_DONE in ARM state, are
 * entry.S's own.
 */
void trap_finish(struct vcpu *v, uint32_t hsr, enum verdict verdict)
{
    if (verdict == V_DONE)
        cond_advance(v, hsr);
    else
        trap_refuse(v, hsr, verdict);
}

/* HCR.AMO brought a guest's asynchronous abort here: hand it back. */
void trap_guest_async_abort(struct vcpu *v)
{
    inject_async_abort(v);
}

/*
 * Way out when this CPU's softirq word is not 0: run handlers until it is.
 * SOFTIRQ_SCHED may have changed `current`; with nobody to run it idles
 * inside, so there is always a vCPU to return. What raises them again and
 * again (timers, a domain that others have to let go) holds off no interrupt.
 */
struct vcpu *leave_to_guest(void)
{
    softirq_run();
    while (unlikely(READ_ONCE(this_cpu(softirq_pending)))) {
        irq_window();
        softirq_run();
    }
    return current;
}
