/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time: the virtual counter and its timer; Xen's watchdog.
 *
 * Source: DDI 0406C.c B8.1 (generic timer); public/sched.h.
 * Layer:  stub domain.
 */
#include <public/sched.h>

#include "stub.h"

#define ENABLE 1u
#define MASKED 2u

#define WATCHDOGS 2u /* that Xen has for a domain */

static uint32_t hz(void)
{
    uint32_t value;

    __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(value));
    return value ? value : 1000000;
}

static uint64_t ticks(void)
{
    uint64_t value;

    __asm__ volatile("isb\n mrrc p15, 1, %Q0, %R0, c14" : "=r"(value));
    return value;
}

uint64_t stub_now(void)
{
    uint64_t t = ticks();
    uint32_t f = hz();

    return t / f * 1000000000u + t % f * 1000000000u / f;
}

void stub_alarm(uint64_t when)
{
    uint32_t f = hz(), ctl = when ? ENABLE : MASKED;
    uint64_t at = when / 1000000000u * f + when % 1000000000u * f / 1000000000u;

    if (when)
        __asm__ volatile("mcrr p15, 3, %Q0, %R0, c14" : : "r"(at));
    __asm__ volatile("mcr p15, 0, %0, c14, c3, 1\n isb" : : "r"(ctl));
}

static int32_t watchdog(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog arg = { .id = id, .timeout = seconds };

    return hypercall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, (uintptr_t)&arg,
                     0, 0, 0);
}

void stub_watchdog_init(void)
{
    for (uint32_t id = 1; id <= WATCHDOGS; id++)
        (void)watchdog(id, 0); /* -EINVAL: it was not armed */
}

void stub_watchdog(uint32_t seconds)
{
    static uint32_t id;
    static uint64_t fed;
    int32_t rc;

    if (!seconds) {
        if (id)
            (void)watchdog(id, 0);
        id = 0; /* it is not ours any more */
        return;
    }
    if (id && ticks() - fed < hz() / 2)
        return;
    fed = ticks();
    rc = watchdog(id, seconds);
    if (!id && rc > 0)
        id = (uint32_t)rc;
}
