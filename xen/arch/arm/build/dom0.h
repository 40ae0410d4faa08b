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

/* What dom0 has of a reserved range. */
enum carveout {
    CARVEOUT_NONE,   /* nothing: if it is a node, that is disabled      */
    CARVEOUT_RAM,    /* RAM, that its Linux reserves again              */
    CARVEOUT_MAPPED, /* a mapping, not cacheable; no RAM for its Linux  */
};

struct dom0 {
    const struct board *board;
    struct domain *d;
    enum carveout carveout[BOARD_RESERVED]; /* of board->reserved       */

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
/* These frames, which are free, become a bank of dom0's. */
void dom0_memory_add(struct dom0 *b, mfn_t start, uint32_t pages);

/* ---- dom0_carveouts.c ---- */

/* Fill .carveout as if dom0 could have all that the board allows. */
void dom0_carveouts_choose(struct dom0 *b);
/* How much RAM those are. */
uint32_t dom0_carveouts_pages(const struct dom0 *b);
/* Without those that are RAM; without those of them below @start. */
void dom0_carveouts_drop(struct dom0 *b);
void dom0_carveouts_drop_below(struct dom0 *b, paddr_t start);
/* Make them dom0's: banks of RAM, mappings. */
void dom0_carveouts_take(struct dom0 *b);
/* How far there is none in RAM from @from on, at most to @end. */
paddr_t dom0_carveouts_clear_end(const struct dom0 *b, paddr_t from,
                                 paddr_t end);
/* Is @r, a reg of /reserved-memory, one that dom0 does not have? */
bool dom0_carveouts_lost(const struct dom0 *b, struct mem_range r);
/* What modules lay in, and pools that nobody has, go to the allocator. */
void dom0_spare_memory_free(const struct dom0 *b);

/* ---- kernel.c ---- */

/* In a zImage (Linux arch/arm/boot/compressed/head.S). */
#define ZIMAGE_MAGIC_AT 0x24u
#define ZIMAGE_MAGIC    0x016f2818u

struct zimage {
    uint32_t magic;
    uint32_t start; /* where it wants to be, 0: anywhere */
    uint32_t end;
};

/* Machine type of a kernel that is started with a device tree (Linux
 * Documentation/arm/booting.rst). */
#define MACHINE_NONE 0xffffffffu

/* Physical memory, a page or less at a time; what is written is cleaned to
 * the point of coherency. */
void phys_copy(paddr_t dst, paddr_t src, uint64_t len);
void phys_read(void *dst, paddr_t pa, uint32_t len);

/* Look at the kernel and the initrd: sizes and headers. */
void dom0_kernel_probe(struct dom0 *b);
/* Find places for kernel, initrd and tree in .bank[0]. */
void dom0_kernel_place(struct dom0 *b);
/* Copy them there, clean to the point of coherency. */
void dom0_kernel_load(const struct dom0 *b);
/* RAM in one piece that kernel, tree and initrd need, to start in. */
uint64_t dom0_kernel_room(const struct dom0 *b);

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
/* Is the node at @p, or one above it, marked xen,passthrough: for a guest? */
bool dom0_is_passed(const void *fdt, const struct fdt_path *p);

/* ---- store.c ---- */

/* The store domain, if there is a module for it, not started. Dom0 has its
 * memory; the modules are still where they were. Panics with the remedy. */
void store_build(const struct dom0 *b);

#endif /* BUILD_DOM0_H */
