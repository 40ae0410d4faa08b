/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxentoollog: where the libraries' messages go.
 *
 * A logger is a table of functions. A program takes the one that writes to
 * a stdio stream, or embeds struct xentoollog_logger as the first member of
 * its own and makes that with XTL_NEW_LOGGER.
 *
 * Threads: the stream logger may be used by several threads at once. What
 *          changes it (minlevel, flags) or destroys it may not run beside
 *          other uses.
 * errno:   no function here changes it, but for the two that create.
 *
 * Source: names and signatures as in Xen 4.17. Layer: tools, library.
 */
#ifndef XENTOOLLOG_H
#define XENTOOLLOG_H

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* How much a message matters, rising. XTL_NONE is no level of a message. */
typedef enum xentoollog_level {
    XTL_NONE,
    XTL_DEBUG,
    XTL_VERBOSE,
    XTL_DETAIL,
    XTL_PROGRESS, /* also what progress() reports are taken for */
    XTL_INFO,
    XTL_NOTICE,
    XTL_WARN,
    XTL_ERROR,
    XTL_CRITICAL,
    XTL_NUM_LEVELS
} xentoollog_level;

typedef struct xentoollog_logger xentoollog_logger;

struct xentoollog_logger {
    /*
     * One message, without an end of line. @errnoval: an errno value to be
     * named behind the text, or -1. @context: who speaks, such as "xc", or
     * NULL. Must not change errno.
     */
    void (*vmessage)(struct xentoollog_logger *logger, xentoollog_level level,
                     int errnoval, const char *context, const char *format,
                     va_list al) __attribute__((format(printf, 5, 0)));
    /* How far something has come. May be NULL: such reports are dropped. */
    void (*progress)(struct xentoollog_logger *logger, const char *context,
                     const char *doing_what, int percent, unsigned long done,
                     unsigned long total);
    /* Frees what XTL_NEW_LOGGER has made. */
    void (*destroy)(struct xentoollog_logger *logger);
};

/* --- the logger that writes to a stream -------------------------------- */

typedef struct xentoollog_logger_stdiostream xentoollog_logger_stdiostream;

#define XTL_STDIOSTREAM_SHOW_PID        001u
#define XTL_STDIOSTREAM_SHOW_DATE       002u
#define XTL_STDIOSTREAM_HIDE_PROGRESS   004u
#define XTL_STDIOSTREAM_PROGRESS_USE_CR 010u /* default: on a terminal */
#define XTL_STDIOSTREAM_PROGRESS_NO_CR  020u

/*
 * Lines "[date ][pid: ]CONTEXT: LEVEL: TEXT[: ERROR]" to @f, of messages
 * from @min_level on. @f stays the caller's and must outlive the logger.
 * The result is a logger: cast it to xentoollog_logger *.
 * Returns NULL with errno ENOMEM.
 */
xentoollog_logger_stdiostream *
xtl_createlogger_stdiostream(FILE *f, xentoollog_level min_level,
                             unsigned flags);

/* Later messages below @min_level are dropped. */
void xtl_stdiostream_set_minlevel(xentoollog_logger_stdiostream *lg,
                                  xentoollog_level min_level);

/* XTL_STDIOSTREAM_* bits: clears, then sets. */
void xtl_stdiostream_adjust_flags(xentoollog_logger_stdiostream *lg,
                                  unsigned set_flags, unsigned clear_flags);

/* --- using a logger ---------------------------------------------------- */

/* Destroys @logger; NULL is allowed. */
void xtl_logger_destroy(struct xentoollog_logger *logger);

/* One message; the arguments are those of vmessage. */
void xtl_logv(struct xentoollog_logger *logger, xentoollog_level level,
              int errnoval, const char *context, const char *format, va_list al)
    __attribute__((format(printf, 5, 0)));
void xtl_log(struct xentoollog_logger *logger, xentoollog_level level,
             int errnoval, const char *context, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/*
 * @done of @total, in units of the caller; @total 0 means "not known yet"
 * and counts as nothing done.
 */
void xtl_progress(struct xentoollog_logger *logger, const char *context,
                  const char *doing_what, unsigned long done,
                  unsigned long total);

/* "error" and the like; "[unknown level]" for no level. Static. */
const char *xtl_level_to_string(xentoollog_level level);

/* --- a logger of one's own --------------------------------------------- */

/*
 * xentoollog_logger_NAME *XTL_NEW_LOGGER(NAME, BUFFER)
 *
 * A copy on the heap of BUFFER, an xentoollog_logger_NAME whose member
 * "vtable" is a struct xentoollog_logger and its first. The functions of
 * the table are NAME_vmessage, NAME_progress and NAME_destroy, which must
 * be visible. Evaluates to NULL with errno ENOMEM.
 */
#define XTL_NEW_LOGGER(NAME_, buffer_)                                         \
    ({                                                                         \
        xentoollog_logger_##NAME_ *xtl_new_ = malloc(sizeof(*xtl_new_));       \
        if (xtl_new_) {                                                        \
            *xtl_new_ = (buffer_);                                             \
            xtl_new_->vtable.vmessage = NAME_##_vmessage;                      \
            xtl_new_->vtable.progress = NAME_##_progress;                      \
            xtl_new_->vtable.destroy = NAME_##_destroy;                        \
        } else {                                                               \
            errno = ENOMEM;                                                    \
        }                                                                      \
        xtl_new_;                                                              \
    })

#endif /* XENTOOLLOG_H */
