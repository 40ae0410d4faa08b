/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual interface control registers of this CPU: list registers and
 * the state of the guest's CPU interface.
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
    unsigned int nr = field_get(mmio_read32(gich + GICH_VTR), GICH_VTR_LRS) +
                      1;

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

uint32_t gich_lr_read(unsigned int lr)
{
    return mmio_read32(gich + GICH_LR(lr));
}

void gich_lr_write(unsigned int lr, uint32_t val)
{
    mmio_write32(gich + GICH_LR(lr), val);
}

uint32_t gich_empty(void)
{
    return mmio_read32(gich + GICH_ELRSR0);
}

uint32_t gich_misr(void)
{
    return mmio_read32(gich + GICH_MISR);
}

uint32_t gich_hcr_read(void)
{
    return mmio_read32(gich + GICH_HCR);
}

void gich_hcr_write(uint32_t val)
{
    mmio_write32(gich + GICH_HCR, val);
}

uint32_t gich_vmcr_read(void)
{
    return mmio_read32(gich + GICH_VMCR);
}

void gich_vmcr_write(uint32_t val)
{
    mmio_write32(gich + GICH_VMCR, val);
}

uint32_t gich_apr_read(void)
{
    return mmio_read32(gich + GICH_APR);
}

void gich_apr_write(uint32_t val)
{
    mmio_write32(gich + GICH_APR, val);
}
