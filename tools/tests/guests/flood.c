/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the hypervisor want to log: each line below is worth one message of
 * a guest's doing, thousands of times in a row.
 *
 * Boot argument: times=N. Output: how long each kind took, and "flood: done".
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#include "hypercall.h"

static void unknown_hvc(void)
{
    __asm__ volatile(".arch_extension virt\n hvc #0x123" : : : "memory");
}

static void unknown_cp15(void)
{
    CP15_READ(7, c15, c15, 7); /* HSTR.T15 */
}

static void unmapped(void)
{
    read32(0x0c800000);
}

static void bad_gicd(void)
{
    write32(machine.gicd + GICD_ICACTIVER, 0xffffffff);
}

static void compat_call(void)
{
    hypercall(__HYPERVISOR_sched_op_compat, 0, 0, 0, 0, 0);
}

static const struct {
    const char *name;
    void (*once)(void);
} kinds[] = {
    { "unknown HVC", unknown_hvc },      { "unknown CP15", unknown_cp15 },
    { "unmapped address", unmapped },    { "GICD write", bad_gicd },
    { "compat hypercall", compat_call },
};

void main(void)
{
    uint32_t times = bootarg_number("times", 2000);

    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
        uint64_t start = timer_now();
        struct fault fault;

        for (uint32_t n = 0; n < times; n++) {
            fault_expect();
            kinds[i].once();
            fault_taken(&fault);
        }
        print("flood: %s x%u, %llu us\n", kinds[i].name, times,
              (unsigned long long)(ticks_to_ns(timer_now() - start) / 1000));
    }
    print("flood: done\n");
}
