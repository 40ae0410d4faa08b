/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dom0's device tree: the host's without what is not dom0's, plus what Xen
 * makes for it.
 *
 * First everything that goes is overwritten with NOPs, which moves nothing:
 * node offsets stay those of the host's tree, and the devices that are left
 * can be mapped from it. Then the new nodes are added and it is packed.
 *
 * Source: interface.md 2.4; Linux Documentation/devicetree/bindings
 *         arm/xen.txt, arm,gic.yaml, arm,arch_timer.yaml, psci.yaml.
 * Layer:  9 (control). Boot only.
 */
#include <xen/bitmap.h>
#include <xen/bug.h>
#include <xen/fdt.h>
#include <xen/hyp_map.h>
#include <xen/irq.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/platform.h>
#include <xen/printf.h>
#include <xen/printk.h>
#include <xen/string.h>
#include <xen/time.h>

#include "dom0.h"

/* For the nodes that are added. */
#define ROOM (16u * 1024u)

#define GIC_PPI 1u
/* Interrupt flags: CPUs 0-3 in the mask, active-low level. */
#define PPI_FLAGS 0xf08u

/* clang-format off */
/* Nodes that go, by what they are compatible with. */
static const char *const dropped[] = {
    "arm,psci", "arm,psci-0.2", "arm,psci-1.0",
    "arm,armv7-timer", "arm,armv8-timer", "arm,armv7-timer-mem",
    /* Performance counters: RAZ for guests. */
    "arm,cortex-a15-pmu", "arm,cortex-a7-pmu", "arm,armv7-pmu",
    "arm,smmu-v1", "arm,smmu-v2", "arm,mmu-400", "arm,mmu-401", "arm,mmu-500",
    /* Secure calls are not passed on. */
    "linaro,optee-tz",
    "multiboot,module", "xen,multiboot-module",
    "xen,xen",
};

/* Properties of /chosen that are Xen's, or say what is no longer true. */
static const char *const chosen_dropped[] = {
    "bootargs", "xen,xen-bootargs", "xen,dom0-bootargs", "stdout-path",
    "linux,stdout-path", "linux,initrd-start", "linux,initrd-end",
    "linux,usable-memory-range", "linux,elfcorehdr",
};

/* What is left of the interrupt controller's node. */
static const char *const gic_kept[] = {
    "compatible", "#interrupt-cells", "#address-cells", "#size-cells",
    "interrupt-controller", "phandle", "linux,phandle", "reg",
    /* Linux before 4.1: the crossbar's lines are the GIC's. */
    "arm,routable-irqs",
};
/* clang-format on */

/* A libfdt call that can only fail for want of room. */
static void init_text check(int rc, const char *what)
{
    if (rc < 0)
        panic("dom0's device tree: %s: %s", what, fdt_strerror(rc));
}

/* ---- what goes ---- */

static bool init_text is_dropped_kind(const void *fdt, int node)
{
    int len;
    const char *list = fdt_getprop(fdt, node, "compatible", &len);

    for (size_t i = 0; list && i < ARRAY_SIZE(dropped); i++) {
        if (fdt_stringlist_contains(list, len, dropped[i]))
            return true;
    }
    return false;
}

/* The node's name without its unit address is @name. */
static bool init_text is_named(const void *fdt, int node, const char *name)
{
    int len;
    const char *found = fdt_get_name(fdt, node, &len);
    size_t want = strlen(name);

    return found && strncmp(found, name, want) == 0 &&
           (found[want] == '\0' || found[want] == '@');
}

static bool init_text is_memory(const void *fdt, int node)
{
    const char *type = fdt_string_get(fdt, node, "device_type");

    return type && strcmp(type, "memory") == 0;
}

/* Has it an interrupt that only its own CPU's GIC interface sees? */
static bool init_text has_ppi(const struct board *host, struct fdt_path *p,
                              uint32_t *mask)
{
    struct fdt_irq irq;
    bool found = false;

    for (unsigned int i = 0; fdt_irq_at(host->fdt, p, i, &irq) == 0; i++) {
        if (irq.controller == host->gic.node && irq.nr_cells == 3 &&
            irq.cells[0] == GIC_PPI) {
            found = true;
            *mask |= irq.cells[1] < 16 ? 1u << irq.cells[1] : 0;
        }
    }
    return found;
}

uint32_t init_text dom0_free_ppi(const struct board *host)
{
    struct fdt_path p;
    uint32_t used = 0;

    fdt_path_root(&p);
    while (fdt_path_next(host->fdt, &p))
        (void)has_ppi(host, &p, &used);

    used |= 1u << (host->timer.irq_secure & 15) |
            1u << (host->timer.irq_phys & 15) |
            1u << (host->timer.irq_virt & 15) |
            1u << (host->timer.irq_hyp & 15) |
            1u << (host->gic.maintenance_irq & 15);
    for (uint32_t ppi = 0; ppi < 16; ppi++) {
        if (!(used & (1u << ppi)))
            return 16 + ppi;
    }
    panic("no PPI is free for dom0's events: the device tree uses all 16");
}

/*
 * On TI SoCs the console UART is in a "target module", by which Linux would
 * reset it. -1: there is none.
 */
static int init_text uart_module(const struct board *host)
{
    struct fdt_path p;

    if (host->uart.node < 0 || fdt_path_find(host->fdt, host->uart.node, &p) ||
        p.depth < 1 ||
        !fdt_node_is_compatible(host->fdt, p.node[p.depth - 1], "ti,sysc"))
        return -1;
    return p.node[p.depth - 1];
}

static bool init_text goes(const struct dom0 *b, struct fdt_path *p)
{
    const struct board *host = b->board;
    int node = fdt_path_node(p);
    uint32_t ppis = 0;

    if (node == host->gic.node)
        return false;
    if (p->depth == 1 &&
        (is_memory(host->fdt, node) || is_named(host->fdt, node, "cpus") ||
         is_named(host->fdt, node, "psci") ||
         is_named(host->fdt, node, "hypervisor")))
        return true;
    return node == host->uart.node || p->node[p->depth - 1] == host->gic.node ||
           is_dropped_kind(host->fdt, node) || has_ppi(host, p, &ppis);
}

static void init_text drop_nodes(struct dom0 *b)
{
    const void *fdt = b->board->fdt;
    int below = FDT_DEPTH_MAX;
    struct fdt_path p;

    fdt_path_root(&p);
    while (fdt_path_next(fdt, &p)) {
        if (p.depth > below)
            continue; /* went with its parent */
        below = FDT_DEPTH_MAX;
        if (goes(b, &p)) {
            check(fdt_nop_node(b->fdt, fdt_path_node(&p)), "removing a node");
            below = p.depth;
        }
    }
}

static void init_text drop_property(void *fdt, int node, const char *name)
{
    if (fdt_getprop(fdt, node, name, NULL))
        check(fdt_nop_property(fdt, node, name), name);
}

static void init_text drop_chosen(void *fdt)
{
    int chosen = fdt_path_offset(fdt, "/chosen");

    for (size_t i = 0; chosen >= 0 && i < ARRAY_SIZE(chosen_dropped); i++)
        drop_property(fdt, chosen, chosen_dropped[i]);
}

/* Aliases of nodes that went. */
static void init_text drop_aliases(void *fdt)
{
    int aliases = fdt_path_offset(fdt, "/aliases");
    int prop = aliases < 0 ? aliases : fdt_first_property_offset(fdt, aliases);

    while (prop >= 0) {
        int next = fdt_next_property_offset(fdt, prop);
        const char *name, *path = fdt_getprop_by_offset(fdt, prop, &name, NULL);

        if (!path)
            break;
        path = fdt_string_get(fdt, aliases, name);
        if (path && path[0] == '/' && fdt_path_offset(fdt, path) < 0)
            check(fdt_nop_property(fdt, aliases, name), "aliases");
        prop = next;
    }
}

void init_text dom0_fdt_filter(struct dom0 *b)
{
    const void *host = b->board->fdt;
    uint32_t used = fdt_size_dt_struct(host) + fdt_size_dt_strings(host) +
                    (uint32_t)fdt_num_mem_rsv(host) * 16u;
    uint32_t room;

    /* QEMU pads its tree to 1 MiB: what counts is what it holds. Only the
     * copy needs it all. */
    b->fdt_room = ALIGN_UP(used + ROOM, PAGE_SIZE);
    room = MAX(b->fdt_room, fdt_totalsize(host));
    while ((PAGE_SIZE << b->fdt_order) < room)
        b->fdt_order++;
    b->fdt_page = page_alloc(b->fdt_order, DOMID_OWNER_XEN, PA_LOW | PA_DIRTY);
    if (!b->fdt_page)
        panic("no memory for dom0's device tree: use a smaller dom0_mem=");
    b->fdt = page_to_va(b->fdt_page);

    check(fdt_open_into(host, b->fdt, (int)room), "copy");
    drop_nodes(b);
    /* Nothing to reset it by. */
    if (uart_module(b->board) >= 0) {
        drop_property(b->fdt, uart_module(b->board), "reg");
        drop_property(b->fdt, uart_module(b->board), "reg-names");
    }
    drop_chosen(b->fdt);
    drop_aliases(b->fdt);
}

/* ---- what is added ---- */

struct cells {
    fdt32_t cell[4 * DOM0_BANKS];
    uint32_t nr;
};

/* @value as @cells big-endian cells. */
static void init_text cells_add(struct cells *c, uint64_t value, uint32_t cells)
{
    ASSERT(c->nr + cells <= ARRAY_SIZE(c->cell));
    if (cells > 1)
        c->cell[c->nr++] = cpu_to_fdt32((uint32_t)(value >> 32));
    if (cells > 0)
        c->cell[c->nr++] = cpu_to_fdt32((uint32_t)value);
}

static void init_text set_cells(void *fdt, int node, const char *name,
                                const struct cells *c)
{
    check(fdt_setprop(fdt, node, name, c->cell,
                      (int)(c->nr * sizeof(c->cell[0]))),
          name);
}

static void init_text set_u32(void *fdt, int node, const char *name,
                              uint32_t value)
{
    check(fdt_setprop_u32(fdt, node, name, value), name);
}

static void init_text set_text(void *fdt, int node, const char *name,
                               const char *text)
{
    check(fdt_setprop_string(fdt, node, name, text), name);
}

static int init_text add_node(void *fdt, int parent, const char *name)
{
    int node = fdt_add_subnode(fdt, parent, name);

    check(node, name);
    return node;
}

/*
 * The console's module stays as a user of its clock, which Linux would stop
 * otherwise (clk_disable_unused).
 */
static void init_text keep_uart_clocked(struct dom0 *b)
{
    int node = uart_module(b->board);

    if (node < 0)
        return;
    check(fdt_setprop_empty(b->fdt, node, "ti,no-idle"), "ti,no-idle");
    check(fdt_setprop_empty(b->fdt, node, "ti,no-reset-on-init"),
          "ti,no-reset-on-init");
}

/* The controller: distributor and CPU interface, nothing behind it. */
static uint32_t init_text trim_gic(struct dom0 *b)
{
    int node = b->board->gic.node, len, prop;
    const void *host = b->board->fdt;
    uint32_t parent = (uint32_t)fdt_parent_offset(host, node);
    uint32_t two = 2 * (fdt_child_address_cells(host, (int)parent) +
                        fdt_child_size_cells(host, (int)parent));
    uint32_t phandle = fdt_get_phandle(b->fdt, node);
    const void *reg;

    prop = fdt_first_property_offset(b->fdt, node);
    while (prop >= 0) {
        int next = fdt_next_property_offset(b->fdt, prop);
        const char *name;
        size_t i = 0;

        if (!fdt_getprop_by_offset(b->fdt, prop, &name, NULL))
            break;
        while (i < ARRAY_SIZE(gic_kept) && strcmp(gic_kept[i], name))
            i++;
        if (i == ARRAY_SIZE(gic_kept))
            check(fdt_nop_property(b->fdt, node, name), name);
        prop = next;
    }

    /* From the host's tree: setprop must not read what it moves. */
    reg = fdt_getprop(host, node, "reg", &len);
    if (reg && (uint32_t)len > two * sizeof(fdt32_t))
        check(
            fdt_setprop(b->fdt, node, "reg", reg, (int)(two * sizeof(fdt32_t))),
            "gic");
    if (!phandle) {
        check(fdt_generate_phandle(b->fdt, &phandle), "phandle");
        set_u32(b->fdt, node, "phandle", phandle);
    }
    /* Nothing is behind it, whatever the root says for the devices. */
    set_u32(b->fdt, node, "interrupt-parent", phandle);
    return phandle;
}

/* Offsets are the host's up to where something was added: from behind. */
static uint32_t init_text edit_host_nodes(struct dom0 *b)
{
    uint32_t gic;

    if (uart_module(b->board) > b->board->gic.node)
        keep_uart_clocked(b);
    gic = trim_gic(b);
    if (uart_module(b->board) < b->board->gic.node)
        keep_uart_clocked(b);
    return gic;
}

/*
 * A carve-out that dom0 does not have must not be reserved by it. Drivers
 * do without a region that is disabled, but not all without one that is
 * missing.
 */
static void init_text disable_carveouts(struct dom0 *b)
{
    int parent = fdt_path_offset(b->fdt, "/reserved-memory");
    struct fdt_path p;

    if (parent < 0 || fdt_path_find(b->fdt, parent, &p))
        return;
    while (fdt_path_next(b->fdt, &p) && p.depth >= 2) {
        struct mem_range r;

        for (unsigned int i = 0;
             fdt_reg_at(b->fdt, &p, i, &r.start, &r.size) == 0; i++) {
            if (dom0_carveouts_lost(b, r)) {
                set_text(b->fdt, fdt_path_node(&p), "status", "disabled");
                break;
            }
        }
    }
}

bool init_text dom0_is_passed(const void *fdt, const struct fdt_path *p)
{
    for (int i = 0; i <= p->depth; i++) {
        if (fdt_getprop(fdt, p->node[i], "xen,passthrough", NULL))
            return true;
    }
    return false;
}

/* A device for a guest: dom0's driver is to leave it alone. */
static void init_text disable_passed(struct dom0 *b)
{
    struct fdt_path p;

    fdt_path_root(&p);
    while (fdt_path_next(b->fdt, &p)) {
        if (dom0_is_passed(b->fdt, &p))
            set_text(b->fdt, fdt_path_node(&p), "status", "disabled");
    }
}

/* The router's driver must leave the lines alone that Xen has taken. */
static void init_text skip_our_lines(struct dom0 *b)
{
    int node;

    if (!platform->router)
        return;
    node = fdt_node_offset_by_compatible(b->fdt, -1, platform->router);
    for (uint32_t spi = 0; node >= 0 && spi < IRQ_MAX - IRQ_LOCAL_NR; spi++) {
        if (bitmap_test(b->xen_spis, spi))
            check(fdt_appendprop_u32(b->fdt, node, platform->router_skip, spi),
                  platform->router_skip);
    }
}

static void init_text add_memory(struct dom0 *b, uint32_t na, uint32_t ns)
{
    struct cells reg = { .nr = 0 };
    char name[32];
    int node;

    for (uint32_t i = 0; i < b->nr_banks; i++) {
        cells_add(&reg, b->bank[i].start, na);
        cells_add(&reg, b->bank[i].size, ns);
    }
    xen_snprintf(name, sizeof(name), "memory@%llx",
                 (unsigned long long)b->bank[0].start);
    node = add_node(b->fdt, 0, name);
    set_text(b->fdt, node, "device_type", "memory");
    set_cells(b->fdt, node, "reg", &reg);
}

static void init_text add_cpu(struct dom0 *b, int cpus, uint32_t id)
{
    const void *host = b->board->fdt;
    int from = b->board->cpus[0].node, node, len;
    const void *compatible = NULL;
    char name[16];
    uint32_t hz = 0, phandle = 0;

    if (from >= 0) {
        compatible = fdt_getprop(host, from, "compatible", &len);
        hz = fdt_u32_get(host, from, "clock-frequency", 0);
    }
    xen_snprintf(name, sizeof(name), "cpu@%u", id);
    node = add_node(b->fdt, cpus, name);
    if (compatible)
        check(fdt_setprop(b->fdt, node, "compatible", compatible, len), name);
    else
        set_text(b->fdt, node, "compatible", "arm,cortex-a15");
    set_text(b->fdt, node, "device_type", "cpu");
    set_text(b->fdt, node, "enable-method", "psci");
    set_u32(b->fdt, node, "reg", id);
    if (hz)
        set_u32(b->fdt, node, "clock-frequency", hz);
    /* Thermal zones name CPUs: they stay known, though a vCPU cools nothing. */
    if (id < b->board->nr_cpus && b->board->cpus[id].node >= 0)
        phandle = fdt_get_phandle(host, b->board->cpus[id].node);
    if (phandle) {
        set_u32(b->fdt, node, "phandle", phandle);
        set_u32(b->fdt, node, "#cooling-cells", 2);
    }
}

static void init_text add_cpus(struct dom0 *b)
{
    int cpus = add_node(b->fdt, 0, "cpus");

    set_u32(b->fdt, cpus, "#address-cells", 1);
    set_u32(b->fdt, cpus, "#size-cells", 0);
    /* A new node becomes the first: the last one first. */
    for (uint32_t id = b->d->max_vcpus; id-- > 0;)
        add_cpu(b, cpus, id);
}

static void init_text add_psci(struct dom0 *b)
{
    static const char kinds[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";
    int node = add_node(b->fdt, 0, "psci");

    check(fdt_setprop(b->fdt, node, "compatible", kinds, sizeof(kinds)),
          "psci");
    set_text(b->fdt, node, "method", "hvc");
    set_u32(b->fdt, node, "cpu_off", 1);
    set_u32(b->fdt, node, "cpu_on", 2);
}

static void init_text ppi_add(struct cells *c, uint32_t intid)
{
    cells_add(c, GIC_PPI, 1);
    cells_add(c, intid - IRQ_SGI_NR, 1);
    cells_add(c, PPI_FLAGS, 1);
}

static void init_text add_timer(struct dom0 *b, uint32_t gic)
{
    const struct board *host = b->board;
    struct cells irqs = { .nr = 0 };
    int node = add_node(b->fdt, 0, "timer");

    ppi_add(&irqs, host->timer.irq_secure);
    ppi_add(&irqs, host->timer.irq_phys);
    ppi_add(&irqs, host->timer.irq_virt);
    set_text(b->fdt, node, "compatible", "arm,armv7-timer");
    set_u32(b->fdt, node, "interrupt-parent", gic);
    set_cells(b->fdt, node, "interrupts", &irqs);
    /* A host whose CNTFRQ cannot be relied on says so, or its platform. */
    if (host->timer.clock_hz || platform->timer_hz)
        set_u32(b->fdt, node, "clock-frequency", time_hz);
    if (host->timer.node >= 0 &&
        fdt_getprop(host->fdt, host->timer.node, "always-on", NULL))
        check(fdt_setprop_empty(b->fdt, node, "always-on"), "always-on");
}

static bool init_text overlaps_ram(const struct dom0 *b, paddr_t start)
{
    for (uint32_t i = 0; i < b->nr_banks; i++) {
        const struct mem_range *m = &b->bank[i];

        if (start < m->start + m->size && m->start < start + GRANT_WINDOW_SIZE)
            return true;
    }
    return false;
}

/*
 * Addresses that are RAM of the board, so no device is there, but not of
 * dom0: where Xen lies, if that is big enough.
 */
static paddr_t init_text find_grant_window(const struct dom0 *b)
{
    const struct board *host = b->board;
    paddr_t at = va_to_pa((const void *)(uintptr_t)XEN_VIRT_START);

    if (!overlaps_ram(b, at))
        return at;
    for (unsigned int i = 0; i < host->nr_banks; i++) {
        paddr_t end = host->banks[i].start + host->banks[i].size;

        for (at = host->banks[i].start; at + GRANT_WINDOW_SIZE <= end;
             at += GRANT_WINDOW_SIZE) {
            if (!overlaps_ram(b, at))
                return at;
        }
    }
    panic("dom0 has all RAM of the board: use a smaller dom0_mem=");
}

static void init_text add_hypervisor(struct dom0 *b, uint32_t gic, uint32_t na,
                                     uint32_t ns)
{
    static const char kinds[] = "xen,xen-4.17\0xen,xen";
    struct cells reg = { .nr = 0 }, irq = { .nr = 0 };
    int node = add_node(b->fdt, 0, "hypervisor");

    b->grant_window = find_grant_window(b);
    cells_add(&reg, b->grant_window, na);
    cells_add(&reg, GRANT_WINDOW_SIZE, ns);
    ppi_add(&irq, b->d->event_ppi);

    check(fdt_setprop(b->fdt, node, "compatible", kinds, sizeof(kinds)),
          "hypervisor");
    set_cells(b->fdt, node, "reg", &reg);
    set_u32(b->fdt, node, "interrupt-parent", gic);
    set_cells(b->fdt, node, "interrupts", &irq);
}

static void init_text add_chosen(struct dom0 *b, const char *cmdline)
{
    int node = fdt_path_offset(b->fdt, "/chosen");
    struct cells start = { .nr = 0 }, end = { .nr = 0 };

    if (node < 0)
        node = add_node(b->fdt, 0, "chosen");
    if (cmdline)
        set_text(b->fdt, node, "bootargs", cmdline);
    if (b->initrd.size) {
        cells_add(&start, b->initrd_gpa, 2);
        cells_add(&end, b->initrd_gpa + b->initrd.size, 2);
        set_cells(b->fdt, node, "linux,initrd-start", &start);
        set_cells(b->fdt, node, "linux,initrd-end", &end);
    }
}

void init_text dom0_fdt_finish(struct dom0 *b, const char *cmdline)
{
    uint32_t na = fdt_child_address_cells(b->fdt, 0);
    uint32_t ns = fdt_child_size_cells(b->fdt, 0);
    uint32_t gic = edit_host_nodes(b);

    while (fdt_num_mem_rsv(b->fdt) > 0)
        check(fdt_del_mem_rsv(b->fdt, 0), "memory reservations");
    disable_carveouts(b);
    disable_passed(b);
    skip_our_lines(b);
    add_chosen(b, cmdline);
    add_hypervisor(b, gic, na, ns);
    add_timer(b, gic);
    add_psci(b);
    add_cpus(b);
    add_memory(b, na, ns);
    check(fdt_pack(b->fdt), "pack");
    if (fdt_totalsize(b->fdt) > b->fdt_room)
        panic("dom0's device tree: no room for %u bytes: use a shorter "
              "command line",
              fdt_totalsize(b->fdt));
}
