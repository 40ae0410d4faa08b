/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See json.h.
 *
 * Source: RFC 8259. Layer: tool.
 */
#include "json.h"

void json_begin(struct json *j, FILE *out)
{
    *j = (struct json){ .out = out };
}

static void quoted(FILE *out, const char *text)
{
    putc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < ' ')
            fprintf(out, "\\u%04x", c);
        else
            putc(c, out);
    }
    putc('"', out);
}

static void start(struct json *j, const char *key)
{
    if (j->depth)
        fprintf(j->out, "%s\n%*s", j->used[j->depth] ? "," : "",
                (int)j->depth * 4, "");
    j->used[j->depth] = true;
    if (key) {
        quoted(j->out, key);
        fputs(": ", j->out);
    }
}

void json_open(struct json *j, const char *key, char what)
{
    start(j, key);
    putc(what, j->out);
    if (j->depth + 1 < JSON_DEPTH)
        j->depth++;
    j->used[j->depth] = false;
    j->end[j->depth] = what == '{' ? '}' : ']';
}

void json_close(struct json *j)
{
    char end = j->end[j->depth];

    j->depth--;
    fprintf(j->out, "\n%*s%c", (int)j->depth * 4, "", end);
    if (j->depth == 0)
        putc('\n', j->out);
}

void json_text(struct json *j, const char *key, const char *value)
{
    start(j, key);
    quoted(j->out, value);
}

void json_number(struct json *j, const char *key, long long value)
{
    start(j, key);
    fprintf(j->out, "%lld", value);
}

void json_raw(struct json *j, const char *key, const char *value)
{
    start(j, key);
    fputs(value, j->out);
}
