/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers.
 *
 * CNTV is the hardware's. Its interrupt, PPI 27, is left active when it is
 * handed to the vGIC, so it does not fire again until the guest's EOI of the
 * HW = 1 list register deactivates it: nothing is masked and nothing exits.
 * That active state is banked per pCPU, so it moves with the vCPU.
 *
 * A vCPU that is taken off its pCPU while it waits for an interrupt gets a
 * software timer instead; one that is ready to run needs none.
 *
 * CNTP is emulated on the physical counter; PPI 30 follows its output.
 *
 * Source: ARM DDI 0406C.c B8.1 (timers, CNTx_CTL, TimerValue view); IHI 0048B
 *         5.2.1 (hardware interrupts in list registers); interface.md 2.9.
 * Layer:  6 (guest).
 */
#include <asm/barrier.h>
#include <asm/sysreg.h>

#include <xen/assign.h>
#include <xen/bits.h>
#include <xen/board.h>
#include <xen/context.h>
#include <xen/gic.h>
#include <xen/irq.h>
#include <xen/platform.h>
#include <xen/time.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#define VIRT_PPI 27u
#define PHYS_PPI 30u

#define CTL_ENABLE  BIT(0)
#define CTL_IMASK   BIT(1)
#define CTL_ISTATUS BIT(2)

/* The physical PPI; VIRT_PPI on every board there is. */
static unsigned int virt_irq = VIRT_PPI;

#define RECHECK_NS 500000u
uint32_t vtimer_recheck_ticks;

/* Will raise its interrupt some time. */
static bool ctl_armed(uint32_t ctl)
{
    return (ctl & (CTL_ENABLE | CTL_IMASK)) == CTL_ENABLE;
}

/* ---- virtual timer ---- */

static void virt_interrupt(void *arg)
{
    struct vcpu *v = this_cpu(loaded_vcpu);

    (void)arg;
    if (unlikely(!v)) { /* fired while its vCPU was being unloaded */
        gic_deactivate(virt_irq);
        return;
    }
    v->vtimer.ppi_taken = true;
    vtimer_recheck_arm();
    vgic_raise_hw(v, VIRT_PPI);
}

/* The vCPU is not loaded: once it is, the hardware raises the interrupt. */
static void virt_expired(void *arg)
{
    vcpu_wake(arg);
}

static void timer_arm_here(struct timer *t, uint64_t deadline)
{
    if (t->cpu != smp_cpu_id())
        timer_migrate(t, smp_cpu_id());
    timer_set(t, deadline);
}

void vtimer_save(struct vcpu *v)
{
    struct vtimer *t = &v->vtimer;
    uint64_t offset = v->domain->vtimer_offset;

    t->cntv_ctl = sysreg_read(CNTV_CTL) & (CTL_ENABLE | CTL_IMASK);
    t->cntv_cval = sysreg_read64(CNTV_CVAL);
    sysreg_write(CNTV_CTL, 0);
    isb(); /* its output is low before the active state is looked at */

    t->ppi_active = t->ppi_taken && gic_is_active(virt_irq);
    t->ppi_taken = t->ppi_active;
    if (t->ppi_active)
        gic_clear_active(virt_irq);

    /* A deadline beyond the end of the physical counter never comes. */
    if (ctl_armed(t->cntv_ctl) && !t->ppi_active &&
        (READ_ONCE(v->pause_flags) & VP_BLOCKED) &&
        t->cntv_cval + offset >= offset)
        timer_arm_here(&t->virt, t->cntv_cval + offset);
}

void vtimer_load(struct vcpu *v)
{
    struct vtimer *t = &v->vtimer;

    if (timer_armed(&t->virt))
        timer_stop(&t->virt);
    if (t->ppi_active) /* before the timer can raise it a second time */
        gic_set_active(virt_irq);
    sysreg_write64(CNTV_CVAL, t->cntv_cval);
    sysreg_write(CNTV_CTL, t->cntv_ctl);
}

/*
 * Taking any interrupt makes the emulated GIC look at all of its lines. It
 * must happen after the guest's EOI: again while a list register is in use.
 */
static void recheck_interrupt(void *arg)
{
    uint32_t all = BIT(gich_lr_nr()) - 1;

    (void)arg;
    sysreg_write(CNTP_CTL, 0);
    if (unlikely(this_cpu(assign_taken)))
        assign_recheck();
    if (this_cpu(assign_taken) || (~gich_empty() & all))
        vtimer_recheck_arm();
    isb();
}

/* ---- physical timer ---- */

static void phys_line(struct vcpu *v, bool asserted)
{
    if (v->vtimer.cntp_line == asserted)
        return;
    v->vtimer.cntp_line = asserted;
    vgic_line(v, PHYS_PPI, asserted);
}

static bool phys_met(const struct vtimer *t)
{
    return time_ticks() >= t->cntp_cval;
}

static void phys_expired(void *arg)
{
    struct vcpu *v = arg;

    /* A write of the guest may have come first, on another pCPU. */
    if (ctl_armed(READ_ONCE(v->vtimer.cntp_ctl)) && phys_met(&v->vtimer))
        phys_line(v, true);
}

/* CTL or CVAL changed: the line, and when it will change by itself. */
static void phys_update(struct vcpu *v)
{
    struct vtimer *t = &v->vtimer;

    timer_stop(&t->phys);
    if (!ctl_armed(t->cntp_ctl)) {
        phys_line(v, false);
    } else if (phys_met(t)) {
        phys_line(v, true);
    } else {
        phys_line(v, false);
        timer_arm_here(&t->phys, t->cntp_cval);
    }
}

uint32_t vtimer_cntp_ctl_read(struct vcpu *v)
{
    const struct vtimer *t = &v->vtimer;

    /* ISTATUS is the condition, masked or not; 0 when disabled (B8.1.8). */
    if ((t->cntp_ctl & CTL_ENABLE) && phys_met(t))
        return t->cntp_ctl | CTL_ISTATUS;
    return t->cntp_ctl;
}

void vtimer_cntp_ctl_write(struct vcpu *v, uint32_t val)
{
    val &= CTL_ENABLE | CTL_IMASK;
    if (val == v->vtimer.cntp_ctl)
        return;
    v->vtimer.cntp_ctl = val;
    phys_update(v);
}

uint32_t vtimer_cntp_tval_read(struct vcpu *v)
{
    return (uint32_t)(v->vtimer.cntp_cval - time_ticks());
}

/* CompareValue = counter + sign-extended TimerValue (B8.1.6). */
void vtimer_cntp_tval_write(struct vcpu *v, uint32_t val)
{
    v->vtimer.cntp_cval = time_ticks() + (uint64_t)(int64_t)(int32_t)val;
    phys_update(v);
}

uint64_t vtimer_cntp_cval_read(struct vcpu *v)
{
    return v->vtimer.cntp_cval;
}

void vtimer_cntp_cval_write(struct vcpu *v, uint64_t val)
{
    v->vtimer.cntp_cval = val;
    phys_update(v);
}

/* ---- life ---- */

int vtimer_vcpu_create(struct vcpu *v)
{
    timer_init(&v->vtimer.virt, virt_expired, v, smp_cpu_id());
    timer_init(&v->vtimer.phys, phys_expired, v, smp_cpu_id());
    return 0;
}

void vtimer_vcpu_destroy(struct vcpu *v)
{
    timer_kill(&v->vtimer.virt);
    timer_kill(&v->vtimer.phys);
}

/* ENABLE is 0 after reset (B8.1.8, B8.1.16). The vCPU is loaded nowhere. */
void vtimer_vcpu_reset(struct vcpu *v)
{
    struct vtimer *t = &v->vtimer;

    timer_stop(&t->virt);
    timer_stop(&t->phys);
    t->cntv_ctl = 0;
    t->cntv_cval = 0;
    t->ppi_taken = false;
    t->ppi_active = false;
    t->cntp_ctl = 0;
    t->cntp_cval = 0;
    t->cntp_line = false;
}

int vtimer_init(void)
{
    int rc;

    if (board.timer.irq_virt)
        virt_irq = board.timer.irq_virt;
    if (platform->gic_misses_level) {
        rc = irq_request(board.timer.irq_phys, IRQ_XEN, IRQ_LEVEL,
                         recheck_interrupt, NULL, "recheck");
        if (rc)
            return rc;
        vtimer_recheck_ticks = (uint32_t)ns_to_ticks(RECHECK_NS);
    }
    return irq_request(virt_irq, IRQ_GUEST, IRQ_LEVEL, virt_interrupt, NULL,
                       "vtimer");
}

void vtimer_cpu_init(void)
{
    sysreg_write(CNTP_CTL, 0);
    if (vtimer_recheck_ticks)
        irq_enable(board.timer.irq_phys);
    irq_enable(virt_irq);
}
