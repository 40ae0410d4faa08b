/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which platform this is, by the root node's compatible.
 *
 * Source: Devicetree Specification v0.3, 2.3.1 (compatible), 3.2 (root node).
 * Layer:  3 (drivers).
 */
#include <xen/platform.h>

static const struct platform *const platforms[] = {
    &platform_virt,
    &platform_dra7,
};

/* Any board whose firmware has PSCI and programs CNTFRQ. */
static const struct platform generic = { .name = "generic" };

const struct platform *platform = &generic;

const struct platform *platform_find(const void *fdt)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(platforms); i++)
        for (const char *const *c = platforms[i]->compatibles; *c; c++)
            if (fdt_node_is_compatible(fdt, 0, *c))
                return platforms[i];
    return &generic;
}
