/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PrimeCell UART (PL011), the console of QEMU virt and of many boards.
 *
 * Source: ARM DDI 0183G (PL011 TRM) 3.3.
 * Layer:  3 (drivers).
 */
#include <xen/bits.h>
#include <xen/board.h>
#include <xen/uart.h>

#include <asm/mmio.h>

/* clang-format off */
#define DR        0x00u
#define FR        0x18u
#define IBRD      0x24u
#define FBRD      0x28u
#define LCR_H     0x2cu
#define CR        0x30u
#define IFLS      0x34u
#define IMSC      0x38u
#define ICR       0x44u

#define FR_TXFE   BIT(7)    /* transmit FIFO empty              */
#define FR_TXFF   BIT(5)    /* transmit FIFO full               */
#define FR_RXFE   BIT(4)    /* receive FIFO empty               */
#define LCR_8N1   0x60u     /* 8 bits, no parity, one stop bit  */
#define LCR_FEN   BIT(4)    /* FIFOs on                         */
#define CR_UARTEN BIT(0)
#define CR_TXE    BIT(8)
#define CR_RXE    BIT(9)
#define CR_DTR    BIT(10)
#define CR_RTS    BIT(11)
#define INT_RT    BIT(6)    /* bytes wait, and no more come     */
#define INT_TX    BIT(5)    /* FIFO down to its trigger level   */
#define INT_RX    BIT(4)    /* FIFO up to its trigger level     */
#define INT_ALL   0x7ffu
/* clang-format on */

static volatile uint8_t *base;
static uint32_t mask; /* IMSC, as it is only ours to change */

/*
 * The divisor is in 64ths of clock / (16 * baud). Writing LCR_H takes it
 * over (3.3.7), so LCR_H comes last.
 */
static void set_baud(uint32_t clock_hz, uint32_t baud)
{
    uint32_t divisor = (uint32_t)(((uint64_t)clock_hz * 4 + baud / 2) / baud);

    mmio_write32(base + CR, 0);
    mmio_write32(base + IBRD, divisor >> 6);
    mmio_write32(base + FBRD, divisor & 0x3f);
}

static int pl011_init(volatile uint8_t *regs, const struct board_uart *u)
{
    base = regs;
    mask = 0;
    mmio_write32(base + IMSC, 0);
    mmio_write32(base + ICR, INT_ALL);
    if (u->clock_hz && u->baud)
        set_baud(u->clock_hz, u->baud);
    mmio_write32(base + LCR_H, LCR_8N1 | LCR_FEN);
    mmio_write32(base + IFLS, 0); /* trigger at 1/8 full and 1/8 left */
    mmio_write32(base + CR, CR_UARTEN | CR_TXE | CR_RXE | CR_DTR | CR_RTS);
    return 0;
}

static size_t pl011_put(const char *s, size_t len)
{
    volatile uint8_t *regs = base;
    size_t i;

    for (i = 0; i < len && !(mmio_read32(regs + FR) & FR_TXFF); i++)
        mmio_write32(regs + DR, (uint8_t)s[i]);
    return i;
}

static int pl011_getc(void)
{
    if (mmio_read32(base + FR) & FR_RXFE)
        return -1;
    return (int)(mmio_read32(base + DR) & 0xff);
}

static void pl011_rx_irq_enable(void)
{
    mask |= INT_RX | INT_RT;
    mmio_write32(base + IMSC, mask);
}

/*
 * INT_TX is raised when the FIFO drains past its level, not while it is
 * empty: the caller fills the FIFO before it asks for the interrupt.
 */
static void pl011_tx_irq(bool on)
{
    mask = on ? mask | INT_TX : mask & ~INT_TX;
    mmio_write32(base + IMSC, mask);
    if (!on)
        mmio_write32(base + ICR, INT_TX);
}

static const char *const compatibles[] = { "arm,pl011", NULL };

const struct uart_driver pl011_driver = {
    .compatibles = compatibles,
    .name = "pl011",
    .init = pl011_init,
    .put = pl011_put,
    .getc = pl011_getc,
    .rx_irq_enable = pl011_rx_irq_enable,
    .tx_irq = pl011_tx_irq,
    .vuart_data = DR,
    .vuart_status = FR,
    .vuart_status_ready = FR_TXFE | FR_RXFE,
};
