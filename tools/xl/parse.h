/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The syntax of xl.cfg, without the meaning: assignments one by one.
 *
 * Source: config.h. Layer: tool.
 */
#ifndef XL_PARSE_H
#define XL_PARSE_H

#include <stdbool.h>

#define VALUES     32u
#define VALUE_SIZE 1024u

/* One "key = value". */
struct assignment {
    char key[48];
    unsigned int line;
    bool list;                      /* [ ... ] */
    bool number;                    /* the value is written without quotes */
    unsigned int nr;                /* values; 1 when it is no list */
    char value[VALUES][VALUE_SIZE]; /* with a NUL */
};

struct parser {
    const char *at;
    unsigned int line;
    const char *problem; /* why parse_next() has returned -1 */
};

void parse_begin(struct parser *p, const char *text);

/* The next one: 1, at the end 0, for no valid syntax -1. */
int parse_next(struct parser *p, struct assignment *a);

#endif /* XL_PARSE_H */
