/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Benchmark of two vCPUs: SGIs and events from CPU 0 to CPU 1, which is busy
 * or asleep in WFI. What both CPUs execute in Hyp mode counts together.
 *
 * The IRQ vector of CPU 1 ends the "to the other's vector" figure; CPU 1 then
 * answers with an SGI, and CPU 0's return from that ends the round trip.
 *
 * Source: public/event_channel.h, public/sysctl.h; IHI 0048B 4.3.15
 * (GICD_SGIR). Layer:  test guest, first domain.
 */
#include <public/sysctl.h>

#include "bench.h"
#include "hypercall.h"

#define SGI_ASK    4
#define SGI_ANSWER 5

enum {
    OP_SGI_BUSY,
    OP_SGI_WFI,
    OP_EVENT_BUSY,
    OP_EVENT_WFI
};

static volatile uint32_t asked, answered;
static volatile bool sleepy, quit, ready;
static volatile int cpu1_error;
static uint32_t port;

static void on_ask(uint32_t irq)
{
    (void)irq;
    asked++;
    sgi_send(SGI_ANSWER, 1u << 0);
}

static void on_answer(uint32_t irq)
{
    (void)irq;
    answered++;
}

static void on_event(uint32_t from)
{
    (void)from;
    asked++;
}

static void cpu1(void *arg)
{
    (void)arg;
    gic_cpu_init();
    irq_enable(SGI_ASK);
    cpu1_error = event_cpu_init();
    irq_unmask();
    ready = true;
    while (!quit) {
        if (sleepy)
            wfi();
        else
            cpu_relax();
    }
}

/* Give CPU 1 the time to reach the state it is to be found in. */
static void settle(bool asleep)
{
    sleepy = asleep;
    dsb();
    for (uint64_t until = timer_now() + us_to_ticks(300); timer_now() < until;)
        cpu_relax();
}

static void ask(void)
{
    write32(machine.gicd + GICD_SGIR, 1u << (16 + 1) | SGI_ASK);
}

static void wait_answer(uint32_t before)
{
    while (answered == before)
        cpu_relax();
}

static void sgi_busy(void)
{
    uint32_t before = answered;

    settle(false);
    MARK_START(OP_SGI_BUSY);
    ask();
    wait_answer(before);
    MARK_END(OP_SGI_BUSY);
}

static void sgi_wfi(void)
{
    uint32_t before = answered;

    settle(true);
    MARK_START(OP_SGI_WFI);
    ask();
    wait_answer(before);
    MARK_END(OP_SGI_WFI);
    sleepy = false;
    ask(); /* wakes it once more, so that it sees the change */
    wait_answer(before + 1);
}

static void event_busy(void)
{
    uint32_t before = asked;

    settle(false);
    MARK_START(OP_EVENT_BUSY);
    event_send(port);
    while (asked == before)
        cpu_relax();
    MARK_END(OP_EVENT_BUSY);
}

static void event_wfi(void)
{
    uint32_t before = asked, answers = answered;

    settle(true);
    MARK_START(OP_EVENT_WFI);
    event_send(port);
    while (asked == before)
        cpu_relax();
    MARK_END(OP_EVENT_WFI);
    sleepy = false;
    ask();
    wait_answer(answers);
}

static const struct bench_op ops[] = {
    [OP_SGI_BUSY] = { "SGI to another vCPU, busy", sgi_busy, 0 },
    [OP_SGI_WFI] = { "SGI to another vCPU, in WFI", sgi_wfi, 0 },
    [OP_EVENT_BUSY] = { "event to another vCPU, busy", event_busy, 0 },
    [OP_EVENT_WFI] = { "event to another vCPU, in WFI", event_wfi, 0 },
};

/* Frames that are to be scrubbed; 0 also where the hypervisor cannot say. */
static uint64_t unscrubbed(void)
{
    static struct xen_sysctl op;

    op.cmd = XEN_SYSCTL_physinfo;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    if (hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0))
        return 0;
    return op.u.physinfo.scrub_pages;
}

/* Free memory is scrubbed in idle time, which CPU 1 has now. */
static bool wait_scrubbed(void)
{
    for (unsigned int tenths = 0; tenths < 300; tenths++) {
        delay_us(100000);
        if (tenths >= 10 && unscrubbed() == 0)
            return true;
    }
    print("bench: an idle CPU does not scrub\n");
    return false;
}

void main(void)
{
    int rc;

    if (!wait_scrubbed())
        return;
    gic_init();
    irq_handle(SGI_ASK, on_ask);
    irq_handle(SGI_ANSWER, on_answer);
    irq_enable(SGI_ANSWER);
    rc = event_init(on_event);
    irq_unmask();
    if (rc || cpu_start(1, cpu1, NULL)) {
        print("bench: no events (%d) or no second CPU\n", rc);
        return;
    }
    while (!ready)
        cpu_relax();
    rc = event_bind_ipi(1);
    if (rc < 0 || cpu1_error) {
        print("bench: no port for CPU 1 (%d, %d)\n", rc, cpu1_error);
        return;
    }
    port = (uint32_t)rc;
    event_unmask(port);
    bench_run(ops, 0, ARRAY_SIZE(ops));
    bench_end();
    quit = true;
    cpu_wait_off(1);
}
