/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exceptions that end it all, told to people: what happened, registers,
 * backtrace.
 *
 * Source: ARM DDI 0406C.c B3.13.6 (HSR), B4.1 (HDFAR, HPFAR).
 * Layer:  10 (entry).
 */
#include <asm/entry.h>
#include <asm/hsr.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <xen/bug.h>
#include <xen/context.h>
#include <xen/hyp_map.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/string.h>

extern const struct bug_frame __bug_frames_start[], __bug_frames_end[];
extern char _stext[], _etext[];

#define mrs_reg(name_)                                                         \
    ({                                                                         \
        uint32_t mrs_val_;                                                     \
        __asm__ volatile(".arch_extension virt\n\tmrs %0, " name_              \
                         : "=r"(mrs_val_));                                    \
        mrs_val_;                                                              \
    })

/* Row of .bug_frames for an undefined instruction of ours, or NULL. */
static const struct bug_frame *bug_find(uint32_t pc)
{
    for (const struct bug_frame *b = __bug_frames_start; b < __bug_frames_end;
         b++)
        if ((uint32_t)b->pc == pc)
            return b;
    return NULL;
}

static const char *fault_name(uint32_t ec)
{
    switch (ec) {
    case HSR_EC_UNKNOWN:
        return "undefined instruction";
    case HSR_EC_IABT_HYP:
        return "prefetch abort";
    case HSR_EC_DABT_HYP:
        return "data abort";
    case HSR_EC_SVC:
        return "SVC";
    default:
        return "exception";
    }
}

static void dump_registers(const struct cpu_regs *regs, uint32_t sp)
{
    const uint32_t *r = regs->r;

    printk(LOG_ALWAYS, "pc  %08x sp  %08x lr  %08x cpsr %08x\n", regs->pc, sp,
           regs->lr, regs->cpsr);
    printk(LOG_ALWAYS, "r0  %08x r1  %08x r2  %08x r3  %08x\n", r[0], r[1],
           r[2], r[3]);
    printk(LOG_ALWAYS, "r4  %08x r5  %08x r6  %08x r7  %08x\n", r[4], r[5],
           r[6], r[7]);
    printk(LOG_ALWAYS, "r8  %08x r9  %08x r10 %08x fp  %08x r12 %08x\n", r[8],
           r[9], r[10], r[11], r[12]);
    printk(LOG_ALWAYS, "HSR %08x HDFAR %08x HPFAR %08x\n", sysreg_read(HSR),
           sysreg_read(HDFAR), sysreg_read(HPFAR));
}

/* entry.S: @f->r[0] is SP at the fault, r0 itself is in HIFAR. */
void trap_hyp_fault(const struct fault_frame *f)
{
    struct cpu_regs regs = { .lr = f->lr, .cpsr = mrs_reg("spsr") };
    uint32_t pc = mrs_reg("elr_hyp");
    uint32_t ec = sysreg_read(HSR) >> 26;
    const struct bug_frame *bug = ec == HSR_EC_UNKNOWN ? bug_find(pc) : NULL;
    const struct vcpu *v = current;

    memcpy(regs.r, f->r, sizeof(regs.r));
    regs.r[0] = sysreg_read(HIFAR);
    regs.pc = pc;

    console_force_sync();
    if (bug)
        printk(LOG_ALWAYS, "Xen BUG at %s:%u: %s\n", bug->file, bug->line,
               bug->what);
    else
        printk(LOG_ALWAYS, "Xen fault: %s at %08x, address %08x\n",
               fault_name(ec), pc, sysreg_read(HDFAR));
    dump_registers(&regs, f->r[0]);
    if (v)
        printk(LOG_ALWAYS, "current " VCPU_FMT ", guest pc %08x cpsr %08x\n",
               VCPU_ARG(v), v->regs.pc, v->regs.cpsr);
    backtrace_print(f->r[11], pc);
    if (bug)
        panic("BUG at %s:%u", bug->file, bug->line);
    panic("%s in the hypervisor", fault_name(ec));
}

/*
 * Hyp mode masks FIQ, and nothing uses the reset vector, so it is the guest
 * that was interrupted: these are its registers, as its mode sees them.
 */
void trap_unexpected(const struct vcpu *v)
{
    struct cpu_regs regs = { .pc = v->regs.pc, .cpsr = v->regs.cpsr };

    for (unsigned int n = 0; n < ARRAY_SIZE(regs.r); n++)
        regs.r[n] = guest_reg_get(v, n);
    regs.lr = guest_reg_get(v, 14);

    console_force_sync();
    printk(LOG_ALWAYS, "Xen fault: FIQ or reset vector, from " VCPU_FMT "\n",
           VCPU_ARG(v));
    dump_registers(&regs, guest_reg_get(v, 13));
    panic("FIQ or reset vector: the GIC's group 0 must stay with the "
          "firmware");
}
