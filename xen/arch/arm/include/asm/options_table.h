/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of boot options, for setup.c. Layer: 10 (entry). */
#ifndef ASM_OPTIONS_TABLE_H
#define ASM_OPTIONS_TABLE_H

#include <xen/cmdline.h>

extern const struct option option_table[];
extern const unsigned int option_table_nr;

#endif /* ASM_OPTIONS_TABLE_H */
