/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CP15 on the host: each register is a variable, found by its name, so that
 * a test sets what a driver reads and sees what it wrote:
 *
 *     *host_sysreg("CNTPCT") = 1000;
 */
#ifndef HOST_ASM_SYSREG_H
#define HOST_ASM_SYSREG_H

#include <stdint.h>

uint64_t *host_sysreg(const char *name);

#define sysreg_read(name_) ((uint32_t)*host_sysreg(#name_))
#define sysreg_write(name_, val_)                                              \
    ((void)(*host_sysreg(#name_) = (uint32_t)(val_)))
#define sysreg_read64(name_)        (*host_sysreg(#name_))
#define sysreg_write64(name_, val_) ((void)(*host_sysreg(#name_) = (val_)))

#endif /* HOST_ASM_SYSREG_H */
