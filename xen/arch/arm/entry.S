/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vectors, the way in from a guest and the way back. Nothing else.
 *
 * While a guest runs SP_hyp is &v->regs.pc of its vCPU, so the frame goes
 * straight into struct vcpu. Hyp code runs with A, I and F masked from the
 * first instruction to the last: no exception is expected there, and one
 * that comes ends in panic.
 *
 * The vectors fall through to one ICIALLU: on Cortex-A15 with ACTLR.IBE it
 * empties the branch predictor before the first branch in Hyp mode
 * (CVE-2017-5715). SP counts how many vectors were passed, since no register
 * is free: that is why it must be 8-aligned on entry.
 *
 * Source: ARM DDI 0406C.c B1.8.1 (Hyp vectors), B1.8.3, B1.9.
 * Layer:  10 (entry).
 */
#include <asm/psr.h>

#include <generated/asm-offsets.h>

    .syntax unified
    .arch armv7ve
    .arch_extension virt
    .arm

    .section .text.entry, "ax"

    .macro vectors
    add     sp, sp, #1              @ 0x00 reset, unused
    add     sp, sp, #1              @ 0x04 undefined, from Hyp
    add     sp, sp, #1              @ 0x08 SVC, from Hyp
    add     sp, sp, #1              @ 0x0c prefetch abort, from Hyp
    add     sp, sp, #1              @ 0x10 data abort, from Hyp; async abort
    add     sp, sp, #1              @ 0x14 trap or HVC from a guest: 3
    add     sp, sp, #1              @ 0x18 IRQ: 2
    add     sp, sp, #1              @ 0x1c FIQ: 1
    mcr     p15, 0, r0, c7, c5, 0   @ ICIALLU
    isb
    eor     sp, sp, #3              @ trap: 0; IRQ: 1; FIQ: 2; the rest 3..7
    tst     sp, #7
    .endm

    /*
     * Save the frame. An SP that was not 8-aligned (a fault inside a leaf
     * function of ours) can look like a trap: the mode in SPSR decides.
     */
    .macro save_frame
    push    {r0-r12, lr}
    mrs     r2, elr_hyp
    mrs     r3, spsr
    strd    r2, r3, [sp, #REGS_PC]  @ and regs.cpsr
    and     r1, r3, #PSR_MODE_MASK
    teq     r1, #PSR_MODE_HYP
    beq     fault_saved
    mov     r4, sp                  @ struct vcpu
    ldr     sp, [r4, #VCPU_HYP_SP]
    mov     fp, #0                  @ backtraces end here
    .endm

    /*
     * The vectors while traps are traced: trace_traps.c finds the handler.
     * Nothing of this is on the way when they are not.
     */
    .align  5
    .global hyp_vectors_traced
hyp_vectors_traced:
    vectors
    bne     not_trap
    save_frame
    mrc     p15, 4, r5, c5, c2, 0   @ HSR
    mov     r0, r4
    mov     r1, r5
    bl      trap_traced
    b       handled

    .align  5
    .global hyp_vectors
hyp_vectors:
    vectors
    bne     not_trap
trap_entry:
    save_frame
    mrc     p15, 4, r5, c5, c2, 0   @ HSR
    movw    r3, #:lower16:trap_table
    movt    r3, #:upper16:trap_table
    lsr     r2, r5, #26             @ HSR.EC: 64 classes, 64 rows
    mov     r0, r4
    mov     r1, r5
    ldr     r3, [r3, r2, lsl #TRAP_SHIFT]
    blx     r3                      @ its handler
handled:
    cmp     r0, #VERDICT_RETRY
    bne     finish

    /*
     * Back to the guest of vCPU r4; sp is this CPU's stack top, where
     * setup.c keeps the address of the word that tells what is to be done.
     */
return_to_guest:
    ldr     r1, [sp]
    ldr     r1, [r1]                @ softirq_pending
    cmp     r1, #0
    bne     leave_slowly
leave:
    mov     sp, r4
    ldrd    r2, r3, [sp, #REGS_PC]
    msr     elr_hyp, r2
    msr     spsr_cxsf, r3
    pop     {r0-r12, lr}
    eret
    dsb     nsh                     @ no speculation beyond ERET (XSA-312)
    isb

leave_slowly:
    bl      leave_to_guest
    mov     r4, r0                  @ the vCPU to run may be another now
    b       leave

    /* An ARM instruction that is done is stepped over here, as most are. */
finish:
    cmp     r0, #VERDICT_DONE
    ldrdeq  r2, r3, [r4, #REGS_PC]  @ and regs.cpsr
    tsteq   r3, #PSR_T
    bne     finish_slowly
    add     r2, r2, #4
    str     r2, [r4, #REGS_PC]
    b       return_to_guest

finish_slowly:
    mov     r2, r0
    mov     r0, r4
    mov     r1, r5
    bl      trap_finish
    b       return_to_guest

not_trap:
    tst     sp, #6
    bne     not_irq
    eor     sp, sp, #1
irq_entry:
    save_frame
    bl      irq_handle
    b       return_to_guest

not_irq:
    tst     sp, #4
    bne     fault                   @ 4..7: from Hyp mode (or async abort)
    bic     sp, sp, #7              @ 2: FIQ, 3: reset
    save_frame
    mov     r0, r4
    b       trap_unexpected

    /*
     * The stack may be what is broken, so HIFAR serves as scratch: ELR_hyp
     * says the same after a prefetch abort. An asynchronous abort of a guest
     * comes here too (HCR.AMO), is told by SPSR, and the guest goes on: none
     * of its registers may change.
     */
fault:
    mcr     p15, 4, r0, c6, c0, 2   @ HIFAR
    mrs     r0, spsr
    and     r0, r0, #PSR_MODE_MASK
    teq     r0, #PSR_MODE_HYP
    mrc     p15, 4, r0, c6, c0, 2
    beq     1f
    bic     sp, sp, #7
    save_frame
    mov     r0, r4
    bl      trap_guest_async_abort
    b       return_to_guest

1:  mov     r0, sp                  @ low bits: which vector
    ldr     sp, =fault_stack_top
    push    {r0-r12, lr}
    mov     r0, sp
    b       trap_hyp_fault

fault_saved:                        @ frame is at sp, whatever that was
    mov     r0, sp
    ldr     sp, =fault_stack_top
    b       trap_hyp_fault

/*
 * no_return void enter_guest(struct vcpu *v, void *stack_top): the first
 * way into a guest on this CPU.
 */
    .global enter_guest
    .type enter_guest, %function
enter_guest:
    mov     r4, r0
    mov     sp, r1
    b       return_to_guest
    .size enter_guest, . - enter_guest

/* no_return void call_on_stack(void (*fn)(void), void *stack_top) */
    .global call_on_stack
    .type call_on_stack, %function
call_on_stack:
    mov     sp, r1
    mov     fp, #0
    mov     lr, #0
    bx      r0
    .size call_on_stack, . - call_on_stack

    .ltorg

    .section .bss
    .align  3
fault_stack: .space 4096
fault_stack_top:
