/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time from the generic timer's counter.
 *
 * A conversion is one multiplication by a 64-bit fraction:
 *
 *     result = (value << shift) * fraction / 2^64
 *
 * with fraction = floor(ratio * 2^(64 - shift)) and the smallest shift that
 * keeps the ratio below 1. The fraction is short of the true one by less
 * than 2^-64, so the product is short by less than (value << shift) / 2^64,
 * which is below 1 for every value that does not overflow: the error is a
 * unit at most, after any uptime, and does not grow beyond.
 *
 * ns_to_ticks rounds up and ticks_to_ns down. For a counter below 400 MHz
 * (a tick is longer than 2 ns) ns_to_ticks(ticks_to_ns(t)) == t.
 *
 * Source: ARM DDI 0406C.c B8.1 (CNTPCT, CNTHP_CVAL, CNTHP_CTL).
 * Layer:  3 (drivers). Tested on the host, unit/time.c.
 */
#include <public/errno.h>
#include <xen/number.h>
#include <xen/time.h>

#include <asm/barrier.h>
#include <asm/sysreg.h>

#define NS_PER_S 1000000000u
#define US_PER_S 1000000u

#define CNTHP_CTL_ENABLE 1u

struct ratio {
    uint64_t fraction;
    unsigned int shift;
    uint64_t last; /* greatest value whose result fits */
};

uint32_t time_hz;
uint64_t time_base_ticks;

static struct ratio to_ns, to_ticks;

/* @num / @den as a fraction; long division, a bit at a time, at boot. */
static struct ratio ratio_make(uint32_t num, uint32_t den)
{
    struct ratio r = { 0 };
    uint64_t rest = num, divisor = den;

    while (divisor <= rest) {
        divisor <<= 1;
        r.shift++;
    }
    for (unsigned int bit = 0; bit < 64; bit++) {
        rest <<= 1;
        r.fraction <<= 1;
        if (rest >= divisor) {
            rest -= divisor;
            r.fraction |= 1;
        }
    }
    r.last = UINT64_MAX >> r.shift;
    return r;
}

uint64_t ticks_to_ns(uint64_t ticks)
{
    if (unlikely(ticks > to_ns.last))
        return UINT64_MAX;
    return mul_high(ticks << to_ns.shift, to_ns.fraction);
}

uint64_t ns_to_ticks(uint64_t ns)
{
    if (unlikely(ns > to_ticks.last))
        return UINT64_MAX;
    return mul_high_up(ns << to_ticks.shift, to_ticks.fraction);
}

int time_init(uint32_t hz)
{
    if (hz == 0 || hz > NS_PER_S)
        return -EINVAL;

    time_hz = hz;
    to_ns = ratio_make(NS_PER_S, hz);
    to_ticks = ratio_make(hz, NS_PER_S);
    time_base_ticks = time_ticks();
    return 0;
}

uint64_t time_ticks(void)
{
    isb(); /* or the counter could be read ahead of what is being timed */
    return sysreg_read64(CNTPCT);
}

uint64_t time_now_ns(void)
{
    return ticks_to_ns(time_ticks() - time_base_ticks);
}

void time_comparator_set(uint64_t deadline_ticks)
{
    sysreg_write64(CNTHP_CVAL, deadline_ticks);
    sysreg_write(CNTHP_CTL, CNTHP_CTL_ENABLE);
    isb(); /* in force before a WFI, or before interrupts are looked for */
}

void time_comparator_off(void)
{
    sysreg_write(CNTHP_CTL, 0);
    isb(); /* the line is low before the interrupt is deactivated */
}

void time_delay_us(uint32_t us)
{
    uint64_t start = time_ticks();
    uint64_t wait = mul_div(us, time_hz, US_PER_S) + 1;

    while (time_ticks() - start < wait)
        continue;
}
