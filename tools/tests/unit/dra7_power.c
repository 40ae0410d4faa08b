/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: power-off by the PMIC, the watchdog, clocks of UARTs, against small
 * models: of an I2C controller that does as its manual says and refuses what
 * it forbids, and of what is behind it.
 *
 * Sources: xen/drivers/dra7_power.c xen/drivers/dra7_pmic.c
 * Sources: xen/drivers/dra7_dom0.c xen/lib/fdt.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/time.h>

#include <asm/mmio.h>

#include "../../../xen/drivers/dra7.h"
#include "tree.h"

volatile uint8_t *dra7_counter, *dra7_wugen, *dra7_prm, *dra7_control,
    *dra7_l4per_cm, *dra7_i2c1, *dra7_wdt2;

uint32_t dra7_control_kept(uint32_t offset)
{
    return offset;
}

uint32_t dra7_wugen_kept(uint32_t offset)
{
    return offset;
}

static uint8_t i2c_regs[0x100], wdt_regs[0x100], prm_regs[0x2000],
    cm_regs[0x1000];

static uint32_t load(const uint8_t *at)
{
    uint32_t val;

    memcpy(&val, at, 4);
    return val;
}

static void store(uint8_t *at, uint32_t val)
{
    memcpy(at, &val, 4);
}

/* ---- time: nothing may be waited for without an end ---- */

static uint64_t now_us;

void time_delay_us(uint32_t us)
{
    now_us += us;
    assert_true(now_us < 10000000);
}

/* ---- the PMIC: off when DEV_ON falls while no pin holds it ---- */

static struct {
    uint8_t reg[256];
    bool on, answers;
} pmic;

static void pmic_write(uint8_t reg, uint8_t val)
{
    bool was_on = pmic.reg[0xa0] & 1;

    pmic.reg[reg] = val;
    if (was_on && !(pmic.reg[0xa0] & 1) && !(pmic.reg[0xfb] & 0x30))
        pmic.on = false;
}

/* ---- the controller ---- */

static struct {
    uint32_t status, sysc, con, cnt, sa, sent;
    uint8_t pointer;
    bool reset_done, was_reset, stuck, dead;
    unsigned int left;
} i2c;

static uint32_t i2c_status(void)
{
    uint32_t status = i2c.status | (i2c.stuck ? 1u << 12 : 0);

    if (i2c.left)
        status |= 1u << 12 | (i2c.con & 1u << 9 ? 1u << 4 : 1u << 3);
    return status;
}

static void i2c_done(void)
{
    i2c.status |= 1u << 2;
    /* Without STP the bus stays ours for a repeated start. */
    if (i2c.con & 2)
        i2c.con &= ~(uint32_t)(1u << 10 | 3);
    else
        i2c.con &= ~1u;
}

static void i2c_start(void)
{
    assert_true(i2c.was_reset); /* whatever dom0 has left there */
    assert_true(i2c.con & 1u << 15);
    assert_int_equal(i2c.status, 0); /* old events are cleared */
    i2c.sent = 0;
    if (i2c.dead)
        return;
    if (i2c.sa != 0x58 || !pmic.answers) {
        i2c.status |= 1u << 1;
        return;
    }
    i2c.left = i2c.cnt;
}

static uint32_t i2c_read(uint32_t at)
{
    uint32_t val;

    switch (at) {
    case 0x24:
        return i2c_status();
    case 0x90:
        /* It is done only while the module is enabled. */
        return i2c.reset_done && (i2c.con & 1u << 15);
    case 0x9c:
        assert_true(i2c.left && !(i2c.con & 1u << 9));
        val = pmic.reg[i2c.pointer++];
        if (--i2c.left == 0)
            i2c_done();
        return val;
    default:
        memcpy(&val, i2c_regs + at, 2);
        return val & 0xffff;
    }
}

static void i2c_write(uint32_t at, uint32_t val)
{
    memcpy(i2c_regs + at, &val, 2);
    switch (at) {
    case 0x10:
        if (val & 2) {
            assert_false(i2c.con & 1u << 15); /* disabled first */
            i2c.reset_done = i2c.was_reset = true;
            i2c.status = i2c.left = 0;
        }
        break;
    case 0x28:
        i2c.status &= ~val;
        break;
    case 0x98:
        i2c.cnt = val;
        break;
    case 0x9c:
        assert_true(i2c.left && (i2c.con & 1u << 9));
        if (i2c.sent++ == 0)
            i2c.pointer = (uint8_t)val;
        else
            pmic_write(i2c.pointer++, (uint8_t)val);
        if (--i2c.left == 0)
            i2c_done();
        break;
    case 0xa4:
        i2c.con = val;
        if ((val & 0x401) == 0x401)
            i2c_start();
        break;
    case 0xac:
        i2c.sa = val;
        break;
    default:
        break;
    }
}

/* ---- watchdog: counts while it runs ---- */

static struct {
    bool runs, immortal;
    uint32_t shift;  /* prescaler */
    uint32_t posted; /* looks until a write has arrived */
    uint32_t first;
} wdt;

static uint32_t wdt_read(uint32_t at)
{
    if (at == 0x28)
        return wdt.runs ? (uint32_t)(now_us / 31 >> wdt.shift) : 17;
    if (at == 0x24)
        return wdt.shift ? 1u << 5 | wdt.shift << 2 : 7u << 2;
    if (at == 0x34)
        return wdt.posted ? (wdt.posted--, 1u << 4) : 0;
    return 0;
}

static void wdt_write(uint32_t at, uint32_t val)
{
    assert_int_equal(at, 0x48);
    assert_int_equal(wdt.posted, 0); /* or it is lost */
    wdt.posted = 3;
    if (val == 0x5555 && wdt.first == 0xaaaa)
        wdt.runs = wdt.immortal;
    wdt.first = val;
}

/* ---- the bus ---- */

static bool inside(const volatile void *reg, const uint8_t *page, size_t size)
{
    const volatile uint8_t *p = reg;

    return p >= page && p < page + size;
}

#define AT(page_) ((uint32_t)((const volatile uint8_t *)reg - (page_)))

static bool clock_works;

/* CLKCTRL: IDLEST follows the mode. */
static uint32_t cm_read(const uint8_t *at)
{
    uint32_t val = load(at) & ~0x30000u;

    return (val & 3) == 2 && clock_works ? val : val | 0x30000;
}

static uint32_t bus_read(const volatile void *reg, unsigned int size)
{
    if (inside(reg, i2c_regs, sizeof(i2c_regs))) {
        assert_int_equal(size, 2);
        assert_int_equal(load(cm_regs + 0x7a0) & 3, 2); /* or it aborts */
        return i2c_read(AT(i2c_regs));
    }
    assert_int_equal(size, 4);
    if (inside(reg, wdt_regs, sizeof(wdt_regs))) {
        assert_int_equal(load(prm_regs + 0x1830) & 3, 2);
        return wdt_read(AT(wdt_regs));
    }
    if (inside(reg, cm_regs, sizeof(cm_regs)))
        return cm_read((const uint8_t *)(uintptr_t)reg);
    return load((const uint8_t *)(uintptr_t)reg);
}

static void bus_write(volatile void *reg, uint32_t val, unsigned int size)
{
    if (inside(reg, i2c_regs, sizeof(i2c_regs))) {
        assert_int_equal(size, 2);
        i2c_write(AT(i2c_regs), val);
    } else if (inside(reg, wdt_regs, sizeof(wdt_regs))) {
        wdt_write(AT(wdt_regs), val);
    } else {
        store((uint8_t *)(uintptr_t)reg, val);
    }
}

#define PMIC "/ocp/pmic@58"

static int setup(void **state)
{
    (void)state;
    memset(&i2c, 0, sizeof(i2c));
    memset(&wdt, 0, sizeof(wdt));
    memset(&pmic, 0, sizeof(pmic));
    memset(cm_regs, 0, sizeof(cm_regs));
    memset(prm_regs, 0, sizeof(prm_regs));
    pmic.on = pmic.answers = clock_works = true;
    pmic.reg[0xa0] = 0x81;
    pmic.reg[0xfb] = 0x7f;
    i2c.con = 0x8401; /* dom0 stopped in the middle of something */
    i2c.status = 0x1234;
    now_us = 0;
    host_mmio_read = bus_read;
    host_mmio_write = bus_write;
    dra7_i2c1 = i2c_regs;
    dra7_wdt2 = wdt_regs;
    dra7_prm = prm_regs;
    dra7_l4per_cm = cm_regs;
    tree_dra7();
    tree_text(PMIC, "compatible", "ti,tps659038");
    tree_cells(PMIC, "reg", 1, 0x58);
    tree_cells(PMIC, "ti,palmas-override-powerhold", 0);
    return 0;
}

static void power_off(void)
{
    struct board b = { .fdt = tree };

    dra7_pmic_init(&b);
    dra7_poweroff();
}

/* ---- tests ---- */

static void off(void **state)
{
    (void)state;
    power_off();
    assert_false(pmic.on);
    assert_int_equal(pmic.reg[0xa0], 0x80);
    assert_int_equal(pmic.reg[0xfb], 0x4f);

    /* DEV_ON is 0 while a pin alone keeps it on. */
    setup(NULL);
    pmic.reg[0xa0] = 0;
    power_off();
    assert_false(pmic.on);

    /* The tree does not tell that the pin has to be ignored. */
    setup(NULL);
    tree_drop(PMIC, "ti,palmas-override-powerhold");
    pmic.reg[0xfb] = 0x4f;
    power_off();
    assert_false(pmic.on);
    assert_int_equal(pmic.reg[0xfb], 0x4f);
}

/* It comes back, in time, when it cannot be done. */
static void not_off(void **state)
{
    (void)state;
    tree_drop(PMIC, NULL);
    host_mmio_write = NULL; /* a PMIC that is not known is let alone */
    power_off();
    assert_true(pmic.on);

    setup(NULL);
    tree_cells(PMIC, "reg", 1, 0x12);
    power_off();
    assert_true(pmic.on);

    setup(NULL);
    pmic.answers = false;
    power_off();
    assert_true(pmic.on);

    setup(NULL);
    i2c.stuck = true; /* somebody holds the bus */
    power_off();
    assert_true(pmic.on);

    setup(NULL);
    i2c.dead = true;
    power_off();
    assert_true(pmic.on);
    assert_in_range(now_us, 1000, 1000000);

    setup(NULL);
    clock_works = false;
    power_off();
    assert_true(pmic.on);
}

static void watchdog(void **state)
{
    (void)state;
    assert_null(dra7_watchdog_stop()); /* its clock is off */
    store(prm_regs + 0x1830, 2);
    assert_null(dra7_watchdog_stop());
    wdt.runs = true;
    assert_string_equal(dra7_watchdog_stop(),
                        "watchdog: WD_TIMER2 was left running: stopped");
    assert_false(wdt.runs);
    wdt.runs = true;
    wdt.shift = 7; /* slow: 256 Hz */
    assert_non_null(dra7_watchdog_stop());
    assert_false(wdt.runs);
    wdt.runs = wdt.immortal = true;
    assert_non_null(strstr(dra7_watchdog_stop(), "cannot be stopped"));
}

static paddr_t mapped;

static volatile void *map(paddr_t pa)
{
    mapped = pa;
    return cm_regs + pa % PAGE_SIZE;
}

static volatile void *no_map(paddr_t pa)
{
    (void)pa;
    return NULL;
}

static void uart_clocks(void **state)
{
    static const struct {
        paddr_t uart, clkctrl;
    } rows[] = {
        { 0x4806a000, 0x4a009840 }, { 0x4806c000, 0x4a009848 },
        { 0x48020000, 0x4a009850 }, { 0x4806e000, 0x4a009858 },
        { 0x48066000, 0x4a009870 }, { 0x48068000, 0x4a005580 },
        { 0x48420000, 0x4a0098d0 }, { 0x48422000, 0x4a0098e0 },
        { 0x48424000, 0x4a0098e8 }, { 0x4ae2b000, 0x4ae07880 },
    };
    const struct platform_held *held = dra7_held;

    (void)state;
    while (held->va != &dra7_uart_clocks)
        held++;
    assert_null(held->kept); /* no UART yet: ends the table */
    assert_false(dra7_uart_clock_on(0x12345000, map));
    assert_null(held->kept);

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        uint32_t at = rows[i].clkctrl % PAGE_SIZE;

        memset(cm_regs, 0, sizeof(cm_regs));
        store(cm_regs + at, 0x01000000); /* off, at 192 MHz */
        assert_true(dra7_uart_clock_on(rows[i].uart, map));
        assert_int_equal(mapped, rows[i].clkctrl);
        assert_int_equal(load(cm_regs + at) & ~0x30000u, 2);
        assert_int_equal(held->pa, rows[i].clkctrl - at);
        assert_ptr_equal(dra7_uart_clocks, cm_regs);
        assert_int_equal(held->kept(at), 0x01000003);
        assert_int_equal(held->kept(at ^ 8), 0);
    }
    /* Another one, without a clock: nothing is left of the last one. */
    mapped = 0;
    assert_false(dra7_uart_clock_on(0x12345000, map));
    assert_int_equal(mapped, 0);
    assert_null(held->kept);

    /* What the boot loader has set up stays so. */
    store(cm_regs + 0x840, 0x01000002);
    assert_true(dra7_uart_clock_on(0x4806a000, map));
    assert_int_equal(load(cm_regs + 0x840), 0x01000002);

    clock_works = false;
    assert_false(dra7_uart_clock_on(0x4806a000, map));
    assert_false(dra7_uart_clock_on(0x4806a000, no_map));
}

static void restart(void **state)
{
    (void)state;
    dra7_prm = NULL;
    dra7_restart(); /* too early: nothing is mapped */
    dra7_prm = prm_regs;
    dra7_restart();
    assert_int_equal(load(prm_regs + 0x1d00), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(off, setup),
        cmocka_unit_test_setup(not_off, setup),
        cmocka_unit_test_setup(watchdog, setup),
        cmocka_unit_test_setup(uart_clocks, setup),
        cmocka_unit_test_setup(restart, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
