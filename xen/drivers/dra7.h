/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: what the files of this platform tell each other.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 2 (memory mapping).
 * Layer:  3 (drivers); private to this folder.
 */
#ifndef DRIVERS_DRA7_H
#define DRIVERS_DRA7_H

#include <xen/board.h>
#include <xen/platform.h>

/* Registers, mapped by setup.c from .windows (dra7.c); constant after boot. */
/* clang-format off */
extern volatile uint8_t
    *dra7_counter,  /* MPU PRCM, realtime counter: 0x48243000 */
    *dra7_wugen,    /* wake-up generator:          0x48281000 */
    *dra7_prm,      /* PRM, all of it:             0x4ae06000 */
    *dra7_control,  /* core control module:        0x4a002000 */
    *dra7_l4per_cm, /* clocks of L4_PER:           0x4a009000 */
    *dra7_i2c1,     /* the PMIC's bus:             0x48070000 */
    *dra7_wdt2;     /* watchdog:                   0x4ae14000 */
/* clang-format on */

/* The page with the clock of the console's UART, by dra7_uart_clock_on. */
extern volatile uint8_t *dra7_uart_clocks;

/* ---- dra7_cpu.c ---- */

/* Program the counter's ratio for this board's clocks; boot, once. */
void dra7_counter_init(void);
/* struct platform: timer_hz, cpu_init, cpus_release. */
uint32_t dra7_timer_hz(const char **why);
void dra7_cpu_init(uint32_t timer_hz);
void dra7_cpus_release(paddr_t entry_pa, uint32_t entry_va, char *text,
                       size_t size);

/* ---- dra7_crossbar.c ---- */

/* Which SPIs the crossbar has; boot, once. */
void dra7_crossbar_init(const struct board *b);
/* struct platform: irq_map, irq_keep. */
int dra7_irq_map(const struct fdt_irq *irq);
void dra7_irq_keep(uint32_t intid);
/* struct platform_held: kept, for the control module and for WUGEN. */
uint32_t dra7_control_kept(uint32_t offset);
uint32_t dra7_wugen_kept(uint32_t offset);

/* ---- dra7_dom0.c ---- */

/* struct platform: dom0_held, rom_service. */
extern struct platform_held dra7_held[];
bool dra7_rom_service(uint32_t service, uint32_t arg, uint32_t *answer);
/* The page that dra7_uart_clocks has in the table; 0: none. Boot. */
void dra7_hold_clocks(paddr_t page_pa);

/* ---- dra7_power.c ---- */

/* struct platform: restart, uart_clock_on, watchdog_stop. */
void dra7_restart(void);
bool dra7_uart_clock_on(paddr_t uart_pa, volatile void *(*map)(paddr_t pa));
const char *dra7_watchdog_stop(void);
/* struct platform_held: kept, for the page with the console UART's clock. */
uint32_t dra7_clock_kept(uint32_t offset);
/* Enable a module by its CLKCTRL; false: it does not come up. */
bool dra7_module_on(volatile uint8_t *clkctrl);

/* ---- dra7_ram.c ---- */

/* struct platform: ram_check. */
void dra7_ram_check(struct board *b, volatile void *(*map)(paddr_t pa));

/* ---- dra7_pmic.c ---- */

/* Which PMIC the tree has; boot, once. */
void dra7_pmic_init(const struct board *b);
/* struct platform: poweroff. */
void dra7_poweroff(void);

#endif /* DRIVERS_DRA7_H */
