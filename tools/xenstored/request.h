/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests: parsed, checked, carried out, answered.
 *
 * Layer: 6 of the tool. Uses all below.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include "arena.h"

/* clang-format off */
enum request_type {
    REQUEST_CONTROL              = 0,
    REQUEST_DIRECTORY            = 1,
    REQUEST_READ                 = 2,
    REQUEST_GET_PERMS            = 3,
    REQUEST_WATCH                = 4,
    REQUEST_UNWATCH              = 5,
    REQUEST_TRANSACTION_START    = 6,
    REQUEST_TRANSACTION_END      = 7,
    REQUEST_INTRODUCE            = 8,
    REQUEST_RELEASE              = 9,
    REQUEST_GET_DOMAIN_PATH      = 10,
    REQUEST_WRITE                = 11,
    REQUEST_MKDIR                = 12,
    REQUEST_RM                   = 13,
    REQUEST_SET_PERMS            = 14,
    REQUEST_WATCH_EVENT          = 15,
    REQUEST_ERROR                = 16,
    REQUEST_IS_DOMAIN_INTRODUCED = 17,
    REQUEST_RESUME               = 18,
    REQUEST_SET_TARGET           = 19,
    REQUEST_RESET_WATCHES        = 21,
    REQUEST_DIRECTORY_PART       = 22,
    REQUEST_GET_FEATURE          = 23,
    REQUEST_SET_FEATURE          = 24,
    REQUEST_GET_QUOTA            = 25,
    REQUEST_SET_QUOTA            = 26,
    REQUEST_TYPES
};
/* clang-format on */

/*
 * Handles the request that conn @i has: in one commit the change is made,
 * the answer is there and the request is gone. Returns false when it has to
 * wait for room in a queue.
 */
bool request_handle(struct store *s, uint32_t i);

/* --- for the files that carry requests out ------------------------------- */

/* Appends to the answer; XE_2BIG beyond 4096 bytes. */
enum xs_error reply_add(struct request *r, const void *data, uint32_t len);

/* Appends a text with its NUL. */
enum xs_error reply_text(struct request *r, const char *text);

/* Appends a decimal number with its NUL. */
enum xs_error reply_number(struct request *r, uint32_t n);

/* Takes a word that ends with a NUL off r->rest; NULL when there is none. */
const char *arg_word(struct request *r, uint32_t *len);

/* The same as a number; @max is the largest allowed. XE_INVAL. */
enum xs_error arg_number(struct request *r, uint32_t max, uint32_t *n);

/* The same as a path, into r->path. @special: names with @ are allowed. */
enum xs_error arg_path(struct store *s, struct request *r, bool special);

/* Requests about domains, features, quotas and the store: admin.c. */
enum xs_error run_control(struct store *s, struct request *r);
enum xs_error run_introduce(struct store *s, struct request *r);
enum xs_error run_release(struct store *s, struct request *r);
enum xs_error run_get_domain_path(struct store *s, struct request *r);
enum xs_error run_is_introduced(struct store *s, struct request *r);
enum xs_error run_resume(struct store *s, struct request *r);
enum xs_error run_set_target(struct store *s, struct request *r);
enum xs_error run_get_feature(struct store *s, struct request *r);
enum xs_error run_set_feature(struct store *s, struct request *r);
enum xs_error run_get_quota(struct store *s, struct request *r);
enum xs_error run_set_quota(struct store *s, struct request *r);

/* Requests about nodes: access.c. */
enum xs_error run_directory(struct store *s, struct request *r);
enum xs_error run_directory_part(struct store *s, struct request *r);
enum xs_error run_read(struct store *s, struct request *r);
enum xs_error run_get_perms(struct store *s, struct request *r);
enum xs_error run_write(struct store *s, struct request *r);
enum xs_error run_mkdir(struct store *s, struct request *r);
enum xs_error run_rm(struct store *s, struct request *r);
enum xs_error run_set_perms(struct store *s, struct request *r);

#endif /* REQUEST_H */
