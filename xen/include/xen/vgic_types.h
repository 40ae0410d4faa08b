/* SPDX-License-Identifier: GPL-2.0-only */
/* Virtual GICv2: types. Functions: xen/vgic.h. Layer: 5 (domain). */
#ifndef XEN_VGIC_TYPES_H
#define XEN_VGIC_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/list.h>
#include <xen/spinlock.h>

#define VGIC_LR_MAX   16u /* GICv2 allows 64; A15 has 4 */
#define VGIC_LOCAL_NR 32u

/* One virtual interrupt. Guarded by the lock of the vCPU that owns it. */
struct vgic_irq {
    struct list node;   /* on owner->pending_list while waiting for an LR   */
    uint16_t irq;       /* INTID                                            */
    uint16_t pirq;      /* HW = 1: the physical interrupt behind it         */
    uint8_t owner;      /* vCPU id whose lock guards this                   */
    uint8_t priority;
    uint8_t targets;    /* SPI: ITARGETSR byte (one bit)                    */
    uint8_t lr;         /* list register + 1, 0: in none                    */
    uint8_t source;     /* SGI: pending source vCPUs, one bit each          */
    bool enabled : 1;
    bool pending : 1;   /* latched (edge, SGI) or set by ISPENDR            */
    bool active : 1;    /* as of the last fold                              */
    bool level : 1;     /* configuration: 1 level, 0 edge                   */
    bool line : 1;      /* level: the input is asserted                     */
    bool hw : 1;        /* backed by .pirq                                  */
    bool queued : 1;    /* on pending_list                                  */
};

struct vgic_cpu {
    /*
     * Guards the fields below and every vgic_irq whose owner is this vCPU.
     * Context: any. Order: after event, p2m and sched locks.
     */
    struct spinlock lock;
    struct list pending_list;   /* vgic_irq, enabled and pending, no LR;
                                   by priority, then INTID                  */
    uint32_t lr_used;           /* bit n: lr[n] was given an interrupt and is
                                   not known to be empty                    */
    uint32_t lr[VGIC_LR_MAX];   /* last written / saved value               */
    uint16_t lr_irq[VGIC_LR_MAX]; /* INTID in it                            */
    uint32_t hcr, vmcr, apr;    /* saved while not loaded                   */
    struct vgic_irq local[VGIC_LOCAL_NR]; /* SGIs and PPIs, banked          */
};

struct vgic {
    struct spinlock lock; /* SPI ownership changes, distributor control     */
    bool enabled;         /* GICD_CTLR.Enable                               */
    uint16_t nr_spis;     /* multiple of 32                                 */
    struct vgic_irq *spis;
    uint64_t dist_gpa;    /* emulated distributor                           */
    uint64_t cpu_gpa;     /* GICV is mapped here                            */
};

#endif /* XEN_VGIC_TYPES_H */
