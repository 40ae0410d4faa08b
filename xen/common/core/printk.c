/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines of the log: levels, the prefix, the time, and the token bucket that
 * all lines go through which a guest can cause (XSA-118, -141, -146).
 *
 * Layer: 4 (core).
 */
#include <xen/compiler.h>
#include <xen/console.h>
#include <xen/options.h>
#include <xen/printf.h>
#include <xen/printk.h>
#include <xen/string.h>
#include <xen/time.h>

#define TEXT_MAX 1024

/* Guest lines at once; one more each second. */
#define BUCKET_MAX 10u

#ifdef CONFIG_DEBUG
#define LEVEL_DEFAULT LOG_DEBUG
#else
#define LEVEL_DEFAULT LOG_WARN
#endif

#define LEVEL_NONE (LOG_ERR - 1)

static int level_max = LEVEL_DEFAULT; /* constant after console_init_early */
static int guest_level_max = LEVEL_DEFAULT;

/* All below: console lock. */
static char text[TEXT_MAX];
static bool in_line; /* the last line printed has no newline yet */
static uint32_t bucket = BUCKET_MAX;
static uint64_t bucket_ticks; /* when the bucket was last filled up */
static uint32_t lost;

/* ---- levels ---- */

static const struct {
    const char *name;
    int level;
} levels[] = {
    { "none", LEVEL_NONE }, { "error", LOG_ERR },   { "warning", LOG_WARN },
    { "info", LOG_INFO },   { "debug", LOG_DEBUG }, { "all", LOG_DEBUG },
};

/*
 * "LEVEL" or, as Xen takes it, "LOWER/UPPER": up to UPPER is printed. (What
 * Xen does with the lines in between, limit their rate, gprintk does always.)
 */
static int level_parse(const char *option)
{
    const char *upper = strchr(option, '/');
    const char *name = upper ? upper + 1 : option;

    for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
        if (strcmp(name, levels[i].name) == 0)
            return levels[i].level;
    return LEVEL_DEFAULT;
}

void printk_levels_init(void)
{
    level_max = level_parse(opt_loglvl);
    guest_level_max = level_parse(opt_guest_loglvl);
}

/* ---- lines ---- */

static void prefix_put(void)
{
    char stamp[32];
    uint64_t us;
    int len;

    console_text("(XEN) ", 6);
    if (!opt_console_timestamps)
        return;
    /* A division, but only with console_timestamps. */
    us = time_hz ? time_now_ns() / 1000 : 0;
    len = xen_snprintf(stamp, sizeof(stamp), "[%5u.%06u] ",
                       (unsigned int)(us / 1000000),
                       (unsigned int)(us % 1000000));
    console_text(stamp, (size_t)len);
}

static void lines_put(const char *s, size_t len)
{
    const char *end = s + len;

    while (s < end) {
        const char *newline = memchr(s, '\n', (size_t)(end - s));
        const char *stop = newline ? newline + 1 : end;

        if (!in_line)
            prefix_put();
        console_text(s, (size_t)(stop - s));
        in_line = !newline;
        s = stop;
    }
}

static void format_put(const char *fmt, va_list args)
{
    int len = xen_vsnprintf(text, sizeof(text), fmt, args);

    if (len > TEXT_MAX - 1) {
        text[TEXT_MAX - 2] = '\n';
        len = TEXT_MAX - 1;
    }
    if (len > 0)
        lines_put(text, (size_t)len);
}

void vprintk(enum log_level level, const char *fmt, va_list args)
{
    if ((int)level > level_max && level != LOG_ALWAYS)
        return;
    console_lock();
    format_put(fmt, args);
    console_unlock();
}

void printk(enum log_level level, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprintk(level, fmt, args);
    va_end(args);
}

/* ---- lines that guests cause ---- */

/* Take a token; false when there is none. Console lock held. */
static bool bucket_take(void)
{
    uint64_t now = time_ticks();

    while (bucket < BUCKET_MAX && now - bucket_ticks >= time_hz) {
        bucket++;
        bucket_ticks += time_hz;
    }
    if (bucket == BUCKET_MAX)
        bucket_ticks = now;
    if (bucket == 0)
        return false;
    bucket--;
    return true;
}

static void lost_put(void)
{
    char line[48];
    int len;

    if (lost == 0)
        return;
    len = xen_snprintf(line, sizeof(line), "%u guest messages lost\n", lost);
    lines_put(line, (size_t)len);
    lost = 0;
}

void gprintk(enum log_level level, const char *fmt, ...)
{
    va_list args;

    if ((int)level > guest_level_max)
        return;
    va_start(args, fmt);
    console_lock();
    if (bucket_take()) {
        lost_put();
        format_put(fmt, args);
    } else {
        lost++;
    }
    console_unlock();
    va_end(args);
}
