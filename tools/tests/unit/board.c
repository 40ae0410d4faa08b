/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the board from its device tree: what two real boards say, what is
 * told when something is wrong, and trees with damaged bytes.
 *
 * Further arguments of the program are .dtb files to damage as well.
 *
 * Sources: xen/drivers/board.c xen/drivers/board_chosen.c
 * Sources: xen/drivers/board_uart.c xen/drivers/uart.c xen/drivers/pl011.c
 * Sources: xen/drivers/ns16550.c xen/lib/fdt.c xen/lib/number.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/board.h>
#include <xen/uart.h>

#include "tree.h"

#define TREE_PA 0x4f000000u

static struct board b;

static void read_tree(void)
{
    board_read(&b, tree, TREE_PA, 0x80000000);
}

static void problems_are(unsigned int nr)
{
    for (unsigned int i = 0; i < b.nr_problems && nr == 0; i++)
        print_message("problem: %s\n", b.problems[i].what);
    assert_int_equal(b.nr_problems, nr);
}

static void virt(void **state)
{
    (void)state;
    tree_virt();
    read_tree();
    problems_are(0);
    assert_string_equal(b.model, "a board of the test");
    assert_int_equal(b.nr_banks, 1);
    assert_int_equal(b.banks[0].start, 0x40000000);
    assert_int_equal(b.banks[0].size, 0x40000000);
    assert_int_equal(b.nr_reserved, 0);
    assert_int_equal(b.nr_cpus, 2);
    assert_int_equal(b.cpus[1].mpidr, 1);
    assert_true(b.cpus[0].psci && b.cpus[1].psci);
    assert_int_equal(b.gic.dist, 0x8000000);
    assert_int_equal(b.gic.cpu, 0x8010000);
    assert_int_equal(b.gic.hyp, 0x8030000);
    assert_int_equal(b.gic.vcpu, 0x8040000);
    assert_int_equal(b.gic.vcpu_size, 0x10000);
    assert_int_equal(b.gic.maintenance_irq, 25);
    assert_int_equal(b.timer.irq_secure, 29);
    assert_int_equal(b.timer.irq_phys, 30);
    assert_int_equal(b.timer.irq_virt, 27);
    assert_int_equal(b.timer.irq_hyp, 26);
    assert_true(b.psci.smc && !b.psci.is_0_1);
    assert_int_equal(b.nr_modules, 2);
    assert_int_equal(board_module(&b, MODULE_KERNEL)->range.start, 0x48000000);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.size, 0x8000);
    assert_null(board_module(&b, MODULE_XSM));
    assert_string_equal(b.cmdline, "console=dtuart dtuart=serial0");
    assert_string_equal(b.dom0_cmdline, "console=hvc0");
}

static void dra7(void **state)
{
    (void)state;
    tree_dra7();
    sure(fdt_add_mem_rsv(tree, 0x9fff0000, 0x10000));
    read_tree();
    problems_are(0);
    assert_int_equal(b.nr_reserved, 2);
    assert_int_equal(b.reserved[0].start, 0x9fff0000);
    assert_int_equal(b.reserved_kind[0], RESERVED_FIRMWARE);
    assert_int_equal(b.reserved[1].start, 0x95800000);
    assert_int_equal(b.reserved_kind[1], RESERVED_REUSABLE);
    assert_true(b.timer.node > 0); /* though it is disabled */
    assert_int_equal(b.timer.irq_virt, 27);
    assert_int_equal(b.psci.node, -1);
    assert_false(b.cpus[1].psci);
    assert_int_equal(b.nr_modules, 1);
    assert_int_equal(b.modules[0].kind, MODULE_KERNEL);
    assert_int_equal(b.modules[0].range.size, 0x800000);
}

/* ---- the console ---- */

static void uart_by_stdout_path(void **state)
{
    uint32_t intid;
    bool edge;

    (void)state;
    tree_virt();
    read_tree();
    assert_int_equal(board_choose_uart(&b, NULL), 0);
    assert_string_equal(b.uart.compatible, "arm,pl011");
    assert_int_equal(b.uart.base, 0x9000000);
    assert_int_equal(b.uart.reg_shift, 0);
    assert_true(b.uart.has_irq);
    assert_int_equal(board_irq_to_intid(&b, &b.uart.irq, &intid, &edge), 0);
    assert_int_equal(intid, 33);
    assert_false(edge);

    tree_cells("/pl011@9000000", "interrupts", 3, 0, 1, 1);
    read_tree();
    assert_int_equal(board_choose_uart(&b, NULL), 0);
    assert_int_equal(board_irq_to_intid(&b, &b.uart.irq, &intid, &edge), 0);
    assert_true(edge);
}

static void uart_by_alias(void **state)
{
    struct uart_vuart vuart;
    uint32_t intid;
    bool edge;

    (void)state;
    tree_dra7();
    read_tree();
    assert_int_equal(board_choose_uart(&b, "serial0"), 0);
    assert_string_equal(b.uart.compatible, "ti,dra742-uart");
    assert_int_equal(b.uart.base, 0x4806a000);
    assert_int_equal(b.uart.reg_shift, 2);
    assert_int_equal(b.uart.baud, 0);
    assert_int_equal(b.uart.usual_baud, 115200);
    assert_int_equal(b.uart.clock_hz, 48000000);
    vuart = uart_vuart(uart_find(tree, b.uart.node), &b.uart);
    assert_int_equal(vuart.status, 0x14);
    assert_int_equal(vuart.ready, 0x60);

    /* Its interrupt is the crossbar's, not the GIC's. */
    assert_true(b.uart.has_irq);
    assert_int_equal(board_irq_to_intid(&b, &b.uart.irq, &intid, &edge),
                     -ENXIO);

    /* A rate that a person gives is used, one that the tree gives is not. */
    assert_int_equal(board_choose_uart(&b, "serial0:9600"), 0);
    assert_int_equal(b.uart.baud, 9600);
    assert_int_equal(board_choose_uart(&b, NULL), 0);
    assert_int_equal(b.uart.baud, 0);

    /* It does tell the rate of a UART that nobody has set up. */
    tree_text("/chosen", "stdout-path", "serial0:57600n8");
    read_tree();
    assert_int_equal(board_choose_uart(&b, NULL), 0);
    assert_int_equal(b.uart.base, 0x4806a000);
    assert_int_equal(b.uart.baud, 0);
    assert_int_equal(b.uart.usual_baud, 57600);
}

static void uart_mistakes(void **state)
{
    (void)state;
    tree_dra7();
    read_tree();
    assert_int_equal(board_choose_uart(&b, "serial9"), -ENODEV);
    problems_are(1);
    assert_int_equal(board_choose_uart(&b, "/timer"), -ENODEV);
    problems_are(2);
    tree_text("/ocp/l4@48000000/target@6a000/serial@0", "status", "disabled");
    read_tree();
    assert_int_equal(board_choose_uart(&b, "serial0"), -ENODEV);
    problems_are(1);
    assert_int_equal(b.uart.node, -1);
}

static unsigned int listed;

static void list_one(const char *path, const char *alias)
{
    assert_string_equal(path, "/ocp/l4@48000000/target@6a000/serial@0");
    assert_string_equal(alias, "serial0");
    listed++;
}

static void uarts_are_listed(void **state)
{
    (void)state;
    tree_dra7();
    read_tree();
    board_list_uarts(&b, list_one);
    assert_int_equal(listed, 1);
}

/* ---- what is told ---- */

static void no_memory(void)
{
    tree_drop("/memory@40000000", NULL);
}
static void no_gic(void)
{
    tree_drop("/intc@8000000", NULL);
}
static void no_timer(void)
{
    tree_drop("/timer", NULL);
}
static void no_kernel(void)
{
    tree_drop("/chosen/module@48000000", NULL);
}
static void no_chosen(void)
{
    tree_drop("/chosen", NULL);
}

static void no_virt(void)
{
    tree_cells("/intc@8000000", "reg", 8, 0, 0x8000000, 0, 0x10000, 0,
               0x8010000, 0, 0x10000);
}

static void gic_v3(void)
{
    tree_text("/intc@8000000", "compatible", "arm,gic-v3");
}

static void psci_hvc(void)
{
    tree_text("/psci", "method", "hvc");
}

static void module_beyond(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, 0x7ffff000, 0, 0x2000);
}

static void module_in_module(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, 0x485fffff, 0, 0x2000);
}

static void module_in_tree(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, TREE_PA - 0x100, 0,
               0x101);
}

static void module_in_no_map(void)
{
    tree_cells("/reserved-memory", "#address-cells", 1, 2);
    tree_cells("/reserved-memory", "#size-cells", 1, 2);
    tree_cells("/reserved-memory", "ranges", 0);
    tree_cells("/reserved-memory/plain@4a000000", "reg", 4, 0, 0x4a000000, 0,
               0x8000);
    tree_cells("/reserved-memory/secret@485ff000", "reg", 4, 0, 0x485ff000, 0,
               0x10000);
    tree_cells("/reserved-memory/secret@485ff000", "no-map", 0);
}

static void module_empty(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, 0x4a000000, 0, 0);
}

static void module_reg_short(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 3, 0, 0x4a000000, 0);
}

/* Not taken as a size, since /chosen says how many cells there are. */
static void module_address_only(void)
{
    tree_cells("/chosen", "#address-cells", 1, 2);
    tree_cells("/chosen", "#size-cells", 1, 2);
    tree_cells("/chosen/module@4a000000", "reg", 2, 0, 0x4a000000);
}

static void module_wraps(void)
{
    tree_cells("/chosen/module@4a000000", "reg", 4, ~0u, 0xfffff000, 0, 0x2000);
}

static void two_kernels(void)
{
    tree_text("/chosen/module@4a000000", "compatible", "multiboot,kernel");
}

static void other_cpu(void)
{
    tree_cells("/cpus/cpu@0", "reg", 1, 0x100);
}
static void same_cpu(void)
{
    tree_cells("/cpus/cpu@1", "reg", 1, 0);
}

static void bootargs_unused(void)
{
    tree_text("/chosen", "xen,xen-bootargs", "sync_console");
}

static void memory_wide(void)
{
    tree_cells("/memory@40000000", "reg", 8, 0, 0x40000000, 0, 0x40000000, 0xff,
               0xf0000000, 0, 0x20000000);
}

static void memory_reg_short(void)
{
    tree_cells("/memory@40000000", "reg", 6, 0, 0x40000000, 0, 0x40000000, 1,
               0);
}

static const struct {
    const char *story;
    void (*change)(void);
    bool fatal;
    const char *told; /* how the first problem begins */
} mistakes[] = {
    { "no memory node", no_memory, true, "memory: no RAM" },
    { "memory beyond 40 bits", memory_wide, false, "memory: beyond 40-bit" },
    { "half a memory reg", memory_reg_short, false, "memory: a reg" },
    { "no GIC", no_gic, true, "gic: no usable GICv2" },
    { "GIC without virtualization", no_virt, true, "gic: no virtual" },
    { "a GICv3", gic_v3, true, "gic: GICv3" },
    { "no timer", no_timer, false, "timer: no arm,armv7-timer" },
    { "psci by hvc", psci_hvc, false, "psci: method is not" },
    { "boot CPU not listed", other_cpu, false, "cpus: no node for the CPU" },
    { "a CPU twice", same_cpu, false, "cpus: two nodes" },
    { "no kernel", no_kernel, true, "modules: no kernel" },
    { "no /chosen", no_chosen, true, "modules: no kernel" },
    { "two kernels", two_kernels, false, "modules: more than one kernel" },
    { "module behind RAM", module_beyond, true, "modules: a module lies" },
    { "modules overlap by a byte", module_in_module, true,
      "modules: two modules overlap" },
    { "module over the tree", module_in_tree, true,
      "modules: a module overlaps the device tree" },
    { "module in memory that Xen must not map", module_in_no_map, true,
      "modules: a module lies in reserved-memory that is no-map" },
    { "module of no size", module_empty, true, "modules: a module's reg" },
    { "module's reg too short", module_reg_short, true,
      "modules: a module's reg" },
    { "module without a size", module_address_only, true,
      "modules: a module's reg" },
    { "module wraps around", module_wraps, true, "modules: a module's reg" },
    { "two lines for one purpose", bootargs_unused, false,
      "chosen: bootargs is not used" },
};

/* What the boot loader has placed over Xen, which is larger than its file. */
static void xen_is_overlapped(void **state)
{
    static const struct {
        paddr_t image;
        const char *told;
    } rows[] = {
        { 0x40200000, NULL },
        { 0x47ff1000, "modules: a module overlaps Xen" },
        { 0x485ff000, "modules: a module overlaps Xen" },
        { 0x48600000, NULL },
        { 0x43ff1000, "the device tree overlaps Xen" },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        tree_virt();
        board_read(&b, tree, 0x44000000, 0);
        board_check_image(&b, (struct mem_range){ rows[i].image, 0x10000 });
        assert_int_equal(b.image.start, rows[i].image);
        assert_int_equal(b.nr_problems, rows[i].told ? 1 : 0);
        if (!rows[i].told)
            continue;
        assert_true(b.problems[0].fatal);
        assert_int_equal(
            strncmp(b.problems[0].what, rows[i].told, strlen(rows[i].told)), 0);
    }
}

static void mistakes_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
        tree_virt();
        mistakes[i].change();
        read_tree();
        if (b.nr_problems == 0 || strncmp(b.problems[0].what, mistakes[i].told,
                                          strlen(mistakes[i].told)) != 0)
            fail_msg("%s: told \"%s\"", mistakes[i].story,
                     b.nr_problems ? b.problems[0].what : "nothing");
        assert_int_equal(b.problems[0].fatal, mistakes[i].fatal);
    }
}

/* ---- memory ---- */

static void banks_are_sorted_and_joined(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/memory@40000000", "reg", 20, 0, 0xa0000000, 0, 0x1000, 0,
               0x80000000, 0, 0x10000000, /* joined by the next */
               0, 0x90000000, 0, 0x10000000, 0, 0x40000000, 0, 0x10000000, 2,
               0x00000800, 0, 0x2000); /* cut to whole pages */
    tree_text("/memory@30000000", "device_type", "memory");
    tree_cells("/memory@30000000", "reg", 4, 0, 0x30000000, 0, 0x18000000);
    tree_text("/memory@10000000", "device_type", "memory");
    tree_text("/memory@10000000", "status", "disabled");
    tree_cells("/memory@10000000", "reg", 4, 0, 0x10000000, 0, 0x1000);
    tree_text("/memory-controller@1", "compatible", "a,memory-controller");
    tree_cells("/memory-controller@1", "reg", 4, 0, 0x1000, 0, 0x1000);
    read_tree();
    assert_int_equal(b.nr_banks, 3);
    assert_int_equal(b.banks[0].start, 0x30000000);
    assert_int_equal(b.banks[0].size, 0x20000000);
    assert_int_equal(b.banks[1].start, 0x80000000);
    assert_int_equal(b.banks[1].size, 0x20001000);
    assert_int_equal(b.banks[2].start, 0x200001000);
    assert_int_equal(b.banks[2].size, 0x1000);
}

static void too_many_banks(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/memory@40000000", "reg", 40, 0, 0x40000000, 0, 0x10000000, 1,
               0, 0, 0x1000, 2, 0, 0, 0x1000, 3, 0, 0, 0x1000, 4, 0, 0, 0x1000,
               5, 0, 0, 0x1000, 6, 0, 0, 0x1000, 7, 0, 0, 0x1000, 8, 0, 0,
               0x1000, 9, 0, 0, 0x1000);
    read_tree();
    assert_int_equal(b.nr_banks, BOARD_BANKS);
    assert_int_equal(b.nr_problems, 2);
    assert_int_equal(b.problems[1].value, 0x900000000);
}

static void reserved_memory(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/reserved-memory", "#address-cells", 1, 2);
    tree_cells("/reserved-memory", "#size-cells", 1, 2);
    tree_cells("/reserved-memory", "ranges", 0);
    tree_cells("/reserved-memory/secret", "reg", 4, 0, 0x50000000, 0, 0x1000);
    tree_cells("/reserved-memory/secret", "no-map", 0);
    tree_cells("/reserved-memory/off", "reg", 4, 0, 0x51000000, 0, 0x1000);
    tree_text("/reserved-memory/off", "status", "disabled");
    tree_cells("/reserved-memory/pool", "size", 2, 0, 0x400000);
    read_tree();
    problems_are(0);
    assert_int_equal(b.nr_reserved, 1);
    assert_int_equal(b.reserved[0].start, 0x50000000);
    assert_int_equal(b.reserved_kind[0], RESERVED_NO_MAP);
}

/* ---- CPUs ---- */

static void boot_cpu_comes_first(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/cpus/cpu@0", "reg", 1, 0x100);
    tree_cells("/cpus/cpu@1", "reg", 1, 0x101);
    tree_text("/cpus/cpu@1", "status", "disabled"); /* it runs, though */
    board_read(&b, tree, TREE_PA, 0xc0000101);
    problems_are(0);
    assert_int_equal(b.nr_cpus, 2);
    assert_int_equal(b.cpus[0].mpidr, 0x101);
    assert_int_equal(b.cpus[0].node, fdt_path_offset(tree, "/cpus/cpu@1"));
    assert_int_equal(b.cpus[1].mpidr, 0x100);
}

static void cpus_beyond_the_gic(void **state)
{
    char path[32];

    (void)state;
    tree_virt();
    for (unsigned int i = 2; i < 10; i++) {
        snprintf(path, sizeof(path), "/cpus/cpu@%u", i);
        tree_text(path, "device_type", "cpu");
        tree_cells(path, "reg", 1, i);
    }
    read_tree();
    assert_int_equal(b.nr_cpus, NR_CPUS);
    assert_int_equal(b.nr_problems, 2);
}

/* ---- modules ---- */

static void kinds_are_guessed(void **state)
{
    (void)state;
    tree_virt();
    /* libfdt puts a new node before its siblings: the ramdisk is first. */
    tree_text("/chosen/module@48000000", "compatible", "multiboot,module");
    tree_text("/chosen/module@4a000000", "compatible", "multiboot,module");
    read_tree();
    problems_are(0);
    assert_int_equal(board_module(&b, MODULE_KERNEL)->range.start, 0x4a000000);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.start, 0x48000000);

    /* A kind that is stated is not guessed again. */
    tree_text("/chosen/module@48000000", "compatible",
              "multiboot,kernel\0multiboot,module");
    read_tree();
    problems_are(0);
    assert_int_equal(board_module(&b, MODULE_KERNEL)->range.start, 0x48000000);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.start, 0x4a000000);
}

/* The end of one may be the start of the next, and of RAM. */
static void modules_may_touch(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/chosen/module@4a000000", "reg", 4, 0, 0x48600000, 0,
               TREE_PA - 0x48600000);
    tree_cells("/chosen/module@48000000", "reg", 4, 0, 0x40000000, 0,
               0x8600000);
    read_tree();
    problems_are(0);
}

static void initrd_of_the_boot_loader(void **state)
{
    (void)state;
    tree_virt();
    tree_cells("/chosen", "linux,initrd-start", 1, 0x4c000000);
    tree_cells("/chosen", "linux,initrd-end", 2, 0, 0x4c001000);
    read_tree();
    problems_are(0);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.start,
                     0x4a000000); /* a module wins */

    tree_drop("/chosen/module@4a000000", NULL);
    read_tree();
    problems_are(0);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.start, 0x4c000000);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->range.size, 0x1000);
    assert_int_equal(board_module(&b, MODULE_RAMDISK)->node, -1);

    tree_cells("/chosen", "linux,initrd-end", 1, 0x4c000000);
    read_tree();
    assert_null(board_module(&b, MODULE_RAMDISK));
}

static const struct {
    const char *ours, *plain, *dom0, *module; /* what the tree has    */
    const char *want, *want_dom0;
} lines[] = {
    { NULL, NULL, NULL, NULL, "", NULL }, { NULL, "p", NULL, NULL, "p", NULL },
    { NULL, "p", NULL, "m", "p", "m" },   { NULL, "p", "d", "m", "p", "d" },
    { "x", "p", NULL, NULL, "x", "p" }, /* then bootargs is the kernel's */
    { "x", "p", NULL, "m", "x", "m" },    { "x", "p", "d", NULL, "x", "d" },
    { "x", NULL, NULL, "m", "x", "m" },
};

static void set_line(const char *path, const char *name, const char *text)
{
    if (text)
        sure(fdt_setprop_string(tree, tree_node(path), name, text));
}

static void command_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
        tree_virt();
        tree_drop("/chosen", "bootargs");
        tree_drop("/chosen/module@48000000", "bootargs");
        set_line("/chosen", "xen,xen-bootargs", lines[i].ours);
        set_line("/chosen", "bootargs", lines[i].plain);
        set_line("/chosen", "xen,dom0-bootargs", lines[i].dom0);
        set_line("/chosen/module@48000000", "bootargs", lines[i].module);
        read_tree();
        assert_string_equal(b.cmdline, lines[i].want);
        if (lines[i].want_dom0)
            assert_string_equal(b.dom0_cmdline, lines[i].want_dom0);
        else
            assert_null(b.dom0_cmdline);
    }
}

/* ---- firmware, interrupts ---- */

static void psci_0_1(void **state)
{
    (void)state;
    tree_virt();
    tree_text("/psci", "compatible", "arm,psci");
    read_tree();
    assert_true(b.psci.is_0_1);
    assert_int_equal(b.psci.cpu_on, 0x84000003);
}

static void interrupt_numbers(void **state)
{
    static const struct {
        uint32_t cells[3];
        int rc;
        uint32_t intid;
    } rows[] = {
        { { 0, 0, 4 }, 0, 32 },        { { 0, 987, 4 }, 0, 1019 },
        { { 0, 988, 4 }, -EINVAL, 0 }, { { 1, 0, 0xf08 }, 0, 16 },
        { { 1, 15, 4 }, 0, 31 },       { { 1, 16, 4 }, -EINVAL, 0 },
        { { 2, 1, 4 }, -EINVAL, 0 },
    };
    struct fdt_irq irq = { .nr_cells = 3 };
    uint32_t intid;
    bool edge;

    (void)state;
    tree_virt();
    read_tree();
    irq.controller = b.gic.node;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        memcpy(irq.cells, rows[i].cells, sizeof(rows[i].cells));
        intid = 0;
        assert_int_equal(board_irq_to_intid(&b, &irq, &intid, &edge),
                         rows[i].rc);
        assert_int_equal(intid, rows[i].intid);
    }
    irq.nr_cells = 1;
    assert_int_equal(board_irq_to_intid(&b, &irq, &intid, &edge), -EINVAL);
}

/* ---- damaged trees ---- */

static uint32_t seed = 1;

static uint32_t random32(void)
{
    seed = seed * 1664525 + 1013904223;
    return seed >> 8 | seed << 24;
}

static void ignore_uart(const char *path, const char *alias)
{
    (void)path;
    (void)alias;
}

/* Read all there is to read; every bound holds whatever was found. */
static void read_damaged(const void *fdt)
{
    struct fdt_path p;
    struct fdt_irq irq;
    uint64_t addr, size;
    uint32_t intid;
    bool edge;

    board_read(&b, fdt, TREE_PA, 0);
    assert_true(b.nr_banks <= BOARD_BANKS && b.nr_cpus <= NR_CPUS &&
                b.nr_modules <= BOARD_MODULES &&
                b.nr_reserved <= BOARD_RESERVED &&
                b.nr_problems <= BOARD_PROBLEMS);
    for (unsigned int i = 0; i < b.nr_banks; i++) {
        assert_true(b.banks[i].size > 0);
        assert_true(b.banks[i].start + b.banks[i].size <= 1ull << 40);
        if (i)
            assert_true(b.banks[i - 1].start + b.banks[i - 1].size <
                        b.banks[i].start);
    }
    assert_non_null(b.cmdline);
    assert_true(strlen(b.cmdline) < fdt_totalsize(fdt));

    if (board_choose_uart(&b, NULL) == 0)
        assert_true(b.uart.node > 0 && b.uart.compatible);
    if (board_choose_uart(&b, "serial0") == 0 && b.uart.has_irq)
        (void)!board_irq_to_intid(&b, &b.uart.irq, &intid, &edge);
    board_list_uarts(&b, ignore_uart);

    fdt_path_root(&p);
    while (fdt_path_next(fdt, &p)) {
        for (unsigned int i = 0; fdt_reg_at(fdt, &p, i, &addr, &size) == 0; i++)
            assert_true(addr + size >= addr);
        for (unsigned int i = 0; fdt_irq_at(fdt, &p, i, &irq) == 0; i++)
            assert_true(irq.nr_cells >= 1 && irq.nr_cells <= 4);
    }
}

/* @rounds copies of @fdt, each with a few bytes changed. */
static void damage(const void *fdt, unsigned int rounds)
{
    size_t size = fdt_totalsize(fdt);
    unsigned char *copy = tree_guarded(size);
    unsigned int taken = 0;

    for (unsigned int i = 0; i < rounds; i++) {
        memcpy(copy, fdt, size);
        for (unsigned int n = random32() % 8 + 1; n > 0; n--) {
            size_t at = random32() % size;

            copy[at] = random32() % 3
                           ? (unsigned char)random32()
                           : (unsigned char)(copy[at] ^ 1u << random32() % 8);
        }
        /* As setup.c does; what is left is for us to withstand. */
        if (fdt_check_header(copy) == 0 && fdt_totalsize(copy) <= size) {
            read_damaged(copy);
            taken++;
        }
    }
    assert_true(taken > rounds / 2);
}

static void damaged_trees(void **state)
{
    (void)state;
    tree_virt();
    sure(fdt_pack(tree));
    damage(tree, 4000);
    tree_dra7();
    sure(fdt_pack(tree));
    damage(tree, 4000);
}

static void damage_file(const char *name)
{
    static unsigned char file[1 << 20] aligned(8);
    FILE *f = fopen(name, "rb");
    size_t len = f ? fread(file, 1, sizeof(file), f) : 0;

    if (len < 40 || fdt_check_header(file) || fdt_totalsize(file) > len) {
        fprintf(stderr, "%s: not a device tree\n", name);
        exit(1);
    }
    fclose(f);
    damage(file, 2000);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(virt),
        cmocka_unit_test(dra7),
        cmocka_unit_test(uart_by_stdout_path),
        cmocka_unit_test(uart_by_alias),
        cmocka_unit_test(uart_mistakes),
        cmocka_unit_test(uarts_are_listed),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(xen_is_overlapped),
        cmocka_unit_test(banks_are_sorted_and_joined),
        cmocka_unit_test(too_many_banks),
        cmocka_unit_test(reserved_memory),
        cmocka_unit_test(boot_cpu_comes_first),
        cmocka_unit_test(cpus_beyond_the_gic),
        cmocka_unit_test(kinds_are_guessed),
        cmocka_unit_test(modules_may_touch),
        cmocka_unit_test(initrd_of_the_boot_loader),
        cmocka_unit_test(command_lines),
        cmocka_unit_test(psci_0_1),
        cmocka_unit_test(interrupt_numbers),
        cmocka_unit_test(damaged_trees),
    };

    alarm(300); /* an endless loop is a failure, too */
    for (int i = 1; i < argc; i++)
        damage_file(argv[i]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
