/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is kept of a configuration while its domain is there, as JSON in
 * /var/lib/xen, where Debian's xl keeps and looks for the same: for
 * 'xl list -l'.
 *
 * Source: xl(1) of Xen 4.17, list -l. Layer: tool.
 */
#ifndef XL_USERDATA_H
#define XL_USERDATA_H

#include "json.h"
#include "xl.h"

/* The members of "config", at the depth where @j is. */
void userdata_config(struct json *j, const struct config *c);

int userdata_write(struct xl *x, uint32_t domid, const struct config *c);
void userdata_remove(uint32_t domid);

/* The JSON text, to be freed, or NULL: there is none. */
char *userdata_read(uint32_t domid, const uint8_t uuid[16]);

#endif /* XL_USERDATA_H */
