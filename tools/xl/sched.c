/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where vCPUs run, and for how long: pins, weights, pools.
 *
 * Source: public/domctl.h, sysctl.h; columns as those of Xen 4.17's xl.
 * Layer: tool.
 */
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static int exit_code(int rc)
{
    return rc ? FAILED : OK;
}

/* A number in [@min, @max], or -1 after a line. */
static long number(struct xl *x, const char *what, const char *text, long min,
                   long max)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (!errno && end != text && !*end && value >= min && value <= max)
        return value;
    return refuse(x, "%s: %s is not in the range from %ld to %ld", what, text,
                  min, max);
}

/* ---- vcpu-pin, vcpu-set ---- */

/* "-" is NULL: to be left as it is. */
static int to_map(struct xl *x, const char *text, xc_cpumap_t *map)
{
    struct cpus set;
    size_t size = (size_t)xc_get_cpumap_size(x->xch);

    *map = NULL;
    if (!text || strcmp(text, "-") == 0)
        return 0;
    if (cpus_parse(text, &set))
        return refuse(x, "%s is no set of CPUs: \"0-1,3\", \"all\"", text);
    *map = calloc(1, size + sizeof(set.map));
    if (!*map)
        return fail(x, NO_DOMAIN, "calloc", NULL);
    memcpy(*map, set.map, size < sizeof(set.map) ? size : sizeof(set.map));
    return 0;
}

static int pin(struct xl *x, uint32_t domid, int vcpu, xc_cpumap_t hard,
               xc_cpumap_t soft)
{
    uint32_t flags = (hard ? XEN_VCPUAFFINITY_HARD : 0) |
                     (soft ? XEN_VCPUAFFINITY_SOFT : 0);
    uint8_t h[64] = { 0 }, s[64] = { 0 };
    size_t size = (size_t)xc_get_cpumap_size(x->xch);

    if (size > sizeof(h))
        size = sizeof(h);
    /* The call writes back what came of them. */
    if (hard)
        memcpy(h, hard, size);
    if (soft)
        memcpy(s, soft, size);
    if (!flags || !xc_vcpu_setaffinity(x->xch, domid, vcpu, hard ? h : NULL,
                                       soft ? s : NULL, flags))
        return 0;
    fail(x, domid, "xc_vcpu_setaffinity",
         "there is no such vCPU ('xl vcpu-list'), or none of these CPUs is in "
         "its pool ('xl cpupool-list -c')");
    fprintf(stderr, "Could not set affinity for vcpu `%d'.\n", vcpu);
    return -1;
}

int cmd_vcpu_pin(struct xl *x, struct args *a)
{
    xc_cpumap_t hard = NULL, soft = NULL;
    xc_domaininfo_t info;
    long from = 0, to;
    int rc = -1;

    if (domain_info(x, a->domid, &info) != 1)
        return FAILED;
    to = (long)info.max_vcpu_id;
    if (strcmp(a->word[1], "all")) {
        from = to = number(x, "VCPU", a->word[1], 0, 4095);
        if (from < 0)
            return FAILED;
    }
    if (!to_map(x, a->word[2], &hard) &&
        !to_map(x, a->nr > 3 ? a->word[3] : NULL, &soft)) {
        rc = 0;
        for (long i = from; i <= to && !rc; i++)
            rc = pin(x, a->domid, (int)i, hard, soft);
    }
    free(hard);
    free(soft);
    return exit_code(rc);
}

int cmd_vcpu_set(struct xl *x, struct args *a)
{
    long host = xc_get_online_cpus(x->xch), want;
    xc_domaininfo_t info;
    char path[64];

    want = number(x, "NUMBER", a->word[1], 1, 4096);
    if (want < 0 || domain_info(x, a->domid, &info) != 1)
        return FAILED;
    if (want > host && !a->opt[OPT_IGNORE]) {
        fprintf(stderr,
                "You are overcommmitting! You have %ld physical CPUs and want "
                "%ld vCPUs! Aborting, use --ignore-host to continue\n",
                host, want);
        return FAILED;
    }
    if (want > (long)info.max_vcpu_id + 1)
        return refuse(x,
                      "domain %u: it was made with %u vCPUs, which is the "
                      "most",
                      a->domid, info.max_vcpu_id + 1),
               FAILED;
    for (uint32_t i = 0; i <= info.max_vcpu_id; i++) {
        snprintf(path, sizeof(path), "cpu/%u/availability", i);
        if (domain_write(x, a->domid, path,
                         (long)i < want ? "online" : "offline"))
            return FAILED;
    }
    return OK;
}

/* ---- pools ---- */

static void pool_name(struct xl *x, uint32_t id, char *out, size_t size)
{
    char path[64], *name = NULL;

    snprintf(path, sizeof(path), "/local/pool/%u/name", id);
    if (x->xs)
        name = xs_read(x->xs, XBT_NULL, path, NULL);
    if (name)
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "Pool-%u", id);
    free(name);
}

static const char *sched_name(uint32_t id)
{
    switch (id) {
    case XEN_SCHEDULER_CREDIT:
        return "credit";
    case XEN_SCHEDULER_CREDIT2:
        return "credit2";
    case XEN_SCHEDULER_NULL:
        return "null";
    case XEN_SCHEDULER_RTDS:
        return "rtds";
    default:
        return "unknown";
    }
}

static const struct column pool_columns[] = {
    { "name", "", -19, false },  { "cpus", "", 3, true },
    { "sched", "", 10, false },  { "active", "", 8, false },
    { "domains", "", 11, true },
};
static const struct column pool_cpu_columns[] = {
    { "name", "", -19, false },
    { "cpus", "", 0, false },
};

/* "0,1": each by itself. */
static unsigned int pool_cpus(struct xl *x, const xc_cpupoolinfo_t *p,
                              char *out, size_t size)
{
    int bits = xc_get_cpumap_size(x->xch) * 8;
    unsigned int nr = 0;
    size_t used = 0;

    out[0] = '\0';
    for (int i = 0; i < bits; i++)
        if (xc_cpumap_testcpu(i, p->cpumap) && used < size)
            used += (size_t)snprintf(out + used, size - used, "%s%d",
                                     nr++ ? "," : "", i);
    return nr;
}

int cmd_cpupool_list(struct xl *x, struct args *a)
{
    bool found = false, cpus = a->opt['c'];
    xc_cpupoolinfo_t *p;
    struct table t;
    char name[64], text[128];

    table_begin(&t, a->json,
                cpus ? "Name               CPU list"
                     : "Name               CPUs   Sched     Active   Domain "
                       "count",
                cpus ? pool_cpu_columns : pool_columns, cpus ? 2 : 5);
    for (uint32_t id = 0; (p = xc_cpupool_getinfo(x->xch, id));) {
        unsigned int nr = pool_cpus(x, p, text, sizeof(text));

        id = p->cpupool_id + 1;
        pool_name(x, p->cpupool_id, name, sizeof(name));
        if (a->nr == 0 || strcmp(a->word[0], name) == 0) {
            found = true;
            table_cell(&t, "%s", name);
            if (cpus) {
                table_cell(&t, "%s", text);
            } else {
                table_cell(&t, "%u", nr);
                table_cell(&t, "%s", sched_name(p->sched_id));
                table_cell(&t, "%s", "y");
                table_cell(&t, "%u", p->n_dom);
            }
        }
        xc_cpupool_infofree(x->xch, p);
    }
    table_end(&t);
    if (found)
        return OK;
    return refuse(x, "there is no pool \"%s\"", a->nr ? a->word[0] : ""),
           FAILED;
}

/* ---- sched-credit ---- */

static const struct column credit_columns[] = {
    { "name", "", -32, false },
    { "domid", " ", 5, true },
    { "weight", " ", 6, true },
    { "cap", " ", 4, true },
};
#define CREDIT_HEAD "Name                                ID Weight  Cap"

static void credit_row(struct xl *x, struct table *t, uint32_t domid,
                       const struct xen_domctl_sched_credit *s)
{
    char *name = domain_name(x, domid);

    table_cell(t, "%s", name ? name : "");
    table_cell(t, "%u", domid);
    table_cell(t, "%u", s->weight);
    table_cell(t, "%u", s->cap);
    free(name);
}

static int credit_domain(struct xl *x, struct args *a)
{
    struct xen_domctl_sched_credit s;
    xc_domaininfo_t info;
    struct table t;
    uint32_t domid;
    long value;

    if (!domain_find(x, a->opt['d'], &domid) ||
        domain_info(x, domid, &info) != 1)
        return refuse(x,
                      "%s is an invalid domain identifier: 'xl list' shows "
                      "the domains there are",
                      a->opt['d']);
    if (xc_sched_credit_domain_get(x->xch, domid, &s))
        return fail(x, domid, "xc_sched_credit_domain_get",
                    "its pool has another scheduler ('xl cpupool-list')");
    if (!a->opt['w'] && !a->opt['c']) {
        table_begin(&t, a->json, CREDIT_HEAD, credit_columns, 4);
        credit_row(x, &t, domid, &s);
        table_end(&t);
        return 0;
    }
    if (a->opt['w']) {
        value = number(x, "weight", a->opt['w'], 1, 65535);
        if (value < 0)
            return -1;
        s.weight = (uint16_t)value;
    }
    if (a->opt['c']) {
        value = number(x, "cap", a->opt['c'], 0,
                       ((long)info.max_vcpu_id + 1) * 100);
        if (value < 0)
            return -1;
        s.cap = (uint16_t)value;
    }
    return xc_sched_credit_domain_set(x->xch, domid, &s)
               ? fail(x, domid, "xc_sched_credit_domain_set", NULL)
               : 0;
}

/* -t, -r and -m into @s: how many there were, or -1. */
static int credit_params(struct xl *x, struct args *a,
                         struct xen_sysctl_credit_schedule *s)
{
    struct {
        char letter;
        long min, max;
        uint32_t *to;
    } all[] = { { 't', 1, 1000, &s->tslice_ms },
                { 'r', 0, 500000, &s->ratelimit_us },
                { 'm', 0, 100000, &s->vcpu_migr_delay_us } };
    int nr = 0;

    for (size_t i = 0; i < 3; i++) {
        const char *text = a->opt[(int)all[i].letter];
        const char what[] = { '-', all[i].letter, '\0' };
        long value = text ? number(x, what, text, all[i].min, all[i].max) : 0;

        if (value < 0)
            return -1;
        if (text) {
            *all[i].to = (uint32_t)value;
            nr++;
        }
    }
    return nr;
}

/* One pool's scheduler and, unless -s is there, its domains. */
static int credit_pool(struct xl *x, struct args *a, uint32_t pool)
{
    struct xen_sysctl_credit_schedule s;
    struct xen_domctl_sched_credit d;
    xc_domaininfo_t *all;
    unsigned int nr;
    struct table t;
    char name[64];
    int set;

    if (xc_sched_credit_params_get(x->xch, pool, &s))
        return fail(x, NO_DOMAIN, "xc_sched_credit_params_get",
                    "the pool has another scheduler ('xl cpupool-list')");
    set = credit_params(x, a, &s);
    if (set < 0)
        return -1;
    if (set > 0)
        return xc_sched_credit_params_set(x->xch, pool, &s)
                   ? fail(x, NO_DOMAIN, "xc_sched_credit_params_set",
                          "-r must not be more than the time slice")
                   : 0;
    pool_name(x, pool, name, sizeof(name));
    if (!a->json)
        printf("Cpupool %s: tslice=%ums ratelimit=%uus migration-delay=%uus\n",
               name, s.tslice_ms, s.ratelimit_us, s.vcpu_migr_delay_us);
    if (a->opt['s'])
        return 0;
    all = domain_all(x, &nr);
    if (!all)
        return -1;
    table_begin(&t, a->json, CREDIT_HEAD, credit_columns, 4);
    for (unsigned int i = 0; i < nr; i++)
        if (all[i].cpupool == pool &&
            !xc_sched_credit_domain_get(x->xch, all[i].domain, &d))
            credit_row(x, &t, all[i].domain, &d);
    table_end(&t);
    free(all);
    return 0;
}

int cmd_sched_credit(struct xl *x, struct args *a)
{
    xc_cpupoolinfo_t *p;
    bool found = false;
    char name[64];
    int rc = 0;

    if (a->opt['d'] && (a->opt['s'] || a->opt['p']))
        return refuse(x, "-d is of a domain, -s and -p are of a pool"), USAGE;
    if ((a->opt['w'] || a->opt['c']) && !a->opt['d'])
        return refuse(x, "-w and -c want -d DOMAIN"), USAGE;
    if (a->opt['d'])
        return exit_code(credit_domain(x, a));
    for (uint32_t id = 0; !rc && (p = xc_cpupool_getinfo(x->xch, id));) {
        bool credit = p->sched_id == XEN_SCHEDULER_CREDIT;

        id = p->cpupool_id + 1;
        pool_name(x, p->cpupool_id, name, sizeof(name));
        if (a->opt['p'] ? strcmp(a->opt['p'], name) == 0 : credit) {
            found = true;
            rc = credit_pool(x, a, p->cpupool_id);
        }
        xc_cpupool_infofree(x->xch, p);
    }
    if (a->opt['p'] && !found)
        return refuse(x, "there is no pool \"%s\"", a->opt['p']), FAILED;
    return exit_code(rc);
}
