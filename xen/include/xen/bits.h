/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register fields by their top and bottom bit, as manuals print them.
 *
 * Layer: 1 (lib). Compiles on the host unchanged.
 */
#ifndef XEN_BITS_H
#define XEN_BITS_H

#include <stdint.h>

#define BIT(n_) (1u << (n_))

struct field {
    uint8_t hi, lo;
};
#define FIELD(hi_, lo_) ((struct field){ (hi_), (lo_) })

static inline uint32_t field_mask(struct field f)
{
    return (uint32_t)((2ull << (f.hi - f.lo)) - 1) << f.lo;
}

static inline uint32_t field_get(uint32_t reg, struct field f)
{
    return (reg >> f.lo) & (uint32_t)((2ull << (f.hi - f.lo)) - 1);
}

static inline uint32_t field_set(uint32_t reg, struct field f, uint32_t val)
{
    return (reg & ~field_mask(f)) | ((val << f.lo) & field_mask(f));
}

#endif /* XEN_BITS_H */
