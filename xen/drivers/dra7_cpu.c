/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TI DRA7: the clock of the generic timer's counter, what only the boot ROM
 * may set on a CPU, the second CPU.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 4.3 (MPU subsystem), 3.6 (PRCM), 18.4
 *         (control module), 32.3 (boot ROM); Linux arch/arm/mach-omap2/
 *         timer.c and omap-smp.c for how they are used; TI SPRZ429 (errata)
 *         i856.
 * Layer:  3 (drivers).
 */
#include <xen/bits.h>
#include <xen/printf.h>
#include <xen/psci.h>

#include <asm/barrier.h>
#include <asm/mmio.h>
#include <asm/sysreg.h>

#include "dra7.h"

/* Boot ROM services, by r12. */
#define ROM_SET_ACTLR  0x107u
#define ROM_SET_CNTFRQ 0x109u

#define ACTLR_IBE BIT(0) /* ICIALLU invalidates the branch predictor too */

/* clang-format off */
/* MPU PRCM and the realtime counter behind it. */
#define COUNTER_NUMERATOR    0x210u
#define COUNTER_DENOMINATOR  0x214u
#define COUNTER_RATIO        FIELD(11, 0)  /* in both                      */

/* Wake-up generator. */
#define AUX_CORE_BOOT_0      0x800u
#define AUX_CORE_BOOT_1      0x804u
#define AUX_CORE_BOOT_CPU1   0x20u         /* lets CPU1 leave the ROM      */

/* PRM: clock generation. */
#define CM_CLKSEL_SYS        0x0110u
#define SYS_CLKSEL           FIELD(2, 0)

/* Core control module. */
#define CTRL_BOOTSTRAP       0x6c4u
#define SPEEDSELECT          FIELD(9, 8)   /* not 0: i856 applies          */
/* clang-format on */

/* ---- the counter ---- */

/* By SYS_CLKSEL: the system clock, and the ratio that gives 6.144 MHz. */
/* clang-format off */
static const struct counter_clock {
    uint32_t hz;
    uint16_t numerator, denominator;
} clocks[8] = {
    [1] = { 12000000,  64,  125 },
    [2] = { 20000000, 192,  625 },
    [3] = { 16800000,   0,    0 }, /* TI gives no ratio */
    [4] = { 19200000,   8,   25 },
    [5] = { 26000000, 384, 1625 },
    [6] = { 27000000, 256, 1125 },
    [7] = { 38400000,   4,   25 },
};
/* clang-format on */

static uint32_t sys_clksel(void)
{
    return field_get(mmio_read32(dra7_prm + CM_CLKSEL_SYS), SYS_CLKSEL);
}

/*
 * The ratio for this board; no denominator: none is known. Where the speed
 * of the external clock was strapped, the 32 kHz clock is the system clock /
 * 610, and the counter has to keep step with it: 75/244 (erratum i856).
 */
static struct counter_clock counter_clock(void)
{
    struct counter_clock c = clocks[sys_clksel()];

    if (c.hz &&
        field_get(mmio_read32(dra7_control + CTRL_BOOTSTRAP), SPEEDSELECT)) {
        c.numerator = 75;
        c.denominator = 244;
    }
    return c;
}

uint32_t dra7_timer_hz(const char **why)
{
    static char text[160];
    struct counter_clock c = counter_clock();

    if (c.denominator)
        return (uint32_t)(((uint64_t)c.hz * c.numerator + c.denominator - 1) /
                          c.denominator);
    xen_snprintf(text, sizeof(text),
                 "timer: no ratio for the realtime counter is known with "
                 "SYS_CLKSEL %u: let the boot loader program it, and give its "
                 "rate as clock-frequency of the timer node",
                 sys_clksel());
    *why = text;
    return 0;
}

static void set_ratio(uint32_t reg, uint32_t val)
{
    mmio_write32(dra7_counter + reg, field_set(mmio_read32(dra7_counter + reg),
                                               COUNTER_RATIO, val));
}

void dra7_counter_init(void)
{
    struct counter_clock c = counter_clock();

    if (c.denominator) {
        set_ratio(COUNTER_NUMERATOR, c.numerator);
        set_ratio(COUNTER_DENOMINATOR, c.denominator);
    }
}

/* ---- CPUs ---- */

void dra7_cpu_init(uint32_t timer_hz)
{
    uint32_t actlr = sysreg_read(ACTLR);

    /* Only secure state writes these two; the ROM does it for us. */
    (void)smc_rom(timer_hz, ROM_SET_CNTFRQ);
    if (!(actlr & ACTLR_IBE))
        (void)smc_rom(actlr | ACTLR_IBE, ROM_SET_ACTLR);
}

void dra7_cpus_release(paddr_t entry_pa, uint32_t entry_va, char *text,
                       size_t size)
{
    mmio_write32(dra7_wugen + AUX_CORE_BOOT_1, (uint32_t)entry_pa);
    mmio_write32(dra7_wugen + AUX_CORE_BOOT_0, AUX_CORE_BOOT_CPU1);
    dsb_sy(); /* written before CPU1 is told to look */
    cpu_sev();
    xen_snprintf(text, size,
                 "Set AuxCoreBoot1 to %016llx (%08x)\n"
                 "Set AuxCoreBoot0 to 0x%x\n",
                 (unsigned long long)entry_pa, entry_va, AUX_CORE_BOOT_CPU1);
}
