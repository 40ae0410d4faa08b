/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: clocks of single modules, reset, and the watchdog that the boot ROM
 * starts with three minutes.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 3 (PRCM), "Watchdog Timers", 32.3.4 (what
 *         the ROM leaves); U-Boot arch/arm/mach-omap2/omap5/prcm-regs.c
 *         (addresses), Linux drivers/clk/ti/clkctrl.c (what is ready).
 * Layer:  3 (drivers). Tested on the host, unit/dra7_power.c.
 */
#include <xen/bits.h>
#include <xen/time.h>

#include <asm/mmio.h>

#include "dra7.h"

/* clang-format off */
#define PRM_RSTCTRL        0x1d00u        /* in the window of PRM          */
#define RSTCTRL_WARM       BIT(0)
#define WDT2_CLKCTRL       0x1830u

/* A module's CLKCTRL. */
#define CLKCTRL_MODE       FIELD(1, 0)
#define MODE_ON            2u             /* by software                   */
#define CLKCTRL_IDLE       FIELD(17, 16)
#define IDLE_FUNCTIONAL    0u
#define IDLE_INTERFACE     2u             /* wakes up when it is accessed  */
#define CLKCTRL_SOURCE     FIELD(24, 24)  /* UARTs: 0 is 48 MHz            */

/* Watchdog. */
#define WCLR               0x24u
#define WCLR_PRESCALE      FIELD(5, 5)
#define WCLR_EXPONENT      FIELD(4, 2)
#define WCRR               0x28u          /* counts at 32 kHz, prescaled   */
#define WWPS               0x34u          /* writes on their way, by bits  */
#define WSPR               0x48u          /* start and stop                */
#define WSPR_STOP_1        0xaaaau
#define WSPR_STOP_2        0x5555u
/* clang-format on */

/* Looks at a register, of 100 ns and more, before we give up. */
#define TRIES 100000u

/* ---- clocks ---- */

bool dra7_module_on(volatile uint8_t *clkctrl)
{
    uint32_t val = mmio_read32(clkctrl);

    if (field_get(val, CLKCTRL_MODE) != MODE_ON)
        mmio_write32(clkctrl, field_set(val, CLKCTRL_MODE, MODE_ON));
    for (unsigned int i = 0; i < TRIES; i++) {
        uint32_t idle = field_get(mmio_read32(clkctrl), CLKCTRL_IDLE);

        if (idle == IDLE_FUNCTIONAL || idle == IDLE_INTERFACE)
            return true;
    }
    return false;
}

/* clang-format off */
static const struct {
    uint32_t uart, clkctrl;
} uart_clocks[] = {
    { 0x4806a000, 0x4a009840 }, /* UART1 */
    { 0x4806c000, 0x4a009848 },
    { 0x48020000, 0x4a009850 },
    { 0x4806e000, 0x4a009858 },
    { 0x48066000, 0x4a009870 },
    { 0x48068000, 0x4a005580 },
    { 0x48420000, 0x4a0098d0 },
    { 0x48422000, 0x4a0098e0 },
    { 0x48424000, 0x4a0098e8 },
    { 0x4ae2b000, 0x4ae07880 }, /* UART10 */
};
/* clang-format on */

volatile uint8_t *dra7_uart_clocks;

/* Of the console's UART: where its CLKCTRL is; 0: no such UART. */
static uint32_t kept_clkctrl;

bool dra7_uart_clock_on(paddr_t uart_pa, volatile void *(*map)(paddr_t pa))
{
    volatile uint8_t *clkctrl;
    uint32_t val;

    kept_clkctrl = 0;
    dra7_hold_clocks(0);
    for (size_t i = 0; i < ARRAY_SIZE(uart_clocks); i++)
        if (uart_clocks[i].uart == uart_pa)
            kept_clkctrl = uart_clocks[i].clkctrl;
    clkctrl = kept_clkctrl ? map(kept_clkctrl) : NULL;
    if (!clkctrl)
        return false;

    /* A boot loader that uses it has chosen the divisor for its clock. */
    val = mmio_read32(clkctrl);
    if (field_get(val, CLKCTRL_MODE) != MODE_ON)
        mmio_write32(clkctrl, field_set(val, CLKCTRL_SOURCE, 0));
    dra7_uart_clocks = clkctrl - kept_clkctrl % PAGE_SIZE;
    dra7_hold_clocks(ALIGN_DOWN(kept_clkctrl, PAGE_SIZE));
    return dra7_module_on(clkctrl);
}

/*
 * dom0's tree has a user of this clock, so that its Linux leaves it on; but
 * an access to a UART without one is an abort, so it is not left to dom0.
 */
uint32_t dra7_clock_kept(uint32_t offset)
{
    return offset == kept_clkctrl % PAGE_SIZE
               ? field_mask(CLKCTRL_MODE) | field_mask(CLKCTRL_SOURCE)
               : 0;
}

/* ---- reset ---- */

void dra7_restart(void)
{
    if (!dra7_prm)
        return; /* a panic before it was mapped */
    mmio_write32(dra7_prm + PRM_RSTCTRL, RSTCTRL_WARM);
    (void)mmio_read32(dra7_prm + PRM_RSTCTRL); /* it has arrived */
}

/* ---- watchdog ---- */

/* Three periods of its clock of 32 kHz: if it counts, it has by now. */
static bool counts(void)
{
    uint32_t before = mmio_read32(dra7_wdt2 + WCRR);
    uint32_t control = mmio_read32(dra7_wdt2 + WCLR);
    uint32_t shift = field_get(control, WCLR_PRESCALE)
                         ? field_get(control, WCLR_EXPONENT)
                         : 0;

    time_delay_us(100u << shift);
    return mmio_read32(dra7_wdt2 + WCRR) != before;
}

static void stop_word(uint32_t word)
{
    mmio_write32(dra7_wdt2 + WSPR, word);
    for (unsigned int i = 0; i < TRIES; i++)
        if (mmio_read32(dra7_wdt2 + WWPS) == 0)
            return;
}

const char *dra7_watchdog_stop(void)
{
    uint32_t clkctrl = mmio_read32(dra7_prm + WDT2_CLKCTRL);

    if (field_get(clkctrl, CLKCTRL_MODE) != MODE_ON || !counts())
        return NULL;
    stop_word(WSPR_STOP_1);
    stop_word(WSPR_STOP_2);
    return counts() ? "watchdog: WD_TIMER2 runs and cannot be stopped: it will "
                      "reset the board unless dom0 has a driver for it"
                    : "watchdog: WD_TIMER2 was left running: stopped";
}
