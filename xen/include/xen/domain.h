/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct domain and struct vcpu: every field, with the lock that guards it.
 * Each layer's part is a struct of its own, embedded here.
 *
 * Life of a domain (domain/domain.c has the table):
 *   BUILDING -> RUNNING -> SHUTTING -> SHUT -> (resume) RUNNING
 *   any -> DYING (destroy asked) -> DEAD (resources gone, references left)
 * Layer: 5 (domain): types may be seen from here up.
 */
#ifndef XEN_DOMAIN_H
#define XEN_DOMAIN_H

#include <asm/percpu.h>
#include <asm/regs.h>

#include <xen/context_types.h>
#include <xen/event_types.h>
#include <xen/grant_types.h>
#include <xen/heap.h>
#include <xen/io_types.h>
#include <xen/list.h>
#include <xen/p2m_types.h>
#include <xen/rangeset.h>
#include <xen/sched_types.h>
#include <xen/spinlock.h>
#include <xen/types.h>
#include <xen/vgic_types.h>
#include <xen/vtimer_types.h>

/* clang-format off */

#define NR_VCPUS 8u /* per domain: GICv2's limit */
#define DOMID_FIRST_RESERVED 0x7ff0u
#define DOMID_SELF           0x7ff0u

/* printk("... " DOM_FMT, DOM_ARG(d)), and the same of a vCPU. */
#define DOM_FMT    "d%u"
#define DOM_ARG(d_) ((unsigned int)(d_)->id)
#define VCPU_FMT   "d%uv%u"
#define VCPU_ARG(v_) ((unsigned int)(v_)->domain->id), ((unsigned int)(v_)->id)

enum domain_state {
    DOMAIN_BUILDING, /* never unpaused                                  */
    DOMAIN_RUNNING,
    DOMAIN_SHUTTING, /* a shutdown code is set, vCPUs are stopping      */
    DOMAIN_SHUT,     /* all vCPUs have stopped                          */
    DOMAIN_DYING,    /* destroydomain works on it                       */
    DOMAIN_DEAD,     /* nothing left but references to its pages        */
};

/* What can happen to a domain as a whole. */
enum domain_event {
    DOMAIN_EV_START,    /* the last controller pause was taken back       */
    DOMAIN_EV_SHUTDOWN, /* it asked to stop, or crashed                   */
    DOMAIN_EV_STOPPED,  /* the last vCPU is off its pCPU                  */
    DOMAIN_EV_RESUME,
    DOMAIN_EV_KILL,     /* destroydomain                                  */
    DOMAIN_EV_GONE,     /* all resources are given back                   */
    DOMAIN_EVENTS,
};
#define DOMAIN_STATES (DOMAIN_DEAD + 1)

enum shutdown_code {
    SHUTDOWN_POWEROFF,
    SHUTDOWN_REBOOT,
    SHUTDOWN_SUSPEND,
    SHUTDOWN_CRASH,
    SHUTDOWN_WATCHDOG,
    SHUTDOWN_SOFT_RESET,
    SHUTDOWN_NONE = 0xff,
};

/* Why a vCPU does not run; several bits may be set. Atomic word. */
#define VP_DOWN     0x01u /* powered down (PSCI)                        */
#define VP_BLOCKED  0x02u /* waits for an interrupt or event            */
#define VP_SHUT     0x08u /* its domain shuts down                      */
#define VP_POLL     0x10u /* blocked in SCHEDOP_poll, with VP_BLOCKED   */
#define VP_DOMAIN   0x20u /* d->pause_count != 0, or the domain dies    */
#define VP_PAUSED   0xffff0000u /* count of vcpu_pause                  */
#define VP_PAUSED_ONE 0x10000u

struct shared_info; /* public/xen.h */
struct vcpu_info;

#define WATCHDOGS 2u

/* The guest's copy of a vCPU's runstate; see vcpu_op.c. */
struct runstate_area {
    uint8_t *at;            /* Hyp address, NULL: no copy                */
    uint8_t *rest;          /* second page of one that crosses pages     */
    struct page *page[2];   /* references held; [1]: that of .rest       */
    bool odd;               /* crosses pages, or is not 8-aligned        */
};

struct vcpu {
    /* Must be first: entry.S saves here. */
    struct cpu_regs regs;
    /* Top of the stack of the pCPU on which it runs; context_load. */
    void *hyp_sp;

    struct domain *domain; /* constant */
    uint8_t id;            /* constant */

    /* Run state. */
    uint32_t pause_flags;  /* VP_*, atomic; 0: runnable                  */
    bool running;          /* on a pCPU now; written by that pCPU        */
    int8_t loaded_on;      /* pCPU that holds its context, -1: none      */

    /* Runstate accounting; RANK_SCHED of sched.cpu. */
    uint8_t runstate;      /* RUNSTATE_* of the ABI                      */
    uint64_t runstate_since_ns;
    uint64_t runstate_time_ns[4];
    struct runstate_area runstate_area;

    struct vcpu_info *info; /* never NULL once the vCPU exists           */
    struct page *info_page; /* reference held for .info, NULL: shared    */
    void *info_map;         /* frame_map of info_page, or NULL           */
    uint64_t info_early[6]; /* .info of a vCPU > 0 until it registers    */

    struct vcpu_context context;
    struct vtimer vtimer;
    struct io_access io;    /* the access that is being emulated          */
    struct vgic_cpu vgic;
    struct event_vcpu event;
    struct sched_vcpu sched;
    struct timer poll_timer;
    uint32_t pin_saved;     /* hard affinity before SCHEDOP_pin_override,
                               0: it is not pinned; its own              */
};

struct domain {
    domid_t id;             /* constant                                  */
    uint32_t generation;    /* constant; tells a reused id apart         */
    uint32_t refs;          /* atomic; domain_get / domain_put           */
    struct domain *reap_next; /* refs is 0: waits to be freed            */
    uint32_t reap_period;   /* ... for the end of this (domain_create.c) */
    uint8_t reap_begun;     /* how many of those periods began           */

    bool open;              /* found by its id; domain list's lock       */
    bool is_control;        /* may use the control hypercalls            */
    bool is_hardware;       /* owns the board: dom0                      */
    bool is_xenstore;
    struct domain *target;  /* domain it is the device model of, referenced;
                               create_lock, NULL: none                   */
    bool direct_mapped;     /* gfn == mfn                                */

    struct spinlock create_lock; /* RANK_DOMAIN_CREATE                   */
    struct spinlock state_lock;  /* RANK_LEAF: state, shutdown_code      */
    uint8_t state;          /* enum domain_state                         */
    uint8_t shutdown_code;  /* enum shutdown_code                        */
    uint32_t pause_count;   /* controller pauses; state_lock             */
    uint8_t parts_made;     /* domain_create got so far                  */
    uint8_t parts_left;     /* domain_kill goes on here; create_lock     */

    uint8_t max_vcpus;      /* constant after creation                   */
    struct vcpu *vcpu[NR_VCPUS];

    /* Memory; page_lock is RANK_LEAF. */
    struct spinlock page_lock;
    uint32_t tot_pages, max_pages;
    uint32_t claimed;       /* pages that are free and kept for it        */
    uint32_t page_list;     /* first frame of its pages, ~0: none        */
    struct heap_account heap;

    struct p2m p2m;
    struct io_regions io;
    struct vgic vgic;
    uint32_t event_ppi;     /* the upcall's PPI                          */
    struct shared_info *shared_info; /* with the rest of it, below       */
    bool runstate_flag;     /* vm_assist runstate_update_flag            */
    struct event_domain event;
    struct grant_domain grant;
    struct vpl011 *vpl011;  /* its UART, or NULL; constant once it runs  */
    struct sched_domain sched;
    struct rangeset iomem_caps; /* frames of registers it may map        */
    struct rangeset irq_caps;

    uint64_t vtimer_offset; /* CNTVOFF, constant                         */
    struct page *shared_info_page;
    gfn_t shared_info_gfn;  /* a note, as grant.gfn; INVALID_GFN: none   */
    uint64_t hvm_params[32]; /* index rules: hvm_op.c                    */
    struct timer watchdog[WATCHDOGS];
    uint32_t watchdog_used; /* bit per timer; state_lock                 */
    uint8_t handle[16];
    uint32_t ssidref;
    int64_t time_offset_s;
};

/* clang-format on */

DECLARE_PER_CPU(struct vcpu *, current_vcpu);
/* The vCPU whose trap this CPU handles; NULL in idle. */
#define current this_cpu(current_vcpu)

/* dom0; NULL until built. */
extern struct domain *hardware_domain;

/* ---- domain/domain.c ---- */

/* Find by id and take a reference; NULL: none. Dying ones are found. */
struct domain *domain_get(domid_t id);
/* As domain_get; DOMID_SELF is the caller. */
struct domain *domain_get_any(domid_t id);
/* Next domain with id >= @from, referenced; NULL: none. */
struct domain *domain_get_next(domid_t from);
void domain_hold(struct domain *d);
/* Any context, any locks. */
void domain_put(struct domain *d);
/* The same for a reference of which only the id is at hand. Until it is
 * dropped no other domain has that id. Locks: up to RANK_IRQ. */
void domain_put_id(domid_t id);

/* vCPU @id of @d, or NULL; safe under speculation. */
struct vcpu *domain_vcpu(struct domain *d, uint32_t id);

/* State after @e in state @s, or -EINVAL. */
int domain_next_state(enum domain_state s, enum domain_event e);

/*
 * Put a new, empty domain into the table. @id: wanted, or >= DOMID_FIRST_
 * RESERVED for the next free one (never the one freed last).
 * Its one reference is that of its life, which domain_delete drops.
 * Nobody else finds it before domain_open. 0, -EEXIST, -ENOMEM.
 */
int must_check domain_new(domid_t id, struct domain **out);
/* All its parts are there: domain_get and its like find it from now on. */
void domain_open(struct domain *d);
/* Drop the reference of its life. */
void domain_delete(struct domain *d);
/* A domain without references, taken out of the table, or NULL: its parts
 * are to be destroyed and then domain_free called (SOFTIRQ_STOP). */
struct domain *domain_reap_next(void);
/* Not yet: a pCPU still knows one of its vCPUs. */
void domain_reap_later(struct domain *d);
void domain_free(struct domain *d);

/* The vCPU becomes part of its domain (vcpu_new). 0 or -EEXIST. */
int must_check domain_add_vcpu(struct domain *d, struct vcpu *v);

/*
 * Controller pause: counted. Nothing is waited for; domain_pause_sync, after
 * it, returns when no vCPU of the domain but the caller's runs.
 * -EOVERFLOW beyond 255 pauses; -EINVAL: not paused.
 */
int must_check domain_pause(struct domain *d);
int must_check domain_unpause(struct domain *d);
void domain_pause_sync(struct domain *d);

/*
 * The domain stops with @code (all vCPUs; the caller does not return to the
 * guest). The hardware domain takes the machine with it: power-off halts,
 * reboot, watchdog and soft_reset restart, crash restarts or waits
 * (noreboot).
 */
void domain_shutdown(struct domain *d, enum shutdown_code code);
/* Our rule broken by the guest: one log line, shutdown code crash. */
void domain_crash(struct domain *d, const char *why);
/* 0, or -EINVAL when it is not shut. */
int domain_resume(struct domain *d);
/* It dies now: no vCPU will run again. 0, or -EINVAL when DEAD or DYING. */
int must_check domain_kill_begin(struct domain *d);
/* DYING -> DEAD, VIRQ_DOM_EXC. */
void domain_kill_end(struct domain *d);
/* SOFTIRQ_STOP: SHUTTING domains whose vCPUs have stopped become SHUT. */
void domain_shutdown_finish(void);

/* ---- domain/domain_memory.c: pages charged to a domain ---- */

/* 2^order pages, zeroed unless PA_DIRTY, charged and listed; NULL. */
struct page *domain_alloc_pages(struct domain *d, unsigned int order,
                                unsigned int flags);
/* Charge and list pages that were taken with page_alloc_at. */
int must_check domain_add_pages(struct domain *d, mfn_t first, uint32_t nr);
/* Uncharge and drop the allocation's reference of one listed page. */
void domain_drop_page(struct domain *d, struct page *pg);
/*
 * Keep as many free pages for @d as it has less than @nr; 0 ends that. The
 * claim shrinks by what the domain is given, and ends with its life.
 * -EINVAL: it dies, has one, has @nr already, or may not have so many.
 * -ENOMEM: fewer are free and not claimed.
 */
int must_check domain_claim_pages(struct domain *d, uint32_t nr);
/* Claimed pages of all domains. */
uint32_t domain_claims(void);
/* Drop all, <= 1024 pages a call; 0 or -ERESTART. */
int must_check domain_relinquish_pages(struct domain *d);

#endif /* XEN_DOMAIN_H */
