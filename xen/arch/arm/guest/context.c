/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of a vCPU that its pCPU holds: what must change when the vCPU
 * does. Tables of registers below; what is not in them is either saved on
 * each trap (struct cpu_regs), belongs to the vGIC or the timer, or traps
 * (guest/cp15.c), so that no guest sees what another wrote.
 *
 * Registers of PL1 change while in Hyp mode, where the hardware does not
 * walk a guest's tables by itself; so their order does not matter.
 *
 * Source: ARM DDI 0406C.c B3.17 (CP15 registers), B1.3.2 (banked registers),
 *         B8 (timers); ARM DDI 0438 4.3 (Cortex-A15); interface.md 2.1.
 * Layer:  6 (guest).
 */
#include <asm/banked.h>
#include <asm/barrier.h>
#include <asm/hcr.h>
#include <asm/hsr.h>
#include <asm/lpae.h>
#include <asm/psr.h>
#include <asm/sysreg.h>

#include <asm/guest/cp15.h>
#include <asm/guest/vfp.h>

#include <xen/context.h>
#include <xen/p2m.h>
#include <xen/smp.h>
#include <xen/string.h>
#include <xen/trap.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#define ISR_A BIT(8) /* a physical asynchronous abort waits, B4.1.83 */

DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);
DEFINE_PER_CPU(bool, abort_told);

/* Whose registers this pCPU's VFP holds, if that one's .vfp_cpu agrees. */
static DEFINE_PER_CPU(struct vcpu *, vfp_owner);

/*
 * CP15 and CP14: register, field of struct cp15_state, value after reset.
 * SCTLR: B4.1.130, with the bits that are one on Cortex-A15; MMU, caches
 * and alignment checks off.
 */
/* clang-format off */
#define CP15_TABLE(R32, R64, C14)                                              \
    R32(SCTLR,      sctlr,      0x00c50078u)                                   \
    R32(CPACR,      cpacr,      0)                                             \
    R32(CSSELR,     csselr,     0)                                             \
    R64(TTBR0_64,   ttbr0,      0)                                             \
    R64(TTBR1_64,   ttbr1,      0)                                             \
    R32(TTBCR,      ttbcr,      0)                                             \
    R32(DACR,       dacr,       0)                                             \
    R32(DFSR,       dfsr,       0)                                             \
    R32(IFSR,       ifsr,       0)                                             \
    R32(ADFSR,      adfsr,      0)                                             \
    R32(AIFSR,      aifsr,      0)                                             \
    R32(DFAR,       dfar,       0)                                             \
    R32(IFAR,       ifar,       0)                                             \
    R64(PAR_64,     par,        0)                                             \
    R32(PRRR,       prrr,       0)                                             \
    R32(NMRR,       nmrr,       0)                                             \
    R32(AMAIR0,     amair0,     0)                                             \
    R32(AMAIR1,     amair1,     0)                                             \
    R32(VBAR,       vbar,       0)                                             \
    R32(FCSEIDR,    fcseidr,    0)                                             \
    R32(CONTEXTIDR, contextidr, 0)                                             \
    R32(TPIDRURW,   tpidrurw,   0)                                             \
    R32(TPIDRURO,   tpidruro,   0)                                             \
    R32(TPIDRPRW,   tpidrprw,   0)                                             \
    R32(CNTKCTL,    cntkctl,    0)                                             \
    C14(TEECR,      teecr,      0)                                             \
    C14(TEEHBR,     teehbr,     0)                                             \
    C14(JOSCR,      joscr,      0)                                             \
    C14(JMCR,       jmcr,       0)

/* Names of struct cpu_banked are those of the assembler. */
#define BANKED_TABLE(B)                                                        \
    B(sp_usr)                                                                  \
    B(sp_svc) B(lr_svc) B(spsr_svc)                                            \
    B(sp_abt) B(lr_abt) B(spsr_abt)                                            \
    B(sp_und) B(lr_und) B(spsr_und)                                            \
    B(sp_irq) B(lr_irq) B(spsr_irq)                                            \
    B(r8_fiq) B(r9_fiq) B(r10_fiq) B(r11_fiq) B(r12_fiq)                       \
    B(sp_fiq) B(lr_fiq) B(spsr_fiq)
/* clang-format on */

#define SAVE32(reg_, field_, reset_) c->field_ = sysreg_read(reg_);
#define SAVE64(reg_, field_, reset_) c->field_ = sysreg_read64(reg_);
#define SAVE14(reg_, field_, reset_) c->field_ = cp14_read(reg_);
#define LOAD32(reg_, field_, reset_) sysreg_write(reg_, c->field_);
#define LOAD64(reg_, field_, reset_) sysreg_write64(reg_, c->field_);
#define LOAD14(reg_, field_, reset_) cp14_write(reg_, c->field_);
#define RESET(reg_, field_, reset_)  c->field_ = (reset_);
#define SAVE_BANKED(name_)           b->name_ = banked_read(name_);
#define LOAD_BANKED(name_)           banked_write(name_, b->name_);

static void cp15_save(struct cp15_state *c)
{
    CP15_TABLE(SAVE32, SAVE64, SAVE14)
}

static void cp15_load(const struct cp15_state *c)
{
    CP15_TABLE(LOAD32, LOAD64, LOAD14)
}

static void cp15_reset(struct cp15_state *c)
{
    CP15_TABLE(RESET, RESET, RESET)
    /* Not the guest's to write: it reads what the CPU has. */
    c->actlr = sysreg_read(ACTLR);
}

static void banked_save(struct cpu_banked *b)
{
    BANKED_TABLE(SAVE_BANKED)
}

static void banked_load(const struct cpu_banked *b)
{
    BANKED_TABLE(LOAD_BANKED)
}

/* ---- VFP: loaded at the first use, saved when the vCPU leaves ---- */

static bool vfp_is_here(const struct vcpu *v)
{
    return this_cpu(vfp_owner) == v &&
           v->context.vfp_cpu == (int8_t)smp_cpu_id();
}

enum verdict context_vfp_trap(struct vcpu *v, uint32_t hsr)
{
    uint32_t coproc = field_get(hsr, HCPTR_COPROC);

    if (coproc != 10 && coproc != 11)
        return V_UNDEF;

    sysreg_write(HCPTR, HCPTR_GUEST);
    isb();
    vfp_restore(&v->context.vfp);
    this_cpu(vfp_owner) = v;
    v->context.vfp_cpu = (int8_t)smp_cpu_id();
    return V_RETRY;
}

/* ---- load and save ---- */

/*
 * An asynchronous abort of what @v did, which waits since we have A masked,
 * would be taken from the next guest: @v gets it, and that one is not told
 * (inject_async_abort).
 */
static void take_abort_along(struct vcpu *v)
{
    dsb_sy(); /* what it began is done, or the abort is pending now */
    if (likely(!(sysreg_read(ISR) & ISR_A)))
        return;
    v->context.hcr |= HCR_VA;
    this_cpu(abort_told) = true;
    vcpu_wake(v);
}

static void save(struct vcpu *v)
{
    vtimer_save(v);
    vgic_save(v);
    banked_save(&v->context.banked);
    cp15_save(&v->context.cp15);
    /* Hardware clears HCR.VA when the guest takes the abort (B1.9.12). */
    v->context.hcr = sysreg_read(HCR);
    take_abort_along(v);
    if (vfp_is_here(v))
        vfp_save(&v->context.vfp);
    p2m_leave(v->domain);

    this_cpu(loaded_vcpu) = NULL;
    smp_mb(); /* all of it is in memory before another CPU may load it */
    WRITE_ONCE(v->loaded_on, -1);
}

static void load(struct vcpu *v)
{
    unsigned int cpu = smp_cpu_id();

    smp_mb(); /* pairs with save */
    WRITE_ONCE(v->loaded_on, (int8_t)cpu);
    v->hyp_sp = this_cpu(hyp_stack_top);
    v->context.cache_cpus |= 1u << cpu;

    p2m_load(v->domain);
    cp15_load(&v->context.cp15);
    banked_load(&v->context.banked);
    sysreg_write(VMPIDR, v->context.vmpidr);
    sysreg_write64(CNTVOFF, v->domain->vtimer_offset);
    sysreg_write(HCR, v->context.hcr);
    sysreg_write(HCPTR, vfp_is_here(v) ? HCPTR_GUEST : HCPTR_GUEST | HCPTR_VFP);
    /* Its exclusive monitor may not keep what the last one tagged. */
    cpu_clrex();
    isb(); /* address translation operations use the new registers */

    this_cpu(loaded_vcpu) = v;
    vgic_load(v);
    vtimer_load(v);
}

void context_load(struct vcpu *v)
{
    struct vcpu *old = this_cpu(loaded_vcpu);

    if (old == v)
        return;
    if (old)
        save(old);
    load(v);
}

void context_unload(void)
{
    struct vcpu *old = this_cpu(loaded_vcpu);

    if (old)
        save(old);
}

static void evict_here(void *arg)
{
    struct vcpu *v = arg;

    if (this_cpu(loaded_vcpu) == v && !READ_ONCE(v->running))
        context_unload();
}

void context_evict(struct vcpu *v)
{
    int8_t cpu = READ_ONCE(v->loaded_on);

    if (cpu < 0)
        return;
    if (cpu == (int8_t)smp_cpu_id())
        evict_here(v);
    else
        smp_call_locking(1u << cpu, evict_here, v);
}

void context_reset(struct vcpu *v)
{
    memset(&v->regs, 0, sizeof(v->regs));
    v->regs.cpsr = PSR_GUEST_INIT;
    memset(&v->context.banked, 0, sizeof(v->context.banked));
    memset(&v->context.vfp, 0, sizeof(v->context.vfp));
    cp15_reset(&v->context.cp15);
    v->context.hcr = HCR_GUEST;
    v->context.vfp_cpu = VFP_NOWHERE;
    /* Multiprocessing extensions; Aff0 = vCPU (interface.md 2.1). */
    v->context.vmpidr = 0x80000000u | v->id;
}

void context_cpu_init(void)
{
    sysreg_write(HCPTR, HCPTR_GUEST); /* open: the IDs are read below */
    isb();
    cp15_cpu_init();
    sysreg_write(HCPTR, HCPTR_GUEST | HCPTR_VFP);

    sysreg_write(HCR, HCR_GUEST);
    sysreg_write(HSTR, HSTR_T15);
    sysreg_write(HDCR,
                 (sysreg_read(HDCR) & field_mask(HDCR_HPMN)) | HDCR_GUEST);
    sysreg_write(CNTHCTL, CNTHCTL_PL1PCTEN);
    sysreg_write(CNTV_CTL, 0);
    sysreg_write(CNTP_CTL, 0);
    sysreg_write(VTCR, VTCR_VALUE);
    sysreg_write64(VTTBR, 0);
    sysreg_write(VPIDR, sysreg_read(MIDR));
    isb();
    /* Entries that firmware or an earlier system may have left. */
    sysreg_write(TLBIALLNSNH, 0);
    dsb_sy();
    isb();
}
