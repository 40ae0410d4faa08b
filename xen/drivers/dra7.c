/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TI DRA7 (DRA74x, DRA75x: Jacinto 6).
 *
 * Its firmware has no PSCI and leaves CNTFRQ at 0, the counter's clock is
 * ours to program, the second CPU waits in the boot ROM, and interrupts go
 * through a crossbar to the GIC.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 4.3 (MPU subsystem), 3.6 (PRCM), 18.4
 *         (control module), 32.3 (boot ROM); Linux arch/arm/mach-omap2/
 *         timer.c, omap-smp.c and drivers/irqchip/irq-crossbar.c for how
 *         they are used; TI SPRZ429 (errata) i856.
 * Layer:  3 (drivers).
 */
#include <public/errno.h>
#include <xen/bitmap.h>
#include <xen/bits.h>
#include <xen/platform.h>
#include <xen/psci.h>

#include <asm/barrier.h>
#include <asm/mmio.h>
#include <asm/sysreg.h>

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

/* PRM: clock generation, device. */
#define CM_CLKSEL_SYS        0x0110u
#define SYS_CLKSEL           FIELD(2, 0)
#define PRM_RSTCTRL          0x1d00u
#define RSTCTRL_WARM         BIT(0)

/* Core control module. */
#define CTRL_BOOTSTRAP       0x6c4u
#define SPEEDSELECT          FIELD(9, 8)   /* not 0: i856 applies          */
#define CROSSBAR             0xa48u        /* 16 bits per SPI              */

#define SPI_NR               160u
/* clang-format on */

static volatile uint8_t *counter, *wugen, *prm, *control;

static const struct platform_window windows[] = {
    { 0x48243000, 0x1000, &counter },
    { 0x48281000, 0x1000, &wugen },
    { 0x4ae06000, 0x2000, &prm },
    { 0x4a002000, 0x1000, &control },
    { 0, 0, NULL },
};

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

/*
 * The ratio for this board. Where the speed of the external clock was
 * strapped, the 32 kHz clock is the system clock / 610, and the counter has
 * to keep step with it: 75/244 (erratum i856).
 */
static struct counter_clock counter_clock(void)
{
    struct counter_clock c =
        clocks[field_get(mmio_read32(prm + CM_CLKSEL_SYS), SYS_CLKSEL)];

    if (field_get(mmio_read32(control + CTRL_BOOTSTRAP), SPEEDSELECT)) {
        c.numerator = 75;
        c.denominator = 244;
    }
    return c;
}

static uint32_t dra7_timer_hz(void)
{
    struct counter_clock c = counter_clock();

    if (c.hz == 0 || c.denominator == 0)
        return 0;
    return (uint32_t)(((uint64_t)c.hz * c.numerator + c.denominator - 1) /
                      c.denominator);
}

static void set_ratio(uint32_t reg, uint32_t val)
{
    mmio_write32(counter + reg,
                 field_set(mmio_read32(counter + reg), COUNTER_RATIO, val));
}

/* ---- the crossbar ---- */

static struct {
    int node;                                /* -1: none                     */
    uint32_t reserved[BITMAP_WORDS(SPI_NR)]; /* SPIs without a register   */
    uint32_t taken[BITMAP_WORDS(SPI_NR)];    /* skipped by others, or by us  */
} crossbar;

static void read_list(const struct board *b, const char *name, uint32_t *map)
{
    int len;
    const fdt32_t *list = fdt_getprop(b->fdt, crossbar.node, name, &len);

    for (unsigned int i = 0; list && i < (unsigned int)len / 4; i++) {
        uint32_t spi = fdt32_ld(list + i);

        if (spi < SPI_NR)
            bitmap_set(map, spi);
    }
}

/* Join crossbar source @source to a free SPI. Returns its INTID or -ENOSPC. */
static int crossbar_map(uint32_t source)
{
    unsigned int registers = 0;

    /* From below: Linux, to which the rest belongs, takes from above. */
    for (unsigned int spi = 0; spi < SPI_NR; spi++) {
        if (bitmap_test(crossbar.reserved, spi))
            continue;
        if (!bitmap_test(crossbar.taken, spi)) {
            bitmap_set(crossbar.taken, spi);
            mmio_write16(control + CROSSBAR + 2 * registers, (uint16_t)source);
            return (int)spi + 32;
        }
        registers++;
    }
    return -ENOSPC;
}

static int dra7_irq_map(const struct fdt_irq *irq)
{
    if (irq->nr_cells != 3 || irq->cells[0] != 0)
        return -EINVAL;
    if (irq->controller == crossbar.node)
        return irq->cells[1] < 420 ? crossbar_map(irq->cells[1]) : -EINVAL;
    /* The wake-up generator hands on SPIs under their own number. */
    if (fdt_node_is_compatible(board.fdt, irq->controller,
                               "ti,omap5-wugen-mpu") &&
        irq->cells[1] < SPI_NR)
        return (int)irq->cells[1] + 32;
    return -ENXIO;
}

/* ---- CPUs and reset ---- */

static void dra7_cpu_init(uint32_t timer_hz)
{
    uint32_t actlr = sysreg_read(ACTLR);

    /* Only secure state writes these two; the ROM does it for us. */
    (void)smc_rom(timer_hz, ROM_SET_CNTFRQ);
    if (!(actlr & ACTLR_IBE))
        (void)smc_rom(actlr | ACTLR_IBE, ROM_SET_ACTLR);
}

static int dra7_cpu_on(unsigned int cpu, paddr_t entry_pa)
{
    if (board.cpus[cpu].mpidr != 1 || entry_pa > UINT32_MAX)
        return -EINVAL;
    mmio_write32(wugen + AUX_CORE_BOOT_1, (uint32_t)entry_pa);
    mmio_write32(wugen + AUX_CORE_BOOT_0, AUX_CORE_BOOT_CPU1);
    dsb_sy(); /* written before CPU1 is told to look */
    cpu_sev();
    return 0;
}

static void dra7_restart(void)
{
    mmio_write32(prm + PRM_RSTCTRL, RSTCTRL_WARM);
    (void)mmio_read32(prm + PRM_RSTCTRL); /* makes sure that it arrived */
}

static int dra7_init(const struct board *b)
{
    struct counter_clock c = counter_clock();

    crossbar.node = fdt_node_offset_by_compatible(b->fdt, -1,
                                                  "ti,irq-crossbar");
    if (crossbar.node >= 0) {
        read_list(b, "ti,irqs-reserved", crossbar.reserved);
        read_list(b, "ti,irqs-skip", crossbar.taken);
    }

    if (c.denominator) {
        set_ratio(COUNTER_NUMERATOR, c.numerator);
        set_ratio(COUNTER_DENOMINATOR, c.denominator);
    }
    return 0;
}

static const char *const compatibles[] = { "ti,dra7", "ti,dra74", "ti,dra742",
                                           NULL };

/* Linux reads the realtime counter's ratio; no node of the tree covers it. */
static const struct mem_range extra_mmio[] = {
    { 0x48243000, 0x1000 },
    { 0, 0 },
};

const struct platform platform_dra7 = {
    .name = "TI DRA7",
    .compatibles = compatibles,
    .windows = windows,
    .init = dra7_init,
    .timer_hz = dra7_timer_hz,
    .cpu_init = dra7_cpu_init,
    .cpu_on = dra7_cpu_on,
    .restart = dra7_restart,
    .irq_map = dra7_irq_map,
    .dom0_extra_mmio = extra_mmio,
};
