/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stops in the way that the boot argument "how=" asks for: 0 to 5 is the
 * reason of SCHEDOP_shutdown, 8 and 9 are PSCI SYSTEM_OFF and SYSTEM_RESET.
 *
 * Source: public/sched.h (SHUTDOWN_*); DEN 0022D 5.9, 5.10.
 * Layer:  test guest, first domain.
 */
#include <public/sched.h>

#include "hypercall.h"

void main(void)
{
    uint32_t how = bootarg_number("how", 0);
    struct sched_shutdown arg = { .reason = how };

    print("stop: how %u\n", how);
    if (how >= 8)
        psci_call(0x84000000u | how, 0, 0, 0);
    else
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (uintptr_t)&arg, 0,
                  0, 0);
    print("stop: still here\n");
    for (;;)
        wfi();
}
