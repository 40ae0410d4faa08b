/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the virtual GIC: what vgic.c, vgic_lr.c, vgic_dist.c and
 * vgic_mmio.c share. Others use <xen/vgic.h>.
 *
 * Source: ARM IHI 0048B chapters 3 to 5. Layer: 6 (guest).
 */
#ifndef ASM_GUEST_VGIC_STATE_H
#define ASM_GUEST_VGIC_STATE_H

#include <xen/bits.h>
#include <xen/domain.h>
#include <xen/vgic.h>

#include <asm/gic_regs.h>
#include <asm/percpu.h>

#define VGIC_SGI_NR    16u
#define VGIC_TIMER_PPI 27u   /* virtual timer, HW = 1; guest/vtimer.c */
#define VGIC_PRIORITY  0xf8u /* implemented bits, as in a list register */
#define VGIC_NO_IRQ    1023u

/* Number of INTIDs of @d: 32 + SPIs, 1020 at most (1020-1023 are special). */
static inline uint32_t vgic_lines(const struct domain *d)
{
    uint32_t lines = VGIC_LOCAL_NR + d->vgic.nr_spis;

    return lines > 1020u ? 1020u : lines;
}

/* @irq as @v sees it; the caller has checked @irq < vgic_lines. */
static inline struct vgic_irq *vgic_irq(struct vcpu *v, uint32_t irq)
{
    if (irq < VGIC_LOCAL_NR)
        return &v->vgic.local[irq];
    return &v->domain->vgic.spis[irq - VGIC_LOCAL_NR];
}

static inline bool vgic_is_sgi(const struct vgic_irq *irq)
{
    return irq->irq < VGIC_SGI_NR;
}

/* Pending by what software knows, list registers aside. */
static inline bool vgic_soft_pending(const struct vgic_irq *irq)
{
    return irq->pending || irq->source || (irq->level && irq->line);
}

/* It is to be forwarded to its vCPU. Without a target it stays pending. */
static inline bool vgic_wants(const struct vgic_irq *irq)
{
    return irq->enabled && !irq->held && irq->targets && vgic_soft_pending(irq);
}

/* After a change of priority, .hw or .pirq. */
static inline void vgic_set_lr_base(struct vgic_irq *irq)
{
    irq->lr_base = irq->irq | (uint32_t)(irq->priority >> 3) << 23;
    if (irq->hw)
        irq->lr_base |= GICH_LR_HW | (uint32_t)irq->pirq << 10;
}

/* The list registers of @v can be accessed here: loaded here, or saved. */
static inline bool vgic_reachable(const struct vcpu *v)
{
    return v->vgic.cpu < 0 || v->vgic.cpu == (int)smp_cpu_id();
}

static inline bool vgic_loaded_here(const struct vcpu *v)
{
    return v->vgic.cpu == (int)smp_cpu_id();
}

/* ---- vgic.c ---- */

/*
 * Lock the owner of @irq (@v itself for SGIs and PPIs) and return it. An
 * SPI that is in no list register first moves to its target. May nest in
 * vgic.lock of the domain.
 */
struct vcpu *vgic_lock_owner(struct vcpu *v, uint32_t irq);

/* Release; SPIs freed meanwhile go to their targets. */
void vgic_unlock(struct vcpu *v);

/*
 * @irq wants its vCPU @v (lock held): into a list register when @v is
 * loaded here, else on its pending list.
 */
void vgic_deliver(struct vcpu *v, struct vgic_irq *irq);

/*
 * As vgic_unlock, and have @v notice what was delivered: a wake, a kick of
 * the pCPU that runs it, nothing when that is here.
 */
void vgic_unlock_notify(struct vcpu *v);

/*
 * The vCPU to which an SPI goes: its lowest target that is powered, else the
 * lowest one, else its owner.
 */
uint8_t vgic_target(const struct domain *d, const struct vgic_irq *irq);

/* @irq goes to @v, which owns it. */
static inline bool vgic_belongs(const struct vcpu *v,
                                const struct vgic_irq *irq)
{
    return irq->irq < VGIC_LOCAL_NR || vgic_target(v->domain, irq) == v->id;
}

/* ---- vgic_lr.c; the caller holds the lock of @v ---- */

/* List registers of a CPU: set once at boot, as asking is a GICH access. */
extern unsigned int vgic_lr_nr;

/* Put on, take off the pending list; both idempotent. */
void vgic_enqueue(struct vcpu *v, struct vgic_irq *irq);
void vgic_dequeue(struct vgic_irq *irq);

/* @v loaded here. Place @irq; false when no list register can be had. */
bool vgic_place(struct vcpu *v, struct vgic_irq *irq);
/* @v loaded here, @irq->lr is known to be empty: one write, no read. */
void vgic_refill(struct vcpu *v, struct vgic_irq *irq);

/* @v loaded here: fill list registers, then set GICH_HCR accordingly. */
void vgic_fill(struct vcpu *v);

/*
 * @v loaded here: what the guest has ended is known, and what waited for it
 * is in list registers. Returns those that hold something, as bits.
 */
uint32_t vgic_fold(struct vcpu *v);

/* Maintenance interrupt; @v loaded here. */
void vgic_maintain(struct vcpu *v);

/* The input of level interrupt @irq fell. When @v is loaded elsewhere the
 * caller has it flushed, which does the second. */
void vgic_lower(struct vcpu *v, struct vgic_irq *irq);
void vgic_lower_all(struct vcpu *v);

/* @v reachable: contents of list register @n. */
uint32_t vgic_lr_get(struct vcpu *v, unsigned int n);

/*
 * Take @states (GICH_LR_PENDING, GICH_LR_ACTIVE) of @irq out of its list
 * register into software. Lock of the owner held on return only; the owner
 * is returned. For an SPI vgic.lock of the domain is held.
 */
struct vcpu *vgic_pull(struct vcpu *v, uint32_t irq, uint32_t states);

/* No lock held: copy all list registers of @v, wherever they are. */
void vgic_snapshot(struct vcpu *v, uint32_t lr[VGIC_LR_MAX]);

/* ---- vgic_dist.c: what distributor registers do to one interrupt ---- */

/* Around operations on SPIs; see struct vgic. */
void vgic_dist_lock(struct domain *d);
void vgic_dist_unlock(struct domain *d);

/* One bit of GICD_I[SC]ENABLER, I[SC]PENDR, I[SC]ACTIVER set by @v. */
typedef void vgic_bit_op(struct vcpu *v, uint32_t irq);
vgic_bit_op vgic_enable, vgic_disable;
vgic_bit_op vgic_set_pending, vgic_clear_pending;
vgic_bit_op vgic_set_active, vgic_clear_active;

/* A byte of GICD_IPRIORITYR, of GICD_ITARGETSR (SPIs); bits of ICFGR. */
void vgic_set_priority(struct vcpu *v, uint32_t irq, uint8_t priority);
/* The same for ITARGETSR; what is pending goes to the new target. */
void vgic_set_targets(struct vcpu *v, uint32_t irq, uint8_t targets);
/* The same for ICFGR: level-sensitive or edge-triggered. */
void vgic_set_level(struct vcpu *v, uint32_t irq, bool level);
/* GICD_CTLR.Enable. */
void vgic_set_enabled(struct domain *d, bool enabled);

/* SGIs: sources pending at @v; add and remove some. */
uint8_t vgic_sgi_sources(struct vcpu *v, unsigned int sgi);
void vgic_sgi_set(struct vcpu *v, unsigned int sgi, uint8_t sources);
void vgic_sgi_clear(struct vcpu *v, unsigned int sgi, uint8_t sources);

/* Pending and active bits of 32 interrupts from @first on. */
uint32_t vgic_pending_word(struct vcpu *v, uint32_t first);
uint32_t vgic_active_word(struct vcpu *v, uint32_t first);

/* ---- vgic_mmio.c ---- */

enum verdict vgic_mmio(struct vcpu *v, struct io_access *a, void *priv);

#endif /* ASM_GUEST_VGIC_STATE_H */
