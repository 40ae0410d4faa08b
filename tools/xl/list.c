/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What domains and vCPUs there are. Columns as those of Xen 4.17's xl.
 *
 * Source: public/domctl.h. Layer: tool.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "userdata.h"

/*
 * Calls @each for the domains of the words, or for all. The exit code is
 * FAILED when one of the words is no domain.
 */
static int for_domains(struct xl *x, struct args *a,
                       void (*each)(struct xl *x, struct args *a,
                                    const xc_domaininfo_t *info, void *more),
                       void *more)
{
    xc_domaininfo_t *all, info;
    unsigned int nr;
    uint32_t domid;
    int rc = OK;

    for (int i = 0; i < a->nr; i++) {
        if (domain_find(x, a->word[i], &domid) &&
            domain_info(x, domid, &info) == 1) {
            each(x, a, &info, more);
        } else {
            fprintf(stderr, "Error: Domain '%s' does not exist.\n", a->word[i]);
            rc = FAILED;
        }
    }
    if (a->nr)
        return rc;
    all = domain_all(x, &nr);
    for (unsigned int i = 0; all && i < nr; i++)
        each(x, a, &all[i], more);
    free(all);
    return all ? OK : FAILED;
}

static void name_cell(struct xl *x, struct table *t, uint32_t domid)
{
    char *name = domain_name(x, domid);

    table_cell(t, "%s", name ? name : "");
    free(name);
}

/* ---- list ---- */

static const struct column list_columns[] = {
    { "name", "", -40, false },     { "domid", " ", 5, true },
    { "mem_mib", " ", 5, true },    { "vcpus", " ", 5, true },
    { "state", "     ", 6, false }, { "time_s", "  ", 8, true },
    { "uuid", " ", 36, false },     { "reason", " ", 8, true },
    { "label", " ", 16, false },
};
#define LIST_HEAD                                                              \
    "Name                                        ID   Mem "                    \
    "VCPUs\tState\tTime(s)"
#define LIST_MORE                                                              \
    "   UUID                            Reason-Code\tSecurity "                \
    "Label"

static void list_one(struct xl *x, struct args *a, const xc_domaininfo_t *i,
                     void *more)
{
    struct table *t = more;
    int reason = domain_reason(i);
    char uuid[UUID_TEXT];
    uint32_t f = i->flags;

    name_cell(x, t, i->domain);
    table_cell(t, "%u", i->domain);
    table_cell(t, "%llu", (unsigned long long)i->tot_pages / 256);
    table_cell(t, "%u", i->nr_online_vcpus);
    table_cell(
        t, "%c%c%c%c%c%c", f & XEN_DOMINF_running ? 'r' : '-',
        f & XEN_DOMINF_blocked ? 'b' : '-', f & XEN_DOMINF_paused ? 'p' : '-',
        reason >= 0 && reason != SHUTDOWN_crash ? 's' : '-',
        reason == SHUTDOWN_crash ? 'c' : '-', f & XEN_DOMINF_dying ? 'd' : '-');
    table_cell(t, "%.1f", (double)i->cpu_time / 1e9);
    if (!a->opt['v'])
        return;
    uuid_text(i->handle, uuid);
    table_cell(t, "%s", uuid);
    if (reason < 0)
        table_cell(t, "-");
    else
        table_cell(t, "%d", reason);
    table_cell(t, "-");
}

static void list_long(struct xl *x, struct args *a, const xc_domaininfo_t *i,
                      void *more)
{
    struct json *j = more;
    char *name, *config = userdata_read(i->domain, i->handle);

    (void)a;
    json_open(j, NULL, '{');
    json_number(j, "domid", i->domain);
    if (config) {
        json_raw(j, "config", config);
    } else {
        name = domain_name(x, i->domain);
        json_open(j, "config", '{');
        json_open(j, "c_info", '{');
        json_text(j, "type", "pvh");
        json_text(j, "name", name ? name : "");
        json_close(j);
        json_open(j, "b_info", '{');
        json_number(j, "max_memkb", (long long)i->max_pages * 4);
        json_number(j, "target_memkb", (long long)i->tot_pages * 4);
        json_close(j);
        json_close(j);
        free(name);
    }
    free(config);
    json_close(j);
}

int cmd_list(struct xl *x, struct args *a)
{
    struct table t;
    struct json j;
    int rc;

    if (a->opt['l']) {
        json_begin(&j, stdout);
        json_open(&j, NULL, '[');
        rc = for_domains(x, a, list_long, &j);
        json_close(&j);
        return rc;
    }
    table_begin(&t, a->json, a->opt['v'] ? LIST_HEAD LIST_MORE : LIST_HEAD,
                list_columns, a->opt['v'] ? 9 : 6);
    rc = for_domains(x, a, list_one, &t);
    table_end(&t);
    return rc;
}

/* ---- vcpu-list ---- */

static const struct column vcpu_columns[] = {
    { "name", "", -32, false },   { "domid", " ", 5, true },
    { "vcpu", " ", 5, true },     { "cpu", " ", 4, true },
    { "state", "   ", 3, false }, { "time_s", " ", 9, true },
    { "hard", "  ", 0, false },   { "soft", " / ", 0, false },
};

static void affinity_cells(struct xl *x, struct table *t, uint32_t domid,
                           int vcpu)
{
    unsigned int nr = (unsigned int)xc_get_online_cpus(x->xch);
    xc_cpumap_t hard = xc_cpumap_alloc(x->xch), soft;
    char text[128];

    soft = xc_cpumap_alloc(x->xch);
    if (hard && soft)
        xc_vcpu_getaffinity(x->xch, domid, vcpu, hard, soft,
                            XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT);
    cpus_text(hard, nr, text, sizeof(text));
    table_cell(t, "%s", text);
    cpus_text(soft, nr, text, sizeof(text));
    table_cell(t, "%s", text);
    free(hard);
    free(soft);
}

static void vcpus_of(struct xl *x, struct args *a, const xc_domaininfo_t *i,
                     void *more)
{
    struct table *t = more;
    xc_vcpuinfo_t v;

    (void)a;
    for (uint32_t vcpu = 0; vcpu <= i->max_vcpu_id && ~i->max_vcpu_id; vcpu++) {
        if (xc_vcpu_getinfo(x->xch, i->domain, vcpu, &v))
            continue; /* it has gone meanwhile */
        name_cell(x, t, i->domain);
        table_cell(t, "%u", i->domain);
        table_cell(t, "%u", vcpu);
        if (v.online)
            table_cell(t, "%u", v.cpu);
        else
            table_cell(t, "-");
        table_cell(t, "%c%c%c", v.online && v.running ? 'r' : '-',
                   v.online && v.blocked ? 'b' : '-', v.online ? '-' : 'p');
        table_cell(t, "%.1f", (double)v.cpu_time / 1e9);
        affinity_cells(x, t, i->domain, (int)vcpu);
    }
}

int cmd_vcpu_list(struct xl *x, struct args *a)
{
    struct table t;
    int rc;

    table_begin(&t, a->json,
                "Name                                ID  VCPU   CPU State   "
                "Time(s) Affinity (Hard / Soft)",
                vcpu_columns, 8);
    rc = for_domains(x, a, vcpus_of, &t);
    table_end(&t);
    return rc;
}

/* ---- vm-list, uptime ---- */

static const struct column vm_columns[] = {
    { "uuid", "", -36, false },
    { "domid", "  ", -5, true },
    { "name", "", -30, false },
};

static void vm_one(struct xl *x, struct args *a, const xc_domaininfo_t *i,
                   void *more)
{
    char uuid[UUID_TEXT];

    (void)a;
    uuid_text(i->handle, uuid);
    table_cell(more, "%s", uuid);
    table_cell(more, "%u", i->domain);
    name_cell(x, more, i->domain);
}

int cmd_vm_list(struct xl *x, struct args *a)
{
    struct table t;
    int rc;

    table_begin(&t, a->json, "UUID                                  ID    name",
                vm_columns, 3);
    rc = for_domains(x, a, vm_one, &t);
    table_end(&t);
    return rc;
}

static const struct column uptime_columns[] = {
    { "name", "", -32, false },
    { "domid", " ", 5, true },
    { "uptime", "  ", 0, false },
};

/* Seconds, or -1: nobody has told. */
static long long uptime(struct xl *x, uint32_t domid)
{
    char *vm, *text, path[128];
    double up = -1;
    FILE *f;

    if (domid == 0) {
        f = fopen("/proc/uptime", "r");
        if (f && fscanf(f, "%lf", &up) != 1)
            up = -1;
        if (f)
            fclose(f);
        return (long long)up;
    }
    vm = domain_read(x, domid, "vm");
    snprintf(path, sizeof(path), "%.100s/start_time", vm ? vm : "");
    text = vm ? xs_read(x->xs, XBT_NULL, path, NULL) : NULL;
    if (text)
        up = (double)time(NULL) - strtod(text, NULL);
    free(vm);
    free(text);
    return up < 0 ? text ? 0 : -1 : (long long)up;
}

static void uptime_one(struct xl *x, struct args *a, const xc_domaininfo_t *i,
                       void *more)
{
    long long up = uptime(x, i->domain), days = up / 86400;

    (void)a;
    name_cell(x, more, i->domain);
    table_cell(more, "%u", i->domain);
    if (up < 0)
        table_cell(more, "-");
    else if (days)
        table_cell(more, "%lld days, %2lld:%02lld:%02lld", days, up / 3600 % 24,
                   up / 60 % 60, up % 60);
    else
        table_cell(more, "%lld:%02lld:%02lld", up / 3600, up / 60 % 60,
                   up % 60);
}

int cmd_uptime(struct xl *x, struct args *a)
{
    struct table t;
    int rc;

    table_begin(&t, a->json, "Name                                ID Uptime",
                uptime_columns, 3);
    rc = for_domains(x, a, uptime_one, &t);
    table_end(&t);
    return rc;
}

/* ---- domid, domname ---- */

int cmd_domid(struct xl *x, struct args *a)
{
    xc_domaininfo_t info;
    uint32_t domid;

    /* Digits are no name. */
    if (strspn(a->word[0], "0123456789") == strlen(a->word[0]) ||
        !domain_find(x, a->word[0], &domid) ||
        domain_info(x, domid, &info) != 1) {
        fprintf(stderr,
                "Can't get domid of domain name '%s', maybe this domain does "
                "not exist.\n",
                a->word[0]);
        return FAILED;
    }
    printf("%u\n", domid);
    return OK;
}

int cmd_domname(struct xl *x, struct args *a)
{
    xc_domaininfo_t info;
    uint32_t domid;
    char *name;

    if (!domain_find(x, a->word[0], &domid) ||
        domain_info(x, domid, &info) != 1) {
        fprintf(stderr,
                "Can't get domain name of domain id '%s', maybe this domain "
                "does not exist.\n",
                a->word[0]);
        return FAILED;
    }
    name = domain_name(x, domid);
    printf("%s\n", name ? name : "");
    free(name);
    return OK;
}
