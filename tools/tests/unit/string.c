/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory and string functions against the C library's, at every alignment.
 *
 * Sources: xen/lib/string.c
 * Flags: -Dmemcpy=our_memcpy -Dmemmove=our_memmove -Dmemset=our_memset
 * Flags: -Dmemcmp=our_memcmp -Dmemchr=our_memchr -Dstrlen=our_strlen
 * Flags: -Dstrnlen=our_strnlen -Dstrcmp=our_strcmp -Dstrncmp=our_strncmp
 * Flags: -Dstrchr=our_strchr -Dstrrchr=our_strrchr -Dstrstr=our_strstr
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/string.h>
#include <xen/types.h>

#include "../../../xen/lib/copy.h"

/* copy.S in C: block by block, read whole before it is written. */
void copy_blocks(void *dst, const void *src, size_t blocks)
{
    assert_int_equal((uintptr_t)src % 4, 0);
    assert_int_equal((uintptr_t)dst % 4, 0);
    for (size_t i = 0; i < blocks * BLOCK; i += BLOCK) {
        uint8_t block[BLOCK];

        __builtin_memcpy(block, (const uint8_t *)src + i, BLOCK);
        __builtin_memcpy((uint8_t *)dst + i, block, BLOCK);
    }
}

void copy_blocks_unaligned(void *dst, const void *src, size_t blocks)
{
    assert_int_not_equal(blocks, 0);
    assert_int_equal((uintptr_t)dst % 4, 0);
    for (size_t i = 0; i < blocks * BLOCK; i += BLOCK) {
        uint8_t block[BLOCK];

        __builtin_memcpy(block, (const uint8_t *)src + i, BLOCK);
        __builtin_memcpy((uint8_t *)dst + i, block, BLOCK);
    }
}

void fill_blocks(void *dst, uint32_t word, size_t blocks)
{
    assert_int_equal((uintptr_t)dst % 4, 0);
    for (size_t i = 0; i < blocks * BLOCK; i += 4)
        __builtin_memcpy((uint8_t *)dst + i, &word, 4);
}

#define ROOM 400u

static uint8_t pattern[ROOM] aligned(8);

static int setup(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < ROOM; i++)
        pattern[i] = (uint8_t)(i * 7 + i / 256 + 1);
    return 0;
}

/* All lengths and alignments; bytes around the destination stay. */
static void copies(void **state)
{
    uint8_t buf[ROOM] aligned(8), want[ROOM];

    (void)state;
    for (size_t to = 0; to < 4; to++) {
        for (size_t from = 0; from < 4; from++) {
            for (size_t len = 0; len < 300; len++) {
                __builtin_memset(buf, 0xee, ROOM);
                __builtin_memset(want, 0xee, ROOM);
                __builtin_memcpy(want + 8 + to, pattern + from, len);
                assert_ptr_equal(memcpy(buf + 8 + to, pattern + from, len),
                                 buf + 8 + to);
                assert_memory_equal(buf, want, ROOM);
            }
        }
    }
}

/* Overlap in both directions, by every distance. */
static void moves(void **state)
{
    uint8_t buf[ROOM] aligned(8), want[ROOM];

    (void)state;
    for (int distance = -40; distance <= 40; distance++) {
        for (size_t len = 0; len < 200; len++) {
            size_t from = 64, to = (size_t)(64 + distance);

            __builtin_memcpy(buf, pattern, ROOM);
            __builtin_memcpy(want, pattern, ROOM);
            __builtin_memmove(want + to, want + from, len);
            memmove(buf + to, buf + from, len);
            assert_memory_equal(buf, want, ROOM);
        }
    }
}

static void fills(void **state)
{
    uint8_t buf[ROOM] aligned(8), want[ROOM];

    (void)state;
    for (size_t to = 0; to < 4; to++) {
        for (size_t len = 0; len < 300; len++) {
            __builtin_memset(buf, 0x11, ROOM);
            __builtin_memset(want, 0x11, ROOM);
            __builtin_memset(want + 8 + to, 0xa5, len);
            assert_ptr_equal(memset(buf + 8 + to, 0x7a5, len), buf + 8 + to);
            assert_memory_equal(buf, want, ROOM);
        }
    }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void comparisons(void **state)
{
    static const struct {
        const char *a, *b;
        size_t n;
        int all, first; /* signs of strcmp and of strncmp with n */
    } rows[] = {
        { "", "", 3, 0, 0 },        { "abc", "abc", 3, 0, 0 },
        { "abc", "abd", 2, -1, 0 }, { "abc", "abd", 3, -1, -1 },
        { "abc", "ab", 3, 1, 1 },   { "abc", "ab", 2, 1, 0 },
        { "\xff", "a", 1, 1, 1 }, /* bytes compare unsigned */
        { "a", "b", 0, -1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        assert_int_equal(sign(strcmp(rows[i].a, rows[i].b)), rows[i].all);
        assert_int_equal(sign(strncmp(rows[i].a, rows[i].b, rows[i].n)),
                         rows[i].first);
        assert_int_equal(sign(strcmp(rows[i].b, rows[i].a)), -rows[i].all);
    }
    assert_int_equal(memcmp("a\0b", "a\0b", 3), 0);
    assert_true(memcmp("a\0b", "a\0c", 3) < 0);
    assert_true(memcmp("\x80", "\x7f", 1) > 0);
    assert_int_equal(memcmp("a", "b", 0), 0);
}

static void searches(void **state)
{
    static const char s[] = "one=two=three";

    (void)state;
    assert_int_equal(strlen(""), 0);
    assert_int_equal(strlen(s), 13);
    assert_int_equal(strnlen(s, 5), 5);
    assert_int_equal(strnlen(s, 100), 13);
    assert_ptr_equal(strchr(s, '='), s + 3);
    assert_ptr_equal(strchr(s, 0), s + 13);
    assert_null(strchr(s, 'x'));
    assert_ptr_equal(strrchr(s, '='), s + 7);
    assert_ptr_equal(strrchr(s, 0), s + 13);
    assert_null(strrchr(s, 'x'));
    assert_ptr_equal(memchr(s, '=', 4), s + 3);
    assert_null(memchr(s, '=', 3));
    assert_ptr_equal(strstr(s, "=t"), s + 3);
    assert_ptr_equal(strstr(s, "=three"), s + 7);
    assert_ptr_equal(strstr(s, ""), s);
    assert_null(strstr(s, "four"));
}

static void str_copy_cuts(void **state)
{
    char buf[8] = "-------";

    (void)state;
    assert_int_equal(str_copy(buf, "abc", sizeof(buf)), 3);
    assert_string_equal(buf, "abc");
    assert_int_equal(str_copy(buf, "abcdefgh", sizeof(buf)), 8);
    assert_string_equal(buf, "abcdefg");
    assert_int_equal(str_copy(buf, "xy", 1), 2);
    assert_string_equal(buf, "");
    buf[0] = '!';
    assert_int_equal(str_copy(buf, "xy", 0), 2);
    assert_int_equal(buf[0], '!');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),   cmocka_unit_test(moves),
        cmocka_unit_test(fills),    cmocka_unit_test(comparisons),
        cmocka_unit_test(searches), cmocka_unit_test(str_copy_cuts),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
