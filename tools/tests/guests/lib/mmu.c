/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 1: all 4 GiB one to one in four 1 GiB blocks (long descriptors).
 *
 * Source: DDI 0406C.c B3.6.1 (block descriptors), B4.1.104 (MAIR),
 *         B4.1.153 (TTBCR.EAE).
 * Layer:  test guest.
 */
#include "internal.h"

#define BLOCK       0x1u
#define SH_INNER    (3u << 8)
#define AF          (1u << 10)
#define ATTR_MEMORY (0u << 2)
#define ATTR_DEVICE (1u << 2)
#define XN          (1ull << 54)
#define MAIR0       0x000004ffu /* 0: write-back memory, 1: device */

#define TTBCR_EAE (1u << 31)
#define TTBCR_WB  (3u << 12 | 1u << 10 | 1u << 8) /* SH0, ORGN0, IRGN0 */

#define SCTLR_M (1u << 0)
#define SCTLR_C (1u << 2)
#define SCTLR_I (1u << 12)

uint64_t mmu_level1[4] aligned(32);

void mmu_cpu_on(void)
{
    CP15_WRITE(0, 0, c7, c5, 0); /* ICIALLU */
    CP15_WRITE(0, 0, c8, c7, 0); /* TLBIALL */
    CP15_WRITE(MAIR0, 0, c10, c2, 0);
    CP15_WRITE(TTBCR_EAE | TTBCR_WB, 0, c2, c0, 2);
    CP15_WRITE64((uint64_t)(uintptr_t)mmu_level1, 0, c2);
    dsb();
    isb();
    CP15_WRITE(CP15_READ(0, c1, c0, 0) | SCTLR_M | SCTLR_C | SCTLR_I, 0, c1, c0,
               0);
    isb();
}

void mmu_on(void)
{
    uint32_t here = (uint32_t)(uintptr_t)guest_image >> 30;

    for (uint32_t i = 0; i < ARRAY_SIZE(mmu_level1); i++) {
        mmu_level1[i] = (uint64_t)i << 30 | BLOCK | AF | SH_INNER;
        mmu_level1[i] |= i == here ? ATTR_MEMORY : ATTR_DEVICE | XN;
    }
    mmu_cpu_on();
}
