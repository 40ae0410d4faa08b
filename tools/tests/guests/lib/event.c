/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, two levels, one shared page.
 *
 * Source: public/xen.h (struct shared_info, struct vcpu_info),
 *         public/event_channel.h, public/vcpu.h, public/memory.h.
 * Layer:  test guest.
 */
#include <public/event_channel.h>
#include <public/memory.h>
#include <public/vcpu.h>

#include "hypercall.h"

static union {
    struct shared_info info;
    uint8_t bytes[4096];
} shared aligned(4096);

static union {
    struct vcpu_info info;
    uint8_t bytes[64];
} vcpu_area[GUEST_CPUS] aligned(64);

static struct vcpu_info *vcpu_info_of[GUEST_CPUS];
static void (*port_fn)(uint32_t port);

static int event_op(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_event_channel_op, op, (uintptr_t)arg, 0, 0,
                     0);
}

static volatile uint32_t *word_of(volatile uint64_t *words, uint32_t port)
{
    return (volatile uint32_t *)words + port / 32;
}

static void bit_set(volatile uint32_t *word, uint32_t bit)
{
    __atomic_fetch_or(word, 1u << bit, __ATOMIC_SEQ_CST);
}

static void bit_clear(volatile uint32_t *word, uint32_t bit)
{
    __atomic_fetch_and(word, ~(1u << bit), __ATOMIC_SEQ_CST);
}

bool event_pending(uint32_t port)
{
    return *word_of(shared.info.evtchn_pending, port) >> port % 32 & 1;
}

void event_clear(uint32_t port)
{
    bit_clear(word_of(shared.info.evtchn_pending, port), port % 32);
}

void event_mask(uint32_t port)
{
    bit_set(word_of(shared.info.evtchn_mask, port), port % 32);
}

void event_unmask(uint32_t port)
{
    bit_clear(word_of(shared.info.evtchn_mask, port), port % 32);
}

/* Ports of 64-bit word @index that are pending and not masked. */
static void run_ports(uint32_t index)
{
    for (uint32_t port = index * 64; port < index * 64 + 64; port += 32) {
        uint32_t ready = *word_of(shared.info.evtchn_pending, port) &
                         ~*word_of(shared.info.evtchn_mask, port);

        for (uint32_t bit = 0; ready; bit++, ready >>= 1) {
            if (!(ready & 1))
                continue;
            event_clear(port + bit);
            if (port_fn)
                port_fn(port + bit);
        }
    }
}

static void upcall(uint32_t irq)
{
    volatile struct vcpu_info *info = vcpu_info_of[cpu_id()];

    (void)irq;
    while (info->evtchn_upcall_pending) {
        volatile uint32_t *selector = (void *)&info->evtchn_pending_sel;

        info->evtchn_upcall_pending = 0;
        dmb();
        for (uint32_t half = 0; half < 2; half++) {
            uint32_t words = __atomic_exchange_n(&selector[half], 0,
                                                 __ATOMIC_SEQ_CST);

            for (uint32_t bit = 0; words; bit++, words >>= 1) {
                if (words & 1)
                    run_ports(half * 32 + bit);
            }
        }
    }
}

int event_cpu_init(void)
{
    unsigned int cpu = cpu_id();
    uintptr_t area = (uintptr_t)&vcpu_area[cpu];
    struct vcpu_register_vcpu_info arg = {
        .mfn = area >> 12,
        .offset = area & 4095,
    };
    int rc = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_vcpu_info, cpu,
                       (uintptr_t)&arg, 0, 0);

    if (rc)
        return rc;
    vcpu_info_of[cpu] = &vcpu_area[cpu].info;
    irq_handle(machine.event_irq, upcall);
    irq_enable(machine.event_irq);
    return 0;
}

int event_init(void (*fn)(uint32_t port))
{
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_shared_info,
        .gpfn = (uintptr_t)&shared >> 12,
    };
    int rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
                       (uintptr_t)&map, 0, 0, 0);

    if (rc)
        return rc;
    port_fn = fn;
    return event_cpu_init();
}

int event_alloc_unbound(uint32_t remote)
{
    struct evtchn_alloc_unbound arg = {
        .dom = DOMID_SELF,
        .remote_dom = (domid_t)remote,
    };
    int rc = event_op(EVTCHNOP_alloc_unbound, &arg);

    return rc ? rc : (int)arg.port;
}

int event_bind_ipi(unsigned int vcpu)
{
    struct evtchn_bind_ipi arg = { .vcpu = vcpu };
    int rc = event_op(EVTCHNOP_bind_ipi, &arg);

    return rc ? rc : (int)arg.port;
}

int event_bind_interdomain(uint32_t remote, uint32_t remote_port)
{
    struct evtchn_bind_interdomain arg = {
        .remote_dom = (domid_t)remote,
        .remote_port = remote_port,
    };
    int rc = event_op(EVTCHNOP_bind_interdomain, &arg);

    return rc ? rc : (int)arg.local_port;
}

int event_bind_virq(uint32_t virq, unsigned int vcpu)
{
    struct evtchn_bind_virq arg = { .virq = virq, .vcpu = vcpu };
    int rc = event_op(EVTCHNOP_bind_virq, &arg);

    return rc ? rc : (int)arg.port;
}

int event_bind_vcpu(uint32_t port, unsigned int vcpu)
{
    struct evtchn_bind_vcpu arg = { .port = port, .vcpu = vcpu };

    return event_op(EVTCHNOP_bind_vcpu, &arg);
}

int event_send(uint32_t port)
{
    struct evtchn_send arg = { .port = port };

    return event_op(EVTCHNOP_send, &arg);
}

int event_close(uint32_t port)
{
    struct evtchn_close arg = { .port = port };

    return event_op(EVTCHNOP_close, &arg);
}
