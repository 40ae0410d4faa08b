/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two-level event bitmaps: pending and mask bits in the shared page, and
 * per vCPU a selector with one bit for each 64 ports.
 *
 * The ABI's words have 64 bits; as they are little-endian, bit n of the map
 * is bit n % 32 of 32-bit word n / 32, which is what LDREX takes.
 *
 * The guest goes the other way: it clears evtchn_upcall_pending, then takes
 * the selector, then looks at pending words. Behind each step here there is
 * a full barrier (guest_atomic.h), so that a guest that misses a bit finds
 * the upcall set again. The one before the first step, which the sender's
 * data needs, is that of the event lock.
 *
 * Source: public/xen.h, struct shared_info; interface.md 3.2.
 * Layer:  8 (iface).
 */
#include <asm/atomic.h>

#include <xen/event_channel.h>
#include <xen/guest_atomic.h>
#include <xen/trace.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

STATIC_ASSERT(EVTCHN_2L_PORTS == EVTCHN_2L_NR_CHANNELS);
STATIC_ASSERT(sizeof(struct shared_info) == 1088);
STATIC_ASSERT(sizeof(struct vcpu_info) == 48);

static inline uint32_t *map_word(xen_ulong_t *map, uint32_t bit)
{
    return (uint32_t *)map + bit / 32;
}

static inline bool map_test(const xen_ulong_t *map, uint32_t bit)
{
    return READ_ONCE(((const uint32_t *)map)[bit / 32]) & (1u << bit % 32);
}

static inline void upcall(struct vcpu *v, struct vcpu_info *info)
{
    if (READ_ONCE(info->evtchn_upcall_pending) == 0) {
        WRITE_ONCE(info->evtchn_upcall_pending, 1);
        vgic_raise(v, v->domain->event_ppi);
    }
    vcpu_wake(v);
}

void event_upcall(struct vcpu *v)
{
    upcall(v, READ_ONCE(v->info));
}

/*
 * Set the selector bit of port @n, with the upcall if it was clear. A domain
 * that is being built may not have its vCPU yet; registering the vcpu_info
 * makes the guest scan all ports.
 */
static inline void tell(struct domain *d, uint32_t notify, uint32_t n)
{
    struct vcpu *v = d->vcpu[notify];
    struct vcpu_info *info;
    uint32_t sel = n / 64;
    uint32_t bit = 1u << sel % 32;

    if (unlikely(!v))
        return;

    info = READ_ONCE(v->info);
    if (!(guest_fetch_or(d, map_word(&info->evtchn_pending_sel, sel), bit) &
          bit))
        upcall(v, info);
}

/* vCPUs in SCHEDOP_poll wake on the same edge, masked or not. */
static never_inline void wake_pollers(struct domain *d, uint32_t n)
{
    for (uint32_t i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = d->vcpu[i];

        if (!(READ_ONCE(d->event.poll_mask) & (1u << i)) || !v)
            continue;
        if (v->event.poll_port != 0 && v->event.poll_port != n)
            continue;
        atomic_fetch_and(&d->event.poll_mask, ~(1u << i));
        vcpu_wake(v);
    }
}

void event_2l_raise(struct domain *d, uint32_t n, uint32_t notify)
{
    struct shared_info *s = d->shared_info;
    uint32_t bit = 1u << n % 32;

    if (guest_fetch_or(d, map_word(s->evtchn_pending, n), bit) & bit)
        return;

    trace2(TRC_ARM_EVENT, (uint32_t)d->id << 16 | notify, n);
    if (unlikely(READ_ONCE(d->event.poll_mask)))
        wake_pollers(d, n);

    if (!map_test(s->evtchn_mask, n))
        tell(d, notify, n);
}

void event_2l_unmask(struct domain *d, uint32_t n, uint32_t notify)
{
    struct shared_info *s = d->shared_info;

    guest_fetch_and(d, map_word(s->evtchn_mask, n), ~(1u << n % 32));
    if (map_test(s->evtchn_pending, n))
        tell(d, notify, n);
}

bool event_2l_is_pending(const struct domain *d, uint32_t n)
{
    return map_test(d->shared_info->evtchn_pending, n);
}

void event_2l_clear(struct domain *d, uint32_t n)
{
    guest_fetch_and(d, map_word(d->shared_info->evtchn_pending, n),
                    ~(1u << n % 32));
}

bool event_pending(const struct vcpu *v)
{
    const struct vcpu_info *info = READ_ONCE(v->info);

    return READ_ONCE(info->evtchn_upcall_pending) != 0;
}
