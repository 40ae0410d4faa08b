/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which CPU this is and what must be done about its errata.
 *
 * Source: ARM DDI 0406C.c B4.1 (MIDR, REVIDR, CTR, ID_MMFR3); ARM DDI 0438
 *         (Cortex-A15 TRM) 4.3.1; Cortex-A15 MPCore Software Developers
 *         Errata Notice, 798181 (which revisions and REVIDR bits).
 * Layer:  2 (cpu).
 */
#include <stddef.h>

#include <xen/bits.h>
#include <xen/compiler.h>

#include <asm/cache.h>
#include <asm/cpu.h>
#include <asm/sysreg.h>

#define MIDR_IMPLEMENTER FIELD(31, 24)
#define MIDR_VARIANT     FIELD(23, 20)
#define MIDR_PART        FIELD(15, 4)
#define MIDR_REVISION    FIELD(3, 0)
#define MIDR_ARM         0x41u
#define PART_CORTEX_A15  0xc0fu

#define CTR_DMINLINE  FIELD(19, 16) /* log2 of words in the smallest line */
#define ACTLR_A15_IBE BIT(0)        /* enable invalidates of BTB */
#define MMFR3_COHWALK FIELD(23, 20)

/*
 * A15 revisions with erratum 798181: first and last rXpY as X << 4 | Y, and
 * the REVIDR bits that tell a fixed part.
 */
static const struct {
    uint8_t first, last;
    uint32_t fixed, partly;
} rows_798181[] = {
    { 0x00, 0x21, 0, 0 },           /* r0p0-r2p1: never fixed          */
    { 0x22, 0x23, 0, BIT(4) },      /* r2p2, r2p3                      */
    { 0x24, 0x32, BIT(9), BIT(4) }, /* r2p4, r3p0-r3p2                 */
    { 0x33, 0x33, BIT(9), 0 },      /* r3p3                            */
};

uint8_t cpu_worst_798181;

static bool is_cortex_a15(uint32_t midr)
{
    return field_get(midr, MIDR_IMPLEMENTER) == MIDR_ARM &&
           field_get(midr, MIDR_PART) == PART_CORTEX_A15;
}

static enum erratum_798181 find_798181(uint32_t midr, uint32_t revidr)
{
    uint32_t rev = field_get(midr, MIDR_VARIANT) << 4 |
                   field_get(midr, MIDR_REVISION);

    if (!is_cortex_a15(midr))
        return ERRATUM_798181_NONE;

    for (size_t i = 0; i < ARRAY_SIZE(rows_798181); i++) {
        if (rev < rows_798181[i].first || rev > rows_798181[i].last)
            continue;
        if (revidr & rows_798181[i].fixed)
            return ERRATUM_798181_NONE;
        if (revidr & rows_798181[i].partly)
            return ERRATUM_798181_PARTIAL;
        return ERRATUM_798181_FULL;
    }
    return ERRATUM_798181_NONE;
}

const char *cpu_check(void)
{
    enum erratum_798181 e = find_798181(sysreg_read(MIDR), sysreg_read(REVIDR));

    if (e > cpu_worst_798181)
        cpu_worst_798181 = (uint8_t)e;
    if ((4u << field_get(sysreg_read(CTR), CTR_DMINLINE)) != CACHE_LINE)
        return "data cache line is not 64 bytes: this CPU is not supported";
    return NULL;
}

bool cpu_predictor_exposed(void)
{
    return is_cortex_a15(sysreg_read(MIDR)) &&
           !(sysreg_read(ACTLR) & ACTLR_A15_IBE);
}

bool cpu_walks_are_coherent(void)
{
    return field_get(sysreg_read(ID_MMFR3), MMFR3_COHWALK) == 1;
}
