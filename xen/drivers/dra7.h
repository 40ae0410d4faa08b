/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: what the files of this platform tell each other.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 2 (memory map).
 * Layer:  3 (drivers); private to this folder.
 */
#ifndef DRIVERS_DRA7_H
#define DRIVERS_DRA7_H

#include <xen/board.h>
#include <xen/platform.h>

/* Registers, mapped by setup.c from .windows; constant after boot. */
struct dra7_regs {
    volatile uint8_t *counter;  /* MPU PRCM, realtime counter: 0x48243000 */
    volatile uint8_t *wugen;    /* wake-up generator:          0x48281000 */
    volatile uint8_t *prm;      /* PRM, all of it:             0x4ae06000 */
    volatile uint8_t *control;  /* core control module:        0x4a002000 */
    volatile uint8_t *l4per_cm; /* clocks of L4_PER:           0x4a009000 */
    volatile uint8_t *i2c1;     /* the PMIC's bus:             0x48070000 */
    volatile uint8_t *wdt2;     /* watchdog:                   0x4ae14000 */
};
extern struct dra7_regs dra7_regs;

/* CLKCTRL of a module, the same in all clock domains (TRM 3.1.1.1.2). */
#define CLKCTRL_MODE      FIELD(1, 0)
#define CLKCTRL_MODE_ON   2u           /* enabled explicitly             */
#define CLKCTRL_SOURCE    FIELD(24, 24)
#define CLKCTRL_IDLE      FIELD(17, 16)
#define CLKCTRL_IDLE_NONE 0u           /* fully functional               */

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
extern const struct platform_held dra7_held[];
bool dra7_rom_service(uint32_t service, uint32_t arg, uint32_t *answer);

/* ---- dra7_power.c ---- */

/* struct platform: restart, uart_clock_on, watchdog_stop. */
void dra7_restart(void);
void dra7_uart_clock_on(paddr_t uart_pa, volatile void *(*map)(paddr_t pa));
const char *dra7_watchdog_stop(void);
/* struct platform_held: kept, for the page with the console UART's clock. */
uint32_t dra7_clock_kept(uint32_t offset);
/* Enable a module by its CLKCTRL; false: it does not come up. */
bool dra7_module_on(volatile uint8_t *clkctrl);

/* ---- dra7_pmic.c ---- */

/* struct platform: poweroff. Returns when it did not work. */
void dra7_poweroff(void);

#endif /* DRIVERS_DRA7_H */
