/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot options: every type, the last of two, what is wrong is told.
 *
 * Sources: xen/lib/cmdline.c xen/lib/number.c xen/lib/string.c
 * Flags: -Dmemcpy=our_memcpy -Dmemmove=our_memmove -Dmemset=our_memset
 * Flags: -Dmemcmp=our_memcmp -Dmemchr=our_memchr -Dstrlen=our_strlen
 * Flags: -Dstrnlen=our_strnlen -Dstrcmp=our_strcmp -Dstrncmp=our_strncmp
 * Flags: -Dstrchr=our_strchr -Dstrrchr=our_strrchr -Dstrstr=our_strstr
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <xen/cmdline.h>
#include <xen/string.h>

#include "../../../xen/lib/copy.h"

void copy_blocks(void *dst, const void *src, size_t blocks)
{
    __builtin_memcpy(dst, src, blocks * BLOCK);
}

void copy_blocks_unaligned(void *dst, const void *src, size_t blocks)
{
    __builtin_memcpy(dst, src, blocks * BLOCK);
}

void fill_blocks(void *dst, uint32_t word, size_t blocks)
{
    for (size_t i = 0; i < blocks * BLOCK; i += 4)
        __builtin_memcpy((uint8_t *)dst + i, &word, 4);
}

static bool sync;
static uint32_t cpus;
static uint64_t mem;
static char console[8];

static const struct option table[] = {
    { "sync", OPT_BOOL, &sync, 0, "", "" },
    { "maxcpus", OPT_UINT, &cpus, 0, "N", "" },
    { "mem", OPT_SIZE, &mem, 0, "SIZE", "" },
    { "console", OPT_STRING, console, sizeof(console), "NAME", "" },
};

static char told[400];

static void bad(const char *word, const char *why)
{
    size_t len = strlen(told);

    snprintf(told + len, sizeof(told) - len, "%.20s %s; ", word, why);
}

static const struct {
    const char *line;
    bool sync;
    uint32_t cpus;
    uint64_t mem;
    const char *console, *told;
} stories[] = {
    { "", false, 0, 0, "", "" },
    { "  \t \n", false, 0, 0, "", "" },
    { "sync maxcpus=2 mem=512M console=vga", true, 2, 512ull << 20, "vga", "" },
    { "mem=64", false, 0, 65536, "", "" }, /* bare numbers are KiB */
    { "sync=yes sync=no", false, 0, 0, "", "" },
    { "sync no-sync", false, 0, 0, "", "" },
    { "no-sync sync=on", true, 0, 0, "", "" },
    { "maxcpus=1 maxcpus=0x4", false, 4, 0, "", "" },
    { "console=", false, 0, 0, "", "" },
    { "console=a=b", false, 0, 0, "a=b", "" },
    { "sync=perhaps", false, 0, 0, "", "sync=perhaps is not on or off; " },
    { "maxcpus", false, 0, 0, "", "maxcpus is not a number; " },
    { "maxcpus=4294967296", false, 0, 0, "",
      "maxcpus=4294967296 is not a number; " },
    { "maxcpus=2x", false, 0, 0, "", "maxcpus=2x is not a number; " },
    { "no-maxcpus", false, 0, 0, "", "no-maxcpus is unknown; " },
    { "no-sync=1", false, 0, 0, "", "no-sync=1 is unknown; " },
    { "mem=5T", false, 0, 0, "",
      "mem=5T is not a size: use K, M or G, as in 512M or 1G; " },
    { "mem=1G,max:1G", false, 0, 1ull << 30, "",
      "mem=1G,max:1G is used up to the comma only; " },
    { "console", false, 0, 0, "", "console needs =TEXT; " },
    { "console=12345678", false, 0, 0, "1234567",
      "console=12345678 is too long and was cut; " },
    { "what sync is=this", true, 0, 0, "",
      "what is unknown; is=this is unknown; " },
};

static void parse_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        sync = false;
        cpus = 0;
        mem = 0;
        console[0] = told[0] = '\0';
        cmdline_parse(stories[i].line, table, ARRAY_SIZE(table), bad);
        assert_int_equal(sync, stories[i].sync);
        assert_int_equal(cpus, stories[i].cpus);
        assert_int_equal(mem, stories[i].mem);
        assert_string_equal(console, stories[i].console);
        assert_string_equal(told, stories[i].told);
    }
}

/* A word without end is told, and the next one is understood. */
static void long_word(void **state)
{
    char line[1000];

    (void)state;
    memset(line, 'a', sizeof(line));
    __builtin_memcpy(line + 900, " maxcpus=3", 11);
    told[0] = '\0';
    cpus = 0;
    cmdline_parse(line, table, ARRAY_SIZE(table), bad);
    assert_string_equal(told, "aaaaaaaaaaaaaaaaaaaa is too long; ");
    assert_int_equal(cpus, 3);

    cmdline_parse(line, table, ARRAY_SIZE(table), NULL); /* nobody listens */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse_stories),
        cmocka_unit_test(long_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
