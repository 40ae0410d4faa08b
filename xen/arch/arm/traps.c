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
#include <xen/p2m.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/softirq.h>
#include <xen/trap.h>

struct trap {
    const char *name;
    trap_fn *handler;
    bool conditional; /* may trap although its condition fails (B1.14.3) */
};

static trap_fn trap_unlisted;

/* clang-format off */
static const struct trap trap_table[64] = {
    /* HSR.EC              name       handler           cond.    in */
    [HSR_EC_WFX]       = { "wfx",     wfx_trap,         true  }, /* cp15.c */
    [HSR_EC_CP15_32]   = { "cp15-32", cp15_access32,    true  }, /* cp15.c */
    [HSR_EC_CP15_64]   = { "cp15-64", cp15_access64,    true  }, /* cp15.c */
    [HSR_EC_CP14_32]   = { "cp14-32", cp14_access32,    true  }, /* cp15.c */
    [HSR_EC_CP14_LS]   = { "cp14-ls", cp14_access_ls,   true  }, /* cp15.c */
    [HSR_EC_CP14_64]   = { "cp14-64", cp14_access64,    true  }, /* cp15.c */
    [HSR_EC_HCPTR]     = { "vfp",     context_vfp_trap, true  }, /* context.c */
    [HSR_EC_CP10_ID]   = { "cp10",    cp10_access,      true  }, /* cp15.c */
    [HSR_EC_HVC]       = { "hvc",     hypercall_trap,   false },
    [HSR_EC_SMC]       = { "smc",     vpsci_smc,        true  }, /* vpsci.c */
    [HSR_EC_IABT_LOW]  = { "iabt",    p2m_iabt,         false }, /* p2m.c */
    [HSR_EC_DABT_LOW]  = { "dabt",    io_abort,         false }, /* io.c */
};                  /* an empty row injects an undefined instruction */
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

/* Way in: entry.S has saved the frame in @v. */
void trap_guest_sync(struct vcpu *v, uint32_t hsr)
{
    const struct trap *t = &trap_table[hsr >> 26];
    enum verdict verdict;

    if (unlikely(!t->handler)) {
        trap_refuse(v, hsr, trap_unlisted(v, hsr));
        return;
    }
    if (t->conditional && unlikely(!cond_passes(v, hsr))) {
        cond_advance(v, hsr);
        return;
    }

    verdict = t->handler(v, hsr);
    if (verdict == V_DONE)
        cond_advance(v, hsr);
    else if (unlikely(verdict != V_RETRY))
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
 * inside, so there is always a vCPU to return.
 */
struct vcpu *leave_to_guest(void)
{
    while (READ_ONCE(this_cpu(softirq_pending)))
        softirq_run();
    return current;
}

void trap_unexpected(void)
{
    panic("FIQ or reset vector: the GIC's group 0 must stay with the "
          "firmware");
}
