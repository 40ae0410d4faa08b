/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device trees made in the test: a board like QEMU's virt and one like TI's
 * DRA7, to be changed by the stories.
 *
 * Included by one .c file per test program.
 */
#ifndef UNIT_TREE_H
#define UNIT_TREE_H

#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xen/compiler.h>

#define TREE_SIZE 16384

static unsigned char tree[TREE_SIZE] aligned(8);

/* Must work: a mistake in the test itself. */
static int sure(int rc)
{
    assert_true(rc >= 0);
    return rc;
}

/* The node of @path, made if it is not there; its parent must be. */
static int tree_node(const char *path)
{
    const char *slash = strrchr(path, '/');
    int node = fdt_path_offset(tree, path);

    if (node >= 0)
        return node;
    node = sure(slash == path
                    ? 0
                    : fdt_path_offset_namelen(tree, path, (int)(slash - path)));
    return sure(fdt_add_subnode(tree, node, slash + 1));
}

/* @nr cells, given as unsigned int. */
static void tree_cells(const char *path, const char *name, unsigned int nr, ...)
{
    int node = tree_node(path);
    fdt32_t cells[64];
    va_list args;

    assert_true(nr <= 64);
    va_start(args, nr);
    for (unsigned int i = 0; i < nr; i++)
        cells[i] = cpu_to_fdt32(va_arg(args, unsigned int));
    va_end(args);
    sure(fdt_setprop(tree, node, name, cells, (int)(nr * sizeof(fdt32_t))));
}

/* A list of texts is one text with \0 between them. */
#define tree_text(path_, name_, text_)                                         \
    sure(fdt_setprop(tree, tree_node(path_), name_, text_, sizeof(text_)))

static maybe_unused void tree_drop(const char *path, const char *name)
{
    int node = sure(fdt_path_offset(tree, path));

    sure(name ? fdt_delprop(tree, node, name) : fdt_del_node(tree, node));
}

#define GIC_PHANDLE 0x8001u

static maybe_unused void tree_virt(void)
{
    sure(fdt_create_empty_tree(tree, TREE_SIZE));
    tree_cells("/", "#address-cells", 1, 2);
    tree_cells("/", "#size-cells", 1, 2);
    tree_cells("/", "interrupt-parent", 1, GIC_PHANDLE);
    tree_text("/", "compatible", "linux,dummy-virt");
    tree_text("/", "model", "a board of the test");

    tree_text("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    tree_text("/psci", "method", "smc");
    tree_cells("/psci", "cpu_on", 1, 0x84000003);
    tree_cells("/psci", "cpu_off", 1, 0x84000002);

    tree_text("/memory@40000000", "device_type", "memory");
    tree_cells("/memory@40000000", "reg", 4, 0, 0x40000000, 0, 0x40000000);

    tree_text("/pl011@9000000", "compatible", "arm,pl011\0arm,primecell");
    tree_cells("/pl011@9000000", "reg", 4, 0, 0x9000000, 0, 0x1000);
    tree_cells("/pl011@9000000", "interrupts", 3, 0, 1, 4);

    tree_text("/intc@8000000", "compatible", "arm,cortex-a15-gic");
    tree_cells("/intc@8000000", "phandle", 1, GIC_PHANDLE);
    tree_cells("/intc@8000000", "#interrupt-cells", 1, 3);
    tree_cells("/intc@8000000", "interrupts", 3, 1, 9, 4);
    tree_cells("/intc@8000000", "reg", 16, 0, 0x8000000, 0, 0x10000, 0,
               0x8010000, 0, 0x10000, 0, 0x8030000, 0, 0x10000, 0, 0x8040000, 0,
               0x10000);

    tree_cells("/cpus", "#address-cells", 1, 1);
    tree_cells("/cpus", "#size-cells", 1, 0);
    for (unsigned int i = 0; i < 2; i++) {
        const char *path = i ? "/cpus/cpu@1" : "/cpus/cpu@0";

        tree_text(path, "device_type", "cpu");
        tree_text(path, "enable-method", "psci");
        tree_cells(path, "reg", 1, i);
    }

    tree_text("/timer", "compatible", "arm,armv7-timer");
    tree_cells("/timer", "interrupts", 12, 1, 13, 0x304, 1, 14, 0x304, 1, 11,
               0x304, 1, 10, 0x304);

    tree_text("/chosen", "bootargs", "console=dtuart dtuart=serial0");
    tree_text("/chosen", "stdout-path", "/pl011@9000000");
    tree_text("/chosen/module@48000000", "compatible",
              "multiboot,module\0multiboot,kernel");
    tree_cells("/chosen/module@48000000", "reg", 4, 0, 0x48000000, 0, 0x600000);
    tree_text("/chosen/module@48000000", "bootargs", "console=hvc0");
    tree_text("/chosen/module@4a000000", "compatible",
              "multiboot,module\0multiboot,ramdisk");
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, 0x4a000000, 0, 0x8000);
}

/* DRA7's buses down to its first UART, and the crossbar. */
static maybe_unused void tree_dra7_buses(void)
{
    tree_cells("/ocp", "#address-cells", 1, 1);
    tree_cells("/ocp", "#size-cells", 1, 1);
    tree_cells("/ocp", "ranges", 4, 0, 0, 0, 0xc0000000);
    tree_text("/ocp/crossbar@4a002a48", "compatible", "ti,irq-crossbar");
    tree_cells("/ocp/crossbar@4a002a48", "phandle", 1, 1);
    tree_cells("/ocp/crossbar@4a002a48", "interrupt-parent", 1, 3);
    tree_cells("/ocp/crossbar@4a002a48", "#interrupt-cells", 1, 3);
    tree_cells("/ocp/crossbar@4a002a48", "reg", 2, 0x4a002a48, 0x130);
    tree_cells("/ocp/crossbar@4a002a48", "ti,irqs-reserved", 8, 0, 1, 2, 3, 5,
               6, 131, 132);
    tree_cells("/ocp/crossbar@4a002a48", "ti,irqs-skip", 4, 10, 133, 139, 140);
    tree_cells("/ocp/l4@48000000", "#address-cells", 1, 1);
    tree_cells("/ocp/l4@48000000", "#size-cells", 1, 1);
    tree_cells("/ocp/l4@48000000", "ranges", 6, 0, 0x48000000, 0x200000,
               0x200000, 0x48200000, 0x200000);
    tree_cells("/ocp/l4@48000000/target@6a000", "#address-cells", 1, 1);
    tree_cells("/ocp/l4@48000000/target@6a000", "#size-cells", 1, 1);
    tree_cells("/ocp/l4@48000000/target@6a000", "ranges", 3, 0, 0x6a000,
               0x1000);
    tree_text("/ocp/l4@48000000/target@6a000/serial@0", "compatible",
              "ti,dra742-uart");
    tree_cells("/ocp/l4@48000000/target@6a000/serial@0", "reg", 2, 0, 0x100);
    tree_cells("/ocp/l4@48000000/target@6a000/serial@0", "interrupts-extended",
               6, 1, 0, 67, 4, 4, 0x3e0);
    tree_cells("/ocp/l4@48000000/target@6a000/serial@0", "clock-frequency", 1,
               48000000);
    tree_cells("/pinmux", "phandle", 1, 4);
    tree_cells("/pinmux", "#interrupt-cells", 1, 1);
}

/* What is different on DRA7: buses, the crossbar, a timer that is off. */
static maybe_unused void tree_dra7(void)
{
    sure(fdt_create_empty_tree(tree, TREE_SIZE));
    tree_cells("/", "#address-cells", 1, 2);
    tree_cells("/", "#size-cells", 1, 2);
    tree_cells("/", "interrupt-parent", 1, 1);
    tree_text("/", "compatible", "ti,dra7-evm\0ti,dra742\0ti,dra74\0ti,dra7");

    tree_text("/memory@0", "device_type", "memory");
    tree_cells("/memory@0", "reg", 4, 0, 0x80000000, 0, 0x60000000);
    tree_cells("/reserved-memory", "#address-cells", 1, 2);
    tree_cells("/reserved-memory", "#size-cells", 1, 2);
    tree_cells("/reserved-memory", "ranges", 0);
    tree_cells("/reserved-memory/ipu@95800000", "reg", 4, 0, 0x95800000, 0,
               0x3800000);
    tree_cells("/reserved-memory/ipu@95800000", "reusable", 0);

    tree_text("/timer", "compatible", "arm,armv7-timer");
    tree_text("/timer", "status", "disabled");
    tree_cells("/timer", "interrupt-parent", 1, 2);
    tree_cells("/timer", "interrupts", 12, 1, 13, 0x308, 1, 14, 0x308, 1, 11,
               0x308, 1, 10, 0x308);

    tree_text("/gic@48211000", "compatible", "arm,cortex-a15-gic");
    tree_cells("/gic@48211000", "phandle", 1, 2);
    tree_cells("/gic@48211000", "interrupt-parent", 1, 2);
    tree_cells("/gic@48211000", "#interrupt-cells", 1, 3);
    tree_cells("/gic@48211000", "interrupts", 3, 1, 9, 0x304);
    tree_cells("/gic@48211000", "reg", 16, 0, 0x48211000, 0, 0x1000, 0,
               0x48212000, 0, 0x2000, 0, 0x48214000, 0, 0x2000, 0, 0x48216000,
               0, 0x2000);
    tree_text("/wugen@48281000", "compatible",
              "ti,omap5-wugen-mpu\0ti,omap4-wugen-mpu");
    tree_cells("/wugen@48281000", "phandle", 1, 3);
    tree_cells("/wugen@48281000", "#interrupt-cells", 1, 3);

    tree_cells("/cpus", "#address-cells", 1, 1);
    tree_cells("/cpus", "#size-cells", 1, 0);
    tree_text("/cpus/cpu@0", "device_type", "cpu");
    tree_cells("/cpus/cpu@0", "reg", 1, 0);
    tree_text("/cpus/cpu@1", "device_type", "cpu");
    tree_cells("/cpus/cpu@1", "reg", 1, 1);

    tree_dra7_buses();

    tree_text("/aliases", "serial0", "/ocp/l4@48000000/target@6a000/serial@0");
    tree_text("/chosen", "stdout-path", "serial0:115200n8");
    tree_cells("/chosen", "#address-cells", 1, 1);
    tree_cells("/chosen", "#size-cells", 1, 1);
    tree_text("/chosen/modules@0", "compatible",
              "xen,linux-zimage\0xen,multiboot-module");
    tree_cells("/chosen/modules@0", "reg", 2, 0xa0000000, 0x800000);
}

/*
 * A copy that ends where an unreadable page begins, so that a read behind
 * the tree faults even in code that is not instrumented.
 */
static maybe_unused unsigned char *tree_guarded(size_t size)
{
    size_t room = (size + 4095) & ~(size_t)4095;
    unsigned char *p = mmap(NULL, room + 4096, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(p != MAP_FAILED);
    assert_int_equal(mprotect(p + room, 4096, PROT_NONE), 0);
    return p + room - ((size + 7) & ~(size_t)7);
}

#endif /* UNIT_TREE_H */
