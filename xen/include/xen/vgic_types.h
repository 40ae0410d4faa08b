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

/*
 * One virtual interrupt. Guarded by the lock of the vCPU that owns it.
 *
 * What a list register holds is true only there: an interrupt with .lr != 0
 * may be pending or active in it, or may have been dealt with by the guest
 * since. The fields here are what no list register holds.
 */
struct vgic_irq {
    uint32_t lr_base;        /* its list register, less state and source      */
    struct list node;        /* on owner's pending_list or active_list        */
    uint16_t irq;            /* INTID                                         */
    uint16_t pirq;           /* HW = 1: the physical interrupt behind it      */
    uint8_t owner;           /* vCPU id whose lock guards this                */
    uint8_t priority;        /* bits 7:3, as the list registers have          */
    uint8_t targets;         /* ITARGETSR byte                                */
    uint8_t lr;              /* list register + 1, 0: in none                 */
    uint8_t source;          /* SGI: pending from these vCPUs, one bit each   */
    uint8_t active_source;   /* SGI: .active came from this vCPU              */
    uint8_t active_priority; /* .active: that of its acknowledgement        */
    bool enabled : 1;
    bool pending : 1; /* latched: edge, or set by ISPENDR              */
    bool active : 1;  /* active, and in no list register               */
    bool level : 1;   /* configuration: 1 level, 0 edge                */
    bool line : 1;    /* level: the input is asserted                  */
    bool latched : 1; /* level: pending in its list register by a
                         latch, so it stays when the input falls       */
    bool hw : 1;      /* backed by .pirq                               */
    bool queued : 1;  /* on pending_list                               */
    bool forced : 1;  /* active by ISACTIVER: no EOI will come for it  */
    bool held : 1;    /* being pulled out of a remote list register    */
};

struct vgic_cpu {
    /*
     * Guards the fields below and every vgic_irq whose owner is this vCPU.
     * Context: any. Order: RANK_VGIC; after vgic.lock of the domain; never
     * two of them.
     */
    struct spinlock lock;
    int8_t cpu;                   /* pCPU whose GICH holds our state, -1: none;
                                     written there only                       */
    bool moved;                   /* an SPI was freed that belongs elsewhere  */
    bool lowered;                 /* a level input fell: look at the LRs      */
    struct list pending_list;     /* enabled and pending, wait for an LR;
                                     by priority, then INTID                  */
    struct list active_list;      /* .active: wait for an LR                  */
    uint32_t lr_used;             /* bit n: lr[n] was given an interrupt and is
                                     not known to be empty                    */
    uint32_t lr[VGIC_LR_MAX];     /* while .cpu < 0: contents                 */
    uint16_t lr_irq[VGIC_LR_MAX]; /* INTID that it was given                */
    uint32_t hcr;                 /* as in GICH_HCR; 0 while not loaded       */
    uint32_t vmcr, apr;           /* saved while not loaded                   */
    struct vgic_irq local[VGIC_LOCAL_NR]; /* SGIs and PPIs, banked          */
};

struct vgic {
    /*
     * One distributor operation on an SPI at a time. Taken by lock_try in a
     * loop that serves other CPUs' calls, as its holder waits for them.
     */
    struct spinlock lock;
    bool enabled;     /* GICD_CTLR.Enable                               */
    uint16_t nr_spis; /* multiple of 32                                 */
    struct vgic_irq *spis;
    uint64_t dist_gpa; /* emulated distributor                           */
    uint64_t cpu_gpa;  /* GICV is mapped here                            */
};

#endif /* XEN_VGIC_TYPES_H */
