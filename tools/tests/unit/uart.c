/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The UART drivers against small models of a PL011 and of an 8250: no byte
 * is lost or written into a full FIFO, and a UART that works goes on.
 *
 * Sources: xen/drivers/uart.c xen/drivers/pl011.c xen/drivers/ns16550.c
 * Sources: xen/lib/fdt.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/board.h>
#include <xen/uart.h>

#include <asm/mmio.h>

static uint8_t page[0x1000];

/* What both models have: a FIFO each way. */
static struct {
    unsigned int depth, used; /* transmit FIFO       */
    char sent[256];
    unsigned int nr_sent;
    const char *input; /* bytes still to come */
} wire;

static void sends(char c)
{
    assert_true(wire.used < wire.depth); /* or it would be lost */
    wire.used++;
    wire.sent[wire.nr_sent++] = c;
}

static char receives(void)
{
    assert_true(*wire.input); /* nothing is read that is not there */
    return *wire.input++;
}

/* ---- PL011 ---- */

static unsigned int looks; /* at FR */

static uint32_t pl011_read(const volatile void *reg, unsigned int size)
{
    uint32_t at = (uint32_t)((const volatile uint8_t *)reg - page), val;

    assert_int_equal(size, 4);
    if (at == 0x00)
        return (uint8_t)receives() | 0x300; /* with error bits */
    looks += at == 0x18;
    if (at == 0x18)
        return (wire.used == wire.depth ? 1u << 5 : 0) |
               (*wire.input ? 0 : 1u << 4);
    memcpy(&val, page + at, 4);
    return val;
}

static void pl011_write(volatile void *reg, uint32_t val, unsigned int size)
{
    uint32_t at = (uint32_t)((volatile uint8_t *)reg - page);

    assert_int_equal(size, 4);
    if (at == 0x00)
        sends((char)val);
    else
        memcpy(page + at, &val, 4);
}

static uint32_t reg32(uint32_t at)
{
    uint32_t val;

    memcpy(&val, page + at, 4);
    return val;
}

static void pl011(void **state)
{
    const struct board_uart u = { .compatible = "arm,pl011" };

    (void)state;
    host_mmio_read = pl011_read;
    host_mmio_write = pl011_write;
    memset(&wire, 0, sizeof(wire));
    wire.depth = 16;
    wire.input = "ok";
    memset(page, 0x5a, sizeof(page));

    assert_int_equal(uart_init(&pl011_driver, page, &u), 0);
    assert_int_equal(reg32(0x24), 0x5a5a5a5a); /* the baud rate stays */
    assert_int_equal(reg32(0x30) & 0x301, 0x301);
    assert_int_equal(reg32(0x38), 0);
    assert_ptr_equal(uart_current(), &pl011_driver);

    uart_putc('a');
    assert_int_equal(pl011_driver.put("bcd", 3), 3);
    assert_int_equal(pl011_driver.put("efghijklmnopqrs", 15), 12);
    assert_int_equal(pl011_driver.put("q", 1), 0);
    assert_memory_equal(wire.sent, "abcdefghijklmnop", 16);
    uart_putc('x'); /* stuck: dropped, and it returns */
    assert_int_equal(wire.nr_sent, 16);
    looks = 0;
    uart_putc('x'); /* known to be stuck: it is looked at once */
    assert_int_equal(looks, 1);
    wire.used = 0;
    uart_putc('y');
    assert_int_equal(wire.nr_sent, 17);

    assert_int_equal(uart_getc(), 'o');
    assert_int_equal(uart_getc(), 'k');
    assert_int_equal(uart_getc(), -1);

    uart_rx_irq_enable();
    assert_int_equal(reg32(0x38), 0x50);
    uart_tx_irq(true);
    assert_int_equal(reg32(0x38), 0x70);
    uart_tx_irq(false);
    assert_int_equal(reg32(0x38), 0x50);
    assert_int_equal(reg32(0x44), 0x20);
}

/* 24 MHz / (16 * 115200) = 13.0208: 13 and 1/64. */
static void pl011_baud(void **state)
{
    const struct board_uart u = { .compatible = "arm,pl011",
                                  .clock_hz = 24000000,
                                  .baud = 115200 };

    (void)state;
    wire.input = "";
    assert_int_equal(uart_init(&pl011_driver, page, &u), 0);
    assert_int_equal(reg32(0x24), 13);
    assert_int_equal(reg32(0x28), 1);
    assert_int_equal(reg32(0x2c), 0x70);
}

/* ---- 8250 ---- */

static struct {
    unsigned int shift;
    uint8_t reg[32], divisor[2];
    bool omap, fifos_on, cleared;
} chip;

static unsigned int number(const volatile void *reg)
{
    size_t at = (size_t)((const volatile uint8_t *)reg - page);

    assert_int_equal(at & ((1u << chip.shift) - 1), 0);
    assert_true(at >> chip.shift < (chip.omap ? 32 : 8));
    return (unsigned int)(at >> chip.shift);
}

static uint32_t chip_read(const volatile void *reg, unsigned int size)
{
    unsigned int nr = number(reg);

    assert_int_equal(size, 1);
    if (nr == 0 && !(chip.reg[3] & 0x80))
        return (uint8_t)receives();
    if (nr == 5)
        return (wire.used == 0 ? 0x60 : 0) | (*wire.input ? 1 : 0);
    return chip.reg[nr];
}

static void chip_write(volatile void *reg, uint32_t val, unsigned int size)
{
    unsigned int nr = number(reg);

    assert_int_equal(size, 1);
    if (nr < 2 && (chip.reg[3] & 0x80)) {
        assert_false(chip.omap && chip.reg[8] == 0); /* a change in flight */
        chip.divisor[nr] = (uint8_t)val;
    } else if (nr == 0) {
        sends((char)val);
    } else {
        if (nr == 2) {
            /* The OMAP takes these bits while its baud clock stands. */
            if (!chip.omap || (!chip.divisor[0] && !chip.divisor[1]))
                chip.fifos_on = val & 1;
            chip.cleared |= (val & 6) == 6;
        }
        if (nr == 8 && val == 7)
            wire.used = 0; /* what was being sent is lost */
        chip.reg[nr] = (uint8_t)val;
    }
}

static void chip_reset(unsigned int shift, unsigned int depth)
{
    host_mmio_read = chip_read;
    host_mmio_write = chip_write;
    memset(&chip, 0, sizeof(chip));
    memset(&wire, 0, sizeof(wire));
    chip.shift = shift;
    chip.omap = shift == 2;
    wire.depth = depth;
    wire.input = "";
}

static void send_until_busy(unsigned int depth)
{
    static const char text[] = "Text that is longer than the FIFO of any of "
                               "them, the 64 bytes of the OMAP's included.";

    uart_putc(text[0]);
    assert_int_equal(ns16550_driver.put(text + 1, depth), depth - 1);
    assert_int_equal(ns16550_driver.put("x", 1), 0);
    assert_int_equal(wire.nr_sent, depth);
    assert_memory_equal(wire.sent, text, depth);
    wire.used = 1; /* it drains: not empty yet, so nothing is known */
    assert_int_equal(ns16550_driver.put("x", 1), 0);
    wire.used = 0;
    assert_int_equal(ns16550_driver.put("x", 1), 1);
}

static void ns16550(void **state)
{
    const struct board_uart u = { .compatible = "ns16550a", .reg_io_width = 1 };

    (void)state;
    chip_reset(0, 16);
    wire.input = "z";
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(chip.reg[3], 3);
    assert_int_equal(chip.reg[1], 0);
    assert_int_equal(uart_getc(), 'z');
    assert_int_equal(uart_getc(), -1);
    send_until_busy(16);
    uart_rx_irq_enable();
    uart_tx_irq(true);
    assert_int_equal(chip.reg[1], 3);
    uart_tx_irq(false);
    assert_int_equal(chip.reg[1], 1);
}

/* Bytes of the boot loader may wait in the FIFO: no room until it is empty. */
static void first_byte_waits(void **state)
{
    const struct board_uart u = { .compatible = "ns16550", .reg_io_width = 1 };

    (void)state;
    chip_reset(0, 16);
    wire.used = 10;
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(ns16550_driver.put("x", 1), 0);
    wire.used = 0;
    assert_int_equal(ns16550_driver.put("x", 1), 1);
}

static void omap(void **state)
{
    struct board_uart u = { .compatible = "ti,dra742-uart",
                            .reg_shift = 2,
                            .reg_io_width = 1,
                            .clock_hz = 48000000,
                            .usual_baud = 115200 };

    (void)state;
    chip_reset(2, 64);
    chip.reg[8] = 3; /* 13x mode, chosen by somebody */
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(chip.reg[8], 3);
    send_until_busy(64);

    assert_false(chip.cleared); /* what the boot loader left is sent */
    assert_int_equal(chip.reg[0x15] & 0x18, 0x08);
    assert_int_equal(chip.reg[0x10] & 0x08, 0x08);

    chip_reset(2, 64);
    chip.reg[8] = 3;
    u.baud = 9600;
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(chip.divisor[0] | chip.divisor[1] << 8, 313);
    assert_int_equal(chip.reg[8], 0);
    assert_int_equal(chip.reg[3], 3);
    assert_true(chip.fifos_on);
}

/* Off, as after reset, so that nothing else has set its rate. */
static void omap_off(void **state)
{
    struct board_uart u = { .compatible = "ti,omap4-uart",
                            .reg_shift = 2,
                            .reg_io_width = 1,
                            .clock_hz = 48000000,
                            .usual_baud = 115200 };

    (void)state;
    chip_reset(2, 64);
    chip.reg[8] = 7;
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(chip.divisor[0] | chip.divisor[1] << 8, 26);
    assert_int_equal(chip.reg[8], 0);
    assert_int_equal(chip.reg[3], 3);
    assert_true(chip.fifos_on);
    assert_true(chip.cleared);
    send_until_busy(64);

    chip_reset(2, 64);
    chip.reg[8] = 7;
    u.baud = 38400;
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(chip.divisor[0], 78);
}

/* The last bytes of the boot loader go out before the rate changes. */
static unsigned int looks_left;

static uint32_t draining_read(const volatile void *reg, unsigned int size)
{
    if (number(reg) == 5 && looks_left && --looks_left == 0)
        wire.used = 0;
    return chip_read(reg, size);
}

static void drained_first(void **state)
{
    const struct board_uart u = { .compatible = "ti,omap4-uart",
                                  .reg_shift = 2,
                                  .reg_io_width = 1,
                                  .clock_hz = 48000000,
                                  .baud = 115200 };

    (void)state;
    chip_reset(2, 64);
    host_mmio_read = draining_read;
    wire.used = 5;
    looks_left = 100;
    assert_int_equal(uart_init(&ns16550_driver, page, &u), 0);
    assert_int_equal(looks_left, 0);
}

/* Before there is a UART nothing is touched. */
static void none(void **state)
{
    (void)state;
    host_mmio_read = NULL;
    host_mmio_write = NULL;
    assert_null(uart_current());
    uart_putc('x');
    assert_int_equal(uart_getc(), -1);
    uart_rx_irq_enable();
    uart_tx_irq(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none), /* first: it wants no UART */
        cmocka_unit_test(pl011),         cmocka_unit_test(pl011_baud),
        cmocka_unit_test(ns16550),       cmocka_unit_test(first_byte_waits),
        cmocka_unit_test(omap),          cmocka_unit_test(omap_off),
        cmocka_unit_test(drained_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
