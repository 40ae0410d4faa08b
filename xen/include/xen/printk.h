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
    LOG_ERR,   /* loglvl=error:   always printed                       */
    LOG_WARN,  /* loglvl=warning: the default threshold                */
    LOG_INFO,  /* loglvl=info                                          */
    LOG_DEBUG, /* loglvl=debug or all                                  */
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

/* Set up with the polled UART; then with its interrupt and the ring. */
void console_init_early(void);
void console_init(void);

/* Panic: print everything at once, break the lock, no queueing. */
void console_force_sync(void);

/*
 * Console ring as sysctl readconsole sees it: absolute position *@index
 * (clamped to what is still there), at most *@count bytes to @copy pieces.
 */
size_t console_ring_read(uint32_t *index, char *buf, size_t size);
void console_ring_clear(void);

/* UART input while dom0 has the focus: bytes taken, 0 when none waits. */
size_t console_input_read(char *buf, size_t size);

/* Hooks of upper layers: input for dom0 waits; the ring got new text; a
 * debug key was pressed (focus on Xen). Registered once at boot. */
void console_hooks(void (*input)(void), void (*ring)(void),
                   void (*key)(char key));

#endif /* XEN_PRINTK_H */
