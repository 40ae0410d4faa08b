/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dom0 while it is built: what the files of this folder tell each other.
 *
 * Layer: 9 (control); private to this folder. Boot only.
 */
#ifndef BUILD_DOM0_H
#define BUILD_DOM0_H

#include <xen/bitmap.h>
#include <xen/board.h>
#include <xen/domain.h>
#include <xen/irq.h>

#define DOM0_BANKS 24u

/* Where Linux maps its grant table: as many frames as a table may have. */
#define GRANT_WINDOW_SIZE ((uint64_t)GRANT_FRAMES_MAX << PAGE_SHIFT)

struct dom0 {
    const struct board *board;
    struct domain *d;

    /* RAM, ascending and merged; gpa = pa. The kernel is in .bank[0]. */
    struct mem_range bank[DOM0_BANKS];
    uint32_t nr_banks;
    paddr_t grant_window;

    /* Modules: where they are, and where they go. */
    struct mem_range kernel, initrd; /* .size 0: no initrd              */
    gpaddr_t kernel_gpa, initrd_gpa, dtb_gpa;
    gpaddr_t entry;

    /* Bit n: SPI n was Xen's before dom0 got any. */
    uint32_t xen_spis[BITMAP_WORDS(IRQ_MAX)];

    /* The tree, in pages of Xen's. */
    void *fdt;
    uint32_t fdt_room; /* bytes that it will not exceed           */
    struct page *fdt_page;
    unsigned int fdt_order;
};

/* ---- dom0_memory.c ---- */

/* Choose and take RAM 1:1, map it. Panics with the remedy. */
void dom0_memory_take(struct dom0 *b);
/* True when all of @r is dom0's RAM, or its no-map memory. */
bool dom0_memory_has(const struct dom0 *b, struct mem_range r);

/* ---- kernel.c ---- */

/* Look at the kernel and the initrd: sizes and headers. */
void dom0_kernel_probe(struct dom0 *b);
/* Find places for kernel, initrd and tree in .bank[0]. */
void dom0_kernel_place(struct dom0 *b);
/* Copy them there, clean to the point of coherency. */
void dom0_kernel_load(const struct dom0 *b);
/* The modules' own memory goes to the allocator. */
void dom0_modules_free(const struct dom0 *b);

/* ---- dom0_fdt.c ---- */

/* A PPI that nothing on this board uses, for event channels. */
uint32_t dom0_free_ppi(const struct board *b);
/* The host's tree without what is not dom0's. Offsets are the host's. */
void dom0_fdt_filter(struct dom0 *b);
/* Then: what Xen makes for dom0. The tree is finished. */
void dom0_fdt_finish(struct dom0 *b, const char *cmdline);

/* ---- dom0_map.c ---- */

/* Registers and interrupts of the devices in .fdt (after the filter). */
void dom0_map_devices(struct dom0 *b);

#endif /* BUILD_DOM0_H */
