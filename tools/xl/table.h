/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a command lists: for readers, lines under a head; for programs, a
 * JSON array of objects. The cells are given once for both.
 *
 * Source: the columns of Xen 4.17's xl. Layer: tool.
 */
#ifndef XL_TABLE_H
#define XL_TABLE_H

#include <stdbool.h>

#include "json.h"

struct column {
    const char *key;    /* of JSON */
    const char *before; /* text in front of the cell */
    int width;          /* as in printf: negative is to the left */
    bool number;        /* JSON has no quotes */
};

struct table {
    const struct column *columns;
    const char *head; /* NULL: it was written */
    unsigned int nr, at;
    bool json;
    struct json j;
};

/* @head comes before the first cell, if there is one. */
void table_begin(struct table *t, bool json, const char *head,
                 const struct column *columns, unsigned int nr);

/* The next cell; behind the last one comes a new line. */
void table_cell(struct table *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void table_end(struct table *t);

#endif /* XL_TABLE_H */
