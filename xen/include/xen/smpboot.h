/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bringing up the other CPUs.
 *
 * Layer: 10 (entry).
 */
#ifndef XEN_SMPBOOT_H
#define XEN_SMPBOOT_H

#include <xen/board.h>

/* Per-CPU area of the boot CPU: the very first thing. */
void smpboot_percpu_init(void);
/* Its final stack, with guard pages; when memory works. */
void smpboot_boot_cpu(void);

/* Warn (once) when ACTLR.IBE is clear on a CPU that needs it. */
void cpu_predictor_report(void);
/* Warn when CNTFRQ of this CPU is not what the platform set it to. */
void cpu_counter_report(void);

/*
 * Let the other CPUs out of the firmware, if it is one that sends them all
 * off at once (platform->cpus_release): they wait in head.S. @b, @max: as
 * for smpboot_all. Once registers are mapped.
 */
void smpboot_release(const struct board *b, unsigned int max);
/*
 * Start the CPUs of @b, at most @max in all (0: no limit). One that does not
 * come is left out with a line that says why; the machine goes on.
 */
void smpboot_all(const struct board *b, unsigned int max);

/* Banked and per-CPU devices of the calling CPU, boot CPU included. */
void cpu_devices_init(void);

#endif /* XEN_SMPBOOT_H */
