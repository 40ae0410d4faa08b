/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Inside of libxenguest: kernels, and the guest's device tree. Not
 * installed.
 *
 * Source: xenguest.h. Layer: tools, library.
 */
#ifndef LIBS_GUEST_PRIVATE_H
#define LIBS_GUEST_PRIVATE_H

#include <errno.h>
#include <xenguest.h>

#define PAGE_UP(x_) (((x_) + XC_PAGE_SIZE - 1) >> XC_PAGE_SHIFT)

/* A kind of kernel. */
struct xc_dom_loader {
    const char *name;
    /* Whether the blob is one; no message. */
    bool (*probe)(const struct xc_dom_image *dom);
    /* Sets kernel_seg and kernel_entry. Returns 0, or -1 with errno. */
    int (*parse)(struct xc_dom_image *dom);
    /* Copies it to @to, which is kernel_seg in this process. */
    void (*load)(const struct xc_dom_image *dom, char *to);
};

extern const struct xc_dom_loader dom_zimage, dom_elf;

/*
 * Fills in where the initrd is, into a tree that xc_dom_devicetree_make()
 * has made. Returns 0, or -1 with errno.
 */
int dom_devicetree_finish(struct xc_dom_image *dom);

/* Sets @seg to the pages of [start, start + size). */
void dom_segment(struct xc_dom_seg *seg, uint64_t start, uint64_t size);

/*
 * The logger of the details and the errors of building. Keeps errno.
 * Returns -1.
 */
int dom_fail(struct xc_dom_image *dom, xc_error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* LIBS_GUEST_PRIVATE_H */
