/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PSCI, secondary CPUs, and time in familiar units.
 *
 * Source: DEN 0022D (PSCI), DEN 0028 (SMCCC); DDI 0406C.c B8 (timers).
 * Layer:  test guest.
 */
#include "internal.h"

static struct {
    void (*fn)(void *);
    void *arg;
    uint32_t asked, runs; /* counts of cpu_start() and of arrivals */
} start_of[GUEST_CPUS];

uint32_t smccc_hvc(uint32_t function, uint32_t a, uint32_t b, uint32_t c)
{
    register uint32_t r0 __asm__("r0") = function;
    register uint32_t r1 __asm__("r1") = a;
    register uint32_t r2 __asm__("r2") = b;
    register uint32_t r3 __asm__("r3") = c;

    __asm__ volatile(".arch_extension virt\n hvc #0"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "memory");
    return r0;
}

uint32_t smccc_smc(uint32_t function, uint32_t a, uint32_t b, uint32_t c)
{
    register uint32_t r0 __asm__("r0") = function;
    register uint32_t r1 __asm__("r1") = a;
    register uint32_t r2 __asm__("r2") = b;
    register uint32_t r3 __asm__("r3") = c;

    __asm__ volatile(".arch_extension sec\n smc #0"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                     :
                     : "memory");
    return r0;
}

uint32_t psci_call(uint32_t function, uint32_t a, uint32_t b, uint32_t c)
{
    if (machine.psci_smc)
        return smccc_smc(function, a, b, c);
    return smccc_hvc(function, a, b, c);
}

void guest_secondary_start(unsigned int cpu)
{
    mmu_cpu_on();
    __atomic_fetch_add(&start_of[cpu].runs, 1, __ATOMIC_SEQ_CST);
    start_of[cpu].fn(start_of[cpu].arg);
    psci_call(PSCI_CPU_OFF, 0, 0, 0);
    print("guest: CPU_OFF returned on CPU %u\n", cpu);
}

/* Writes reach memory before a CPU reads it with its caches off. */
static void clean_to_poc(const void *start, size_t len)
{
    uintptr_t end = (uintptr_t)start + len;

    for (uintptr_t at = (uintptr_t)start & ~31u; at < end; at += 32)
        CP15_WRITE(at, 0, c7, c10, 1); /* DCCMVAC */
    dsb();
}

int cpu_start(unsigned int cpu, void (*fn)(void *), void *arg)
{
    int rc;

    start_of[cpu].fn = fn;
    start_of[cpu].arg = arg;
    clean_to_poc(&start_of[cpu], sizeof(start_of[cpu]));
    rc = (int)psci_call(PSCI_CPU_ON, machine.mpidr[cpu],
                        (uintptr_t)guest_secondary_entry, cpu);
    if (!rc)
        start_of[cpu].asked++;
    return rc;
}

void cpu_wait_off(unsigned int cpu)
{
    while (READ_ONCE(start_of[cpu].runs) != start_of[cpu].asked)
        cpu_relax();
    while (psci_call(PSCI_AFFINITY_INFO, machine.mpidr[cpu], 0, 0) != 1)
        cpu_relax();
}

void power_off(void)
{
    psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;)
        wfi();
}

uint64_t ticks_to_ns(uint64_t ticks)
{
    uint32_t hz = timer_frequency();
    uint64_t seconds = ticks / hz;

    return seconds * 1000000000u + (ticks - seconds * hz) * 1000000000u / hz;
}

uint64_t us_to_ticks(uint32_t us)
{
    return (uint64_t)us * timer_frequency() / 1000000u;
}

void delay_us(uint32_t us)
{
    uint64_t until = timer_now() + us_to_ticks(us);

    while (timer_now() < until)
        ;
}
