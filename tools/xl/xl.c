/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xl: manages domains from domain 0, on the libraries of tools/libs.
 *
 * This file takes the command line apart by the row of the command
 * (commands.c) and opens what the command needs.
 *
 * Source: xl(1) of Xen 4.17, for what users type. Layer: tool.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

#define MOST_OPTIONS 16

static bool verbose;

int xl_open(struct xl *x, bool store)
{
    xentoollog_level least = verbose ? XTL_DEBUG : XTL_CRITICAL;

    x->log = (xentoollog_logger *)xtl_createlogger_stdiostream(stderr, least,
                                                               0);
    x->xch = xc_interface_open(x->log, x->log, 0);
    if (!x->xch)
        return fail(x, NO_DOMAIN, "xc_interface_open",
                    "run it as root in domain 0, with xen-privcmd loaded");
    if (!store)
        return 0;
    x->xs = xs_open(0);
    return x->xs ? 0
                 : fail(x, NO_DOMAIN, "xs_open",
                        "start xenstored, or the store's domain");
}

void xl_close(struct xl *x, bool forked)
{
    if (forked)
        xs_daemon_destroy_postfork(x->xs);
    else
        xs_close(x->xs);
    xc_interface_close(x->xch);
    xtl_logger_destroy(x->log);
    x->xs = NULL;
    x->xch = NULL;
    x->log = NULL;
}

/* ---- options ---- */

/* Options of the row, as getopt_long() wants them. */
static void make_options(const struct command *c, char *letters,
                         struct option *longs)
{
    const struct command_option *o = c->options;
    unsigned int nr = 0;

    *letters++ = 'h';
    for (; o && o->letter; o++) {
        if (o->letter > OPT_IGNORE) {
            *letters++ = o->letter;
            if (o->arg)
                *letters++ = ':';
        }
        if (o->name)
            longs[nr++] = (struct option){ o->name,
                                           o->arg ? required_argument
                                                  : no_argument,
                                           NULL, o->letter };
    }
    *letters = '\0';
    longs[nr++] = (struct option){ "help", no_argument, NULL, 'h' };
    if (c->needs & C_LISTS)
        longs[nr++] = (struct option){ "json", no_argument, NULL, OPT_JSON };
    longs[nr] = (struct option){ 0 };
}

/* 0, or the exit code plus 1: the program ends. */
static int parse_options(const struct command *c, int argc, char **argv,
                         struct args *a)
{
    struct option longs[MOST_OPTIONS + 3];
    char letters[2 * MOST_OPTIONS + 2];
    int opt;

    make_options(c, letters, longs);
    optind = 0;
    while ((opt = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (opt == 'h') {
            command_usage(c, stdout);
            return OK + 1;
        }
        if (opt == '?') {
            command_usage(c, stderr);
            return USAGE + 1;
        }
        a->opt[opt] = optarg ? optarg : "";
    }
    a->json = a->opt[OPT_JSON];
    a->word = argv + optind;
    a->nr = argc - optind;
    if (a->nr >= c->least && a->nr <= c->most)
        return 0;
    if (a->nr < c->least)
        fprintf(stderr, "'xl %s' requires at least %d argument%s.\n\n", c->name,
                c->least, c->least == 1 ? "" : "s");
    else
        fprintf(stderr, "'xl %s' takes at most %d argument%s.\n\n", c->name,
                c->most, c->most == 1 ? "" : "s");
    command_usage(c, stderr);
    return USAGE + 1;
}

/* ---- running ---- */

static int run(struct xl *x, const struct command *c, struct args *a)
{
    xc_domaininfo_t info;

    if (!(c->needs & C_NO_XEN) && xl_open(x, c->needs & C_MUST))
        return FAILED;
    if ((c->needs & C_STORE) && !x->xs)
        x->xs = xs_open(0); /* names are missing without it, no more */
    a->domid = NO_DOMAIN;
    if (c->needs & C_DOMAIN) {
        if (!domain_find(x, a->word[0], &a->domid) ||
            domain_info(x, a->domid, &info) != 1)
            return refuse(x,
                          "%s is an invalid domain identifier: 'xl list' "
                          "shows the domains there are",
                          a->word[0]),
                   FAILED;
    }
    return c->run(x, a);
}

static int start(const char *name, int argc, char **argv)
{
    const struct command *c = command_find(name);
    struct args a = { .json = false };
    struct xl x = { .command = name };
    int rc;

    if (!c) {
        fprintf(stderr, "xl: there is no command '%s': 'xl help' has all\n",
                name);
        return FAILED;
    }
    rc = parse_options(c, argc, argv, &a);
    if (rc)
        return rc - 1;
    rc = run(&x, c, &a);
    if (x.xch)
        xl_close(&x, false);
    if (fflush(stdout) || ferror(stdout)) {
        perror("xl: output");
        rc = FAILED;
    }
    return rc;
}

int main(int argc, char **argv)
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--man") == 0)
            return commands_manual(), OK;
        if (strcmp(argv[at], "--completion") == 0)
            return commands_completion(), OK;
        if (strcmp(argv[at], "-h") == 0 || strcmp(argv[at], "--help") == 0)
            return start("help", 1, argv);
        /* -t, -T and -f of Debian's are accepted. */
        if (strspn(argv[at] + 1, "vtTf") != strlen(argv[at] + 1)) {
            fprintf(stderr, "xl: there is no option %s: 'xl help'\n", argv[at]);
            return USAGE;
        }
        verbose = verbose || strchr(argv[at], 'v');
    }
    if (at == argc) {
        start("help", 1, argv);
        return FAILED;
    }
    return start(argv[at], argc - at, argv + at);
}
