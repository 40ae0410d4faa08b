/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What entry.S offers to C, and what it calls there.
 *
 * Layer: 10 (entry).
 */
#ifndef ASM_ENTRY_H
#define ASM_ENTRY_H

#include <xen/compiler.h>
#include <xen/domain.h>
#include <xen/trap.h>

/*
 * Top of each pCPU's stack: two words, the first of which is the address of
 * this CPU's softirq_pending (entry.S loads it on the way out).
 */
struct stack_top {
    uint32_t *softirq_pending;
    uint32_t unused; /* keeps SP 8-aligned */
};

/* HVBAR while traps are not traced, and while they are; entry.S. */
extern const uint8_t hyp_vectors[], hyp_vectors_traced[];

/* Boot: SOFTIRQ_TRACE, which chooses between them. */
void trace_traps_init(void);

/* First way into a guest on this CPU; stack_top as above. */
no_return void enter_guest(struct vcpu *v, void *stack_top);
/* Continue in @fn on another stack. */
no_return void call_on_stack(void (*fn)(void), void *stack_top);

/* Row of a trap class, HSR.EC. entry.S calls the handler: it comes first. */
struct trap {
    trap_fn *handler;
    const char *name;
};
STATIC_ASSERT(sizeof(struct trap) == 8);
extern const struct trap trap_table[64];

/* Called by entry.S. Frames of faults in Hyp mode: r0 is SP at the fault. */
struct fault_frame {
    uint32_t r[13];
    uint32_t lr;
};
enum verdict trap_traced(struct vcpu *v, uint32_t hsr);
void trap_finish(struct vcpu *v, uint32_t hsr, enum verdict verdict);
void trap_guest_async_abort(struct vcpu *v);
struct vcpu *leave_to_guest(void);
no_return void trap_hyp_fault(const struct fault_frame *f);
no_return void trap_unexpected(const struct vcpu *v);
no_return void start_xen(uint32_t fdt_pa);
no_return void start_secondary(void);

#endif /* ASM_ENTRY_H */
