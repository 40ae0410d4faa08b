/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls to the secure monitor.
 *
 * Source: ARM DEN 0028 (SMC Calling Convention) for smc_call; TI OMAP5/DRA7
 *         boot ROM convention (id in r12) for smc_rom, as U-Boot uses it.
 * Layer:  2 (cpu).
 */
    .syntax unified
    .arch armv7ve
    .arch_extension sec
    .arm
    .text

/*
 * uint32_t smc_call(uint32_t id, uint32_t a1, uint32_t a2, uint32_t a3)
 *
 * Firmware without this convention may be what answers, such as TI's ROM:
 * it must not find a service of its own in r12, and keeps no register.
 */
    .global smc_call
    .type smc_call, %function
smc_call:
    push    {r4-r11, lr}
    sub     sp, sp, #4
    mov     r12, #0
    smc     #0
    add     sp, sp, #4
    pop     {r4-r11, pc}
    .size smc_call, . - smc_call

/* uint32_t smc_rom(uint32_t arg, uint32_t id): the ROM may clobber r0-r3. */
    .global smc_rom
    .type smc_rom, %function
smc_rom:
    push    {r4-r12, lr}
    mov     r12, r1
    dsb     sy
    smc     #0
    pop     {r4-r12, pc}
    .size smc_rom, . - smc_rom
