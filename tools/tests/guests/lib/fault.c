/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions: recorded when the guest expects them, reported when not.
 *
 * Source: DDI 0406C.c B1.8.3 (return addresses), B4.1.50-54 (fault status).
 * Layer:  test guest.
 */
#include "internal.h"

#define PSR_THUMB (1u << 5)

static struct {
    bool expected;
    uintptr_t resume; /* 0: behind the faulting instruction */
    struct fault last;
} fault_state[GUEST_CPUS];

/* Where the instruction stood: LR is ahead of it by this much. */
static uint32_t fault_pc(const struct frame *frame, enum fault_kind kind)
{
    bool thumb = frame->cpsr & PSR_THUMB;

    switch (kind) {
    case FAULT_UNDEF:
    case FAULT_SVC:
        return frame->pc - (thumb ? 2 : 4);
    case FAULT_DATA:
        return frame->pc - 8;
    case FAULT_PREFETCH:
    case FAULT_FIQ:
    case FAULT_NONE:
        break;
    }
    return frame->pc - 4;
}

static void report(const struct frame *frame, const struct fault *fault)
{
    print("\nguest: unexpected fault %u on CPU %u: pc %08x (image+%x) "
          "lr %08x cpsr %08x fsr %08x far %08x\n",
          fault->kind, cpu_id(), fault->pc,
          (fault->pc - (uintptr_t)guest_image), frame->lr, fault->spsr,
          fault->fsr, fault->far);
    for (unsigned int i = 0; i < 13; i++)
        print("r%u %08x%s", i, frame->r[i], i == 12 ? "\n" : " ");
    power_off();
}

void fault_dispatch(struct frame *frame, enum fault_kind kind)
{
    struct fault fault = {
        .kind = kind,
        .raw_lr = frame->pc,
        .pc = fault_pc(frame, kind),
        .spsr = frame->cpsr,
    };

    if (kind == FAULT_DATA) {
        fault.fsr = CP15_READ(0, c5, c0, 0);
        fault.far = CP15_READ(0, c6, c0, 0);
    }
    if (kind == FAULT_PREFETCH) {
        fault.fsr = CP15_READ(0, c5, c0, 1);
        fault.far = CP15_READ(0, c6, c0, 2);
    }
    if (!fault_state[cpu_id()].expected)
        report(frame, &fault);
    fault_state[cpu_id()].last = fault;
    if (fault_state[cpu_id()].resume)
        frame->pc = fault_state[cpu_id()].resume;
    else
        frame->pc = kind == FAULT_PREFETCH ? frame->lr : fault.pc + 4;
}

void fault_expect(void)
{
    fault_expect_resume(0);
}

void fault_expect_resume(uintptr_t resume)
{
    fault_state[cpu_id()].resume = resume;
    fault_state[cpu_id()].last.kind = FAULT_NONE;
    __asm__ volatile("" ::: "memory");
    fault_state[cpu_id()].expected = true;
    __asm__ volatile("" ::: "memory");
}

bool fault_taken(struct fault *fault)
{
    __asm__ volatile("" ::: "memory");
    fault_state[cpu_id()].expected = false;
    *fault = fault_state[cpu_id()].last;
    return fault->kind != FAULT_NONE;
}

/* What code compiled with a stack protector (libfdt's package) refers to. */
uintptr_t __stack_chk_guard = 0x00d0ff0a;

void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
    print("guest: stack overflow on CPU %u\n", cpu_id());
    power_off();
}
