/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks, power and reset (PRCM), and the realtime counter's fraction.
 *
 * Clocks have no effect but on timers: all modules always run. What software
 * waits for is answered: a module is idle or functional as it was set, a DPLL
 * is locked or in bypass, a reset line is out of reset when it was released.
 *
 * Source: TRM, Power, Reset and Clock Management; dtb (clock nodes: the
 *         places of CLKCTRL, DPLL and divider registers; prm nodes); Linux
 *         drivers/clk/ti, mach-omap2/{timer.c,omap4-restart.c}; U-Boot
 *         arch/arm/mach-omap2/{clocks-common.c,omap5/prcm-regs.c,hwinit.c}.
 */
#include "dra7.h"

#define CM_CLKSEL_SYS       0x4ae06110u
#define CTRL_CORE_BOOTSTRAP 0x4a0026c4u
#define PRM_RSTCTRL         0x4ae07d00u
#define PRM_RSTST           0x4ae07d04u
#define RTC_NUMERATOR       0x48243210u /* Linux mach-omap2/timer.c */
#define RTC_DENOMINATOR     0x48243214u

#define CLKCTRL_MODULEMODE 0x3u     /* 1, 2: enabled                 */
#define CLKCTRL_IDLEST     0x30000u /* 3: disabled, 0: functional    */
#define DPLL_EN            0x7u     /* 7: lock                       */

/* What Linux's dra7xx-clocks.dtsi and U-Boot take from CM_CLKSEL_SYS. */
static const uint32_t sysclk_hz[8] = {
    [1] = 12000000, [2] = 20000000, [3] = 16800000, [4] = 19200000,
    [5] = 26000000, [6] = 27000000, [7] = 38400000,
};

/* PRM_RSTST of the next reset; Linux mach-omap2/prm7xx.h. */
static uint32_t reset_cause = RESET_COLD;

static uint32_t clkctrl_read(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    stored &= ~CLKCTRL_IDLEST;
    return stored & CLKCTRL_MODULEMODE ? stored : stored | CLKCTRL_IDLEST;
}

/* CM_IDLEST_DPLL_x follows CM_CLKMODE_DPLL_x, the word before it. */
static uint32_t dpll_read(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return (*reg_word(soc, pa - 4) & DPLL_EN) == DPLL_EN ? 1 : 0x100;
}

/* RM_x_RSTST tells which resets of RM_x_RSTCTRL, before it, have ended. */
static uint32_t rstst_read(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored | (~*reg_word(soc, pa - 4) & 0x1f);
}

/* PRM_IO_PMCTRL: bit 1, the status, follows bit 0, the override. */
static uint32_t io_pmctrl_read(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return (stored & ~2u) | (stored & 1) << 1;
}

/* PRM_IRQSTATUS_MPU, _2: the voltage transitions (ABB) are done. */
static uint32_t abb_done(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored | 0xf0000080u;
}

void prcm_reset(enum reset_cause cause, const char *what)
{
    qemu_log("dra7: %s: reset\n", what);
    reset_cause = cause;
    qemu_system_reset_request(SHUTDOWN_CAUSE_GUEST_RESET);
}

static void rstctrl_written(struct dra7 *soc, uint32_t pa, uint32_t before)
{
    uint32_t value = *reg_word(soc, pa);

    if (value & 2)
        prcm_reset(RESET_COLD, "PRM_RSTCTRL, cold");
    else if (value & 1)
        prcm_reset(RESET_WARM, "PRM_RSTCTRL, warm");
}

static void fraction_written(struct dra7 *soc, uint32_t pa, uint32_t before)
{
    uint64_t num = *reg_word(soc, RTC_NUMERATOR) & 0xfff;
    uint32_t den = *reg_word(soc, RTC_DENOMINATOR) & 0xfff;

    if (num && den)
        qemu_log("dra7: realtime counter: %u Hz * %u / %u = %u Hz\n",
                 soc->sysclk_hz, (unsigned)num, den,
                 (unsigned)(soc->sysclk_hz * num / den));
}

/* clang-format off */
static const struct reg_rule rules[] = {
    /* CM_x_CLKCTRL by clock domain, from the dtb's "ti,clkctrl" nodes. */
    { 0x4a005320, 0x04, clkctrl_read, NULL },  /* mpu       */
    { 0x4a005420, 0x04, clkctrl_read, NULL },  /* dsp1      */
    { 0x4a005520, 0x04, clkctrl_read, NULL },  /* ipu1      */
    { 0x4a005550, 0x34, clkctrl_read, NULL },  /* ipu       */
    { 0x4a005620, 0x04, clkctrl_read, NULL },  /* dsp2      */
    { 0x4a005720, 0x28, clkctrl_read, NULL },  /* rtc       */
    { 0x4a005760, 0x0c, clkctrl_read, NULL },  /* vpe       */
    { 0x4a008620, 0x1c, clkctrl_read, NULL },  /* coreaon   */
    { 0x4a008720, 0x74, clkctrl_read, NULL },  /* l3main1   */
    { 0x4a008920, 0x04, clkctrl_read, NULL },  /* ipu2      */
    { 0x4a008a20, 0x04, clkctrl_read, NULL },  /* dma       */
    { 0x4a008b20, 0x04, clkctrl_read, NULL },  /* emif      */
    { 0x4a008c00, 0x04, clkctrl_read, NULL },  /* atl       */
    { 0x4a008d20, 0x84, clkctrl_read, NULL },  /* l4cfg     */
    { 0x4a008e20, 0x0c, clkctrl_read, NULL },  /* l3instr   */
    { 0x4a008f20, 0x0c, clkctrl_read, NULL },  /* iva       */
    { 0x4a009020, 0x2c, clkctrl_read, NULL },  /* cam       */
    { 0x4a009120, 0x14, clkctrl_read, NULL },  /* dss       */
    { 0x4a009220, 0x04, clkctrl_read, NULL },  /* gpu       */
    { 0x4a009320, 0x6c, clkctrl_read, NULL },  /* l3init    */
    { 0x4a0093b0, 0x0c, clkctrl_read, NULL },  /* pcie      */
    { 0x4a0093d0, 0x04, clkctrl_read, NULL },  /* gmac      */
    { 0x4a0093e0, 0x14, clkctrl_read, NULL },  /* l3init    */
    { 0x4a00970c, 0x04, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a009714, 0x04, clkctrl_read, NULL },  /* l4per3    */
    { 0x4a009718, 0x0c, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a009728, 0x64, clkctrl_read, NULL },  /* l4per     */
    { 0x4a009790, 0x0c, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a0097a0, 0x24, clkctrl_read, NULL },  /* l4per     */
    { 0x4a0097c4, 0x04, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a0097c8, 0x14, clkctrl_read, NULL },  /* l4per3    */
    { 0x4a0097f0, 0x3c, clkctrl_read, NULL },  /* l4per     */
    { 0x4a009830, 0x04, clkctrl_read, NULL },  /* l4per3    */
    { 0x4a009838, 0x04, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a009840, 0x1c, clkctrl_read, NULL },  /* l4per     */
    { 0x4a009860, 0x0c, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a009870, 0x04, clkctrl_read, NULL },  /* l4per     */
    { 0x4a009878, 0x24, clkctrl_read, NULL },  /* l4per2    */
    { 0x4a0098a0, 0x2c, clkctrl_read, NULL },  /* l4sec     */
    { 0x4a0098d0, 0x3c, clkctrl_read, NULL },  /* l4per2    */
    { 0x4ae07820, 0x6c, clkctrl_read, NULL },  /* wkupaon   */
    /* The same, not in the dtb: U-Boot enables them, omap5/hw_data.c. */
    { 0x4a008a28, 0x10, clkctrl_read, NULL },  /* dma       */
    { 0x4a008b28, 0x20, clkctrl_read, NULL },  /* emif      */
    { 0x4a008e38, 0x10, clkctrl_read, NULL },  /* l3instr   */

    /* CM_IDLEST_DPLL_x, from the dtb's "ti,omap*-dpll-clock" nodes. */
    { 0x4a0051e4, 4, dpll_read, NULL },  /* ABE       */
    { 0x4a005124, 4, dpll_read, NULL },  /* CORE      */
    { 0x4a005164, 4, dpll_read, NULL },  /* MPU       */
    { 0x4a005238, 4, dpll_read, NULL },  /* DSP       */
    { 0x4a0051a4, 4, dpll_read, NULL },  /* IVA       */
    { 0x4a0052dc, 4, dpll_read, NULL },  /* GPU       */
    { 0x4a005214, 4, dpll_read, NULL },  /* DDR       */
    { 0x4a0052ac, 4, dpll_read, NULL },  /* GMAC      */
    { 0x4a005288, 4, dpll_read, NULL },  /* EVE       */
    { 0x4a008204, 4, dpll_read, NULL },  /* PCIE_REF  */
    { 0x4a008144, 4, dpll_read, NULL },  /* PER       */
    { 0x4a008184, 4, dpll_read, NULL },  /* USB       */

    { 0x4a005260, 4, reg_bit0_clears, NULL },  /* CM_SHADOW_FREQ_CONFIG1:
                                                  update done; U-Boot     */
    { 0x4a008220, 4, reg_bit0_set,    NULL },  /* CM_IDLEST_APLL_PCIE:
                                                  locked; Linux apll.c    */
    { 0x4ae06010, 8, abb_done,        NULL },  /* U-Boot abb.c            */
    { 0x4ae07d20, 4, io_pmctrl_read,  NULL },  /* U-Boot dra7xx_iodelay.c */
    { PRM_RSTCTRL,   4, NULL, rstctrl_written },
    { RTC_NUMERATOR, 8, NULL, fraction_written },

    /* RM_x_RSTST, from the dtb's "ti,omap-prm-inst" nodes with resets. */
    { 0x4ae06414, 4, rstst_read, NULL },  /* DSP1      */
    { 0x4ae06514, 4, rstst_read, NULL },  /* IPU       */
    { 0x4ae06714, 4, rstst_read, NULL },  /* CORE      */
    { 0x4ae06f14, 4, rstst_read, NULL },  /* IVA       */
    { 0x4ae07314, 4, rstst_read, NULL },  /* L3INIT    */
    { 0x4ae07b14, 4, rstst_read, NULL },  /* DSP2      */
};

/*
 * Dividers of the DPLLs' outputs are 1 after reset, from the dtb's
 * "ti,divider-clock" nodes that start at one: Linux warns of a 0.
 */
static const struct reg_value dividers[] = {
    { 0x4a005130, 1 },  /* core-m2      */
    { 0x4a00513c, 1 },  /* core-h12x2   */
    { 0x4a005140, 1 },  /* core-h13x2   */
    { 0x4a005144, 1 },  /* core-h14x2   */
    { 0x4a005154, 1 },  /* core-h22x2   */
    { 0x4a005158, 1 },  /* core-h23x2   */
    { 0x4a00515c, 1 },  /* core-h24x2   */
    { 0x4a005170, 1 },  /* mpu-m2       */
    { 0x4a0051b0, 1 },  /* iva-m2       */
    { 0x4a0051f0, 1 },  /* abe-m2x2     */
    { 0x4a0051f4, 1 },  /* abe-m3x2     */
    { 0x4a005220, 1 },  /* ddr-m2       */
    { 0x4a005228, 1 },  /* ddr-h11x2    */
    { 0x4a005244, 1 },  /* dsp-m2       */
    { 0x4a005248, 1 },  /* dsp-m3x2     */
    { 0x4a005294, 1 },  /* eve-m2       */
    { 0x4a0052b8, 1 },  /* gmac-m2      */
    { 0x4a0052bc, 1 },  /* gmac-m3x2    */
    { 0x4a0052c0, 1 },  /* gmac-h11x2   */
    { 0x4a0052c4, 1 },  /* gmac-h12x2   */
    { 0x4a0052c8, 1 },  /* gmac-h13x2   */
    { 0x4a0052e8, 1 },  /* gpu-m2       */
    { 0x4a008150, 1 },  /* per-m2       */
    { 0x4a008158, 1 },  /* per-h11x2    */
    { 0x4a00815c, 1 },  /* per-h12x2    */
    { 0x4a008160, 1 },  /* per-h13x2    */
    { 0x4a008164, 1 },  /* per-h14x2    */
    { 0x4a008190, 1 },  /* usb-m2       */
    { 0x4a008210, 1 },  /* pcie-ref-m2ldo */
};
/* clang-format on */

static void prcm_at_reset(void *opaque)
{
    struct dra7 *soc = opaque;

    regs_set(soc, dividers, ARRAY_SIZE(dividers));
    *reg_word(soc, CM_CLKSEL_SYS) = soc->config.sys_clksel;
    *reg_word(soc, CTRL_CORE_BOOTSTRAP) = soc->config.speedselect << 8;
    *reg_word(soc, PRM_RSTST) = reset_cause;
    reset_cause = RESET_COLD;
    if (soc->after_spl)
        after_spl_set(soc);
}

void prcm_create(struct dra7 *soc)
{
    soc->sysclk_hz = sysclk_hz[soc->config.sys_clksel & 7];
    regs_follow(soc, rules, ARRAY_SIZE(rules));
    qemu_register_reset(prcm_at_reset, soc);
}
