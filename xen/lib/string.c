/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory and strings. Long copies and fills go by blocks of eight registers
 * (copy.S); here are their ends, which is where mistakes live, so that they
 * are tested on the host.
 *
 * Source: ISO C11 7.24.
 * Layer:  1 (lib). Tested on the host, unit/string.c.
 */
#include <stdint.h>

#include <xen/compiler.h>
#include <xen/string.h>

#include "copy.h"

/* A word at any address; GCC makes one LDR of it. */
struct any_word {
    uint32_t w;
} packed __attribute__((may_alias));

struct whole_word {
    uint32_t w;
} __attribute__((may_alias));

/* Shorter than this it is not worth to look at alignment. */
#define LONG 16u

/*
 * The compiler knows what a byte loop does and would replace it by a call of
 * the very function it stands in; the barrier in the body hides it.
 */
static void copy_bytes(uint8_t *d, const uint8_t *s, size_t len)
{
    while (len--) {
        *d++ = *s++;
        compiler_barrier();
    }
}

/* From low addresses to high: right for overlap with @d below @s. */
static void copy_up(uint8_t *d, const uint8_t *s, size_t len)
{
    size_t blocks, head;

    if (len < LONG) {
        copy_bytes(d, s, len);
        return;
    }

    head = -(uintptr_t)d & 3;
    copy_bytes(d, s, head);
    d += head;
    s += head;
    len -= head;

    blocks = len / BLOCK;
    if (blocks) {
        if (((uintptr_t)s & 3) == 0)
            copy_blocks(d, s, blocks);
        else
            copy_blocks_unaligned(d, s, blocks);
        d += blocks * BLOCK;
        s += blocks * BLOCK;
        len %= BLOCK;
    }

    for (; len >= 4; len -= 4, d += 4, s += 4) {
        ((struct whole_word *)d)->w = ((const struct any_word *)s)->w;
        compiler_barrier();
    }
    copy_bytes(d, s, len);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t len)
{
    copy_up(dst, src, len);
    return dst;
}

void *memmove(void *dst, const void *src, size_t len)
{
    uint8_t *d = dst;
    const uint8_t *s = src;

    /*
     * A block is read whole before it is written, so going up is right
     * whenever the destination is below the source.
     */
    if ((uintptr_t)d - (uintptr_t)s >= len) {
        copy_up(d, s, len);
        return dst;
    }

    d += len;
    s += len;
    for (; len >= 4; len -= 4) {
        d -= 4;
        s -= 4;
        ((struct any_word *)d)->w = ((const struct any_word *)s)->w;
        compiler_barrier();
    }
    while (len--) {
        *--d = *--s;
        compiler_barrier();
    }
    return dst;
}

static void fill_bytes(uint8_t *d, uint8_t byte, size_t len)
{
    while (len--) {
        *d++ = byte;
        compiler_barrier();
    }
}

void *memset(void *dst, int byte, size_t len)
{
    uint8_t *d = dst;
    uint8_t b = (uint8_t)byte;
    uint32_t word = b * 0x01010101u;
    size_t head;

    if (len < LONG) {
        fill_bytes(d, b, len);
        return dst;
    }

    head = -(uintptr_t)d & 3;
    fill_bytes(d, b, head);
    d += head;
    len -= head;

    fill_blocks(d, word, len / BLOCK);
    d += len / BLOCK * BLOCK;
    len %= BLOCK;

    for (; len >= 4; len -= 4, d += 4) {
        ((struct whole_word *)d)->w = word;
        compiler_barrier();
    }
    fill_bytes(d, b, len);
    return dst;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *p = a, *q = b;

    for (; len; len--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

void *memchr(const void *s, int byte, size_t len)
{
    const uint8_t *p = s;

    for (; len; len--, p++)
        if (*p == (uint8_t)byte)
            return (void *)(uintptr_t)p;
    return NULL;
}

size_t strlen(const char *s)
{
    const char *p = s;

    while (*p) {
        p++;
        compiler_barrier();
    }
    return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
    const char *end = memchr(s, 0, max);

    return end ? (size_t)(end - s) : max;
}

int strncmp(const char *a, const char *b, size_t max)
{
    for (; max; max--, a++, b++) {
        if (*a != *b)
            return (uint8_t)*a - (uint8_t)*b;
        if (!*a)
            break;
    }
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++)
        if (!*s)
            return NULL;
    return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
    const char *found = NULL;

    do {
        if (*s == (char)c)
            found = s;
    } while (*s++);
    return (char *)(uintptr_t)found;
}

char *strstr(const char *s, const char *needle)
{
    size_t len = strlen(needle);

    do {
        if (strncmp(s, needle, len) == 0)
            return (char *)(uintptr_t)s;
    } while (*s++);
    return NULL;
}

size_t str_copy(char *dst, const char *src, size_t size)
{
    size_t len = strlen(src);

    if (size) {
        size_t part = len < size ? len : size - 1;

        memcpy(dst, src, part);
        dst[part] = '\0';
    }
    return len;
}
