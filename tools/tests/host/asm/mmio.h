/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device registers on the host: plain memory, which the test allocates and
 * hands to the driver as its base; or, when host_mmio_read / host_mmio_write
 * are set, a model of the device.
 */
#ifndef HOST_ASM_MMIO_H
#define HOST_ASM_MMIO_H

#include <stdint.h>

/* @size: 1, 2 or 4 bytes. */
extern uint32_t (*host_mmio_read)(const volatile void *reg, unsigned int size);
extern void (*host_mmio_write)(volatile void *reg, uint32_t val,
                               unsigned int size);

#define HOST_MMIO(bits_)                                                       \
    static inline uint##bits_##_t mmio_read##bits_(const volatile void *reg)   \
    {                                                                          \
        if (host_mmio_read)                                                    \
            return (uint##bits_##_t)host_mmio_read(reg, bits_ / 8);            \
        return *(const volatile uint##bits_##_t *)reg;                         \
    }                                                                          \
    static inline void mmio_write##bits_(volatile void *reg,                   \
                                         uint##bits_##_t val)                  \
    {                                                                          \
        if (host_mmio_write)                                                   \
            host_mmio_write(reg, val, bits_ / 8);                              \
        else                                                                   \
            *(volatile uint##bits_##_t *)reg = val;                            \
    }

HOST_MMIO(8)
HOST_MMIO(16)
HOST_MMIO(32)

#endif /* HOST_ASM_MMIO_H */
