/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A level-sensitive SPI of a real device: the alarm of a PL031 clock, which
 * a domain has passed through.
 *
 * Source: DDI 0224 (PL031) 3.3; IHI 0048B 3.2.4 (level-sensitive states).
 * Layer:  test guest.
 */
#include "conformance.h"

#include <libfdt.h>

#define RTCDR   0x00
#define RTCMR   0x04
#define RTCIMSC 0x10
#define RTCRIS  0x14
#define RTCICR  0x1c

#define WAIT 100000u /* us */

static uint32_t rtc, rtc_irq;

static bool find_rtc(void)
{
    int node = fdt_node_offset_by_compatible(machine.fdt, -1, "arm,pl031");
    const fdt32_t *reg, *irq;

    if (node < 0)
        return false;
    reg = fdt_getprop(machine.fdt, node, "reg", NULL);
    irq = fdt_getprop(machine.fdt, node, "interrupts", NULL);
    if (!reg || !irq)
        return false;
    rtc = fdt32_ld(reg + 1); /* two cells: the low word */
    rtc_irq = 32 + fdt32_ld(irq + 1);
    return true;
}

/* The alarm goes off now. */
static void alarm(void)
{
    uint32_t now;

    /* QEMU: a match with the present second is one at once. */
    do {
        now = read32(rtc + RTCDR);
        write32(rtc + RTCMR, now);
        dsb();
    } while (now != read32(rtc + RTCDR));
}

static void quiet(void)
{
    write32(rtc + RTCICR, 1);
    dsb();
}

static void say(const char *when)
{
    print("= spi.level.%s: enabled %u pending %u active %u\n", when,
          irq_bit(GICD_ISENABLER, rtc_irq), irq_bit(GICD_ISPENDR, rtc_irq),
          irq_bit(GICD_ISACTIVER, rtc_irq));
}

static void settle(void)
{
    delay_us(1000);
}

void conform_spi(void)
{
    uint32_t irq;

    if (!find_rtc()) {
        FACT("spi.level", "no PL031");
        return;
    }
    irq_idle(rtc_irq);
    quiet();
    write32(rtc + RTCIMSC, 1);
    say("idle");
    alarm();
    settle();
    say("disabled");
    quiet();
    settle();
    say("withdrawn-disabled");

    irq_bit_set(GICD_ISENABLER, rtc_irq);
    alarm();
    irq = highest_within(WAIT);
    FACT("spi.level.signalled", "%u", irq == rtc_irq);
    say("signalled");
    FACT("spi.level.ack", "%u", ack() == rtc_irq);
    settle();
    say("handled");
    /* Not yet silenced: it comes again. */
    eoi(rtc_irq);
    distributor_nudge();
    FACT("spi.level.again", "%u", highest_within(WAIT) == rtc_irq);
    FACT("spi.level.ack", "%u", ack() == rtc_irq);
    quiet();
    settle();
    say("silenced");
    eoi(rtc_irq);
    FACT("spi.level.end", "%u", highest_within(1000));
    say("end");

    /* Disabled while active, and again while the input is up. */
    alarm();
    highest_within(WAIT);
    ack();
    irq_bit_set(GICD_ICENABLER, rtc_irq);
    eoi(rtc_irq);
    settle();
    say("disabled-up");
    FACT("spi.level.disabled", "%u", highest_within(1000));
    irq_bit_set(GICD_ISENABLER, rtc_irq);
    FACT("spi.level.enabled", "%u", highest_within(WAIT) == rtc_irq);
    ack();
    quiet();
    eoi(rtc_irq);

    /* By register, with nothing from the device. */
    irq_bit_set(GICD_ISPENDR, rtc_irq);
    FACT("spi.level.by-hand", "%u", highest_within(WAIT) == rtc_irq);
    ack();
    say("by-hand");
    irq_bit_set(GICD_ICACTIVER, rtc_irq);
    say("by-hand-end");
    eoi(rtc_irq);
    FACT("spi.level.by-hand-end", "%u", highest_within(1000));

    /* Withdrawn before it was acknowledged. */
    alarm();
    highest_within(WAIT);
    quiet();
    settle();
    irq = ack();
    FACT("spi.level.withdrawn", "%u", irq == rtc_irq ? 1 : 0);
    if (irq < 1020)
        eoi(irq);
    write32(rtc + RTCIMSC, 0);
    irq_idle(rtc_irq);
}
