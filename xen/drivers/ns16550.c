/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 8250-like UARTs, and the OMAP's, which is one with word-wide registers, a
 * mode register and 64-byte FIFOs.
 *
 * Source: National Semiconductor PC16550D data sheet, 8 (registers);
 *         TI SPRUI30H (DRA75x TRM) 24.3 "UART/IrDA/CIR"; Linux
 *         drivers/tty/serial/8250/8250_omap.c (after a change of mode).
 * Layer:  3 (drivers). Tested on the host, unit/uart.c.
 */
#include <xen/bits.h>
#include <xen/board.h>
#include <xen/string.h>
#include <xen/uart.h>

#include <asm/mmio.h>

/* clang-format off */
/* Register numbers; shifted left by reg-shift they are byte offsets. */
#define RBR        0u       /* read: byte received              */
#define THR        0u       /* write: byte to send              */
#define DLL        0u       /* divisor, while LCR_DLAB is set   */
#define DLH        1u
#define IER        1u
#define IIR        2u       /* read: why it interrupts          */
#define FCR        2u       /* write: FIFO control              */
#define LCR        3u
#define MCR        4u
#define LSR        5u
#define OMAP_MDR1  0x08u    /* mode                             */
#define OMAP_SCR   0x10u    /* more control                     */
#define OMAP_SYSC  0x15u    /* clocks and idle                  */

#define IER_RDI    BIT(0)   /* bytes wait                       */
#define IER_THRI   BIT(1)   /* the transmit FIFO is empty       */
#define FCR_ENABLE BIT(0)
#define FCR_CLEAR  0x06u    /* both FIFOs                       */
#define LCR_8N1    0x03u
#define LCR_DLAB   BIT(7)
#define MCR_DTR    BIT(0)
#define MCR_RTS    BIT(1)
#define MCR_OUT2   BIT(3)   /* on PCs: lets the interrupt out   */
#define LSR_DR     BIT(0)   /* a byte waits                     */
#define LSR_THRE   BIT(5)   /* the transmit FIFO is empty       */
#define LSR_TEMT   BIT(6)   /* and the last byte has left       */
#define MDR1_MODE  0x7u
#define MDR1_16X   0x0u     /* UART, 16 samples a bit           */
#define MDR1_OFF   0x7u     /* the state after reset            */
#define SCR_EMPTY  BIT(3)   /* THRI when the FIFO is empty      */
#define SYSC_AWAKE 0x08u    /* never idle                       */
/* clang-format on */

#define FIFO_8250 16u
#define FIFO_OMAP 64u

static struct {
    volatile uint8_t *regs;
    uint32_t shift, width;
    uint32_t fifo; /* bytes the transmit FIFO holds            */
    uint32_t room; /* bytes it surely takes without a look     */
    uint32_t ier;
} uart;

static uint32_t get(uint32_t reg)
{
    volatile uint8_t *r = uart.regs + (reg << uart.shift);

    return uart.width == 4 ? mmio_read32(r) : mmio_read8(r);
}

static void set(uint32_t reg, uint32_t val)
{
    volatile uint8_t *r = uart.regs + (reg << uart.shift);

    if (uart.width == 4)
        mmio_write32(r, val);
    else
        mmio_write8(r, (uint8_t)val);
}

/* Let the boot loader's last bytes out before the divisor changes. */
static void drain(void)
{
    for (unsigned int i = 0; i < 1u << 20; i++)
        if ((get(LSR) & LSR_TEMT))
            return;
}

static void set_divisor(uint32_t divisor)
{
    set(LCR, LCR_DLAB | LCR_8N1);
    set(DLL, divisor & 0xff);
    set(DLH, divisor >> 8);
    set(LCR, LCR_8N1);
}

/* A change of mode takes some clocks of 48 MHz; until then hands off. */
static void omap_mode(uint32_t mode)
{
    set(OMAP_MDR1, mode);
    for (unsigned int i = 0; i < 32; i++)
        (void)get(OMAP_MDR1); /* 100 ns and more each */
}

static void set_baud(const struct board_uart *u, uint32_t baud, bool omap)
{
    uint32_t divisor = (u->clock_hz + baud * 8) / (baud * 16);

    if (!omap) {
        set_divisor(divisor);
        return;
    }
    /* The OMAP's FIFOs are switched on only while its baud clock stands. */
    omap_mode(MDR1_OFF);
    set_divisor(0);
    set(FCR, FCR_ENABLE | FCR_CLEAR);
    set_divisor(divisor);
    omap_mode(MDR1_16X);
}

/*
 * A UART that the boot loader uses keeps its rate, and the mode that goes
 * with it; an OMAP UART that nobody uses is off and has none.
 */
static int ns16550_init(volatile uint8_t *regs, const struct board_uart *u)
{
    bool omap = strncmp(u->compatible, "ti,", 3) == 0;
    uint32_t baud = u->baud;

    memset(&uart, 0, sizeof(uart));
    uart.regs = regs;
    uart.shift = u->reg_shift;
    uart.width = u->reg_io_width;
    uart.fifo = omap ? FIFO_OMAP : FIFO_8250;

    if (omap && (get(OMAP_MDR1) & MDR1_MODE) == MDR1_OFF)
        baud = baud ? baud : u->usual_baud;
    else if (baud)
        drain();
    set(LCR, LCR_8N1);
    set(IER, 0);
    if (omap) {
        set(OMAP_SYSC, SYSC_AWAKE);
        /* As with the others: put() fills a FIFO that is empty. */
        set(OMAP_SCR, SCR_EMPTY);
    }
    if (baud && u->clock_hz)
        set_baud(u, baud, omap);
    set(FCR, FCR_ENABLE);
    set(MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    return 0;
}

/*
 * With FIFOs on, THRE means that the whole FIFO is empty: it then takes a
 * FIFO's worth of bytes, so not every byte waits for the one before it. How
 * full it is, it does not tell.
 */
static size_t ns16550_put(const char *s, size_t len)
{
    size_t sent = 0;

    while (sent < len) {
        if (uart.room == 0) {
            if (!(get(LSR) & LSR_THRE))
                break;
            uart.room = uart.fifo;
        }
        uart.room--;
        set(THR, (uint8_t)s[sent++]);
    }
    return sent;
}

static int ns16550_getc(void)
{
    if (!(get(LSR) & LSR_DR))
        return -1;
    return (int)(get(RBR) & 0xff);
}

static void ns16550_rx_irq_enable(void)
{
    uart.ier |= IER_RDI;
    set(IER, uart.ier);
}

/* Setting THRI while the FIFO is empty interrupts at once (data sheet 8.6). */
static void ns16550_tx_irq(bool on)
{
    uart.ier = on ? uart.ier | IER_THRI : uart.ier & ~IER_THRI;
    set(IER, uart.ier);
}

static const char *const compatibles[] = {
    "ns16550a",      "ns16550",       "ti,dra742-uart",
    "ti,omap4-uart", "ti,am654-uart", NULL,
};

const struct uart_driver ns16550_driver = {
    .compatibles = compatibles,
    .name = "ns16550",
    .init = ns16550_init,
    .put = ns16550_put,
    .getc = ns16550_getc,
    .rx_irq_enable = ns16550_rx_irq_enable,
    .tx_irq = ns16550_tx_irq,
    .vuart_data = THR,
    .vuart_status = LSR,
    .vuart_status_ready = LSR_THRE | LSR_TEMT,
};
