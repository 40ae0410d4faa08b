/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, two levels, looked at by the main loop: the upcall's PPI
 * only ends its WFI.
 *
 * Source: public/xen.h (struct shared_info), public/event_channel.h;
 *         IHI 0048B 4.4 (CPU interface); interface.md 2.3, 3.2.
 * Layer:  stub domain.
 */
#include <public/event_channel.h>

#include "layout.h"
#include "stub.h"

#define PORTS 4096u
#define WORDS (PORTS / 32)

#define GICD_CTLR      0x000
#define GICD_ISENABLER 0x100
#define GICC_CTLR      0x000
#define GICC_PMR       0x004
#define GICC_IAR       0x00c
#define GICC_EOIR      0x010
#define SPURIOUS       1023u

static struct shared_info *const shared = (void *)SHARED_INFO;

/* Pending, and taken from the page that Xen writes. */
static uint32_t mine[WORDS], any[WORDS / 32];

static volatile uint32_t *gicd(uint32_t at)
{
    return (volatile uint32_t *)(uintptr_t)(GUEST_GICD_BASE + at);
}

static volatile uint32_t *gicc(uint32_t at)
{
    return (volatile uint32_t *)(uintptr_t)(GUEST_GICC_BASE + at);
}

static int event_op(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_event_channel_op, op, (uintptr_t)arg, 0, 0,
                     0);
}

static void note(uint32_t word, uint32_t bits)
{
    mine[word] |= bits;
    if (bits)
        any[word / 32] |= 1u << word % 32;
}

void events_init(void)
{
    struct vcpu_info *v = &shared->vcpu_info[0];

    if (stub_map_shared_info())
        stub_panic("the page that is shared with Xen cannot be mapped");
    *gicd(GICD_CTLR) = 1;
    *gicd(GICD_ISENABLER) = 1u << GUEST_EVTCHN_PPI | 1u << GUEST_TIMER_VIRT_PPI;
    *gicc(GICC_PMR) = 0xf0;
    *gicc(GICC_CTLR) = 1;
    /*
     * A former life may have ended between upcall, selector and port. Xen
     * tells of a port only when that sets its bit in the selector: none may
     * stay behind.
     */
    *(volatile uint8_t *)&v->evtchn_upcall_pending = 0;
    __atomic_exchange_n((volatile uint32_t *)&v->evtchn_pending_sel, 0,
                        __ATOMIC_SEQ_CST);
    __atomic_exchange_n((volatile uint32_t *)&v->evtchn_pending_sel + 1, 0,
                        __ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < WORDS; i++) {
        ((volatile uint32_t *)shared->evtchn_mask)[i] = 0;
        note(i, __atomic_exchange_n(
                    (volatile uint32_t *)shared->evtchn_pending + i, 0,
                    __ATOMIC_SEQ_CST));
    }
}

/* Whatever the interrupt is: it has ended WFI, which is all it is for. */
static void acknowledge(void)
{
    uint32_t iar;

    for (int i = 0; i < 4; i++) {
        iar = *gicc(GICC_IAR);
        if ((iar & 0x3ff) == SPURIOUS)
            return;
        *gicc(GICC_EOIR) = iar;
    }
}

/* What Xen has made pending becomes ours. */
static void collect(void)
{
    struct vcpu_info *v = &shared->vcpu_info[0];
    volatile uint32_t *selector = (volatile void *)&v->evtchn_pending_sel;
    volatile uint32_t *pending = (volatile void *)shared->evtchn_pending;

    while (*(volatile uint8_t *)&v->evtchn_upcall_pending) {
        *(volatile uint8_t *)&v->evtchn_upcall_pending = 0;
        __sync_synchronize(); /* cleared, before it is looked at */
        for (uint32_t half = 0; half < 2; half++) {
            uint32_t sel = __atomic_exchange_n(&selector[half], 0,
                                               __ATOMIC_SEQ_CST);

            for (; sel; sel &= sel - 1) {
                /* A bit of the selector is for 64 ports: two words. */
                uint32_t w = 2 * (32 * half + (uint32_t)__builtin_ctz(sel));

                for (uint32_t i = w; i < w + 2; i++)
                    note(i,
                         __atomic_exchange_n(&pending[i], 0, __ATOMIC_SEQ_CST));
            }
        }
    }
}

bool events_next(uint32_t *port)
{
    collect();
    for (uint32_t i = 0; i < WORDS / 32; i++) {
        uint32_t word, bit;

        if (!any[i])
            continue;
        word = 32 * i + (uint32_t)__builtin_ctz(any[i]);
        bit = (uint32_t)__builtin_ctz(mine[word]);
        mine[word] &= mine[word] - 1;
        if (!mine[word])
            any[i] &= any[i] - 1;
        *port = 32 * word + bit;
        return true;
    }
    return false;
}

void events_wait(void)
{
    acknowledge();
    if (!*(volatile uint8_t *)&shared->vcpu_info[0].evtchn_upcall_pending)
        __asm__ volatile("dsb\n wfi" : : : "memory");
    acknowledge();
}

int event_bind(domid_t remote, uint32_t remote_port)
{
    struct evtchn_bind_interdomain arg = { .remote_dom = remote,
                                           .remote_port = remote_port };
    int rc = event_op(EVTCHNOP_bind_interdomain, &arg);

    return rc ? rc : (int)arg.local_port;
}

int event_bind_virq(uint32_t virq)
{
    struct evtchn_bind_virq arg = { .virq = virq };
    int rc = event_op(EVTCHNOP_bind_virq, &arg);

    return rc ? rc : (int)arg.port;
}

int event_status(uint32_t port, uint32_t *a, uint32_t *b)
{
    struct evtchn_status arg = { .dom = DOMID_SELF, .port = port };
    int rc = event_op(EVTCHNOP_status, &arg);

    *a = *b = 0;
    if (rc)
        return rc;
    switch (arg.status) {
    case EVTCHNSTAT_unbound:
        *a = arg.u.unbound.dom;
        break;
    case EVTCHNSTAT_interdomain:
        *a = arg.u.interdomain.dom;
        *b = arg.u.interdomain.port;
        break;
    case EVTCHNSTAT_virq:
        *a = arg.u.virq;
        break;
    default:
        break;
    }
    return (int)arg.status;
}

void event_send(uint32_t port)
{
    struct evtchn_send arg = { .port = port };

    (void)event_op(EVTCHNOP_send, &arg);
}

void event_close(uint32_t port)
{
    struct evtchn_close arg = { .port = port };

    (void)event_op(EVTCHNOP_close, &arg);
}
