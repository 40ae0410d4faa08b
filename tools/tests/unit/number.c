/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers from text, and products wider than 64 bits against the compiler's
 * 128-bit arithmetic.
 *
 * Sources: xen/lib/number.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <xen/number.h>

static void parses(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        uint64_t value;
        const char *rest;
    } rows[] = {
        { "0", true, 0, "" },
        { "42", true, 42, "" },
        { "010", true, 8, "" },
        { "08", true, 0, "8" },
        { "0x10", true, 16, "" },
        { "0XfFg", true, 255, "g" },
        { "0x", true, 0, "x" },
        { "18446744073709551615", true, UINT64_MAX, "" },
        { "18446744073709551616", false, 0, "" },
        { "99999999999999999999", false, 0, "" },
        { "0xffffffffffffffff", true, UINT64_MAX, "" },
        { "0x10000000000000000", false, 0, "" },
        { "02000000000000000000000", false, 0, "" },
        { "12ab", true, 12, "ab" },
        { "", false, 0, "" },
        { "x1", false, 0, "x1" },
        { "-1", false, 0, "-1" },
        { " 1", false, 0, " 1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *end;
        uint64_t value = 0;
        bool ok = number_parse(rows[i].text, &end, &value);

        assert_int_equal(ok, rows[i].ok);
        assert_true(value == rows[i].value);
        if (ok)
            assert_string_equal(end, rows[i].rest);
    }
}

static void sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t unit;
        bool ok;
        uint64_t value;
        const char *rest;
    } rows[] = {
        { "512M", 1024, true, 512ull << 20, "" },
        { "1g", 1, true, 1ull << 30, "" },
        { "4k,x", 1, true, 4096, ",x" },
        { "16", 1024, true, 16384, "" },
        { "0x10K", 1, true, 16384, "" },
        { "16383P", 1, true, 16383, "P" },
        { "17179869183G", 1, true, 17179869183ull << 30, "" },
        { "17179869184G", 1, false, 0, "" },
        { "18446744073709551615", 2, false, 0, "" },
        { "M", 1, false, 0, "M" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *end;
        uint64_t value;
        bool ok = size_parse(rows[i].text, &end, rows[i].unit, &value);

        assert_int_equal(ok, rows[i].ok);
        if (ok) {
            assert_true(value == rows[i].value);
            assert_string_equal(end, rows[i].rest);
        }
    }
}

/* A generator of our own, so that a failure can be repeated. */
static uint64_t seed = 1;

static uint64_t random64(void)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return seed ^ seed >> 29;
}

static void products(void **state)
{
    static const uint64_t edges[] = {
        0, 1, UINT32_MAX, 1ull << 32, UINT64_MAX - 1, UINT64_MAX
    };

    (void)state;
    for (unsigned int i = 0; i < 20000; i++) {
        uint64_t a = i < 36 ? edges[i / 6] : random64() >> (i % 64);
        uint64_t b = i < 36 ? edges[i % 6] : random64() >> (i / 64 % 64);
        unsigned __int128 p = (unsigned __int128)a * b;
        uint32_t m = (uint32_t)b, d = (uint32_t)(b >> 32) | 1;
        unsigned __int128 narrow = (unsigned __int128)a * m;

        assert_true(mul_high(a, b) == (uint64_t)(p >> 64));
        assert_true(mul_high_up(a, b) ==
                    (uint64_t)(p >> 64) + ((uint64_t)p != 0));
        assert_true(mul_shift(a, m, i % 64) == (uint64_t)(narrow >> i % 64));
        assert_true(mul_div(a, m, d) == (uint64_t)(narrow / d));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses),
        cmocka_unit_test(sizes),
        cmocka_unit_test(products),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
