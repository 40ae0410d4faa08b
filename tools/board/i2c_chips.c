/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chips on the EVM's I2C buses that boot software talks to.
 *
 * Source: U-Boot board/ti/common/board_detect.c (EEPROM), board/ti/dra7xx
 *         (its contents, PMIC, expanders); dtb, i2c1 and i2c2; Linux
 *         drivers/mfd/palmas.c (power-off).
 */
#include "dra7.h"

#define PMIC_DEV_CTRL 0xa0
#define PMIC_DEV_ON   (1u << 0)
#define PMIC_SMPS9    0x5b
#define EEPROM_MAGIC  0xaa5533eeu

/* clang-format off */
static struct i2c_chip bus1[] = {
    { .addr = 0x50, .pointer_bytes = 2, .read_only = true }, /* EEPROM      */
    { .addr = 0x58, .pointer_bytes = 1 },   /* PMIC TPS659038, its first page */
    { .addr = 0x59, .pointer_bytes = 1 },   /* ... second                    */
    { .addr = 0x5a, .pointer_bytes = 1 },   /* ... third                     */
    { .addr = 0x20 },                       /* PCF8575: LCD, pad choice      */
    { .addr = 0x21 },                       /* PCF8575: Ethernet, USB        */
};

static struct i2c_chip bus2[] = {
    { .addr = 0x26 },                       /* PCF8575: HDMI                 */
};
/* clang-format on */

static void eeprom_fill(struct i2c_chip *chip, uint64_t ram_size)
{
    /* U-Boot adds both EMIFs' sizes; above 1.5 GiB it takes other maps. */
    uint32_t emif1 = MIN(ram_size, 2 * GiB), emif2 = ram_size - emif1;

    if (ram_size == 1536 * MiB) {
        emif1 = 1 * GiB;
        emif2 = 512 * MiB;
    }
    stl_le_p(chip->mem + 0, EEPROM_MAGIC);
    memcpy(chip->mem + 4, "5777xCPU", 8);
    stw_le_p(chip->mem + 20, 8); /* revision, major: H */
    stl_le_p(chip->mem + 28, emif1);
    stl_le_p(chip->mem + 32, emif2);
}

static void pmic_written(struct i2c_chip *chip, uint8_t reg)
{
    if (reg == PMIC_DEV_CTRL && !(chip->mem[reg] & PMIC_DEV_ON)) {
        qemu_log("dra7: the PMIC switches the board off\n");
        qemu_system_shutdown_request(SHUTDOWN_CAUSE_GUEST_SHUTDOWN);
    }
}

static void pmic_reset(void *opaque)
{
    struct i2c_chip *chip = opaque;

    memset(chip->mem, 0, sizeof(chip->mem));
    chip->mem[PMIC_DEV_CTRL] = PMIC_DEV_ON;
    chip->mem[PMIC_SMPS9] = 0xae; /* 1.8 V */
}

struct i2c_chip *i2c_chips(struct dra7 *soc, int bus, size_t *nr)
{
    *nr = 0;
    if (bus == 0) {
        eeprom_fill(&bus1[0], soc->config.ram_size);
        bus1[1].written = pmic_written;
        qemu_register_reset(pmic_reset, &bus1[1]);
        *nr = ARRAY_SIZE(bus1);
        return bus1;
    }
    if (bus == 1) {
        *nr = ARRAY_SIZE(bus2);
        return bus2;
    }
    return NULL;
}
