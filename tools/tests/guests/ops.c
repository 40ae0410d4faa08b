/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every operation of the ABI, from each position that a domain can be in.
 *
 * Boot arguments: permissions, denied (the same, from the first domain
 *                 only).
 * Output: "= OP: dom0=ANSWER self=ANSWER ...", one line for each operation;
 *         at the end "ops: done".
 *
 * Source: public/ headers.
 * Layer:  test guest, first domain.
 */
#include "ops/ops.h"

void main(void)
{
    gic_init();
    if (bootarg_set("permissions"))
        permissions(NULL);
    else
        permissions("denied");
    print("ops: done\n");
}
