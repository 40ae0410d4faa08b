/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxentoollog: passing messages on, and the logger of a stdio stream.
 *
 * Source: xentoollog.h. Layer: tools, library.
 */
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xentoollog.h>

struct xentoollog_logger_stdiostream {
    xentoollog_logger vtable;
    FILE *f;
    xentoollog_level min_level;
    unsigned flags;
    /* Lines of progress: whether one is open, how long, and what it told. */
    bool progress_open;
    int progress_width;
    int progress_percent;
};

const char *xtl_level_to_string(xentoollog_level level)
{
    static const char *const names[XTL_NUM_LEVELS] = {
        [XTL_NONE] = "[none]",       [XTL_DEBUG] = "debug",
        [XTL_VERBOSE] = "verbose",   [XTL_DETAIL] = "detail",
        [XTL_PROGRESS] = "progress", [XTL_INFO] = "info",
        [XTL_NOTICE] = "notice",     [XTL_WARN] = "warning",
        [XTL_ERROR] = "error",       [XTL_CRITICAL] = "critical",
    };

    if ((int)level < 0 || level >= XTL_NUM_LEVELS)
        return "[unknown level]";
    return names[level];
}

/* --- passing on --------------------------------------------------------- */

void xtl_logv(struct xentoollog_logger *logger, xentoollog_level level,
              int errnoval, const char *context, const char *format, va_list al)
{
    int keep = errno;

    logger->vmessage(logger, level, errnoval, context, format, al);
    errno = keep;
}

void xtl_log(struct xentoollog_logger *logger, xentoollog_level level,
             int errnoval, const char *context, const char *format, ...)
{
    va_list al;

    va_start(al, format);
    xtl_logv(logger, level, errnoval, context, format, al);
    va_end(al);
}

void xtl_progress(struct xentoollog_logger *logger, const char *context,
                  const char *doing_what, unsigned long done,
                  unsigned long total)
{
    int keep = errno;
    int percent = 0;

    if (!logger->progress)
        return;
    if (total)
        percent = (int)((unsigned long long)done * 100 / total);
    logger->progress(logger, context, doing_what, percent, done, total);
    errno = keep;
}

void xtl_logger_destroy(struct xentoollog_logger *logger)
{
    int keep = errno;

    if (logger)
        logger->destroy(logger);
    errno = keep;
}

/* --- the stream --------------------------------------------------------- */

/* The caller holds the stream's lock: a message is one piece. */
static void line_begin(xentoollog_logger_stdiostream *lg,
                       xentoollog_level level, const char *context)
{
    if (lg->progress_open)
        fputc('\n', lg->f);
    lg->progress_open = false;

    if (lg->flags & XTL_STDIOSTREAM_SHOW_DATE) {
        struct tm tm;
        time_t now = time(NULL);
        char text[40];

        if (localtime_r(&now, &tm) &&
            strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %Z ", &tm))
            fputs(text, lg->f);
    }
    if (lg->flags & XTL_STDIOSTREAM_SHOW_PID)
        fprintf(lg->f, "[%ld] ", (long)getpid());
    if (context)
        fprintf(lg->f, "%s: ", context);
    fprintf(lg->f, "%s: ", xtl_level_to_string(level));
}

static void stdiostream_vmessage(xentoollog_logger *logger,
                                 xentoollog_level level, int errnoval,
                                 const char *context, const char *format,
                                 va_list al)
{
    xentoollog_logger_stdiostream *lg = (void *)logger;

    if (level < lg->min_level)
        return;
    flockfile(lg->f);
    line_begin(lg, level, context);
    vfprintf(lg->f, format, al);
    if (errnoval >= 0)
        fprintf(lg->f, ": %s", strerror(errnoval));
    fputc('\n', lg->f);
    fflush(lg->f);
    funlockfile(lg->f);
}

static bool uses_cr(const xentoollog_logger_stdiostream *lg)
{
    if (lg->flags & XTL_STDIOSTREAM_PROGRESS_NO_CR)
        return false;
    return (lg->flags & XTL_STDIOSTREAM_PROGRESS_USE_CR) ||
           isatty(fileno(lg->f));
}

static void stdiostream_progress(xentoollog_logger *logger, const char *context,
                                 const char *doing_what, int percent,
                                 unsigned long done, unsigned long total)
{
    xentoollog_logger_stdiostream *lg = (void *)logger;
    bool cr, last = total && done >= total;
    int width;

    if (lg->flags & XTL_STDIOSTREAM_HIDE_PROGRESS ||
        lg->min_level > XTL_PROGRESS)
        return;

    flockfile(lg->f);
    cr = uses_cr(lg);
    /* Where lines cannot be written over, a step is ten percent. */
    if (!cr && !last && done && percent / 10 == lg->progress_percent / 10)
        goto out;
    lg->progress_percent = percent;

    if (cr && lg->progress_open)
        fputc('\r', lg->f);
    width = fprintf(lg->f, "%s%s%s: %lu/%lu  %3d%%", context ? context : "",
                    context ? ": " : "", doing_what, done, total, percent);
    if (cr && !last) {
        /* What a longer line before it has left. */
        if (lg->progress_open && width < lg->progress_width)
            fprintf(lg->f, "%*s", lg->progress_width - width, "");
        lg->progress_width = width;
        lg->progress_open = true;
    } else {
        fputc('\n', lg->f);
        lg->progress_open = false;
    }
    fflush(lg->f);
out:
    funlockfile(lg->f);
}

static void stdiostream_destroy(xentoollog_logger *logger)
{
    xentoollog_logger_stdiostream *lg = (void *)logger;

    if (lg->progress_open)
        fputc('\n', lg->f);
    free(lg);
}

xentoollog_logger_stdiostream *
xtl_createlogger_stdiostream(FILE *f, xentoollog_level min_level,
                             unsigned flags)
{
    xentoollog_logger_stdiostream lg = {
        .f = f,
        .min_level = min_level,
        .flags = flags,
    };

    return XTL_NEW_LOGGER(stdiostream, lg);
}

void xtl_stdiostream_set_minlevel(xentoollog_logger_stdiostream *lg,
                                  xentoollog_level min_level)
{
    lg->min_level = min_level;
}

void xtl_stdiostream_adjust_flags(xentoollog_logger_stdiostream *lg,
                                  unsigned set_flags, unsigned clear_flags)
{
    lg->flags = (lg->flags & ~clear_flags) | set_flags;
}
