/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See image.h.
 *
 * Source: Linux Documentation/arm/booting.rst (zImage);
 *         public/arch-arm.h (struct vcpu_guest_context).
 * Layer:  tool.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>

#include <xenforeignmemory.h>

#include "../xenstored/include/store.h"
#include "image.h"

#define PAGE         4096u
#define BLOCK        0x200000u
#define IMAGE_MAX    0xf8000u /* up to the state, 1 MiB above STORE_RAM */
#define ZIMAGE_AT    0x24u
#define ZIMAGE_MAGIC 0x016f2818u

/* Behind it: "STUB", then where the layout's number and the version are. */
#define ABOUT_AT    0x30u
#define ABOUT_MAGIC 0x42555453u
#define VERSION_MAX 64u

/* Caches and MMU off; the bits that read as one (DDI 0406C.c B4.1.130). */
#define SCTLR_OFF 0x00c50078u

static int failed(uint32_t domid, const char *what)
{
    fprintf(stderr, "store domain %u: %s: %s\n", (unsigned int)domid, what,
            strerror(errno));
    return -1;
}

static int refuse(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    return -1;
}

void store_image_free(struct store_image *image)
{
    free(image->data);
    image->data = NULL;
}

static int check(const char *path, const struct store_image *image, size_t len)
{
    uint32_t magic = 0;

    if (len >= ZIMAGE_AT + sizeof(magic))
        memcpy(&magic, image->data + ZIMAGE_AT, sizeof(magic));
    if (magic != ZIMAGE_MAGIC)
        return refuse(path, "is no stub domain: there is no zImage magic at "
                            "0x24; give xenstore-stubdom as it is installed");
    if (len > IMAGE_MAX)
        return refuse(path, "is larger than a stub domain's image can be "
                            "(992 KiB)");
    return 0;
}

/* A word that the image has at @at; 0 behind its end. */
static uint32_t word(const struct store_image *image, uint32_t at)
{
    uint32_t value = 0;

    if (at < image->size && image->size - at >= sizeof(value))
        memcpy(&value, image->data + at, sizeof(value));
    return value;
}

/* What an image tells of itself; others tell nothing. */
static void look(struct store_image *image)
{
    uint32_t text;

    image->layout = 0;
    image->tells = "unknown";
    if (word(image, ABOUT_AT) != ABOUT_MAGIC)
        return;
    image->layout = word(image, word(image, ABOUT_AT + 4) - STORE_ENTRY);
    text = word(image, ABOUT_AT + 8) - STORE_ENTRY;
    if (text < image->size &&
        memchr(image->data + text, '\0',
               image->size - text < VERSION_MAX ? image->size - text
                                                : VERSION_MAX))
        image->tells = (const char *)image->data + text;
}

int store_image_read(const char *path, struct store_image *image)
{
    FILE *f = fopen(path, "rb");
    size_t len;
    int rc;

    if (!f)
        return refuse(path, strerror(errno));
    /* Pages of zeros behind it: what ran before is not to be seen there. */
    image->size = IMAGE_MAX;
    image->data = calloc(1, IMAGE_MAX + PAGE);
    if (!image->data) {
        fclose(f);
        return refuse(path, "no memory to read it");
    }
    len = fread(image->data, 1, IMAGE_MAX + PAGE, f);
    rc = ferror(f) ? refuse(path, "cannot be read") : check(path, image, len);
    fclose(f);
    if (rc)
        store_image_free(image);
    image->size = (len + PAGE - 1) / PAGE * PAGE;
    if (!rc)
        look(image);
    return rc;
}

int store_image_fits(xc_interface *xch, uint32_t domid, const char *path,
                     const struct store_image *image)
{
    xenforeignmemory_handle *fmem = xc_interface_fmem_handle(xch);
    xen_pfn_t gfn = STORE_STATE / PAGE;
    const struct store_head *at = xenforeignmemory_map(fmem, domid, PROT_READ,
                                                       1, &gfn, NULL);
    struct store_head head;

    if (!at)
        return failed(domid, "its state cannot be read");
    head = *at;
    xenforeignmemory_unmap(fmem, (void *)at, 1);
    if (head.mark != STORE_MARK || head.layout == image->layout)
        return 0;
    fprintf(stderr,
            "%s: version %s keeps the store in layout %08x, and domain %u has "
            "one in layout %08x: take the version that has made it; this one "
            "can only begin with an empty store, after a reboot\n",
            path, image->tells, image->layout, domid, head.layout);
    return -1;
}

int store_image_load(xc_interface *xch, uint32_t domid,
                     const struct store_image *image)
{
    uint32_t first = STORE_ENTRY / PAGE, nr = (uint32_t)(image->size / PAGE);

    for (uint32_t i = 0; i < nr; i++)
        if (xc_copy_to_domain_page(xch, domid, first + i,
                                   (const char *)image->data + i * PAGE))
            return failed(domid, "its image cannot be written");
    if (xc_domain_cacheflush(xch, domid, first, nr))
        return failed(domid, "its image cannot be flushed");
    return 0;
}

int store_image_enter(xc_interface *xch, uint32_t domid, uint32_t tree)
{
    vcpu_guest_context_any_t ctxt;

    memset(&ctxt, 0, sizeof(ctxt));
    ctxt.c.flags = VGCF_online;
    ctxt.c.sctlr = SCTLR_OFF;
    ctxt.c.user_regs.pc32 = STORE_ENTRY;
    ctxt.c.user_regs.r1_usr = ~0u;
    ctxt.c.user_regs.r2_usr = tree;
    ctxt.c.user_regs.cpsr = PSR_GUEST32_INIT;
    /* Without registers first: that resets the interrupts and the timer. */
    if (xc_vcpu_setcontext(xch, domid, 0, NULL) ||
        xc_vcpu_setcontext(xch, domid, 0, &ctxt))
        return failed(domid, "its vCPU cannot be set up");
    return 0;
}

uint32_t store_image_ram(xc_interface *xch, uint32_t domid)
{
    xc_dominfo_t info;

    if (xc_domain_getinfo(xch, domid, 1, &info) != 1 || info.domid != domid) {
        errno = ESRCH;
        failed(domid, "it is not there");
        return 0;
    }
    /* Only whole blocks. */
    return (uint32_t)(info.nr_pages / (BLOCK / PAGE) * BLOCK);
}
