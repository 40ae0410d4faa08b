/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of a configuration that are lists of devices.
 *
 * Each function replaces the list that there was. Returns NULL, or why the
 * value is refused, which stays valid until the next call.
 *
 * Source: xl-disk-configuration(5), xl-network-configuration(5) of Xen 4.17,
 *         for the words. Layer: tool.
 */
#ifndef XL_DEVICES_CONFIG_H
#define XL_DEVICES_CONFIG_H

#include "config.h"
#include "parse.h"

const char *config_disks(struct config *c, const struct assignment *a);
const char *config_vifs(struct config *c, const struct assignment *a);
const char *config_iomem(struct config *c, const struct assignment *a);

void config_disks_free(struct config *c);
void config_vifs_free(struct config *c);

#endif /* XL_DEVICES_CONFIG_H */
