/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance guest: what the manuals say that a guest sees, asked of
 * the machine it runs on, one line per fact:
 *
 *     = gic.pending.enable: 1 0
 *
 * The same image runs on the bare board and as domain 0, and a system test
 * compares the two outputs. So nothing printed may depend on time, on where
 * the image is, or on chance.
 *
 * Boot arguments: names of parts (all when none is named); races=N.
 *
 * Source: IHI 0048B (GIC), DDI 0406C.c (CPU), DEN 0022D (PSCI).
 * Layer:  test guest.
 */
#include "conformance/conformance.h"

#include <xen/string.h>

static const struct {
    const char *name;
    void (*run)(void);
} parts[] = {
    { "cpu", conform_cpu },     { "gic", conform_gic },
    { "sgi", conform_sgi },     { "spi", conform_spi },
    { "timer", conform_timer }, { "fault", conform_fault },
    { "psci", conform_psci },
};

/* --- a second CPU that runs what it is told ------------------------------ */

static struct {
    void (*volatile fn)(void *);
    void *arg;
    volatile bool leave;
} job_of[GUEST_CPUS];

static void worker(void *arg)
{
    unsigned int cpu = cpu_id();

    (void)arg;
    gic_cpu_init();
    while (!job_of[cpu].leave) {
        if (!job_of[cpu].fn) {
            cpu_relax();
            continue;
        }
        dmb();
        job_of[cpu].fn(job_of[cpu].arg);
        dmb();
        job_of[cpu].fn = NULL;
    }
}

void worker_start(unsigned int cpu)
{
    job_of[cpu].leave = false;
    if (cpu_start(cpu, worker, NULL))
        print("= CPU %u does not start\n", cpu);
}

void worker_stop(unsigned int cpu)
{
    job_of[cpu].leave = true;
    dsb();
    cpu_wait_off(cpu);
}

void workers_start(void)
{
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++)
        worker_start(cpu);
}

void workers_stop(void)
{
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++)
        worker_stop(cpu);
}

void worker_begin(unsigned int cpu, void (*fn)(void *), void *arg)
{
    job_of[cpu].arg = arg;
    dmb();
    job_of[cpu].fn = fn;
    dsb();
}

void worker_end(unsigned int cpu)
{
    while (job_of[cpu].fn)
        cpu_relax();
    dmb();
}

void worker_run(unsigned int cpu, void (*fn)(void *), void *arg)
{
    worker_begin(cpu, fn, arg);
    worker_end(cpu);
}

/* --- the GIC, polled ------------------------------------------------------ */

uint32_t dist_get(uint32_t reg)
{
    return read32(machine.gicd + reg);
}

void dist_set(uint32_t reg, uint32_t val)
{
    write32(machine.gicd + reg, val);
    dsb();
}

void dist_set8(uint32_t reg, uint8_t val)
{
    write8(machine.gicd + reg, val);
    dsb();
}

uint32_t cpuif_get(uint32_t reg)
{
    return read32(machine.gicc + reg);
}

void cpuif_set(uint32_t reg, uint32_t val)
{
    write32(machine.gicc + reg, val);
    dsb();
}

bool irq_bit(uint32_t reg, uint32_t irq)
{
    return dist_get(reg + irq / 32 * 4) >> irq % 32 & 1;
}

void irq_bit_set(uint32_t reg, uint32_t irq)
{
    dist_set(reg + irq / 32 * 4, 1u << irq % 32);
}

void irq_idle(uint32_t irq)
{
    irq_bit_set(GICD_ICENABLER, irq);
    irq_bit_set(GICD_ICPENDR, irq);
    irq_bit_set(GICD_ICACTIVER, irq);
    dist_set8(GICD_IPRIORITYR + irq, 0xa0);
    dist_set8(GICD_ITARGETSR + irq, 1);
}

/* An interrupt of a device that nobody uses here: a hypervisor passes it on. */
#define GPIO_IRQ 39u

void distributor_nudge(void)
{
    irq_bit_set(GICD_ISENABLER, GPIO_IRQ);
    irq_bit_set(GICD_ICENABLER, GPIO_IRQ);
}

uint32_t ack(void)
{
    uint32_t iar = cpuif_get(GICC_IAR);

    dsb();
    return iar;
}

void eoi(uint32_t iar)
{
    cpuif_set(GICC_EOIR, iar);
}

uint32_t highest_within(uint32_t us)
{
    uint64_t until = timer_now() + us_to_ticks(us);
    uint32_t irq;

    do {
        irq = cpuif_get(GICC_HPPIR) & 0x3ff;
    } while (irq == GIC_SPURIOUS && timer_now() < until);
    return irq;
}

void main(void)
{
    bool all = true;

    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        all &= !bootarg_set(parts[i].name);

    print("conformance: %u CPUs\n", machine.nr_cpus);
    gic_init();
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        if (all || bootarg_set(parts[i].name))
            parts[i].run();
    print("conformance: done\n");
}
