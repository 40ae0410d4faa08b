/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: the host, its console ring and its trace buffer.
 *
 * Source: xenctrl.h; public/sysctl.h. Layer: tools, library.
 */
#include "private.h"

int xc_physinfo(xc_interface *xch, xc_physinfo_t *info)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_physinfo);

    if (sysctl_run(xch, &op, "physinfo"))
        return -1;
    *info = op.u.physinfo;
    return 0;
}

int xc_cputopoinfo(xc_interface *xch, unsigned *max_cpus, xc_cputopo_t *cputopo)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_cputopoinfo);
    struct bounce b;
    int rc;

    if (bounce_open(xch, &b, cputopo, *max_cpus * sizeof(*cputopo), BOUNCE_OUT))
        return -1;
    op.u.cputopoinfo.num_cpus = *max_cpus;
    set_xen_guest_handle(op.u.cputopoinfo.cputopo, b.hyp);
    rc = bounce_close(&b, sysctl_run(xch, &op, "cputopoinfo"));
    if (!rc)
        *max_cpus = op.u.cputopoinfo.num_cpus;
    return rc;
}

int xc_numainfo(xc_interface *xch, unsigned *max_nodes, xc_meminfo_t *meminfo,
                uint32_t *distance)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_numainfo);
    struct bounce info, dist = { .hyp = NULL };
    size_t nr = *max_nodes;
    int rc = -1;

    if (bounce_open(xch, &info, meminfo, nr * sizeof(*meminfo), BOUNCE_OUT) ||
        bounce_open(xch, &dist, distance, nr * nr * sizeof(*distance),
                    BOUNCE_OUT))
        goto out;
    op.u.numainfo.num_nodes = *max_nodes;
    set_xen_guest_handle(op.u.numainfo.meminfo, info.hyp);
    set_xen_guest_handle(op.u.numainfo.distance, dist.hyp);
    rc = sysctl_run(xch, &op, "numainfo");
    if (!rc)
        *max_nodes = op.u.numainfo.num_nodes;
out:
    bounce_close(&info, rc);
    return bounce_close(&dist, rc);
}

int xc_getcpuinfo(xc_interface *xch, int max_cpus, xc_cpuinfo_t *info,
                  int *nr_cpus)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_getcpuinfo);
    struct bounce b;
    int rc;

    if (max_cpus < 0) {
        errno = EINVAL;
        return -1;
    }
    if (bounce_open(xch, &b, info, (size_t)max_cpus * sizeof(*info),
                    BOUNCE_OUT))
        return -1;
    op.u.getcpuinfo.max_cpus = (uint32_t)max_cpus;
    set_xen_guest_handle(op.u.getcpuinfo.info, b.hyp);
    rc = bounce_close(&b, sysctl_run(xch, &op, "getcpuinfo"));
    if (!rc && nr_cpus)
        *nr_cpus = (int)op.u.getcpuinfo.nr_cpus;
    return rc;
}

/* --- console ------------------------------------------------------------- */

int xc_readconsolering(xc_interface *xch, char *buffer, unsigned int *pnr_chars,
                       int clear, int incremental, uint32_t *pindex)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_readconsole);
    struct bounce b;
    int rc;

    if (bounce_open(xch, &b, buffer, *pnr_chars, BOUNCE_OUT))
        return -1;
    op.u.readconsole.clear = clear != 0;
    op.u.readconsole.incremental = incremental != 0;
    op.u.readconsole.index = pindex ? *pindex : 0;
    op.u.readconsole.count = *pnr_chars;
    set_xen_guest_handle(op.u.readconsole.buffer, b.hyp);
    rc = bounce_close(&b, sysctl_run(xch, &op, "readconsole"));
    if (rc)
        return -1;
    *pnr_chars = op.u.readconsole.count;
    if (pindex)
        *pindex = op.u.readconsole.index;
    return 0;
}

int xc_send_debug_keys(xc_interface *xch, const char *keys)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_debug_keys);
    size_t len = strlen(keys);
    struct bounce b;

    if (bounce_open(xch, &b, keys, len, BOUNCE_IN))
        return -1;
    op.u.debug_keys.nr_keys = (uint32_t)len;
    set_xen_guest_handle(op.u.debug_keys.keys, b.hyp);
    return bounce_close(&b, sysctl_run(xch, &op, "debug_keys"));
}

/* --- trace buffer -------------------------------------------------------- */

static struct xen_sysctl tbuf_make(uint32_t cmd)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_tbuf_op);

    op.u.tbuf_op.cmd = cmd;
    return op;
}

int xc_tbuf_set_size(xc_interface *xch, unsigned long size)
{
    struct xen_sysctl op = tbuf_make(XEN_SYSCTL_TBUFOP_set_size);

    op.u.tbuf_op.size = (uint32_t)size;
    return sysctl_run(xch, &op, "tbuf_op (set_size)");
}

int xc_tbuf_get_size(xc_interface *xch, unsigned long *size)
{
    struct xen_sysctl op = tbuf_make(XEN_SYSCTL_TBUFOP_get_info);

    if (sysctl_run(xch, &op, "tbuf_op (get_info)"))
        return -1;
    *size = op.u.tbuf_op.size;
    return 0;
}

int xc_tbuf_enable(xc_interface *xch, unsigned long pages, unsigned long *mfn,
                   unsigned long *size)
{
    struct xen_sysctl set = tbuf_make(XEN_SYSCTL_TBUFOP_set_size);
    struct xen_sysctl on = tbuf_make(XEN_SYSCTL_TBUFOP_enable);
    struct xen_sysctl info = tbuf_make(XEN_SYSCTL_TBUFOP_get_info);

    /* A buffer that is there is used as it is. */
    set.u.tbuf_op.size = (uint32_t)pages;
    if (xc_sysctl(xch, &set) && errno != EINVAL && errno != EBUSY)
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "tbuf_op (set_size)");
    if (sysctl_run(xch, &on, "tbuf_op (enable)") ||
        sysctl_run(xch, &info, "tbuf_op (get_info)"))
        return -1;
    *mfn = (unsigned long)info.u.tbuf_op.buffer_mfn;
    *size = info.u.tbuf_op.size;
    return 0;
}

int xc_tbuf_disable(xc_interface *xch)
{
    struct xen_sysctl op = tbuf_make(XEN_SYSCTL_TBUFOP_disable);

    return sysctl_run(xch, &op, "tbuf_op (disable)");
}

int xc_tbuf_set_cpu_mask(xc_interface *xch, xc_cpumap_t mask)
{
    struct xen_sysctl op = tbuf_make(XEN_SYSCTL_TBUFOP_set_cpu_mask);
    int cpus = xc_get_max_cpus(xch);
    struct bounce b;

    if (cpus < 0 ||
        bounce_open(xch, &b, mask, (size_t)(cpus + 7) / 8, BOUNCE_IN))
        return -1;
    set_xen_guest_handle(op.u.tbuf_op.cpu_mask.bitmap, b.hyp);
    op.u.tbuf_op.cpu_mask.nr_bits = (uint32_t)cpus;
    return bounce_close(&b, sysctl_run(xch, &op, "tbuf_op (set_cpu_mask)"));
}

int xc_tbuf_set_evt_mask(xc_interface *xch, uint32_t mask)
{
    struct xen_sysctl op = tbuf_make(XEN_SYSCTL_TBUFOP_set_evt_mask);

    op.u.tbuf_op.evt_mask = mask;
    return sysctl_run(xch, &op, "tbuf_op (set_evt_mask)");
}
