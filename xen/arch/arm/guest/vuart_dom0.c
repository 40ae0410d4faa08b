/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console UART as dom0 sees it: the status register says "ready", what
 * is written to the data register goes to the log by lines, the rest reads
 * as zero and ignores writes.
 *
 * dom0 may write to the console as much as it likes (console_io), so its
 * lines are not rate-limited here either.
 *
 * Source: interface.md 2.11. Layer: 6 (guest).
 */
#include <xen/board.h>
#include <xen/io.h>
#include <xen/printk.h>
#include <xen/spinlock.h>
#include <xen/uart.h>
#include <xen/vuart_dom0.h>

#define LINE_MAX 120u

static struct vuart_dom0 {
    struct spinlock lock;   /* guards .line and .len                    */
    struct uart_vuart regs; /* offsets in the page; constant          */
    uint32_t len;
    char line[LINE_MAX + 1];
} vuart = { .lock = SPINLOCK_INIT(RANK_LEAF) };

/* The console's lock ranks last, so the line is printed under ours. */
static void add_char(char c)
{
    lock_take(&vuart.lock);
    if (c != '\n' && c != '\r' && c != '\0')
        vuart.line[vuart.len++] = c;
    if (c == '\n' || vuart.len == LINE_MAX) {
        vuart.line[vuart.len] = '\0';
        printk(LOG_ALWAYS, "DOM0: %s\n", vuart.line);
        vuart.len = 0;
    }
    lock_drop(&vuart.lock);
}

static enum verdict vuart_access(struct vcpu *v, struct io_access *a,
                                 void *priv)
{
    (void)v;
    (void)priv;
    if (a->write && a->offset == vuart.regs.data)
        add_char((char)a->value);
    else if (!a->write && a->offset == vuart.regs.status)
        a->value = vuart.regs.ready;
    return V_DONE;
}

int vuart_dom0_create(struct domain *d)
{
    const struct uart_driver *drv = uart_current();
    gpaddr_t base = board.uart.base;
    uint32_t in_page = (uint32_t)(base % PAGE_SIZE);

    if (!drv)
        return 0;
    vuart.regs = uart_vuart(drv, &board.uart);
    vuart.regs.data += in_page;
    vuart.regs.status += in_page;
    return io_register(d, base - in_page, PAGE_SIZE, vuart_access, NULL);
}
