/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The smallest guest: says what machine it finds, takes a timer interrupt and
 * an SGI, starts the other CPUs, survives a fault, and powers off.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#include "guest.h"
#include "hypercall.h"

static volatile uint32_t taken;

static void on_irq(uint32_t irq)
{
    if (irq == machine.vtimer_irq)
        timer_stop();
    taken++;
}

static void secondary(void *arg)
{
    print("hello: CPU %u runs, mpidr %08x, arg %u\n", cpu_id(),
          CP15_READ(0, c0, c0, 5), *(unsigned int *)arg);
}

void main(void)
{
    struct fault fault;

    print("hello: %s, %u CPUs, GIC %08x/%08x, timer %u at %u Hz, "
          "RAM %llx+%llx\n",
          machine.xen ? "domain" : "bare board", machine.nr_cpus, machine.gicd,
          machine.gicc, machine.vtimer_irq, timer_frequency(),
          (unsigned long long)machine.ram_base,
          (unsigned long long)machine.ram_size);
    print("hello: bootargs '%s'\n", machine.bootargs);

    gic_init();
    irq_handle(machine.vtimer_irq, on_irq);
    irq_handle(1, on_irq);
    irq_enable(machine.vtimer_irq);
    irq_enable(1);
    irq_unmask();
    sgi_send_self(1);
    while (taken < 1)
        cpu_relax();
    timer_arm(timer_now() + us_to_ticks(1000));
    while (taken < 2)
        wfi();
    print("hello: interrupts %u\n", taken);

    fault_expect();
    __asm__ volatile("udf #7");
    print("hello: undefined instruction %s\n",
          fault_taken(&fault) && fault.kind == FAULT_UNDEF ? "caught" : "LOST");
    for (unsigned int cpu = 1; cpu < machine.nr_cpus; cpu++) {
        if (cpu_start(cpu, secondary, &cpu)) {
            print("hello: CPU %u does not start\n", cpu);
            continue;
        }
        cpu_wait_off(cpu);
    }
    print("hello: done\n");
}
