/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFP and Advanced SIMD registers to memory and back: guest/switch.S.
 * HCPTR.TCP10 and TCP11 are open on this CPU.
 *
 * Source: ARM DDI 0406C.c A2.6, B1.11. Layer: 6 (guest).
 */
#ifndef ASM_GUEST_VFP_H
#define ASM_GUEST_VFP_H

#include <stdint.h>

struct vfp_state;

/* All 32 doublewords, FPEXC, FPSCR and what FPEXC.EX says is valid. */
void vfp_save(struct vfp_state *s);
/* The reverse. */
void vfp_restore(const struct vfp_state *s);

/* FPSID, MVFR0, MVFR1. */
void vfp_ids(uint32_t id[3]);

#endif /* ASM_GUEST_VFP_H */
