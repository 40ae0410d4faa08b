/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HSMMC 1 (the SD card) and 2 (the eMMC's place; no contents by default).
 *
 * From offset 0x200 on, an HSMMC is a standard SD host controller, for which
 * QEMU has a model; what is below is in modules.c.
 *
 * Source: TRM, eMMC/SD/SDIO; U-Boot drivers/mmc/omap_hsmmc.c; dtb.
 */
#include "dra7.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/sd/sd.h"
#include "hw/sd/sdhci.h"
#include "sysemu/blockdev.h"

#define SDHCI_OFFSET 0x200
/* 3.3, 3.0 and 1.8 V, high speed, ADMA2, base clock of 48 MHz. */
#define CAPABILITIES (0x07e10080u | 48 << 8)

static const struct {
    uint32_t pa;
    uint16_t source;
} slots[] = {
    { 0x4809c000, 78 }, /* -drive if=sd,index=0 */
    { 0x480b4000, 81 }, /* -drive if=sd,index=1 */
};

void mmc_create(struct dra7 *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(slots); i++) {
        DriveInfo *drive = drive_get(IF_SD, 0, i);
        DeviceState *host = qdev_new(TYPE_SYSBUS_SDHCI), *card;
        SysBusDevice *bus = SYS_BUS_DEVICE(host);

        qdev_prop_set_uint8(host, "sd-spec-version", 3);
        qdev_prop_set_uint64(host, "capareg", CAPABILITIES);
        sysbus_realize_and_unref(bus, &error_fatal);
        sysbus_mmio_map(bus, 0, slots[i].pa + SDHCI_OFFSET);
        sysbus_connect_irq(bus, 0, soc->source[slots[i].source]);
        if (!drive)
            continue;
        card = qdev_new(TYPE_SD_CARD);
        qdev_prop_set_drive_err(card, "drive", blk_by_legacy_dinfo(drive),
                                &error_fatal);
        qdev_realize_and_unref(card, qdev_get_child_bus(host, "sd-bus"),
                               &error_fatal);
    }
}
