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

#define ZIMAGE_MAGIC_AT 0x24u
#define ZIMAGE_MAGIC    0x016f2818u

struct zimage {
    uint32_t magic;
    uint32_t start; /* where it wants to be, 0: anywhere */
    uint32_t end;
};

#define BLOCK MIB(128)
#define UNIT  MIB(2)

/* A kernel unpacks to about three times the zImage, below that one. */
#define UNPACK_FACTOR 4u

/* One page or less of physical memory at a time, from @src to @dst. */
static void init_text copy_phys(paddr_t dst, paddr_t src, uint64_t len)
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

static void init_text read_phys(void *dst, paddr_t pa, uint32_t len)
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
        read_phys(&z, kernel->range.start + ZIMAGE_MAGIC_AT, sizeof(z));
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

/* Tree and initrd from @at on; where the last one ends. */
static gpaddr_t init_text put_modules(struct dom0 *b, gpaddr_t at)
{
    b->dtb_gpa = at;
    b->initrd_gpa = at + ALIGN_UP((uint64_t)b->fdt_room, UNIT);
    return b->initrd_gpa + b->initrd.size;
}

void init_text dom0_kernel_place(struct dom0 *b)
{
    const struct mem_range *bank = &b->bank[0];
    gpaddr_t base = ALIGN_UP(bank->start, BLOCK);
    /* The CPU starts with 32-bit addresses. */
    gpaddr_t end = MIN(bank->start + bank->size, GIB(4)), top;
    uint64_t modules = ALIGN_UP((uint64_t)b->fdt_room, UNIT) +
                       ALIGN_UP(b->initrd.size, UNIT);
    uint64_t unpacked = ALIGN_UP(b->kernel.size * UNPACK_FACTOR, UNIT);

    /* In a bank that begins inside a block the kernel uses the next one. */
    if (base + unpacked > end)
        base = bank->start;
    top = MIN(base + BLOCK, end);

    if (!b->kernel_gpa)
        b->kernel_gpa = ALIGN_DOWN(top - b->kernel.size, UNIT);
    if (b->kernel_gpa < base || b->kernel_gpa + b->kernel.size > end)
        panic("dom0's kernel wants to be at %#llx, outside of dom0's RAM: "
              "use a kernel with CONFIG_AUTO_ZRELADDR",
              (unsigned long long)b->kernel_gpa);

    if (base + BLOCK + modules <= end && b->kernel_gpa < base + BLOCK)
        put_modules(b, base + BLOCK);
    else if (base + unpacked + modules <= b->kernel_gpa)
        put_modules(b, b->kernel_gpa - modules);
    else
        panic("dom0_mem=%uM has no room for kernel (%u KiB), ramdisk (%u KiB) "
              "and device tree: use dom0_mem=%uM or more",
              (unsigned int)(bank->size >> 20),
              (unsigned int)(b->kernel.size >> 10),
              (unsigned int)(b->initrd.size >> 10),
              (unsigned int)(ALIGN_UP(unpacked + modules + b->kernel.size,
                                      MIB(32)) >>
                             20) +
                  32);
    b->entry = b->kernel_gpa;
}

void init_text dom0_kernel_load(const struct dom0 *b)
{
    uint32_t tree = fdt_totalsize(b->fdt);

    printk(LOG_ALWAYS, "Loading zImage from %016llx to %016llx-%016llx\n",
           (unsigned long long)b->kernel.start,
           (unsigned long long)b->kernel_gpa,
           (unsigned long long)(b->kernel_gpa + b->kernel.size));
    copy_phys(b->kernel_gpa, b->kernel.start, b->kernel.size);

    if (b->initrd.size) {
        printk(LOG_ALWAYS,
               "Loading dom0 initrd from %016llx to 0x%016llx-0x%016llx\n",
               (unsigned long long)b->initrd.start,
               (unsigned long long)b->initrd_gpa,
               (unsigned long long)(b->initrd_gpa + b->initrd.size));
        copy_phys(b->initrd_gpa, b->initrd.start, b->initrd.size);
    }

    printk(LOG_ALWAYS, "Loading dom0 DTB to 0x%016llx-0x%016llx\n",
           (unsigned long long)b->dtb_gpa,
           (unsigned long long)(b->dtb_gpa + tree));
    copy_phys(b->dtb_gpa, mfn_pa(page_to_mfn(b->fdt_page)), tree);
}

void init_text dom0_modules_free(const struct dom0 *b)
{
    for (unsigned int i = 0; i < b->board->nr_modules; i++) {
        const struct mem_range *m = &b->board->modules[i].range;
        /* Frames that a module shares with something else stay withheld. */
        uint32_t first = (uint32_t)(ALIGN_UP(m->start, PAGE_SIZE) >>
                                    PAGE_SHIFT);
        uint32_t end = (uint32_t)((m->start + m->size) >> PAGE_SHIFT);

        if (end > first)
            page_init_free(mfn_make(first), end - first);
    }
}
