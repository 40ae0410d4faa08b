/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small guest that asks the store. It measures READs of its own name,
 * each from the first byte in the ring to the last of the answer, by the
 * virtual counter; it sleeps (WFI) while it waits. Then it sleeps for ever.
 *
 * Boot arguments: reads=N (default 0, at most 4096): so many are measured,
 * after 64 that are not and a second of silence.
 * Result: data/reads in the store, "samples N min A median B p99 C max D",
 * in nanoseconds.
 *
 * Source: public/io/xs_wire.h, public/hvm/params.h; DDI 0406C.c B3.6.1.
 * Layer:  test guest, built domain.
 */
#include <public/hvm/params.h>

#include <xen/printf.h>
#include <xen/string.h>

#include "hypercall.h"
#include "internal.h"
#include "xenstore.h"

#define MOST    4096u
#define WARM_UP 64u

/* The rings are in the first GiB, where all else is devices. */
#define BLOCK_LOG 21
#define BLOCK     (1u | 1u << 10 | 3u << 8) /* AF, inner shareable */
#define DEVICE    (1u << 2)
#define XN        (1ull << 54)

static uint64_t level2[512] aligned(4096);
static uint32_t samples[MOST];
static volatile bool rung, over;

static void map_cached(uint32_t gpa)
{
    for (uint32_t i = 0; i < 512; i++)
        level2[i] = (uint64_t)i << BLOCK_LOG | BLOCK | DEVICE | XN;
    level2[gpa >> BLOCK_LOG & 511] &= ~(uint64_t)DEVICE;
    dsb();
    mmu_level1[gpa >> 30] = (uintptr_t)level2 | 3;
    dsb();
    CP15_WRITE(0, 0, c8, c7, 0); /* TLBIALL */
    dsb();
    isb();
}

static void on_port(uint32_t port)
{
    (void)port;
    rung = true;
}

static void on_timer(uint32_t irq)
{
    (void)irq;
    timer_stop();
    over = true;
}

/* A second, whoever rings meanwhile: the store does, when it has just met
 * us, and whoever makes us has still something to do in domain 0. */
static void silence(void)
{
    timer_arm(timer_now() + us_to_ticks(1000000));
    irq_mask();
    while (!over) {
        wfi();
        irq_unmask();
        irq_mask();
    }
    irq_unmask();
}

static void kick(struct xenstore *x)
{
    event_send(x->port);
}

static void wait_for_ring(struct xenstore *x)
{
    (void)x;
    irq_mask();
    while (!rung) {
        wfi();
        irq_unmask();
        irq_mask();
    }
    rung = false;
    irq_unmask();
}

static void sort(uint32_t *a, uint32_t nr)
{
    for (uint32_t gap = nr / 2; gap > 0; gap /= 2) {
        for (uint32_t i = gap; i < nr; i++) {
            uint32_t v = a[i], k = i;

            for (; k >= gap && a[k - gap] > v; k -= gap)
                a[k] = a[k - gap];
            a[k] = v;
        }
    }
}

static void measure(struct xenstore *x, uint32_t nr)
{
    static const char path[] = "name";
    char text[128];
    int len;

    for (uint32_t i = 0; i < WARM_UP + nr; i++) {
        uint64_t start = timer_now();

        if (xenstore_call(x, XS_READ, path, sizeof(path), text, sizeof(text)) <
            1)
            power_off(); /* whoever waits for the figures sees that */
        if (i >= WARM_UP)
            samples[i - WARM_UP] = (uint32_t)(timer_now() - start);
    }
    sort(samples, nr);
    len = xen_snprintf(text, sizeof(text),
                       "samples %u min %llu median %llu p99 %llu max %llu", nr,
                       (unsigned long long)ticks_to_ns(samples[0]),
                       (unsigned long long)ticks_to_ns(samples[nr / 2]),
                       (unsigned long long)ticks_to_ns(samples[nr * 99 / 100]),
                       (unsigned long long)ticks_to_ns(samples[nr - 1]));
    if (xenstore_write(x, "data/reads", text, (uint32_t)len, text,
                       sizeof(text)))
        power_off();
}

void main(void)
{
    uint32_t reads = bootarg_number("reads", 0);
    uint32_t page = (uint32_t)hvm_param(HVM_PARAM_STORE_PFN) << 12;
    struct xenstore x = {
        .ring = (void *)(uintptr_t)page,
        .port = (uint32_t)hvm_param(HVM_PARAM_STORE_EVTCHN),
        .kick = kick,
        .wait = wait_for_ring,
    };

    map_cached(page);
    gic_init();
    irq_handle(machine.vtimer_irq, on_timer);
    irq_enable(machine.vtimer_irq);
    if (event_init(on_port))
        power_off();
    irq_unmask();
    if (reads > 0 && reads <= MOST) {
        silence();
        measure(&x, reads);
    }
    for (;;)
        wfi();
}
