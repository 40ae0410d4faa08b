/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls between the parts of the guest library and start.S.
 *
 * Source: own design.
 * Layer:  test guest.
 */
#ifndef GUEST_INTERNAL_H
#define GUEST_INTERNAL_H

#include "guest.h"

extern char guest_image[], guest_end[];

void guest_start(const void *fdt);
void guest_secondary_start(unsigned int cpu);
void guest_secondary_entry(void);
void fault_dispatch(struct frame *frame, enum fault_kind kind);
void irq_dispatch(void);

/* Stage 1: a block descriptor for each GiB; everything.c moves one about. */
extern uint64_t mmu_level1[4];

/* Build the tables once (CPU 0), then switch stage 1 and caches on. */
void mmu_on(void);
void mmu_cpu_on(void);

#endif /* GUEST_INTERNAL_H */
