/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command "create": reads the configuration, makes the domain, starts
 * it, and leaves a process that looks after it.
 *
 * Source: xl(1) of Xen 4.17. Layer: tool.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "userdata.h"

#define MOST (1u << 20) /* bytes of a configuration */

/* The whole file, to be freed, or NULL after a line. */
static char *read_file(const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    char *text = f ? malloc(MOST) : NULL;
    size_t len = text ? fread(text, 1, MOST, f) : 0;

    if (!text || ferror(f)) {
        fprintf(stderr, "Failed to read config file: %s: %s\n", path,
                strerror(errno));
        free(text);
        text = NULL;
    } else if (len == MOST || memchr(text, '\0', len)) {
        fprintf(stderr,
                "Failed to read config file: %s: it is no text of "
                "less than 1 MiB\n",
                path);
        free(text);
        text = NULL;
    } else {
        text[len] = '\0';
    }
    if (f && f != stdin)
        fclose(f);
    return text;
}

static int read_config(struct config *c, const char *path, struct args *a,
                       int first)
{
    struct config_error error;
    char *text = read_file(path);
    int rc;

    if (!text)
        return -1;
    rc = config_parse(c, path, text, warn_line, &error);
    free(text);
    /* Words behind the file are lines of it. */
    for (int i = first; i < a->nr && !rc; i++)
        rc = config_parse(c, "command line", a->word[i], warn_line, &error);
    if (!rc)
        rc = config_check(c, path, &error);
    if (rc)
        fprintf(stderr, "%s\n", error.text);
    return rc;
}

static int show_config(const struct config *c)
{
    struct json j;

    json_begin(&j, stdout);
    json_open(&j, NULL, '{');
    userdata_config(&j, c);
    json_close(&j);
    return OK;
}

/*
 * Ctrl-C and the like wait until the domain is whole or is undone; and then
 * it is undone. true: there was one.
 */
static bool interrupted(bool begin)
{
    sigset_t set, pending;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    if (begin)
        return sigprocmask(SIG_BLOCK, &set, NULL) != 0;
    sigpending(&pending);
    return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
           sigismember(&pending, SIGHUP);
}

static int start(struct xl *x, struct args *a, struct config *c)
{
    sigset_t none;
    uint32_t domid;

    sigemptyset(&none);
    interrupted(true);
    if (domain_create(x, c, &domid))
        return NO_CREATE;
    if (interrupted(false)) {
        refuse(x, "interrupted: domain %u is taken back", domid);
        domain_destroy(x, domid);
        return NO_CREATE;
    }
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!a->opt['p'] && xc_domain_unpause(x->xch, domid)) {
        fail(x, domid, "xc_domain_unpause", NULL);
        domain_destroy(x, domid);
        return NO_CREATE;
    }
    if (a->opt['F'])
        return monitor_run(x, c, domid);
    if (!a->opt['e'] && monitor_start(x, c, domid))
        return FAILED;
    if (a->opt['c'])
        return console_exec(x, domid, "pv"), FAILED;
    return OK;
}

int cmd_create(struct xl *x, struct args *a)
{
    const char *path = a->opt['f'];
    struct config c;
    int first = 0, rc;

    if (!path && a->nr && !strchr(a->word[0], '='))
        path = a->word[first++];
    if (!path)
        return refuse(x, "no configuration: xl create FILE"), USAGE;
    if (!a->opt['q'])
        fprintf(stderr, "Parsing config from %s\n", path);
    config_init(&c);
    if (read_config(&c, path, a, first))
        rc = NO_CREATE;
    else
        rc = a->opt['n'] ? show_config(&c) : start(x, a, &c);
    config_free(&c);
    return rc;
}
