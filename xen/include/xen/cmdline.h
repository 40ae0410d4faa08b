/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Boot options: words "name", "no-name" or "name=value" on the hypervisor's
 * command line, matched against one table that also makes the manual page.
 *
 * Layer: 1 (lib); option_table itself is in xen/arch/arm/options.c.
 */
#ifndef XEN_CMDLINE_H
#define XEN_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/compiler.h>

enum option_type {
    OPT_BOOL,   /* bool *:      name, name=on|off|yes|no|1|0, no-name   */
    OPT_UINT,   /* uint32_t *:  name=N                                  */
    OPT_SIZE,   /* uint64_t *:  name=N[KMG]; bare numbers are KiB       */
    OPT_STRING, /* char[size]:  name=TEXT, cut to size - 1              */
};

struct option {
    const char *name;
    enum option_type type;
    void *var;          /* where the value goes, by type              */
    size_t size;        /* OPT_STRING: bytes at var                   */
    const char *values; /* for people: what may stand behind the =    */
    const char *help;   /* one sentence                               */
};

/*
 * Parse @line against @table of @nr rows; the last of two equal words wins.
 * @bad is called (if not NULL) once for each word that is unknown or whose
 * value does not parse, with the word and the reason; parsing goes on.
 * Context: boot, one CPU.
 */
void cmdline_parse(const char *line, const struct option *table, size_t nr,
                   void (*bad)(const char *word, const char *why));

#endif /* XEN_CMDLINE_H */
