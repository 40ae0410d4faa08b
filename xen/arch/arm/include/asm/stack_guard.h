/* SPDX-License-Identifier: GPL-2.0-only */
/* The stack protector's value, for setup.c to vary. Layer: 2 (cpu). */
#ifndef ASM_STACK_GUARD_H
#define ASM_STACK_GUARD_H

#include <stdint.h>

extern uint32_t __stack_chk_guard;

#endif /* ASM_STACK_GUARD_H */
