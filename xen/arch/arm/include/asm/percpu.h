/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU variables: each CPU has a copy of section .percpu, and HTPIDR
 * holds the distance from the link address to this CPU's copy.
 *
 * Source: ARM DDI 0406C.c B4.1.71 (HTPIDR). Layer: 2 (cpu).
 */
#ifndef ASM_PERCPU_H
#define ASM_PERCPU_H

#include <stdint.h>

#include <asm/sysreg.h>

#define NR_CPUS 8u /* GICv2's limit; MPIDR affinities are mapped to 0..7 */

extern uint32_t percpu_offset[NR_CPUS];

#define DECLARE_PER_CPU(type_, name_) extern __typeof__(type_) percpu_##name_
#define DEFINE_PER_CPU(type_, name_)                                           \
    __attribute__((section(".percpu"))) __typeof__(type_) percpu_##name_

#define PERCPU_AT(name_, offset_)                                              \
    (*(__typeof__(percpu_##name_) *)((uintptr_t)&percpu_##name_ + (offset_)))

#define this_cpu(name_)      PERCPU_AT(name_, sysreg_read(HTPIDR))
#define per_cpu(name_, cpu_) PERCPU_AT(name_, percpu_offset[cpu_])

DECLARE_PER_CPU(uint32_t, cpu_id);

/* Top of this CPU's stack (struct stack_top); constant once it runs. */
DECLARE_PER_CPU(void *, hyp_stack_top);

/* Index of this CPU, 0..NR_CPUS-1. */
static inline unsigned int smp_cpu_id(void)
{
    return this_cpu(cpu_id);
}

#endif /* ASM_PERCPU_H */
