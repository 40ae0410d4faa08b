/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers of the operations of bench3.c, and the programs of switching.S.
 *
 * Layer: test guest; included by assembly.
 */
#ifndef GUEST_SWITCHING_H
#define GUEST_SWITCHING_H

#define OP_FOREIGN_MAP   0
#define OP_FOREIGN_UNMAP 1
#define OP_FOREIGN_64    2
#define OP_SWITCH        3
#define OP_SWITCH_VFP    4
#define OP_LIFE          5
#define OP_BACK          6 /* the other way of a switch: not in the table   */

#ifndef __ASSEMBLER__
#include <stdint.h>

extern const uint32_t switch_one[], switch_one_end[], switch_other[],
    switch_other_end[], switch_vfp_one[], switch_vfp_one_end[],
    switch_vfp_two[], switch_vfp_two_end[];
#endif

#endif /* GUEST_SWITCHING_H */
