/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenguest: kernels. A zImage is copied as it is and unpacks itself; of
 * an ELF file, each segment goes to its physical address.
 *
 * Source: xenguest.h; Linux, Documentation/arm/booting.rst and
 *         arch/arm/boot/compressed/head.S (zImage header); System V ABI,
 *         ELF; ARM IHI 0044 (ELF for ARM). Layer: tools, library.
 */
#include <elf.h>

#include "private.h"

/* Where the kernel may be. */
static uint64_t ram_base(const struct xc_dom_image *dom)
{
    return dom->rambase_pfn << XC_PAGE_SHIFT;
}

/* --- zImage -------------------------------------------------------------- */

/* clang-format off */
#define ZIMAGE_MAGIC_AT 0x24u
#define ZIMAGE_MAGIC    0x016f2818u
#define ZIMAGE_START_AT 0x28u /* where it wants to be, 0: anywhere          */
#define ZIMAGE_END_AT   0x2cu /* the address behind it                      */
#define ZIMAGE_HEADER   0x30u
#define TEXT_OFFSET     0x8000u /* of one that can be anywhere, in RAM      */
/* clang-format on */

static uint32_t word(const struct xc_dom_image *dom, size_t at)
{
    uint32_t value;

    memcpy(&value, (const char *)dom->kernel_blob + at, sizeof(value));
    return value;
}

static bool zimage_probe(const struct xc_dom_image *dom)
{
    return dom->kernel_size >= ZIMAGE_HEADER &&
           word(dom, ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC;
}

static int zimage_parse(struct xc_dom_image *dom)
{
    uint32_t start = word(dom, ZIMAGE_START_AT);
    uint32_t end = word(dom, ZIMAGE_END_AT);

    if (end < start || end - start > dom->kernel_size) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_KERNEL,
                        "the zImage is cut off: %zu bytes of %u",
                        dom->kernel_size, end - start);
    }
    dom->kernel_entry = start ? start : ram_base(dom) + TEXT_OFFSET;
    dom_segment(&dom->kernel_seg, dom->kernel_entry, dom->kernel_size);
    return 0;
}

static void zimage_load(const struct xc_dom_image *dom, char *to)
{
    memcpy(to + (dom->kernel_seg.vstart & (XC_PAGE_SIZE - 1)), dom->kernel_blob,
           dom->kernel_size);
}

const struct xc_dom_loader dom_zimage = {
    .name = "zImage",
    .probe = zimage_probe,
    .parse = zimage_parse,
    .load = zimage_load,
};

/* --- ELF ----------------------------------------------------------------- */

static const Elf32_Ehdr *elf_header(const struct xc_dom_image *dom)
{
    return dom->kernel_blob;
}

/* Program header @i; they may be unaligned in the blob. */
static Elf32_Phdr program_header(const struct xc_dom_image *dom, unsigned i)
{
    const Elf32_Ehdr *eh = elf_header(dom);
    Elf32_Phdr ph;

    memcpy(&ph,
           (const char *)dom->kernel_blob + eh->e_phoff +
               (size_t)i * sizeof(ph),
           sizeof(ph));
    return ph;
}

static bool elf_probe(const struct xc_dom_image *dom)
{
    return dom->kernel_size >= sizeof(Elf32_Ehdr) &&
           !memcmp(dom->kernel_blob, ELFMAG, SELFMAG);
}

/* What is wrong with it, or NULL. */
static const char *elf_check(const struct xc_dom_image *dom)
{
    const Elf32_Ehdr *eh = elf_header(dom);

    if (eh->e_ident[EI_CLASS] != ELFCLASS32 ||
        eh->e_ident[EI_DATA] != ELFDATA2LSB || eh->e_machine != EM_ARM)
        return "not for 32-bit ARM, little-endian";
    if (eh->e_type != ET_EXEC)
        return "not an executable";
    if (eh->e_phentsize != sizeof(Elf32_Phdr) || !eh->e_phnum ||
        eh->e_phoff > dom->kernel_size ||
        eh->e_phnum * sizeof(Elf32_Phdr) > dom->kernel_size - eh->e_phoff)
        return "without program headers";
    return NULL;
}

static int elf_parse(struct xc_dom_image *dom)
{
    const Elf32_Ehdr *eh = elf_header(dom);
    uint64_t low = UINT64_MAX, high = 0;
    const char *wrong = elf_check(dom);

    dom->kernel_entry = eh->e_entry;
    for (unsigned i = 0; !wrong && i < eh->e_phnum; i++) {
        Elf32_Phdr ph = program_header(dom, i);

        if (ph.p_type != PT_LOAD || !ph.p_memsz)
            continue;
        if (ph.p_filesz > ph.p_memsz || ph.p_offset > dom->kernel_size ||
            ph.p_filesz > dom->kernel_size - ph.p_offset) {
            wrong = "cut off";
            break;
        }
        if (ph.p_paddr < low)
            low = ph.p_paddr;
        if ((uint64_t)ph.p_paddr + ph.p_memsz > high)
            high = (uint64_t)ph.p_paddr + ph.p_memsz;
        /* It is started with the MMU off: the entry's physical address. */
        if (eh->e_entry >= ph.p_vaddr && eh->e_entry - ph.p_vaddr < ph.p_memsz)
            dom->kernel_entry = eh->e_entry - ph.p_vaddr + ph.p_paddr;
    }
    if (!wrong && low >= high)
        wrong = "empty";
    if (!wrong && (low < ram_base(dom) || high > UINT32_MAX))
        wrong = "linked for addresses that are not the guest's RAM";
    if (wrong) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_KERNEL, "the ELF kernel is %s", wrong);
    }
    dom_segment(&dom->kernel_seg, low, high - low);
    return 0;
}

static void elf_load(const struct xc_dom_image *dom, char *to)
{
    const Elf32_Ehdr *eh = elf_header(dom);
    uint64_t base = dom->kernel_seg.pfn << XC_PAGE_SHIFT;

    for (unsigned i = 0; i < eh->e_phnum; i++) {
        Elf32_Phdr ph = program_header(dom, i);
        char *at = to + (size_t)(ph.p_paddr - base);

        if (ph.p_type != PT_LOAD || !ph.p_memsz)
            continue;
        memcpy(at, (const char *)dom->kernel_blob + ph.p_offset, ph.p_filesz);
        memset(at + ph.p_filesz, 0, ph.p_memsz - ph.p_filesz);
    }
}

const struct xc_dom_loader dom_elf = {
    .name = "ELF",
    .probe = elf_probe,
    .parse = elf_parse,
    .load = elf_load,
};
