/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console UART: one driver of two, chosen by the device tree.
 *
 * Source: Linux Documentation/devicetree/bindings/serial/8250.yaml (which
 *         UARTs have a reg-shift); TI SPRUI30H (DRA75x TRM) 24.3 (clock).
 * Layer:  3 (drivers). Tested on the host, unit/board.c and unit/uart.c.
 */
#include <stddef.h>

#include <xen/board.h>
#include <xen/string.h>
#include <xen/uart.h>

/* A UART that is never ready for so many looks is stuck: 16 bytes at 300
 * baud last half a second. */
#define TRIES_MAX (1u << 22)

static const struct uart_driver *const drivers[] = {
    &pl011_driver,
    &ns16550_driver,
};

static const struct uart_driver *current_driver;
static bool stuck; /* the last byte was dropped: do not wait again */

const struct uart_driver *uart_find(const void *fdt, int node)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++)
        for (const char *const *c = drivers[i]->compatibles; *c; c++)
            if (fdt_node_is_compatible(fdt, node, *c))
                return drivers[i];
    return NULL;
}

uint32_t uart_default_shift(const char *compatible)
{
    /* TI's bindings have no reg-shift: their registers are words. */
    return strncmp(compatible, "ti,", 3) == 0 ? 2 : 0;
}

uint32_t uart_default_hz(const char *compatible)
{
    return strncmp(compatible, "ti,", 3) == 0 ? 48000000 : 0;
}

struct uart_vuart uart_vuart(const struct uart_driver *drv,
                             const struct board_uart *u)
{
    uint32_t shift = drv == &ns16550_driver ? u->reg_shift : 0;

    return (struct uart_vuart){
        .data = drv->vuart_data << shift,
        .status = drv->vuart_status << shift,
        .ready = drv->vuart_status_ready,
    };
}

int uart_init(const struct uart_driver *drv, volatile uint8_t *regs,
              const struct board_uart *u)
{
    int rc = drv->init(regs, u);

    if (rc == 0)
        current_driver = drv;
    return rc;
}

const struct uart_driver *uart_current(void)
{
    return current_driver;
}

void uart_putc(char c)
{
    if (!current_driver)
        return;
    for (unsigned int i = stuck ? TRIES_MAX - 1 : 0; i < TRIES_MAX; i++) {
        if (current_driver->put(&c, 1) == 1) {
            stuck = false;
            return;
        }
    }
    stuck = true;
}

int uart_getc(void)
{
    return current_driver ? current_driver->getc() : -1;
}

void uart_rx_irq_enable(void)
{
    if (current_driver)
        current_driver->rx_irq_enable();
}

void uart_tx_irq(bool on)
{
    if (current_driver)
        current_driver->tx_irq(on);
}
