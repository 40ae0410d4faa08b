/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libfdt leaves to its user: cells, reg and ranges, aliases, interrupt
 * chains. Every read is bounds-checked against the property's length.
 *
 * Source: Devicetree Specification v0.3, chapters 2 and 3.
 * Layer:  1 (lib). Read-only; no locks.
 */
#ifndef XEN_FDT_H
#define XEN_FDT_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

/* An interrupt as its controller's binding writes it. */
struct fdt_irq {
    int controller;    /* node offset of the interrupt parent            */
    uint32_t cells[4]; /* the specifier                                  */
    uint32_t nr_cells; /* 1..4                                           */
};

#define FDT_DEPTH_MAX 16

/*
 * A node with its ancestors, which addresses and interrupts depend on.
 * libfdt finds a parent by walking from the start of the tree; to visit many
 * nodes, walk once with fdt_path_next and use the *_at functions.
 */
struct fdt_path {
    int depth;               /* of the node; the root is at 0            */
    int node[FDT_DEPTH_MAX]; /* [0] is the root, [depth] the node        */

    /* Interrupt controllers met lately: a tree has few, looked up often. */
    struct {
        uint32_t phandle;
        int node;
    } known[4];
    unsigned int next_known;
};

/* Start a walk: at the root. */
void fdt_path_root(struct fdt_path *p);

/*
 * Step to the next node in the tree's order. Nodes below FDT_DEPTH_MAX
 * levels are passed over. Returns false at the end or at a malformed node.
 */
bool fdt_path_next(const void *fdt, struct fdt_path *p);

/* The node itself. */
static inline int fdt_path_node(const struct fdt_path *p)
{
    return p->node[p->depth];
}

/* Make @p the path of @node, by one walk. Returns 0 or -ENOENT. */
int must_check fdt_path_find(const void *fdt, int node, struct fdt_path *p);

/*
 * *@addr as the reg of @p's node would give it, to the CPU's address, by the
 * ranges of all buses above. Returns 0, -ENXIO (not of the CPU's) or -EINVAL.
 */
int must_check fdt_translate(const void *fdt, const struct fdt_path *p,
                             uint64_t *addr);

/* As fdt_reg_get and fdt_irq_get below, for the node of @p. */
int must_check fdt_reg_at(const void *fdt, const struct fdt_path *p,
                          unsigned int index, uint64_t *addr, uint64_t *size);
int must_check fdt_irq_at(const void *fdt, struct fdt_path *p,
                          unsigned int index, struct fdt_irq *irq);

/* #address-cells / #size-cells that apply to the children of @node. */
uint32_t fdt_child_address_cells(const void *fdt, int node);
uint32_t fdt_child_size_cells(const void *fdt, int node);

/* Big-endian number of 0 (gives 0), 1 or 2 cells. */
uint64_t fdt_cells_get(const fdt32_t *cells, uint32_t nr);

/*
 * Entry @index of the node's reg, translated to CPU addresses through the
 * ranges of all its parents.
 * Returns 0, -ENOENT (no such entry), -EINVAL (malformed), -ENXIO (a parent
 * has no ranges, so the address is not the CPU's).
 */
int must_check fdt_reg_get(const void *fdt, int node, unsigned int index,
                           uint64_t *addr, uint64_t *size);

/*
 * Interrupt @index of a node: interrupts-extended if present, else
 * interrupts with the inherited interrupt-parent.
 * Returns 0, -ENOENT (no such interrupt) or -EINVAL (malformed).
 */
int must_check fdt_irq_get(const void *fdt, int node, unsigned int index,
                           struct fdt_irq *irq);

/* The interrupt parent of @node, or -ENOENT. */
int fdt_irq_parent(const void *fdt, int node);

/* Node named by an alias or a full path (text behind ':' ignored), or < 0. */
int fdt_node_by_name(const void *fdt, const char *alias_or_path);

/* True unless the status property says otherwise ("okay", "ok", absent). */
bool fdt_node_available(const void *fdt, int node);

/* True when any string of compatible equals @compatible. */
bool fdt_node_is_compatible(const void *fdt, int node, const char *compatible);

/* One u32 property, or @fallback when absent or of the wrong length. */
uint32_t fdt_u32_get(const void *fdt, int node, const char *name,
                     uint32_t fallback);

/* A text property that is terminated inside its length, or NULL. */
const char *fdt_string_get(const void *fdt, int node, const char *name);

#endif /* XEN_FDT_H */
