/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatting, conversion by conversion against the C library's.
 *
 * Sources: xen/lib/printf.c
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <xen/printf.h>

/* The formats are made at run time: the compiler cannot check them. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat"

#define SAME(fmt_, ...)                                                        \
    do {                                                                       \
        char ours[256], theirs[256];                                           \
        int a = xen_snprintf(ours, sizeof(ours), fmt_, __VA_ARGS__);           \
        int b = snprintf(theirs, sizeof(theirs), fmt_, __VA_ARGS__);           \
                                                                               \
        assert_string_equal(ours, theirs);                                     \
        assert_int_equal(a, b);                                                \
    } while (0)

static const char *const flags[] = { "",   "-",  "0",  "+",  " ",  "#",
                                     "-0", "+0", "-+", "0#", "-#", " 0" };
static const char *const widths[] = { "",   "1",  "8",   "20",  ".0",
                                      ".1", ".8", "8.3", "3.8", "20.12" };

static void make(char *fmt, size_t size, unsigned int i, const char *length,
                 char type)
{
    snprintf(fmt, size, "[%%%s%s%s%c]", flags[i / 10], widths[i % 10], length,
             type);
}

#define COMBINATIONS 120u

static void integers(void **state)
{
    static const long long values[] = {
        0,       1,       -1,        7,         42,         -12345,
        INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN, 4294967296, 999999999999999999
    };
    static const char types[] = "diuxXo";
    char fmt[40];

    (void)state;
    for (unsigned int i = 0; i < COMBINATIONS; i++) {
        for (const char *t = types; *t; t++) {
            for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
                make(fmt, sizeof(fmt), i, "", *t);
                SAME(fmt, (int)values[v]);
                make(fmt, sizeof(fmt), i, "h", *t);
                SAME(fmt, (int)values[v]);
                make(fmt, sizeof(fmt), i, "hh", *t);
                SAME(fmt, (int)values[v]);
                make(fmt, sizeof(fmt), i, "l", *t);
                SAME(fmt, (long)values[v]);
                make(fmt, sizeof(fmt), i, "ll", *t);
                SAME(fmt, values[v]);
                make(fmt, sizeof(fmt), i, "z", *t);
                SAME(fmt, (size_t)values[v]);
            }
        }
    }
}

static void texts(void **state)
{
    static const char *const plain[] = { "%s",     "%10s",     "%-10s|", "%.2s",
                                         "%10.2s", "%-10.0s|", "%.20s" };

    (void)state;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        SAME(plain[i], "hello");
        SAME(plain[i], "");
    }
    SAME("%c%5c%-5c|", 'a', 'b', 'c');
    SAME("%*d|%-*d|%*d|", 6, 1, 6, 2, -6, 3);
    SAME("%.*s|%.*d|%.*d|", 2, "abc", 4, 5, -1, 6);
    SAME("%d%% of %s%c", 99, "it", '!');
    SAME("%p", (void *)(uintptr_t)0xfedcba9876543210);
}

/* A string that is not terminated is read up to the precision only. */
static void precision_bounds_the_read(void **state)
{
    char text[3] = { 'a', 'b', 'c' }, buf[8];

    (void)state;
    assert_int_equal(xen_snprintf(buf, sizeof(buf), "%.3s", text), 3);
    assert_string_equal(buf, "abc");
}

static void cuts_and_counts(void **state)
{
    char buf[8] = "-------";

    (void)state;
    assert_int_equal(xen_snprintf(buf, 4, "%d", 123456), 6);
    assert_memory_equal(buf, "123\0---", 8);
    assert_int_equal(xen_snprintf(buf, 1, "%s", "abc"), 3);
    assert_string_equal(buf, "");
    buf[0] = '!';
    assert_int_equal(xen_snprintf(buf, 0, "abc"), 3);
    assert_int_equal(buf[0], '!');
    assert_int_equal(xen_snprintf(NULL, 0, "%5d", 1), 5);
    assert_int_equal(xen_snprintf(buf, 8, "1234567"), 7);
    assert_string_equal(buf, "1234567");
    assert_int_equal(xen_snprintf(buf, 8, "12345678"), 8);
    assert_string_equal(buf, "1234567");
}

/* What is not a conversion of ours is shown, and nothing is taken for it. */
static void unknown_conversions(void **state)
{
    const char *volatile nothing = NULL;
    char buf[32];

    (void)state;
    xen_snprintf(buf, sizeof(buf), "%y%d", 5);
    assert_string_equal(buf, "%y5");
    xen_snprintf(buf, sizeof(buf), "%n%d", 5);
    assert_string_equal(buf, "%n5");
    xen_snprintf(buf, sizeof(buf), "end%");
    assert_string_equal(buf, "end");
    xen_snprintf(buf, sizeof(buf), "%s", nothing);
    assert_string_equal(buf, "(null)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(texts),
        cmocka_unit_test(precision_bounds_the_read),
        cmocka_unit_test(cuts_and_counts),
        cmocka_unit_test(unknown_conversions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
