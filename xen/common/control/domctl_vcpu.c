/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl on one vCPU: where it may run, what it did, its registers.
 *
 * Source: public/domctl.h, public/arch-arm.h; interface.md 3.14.
 * Layer:  9 (control).
 */
#include <asm/psr.h>

#include <public/errno.h>

#include <xen/context.h>
#include <xen/copy.h>
#include <xen/domain_create.h>
#include <xen/domctl.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

STATIC_ASSERT(sizeof(struct vcpu_guest_context) == 352);
STATIC_ASSERT(offsetof(struct vcpu_guest_context, user_regs.pc32) == 256);

/* All vCPUs that were promised at creation; -EINVAL: another number. */
int32_t domctl_max_vcpus(const struct domctl_call *c)
{
    int32_t rc = 0;

    if (c->op->u.max_vcpus.max != c->d->max_vcpus)
        return -EINVAL;
    for (uint32_t i = 0; !rc && i < c->d->max_vcpus; i++) {
        if (c->d->vcpu[i])
            continue;
        rc = domain_create_vcpu(c->d, i);
        if (!rc && preempt_wanted())
            rc = -ERESTART;
    }
    return rc;
}

/* vCPU @id: -EINVAL no domain of this kind has it, -ESRCH not made yet. */
static int32_t find_vcpu(struct domain *d, uint32_t id, struct vcpu **v)
{
    if (id >= d->max_vcpus)
        return -EINVAL;
    *v = domain_vcpu(d, id);
    return *v ? 0 : -ESRCH;
}

int32_t domctl_getvcpuinfo(const struct domctl_call *c)
{
    struct xen_domctl_getvcpuinfo *op = &c->op->u.getvcpuinfo;
    struct vcpu *v;
    uint32_t flags;
    int32_t rc = find_vcpu(c->d, op->vcpu, &v);

    if (rc)
        return rc;
    flags = READ_ONCE(v->pause_flags);
    op->online = !(flags & VP_DOWN);
    op->blocked = !!(flags & VP_BLOCKED);
    op->running = READ_ONCE(v->running);
    op->cpu_time = sched_vcpu_ns(v);
    op->cpu = v->sched.cpu;
    return 0;
}

/* ---- affinity ---- */

static int32_t affinity_check(const struct xen_domctl_vcpuaffinity *op)
{
    bool hard = op->flags & XEN_VCPUAFFINITY_HARD;
    bool soft = op->flags & XEN_VCPUAFFINITY_SOFT;

    if ((!hard && !soft) || (hard && handle_is_null(op->cpumap_hard.bitmap)) ||
        (soft && handle_is_null(op->cpumap_soft.bitmap)))
        return -EINVAL;
    return 0;
}

/* The vCPU that @c is about, and where it may and should run now. */
static int32_t affinity_now(const struct domctl_call *c, struct vcpu **v,
                            uint32_t *hard, uint32_t *soft)
{
    const struct xen_domctl_vcpuaffinity *op = &c->op->u.vcpuaffinity;
    int32_t rc = affinity_check(op);

    if (!rc)
        rc = find_vcpu(c->d, op->vcpu, v);
    if (!rc)
        sched_affinity_get(*v, hard, soft);
    return rc;
}

/* To the bitmaps that the caller wants filled. */
static int32_t affinity_tell(const struct xen_domctl_vcpuaffinity *op,
                             uint32_t hard, uint32_t soft)
{
    int32_t rc = 0;

    if (op->flags & XEN_VCPUAFFINITY_HARD)
        rc = control_bitmap_put(&op->cpumap_hard, hard);
    if (!rc && (op->flags & XEN_VCPUAFFINITY_SOFT))
        rc = control_bitmap_put(&op->cpumap_soft, soft);
    return rc;
}

/*
 * Sets, and tells in the caller's bitmaps what of it counts now: of the hard
 * one the CPUs that are there, of the soft one those that the hard one has.
 * -EBUSY: it has pinned itself for the time being (SCHEDOP_pin_override).
 */
int32_t domctl_setvcpuaffinity(const struct domctl_call *c)
{
    const struct xen_domctl_vcpuaffinity *op = &c->op->u.vcpuaffinity;
    uint32_t hard, soft;
    struct vcpu *v;
    int32_t rc = affinity_now(c, &v, &hard, &soft);

    if (rc)
        return rc;
    if ((op->flags & XEN_VCPUAFFINITY_HARD) && READ_ONCE(v->pin_saved))
        return -EBUSY;
    if (op->flags & XEN_VCPUAFFINITY_HARD)
        rc = control_bitmap_get(&hard, &op->cpumap_hard);
    if (!rc && (op->flags & XEN_VCPUAFFINITY_SOFT))
        rc = control_bitmap_get(&soft, &op->cpumap_soft);
    if (!rc)
        rc = sched_affinity_set(v, hard, soft);
    if (rc)
        return rc;

    hard &= sched_domain_cpus(c->d);
    return affinity_tell(op, hard, soft & hard);
}

int32_t domctl_getvcpuaffinity(const struct domctl_call *c)
{
    uint32_t hard, soft;
    struct vcpu *v;
    int32_t rc = affinity_now(c, &v, &hard, &soft);

    return rc ? rc : affinity_tell(&c->op->u.vcpuaffinity, hard, soft);
}

/* ---- registers ---- */

/* A mode that a guest can be in, in its 32-bit state. */
static bool mode_ok(uint64_t psr)
{
    if (psr >> 32)
        return false;
    switch ((uint32_t)psr & PSR_MODE_MASK) {
    case PSR_MODE_USR:
    case PSR_MODE_FIQ:
    case PSR_MODE_IRQ:
    case PSR_MODE_SVC:
    case PSR_MODE_ABT:
    case PSR_MODE_UND:
    case PSR_MODE_SYS:
        return true;
    default:
        return false;
    }
}

/* One that is 0 was never used. */
static bool spsr_ok(uint64_t psr)
{
    return psr == 0 || mode_ok(psr);
}

static bool context_ok(const struct vcpu_guest_context *g)
{
    const struct vcpu_guest_core_regs *r = &g->user_regs;

    return mode_ok(r->cpsr) && spsr_ok(r->spsr_svc) && spsr_ok(r->spsr_fiq) &&
           spsr_ok(r->spsr_irq) && spsr_ok(r->spsr_und) && spsr_ok(r->spsr_abt);
}

/* Our place of each register of the ABI's structure. */
struct reg_row {
    uint16_t abi, ours;
};

#define ABI(field_)  offsetof(struct vcpu_guest_core_regs, field_)
#define CORE(field_) offsetof(struct vcpu, regs.field_)
#define BANK(field_) offsetof(struct vcpu, context.banked.field_)

/* clang-format off */
static const struct reg_row reg_rows[] = {
    { ABI(r0_usr),  CORE(r[0]) },  { ABI(r1_usr),  CORE(r[1]) },
    { ABI(r2_usr),  CORE(r[2]) },  { ABI(r3_usr),  CORE(r[3]) },
    { ABI(r4_usr),  CORE(r[4]) },  { ABI(r5_usr),  CORE(r[5]) },
    { ABI(r6_usr),  CORE(r[6]) },  { ABI(r7_usr),  CORE(r[7]) },
    { ABI(r8_usr),  CORE(r[8]) },  { ABI(r9_usr),  CORE(r[9]) },
    { ABI(r10_usr), CORE(r[10]) }, { ABI(r11_usr), CORE(r[11]) },
    { ABI(r12_usr), CORE(r[12]) }, { ABI(lr_usr),  CORE(lr) },
    { ABI(pc32),    CORE(pc) },    { ABI(cpsr),    CORE(cpsr) },

    { ABI(sp_usr),  BANK(sp_usr) },
    { ABI(sp_irq),  BANK(sp_irq) }, { ABI(lr_irq), BANK(lr_irq) },
    { ABI(sp_svc),  BANK(sp_svc) }, { ABI(lr_svc), BANK(lr_svc) },
    { ABI(sp_abt),  BANK(sp_abt) }, { ABI(lr_abt), BANK(lr_abt) },
    { ABI(sp_und),  BANK(sp_und) }, { ABI(lr_und), BANK(lr_und) },
    { ABI(sp_fiq),  BANK(sp_fiq) }, { ABI(lr_fiq), BANK(lr_fiq) },
    { ABI(r8_fiq),  BANK(r8_fiq) }, { ABI(r9_fiq), BANK(r9_fiq) },
    { ABI(r10_fiq), BANK(r10_fiq) },
    { ABI(r11_fiq), BANK(r11_fiq) },
    { ABI(r12_fiq), BANK(r12_fiq) },
    { ABI(spsr_svc), BANK(spsr_svc) },
    { ABI(spsr_fiq), BANK(spsr_fiq) },
    { ABI(spsr_irq), BANK(spsr_irq) },
    { ABI(spsr_und), BANK(spsr_und) },
    { ABI(spsr_abt), BANK(spsr_abt) },
};
/* clang-format on */

static void regs_in(struct vcpu *v, const struct vcpu_guest_core_regs *r)
{
    for (size_t i = 0; i < ARRAY_SIZE(reg_rows); i++)
        memcpy((uint8_t *)v + reg_rows[i].ours,
               (const uint8_t *)r + reg_rows[i].abi, sizeof(uint32_t));
}

static void regs_out(const struct vcpu *v, struct vcpu_guest_core_regs *r)
{
    for (size_t i = 0; i < ARRAY_SIZE(reg_rows); i++)
        memcpy((uint8_t *)r + reg_rows[i].abi,
               (const uint8_t *)v + reg_rows[i].ours, sizeof(uint32_t));
}

/* It runs nowhere and struct vcpu has all of it, until vcpu_unpause. */
static void hold_still(struct vcpu *v)
{
    vcpu_pause_sync(v);
    context_evict(v);
}

static void reset(struct vcpu *v)
{
    context_reset(v);
    vgic_vcpu_reset(v);
    vtimer_vcpu_reset(v);
    vcpu_wake(v); /* what it waited for is nothing to the next one */
    v->context.initialised = false;
}

/*
 * A start state, or with a null pointer that of a new vCPU, powered down.
 * -EINVAL: no such vCPU, or a mode that is not a guest's. -EFAULT.
 */
int32_t domctl_setvcpucontext(const struct domctl_call *c)
{
    const struct xen_domctl_vcpucontext *op = &c->op->u.vcpucontext;
    struct vcpu *v = domain_vcpu(c->d, op->vcpu);
    struct vcpu_guest_context g = { 0 };
    bool down = handle_is_null(op->ctxt);

    if (!v)
        return -EINVAL;
    if (!down) {
        if (copy_from(&g, handle_va(op->ctxt)))
            return -EFAULT;
        if (!context_ok(&g))
            return -EINVAL;
    }

    hold_still(v);
    if (down) {
        reset(v);
    } else {
        regs_in(v, &g.user_regs);
        v->context.cp15.sctlr = (uint32_t)g.sctlr;
        v->context.cp15.ttbcr = (uint32_t)g.ttbcr;
        v->context.cp15.ttbr0 = g.ttbr0;
        v->context.cp15.ttbr1 = g.ttbr1;
        v->context.initialised = true;
    }
    if (down || !(g.flags & VGCF_online))
        vcpu_flags_set(v, VP_DOWN);
    else
        vcpu_flags_clear(v, VP_DOWN);
    vcpu_unpause(v);
    return 0;
}

/* -EINVAL no such vCPU, or the caller itself; -ENODATA it never started. */
int32_t domctl_getvcpucontext(const struct domctl_call *c)
{
    const struct xen_domctl_vcpucontext *op = &c->op->u.vcpucontext;
    struct vcpu *v = domain_vcpu(c->d, op->vcpu);
    struct vcpu_guest_context g;

    if (!v || v == c->caller)
        return -EINVAL;
    if (!v->context.initialised)
        return -ENODATA;

    memset(&g, 0, sizeof(g));
    hold_still(v);
    regs_out(v, &g.user_regs);
    g.sctlr = v->context.cp15.sctlr;
    g.ttbcr = v->context.cp15.ttbcr;
    g.ttbr0 = v->context.cp15.ttbr0;
    g.ttbr1 = v->context.cp15.ttbr1;
    if (!(READ_ONCE(v->pause_flags) & VP_DOWN))
        g.flags = VGCF_online;
    vcpu_unpause(v);
    return copy_to(handle_va(op->ctxt), &g) ? -EFAULT : 0;
}
