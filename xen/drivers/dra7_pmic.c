/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: power-off by the PMIC of the EVM, a TPS659038 on I2C1.
 *
 * It is used once, when dom0 and the other CPUs have stopped, wherever dom0's
 * driver was: the controller is reset, and polled. Every wait has an end.
 *
 * Source: TI SPRUI30H (DRA75x TRM) "Multimaster I2C Controller"; Linux
 *         drivers/i2c/busses/i2c-omap.c (reset, clock, bus busy) and
 *         drivers/mfd/palmas.c, include/linux/mfd/palmas.h (the PMIC).
 * Layer:  3 (drivers). Tested on the host, unit/dra7_power.c.
 */
#include <xen/bits.h>
#include <xen/time.h>

#include <asm/mmio.h>

#include "dra7.h"

/* clang-format off */
#define I2C1_CLKCTRL    0x7a0u   /* in the window of l4per_cm              */

/* I2C: registers of 16 bits. */
#define I2C_SYSC        0x10u
#define SYSC_RESET      BIT(1)
#define SYSC_NO_IDLE    0x0308u  /* both clocks on, never idle             */
#define I2C_STATUS_RAW  0x24u
#define I2C_STATUS      0x28u    /* write 1 to clear                       */
#define STATUS_AL       BIT(0)   /* another master has the bus             */
#define STATUS_NACK     BIT(1)   /* nobody answers                         */
#define STATUS_ARDY     BIT(2)   /* done, registers may be written         */
#define STATUS_RRDY     BIT(3)   /* a byte waits                           */
#define STATUS_XRDY     BIT(4)   /* a byte is wanted                       */
#define STATUS_BB       BIT(12)  /* the bus is busy                        */
#define STATUS_ALL      0x7fffu
#define I2C_IRQ_CLEAR   0x30u
#define I2C_SYSS        0x90u
#define SYSS_RESET_DONE BIT(0)
#define I2C_BUF         0x94u    /* FIFO thresholds; 0: a byte             */
#define I2C_CNT         0x98u    /* bytes of the transfer                  */
#define I2C_DATA        0x9cu
#define I2C_CON         0xa4u
#define CON_START       BIT(0)
#define CON_STOP        BIT(1)
#define CON_SEND        BIT(9)
#define CON_MASTER      BIT(10)
#define CON_ENABLE      BIT(15)
#define I2C_SA          0xacu    /* whom we talk to                        */
#define I2C_PSC         0xb0u
#define I2C_SCLL        0xb4u
#define I2C_SCLH        0xb8u

/* 96 MHz / 24 = 4 MHz inside, 20 of these low and 20 high: 100 kHz. The
 * hardware adds 7 and 5. */
#define PSC_VALUE       (24u - 1)
#define SCLL_VALUE      (20u - 7)
#define SCLH_VALUE      (20u - 5)

/* The PMIC's first page of registers. */
#define PMIC_ADDRESS    0x58u
#define PMIC_DEV_CTRL   0xa0u
#define DEV_CTRL_ON     BIT(0)
#define PMIC_PAD2       0xfbu    /* PRIMARY_SECONDARY_PAD2                 */
#define PAD2_GPIO_7     0x30u    /* 0: the pin is no POWERHOLD             */
/* clang-format on */

#define RESET_US    10000u /* for the controller            */
#define TRANSFER_US 20000u /* a byte lasts 90 us at 100 kHz */

static bool present, powerhold;

void dra7_pmic_init(const struct board *b)
{
    int node = fdt_node_offset_by_compatible(b->fdt, -1, "ti,tps659038");

    present = node >= 0 && fdt_u32_get(b->fdt, node, "reg", 0) == PMIC_ADDRESS;
    powerhold = present &&
                fdt_getprop(b->fdt, node, "ti,palmas-override-powerhold", NULL);
}

static uint16_t get(uint32_t reg)
{
    return mmio_read16(dra7_i2c1 + reg);
}

static void set(uint32_t reg, uint32_t val)
{
    mmio_write16(dra7_i2c1 + reg, (uint16_t)val);
}

/* Wait until @reg & @mask is @want, at most @us. */
static bool wait_for(uint32_t reg, uint32_t mask, uint32_t want, uint32_t us)
{
    for (uint32_t i = 0; i < us; i++) {
        if ((get(reg) & mask) == want)
            return true;
        time_delay_us(1);
    }
    return false;
}

/* Wait for one of @events; false: it failed, or none came. */
static bool wait_event(uint32_t events)
{
    for (uint32_t i = 0; i < TRANSFER_US; i++) {
        uint32_t status = get(I2C_STATUS_RAW);

        if (status & (STATUS_AL | STATUS_NACK))
            return false;
        if (status & events)
            return true;
        time_delay_us(1);
    }
    return false;
}

static bool i2c_reset(void)
{
    set(I2C_CON, 0);
    set(I2C_SYSC, SYSC_RESET);
    set(I2C_CON, CON_ENABLE); /* or the reset is never done */
    if (!wait_for(I2C_SYSS, SYSS_RESET_DONE, SYSS_RESET_DONE, RESET_US))
        return false;
    set(I2C_CON, 0);
    set(I2C_SYSC, SYSC_NO_IDLE);
    set(I2C_IRQ_CLEAR, STATUS_ALL);
    set(I2C_PSC, PSC_VALUE);
    set(I2C_SCLL, SCLL_VALUE);
    set(I2C_SCLH, SCLH_VALUE);
    set(I2C_BUF, 0);
    set(I2C_SA, PMIC_ADDRESS);
    set(I2C_CON, CON_ENABLE);
    time_delay_us(1000); /* it learns whether the bus is busy */
    return wait_for(I2C_STATUS_RAW, STATUS_BB, 0, RESET_US);
}

/* A transfer of @nr bytes, which goes on with a byte that is ready. */
static void start(uint32_t con, uint32_t nr)
{
    set(I2C_STATUS, STATUS_ALL);
    set(I2C_CNT, nr);
    set(I2C_CON, CON_ENABLE | CON_MASTER | CON_START | con);
}

static bool send(uint32_t byte)
{
    if (!wait_event(STATUS_XRDY))
        return false;
    set(I2C_DATA, byte);
    set(I2C_STATUS, STATUS_XRDY);
    return true;
}

static bool reg_write(uint32_t reg, uint32_t val)
{
    start(CON_SEND | CON_STOP, 2);
    return send(reg) && send(val) && wait_event(STATUS_ARDY) &&
           wait_for(I2C_STATUS_RAW, STATUS_BB, 0, TRANSFER_US);
}

/* The register's number, then a repeated start and its value. */
static bool reg_read(uint32_t reg, uint32_t *val)
{
    start(CON_SEND, 1);
    if (!send(reg) || !wait_event(STATUS_ARDY))
        return false;
    start(CON_STOP, 1);
    if (!wait_event(STATUS_RRDY))
        return false;
    *val = get(I2C_DATA) & 0xff;
    set(I2C_STATUS, STATUS_RRDY);
    return wait_event(STATUS_ARDY) &&
           wait_for(I2C_STATUS_RAW, STATUS_BB, 0, TRANSFER_US);
}

static bool reg_clear(uint32_t reg, uint32_t bits)
{
    uint32_t val;

    return reg_read(reg, &val) && reg_write(reg, val & ~bits);
}

void dra7_poweroff(void)
{
    uint32_t val;

    if (!present || !dra7_module_on(dra7_l4per_cm + I2C1_CLKCTRL) ||
        !i2c_reset())
        return;
    /* A pin that is held high by the board would keep it on. */
    if (powerhold && !reg_clear(PMIC_PAD2, PAD2_GPIO_7))
        return;
    /* It is on while a pin says so, or this bit: off is 1 becoming 0. */
    if (reg_read(PMIC_DEV_CTRL, &val) &&
        reg_write(PMIC_DEV_CTRL, val | DEV_CTRL_ON))
        (void)reg_write(PMIC_DEV_CTRL, val & ~(uint32_t)DEV_CTRL_ON);
}
