/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercall table, continuations, and lists of calls.
 *
 * A handler that wants to go on later has written the arguments for that
 * into the guest's registers and returns -ERESTART; the PC goes back onto
 * the HVC, which is four bytes long in ARM and Thumb state, and the guest
 * makes the call again after its interrupts.
 *
 * Source: interface.md 1; ARM DDI 0406C.c B9.3.4 "HVC".
 * Layer:  10 (entry).
 */
#include <asm/hsr.h>

#include <public/errno.h>
#include <public/xen.h>

#include <xen/copy.h>
#include <xen/guest_traps.h>
#include <xen/hypercall.h>
#include <xen/softirq.h>
#include <xen/trace.h>
#include <xen/vcpu.h>

static hypercall_fn multicall;

struct hypercall {
    hypercall_fn *fn;
    uint32_t nr_args;
};

/* A power of two, which makes index_nospec one instruction. */
#define ROWS 64u

/* clang-format off */
static const struct hypercall table[ROWS] = {
    /*                                    handler        arguments */
    [__HYPERVISOR_platform_op]       = { platform_op,      1 },
    [__HYPERVISOR_memory_op]         = { memory_op,        2 },
    [__HYPERVISOR_multicall]         = { multicall,        2 },
    [__HYPERVISOR_xen_version]       = { xen_version,      2 },
    [__HYPERVISOR_console_io]        = { console_io,       3 },
    [__HYPERVISOR_grant_table_op]    = { grant_table_op,   3 },
    [__HYPERVISOR_vm_assist]         = { vm_assist,        2 },
    [__HYPERVISOR_vcpu_op]           = { vcpu_op,          3 },
    [__HYPERVISOR_sched_op]          = { sched_op,         2 },
    [__HYPERVISOR_event_channel_op]  = { event_channel_op, 2 },
    [__HYPERVISOR_hvm_op]            = { hvm_op,           2 },
    [__HYPERVISOR_sysctl]            = { sysctl_op,        1 },
    [__HYPERVISOR_domctl]            = { domctl_op,        1 },
    /* All others answer -ENOSYS; physdev_op and xsm_op are among them on
     * purpose (interface.md 3.11, 3.13), and the three old forms. */
};
/* clang-format on */

#define HVC_SIZE 4u

/* The row of call @nr, or NULL; @nr is the guest's. */
static const struct hypercall *lookup(uint32_t nr)
{
    const struct hypercall *row;

    if (unlikely(nr >= ROWS))
        return NULL;
    row = &table[index_nospec(nr, ROWS)];
    return likely(row->fn != NULL) ? row : NULL;
}

void hypercall_record(uint32_t event, uint32_t nr, const uint32_t *arg)
{
    const struct hypercall *row = lookup(nr);
    uint32_t extra[TRACE_EXTRA_MAX] = { nr & ~TRC_PV_HYPERCALL_V2_ARG_MASK };
    uint32_t nr_args = row ? row->nr_args : 0;

    for (uint32_t i = 0; i < nr_args; i++) {
        extra[0] |= TRC_PV_HYPERCALL_V2_ARG_32(i);
        extra[1 + i] = arg[i];
    }
    trace_record(event, extra, 1 + nr_args);
}

/*
 * The ABI lets a call change the argument registers that it uses, and r12.
 * Debug builds do so, to find guests that rely on less.
 */
#ifdef CONFIG_DEBUG
static void clobber(struct vcpu *v, uint32_t nr_args)
{
    for (uint32_t i = 1; i < nr_args; i++)
        v->regs.r[i] = 0xdeadbeef;
    v->regs.r[12] = 0xdeadbeef;
}
#else
static void clobber(struct vcpu *v, uint32_t nr_args)
{
    (void)v;
    (void)nr_args;
}
#endif

enum verdict hypercall_trap(struct vcpu *v, uint32_t hsr)
{
    uint32_t imm = field_get(hsr, HVC_IMM);
    const struct hypercall *row;
    int32_t rc;

    if (unlikely(imm != XEN_HYPERCALL_TAG)) {
        if (imm == 0)
            return vpsci_hvc(v, hsr);
        /* HVC has moved the PC on; what is undefined is the instruction. */
        v->regs.pc -= HVC_SIZE;
        return V_UNDEF;
    }

    row = lookup(v->regs.r[12]);
    if (unlikely(!row)) {
        v->regs.r[0] = (uint32_t)-ENOSYS;
        return V_RETRY;
    }

    rc = row->fn(v, v->regs.r);
    if (unlikely(rc == -ERESTART)) {
        v->regs.pc -= HVC_SIZE;
        return V_RETRY;
    }
    clobber(v, row->nr_args);
    v->regs.r[0] = (uint32_t)rc;
    return V_RETRY;
}

/*
 * One call of a list. A 64-bit argument that does not fit in a register is
 * a bug of the guest that must not become another argument.
 *
 * Returns the call's result, -ERESTART with the entry's arguments changed,
 * or, with the domain crashed, -EINVAL.
 */
static int32_t call_entry(struct vcpu *v, struct multicall_entry *e)
{
    uint32_t arg[ARRAY_SIZE(e->args)] = { 0 };
    const struct hypercall *row;
    int32_t rc;

    row = e->op < ROWS ? lookup((uint32_t)e->op) : NULL;
    if (!row)
        return -ENOSYS;
    if (row->fn == multicall)
        return -EINVAL;

    for (uint32_t i = 0; i < row->nr_args; i++) {
        if (e->args[i] >> 32) {
            domain_crash(v->domain, "multicall argument beyond 32 bits");
            return -EINVAL;
        }
        arg[i] = (uint32_t)e->args[i];
    }

    if (trace_wants(TRC_PV_HYPERCALL_SUBCALL))
        hypercall_record(TRC_PV_HYPERCALL_SUBCALL, (uint32_t)e->op, arg);
    rc = row->fn(v, arg);
    if (rc == -ERESTART) {
        for (uint32_t i = 0; i < row->nr_args; i++)
            e->args[i] = arg[i];
    }
    return rc;
}

/*
 * r0: array of multicall_entry, r1: their number; both advance. -EFAULT
 * when an entry cannot be read or its result not written. Behind an entry
 * that stops the vCPU (a crash, a shutdown, a wait) none is made before it
 * runs again.
 */
static int32_t multicall(struct vcpu *v, uint32_t *arg)
{
    struct multicall_entry e;
    guest_ptr_t at;
    int32_t rc;

    while (arg[1] != 0) {
        at = arg[0];
        if (copy_from(&e, at))
            return -EFAULT;

        rc = call_entry(v, &e);
        if (rc == -ERESTART) {
            /* Its progress is in the list, for the next attempt. */
            if (copy_to(at, &e))
                return -EFAULT;
            return -ERESTART;
        }

        e.result = (xen_ulong_t)(int64_t)rc;
        if (copy_to_guest(at + offsetof(struct multicall_entry, result),
                          &e.result, sizeof(e.result)))
            return -EFAULT;
        arg[0] = at + sizeof(e);
        arg[1]--;
        if (arg[1] != 0 && (!vcpu_runnable(v) || preempt_wanted()))
            return -ERESTART;
    }
    return 0;
}
