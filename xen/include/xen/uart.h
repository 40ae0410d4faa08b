/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console UART: PL011 or 8250/OMAP behind one small table.
 *
 * Layer: 3 (drivers). The console lock is held around all but uart_init.
 */
#ifndef XEN_UART_H
#define XEN_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

struct board_uart;

struct uart_driver {
    const char *const *compatibles; /* NULL-terminated                  */
    const char *name;
    /* Take over a UART: one that works keeps its rate unless .baud and
     * .clock_hz tell another.                                          */
    int (*init)(volatile uint8_t *regs, const struct board_uart *u);
    /* As many of @s as there is room for now: their number.            */
    size_t (*put)(const char *s, size_t len);
    int (*getc)(void); /* next byte, or -1                 */
    void (*rx_irq_enable)(void);
    void (*tx_irq)(bool on); /* interrupt when the FIFO has room */
    /* What dom0 sees of a UART that we keep: (offset of the data and the
     * status register, value that reads "empty and ready"). Offsets of an
     * 8250 are register numbers: uart_vuart() gives them in bytes.      */
    uint32_t vuart_data, vuart_status, vuart_status_ready;
};

struct uart_vuart {
    uint32_t data, status; /* byte offsets in the page                   */
    uint32_t ready;        /* value of status                            */
};

extern const struct uart_driver pl011_driver, ns16550_driver;

/* Driver for a node's compatible list, or NULL. */
const struct uart_driver *uart_find(const void *fdt, int node);

/* Returns 0 or the driver's -errno. After it the functions below work. */
int must_check uart_init(const struct uart_driver *drv, volatile uint8_t *regs,
                         const struct board_uart *u);
const struct uart_driver *uart_current(void); /* NULL before uart_init */

/* The vuart_* fields of @drv as @u has its registers. */
struct uart_vuart uart_vuart(const struct uart_driver *drv,
                             const struct board_uart *u);

/* reg-shift and clock-frequency of a node that has none; 0 Hz: unknown. */
uint32_t uart_default_shift(const char *compatible);
uint32_t uart_default_hz(const char *compatible);

/* Waits for room; drops the byte when there is no UART or it is stuck. */
void uart_putc(char c);
int uart_getc(void); /* next byte or -1                              */
void uart_rx_irq_enable(void);
void uart_tx_irq(bool on);

#endif /* XEN_UART_H */
