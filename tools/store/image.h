/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store domain's image, and how it gets into the domain: when that is
 * made, and over what ran before when it is started again in place.
 *
 * All functions say on standard error what failed, and return -1 then.
 *
 * Source: tools/stubdom/layout.h; virq-xenstore.md 2.5, 4.2 (R2a).
 * Layer:  tool.
 */
#ifndef STORE_IMAGE_H
#define STORE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include <xenctrl.h>

#define STORE_RAM   0x40000000u /* where its memory begins                 */
#define STORE_ENTRY 0x40008000u /* where the image is put, and begins      */
#define STORE_STATE 0x40100000u /* where it keeps what outlives it         */

struct store_image {
    uint8_t *data;     /* whole pages, zeros behind the image             */
    size_t size;       /* of these pages, bytes                           */
    const char *tells; /* its version, as it tells it; never NULL         */
    uint32_t layout;   /* of what it keeps; 0: it does not tell           */
};

/* Read a zImage from @path; free it with store_image_free. */
int store_image_read(const char *path, struct store_image *image);
void store_image_free(struct store_image *image);

/* Copy it in; the domain does not run. */
int store_image_load(xc_interface *xch, uint32_t domid,
                     const struct store_image *image);

/*
 * Can @image go on with what the domain has in its memory now? It can, too,
 * where nothing has been kept yet. 0, or -1 when it cannot.
 */
int store_image_fits(xc_interface *xch, uint32_t domid, const char *path,
                     const struct store_image *image);

/* vCPU 0 as it is when it begins, with the device tree at @tree. */
int store_image_enter(xc_interface *xch, uint32_t domid, uint32_t tree);

/* Bytes of memory that the domain has from STORE_RAM on; 0: not told. */
uint32_t store_image_ram(xc_interface *xch, uint32_t domid);

#endif /* STORE_IMAGE_H */
