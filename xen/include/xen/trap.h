/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a trap handler answers. No handler touches the guest's PC or injects
 * by itself: traps.c does what the verdict says.
 *
 * Layer: 5 (domain), as handlers sit in layers 6 to 10.
 */
#ifndef XEN_TRAP_H
#define XEN_TRAP_H

#include <stdint.h>

struct vcpu;

enum verdict {
    V_DONE,  /* emulated: go on behind the instruction                   */
    V_RETRY, /* run it again (or, for HVC, the PC is right already)      */
    V_UNDEF, /* inject an undefined-instruction exception                */
    V_ABORT, /* inject the external abort that hardware would raise      */
    V_CRASH, /* the domain broke a rule that we rely on: crash it        */
};

/* @hsr: the syndrome; the guest's registers are v->regs. */
typedef enum verdict trap_fn(struct vcpu *v, uint32_t hsr);

#endif /* XEN_TRAP_H */
