/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses to names, in a table as tools/dev/gen-symbols.py makes it.
 *
 * Sources: xen/common/core/symbols.c xen/lib/printf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/panic.h>
#include <xen/symbols.h>

#define LONG                                                                   \
    "a_name_that_is_longer_than_what_there_is_room_for_"                       \
    "in_a_line_of_the_log"

/* 20 symbols, the last two in the next and in the third 64 KiB. */
const uint32_t symbol_nr = 20, symbol_base = 0x10000;
const uint16_t symbol_blocks[] = { 0, 18, 19, 20 };
const uint16_t symbol_lows[] = { 0x1000, 0x1010, 0x1200, 0x1204, 0x1300,
                                 0x1310, 0x1320, 0x1330, 0x1340, 0x1350,
                                 0x1360, 0x1370, 0x1380, 0x1390, 0x13a0,
                                 0x13b0, 0x13c0, 0xfff0, 0x0000, 0x8000 };
const uint8_t symbol_names[] = "up\0a\0\x80o\0last\0e\0f\0g\0h\0i\0j\0k\0l"
                               "\0m\0n\0o\0p\0q_\x81\x80\0" LONG "\0\x81\0end";
const uint16_t symbol_name_offs[] = { 0, 37 };
const uint8_t symbol_tokens[] = "g\0p2m_";
const uint16_t symbol_token_offs[] = { 0, 2 };

/* Places of the image; the host's own are elsewhere. */
char _stext[16], __init_begin[16], __init_end[1];

static const struct {
    uintptr_t va;
    const char *name; /* NULL: none */
    uint32_t offset, size;
} rows[] = {
    { 0x10fff, NULL, 0, 0 },
    { 0x11000, "up", 0, 0x10 },
    { 0x1100f, "up", 15, 0x10 },
    { 0x11010, "a", 0, 0x1f0 },
    { 0x111ff, "a", 0x1ef, 0x1f0 },
    { 0x11200, "go", 0, 4 },
    { 0x11204, "last", 0, 0xfc },
    { 0x112ff, "last", 0xfb, 0xfc },
    { 0x113b1, "p", 1, 0x10 },
    { 0x113c0, "q_p2m_g", 0, 0xec30 },
    { 0x1fff4, "a_name_that_is_longer_than_what_there_is_room_f", 4, 16 },
    { 0x20000, "p2m_", 0, 0x18000 },
    { 0x37fff, "p2m_", 0x17fff, 0x18000 },
    { 0x38000, "end", 0, 0x100 },
    { 0x380ff, "end", 0xff, 0x100 },
    { 0x38100, NULL, 0, 0 },
    { 0, NULL, 0, 0 },
    { UINT32_MAX, NULL, 0, 0 },
};

static void every_border(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct symbol s;
        bool found = symbol_find(rows[i].va, 0x38100, &s);

        assert_int_equal(found, rows[i].name != NULL);
        if (!found)
            continue;
        assert_string_equal(s.name, rows[i].name);
        assert_int_equal(s.offset, rows[i].offset);
        assert_int_equal(s.size, rows[i].size);
    }
}

static void not_our_code(void **state)
{
    char buf[8] = "old", none = 'x';

    (void)state;
    symbol_format(0, buf, sizeof(buf));
    assert_string_equal(buf, "");
    symbol_format(0, &none, 0);
    assert_int_equal(none, 'x');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_border),
        cmocka_unit_test(not_our_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
