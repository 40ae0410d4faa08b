/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: vCPUs, and the sets of CPUs and nodes they are given.
 *
 * Source: xenctrl.h; public/domctl.h. Layer: tools, library.
 */
#include "private.h"

/* --- sets ---------------------------------------------------------------- */

/* Asked once for each handle: neither changes while a host is up. */
static int limits(xc_interface *xch, int *cpus, int *nodes)
{
    xc_physinfo_t info;

    pthread_mutex_lock(&xch->lock);
    *cpus = xch->max_cpus;
    *nodes = xch->max_nodes;
    pthread_mutex_unlock(&xch->lock);
    if (*cpus)
        return 0;
    if (xc_physinfo(xch, &info))
        return -1;
    *cpus = (int)info.max_cpu_id + 1;
    *nodes = (int)info.max_node_id + 1;
    pthread_mutex_lock(&xch->lock);
    xch->max_cpus = *cpus;
    xch->max_nodes = *nodes;
    pthread_mutex_unlock(&xch->lock);
    return 0;
}

int xc_get_max_cpus(xc_interface *xch)
{
    int cpus, nodes;

    return limits(xch, &cpus, &nodes) ? -1 : cpus;
}

int xc_get_max_nodes(xc_interface *xch)
{
    int cpus, nodes;

    return limits(xch, &cpus, &nodes) ? -1 : nodes;
}

int xc_get_online_cpus(xc_interface *xch)
{
    xc_physinfo_t info;

    return xc_physinfo(xch, &info) ? -1 : (int)info.nr_cpus;
}

int xc_get_cpumap_size(xc_interface *xch)
{
    int cpus = xc_get_max_cpus(xch);

    return cpus < 0 ? -1 : (cpus + 7) / 8;
}

int xc_get_nodemap_size(xc_interface *xch)
{
    int nodes = xc_get_max_nodes(xch);

    return nodes < 0 ? -1 : (nodes + 7) / 8;
}

xc_cpumap_t xc_cpumap_alloc(xc_interface *xch)
{
    int size = xc_get_cpumap_size(xch);

    return size < 0 ? NULL : calloc(1, (size_t)size);
}

xc_nodemap_t xc_nodemap_alloc(xc_interface *xch)
{
    int size = xc_get_nodemap_size(xch);

    return size < 0 ? NULL : calloc(1, (size_t)size);
}

void xc_cpumap_clearcpu(int cpu, xc_cpumap_t map)
{
    map[cpu / 8] &= (uint8_t) ~(1u << (cpu % 8));
}

void xc_cpumap_setcpu(int cpu, xc_cpumap_t map)
{
    map[cpu / 8] |= (uint8_t)(1u << (cpu % 8));
}

int xc_cpumap_testcpu(int cpu, xc_cpumap_t map)
{
    return (map[cpu / 8] >> (cpu % 8)) & 1;
}

/* --- registers and state ------------------------------------------------- */

int xc_vcpu_setcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_setvcpucontext, domid);
    struct bounce b;

    if (bounce_open(xch, &b, ctxt, sizeof(ctxt->c), BOUNCE_IN))
        return -1;
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, b.hyp);
    return bounce_close(&b, domctl_run(xch, &op, "setvcpucontext"));
}

int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_getvcpucontext, domid);
    struct bounce b;

    if (bounce_open(xch, &b, ctxt, sizeof(ctxt->c), BOUNCE_OUT))
        return -1;
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, b.hyp);
    return bounce_close(&b, domctl_run(xch, &op, "getvcpucontext"));
}

int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                    xc_vcpuinfo_t *info)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_getvcpuinfo, domid);

    op.u.getvcpuinfo.vcpu = vcpu;
    if (xc_domctl(xch, &op))
        return -1;
    *info = op.u.getvcpuinfo;
    return 0;
}

long long xc_domain_get_cpu_usage(xc_interface *xch, uint32_t domid, int vcpu)
{
    xc_vcpuinfo_t info;

    if (xc_vcpu_getinfo(xch, domid, (uint32_t)vcpu, &info))
        return ctrl_fail(xch, XC_INTERNAL_ERROR,
                         "getvcpuinfo of domain %u, vCPU %d", domid, vcpu);
    return (long long)info.cpu_time;
}

/* --- affinity ------------------------------------------------------------ */

static int affinity(xc_interface *xch, uint32_t cmd, const char *name,
                    uint32_t domid, int vcpu, xc_cpumap_t hard,
                    xc_cpumap_t soft, uint32_t flags)
{
    struct xen_domctl op = domctl_make(cmd, domid);
    struct xen_domctl_vcpuaffinity *a = &op.u.vcpuaffinity;
    int cpus = xc_get_max_cpus(xch), rc = -1;
    size_t size = (size_t)(cpus + 7) / 8;
    struct bounce bounce[2] = { { .hyp = NULL }, { .hyp = NULL } };

    if (cpus < 0)
        return -1;
    if (bounce_open(xch, &bounce[0],
                    flags & XEN_VCPUAFFINITY_HARD ? hard : NULL, size,
                    BOUNCE_BOTH) ||
        bounce_open(xch, &bounce[1],
                    flags & XEN_VCPUAFFINITY_SOFT ? soft : NULL, size,
                    BOUNCE_BOTH))
        goto out;
    a->vcpu = (uint32_t)vcpu;
    a->flags = flags;
    set_xen_guest_handle(a->cpumap_hard.bitmap, bounce[0].hyp);
    set_xen_guest_handle(a->cpumap_soft.bitmap, bounce[1].hyp);
    a->cpumap_hard.nr_bits = a->cpumap_soft.nr_bits = (uint32_t)cpus;
    rc = domctl_run(xch, &op, name);
out:
    bounce_close(&bounce[0], rc);
    return bounce_close(&bounce[1], rc);
}

int xc_vcpu_setaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard_inout,
                        xc_cpumap_t cpumap_soft_inout, uint32_t flags)
{
    return affinity(xch, XEN_DOMCTL_setvcpuaffinity, "setvcpuaffinity", domid,
                    vcpu, cpumap_hard_inout, cpumap_soft_inout, flags);
}

int xc_vcpu_getaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard, xc_cpumap_t cpumap_soft,
                        uint32_t flags)
{
    return affinity(xch, XEN_DOMCTL_getvcpuaffinity, "getvcpuaffinity", domid,
                    vcpu, cpumap_hard, cpumap_soft, flags);
}

static int node_affinity(xc_interface *xch, uint32_t cmd, const char *name,
                         uint32_t domid, xc_nodemap_t map, enum bounce_dir dir)
{
    struct xen_domctl op = domctl_make(cmd, domid);
    int nodes = xc_get_max_nodes(xch);
    struct bounce b;

    if (nodes < 0 || bounce_open(xch, &b, map, (size_t)(nodes + 7) / 8, dir))
        return -1;
    set_xen_guest_handle(op.u.nodeaffinity.nodemap.bitmap, b.hyp);
    op.u.nodeaffinity.nodemap.nr_bits = (uint32_t)nodes;
    return bounce_close(&b, domctl_run(xch, &op, name));
}

int xc_domain_node_setaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap)
{
    return node_affinity(xch, XEN_DOMCTL_setnodeaffinity, "setnodeaffinity",
                         domind, nodemap, BOUNCE_IN);
}

int xc_domain_node_getaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap)
{
    return node_affinity(xch, XEN_DOMCTL_getnodeaffinity, "getnodeaffinity",
                         domind, nodemap, BOUNCE_OUT);
}
