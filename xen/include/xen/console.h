/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What printk.c makes lines for: the lock, the ring and the UART.
 *
 * Layer: 4 (core). For core/printk.c and core/console.c.
 */
#ifndef XEN_CONSOLE_H
#define XEN_CONSOLE_H

#include <stddef.h>

/* The console lock; not taken any more after console_force_sync. */
void console_lock(void);
/* Drop it, then have the hooks told about new text. */
void console_unlock(void);

/* Text to the ring and, with CR before LF, to the UART. Lock held. */
void console_text(const char *s, size_t len);

/* Read loglvl= and guest_loglvl=. */
void printk_levels_init(void);

#endif /* XEN_CONSOLE_H */
