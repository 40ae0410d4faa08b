/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: what dom0 finds of the board but does not own: registers that it
 * shares with Xen, and the boot ROM's services.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 4.3 (MPU subsystem, its PRCM), 32.3.4
 *         (boot ROM); Linux arch/arm/mach-omap2/omap-secure.h (services and
 *         their answers), omap-wakeupgen.c (0x108), timer.c (0x109).
 * Layer:  3 (drivers). Tested on the host, unit/dra7.c.
 */
#include <xen/bits.h>

#include "dra7.h"

/* clang-format off */
/* MPU PRCM: power state and reset of each CPU, the realtime counter. */
#define COUNTER_NUMERATOR    0x210u
#define COUNTER_DENOMINATOR  0x214u
#define CPU_PWRSTCTRL(cpu_) (0x400u + 0x400u * (cpu_))
#define CPU_RSTCTRL(cpu_)   (0x410u + 0x400u * (cpu_))
/* clang-format on */

/*
 * Linux writes the counter's ratio when it starts; a domain must not change
 * everybody's time. Nor may it take a CPU away that Xen runs on.
 */
static uint32_t mpu_prcm_kept(uint32_t offset)
{
    switch (offset) {
    case COUNTER_NUMERATOR:
    case COUNTER_DENOMINATOR:
    case CPU_PWRSTCTRL(0):
    case CPU_PWRSTCTRL(1):
    case CPU_RSTCTRL(0):
    case CPU_RSTCTRL(1):
        return UINT32_MAX;
    default:
        return 0;
    }
}

/* clang-format off */
enum { HELD_CONTROL, HELD_WUGEN, HELD_COUNTER, HELD_CLOCKS, HELD_END };

/* The row of the clocks ends the table until the console's UART is known. */
struct platform_held dra7_held[] = {
    [HELD_CONTROL] = { 0x4a002000, &dra7_control,     dra7_control_kept },
    [HELD_WUGEN]   = { 0x48281000, &dra7_wugen,       dra7_wugen_kept   },
    [HELD_COUNTER] = { 0x48243000, &dra7_counter,     mpu_prcm_kept     },
    [HELD_CLOCKS]  = { 0,          &dra7_uart_clocks, NULL              },
    [HELD_END]     = { 0,          NULL,              NULL              },
};
/* clang-format on */

void dra7_hold_clocks(paddr_t page_pa)
{
    dra7_held[HELD_CLOCKS].pa = page_pa;
    dra7_held[HELD_CLOCKS].kept = page_pa ? dra7_clock_kept : NULL;
}

/* Services have numbers of their own in r12; r0 is then no PSCI function. */
#define ROM_SERVICE_FIRST 0x100u
#define ROM_SERVICE_LAST  0x1ffu

#define ROM_ENTER_HYP     0x102u
#define ROM_SET_ACTLR     0x107u
#define ROM_SET_AMBA_MODE 0x108u
#define ROM_SET_CNTFRQ    0x109u

#define ROM_OK      0u
#define ROM_UNKNOWN 0xffffffffu

/*
 * What dom0 asks for has been done for both CPUs, or does not matter: 0x107
 * is the branch predictor's bit of ACTLR, 0x109 the counter's rate, and
 * 0x108 lets the CPUs be powered down one by one, which nobody does here.
 * None is passed on: the arguments are a guest's, and the ROM runs in
 * secure state.
 *
 * 0x102 does not come back when it succeeds: it goes on at r0, in Hyp mode.
 * That is ours, so it comes back behind the SMC, with what the ROM says of a
 * service that it does not have.
 */
bool dra7_rom_service(uint32_t service, uint32_t arg, uint32_t *answer)
{
    (void)arg;
    if (service < ROM_SERVICE_FIRST || service > ROM_SERVICE_LAST)
        return false;
    switch (service) {
    case ROM_SET_ACTLR:
    case ROM_SET_AMBA_MODE:
    case ROM_SET_CNTFRQ:
        *answer = ROM_OK;
        break;
    case ROM_ENTER_HYP:
    default:
        *answer = ROM_UNKNOWN;
        break;
    }
    return true;
}
