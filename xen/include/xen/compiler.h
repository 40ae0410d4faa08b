/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the compiler is told beyond the C language: attributes, sections,
 * static assertions, single accesses to memory that others change.
 *
 * Layer: 1 (lib). Compiles on the host unchanged.
 */
#ifndef XEN_COMPILER_H
#define XEN_COMPILER_H

#include <stddef.h>

/* clang-format off */

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* The result is an error code or a resource: dropping it is a bug. */
#define must_check                __attribute__((warn_unused_result))
#define printf_like(fmt_, first_) __attribute__((format(printf, fmt_, first_)))
#define packed                    __attribute__((packed))
#define aligned(n)                __attribute__((aligned(n)))
#define weak_alias(name_)         __attribute__((weak, alias(name_)))
#define maybe_unused              __attribute__((unused))
#define no_return                 __attribute__((noreturn))
#define never_inline              __attribute__((noinline))

/*
 * Boot-only code and data, unmapped and given back after the last boot
 * step. A pointer to either must not survive boot.
 */
#define init_text __attribute__((section(".init.text"), cold, noinline))
#define init_data __attribute__((section(".init.data")))

#define STATIC_ASSERT(cond_) _Static_assert(cond_, #cond_)
#define ARRAY_SIZE(a_)       (sizeof(a_) / sizeof((a_)[0]))
#define container_of(ptr_, type_, member_)                                     \
    ((type_ *)((char *)(ptr_)-offsetof(type_, member_)))

/* One access, of the whole object, not torn, not repeated, not removed. */
#define READ_ONCE(x_)        (*(const volatile __typeof__(x_) *)&(x_))
#define WRITE_ONCE(x_, val_) (*(volatile __typeof__(x_) *)&(x_) = (val_))

/* The compiler neither moves accesses over this line nor caches across. */
#define compiler_barrier() __asm__ volatile("" ::: "memory")

#define MIN(a_, b_) ((a_) < (b_) ? (a_) : (b_))
#define MAX(a_, b_) ((a_) > (b_) ? (a_) : (b_))

/* clang-format on */

#endif /* XEN_COMPILER_H */
