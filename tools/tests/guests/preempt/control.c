/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Event channels, control calls, and what is asked about the host.
 *
 * Source: public/event_channel.h, public/domctl.h, public/sysctl.h.
 * Layer:  test guest, first domain.
 */
#include <public/domctl.h>
#include <public/event_channel.h>
#include <public/sched.h>
#include <public/sysctl.h>
#include <public/vcpu.h>
#include <public/version.h>

#include <xen/string.h>

#include "../lib/domain.h"
#include "../lib/hypercall.h"
#include "preempt.h"

#define PORTS        4095u
#define POLL_MAX     128u
#define DOMCTL_LAST  90u
#define SYSCTL_LAST  30u
#define INFOS        300u
#define RING_BYTES   (64u << 10)
#define OUTPUT_BYTES (64u << 10)

/* clang-format off */
static const uint32_t spinning[] = {
    0xeafffffe, /* b .                              */
};
/* clang-format on */

static int event_call(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_event_channel_op, op, (uintptr_t)arg, 0, 0,
                     0);
}

/* --- event channels ------------------------------------------------------ */

/* Ports of @id, bound from here when @bind; returns how many. */
static int ports_make(int id, uint32_t nr, bool bind)
{
    int made = 0;

    for (uint32_t i = 0; i < nr; i++) {
        struct evtchn_alloc_unbound alloc = { .dom = (domid_t)id };
        struct evtchn_bind_interdomain join = { .remote_dom = (domid_t)id };

        if (event_call(EVTCHNOP_alloc_unbound, &alloc))
            break;
        join.remote_port = alloc.port;
        if (bind && event_call(EVTCHNOP_bind_interdomain, &join))
            break;
        made++;
    }
    return made;
}

static int ports_domain(void)
{
    struct xen_domctl op = { 0 };
    int rc;

    op.u.createdomain.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    op.u.createdomain.max_vcpus = 8;
    op.u.createdomain.max_evtchn_port = PORTS;
    op.u.createdomain.max_grant_frames = -1;
    op.u.createdomain.max_maptrack_frames = -1;
    op.u.createdomain.grant_opts = 1;
    op_begin("createdomain");
    rc = domain_call(&op, XEN_DOMCTL_createdomain, 0);
    op_end(rc);
    if (rc)
        return rc;
    rc = op.domain;
    memset(&op, 0, sizeof(op));
    op.u.max_vcpus.max = 8;
    op_begin("max_vcpus 8");
    op_end(domain_call(&op, XEN_DOMCTL_max_vcpus, rc));
    return rc;
}

static void poll(void)
{
    evtchn_port_t *ports = arena_get(POLL_MAX * sizeof(*ports));
    struct sched_poll arg = { .nr_ports = POLL_MAX, .timeout = 1 };

    for (uint32_t i = 0; i < POLL_MAX; i++)
        ports[i] = (evtchn_port_t)event_bind_ipi(0);
    set_xen_guest_handle(arg.ports, ports);
    op_call("sched_op poll, 128 ports", __HYPERVISOR_sched_op, SCHEDOP_poll,
            (uintptr_t)&arg, 0, 0);
    for (uint32_t i = 0; i < POLL_MAX; i++)
        event_close(ports[i]);
    arena_reset();
}

static void send_all(void)
{
    op_begin("evtchn send, to all ports");
    for (uint32_t port = 1; port <= PORTS; port++) {
        struct evtchn_send send = { .port = port };

        event_call(EVTCHNOP_send, &send);
    }
    op_end(0);
}

void event_all(void)
{
    struct evtchn_reset reset = { 0 };
    int id = ports_domain();

    poll();
    reset.dom = (domid_t)id;
    op_begin("evtchn alloc_unbound, 4095 ports");
    op_end(ports_make(id, PORTS, false));
    op_call("evtchn reset of 4095 unbound ports", __HYPERVISOR_event_channel_op,
            EVTCHNOP_reset, (uintptr_t)&reset, 0, 0);
    op_begin("evtchn bind_interdomain, all ports");
    op_end(ports_make(id, PORTS - 16, true));
    send_all();
    op_begin("destroydomain with 4000 joined ports");
    domain_destroy(id);
    op_end(domain_gone(id));
    reset.dom = DOMID_SELF;
    op_call("evtchn reset of our own ports", __HYPERVISOR_event_channel_op,
            EVTCHNOP_reset, (uintptr_t)&reset, 0, 0);
}

/* --- control calls -------------------------------------------------------- */

static void busy_domain(void)
{
    const struct domain_plan plan = {
        .id = DOMAIN_ANY,
        .vcpus = 8,
        .code = spinning,
        .len = sizeof(spinning),
        .pages = 16,
    };
    int id = domain_build_plan(&plan);
    struct xen_domctl op = { 0 };

    op_begin("unpausedomain with 8 vCPUs");
    op_end(domain_unpause(id));
    delay_us(20000);
    op_begin("pausedomain with 8 running vCPUs");
    op_end(domain_pause(id));
    domain_unpause(id);
    for (unsigned int vcpu = 0; vcpu < 8; vcpu++) {
        uint8_t bits = (uint8_t)(1 + vcpu % 2);

        memset(&op, 0, sizeof(op));
        op.u.vcpuaffinity.vcpu = vcpu;
        op.u.vcpuaffinity.flags = XEN_VCPUAFFINITY_HARD;
        set_xen_guest_handle(op.u.vcpuaffinity.cpumap_hard.bitmap, &bits);
        op.u.vcpuaffinity.cpumap_hard.nr_bits = 8;
        op_begin("setvcpuaffinity of a running vCPU");
        op_end(domain_call(&op, XEN_DOMCTL_setvcpuaffinity, id));
    }
    op_begin("destroydomain with 8 running vCPUs");
    domain_destroy(id);
    op_end(domain_gone(id));
}

/* Each control call there is, with little in its structure. */
static void each_domctl(void)
{
    int id = large_create(8, 16);
    static struct vcpu_guest_context context;

    for (uint32_t cmd = 1; cmd <= DOMCTL_LAST; cmd++) {
        struct xen_domctl op = { 0 };

        if (cmd == XEN_DOMCTL_destroydomain || cmd == XEN_DOMCTL_createdomain)
            continue;
        if (cmd == XEN_DOMCTL_setvcpucontext ||
            cmd == XEN_DOMCTL_getvcpucontext)
            set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
        if (cmd == XEN_DOMCTL_get_domain_state)
            id = DOMID_INVALID;
        op_begin("a domctl");
        op_end(domain_call(&op, cmd, id));
        if (cmd == XEN_DOMCTL_get_domain_state)
            break;
    }
}

void control_all(void)
{
    busy_domain();
    each_domctl();
}

/* --- the host --------------------------------------------------------------
 */

static int sysctl_call(const char *name, struct xen_sysctl *op, uint32_t cmd)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return op_call(name, __HYPERVISOR_sysctl, (uintptr_t)op, 0, 0, 0);
}

static void read_console(void)
{
    struct xen_sysctl op = { 0 };

    set_xen_guest_handle(op.u.readconsole.buffer,
                         (char *)arena_get(RING_BYTES));
    op.u.readconsole.count = RING_BYTES;
    op.u.readconsole.clear = 1;
    sysctl_call("readconsole, all, and clear", &op, XEN_SYSCTL_readconsole);
    arena_reset();
}

static void domain_infos(const char *name)
{
    struct xen_sysctl op = { 0 };
    xen_domctl_getdomaininfo_t *infos = arena_get(INFOS * sizeof(*infos));

    op.u.getdomaininfolist.max_domains = INFOS;
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, infos);
    sysctl_call(name, &op, XEN_SYSCTL_getdomaininfolist);
    print("preempt: %u domains told\n", op.u.getdomaininfolist.num_domains);
    for (uint32_t i = 1; i < op.u.getdomaininfolist.num_domains; i++) {
        if (infos[i].domain <= infos[i - 1].domain)
            print("preempt: FAILED: domain %u behind %u\n", infos[i].domain,
                  infos[i - 1].domain);
    }
    arena_reset();
}

static void pool_info(const char *name)
{
    struct xen_sysctl op = { 0 };
    uint8_t bits[8];

    op.u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_INFO;
    set_xen_guest_handle(op.u.cpupool_op.cpumap.bitmap, bits);
    op.u.cpupool_op.cpumap.nr_bits = 64;
    sysctl_call(name, &op, XEN_SYSCTL_cpupool_op);
}

static void debug_keys(const char *keys)
{
    struct xen_sysctl op = { 0 };

    for (size_t i = 0; keys[i]; i++) {
        set_xen_guest_handle(op.u.debug_keys.keys, (char *)&keys[i]);
        op.u.debug_keys.nr_keys = 1;
        sysctl_call("a debug key", &op, XEN_SYSCTL_debug_keys);
    }
}

/* Each version question, and the calls that have only one operation. */
static void small_calls(void)
{
    uint8_t *answer = arena_get(4096);

    for (uint32_t op = 0; op <= 10; op++)
        op_call("xen_version", __HYPERVISOR_xen_version, op, (uintptr_t)answer,
                0, 0);
    for (uint32_t op = 0; op <= 15; op++)
        op_call("vcpu_op", __HYPERVISOR_vcpu_op, op, 0, (uintptr_t)answer, 0);
    op_call("hvm_op", __HYPERVISOR_hvm_op, 1, (uintptr_t)answer, 0, 0);
    op_call("hypfs_op", __HYPERVISOR_hypfs_op, 1, 0, 0, (uintptr_t)answer);
    op_call("platform_op", __HYPERVISOR_platform_op, (uintptr_t)answer, 0, 0,
            0);
    op_call("a NULL pointer", __HYPERVISOR_memory_op, 6, 0xfffffff0, 0, 0);
    arena_reset();
}

static void write_console(void)
{
    char *text = arena_get(OUTPUT_BYTES);

    memset(text, '.', OUTPUT_BYTES);
    for (uint32_t i = 99; i < OUTPUT_BYTES; i += 100)
        text[i] = '\n';
    op_call("console_io write, 64 KiB", __HYPERVISOR_console_io,
            CONSOLEIO_write, OUTPUT_BYTES, (uintptr_t)text, 0);
    op_call("console_io read, 64 KiB", __HYPERVISOR_console_io, CONSOLEIO_read,
            OUTPUT_BYTES, (uintptr_t)text, 0);
    arena_reset();
}

void multicalls(void)
{
    struct multicall_entry *list = arena_get(65536 * sizeof(*list));

    for (uint32_t i = 0; i < 65536; i++) {
        list[i].op = __HYPERVISOR_xen_version;
        list[i].args[0] = XENVER_version;
    }
    op_call("multicall, 65536 entries", __HYPERVISOR_multicall, (uintptr_t)list,
            65536, 0, 0);
    arena_reset();
}

/* The first @nr extents of 2 MiB given back and taken by one list of calls. */
static void nested(void)
{
    struct multicall_entry *list = arena_get(64 * sizeof(*list));
    xen_pfn_t *gfns = arena_get(64 * sizeof(*gfns));
    struct xen_memory_reservation *arg = arena_get(64 * sizeof(*arg));
    int id = large_create(1, 128), rc = 0;
    struct xen_domctl op = { 0 };

    op.u.paging_mempool.size = 1u << 20;
    domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, id);
    for (uint32_t i = 0; i < 64; i++) {
        gfns[i] = (DOMU_RAM >> 12) + 512 * (i / 2);
        set_xen_guest_handle(arg[i].extent_start, &gfns[i]);
        arg[i].nr_extents = 1;
        arg[i].extent_order = 9;
        arg[i].domid = (domid_t)id;
        list[i].op = __HYPERVISOR_memory_op;
        list[i].args[0] = i % 2 ? XENMEM_decrease_reservation
                                : XENMEM_populate_physmap;
        list[i].args[1] = (uintptr_t)&arg[i];
    }
    op_call("multicall of extents of 2 MiB", __HYPERVISOR_multicall,
            (uintptr_t)list, 64, 0, 0);
    for (uint32_t i = 0; i < 64; i++)
        rc += list[i].result == 1;
    print("preempt: %d of 64 extents\n", rc);
    domain_destroy(id);
    domain_gone(id);
    arena_reset();
}

void host_all(void)
{
    debug_keys("0deghmqrt*");
    read_console();
    domain_infos("getdomaininfolist");
    for (uint32_t cmd = 1; cmd <= SYSCTL_LAST; cmd++) {
        struct xen_sysctl op = { 0 };

        sysctl_call("a sysctl", &op, cmd);
    }
    small_calls();
    write_console();
    multicalls();
    nested();
}

/* --- as many domains as there can be ----------------------------------------
 */

#define CROWD 250u

void crowd_all(void)
{
    static int ids[CROWD];
    uint32_t nr = 0;
    int gone = 0;

    op_begin("createdomain, until there are 250");
    while (nr < CROWD && (ids[nr] = domain_create(DOMAIN_ANY, 0, 8)) > 0)
        nr++;
    op_end(nr);
    op_begin("max_vcpus of all");
    for (uint32_t i = 0; i < nr; i++) {
        struct xen_domctl op = { 0 };

        op.u.max_vcpus.max = 8;
        domain_call(&op, XEN_DOMCTL_max_vcpus, ids[i]);
    }
    op_end(0);
    domain_infos("getdomaininfolist of 250 domains");
    pool_info("cpupool_op info with 250 domains");
    debug_keys("egmr");
    op_begin("destroydomain, 250 times");
    for (uint32_t i = 0; i < nr; i++)
        domain_destroy(ids[i]);
    for (uint32_t i = 0; i < nr; i++)
        gone += domain_gone(ids[i]);
    op_end(gone);
}
