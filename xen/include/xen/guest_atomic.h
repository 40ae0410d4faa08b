/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations on memory that guests write at the same time. A guest
 * could keep LDREX/STREX failing for ever, so each is tried at most 64
 * times; then the domain that shares the page is paused around a last
 * exchange that cannot fail (XSA-295).
 *
 * Layer: 6 (guest).
 */
#ifndef XEN_GUEST_ATOMIC_H
#define XEN_GUEST_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

struct domain;

/* @p is 4-aligned, in memory that @d can write. All are full barriers. */
uint32_t guest_fetch_or(struct domain *d, uint32_t *p, uint32_t bits);
uint32_t guest_fetch_and(struct domain *d, uint32_t *p, uint32_t bits);
/* True when *@p was @old and now is @val; else *@seen tells what it was. */
bool guest_cas(struct domain *d, uint32_t *p, uint32_t old, uint32_t val,
               uint32_t *seen);

#endif /* XEN_GUEST_ATOMIC_H */
