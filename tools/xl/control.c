/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands to one domain: its end, pauses, memory, name, console.
 *
 * Source: interface.md 6.2, 6.3. Layer: tool.
 */
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"

#define SLACK_KIB 1024 /* as in create.c */
#define LOOK_MS   1000

static int exit_code(int rc)
{
    return rc ? FAILED : OK;
}

/* ---- the end ---- */

/* -1 after a line, when it is the one that must not stop. */
static int not_the_store(struct xl *x, uint32_t domid)
{
    xc_domaininfo_t info;

    if (domain_info(x, domid, &info) != 1 ||
        !(info.flags & XEN_DOMINF_xs_domain))
        return 0;
    return refuse(x,
                  "domain %u has the store, which all domains need: kill -HUP "
                  "of xenstore-supervisor starts it anew",
                  domid);
}

int cmd_destroy(struct xl *x, struct args *a)
{
    if (a->domid == 0)
        return refuse(x, "domain 0 cannot be destroyed: use poweroff in it"),
               FAILED;
    if (not_the_store(x, a->domid))
        return FAILED;
    return exit_code(domain_destroy(x, a->domid));
}

/* Asks one; it is the guest that does it. */
static int ask(struct xl *x, uint32_t domid, const char *what)
{
    if (not_the_store(x, domid))
        return -1;
    printf("%s domain %u\n",
           strcmp(what, "reboot") == 0 ? "Rebooting" : "Shutting down", domid);
    fflush(stdout);
    return domain_write(x, domid, "control/shutdown", what);
}

static void wait_one(struct xl *x, uint32_t domid)
{
    struct pollfd fd = { .fd = xs_fileno(x->xs), .events = POLLIN };
    xc_domaininfo_t info;
    char **event;

    while (domain_info(x, domid, &info) == 1) {
        if (info.flags & XEN_DOMINF_dying)
            break;
        if (info.flags & XEN_DOMINF_shutdown) {
            printf("Domain %u has been shut down, reason code %d\n", domid,
                   domain_reason(&info));
            return;
        }
        poll(&fd, 1, LOOK_MS);
        while (fd.fd >= 0 && (event = xs_check_watch(x->xs)))
            free(event);
        if (fd.fd >= 0 && errno != EAGAIN) {
            fail(x, domid, "xs_check_watch",
                 "the store is gone, xenstored has to be started again: "
                 "meanwhile we look once a second");
            fd.fd = -1; /* poll() only waits */
        }
    }
    printf("Domain %u has been destroyed.\n", domid);
}

/* Guests: neither domain 0 nor the one of the store. */
static int guests(struct xl *x, uint32_t *ids, unsigned int room)
{
    unsigned int nr, n = 0;
    xc_domaininfo_t *all = domain_all(x, &nr);

    for (unsigned int i = 0; all && i < nr && n < room; i++)
        if (all[i].domain &&
            !(all[i].flags &
              (XEN_DOMINF_xs_domain | XEN_DOMINF_dying | XEN_DOMINF_shutdown)))
            ids[n++] = all[i].domain;
    free(all);
    return all ? (int)n : -1;
}

static int ask_and_wait(struct xl *x, struct args *a, const char *what)
{
    uint32_t ids[256];
    xc_domaininfo_t info;
    int nr = 1, rc = OK;

    if (a->opt['a'] ? a->nr != 0 : a->nr != 1)
        return refuse(x, "name one domain, or -a for all guests"), USAGE;
    if (a->opt['a']) {
        nr = guests(x, ids, 256);
        if (nr < 0)
            return FAILED;
    } else if (!domain_find(x, a->word[0], &ids[0]) ||
               domain_info(x, ids[0], &info) != 1) {
        return refuse(x,
                      "%s is an invalid domain identifier: 'xl list' shows "
                      "the domains there are",
                      a->word[0]),
               FAILED;
    }
    if (a->opt['w'] && !xs_watch(x->xs, "@releaseDomain", "end"))
        return exit_code(fail(x, NO_DOMAIN, "xs_watch", NULL));
    for (int i = 0; i < nr; i++)
        if (ask(x, ids[i], what))
            rc = FAILED;
    if (!a->opt['w'] || rc)
        return rc;
    printf("Waiting for %d domains\n", nr);
    fflush(stdout);
    for (int i = 0; i < nr; i++)
        wait_one(x, ids[i]);
    return OK;
}

int cmd_shutdown(struct xl *x, struct args *a)
{
    return ask_and_wait(x, a, "poweroff");
}

int cmd_reboot(struct xl *x, struct args *a)
{
    return ask_and_wait(x, a, "reboot");
}

/* ---- running ---- */

int cmd_pause(struct xl *x, struct args *a)
{
    if (not_the_store(x, a->domid))
        return FAILED;
    if (xc_domain_pause(x->xch, a->domid))
        return exit_code(fail(x, a->domid, "xc_domain_pause", NULL));
    return OK;
}

int cmd_unpause(struct xl *x, struct args *a)
{
    if (xc_domain_unpause(x->xch, a->domid))
        return exit_code(fail(x, a->domid, "xc_domain_unpause",
                              "it is not paused, says 'xl list'?"));
    return OK;
}

int cmd_sysrq(struct xl *x, struct args *a)
{
    if (strlen(a->word[1]) != 1)
        return refuse(x, "one letter is expected, as h for help"), USAGE;
    return exit_code(domain_write(x, a->domid, "control/sysrq", a->word[1]));
}

int cmd_rename(struct xl *x, struct args *a)
{
    const char *name = a->word[1];
    char *vm, path[128];
    uint32_t other;

    if (!config_name_is_fine(name))
        return refuse(x,
                      "\"%s\" is no name: letters, digits and _.:+- are "
                      "allowed, but digits alone are an id",
                      name),
               FAILED;
    if (domain_find(x, name, &other))
        return refuse(x, "\"%s\" is an id, or the name of domain %u", name,
                      other),
               FAILED;
    if (domain_write(x, a->domid, "name", name))
        return FAILED;
    vm = domain_read(x, a->domid, "vm");
    snprintf(path, sizeof(path), "%.100s/name", vm ? vm : "");
    if (vm)
        xs_write(x->xs, XBT_NULL, path, name, (unsigned int)strlen(name));
    free(vm);
    return OK;
}

/* ---- console ---- */

/* Ours is beside xl; else Debian's, for what it is worth. */
int console_exec(struct xl *x, uint32_t domid, const char *type)
{
    char own[512] = "", path[560], id[16];
    ssize_t len = readlink("/proc/self/exe", own, sizeof(own) - 1);

    snprintf(id, sizeof(id), "%u", domid);
    fflush(NULL);
    if (len > 0) {
        own[len] = '\0';
        snprintf(path, sizeof(path), "%s/xenconsole", dirname(own));
        execl(path, path, id, "--type", type, (char *)NULL);
    }
    execl("/usr/lib/xen-4.17/bin/xenconsole", "xenconsole", id, "--num", "0",
          "--type", type, (char *)NULL);
    execlp("xenconsole", "xenconsole", id, "--type", type, (char *)NULL);
    return fail(x, domid, "xenconsole", "install it beside xl");
}

int cmd_console(struct xl *x, struct args *a)
{
    const char *type = a->opt['t'] ? a->opt['t'] : "pv";

    if (strcmp(type, "pv") && strcmp(type, "vuart"))
        return refuse(x, "-t %s: pv or vuart is expected", type), USAGE;
    return exit_code(console_exec(x, a->domid, type));
}

/* ---- memory ---- */

/* "96", "96m", "1g", "98304k" in KiB; -1: none of these. */
static long long kib(const char *text)
{
    char *end;
    long long value = strtoll(text, &end, 10);

    if (end == text || value <= 0 || value > 1 << 24)
        return -1;
    switch (*end) {
    case 'k':
        end++;
        break;
    case 'g':
        value *= 1024 * 1024;
        end++;
        break;
    case 'm':
        end++;
        value *= 1024;
        break;
    default:
        value *= 1024;
    }
    return *end ? -1 : value;
}

int cmd_mem_set(struct xl *x, struct args *a)
{
    long long want = kib(a->word[1]);
    char *most = domain_read(x, a->domid, "memory/static-max"), text[24];
    long long limit = most ? strtoll(most, NULL, 10) : 0;

    free(most);
    if (want < 0)
        return refuse(x, "%s is no amount of memory: 96, 96m, 1g", a->word[1]),
               FAILED;
    if (limit && want > limit)
        return refuse(x,
                      "domain %u: it was made with %lld MiB, which is the "
                      "most",
                      a->domid, limit / 1024),
               FAILED;
    snprintf(text, sizeof(text), "%lld", want);
    if (domain_write(x, a->domid, "memory/target", text))
        return FAILED;
    if (a->domid &&
        xc_domain_setmaxmem(x->xch, a->domid, (uint64_t)want + SLACK_KIB))
        return exit_code(fail(x, a->domid, "xc_domain_setmaxmem", NULL));
    return OK;
}

int cmd_mem_max(struct xl *x, struct args *a)
{
    long long want = kib(a->word[1]);

    if (a->domid == 0)
        return refuse(x, "domain 0's limit is dom0_mem= of the boot options"),
               FAILED;
    if (want < 0)
        return refuse(x, "%s is no amount of memory: 96, 96m, 1g", a->word[1]),
               FAILED;
    if (xc_domain_setmaxmem(x->xch, a->domid, (uint64_t)want + SLACK_KIB))
        return exit_code(fail(x, a->domid, "xc_domain_setmaxmem", NULL));
    return OK;
}
