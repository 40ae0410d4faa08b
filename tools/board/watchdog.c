/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * WD_TIMER2, which the ROM leaves running: 3 minutes to a warm reset.
 *
 * It is started by writing 0xbbbb and 0x4444 to WSPR, stopped by 0xaaaa and
 * 0x5555, and fed by any new value in WTGR. Interrupts are not modelled.
 *
 * Source: TRM, Watchdog Timers, and 32.3.4 (what the ROM leaves); U-Boot
 *         arch/arm/mach-omap2/hwinit-common.c (watchdog_init); Linux
 *         drivers/watchdog/omap_wdt.c.
 */
#include "dra7.h"

#define WDT_PA      0x4ae14000u
#define ROM_SECONDS 180
#define RATE_HZ     32768u

enum {
    WDST = 0x14,
    WCLR = 0x24, /* bit 5: prescaler on, 4:2: its exponent */
    WCRR = 0x28,
    WLDR = 0x2c,
    WTGR = 0x30,
    WSPR = 0x48,
};

static struct {
    MemoryRegion mr;
    QEMUTimer *expiry;
    uint32_t reg[32];
    bool running;
    uint32_t count; /* at since_ns */
    int64_t since_ns;
} wdt;

static uint32_t rate_hz(void)
{
    uint32_t control = wdt.reg[WCLR / 4];

    return control & (1 << 5) ? RATE_HZ >> (control >> 2 & 7) : RATE_HZ;
}

static uint32_t count_now(void)
{
    if (!wdt.running)
        return wdt.count;
    return wdt.count + muldiv64(dra7_now() - wdt.since_ns, rate_hz(),
                                NANOSECONDS_PER_SECOND);
}

/* Counts on from @count, if it runs; it expires at the overflow. */
static void go(uint32_t count)
{
    wdt.count = count;
    wdt.since_ns = dra7_now();
    if (!wdt.running) {
        timer_del(wdt.expiry);
        return;
    }
    timer_mod(wdt.expiry,
              wdt.since_ns + muldiv64(0x100000000ull - count,
                                      NANOSECONDS_PER_SECOND, rate_hz()));
}

static void expired(void *opaque)
{
    prcm_reset(RESET_WATCHDOG, "watchdog WD_TIMER2 expired");
}

static uint64_t wdt_read(void *opaque, hwaddr at, unsigned size)
{
    switch (at) {
    case WDST:
        return 1; /* reset done */
    case WCRR:
        return count_now();
    case 0x34: /* WWPS: posted writes have arrived */
        return 0;
    default:
        return wdt.reg[at / 4];
    }
}

static void wdt_write(void *opaque, hwaddr at, uint64_t value, unsigned size)
{
    uint32_t count = count_now(), before = wdt.reg[at / 4];

    wdt.reg[at / 4] = value;
    switch (at) {
    case 0x10: /* WDSC: soft reset is over at once */
        wdt.reg[at / 4] = value & ~2u;
        break;
    case WCLR:
        go(count);
        break;
    case WCRR:
        go(value);
        break;
    case WTGR:
        if (value != before)
            go(wdt.reg[WLDR / 4]);
        break;
    case WSPR:
        if (before == 0xaaaa && value == 0x5555)
            wdt.running = false;
        else if (before == 0xbbbb && value == 0x4444)
            wdt.running = true;
        go(count);
        break;
    }
}

static const MemoryRegionOps wdt_ops = {
    .read = wdt_read,
    .write = wdt_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void wdt_reset(void *opaque)
{
    struct dra7 *soc = opaque;

    memset(wdt.reg, 0, sizeof(wdt.reg));
    wdt.reg[WLDR / 4] = -(ROM_SECONDS * RATE_HZ);
    wdt.running = !soc->after_spl; /* SPL stops it */
    go(wdt.reg[WLDR / 4]);
}

void watchdog_create(struct dra7 *soc)
{
    dra7_map(&wdt.mr, &wdt_ops, NULL, "dra7-wdt2", WDT_PA, 0x80);
    wdt.expiry = timer_new_ns(QEMU_CLOCK_VIRTUAL, expired, NULL);
    qemu_register_reset(wdt_reset, soc);
}
