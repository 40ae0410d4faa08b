/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypervisor's log: to the UART and the console ring, each line with
 * "(XEN) " in front, filtered by level; lines that a guest can cause go
 * through gprintk, which every build rate-limits.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_PRINTK_H
#define XEN_PRINTK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

enum log_level {
    LOG_ERR,         /* loglvl=error:   always printed                       */
    LOG_WARN,        /* loglvl=warning: the default threshold                */
    LOG_INFO,        /* loglvl=info                                          */
    LOG_DEBUG,       /* loglvl=debug or all                                  */
    LOG_ALWAYS = -1, /* boot facts and answers to people               */
};

/* One or more whole or partial lines. Any context, any locks but console. */
void printk(enum log_level level, const char *fmt, ...) printf_like(2, 3);
void vprintk(enum log_level level, const char *fmt, va_list args)
    printf_like(2, 0);

/*
 * As printk, for what guests cause: guest_loglvl= and a token bucket
 * (10 lines at once, 1 more each second, machine-wide; lost lines counted).
 */
void gprintk(enum log_level level, const char *fmt, ...) printf_like(2, 3);

/* Raw bytes of dom0's console: UART only, or the ring too when asked. */
void console_write_raw(const char *buf, size_t len);

/*
 * The same for at most 16 KiB when they can be queued or sent at once: else
 * false, with nothing written, and the caller comes again after its other
 * work. A UART without an interrupt, or with sync_console, is waited for.
 */
bool must_check console_try_raw(const char *buf, size_t len);

/*
 * Can some lines be printed without waiting for the UART? For who prints a
 * lot, part by part. Also true when it takes nothing at all.
 */
bool console_has_room(void);

/*
 * Set up with the polled UART, after uart_init: reads the log levels from
 * the options. Then, after irq, heap, time and timer, with the UART's
 * interrupt and a ring of conring_size.
 */
void console_init_early(void);
void console_init(void);

/* Input goes to dom0 (to Xen) from now on; prints the line that says so. */
void console_focus_dom0(void);
void console_focus_xen(void);

/*
 * All that was printed is handed to the UART: what is written to it past
 * the console comes behind. Waits, for as long as the UART needs.
 */
void console_drain(void);

/* Panic: print everything at once, break the lock, no queueing. */
void console_force_sync(void);

/*
 * Console ring as sysctl readconsole sees it: at most @size bytes from
 * absolute position *@index on to @buf; *@index is moved to the oldest byte
 * first when it is not in the ring, and behind what was read in the end.
 * Returns the bytes read.
 */
size_t console_ring_read(uint32_t *index, char *buf, size_t size);
/* Drop what is before @index. */
void console_ring_clear(uint32_t index);

/* UART input while dom0 has the focus: bytes taken, 0 when none waits. */
size_t console_input_read(char *buf, size_t size);

/* Hooks of upper layers: input for dom0 waits; the ring got new text; a
 * debug key was pressed (focus on Xen). Registered at boot, each by its
 * owner: NULL leaves what is there. */
void console_hooks(void (*input)(void), void (*ring)(void),
                   void (*key)(char key));

#endif /* XEN_PRINTK_H */
