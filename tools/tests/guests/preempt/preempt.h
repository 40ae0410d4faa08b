/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every operation of the hypervisor at its largest arguments, each between
 * marks whose number is its place in the order of the calls.
 *
 * Source: own design; the layouts are the Xen 4.17 ABI's.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_PREEMPT_H
#define GUEST_PREEMPT_H

#include "guest.h"

/*
 * From op_begin() to op_end() the operation @name runs. op_end() prints
 * "preempt: op NUMBER RESULT NAME", outside of what is measured.
 */
void op_begin(const char *name);
void op_end(int64_t result);

/* One hypercall with at most four arguments as an operation of its own. */
int op_call(const char *name, uint32_t number, uint32_t a, uint32_t b,
            uint32_t c, uint32_t d);

/* @bytes of RAM, page-aligned and zero; all goes back with arena_reset(). */
void *arena_get(size_t bytes);
void arena_reset(void);

/* A domain with @mib of RAM in extents of @order at DOMU_RAM, 64 MiB pool. */
int large_create(unsigned int vcpus, uint32_t mib);
/* Extents of 2^@order frames from @gfn on, as an operation when named. */
int extents(const char *name, uint32_t op, int id, uint32_t gfn, uint32_t nr,
            uint32_t order);

/* The timer's interrupt each millisecond, enabled again after a test of it. */
void ticks_on(void);

/* Wait until a destroyed domain is gone; false: it is not. */
bool domain_gone(int id);

void memory_all(void);
void grant_all(void);
void event_all(void);
void control_all(void);
void crowd_all(void);
void host_all(void);
void multicalls(void);
void cpu_all(void);

#endif /* GUEST_PREEMPT_H */
