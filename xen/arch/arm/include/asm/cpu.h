/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which CPU this is and what must be done about its errata.
 *
 * Source: ARM DDI 0438 (Cortex-A15 TRM) 4.3; Cortex-A15 MPCore Software
 *         Developers Errata Notice. Layer: 2 (cpu).
 */
#ifndef ASM_CPU_H
#define ASM_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* 798181: TLBI + DSB may not wait for other CPUs' accesses. */
enum erratum_798181 {
    ERRATUM_798181_NONE,    /* not this CPU, or fixed (REVIDR[9])          */
    ERRATUM_798181_PARTIAL, /* REVIDR[4]: dummy TLBI and DSB are enough    */
    ERRATUM_798181_FULL,    /* and a DMB by every CPU that uses the VMID   */
};

extern uint8_t cpu_worst_798181; /* enum; written as CPUs come up */

/* The worst of all CPUs that are up. */
static inline enum erratum_798181 cpu_erratum_798181(void)
{
    return (enum erratum_798181)cpu_worst_798181;
}

/*
 * Per CPU, early: find the errata that apply, check the cache line.
 * Returns NULL, or a line for the log that tells what is wrong.
 */
const char *cpu_check(void);

/* True on a Cortex-A15 whose ACTLR.IBE (bit 0) is clear, so that ICIALLU
 * does not invalidate the branch predictor (CVE-2017-5715). */
bool cpu_predictor_exposed(void);

/* True when table walks look into the data caches (ID_MMFR3.CohWalk). */
bool cpu_walks_are_coherent(void);

#endif /* ASM_CPU_H */
