/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See parse.h.
 *
 * Source: config.h. Layer: tool.
 */
#include <ctype.h>
#include <string.h>

#include "parse.h"

void parse_begin(struct parser *p, const char *text)
{
    p->at = text;
    p->line = 1;
    p->problem = NULL;
}

static int refuse(struct parser *p, const char *why)
{
    p->problem = why;
    return -1;
}

/* Over blanks and comments; @lines: over ends of lines, too. */
static void skip(struct parser *p, bool lines)
{
    for (; *p->at; p->at++) {
        if (*p->at == '#') {
            p->at += strcspn(p->at, "\n");
            p->at--;
        } else if (*p->at == '\n') {
            if (!lines)
                return;
            p->line++;
        } else if (!isspace((unsigned char)*p->at)) {
            return;
        }
    }
}

static int quoted(struct parser *p, char *out)
{
    char quote = *p->at++;
    unsigned int len = 0;

    for (; *p->at != quote; p->at++) {
        if (*p->at == '\0' || *p->at == '\n')
            return refuse(p, "a string has no end: close its quote on the "
                             "same line");
        if (len + 1 >= VALUE_SIZE)
            return refuse(p, "a string is too long: 1023 characters");
        if (*p->at == '\\' && (p->at[1] == quote || p->at[1] == '\\'))
            p->at++;
        out[len++] = *p->at;
    }
    p->at++;
    out[len] = '\0';
    return 0;
}

static int bare(struct parser *p, char *out)
{
    unsigned int len = 0;

    for (; isalnum((unsigned char)*p->at) || *p->at == '-'; p->at++) {
        if (len + 1 >= 32)
            return refuse(p, "a number is too long");
        out[len++] = *p->at;
    }
    out[len] = '\0';
    if (len == 0)
        return refuse(p, "a value is missing: a number, \"text\" or [list]");
    if (!isdigit((unsigned char)out[0]) && out[0] != '-')
        return refuse(p, "text wants quotes: \"...\"");
    return 0;
}

static int value(struct parser *p, struct assignment *a)
{
    if (a->nr == VALUES)
        return refuse(p, "a list is too long: 32 values");
    if (*p->at == '"' || *p->at == '\'')
        return quoted(p, a->value[a->nr++]);
    a->number = true;
    return bare(p, a->value[a->nr++]);
}

static int list(struct parser *p, struct assignment *a)
{
    a->list = true;
    p->at++;
    for (skip(p, true); *p->at != ']'; skip(p, true)) {
        if (*p->at == '\0')
            return refuse(p, "a list has no end: close it by ]");
        if (value(p, a))
            return -1;
        skip(p, true);
        if (*p->at == ',')
            p->at++;
        else if (*p->at != ']' && *p->at != '\0')
            return refuse(p, "in a list, values are separated by commas");
    }
    p->at++;
    return 0;
}

static int key(struct parser *p, struct assignment *a)
{
    unsigned int len = 0;

    while (isalnum((unsigned char)*p->at) || *p->at == '_' || *p->at == '.') {
        if (len + 1 >= sizeof(a->key))
            return refuse(p, "a key is too long");
        a->key[len++] = *p->at++;
    }
    a->key[len] = '\0';
    a->line = p->line;
    if (len == 0)
        return refuse(p, "a line begins with no key: it is KEY = VALUE");
    skip(p, false);
    if (p->at[0] == '+' && p->at[1] == '=')
        return refuse(p, "+= is not offered: write the whole value at once");
    if (*p->at != '=')
        return refuse(p, "there is no = after the key");
    p->at++;
    skip(p, false);
    return 0;
}

int parse_next(struct parser *p, struct assignment *a)
{
    skip(p, true);
    while (*p->at == ';') {
        p->at++;
        skip(p, true);
    }
    if (*p->at == '\0')
        return 0;
    a->nr = 0;
    a->list = a->number = false;
    if (key(p, a) || (*p->at == '[' ? list(p, a) : value(p, a)))
        return -1;
    skip(p, false);
    if (*p->at && *p->at != '\n' && *p->at != ';')
        return refuse(p, "there is more behind the value: begin a new line");
    return 1;
}
