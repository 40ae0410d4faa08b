/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choosing the platform, and DRA7's: counter clock, crossbar, second CPU,
 * what dom0 cannot change and what its ROM calls answer.
 *
 * Sources: xen/drivers/platform.c xen/drivers/dra7.c xen/drivers/dra7_cpu.c
 * Sources: xen/drivers/dra7_crossbar.c xen/drivers/dra7_dom0.c
 * Sources: xen/drivers/dra7_power.c xen/drivers/dra7_pmic.c
 * Sources: xen/drivers/dra7_ram.c
 * Sources: xen/drivers/virt.c xen/lib/fdt.c xen/lib/printf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/platform.h>
#include <xen/psci.h>
#include <xen/time.h>

#include <asm/mmio.h>
#include <asm/sysreg.h>

#include "../../../xen/drivers/board_read.h"
#include "tree.h"

struct board board;

void board_problem(struct board *b, bool fatal, const char *what,
                   uint64_t value)
{
    (void)b;
    (void)fatal;
    (void)value;
    fail_msg("%s", what);
}

void time_delay_us(uint32_t us)
{
    (void)us;
}

static struct {
    uint32_t arg, id;
} rom[8];
static unsigned int rom_calls;

uint32_t smc_rom(uint32_t arg, uint32_t id)
{
    rom[rom_calls].arg = arg;
    rom[rom_calls++].id = id;
    return 0;
}

/* The windows' registers, and the writes in their order. */
static uint8_t registers[7][0x2000];
static struct {
    paddr_t pa;
    uint32_t val;
} writes[64];
static unsigned int nr_writes;

static uint8_t *at(paddr_t pa)
{
    const struct platform_window *w = platform_dra7.windows;

    for (unsigned int i = 0; w[i].va; i++)
        if (pa >= w[i].pa && pa < w[i].pa + w[i].size)
            return registers[i] + (pa - w[i].pa);
    fail();
    return NULL;
}

static void note_write(volatile void *reg, uint32_t val, unsigned int size)
{
    const struct platform_window *w = platform_dra7.windows;
    const uint8_t *p = (const uint8_t *)reg;

    memcpy((void *)reg, &val, size);
    for (unsigned int i = 0; w[i].va; i++)
        if (p >= registers[i] && p < registers[i] + w[i].size)
            writes[nr_writes++].pa = w[i].pa + (paddr_t)(p - registers[i]);
    writes[nr_writes - 1].val = val;
}

static void set(paddr_t pa, uint32_t val)
{
    memcpy(at(pa), &val, 4);
}

static uint32_t get(paddr_t pa)
{
    uint32_t val;

    memcpy(&val, at(pa), 4);
    return val;
}

static int setup(void **state)
{
    (void)state;
    memset(registers, 0, sizeof(registers));
    nr_writes = rom_calls = 0;
    host_mmio_write = note_write;
    for (unsigned int i = 0; platform_dra7.windows[i].va; i++)
        *platform_dra7.windows[i].va = registers[i];
    tree_dra7();
    board.fdt = tree;
    board.gic.node = fdt_path_offset(tree, "/gic@48211000");
    set(0x4ae06110, 2); /* 20 MHz, as on the EVM */
    return 0;
}

static void platforms(void **state)
{
    (void)state;
    assert_ptr_equal(platform_find(tree), &platform_dra7);
    tree_virt();
    assert_ptr_equal(platform_find(tree), &platform_virt);
    tree_text("/", "compatible", "some,board");
    assert_string_equal(platform_find(tree)->name, "generic");
    assert_null(platform_find(tree)->init);
}

static void counter_clocks(void **state)
{
    static const struct {
        uint32_t sys_clksel, speedselect, hz, numerator, denominator;
    } rows[] = {
        { 1, 0, 6144000, 64, 125 },
        { 2, 0, 6144000, 192, 625 },
        { 4, 0, 6144000, 8, 25 },
        { 5, 0, 6144000, 384, 1625 },
        { 6, 0, 6144000, 256, 1125 },
        { 7, 0, 6144000, 4, 25 },
        { 1, 1, 3688525, 75, 244 },
        { 2, 1, 6147541, 75, 244 },
        { 2, 3, 6147541, 75, 244 },
        { 3, 2, 5163935, 75, 244 },
        { 4, 1, 5901640, 75, 244 },
        { 5, 1, 7991804, 75, 244 },
        { 6, 1, 8299181, 75, 244 },
        { 7, 1, 11803279, 75, 244 },
        { 0, 0, 0, 0, 0 },
        { 0, 1, 0, 0, 0 },
        { 3, 0, 0, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *why = NULL;

        setup(NULL);
        set(0x4ae06110, 0x55550 | rows[i].sys_clksel);
        set(0x4a0026c4, 0x8000f0ff | rows[i].speedselect << 8);
        set(0x48243210, 0xabc00fff); /* other bits stay */
        set(0x48243214, 0x00010fff);
        assert_int_equal(platform_dra7.init(&board), 0);
        assert_int_equal(platform_dra7.timer_hz(&why), rows[i].hz);
        if (rows[i].hz) {
            assert_null(why);
            assert_int_equal(nr_writes, 2); /* the numerator first */
            assert_int_equal(writes[0].pa, 0x48243210);
            assert_int_equal(get(0x48243210), 0xabc00000 | rows[i].numerator);
            assert_int_equal(get(0x48243214), 0x10000 | rows[i].denominator);
        } else {
            char word[16];

            snprintf(word, sizeof(word), "SYS_CLKSEL %u", rows[i].sys_clksel);
            assert_non_null(strstr(why, word));
            assert_int_equal(nr_writes, 0);
        }
    }
}

/* Writes the counter's rate, and lets ICIALLU reach the predictor. */
static void cpu_setup(void **state)
{
    (void)state;
    *host_sysreg("ACTLR") = 0x40;
    platform_dra7.cpu_init(6147541);
    assert_int_equal(rom_calls, 2);
    assert_int_equal(rom[0].id, 0x109);
    assert_int_equal(rom[0].arg, 6147541);
    assert_int_equal(rom[1].id, 0x107);
    assert_int_equal(rom[1].arg, 0x41);
    *host_sysreg("ACTLR") = 0x41;
    platform_dra7.cpu_init(6147541);
    assert_int_equal(rom_calls, 3);
}

/* The address is there before CPU1 is let go. */
static void second_cpu(void **state)
{
    char text[80];

    (void)state;
    platform_dra7.cpus_release(0x802011a8, 0x002011a8, text, sizeof(text));
    assert_int_equal(nr_writes, 2);
    assert_int_equal(writes[0].pa, 0x48281804);
    assert_int_equal(writes[0].val, 0x802011a8);
    assert_int_equal(writes[1].pa, 0x48281800);
    assert_int_equal(writes[1].val, 0x20);
    assert_string_equal(text,
                        "Set AuxCoreBoot1 to 00000000802011a8 (002011a8)\n"
                        "Set AuxCoreBoot0 to 0x20\n");
}

static void restart(void **state)
{
    (void)state;
    platform_dra7.restart();
    assert_int_equal(nr_writes, 1);
    assert_int_equal(writes[0].pa, 0x4ae07d00);
    assert_int_equal(writes[0].val, 1);
}

/*
 * SPIs 0-3, 5, 6, 131 and 132 have no register, 10 is skipped, 9 has come
 * by the wake-up generator: the first free ones are 4, 7, 8, 11, 12, and their
 * registers follow one another.
 */
static void crossbar(void **state)
{
    static const struct {
        int intid;
        paddr_t pa;
    } want[] = {
        { 36, 0x4a002a48 }, { 39, 0x4a002a4a }, { 40, 0x4a002a4c },
        { 43, 0x4a002a52 }, { 44, 0x4a002a54 },
    };
    struct fdt_irq irq = { .nr_cells = 3, .cells = { 0, 9, 4 } };
    int rc = 0;

    (void)state;
    assert_int_equal(platform_dra7.init(&board), 0);
    board.fdt = NULL; /* of the tree all is known */
    irq.controller = fdt_path_offset(tree, "/wugen@48281000");
    assert_int_equal(platform_dra7.irq_map(&irq), 41);
    irq.controller = fdt_path_offset(tree, "/ocp/crossbar@4a002a48");
    for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
        nr_writes = 0;
        irq.cells[1] = 67 + (uint32_t)i;
        assert_int_equal(platform_dra7.irq_map(&irq), want[i].intid);
        assert_int_equal(nr_writes, 1);
        assert_int_equal(writes[0].pa, want[i].pa);
        assert_int_equal(writes[0].val, irq.cells[1]);
    }
    irq.cells[1] = 420;
    assert_int_equal(platform_dra7.irq_map(&irq), -EINVAL);
    irq.cells[1] = 1;
    for (unsigned int i = 0; i < 160 && rc >= 0; i++, nr_writes = 0)
        rc = platform_dra7.irq_map(&irq);
    assert_int_equal(rc, -ENOSPC);
    assert_int_equal(get(0x4a002b74) >> 16, 1); /* SPI 159: 0x4a002b76 */
}

/* Bits of the word at physical address @pa that dom0 cannot change. */
static uint32_t kept(paddr_t pa)
{
    for (const struct platform_held *h = platform_dra7.dom0_held; h->kept; h++)
        if (pa - h->pa < PAGE_SIZE)
            return h->kept((uint32_t)(pa - h->pa));
    return 0;
}

/* The entry of our SPI, wherever it is. */
static void kept_entries(void **state)
{
    static const struct {
        uint32_t spi;
        paddr_t pa;
    } rows[] = {
        { 4, 0x4a002a48 },   { 7, 0x4a002a4a },   { 8, 0x4a002a4c },
        { 10, 0x4a002a50 },  { 119, 0x4a002b2a }, { 130, 0x4a002b40 },
        { 133, 0x4a002b42 }, { 155, 0x4a002b6e }, { 159, 0x4a002b76 },
    };
    uint32_t all = 0;

    (void)state;
    assert_int_equal(platform_dra7.init(&board), 0);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t half = 0xffffu << (rows[i].pa % 4 * 8);

        assert_int_equal(kept(rows[i].pa & ~3ull) & half, 0);
        platform_dra7.irq_keep(32 + rows[i].spi);
        assert_int_equal(kept(rows[i].pa & ~3ull) & half, half);
    }
    for (paddr_t pa = 0x4a002000; pa < 0x4a003000; pa += 4)
        all += (uint32_t)__builtin_popcount(kept(pa));
    assert_int_equal(all, 16 * ARRAY_SIZE(rows));

    /* In the wake-up generator, of both CPUs: also the one without entry. */
    set(0x48281010, 0x80000001);
    platform_dra7.irq_keep(32 + 131);
    platform_dra7.irq_keep(32 + 8);
    platform_dra7.irq_keep(32 + 160); /* no such line */
    assert_int_equal(kept(0x48281010), 0x590);
    assert_int_equal(kept(0x4828101c), 1u << 23);
    assert_int_equal(kept(0x48281020), 0x8800002c);
    assert_int_equal(kept(0x48281420), 0x8800002c);
    assert_int_equal(get(0x48281020), 0x8800002c);
    assert_int_equal(get(0x48281420), 0x8800002c);
    assert_int_equal(get(0x48281010), 0x80000101); /* others stay on */
}

/* CPU1's start, the counter's ratio, the CPUs' power and reset. */
static void kept_words(void **state)
{
    static const paddr_t words[] = {
        0x48281800, 0x48281804, 0x48243210, 0x48243214,
        0x48243400, 0x48243410, 0x48243800, 0x48243810,
    };
    uint32_t all = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        assert_int_equal(kept(words[i]), UINT32_MAX);
    for (paddr_t pa = 0x48243000; pa < 0x48244000; pa += 4)
        all += kept(pa) != 0;
    for (paddr_t pa = 0x48281000; pa < 0x48282000; pa += 4)
        all += kept(pa) == UINT32_MAX;
    assert_int_equal(all, ARRAY_SIZE(words));
}

static void rom_services(void **state)
{
    static const struct {
        uint32_t service, answer;
    } rows[] = {
        { 0x107, 0 },          { 0x108, 0 },          { 0x109, 0 },
        { 0x102, 0xffffffff }, { 0x104, 0xffffffff }, { 0x100, 0xffffffff },
        { 0x1ff, 0xffffffff },
    };
    uint32_t answer;

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        answer = 0x55;
        assert_true(platform_dra7.rom_service(rows[i].service, 1, &answer));
        assert_int_equal(answer, rows[i].answer);
    }
    answer = 0x55;
    assert_false(platform_dra7.rom_service(0xff, 0x84000000, &answer));
    assert_false(platform_dra7.rom_service(0x200, 0x84000000, &answer));
    assert_false(platform_dra7.rom_service(0x80200109, 0, &answer));
    assert_int_equal(answer, 0x55);
    assert_int_equal(rom_calls, 0); /* nothing is passed on */
}

static void direct_interrupts(void **state)
{
    struct fdt_irq irq = { .nr_cells = 3, .cells = { 0, 131, 4 } };

    (void)state;
    assert_int_equal(platform_dra7.init(&board), 0);
    irq.controller = fdt_path_offset(tree, "/wugen@48281000");
    assert_int_equal(platform_dra7.irq_map(&irq), 163);
    irq.cells[1] = 160;
    assert_int_equal(platform_dra7.irq_map(&irq), -ENXIO);
    irq.controller = fdt_path_offset(tree, "/pinmux");
    irq.cells[1] = 3;
    assert_int_equal(platform_dra7.irq_map(&irq), -ENXIO);
    irq.nr_cells = 1;
    assert_int_equal(platform_dra7.irq_map(&irq), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(platforms, setup),
        cmocka_unit_test_setup(counter_clocks, setup),
        cmocka_unit_test_setup(cpu_setup, setup),
        cmocka_unit_test_setup(second_cpu, setup),
        cmocka_unit_test_setup(restart, setup),
        cmocka_unit_test_setup(crossbar, setup),
        cmocka_unit_test_setup(kept_entries, setup),
        cmocka_unit_test_setup(kept_words, setup),
        cmocka_unit_test_setup(rom_services, setup),
        cmocka_unit_test_setup(direct_interrupts, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
