/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses and frame numbers, kept apart by type.
 *
 * Source: ARM DDI 0406C.c B3.1 (40-bit physical addresses with LPAE).
 * Layer:  1 (lib). Compiles on the host unchanged.
 */
#ifndef XEN_TYPES_H
#define XEN_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

/* Machine physical address, 40 bits used. */
typedef uint64_t paddr_t;

/* Intermediate (guest) physical address, 40 bits used. */
typedef uint64_t gpaddr_t;

/* A guest's virtual address, as it comes in a register. */
typedef uint32_t guest_ptr_t;

typedef uint16_t domid_t;

#define PAGE_SHIFT 12u
#define PAGE_SIZE  (1u << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define PADDR_BITS  40u
#define FRAME_BITS  (PADDR_BITS - PAGE_SHIFT)
#define FRAME_LIMIT (1u << FRAME_BITS) /* first frame number that is none */

/* Guest frame and machine frame: wrapped, so that they do not mix. */
typedef struct {
    uint32_t n;
} gfn_t;
typedef struct {
    uint32_t n;
} mfn_t;

#define INVALID_GFN ((gfn_t){ UINT32_MAX })
#define INVALID_MFN ((mfn_t){ UINT32_MAX })

static inline gfn_t gfn_make(uint32_t n)
{
    return (gfn_t){ n };
}

static inline mfn_t mfn_make(uint32_t n)
{
    return (mfn_t){ n };
}

static inline bool gfn_eq(gfn_t a, gfn_t b)
{
    return a.n == b.n;
}

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
    return a.n == b.n;
}

static inline gfn_t gfn_add(gfn_t g, uint32_t frames)
{
    return (gfn_t){ g.n + frames };
}

static inline mfn_t mfn_add(mfn_t m, uint32_t frames)
{
    return (mfn_t){ m.n + frames };
}

static inline mfn_t mfn_of(paddr_t pa)
{
    return (mfn_t){ (uint32_t)(pa >> PAGE_SHIFT) };
}

static inline gfn_t gfn_of(gpaddr_t gpa)
{
    return (gfn_t){ (uint32_t)(gpa >> PAGE_SHIFT) };
}

static inline paddr_t mfn_pa(mfn_t m)
{
    return (paddr_t)m.n << PAGE_SHIFT;
}

static inline gpaddr_t gfn_gpa(gfn_t g)
{
    return (gpaddr_t)g.n << PAGE_SHIFT;
}

/*
 * A frame number from a guest (64 bits on the ABI) to ours.
 *
 * Returns false when @raw is beyond 40-bit addresses; no bit is ever
 * dropped in silence.
 */
static inline bool must_check gfn_from_guest(uint64_t raw, gfn_t *gfn)
{
    if (raw >= FRAME_LIMIT)
        return false;
    gfn->n = (uint32_t)raw;
    return true;
}

static inline bool must_check mfn_from_guest(uint64_t raw, mfn_t *mfn)
{
    if (raw >= FRAME_LIMIT)
        return false;
    mfn->n = (uint32_t)raw;
    return true;
}

/* clang-format 14 takes the casts for differences. */
/* clang-format off */
#define ALIGN_DOWN(x_, a_) ((x_) & ~((__typeof__(x_))(a_) - 1))
#define ALIGN_UP(x_, a_)   ALIGN_DOWN((x_) + ((__typeof__(x_))(a_) - 1), a_)
#define IS_ALIGNED(x_, a_) (((x_) & ((__typeof__(x_))(a_) - 1)) == 0)
/* clang-format on */

#define KIB(n_) ((uint64_t)(n_) << 10)
#define MIB(n_) ((uint64_t)(n_) << 20)
#define GIB(n_) ((uint64_t)(n_) << 30)

#endif /* XEN_TYPES_H */
