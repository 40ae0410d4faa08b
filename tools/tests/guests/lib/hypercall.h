/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls of the Xen ABI for test guests.
 *
 * Source: public/arch-arm.h (HVC #0xEA1, number in r12, result in r0).
 * Layer:  test guest.
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include <public/xen.h>

#include "guest.h"

#define HYPERCALL_TAG 0xEA1

/* One hypercall with up to five arguments; returns r0. */
static inline int32_t hypercall(uint32_t number, uint32_t a0, uint32_t a1,
                                uint32_t a2, uint32_t a3, uint32_t a4)
{
    register uint32_t r12 __asm__("r12") = number;
    register uint32_t r0 __asm__("r0") = a0;
    register uint32_t r1 __asm__("r1") = a1;
    register uint32_t r2 __asm__("r2") = a2;
    register uint32_t r3 __asm__("r3") = a3;
    register uint32_t r4 __asm__("r4") = a4;

    __asm__ volatile(".arch_extension virt\n hvc #0xEA1"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r4),
                       "+r"(r12)
                     :
                     : "memory");
    return (int32_t)r0;
}

/* HVM parameter @index of this domain; 0 when there is none. */
uint64_t hvm_param(uint32_t index);

/* --- event channels ----------------------------------------------------- */

/*
 * Map shared_info over a page of the guest and take upcalls of this CPU's
 * event PPI. @fn runs for each pending port, with the port cleared before.
 * Returns 0 or a negative error.
 */
int event_init(void (*fn)(uint32_t port));

/* Ports; each returns the port (> 0) or a negative error. */
int event_alloc_unbound(uint32_t remote);
int event_bind_ipi(unsigned int vcpu);
int event_bind_interdomain(uint32_t remote, uint32_t remote_port);
int event_bind_virq(uint32_t virq, unsigned int vcpu);
int event_bind_vcpu(uint32_t port, unsigned int vcpu);
int event_send(uint32_t port);
int event_close(uint32_t port);
void event_mask(uint32_t port);
void event_unmask(uint32_t port);
bool event_pending(uint32_t port);
void event_clear(uint32_t port);

/* Secondaries: register their vcpu_info and enable the event PPI. */
int event_cpu_init(void);

#endif /* GUEST_HYPERCALL_H */
