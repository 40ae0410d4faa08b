/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OMAP I2C controllers, as master.
 *
 * Transfers take no time: a byte is there when the last one was taken. The
 * chips are in i2c_chips.c.
 *
 * Source: TRM, Multimaster I2C Controller; Linux
 *         drivers/i2c/busses/i2c-omap.c; U-Boot drivers/i2c/omap24xx_i2c.c;
 *         dtb (addresses, sources).
 */
#include "dra7.h"

/* clang-format off */
static const struct {
    uint32_t pa;
    uint16_t source;
} buses[] = {
    { 0x48070000, 51 },
    { 0x48072000, 52 },
    { 0x48060000, 56 },
    { 0x4807a000, 57 },
    { 0x4807c000, 55 },
};

enum {
    REVNB_LO      = 0x00,
    REVNB_HI      = 0x04,
    SYSC          = 0x10,
    IRQSTATUS_RAW = 0x24,
    IRQSTATUS     = 0x28,
    IRQENABLE_SET = 0x2c,
    IRQENABLE_CLR = 0x30,
    SYSS          = 0x90,
    BUF           = 0x94,  /* 13:8 RX threshold - 1, 5:0 TX threshold - 1 */
    CNT           = 0x98,  /* bytes of the transfer                       */
    DATA          = 0x9c,
    CON           = 0xa4,
    SA            = 0xac,
    SYSTEST       = 0xbc,
    BUFSTAT       = 0xc0,
};

/* IRQSTATUS */
#define ST_NACK   (1u << 1)
#define ST_ARDY   (1u << 2)   /* transfer done, registers free  */
#define ST_RRDY   (1u << 3)   /* RX FIFO has the threshold      */
#define ST_XRDY   (1u << 4)   /* TX FIFO wants the threshold    */
#define ST_BF     (1u << 8)   /* bus is free again              */
#define ST_BB     (1u << 12)  /* bus is busy                    */
#define ST_RDR    (1u << 13)  /* fewer bytes are left to read   */
#define ST_XDR    (1u << 14)  /* ... to write                   */

#define CON_STT   (1u << 0)
#define CON_STP   (1u << 1)
#define CON_TRX   (1u << 9)   /* transmitter                    */
#define CON_MST   (1u << 10)
#define CON_EN    (1u << 15)
#define BUFSTAT_32  0x8000u   /* FIFO of 32 bytes               */
#define SYSTEST_HIGH 0x140u   /* SCL and SDA are high           */
/* clang-format on */

struct bus {
    MemoryRegion mr;
    qemu_irq irq;
    uint32_t reg[64];
    uint32_t status, enabled;
    bool active, tx;
    unsigned left; /* bytes of the transfer */
    struct i2c_chip *chips, *chip;
    size_t nr_chips;
};

static uint32_t status_now(struct bus *b)
{
    uint32_t status = b->status, threshold;

    if (!b->active)
        return status;
    status |= ST_BB;
    if (!b->left)
        return status;
    threshold = b->reg[BUF / 4] >> (b->tx ? 0 : 8) & 0x3f;
    if (b->left > threshold)
        return status | (b->tx ? ST_XRDY : ST_RRDY);
    return status | (b->tx ? ST_XDR : ST_RDR);
}

static void update(struct bus *b)
{
    qemu_set_irq(b->irq, (status_now(b) & b->enabled) != 0);
}

static void transfer_done(struct bus *b)
{
    uint32_t *con = &b->reg[CON / 4];

    b->status |= ST_ARDY;
    if (!(*con & CON_STP)) {
        *con &= ~CON_STT; /* a repeated start will follow */
        return;
    }
    b->active = false;
    b->status |= ST_BF;
    *con &= ~(CON_MST | CON_STP | CON_STT);
}

static void transfer_start(struct bus *b)
{
    uint32_t *con = &b->reg[CON / 4];

    b->chip = NULL;
    for (size_t i = 0; i < b->nr_chips; i++)
        if (b->chips[i].addr == (b->reg[SA / 4] & 0x7f))
            b->chip = &b->chips[i];

    b->tx = *con & CON_TRX;
    b->left = b->reg[CNT / 4] & 0xffff;
    b->active = b->chip != NULL;
    if (!b->chip) {
        b->status |= ST_NACK;
        b->left = 0;
        *con &= ~(CON_MST | CON_STP | CON_STT);
        return;
    }
    if (b->tx)
        b->chip->seen = 0;
    if (!b->left)
        transfer_done(b);
}

static uint8_t data_read(struct bus *b)
{
    uint8_t byte;

    if (!b->active || b->tx || !b->left)
        return 0;
    byte = b->chip->mem[b->chip->pointer++ & 0xff];
    if (!--b->left)
        transfer_done(b);
    update(b);
    return byte;
}

static void data_write(struct bus *b, uint8_t byte)
{
    struct i2c_chip *chip = b->chip;

    if (!b->active || !b->tx || !b->left)
        return;
    if (chip->seen < chip->pointer_bytes) {
        chip->pointer = chip->seen++ ? chip->pointer << 8 | byte : byte;
    } else {
        uint8_t reg = chip->pointer++;

        if (!chip->read_only)
            chip->mem[reg] = byte;
        if (chip->written)
            chip->written(chip, reg);
    }
    if (!--b->left)
        transfer_done(b);
}

static uint64_t bus_read(void *opaque, hwaddr at, unsigned size)
{
    struct bus *b = opaque;

    switch (at) {
    case REVNB_LO:
        return 0x000c;
    case REVNB_HI:
        return 0x5040;
    case IRQSTATUS_RAW:
        return status_now(b);
    case IRQSTATUS:
        return status_now(b) & b->enabled;
    case IRQENABLE_SET:
    case IRQENABLE_CLR:
        return b->enabled;
    case SYSS:
        return 1;
    case DATA:
        return data_read(b);
    case SYSTEST:
        return b->reg[at / 4] | SYSTEST_HIGH;
    case BUFSTAT:
        if (!b->active)
            return BUFSTAT_32;
        return BUFSTAT_32 | MIN(b->left, 0x3f) << (b->tx ? 0 : 8);
    default:
        return b->reg[at / 4];
    }
}

static void bus_reset(void *opaque)
{
    struct bus *b = opaque;

    memset(b->reg, 0, sizeof(b->reg));
    b->status = b->enabled = b->left = 0;
    b->active = false;
    update(b);
}

static void con_write(struct bus *b, uint32_t value)
{
    b->reg[CON / 4] = value;
    if (!(value & CON_EN)) {
        b->active = false;
        b->status = 0;
    } else if ((value & (CON_MST | CON_STT)) == (CON_MST | CON_STT)) {
        transfer_start(b);
    }
}

static void bus_write(void *opaque, hwaddr at, uint64_t value, unsigned size)
{
    struct bus *b = opaque;

    switch (at) {
    case SYSC:
        if (value & 2)
            bus_reset(b);
        b->reg[at / 4] = value & ~2u;
        break;
    case IRQSTATUS_RAW:
        b->status |= value;
        break;
    case IRQSTATUS:
        b->status &= ~value;
        break;
    case IRQENABLE_SET:
        b->enabled |= value;
        break;
    case IRQENABLE_CLR:
        b->enabled &= ~value;
        break;
    case DATA:
        data_write(b, value);
        break;
    case CON:
        con_write(b, value);
        break;
    default:
        b->reg[at / 4] = value;
    }
    update(b);
}

static const MemoryRegionOps bus_ops = {
    .read = bus_read,
    .write = bus_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

void i2c_create(struct dra7 *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(buses); i++) {
        struct bus *b = g_new0(struct bus, 1);

        dra7_map(&b->mr, &bus_ops, b, "dra7-i2c", buses[i].pa, 0x100);
        b->irq = soc->source[buses[i].source];
        b->chips = i2c_chips(soc, i, &b->nr_chips);
        qemu_register_reset(bus_reset, b);
    }
}
