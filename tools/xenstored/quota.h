/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much a domain may have. Slot 0, the privileged domain, has no limit.
 *
 * Layer: 3 of the tool. Uses arena.h.
 */
#ifndef QUOTA_H
#define QUOTA_H

#include "arena.h"

/* The limit @q of slot @slot; ~0 when there is none. */
uint32_t quota_of(const struct store *s, uint32_t slot, enum quota q);

/* The memory quota in cells. */
uint32_t quota_cells(const struct store *s, uint32_t slot);

/* Quota by its name; QUOTAS when there is none of it. */
enum quota quota_by_name(const char *name, uint32_t len);

/* The word that holds the quota: a domain's, or (slot ~0) the default. */
uint32_t *quota_word(struct store *s, uint32_t slot, enum quota q);

/* The names, with blanks between them; returns the length. */
uint32_t quota_names(uint8_t *to);

/* A quota's name. */
const char *quota_name(enum quota q);

/* The defaults that follow from the options. */
void quota_init(struct store *s);

#endif /* QUOTA_H */
