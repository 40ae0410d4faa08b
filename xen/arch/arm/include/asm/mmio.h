/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device registers. Device memory keeps its own accesses in order; mmio_*
 * adds no barrier. Where a register access must be ordered against normal
 * memory (DMA, an SGI that announces data) the caller says dsb/dmb itself.
 *
 * Source: ARM DDI 0406C.c A3.5.3, A3.8. Layer: 2 (cpu).
 */
#ifndef ASM_MMIO_H
#define ASM_MMIO_H

#include <stdint.h>

/*
 * Inline assembly so that the compiler emits one plain access (ISV = 1): no
 * write-back, but an offset ("o") where the instruction has twelve bits.
 */
static inline uint32_t mmio_read32(const volatile void *reg)
{
    uint32_t val;

    __asm__ volatile("ldr %0, %1"
                     : "=r"(val)
                     : "Qo"(*(const volatile uint32_t *)reg)
                     : "memory");
    return val;
}

static inline void mmio_write32(volatile void *reg, uint32_t val)
{
    __asm__ volatile("str %1, %0"
                     : "=Qo"(*(volatile uint32_t *)reg)
                     : "r"(val)
                     : "memory");
}

static inline uint16_t mmio_read16(const volatile void *reg)
{
    uint32_t val;

    __asm__ volatile("ldrh %0, %1"
                     : "=r"(val)
                     : "Q"(*(const volatile uint16_t *)reg)
                     : "memory");
    return (uint16_t)val;
}

static inline void mmio_write16(volatile void *reg, uint16_t val)
{
    __asm__ volatile("strh %1, %0"
                     : "=Q"(*(volatile uint16_t *)reg)
                     : "r"((uint32_t)val)
                     : "memory");
}

static inline uint8_t mmio_read8(const volatile void *reg)
{
    uint32_t val;

    __asm__ volatile("ldrb %0, %1"
                     : "=r"(val)
                     : "Qo"(*(const volatile uint8_t *)reg)
                     : "memory");
    return (uint8_t)val;
}

static inline void mmio_write8(volatile void *reg, uint8_t val)
{
    __asm__ volatile("strb %1, %0"
                     : "=Qo"(*(volatile uint8_t *)reg)
                     : "r"((uint32_t)val)
                     : "memory");
}

#endif /* ASM_MMIO_H */
