/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits of each domain.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, "Defaults", and 4.3.
 * Layer:  3 of the tool.
 */
#include <string.h>

#include "quota.h"

/* clang-format off */
static const struct {
    const char *name;
    uint32_t def;             /* 0: set from the options */
} quotas[QUOTAS] = {
    [Q_NODES]             = { "nodes",                0 },
    [Q_WATCHES]           = { "watches",              0 },
    [Q_OUTSTANDING]       = { "outstanding",         20 },
    [Q_MEMORY]            = { "memory",               0 },
    [Q_TRANSACTIONS]      = { "transactions",         0 },
    [Q_TRANSACTION_NODES] = { "transaction-nodes", 1024 },
    [Q_NODE_PERMS]        = { "node-permissions",     5 },
    [Q_PATH_MAX]          = { "path-max",          2048 },
    [Q_NODE_SIZE]         = { "node-size",         2048 },
};
/* clang-format on */

uint32_t quota_of(const struct store *s, uint32_t slot, enum quota q)
{
    uint32_t limit;

    if (slot == 0 || slot >= s->nr_slots)
        return ~0u;
    limit = s->doms[slot].quota[q];
    if (limit == QUOTA_DEFAULT)
        limit = s->h->default_quota[q];
    return limit ? limit : ~0u;
}

uint32_t quota_cells(const struct store *s, uint32_t slot)
{
    uint32_t bytes = quota_of(s, slot, Q_MEMORY);

    return bytes == ~0u ? bytes : bytes / (uint32_t)sizeof(struct cell);
}

enum quota quota_by_name(const char *name, uint32_t len)
{
    enum quota q = Q_NODES;

    while (q < QUOTAS &&
           (strlen(quotas[q].name) != len || memcmp(quotas[q].name, name, len)))
        q++;
    return q;
}

uint32_t *quota_word(struct store *s, uint32_t slot, enum quota q)
{
    return slot == ~0u ? &s->h->default_quota[q] : &s->doms[slot].quota[q];
}

const char *quota_name(enum quota q)
{
    return quotas[q].name;
}

uint32_t quota_names(uint8_t *to)
{
    uint32_t len = 0;

    for (enum quota q = Q_NODES; q < QUOTAS; q++) {
        uint32_t n = (uint32_t)strlen(quotas[q].name);

        if (len)
            to[len++] = ' ';
        memcpy(to + len, quotas[q].name, n);
        len += n;
    }
    return len;
}

void quota_init(struct store *s)
{
    const struct store_options *o = &s->h->options;

    for (enum quota q = Q_NODES; q < QUOTAS; q++)
        s->h->default_quota[q] = quotas[q].def;
    s->h->default_quota[Q_NODES] = o->guest_nodes;
    s->h->default_quota[Q_WATCHES] = o->guest_watches;
    s->h->default_quota[Q_MEMORY] = o->guest_bytes;
    s->h->default_quota[Q_TRANSACTIONS] = o->guest_transactions;
}
