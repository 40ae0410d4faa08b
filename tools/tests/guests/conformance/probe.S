/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that fault, each a function of its own, and vectors that
 * note the state in which the exception is taken.
 *
 * Source: DDI 0406C.c B1.8 (exception entry), B1.9 (each exception).
 * Layer:  test guest.
 */
#define MODE_SVC 0x13
#define MODE_ABT 0x17
#define MODE_UND 0x1b

    .syntax unified
    .arch_extension virt
    .arm
    .text

/* name: what runs; name_at: the instruction; name_end: goes on here. */
.macro label name
    .global \name
    .hidden \name
\name:
.endm

.macro probe name, insn:vararg
    .type probe_\name, %function
    label probe_\name
    label probe_\name\()_at
    \insn
    label probe_\name\()_end
    bx      lr
.endm

/* The same behind an IT instruction. */
.macro probe_it name, cond, insn:vararg
    .type probe_\name, %function
    label probe_\name
    it      \cond
    label probe_\name\()_at
    \insn
    label probe_\name\()_end
    bx      lr
    nop
.endm

/* r0: value, r1: address. Nothing else may be touched, but r2 and r3. */
    probe udf,          .inst 0xe7f000f7     @ udf 7
    probe c15,          mrc p15, 0, r0, c15, c0, 0
    probe c15_write,    mcr p15, 0, r0, c15, c7, 3
    probe c15_ne,       mrcne p15, 0, r0, c15, c0, 0
    probe c15_eq,       mrceq p15, 0, r0, c15, c0, 0
    probe actlr_eq,     mrceq p15, 0, r0, c1, c0, 1
    probe mcrr,         mcrr p15, 5, r2, r3, c15
    probe cp14,         mrc p14, 1, r0, c0, c0, 0
    probe hyp,          mrc p15, 4, r0, c1, c1, 0
    probe ldr,          ldr r0, [r1]
    probe ldrb,         ldrb r0, [r1]
    probe ldrsh,        ldrsh r0, [r1]
    probe ldrd,         ldrd r2, r3, [r1]
    probe ldr_post,     ldr r0, [r1], #4
    probe ldr_pre,      ldr r0, [r1, #4]!
    probe ldm,          ldmia r1!, {r2, r3}
    probe ldreq,        ldreq r0, [r1]
    probe str,          str r0, [r1]
    probe strb,         strb r0, [r1]
    probe strh,         strh r0, [r1]
    probe str_post,     str r0, [r1], #4
    probe stm,          stmdb r1!, {r2, r3}
    probe ldrex,        ldrex r0, [r1]

    .thumb
    .align 2
    probe t_udf16,      .inst.n 0xde07
    .align 2
    probe t_udf32,      .inst.w 0xf7f0a007
    probe t_c15,        mrc p15, 0, r0, c15, c0, 0
    probe_it t_c15_ne, ne, mrcne p15, 0, r0, c15, c0, 0
    probe_it t_c15_eq, eq, mrceq p15, 0, r0, c15, c0, 0
    probe_it t_actlr_eq, eq, mrceq p15, 0, r0, c1, c0, 1
    probe t_ldr,        ldr r0, [r1]
    .align 2
    probe t_ldrw,       ldr.w r0, [r1, #0]
    probe_it t_ldrne, ne, ldrne r0, [r1]
    probe t_str,        str r0, [r1]
    .align 2
    probe t_ldm,        ldmia r1!, {r2, r3}
    .align 2

/*
 * probe_fetch(capture, address): jump where nothing can be fetched; go on
 * in the instruction set of the jump.
 */
    .arm
    .type probe_fetch, %function
    label probe_fetch
    tst     r1, #1
    adreq   r2, 1f
    adrne   r2, 2f
    str     r2, [r0, #20]
    bx      r1
1:  bx      lr
    .thumb
    .align 2
2:  bx      lr
    .align 2
    .arm

/*
 * probe_call(fn, regs, psr): run a probe with r0, r1 from regs, the flags
 * clear and @psr in CPSR bits 8:0; r0 and r1 come back in regs.
 */
    .type probe_call, %function
    label probe_call
    push    {r4-r7, lr}
    mov     r4, r0
    mov     r5, r1
    mrs     r6, cpsr
    bic     r7, r6, #0x1c0
    orr     r7, r7, r2
    bic     r7, r7, #0xf0000000
    ldm     r5, {r0, r1}
    mov     r2, #0
    mov     r3, #0
    msr     cpsr_fsxc, r7
    blx     r4
    msr     cpsr_fsxc, r6
    stm     r5, {r0, r1}
    pop     {r4-r7, pc}

/*
 * SP of the exception's mode points at a struct capture (fault.c). Any
 * exception goes on at capture.resume, out of an IT block.
 */
.macro capture kind
    str     r0, [sp, #0]
    str     lr, [sp, #4]
    mrs     r0, spsr
    str     r0, [sp, #8]
    mrs     r0, cpsr
    str     r0, [sp, #12]
    mov     r0, #\kind
    str     r0, [sp, #16]
    mrs     r0, spsr
    bic     r0, r0, #0x06000000
    bic     r0, r0, #0x0000fc00
    msr     spsr_fsxc, r0
    ldr     lr, [sp, #20]
    ldr     r0, [sp, #0]
    subs    pc, lr, #0
.endm

.macro capture_vectors name
    .balign 32
    label \name
    nop.w
    b.w     1f
    nop.w
    b.w     2f
    b.w     3f
    nop.w
    nop.w
    nop.w
1:  capture 1
2:  capture 3
3:  capture 4
.endm

    .thumb
    capture_vectors probe_vectors_thumb
    .arm
    .macro  arm_vectors
    .balign 32
    label probe_vectors_arm
    nop
    b       1f
    nop
    b       2f
    b       3f
    nop
    nop
    nop
1:  capture 1
2:  capture 3
3:  capture 4
    .endm
    arm_vectors

/* probe_stacks(capture): SP of the exceptions' modes. */
    .type probe_stacks, %function
    label probe_stacks
    cps     #MODE_UND
    mov     sp, r0
    cps     #MODE_ABT
    mov     sp, r0
    cps     #MODE_SVC
    bx      lr
