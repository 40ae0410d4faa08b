/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one CPU asks of another: look at your softirqs, run this function,
 * stop for good. One physical SGI per request at most.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_SMP_H
#define XEN_SMP_H

#include <stdint.h>

#include <asm/percpu.h>

#include <xen/gic.h>
#include <xen/irq.h>

/* Our use of the sixteen SGIs. */
enum {
    SGI_KICK, /* look at your softirqs */
    SGI_CALL, /* serve your callers    */
    SGI_STOP, /* stop for good         */
};

/* Bit n: CPU n is up. Written at boot only. */
extern uint32_t cpu_online_mask;

/* Number of set bits in cpu_online_mask. */
unsigned int cpu_online_nr(void);

/*
 * Register the SGI handlers and enable them here: boot CPU, after irq_init
 * and irq_cpu_init. Does not touch cpu_online_mask.
 */
void smp_init(void);

/* Interrupt @cpu out of its guest or WFI, so that it sees its softirqs. */
static inline void smp_kick(unsigned int cpu)
{
    gic_send_sgi(SGI_KICK, irq_gic_mask(cpu));
}

/*
 * Run @fn(@arg) on each CPU in @mask (the caller's own bit and CPUs that
 * are not up are ignored) and wait until all have finished. Callable with
 * any lock below RANK_LEAF held by the caller, as long as CPUs that wait
 * for a lock serve calls (lock_wait_hook); @fn must take no locks, make no
 * calls and be short. While waiting the caller serves such calls from
 * others, so two CPUs may call each other.
 */
void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg);

/*
 * As smp_call for an @fn that takes locks of RANK_VGIC and above. The
 * caller holds none of those.
 */
void smp_call_locking(uint32_t mask, void (*fn)(void *arg), void *arg);

/* Serve calls from others now; for loops that wait for another CPU. */
void smp_poll(void);

/* Stop all other CPUs for good (panic, reboot); never blocks long. */
void smp_stop_others(void);

#endif /* XEN_SMP_H */
