/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 on one CPU: identification, enable, pending, active, priorities; and
 * as the GIC of a single CPU.
 *
 * The interrupts used are SPIs that no device has, driven by register.
 *
 * Source: IHI 0048B 3.2.4 (states), 3.3 (priorities), 4.3, 4.4 (registers).
 * Layer:  test guest.
 */
#include "conformance.h"

#define SPI    200u /* and the following */
#define NESTED 8u

static void identification(void)
{
    uint32_t typer = dist_get(GICD_TYPER);
    uint32_t irq = 16;

    FACT("gic.id.typer", "lines %u cpus %u security %u",
         ((typer & 0x1f) + 1) * 32, (typer >> 5 & 7) + 1, typer >> 10 & 1);
    FACT("gic.id.iidr", "%08x", dist_get(GICD_IIDR));
    for (uint32_t i = 0; i < 12; i++)
        FACT("gic.id.pidr", "%u %02x", i, dist_get(GICD_PIDR4 + 4 * i));
    FACT("gic.id.cpuif", "%08x", cpuif_get(GICC_IIDR));
    FACT("gic.id.targets", "%08x %08x", dist_get(GICD_ITARGETSR),
         dist_get(GICD_ITARGETSR + 28));
    FACT("gic.id.config", "%08x %08x", dist_get(GICD_ICFGR),
         dist_get(GICD_ICFGR + 4));
    FACT("gic.id.groups", "%08x %08x", dist_get(GICD_IGROUPR),
         dist_get(GICD_IGROUPR + 4));

    /* How many bits a priority has is up to the implementation. */
    dist_set8(GICD_IPRIORITYR + irq, 0xff);
    FACT("gic.id.priority", "%02x",
         read8(machine.gicd + GICD_IPRIORITYR + irq));
    dist_set8(GICD_IPRIORITYR + irq, 0xa0);
    cpuif_set(GICC_PMR, 0xff);
    FACT("gic.id.pmr", "%02x", cpuif_get(GICC_PMR));
    cpuif_set(GICC_BPR, 0);
    FACT("gic.id.bpr", "%u", cpuif_get(GICC_BPR));
}

static void enables(void)
{
    static const uint32_t irqs[] = { 3, 20, SPI };

    for (size_t i = 0; i < ARRAY_SIZE(irqs); i++) {
        uint32_t irq = irqs[i];

        irq_bit_set(GICD_ISENABLER, irq);
        FACT("gic.enable.set", "%u: %u %u", irq, irq_bit(GICD_ISENABLER, irq),
             irq_bit(GICD_ICENABLER, irq));
        irq_bit_set(GICD_ICENABLER, irq);
        FACT("gic.enable.clear", "%u: %u %u", irq, irq_bit(GICD_ISENABLER, irq),
             irq_bit(GICD_ICENABLER, irq));
        dist_set(GICD_ISENABLER + irq / 32 * 4, 0);
        dist_set(GICD_ICENABLER + irq / 32 * 4, 0);
        FACT("gic.enable.zero", "%u: %u", irq, irq_bit(GICD_ISENABLER, irq));
    }
    irq_bit_set(GICD_ISENABLER, 3);
    FACT("gic.enable.sgis", "%04x", dist_get(GICD_ISENABLER) & 0xffff);
}

/* Where it is: enabled, pending, active, and what the interface says. */
static void where(const char *when, uint32_t irq)
{
    print("= gic.where.%s: enabled %u pending %u active %u highest %u "
          "running %02x\n",
          when, irq_bit(GICD_ISENABLER, irq), irq_bit(GICD_ISPENDR, irq),
          irq_bit(GICD_ISACTIVER, irq), cpuif_get(GICC_HPPIR) & 0x3ff,
          cpuif_get(GICC_RPR));
}

static void life(uint32_t irq, bool edge)
{
    uint32_t config = GICD_ICFGR + irq / 16 * 4;
    uint32_t shift = irq % 16 * 2;

    irq_idle(irq);
    if (irq >= 32)
        dist_set(config, (dist_get(config) & ~(3u << shift)) |
                             (edge ? 2u << shift : 0));
    FACT("gic.life", "%u config %u", irq, dist_get(config) >> shift & 2);
    irq_bit_set(GICD_ISPENDR, irq);
    where("disabled", irq);
    irq_bit_set(GICD_ISENABLER, irq);
    where("enabled", irq);
    irq_bit_set(GICD_ICENABLER, irq);
    where("disabled-again", irq);
    irq_bit_set(GICD_ICPENDR, irq);
    irq_bit_set(GICD_ISENABLER, irq);
    where("cleared", irq);
    irq_bit_set(GICD_ISPENDR, irq);
    irq_bit_set(GICD_ISPENDR, irq);
    FACT("gic.life.ack", "%u", ack());
    where("active", irq);
    FACT("gic.life.nothing", "%u", ack());
    irq_bit_set(GICD_ISPENDR, irq);
    where("active-pending", irq);
    irq_bit_set(GICD_ICPENDR, irq);
    where("active-cleared", irq);
    irq_bit_set(GICD_ISPENDR, irq);
    irq_bit_set(GICD_ICENABLER, irq);
    where("active-pending-disabled", irq);
    eoi(irq);
    where("pending-disabled", irq);
    irq_bit_set(GICD_ISENABLER, irq);
    FACT("gic.life.ack", "%u", ack());
    eoi(irq);
    where("idle", irq);
    irq_idle(irq);
}

static void actives(uint32_t irq)
{
    irq_idle(irq);
    irq_bit_set(GICD_ISENABLER, irq);
    irq_bit_set(GICD_ISACTIVER, irq);
    where("set-active", irq);
    irq_bit_set(GICD_ISPENDR, irq);
    where("set-active-pending", irq);
    FACT("gic.active.blocked", "%u", ack());
    irq_bit_set(GICD_ICACTIVER, irq);
    where("clear-active", irq);
    FACT("gic.active.ack", "%u", ack());
    irq_bit_set(GICD_ICACTIVER, irq);
    where("cleared-running", irq);
    irq_bit_set(GICD_ISPENDR, irq);
    FACT("gic.active.same-priority", "%u", ack());
    eoi(irq);
    FACT("gic.active.again", "%u", ack());
    eoi(irq);
    where("end", irq);

    /* Pending first, then made active by hand. */
    irq_bit_set(GICD_ISPENDR, irq);
    irq_bit_set(GICD_ISACTIVER, irq);
    where("pending-set-active", irq);
    irq_bit_set(GICD_ICPENDR, irq);
    irq_bit_set(GICD_ICACTIVER, irq);
    where("end", irq);
    irq_idle(irq);
}

static void order(void)
{
    /* Twelve at once, more than any list registers there are. */
    static const uint8_t priority[12] = { 0x90, 0x20, 0xa0, 0x80, 0x20, 0x60,
                                          0x10, 0xf0, 0x38, 0x30, 0x90, 0x00 };
    uint32_t irq;

    for (uint32_t i = 0; i < 12; i++) {
        irq_idle(SPI + i);
        dist_set8(GICD_IPRIORITYR + SPI + i, priority[i]);
        irq_bit_set(GICD_ISENABLER, SPI + i);
    }
    dist_set(GICD_ISPENDR + SPI / 32 * 4, 0xfffu << SPI % 32);
    FACT("gic.order.pending", "%03x",
         dist_get(GICD_ISPENDR + SPI / 32 * 4) >> SPI % 32 & 0xfff);
    while ((irq = ack()) < 1020) {
        FACT("gic.order.ack", "%u running %02x left %03x", irq,
             cpuif_get(GICC_RPR),
             dist_get(GICD_ISPENDR + SPI / 32 * 4) >> SPI % 32 & 0xfff);
        eoi(irq);
    }
    for (uint32_t i = 0; i < 12; i++)
        irq_idle(SPI + i);
}

static uint32_t active_bits(void)
{
    return dist_get(GICD_ISACTIVER + SPI / 32 * 4) >> SPI % 32 & 0xff;
}

/* Deeper than there are list registers. */
static void nesting(void)
{
    for (uint32_t i = 0; i < NESTED; i++) {
        irq_idle(SPI + i);
        dist_set8(GICD_IPRIORITYR + SPI + i, (uint8_t)(0xe0 - 16 * i));
        irq_bit_set(GICD_ISENABLER, SPI + i);
    }
    for (uint32_t i = 0; i < NESTED; i++) {
        irq_bit_set(GICD_ISPENDR, SPI + i);
        FACT("gic.nest.in", "%u running %02x active %02x", ack(),
             cpuif_get(GICC_RPR), active_bits());
    }
    /* The outermost comes again; it waits. */
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.nest.waits", "%u", ack());
    for (uint32_t i = NESTED; i > 0; i--) {
        eoi(SPI + i - 1);
        FACT("gic.nest.out", "running %02x active %02x", cpuif_get(GICC_RPR),
             active_bits());
    }
    FACT("gic.nest.again", "%u", ack());
    eoi(SPI);
    for (uint32_t i = 0; i < NESTED; i++)
        irq_idle(SPI + i);
}

static void masks(void)
{
    irq_idle(SPI);
    irq_idle(SPI + 1);
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ISENABLER, SPI + 1);

    cpuif_set(GICC_PMR, 0xa0); /* not higher than this: not signalled */
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.mask.pmr", "%u", ack());
    cpuif_set(GICC_PMR, 0xa8);
    FACT("gic.mask.pmr-open", "%u", ack());

    /* Group priority: with BPR 3 bits 7:4 decide. */
    cpuif_set(GICC_PMR, 0xff);
    cpuif_set(GICC_BPR, 3);
    FACT("gic.mask.bpr", "%u", cpuif_get(GICC_BPR));
    eoi(SPI);
    dist_set8(GICD_IPRIORITYR + SPI, 0xa8);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.mask.group", "%u running %02x", ack(), cpuif_get(GICC_RPR));
    irq_bit_set(GICD_ISPENDR, SPI + 1);
    FACT("gic.mask.same-group", "%u", ack());
    dist_set8(GICD_IPRIORITYR + SPI + 1, 0x98);
    FACT("gic.mask.preempts", "%u", ack());
    eoi(SPI + 1);
    eoi(SPI);
    cpuif_set(GICC_BPR, 0);

    /* Distributor and CPU interface off and on. */
    dist_set(GICD_CTLR, 0);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.off.distributor", "%u pending %u", ack(),
         irq_bit(GICD_ISPENDR, SPI));
    dist_set(GICD_CTLR, 1);
    cpuif_set(GICC_CTLR, 0);
    FACT("gic.off.interface", "%u", ack());
    cpuif_set(GICC_CTLR, 1);
    FACT("gic.off.on", "%u", ack());
    eoi(SPI);
    irq_idle(SPI);
    irq_idle(SPI + 1);
}

/* A priority that changes while the interrupt waits. */
static void reprioritise(void)
{
    irq_idle(SPI);
    irq_idle(SPI + 1);
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ISENABLER, SPI + 1);
    irq_bit_set(GICD_ISPENDR, SPI);
    irq_bit_set(GICD_ISPENDR, SPI + 1);
    FACT("gic.reprioritise.before", "%u", cpuif_get(GICC_HPPIR));
    dist_set8(GICD_IPRIORITYR + SPI + 1, 0x40);
    FACT("gic.reprioritise.after", "%u", cpuif_get(GICC_HPPIR));
    for (int i = 0; i < 2; i++) {
        uint32_t irq = ack();

        FACT("gic.reprioritise.ack", "%u running %02x", irq,
             cpuif_get(GICC_RPR));
        eoi(irq);
    }
    irq_idle(SPI);
    irq_idle(SPI + 1);
}

/* EOI mode 1: EOIR drops the priority, DIR deactivates. */
static void split_eoi(void)
{
    static const uint8_t out[3] = { 1, 2, 0 };

    cpuif_set(GICC_CTLR, 1 | 1u << 9);
    FACT("gic.split.ctlr", "%03x", cpuif_get(GICC_CTLR));
    for (uint32_t i = 0; i < 3; i++) {
        irq_idle(SPI + i);
        irq_bit_set(GICD_ISENABLER, SPI + i);
        irq_bit_set(GICD_ISPENDR, SPI + i);
        FACT("gic.split.ack", "%u", ack());
        eoi(SPI + i);
        FACT("gic.split.dropped", "running %02x active %02x",
             cpuif_get(GICC_RPR), active_bits());
    }
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.split.still-active", "%u", ack());
    for (uint32_t i = 0; i < 3; i++) {
        cpuif_set(GICC_DIR, SPI + out[i]);
        FACT("gic.split.deactivated", "active %02x", active_bits());
    }
    FACT("gic.split.again", "%u", ack());
    eoi(SPI);
    cpuif_set(GICC_DIR, SPI);
    FACT("gic.split.end", "active %02x", active_bits());
    cpuif_set(GICC_CTLR, 1);
    for (uint32_t i = 0; i < 3; i++)
        irq_idle(SPI + i);
}

/* The only CPU is the target of all interrupts, and no register says so. */
static void single(void)
{
    irq_idle(SPI);
    dist_set8(GICD_ITARGETSR + SPI, 0xff);
    FACT("gic.single.targets", "%08x %08x", dist_get(GICD_ITARGETSR),
         dist_get(GICD_ITARGETSR + SPI));
    dist_set8(GICD_ITARGETSR + SPI, 0);
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("gic.single.ack", "%u", ack());
    eoi(SPI);
    irq_idle(SPI);
}

void conform_gic(void)
{
    identification();
    if (machine.nr_cpus == 1)
        single();
    enables();
    life(SPI, false);
    life(SPI + 1, true);
    life(20, false);
    actives(SPI);
    actives(20);
    order();
    nesting();
    masks();
    reprioritise();
    split_eoi();
}
