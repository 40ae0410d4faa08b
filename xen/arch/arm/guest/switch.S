/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFP and Advanced SIMD registers of a guest: the only place in the
 * hypervisor that touches them.
 *
 * FPEXC.EN may be clear in the guest; it has to be set to reach the rest.
 * FPINST and FPINST2 belong to VFPv2 and v3 coprocessors that bounce to
 * support code; from VFPv4 on (Cortex-A15, A7) they are never used.
 *
 * Source: ARM DDI 0406C.c B4.1.57 (FPEXC), B6.1 (MVFR0, MVFR1), A8.8.332
 *         (VLDM), A8.8.412 (VSTM). struct vfp_state: xen/context_types.h.
 * Layer:  6 (guest). Whoever calls has opened HCPTR.TCP10 and TCP11.
 */
#define FPEXC_EN (1 << 30)

    .syntax unified
    .arch armv7ve
    .fpu neon-vfpv4
    .arm
    .text

/* void vfp_save(struct vfp_state *s) */
    .global vfp_save
    .type vfp_save, %function
vfp_save:
    vmrs    r1, fpexc
    orr     r2, r1, #FPEXC_EN
    vmsr    fpexc, r2
    vstmia  r0!, {d0-d15}
    vstmia  r0!, {d16-d31}
    vmrs    r2, fpscr
    stmia   r0, {r1, r2}            @ fpexc, fpscr
    vmsr    fpexc, r1               @ the registers stay valid for the guest
    bx      lr
    .size vfp_save, . - vfp_save

/* void vfp_restore(const struct vfp_state *s) */
    .global vfp_restore
    .type vfp_restore, %function
vfp_restore:
    mov     r1, #FPEXC_EN
    vmsr    fpexc, r1
    vldmia  r0!, {d0-d15}
    vldmia  r0!, {d16-d31}
    ldmia   r0, {r2, r3}            @ fpexc, fpscr
    vmsr    fpscr, r3
    vmsr    fpexc, r2
    bx      lr
    .size vfp_restore, . - vfp_restore

/* void vfp_ids(uint32_t id[3]): FPSID, MVFR0, MVFR1, for guest/cp15.c. */
    .global vfp_ids
    .type vfp_ids, %function
vfp_ids:
    vmrs    r1, fpsid
    vmrs    r2, mvfr0
    vmrs    r3, mvfr1
    stmia   r0, {r1-r3}
    bx      lr
    .size vfp_ids, . - vfp_ids
