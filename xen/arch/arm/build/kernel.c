/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dom0's kernel, initrd and tree: where they go, and getting them there.
 *
 * Source: Linux Documentation/arm/booting.rst (zImage), the header that
 *         arch/arm/boot/compressed/head.S lays out; interface.md 2.2.
 * Layer:  9 (control). Boot only.
 */
#include <xen/hyp_map.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/string.h>

#include <asm/cache.h>

#include "dom0.h"

#define BLOCK MIB(128)
#define UNIT  MIB(2)

/* Linux reaches an initrd only in its linear map, which ends here at most
 * above its start (CONFIG_VMSPLIT_3G and the largest vmalloc= of use). */
#define LOWMEM MIB(512)

/* A kernel unpacks to about three times the zImage, below that one. */
#define UNPACK_FACTOR 4u

void init_text phys_copy(paddr_t dst, paddr_t src, uint64_t len)
{
    while (len) {
        uint32_t d_off = (uint32_t)(dst & ~(paddr_t)PAGE_MASK);
        uint32_t s_off = (uint32_t)(src & ~(paddr_t)PAGE_MASK);
        uint32_t nr = (uint32_t)MIN(len, PAGE_SIZE - MAX(d_off, s_off));
        uint8_t *to = frame_open(mfn_of(dst));
        uint8_t *from = frame_open(mfn_of(src));

        memcpy(to + d_off, from + s_off, nr);
        cache_clean_range(to + d_off, nr);
        frame_close(from);
        frame_close(to);
        dst += nr;
        src += nr;
        len -= nr;
    }
}

void init_text phys_read(void *dst, paddr_t pa, uint32_t len)
{
    uint8_t *to = dst;

    while (len) {
        uint32_t off = (uint32_t)(pa & ~(paddr_t)PAGE_MASK);
        uint32_t nr = MIN(len, PAGE_SIZE - off);
        uint8_t *from = frame_open(mfn_of(pa));

        memcpy(to, from + off, nr);
        frame_close(from);
        to += nr;
        pa += nr;
        len -= nr;
    }
}

void init_text dom0_kernel_probe(struct dom0 *b)
{
    const struct boot_module *kernel = board_module(b->board, MODULE_KERNEL);
    const struct boot_module *disk = board_module(b->board, MODULE_RAMDISK);
    struct zimage z = { 0 };

    if (!kernel)
        panic("no kernel for dom0: /chosen needs a module node with "
              "compatible = \"multiboot,kernel\", \"multiboot,module\"");
    printk(LOG_ALWAYS, "Loading kernel from boot module @ %016llx\n",
           (unsigned long long)kernel->range.start);

    if (kernel->range.size >= ZIMAGE_MAGIC_AT + sizeof(z))
        phys_read(&z, kernel->range.start + ZIMAGE_MAGIC_AT, sizeof(z));
    if (z.magic != ZIMAGE_MAGIC)
        panic("dom0's kernel is not a zImage (%08x at offset 0x24): load "
              "arch/arm/boot/zImage, not Image, uImage or vmlinux",
              (unsigned int)z.magic);
    if (z.end <= z.start || z.end - z.start > kernel->range.size)
        panic("dom0's kernel is %llu bytes by its module node and %u by its "
              "own header: load all of it and correct the node's reg",
              (unsigned long long)kernel->range.size,
              (unsigned int)(z.end - z.start));

    b->kernel.start = kernel->range.start;
    b->kernel.size = z.end - z.start;
    b->kernel_gpa = z.start;
    if (disk) {
        b->initrd = disk->range;
        printk(LOG_ALWAYS, "Loading ramdisk from boot module @ %016llx\n",
               (unsigned long long)disk->range.start);
    }
}

/* ---- where they go ---- */

static uint64_t init_text unpacked_size(const struct dom0 *b)
{
    return ALIGN_UP(b->kernel.size * UNPACK_FACTOR, UNIT);
}

/* Tree and initrd, one behind the other. */
static uint64_t init_text modules_size(const struct dom0 *b)
{
    return ALIGN_UP((uint64_t)b->fdt_room, UNIT) +
           ALIGN_UP(b->initrd.size, UNIT);
}

uint64_t init_text dom0_kernel_room(const struct dom0 *b)
{
    /* The tree is not there yet: it takes one unit or two. */
    return unpacked_size(b) + modules_size(b) + b->kernel.size + 2 * UNIT;
}

/* How far there is RAM from @from on without a carve-out. */
static gpaddr_t init_text clear_end(const struct dom0 *b, gpaddr_t from)
{
    for (uint32_t i = 0; i < b->nr_banks; i++) {
        const struct mem_range *m = &b->bank[i];

        /* The CPU starts with 32-bit addresses. */
        if (from >= m->start && from - m->start < m->size)
            return dom0_carveouts_clear_end(b, from,
                                            MIN(m->start + m->size, GIB(4)));
    }
    return from;
}

static bool init_text fits(const struct dom0 *b, gpaddr_t at, uint64_t size)
{
    return clear_end(b, at) >= at + size;
}

/* For tree and initrd, when the kernel has its place; 0: none. */
static gpaddr_t init_text find_modules(const struct dom0 *b, gpaddr_t base)
{
    uint64_t size = modules_size(b);
    gpaddr_t at = b->kernel_gpa - size;

    if (b->kernel_gpa < base + BLOCK && fits(b, base + BLOCK, size))
        return base + BLOCK;
    if (base + unpacked_size(b) + size <= b->kernel_gpa && fits(b, at, size))
        return at;
    for (at = base + BLOCK; at + size <= base + LOWMEM; at += UNIT) {
        bool clash = b->kernel_gpa < at + size &&
                     at < b->kernel_gpa + b->kernel.size;

        if (!clash && fits(b, at, size))
            return at;
    }
    return 0;
}

static no_return void init_text no_room(const struct dom0 *b)
{
    uint32_t carved = dom0_carveouts_pages(b) >> (20 - PAGE_SHIFT);
    uint64_t have = 0;

    for (uint32_t i = 0; i < b->nr_banks; i++)
        have += b->bank[i].size;
    panic("dom0_mem=%uM has no room for kernel (%u KiB), ramdisk (%u KiB) "
          "and device tree: use dom0_mem=%uM or more",
          (unsigned int)(have >> 20), (unsigned int)(b->kernel.size >> 10),
          (unsigned int)(b->initrd.size >> 10),
          (unsigned int)(ALIGN_UP(dom0_kernel_room(b), MIB(32)) >> 20) + 32 +
              carved);
}

void init_text dom0_kernel_place(struct dom0 *b)
{
    gpaddr_t start = b->bank[0].start, base = ALIGN_UP(start, BLOCK), top;

    /* In a bank that begins inside a block the kernel uses the next one. */
    if (!fits(b, base, unpacked_size(b)))
        base = start;
    top = MIN(base + BLOCK, clear_end(b, base));

    if (b->kernel_gpa) {
        if (b->kernel_gpa < base || !fits(b, b->kernel_gpa, b->kernel.size))
            panic("dom0's kernel wants to be at %#llx, outside of dom0's RAM: "
                  "use a kernel with CONFIG_AUTO_ZRELADDR",
                  (unsigned long long)b->kernel_gpa);
    } else {
        if (top < base + unpacked_size(b) + b->kernel.size)
            no_room(b);
        b->kernel_gpa = ALIGN_DOWN(top - b->kernel.size, UNIT);
    }
    b->entry = b->kernel_gpa;

    b->dtb_gpa = find_modules(b, base);
    if (!b->dtb_gpa)
        no_room(b);
    b->initrd_gpa = b->dtb_gpa + ALIGN_UP((uint64_t)b->fdt_room, UNIT);
}

void init_text dom0_kernel_load(const struct dom0 *b)
{
    uint32_t tree = fdt_totalsize(b->fdt);

    printk(LOG_ALWAYS, "Loading zImage from %016llx to %016llx-%016llx\n",
           (unsigned long long)b->kernel.start,
           (unsigned long long)b->kernel_gpa,
           (unsigned long long)(b->kernel_gpa + b->kernel.size));
    phys_copy(b->kernel_gpa, b->kernel.start, b->kernel.size);

    if (b->initrd.size) {
        printk(LOG_ALWAYS,
               "Loading dom0 initrd from %016llx to 0x%016llx-0x%016llx\n",
               (unsigned long long)b->initrd.start,
               (unsigned long long)b->initrd_gpa,
               (unsigned long long)(b->initrd_gpa + b->initrd.size));
        phys_copy(b->initrd_gpa, b->initrd.start, b->initrd.size);
    }

    printk(LOG_ALWAYS, "Loading dom0 DTB to 0x%016llx-0x%016llx\n",
           (unsigned long long)b->dtb_gpa,
           (unsigned long long)(b->dtb_gpa + tree));
    phys_copy(b->dtb_gpa, mfn_pa(page_to_mfn(b->fdt_page)), tree);
}
