/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes JSON to a stream, as the members come, indented by 4.
 *
 * Source: RFC 8259. Layer: tool.
 */
#ifndef XL_JSON_H
#define XL_JSON_H

#include <stdbool.h>
#include <stdio.h>

#define JSON_DEPTH 16u

struct json {
    FILE *out;
    unsigned int depth;
    bool used[JSON_DEPTH]; /* something was written at this depth */
    char end[JSON_DEPTH];  /* '}' or ']' */
};

void json_begin(struct json *j, FILE *out);

/* @key NULL: in a list, or the whole document. @what: '{' or '['. */
void json_open(struct json *j, const char *key, char what);
void json_close(struct json *j);

void json_text(struct json *j, const char *key, const char *value);
void json_number(struct json *j, const char *key, long long value);

/* @value is JSON already. */
void json_raw(struct json *j, const char *key, const char *value);

#endif /* XL_JSON_H */
