/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The board's devices become dom0's: all registers and interrupts that the
 * filtered tree names, whatever their status, since drivers write to
 * disabled modules too. What is RAM, or Xen's own, is taken out again. Of a
 * node with the property xen,passthrough, and of all below it, dom0 gets only
 * the right to give it to a guest.
 *
 * Source: Devicetree Specification v0.3, 2.3 and 2.4 (interrupt-map); IEEE
 *         1275 PCI binding (ranges of a host bridge); interface.md 2.4.
 * Layer:  9 (control). Boot only.
 */
#include <xen/assign.h>
#include <xen/fdt.h>
#include <xen/gic.h>
#include <xen/panic.h>
#include <xen/platform.h>
#include <xen/printk.h>
#include <xen/rangeset.h>
#include <xen/string.h>

#include <public/errno.h>

#include "dom0.h"

/* A PCI address: a cell of kind, two of address. Kinds: bits 25:24. */
#define PCI_CELLS        3u
#define PCI_SPACE(cell_) (((cell_) >> 24) & 3u)
#define PCI_CONFIG       0u

struct devices {
    struct dom0 *b;
    struct rangeset regs; /* frames                                      */
    uint32_t irqs[BITMAP_WORDS(IRQ_MAX)];
    struct rangeset passed_regs; /* of xen,passthrough                   */
    uint32_t passed_irqs[BITMAP_WORDS(IRQ_MAX)];
    bool passing; /* the node at hand is one of these                    */
};

/* Whole pages: registers of two devices may share one. */
static void init_text add_regs(struct devices *v, uint64_t start, uint64_t size)
{
    const uint64_t limit = 1ull << PADDR_BITS;
    uint32_t first, last;

    if (size == 0 || start >= limit || size > limit - start)
        return;
    first = (uint32_t)(start >> PAGE_SHIFT);
    last = (uint32_t)((start + size - 1) >> PAGE_SHIFT);
    if (rangeset_add(v->passing ? &v->passed_regs : &v->regs, first, last))
        panic("dom0: no memory for the list of its devices");
}

static void init_text remove_regs(struct devices *v, uint64_t start,
                                  uint64_t size)
{
    uint32_t first = (uint32_t)(start >> PAGE_SHIFT);
    uint32_t last = (uint32_t)((start + size - 1) >> PAGE_SHIFT);

    if (size == 0)
        return;
    if (rangeset_remove(&v->regs, first, last) ||
        rangeset_remove(&v->passed_regs, first, last))
        panic("dom0: no memory for the list of its devices");
}

static void init_text node_regs(struct devices *v, const struct fdt_path *p)
{
    uint64_t start, size;
    int rc;

    for (unsigned int i = 0;; i++) {
        rc = fdt_reg_at(v->b->fdt, p, i, &start, &size);
        if (rc == 0)
            add_regs(v, start, size);
        else if (rc != -ENXIO)
            break; /* an address of another bus is skipped */
    }
    if (rc == -EINVAL)
        printk(LOG_WARN, "device tree: reg of %s cannot be read\n",
               fdt_get_name(v->b->fdt, fdt_path_node(p), NULL));
}

static bool init_text is_pci(const void *fdt, int node)
{
    const char *type = fdt_string_get(fdt, node, "device_type");

    return type && strcmp(type, "pci") == 0;
}

/* Windows of a PCI host bridge, in addresses of the bus that it is on. */
static void init_text pci_windows(struct devices *v, const struct fdt_path *p)
{
    const void *fdt = v->b->fdt;
    uint32_t na = fdt_child_address_cells(fdt, p->node[p->depth - 1]);
    uint32_t ns = fdt_child_size_cells(fdt, fdt_path_node(p));
    uint32_t row = PCI_CELLS + na + ns;
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, fdt_path_node(p), "ranges", &len);

    if (!cell || na > 2 || ns > 2)
        return;
    for (uint32_t left = (uint32_t)len / sizeof(*cell); left >= row;
         left -= row, cell += row) {
        uint64_t start = fdt_cells_get(cell + PCI_CELLS, na);

        if (PCI_SPACE(fdt32_ld(cell)) != PCI_CONFIG &&
            fdt_translate(fdt, p, &start) == 0)
            add_regs(v, start, fdt_cells_get(cell + PCI_CELLS + na, ns));
    }
}

static void init_text add_irq(struct devices *v, const struct fdt_irq *irq)
{
    uint32_t intid;
    bool edge;
    int rc = board_irq_to_intid(v->b->board, irq, &intid, &edge);

    if (rc == 0 && intid >= IRQ_LOCAL_NR && intid < gic_lines())
        bitmap_set(v->passing ? v->passed_irqs : v->irqs, intid);
}

static void init_text node_irqs(struct devices *v, struct fdt_path *p)
{
    struct fdt_irq irq;

    for (unsigned int i = 0; fdt_irq_at(v->b->fdt, p, i, &irq) == 0; i++)
        add_irq(v, &irq);
}

/*
 * One row of interrupt-map: child unit address and interrupt, parent, and
 * the parent's unit address and interrupt. Cells of the row, 0: malformed.
 */
static uint32_t init_text map_row(struct devices *v, const fdt32_t *cell,
                                  uint32_t left, uint32_t child)
{
    const void *fdt = v->b->fdt;
    struct fdt_irq irq = { .nr_cells = 0 };
    uint32_t na, at = child + 1;

    if (left < at)
        return 0;
    irq.controller = fdt_node_offset_by_phandle(fdt, fdt32_ld(cell + child));
    if (irq.controller < 0)
        return 0;
    na = fdt_u32_get(fdt, irq.controller, "#address-cells", 0);
    irq.nr_cells = fdt_u32_get(fdt, irq.controller, "#interrupt-cells", 0);
    if (na > 3 || irq.nr_cells < 1 || irq.nr_cells > ARRAY_SIZE(irq.cells))
        return 0;
    at += na;
    if (left < at + irq.nr_cells)
        return 0;
    for (uint32_t i = 0; i < irq.nr_cells; i++)
        irq.cells[i] = fdt32_ld(cell + at + i);
    add_irq(v, &irq);
    return at + irq.nr_cells;
}

static void init_text node_irq_map(struct devices *v, int node)
{
    const void *fdt = v->b->fdt;
    int len;
    const fdt32_t *cell = fdt_getprop(fdt, node, "interrupt-map", &len);
    uint32_t child, left, row;

    if (!cell)
        return;
    child = fdt_u32_get(fdt, node, "#address-cells", 0) +
            fdt_u32_get(fdt, node, "#interrupt-cells", 1);
    left = (uint32_t)len / sizeof(*cell);
    while (left > 0) {
        row = child < 16 ? map_row(v, cell, left, child) : 0;
        if (row == 0) {
            printk(LOG_WARN, "device tree: interrupt-map of %s is malformed\n",
                   fdt_get_name(fdt, node, NULL));
            return;
        }
        cell += row;
        left -= row;
    }
}

/* Everything that the tree names. */
static void init_text collect(struct devices *v)
{
    const void *fdt = v->b->fdt;
    int reserved = fdt_path_offset(fdt, "/reserved-memory");
    struct fdt_path p;

    fdt_path_root(&p);
    while (fdt_path_next(fdt, &p)) {
        int node = fdt_path_node(&p);

        /* Those of carve-outs are memory, and mapped as such. */
        if (node == v->b->board->gic.node ||
            (p.depth == 2 && p.node[1] == reserved))
            continue;
        v->passing = dom0_is_passed(fdt, &p);
        node_regs(v, &p);
        node_irqs(v, &p);
        node_irq_map(v, node);
        if (is_pci(fdt, node))
            pci_windows(v, &p);
    }
}

/* RAM, the interrupt controller and the console are not given away. */
static void init_text keep_ours(struct devices *v)
{
    const struct board *host = v->b->board;

    for (unsigned int i = 0; i < host->nr_banks; i++)
        remove_regs(v, host->banks[i].start, host->banks[i].size);
    remove_regs(v, host->gic.dist, PAGE_SIZE);
    remove_regs(v, host->gic.cpu, MAX(host->gic.cpu_size, 2 * PAGE_SIZE));
    remove_regs(v, host->gic.hyp, 2 * PAGE_SIZE);
    remove_regs(v, host->gic.vcpu, MAX(host->gic.vcpu_size, 2 * PAGE_SIZE));
    for (const struct platform_held *h = platform->dom0_held; h && h->kept; h++)
        remove_regs(v, h->pa, PAGE_SIZE);
    if (host->uart.node >= 0)
        remove_regs(v, host->uart.base, MAX(host->uart.size, 1));
}

static void init_text map_regs(struct devices *v)
{
    struct domain *d = v->b->d;

    for (uint32_t i = 0; i < v->regs.nr; i++) {
        const struct range *r = &v->regs.ranges[i];
        int rc = rangeset_add(&d->iomem_caps, r->first, r->last);

        if (!rc)
            rc = assign_mmio(d, gfn_make(r->first), mfn_make(r->first),
                             r->last - r->first + 1);
        if (rc)
            panic("dom0: registers at %#llx cannot be mapped (%d): use a "
                  "smaller dom0_mem=",
                  (unsigned long long)r->first << PAGE_SHIFT, rc);
    }
}

/* The rights alone, of what no device of dom0's own needs as well. */
static void init_text permit_passed(struct devices *v)
{
    struct domain *d = v->b->d;
    int rc = 0;

    for (uint32_t i = 0; !rc && i < v->passed_regs.nr; i++)
        rc = rangeset_add(&d->iomem_caps, v->passed_regs.ranges[i].first,
                          v->passed_regs.ranges[i].last);
    for (uint32_t irq = IRQ_LOCAL_NR; !rc && irq < gic_lines(); irq++) {
        if (bitmap_test(v->passed_irqs, irq) && !irq_owner_name(irq))
            rc = rangeset_add(&d->irq_caps, irq, irq);
    }
    if (rc)
        panic("dom0: no memory for the list of its devices");
}

static void init_text give_irqs(struct devices *v)
{
    struct domain *d = v->b->d;
    uint32_t nr = 0;

    for (uint32_t irq = IRQ_LOCAL_NR; irq < gic_lines(); irq++) {
        int rc;

        if (irq_owner_name(irq)) {
            bitmap_set(v->b->xen_spis, irq - IRQ_LOCAL_NR);
            continue;
        }
        if (bitmap_test(v->passed_irqs, irq) && !bitmap_test(v->irqs, irq))
            continue;
        /* Behind a router dom0 chooses the line: any may come. */
        if (!platform->router && !bitmap_test(v->irqs, irq))
            continue;
        rc = rangeset_add(&d->irq_caps, irq, irq);
        if (!rc)
            rc = assign_irq(d, irq);
        if (rc)
            printk(LOG_ERR, "dom0: interrupt %u cannot be given to it (%d)\n",
                   irq, rc);
        else
            nr++;
    }
    printk(LOG_DEBUG, "dom0: %u interrupts, registers in %u ranges\n", nr,
           v->regs.nr);
}

void init_text dom0_map_devices(struct dom0 *b)
{
    struct devices v = { .b = b };

    rangeset_init(&v.regs);
    rangeset_init(&v.passed_regs);
    collect(&v);
    keep_ours(&v);
    map_regs(&v);
    give_irqs(&v);
    permit_passed(&v);
    rangeset_destroy(&v.passed_regs);
    rangeset_destroy(&v.regs);
}
