/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot options.
 *
 * Layer: 1 (lib). Tested on the host, unit/cmdline.c.
 */
#include <xen/cmdline.h>
#include <xen/number.h>
#include <xen/string.h>

#define WORD_MAX 160u /* an option with the longest path that makes sense */

static const struct option *find(const struct option *table, size_t nr,
                                 const char *name)
{
    for (size_t i = 0; i < nr; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static bool parse_bool(const char *text, bool *value)
{
    /* clang-format off */
    static const struct {
        const char *word;
        bool value;
    } words[] = {
        { "1", true  }, { "on", true   }, { "yes", true }, { "true", true   },
        { "0", false }, { "off", false }, { "no", false }, { "false", false },
        { "enable", true }, { "disable", false },
    };
    /* clang-format on */

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    return false;
}

/* Store @text (NULL: there was no '='). Returns NULL, or what is wrong. */
static const char *store(const struct option *o, const char *text)
{
    const char *end;
    uint64_t value;

    switch (o->type) {
    case OPT_BOOL:
        if (!text)
            *(bool *)o->var = true;
        else if (!parse_bool(text, o->var))
            return "is not on or off";
        return NULL;

    case OPT_UINT:
        if (!text || !number_parse(text, &end, &value) || *end ||
            value > UINT32_MAX)
            return "is not a number";
        *(uint32_t *)o->var = (uint32_t)value;
        return NULL;

    case OPT_SIZE:
        if (!text || !size_parse(text, &end, 1024, &value) ||
            (*end && *end != ','))
            return "is not a size: use K, M or G, as in 512M or 1G";
        *(uint64_t *)o->var = value;
        return *end ? "is used up to the comma only" : NULL;

    case OPT_STRING:
        if (!text)
            return "needs =TEXT";
        if (str_copy(o->var, text, o->size) >= o->size)
            return "is too long and was cut";
        return NULL;

    default:
        return "is of no known type";
    }
}

/* @word is ours to change. Returns NULL, or what is wrong. */
static const char *parse_word(char *word, const struct option *table, size_t nr)
{
    char *equals = strchr(word, '=');
    const struct option *o;
    const char *why;

    if (equals)
        *equals = '\0';
    o = find(table, nr, word);
    if (o) {
        why = store(o, equals ? equals + 1 : NULL);
    } else {
        o = strncmp(word, "no-", 3) == 0 ? find(table, nr, word + 3) : NULL;
        why = "is unknown";
        if (o && o->type == OPT_BOOL && !equals) {
            *(bool *)o->var = false;
            why = NULL;
        }
    }
    if (equals)
        *equals = '=';
    return why;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void cmdline_parse(const char *line, const struct option *table, size_t nr,
                   void (*bad)(const char *word, const char *why))
{
    char word[WORD_MAX];

    for (;;) {
        const char *why = "is too long";
        size_t len = 0;

        while (is_space(*line))
            line++;
        if (!*line)
            return;
        for (; *line && !is_space(*line); line++) {
            if (len < sizeof(word) - 1)
                word[len] = *line;
            len++;
        }
        word[MIN(len, sizeof(word) - 1)] = '\0';

        if (len < sizeof(word))
            why = parse_word(word, table, nr);
        if (why && bad)
            bad(word, why);
    }
}
