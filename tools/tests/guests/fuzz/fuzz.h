/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A structured fuzzer of hypercalls: what its parts share.
 *
 * Each call is made from a number generator of its own, whose seed follows
 * from the run's seed, the vCPU and the number of the call: the same seed
 * makes the same calls, whatever the hypervisor answers. Objects (ports,
 * handles, domains) are meant by their place in a table; what is there is
 * shared between the vCPUs without a lock, so that they race for it.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#ifndef GUEST_FUZZ_H
#define GUEST_FUZZ_H

#include <public/domctl.h>
#include <public/errno.h>
#include <public/memory.h>

#include "hypercall.h"

#define FUZZ_CPUS 2

/* Two areas: the structure itself, and what it points to. */
#define AREAS 2

/* Where a structure is. From PLACE_OVER on nothing can be written there. */
enum place {
    PLACE_PLAIN,
    PLACE_ODD,   /* not aligned                                           */
    PLACE_CROSS, /* over two pages that do not follow each other          */
    PLACE_EDGE,  /* up to the end of the last mapped page                 */
    PLACE_OVER,  /* beyond it                                             */
    PLACE_RO,    /* readable, not writable                                */
    PLACE_NONE,  /* no memory of ours at all                              */
    PLACES,
};

/* One call that is being made. */
struct fuzz {
    unsigned int cpu;
    uint32_t number; /* 0 and up                                         */
    uint32_t rnd;
    bool twist;           /* fields may become boundary values         */
    uint8_t place[AREAS]; /* enum place                                */
    uint32_t at[AREAS];   /* address given to the hypervisor           */
    uint8_t *mine[AREAS]; /* where we see it; NULL: not the same bytes */
};

/*
 * An operation. @run makes one call and returns what it came to: 0 when it
 * did what was asked, else a negative error. @want: what it should come to,
 * in a control domain and in others.
 */
struct op {
    const char *name; /* as in the hypervisor's table                     */
    int32_t (*run)(struct fuzz *f);
    uint16_t weight;
    int16_t want[2]; /* by position                                      */
};

#define OP(name_, run_, weight_, dom0_, domu_)                                 \
    {                                                                          \
        .name = #name_, .run = run_, .weight = weight_,                        \
        .want = { dom0_, domu_ },                                              \
    }

extern const struct op event_ops[], memory_ops[], grant_ops[], control_ops[],
    domctl_ops[], pool_ops[];

/* The position: a control domain's, or any other's. */
extern bool control;
extern uint32_t self;   /* our domid                                      */
extern uint32_t canary; /* only read, never changed; 0: none is there     */

/* ---- chance ---- */

uint32_t draw(struct fuzz *f);
uint32_t draw_below(struct fuzz *f, uint32_t end);
bool one_in(struct fuzz *f, uint32_t n);
uint32_t draw_boundary(struct fuzz *f);

/* A field that may take any value without an end of us. */
#define TWIST(f_, field_)                                                      \
    do {                                                                       \
        if ((f_)->twist && one_in((f_), 2))                                    \
            (field_) = (__typeof__(field_))(int32_t)draw_boundary(f_);         \
    } while (0)

/* ---- memory for arguments ---- */

void areas_init(void);

/* Copy @op to where this call has it; the address for the hypervisor. */
uint32_t put(struct fuzz *f, unsigned int area, const void *op, size_t len);
/* ... and back, as far as it can be read. */
void get(struct fuzz *f, unsigned int area, void *op, size_t len);

/* A call with a structure, in and out. */
int32_t call_op(struct fuzz *f, uint32_t nr, uint32_t cmd, void *op,
                size_t len);
/* The same without luck: for what is not counted. */
int32_t plain_op(uint32_t nr, uint32_t cmd, void *op);

/* ---- guest frames ---- */

/*
 * Frames without RAM of ours, far up (but below 4 GiB: QEMU's HPFAR has 32
 * bits of a data abort's address), where things are mapped; and pages
 * that are given back and taken again.
 */
#define HOLES        64u
#define HOLES_FREE   63u /* the last one is kept for our grant table      */
#define HOLE_GFN(i_) (0xf0000u + (i_))
#define LAST_GFN     0x0fffffffull /* the highest there is                */
#define BALLOON      64u
extern uint8_t balloon[BALLOON][4096];
/* One of them that is there, as a rule. */
uint32_t draw_balloon(struct fuzz *f);
#define BALLOON_GFN(i_) ((uint32_t)((uintptr_t)balloon[i_] >> 12))

/* Something was mapped there, as far as anybody knows. */
extern uint8_t hole_used[HOLES];
/* A frame of which that is true, if there is one. */
uint64_t draw_used(struct fuzz *f);
/* A frame that maps may use; sometimes one that cannot be. */
uint64_t draw_hole(struct fuzz *f);
/* Where our CPUs see hole @i. */
uint32_t hole_va(uint32_t i);
/* The same of a frame that each vCPU has for itself. */
#define PEEK_GFN(cpu_) (0xf0800u + (cpu_))
uint32_t peek_va(unsigned int cpu);

/* A mapped grant is always there: arguments, but no answers. */
#define GRANTED_GFN 0xf0810u

/* ---- objects ---- */

/* What is at @slot; others may have it too. */
uint32_t look(uint32_t *slots, uint32_t nr, struct fuzz *f);
/* The same, and nobody else has it then. Tries some slots. */
uint32_t take(uint32_t *slots, uint32_t nr, struct fuzz *f);
/* Put there; what was there before, to be ended. */
uint32_t keep(uint32_t *slots, uint32_t nr, struct fuzz *f, uint32_t object);

#define PORTS 128u
extern uint32_t ports[PORTS];
void events_forget(void); /* all ports were closed */
/* Ports that the warming up brings, and the end. */
void events_warm(void);
void events_end(void);

void grants_begin(void);
void grants_end(void);
/* Entries of the table at @entries that let domain @to use @nr frames. */
void grants_fill(volatile void *entries, uint32_t to, uint32_t gfn,
                 uint32_t nr);
#define GRANTS_FIRST 8u
#define GRANTS       48u

void memory_end(void);

/* Give back memory, which calls may then take: the tools leave us no more. */
void memory_spare(void);

/* ---- victims: domains that the control domain does anything to ---- */

#define VICTIMS      6u
#define VICTIM_PAGES 16u /* code and what is granted                      */
#define VICTIM_SPIS  64u
#define FIRST_SPI    48u /* lines of devices that nobody uses             */
#define SPIS         12u
extern uint32_t victims[VICTIMS]; /* domids, 0: none */

/* A victim, or (sometimes) an id that nobody has. */
uint32_t draw_victim(struct fuzz *f);
/* Somebody to read: a victim, ourselves, the canary. */
uint32_t draw_anybody(struct fuzz *f);
/* An empty one; its id, or a negative error. */
int victim_create(void);
/* Give it all that a domain has; @run: and let it go. */
void victim_complete(uint32_t id, bool run);
/* Fill the slots; end every domain but us and the canary. */
void victims_begin(void);
void victims_end(void);

/* All pCPUs in pool 0, and no other pool. */
void pools_end(void);

/* ---- the other roles ---- */

/* What runs in the canary; never returns. */
void canary_run(void);
/* Build it. Its domid or a negative error. */
int canary_begin(void);
/* Print how it does; false: it was touched. */
bool canary_check(const char *when);

/*
 * Build domain @wanted from the image in the initrd with @words as boot
 * arguments; it may have @spare pages more. Its domid, or a negative error.
 */
int image_build(int wanted, const char *words, unsigned int vcpus,
                unsigned int spare);
/* The page that it has where ours is at @page, mapped here; or NULL. */
volatile void *image_page(int id, const void *page);

#endif /* GUEST_FUZZ_H */
