/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts before the GIC: the crossbar and the wake-up generator.
 *
 * Each SPI of the MPU's GIC has a 16-bit register that names one of 420
 * sources, except for eight SPIs that are wired to fixed ones. The wake-up
 * generator is on the way, too, but acts only on a powered-down MPU, which is
 * not modelled: its enables are storage with their reset values.
 *
 * Source: TRM, Control Module (CTRL_CORE_MPU_IRQ_n) and 4.3 (wake-up
 *         generator); dtb, /ocp/crossbar@4a002a48; Linux
 * drivers/irqchip/irq-crossbar.c, arch/arm/mach-omap2/omap-wakeupgen.h.
 */
#include "dra7.h"

#define XBAR_PA    0x4a002a48u /* CTRL_CORE_MPU_IRQ_4_7                   */
#define XBAR_BYTES 0x130u      /* two bytes for each SPI but the reserved */
#define XBAR_FIELD 0x1ffu      /* the source, of 16 bits                  */

/* SPIs without a register (dtb: ti,irqs-reserved). */
static const uint8_t reserved[] = { 0, 1, 2, 3, 5, 6, 131, 132 };

/* SPIs with a register that does nothing useful (dtb: ti,irqs-skip). */
static const uint8_t skipped[] = { 10, 133, 139, 140 };

/* clang-format off */
static const struct reg_value wakeupgen_reset[] = {
    /* WKG_ENB_A to _E of CPU0, then of CPU1: all on but MPU_IRQ_8. TRM 4.3 */
    { 0x48281010, 0xfffffeff }, { 0x48281410, 0xfffffeff },
    { 0x48281014, 0xffffffff }, { 0x48281414, 0xffffffff },
    { 0x48281018, 0xffffffff }, { 0x48281418, 0xffffffff },
    { 0x4828101c, 0xffffffff }, { 0x4828141c, 0xffffffff },
    { 0x48281020, 0xffffffff }, { 0x48281420, 0xffffffff },
};
/* clang-format on */

static struct {
    DeviceState *gic;
    bool level[DRA7_SOURCES];
    uint16_t source[DRA7_SPIS]; /* 0: none, or not by the crossbar */
} xbar;

static void drive(int spi)
{
    uint16_t source = xbar.source[spi];

    if (source && source < DRA7_SOURCES)
        qemu_set_irq(qdev_get_gpio_in(xbar.gic, spi), xbar.level[source]);
}

static void source_changed(void *opaque, int source, int level)
{
    xbar.level[source] = level;
    for (int spi = 0; spi < DRA7_SPIS; spi++)
        if (xbar.source[spi] == source)
            drive(spi);
}

/* Reads the registers anew: reserved SPIs shift those of all behind them. */
static void xbar_changed(struct dra7 *soc, uint32_t pa, uint32_t before)
{
    uint32_t at = XBAR_PA;

    for (int spi = 0; spi < DRA7_SPIS; spi++) {
        uint16_t source;

        if (memchr(reserved, spi, sizeof(reserved)))
            continue;
        source = *reg_word(soc, at & ~3u) >> (at & 2) * 8 & XBAR_FIELD;
        at += 2;
        if (memchr(skipped, spi, sizeof(skipped)) || source == xbar.source[spi])
            continue;
        qemu_irq_lower(qdev_get_gpio_in(xbar.gic, spi));
        xbar.source[spi] = source;
        drive(spi);
    }
}

static const struct reg_rule rules[] = {
    { XBAR_PA, XBAR_BYTES, NULL, xbar_changed },
};

static void irq_reset(void *opaque)
{
    struct dra7 *soc = opaque;

    regs_set(soc, wakeupgen_reset, ARRAY_SIZE(wakeupgen_reset));
    /*
     * The n-th register starts with source n + 1. An assumption: the manual
     * lists a reset value for each, and Linux writes all of them.
     */
    for (uint32_t i = 0; i < XBAR_BYTES; i += 4)
        *reg_word(soc, XBAR_PA + i) = (i / 2 + 1) | (i / 2 + 2) << 16;
    xbar_changed(soc, XBAR_PA, 0);
}

void irq_create(struct dra7 *soc, DeviceState *gic)
{
    xbar.gic = gic;
    soc->source = qemu_allocate_irqs(source_changed, NULL, DRA7_SOURCES);
    regs_follow(soc, rules, ARRAY_SIZE(rules));
    qemu_register_reset(irq_reset, soc);
}
