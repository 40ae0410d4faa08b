/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libfdt leaves to its user: cells, reg and ranges, aliases, interrupt
 * chains.
 *
 * Source: Devicetree Specification v0.3, 2.3 (standard properties) and 2.4
 *         (interrupts).
 * Layer:  1 (lib). Tested on the host, unit/fdt.c.
 */
#include <public/errno.h>
#include <xen/fdt.h>
#include <xen/string.h>

#define CELL sizeof(fdt32_t)

uint32_t fdt_u32_get(const void *fdt, int node, const char *name,
                     uint32_t fallback)
{
    int len;
    const fdt32_t *prop = fdt_getprop(fdt, node, name, &len);

    return prop && len == CELL ? fdt32_ld(prop) : fallback;
}

const char *fdt_string_get(const void *fdt, int node, const char *name)
{
    int len;
    const char *prop = fdt_getprop(fdt, node, name, &len);

    return prop && len > 0 && memchr(prop, '\0', (size_t)len) ? prop : NULL;
}

uint32_t fdt_child_address_cells(const void *fdt, int node)
{
    return fdt_u32_get(fdt, node, "#address-cells", 2);
}

uint32_t fdt_child_size_cells(const void *fdt, int node)
{
    return fdt_u32_get(fdt, node, "#size-cells", 1);
}

uint64_t fdt_cells_get(const fdt32_t *cells, uint32_t nr)
{
    uint64_t value = 0;

    for (uint32_t i = 0; i < nr; i++)
        value = value << 32 | fdt32_ld(cells + i);
    return value;
}

bool fdt_node_available(const void *fdt, int node)
{
    const char *status = fdt_string_get(fdt, node, "status");

    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

bool fdt_node_is_compatible(const void *fdt, int node, const char *compatible)
{
    return fdt_node_check_compatible(fdt, node, compatible) == 0;
}

int fdt_node_by_name(const void *fdt, const char *alias_or_path)
{
    const char *colon = strchr(alias_or_path, ':');
    size_t len = colon ? (size_t)(colon - alias_or_path)
                       : strlen(alias_or_path);
    const char *path = alias_or_path;

    /*
     * libfdt resolves aliases too, but by calling itself, without end when
     * an alias names an alias. Here the value must be a path.
     */
    if (*path != '/') {
        int prop_len, aliases = fdt_path_offset(fdt, "/aliases");

        if (aliases < 0)
            return aliases;
        path = fdt_getprop_namelen(fdt, aliases, path, (int)len, &prop_len);
        if (!path || prop_len <= 1 || *path != '/' ||
            !memchr(path, '\0', (size_t)prop_len))
            return -FDT_ERR_BADPATH;
        len = strlen(path);
    }
    return fdt_path_offset_namelen(fdt, path, (int)len);
}

/* ---- paths ---- */

void fdt_path_root(struct fdt_path *p)
{
    *p = (struct fdt_path){ 0 };
}

bool fdt_path_next(const void *fdt, struct fdt_path *p)
{
    int node = fdt_path_node(p), depth = p->depth;

    do {
        node = fdt_next_node(fdt, node, &depth);
        if (node < 0 || depth < 0)
            return false;
    } while (depth >= FDT_DEPTH_MAX);

    p->depth = depth;
    p->node[depth] = node;
    return true;
}

int fdt_path_find(const void *fdt, int node, struct fdt_path *p)
{
    fdt_path_root(p);
    while (fdt_path_node(p) < node)
        if (!fdt_path_next(fdt, p))
            return -ENOENT;
    return fdt_path_node(p) == node ? 0 : -ENOENT;
}

/* ---- reg and ranges ---- */

/* A property read as rows of cells. */
struct rows {
    const fdt32_t *cells;
    uint32_t nr; /* cells in all */
};

static bool rows_get(const void *fdt, int node, const char *name,
                     struct rows *rows)
{
    int len;

    rows->cells = fdt_getprop(fdt, node, name, &len);
    rows->nr = rows->cells ? (uint32_t)len / CELL : 0;
    return rows->cells;
}

/* Addresses and sizes that fit 64 bits; PCI's three cells do not. */
static bool bus_cells(const void *fdt, int bus, uint32_t *na, uint32_t *ns)
{
    *na = fdt_child_address_cells(fdt, bus);
    *ns = fdt_child_size_cells(fdt, bus);
    return *na >= 1 && *na <= 2 && *ns <= 2;
}

/* From the address space below node @bus to the one it is in itself. */
static int translate(const void *fdt, int bus, int above, uint64_t *addr)
{
    uint32_t na, ns, na_above, ns_above;
    struct rows r;

    if (!rows_get(fdt, bus, "ranges", &r))
        return -ENXIO;
    if (r.nr == 0)
        return 0;
    if (!bus_cells(fdt, bus, &na, &ns) ||
        !bus_cells(fdt, above, &na_above, &ns_above))
        return -EINVAL;

    for (uint32_t row = na + na_above + ns; r.nr >= row;
         r.nr -= row, r.cells += row) {
        uint64_t child = fdt_cells_get(r.cells, na);
        uint64_t parent = fdt_cells_get(r.cells + na, na_above);
        uint64_t size = fdt_cells_get(r.cells + na + na_above, ns);

        if (*addr >= child && *addr - child < size)
            return __builtin_add_overflow(parent, *addr - child, addr) ? -EINVAL
                                                                       : 0;
    }
    return -ENXIO;
}

int fdt_translate(const void *fdt, const struct fdt_path *p, uint64_t *addr)
{
    for (int level = p->depth - 1; level > 0; level--) {
        int rc = translate(fdt, p->node[level], p->node[level - 1], addr);

        if (rc)
            return rc;
    }
    return 0;
}

int fdt_reg_at(const void *fdt, const struct fdt_path *p, unsigned int index,
               uint64_t *addr, uint64_t *size)
{
    uint32_t na, ns, row;
    struct rows r;
    int rc;

    if (p->depth == 0 || !rows_get(fdt, fdt_path_node(p), "reg", &r))
        return -ENOENT;
    if (!bus_cells(fdt, p->node[p->depth - 1], &na, &ns))
        return -EINVAL;

    row = na + ns;
    if (index >= (r.nr + row - 1) / row)
        return -ENOENT;
    if (r.nr - index * row < row)
        return -EINVAL;
    *addr = fdt_cells_get(r.cells + index * row, na);
    *size = fdt_cells_get(r.cells + index * row + na, ns);

    rc = fdt_translate(fdt, p, addr);
    if (rc)
        return rc;
    return *addr + *size < *addr ? -EINVAL : 0;
}

int fdt_reg_get(const void *fdt, int node, unsigned int index, uint64_t *addr,
                uint64_t *size)
{
    struct fdt_path p;
    int rc = fdt_path_find(fdt, node, &p);

    return rc ? rc : fdt_reg_at(fdt, &p, index, addr, size);
}

/* ---- interrupts ---- */

static int controller_by_phandle(const void *fdt, struct fdt_path *p,
                                 uint32_t phandle)
{
    int node;

    for (unsigned int i = 0; i < ARRAY_SIZE(p->known); i++)
        if (p->known[i].phandle == phandle && phandle)
            return p->known[i].node;

    node = fdt_node_offset_by_phandle(fdt, phandle);
    if (node >= 0) {
        p->known[p->next_known].phandle = phandle;
        p->known[p->next_known].node = node;
        p->next_known = (p->next_known + 1) % ARRAY_SIZE(p->known);
    }
    return node;
}

static int irq_parent_at(const void *fdt, struct fdt_path *p)
{
    for (int level = p->depth; level >= 0; level--) {
        uint32_t phandle = fdt_u32_get(fdt, p->node[level], "interrupt-parent",
                                       0);
        int node;

        if (!phandle)
            continue;
        node = controller_by_phandle(fdt, p, phandle);
        return node >= 0 ? node : -ENOENT;
    }
    return -ENOENT;
}

int fdt_irq_parent(const void *fdt, int node)
{
    struct fdt_path p;
    int rc = fdt_path_find(fdt, node, &p);

    return rc ? rc : irq_parent_at(fdt, &p);
}

/* Set the controller and how many cells its binding has. */
static int set_controller(const void *fdt, int node, struct fdt_irq *irq)
{
    irq->controller = node;
    irq->nr_cells = node < 0 ? 0
                             : fdt_u32_get(fdt, node, "#interrupt-cells", 0);
    return irq->nr_cells >= 1 && irq->nr_cells <= ARRAY_SIZE(irq->cells)
               ? 0
               : -EINVAL;
}

static void copy_cells(struct fdt_irq *irq, const fdt32_t *cells)
{
    for (uint32_t i = 0; i < irq->nr_cells; i++)
        irq->cells[i] = fdt32_ld(cells + i);
}

/* interrupts-extended: phandle, specifier, phandle, specifier, ... */
static int irq_extended(const void *fdt, struct fdt_path *p, struct rows r,
                        unsigned int index, struct fdt_irq *irq)
{
    while (r.nr) {
        uint32_t phandle = fdt32_ld(r.cells);
        int rc = set_controller(fdt, controller_by_phandle(fdt, p, phandle),
                                irq);

        if (rc || r.nr - 1 < irq->nr_cells)
            return -EINVAL;
        if (index-- == 0) {
            copy_cells(irq, r.cells + 1);
            return 0;
        }
        r.cells += 1 + irq->nr_cells;
        r.nr -= 1 + irq->nr_cells;
    }
    return -ENOENT;
}

int fdt_irq_at(const void *fdt, struct fdt_path *p, unsigned int index,
               struct fdt_irq *irq)
{
    int node = fdt_path_node(p), rc;
    struct rows r;

    if (rows_get(fdt, node, "interrupts-extended", &r))
        return irq_extended(fdt, p, r, index, irq);
    if (!rows_get(fdt, node, "interrupts", &r))
        return -ENOENT;

    rc = set_controller(fdt, irq_parent_at(fdt, p), irq);
    if (rc)
        return rc;
    if (index >= r.nr / irq->nr_cells)
        return -ENOENT;
    copy_cells(irq, r.cells + index * irq->nr_cells);
    return 0;
}

int fdt_irq_get(const void *fdt, int node, unsigned int index,
                struct fdt_irq *irq)
{
    struct fdt_path p;
    int rc = fdt_path_find(fdt, node, &p);

    return rc ? rc : fdt_irq_at(fdt, &p, index, irq);
}
