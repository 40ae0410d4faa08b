/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read the machine from the device tree, then run the guest's main().
 *
 * Source: Devicetree Specification v0.3; bindings arm,gic.yaml,
 *         arm,arch_timer.yaml, psci.yaml and xen.txt of Linux.
 * Layer:  test guest.
 */
#include <libfdt.h>

#include <xen/string.h>

#include "guest.h"
#include "internal.h"

struct machine machine;

static uint64_t cells(const fdt32_t *cell, int nr)
{
    uint64_t value = 0;

    while (nr-- > 0)
        value = value << 32 | fdt32_ld(cell++);
    return value;
}

/* Entry @index of a node's reg; false if there is none. */
static bool reg_get(int node, int index, uint64_t *base, uint64_t *size)
{
    const void *fdt = machine.fdt;
    int parent = fdt_parent_offset(fdt, node);
    int na = fdt_address_cells(fdt, parent);
    int ns = fdt_size_cells(fdt, parent);
    int len;
    const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &len);

    if (!reg || na < 1 || ns < 0 || len < 4 * (na + ns) * (index + 1))
        return false;
    reg += (na + ns) * index;
    *base = cells(reg, na);
    *size = cells(reg + na, ns);
    return true;
}

static int node_compatible(const char *const *names)
{
    for (; *names; names++) {
        int node = fdt_node_offset_by_compatible(machine.fdt, -1, *names);

        if (node >= 0)
            return node;
    }
    return -1;
}

/* Number of PPI @index in a node's interrupts, or 0. */
static uint32_t ppi_get(int node, int index)
{
    int len;
    const fdt32_t *irqs = fdt_getprop(machine.fdt, node, "interrupts", &len);

    if (!irqs || len < 12 * (index + 1) || fdt32_ld(irqs + 3 * index) != 1)
        return 0;
    return 16 + fdt32_ld(irqs + 3 * index + 1);
}

static void read_gic(void)
{
    static const char *const names[] = { "arm,cortex-a15-gic", "arm,gic-400",
                                         "arm,cortex-a7-gic", NULL };
    uint64_t base, size;
    int node = node_compatible(names);

    if (node >= 0 && reg_get(node, 0, &base, &size))
        machine.gicd = (uint32_t)base;
    if (node >= 0 && reg_get(node, 1, &base, &size))
        machine.gicc = (uint32_t)base;
}

static void read_timer_and_psci(void)
{
    static const char *const timers[] = { "arm,armv7-timer", "arm,armv8-timer",
                                          NULL };
    static const char *const psci[] = { "arm,psci-1.0", "arm,psci-0.2",
                                        "arm,psci", NULL };
    int node = node_compatible(timers);
    const char *method;

    if (node >= 0) {
        machine.ptimer_irq = ppi_get(node, 1);
        machine.vtimer_irq = ppi_get(node, 2);
    }
    node = node_compatible(psci);
    if (node >= 0) {
        method = fdt_getprop(machine.fdt, node, "method", NULL);
        machine.psci_smc = method && !strcmp(method, "smc");
    }
}

static void read_cpus(void)
{
    int cpus = fdt_path_offset(machine.fdt, "/cpus");
    int node;
    uint64_t reg, size;

    fdt_for_each_subnode(node, machine.fdt, cpus)
    {
        const char *type = fdt_getprop(machine.fdt, node, "device_type", NULL);

        if (!type || strcmp(type, "cpu") || machine.nr_cpus >= GUEST_CPUS)
            continue;
        if (reg_get(node, 0, &reg, &size))
            machine.mpidr[machine.nr_cpus++] = (uint32_t)reg;
    }
}

static void read_memory(void)
{
    int node = fdt_node_offset_by_prop_value(machine.fdt, -1, "device_type",
                                             "memory", 7);

    if (node >= 0)
        reg_get(node, 0, &machine.ram_base, &machine.ram_size);
}

static void read_hypervisor(void)
{
    int node = fdt_path_offset(machine.fdt, "/hypervisor");
    uint64_t base, size;

    if (node < 0)
        return;
    machine.xen = true;
    machine.event_irq = ppi_get(node, 0);
    if (reg_get(node, 0, &base, &size)) {
        machine.grant_base = (uint32_t)base;
        machine.grant_size = (uint32_t)size;
    }
}

static void read_chosen(void)
{
    static const char *const uarts[] = { "arm,pl011", NULL };
    int node = fdt_path_offset(machine.fdt, "/chosen");
    uint64_t base, size;

    if (node >= 0)
        machine.bootargs = fdt_getprop(machine.fdt, node, "bootargs", NULL);
    if (!machine.bootargs)
        machine.bootargs = "";
    node = node_compatible(uarts);
    if (!machine.xen && node >= 0 && reg_get(node, 0, &base, &size))
        machine.uart = (uint32_t)base;
}

/* The value behind @word and @mark in the boot arguments, or NULL. */
static const char *bootarg_find(const char *word, char mark)
{
    size_t len = strlen(word);
    const char *at = machine.bootargs;

    for (; (at = strstr(at, word)) != NULL; at += len) {
        bool begins = at == machine.bootargs || at[-1] == ' ';

        if (begins && at[len] == mark)
            return at + len + 1;
        if (begins && mark == ' ' && at[len] == '\0')
            return at + len;
    }
    return NULL;
}

bool bootarg_set(const char *word)
{
    return bootarg_find(word, ' ') != NULL;
}

uint32_t bootarg_number(const char *name, uint32_t fallback)
{
    const char *at = bootarg_find(name, '=');
    uint32_t value = 0;

    if (!at || *at < '0' || *at > '9')
        return fallback;
    for (; *at >= '0' && *at <= '9'; at++)
        value = value * 10 + (uint32_t)(*at - '0');
    return value;
}

void guest_start(const void *fdt)
{
    machine.fdt = fdt;
    mmu_on();
    read_gic();
    read_timer_and_psci();
    read_cpus();
    read_memory();
    read_hypervisor();
    read_chosen();
    main();
    power_off();
}
