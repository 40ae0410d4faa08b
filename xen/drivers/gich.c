/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual interface control registers of this CPU: how many list
 * registers there are, and their start. Single accesses are in xen/gic.h.
 *
 * Source: ARM IHI 0048B, 5.3 (GICH registers).
 * Layer:  3 (drivers). Tested on the host, unit/gic.c.
 */
#include <xen/gic.h>

#include <asm/gic_regs.h>
#include <asm/mmio.h>

/* ELRSR0 and our masks of used list registers go with 16 at most. */
#define LR_MAX 16u

unsigned int gich_lr_nr(void)
{
    unsigned int nr = field_get(mmio_read32(gich + GICH_VTR), GICH_VTR_LRS) + 1;

    return nr < LR_MAX ? nr : LR_MAX;
}

void gich_cpu_init(void)
{
    unsigned int nr = gich_lr_nr();

    mmio_write32(gich + GICH_HCR, 0);
    for (unsigned int lr = 0; lr < nr; lr++)
        mmio_write32(gich + GICH_LR(lr), 0);
    mmio_write32(gich + GICH_APR, 0);
    mmio_write32(gich + GICH_VMCR, 0);
    mmio_write32(gich + GICH_HCR, GICH_HCR_EN);
}
