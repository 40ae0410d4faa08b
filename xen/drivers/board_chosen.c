/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /chosen: command lines, and the modules that the boot loader has placed.
 *
 * Source: Multiboot on ARM as the boot loaders write it: U-Boot scripts of
 *         the Xen wiki, QEMU docs/system/guest-loader.rst; Devicetree
 *         Specification v0.3, 3.6 "/chosen".
 * Layer:  3 (drivers). Tested on the host, unit/board.c.
 */
#include <public/errno.h>
#include <xen/string.h>

#include "board_read.h"

/* clang-format off */
static const struct {
    const char *compatible;
    enum module_kind kind;
} kinds[] = {
    { "multiboot,kernel",     MODULE_KERNEL  },
    { "xen,linux-zimage",     MODULE_KERNEL  },
    { "multiboot,ramdisk",    MODULE_RAMDISK },
    { "xen,linux-initrd",     MODULE_RAMDISK },
    { "xen,xenstore-stubdom", MODULE_STORE },
    { "xen,xsm-policy",       MODULE_XSM     },
    { "multiboot,module",     MODULE_OTHER   },
    { "xen,multiboot-module", MODULE_OTHER   },
};
/* clang-format on */

const struct boot_module *board_module(const struct board *b,
                                       enum module_kind kind)
{
    for (unsigned int i = 0; i < b->nr_modules; i++)
        if (b->modules[i].kind == kind)
            return &b->modules[i];
    return NULL;
}

/*
 * reg of a module. /chosen often has no #address-cells of its own: then
 * writers mean the root's, or just two cells each (QEMU's guest-loader).
 */
static bool module_range(const void *fdt, const struct fdt_path *p,
                         struct mem_range *range)
{
    int len, chosen = p->node[p->depth - 1];
    const fdt32_t *reg = fdt_getprop(fdt, fdt_path_node(p), "reg", &len);
    uint32_t na = fdt_u32_get(fdt, chosen, "#address-cells",
                              fdt_child_address_cells(fdt, 0));
    uint32_t ns = fdt_u32_get(fdt, chosen, "#size-cells",
                              fdt_child_size_cells(fdt, 0));

    if (!reg)
        return false;
    if (na < 1 || na > 2 || ns < 1 || ns > 2 ||
        (uint32_t)len != (na + ns) * sizeof(*reg)) {
        if (fdt_getprop(fdt, chosen, "#address-cells", NULL) ||
            (len != 8 && len != 16))
            return false;
        na = ns = (uint32_t)len / 8;
    }
    range->start = fdt_cells_get(reg, na);
    range->size = fdt_cells_get(reg + na, ns);
    return range->size > 0 && range->start + range->size > range->start;
}

static struct boot_module *add_module(struct board *b)
{
    if (b->nr_modules == BOARD_MODULES) {
        board_problem(b, false, "modules: more than 8; the rest is ignored", 0);
        return NULL;
    }
    return &b->modules[b->nr_modules++];
}

static void read_module(struct board *b, const struct fdt_path *p)
{
    int node = fdt_path_node(p);
    struct boot_module *m;
    struct mem_range range;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(kinds); i++)
        if (fdt_node_is_compatible(b->fdt, node, kinds[i].compatible))
            break;
    if (i == ARRAY_SIZE(kinds))
        return;

    if (!module_range(b->fdt, p, &range)) {
        board_problem(b, true,
                      "modules: a module's reg cannot be read: give "
                      "it <address size> as #address-cells and #size-cells "
                      "of /chosen say",
                      0);
        return;
    }
    m = add_module(b);
    if (m)
        *m = (struct boot_module){
            .kind = kinds[i].kind,
            .range = range,
            .node = node,
            .cmdline = fdt_string_get(b->fdt, node, "bootargs"),
        };
}

/* Modules of no stated kind: the first is the kernel, the second its disk. */
static void guess_kinds(struct board *b)
{
    static const enum module_kind order[] = { MODULE_KERNEL, MODULE_RAMDISK };
    unsigned int next = 0;

    for (unsigned int i = 0; i < b->nr_modules; i++) {
        if (b->modules[i].kind != MODULE_OTHER)
            continue;
        while (next < ARRAY_SIZE(order) && board_module(b, order[next]))
            next++;
        if (next == ARRAY_SIZE(order))
            return;
        b->modules[i].kind = order[next];
    }
}

/* An address in /chosen as boot loaders write it: one cell or two. */
static bool chosen_address(const struct board *b, int chosen, const char *name,
                           uint64_t *pa)
{
    int len;
    const fdt32_t *prop = fdt_getprop(b->fdt, chosen, name, &len);

    if (!prop || (len != 4 && len != 8))
        return false;
    *pa = fdt_cells_get(prop, (uint32_t)len / 4);
    return true;
}

/* What "bootm xen initrd fdt" gives instead of a module. */
static void read_initrd(struct board *b, int chosen)
{
    struct boot_module *m;
    uint64_t start, end;

    if (board_module(b, MODULE_RAMDISK) ||
        !chosen_address(b, chosen, "linux,initrd-start", &start) ||
        !chosen_address(b, chosen, "linux,initrd-end", &end) || end <= start)
        return;
    m = add_module(b);
    if (m)
        *m = (struct boot_module){ .kind = MODULE_RAMDISK,
                                   .node = -1,
                                   .range = { start, end - start } };
}

static void read_cmdlines(struct board *b, int chosen)
{
    const char *ours = fdt_string_get(b->fdt, chosen, "xen,xen-bootargs");
    const char *plain = fdt_string_get(b->fdt, chosen, "bootargs");
    const char *dom0 = fdt_string_get(b->fdt, chosen, "xen,dom0-bootargs");
    const struct boot_module *kernel = board_module(b, MODULE_KERNEL);

    if (ours)
        b->cmdline = ours;
    else if (plain)
        b->cmdline = plain;

    if (!dom0 && kernel)
        dom0 = kernel->cmdline;
    /* A line for Xen by name leaves the plain one to the kernel. */
    if (!dom0 && ours)
        dom0 = plain;
    else if (ours && plain)
        board_problem(b, false,
                      "chosen: bootargs is not used: "
                      "xen,xen-bootargs is Xen's line and dom0 has its own",
                      0);
    b->dom0_cmdline = dom0;
}

/* ---- checks ---- */

static bool overlap(struct mem_range a, struct mem_range b)
{
    return a.start < b.start + b.size && b.start < a.start + a.size;
}

static bool is_ram(const struct board *b, struct mem_range r)
{
    for (unsigned int i = 0; i < b->nr_banks; i++)
        if (r.start >= b->banks[i].start &&
            r.start + r.size <= b->banks[i].start + b->banks[i].size)
            return true;
    return false;
}

/* Memory that not even Xen may map: nothing can be read from there. */
static bool meets_no_map(const struct board *b, struct mem_range r)
{
    for (unsigned int i = 0; i < b->nr_reserved; i++)
        if (b->reserved_kind[i] == RESERVED_NO_MAP &&
            overlap(r, b->reserved[i]))
            return true;
    return false;
}

static void check_modules(struct board *b)
{
    const struct mem_range tree = { b->fdt_pa, b->fdt_size };
    unsigned int kernels = 0;

    for (unsigned int i = 0; i < b->nr_modules; i++) {
        const struct mem_range r = b->modules[i].range;

        kernels += b->modules[i].kind == MODULE_KERNEL;
        if (!is_ram(b, r))
            board_problem(b, true,
                          "modules: a module lies outside of RAM: "
                          "load it elsewhere or correct its reg",
                          r.start);
        if (meets_no_map(b, r))
            board_problem(b, true,
                          "modules: a module lies in reserved-memory that "
                          "is no-map: load it elsewhere",
                          r.start);
        if (overlap(r, tree))
            board_problem(b, true,
                          "modules: a module overlaps the device "
                          "tree: load them further apart",
                          r.start);
        for (unsigned int j = i + 1; j < b->nr_modules; j++)
            if (overlap(r, b->modules[j].range))
                board_problem(b, true,
                              "modules: two modules overlap: load "
                              "them further apart, or correct their sizes",
                              b->modules[j].range.start);
    }
    if (kernels == 0)
        board_problem(b, true,
                      "modules: no kernel for dom0: /chosen needs a "
                      "node with compatible = \"multiboot,kernel\", "
                      "\"multiboot,module\" and reg = <address size>",
                      0);
    if (kernels > 1)
        board_problem(b, false,
                      "modules: more than one kernel; the first "
                      "is dom0's",
                      0);
}

void board_check_image(struct board *b, struct mem_range image)
{
    const struct mem_range tree = { b->fdt_pa, b->fdt_size };

    b->image = image;
    if (overlap(tree, image))
        board_problem(b, true,
                      "the device tree overlaps Xen: load them further apart",
                      tree.start);
    for (unsigned int i = 0; i < b->nr_modules; i++)
        if (overlap(b->modules[i].range, image))
            board_problem(b, true,
                          "modules: a module overlaps Xen, which is larger "
                          "in memory than its file: load it 2 MiB or more "
                          "behind Xen",
                          b->modules[i].range.start);
}

void board_read_chosen(struct board *b)
{
    int chosen = fdt_path_offset(b->fdt, "/chosen");
    struct fdt_path p;

    b->cmdline = "";
    if (chosen >= 0 && fdt_path_find(b->fdt, chosen, &p) == 0) {
        while (fdt_path_next(b->fdt, &p) && p.depth > 1)
            if (p.depth == 2)
                read_module(b, &p);
        guess_kinds(b);
        read_initrd(b, chosen);
        read_cmdlines(b, chosen);
    }
    check_modules(b);
}
