/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations on memory that guests write at the same time. A guest
 * could keep LDREX/STREX failing for ever, so each is tried at most 64
 * times; then no guest runs anywhere around a last exchange that cannot fail
 * (XSA-295).
 *
 * Layer: 6 (guest).
 */
#ifndef XEN_GUEST_ATOMIC_H
#define XEN_GUEST_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include <asm/barrier.h>

#include <xen/compiler.h>

struct domain;

/* guest_fetch_or, when the first try was in vain. */
uint32_t guest_fetch_or_again(struct domain *d, uint32_t *p, uint32_t bits);

/*
 * @p is 4-aligned, in memory that @d can write. A full barrier comes after
 * it, but none before: the caller has taken a lock, or has just done another
 * one of these (DDI 0406C.c A3.8.3: DMB orders all before with all after).
 */
static inline uint32_t guest_fetch_or(struct domain *d, uint32_t *p,
                                      uint32_t bits)
{
    uint32_t old = READ_ONCE(*p);

    /* A weak exchange is one LDREX/STREX: it may fail for nothing. */
    if (unlikely(!__atomic_compare_exchange_n(
            p, &old, old | bits, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)))
        return guest_fetch_or_again(d, p, bits);
    smp_mb();
    return old;
}

/* As above, but both are full barriers before and after. */
uint32_t guest_fetch_and(struct domain *d, uint32_t *p, uint32_t bits);
/* True when *@p was @old and now is @val; else *@seen tells what it was. */
bool guest_cas(struct domain *d, uint32_t *p, uint32_t old, uint32_t val,
               uint32_t *seen);

#endif /* XEN_GUEST_ATOMIC_H */
