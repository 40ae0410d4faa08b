/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Barriers on the host: one thread needs none. What waits for another CPU
 * or for an interrupt calls a hook, by which the test lets it happen; a
 * wait without a hook is a test that would hang, and fails.
 */
#ifndef HOST_ASM_BARRIER_H
#define HOST_ASM_BARRIER_H

#define host_fence() __asm__ volatile("" ::: "memory")

#define smp_mb()    host_fence()
#define smp_wmb()   host_fence()
#define dmb_sy()    host_fence()
#define dsb_ish()   host_fence()
#define dsb_ishst() host_fence()
#define dsb_sy()    host_fence()
#define isb()       host_fence()
#define cpu_sev()   host_fence()
#define cpu_clrex() host_fence()

extern void (*host_wait_hook)(void);
void host_wait(const char *what);

#define cpu_relax() host_wait("cpu_relax")
#define cpu_wfe()   host_wait("cpu_wfe")
#define cpu_wfi()   host_wait("cpu_wfi")

#endif /* HOST_ASM_BARRIER_H */
