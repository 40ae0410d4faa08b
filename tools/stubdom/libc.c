/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What newlib asks of a system: there is no heap, no file and no signal, and
 * a program that ends has crashed.
 *
 * Source: newlib's libc manual, "System Calls".
 * Layer:  stub domain.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "stub.h"

struct stat;

/* For libfdt, which is built with -fstack-protector. */
uintptr_t __stack_chk_guard = 0x5bd1e995;

void __stack_chk_fail(void);
void *_sbrk(ptrdiff_t by);
void _exit(int status);
int _kill(int pid, int signal), _getpid(void), _close(int fd);
int _fstat(int fd, struct stat *st), _isatty(int fd);
int _lseek(int fd, int to, int how), _read(int fd, char *to, int len);
int _write(int fd, char *from, int len);

void __stack_chk_fail(void)
{
    stub_panic("the stack is overwritten");
}

void *_sbrk(ptrdiff_t by)
{
    (void)by;
    return (void *)-1;
}

void _exit(int status)
{
    (void)status;
    stub_panic("the C library has given up");
}

int _kill(int pid, int signal)
{
    (void)pid;
    (void)signal;
    return -1;
}

int _getpid(void)
{
    return 1;
}

int _close(int fd)
{
    (void)fd;
    return -1;
}

int _fstat(int fd, struct stat *st)
{
    (void)fd;
    (void)st;
    return -1;
}

int _isatty(int fd)
{
    (void)fd;
    return 0;
}

int _lseek(int fd, int to, int how)
{
    (void)fd;
    (void)to;
    (void)how;
    return -1;
}

int _read(int fd, char *to, int len)
{
    (void)fd;
    (void)to;
    (void)len;
    return -1;
}

int _write(int fd, char *from, int len)
{
    (void)fd;
    (void)from;
    (void)len;
    return -1;
}

/*
 * Newlib's for Thumb goes byte by byte. (The attribute: not by calling
 * itself.)
 */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) void *
memset(void *dst, int byte, size_t len)
{
    uint32_t word = (uint8_t)byte * 0x01010101u;
    uint8_t *to = dst;

    for (; len && (uintptr_t)to % sizeof(word); len--)
        *to++ = (uint8_t)byte;
    for (; len >= 4 * sizeof(word); len -= 4 * sizeof(word)) {
        uint32_t *at = (uint32_t *)(void *)to;

        at[0] = word;
        at[1] = word;
        at[2] = word;
        at[3] = word;
        to += 4 * sizeof(word);
    }
    while (len--)
        *to++ = (uint8_t)byte;
    return dst;
}
