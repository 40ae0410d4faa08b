/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The C library's memory and string functions that a freestanding program
 * must bring (GCC emits calls to the first four; libfdt wants the rest).
 *
 * Source: ISO C11 7.24. Layer: 1 (lib).
 */
#ifndef XEN_STRING_H
#define XEN_STRING_H

#include <stddef.h>

/* Bytes from one place to another that do not overlap. Returns @dst. */
void *memcpy(void *restrict dst, const void *restrict src, size_t len);
/* The same where they may overlap. */
void *memmove(void *dst, const void *src, size_t len);
/* Fill with the low 8 bits of @byte. Returns @dst. */
void *memset(void *dst, int byte, size_t len);
/* < 0, 0, > 0 as the first byte that differs is less, none, or greater. */
int memcmp(const void *a, const void *b, size_t len);
/* First place of @byte, or NULL. */
void *memchr(const void *s, int byte, size_t len);
/* Bytes before the terminating zero. */
size_t strlen(const char *s);
/* The same, or @max when none of the first @max bytes is zero. */
size_t strnlen(const char *s, size_t max);
/* As memcmp, up to the zero and with it. */
int strcmp(const char *a, const char *b);
/* As strcmp, of @max bytes at most. */
int strncmp(const char *a, const char *b, size_t max);
/* First place of @c, which may be the terminating zero, or NULL. */
char *strchr(const char *s, int c);
/* The last place of it. */
char *strrchr(const char *s, int c);
/* First place of the text @needle, or NULL. */
char *strstr(const char *s, const char *needle);

/*
 * Copy @src to @dst of @size bytes, always terminated when @size > 0.
 * Returns the length of @src: a result >= @size tells that it was cut.
 */
size_t str_copy(char *dst, const char *src, size_t size);

#endif /* XEN_STRING_H */
