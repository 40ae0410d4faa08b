/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses, ranges, aliases and interrupt chains of a device tree.
 *
 * Sources: xen/lib/fdt.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/fdt.h>

#include "tree.h"

#define SERIAL "/ocp/l4@48000000/target@6a000/serial@0"

static int node(const char *path)
{
    return fdt_path_offset(tree, path);
}

static void reg_is(const char *path, unsigned int index, int want,
                   uint64_t addr, uint64_t size)
{
    uint64_t a = 0, s = 0;

    assert_int_equal(fdt_reg_get(tree, node(path), index, &a, &s), want);
    if (want == 0) {
        assert_int_equal(a, addr);
        assert_int_equal(s, size);
    }
}

static void addresses(void **state)
{
    (void)state;
    tree_dra7();
    reg_is("/memory@0", 0, 0, 0x80000000, 0x60000000);
    reg_is("/memory@0", 1, -ENOENT, 0, 0);
    reg_is("/gic@48211000", 2, 0, 0x48214000, 0x2000);
    reg_is("/ocp/crossbar@4a002a48", 0, 0, 0x4a002a48, 0x130);
    reg_is(SERIAL, 0, 0, 0x4806a000, 0x100);
    reg_is("/timer", 0, -ENOENT, 0, 0);
    reg_is("/", 0, -ENOENT, 0, 0);

    /* No translation leads out of /cpus. */
    reg_is("/cpus/cpu@1", 0, -ENXIO, 0, 0);
}

static void address_mistakes(void **state)
{
    (void)state;
    tree_dra7();
    tree_cells("/memory@0", "reg", 6, 0, 0x80000000, 0, 0x60000000, 1, 0);
    reg_is("/memory@0", 0, 0, 0x80000000, 0x60000000);
    reg_is("/memory@0", 1, -EINVAL, 0, 0); /* half an entry */
    tree_cells("/memory@0", "reg", 4, ~0u, 0x80000000, 0, 0x80000001);
    reg_is("/memory@0", 0, -EINVAL, 0, 0); /* wraps around */

    tree_cells("/ocp/l4@48000000", "ranges", 3, 0, 0x48000000, 0x1000);
    reg_is(SERIAL, 0, -ENXIO, 0, 0); /* outside of the range */
    tree_cells("/ocp/l4@48000000", "ranges", 3, 0, 0x48000000, 0x6a000);
    reg_is(SERIAL, 0, -ENXIO, 0, 0); /* by one byte */
    tree_cells("/ocp/l4@48000000", "ranges", 3, 0, 0x48000000, 0x6a001);
    reg_is(SERIAL, 0, 0, 0x4806a000, 0x100);
    tree_drop("/ocp/l4@48000000", "ranges");
    reg_is(SERIAL, 0, -ENXIO, 0, 0);
    tree_cells("/ocp/l4@48000000", "#address-cells", 1, 3);
    reg_is("/ocp/l4@48000000/target@6a000", 0, -ENOENT, 0, 0);
    tree_cells("/ocp/l4@48000000/target@6a000", "reg", 4, 0, 0, 0, 0);
    reg_is("/ocp/l4@48000000/target@6a000", 0, -EINVAL, 0, 0);
    tree_cells("/ocp/l4@48000000", "#address-cells", 1, 0xffffffff);
    reg_is("/ocp/l4@48000000/target@6a000", 0, -EINVAL, 0, 0);
}

static void interrupts(void **state)
{
    struct fdt_irq irq;

    (void)state;
    tree_dra7();
    assert_int_equal(fdt_irq_get(tree, node("/timer"), 3, &irq), 0);
    assert_int_equal(irq.controller, node("/gic@48211000"));
    assert_int_equal(irq.nr_cells, 3);
    assert_int_equal(irq.cells[1], 10);
    assert_int_equal(irq.cells[2], 0x308);
    assert_int_equal(fdt_irq_get(tree, node("/timer"), 4, &irq), -ENOENT);

    /* interrupts-extended wins, and its entries differ in length. */
    tree_cells(SERIAL, "interrupts", 3, 0, 99, 4);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 0, &irq), 0);
    assert_int_equal(irq.controller, node("/ocp/crossbar@4a002a48"));
    assert_int_equal(irq.cells[1], 67);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 1, &irq), 0);
    assert_int_equal(irq.controller, node("/pinmux"));
    assert_int_equal(irq.nr_cells, 1);
    assert_int_equal(irq.cells[0], 0x3e0);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 2, &irq), -ENOENT);

    /* Without it the parent is inherited from the root: the crossbar. */
    tree_drop(SERIAL, "interrupts-extended");
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 0, &irq), 0);
    assert_int_equal(irq.controller, node("/ocp/crossbar@4a002a48"));
    assert_int_equal(irq.cells[1], 99);
    assert_int_equal(fdt_irq_parent(tree, node(SERIAL)),
                     node("/ocp/crossbar@4a002a48"));
    assert_int_equal(fdt_irq_get(tree, node("/memory@0"), 0, &irq), -ENOENT);
}

static void interrupt_mistakes(void **state)
{
    struct fdt_irq irq;

    (void)state;
    tree_dra7();
    tree_cells(SERIAL, "interrupts-extended", 3, 1, 0, 67);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 0, &irq), -EINVAL);
    tree_cells(SERIAL, "interrupts-extended", 4, 77, 0, 67, 4);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 0, &irq), -EINVAL);
    tree_cells(SERIAL, "interrupts-extended", 4, 0, 0, 67, 4);
    assert_int_equal(fdt_irq_get(tree, node(SERIAL), 0, &irq), -EINVAL);

    tree_cells("/gic@48211000", "#interrupt-cells", 1, 5);
    assert_int_equal(fdt_irq_get(tree, node("/timer"), 0, &irq), -EINVAL);
    tree_cells("/gic@48211000", "#interrupt-cells", 1, 0);
    assert_int_equal(fdt_irq_get(tree, node("/timer"), 0, &irq), -EINVAL);
    tree_cells("/timer", "interrupt-parent", 1, 88);
    assert_int_equal(fdt_irq_parent(tree, node("/timer")), -ENOENT);
    tree_drop("/timer", "interrupt-parent");
    tree_drop("/", "interrupt-parent");
    assert_int_equal(fdt_irq_get(tree, node("/timer"), 0, &irq), -EINVAL);
}

static void names(void **state)
{
    (void)state;
    tree_dra7();
    assert_int_equal(fdt_node_by_name(tree, "serial0"), node(SERIAL));
    assert_int_equal(fdt_node_by_name(tree, "serial0:115200n8"), node(SERIAL));
    assert_int_equal(fdt_node_by_name(tree, SERIAL), node(SERIAL));
    assert_int_equal(fdt_node_by_name(tree, SERIAL ":9600"), node(SERIAL));
    assert_int_equal(fdt_node_by_name(tree, "/"), 0);
    assert_true(fdt_node_by_name(tree, "serial1") < 0);
    assert_true(fdt_node_by_name(tree, "serial") < 0);
    assert_true(fdt_node_by_name(tree, "/nowhere") < 0);
    assert_true(fdt_node_by_name(tree, "") < 0);

    /* An alias of an alias would never end. */
    tree_text("/aliases", "serial2", "serial2");
    assert_true(fdt_node_by_name(tree, "serial2") < 0);
    sure(fdt_setprop(tree, node("/aliases"), "serial3", "/oc", 3));
    assert_true(fdt_node_by_name(tree, "serial3") < 0);
    tree_drop("/aliases", NULL);
    assert_true(fdt_node_by_name(tree, "serial0") < 0);
}

static void properties(void **state)
{
    (void)state;
    tree_dra7();
    assert_true(fdt_node_available(tree, node("/ocp")));
    assert_false(fdt_node_available(tree, node("/timer")));
    tree_text("/timer", "status", "ok");
    assert_true(fdt_node_available(tree, node("/timer")));
    tree_text("/timer", "status", "okay");
    assert_true(fdt_node_available(tree, node("/timer")));
    tree_text("/timer", "status", "fail-sss");
    assert_false(fdt_node_available(tree, node("/timer")));

    assert_true(fdt_node_is_compatible(tree, 0, "ti,dra74"));
    assert_false(fdt_node_is_compatible(tree, 0, "ti,dra"));
    assert_int_equal(fdt_u32_get(tree, node(SERIAL), "clock-frequency", 0),
                     48000000);
    assert_int_equal(fdt_u32_get(tree, node(SERIAL), "reg", 5), 5);
    assert_int_equal(fdt_u32_get(tree, node(SERIAL), "none", 6), 6);
    sure(fdt_setprop(tree, node("/ocp"), "text", "abc", 3));
    assert_null(fdt_string_get(tree, node("/ocp"), "text"));
    assert_int_equal(fdt_child_address_cells(tree, node("/timer")), 2);
    assert_int_equal(fdt_child_size_cells(tree, node("/timer")), 1);
}

/* The walk meets every node that libfdt knows, each with its parents. */
static void walk(void **state)
{
    int depth = 0, offset = 0, nr = 0;
    struct fdt_path p, q;

    (void)state;
    tree_dra7();
    fdt_path_root(&p);
    while (fdt_path_next(tree, &p)) {
        offset = fdt_next_node(tree, offset, &depth);
        assert_int_equal(fdt_path_node(&p), offset);
        assert_int_equal(p.depth, depth);
        assert_int_equal(p.node[p.depth - 1], fdt_parent_offset(tree, offset));
        assert_int_equal(fdt_path_find(tree, offset, &q), 0);
        assert_memory_equal(p.node, q.node,
                            (size_t)(depth + 1) * sizeof(p.node[0]));
        nr++;
    }
    assert_true(nr > 10);
    assert_int_equal(fdt_path_find(tree, offset + 4, &q), -ENOENT);
    assert_int_equal(fdt_path_find(tree, -1, &q), -ENOENT);
}

/* Nodes too deep are passed over; those behind them are found. */
static void deep_walk(void **state)
{
    struct fdt_path p;
    bool found = false;
    int at = 0;

    (void)state;
    sure(fdt_create_empty_tree(tree, TREE_SIZE));
    sure(fdt_add_subnode(tree, 0, "last"));
    at = sure(fdt_add_subnode(tree, 0, "first"));
    for (int i = 0; i < 40; i++)
        at = sure(fdt_add_subnode(tree, at, "below"));

    fdt_path_root(&p);
    while (fdt_path_next(tree, &p)) {
        assert_true(p.depth < FDT_DEPTH_MAX);
        if (strcmp(fdt_get_name(tree, fdt_path_node(&p), NULL), "last") == 0) {
            assert_int_equal(p.depth, 1);
            found = true;
        }
    }
    assert_true(found);
    assert_int_equal(fdt_path_find(tree, at, &p), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),  cmocka_unit_test(address_mistakes),
        cmocka_unit_test(interrupts), cmocka_unit_test(interrupt_mistakes),
        cmocka_unit_test(names),      cmocka_unit_test(properties),
        cmocka_unit_test(walk),       cmocka_unit_test(deep_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
