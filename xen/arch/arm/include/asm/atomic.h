/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations on words of ours. The compiler's builtins become
 * LDREX/STREX loops; ordering is said in each name. Memory that a guest can
 * write never comes here: see guest_atomic_* in xen/guest_atomic.h.
 *
 * Source: ARM DDI 0406C.c A3.4 "Synchronization and semaphores".
 * Layer:  2 (cpu). Compiles on the host unchanged.
 */
#ifndef ASM_ATOMIC_H
#define ASM_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

/* Full barrier on both sides. */
static inline uint32_t atomic_fetch_or(uint32_t *p, uint32_t bits)
{
    return __atomic_fetch_or(p, bits, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_fetch_and(uint32_t *p, uint32_t bits)
{
    return __atomic_fetch_and(p, bits, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_add_return(uint32_t *p, uint32_t n)
{
    return __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_sub_return(uint32_t *p, uint32_t n)
{
    return __atomic_sub_fetch(p, n, __ATOMIC_SEQ_CST);
}

static inline uint32_t atomic_exchange(uint32_t *p, uint32_t val)
{
    return __atomic_exchange_n(p, val, __ATOMIC_SEQ_CST);
}

/* If *@p is *@old make it @val; else *@old becomes what it is. */
static inline bool atomic_cas(uint32_t *p, uint32_t *old, uint32_t val)
{
    return __atomic_compare_exchange_n(p, old, val, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* Acquire: later accesses stay later. Release: earlier ones stay earlier. */
static inline uint32_t atomic_load_acquire(const uint32_t *p)
{
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void atomic_store_release(uint32_t *p, uint32_t val)
{
    __atomic_store_n(p, val, __ATOMIC_RELEASE);
}

#endif /* ASM_ATOMIC_H */
