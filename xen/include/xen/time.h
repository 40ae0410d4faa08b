/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic timer: one counter for the machine, one Hyp comparator per
 * CPU. Conversions multiply and shift; there is no division at run time.
 *
 * Source: ARM DDI 0406C.c B8 (Generic Timer). Layer: 3 (drivers).
 */
#ifndef XEN_TIME_H
#define XEN_TIME_H

#include <stdint.h>

#include <xen/compiler.h>

/* Counter frequency in Hz; set once by time_init, never 0 afterwards. */
extern uint32_t time_hz;

/* Counter value at which system time is 0 ns. */
extern uint64_t time_base_ticks;

/*
 * @hz: counter frequency from CNTFRQ, the device tree or the platform.
 * Returns 0 or -EINVAL when @hz is 0 or above 1 GHz.
 */
int must_check time_init(uint32_t hz);

/* CNTPCT now (with the isb that keeps it in order). */
uint64_t time_ticks(void);

/* System time: ns since time_init. */
uint64_t time_now_ns(void);

/* Rounded down, at most 1 ns short; UINT64_MAX when it does not fit. */
uint64_t ticks_to_ns(uint64_t ticks);
/*
 * Rounded up, so that a deadline is not early (by less than a tick after
 * years). For counters below 400 MHz the inverse of ticks_to_ns.
 */
uint64_t ns_to_ticks(uint64_t ns);

/* Program the Hyp comparator (CNTHP_CVAL), or switch it off. */
void time_comparator_set(uint64_t deadline_ticks);
void time_comparator_off(void);

/* Busy-wait; boot and panic paths only. */
void time_delay_us(uint32_t us);

#endif /* XEN_TIME_H */
