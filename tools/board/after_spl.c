/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The clocks and the memory map as U-Boot's SPL leaves them, for a start
 * without it (no -bios).
 *
 * Source: what Debian's MLO (u-boot-omap 2023.01, dra7xx_evm) wrote into
 *         the PRCM of this emulated board, by its touch log; pad settings,
 *         which have no effect here, left out. LISA maps: U-Boot
 *         board/ti/dra7xx/evm.c.
 */
#include "dra7.h"

/* clang-format off */
static const struct reg_value clocks[] = {
    { 0x4a005100, 0x00000110 }, { 0x4a005120, 0x00000007 },
    { 0x4a00512c, 0x00010a04 }, { 0x4a005130, 0x00000002 },
    { 0x4a005134, 0x00000001 }, { 0x4a00513c, 0x00000004 },
    { 0x4a005140, 0x0000003e }, { 0x4a005144, 0x00000005 },
    { 0x4a005154, 0x00000005 }, { 0x4a005158, 0x00000004 },
    { 0x4a00515c, 0x00000006 }, { 0x4a005160, 0x00000007 },
    { 0x4a00516c, 0x0001f409 }, { 0x4a005170, 0x00000001 },
    { 0x4a005174, 0x00000001 }, { 0x4a005210, 0x00000007 },
    { 0x4a00521c, 0x00010a04 }, { 0x4a005220, 0x00000002 },
    { 0x4a005224, 0x00000001 }, { 0x4a005228, 0x00000008 },
    { 0x4a0052a8, 0x00000007 }, { 0x4a0052b4, 0x0000fa04 },
    { 0x4a0052b8, 0x00000004 }, { 0x4a0052bc, 0x0000000a },
    { 0x4a0052c0, 0x00000028 }, { 0x4a0052c4, 0x00000008 },
    { 0x4a0052c8, 0x0000000a }, { 0x4a005540, 0x00000003 },
    { 0x4a005578, 0x00000002 }, { 0x4a008140, 0x00000007 },
    { 0x4a00814c, 0x00006004 }, { 0x4a008150, 0x00000004 },
    { 0x4a008154, 0x00000001 }, { 0x4a008158, 0x00000003 },
    { 0x4a00815c, 0x00000004 }, { 0x4a008160, 0x0000000a },
    { 0x4a008164, 0x00000002 }, { 0x4a008180, 0x00000007 },
    { 0x4a00818c, 0x0401e009 }, { 0x4a008190, 0x00000002 },
    { 0x4a008640, 0x00000100 }, { 0x4a008688, 0x00000100 },
    { 0x4a008698, 0x00000100 }, { 0x4a0086c0, 0x00000100 },
    { 0x4a008728, 0x00030001 }, { 0x4a008b00, 0x00000003 },
    { 0x4a008b30, 0x00030001 }, { 0x4a008b38, 0x00030001 },
    { 0x4a008d00, 0x00000003 }, { 0x4a008d20, 0x00030001 },
    { 0x4a009300, 0x00000003 }, { 0x4a009328, 0x01030002 },
    { 0x4a009330, 0x01030002 }, { 0x4a009340, 0x00000101 },
    { 0x4a009350, 0x00000001 }, { 0x4a0093c0, 0x00000003 },
    { 0x4a0093d0, 0x00030002 }, { 0x4a0093e0, 0x00000001 },
    { 0x4a0093f0, 0x00030101 }, { 0x4a009700, 0x00000003 },
    { 0x4a009738, 0x00030002 }, { 0x4a009760, 0x00030001 },
    { 0x4a009768, 0x00030001 }, { 0x4a009770, 0x00030101 },
    { 0x4a009778, 0x00030001 }, { 0x4a009780, 0x00030001 },
    { 0x4a0097a0, 0x00030002 }, { 0x4a0097a8, 0x00000002 },
    { 0x4a0097b0, 0x00000002 }, { 0x4a0097b8, 0x00000002 },
    { 0x4a0097f0, 0x00000002 }, { 0x4a009810, 0x00030001 },
    { 0x4a009818, 0x00030001 }, { 0x4a009838, 0x01000002 },
    { 0x4a009840, 0x00000002 }, { 0x4a009848, 0x00030002 },
    { 0x4a009850, 0x00000002 }, { 0x4a009858, 0x00030002 },
    { 0x4ae07830, 0x00030002 }, { 0x4ae07838, 0x00030001 },
    { 0x4ae07840, 0x01030002 }, { 0x4ae07890, 0x00000300 },
    { 0x4ae07d08, 0x000003ff }, { 0x4ae07d20, 0x00000002 },
    { 0x4844a014, 0x000002ef },
};

/* DMM_LISA_MAP_1 to _3. Section 3 traps the top 16 MiB. */
static const struct reg_value lisa_1536_mib[] = {
    { 0x4e000044, 0x80640300 },
    { 0x4e000048, 0xc0500220 },
    { 0x4e00004c, 0xff020100 },
};
static const struct reg_value lisa_2_gib[] = {
    { 0x4e000048, 0x80740300 },
    { 0x4e00004c, 0xff020100 },
};
/* clang-format on */

void after_spl_set(struct dra7 *soc)
{
    regs_set(soc, clocks, ARRAY_SIZE(clocks));
    if (soc->config.ram_size > 1536 * MiB)
        regs_set(soc, lisa_2_gib, ARRAY_SIZE(lisa_2_gib));
    else
        regs_set(soc, lisa_1536_mib, ARRAY_SIZE(lisa_1536_mib));
}
