/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may do what with a node.
 *
 * A list of permissions is a blob of struct perm. Its first entry names the
 * owner, and its rights are those of every domain that is not listed.
 *
 * Layer: 3 of the tool. Uses arena.h.
 */
#ifndef PERMS_H
#define PERMS_H

#include "arena.h"

enum right {
    RIGHT_READ = 1,
    RIGHT_WRITE = 2,
    RIGHT_OWNER = 4,
    RIGHT_ALL = 7
};

struct perm {
    uint8_t rights;
    uint8_t pad;
    uint16_t domid;
};

/* Entries of the longest list: "n0\0" each, in one payload. */
#define PERMS_MAX (PAYLOAD_MAX / 3u)

/* What @domid, which serves @target (or DOMID_ANY: nobody), may do. */
uint32_t perms_rights(const struct store *s, uint32_t blob, uint16_t domid,
                      uint16_t target);

/* What a connection may do with node @i. */
uint32_t perms_conn_rights(const struct store *s, uint32_t conn, uint32_t i);

/* The slot of the domain that owns; 0: not a guest that is connected. */
uint32_t perms_owner_slot(const struct store *s, uint32_t blob);

/* The first entry's domid. */
uint16_t perms_owner(const struct store *s, uint32_t blob);

/* True when any entry is for @domid. */
bool perms_mention(const struct store *s, uint32_t blob, uint16_t domid);

/* The same list with @domid as its owner. */
uint32_t perms_owned_by(struct store *s, uint32_t blob, uint16_t domid);

/* The same list without the entries for @domid behind the first. */
uint32_t perms_without(struct store *s, uint32_t blob, uint16_t domid);

/* "r0\0w5\0" into a new blob; XE_INVAL for what is no such list. */
enum xs_error perms_parse(struct store *s, const uint8_t *text, uint32_t len,
                          uint32_t *blob);

/* The way back; returns the length, 0 when @max does not suffice. */
uint32_t perms_text(struct store *s, uint32_t blob, uint8_t *to, uint32_t max);

#endif /* PERMS_H */
