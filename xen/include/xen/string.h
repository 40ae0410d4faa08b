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

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *s, int byte, size_t len);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);

/*
 * Copy @src to @dst of @size bytes, always terminated when @size > 0.
 * Returns the length of @src: a result >= @size tells that it was cut.
 */
size_t str_copy(char *dst, const char *src, size_t size);

#endif /* XEN_STRING_H */
