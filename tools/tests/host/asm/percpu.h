/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU variables on the host: arrays. A test plays another CPU by
 * setting host_cpu.
 */
#ifndef HOST_ASM_PERCPU_H
#define HOST_ASM_PERCPU_H

#include <stdint.h>

#include <asm/sysreg.h>

#define NR_CPUS 8u

extern unsigned int host_cpu;

#define DECLARE_PER_CPU(type_, name_)                                          \
    extern __typeof__(type_) percpu_##name_[NR_CPUS]
#define DEFINE_PER_CPU(type_, name_) __typeof__(type_) percpu_##name_[NR_CPUS]

#define this_cpu(name_)      (percpu_##name_[host_cpu])
#define per_cpu(name_, cpu_) (percpu_##name_[cpu_])

DECLARE_PER_CPU(uint32_t, cpu_id);
DECLARE_PER_CPU(void *, hyp_stack_top);

static inline unsigned int smp_cpu_id(void)
{
    return host_cpu;
}

#endif /* HOST_ASM_PERCPU_H */
