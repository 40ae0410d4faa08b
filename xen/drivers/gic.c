/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 distributor and CPU interface.
 *
 * We run non-secure: with Security Extensions the boot ROM or firmware has
 * put every interrupt in group 1, and the group registers ignore us; without
 * them everything is in group 0. Either way bit 0 of the control registers
 * enables what we get, as IRQ (IHI 0048B, 4.4.1).
 *
 * Source: ARM IHI 0048B, 3 (interrupt handling), 4 (registers).
 * Layer:  3 (drivers). Tested on the host, unit/gic.c.
 */
#include <public/errno.h>
#include <xen/gic.h>

#include <asm/barrier.h>
#include <asm/gic_regs.h>
#include <asm/mmio.h>

#define SPI_FIRST 32u

volatile uint8_t *gicd, *gicc, *gich;

static unsigned int lines;

/* ---- what the hardware is ---- */

unsigned int gic_lines(void)
{
    return lines;
}

unsigned int gic_cpus(void)
{
    return field_get(mmio_read32(gicd + GICD_TYPER), GICD_TYPER_CPUS) + 1;
}

uint32_t gic_iidr(void)
{
    return mmio_read32(gicd + GICD_IIDR);
}

/*
 * Each byte of ITARGETSR0-7 reads as the mask of the reading CPU; on a
 * single CPU they may read as 0 (IHI 0048B, 4.3.12).
 */
uint8_t gic_cpu_mask(void)
{
    uint8_t mask = mmio_read8(gicd + GICD_ITARGETSR(0));

    return mask ? mask : 1;
}

/* ---- one line ---- */

static void set_bit_of(uint32_t reg, unsigned int irq)
{
    mmio_write32(gicd + reg, BIT(irq % 32));
}

static bool get_bit_of(uint32_t reg, unsigned int irq)
{
    return mmio_read32(gicd + reg) & BIT(irq % 32);
}

void gic_enable(unsigned int irq)
{
    set_bit_of(GICD_ISENABLER(irq), irq);
}

void gic_disable(unsigned int irq)
{
    set_bit_of(GICD_ICENABLER(irq), irq);
}

bool gic_is_enabled(unsigned int irq)
{
    return get_bit_of(GICD_ISENABLER(irq), irq);
}

bool gic_is_pending(unsigned int irq)
{
    return get_bit_of(GICD_ISPENDR(irq), irq);
}

bool gic_is_active(unsigned int irq)
{
    return get_bit_of(GICD_ISACTIVER(irq), irq);
}

void gic_set_pending(unsigned int irq)
{
    set_bit_of(GICD_ISPENDR(irq), irq);
}

void gic_clear_pending(unsigned int irq)
{
    set_bit_of(GICD_ICPENDR(irq), irq);
}

void gic_set_active(unsigned int irq)
{
    set_bit_of(GICD_ISACTIVER(irq), irq);
}

void gic_clear_active(unsigned int irq)
{
    set_bit_of(GICD_ICACTIVER(irq), irq);
}

void gic_set_trigger(unsigned int irq, bool edge)
{
    volatile uint8_t *reg = gicd + GICD_ICFGR(irq);
    uint32_t bit = GICD_ICFGR_EDGE << (irq % 16 * 2);
    uint32_t val = mmio_read32(reg);

    mmio_write32(reg, edge ? val | bit : val & ~bit);
}

void gic_set_target(unsigned int irq, uint8_t cpu_mask)
{
    mmio_write8(gicd + GICD_ITARGETSR(irq), cpu_mask);
}

void gic_set_priority(unsigned int irq, uint8_t priority)
{
    mmio_write8(gicd + GICD_IPRIORITYR(irq), priority);
}

void gic_send_sgi(unsigned int sgi, uint8_t cpu_mask)
{
    /* Our stores reach the other CPUs before the interrupt does. */
    dsb_ishst();
    mmio_write32(gicd + GICD_SGIR, (uint32_t)cpu_mask << 16 | sgi);
}

/* ---- start ---- */

/* Four interrupts with one byte each, from @irq on. */
static void set_bytes(uint32_t reg, uint8_t value)
{
    mmio_write32(gicd + reg, value * 0x01010101u);
}

int gic_init(volatile void *dist_va, volatile void *cpu_va,
             volatile void *hyp_va)
{
    uint8_t target;

    gicd = dist_va;
    gicc = cpu_va;
    gich = hyp_va;

    /* A GICv1 has no virtual interface, and a GICv3 another CPU interface. */
    if (field_get(mmio_read32(gicc + GICC_IIDR), GICC_IIDR_ARCH) != 2)
        return -ENODEV;

    lines = (field_get(mmio_read32(gicd + GICD_TYPER), GICD_TYPER_LINES) + 1) *
            32;

    mmio_write32(gicd + GICD_CTLR, 0);
    target = gic_cpu_mask();
    for (unsigned int irq = SPI_FIRST; irq < lines; irq += 32) {
        mmio_write32(gicd + GICD_ICENABLER(irq), UINT32_MAX);
        mmio_write32(gicd + GICD_ICPENDR(irq), UINT32_MAX);
        mmio_write32(gicd + GICD_ICACTIVER(irq), UINT32_MAX);
        mmio_write32(gicd + GICD_IGROUPR(irq), 0);
    }
    for (unsigned int irq = SPI_FIRST; irq < lines; irq += 16)
        mmio_write32(gicd + GICD_ICFGR(irq), 0);
    for (unsigned int irq = SPI_FIRST; irq < lines; irq += 4) {
        set_bytes(GICD_IPRIORITYR(irq), GIC_PRIO_XEN);
        set_bytes(GICD_ITARGETSR(irq), target);
    }
    mmio_write32(gicd + GICD_CTLR, GICD_CTLR_ENABLE);
    return 0;
}

void gic_cpu_init(void)
{
    mmio_write32(gicc + GICC_CTLR, 0);

    /* SGIs and PPIs are banked: each CPU clears its own. */
    mmio_write32(gicd + GICD_ICENABLER(0), UINT32_MAX);
    mmio_write32(gicd + GICD_ICPENDR(0), UINT32_MAX);
    mmio_write32(gicd + GICD_ICACTIVER(0), UINT32_MAX);
    mmio_write32(gicd + GICD_IGROUPR(0), 0);
    for (unsigned int sgi = 0; sgi < 16; sgi += 4)
        mmio_write32(gicd + GICD_CPENDSGIR(sgi), UINT32_MAX);
    for (unsigned int irq = 0; irq < SPI_FIRST; irq += 4)
        set_bytes(GICD_IPRIORITYR(irq), GIC_PRIO_XEN);

    /* What a boot loader left active would block us by its priority. */
    mmio_write32(gicc + GICC_APR0, 0);

    mmio_write32(gicc + GICC_PMR, 0xff); /* lets every priority through */
    mmio_write32(gicc + GICC_BPR, 0);    /* the finest grouping          */
    mmio_write32(gicc + GICC_CTLR, GICC_CTLR_ENABLE | GICC_CTLR_EOIMODE);
}
