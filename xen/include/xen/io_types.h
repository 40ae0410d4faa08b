/* SPDX-License-Identifier: GPL-2.0-only */
/* Emulated devices: types. Functions: xen/io.h. Layer: 5 (domain). */
#ifndef XEN_IO_TYPES_H
#define XEN_IO_TYPES_H

#include <xen/trap.h>
#include <xen/types.h>

/* One aligned access; reads are answered in .value, extended by io.c. */
struct io_access {
    uint32_t offset; /* into the region                          */
    uint8_t size;    /* 1, 2 or 4 bytes                          */
    bool write;
    uint32_t value; /* write: zero-extended; read: the answer   */
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

#endif /* XEN_IO_TYPES_H */
