/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every operation of the ABI: from each position that a domain can be in,
 * and with good and bad arguments.
 *
 * Boot arguments: permissions, denied (the same, from the first domain
 *                 only), arguments (default).
 * Output: "= OP: dom0=ANSWER self=ANSWER ...", one line for each operation;
 *         "ops: OP: POSITION: WHAT: WANTED ok" or "... FAILED RESULT", one
 *         for each try; at the end "ops: done".
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
    else if (bootarg_set("denied"))
        permissions("denied");
    else
        arguments();
    print("ops: done\n");
}
