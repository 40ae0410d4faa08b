/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which RAM dom0 gets, and where its kernel, initrd and tree go in it. The
 * allocator is a map of free ranges; a domain's RAM is what it was given.
 *
 * Sources: xen/arch/arm/build/dom0_memory.c xen/arch/arm/build/kernel.c
 * Sources: xen/arch/arm/build/dom0_carveouts.c
 * Sources: xen/drivers/board_chosen.c xen/lib/fdt.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/hyp_map.h>
#include <xen/options.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>

#include <asm/cache.h>

#include "../../../xen/arch/arm/build/dom0.h"
#include "../../../xen/drivers/board_read.h"

#define MB(n_)     ((uint64_t)(n_) << 20)
#define FRAMES(n_) ((uint32_t)(MB(n_) >> PAGE_SHIFT))

/* ---- the functions around ---- */

uint64_t opt_dom0_mem;
char opt_dom0_carveouts[16];
struct ram_view ram_view;

static struct board host;
static struct domain dom;
static struct dom0 b;
static struct mem_range free_ram[64], noncached[4];
static unsigned int nr_free, nr_noncached;
static char last_line[512], told[4096];
static jmp_buf stopped;
static uint8_t ram[4 << 20]; /* what lies at RAM_PA */
#define RAM_PA 0x60000000u

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vsnprintf(last_line, sizeof(last_line), fmt, args);
    va_end(args);
    longjmp(stopped, 1);
}

void printk(enum log_level level, const char *fmt, ...)
{
    size_t len = strlen(told);
    va_list args;

    (void)level;
    va_start(args, fmt);
    vsnprintf(told + len, sizeof(told) - len, fmt, args);
    va_end(args);
}

void board_problem(struct board *board_, bool fatal, const char *what,
                   uint64_t value)
{
    (void)board_;
    (void)fatal;
    (void)what;
    (void)value;
}

uint32_t page_free_nr(void)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < nr_free; i++)
        sum += free_ram[i].size;
    return (uint32_t)(sum >> PAGE_SHIFT);
}

mfn_t page_max_mfn(void)
{
    const struct mem_range *m = &host.banks[host.nr_banks - 1];

    return mfn_of(m->start + m->size - 1);
}

uint32_t page_find_run(mfn_t lo, mfn_t hi, uint32_t nr,
                       unsigned int align_order, mfn_t *start)
{
    uint32_t best = 0;

    for (unsigned int i = 0; i < nr_free; i++) {
        uint32_t first = (uint32_t)(free_ram[i].start >> PAGE_SHIFT);
        uint32_t end = first + (uint32_t)(free_ram[i].size >> PAGE_SHIFT);
        uint32_t len;

        first = ALIGN_UP(MAX(first, lo.n), 1u << align_order);
        end = MIN(end, hi.n);
        len = first < end ? MIN(end - first, nr) : 0;
        if (len > best) {
            best = len;
            *start = mfn_make(first);
        }
    }
    return best;
}

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    for (unsigned int i = 0; i < host.nr_banks; i++) {
        if (mfn_pa(mfn) >= host.banks[i].start &&
            mfn_pa(mfn) < host.banks[i].start + host.banks[i].size)
            return true;
    }
    return false;
}

/* Free memory stays apart: what is free already must not be given again. */
void page_init_free(mfn_t first, uint32_t nr)
{
    paddr_t at = mfn_pa(first), end = at + ((uint64_t)nr << PAGE_SHIFT);

    for (unsigned int i = 0; i < nr_free; i++)
        assert_true(free_ram[i].size == 0 || end <= free_ram[i].start ||
                    at >= free_ram[i].start + free_ram[i].size);
    free_ram[nr_free++] = (struct mem_range){ mfn_pa(first),
                                              (uint64_t)nr << PAGE_SHIFT };
}

bool page_alloc_at(mfn_t first, uint32_t nr, domid_t owner)
{
    paddr_t at = mfn_pa(first), end = at + ((uint64_t)nr << PAGE_SHIFT);

    assert_int_equal(owner, dom.id);
    for (unsigned int i = 0; i < nr_free; i++) {
        struct mem_range *m = &free_ram[i];
        paddr_t m_end = m->start + m->size;

        if (at < m->start || end > m_end)
            continue;
        m->size = at - m->start;
        free_ram[nr_free++] = (struct mem_range){ end, m_end - end };
        return true;
    }
    return false;
}

int domain_add_pages(struct domain *d, mfn_t first, uint32_t nr)
{
    (void)first;
    d->tot_pages += nr;
    return 0;
}

int p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
            enum p2m_type type)
{
    assert_ptr_equal(d, &dom);
    assert_int_equal(gfn.n, mfn.n);
    if (type == P2M_DEVICE_NC)
        noncached[nr_noncached++] = (struct mem_range){ mfn_pa(mfn),
                                                        (uint64_t)nr
                                                            << PAGE_SHIFT };
    else
        assert_int_equal(type, P2M_RAM);
    return 0;
}

/* RAM is all reached directly: no windows. */
void *frame_window_open(mfn_t mfn)
{
    (void)mfn;
    abort();
}

void frame_window_close(void *va)
{
    (void)va;
    abort();
}

static uint64_t cleaned;

void cache_clean_range(const void *va, size_t len)
{
    (void)va;
    cleaned += len;
}

/* Did @fn end the boot? Why is in last_line. */
static bool ends(void (*fn)(struct dom0 *b_))
{
    if (setjmp(stopped))
        return true;
    fn(&b);
    return false;
}

static int setup(void **state)
{
    (void)state;
    memset(&host, 0, sizeof(host));
    memset(&dom, 0, sizeof(dom));
    memset(&b, 0, sizeof(b));
    nr_free = nr_noncached = 0;
    told[0] = '\0';
    opt_dom0_mem = 0;
    opt_dom0_carveouts[0] = '\0';
    cleaned = 0;
    ram_view.direct_bias = (uintptr_t)ram - RAM_PA;
    b.board = &host;
    b.d = &dom;
    return 0;
}

/* ---- memory ---- */

/* clang-format off */
static const struct {
    const char *story;
    struct mem_range bank;        /* the board's RAM, MiB                   */
    struct mem_range free[4];     /* of it, MiB                             */
    unsigned int dom0_mem;        /* MiB, 0: not given                      */
    struct mem_range want[4];     /* dom0's banks, MiB                      */
    const char *line;             /* what is told, NULL: whatever           */
} stories[] = {
    { "virt, 1 GiB, tree in the second block, modules at 512 MiB",
      { 1024, 1024 }, { { 1028, 120 }, { 1153, 383 }, { 1600, 448 } }, 512,
      { { 1280, 256 }, { 1600, 256 } }, NULL },
    { "all in one piece", { 1024, 1024 }, { { 1030, 1018 } }, 512,
      { { 1152, 512 } }, NULL },
    { "the default leaves others something", { 1024, 512 },
      { { 1030, 500 } }, 0, { { 1152, 374 } }, NULL },
    { "the default on a big board", { 1024, 2048 }, { { 1030, 2042 } }, 0,
      { { 1152, 512 } }, NULL },
    { "less than a block", { 1024, 256 }, { { 1030, 250 } }, 64,
      { { 1152, 64 } },
      "dom0_mem=64M is less than a usual Linux needs to start: use "
      "dom0_mem=96M or more\n" },
    { "odd sizes become whole blocks of 2 MiB", { 1024, 256 },
      { { 1030, 250 } }, 63, { { 1152, 64 } }, NULL },
    { "no block begins free", { 1024, 128 }, { { 1030, 120 } }, 64,
      { { 1030, 64 } },
      "BANK[0] 0x000040600000-0x000044600000 (64MB)\n" },
    { "RAM below the first bank is no use to the kernel", { 1024, 512 },
      { { 1030, 100 }, { 1280, 200 } }, 280, { { 1280, 200 } }, NULL },
    { "the rest above 4 GiB", { 3968, 2048 }, { { 3968, 2048 } }, 1024,
      { { 3968, 1024 } }, NULL },
    { "below 4 GiB first, where devices reach", { 2048, 6144 },
      { { 2052, 1500 }, { 4096, 4096 } }, 512, { { 2176, 512 } }, NULL },
    { "above it is better than nothing", { 2048, 6144 },
      { { 2176, 256 }, { 4096, 4096 } }, 512,
      { { 2176, 256 }, { 4096, 256 } }, NULL },
    { "64 MiB are enough to begin with", { 2048, 1536 },
      { { 2180, 100 }, { 2304, 70 }, { 2432, 1000 } }, 512,
      { { 2304, 70 }, { 2432, 442 } }, NULL },
};

static const struct {
    const char *story;
    struct mem_range bank, free[2];
    unsigned int dom0_mem;
    const char *line;
} refusals[] = {
    { "more than there is", { 1024, 256 }, { { 1030, 250 } }, 512,
      "dom0_mem=512M is more than the 250 MiB that are free: give "
      "dom0_mem=250M or less" },
    { "nothing below 4 GiB", { 8192, 512 }, { { 8192, 512 } }, 128,
      "dom0: no 2 MiB of RAM are free in one piece: load the boot modules "
      "closer together" },
};
/* clang-format on */

static void board_has(struct mem_range bank, const struct mem_range *free,
                      unsigned int nr)
{
    host.banks[0] = (struct mem_range){ MB(bank.start), MB(bank.size) };
    host.nr_banks = 1;
    for (unsigned int i = 0; i < nr && free[i].size; i++)
        free_ram[nr_free++] = (struct mem_range){ MB(free[i].start),
                                                  MB(free[i].size) };
}

static void banks(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        uint64_t total = 0;

        setup(state);
        print_message("%s\n", stories[i].story);
        board_has(stories[i].bank, stories[i].free, 4);
        opt_dom0_mem = MB(stories[i].dom0_mem);
        if (ends(dom0_memory_take))
            fail_msg("%s", last_line);
        for (unsigned int k = 0; k < 4; k++) {
            if (!stories[i].want[k].size) {
                assert_int_equal(b.nr_banks, k);
                break;
            }
            assert_int_equal(b.bank[k].start, MB(stories[i].want[k].start));
            assert_int_equal(b.bank[k].size, MB(stories[i].want[k].size));
            total += b.bank[k].size;
        }
        if (stories[i].line)
            assert_non_null(strstr(told, stories[i].line));
        if (!stories[i].dom0_mem || stories[i].dom0_mem >= 96)
            assert_null(strstr(told, "less than a usual Linux needs"));
        assert_int_equal(dom.tot_pages, total >> PAGE_SHIFT);
    }
}

static void refused(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
        setup(state);
        board_has(refusals[i].bank, refusals[i].free, 2);
        opt_dom0_mem = MB(refusals[i].dom0_mem);
        assert_true(ends(dom0_memory_take));
        assert_string_equal(last_line, refusals[i].line);
    }
}

/* ---- carve-outs ---- */

#define IPU2                                                                   \
    {                                                                          \
        0x95800000, MB(56), RESERVED_REUSABLE                                  \
    }
#define DSP1                                                                   \
    {                                                                          \
        0x99000000, MB(64), RESERVED_REUSABLE                                  \
    }
#define IPU1                                                                   \
    {                                                                          \
        0x9d000000, MB(32), RESERVED_REUSABLE                                  \
    }
#define DSP2                                                                   \
    {                                                                          \
        0x9f000000, MB(8), RESERVED_REUSABLE                                   \
    }
#define EVM                                                                    \
    {                                                                          \
        IPU2, DSP1, IPU1, DSP2                                                 \
    }
/* As the bring-up thread loads them. */
#define AT_A0                                                                  \
    {                                                                          \
        { 0xa0000000, MB(6) },                                                 \
        {                                                                      \
            0xa1000000, MB(1)                                                  \
        }                                                                      \
    }

/* clang-format off */
static const struct carve_story {
    const char *story;
    struct {
        paddr_t start;
        uint64_t size;
        enum reserved_kind kind;
    } reserved[6];
    struct mem_range modules[2];
    paddr_t image, tree;              /* 0: at 0x80200000, 0x825f0000       */
    unsigned int dom0_mem;            /* MiB                                */
    const char *option;
    struct mem_range want[6];         /* banks; address, MiB                */
    const char *become;               /* of .reserved: r RAM, m mapped, -   */
    unsigned int spare;               /* MiB that others get in the end     */
    const char *line;
} carve_stories[] = {
    { "no dom0_mem: all four are part of the default", EVM, AT_A0, 0, 0, 0, "",
      { { 0x88000000, 376 }, { 0xa1100000 + MB(1), 136 } }, "rrrr", 7,
      "reserved-memory: 160MB of carve-outs are in dom0's RAM\n" },
    { "what is not needed stays free", EVM, AT_A0, 0, 0, 256, "",
      { { 0x88000000, 96 }, { 0x95800000, 160 } }, "rrrr", 7, NULL },
    { "too small for them", EVM, AT_A0, 0, 0, 254, "",
      { { 0x88000000, 216 }, { 0xa1200000, 38 } }, "----", 167,
      "carve-outs of 160 MiB do not fit into 254 MiB and are disabled for "
      "dom0: use dom0_mem=256M to keep them\n" },
    { "too small, but asked for", EVM, AT_A0, 0, 0, 128, "keep",
      { { 0x88000000, 96 }, { 0x95800000, 160 } }, "rrrr", 7,
      "dom0_carveouts=keep: dom0 gets 256 MiB instead of 128, since its "
      "carve-outs take 160\n" },
    { "dropped by word", EVM, AT_A0, 0, 0, 128, "drop",
      { { 0x88000000, 128 } }, "----", 167,
      "dom0_carveouts=drop: reserved-memory of 160 MiB is disabled" },
    { "modules at U-Boot's usual places: the next block, with the pools behind",
      EVM, { { 0x82000000, MB(6) }, { 0x88080000, MB(1) } }, 0, 0x8fff0000,
      512, "", { { 0x90000000, 512 } }, "rrrr", 7,
      NULL },
    { "modules inside of a pool become dom0's with it", EVM,
      { { 0x96000000, MB(6) }, { 0x98fff000, MB(1) } }, 0, 0, 256, "",
      { { 0x88000000, 96 }, { 0x95800000, 160 } }, "rrrr", 0, NULL },
    { "and when it is dropped, other domains'", EVM,
      { { 0x96000000, MB(6) }, { 0x94f00000, MB(16) } }, 0, 0, 128, "",
      { { 0x88000000, 128 } }, "----", 169, NULL },
    { "Xen in a pool", EVM, AT_A0, 0x99100000, 0, 256, "",
      { { 0x88000000, 160 }, { 0x95800000, 56 }, { 0x9d000000, 40 } }, "r-rr",
      70, "Xen lies in it" },
    { "the tree in a pool", EVM, AT_A0, 0, 0x9f010000, 256, "",
      { { 0x88000000, 104 }, { 0x95800000, 152 } }, "rrr-", 14,
      "the device tree lies in it" },
    { "below the kernel", { { 0x81000000, MB(4), RESERVED_REUSABLE }, IPU2 },
      AT_A0, 0, 0, 256, "", { { 0x88000000, 200 }, { 0x95800000, 56 } }, "-r",
      11, "0x81000000-0x81400000 is disabled for dom0, since it lies below" },
    { "no-map, and a plain one", { { 0xa8000000, MB(1), RESERVED_NO_MAP },
                                   { 0x9f000000, MB(8), RESERVED_PLAIN } },
      AT_A0, 0, 0, 128, "drop", { { 0x88000000, 128 } }, "m-", 7, NULL },
    { "the plain one kept", { { 0xa8000000, MB(1), RESERVED_NO_MAP },
                              { 0x9f000000, MB(8), RESERVED_PLAIN } },
      AT_A0, 0, 0, 128, "", { { 0x88000000, 120 }, { 0x9f000000, 8 } }, "mr",
      7, NULL },
    { "not RAM: mapped", { { 0x40300000, MB(1), RESERVED_PLAIN } }, AT_A0, 0,
      0, 128, "", { { 0x88000000, 128 } }, "m", 7, NULL },
    { "a pool that is not RAM", { { 0xf0000000, MB(1), RESERVED_REUSABLE } },
      AT_A0, 0, 0, 128, "", { { 0x88000000, 128 } }, "-", 7,
      "0xf0000000-0xf0100000 is disabled for dom0, since there is no RAM" },
    { "half of it RAM", { { 0xdff00000, MB(2), RESERVED_REUSABLE } }, AT_A0, 0,
      0, 128, "", { { 0x88000000, 128 } }, "-", 8, "only part of it is RAM" },
    { "over one that is no-map", { { 0xa8000000, MB(4), RESERVED_REUSABLE },
                                   { 0xa8100000, MB(1), RESERVED_NO_MAP } },
      AT_A0, 0, 0, 128, "", { { 0x88000000, 128 } }, "-m", 10, "is no-map" },
    { "over another: each frame once", { IPU2,
                                         { 0x95900000, MB(56),
                                           RESERVED_PLAIN } },
      AT_A0, 0, 0, 256, "", { { 0x88000000, 198 }, { 0x95800000, 57 } },
      "rr", 7, NULL },
    { "not whole pages", { { 0xa8000800, 0x2000, RESERVED_PLAIN } }, AT_A0, 0,
      0, 128, "", { { 0x88000000, 126 }, { 0xa8000000, 0 } }, "r", 7, NULL },
    { "the boot loader reserves modules and the tree", {
        { 0xa0000000, MB(6), RESERVED_FIRMWARE },
        { 0x825f0000, 0x10000, RESERVED_FIRMWARE },
        { 0xa1000000, 0x1000, RESERVED_FIRMWARE },
        { 0xa10ff000, 0x2000, RESERVED_FIRMWARE } }, AT_A0, 0, 0, 128, "",
      { { 0x88000000, 128 } }, "----", 6, NULL },
};
/* clang-format on */

static void cut(paddr_t start, uint64_t size)
{
    paddr_t end = ALIGN_UP(start + size, PAGE_SIZE);
    unsigned int nr = nr_free;

    start = ALIGN_DOWN(start, PAGE_SIZE);
    for (unsigned int i = 0; i < nr; i++) {
        struct mem_range *m = &free_ram[i];
        paddr_t m_end = m->start + m->size;

        if (end <= m->start || start >= m_end)
            continue;
        m->size = start > m->start ? start - m->start : 0;
        if (end < m_end)
            free_ram[nr_free++] = (struct mem_range){ end, m_end - end };
    }
}

/* 1.5 GiB as on the EVM, and what the boot leaves free of it. */
static void evm_has(const struct carve_story *s)
{
    board_has((struct mem_range){ 2048, 1536 },
              (const struct mem_range[]){ { 2048, 1536 } }, 1);
    host.image = (struct mem_range){ s->image ? s->image : 0x80200000,
                                     0x90000 };
    host.fdt_pa = s->tree ? s->tree : 0x825f0000;
    host.fdt_size = 0x10000;
    for (unsigned int i = 0; i < 6 && s->reserved[i].size; i++) {
        host.reserved[i] = (struct mem_range){ s->reserved[i].start,
                                               s->reserved[i].size };
        host.reserved_kind[i] = s->reserved[i].kind;
        host.nr_reserved++;
        cut(s->reserved[i].start, s->reserved[i].size);
    }
    for (unsigned int i = 0; i < 2; i++) {
        host.modules[i].range = s->modules[i];
        cut(s->modules[i].start, s->modules[i].size);
    }
    host.nr_modules = 2;
    cut(host.image.start, host.image.size);
    cut(host.fdt_pa, host.fdt_size);
    b.kernel.size = MB(5);
    b.initrd.size = MB(1);
}

static void carveouts(void **state)
{
    static const char letters[] = {
        [CARVEOUT_NONE] = '-',
        [CARVEOUT_RAM] = 'r',
        [CARVEOUT_MAPPED] = 'm',
    };

    for (size_t i = 0; i < ARRAY_SIZE(carve_stories); i++) {
        const struct carve_story *s = &carve_stories[i];
        uint64_t total = 0;
        uint32_t before;

        setup(state);
        print_message("%s\n", s->story);
        evm_has(s);
        opt_dom0_mem = MB(s->dom0_mem);
        strcpy(opt_dom0_carveouts, s->option);
        if (ends(dom0_memory_take))
            fail_msg("%s", last_line);
        print_message("%s", told);
        for (unsigned int k = 0; k < host.nr_reserved; k++)
            assert_int_equal(letters[b.carveout[k]], s->become[k]);
        for (unsigned int k = 0; k < b.nr_banks; k++) {
            assert_int_equal(b.bank[k].start, s->want[k].start);
            assert_int_equal(b.bank[k].size >> 20, s->want[k].size);
            total += b.bank[k].size;
        }
        assert_int_equal(dom.tot_pages, total >> PAGE_SHIFT);
        before = page_free_nr();
        dom0_spare_memory_free(&b);
        assert_int_equal((page_free_nr() - before) >> (20 - PAGE_SHIFT),
                         s->spare);
        if (s->line)
            assert_non_null(strstr(told, s->line));
    }
}

static void unknown_word(void **state)
{
    (void)state;
    evm_has(&carve_stories[0]);
    strcpy(opt_dom0_carveouts, "kept");
    assert_true(ends(dom0_memory_take));
    assert_string_equal(last_line, "Unknown word 'kept': use "
                                   "dom0_carveouts=keep or "
                                   "dom0_carveouts=drop");
}

/* ---- kernel ---- */

/* clang-format off */
static const struct {
    const char *story;
    unsigned int bank_at, bank;       /* MiB                                */
    unsigned int zimage, initrd;      /* KiB                                */
    uint32_t wants;                   /* address in the header              */
    uint32_t kernel, dtb, disk;       /* addresses; kernel 0: refused       */
} places[] = {
    { "as measured with 768 MiB", 0x700, 768, 5460, 20000, 0,
      0x77a00000, 0x78000000, 0x78200000 },
    { "modules below the kernel when RAM ends", 0xa80, 128, 4777, 0, 0,
      0xafa00000, 0xaf800000, 0xafa00000 },
    { "and with an initrd", 0x500, 128, 5460, 20000, 0,
      0x57a00000, 0x56400000, 0x56600000 },
    { "128 MiB and a bit is not enough for behind", 0x500, 130, 5460, 20000, 0,
      0x57a00000, 0x56400000, 0x56600000 },
    { "64 MiB", 0x500, 64, 5460, 20000, 0,
      0x53a00000, 0x52400000, 0x52600000 },
    { "32 MiB do not hold it", 0x500, 32, 5460, 20000, 0, 0, 0, 0 },
    { "a kernel with a place of its own", 0x500, 256, 5460, 1000, 0x50008000,
      0x50008000, 0x58000000, 0x58200000 },
    { "which is not in RAM", 0x500, 256, 5460, 1000, 0x80008000, 0, 0, 0 },
    { "a bank that goes beyond 4 GiB", 0xf80, 1024, 5460, 20000, 0,
      0xffa00000, 0xfe400000, 0xfe600000 },
    { "a bank that begins inside a block", 0x4c0, 192, 5460, 1000, 0,
      0x57a00000, 0x57600000, 0x57800000 },
};

/* With carve-outs in a bank of 512 MiB; a zImage of 5460 KiB. */
static const struct {
    const char *story;
    unsigned int bank_at, initrd;     /* MiB, KiB                           */
    uint32_t wants, kernel, dtb, disk;
    struct mem_range carved[2];       /* address, MiB                       */
} carved_places[] = {
    { "the EVM's carve-outs are left alone", 0x880, 20000, 0,
      0x8fa00000, 0x90000000, 0x90200000, { { 0x95800000, 160 } } },
    { "by a large initrd, too, which goes behind them", 0x880, 105000, 0,
      0x8fa00000, 0x9f800000, 0x9fa00000, { { 0x95800000, 160 } } },
    { "a carve-out in the kernel's block", 0x900, 20000, 0,
      0x95200000, 0x93c00000, 0x93e00000, { { 0x95800000, 160 } } },
    { "and one right behind the block", 0x880, 20000, 0,
      0x8fa00000, 0x8e400000, 0x8e600000,
      { { 0x90000000, 8 }, { 0x98000000, 8 } } },
    { "a kernel that wants to be in one", 0x900, 1000, 0x95808000, 0, 0, 0,
      { { 0x95800000, 160 } } },
    { "no place for the initrd but between them", 0x900, 170000, 0,
      0x91a00000, 0x9a000000, 0x9a200000,
      { { 0x92000000, 128 }, { 0xae000000, 32 } } },
    { "nor there", 0x900, 350000, 0, 0, 0, 0,
      { { 0x92000000, 128 }, { 0xae000000, 32 } } },
};
/* clang-format on */

static void placement(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        setup(state);
        print_message("%s\n", places[i].story);
        b.bank[0] = (struct mem_range){ MB(places[i].bank_at),
                                        MB(places[i].bank) };
        b.nr_banks = 1;
        b.kernel.size = places[i].zimage * 1024u;
        b.initrd.size = places[i].initrd * 1024u;
        b.kernel_gpa = places[i].wants;
        b.fdt_room = 24 * 1024;
        if (ends(dom0_kernel_place)) {
            print_message("  %s\n", last_line);
            assert_int_equal(places[i].kernel, 0);
            continue;
        }
        assert_int_not_equal(places[i].kernel, 0);
        assert_int_equal(b.kernel_gpa, places[i].kernel);
        assert_int_equal(b.entry, places[i].kernel);
        assert_int_equal(b.dtb_gpa, places[i].dtb);
        assert_int_equal(b.initrd_gpa, places[i].disk);
    }
}

static void placement_with_carveouts(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(carved_places); i++) {
        setup(state);
        print_message("%s\n", carved_places[i].story);
        b.bank[0] = (struct mem_range){ MB(carved_places[i].bank_at), MB(512) };
        b.nr_banks = 1;
        b.kernel.size = 5460 * 1024u;
        b.initrd.size = carved_places[i].initrd * 1024u;
        b.kernel_gpa = carved_places[i].wants;
        b.fdt_room = 24 * 1024;
        for (unsigned int k = 0; k < 2; k++) {
            host.reserved[k].start = carved_places[i].carved[k].start;
            host.reserved[k].size = MB(carved_places[i].carved[k].size);
            b.carveout[k] = CARVEOUT_RAM;
        }
        host.nr_reserved = 1 + (host.reserved[1].size > 0);
        if (ends(dom0_kernel_place)) {
            print_message("  %s\n", last_line);
            assert_int_equal(carved_places[i].kernel, 0);
            continue;
        }
        assert_int_equal(b.kernel_gpa, carved_places[i].kernel);
        assert_int_equal(b.dtb_gpa, carved_places[i].dtb);
        assert_int_equal(b.initrd_gpa, carved_places[i].disk);
    }
}

static void put_header(uint32_t magic, uint32_t start, uint32_t end)
{
    const uint32_t words[] = { magic, start, end };

    memcpy(ram + 0x123 + 0x24, words, sizeof(words));
    host.modules[0] = (struct boot_module){
        .kind = MODULE_KERNEL,
        .range = { RAM_PA + 0x123, 0x3000 },
    };
    host.nr_modules = 1;
}

/* clang-format off */
static const struct {
    uint32_t magic, start, end, size; /* size 0: refused */
    const char *line;
} headers[] = {
    { 0x016f2818, 0, 0x2ffc, 0x2ffc, NULL },
    { 0x016f2818, 0x8000, 0xa000, 0x2000, NULL },
    { 0xe1a00000, 0, 0x2ffc, 0,
      "dom0's kernel is not a zImage (e1a00000 at offset 0x24): load "
      "arch/arm/boot/zImage, not Image, uImage or vmlinux" },
    { 0x016f2818, 0, 0x3001, 0,
      "dom0's kernel is 12288 bytes by its module node and 12289 by its own "
      "header: load all of it and correct the node's reg" },
    { 0x016f2818, 0x9000, 0x8000, 0,
      "dom0's kernel is 12288 bytes by its module node and 4294963200 by its "
      "own header: load all of it and correct the node's reg" },
};
/* clang-format on */

static void zimage_header(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
        setup(state);
        put_header(headers[i].magic, headers[i].start, headers[i].end);
        if (ends(dom0_kernel_probe)) {
            assert_int_equal(headers[i].size, 0);
            assert_string_equal(last_line, headers[i].line);
            continue;
        }
        assert_int_equal(b.kernel.size, headers[i].size);
        assert_int_equal(b.kernel_gpa, headers[i].start);
    }

    setup(state);
    assert_true(ends(dom0_kernel_probe));
    assert_non_null(strstr(last_line, "multiboot,kernel"));
}

/* Nothing on a page boundary: every byte arrives, and is cleaned. */
static void modules_are_copied(void **state)
{
    static struct page page;
    struct fdt_header *tree = (struct fdt_header *)(ram + 0x300000);

    (void)state;
    for (size_t i = 0; i < sizeof(ram); i++)
        ram[i] = (uint8_t)(i * 7 + (i >> 8));
    memset(ram + 0x100000, 0, 0x100000);
    fdt_set_totalsize(tree, 0x1234);
    fdt_set_magic(tree, FDT_MAGIC);
    ram_view.table_bias = (uintptr_t)&page -
                          ((RAM_PA + 0x300000) >> PAGE_SHIFT) * sizeof(page);
    b.fdt = tree;
    b.fdt_page = &page;
    b.kernel = (struct mem_range){ RAM_PA + 0x123, 0x5abc };
    b.kernel_gpa = RAM_PA + 0x100000;
    b.initrd = (struct mem_range){ RAM_PA + 0x8765, 0x2001 };
    b.initrd_gpa = RAM_PA + 0x120000;
    b.dtb_gpa = RAM_PA + 0x140000;
    dom0_kernel_load(&b);
    assert_memory_equal(ram + 0x100000, ram + 0x123, 0x5abc);
    assert_int_equal(ram[0x100000 + 0x5abc], 0);
    assert_memory_equal(ram + 0x120000, ram + 0x8765, 0x2001);
    assert_memory_equal(ram + 0x140000, ram + 0x300000, 0x1234);
    assert_int_equal(cleaned, 0x5abc + 0x2001 + 0x1234);
}

/* Whole frames only: the ends may hold something else. */
static void modules_are_given_back(void **state)
{
    (void)state;
    host.banks[0] = (struct mem_range){ 0x60000000, MB(256) };
    host.nr_banks = 1;
    host.modules[0].range = (struct mem_range){ 0x60000000, 0x3001 };
    host.modules[1].range = (struct mem_range){ 0x61000800, 0x2000 };
    host.modules[2].range = (struct mem_range){ 0x62000100, 0x200 };
    host.nr_modules = 3;
    dom0_spare_memory_free(&b);
    assert_int_equal(nr_free, 2);
    assert_int_equal(free_ram[0].start, 0x60000000);
    assert_int_equal(free_ram[0].size, 0x3000);
    assert_int_equal(free_ram[1].start, 0x61001000);
    assert_int_equal(free_ram[1].size, 0x1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(banks, setup),
        cmocka_unit_test_setup(refused, setup),
        cmocka_unit_test_setup(carveouts, setup),
        cmocka_unit_test_setup(unknown_word, setup),
        cmocka_unit_test_setup(placement, setup),
        cmocka_unit_test_setup(placement_with_carveouts, setup),
        cmocka_unit_test_setup(zimage_header, setup),
        cmocka_unit_test_setup(modules_are_copied, setup),
        cmocka_unit_test_setup(modules_are_given_back, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
