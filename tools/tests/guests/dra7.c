/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dom0 of a DRA7 that takes what is not its own: writes to the registers
 * that Xen keeps must not count, those beside them must; the boot ROM's
 * services answer; an interrupt comes through the crossbar as it is set up
 * here.
 *
 * Each line is "dra7: WHAT ok" or "dra7: WHAT FAILED ...".
 *
 * Source: TI SPRUI30H (DRA75x TRM) 4.3 (WUGEN, MPU PRCM), 18.4 (crossbar),
 *         "Timers"; Linux irq-crossbar.c, omap-secure.h, clk/ti/clkctrl.c.
 * Layer:  test guest.
 */
#include <libfdt.h>

#include "guest.h"

#define CONTROL     0x4a002000u
#define CROSSBAR    0x4a002a48u
#define WUGEN       0x48281000u
#define MPU_PRCM    0x48243000u
#define UART1       0x4806a000u
#define UART_CLOCKS 0x4a009840u /* UART1, UART2, ... every 8 bytes */

#define WDT2 0x4ae14000u

#define UART1_SOURCE  67u
#define TIMER3        0x48034000u
#define TIMER3_SOURCE 34u
#define TIMER3_CLOCK  0x4a009740u
#define TIMER3_SPI    150u

static void result(const char *what, bool good, uint32_t value)
{
    if (good)
        print("dra7: %s ok\n", what);
    else
        print("dra7: %s FAILED: %08x\n", what, value);
}

static uint32_t read_sized(uint32_t gpa, unsigned int size)
{
    switch (size) {
    case 1:
        return read8(gpa);
    case 2:
        return read16(gpa);
    default:
        return read32(gpa);
    }
}

static void write_sized(uint32_t gpa, unsigned int size, uint32_t value)
{
    switch (size) {
    case 1:
        write8(gpa, (uint8_t)value);
        break;
    case 2:
        write16(gpa, (uint16_t)value);
        break;
    default:
        write32(gpa, value);
        break;
    }
}

/* Writes of each width, of ones and of zeros, change nothing. */
static bool is_held(uint32_t gpa, unsigned int bytes)
{
    uint32_t before = read_sized(gpa, bytes);

    for (unsigned int size = 1; size <= bytes; size *= 2) {
        for (uint32_t at = gpa; at < gpa + bytes; at += size) {
            write_sized(at, size, 0xffffffff);
            write_sized(at, size, 0);
            if (read_sized(gpa, bytes) != before)
                return false;
        }
    }
    return true;
}

/* A register of dom0's takes what is written, and gets its value back. */
static bool is_free(uint32_t gpa, unsigned int bytes, uint32_t mask)
{
    uint32_t before = read_sized(gpa, bytes), value = ~before & mask;
    bool good;

    write_sized(gpa, bytes, value);
    good = (read_sized(gpa, bytes) & mask) == value;
    write_sized(gpa, bytes, before);
    return good;
}

/* ---- the crossbar ---- */

static int crossbar_node;

static bool in_list(const char *name, uint32_t spi)
{
    int len;
    const fdt32_t *list = fdt_getprop(machine.fdt, crossbar_node, name, &len);

    for (int i = 0; list && i < len / 4; i++)
        if (fdt32_ld(list + i) == spi)
            return true;
    return false;
}

static uint32_t entry_of(uint32_t spi)
{
    uint32_t at = CROSSBAR;

    for (uint32_t below = 0; below < spi; below++)
        at += in_list("ti,irqs-reserved", below) ? 0 : 2;
    return at;
}

/* What the board's own tree does not skip, and dom0's does, is Xen's. */
static uint32_t xen_spi(void)
{
    for (uint32_t spi = 0; spi < 160; spi++)
        if (in_list("ti,irqs-skip", spi) && spi != 10 && spi != 133 &&
            spi != 139 && spi != 140)
            return spi;
    return 160;
}

static void crossbar(void)
{
    uint32_t spi, entry, word, other, before;

    crossbar_node = fdt_node_offset_by_compatible(machine.fdt, -1,
                                                  "ti,irq-crossbar");
    spi = xen_spi();
    result("line of Xen's in the tree", spi < 160, spi);
    if (spi == 160)
        return;
    entry = entry_of(spi);
    result("entry, source", read16(entry) == UART1_SOURCE, read16(entry));
    result("entry, held", is_held(entry, 2), read16(entry));

    /* Wider accesses change the neighbour and nothing else. */
    word = entry & ~3u;
    other = word + (entry == word ? 2 : 0);
    before = read16(other);
    write32(word, 0x00550055);
    result("entry, word",
           read16(entry) == UART1_SOURCE && read16(other) == 0x55,
           read32(word));
    write16(other, (uint16_t)before);
    result("entry, neighbour", is_free(other, 2, 0x1ff), read32(word));
    result("entry, another word", is_free(word + 4, 4, 0x01ff01ff),
           read32(word + 4));
    /* The same page has other registers: the chip's status, read-only. */
    result("control module", read32(CONTROL + 0x134) == read16(CONTROL + 0x134),
           read32(CONTROL + 0x134));

    /* As Linux does when it starts: all off. Ours stays on. */
    for (uint32_t cpu = 0; cpu < 2; cpu++) {
        uint32_t sum = 0, ours;

        for (uint32_t at = 0x10; at <= 0x20; at += 4) {
            write32(WUGEN + 0x400 * cpu + at, 0);
            sum += (uint32_t)__builtin_popcount(
                read32(WUGEN + 0x400 * cpu + at));
        }
        ours = read32(WUGEN + 0x400 * cpu + 0x10 + spi / 32 * 4);
        result("wake-up generator", sum == 1 && ours == 1u << spi % 32, ours);
    }
}

/* ---- single words ---- */

static void words(void)
{
    static const struct {
        const char *what;
        uint32_t gpa;
        bool held;
        uint32_t mask;
    } rows[] = {
        { "AuxCoreBoot0", WUGEN + 0x800, true, 0 },
        { "AuxCoreBoot1", WUGEN + 0x804, true, 0 },
        { "AMBA_IF_MODE", WUGEN + 0x80c, false, 0x3f },
        { "numerator", MPU_PRCM + 0x210, true, 0 },
        { "denominator", MPU_PRCM + 0x214, true, 0 },
        { "CPU0's power", MPU_PRCM + 0x400, true, 0 },
        { "CPU0's reset", MPU_PRCM + 0x410, true, 0 },
        { "CPU1's power", MPU_PRCM + 0x800, true, 0 },
        { "CPU1's reset", MPU_PRCM + 0x810, true, 0 },
        { "CPU1's clock", MPU_PRCM + 0xa20, false, 0x3 },
        { "clock of UART2", UART_CLOCKS + 8, false, 0x3 },
    };

    for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        result(rows[i].what,
               rows[i].held ? is_held(rows[i].gpa, 4)
                            : is_free(rows[i].gpa, 4, rows[i].mask),
               read32(rows[i].gpa));

    /* Only the mode and the source of it, as those are what matters. */
    write32(UART_CLOCKS, 0x01000000);
    result("clock of the console",
           (read32(UART_CLOCKS) & 0x01000003) == 0x00000002,
           read32(UART_CLOCKS));
}

/* ---- the console's UART: not in the tree, and out of reach ---- */

static void uart(void)
{
    int aliases = fdt_path_offset(machine.fdt, "/aliases");

    result("UART1 not in the tree",
           aliases >= 0 &&
               !fdt_getprop(machine.fdt, aliases, "serial0", NULL) &&
               fdt_getprop(machine.fdt, aliases, "serial1", NULL),
           (uint32_t)aliases);
    write32(UART1 + 0x20, 7); /* MDR1: off */
    write32(UART1 + 0x54, 2); /* SYSC: reset */
    result("UART1 out of reach", read32(UART1 + 0x20) != 7,
           read32(UART1 + 0x20));
}

/* ---- the watchdog: Xen has stopped it, and it is dom0's ---- */

static bool counts(void)
{
    uint32_t before = read32(WDT2 + 0x28); /* WCRR */

    delay_us(1000);
    return read32(WDT2 + 0x28) != before;
}

static void watchdog(void)
{
    bool before = counts(), started;

    write32(WDT2 + 0x48, 0xbbbb); /* WSPR: start */
    write32(WDT2 + 0x48, 0x4444);
    started = counts();
    write32(WDT2 + 0x48, 0xaaaa); /* stop */
    write32(WDT2 + 0x48, 0x5555);
    result("watchdog", !before && started && !counts(), read32(WDT2 + 0x28));
}

/* ---- the ROM ---- */

static uint32_t rom(uint32_t service, uint32_t arg)
{
    register uint32_t r0 __asm__("r0") = arg;
    register uint32_t r12 __asm__("r12") = service;

    __asm__ volatile(".arch_extension sec\n smc #0"
                     : "+r"(r0), "+r"(r12)
                     :
                     : "r1", "r2", "r3", "memory", "cc");
    return r0;
}

static void services(void)
{
    /* Arguments that PSCI would take for its own: 1 is CPU_OFF of 0.1. */
    result("service 0x107", rom(0x107, 1) == 0, 0);
    result("service 0x108", rom(0x108, 0x84000008) == 0, 0);
    result("service 0x109", rom(0x109, 1000000) == 0, 0);
    result("service 0x102", rom(0x102, 0x80000000) == 0xffffffff, 0);
    result("service 0x104", rom(0x104, 1) == 0xffffffff, 0);
    result("CNTFRQ", timer_frequency() == 6147541, timer_frequency());
    result("PSCI by SMC", smccc_smc(PSCI_VERSION, 0, 0, 0) == 0x00010001, 0);
}

/* ---- an interrupt of dom0's ---- */

static volatile uint32_t ticks;

static void on_timer(uint32_t irq)
{
    (void)irq;
    ticks++;
    write32(TIMER3 + 0x28, 2); /* IRQSTATUS: overflow is done with */
}

static void interrupt(void)
{
    gic_init();
    write16(entry_of(TIMER3_SPI), TIMER3_SOURCE);
    irq_handle(32 + TIMER3_SPI, on_timer);
    irq_enable(32 + TIMER3_SPI);
    irq_unmask();

    write32(TIMER3_CLOCK, 2);
    write32(TIMER3 + 0x40, 0xffffff00); /* TLDR */
    write32(TIMER3 + 0x3c, 0xffffff00); /* TCRR */
    write32(TIMER3 + 0x2c, 2);          /* IRQENABLE_SET: overflow */
    write32(TIMER3 + 0x38, 3);          /* TCLR: start, reload */
    for (unsigned int ms = 0; ms < 5000 && ticks < 3; ms++)
        delay_us(1000);
    write32(TIMER3 + 0x38, 0);
    result("interrupts by the crossbar", ticks >= 3, ticks);
}

void main(void)
{
    crossbar();
    words();
    uart();
    watchdog();
    services();
    interrupt();
    print("dra7: done\n");
}
