/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end: stop all CPUs, say why once, with a symbolised backtrace, then
 * reboot, or wait for ever with "noreboot".
 *
 * Layer: 4 (core).
 */
#ifndef XEN_PANIC_H
#define XEN_PANIC_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>

/* Boot option noreboot. */
extern bool opt_noreboot;

/* Stop all CPUs, print @fmt once with a backtrace, reboot or wait. */
no_return void panic(const char *fmt, ...) printf_like(1, 2);

/* Machine control, by platform, then PSCI, then a halt with a line. */
no_return void machine_restart(void);
no_return void machine_halt(void);

/* Address to "name+0xoff/0xsize"; "" when it is not ours. symbols.c */
void symbol_format(uintptr_t va, char *buf, size_t size);

/* Print a backtrace that starts with this frame pointer (r11) and pc. */
void backtrace_print(uintptr_t fp, uintptr_t pc);

#endif /* XEN_PANIC_H */
