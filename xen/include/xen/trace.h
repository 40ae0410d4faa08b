/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace points: what happened, with the time, into this CPU's ring, which
 * tools of a control domain read (public/trace.h).
 *
 * A trace point is a load and a branch while nobody traces. Traps and
 * interrupts have none: other vectors and another path are taken while those
 * are traced (arch/arm/trace_traps.c, irq.c).
 *
 * Layer: 4 (core).
 */
#ifndef XEN_TRACE_H
#define XEN_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include <public/trace.h>

#include <xen/compiler.h>
#include <xen/types.h>

/* All pages of all rings together, 64 MiB. */
#define TRACE_PAGES_MAX 16384u

#define TRACE_CLASSES    0x0fff0000u
#define TRACE_SUBCLASSES 0x0000f000u

/* The mask of events while anything is traced, else 0. */
extern uint32_t trace_mask;

/* May records of @event's class be wanted? Only trace_record says for sure. */
static inline bool trace_wants(uint32_t event)
{
    return unlikely(READ_ONCE(trace_mask) & event & TRACE_CLASSES);
}

/*
 * Record @event with @nr (at most 7) words @extra, or count it as lost when
 * this CPU's ring is full. Any context, any locks; only when trace_wants.
 */
void trace_record(uint32_t event, const uint32_t *extra, uint32_t nr);

/* The same in registers, @head with the number of words as in a record: what
 * calls it needs no array, which would cost it a stack guard. */
void trace_words(uint32_t head, uint32_t a, uint32_t b, uint32_t c, uint32_t d);

/* Trace points with as many words. */
static inline void trace1(uint32_t event, uint32_t a)
{
    if (trace_wants(event))
        trace_words(event | 1u << TRACE_EXTRA_SHIFT, a, 0, 0, 0);
}

static inline void trace2(uint32_t event, uint32_t a, uint32_t b)
{
    if (trace_wants(event))
        trace_words(event | 2u << TRACE_EXTRA_SHIFT, a, b, 0, 0);
}

static inline void trace3(uint32_t event, uint32_t a, uint32_t b, uint32_t c)
{
    if (trace_wants(event))
        trace_words(event | 3u << TRACE_EXTRA_SHIFT, a, b, c, 0);
}

static inline void trace4(uint32_t event, uint32_t a, uint32_t b, uint32_t c,
                          uint32_t d)
{
    if (trace_wants(event))
        trace_words(event | 4u << TRACE_EXTRA_SHIFT, a, b, c, d);
}

/* A vCPU in one word. */
#define TRACE_VCPU(v_) ((uint32_t)(v_)->domain->id << 16 | (v_)->id)

/*
 * Rings of @pages pages for each CPU that is up, once and for good. 0;
 * -EINVAL none, more than TRACE_PAGES_MAX in all, or another number than
 * before; -EBUSY they are there, or are being made by somebody else; -ENOMEM;
 * -ERESTART to be called again.
 */
int must_check trace_size_set(uint32_t pages);

/* Record from now on, or no longer. -EINVAL: there are no rings. */
int must_check trace_enable(void);
void trace_disable(void);

/* Which events, and on which CPUs (bit per CPU). */
void trace_events_set(uint32_t mask);
void trace_cpus_set(uint32_t mask);

struct trace_info {
    uint32_t events;
    uint64_t mfn;  /* of struct t_info; 0: there are no rings */
    uint32_t size; /* of struct t_info, bytes                 */
};
void trace_info_get(struct trace_info *info);

/*
 * Have @fn called when a ring gets half full, in any context and with any
 * locks held. Boot.
 */
void trace_half_hook(void (*fn)(void));

#endif /* XEN_TRACE_H */
