/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: the way of an interrupt from its device to the GIC: through the
 * crossbar, which gives an SPI to one of 420 sources, and the wake-up
 * generator, which hands it on while it is enabled there.
 *
 * Both belong to dom0, but for what our own SPI needs.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 18.4.6.4 (CTRL_CORE_MPU_IRQ_n), 4.3
 *         (MPU_WUGEN); Linux drivers/irqchip/irq-crossbar.c for how the
 *         registers are counted.
 * Layer:  3 (drivers). Tested on the host, unit/dra7.c.
 */
#include <public/errno.h>
#include <xen/bitmap.h>
#include <xen/bits.h>

#include <asm/mmio.h>

#include "dra7.h"

#define SPI_FIRST 32u /* its INTID */
#define SPI_NR    160u

/* One register of 16 bits for each SPI, but for those that are reserved. */
#define CROSSBAR       0xa48u
#define CROSSBAR_WORDS 76u
#define SOURCES        420u

/* clang-format off */
#define WKG_ENB(cpu_)     (0x010u + 0x400u * (cpu_)) /* a bit for each SPI */
#define AUX_CORE_BOOT_0   0x800u                     /* starts CPU1        */
#define AUX_CORE_BOOT_1   0x804u                     /* ... and where      */
/* clang-format on */

static struct {
    int node, wugen;                         /* -1: none                     */
    uint32_t reserved[BITMAP_WORDS(SPI_NR)]; /* SPIs without a register      */
    uint32_t taken[BITMAP_WORDS(SPI_NR)];    /* skipped by others, or by us  */
    /* Ours: SPIs, and their bits in the crossbar's words.                   */
    uint32_t kept[BITMAP_WORDS(SPI_NR)];
    uint32_t kept_words[CROSSBAR_WORDS];
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

void dra7_crossbar_init(const struct board *b)
{
    crossbar.node = fdt_node_offset_by_compatible(b->fdt, -1,
                                                  "ti,irq-crossbar");
    crossbar.wugen = fdt_node_offset_by_compatible(b->fdt, -1,
                                                   "ti,omap5-wugen-mpu");
    if (crossbar.node >= 0) {
        read_list(b, "ti,irqs-reserved", crossbar.reserved);
        read_list(b, "ti,irqs-skip", crossbar.taken);
    }
}

/* Offset of an SPI's register in the control module, or 0. */
static uint32_t entry_of(uint32_t spi)
{
    uint32_t nr = 0;

    if (bitmap_test(crossbar.reserved, spi))
        return 0;
    for (uint32_t below = 0; below < spi; below++)
        nr += !bitmap_test(crossbar.reserved, below);
    return nr < 2 * CROSSBAR_WORDS ? CROSSBAR + 2 * nr : 0;
}

/* Join crossbar source @source to a free SPI. Returns its INTID or -ENOSPC. */
static int crossbar_map(uint32_t source)
{
    /* From below: Linux, to which the rest belongs, takes from above. */
    for (uint32_t spi = 0; spi < SPI_NR; spi++) {
        uint32_t entry = entry_of(spi);

        if (!entry || bitmap_test(crossbar.taken, spi))
            continue;
        bitmap_set(crossbar.taken, spi);
        mmio_write16(dra7_control + entry, (uint16_t)source);
        return (int)(spi + SPI_FIRST);
    }
    return -ENOSPC;
}

int dra7_irq_map(const struct fdt_irq *irq)
{
    if (irq->nr_cells != 3 || irq->cells[0] != 0)
        return -EINVAL;
    if (irq->controller == crossbar.node)
        return irq->cells[1] < SOURCES ? crossbar_map(irq->cells[1]) : -EINVAL;
    if (irq->controller != crossbar.wugen || irq->cells[1] >= SPI_NR)
        return -ENXIO;
    /* The wake-up generator hands on SPIs under their own number. */
    bitmap_set(crossbar.taken, irq->cells[1]);
    return (int)(irq->cells[1] + SPI_FIRST);
}

/*
 * Handed on to both CPUs, as whichever of them sleeps has to wake up. Linux
 * switches all SPIs off there when it starts, and knows nothing of ours.
 */
void dra7_irq_keep(uint32_t intid)
{
    uint32_t spi = intid - SPI_FIRST, word = spi / 32 * 4, entry;

    if (spi >= SPI_NR)
        return;
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        volatile uint8_t *reg = dra7_wugen + WKG_ENB(cpu) + word;

        mmio_write32(reg, mmio_read32(reg) | BIT(spi % 32));
    }
    bitmap_set(crossbar.taken, spi);
    bitmap_set(crossbar.kept, spi);
    entry = entry_of(spi);
    if (entry)
        crossbar.kept_words[(entry - CROSSBAR) / 4] |= 0xffffu
                                                       << (entry % 4 * 8);
}

uint32_t dra7_control_kept(uint32_t offset)
{
    uint32_t word = (offset - CROSSBAR) / 4;

    return word < CROSSBAR_WORDS ? crossbar.kept_words[word] : 0;
}

/* CPU1 runs, and by us alone: where it would start is nobody else's. */
uint32_t dra7_wugen_kept(uint32_t offset)
{
    if (offset == AUX_CORE_BOOT_0 || offset == AUX_CORE_BOOT_1)
        return UINT32_MAX;
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        uint32_t word = (offset - WKG_ENB(cpu)) / 4;

        if (word < ARRAY_SIZE(crossbar.kept))
            return crossbar.kept[word];
    }
    return 0;
}
