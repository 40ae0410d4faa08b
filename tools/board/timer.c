/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sixteen general-purpose timers and the 32 kHz counter.
 *
 * A timer counts up to 0xffffffff, then stops or starts again from TLDR.
 * Modelled: overflow and match interrupts, prescaler, the choice of SYS_CLK1
 * or 32 kHz by the timer's CLKCTRL. Not modelled: capture, PWM, posted-write
 * delays, the 1 ms tuning registers (read as written).
 *
 * Source: TRM, Timers; Linux drivers/clocksource/timer-ti-dm-systimer.c,
 *         timer-ti-32k.c, include/clocksource/timer-ti-dm.h; dtb (addresses,
 *         sources, clocks).
 */
#include "dra7.h"

/* clang-format off */
static const struct {
    uint32_t pa;
    uint16_t source;
    uint32_t clkctrl;                 /* CM_x_TIMERn_CLKCTRL            */
} timers[] = {
    { 0x4ae18000,  32, 0x4ae07840 },  /* 1: Linux's clock events        */
    { 0x48032000,  33, 0x4a009738 },  /* 2: U-Boot's time               */
    { 0x48034000,  34, 0x4a009740 },
    { 0x48036000,  35, 0x4a009748 },
    { 0x48820000,  36, 0x4a005558 },
    { 0x48822000,  37, 0x4a005560 },
    { 0x48824000,  38, 0x4a005568 },
    { 0x48826000,  39, 0x4a005570 },
    { 0x4803e000,  40, 0x4a009750 },
    { 0x48086000,  41, 0x4a009728 },
    { 0x48088000,  42, 0x4a009730 },
    { 0x4ae20000,  90, 0x4ae07848 },
    { 0x48828000, 339, 0x4a0097c8 },
    { 0x4882a000, 340, 0x4a0097d0 },
    { 0x4882c000, 341, 0x4a0097d8 },  /* 15, 16: Linux's, one for each  */
    { 0x4882e000, 342, 0x4a009830 },  /*         CPU (erratum i940)     */
};

enum {
    TIDR          = 0x00,
    TIOCP_CFG     = 0x10,
    IRQSTATUS_RAW = 0x24,
    IRQSTATUS     = 0x28,
    IRQENABLE_SET = 0x2c,
    IRQENABLE_CLR = 0x30,
    IRQWAKEEN     = 0x34,
    TCLR          = 0x38,
    TCRR          = 0x3c,
    TLDR          = 0x40,
    TTGR          = 0x44,
    TWPS          = 0x48,
    TMAR          = 0x4c,
    TSICR         = 0x54,
};
/* clang-format on */

#define TIDR_VALUE    0x50003100u /* 31:16 not 0: "type 2" in Linux */
#define IRQ_MATCH     (1u << 0)
#define IRQ_OVERFLOW  (1u << 1)
#define TCLR_START    (1u << 0)
#define TCLR_RELOAD   (1u << 1)
#define TCLR_PTV      2 /* bits 4:2                         */
#define TCLR_PRESCALE (1u << 5)
#define TCLR_COMPARE  (1u << 6)
#define CLKSEL_SHIFT  24 /* of CLKCTRL, bits 27:24          */
#define CLKSEL_32K    1u
#define RATE_32K_HZ   32768u
#define COUNTS        0x100000000ull /* from 0 to the overflow */

#define COUNTER_32K_PA 0x4ae04000u
#define COUNTER_REV    0x40000000u /* 31:30 not 0: counter at 0x30   */

struct timer {
    struct dra7 *soc;
    MemoryRegion mr;
    QEMUTimer *event;
    qemu_irq irq;
    uint32_t clkctrl;
    uint32_t tclr, tldr, tmar, tsicr, config, enabled, status, wake;
    uint32_t count; /* at the time since_ns, or now when stopped */
    int64_t since_ns;
};

static uint64_t rate_hz(struct timer *t)
{
    uint32_t clksel = *reg_word(t->soc, t->clkctrl) >> CLKSEL_SHIFT & 0xf;
    uint32_t hz = clksel == CLKSEL_32K ? RATE_32K_HZ : t->soc->sysclk_hz;

    if (t->tclr & TCLR_PRESCALE)
        hz >>= (t->tclr >> TCLR_PTV & 7) + 1;
    return MAX(hz, 1);
}

/* Counter now. Raises the events that have come since the last call. */
static uint32_t count_now(struct timer *t)
{
    int64_t now = dra7_now();
    uint64_t ticks, left = COUNTS - t->count, period = COUNTS - t->tldr;

    if (!(t->tclr & TCLR_START))
        return t->count;
    ticks = muldiv64(now - t->since_ns, rate_hz(t), NANOSECONDS_PER_SECOND);
    if ((t->tclr & TCLR_COMPARE) && t->tmar >= t->count &&
        ticks >= t->tmar - t->count)
        t->status |= IRQ_MATCH;
    if (ticks < left)
        return t->count + ticks;

    t->status |= IRQ_OVERFLOW;
    if (!(t->tclr & TCLR_RELOAD)) {
        t->tclr &= ~TCLR_START;
        t->count = 0;
        return 0;
    }
    ticks = (ticks - left) % period;
    t->since_ns = now - muldiv64(ticks, NANOSECONDS_PER_SECOND, rate_hz(t));
    t->count = t->tldr;
    return t->tldr + ticks;
}

/* The interrupt line as it is now, and a call for the next event. */
static void update(struct timer *t)
{
    uint32_t count = count_now(t);
    uint64_t ticks = COUNTS - count;

    qemu_set_irq(t->irq, (t->status & t->enabled) != 0);
    if (!(t->tclr & TCLR_START) || !(t->enabled & (IRQ_MATCH | IRQ_OVERFLOW))) {
        timer_del(t->event);
        return;
    }
    if ((t->tclr & TCLR_COMPARE) && t->tmar > count)
        ticks = t->tmar - count;
    timer_mod(t->event,
              dra7_now() + 1 +
                  muldiv64(ticks, NANOSECONDS_PER_SECOND, rate_hz(t)));
}

static void event(void *opaque)
{
    update(opaque);
}

static void set_count(struct timer *t, uint32_t count)
{
    t->count = count;
    t->since_ns = dra7_now();
}

static uint64_t timer_read(void *opaque, hwaddr at, unsigned size)
{
    struct timer *t = opaque;

    switch (at) {
    case TIDR:
        return TIDR_VALUE;
    case TIOCP_CFG:
        return t->config;
    case IRQSTATUS_RAW:
    case IRQSTATUS:
        update(t);
        return at == IRQSTATUS ? t->status & t->enabled : t->status;
    case IRQENABLE_SET:
    case IRQENABLE_CLR:
        return t->enabled;
    case IRQWAKEEN:
        return t->wake;
    case TCLR:
        count_now(t); /* a one-shot timer clears its start bit */
        return t->tclr;
    case TCRR:
        return count_now(t);
    case TLDR:
        return t->tldr;
    case TTGR:
        return 0xffffffff;
    case TMAR:
        return t->tmar;
    case TSICR:
        return t->tsicr;
    default: /* TWPS: posted writes have arrived */
        return 0;
    }
}

static void timer_reset(void *opaque)
{
    struct timer *t = opaque;

    t->tclr = t->tldr = t->tmar = t->tsicr = 0;
    t->config = t->enabled = t->status = t->wake = 0;
    set_count(t, 0);
    update(t);
}

static void timer_write(void *opaque, hwaddr at, uint64_t value, unsigned size)
{
    struct timer *t = opaque;
    uint32_t count = count_now(t);

    switch (at) {
    case TIOCP_CFG:
        if (value & 1)
            timer_reset(t);
        t->config = value & ~1u;
        break;
    case IRQSTATUS_RAW:
        t->status |= value & 7;
        break;
    case IRQSTATUS:
        t->status &= ~value;
        break;
    case IRQENABLE_SET:
        t->enabled |= value & 7;
        break;
    case IRQENABLE_CLR:
        t->enabled &= ~value;
        break;
    case IRQWAKEEN:
        t->wake = value;
        break;
    case TCLR:
        set_count(t, count);
        t->tclr = value;
        break;
    case TCRR:
        set_count(t, value);
        break;
    case TLDR:
        t->tldr = value;
        break;
    case TTGR:
        set_count(t, t->tldr);
        break;
    case TMAR:
        t->tmar = value;
        break;
    case TSICR:
        t->tsicr = value;
        break;
    }
    update(t);
}

static const MemoryRegionOps timer_ops = {
    .read = timer_read,
    .write = timer_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

static uint32_t counter_32k(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return muldiv64(dra7_now(), RATE_32K_HZ, NANOSECONDS_PER_SECOND);
}

static uint32_t counter_32k_rev(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return COUNTER_REV;
}

static const struct reg_rule rules[] = {
    { COUNTER_32K_PA, 4, counter_32k_rev, NULL },
    { COUNTER_32K_PA + 0x30, 4, counter_32k, NULL },
};

void timers_create(struct dra7 *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(timers); i++) {
        struct timer *t = g_new0(struct timer, 1);

        dra7_map(&t->mr, &timer_ops, t, "dra7-timer", timers[i].pa, 0x80);
        t->soc = soc;
        t->irq = soc->source[timers[i].source];
        t->clkctrl = timers[i].clkctrl;
        t->event = timer_new_ns(QEMU_CLOCK_VIRTUAL, event, t);
        qemu_register_reset(timer_reset, t);
    }
    regs_follow(soc, rules, ARRAY_SIZE(rules));
}
