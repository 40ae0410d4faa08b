/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: devices, event channels, parameters and grants of a domain.
 *
 * Source: xenctrl.h; public/domctl.h, event_channel.h, hvm/params.h,
 *         grant_table.h. Layer: tools, library.
 */
#include "private.h"

/* --- devices ------------------------------------------------------------- */

int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid,
                               unsigned long first_mfn, unsigned long nr_mfns,
                               uint8_t allow_access)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_iomem_permission, domid);

    op.u.iomem_permission.first_mfn = first_mfn;
    op.u.iomem_permission.nr_mfns = nr_mfns;
    op.u.iomem_permission.allow_access = allow_access;
    return domctl_run(xch, &op, "iomem_permission");
}

int xc_domain_irq_permission(xc_interface *xch, uint32_t domid, uint32_t pirq,
                             bool allow_access)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_irq_permission, domid);

    op.u.irq_permission.pirq = pirq;
    op.u.irq_permission.allow_access = allow_access;
    return domctl_run(xch, &op, "irq_permission");
}

/* The hypervisor takes so many frames at once: public/domctl.h. */
#define MAPPING_MAX 64ul

/* Returns how many frames were done: all, or fewer with errno. */
static unsigned long map_frames(xc_interface *xch, uint32_t domid,
                                unsigned long gfn, unsigned long mfn,
                                unsigned long nr, uint32_t add)
{
    unsigned long done = 0;

    while (done < nr) {
        struct xen_domctl op = domctl_make(XEN_DOMCTL_memory_mapping, domid);
        unsigned long now = nr - done;

        if (now > MAPPING_MAX)
            now = MAPPING_MAX;
        op.u.memory_mapping.first_gfn = gfn + done;
        op.u.memory_mapping.first_mfn = mfn + done;
        op.u.memory_mapping.nr_mfns = now;
        op.u.memory_mapping.add_mapping = add;
        if (domctl_run(xch, &op, "memory_mapping"))
            break;
        done += now;
    }
    return done;
}

int xc_domain_memory_mapping(xc_interface *xch, uint32_t domid,
                             unsigned long first_gfn, unsigned long first_mfn,
                             unsigned long nr_mfns, uint32_t add_mapping)
{
    unsigned long done = map_frames(xch, domid, first_gfn, first_mfn, nr_mfns,
                                    add_mapping);
    int keep = errno;

    if (done == nr_mfns)
        return 0;
    /* All or none. */
    if (add_mapping == DPCI_ADD_MAPPING)
        map_frames(xch, domid, first_gfn, first_mfn, done, DPCI_REMOVE_MAPPING);
    errno = keep;
    return -1;
}

static int spi_run(xc_interface *xch, uint32_t cmd, const char *name,
                   uint32_t domid, uint16_t vspi, uint16_t spi)
{
    struct xen_domctl op = domctl_make(cmd, domid);

    op.u.bind_pt_irq.machine_irq = spi;
    op.u.bind_pt_irq.irq_type = PT_IRQ_TYPE_SPI;
    op.u.bind_pt_irq.u.spi.spi = vspi;
    return domctl_run(xch, &op, name);
}

int xc_domain_bind_pt_spi_irq(xc_interface *xch, uint32_t domid, uint16_t vspi,
                              uint16_t spi)
{
    return spi_run(xch, XEN_DOMCTL_bind_pt_irq, "bind_pt_irq", domid, vspi,
                   spi);
}

int xc_domain_unbind_pt_spi_irq(xc_interface *xch, uint32_t domid,
                                uint16_t vspi, uint16_t spi)
{
    return spi_run(xch, XEN_DOMCTL_unbind_pt_irq, "unbind_pt_irq", domid, vspi,
                   spi);
}

int xc_dom_vuart_init(xc_interface *xch, uint32_t type, uint32_t domid,
                      uint32_t console_domid, xen_pfn_t gfn,
                      evtchn_port_t *evtchn)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_vuart_op, domid);

    op.u.vuart_op.cmd = XEN_DOMCTL_VUART_OP_INIT;
    op.u.vuart_op.type = type;
    op.u.vuart_op.gfn = gfn;
    op.u.vuart_op.console_domid = (domid_t)console_domid;
    if (domctl_run(xch, &op, "vuart_op"))
        return -1;
    *evtchn = op.u.vuart_op.evtchn;
    return 0;
}

/* --- event channels ------------------------------------------------------ */

xc_evtchn_port_or_error_t
xc_evtchn_alloc_unbound(xc_interface *xch, uint32_t dom, uint32_t remote_dom)
{
    struct evtchn_alloc_unbound op = {
        .dom = (domid_t)dom,
        .remote_dom = (domid_t)remote_dom,
    };

    if (ctrl_op(xch, __HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &op,
                sizeof(op), "alloc_unbound", dom))
        return -1;
    return (xc_evtchn_port_or_error_t)op.port;
}

int xc_evtchn_reset(xc_interface *xch, uint32_t dom)
{
    struct evtchn_reset op = { .dom = (domid_t)dom };

    return ctrl_op(xch, __HYPERVISOR_event_channel_op, EVTCHNOP_reset, &op,
                   sizeof(op), "evtchn reset", dom);
}

int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *status)
{
    return ctrl_op(xch, __HYPERVISOR_event_channel_op, EVTCHNOP_status, status,
                   sizeof(*status), NULL, status->dom);
}

/* --- parameters ---------------------------------------------------------- */

int xc_hvm_param_set(xc_interface *handle, uint32_t dom, uint32_t param,
                     uint64_t value)
{
    struct xen_hvm_param op = {
        .domid = (domid_t)dom,
        .index = param,
        .value = value,
    };

    return ctrl_op(handle, __HYPERVISOR_hvm_op, HVMOP_set_param, &op,
                   sizeof(op), "set_param", dom);
}

int xc_hvm_param_get(xc_interface *handle, uint32_t dom, uint32_t param,
                     uint64_t *value)
{
    struct xen_hvm_param op = { .domid = (domid_t)dom, .index = param };

    if (ctrl_op(handle, __HYPERVISOR_hvm_op, HVMOP_get_param, &op, sizeof(op),
                "get_param", dom))
        return -1;
    *value = op.value;
    return 0;
}

int xc_set_hvm_param(xc_interface *handle, uint32_t dom, int param,
                     unsigned long value)
{
    return xc_hvm_param_set(handle, dom, (uint32_t)param, value);
}

int xc_get_hvm_param(xc_interface *handle, uint32_t dom, int param,
                     unsigned long *value)
{
    uint64_t whole;

    if (xc_hvm_param_get(handle, dom, (uint32_t)param, &whole))
        return -1;
    *value = (unsigned long)whole;
    return 0;
}

/* --- grants -------------------------------------------------------------- */

int xc_gnttab_query_size(xc_interface *xch, struct gnttab_query_size *query)
{
    if (xc_gnttab_op(xch, GNTTABOP_query_size, query, sizeof(*query), 1))
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "query_size of domain %u",
                         query->dom);
    return 0;
}

int xc_gnttab_get_version(xc_interface *xch, uint32_t domid)
{
    struct gnttab_get_version op = { .dom = (domid_t)domid };

    if (xc_gnttab_op(xch, GNTTABOP_get_version, &op, sizeof(op), 1))
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "get_version of domain %u",
                         domid);
    return (int)op.version;
}
