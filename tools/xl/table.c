/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See table.h.
 *
 * Source: table.h. Layer: tool.
 */
#include <stdarg.h>
#include <stdio.h>

#include "table.h"

void table_begin(struct table *t, bool json, const char *head,
                 const struct column *columns, unsigned int nr)
{
    *t = (struct table){
        .columns = columns, .nr = nr, .json = json, .head = head
    };
    json_begin(&t->j, stdout);
    if (json)
        json_open(&t->j, NULL, '[');
}

void table_cell(struct table *t, const char *fmt, ...)
{
    const struct column *c = &t->columns[t->at];
    char text[256];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    if (!t->json) {
        if (t->head)
            puts(t->head);
        t->head = NULL;
        printf("%s%*s", c->before, c->width, text);
    } else {
        if (t->at == 0)
            json_open(&t->j, NULL, '{');
        if (c->number && (text[0] == '-' || text[0] == '\0') && !text[1])
            json_raw(&t->j, c->key, "null"); /* "-": there is none */
        else if (c->number)
            json_raw(&t->j, c->key, text);
        else
            json_text(&t->j, c->key, text);
    }
    if (++t->at < t->nr)
        return;
    t->at = 0;
    if (t->json)
        json_close(&t->j);
    else
        putchar('\n');
}

void table_end(struct table *t)
{
    if (t->json)
        json_close(&t->j);
}
