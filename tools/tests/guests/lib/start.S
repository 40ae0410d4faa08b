/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * First instructions of a test guest, its secondary CPUs and its vectors.
 *
 * The image is a zImage without a decompressor: it runs where the loader puts
 * it, relocates its own pointers, and calls guest_start(DTB). Everything runs
 * in SVC mode on one stack per CPU; each exception stores its return state on
 * that stack (SRS) and leaves by RFE.
 *
 * Source: Linux Documentation/arm/booting.rst (zImage header at 0x24, DTB in
 *         r2); DDI 0406C.c B1.8 (exceptions), B9.3.16 (SRS), B9.3.13 (RFE);
 *         ELF for the Arm Architecture (R_ARM_RELATIVE is 23).
 * Layer:  test guest.
 */
#include "marks.h"

#define STACK_BYTES 16384
#define MODE_SVC    0x13
#define MODE_HYP    0x1a

    .syntax unified
    .arch_extension virt
    .arm
    .section .text.start, "ax"

/*
 * A bare board with virtualization starts its CPUs in Hyp mode: on to SVC,
 * with the timers and counters of PL1 open and nothing trapped, as they are
 * without it. Uses r3-r5.
 */
.macro leave_hyp
    mrs     r3, cpsr
    and     r4, r3, #0x1f
    cmp     r4, #MODE_HYP
    bne     1f
    mrc     p15, 4, r4, c14, c1, 0      @ CNTHCTL.PL1PCEN, PL1PCTEN
    orr     r4, r4, #3
    mcr     p15, 4, r4, c14, c1, 0
    mov     r4, #0
    mov     r5, #0
    mcrr    p15, 4, r4, r5, c14         @ CNTVOFF
    bic     r3, r3, #0x1f
    orr     r3, r3, #0xc0 | MODE_SVC
    orr     r3, r3, #0x100              @ A, I and F masked
    msr     spsr_cxsf, r3
    adr     r4, 1f
    msr     elr_hyp, r4
    eret
1:
.endm

    .global guest_image
guest_image:
    .rept 8
    nop
    .endr
    b       boot
    .word   0x016f2818                  @ zImage magic
    .word   0                           @ runs at any address
    .word   guest_data_end - guest_image

boot:
    pld     [pc, #MARK_FIRST]
    leave_hyp
    cpsid   aif, #MODE_SVC
    mov     r8, r2                      @ the DTB
    adr     r4, guest_image             @ also the relocation to apply

    ldr     r5, relocs_offset
    ldr     r6, relocs_end_offset
    add     r5, r5, r4
    add     r6, r6, r4
1:  cmp     r5, r6
    bhs     2f
    ldmia   r5!, {r0, r1}               @ offset, info
    and     r1, r1, #0xff
    cmp     r1, #23
    bne     1b
    ldr     r2, [r4, r0]
    add     r2, r2, r4
    str     r2, [r4, r0]
    b       1b

2:  ldr     r5, bss_offset
    ldr     r6, bss_end_offset
    add     r5, r5, r4
    add     r6, r6, r4
    mov     r0, #0
3:  cmp     r5, r6
    strlo   r0, [r5], #4
    blo     3b

    mov     r0, #0
    bl      cpu_setup
    mov     r0, r8
    bl      guest_start
4:  wfi
    b       4b

relocs_offset:      .word guest_relocs - guest_image
relocs_end_offset:  .word guest_relocs_end - guest_image
bss_offset:         .word guest_bss - guest_image
bss_end_offset:     .word guest_bss_end - guest_image
stacks_offset:      .word guest_stacks - guest_image
vectors_offset:     .word vectors - guest_image

/*
 * Stack, CPU number, vectors and VFP of CPU r0. Uses r0-r3.
 * The stack of CPU n ends at guest_stacks + (n + 1) * STACK_BYTES.
 */
cpu_setup:
    mcr     p15, 0, r0, c13, c0, 4      @ TPIDRPRW: the number of this CPU
    adr     r1, guest_image
    ldr     r2, stacks_offset
    add     r2, r2, r1
    add     r0, r0, #1
    mov     r3, #STACK_BYTES
    mla     sp, r0, r3, r2
    ldr     r2, vectors_offset
    add     r2, r2, r1
    mcr     p15, 0, r2, c12, c0, 0      @ VBAR
    mrc     p15, 0, r0, c1, c0, 0       @ SCTLR.V off: VBAR counts
    bic     r0, r0, #(1 << 13)
    mcr     p15, 0, r0, c1, c0, 0
    mrc     p15, 0, r0, c1, c0, 2       @ CPACR: cp10 and cp11
    orr     r0, r0, #(0xf << 20)
    mcr     p15, 0, r0, c1, c0, 2
    isb
    mov     r0, #(1 << 30)
    .fpu    vfpv3-d16
    vmsr    fpexc, r0
    bx      lr

/* PSCI CPU_ON enters here with the number of the CPU in r0. */
    .global guest_secondary_entry
guest_secondary_entry:
    leave_hyp
    cpsid   aif, #MODE_SVC
    mov     r4, r0
    bl      cpu_setup
    mov     r0, r4
    bl      guest_secondary_start
5:  wfi
    b       5b

/* r0: exception kind. The frame is struct frame of guest.h. */
.macro fault_vector name, kind
\name:
    srsdb   sp!, #MODE_SVC
    cps     #MODE_SVC
    push    {r0-r12, lr}
    mov     r0, sp
    mov     r1, #\kind
    b       fault_common
.endm

fault_vector vec_undef, 1
fault_vector vec_svc, 2
fault_vector vec_pabt, 3
fault_vector vec_dabt, 4
fault_vector vec_fiq, 6

fault_common:
    mov     r4, sp
    bic     sp, sp, #7
    bl      fault_dispatch
    mov     sp, r4
    pop     {r0-r12, lr}
    rfeia   sp!

vec_irq:
    pld     [pc, #MARK_VECTOR]
    sub     lr, lr, #4
    srsdb   sp!, #MODE_SVC
    cps     #MODE_SVC
    push    {r0-r4, r12, lr}
    mov     r4, sp
    bic     sp, sp, #7
    bl      irq_dispatch
    mov     sp, r4
    pop     {r0-r4, r12, lr}
    rfeia   sp!

    .balign 32
vectors:
    b       .                           @ reset: not taken
    b       vec_undef
    b       vec_svc
    b       vec_pabt
    b       vec_dabt
    b       .                           @ hyp trap: not taken at PL1
    b       vec_irq
    b       vec_fiq

    .section .bss.stacks, "aw", %nobits
    .balign 16
    .global guest_stacks
guest_stacks:
    .space  STACK_BYTES * 8
