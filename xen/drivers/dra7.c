/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TI DRA7 (DRA74x, DRA75x: Jacinto 6).
 *
 * Its firmware has no PSCI and leaves CNTFRQ at 0, the counter's clock is
 * ours to program, the second CPU waits in the boot ROM (dra7_cpu.c), and
 * interrupts go through a crossbar to the GIC (dra7_crossbar.c). dom0 has all
 * of it, save what dra7_dom0.c holds.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 2 (memory mapping).
 * Layer:  3 (drivers). Tested on the host, unit/dra7.c.
 */
#include "dra7.h"

volatile uint8_t *dra7_counter, *dra7_wugen, *dra7_prm, *dra7_control,
    *dra7_l4per_cm, *dra7_i2c1, *dra7_wdt2;

static const struct platform_window windows[] = {
    { 0x48243000, 0x1000, &dra7_counter },
    { 0x48281000, 0x1000, &dra7_wugen },
    { 0x4ae06000, 0x2000, &dra7_prm },
    { 0x4a002000, 0x1000, &dra7_control },
    { 0x4a009000, 0x1000, &dra7_l4per_cm },
    { 0x48070000, 0x1000, &dra7_i2c1 },
    { 0x4ae14000, 0x1000, &dra7_wdt2 },
    { 0, 0, NULL },
};

static int dra7_init(const struct board *b)
{
    dra7_crossbar_init(b);
    dra7_pmic_init(b);
    dra7_counter_init();
    return 0;
}

static const char *const compatibles[] = { "ti,dra7", "ti,dra74", "ti,dra742",
                                           NULL };

const struct platform platform_dra7 = {
    .name = "TI DRA7",
    .compatibles = compatibles,
    .windows = windows,
    .init = dra7_init,
    .timer_hz = dra7_timer_hz,
    .cpu_init = dra7_cpu_init,
    .cpus_release = dra7_cpus_release,
    .cpus_ask_rom = true,
    .restart = dra7_restart,
    .poweroff = dra7_poweroff,
    .router = "ti,irq-crossbar",
    .router_skip = "ti,irqs-skip",
    .irq_map = dra7_irq_map,
    .irq_keep = dra7_irq_keep,
    .ram_check = dra7_ram_check,
    .uart_clock_on = dra7_uart_clock_on,
    .watchdog_stop = dra7_watchdog_stop,
    .rom_service = dra7_rom_service,
    .dom0_held = dra7_held,
};
