/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read the device tree once: memory, CPUs, interrupt controller, timer,
 * firmware. Command lines and modules are in board_chosen.c, the console in
 * board_uart.c.
 *
 * Source: Devicetree Specification v0.3, 3 (device node requirements);
 *         Linux Documentation/devicetree/bindings: arm,gic.yaml,
 *         arm,arch_timer.yaml, psci.yaml, reserved-memory.yaml.
 * Layer:  3 (drivers). Tested on the host, unit/board.c.
 */
#include <public/errno.h>
#include <xen/string.h>

#include "board_read.h"

#define MPIDR_AFFINITY 0xffffffu

/* PPIs that every Cortex-A15 system has (ARM DDI 0438, 8.2.3 and 9). */
#define PPI_MAINTENANCE  25u
#define PPI_TIMER_HYP    26u
#define PPI_TIMER_VIRT   27u
#define PPI_TIMER_SECURE 29u
#define PPI_TIMER_PHYS   30u

struct board board;

void board_problem(struct board *b, bool fatal, const char *what,
                   uint64_t value)
{
    if (b->nr_problems == BOARD_PROBLEMS) {
        b->problems[BOARD_PROBLEMS - 1] = (struct board_problem){
            true, "more is wrong with this device tree than is listed", 0
        };
        return;
    }
    b->problems[b->nr_problems++] = (struct board_problem){ fatal, what,
                                                            value };
}

/* ---- memory ---- */

/* Add RAM, joined with what it touches: the banks stay apart and sorted. */
static void add_bank(struct board *b, paddr_t start, paddr_t end)
{
    unsigned int i = 0;

    while (i < b->nr_banks) {
        struct mem_range *m = &b->banks[i];

        if (m->start > end || start > m->start + m->size) {
            i++;
            continue;
        }
        start = MIN(start, m->start);
        end = MAX(end, m->start + m->size);
        b->nr_banks--;
        memmove(m, m + 1, (b->nr_banks - i) * sizeof(*m));
    }

    if (b->nr_banks == BOARD_BANKS) {
        board_problem(b, false,
                      "memory: more banks than Xen keeps; this one "
                      "is not used: merge memory nodes",
                      start);
        return;
    }
    for (i = b->nr_banks; i > 0 && b->banks[i - 1].start > start; i--)
        b->banks[i] = b->banks[i - 1];
    b->banks[i] = (struct mem_range){ start, end - start };
    b->nr_banks++;
}

static void read_memory(struct board *b, const struct fdt_path *p)
{
    const paddr_t limit = (paddr_t)1 << PADDR_BITS;
    uint64_t start, size;
    int rc;

    for (unsigned int i = 0;; i++) {
        uint64_t end;

        rc = fdt_reg_at(b->fdt, p, i, &start, &size);
        if (rc)
            break;
        end = start + size;
        if (end > limit) {
            board_problem(b, false,
                          "memory: beyond 40-bit addresses, not "
                          "used from here on",
                          MAX(start, limit));
            end = limit;
        }
        start = ALIGN_UP(start, PAGE_SIZE);
        end = ALIGN_DOWN(end, PAGE_SIZE);
        if (start < end)
            add_bank(b, start, end);
    }
    if (rc != -ENOENT)
        board_problem(b, false,
                      "memory: a reg does not fit the root's "
                      "#address-cells and #size-cells: correct the node",
                      0);
}

static void add_reserved(struct board *b, uint64_t start, uint64_t size,
                         enum reserved_kind kind)
{
    if (size == 0)
        return;
    if (start + size < start) {
        board_problem(b, false,
                      "reserved memory that wraps around is "
                      "ignored: correct its size",
                      start);
        return;
    }
    /* Unlike RAM that is lost, a reserved range that is not kept hurts. */
    if (b->nr_reserved == BOARD_RESERVED) {
        board_problem(b, true,
                      "more reserved ranges than Xen keeps: merge "
                      "/reserved-memory nodes",
                      start);
        return;
    }
    b->reserved[b->nr_reserved] = (struct mem_range){ start, size };
    b->reserved_kind[b->nr_reserved] = kind;
    b->nr_reserved++;
}

/* A child of /reserved-memory; one without reg is Linux's to place. */
static void read_reserved(struct board *b, const struct fdt_path *p)
{
    int node = fdt_path_node(p), rc;
    enum reserved_kind kind = RESERVED_PLAIN;
    uint64_t start, size;

    if (!fdt_node_available(b->fdt, node))
        return;
    if (fdt_getprop(b->fdt, node, "no-map", NULL))
        kind = RESERVED_NO_MAP;
    else if (fdt_getprop(b->fdt, node, "reusable", NULL))
        kind = RESERVED_REUSABLE;

    for (unsigned int i = 0;; i++) {
        rc = fdt_reg_at(b->fdt, p, i, &start, &size);
        if (rc)
            break;
        add_reserved(b, start, size, kind);
    }
    if (rc != -ENOENT)
        board_problem(b, false,
                      "reserved-memory: a reg cannot be read: give "
                      "/reserved-memory #address-cells, #size-cells and "
                      "ranges",
                      0);
}

static void read_memreserve(struct board *b)
{
    int nr = fdt_num_mem_rsv(b->fdt);
    uint64_t start, size;

    for (int i = 0; i < nr; i++)
        if (fdt_get_mem_rsv(b->fdt, i, &start, &size) == 0)
            add_reserved(b, start, size, RESERVED_FIRMWARE);
}

/* ---- CPUs ---- */

static void read_cpu(struct board *b, const struct fdt_path *p)
{
    int node = fdt_path_node(p), len;
    const fdt32_t *reg = fdt_getprop(b->fdt, node, "reg", &len);
    const char *type = fdt_string_get(b->fdt, node, "device_type");
    const char *method = fdt_string_get(b->fdt, node, "enable-method");
    struct board_cpu *cpu = NULL;
    uint32_t mpidr;

    if (!type || strcmp(type, "cpu") != 0)
        return;
    if (!reg || (len != 4 && len != 8)) {
        board_problem(b, false,
                      "cpus: a cpu node without a valid reg is "
                      "ignored: reg is its MPIDR affinity",
                      0);
        return;
    }

    mpidr = (uint32_t)fdt_cells_get(reg, (uint32_t)len / 4) & MPIDR_AFFINITY;
    for (unsigned int i = 0; i < b->nr_cpus; i++)
        if (b->cpus[i].mpidr == mpidr)
            cpu = &b->cpus[i];
    if (cpu && cpu->node >= 0) {
        board_problem(b, false,
                      "cpus: two nodes have this reg; the second "
                      "is ignored",
                      mpidr);
        return;
    }
    if (!cpu) {
        if (!fdt_node_available(b->fdt, node))
            return;
        if (b->nr_cpus == NR_CPUS) {
            board_problem(b, false, "cpus: more than 8; this one stays off",
                          mpidr);
            return;
        }
        cpu = &b->cpus[b->nr_cpus++];
    }
    *cpu = (struct board_cpu){
        .mpidr = mpidr,
        .node = node,
        .psci = method && strcmp(method, "psci") == 0,
    };
}

/* ---- nodes found by compatible ---- */

static void read_gic(struct board *b, const struct fdt_path *p)
{
    uint64_t dist, cpu, hyp, vcpu, size;

    if (b->gic.node >= 0)
        return;
    if (fdt_reg_at(b->fdt, p, 0, &dist, &size) ||
        fdt_reg_at(b->fdt, p, 1, &cpu, &b->gic.cpu_size)) {
        board_problem(b, true,
                      "gic: the node has no distributor and CPU "
                      "interface: correct its reg",
                      0);
        return;
    }
    if (fdt_reg_at(b->fdt, p, 2, &hyp, &size) ||
        fdt_reg_at(b->fdt, p, 3, &vcpu, &b->gic.vcpu_size)) {
        board_problem(b, true,
                      "gic: no virtual interface (reg 2 and 3): on "
                      "QEMU give -machine virt,virtualization=on",
                      0);
        return;
    }
    b->gic.node = fdt_path_node(p);
    b->gic.dist = dist;
    b->gic.cpu = cpu;
    b->gic.hyp = hyp;
    b->gic.vcpu = vcpu;
}

static void refuse_gicv3(struct board *b, const struct fdt_path *p)
{
    (void)p;
    board_problem(b, true,
                  "gic: GICv3 is not supported: on QEMU give "
                  "-machine virt,gic-version=2",
                  0);
}

static void read_timer(struct board *b, const struct fdt_path *p)
{
    if (b->timer.node >= 0)
        return;
    b->timer.node = fdt_path_node(p);
    b->timer.clock_hz = fdt_u32_get(b->fdt, b->timer.node, "clock-frequency",
                                    0);
}

static void read_psci(struct board *b, const struct fdt_path *p)
{
    int node = fdt_path_node(p);
    const char *method = fdt_string_get(b->fdt, node, "method");

    if (b->psci.node >= 0 || !fdt_node_available(b->fdt, node))
        return;
    b->psci.node = node;
    b->psci.smc = method && strcmp(method, "smc") == 0;
    b->psci.is_0_1 = !fdt_node_is_compatible(b->fdt, node, "arm,psci-0.2") &&
                     !fdt_node_is_compatible(b->fdt, node, "arm,psci-1.0");
    b->psci.cpu_on = fdt_u32_get(b->fdt, node, "cpu_on", 0);
    b->psci.cpu_off = fdt_u32_get(b->fdt, node, "cpu_off", 0);
    if (!b->psci.smc)
        board_problem(b, false,
                      "psci: method is not \"smc\", so the node is "
                      "ignored: it is for guests, and Xen makes dom0's own; "
                      "delete it from the host's tree",
                      0);
}

/* clang-format off */
static const struct {
    const char *compatible;
    void (*read)(struct board *b, const struct fdt_path *p);
} nodes[] = {
    { "arm,cortex-a15-gic", read_gic     },
    { "arm,cortex-a7-gic",  read_gic     },
    { "arm,gic-400",        read_gic     },
    { "arm,gic-v3",         refuse_gicv3 },
    /* Also when disabled, as for i940 on DRA7: Xen has no other timer. */
    { "arm,armv7-timer",    read_timer   },
    { "arm,armv8-timer",    read_timer   },
    { "arm,psci-1.0",       read_psci    },
    { "arm,psci-0.2",       read_psci    },
    { "arm,psci",           read_psci    },
};
/* clang-format on */

static void read_by_compatible(struct board *b, const struct fdt_path *p)
{
    int len;
    const char *list = fdt_getprop(b->fdt, fdt_path_node(p), "compatible",
                                   &len);

    if (!list)
        return;
    for (unsigned int i = 0; i < ARRAY_SIZE(nodes); i++) {
        if (fdt_stringlist_contains(list, len, nodes[i].compatible)) {
            nodes[i].read(b, p);
            return;
        }
    }
}

/* Name without the unit address. */
static bool is_named(const void *fdt, int node, const char *name)
{
    size_t len = strlen(name);
    const char *s = fdt_get_name(fdt, node, NULL);

    return s && strncmp(s, name, len) == 0 && (!s[len] || s[len] == '@');
}

static bool is_memory(const void *fdt, int node)
{
    const char *type = fdt_string_get(fdt, node, "device_type");

    return type ? strcmp(type, "memory") == 0 : is_named(fdt, node, "memory");
}

/* One walk over the tree; what lies below /cpus and the like by its parent. */
static void read_nodes(struct board *b)
{
    int cpus = fdt_path_offset(b->fdt, "/cpus");
    int reserved = fdt_path_offset(b->fdt, "/reserved-memory");
    struct fdt_path p;

    fdt_path_root(&p);
    while (fdt_path_next(b->fdt, &p)) {
        int parent = p.node[p.depth - 1];

        if (p.depth == 2 && parent == cpus)
            read_cpu(b, &p);
        else if (p.depth == 2 && parent == reserved)
            read_reserved(b, &p);
        else if (p.depth == 1 && is_memory(b->fdt, fdt_path_node(&p)) &&
                 fdt_node_available(b->fdt, fdt_path_node(&p)))
            read_memory(b, &p);
        else
            read_by_compatible(b, &p);
    }
}

/* ---- interrupts, when the GIC is known ---- */

int board_irq_to_intid(const struct board *b, const struct fdt_irq *irq,
                       uint32_t *intid, bool *edge)
{
    uint32_t nr = irq->cells[1], flags = irq->cells[2] & 0xf;

    if (irq->controller != b->gic.node)
        return -ENXIO;
    if (irq->nr_cells != 3)
        return -EINVAL;

    /* Cells: 0 SPI or 1 PPI; number; 1, 2 edges, 4, 8 levels. */
    if (irq->cells[0] == 0 && nr < 988)
        *intid = nr + 32;
    else if (irq->cells[0] == 1 && nr < 16)
        *intid = nr + 16;
    else
        return -EINVAL;
    *edge = flags == 1 || flags == 2;
    return 0;
}

/* Set *@intid from interrupt @index of @p, or leave it as it is. */
static void read_intid(struct board *b, struct fdt_path *p, unsigned int index,
                       uint32_t *intid)
{
    struct fdt_irq irq;
    uint32_t found;
    bool edge;

    if (fdt_irq_at(b->fdt, p, index, &irq) == 0 &&
        board_irq_to_intid(b, &irq, &found, &edge) == 0 && found < 32)
        *intid = found;
}

static void read_ppis(struct board *b)
{
    struct fdt_path p;

    b->gic.maintenance_irq = PPI_MAINTENANCE;
    b->timer.irq_secure = PPI_TIMER_SECURE;
    b->timer.irq_phys = PPI_TIMER_PHYS;
    b->timer.irq_virt = PPI_TIMER_VIRT;
    b->timer.irq_hyp = PPI_TIMER_HYP;

    if (b->gic.node < 0)
        return;
    if (fdt_path_find(b->fdt, b->gic.node, &p) == 0)
        read_intid(b, &p, 0, &b->gic.maintenance_irq);
    if (b->timer.node >= 0 && fdt_path_find(b->fdt, b->timer.node, &p) == 0) {
        read_intid(b, &p, 0, &b->timer.irq_secure);
        read_intid(b, &p, 1, &b->timer.irq_phys);
        read_intid(b, &p, 2, &b->timer.irq_virt);
        read_intid(b, &p, 3, &b->timer.irq_hyp);
    }
}

void board_read(struct board *b, const void *fdt, paddr_t fdt_pa,
                uint32_t mpidr)
{
    memset(b, 0, sizeof(*b));
    b->fdt = fdt;
    b->fdt_size = fdt_totalsize(fdt);
    b->fdt_pa = fdt_pa;
    b->model = fdt_string_get(fdt, 0, "model");
    b->gic.node = -1;
    b->timer.node = -1;
    b->psci.node = -1;
    b->uart.node = -1;
    b->cpus[0] = (struct board_cpu){ .mpidr = mpidr & MPIDR_AFFINITY,
                                     .node = -1 };
    b->nr_cpus = 1;

    read_memreserve(b);
    read_nodes(b);
    read_ppis(b);
    if (b->nr_banks == 0)
        board_problem(b, true,
                      "memory: no RAM in the device tree: it needs "
                      "a memory node with device_type = \"memory\"",
                      0);
    if (b->gic.node < 0)
        board_problem(b, true,
                      "gic: no usable GICv2 node: is this the tree "
                      "of this board?",
                      0);
    if (b->timer.node < 0)
        board_problem(b, false,
                      "timer: no arm,armv7-timer node; the usual "
                      "PPIs of a Cortex-A15 are taken",
                      0);
    if (b->cpus[0].node < 0)
        board_problem(b, false,
                      "cpus: no node for the CPU that runs; its "
                      "MPIDR is",
                      b->cpus[0].mpidr);
    board_read_chosen(b);
}
