/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Identification registers of the CPU.
 *
 * Source: DDI 0406C.c B4.1 (MIDR, MPIDR, CTR, ID_*, CCSIDR, CLIDR).
 * Layer:  test guest.
 */
#include "conformance.h"

/* clang-format off */
#define ID_REG(name_, op1_, crm_, op2_)                                        \
    FACT("cpu." name_, "%08x", CP15_READ(op1_, c0, crm_, op2_))

void conform_cpu(void)
{
    ID_REG("midr",   0, c0, 0);
    ID_REG("ctr",    0, c0, 1);
    ID_REG("tcmtr",  0, c0, 2);
    ID_REG("tlbtr",  0, c0, 3);
    ID_REG("mpidr",  0, c0, 5);
    ID_REG("revidr", 0, c0, 6);
    ID_REG("pfr0",   0, c1, 0);
    ID_REG("pfr1",   0, c1, 1);
    ID_REG("dfr0",   0, c1, 2);
    ID_REG("afr0",   0, c1, 3);
    ID_REG("mmfr0",  0, c1, 4);
    ID_REG("mmfr1",  0, c1, 5);
    ID_REG("mmfr2",  0, c1, 6);
    ID_REG("mmfr3",  0, c1, 7);
    ID_REG("isar0",  0, c2, 0);
    ID_REG("isar1",  0, c2, 1);
    ID_REG("isar2",  0, c2, 2);
    ID_REG("isar3",  0, c2, 3);
    ID_REG("isar4",  0, c2, 4);
    ID_REG("isar5",  0, c2, 5);
    ID_REG("clidr",  1, c0, 1);
    ID_REG("aidr",   1, c0, 7);
    for (uint32_t level = 0; level < 4; level++) {
        CP15_WRITE(level, 2, c0, c0, 0);
        isb();
        FACT("cpu.ccsidr", "%u %08x", level, CP15_READ(1, c0, c0, 0));
    }
    CP15_WRITE(0, 2, c0, c0, 0);
    FACT("cpu.sctlr", "%08x", CP15_READ(0, c1, c0, 0));
    FACT("cpu.dbgdidr", "%08x", ({
        uint32_t value_;

        __asm__ volatile("mrc p14, 0, %0, c0, c0, 0" : "=r"(value_));
        value_;
    }));
}
/* clang-format on */
