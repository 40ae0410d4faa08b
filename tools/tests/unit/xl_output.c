/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xl lists, as lines and as JSON.
 *
 * Sources: tools/xl/table.c tools/xl/json.c
 *
 * Source: tools/xl/table.h; RFC 8259. Layer: test, of tools.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../xl/table.h"

static const struct column columns[] = {
    { "name", "", -6, false },
    { "id", " ", 4, true },
    { "cpu", " ", 3, true },
};

/* What two rows, or none, look like; to be freed. */
static char *output(bool json, bool rows)
{
    FILE *real = stdout;
    struct table t;
    char *text = NULL;
    size_t size;

    stdout = open_memstream(&text, &size);
    table_begin(&t, json, "Name     ID CPU", columns, 3);
    for (int i = 0; rows && i < 2; i++) {
        table_cell(&t, "%s", i ? "a\"\\\n" : "one");
        table_cell(&t, "%d", i);
        if (i)
            table_cell(&t, "-");
        else
            table_cell(&t, "%d", -7);
    }
    table_end(&t);
    fclose(stdout);
    stdout = real;
    return text;
}

static void check(bool json, bool rows, const char *wanted)
{
    char *text = output(json, rows);

    assert_string_equal(text, wanted);
    free(text);
}

static void lines(void **state)
{
    (void)state;
    check(false, true,
          "Name     ID CPU\none       0  -7\na\"\\\n      1   -\n");
    /* A command that finds nothing has its own line instead. */
    check(false, false, "");
}

static void json(void **state)
{
    (void)state;
    check(true, true,
          "[\n    {\n        \"name\": \"one\",\n        \"id\": 0,\n"
          "        \"cpu\": -7\n    },\n    {\n"
          "        \"name\": \"a\\\"\\\\\\u000a\",\n        \"id\": 1,\n"
          "        \"cpu\": null\n    }\n]\n");
    check(true, false, "[\n]\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
