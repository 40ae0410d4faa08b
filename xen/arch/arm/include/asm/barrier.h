/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory barriers, and which one to pick.
 *
 * Source: ARM DDI 0406C.c A3.8.3 "Memory barriers". Layer: 2 (cpu).
 */
#ifndef ASM_BARRIER_H
#define ASM_BARRIER_H

/* Between CPUs, normal memory: order all / order stores only. */
#define smp_mb()  __asm__ volatile("dmb ish" ::: "memory")
#define smp_wmb() __asm__ volatile("dmb ishst" ::: "memory")

/* Towards devices and other observers of the whole system. */
#define dmb_sy() __asm__ volatile("dmb sy" ::: "memory")

/* Wait for completion: before TLBI's effects are relied on, SEV, WFI. */
#define dsb_ish()   __asm__ volatile("dsb ish" ::: "memory")
#define dsb_ishst() __asm__ volatile("dsb ishst" ::: "memory")
#define dsb_sy()    __asm__ volatile("dsb sy" ::: "memory")

/* After a CP15 write whose effect the next instruction needs. */
#define isb() __asm__ volatile("isb" ::: "memory")

/* In a loop that waits for another CPU. */
#define cpu_relax() __asm__ volatile("yield" ::: "memory")

/* Forget what this CPU's exclusive monitor has tagged. */
#define cpu_clrex() __asm__ volatile("clrex" ::: "memory")

#define cpu_sev() __asm__ volatile("sev" ::: "memory")
#define cpu_wfe() __asm__ volatile("wfe" ::: "memory")
#define cpu_wfi() __asm__ volatile("wfi" ::: "memory")

#endif /* ASM_BARRIER_H */
