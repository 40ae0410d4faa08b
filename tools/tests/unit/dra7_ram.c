/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: RAM that the tree names, against the maps of the memory controller
 * as U-Boot sets them (board/ti/dra7xx/evm.c).
 *
 * Sources: xen/drivers/dra7_ram.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/mmio.h>

#include "../../../xen/drivers/board_read.h"
#include "../../../xen/drivers/dra7.h"

static struct board b;
static uint32_t dmm[32];
static bool no_room;
static unsigned int nr_problems;
static uint64_t problem_at;

void board_problem(struct board *board_, bool fatal, const char *what,
                   uint64_t value)
{
    assert_ptr_equal(board_, &b);
    assert_false(fatal);
    assert_non_null(strstr(what, "memory: "));
    nr_problems++;
    problem_at = value;
}

static volatile void *map(paddr_t pa)
{
    assert_int_equal(pa, 0x4e000000);
    return no_room ? NULL : dmm;
}

#define MB(n_) ((uint64_t)(n_) << 20)

/* clang-format off */
static const struct {
    const char *story;
    uint32_t maps[4];
    struct mem_range named[8], want[8];
    unsigned int problems;
    uint64_t at;                      /* of the last one */
} stories[] = {
    { "1.5 GiB as named", { 0, 0x80640300, 0xc0500220, 0xff020100 },
      { { 0x80000000, MB(1536) } }, { { 0x80000000, MB(1536) } }, 0, 0 },
    { "2 GiB named, 1.5 there", { 0, 0x80640300, 0xc0500220, 0xff020100 },
      { { 0x80000000, MB(2048) } }, { { 0x80000000, MB(1536) } }, 1,
      0xe0000000 },
    { "the trap", { 0, 0, 0x80740300, 0xff020100 },
      { { 0x80000000, MB(2048) } }, { { 0x80000000, MB(2032) } }, 1,
      0xff000000 },
    { "the tree stops before the trap", { 0, 0, 0x80740300, 0xff020100 },
      { { 0x80000000, MB(2032) } }, { { 0x80000000, MB(2032) } }, 0, 0 },
    { "a bank across it, and 4 GiB", { 0, 0, 0x80740300, 0xff020100 },
      { { 0x80000000, MB(6144) } },
      { { 0x80000000, MB(2032) }, { 0x100000000, MB(4096) } }, 1, 0xff000000 },
    { "RAM above 4 GiB is not in these maps",
      { 0, 0, 0x80740300, 0xff020100 },
      { { 0x80000000, MB(1024) }, { 0x200000000, MB(2048) } },
      { { 0x80000000, MB(1024) }, { 0x200000000, MB(2048) } }, 0, 0 },
    { "a hole", { 0x80600300, 0xd0400200, 0, 0 },
      { { 0x80000000, MB(1536) } },
      { { 0x80000000, MB(1024) }, { 0xd0000000, MB(256) } }, 1, 0xc0000000 },
    { "two", { 0x80600300, 0xd0400200, 0, 0 }, { { 0x80000000, MB(2048) } },
      { { 0x80000000, MB(1024) }, { 0xd0000000, MB(256) } }, 2, 0xe0000000 },
    { "a bank that is not there at all", { 0x80600300, 0, 0, 0 },
      { { 0x80000000, MB(16) }, { 0xd0800000, MB(1) } },
      { { 0x80000000, MB(16) } }, 1, 0xd0800000 },
    { "nothing programmed: no opinion", { 0, 0, 0, 0 },
      { { 0x80000000, MB(2048) } }, { { 0x80000000, MB(2048) } }, 0, 0 },
    { "maps of elsewhere: no opinion", { 0xc0600300, 0, 0, 0 },
      { { 0x80000000, MB(2048) } }, { { 0x80000000, MB(2048) } }, 0, 0 },
    { "cut into more than can be kept", { 0x80700300, 0x90020100, 0, 0 },
      { { 0x80000000, MB(512) }, { 0xa1000000, MB(1) }, { 0xa2000000, MB(1) },
        { 0xa3000000, MB(1) }, { 0xa4000000, MB(1) }, { 0xa5000000, MB(1) },
        { 0xa6000000, MB(1) }, { 0xa7000000, MB(1) } },
      { { 0x80000000, MB(256) }, { 0x91000000, MB(240) },
        { 0xa1000000, MB(1) }, { 0xa2000000, MB(1) }, { 0xa3000000, MB(1) },
        { 0xa4000000, MB(1) }, { 0xa5000000, MB(1) }, { 0xa6000000, MB(1) } },
      2, 0xa7000000 },
};
/* clang-format on */

static void check(size_t i, const struct mem_range *want)
{
    memset(&b, 0, sizeof(b));
    memcpy(dmm + 16, stories[i].maps, sizeof(stories[i].maps));
    nr_problems = 0;
    problem_at = 0;
    b.image = (struct mem_range){ 0x80200000, 0x90000 };
    while (b.nr_banks < 8 && stories[i].named[b.nr_banks].size) {
        b.banks[b.nr_banks] = stories[i].named[b.nr_banks];
        b.nr_banks++;
    }
    dra7_ram_check(&b, map);
    for (unsigned int k = 0; k < b.nr_banks; k++) {
        assert_int_equal(b.banks[k].start, want[k].start);
        assert_int_equal(b.banks[k].size, want[k].size);
    }
    assert_true(b.nr_banks == 8 || want[b.nr_banks].size == 0);
}

static void what_there_is(void **state)
{
    (void)state;
    no_room = false;
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        print_message("%s\n", stories[i].story);
        check(i, stories[i].want);
        assert_int_equal(nr_problems, stories[i].problems);
        assert_int_equal(problem_at, stories[i].at);
    }
}

/* When the registers cannot be mapped, the tree's word is all there is. */
static void no_registers(void **state)
{
    (void)state;
    no_room = true;
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
        check(i, stories[i].named);
    assert_int_equal(nr_problems, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_there_is),
        cmocka_unit_test(no_registers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
