/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls: number in r12, arguments r0..r4, result in r0.
 *
 * A handler gets its arguments as an array (the guest's r0..r4 or a
 * multicall entry's). To be continued later it writes the arguments with
 * which the call is to be made again and returns -ERESTART; the guest
 * re-executes the HVC after its interrupts were taken (interface.md 1.4).
 * Layer: 8 (iface) handlers; the table is layer 10, hypercall.c.
 */
#ifndef XEN_HYPERCALL_H
#define XEN_HYPERCALL_H

#include <stdint.h>

#include <xen/domain.h>
#include <xen/trap.h>

typedef int32_t hypercall_fn(struct vcpu *v, uint32_t *arg);

hypercall_fn memory_op;        /* memory.c        */
hypercall_fn xen_version;      /* version.c       */
hypercall_fn console_io;       /* console_io.c    */
hypercall_fn grant_table_op;   /* grant_table.c   */
hypercall_fn vm_assist;        /* hvm_op.c        */
hypercall_fn vcpu_op;          /* vcpu_op.c       */
hypercall_fn sched_op;         /* sched_op.c      */
hypercall_fn event_channel_op; /* event_channel.c */
hypercall_fn hvm_op;           /* hvm_op.c        */
hypercall_fn platform_op;      /* platform_op.c   */
hypercall_fn sysctl_op;        /* control/sysctl.c */
hypercall_fn domctl_op;        /* control/domctl.c */

/* Trap: HVC. Immediate 0xEA1 is a hypercall, 0 is PSCI/SMCCC. */
enum verdict hypercall_trap(struct vcpu *v, uint32_t hsr);

/* Into the trace as @event: call @nr with the arguments that it has. */
void hypercall_record(uint32_t event, uint32_t nr, const uint32_t *arg);

#endif /* XEN_HYPERCALL_H */
