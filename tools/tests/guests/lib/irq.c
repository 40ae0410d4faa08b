/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 as a guest drives it, and the table of its interrupt handlers.
 *
 * Source: IHI 0048B 4.3 (distributor), 4.4 (CPU interface).
 * Layer:  test guest.
 */
#include "internal.h"

#define NR_IRQS 1020

static irq_handler_t handlers[NR_IRQS];

void irq_dispatch(void)
{
    uint32_t iar = read32(machine.gicc + GICC_IAR);
    uint32_t irq = iar & 0x3ff;

    if (irq >= NR_IRQS)
        return;
    if (handlers[irq])
        handlers[irq](irq);
    else
        print("guest: interrupt %u without a handler\n", irq);
    write32(machine.gicc + GICC_EOIR, iar);
}

void irq_handle(uint32_t irq, irq_handler_t handler)
{
    handlers[irq] = handler;
}

void irq_enable(uint32_t irq)
{
    write32(machine.gicd + GICD_ISENABLER + irq / 32 * 4, 1u << irq % 32);
}

void irq_disable(uint32_t irq)
{
    write32(machine.gicd + GICD_ICENABLER + irq / 32 * 4, 1u << irq % 32);
}

void gic_cpu_init(void)
{
    for (uint32_t i = 0; i < 32; i += 4)
        write32(machine.gicd + GICD_IPRIORITYR + i, 0xa0a0a0a0);
    write32(machine.gicc + GICC_PMR, 0xff);
    write32(machine.gicc + GICC_BPR, 0);
    write32(machine.gicc + GICC_CTLR, 1);
}

void gic_init(void)
{
    uint32_t lines = 32 * ((read32(machine.gicd + GICD_TYPER) & 0x1f) + 1);

    write32(machine.gicd + GICD_CTLR, 0);
    for (uint32_t i = 32; i < lines; i += 4) {
        write32(machine.gicd + GICD_IPRIORITYR + i, 0xa0a0a0a0);
        write32(machine.gicd + GICD_ITARGETSR + i, 0x01010101);
    }
    gic_cpu_init();
    write32(machine.gicd + GICD_CTLR, 1);
}

void sgi_send(uint32_t irq, uint32_t cpus)
{
    dsb();
    write32(machine.gicd + GICD_SGIR, cpus << 16 | irq);
}

void sgi_send_self(uint32_t irq)
{
    dsb();
    write32(machine.gicd + GICD_SGIR, 2u << 24 | irq);
}
