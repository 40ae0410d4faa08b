/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware's PSCI.
 *
 * Source: ARM DEN 0022D, 5.1 (functions), 5.2.2 (return codes); Linux
 *         Documentation/devicetree/bindings/arm/psci.yaml for 0.1, whose
 *         function ids are in the device tree.
 * Layer:  3 (drivers). Tested on the host, unit/psci.c.
 */
#include <public/errno.h>
#include <xen/board.h>
#include <xen/psci.h>

#define VERSION_0_1 0x00000001u
#define VERSION_0_2 0x00000002u

static uint32_t version;
static uint32_t cpu_on_id;

uint32_t psci_init(const struct board *b)
{
    uint32_t answer;

    version = 0;
    if (b->psci.node < 0 || !b->psci.smc)
        return 0;

    if (b->psci.is_0_1) {
        cpu_on_id = b->psci.cpu_on;
        version = VERSION_0_1;
        return version;
    }

    answer = smc_call(PSCI_0_2_VERSION, 0, 0, 0);
    if ((int32_t)answer < (int32_t)VERSION_0_2)
        return 0;
    cpu_on_id = PSCI_0_2_CPU_ON;
    version = answer;
    return version;
}

int psci_cpu_on(uint32_t mpidr, paddr_t entry_pa)
{
    if (version == 0 || cpu_on_id == 0)
        return -ENODEV;
    if (entry_pa > UINT32_MAX)
        return -EINVAL;

    switch ((int32_t)smc_call(cpu_on_id, mpidr, (uint32_t)entry_pa, 0)) {
    case PSCI_SUCCESS:
        return 0;
    case PSCI_ALREADY_ON:
    case PSCI_ON_PENDING:
        return -EEXIST;
    case PSCI_INVALID_PARAMS:
    case PSCI_INVALID_ADDRESS:
    case PSCI_NOT_PRESENT:
        return -EINVAL;
    default:
        return -EIO;
    }
}

void psci_system_off(void)
{
    if (version >= VERSION_0_2)
        (void)smc_call(PSCI_0_2_SYSTEM_OFF, 0, 0, 0);
}

void psci_system_reset(void)
{
    if (version >= VERSION_0_2)
        (void)smc_call(PSCI_0_2_SYSTEM_RESET, 0, 0, 0);
}
