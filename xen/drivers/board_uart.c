/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which UART is the console.
 *
 * Source: Devicetree Specification v0.3, 3.3 (aliases), 3.6 (stdout-path),
 *         4.2.2 (ns16550: reg-shift, clock-frequency);
 *         Linux Documentation/devicetree/bindings/serial/8250.yaml.
 * Layer:  3 (drivers). Tested on the host, unit/board.c.
 */
#include <public/errno.h>
#include <xen/number.h>
#include <xen/string.h>
#include <xen/uart.h>

#include "board_read.h"

#define USUAL_BAUD 115200u

/* The compatible of @node that @drv knows. */
static const char *matched(const void *fdt, int node,
                           const struct uart_driver *drv)
{
    for (const char *const *c = drv->compatibles; *c; c++)
        if (fdt_node_is_compatible(fdt, node, *c))
            return *c;
    return NULL;
}

/* Baud rate behind the colon of "serial0:115200n8", or 0. */
static uint32_t baud_of(const char *name)
{
    const char *colon = strchr(name, ':');
    const char *end;
    uint64_t baud;

    if (!colon || !number_parse(colon + 1, &end, &baud) || baud > 12000000)
        return 0;
    return (uint32_t)baud;
}

/* What stdout-path names, else the first serial alias. */
static const char *default_name(const struct board *b)
{
    int chosen = fdt_path_offset(b->fdt, "/chosen");
    const char *name = NULL;

    if (chosen >= 0) {
        name = fdt_string_get(b->fdt, chosen, "stdout-path");
        if (!name)
            name = fdt_string_get(b->fdt, chosen, "linux,stdout-path");
    }
    return name ? name : "serial0";
}

static int refuse(struct board *b, const char *what)
{
    board_problem(b, false, what, 0);
    return -ENODEV;
}

int board_choose_uart(struct board *b, const char *dtuart)
{
    const char *name = dtuart ? dtuart : default_name(b);
    struct board_uart *u = &b->uart;
    const struct uart_driver *drv;
    struct fdt_path p;
    int node = fdt_node_by_name(b->fdt, name);

    if (node < 0 || fdt_path_find(b->fdt, node, &p))
        return refuse(b, dtuart ? "console: dtuart= names no node: give an "
                                  "alias such as serial0 or a full path"
                                : "console: stdout-path names no node: give "
                                  "dtuart=ALIAS or dtuart=PATH");
    drv = uart_find(b->fdt, node);
    if (!drv)
        return refuse(b, "console: no driver for that node: give dtuart= of "
                         "a PL011 or 8250-like UART");
    if (!fdt_node_available(b->fdt, node))
        return refuse(b, "console: that UART is disabled in the device tree: "
                         "give dtuart= of another");

    *u = (struct board_uart){ .node = -1 };
    if (fdt_reg_at(b->fdt, &p, 0, &u->base, &u->size))
        return refuse(b, "console: the UART's reg cannot be translated to "
                         "an address: are ranges missing in its parents?");
    u->node = node;
    u->compatible = matched(b->fdt, node, drv);
    u->reg_shift = fdt_u32_get(b->fdt, node, "reg-shift",
                               uart_default_shift(u->compatible));
    u->reg_io_width = fdt_u32_get(b->fdt, node, "reg-io-width", 1);
    u->clock_hz = fdt_u32_get(b->fdt, node, "clock-frequency",
                              uart_default_hz(u->compatible));
    /* stdout-path repeats what the boot loader has set already. */
    u->usual_baud = baud_of(name) ? baud_of(name) : USUAL_BAUD;
    if (dtuart)
        u->baud = baud_of(dtuart);
    u->has_irq = fdt_irq_at(b->fdt, &p, 0, &u->irq) == 0;
    return 0;
}

/* The alias whose value is @path, or NULL. */
static const char *alias_of(const void *fdt, const char *path)
{
    int aliases = fdt_path_offset(fdt, "/aliases"), prop, len;
    const char *name, *value;

    if (aliases < 0)
        return NULL;
    fdt_for_each_property_offset(prop, fdt, aliases)
    {
        value = fdt_getprop_by_offset(fdt, prop, &name, &len);
        if (value && len > 0 && (size_t)len == strlen(path) + 1 &&
            memcmp(value, path, (size_t)len) == 0)
            return name;
    }
    return NULL;
}

void board_list_uarts(const struct board *b,
                      void (*fn)(const char *path, const char *alias))
{
    struct fdt_path p;
    char path[128];

    fdt_path_root(&p);
    while (fdt_path_next(b->fdt, &p)) {
        int node = fdt_path_node(&p);

        if (uart_find(b->fdt, node) && fdt_node_available(b->fdt, node) &&
            fdt_get_path(b->fdt, node, path, sizeof(path)) == 0)
            fn(path, alias_of(b->fdt, path));
    }
}
