/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's virt machine: PSCI by SMC does all that differs.
 *
 * Source: QEMU docs/system/arm/virt.rst.
 * Layer:  3 (drivers).
 */
#include <xen/platform.h>

static const char *const compatibles[] = { "linux,dummy-virt", NULL };

const struct platform platform_virt = {
    .name = "QEMU virt",
    .compatibles = compatibles,
    .gic_misses_level = true,
};
