/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Permissions of nodes.
 *
 * Source: docs/reference/virq-xenstore.md 3.4, "Permissions".
 * Layer:  3 of the tool.
 */
#include <string.h>

#include "domain.h"
#include "number.h"
#include "perms.h"

/* Entry @nr of a list; entries do not straddle cells (56 = 14 * 4). */
static bool entry(const struct store *s, uint32_t *blob, uint32_t nr,
                  struct perm *p)
{
    uint32_t at = nr % (BLOB_DATA / 4) * 4;

    if (nr && at == 0)
        *blob = cell_at(s, *blob)->u.blob.next;
    if (!*blob || at >= cell_at(s, *blob)->u.blob.len)
        return false;
    memcpy(p, cell_at(s, *blob)->u.blob.data + at, sizeof(*p));
    return true;
}

static uint32_t get(const struct store *s, uint32_t blob, struct perm *out)
{
    return blob_get(s, blob, out) / (uint32_t)sizeof(*out);
}

uint32_t perms_rights(const struct store *s, uint32_t blob, uint16_t domid,
                      uint16_t target)
{
    struct perm p, first = { 0 };

    for (uint32_t nr = 0; entry(s, &blob, nr, &p); nr++) {
        bool me = p.domid == domid ||
                  (p.domid == target && target != DOMID_ANY);

        if (nr == 0) {
            first = p;
            if (me)
                return RIGHT_ALL;
        } else if (me || p.domid == DOMID_ANY) {
            return p.rights;
        }
    }
    return first.rights;
}

uint32_t perms_conn_rights(const struct store *s, uint32_t conn, uint32_t i)
{
    const struct dom *d;

    if (conn == 0 || conn >= s->nr_slots)
        return RIGHT_ALL;
    d = &s->doms[conn];
    return perms_rights(s, node_at(s, i)->link[LINK_PERMS], (uint16_t)d->domid,
                        (uint16_t)d->target);
}

uint16_t perms_owner(const struct store *s, uint32_t blob)
{
    struct perm p = { 0 };

    (void)entry(s, &blob, 0, &p);
    return p.domid;
}

uint32_t perms_owner_slot(const struct store *s, uint32_t blob)
{
    uint16_t owner = perms_owner(s, blob);

    return owner == s->h->options.priv_domid ? 0 : domain_slot(s, owner);
}

bool perms_mention(const struct store *s, uint32_t blob, uint16_t domid)
{
    struct perm p;

    for (uint32_t nr = 0; entry(s, &blob, nr, &p); nr++) {
        if (p.domid == domid)
            return true;
    }
    return false;
}

uint32_t perms_owned_by(struct store *s, uint32_t blob, uint16_t domid)
{
    struct perm *list = (struct perm *)(void *)s->text;
    uint32_t n = get(s, blob, list);

    if (n == 0 || list[0].domid == domid)
        return cell_ref(s, blob);
    list[0].domid = domid;
    return blob_new(s, list, n * (uint32_t)sizeof(*list));
}

uint32_t perms_without(struct store *s, uint32_t blob, uint16_t domid)
{
    struct perm *list = (struct perm *)(void *)s->text;
    uint32_t n = get(s, blob, list), left = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (i == 0 || list[i].domid != domid)
            list[left++] = list[i];
    }
    return blob_new(s, list, left * (uint32_t)sizeof(*list));
}

/* clang-format off */
static const char letters[] = { 'n', 'r', 'w', 'b' };   /* by rights */
/* clang-format on */

enum xs_error perms_parse(struct store *s, const uint8_t *text, uint32_t len,
                          uint32_t *blob)
{
    struct perm *list = (struct perm *)(void *)s->text;
    uint32_t n = 0;

    for (uint32_t at = 0; at < len;) {
        const char *word = (const char *)text + at;
        uint32_t word_len = 0, domid, rights = 0;

        while (at + word_len < len && word[word_len])
            word_len++;
        if (at + word_len >= len || word_len < 2 || n >= PERMS_MAX)
            return XE_INVAL;
        while (rights < 4 && letters[rights] != word[0])
            rights++;
        if (rights == 4 || !number_parse(word + 1, word_len - 1, &domid) ||
            (domid >= DOMID_FIRST_RESERVED && domid != DOMID_ANY))
            return XE_INVAL;
        if (n == 0 && domid == DOMID_ANY)
            return XE_INVAL;
        list[n].rights = (uint8_t)rights;
        list[n].pad = 0;
        list[n].domid = (uint16_t)domid;
        n++;
        at += word_len + 1;
    }
    if (n == 0)
        return XE_INVAL;
    *blob = blob_new(s, list, n * (uint32_t)sizeof(*list));
    return *blob ? XE_OK : XE_NOMEM;
}

uint32_t perms_text(struct store *s, uint32_t blob, uint8_t *to, uint32_t max)
{
    struct perm p;
    uint32_t len = 0;

    for (uint32_t nr = 0; entry(s, &blob, nr, &p); nr++) {
        if (max - len < 12)
            return 0;
        to[len++] = (uint8_t)letters[p.rights & 3];
        len += number_text(p.domid, (char *)to + len);
        to[len++] = '\0';
    }
    return len;
}
