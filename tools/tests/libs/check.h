/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of the programs that test the libraries: each that fails prints a
 * line, and finish() the sum.
 *
 * Layer: test, domain 0's user space.
 */
#ifndef LIBS_CHECK_H
#define LIBS_CHECK_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned checks, failures;

static inline bool check(bool ok, const char *what, const char *file, int line)
{
    int keep = errno;

    checks++;
    if (!ok) {
        failures++;
        printf("FAIL %s:%d: %s (errno %d, %s)\n", file, line, what, keep,
               strerror(keep));
        fflush(stdout);
    }
    return ok;
}
#define CHECK(expr_) check((expr_), #expr_, __FILE__, __LINE__)

/* A call that must fail, with this errno. */
#define CHECK_FAILS(call_, errno_)                                             \
    check((errno = 0, (call_)) && errno == (errno_), #call_ " with " #errno_,  \
          __FILE__, __LINE__)

/* Without this there is no point in going on. */
#define NEED(expr_)                                                            \
    do {                                                                       \
        if (!CHECK(expr_))                                                     \
            exit(finish("stopped"));                                           \
    } while (0)

static inline int finish(const char *name)
{
    printf("%s: %u checks, %u failed\n", name, checks, failures);
    return failures || !checks;
}

#endif /* LIBS_CHECK_H */
