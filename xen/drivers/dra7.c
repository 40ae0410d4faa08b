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

#include <asm/mmio.h>

#include "dra7.h"

/* clang-format off */
/* PRM: device. */
#define PRM_RSTCTRL          0x1d00u
#define RSTCTRL_WARM         BIT(0)

/* Core control module. */
#define CROSSBAR             0xa48u        /* 16 bits per SPI              */

#define SPI_NR               160u
/* clang-format on */

volatile uint8_t *dra7_counter, *dra7_wugen, *dra7_prm, *dra7_control;

static const struct platform_window windows[] = {
    { 0x48243000, 0x1000, &dra7_counter },
    { 0x48281000, 0x1000, &dra7_wugen },
    { 0x4ae06000, 0x2000, &dra7_prm },
    { 0x4a002000, 0x1000, &dra7_control },
    { 0, 0, NULL },
};

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
            mmio_write16(dra7_control + CROSSBAR + 2 * registers,
                         (uint16_t)source);
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

/* ---- reset ---- */

static void dra7_restart(void)
{
    mmio_write32(dra7_prm + PRM_RSTCTRL, RSTCTRL_WARM);
    (void)mmio_read32(dra7_prm + PRM_RSTCTRL); /* makes sure that it arrived */
}

static int dra7_init(const struct board *b)
{
    crossbar.node = fdt_node_offset_by_compatible(b->fdt, -1,
                                                  "ti,irq-crossbar");
    if (crossbar.node >= 0) {
        read_list(b, "ti,irqs-reserved", crossbar.reserved);
        read_list(b, "ti,irqs-skip", crossbar.taken);
    }

    dra7_counter_init();
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
