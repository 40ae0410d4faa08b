/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * About the host and the hypervisor: info, log, debug keys, who handles
 * global VIRQs.
 *
 * Source: public/sysctl.h, version.h, domctl.h; words as those of Xen 4.17's
 *         xl. Layer: tool.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include <xencall.h>

#include "commands.h"

static int exit_code(int rc)
{
    return rc ? FAILED : OK;
}

/* ---- info ---- */

struct lines {
    bool json;
    struct json j;
};

static void line(struct lines *l, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void line(struct lines *l, const char *key, const char *fmt, ...)
{
    char text[1100];
    va_list al;

    va_start(al, fmt);
    vsnprintf(text, sizeof(text), fmt, al);
    va_end(al);
    if (l->json)
        json_text(&l->j, key, text);
    else
        printf("%-22s : %s\n", key, text);
}

static void host_lines(struct lines *l, const xc_physinfo_t *p)
{
    struct utsname u;
    char caps[128] = "";
    size_t used = 0;
    static const struct {
        uint32_t bit;
        const char *name;
    } names[] = { { XEN_SYSCTL_PHYSCAP_hvm, "hvm" },
                  { XEN_SYSCTL_PHYSCAP_hap, "hap" },
                  { XEN_SYSCTL_PHYSCAP_vpmu, "vpmu" },
                  { XEN_SYSCTL_PHYSCAP_gnttab_v1, "gnttab-v1" },
                  { XEN_SYSCTL_PHYSCAP_gnttab_v2, "gnttab-v2" } };

    if (uname(&u) == 0) {
        line(l, "host", "%s", u.nodename);
        line(l, "release", "%s", u.release);
        line(l, "version", "%s", u.version);
        line(l, "machine", "%s", u.machine);
    }
    line(l, "nr_cpus", "%u", p->nr_cpus);
    line(l, "max_cpu_id", "%u", p->max_cpu_id);
    line(l, "nr_nodes", "%u", p->nr_nodes);
    line(l, "cores_per_socket", "%u", p->cores_per_socket);
    line(l, "threads_per_core", "%u", p->threads_per_core);
    line(l, "cpu_mhz", "%u.%03u", p->cpu_khz / 1000, p->cpu_khz % 1000);
    line(l, "hw_caps", "%08x:%08x:%08x:%08x:%08x:%08x:%08x:%08x", p->hw_cap[0],
         p->hw_cap[1], p->hw_cap[2], p->hw_cap[3], p->hw_cap[4], p->hw_cap[5],
         p->hw_cap[6], p->hw_cap[7]);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (p->capabilities & names[i].bit)
            used += (size_t)snprintf(caps + used, sizeof(caps) - used, "%s%s",
                                     used ? " " : "", names[i].name);
    line(l, "virt_caps", "%s", caps);
}

static void memory_lines(struct xl *x, struct lines *l, const xc_physinfo_t *p)
{
    xc_cpumap_t cpus = xc_cpupool_freeinfo(x->xch);
    int nr = 0;

    line(l, "total_memory", "%llu", (unsigned long long)p->total_pages / 256);
    line(l, "free_memory", "%llu",
         (unsigned long long)(p->free_pages - p->outstanding_pages) / 256);
    line(l, "sharing_freed_memory", "%ld",
         xc_sharing_freed_pages(x->xch) / 256);
    line(l, "sharing_used_memory", "%ld", xc_sharing_used_frames(x->xch) / 256);
    line(l, "outstanding_claims", "%llu",
         (unsigned long long)p->outstanding_pages / 256);
    for (int i = 0; cpus && i < xc_get_cpumap_size(x->xch) * 8; i++)
        nr += xc_cpumap_testcpu(i, cpus);
    line(l, "free_cpus", "%d", nr);
    free(cpus);
}

static void cpu_topology(struct lines *l, const xc_cputopo_t *topo,
                         unsigned int nr)
{
    if (l->json)
        json_open(&l->j, "cpu_topology", '[');
    else
        printf("%-22s :\ncpu:    core    socket     node\n", "cpu_topology");
    for (unsigned int i = 0; i < nr; i++) {
        if (!l->json) {
            printf("%3u:    %4u     %4u     %4u\n", i, topo[i].core,
                   topo[i].socket, topo[i].node);
            continue;
        }
        json_open(&l->j, NULL, '{');
        json_number(&l->j, "cpu", i);
        json_number(&l->j, "core", topo[i].core);
        json_number(&l->j, "socket", topo[i].socket);
        json_number(&l->j, "node", topo[i].node);
        json_close(&l->j);
    }
    if (l->json)
        json_close(&l->j);
}

/* One node, as ARM has: its distance is that to itself. */
static void node_topology(struct lines *l, const xc_meminfo_t *mem,
                          uint32_t distance)
{
    unsigned long long size = mem->memsize >> 20, left = mem->memfree >> 20;

    if (!l->json) {
        printf("%-22s :\nnode:    memsize    memfree    distances\n",
               "numa_info");
        printf("%4u:    %6llu     %6llu      %u\n", 0, size, left, distance);
        return;
    }
    json_open(&l->j, "numa_info", '[');
    json_open(&l->j, NULL, '{');
    json_number(&l->j, "node", 0);
    json_number(&l->j, "memsize", (long long)size);
    json_number(&l->j, "memfree", (long long)left);
    json_number(&l->j, "distance", distance);
    json_close(&l->j);
    json_close(&l->j);
}

static void topology_lines(struct xl *x, struct lines *l)
{
    xc_cputopo_t topo[128];
    unsigned int nr = 128, nodes = 1;
    uint32_t distance = 0;
    xc_meminfo_t mem;

    if (xc_cputopoinfo(x->xch, &nr, topo) == 0)
        cpu_topology(l, topo, nr < 128 ? nr : 128);
    if (xc_numainfo(x->xch, &nodes, &mem, &distance) == 0)
        node_topology(l, &mem, distance);
}

static void scheduler_line(struct xl *x, struct lines *l)
{
    static const char *const names[] = {
        [XEN_SCHEDULER_CREDIT] = "credit",
        [XEN_SCHEDULER_CREDIT2] = "credit2",
        [XEN_SCHEDULER_ARINC653] = "arinc653",
        [XEN_SCHEDULER_RTDS] = "rtds",
        [XEN_SCHEDULER_NULL] = "null",
    };
    int id = 0;

    if (xc_sched_id(x->xch, &id) == 0 && id >= XEN_SCHEDULER_CREDIT &&
        id <= XEN_SCHEDULER_NULL)
        line(l, "xen_scheduler", "%s", names[id]);
}

static void version_lines(struct xl *x, struct lines *l)
{
    int version = xc_version(x->xch, XENVER_version, NULL);
    struct {
        struct xen_build_id id;
        unsigned char bytes[64];
    } build = { .id.len = 64 };
    struct xen_platform_parameters platform = { 0 };
    xen_changeset_info_t changeset = "";
    xen_capabilities_info_t caps = "";
    xen_commandline_t command = "";
    xen_extraversion_t extra = "";
    struct xen_compile_info cc = { "", "", "", "" };
    char text[129] = "";
    int len;

    xc_version(x->xch, XENVER_extraversion, &extra);
    xc_version(x->xch, XENVER_capabilities, &caps);
    xc_version(x->xch, XENVER_platform_parameters, &platform);
    xc_version(x->xch, XENVER_changeset, &changeset);
    xc_version(x->xch, XENVER_commandline, &command);
    xc_version(x->xch, XENVER_compile_info, &cc);
    line(l, "xen_major", "%d", version >> 16);
    line(l, "xen_minor", "%d", version & 0xffff);
    line(l, "xen_extra", "%.15s", extra);
    line(l, "xen_version", "%d.%d%.15s", version >> 16, version & 0xffff,
         extra);
    line(l, "xen_caps", "%s", caps);
    scheduler_line(x, l);
    line(l, "xen_pagesize", "%d", xc_version(x->xch, XENVER_pagesize, NULL));
    line(l, "platform_params", "virt_start=0x%llx",
         (unsigned long long)platform.virt_start);
    line(l, "xen_changeset", "%s", changeset);
    line(l, "xen_commandline", "%s", command);
    line(l, "cc_compiler", "%.63s", cc.compiler);
    line(l, "cc_compile_by", "%.15s", cc.compile_by);
    line(l, "cc_compile_domain", "%.31s", cc.compile_domain);
    line(l, "cc_compile_date", "%.31s", cc.compile_date);
    len = xc_version(x->xch, XENVER_build_id, &build);
    for (int i = 0; i < len && i < 64; i++)
        sprintf(text + 2 * i, "%02x", ((unsigned char *)&build)[4 + i]);
    line(l, "build_id", "%s", text);
    line(l, "xend_config_format", "%d", 4);
}

int cmd_info(struct xl *x, struct args *a)
{
    struct lines l = { .json = a->json };
    xc_physinfo_t p = { 0 };

    if (xc_physinfo(x->xch, &p))
        return exit_code(fail(x, NO_DOMAIN, "xc_physinfo", NULL));
    json_begin(&l.j, stdout);
    if (l.json)
        json_open(&l.j, NULL, '{');
    host_lines(&l, &p);
    memory_lines(x, &l, &p);
    if (a->opt['n'])
        topology_lines(x, &l);
    version_lines(x, &l);
    if (l.json)
        json_close(&l.j);
    return OK;
}

/* ---- the hypervisor's console ---- */

int cmd_dmesg(struct xl *x, struct args *a)
{
    unsigned int nr;
    uint32_t at = 0;
    char text[16384];

    do {
        nr = sizeof(text);
        if (xc_readconsolering(x->xch, text, &nr, 0, 1, &at))
            return exit_code(fail(x, NO_DOMAIN, "xc_readconsolering", NULL));
        fwrite(text, 1, nr, stdout);
    } while (nr);
    nr = sizeof(text);
    if (a->opt['c'] && xc_readconsolering(x->xch, text, &nr, 1, 0, NULL))
        return exit_code(fail(x, NO_DOMAIN, "xc_readconsolering", NULL));
    return OK;
}

int cmd_debug_keys(struct xl *x, struct args *a)
{
    if (xc_send_debug_keys(x->xch, a->word[0]))
        return exit_code(fail(x, NO_DOMAIN, "xc_send_debug_keys", NULL));
    return OK;
}

/* ---- VIRQs ---- */

static const struct {
    uint32_t virq;
    const char *name, *meaning;
} virqs[] = {
    { VIRQ_CONSOLE, "console", "characters for domain 0" },
    { VIRQ_DOM_EXC, "dom_exc", "a domain has stopped or is gone" },
    { VIRQ_TBUF, "tbuf", "a trace buffer is half full" },
    { VIRQ_DEBUGGER, "debugger", "a debugged domain has stopped" },
    { VIRQ_CON_RING, "con_ring", "the hypervisor's log has new text" },
    { VIRQ_ENOMEM, "enomem", "free memory is getting short" },
};

static const struct column virq_columns[] = {
    { "virq", "", 4, true },
    { "name", "  ", -10, false },
    { "handler", " ", 7, true },
    { "meaning", "  ", 0, false },
};

int cmd_virq_list(struct xl *x, struct args *a)
{
    struct table t;
    int rc = OK;

    table_begin(&t, a->json, "VIRQ  Name       Handler  Meaning", virq_columns,
                4);
    for (size_t i = 0; i < sizeof(virqs) / sizeof(virqs[0]); i++) {
        struct xen_domctl d = { .cmd = XEN_DOMCTL_get_virq_handler };

        d.u.set_virq_handler.virq = virqs[i].virq;
        if (xc_domctl(x->xch, &d)) {
            rc = errno;
            d.domain = DOMID_INVALID;
        }
        table_cell(&t, "%u", virqs[i].virq);
        table_cell(&t, "%s", virqs[i].name);
        if (d.domain == DOMID_INVALID)
            table_cell(&t, "-");
        else
            table_cell(&t, "%u", d.domain);
        table_cell(&t, "%s", virqs[i].meaning);
    }
    table_end(&t);
    if (rc == OK)
        return OK;
    errno = rc;
    return exit_code(fail(x, NO_DOMAIN, "XEN_DOMCTL_get_virq_handler",
                          rc == ENOSYS ? "this hypervisor does not tell who "
                                         "handles them"
                                       : NULL));
}

/* A name of the table, with or without "VIRQ_", or a number. */
static int virq_number(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end != text && !*end && value >= 0 && value < (long)NR_VIRQS)
        return (int)value;
    if (strncasecmp(text, "virq_", 5) == 0)
        text += 5;
    for (size_t i = 0; i < sizeof(virqs) / sizeof(virqs[0]); i++)
        if (strcasecmp(virqs[i].name, text) == 0)
            return (int)virqs[i].virq;
    return -1;
}

int cmd_virq_set(struct xl *x, struct args *a)
{
    int virq = virq_number(a->word[0]);
    xc_domaininfo_t info;
    uint32_t domid;

    if (virq < 0)
        return refuse(x, "%s is no VIRQ: 'xl virq-list' shows them",
                      a->word[0]),
               FAILED;
    if (!domain_find(x, a->word[1], &domid) ||
        domain_info(x, domid, &info) != 1)
        return refuse(x,
                      "%s is an invalid domain identifier: 'xl list' shows "
                      "the domains there are",
                      a->word[1]),
               FAILED;
    if (xc_domain_set_virq_handler(x->xch, domid, virq))
        return exit_code(fail(x, domid, "xc_domain_set_virq_handler",
                              "is it a global VIRQ, and nobody has it bound? "
                              "'xl virq-list' shows them"));
    return OK;
}
