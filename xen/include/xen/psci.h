/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware's PSCI, called by SMC.
 *
 * Source: ARM DEN 0022D. Layer: 3 (drivers).
 */
#ifndef XEN_PSCI_H
#define XEN_PSCI_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/compiler.h>
#include <xen/types.h>

struct board;

/* Function ids, shared with guest/vpsci.c. */
#define PSCI_0_2_VERSION           0x84000000u
#define PSCI_0_2_CPU_SUSPEND       0x84000001u
#define PSCI_0_2_CPU_OFF           0x84000002u
#define PSCI_0_2_CPU_ON            0x84000003u
#define PSCI_0_2_AFFINITY_INFO     0x84000004u
#define PSCI_0_2_MIGRATE_INFO_TYPE 0x84000006u
#define PSCI_0_2_SYSTEM_OFF        0x84000008u
#define PSCI_0_2_SYSTEM_RESET      0x84000009u
#define PSCI_1_0_FEATURES          0x8400000au
#define SMCCC_VERSION_ID           0x80000000u
#define SMCCC_ARCH_FEATURES_ID     0x80000001u

#define PSCI_SUCCESS         0
#define PSCI_NOT_SUPPORTED   (-1)
#define PSCI_INVALID_PARAMS  (-2)
#define PSCI_DENIED          (-3)
#define PSCI_ALREADY_ON      (-4)
#define PSCI_ON_PENDING      (-5)
#define PSCI_INTERNAL        (-6)
#define PSCI_NOT_PRESENT     (-7)
#define PSCI_DISABLED        (-8)
#define PSCI_INVALID_ADDRESS (-9)

/* SMCCC call: SMC #0 with r0-r3; returns r0. cpu/smc.S */
uint32_t smc_call(uint32_t id, uint32_t a1, uint32_t a2, uint32_t a3);

/*
 * TI boot ROM call: SMC #0 with @id in r12 and @arg in r0, on this CPU.
 * cpu/smc.S; used by the DRA7 platform.
 */
uint32_t smc_rom(uint32_t arg, uint32_t id);

/* Version found: 0 none, else major << 16 | minor (0.1 is 0x00000001). */
uint32_t psci_init(const struct board *b);
/* Start @mpidr at @entry_pa. Returns 0, -ENODEV (no PSCI), -EIO, -EINVAL,
 * -EEXIST (already on). */
int must_check psci_cpu_on(uint32_t mpidr, paddr_t entry_pa);
void psci_system_off(void); /* returns when there is none              */
void psci_system_reset(void);

#endif /* XEN_PSCI_H */
