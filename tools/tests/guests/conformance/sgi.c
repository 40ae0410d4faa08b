/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 between CPUs: software-generated interrupts and their sources, SPIs
 * and their targets.
 *
 * Source: IHI 0048B 3.2.3 (SGIs), 4.3.12 (ITARGETSR), 4.3.15-17 (SGIR,
 *         CPENDSGIR, SPENDSGIR).
 * Layer:  test guest.
 */
#include "conformance.h"

#define SGI  5u
#define SPI  210u
#define WAIT 20000u /* us; an answer takes a few */

/* Acknowledge and end on another CPU; what came, 1023 for nothing. */
static void take_there(void *arg)
{
    uint32_t *iar = arg;

    highest_within(WAIT);
    *iar = ack();
    if ((*iar & 0x3ff) < 1020)
        eoi(*iar);
}

static void none_there(void *arg)
{
    *(uint32_t *)arg = highest_within(1000);
}

static void send_to_0(void *arg)
{
    (void)arg;
    sgi_send(SGI, 1);
    dsb();
}

static void to_self(void)
{
    uint32_t iar;

    sgi_send_self(SGI);
    FACT("sgi.self.pending", "%u sources %02x", irq_bit(GICD_ISPENDR, SGI),
         read8(machine.gicd + GICD_SPENDSGIR + SGI));
    irq_bit_set(GICD_ICPENDR, SGI); /* not for SGIs */
    FACT("sgi.self.icpendr", "%u", irq_bit(GICD_ISPENDR, SGI));
    sgi_send_self(SGI); /* twice is once */
    iar = ack();
    FACT("sgi.self.ack", "%03x", iar);
    FACT("sgi.self.active", "%u pending %u", irq_bit(GICD_ISACTIVER, SGI),
         irq_bit(GICD_ISPENDR, SGI));
    sgi_send(SGI, 1);
    FACT("sgi.self.active-pending", "%u", irq_bit(GICD_ISPENDR, SGI));
    FACT("sgi.self.waits", "%u", ack());
    eoi(iar);
    iar = ack();
    FACT("sgi.self.again", "%03x", iar);
    eoi(iar);
    FACT("sgi.self.end", "%u", ack());
    irq_bit_set(GICD_ISPENDR, SGI); /* not for SGIs */
    FACT("sgi.self.ispendr", "%u", ack());
}

static void by_register(void)
{
    uint32_t iar;

    dist_set8(GICD_SPENDSGIR + SGI, (uint8_t)((1u << machine.nr_cpus) - 1));
    FACT("sgi.bits.set", "%02x %02x",
         read8(machine.gicd + GICD_SPENDSGIR + SGI),
         read8(machine.gicd + GICD_CPENDSGIR + SGI));
    FACT("sgi.bits.word", "%08x", dist_get(GICD_SPENDSGIR + (SGI & ~3u)));
    dist_set8(GICD_CPENDSGIR + SGI, 0x0e);
    FACT("sgi.bits.clear", "%02x", read8(machine.gicd + GICD_SPENDSGIR + SGI));
    iar = ack();
    FACT("sgi.bits.ack", "%03x", iar);
    eoi(iar);
    FACT("sgi.bits.end", "%u", ack());
}

static void between(void)
{
    uint32_t iar = 0, sources = 0;

    sgi_send(SGI, 2);
    worker_run(1, take_there, &iar);
    FACT("sgi.other.list", "%03x", iar);
    dist_set(GICD_SGIR, 1u << 24 | SGI);
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++) {
        worker_run(cpu, take_there, &iar);
        FACT("sgi.other.others", "CPU %u %03x", cpu, iar);
    }
    FACT("sgi.other.not-self", "%u", ack());

    /* From all CPUs at once: one each. */
    sgi_send_self(SGI);
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++)
        worker_run(cpu, send_to_0, NULL);
    FACT("sgi.sources.pending", "%02x",
         read8(machine.gicd + GICD_SPENDSGIR + SGI));
    for (unsigned int i = 0; i < machine.nr_cpus; i++) {
        highest_within(WAIT);
        iar = ack();
        if ((iar & 0x3ff) != SGI)
            break;
        sources |= 1u << (iar >> 10);
        FACT("sgi.sources.left", "%u",
             (unsigned int)__builtin_popcount(
                 read8(machine.gicd + GICD_SPENDSGIR + SGI)));
        eoi(iar);
    }
    FACT("sgi.sources.all", "%02x then %u", sources, highest_within(1000));

    /* Banked: what one CPU sets is nobody else's. */
    dist_set8(GICD_IPRIORITYR + SGI, 0x50);
    worker_run(1, none_there, &iar);
    FACT("sgi.banked.pending", "%u", iar);
}

static void read_priority(void *arg)
{
    *(uint32_t *)arg = read8(machine.gicd + GICD_IPRIORITYR + SGI);
}

static void read_targets(void *arg)
{
    *(uint32_t *)arg = dist_get(GICD_ITARGETSR);
}

static void banks(void)
{
    uint32_t there = 0;

    worker_run(1, read_priority, &there);
    FACT("sgi.banked.priority", "%02x %02x",
         read8(machine.gicd + GICD_IPRIORITYR + SGI), there);
    worker_run(1, read_targets, &there);
    FACT("sgi.banked.targets", "%08x", there);
    dist_set8(GICD_IPRIORITYR + SGI, 0xa0);
}

static void targets(void)
{
    uint32_t iar = 0;

    irq_idle(SPI);
    dist_set8(GICD_ITARGETSR + SPI, 0xff);
    FACT("spi.target.all", "%02x", read8(machine.gicd + GICD_ITARGETSR + SPI));
    dist_set8(GICD_ITARGETSR + SPI, 2);
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("spi.target.elsewhere", "%u pending %u", ack(),
         irq_bit(GICD_ISPENDR, SPI));
    worker_run(1, take_there, &iar);
    FACT("spi.target.there", "%u", iar);

    /* Pending here, sent away. */
    dist_set8(GICD_ITARGETSR + SPI, 1);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("spi.target.here", "%u", cpuif_get(GICC_HPPIR));
    dist_set8(GICD_ITARGETSR + SPI, 2);
    FACT("spi.target.gone", "%u", ack());
    worker_run(1, take_there, &iar);
    FACT("spi.target.moved", "%u", iar);
    irq_bit_set(GICD_ICPENDR, SPI);

    /* No target: it waits. */
    dist_set8(GICD_ITARGETSR + SPI, 0);
    irq_bit_set(GICD_ISPENDR, SPI);
    FACT("spi.target.none", "%u pending %u", ack(), irq_bit(GICD_ISPENDR, SPI));
    worker_run(1, none_there, &iar);
    FACT("spi.target.none-there", "%u", iar);
    dist_set8(GICD_ITARGETSR + SPI, 1);
    iar = ack();
    FACT("spi.target.at-last", "%u", iar);
    if (iar < 1020)
        eoi(iar);
    irq_bit_set(GICD_ICPENDR, SPI);
}

/* Active on one CPU, as another sees it and changes it. */
static void ack_there(void *arg)
{
    highest_within(WAIT);
    *(uint32_t *)arg = ack();
}

static void eoi_there(void *arg)
{
    eoi(*(uint32_t *)arg);
}

static void remote(void)
{
    uint32_t iar = 0;

    irq_idle(SPI);
    dist_set8(GICD_ITARGETSR + SPI, 2);
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ISPENDR, SPI);
    worker_run(1, ack_there, &iar);
    FACT("spi.remote.ack", "%u: active %u pending %u", iar,
         irq_bit(GICD_ISACTIVER, SPI), irq_bit(GICD_ISPENDR, SPI));
    irq_bit_set(GICD_ISPENDR, SPI);
    dist_set8(GICD_ITARGETSR + SPI, 1);
    FACT("spi.remote.moved", "%u: active %u pending %u", ack(),
         irq_bit(GICD_ISACTIVER, SPI), irq_bit(GICD_ISPENDR, SPI));
    worker_run(1, eoi_there, &iar);
    FACT("spi.remote.now-here", "%u", highest_within(WAIT));
    iar = ack();
    if (iar < 1020)
        eoi(iar);
    irq_bit_set(GICD_ICPENDR, SPI);
    FACT("spi.remote.end", "active %u pending %u", irq_bit(GICD_ISACTIVER, SPI),
         irq_bit(GICD_ISPENDR, SPI));

    /* Taken back from a CPU that has not looked. */
    dist_set8(GICD_ITARGETSR + SPI, 2);
    irq_bit_set(GICD_ISPENDR, SPI);
    irq_bit_set(GICD_ICENABLER, SPI);
    worker_run(1, none_there, &iar);
    FACT("spi.remote.disabled", "%u pending %u", iar,
         irq_bit(GICD_ISPENDR, SPI));
    irq_bit_set(GICD_ISENABLER, SPI);
    irq_bit_set(GICD_ICPENDR, SPI);
    worker_run(1, none_there, &iar);
    FACT("spi.remote.cleared", "%u pending %u", iar,
         irq_bit(GICD_ISPENDR, SPI));
    irq_idle(SPI);
}

void conform_sgi(void)
{
    if (machine.nr_cpus < 2) {
        FACT("sgi", "needs two CPUs");
        return;
    }
    to_self();
    by_register();
    workers_start();
    between();
    banks();
    targets();
    remote();
    workers_stop();
}
