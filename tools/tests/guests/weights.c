/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two busy domains on one pCPU, weights and cap as asked: what does each get?
 * The first domain builds them, sleeps, and compares how far they counted.
 *
 * Boot arguments: weight1=, weight2= (default 256, 512), cap2= (0: none),
 * alone (only the second one runs), seconds=.
 * Output: "weights: counts A B permille P", P = 1000 * B / (A + B), and with
 * a cap "weights: against uncapped permille P".
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#include "domain.h"
#include "hypercall.h"

#define COUNTER_PAGE 1

/* clang-format off */
/* Counts in the second page of its RAM, for ever. */
static const uint32_t counting[] = {
    0xe3a00101, /* mov  r0, #0x40000000 */
    0xe2800a01, /* add  r0, r0, #0x1000 */
    0xe5901000, /* 1: ldr r1, [r0]      */
    0xe2811001, /* add  r1, r1, #1      */
    0xe5801000, /* str  r1, [r0]        */
    0xeafffffb, /* b    1b              */
};
/* clang-format on */

static volatile bool rung;

static void on_timer(uint32_t irq)
{
    (void)irq;
    timer_stop();
    rung = true;
}

static void sleep_ms(uint32_t ms)
{
    rung = false;
    timer_arm(timer_now() + us_to_ticks(ms * 1000));
    while (!rung) {
        irq_mask();
        if (!rung)
            wfi();
        irq_unmask();
    }
}

struct counter {
    int id;
    volatile uint32_t *at;
};

static bool counter_start(struct counter *c, uint32_t weight, uint32_t cap)
{
    c->id = domain_build(counting, sizeof(counting), 4);
    if (c->id < 0) {
        print("weights: no domain: %d\n", c->id);
        return false;
    }
    c->at = domain_page(c->id, (DOMU_RAM >> 12) + COUNTER_PAGE);
    if (!c->at || domain_params(c->id, weight, cap) ||
        domain_pin(c->id, 1u << 0) || domain_unpause(c->id)) {
        print("weights: domain %d cannot be set up\n", c->id);
        return false;
    }
    return true;
}

static uint32_t counted(const struct counter *c, uint32_t ms)
{
    uint32_t before = *c->at;

    sleep_ms(ms);
    return *c->at - before;
}

static unsigned int permille(uint32_t part, uint32_t whole)
{
    return whole ? (unsigned int)((uint64_t)part * 1000 / whole) : 0;
}

/* The cap's effect: its speed with it, against its speed without. */
static void capped(struct counter *c, uint32_t cap, uint32_t ms)
{
    uint32_t with = counted(c, ms), without;

    domain_params(c->id, 0, 0);
    sleep_ms(100);
    without = counted(c, ms);
    print("weights: cap %u against uncapped permille %u\n", cap,
          permille(with, without));
}

void main(void)
{
    struct counter one = { 0 }, two = { 0 };
    uint32_t ms = bootarg_number("seconds", 3) * 1000;
    uint32_t cap = bootarg_number("cap2", 0);
    uint32_t a, b;

    gic_init();
    irq_handle(machine.vtimer_irq, on_timer);
    irq_enable(machine.vtimer_irq);
    irq_unmask();

    if (!bootarg_set("alone") &&
        !counter_start(&one, bootarg_number("weight1", 256), 0))
        return;
    if (!counter_start(&two, bootarg_number("weight2", 512), cap))
        return;
    sleep_ms(200);
    if (cap) {
        capped(&two, cap, ms);
    } else {
        a = one.at ? *one.at : 0;
        b = counted(&two, ms);
        a = one.at ? *one.at - a : 0;
        print("weights: counts %u %u permille %u\n", a, b, permille(b, a + b));
    }
    print("weights: destroyed %d %d\n", one.id ? domain_destroy(one.id) : 0,
          domain_destroy(two.id));
    print("weights: done\n");
}
