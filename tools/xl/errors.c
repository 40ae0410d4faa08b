/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How xl tells what failed: see xl.h.
 *
 * Source: xl.h. Layer: tool.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "xl.h"

static const struct {
    int code;
    const char *remedy;
} remedies[] = {
    { EPERM, "run it as root in domain 0" },
    { EACCES, "run it as root in domain 0, with the tools of this hypervisor" },
    { ESRCH, "'xl list' shows the domains there are" },
    { ENOMEM, "'xl info' shows free_memory: ask for less, or make some free" },
    { ENOSYS, "this hypervisor does not offer it" },
    { EOPNOTSUPP, "this hypervisor does not offer it" },
    { ENOENT, "check the name" },
    { ENOSPC, "a quota is used up" },
    { EINVAL, "check the values: 'xl help' has their ranges" },
    { EBUSY, "something uses it: try again when that has ended" },
};

static const char *remedy_for(int code)
{
    for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
        if (remedies[i].code == code)
            return remedies[i].remedy;
    return "'xl dmesg' may tell more";
}

int fail(struct xl *x, uint32_t domid, const char *call, const char *remedy)
{
    int code = errno;
    const char *detail = x->xch ? xc_get_last_error(x->xch)->message : "";

    fprintf(stderr, "xl %s: ", x->command);
    if (domid != NO_DOMAIN)
        fprintf(stderr, "domain %u: ", domid);
    fprintf(stderr, "%s: %s", call, strerror(code));
    /* The libraries' own line tells the step in which a long call failed. */
    if (*detail)
        fprintf(stderr, " (%s)", detail);
    fprintf(stderr, ": %s\n", remedy ? remedy : remedy_for(code));
    if (x->xch)
        xc_clear_last_error(x->xch);
    return -1;
}

int refuse(struct xl *x, const char *fmt, ...)
{
    va_list al;

    fprintf(stderr, "xl %s: ", x->command);
    va_start(al, fmt);
    vfprintf(stderr, fmt, al);
    va_end(al);
    putc('\n', stderr);
    return -1;
}

void warn_line(const char *line)
{
    fprintf(stderr, "warning: %s\n", line);
}
