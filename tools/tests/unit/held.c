/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers that dom0 shares with Xen: every access is made in its own
 * width, and what is kept stays.
 *
 * Sources: xen/arch/arm/guest/held.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <xen/held.h>
#include <xen/io.h>
#include <xen/platform.h>

#include <asm/mmio.h>

static uint8_t page[2][PAGE_SIZE];
static volatile uint8_t *page_va[2] = { page[0], page[1] };

/* Words 0x40 whole, 0x44 its upper half, 0x48 bit 9; of page 1: 0x80. */
static uint32_t kept_0(uint32_t offset)
{
    assert_int_equal(offset % 4, 0);
    switch (offset) {
    case 0x40:
        return UINT32_MAX;
    case 0x44:
        return 0xffff0000;
    case 0x48:
        return 1u << 9;
    default:
        return 0;
    }
}

static uint32_t kept_1(uint32_t offset)
{
    return offset == 0x80 ? UINT32_MAX : 0;
}

static const struct platform_held held[] = {
    { 0x4a002000, &page_va[0], kept_0 },
    { 0x48281000, &page_va[1], kept_1 },
    { 0x48243000, NULL, NULL }, /* no bit: the end */
};
static struct platform board_platform = { .dom0_held = held };
const struct platform *platform = &board_platform;

/* ---- what is registered ---- */

static struct {
    gpaddr_t gpa;
    io_fn *fn;
    void *priv;
} regions[4];
static unsigned int nr_regions;
static int full_at;
static struct domain dom;

int io_register(struct domain *d, gpaddr_t gpa, uint32_t size, io_fn *fn,
                void *priv)
{
    assert_ptr_equal(d, &dom);
    assert_int_equal(size, PAGE_SIZE);
    if ((int)nr_regions == full_at)
        return -ENOSPC;
    regions[nr_regions].gpa = gpa;
    regions[nr_regions].fn = fn;
    regions[nr_regions++].priv = priv;
    return 0;
}

/* ---- the bus ---- */

static char bus[64]; /* "r2@44 w4@40 " ... */

static void note(char what, const volatile void *reg, unsigned int size)
{
    size_t len = strlen(bus);

    snprintf(bus + len, sizeof(bus) - len, "%c%u@%03x ", what, size,
             (unsigned int)(((const volatile uint8_t *)reg - page[0]) & 0xfff));
}

static uint32_t bus_read(const volatile void *reg, unsigned int size)
{
    uint32_t val = 0;

    note('r', reg, size);
    memcpy(&val, (const void *)(uintptr_t)reg, size);
    return val;
}

static void bus_write(volatile void *reg, uint32_t val, unsigned int size)
{
    note('w', reg, size);
    memcpy((void *)(uintptr_t)reg, &val, size);
}

static int setup(void **state)
{
    (void)state;
    memset(page, 0xa5, sizeof(page));
    memset(regions, 0, sizeof(regions));
    nr_regions = 0;
    full_at = -1;
    bus[0] = '\0';
    host_mmio_read = bus_read;
    host_mmio_write = bus_write;
    return 0;
}

static uint32_t word(unsigned int at)
{
    uint32_t val;

    memcpy(&val, page[0] + at, 4);
    return val;
}

/* ---- tests ---- */

static void writes(void **state)
{
    static const struct {
        const char *story;
        uint32_t offset, size, value;
        const char *bus;
        uint32_t word;
    } rows[] = {
        { "word, nothing kept", 0x10, 4, 0x12345678, "w4@010 ", 0x12345678 },
        { "half, nothing kept", 0x12, 2, 0x1234, "w2@012 ", 0x1234a5a5 },
        { "byte, nothing kept", 0x11, 1, 0x12, "w1@011 ", 0xa5a512a5 },
        { "word, all kept", 0x40, 4, 0x12345678, "", 0xa5a5a5a5 },
        { "half of what is kept", 0x42, 2, 0x1234, "", 0xa5a5a5a5 },
        { "byte of what is kept", 0x43, 1, 0x12, "", 0xa5a5a5a5 },
        { "word over both halves", 0x44, 4, 0x12345678, "r4@044 w4@044 ",
          0xa5a55678 },
        { "the half that is not kept", 0x44, 2, 0x5678, "w2@044 ", 0xa5a55678 },
        { "the half that is", 0x46, 2, 0x1234, "", 0xa5a5a5a5 },
        { "a byte of it", 0x47, 1, 0x12, "", 0xa5a5a5a5 },
        { "one bit kept, by word", 0x48, 4, 0xffffffff, "r4@048 w4@048 ",
          0xfffffdff },
        { "by half", 0x48, 2, 0xffff, "r2@048 w2@048 ", 0xa5a5fdff },
        { "by byte", 0x49, 1, 0xff, "r1@049 w1@049 ", 0xa5a5fda5 },
        { "the byte beside it", 0x48, 1, 0, "w1@048 ", 0xa5a5a500 },
        { "the word beside it", 0x4c, 4, 0, "w4@04c ", 0 },
        { "what page 1 keeps", 0x80, 4, 0, "w4@080 ", 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct io_access a = { .offset = rows[i].offset,
                               .size = (uint8_t)rows[i].size,
                               .write = true,
                               .value = rows[i].value };

        print_message("  %s\n", rows[i].story);
        setup(NULL);
        assert_int_equal(held_create(&dom), 0);
        assert_int_equal(regions[0].fn(NULL, &a, regions[0].priv), V_DONE);
        assert_string_equal(bus, rows[i].bus);
        assert_int_equal(word(rows[i].offset & ~3u), rows[i].word);
    }
}

/* What is there, kept or not, in the width that was asked for. */
static void reads(void **state)
{
    static const struct {
        uint32_t offset, size, want;
        const char *bus;
    } rows[] = {
        { 0x40, 4, 0x43424140, "r4@040 " },
        { 0x46, 2, 0x4746, "r2@046 " },
        { 0x49, 1, 0x49, "r1@049 " },
        { 0xffc, 4, 0xfffefdfc, "r4@ffc " },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct io_access a = { .offset = rows[i].offset,
                               .size = (uint8_t)rows[i].size };

        setup(NULL);
        for (unsigned int at = 0; at < PAGE_SIZE; at++)
            page[0][at] = (uint8_t)at;
        assert_int_equal(held_create(&dom), 0);
        assert_int_equal(regions[0].fn(NULL, &a, regions[0].priv), V_DONE);
        assert_string_equal(bus, rows[i].bus);
        assert_int_equal(a.value, rows[i].want);
    }
}

static void pages(void **state)
{
    struct io_access a = { .offset = 0x80, .size = 4, .write = true };

    (void)state;
    assert_int_equal(held_create(&dom), 0);
    assert_int_equal(nr_regions, 2);
    assert_int_equal(regions[0].gpa, 0x4a002000);
    assert_int_equal(regions[1].gpa, 0x48281000);
    assert_int_equal(regions[1].fn(NULL, &a, regions[1].priv), V_DONE);
    assert_string_equal(bus, "");

    setup(NULL);
    full_at = 1;
    assert_int_equal(held_create(&dom), -ENOSPC);

    setup(NULL);
    board_platform.dom0_held = NULL;
    assert_int_equal(held_create(&dom), 0);
    assert_int_equal(nr_regions, 0);
    board_platform.dom0_held = held;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(writes, setup),
        cmocka_unit_test_setup(reads, setup),
        cmocka_unit_test_setup(pages, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
