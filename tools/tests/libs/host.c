/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxenctrl on the host: what it is, its domains, pools, console and
 * errors. With "nobody", for one who is not root.
 *
 * Source: tools/include/xenctrl.h.
 * Layer:  test, domain 0's user space.
 */
#include <xenctrl.h>

#include "check.h"

static xc_interface *xc;

/* The last message of a logger of our own. */
typedef struct {
    xentoollog_logger vtable;
} xentoollog_logger_heard;
static char heard[512];

static void heard_vmessage(xentoollog_logger *logger, xentoollog_level level,
                           int errnoval, const char *context,
                           const char *format, va_list al)
{
    int n;

    (void)logger;
    (void)errnoval;
    n = snprintf(heard, sizeof(heard), "%s %s: ", xtl_level_to_string(level),
                 context ? context : "-");
    vsnprintf(heard + n, sizeof(heard) - (size_t)n, format, al);
}

static void heard_progress(xentoollog_logger *logger, const char *context,
                           const char *doing_what, int percent,
                           unsigned long done, unsigned long total)
{
    (void)logger;
    (void)context;
    (void)done;
    (void)total;
    snprintf(heard, sizeof(heard), "%s %d", doing_what, percent);
}

static void heard_destroy(xentoollog_logger *logger)
{
    free(logger);
}

static void version(void)
{
    xen_extraversion_t extra;
    xen_capabilities_info_t caps;
    xen_feature_info_t features = { .submap_idx = 0 };
    xen_compile_info_t compiled;

    CHECK(xc_version(xc, XENVER_version, NULL) == (4 << 16 | 17));
    CHECK(xc_version(xc, XENVER_extraversion, extra) == 0);
    CHECK(xc_version(xc, XENVER_compile_info, &compiled) == 0);
    CHECK(strstr(compiled.compiler, "gcc") ||
          strstr(compiled.compiler, "clang"));
    CHECK(xc_version(xc, XENVER_capabilities, caps) == 0);
    CHECK(strstr(caps, "xen-3.0-armv7l") != NULL);
    CHECK(xc_version(xc, XENVER_pagesize, NULL) == 4096);
    CHECK(xc_version(xc, XENVER_get_features, &features) == 0);
    CHECK(features.submap & 1u << XENFEAT_dom0);
    printf("version 4.17%s\n", extra);
}

static void physinfo(void)
{
    xc_physinfo_t info;
    xc_cputopo_t topo[8];
    xc_meminfo_t memory[2];
    uint32_t distance[4];
    xc_cpuinfo_t idle[8];
    unsigned cpus = 8, nodes = 1;
    unsigned long top;
    uint64_t bytes;
    int nr, sched;

    NEED(xc_physinfo(xc, &info) == 0);
    CHECK(info.nr_cpus == 2 && info.max_cpu_id == 1);
    CHECK(info.total_pages > 0 && info.free_pages < info.total_pages);
    CHECK(info.capabilities & XEN_SYSCTL_PHYSCAP_hap);
    CHECK(xc_get_max_cpus(xc) == 2 && xc_get_online_cpus(xc) == 2);
    CHECK(xc_get_cpumap_size(xc) == 1 && xc_get_max_nodes(xc) == 1);

    CHECK(xc_cputopoinfo(xc, &cpus, NULL) == 0 && cpus == 2);
    cpus = 8;
    CHECK(xc_cputopoinfo(xc, &cpus, topo) == 0 && cpus == 2);
    CHECK(topo[0].node == 0);
    CHECK(xc_numainfo(xc, &nodes, memory, distance) == 0 && nodes == 1);
    /* The real Xen leaves them 0 on ARM. */
    printf("node 0: %llu bytes, %llu free, distance %u\n",
           (unsigned long long)memory[0].memsize,
           (unsigned long long)memory[0].memfree, distance[0]);
    CHECK(memory[0].memfree <= memory[0].memsize || !memory[0].memsize);
    CHECK(xc_getcpuinfo(xc, 8, idle, &nr) == 0 && nr == 2);
    CHECK(idle[0].idletime > 0);
    CHECK(xc_sched_id(xc, &sched) == 0 &&
          (sched == XEN_SCHEDULER_CREDIT || sched == XEN_SCHEDULER_CREDIT2));
    CHECK(xc_maximum_ram_page(xc, &top) == 0 && top > 0x40000);
    CHECK(xc_availheap(xc, 0, 0, -1, &bytes) == 0);
    CHECK(bytes / 4096 <= info.total_pages && bytes > 0);
    CHECK(xc_sharing_freed_pages(xc) == 0);
}

static void domains(void)
{
    xc_dominfo_t info[4];
    xc_domaininfo_t list[4];
    xc_vcpuinfo_t vcpu;
    uint8_t hard = 0, soft = 0, nodes = 0;

    NEED(xc_domain_getinfo(xc, 0, 4, info) == 1);
    CHECK(info[0].domid == 0 && !info[0].dying && !info[0].paused);
    CHECK(info[0].nr_online_vcpus == 2 && info[0].max_vcpu_id == 1);
    CHECK(info[0].gpaddr_bits == 40 && info[0].nr_pages == 384 * 256);
    CHECK(xc_get_tot_pages(xc, 0) == (long)info[0].nr_pages);
    CHECK(xc_domain_getinfolist(xc, 0, 4, list) == 1 && list[0].domain == 0);
    CHECK(xc_domain_getinfolist(xc, 1, 4, list) == 0);
    CHECK_FAILS(xc_domain_getinfo(xc, 1, 1, info) == -1, ESRCH);
    CHECK(xc_vcpu_getinfo(xc, 0, 0, &vcpu) == 0 && vcpu.online);
    CHECK(xc_domain_get_cpu_usage(xc, 0, 0) > 0);
    CHECK_FAILS(xc_vcpu_getinfo(xc, 0, 200, &vcpu) == -1, EINVAL);
    CHECK(xc_vcpu_getaffinity(xc, 0, 0, &hard, &soft,
                              XEN_VCPUAFFINITY_HARD | XEN_VCPUAFFINITY_SOFT) ==
          0);
    CHECK((hard & 3) == 3 && (soft & 3) == 3);
    CHECK(xc_domain_node_getaffinity(xc, 0, &nodes) == 0 && nodes == 1);
}

static void pools(void)
{
    xc_cpupoolinfo_t *info = xc_cpupool_getinfo(xc, 0);
    uint32_t pool = XC_CPUPOOL_POOLID_ANY;
    xc_cpumap_t map;

    NEED(info != NULL);
    CHECK(info->cpupool_id == 0 && info->n_dom == 1 && info->cpumap[0] == 3);
    CHECK_FAILS(xc_cpupool_getinfo(xc, 1) == NULL, ENOENT);
    CHECK(xc_cpupool_create(xc, &pool, info->sched_id) == 0 && pool == 1);
    CHECK(xc_cpupool_removecpu(xc, 0, 1) == 0);
    map = xc_cpupool_freeinfo(xc);
    CHECK(map && xc_cpumap_testcpu(1, map) && !xc_cpumap_testcpu(0, map));
    free(map);
    CHECK(xc_cpupool_addcpu(xc, pool, 1) == 0);
    CHECK_FAILS(xc_cpupool_destroy(xc, pool) == -1, EBUSY);
    CHECK(xc_cpupool_removecpu(xc, pool, -1) == 0);
    CHECK(xc_cpupool_destroy(xc, pool) == 0);
    CHECK(xc_cpupool_addcpu(xc, 0, -1) == 0);
    xc_cpupool_infofree(xc, info);
}

static void sched(void)
{
    struct xen_domctl_sched_credit credit;
    struct xen_domctl_sched_credit2 credit2;
    int id = 0;

    CHECK(xc_sched_id(xc, &id) == 0);
    if (id == XEN_SCHEDULER_CREDIT) {
        struct xen_sysctl_credit_schedule pool;

        CHECK(xc_sched_credit_domain_get(xc, 0, &credit) == 0);
        printf("weight %u, cap %u\n", credit.weight, credit.cap);
        CHECK(credit.weight > 0 && credit.cap == 0);
        credit.weight = 300;
        CHECK(xc_sched_credit_domain_set(xc, 0, &credit) == 0);
        CHECK(xc_sched_credit_domain_get(xc, 0, &credit) == 0);
        CHECK(credit.weight == 300);
        CHECK_FAILS(xc_sched_credit2_domain_get(xc, 0, &credit2) == -1, EINVAL);
        CHECK(xc_sched_credit_params_get(xc, 0, &pool) == 0);
        CHECK(pool.tslice_ms > 0);
        CHECK(xc_sched_credit_params_set(xc, 0, &pool) == 0);
        CHECK_FAILS(xc_sched_credit_params_get(xc, 7, &pool) == -1, ESRCH);
    } else {
        struct xen_sysctl_credit2_schedule pool;

        CHECK(xc_sched_credit2_domain_get(xc, 0, &credit2) == 0);
        CHECK(credit2.weight > 0);
        credit2.weight = 300;
        CHECK(xc_sched_credit2_domain_set(xc, 0, &credit2) == 0);
        CHECK(xc_sched_credit2_domain_get(xc, 0, &credit2) == 0);
        CHECK(credit2.weight == 300);
        CHECK_FAILS(xc_sched_credit_domain_get(xc, 0, &credit) == -1, EINVAL);
        CHECK(xc_sched_credit2_params_get(xc, 0, &pool) == 0);
        CHECK(xc_sched_credit2_params_set(xc, 0, &pool) == 0);
    }
}

/* A debug key's help comes with the next read, from where we were. */
static void console(void)
{
    static char text[65536];
    unsigned nr = sizeof(text) - 1, all = 0;
    uint32_t index = 0;

    /* In parts, the last of which is empty. */
    for (unsigned tries = 0; nr && tries < 100; tries++) {
        nr = sizeof(text) - 1;
        CHECK(xc_readconsolering(xc, text, &nr, 0, 1, &index) == 0);
        all += nr;
    }
    CHECK(nr == 0 && all > 1000 && index >= all);
    CHECK(xc_send_debug_keys(xc, "h") == 0);
    for (unsigned tries = 0, got = 0; tries < 100; tries++) {
        nr = sizeof(text) - 1 - got;
        CHECK(xc_readconsolering(xc, text + got, &nr, 0, 1, &index) == 0);
        got += nr;
        text[got] = '\0';
        if (strstr(text, "key"))
            break;
        usleep(50000);
    }
    CHECK(strstr(text, "key") != NULL);
}

static void errors(void)
{
    xentoollog_logger_heard proto;
    xentoollog_logger_heard *logger = XTL_NEW_LOGGER(heard, proto);
    xc_interface *other;
    struct xen_domctl op = { .cmd = XEN_DOMCTL_pausedomain, .domain = 77 };

    NEED(logger != NULL);
    other = xc_interface_open(&logger->vtable, NULL, 0);
    NEED(other != NULL);
    CHECK_FAILS(xc_domain_pause(other, 77) == -1, ESRCH);
    CHECK(!strcmp(heard, "error xc: pausedomain of domain 77"));
    CHECK(
        !strcmp(xc_get_last_error(other)->message, "pausedomain of domain 77"));
    CHECK(xc_get_last_error(other)->code == XC_INTERNAL_ERROR);
    xc_clear_last_error(other);
    CHECK(xc_get_last_error(other)->code == XC_ERROR_NONE);
    heard[0] = '\0';
    CHECK_FAILS(xc_domctl(other, &op) == -1, ESRCH);
    CHECK(!heard[0]);
    CHECK_FAILS(xc_domain_pause(other, 0) == -1, EINVAL);
    CHECK_FAILS(xc_domain_destroy(other, 0) == -1, EINVAL);
    CHECK_FAILS(xc_domain_send_trigger(other, 0, 0, 0) == -1, ENOSYS);
    CHECK(xc_domain_set_virq_handler(other, 0, VIRQ_DOM_EXC) == 0);
    CHECK_FAILS(xc_domain_set_virq_handler(other, 0, VIRQ_TIMER) == -1, EINVAL);
    xtl_progress(&logger->vtable, "a", "b", 1, 4);
    CHECK(!strcmp(heard, "b 25"));
    CHECK(xc_interface_close(other) == 0);
    xtl_logger_destroy(&logger->vtable);

    other = xc_interface_open(NULL, NULL, XC_OPENFLAG_DUMMY);
    NEED(other != NULL);
    CHECK_FAILS(xc_domain_pause(other, 1) == -1, EBADF);
    CHECK_FAILS(xc_version(other, XENVER_version, NULL) == -1, EBADF);
    CHECK_FAILS(xc_clear_domain_pages(other, 0, 0, 1) == -1, EBADF);
    CHECK(xc_interface_close(other) == 0);
    CHECK_FAILS(xc_interface_open(NULL, NULL, 1u << 30) == NULL, EINVAL);
}

static void watchdog(void)
{
    int id = xc_watchdog(xc, 0, 600);

    CHECK(id >= 1);
    CHECK(xc_watchdog(xc, (uint32_t)id, 600) == 0);
    CHECK(xc_watchdog(xc, (uint32_t)id, 0) == 0);
    CHECK_FAILS(xc_watchdog(xc, (uint32_t)id, 600) == -1, EINVAL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "nobody") && setuid(1000))
        return 1;
    xc = xc_interface_open(NULL, NULL, 0);
    NEED(xc != NULL);
    version();
    physinfo();
    domains();
    pools();
    sched();
    console();
    errors();
    watchdog();
    CHECK(xc_interface_close(xc) == 0);
    return finish("host");
}
