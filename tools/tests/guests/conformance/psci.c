/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PSCI: what is offered, CPUs off and on, and CPU_ON by two CPUs at once.
 *
 * Source: DEN 0022D 5.1 (functions), 5.4 (CPU_ON), 6.4 (start state).
 * Layer:  test guest.
 */
#include "conformance.h"

#define PSCI_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_MIGRATE           0x84000005u
#define SMCCC_VERSION          0x80000000u
#define NOWHERE                0x00ffffffu

static void calls(void)
{
    static const uint32_t ids[] = {
        PSCI_VERSION,    PSCI_CPU_SUSPEND,       PSCI_CPU_OFF,
        PSCI_CPU_ON,     PSCI_AFFINITY_INFO,     PSCI_MIGRATE,
        PSCI_SYSTEM_OFF, PSCI_MIGRATE_INFO_TYPE, PSCI_SYSTEM_RESET,
        PSCI_FEATURES,   SMCCC_VERSION,          0x8400001fu,
        0xc4000003u,
    };

    FACT("psci.version", "%08x", psci_call(PSCI_VERSION, 0, 0, 0));
    FACT("psci.migrate-type", "%d",
         (int)psci_call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0));
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
        FACT("psci.features", "%08x %d", ids[i],
             (int)psci_call(PSCI_FEATURES, ids[i], 0, 0));
    FACT("psci.unknown", "%d", (int)psci_call(0x840000ffu, 0, 0, 0));
    FACT("psci.other-conduit", "%s", machine.psci_smc ? "smc" : "hvc");
}

static uint32_t affinity(unsigned int cpu)
{
    return psci_call(PSCI_AFFINITY_INFO, machine.mpidr[cpu], 0, 0);
}

static volatile uint32_t seen[4];

/* The state in which a CPU arrives; SCTLR and CPSR are the library's now. */
static void arrived(void *arg)
{
    seen[0] = *(uint32_t *)arg;
    seen[1] = CP15_READ(0, c0, c0, 5) & 0xffffff;
    seen[2] = affinity(1);
    seen[3] = psci_call(PSCI_CPU_ON, machine.mpidr[1], 0x1000, 0);
    dsb();
}

static void on_off(void)
{
    uint32_t word = 0x12345678;

    FACT("psci.affinity.self", "%u", affinity(0));
    FACT("psci.affinity.off", "%u", affinity(1));
    FACT("psci.affinity.nowhere", "%d",
         (int)psci_call(PSCI_AFFINITY_INFO, NOWHERE, 0, 0));
    FACT("psci.affinity.level", "%d",
         (int)psci_call(PSCI_AFFINITY_INFO, machine.mpidr[0], 7, 0));
    FACT("psci.on.self", "%d",
         (int)psci_call(PSCI_CPU_ON, machine.mpidr[0], 0x1000, 0));
    FACT("psci.on.nowhere", "%d",
         (int)psci_call(PSCI_CPU_ON, NOWHERE, 0x1000, 0));
    for (int i = 0; i < 3; i++) {
        FACT("psci.on", "%d", cpu_start(1, arrived, &word));
        cpu_wait_off(1);
        FACT("psci.on.arrived", "%08x mpidr %x state %u again %d", seen[0],
             seen[1], seen[2], (int)seen[3]);
    }
    FACT("psci.affinity.off-again", "%u", affinity(1));
}

/* --- CPU_ON of CPU 2 by CPUs 0 and 1 at once ------------------------------ */

static struct {
    uint32_t round; /* both go when this changes                       */
    uint32_t go;
    int rc[2];
    uint32_t arrivals;
    uint32_t leave;
} race;

static void third(void *arg)
{
    (void)arg;
    __atomic_fetch_add(&race.arrivals, 1, __ATOMIC_SEQ_CST);
    while (!READ_ONCE(race.leave))
        cpu_relax();
}

static void starter(void *arg)
{
    uint32_t round = *(uint32_t *)arg;

    while (READ_ONCE(race.go) != round)
        ;
    race.rc[1] = cpu_start(2, third, NULL);
    dmb();
}

/* One wins, the other is told that it is on, or about to be. */
static bool lost(int rc)
{
    return rc == -4 || rc == -5; /* ALREADY_ON, ON_PENDING */
}

static void races(void)
{
    uint32_t count = bootarg_number("races", 1000), good = 0;

    for (uint32_t i = 1; i <= count; i++) {
        race.round = i;
        race.leave = 0;
        worker_begin(1, starter, &race.round);
        /* Not always the same one first. */
        for (uint32_t spin = i * 7 % 64; spin; spin--)
            cpu_relax();
        WRITE_ONCE(race.go, i);
        race.rc[0] = cpu_start(2, third, NULL);
        worker_end(1);
        while (READ_ONCE(race.arrivals) < i && (!race.rc[0] || !race.rc[1]))
            cpu_relax();
        good += ((!race.rc[0] && lost(race.rc[1])) ||
                 (!race.rc[1] && lost(race.rc[0]))) &&
                race.arrivals == i;
        WRITE_ONCE(race.leave, 1);
        dsb();
        while (affinity(2) != 1)
            cpu_relax();
    }
    FACT("psci.race", "%u of %u: one started it, %u arrivals", good, count,
         race.arrivals);
}

static void stop_itself(void *arg)
{
    (void)arg;
}

/* Off by itself and on from here, as fast as it goes. */
static void cycles(void)
{
    uint32_t count = bootarg_number("races", 1000), good = 0;

    for (uint32_t i = 0; i < count; i++) {
        good += cpu_start(1, stop_itself, NULL) == 0;
        cpu_wait_off(1);
    }
    FACT("psci.cycles", "%u of %u", good, count);
}

void conform_psci(void)
{
    calls();
    if (machine.nr_cpus < 3) {
        FACT("psci", "needs three CPUs");
        return;
    }
    on_off();
    cycles();
    worker_start(1);
    races();
    worker_stop(1);
}
