/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OMAP UARTs: a 16750 with registers four bytes apart and a mode register.
 *
 * Output is sent at once, so the transmitter is always empty; input waits in
 * a FIFO of 64 bytes. Baud rate, parity, modem lines and DMA have no effect.
 *
 * Source: TRM, UART/IrDA/CIR; Linux drivers/tty/serial/omap-serial.c and
 *         8250/8250_omap.c; dtb (addresses, crossbar sources).
 */
#include "dra7.h"
#include "chardev/char-fe.h"
#include "sysemu/sysemu.h"

#define FIFO 64

/* clang-format off */
static const struct {
    uint32_t pa;
    uint16_t source;
} uarts[] = {            /* serial_hd(n) is UART n + 1 */
    { 0x4806a000,  67 }, /* UART1: console of the EVM  */
    { 0x4806c000,  68 },
    { 0x48020000,  69 }, /* UART3: UART boot           */
    { 0x4806e000,  65 },
    { 0x48066000, 100 },
    { 0x48068000, 101 },
    { 0x48420000, 218 },
    { 0x48422000, 219 },
    { 0x48424000, 220 },
    { 0x4ae2b000, 221 },
};

enum {
    DATA = 0x00,         /* RHR, THR; DLL with LCR.7           */
    IER  = 0x04,         /* DLH with LCR.7                     */
    IIR  = 0x08,         /* FCR on writes; EFR with LCR = 0xbf */
    LCR  = 0x0c,
    MCR  = 0x10,         /* XON1 with LCR = 0xbf               */
    LSR  = 0x14,         /* XON2                               */
    MSR  = 0x18,         /* XOFF1; TCR with EFR.4 and MCR.6    */
    SPR  = 0x1c,         /* XOFF2; TLR                         */
    MDR1 = 0x20,         /* 0: UART 16x, 7: disabled           */
    SSR  = 0x44,
    MVR  = 0x50,
    SYSC = 0x54,
    SYSS = 0x58,
    RXFIFO_LVL = 0x64,
    TXFIFO_LVL = 0x68,
};
/* clang-format on */

#define IER_RX       (1u << 0)
#define IER_TX       (1u << 1)
#define IIR_NONE     0x01u
#define IIR_TX       0x02u
#define IIR_RX       0x04u
#define IIR_TIMEOUT  0x0cu
#define IIR_FIFOS    0xc0u
#define FCR_ENABLE   (1u << 0)
#define FCR_RX_CLEAR (1u << 1)
#define LSR_RX       (1u << 0)
#define LSR_TX_EMPTY 0x60u
#define LCR_DLAB     (1u << 7)
#define LCR_MODE_B   0xbfu
#define EFR_ENHANCED (1u << 4)
#define MCR_TCR_TLR  (1u << 6)
#define MSR_LINES    0xb0u /* CTS, DSR, DCD                          */
#define MDR1_OFF     7u
#define MVR_VALUE    0x50410604u /* scheme 1, 6.4: Linux reads a revision */

struct uart {
    MemoryRegion mr;
    CharBackend chr;
    qemu_irq irq;
    uint8_t ier, lcr, mcr, fcr, spr, dll, dlh, efr, mdr1, tcr, tlr;
    uint8_t xon[4];
    bool after_spl;     /* starts set up for output        */
    bool tx_event;      /* a TX interrupt is due           */
    uint32_t other[64]; /* registers that are only stored  */
    uint8_t fifo[FIFO];
    unsigned first, count;
};

static void update(struct uart *u)
{
    qemu_set_irq(u->irq, ((u->ier & IER_RX) && u->count) ||
                             ((u->ier & IER_TX) && u->tx_event));
}

static unsigned rx_trigger(struct uart *u)
{
    static const uint8_t level[4] = { 8, 16, 56, 60 }; /* FCR 7:6 */

    return u->fcr & FCR_ENABLE ? level[u->fcr >> 6] : 1;
}

static int rx_room(void *opaque)
{
    struct uart *u = opaque;

    return (u->mdr1 & 7) == MDR1_OFF ? 0 : FIFO - u->count;
}

static void rx(void *opaque, const uint8_t *bytes, int nr)
{
    struct uart *u = opaque;

    while (nr-- && u->count < FIFO)
        u->fifo[(u->first + u->count++) % FIFO] = *bytes++;
    update(u);
}

static uint8_t rx_take(struct uart *u)
{
    uint8_t byte = 0;

    if (u->count) {
        byte = u->fifo[u->first];
        u->first = (u->first + 1) % FIFO;
        u->count--;
        qemu_chr_fe_accept_input(&u->chr);
    }
    update(u);
    return byte;
}

static uint8_t iir(struct uart *u)
{
    uint8_t fifos = u->fcr & FCR_ENABLE ? IIR_FIFOS : 0;

    if ((u->ier & IER_RX) && u->count)
        return fifos | (u->count >= rx_trigger(u) ? IIR_RX : IIR_TIMEOUT);
    if ((u->ier & IER_TX) && u->tx_event) {
        u->tx_event = false; /* reading it is the acknowledgement */
        update(u);
        return fifos | IIR_TX;
    }
    return fifos | IIR_NONE;
}

/* MSR and SPR make room for TCR and TLR. */
static bool tcr_tlr(struct uart *u)
{
    return (u->efr & EFR_ENHANCED) && (u->mcr & MCR_TCR_TLR);
}

static uint64_t uart_read(void *opaque, hwaddr at, unsigned size)
{
    struct uart *u = opaque;
    bool mode_b = u->lcr == LCR_MODE_B, dlab = u->lcr & LCR_DLAB;

    switch (at) {
    case DATA:
        return dlab ? u->dll : rx_take(u);
    case IER:
        return dlab ? u->dlh : u->ier;
    case IIR:
        return mode_b ? u->efr : iir(u);
    case LCR:
        return u->lcr;
    case MCR:
        return mode_b ? u->xon[0] : u->mcr;
    case LSR:
        return mode_b ? u->xon[1] : LSR_TX_EMPTY | (u->count ? LSR_RX : 0);
    case MSR:
        if (tcr_tlr(u))
            return u->tcr;
        return mode_b ? u->xon[2] : MSR_LINES;
    case SPR:
        if (tcr_tlr(u))
            return u->tlr;
        return mode_b ? u->xon[3] : u->spr;
    case MDR1:
        return u->mdr1;
    case SSR:
        return u->other[at / 4] & ~1u; /* the TX FIFO is not full */
    case MVR:
        return MVR_VALUE;
    case SYSS:
        return 1;
    case RXFIFO_LVL:
        return u->count;
    case TXFIFO_LVL:
        return 0;
    default:
        return u->other[at / 4];
    }
}

static void uart_reset(void *opaque)
{
    struct uart *u = opaque;

    u->ier = u->lcr = u->mcr = u->fcr = u->efr = 0;
    u->tx_event = false;
    u->count = u->first = 0;
    u->dll = u->dlh = 0;
    u->mdr1 = MDR1_OFF;
    memset(u->other, 0, sizeof(u->other));
    update(u);
}

/* Registers 0x10 to 0x1c, whose meaning depends on LCR, EFR and MCR. */
static void write_modem(struct uart *u, hwaddr at, uint8_t byte)
{
    if (at >= MSR && tcr_tlr(u))
        *(at == MSR ? &u->tcr : &u->tlr) = byte;
    else if (u->lcr == LCR_MODE_B)
        u->xon[(at - MCR) / 4] = byte;
    else if (at == MCR)
        u->mcr = byte;
    else if (at == SPR)
        u->spr = byte;
}

static void write_data(struct uart *u, uint8_t byte)
{
    if ((u->mdr1 & 7) == MDR1_OFF)
        return;
    qemu_chr_fe_write_all(&u->chr, &byte, 1);
    u->tx_event = true;
}

static void write_ier(struct uart *u, uint8_t byte)
{
    if (!(u->ier & IER_TX) && (byte & IER_TX))
        u->tx_event = true; /* the FIFO is empty already */
    u->ier = byte;
}

static void uart_write(void *opaque, hwaddr at, uint64_t value, unsigned size)
{
    struct uart *u = opaque;
    bool mode_b = u->lcr == LCR_MODE_B, dlab = u->lcr & LCR_DLAB;
    uint8_t byte = value;

    switch (at) {
    case DATA:
        if (dlab)
            u->dll = byte;
        else
            write_data(u, byte);
        break;
    case IER:
        if (dlab)
            u->dlh = byte;
        else
            write_ier(u, byte);
        break;
    case IIR:
        if (mode_b) {
            u->efr = byte;
            break;
        }
        u->fcr = byte;
        if (byte & FCR_RX_CLEAR)
            u->count = 0;
        break;
    case LCR:
        u->lcr = byte;
        break;
    case MCR:
    case LSR:
    case MSR:
    case SPR:
        write_modem(u, at, byte);
        break;
    case MDR1:
        u->mdr1 = byte;
        qemu_chr_fe_accept_input(&u->chr);
        break;
    case SYSC:
        if (value & 2)
            uart_reset(u);
        u->other[at / 4] = value & ~2u;
        break;
    default:
        u->other[at / 4] = value;
    }
    update(u);
}

static const MemoryRegionOps uart_ops = {
    .read = uart_read,
    .write = uart_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
};

/* Without SPL, UART1 is as SPL leaves it: store a byte, and it is sent. */
static void uart_at_reset(void *opaque)
{
    struct uart *u = opaque;

    uart_reset(u);
    if (u->after_spl) {
        u->mdr1 = 0;
        u->dll = 26; /* 48 MHz / 16 / 115200 */
    }
}

void uarts_create(struct dra7 *soc)
{
    for (unsigned i = 0; i < ARRAY_SIZE(uarts); i++) {
        struct uart *u = g_new0(struct uart, 1);

        dra7_map(&u->mr, &uart_ops, u, "dra7-uart", uarts[i].pa, 0x100);
        u->irq = soc->source[uarts[i].source];
        qemu_chr_fe_init(&u->chr, serial_hd(i), &error_abort);
        qemu_chr_fe_set_handlers(&u->chr, rx_room, rx, NULL, NULL, u, NULL,
                                 true);
        u->after_spl = soc->after_spl && i == 0;
        qemu_register_reset(uart_at_reset, u);
    }
}
