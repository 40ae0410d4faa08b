/* SPDX-License-Identifier: GPL-2.0-only */
/* Trap handlers, for the table in traps.c. Layer: 6 (guest). */
#ifndef XEN_GUEST_TRAPS_H
#define XEN_GUEST_TRAPS_H

#include <xen/trap.h>

/* guest/cp15.c: allow-list of what is emulated; the rest is undefined. */
trap_fn cp15_access32, cp15_access64;
trap_fn cp14_access32, cp14_access64, cp14_access_ls;
trap_fn cp10_access; /* VMRS of ID registers */
trap_fn wfx_trap;

/* guest/vpsci.c: SMC and HVC #0: PSCI and SMCCC. */
trap_fn vpsci_smc, vpsci_hvc;

#endif /* XEN_GUEST_TRAPS_H */
