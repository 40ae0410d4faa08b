/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU basics, and the stack protector's two symbols.
 *
 * Source: GCC manual, -fstack-protector-strong. Layer: 2 (cpu).
 */
#include <xen/bug.h>
#include <xen/compiler.h>

#include <asm/percpu.h>
#include <asm/stack_guard.h>

uint32_t percpu_offset[NR_CPUS];

DEFINE_PER_CPU(uint32_t, cpu_id);
DEFINE_PER_CPU(void *, hyp_stack_top);

/* Set to something that differs from boot to boot before any guest runs. */
uint32_t __stack_chk_guard = 0x4c0ffee5;

no_return void __stack_chk_fail(void);

void __stack_chk_fail(void)
{
    BUG_STOP("a stack buffer was overrun");
}
