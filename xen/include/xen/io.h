/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Emulated devices: regions of a domain's physical address space, found by
 * a stage-2 data abort.
 *
 * Layer: 6 (guest); struct io_regions is embedded in struct domain.
 */
#ifndef XEN_IO_H
#define XEN_IO_H

#include <xen/trap.h>
#include <xen/types.h>

struct domain;

/* One aligned access; reads are answered in .value, extended by io.c. */
struct io_access {
    uint32_t offset;   /* into the region                          */
    uint8_t size;      /* 1, 2 or 4 bytes                          */
    bool write;
    uint32_t value;    /* write: zero-extended; read: the answer   */
};

/* V_DONE, V_ABORT or V_CRASH. */
typedef enum verdict io_fn(struct vcpu *v, struct io_access *a, void *priv);

#define IO_REGIONS 8

struct io_region {
    uint32_t first; /* gfn                                            */
    uint32_t nr;    /* pages                                          */
    io_fn *fn;
    void *priv;
};

/* Constant once the domain runs. */
struct io_regions {
    struct io_region region[IO_REGIONS];
    unsigned int nr;
};

/*
 * @gpa and @size are multiples of 4 KiB. Before the domain runs only.
 * 0, -EINVAL (alignment), -ENOSPC, -EEXIST (overlap).
 */
int must_check io_register(struct domain *d, gpaddr_t gpa, uint32_t size,
                           io_fn *fn, void *priv);

/* Trap: stage-2 data abort. */
enum verdict io_abort(struct vcpu *v, uint32_t hsr);

#endif /* XEN_IO_H */
