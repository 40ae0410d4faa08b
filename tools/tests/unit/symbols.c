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

const uint32_t symbol_addrs[] = { 0x1000, 0x1010, 0x1200, 0x1204 };
const uint32_t symbol_name_offs[] = { 0, 3, 5, 8 };
const char symbol_names[] = "up\0a\0go\0last";
const uint32_t symbol_nr = 4;

/* Places of the image; the host's own are elsewhere. */
char _stext[16], __init_begin[16], __init_end[1];

static const struct {
    uintptr_t va;
    const char *name; /* NULL: none */
    uint32_t offset, size;
} rows[] = {
    { 0x0fff, NULL, 0, 0 },        { 0x1000, "up", 0, 0x10 },
    { 0x100f, "up", 15, 0x10 },    { 0x1010, "a", 0, 0x1f0 },
    { 0x11ff, "a", 0x1ef, 0x1f0 }, { 0x1200, "go", 0, 4 },
    { 0x1204, "last", 0, 0xfc },   { 0x12ff, "last", 0xfb, 0xfc },
    { 0x1300, NULL, 0, 0 },        { 0, NULL, 0, 0 },
    { UINT32_MAX, NULL, 0, 0 },
};

static void every_border(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t offset = 7, size = 7;
        const char *name = symbol_find(rows[i].va, 0x1300, &offset, &size);

        if (!rows[i].name) {
            assert_null(name);
            continue;
        }
        assert_string_equal(name, rows[i].name);
        assert_int_equal(offset, rows[i].offset);
        assert_int_equal(size, rows[i].size);
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
