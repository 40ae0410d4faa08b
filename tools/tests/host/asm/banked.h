/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Banked registers and CP14 on the host: variables by name, as CP15's.
 */
#ifndef HOST_ASM_BANKED_H
#define HOST_ASM_BANKED_H

#include <asm/sysreg.h>

#define banked_read(name_)        sysreg_read(name_)
#define banked_write(name_, val_) sysreg_write(name_, val_)
#define cp14_read(name_)          sysreg_read(name_)
#define cp14_write(name_, val_)   sysreg_write(name_, val_)

#endif /* HOST_ASM_BANKED_H */
