/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of device registers in which some bits are Xen's: each access of
 * dom0's is made for it, in the width that it has, and a write leaves those
 * bits as they are. A write to nothing else is not made.
 *
 * What is kept is constant while dom0 runs, so writing it back races with
 * nobody: the other bits are the writer's own, as they would be without us.
 *
 * Source: the board's manual; the platform tells which bits.
 * Layer:  6 (guest). Tested on the host, unit/held.c.
 */
#include <asm/mmio.h>

#include <xen/held.h>
#include <xen/io.h>
#include <xen/platform.h>

static uint32_t reg_read(const volatile uint8_t *reg, unsigned int size)
{
    switch (size) {
    case 1:
        return mmio_read8(reg);
    case 2:
        return mmio_read16(reg);
    default:
        return mmio_read32(reg);
    }
}

static void reg_write(volatile uint8_t *reg, unsigned int size, uint32_t val)
{
    switch (size) {
    case 1:
        mmio_write8(reg, (uint8_t)val);
        break;
    case 2:
        mmio_write16(reg, (uint16_t)val);
        break;
    default:
        mmio_write32(reg, val);
        break;
    }
}

static enum verdict held_access(struct vcpu *v, struct io_access *a, void *priv)
{
    const struct platform_held *h = priv;
    volatile uint8_t *reg = *h->va + a->offset;
    uint32_t kept, all;

    (void)v;
    if (!a->write) {
        a->value = reg_read(reg, a->size);
        return V_DONE;
    }

    all = UINT32_MAX >> (32 - 8 * a->size);
    kept = h->kept(a->offset & ~3u) >> (a->offset % 4 * 8) & all;
    if (kept == all)
        return V_DONE;
    if (kept)
        a->value = (reg_read(reg, a->size) & kept) | (a->value & ~kept);
    reg_write(reg, a->size, a->value);
    return V_DONE;
}

int held_create(struct domain *d)
{
    int rc = 0;

    for (const struct platform_held *h = platform->dom0_held;
         h && h->kept && !rc; h++)
        rc = io_register(d, h->pa, PAGE_SIZE, held_access,
                         (void *)(uintptr_t)h);
    return rc;
}
