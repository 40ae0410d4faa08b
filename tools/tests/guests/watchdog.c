/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The watchdog of sched_op: arm, feed, release, then let it bite.
 *
 * Source: public/sched.h (SCHEDOP_watchdog, struct sched_watchdog).
 * Layer:  test guest, first domain.
 */
#include <public/sched.h>

#include "hypercall.h"

static int watchdog(uint32_t id, uint32_t seconds)
{
    struct sched_watchdog arg = { .id = id, .timeout = seconds };

    return hypercall(__HYPERVISOR_sched_op, SCHEDOP_watchdog, (uintptr_t)&arg,
                     0, 0, 0);
}

void main(void)
{
    int first = watchdog(0, 1), second = watchdog(0, 30);
    int third = watchdog(0, 30), unknown = watchdog(7, 1);
    int released, again;

    print("watchdog: two %d %d, a third %d\n", first, second, third);
    print("watchdog: unknown %d, id 3 %d\n", unknown, watchdog(3, 1));
    released = watchdog((uint32_t)second, 0);
    again = watchdog((uint32_t)second, 30);
    print("watchdog: released %d, again %d\n", released, again);
    for (int i = 0; i < 3; i++) {
        delay_us(700000);
        watchdog((uint32_t)first, 1);
    }
    print("watchdog: fed for 2.1 s, alive\n");
    delay_us(700000);
    print("watchdog: hungry\n");
    delay_us(1500000);
    print("watchdog: did not bite\n");
}
