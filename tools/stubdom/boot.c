/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the first instructions to the program: the device tree, the rights of
 * each page of the image, and what a fault says.
 *
 * Source: DDI 0406C.c B3.6.1 (descriptors), B3.13 (fault status); the device
 *         tree that the builder made (interface.md 2.4).
 * Layer:  stub domain.
 */
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "stub.h"

#define PAGE      4096u
#define BLOCK     0x200000u
#define PAGES     (BLOCK / PAGE)
#define READ_ONLY 0x80u
#define NEVER     (1ull << 54)
#define ARGS      512u

extern char stub_image[], stub_text_end[], stub_rodata_end[];
extern char stub_stack_guard[];
extern uint64_t level2_ram[], level3[]; /* start.S */

static char args[ARGS];
static uint32_t ram;

void stub_start(const void *tree);
void stub_fault(uint32_t kind, uint32_t pc);

uint32_t stub_ram(void)
{
    return ram;
}

const char *stub_args(void)
{
    return args;
}

uint32_t stub_arg(const char *name, uint32_t otherwise)
{
    size_t len = strlen(name);

    for (const char *at = args; at && *at; at = strchr(at, ' ')) {
        at += strspn(at, " ");
        if (strncmp(at, name, len) == 0 && at[len] == '=')
            return (uint32_t)strtoul(at + len + 1, NULL, 0);
    }
    return otherwise;
}

static uint32_t cells(const fdt32_t *p, int nr)
{
    return fdt32_to_cpu(p[nr - 1]);
}

static void read_tree(const void *tree)
{
    int chosen, memory, len, na, ns;
    const fdt32_t *reg;
    const char *text;

    if (fdt_check_header(tree))
        stub_panic("no device tree in r2");
    chosen = fdt_path_offset(tree, "/chosen");
    text = chosen < 0 ? NULL : fdt_getprop(tree, chosen, "bootargs", &len);
    if (text)
        strncpy(args, text, sizeof(args) - 1);
    memory = fdt_node_offset_by_prop_value(tree, -1, "device_type", "memory",
                                           7);
    reg = memory < 0 ? NULL : fdt_getprop(tree, memory, "reg", &len);
    na = fdt_address_cells(tree, 0);
    ns = fdt_size_cells(tree, 0);
    if (!reg || na < 1 || ns < 1 || len < 4 * (na + ns) ||
        cells(reg, na) != RAM_BASE)
        stub_panic("the device tree tells of no memory at 0x40000000");
    ram = cells(reg + na, ns);
    if (ram < BLOCK || ram > WINDOWS_BASE - RAM_BASE)
        stub_panic("a stub domain has from 2 to 128 MiB of memory");
}

void stub_protect(void)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        uintptr_t va = RAM_BASE + i * PAGE;

        if (va == (uintptr_t)stub_stack_guard)
            level3[i] = 0;
        if (va >= IMAGE_BASE && va < (uintptr_t)stub_rodata_end)
            level3[i] |= READ_ONLY;
        if (va < IMAGE_BASE || va >= (uintptr_t)stub_text_end)
            level3[i] |= NEVER;
    }
    for (uint32_t i = 1; i < 512; i++) /* [0] leads to level3 */
        level2_ram[i] |= NEVER;
    __asm__ volatile("dsb\n mcr p15, 0, %0, c8, c7, 0\n dsb\n isb"
                     :
                     : "r"(0)
                     : "memory");
}

void stub_fault(uint32_t kind, uint32_t pc)
{
    static const char *const names[] = { "?",
                                         "an undefined instruction",
                                         "a supervisor call",
                                         "a prefetch abort",
                                         "a data abort",
                                         "an interrupt" };
    static bool again;
    uint32_t dfar, dfsr;
    char line[120];

    if (again)
        stub_stop(3);
    again = true;
    __asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(dfar));
    __asm__ volatile("mrc p15, 0, %0, c5, c0, 0" : "=r"(dfsr));
    snprintf(line, sizeof(line), "crash: %s, lr %#x, DFAR %#x, DFSR %#x",
             names[kind], (unsigned int)pc, (unsigned int)dfar,
             (unsigned int)dfsr);
    stub_panic(line);
}

void stub_start(const void *tree)
{
    read_tree(tree);
    stub_protect();
    stub_main();
    stub_panic("the program has ended");
}
