/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What guest/cp15.c tells its own layer; its trap handlers are in
 * xen/guest_traps.h.
 *
 * Source: ARM DDI 0406C.c B4.1 (ID registers). Layer: 6 (guest).
 */
#ifndef ASM_GUEST_CP15_H
#define ASM_GUEST_CP15_H

#include <stdint.h>

/* Read this CPU's ID registers for the guests. VFP is open (HCPTR). */
void cp15_cpu_init(void);

/* FPSID, which that read. */
uint32_t cp15_fpsid(void);

#endif /* ASM_GUEST_CP15_H */
