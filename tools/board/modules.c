/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules that are storage, but for what drivers wait for: a soft reset that
 * is over at once, and a status that says so.
 *
 * The dtb's interconnect nodes ("ti,sysc") give the place of each module's
 * SYSCONFIG and SYSSTATUS, and by their kind the soft reset bit: 0 for
 * ti,sysc-omap4, 1 for ti,sysc-omap2 and its variants. Linux's
 * drivers/bus/ti-sysc.c resets each of these modules, used or not.
 *
 * Source: dtb (target-module nodes); Linux drivers/bus/ti-sysc.c and the
 *         files named below.
 */
#include "dra7.h"

/* GPIO registers within a bank: TRM, General-Purpose Interface. */
enum {
    GPIO_DATAOUT = 0x13c,
    GPIO_CLEARDATAOUT = 0x190,
    GPIO_SETDATAOUT = 0x194,
};

static uint32_t iodelay_done(struct dra7 *soc, uint32_t pa, uint32_t stored)
{
    return stored & ~3u;
}

static void gpio_written(struct dra7 *soc, uint32_t pa, uint32_t before)
{
    uint32_t *out = reg_word(soc, (pa & ~0xfffu) + GPIO_DATAOUT);

    if ((pa & 0xfff) == GPIO_SETDATAOUT)
        *out |= *reg_word(soc, pa);
    else
        *out &= ~*reg_word(soc, pa);
}

/* clang-format off */
static const struct reg_rule rules[] = {
    /* SYSCONFIG: the reset bit is clear again. SYSSTATUS: reset is done. */
    { 0x40d01010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x40d01014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x40d02010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x40d02014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x41501010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x41501014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x41502010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x41502014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x42701110, 4, reg_bit1_clears, NULL }, /* sham config               */
    { 0x42701114, 4, reg_bit0_set,    NULL }, /* sham status               */
    { 0x43300010, 4, reg_bit0_clears, NULL }, /* dma config                */
    { 0x43400010, 4, reg_bit0_clears, NULL }, /* dma config                */
    { 0x43500010, 4, reg_bit0_clears, NULL }, /* dma config                */
    { 0x48051010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x48051114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x48053010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x48053114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x48055010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x48055114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x48057010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x48057114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x48059010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x48059114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x4805b010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x4805b114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x4805d010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x4805d114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x48078010, 4, reg_bit1_clears, NULL }, /* elm config                */
    { 0x48078014, 4, reg_bit0_set,    NULL }, /* elm status                */
    { 0x48091fe4, 4, reg_bit1_clears, NULL }, /* rng config                */
    { 0x48098010, 4, reg_bit0_clears, NULL }, /* spi config                */
    { 0x4809a010, 4, reg_bit0_clears, NULL }, /* spi config                */
    { 0x4809c010, 4, reg_bit0_clears, NULL }, /* mmc config                */
    { 0x480a5034, 4, reg_bit1_clears, NULL }, /* des config                */
    { 0x480a5038, 4, reg_bit0_set,    NULL }, /* des status                */
    { 0x480ad010, 4, reg_bit0_clears, NULL }, /* mmc config                */
    { 0x480b2014, 4, reg_bit1_clears, NULL }, /* 1w config                 */
    { 0x480b2018, 4, reg_bit0_set,    NULL }, /* 1w status                 */
    { 0x480b4010, 4, reg_bit0_clears, NULL }, /* mmc config                */
    { 0x480b8010, 4, reg_bit0_clears, NULL }, /* spi config                */
    { 0x480ba010, 4, reg_bit0_clears, NULL }, /* spi config                */
    { 0x480d1010, 4, reg_bit0_clears, NULL }, /* mmc config                */
    { 0x4843e004, 4, reg_bit0_clears, NULL }, /* epwmss config             */
    { 0x48440004, 4, reg_bit0_clears, NULL }, /* epwmss config             */
    { 0x48442004, 4, reg_bit0_clears, NULL }, /* epwmss config             */
    { 0x48460004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48464004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48468004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x4846c004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48470004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48474004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48478004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x4847c004, 4, reg_bit0_clears, NULL }, /* mcasp config              */
    { 0x48485204, 4, reg_bit0_set,    NULL }, /* switch status             */
    { 0x48485208, 4, reg_bit0_clears, NULL }, /* switch config             */
    { 0x48802010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48838078, 4, reg_bit0_clears, NULL }, /* rtc config                */
    { 0x4883a010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x4883c010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x4883e010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48840010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48842010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48844010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48846010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x4885e010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48860010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48862010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48864010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x48880010, 4, reg_bit0_clears, NULL }, /* omap_dwc3_1 config        */
    { 0x488c0010, 4, reg_bit0_clears, NULL }, /* omap_dwc3_2 config        */
    { 0x48900010, 4, reg_bit0_clears, NULL }, /* omap_dwc3_3 config        */
    { 0x48940010, 4, reg_bit0_clears, NULL }, /* omap_dwc3_4 config        */
    { 0x48970010, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x48990010, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x489b0010, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x489d0010, 4, reg_bit0_clears, NULL }, /* vpe config                */
    { 0x4a056028, 4, reg_bit0_set,    NULL }, /* sdma status               */
    { 0x4a05602c, 4, reg_bit1_clears, NULL }, /* sdma config               */
    { 0x4a080010, 4, reg_bit1_clears, NULL }, /* ocp2scp config            */
    { 0x4a080014, 4, reg_bit0_set,    NULL }, /* ocp2scp status            */
    { 0x4a090010, 4, reg_bit1_clears, NULL }, /* ocp2scp config            */
    { 0x4a090014, 4, reg_bit0_set,    NULL }, /* ocp2scp status            */
    { 0x4a0d9038, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x4a0dd038, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x4a0f4010, 4, reg_bit0_clears, NULL }, /* mailbox config            */
    { 0x4a0f6010, 4, reg_bit1_clears, NULL }, /* spinlock config           */
    { 0x4a0f6014, 4, reg_bit0_set,    NULL }, /* spinlock status           */
    { 0x4a141100, 4, reg_bit0_clears, NULL }, /* sata config               */
    { 0x4ae10010, 4, reg_bit1_clears, NULL }, /* gpio config               */
    { 0x4ae10114, 4, reg_bit0_set,    NULL }, /* gpio status               */
    { 0x4b101110, 4, reg_bit1_clears, NULL }, /* sham config               */
    { 0x4b101114, 4, reg_bit0_set,    NULL }, /* sham status               */
    { 0x4b300010, 4, reg_bit0_clears, NULL }, /* spi config                */
    { 0x4b500084, 4, reg_bit1_clears, NULL }, /* aes config                */
    { 0x4b500088, 4, reg_bit0_set,    NULL }, /* aes status                */
    { 0x4b700084, 4, reg_bit1_clears, NULL }, /* aes config                */
    { 0x4b700088, 4, reg_bit0_set,    NULL }, /* aes status                */
    { 0x4e000010, 4, reg_bit1_clears, NULL }, /* dmm config                */
    { 0x50000010, 4, reg_bit1_clears, NULL }, /* gpmc config               */
    { 0x50000014, 4, reg_bit0_set,    NULL }, /* gpmc status               */
    { 0x55082010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x55082014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x5600fe10, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */
    { 0x58000014, 4, reg_bit0_set,    NULL }, /* dss status                */
    { 0x58001010, 4, reg_bit1_clears, NULL }, /* dispc config              */
    { 0x58001014, 4, reg_bit0_set,    NULL }, /* dispc status              */
    { 0x58040010, 4, reg_bit0_clears, NULL }, /* encoder config            */
    { 0x58882010, 4, reg_bit1_clears, NULL }, /* mmu config                */
    { 0x58882014, 4, reg_bit0_set,    NULL }, /* mmu status                */
    { 0x5a05a410, 4, reg_bit0_clears, NULL }, /* (unnamed) config          */

    /* HSMMC 1 to 4 reset below their SDHCI part: U-Boot omap_hsmmc.c. */
    { 0x4809c110, 4, reg_bit1_clears, NULL },
    { 0x4809c114, 4, reg_bit0_set,    NULL },
    { 0x480b4110, 4, reg_bit1_clears, NULL },
    { 0x480b4114, 4, reg_bit0_set,    NULL },
    { 0x480ad110, 4, reg_bit1_clears, NULL },
    { 0x480ad114, 4, reg_bit0_set,    NULL },
    { 0x480d1110, 4, reg_bit1_clears, NULL },
    { 0x480d1114, 4, reg_bit0_set,    NULL },

    /* CPSW: soft resets of switch, DMA and both ports; U-Boot cpsw.c. */
    { 0x48484008, 4, reg_bit0_clears, NULL },
    { 0x4848481c, 4, reg_bit0_clears, NULL },
    { 0x48484d8c, 4, reg_bit0_clears, NULL },
    { 0x48484dcc, 4, reg_bit0_clears, NULL },
    /* MDIO: USERACCESS.GO is clear, ACK too: no PHY answers. */
    { 0x48485080, 8, reg_bit31_clears, NULL },

    /* IODELAY CONFIG_REG_0: calibration and ROM read done; U-Boot
       dra7xx_iodelay.c. */
    { 0x4844a00c, 4, iodelay_done, NULL },

    /* GPIO 2 to 8, then 1: DATAOUT is cleared and set through two more. */
    { 0x48055190, 8, NULL, gpio_written },
    { 0x48057190, 8, NULL, gpio_written },
    { 0x48059190, 8, NULL, gpio_written },
    { 0x4805b190, 8, NULL, gpio_written },
    { 0x4805d190, 8, NULL, gpio_written },
    { 0x48051190, 8, NULL, gpio_written },
    { 0x48053190, 8, NULL, gpio_written },
    { 0x4ae10190, 8, NULL, gpio_written },
};

static const struct reg_value reset_values[] = {
    { 0x4ae0c204, 0x2b99002f },  /* CTRL_WKUP_ID_CODE: DRA752 ES2.0; Linux
                                    mach-omap2/id.c                        */
    { 0x4a002134, 0x000000c0 },  /* CTRL_CORE_STATUS: 8:6 = 3, a GP device;
                                    U-Boot and Linux omap_type()           */
    { 0x50000054, 0x00000101 },  /* GPMC_STATUS: WAIT0 high, buffer empty;
                                    U-Boot would wait a second for NAND    */
    { 0x4844a018, 0x01000300 },  /* IODELAY CONFIG_REG_3, REG_4: delay of
                                    the coarse and of the fine element;    */
    { 0x4844a01c, 0x01000100 },  /* the quotient is a divisor in U-Boot    */
};
/* clang-format on */

static void modules_reset(void *opaque)
{
    regs_set(opaque, reset_values, ARRAY_SIZE(reset_values));
}

void modules_create(struct dra7 *soc)
{
    regs_follow(soc, rules, ARRAY_SIZE(rules));
    qemu_register_reset(modules_reset, soc);
}
