/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * What each library's handle begins with: a logger, its own or the caller's,
 * and the file of a driver. Not installed.
 *
 * Layer: tools, library.
 */
#ifndef LIBS_HANDLE_H
#define LIBS_HANDLE_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include <xentoollog.h>

#define ARRAY_SIZE(a_) (sizeof(a_) / sizeof((a_)[0]))
#define CONTAINER_OF(p_, type_, member_)                                       \
    ((type_ *)(void *)((char *)(p_)-offsetof(type_, member_)))

struct lib_log {
    xentoollog_logger *logger; /* where messages go */
    xentoollog_logger *own;    /* to destroy, or NULL */
};

/* Returns 0, or -1 with errno ENOMEM. */
static inline int lib_log_open(struct lib_log *log, xentoollog_logger *logger)
{
    log->own = NULL;
    if (!logger)
        logger = log->own = (xentoollog_logger *)xtl_createlogger_stdiostream(
            stderr, XTL_PROGRESS, 0);
    log->logger = logger;
    return logger ? 0 : -1;
}

/* Keeps errno. */
static inline void lib_log_close(struct lib_log *log)
{
    xtl_logger_destroy(log->own);
}

/* An error, with the text of errno behind it. Keeps errno. */
#define lib_fail(log_, context_, ...)                                          \
    xtl_log((log_)->logger, XTL_ERROR, errno, context_, __VA_ARGS__)

/*
 * Opens a driver's file, or the older name of it (may be NULL). Returns the
 * descriptor, or -1 with errno of the first, which it tells.
 */
static inline int lib_device(struct lib_log *log, const char *context,
                             const char *name, const char *older, int flags)
{
    int keep, fd = open(name, O_RDWR | flags);

    if (fd >= 0)
        return fd;
    keep = errno;
    if (older) {
        fd = open(older, O_RDWR | flags);
        if (fd >= 0)
            return fd;
    }
    errno = keep;
    lib_fail(log, context, "%s%s", name,
             keep == ENOENT ? " is missing (is this a domain of Xen, with the "
                              "xen modules loaded?)"
             : keep == EACCES ? " is for root only"
                              : " cannot be opened");
    return -1;
}

/* close() that keeps errno and takes -1. */
static inline void lib_close(int fd)
{
    int keep = errno;

    if (fd >= 0)
        close(fd);
    errno = keep;
}

#endif /* LIBS_HANDLE_H */
