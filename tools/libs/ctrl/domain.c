/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: life of a domain, and what domains there are.
 *
 * Source: xenctrl.h; public/domctl.h. Layer: tools, library.
 */
#include "private.h"

/* --- life ---------------------------------------------------------------- */

int xc_domain_create(xc_interface *xch, uint32_t *pdomid,
                     struct xen_domctl_createdomain *config)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_createdomain, *pdomid);

    op.u.createdomain = *config;
    if (domctl_run(xch, &op, "createdomain"))
        return -1;
    *pdomid = op.domain;
    *config = op.u.createdomain;
    return 0;
}

int xc_domain_max_vcpus(xc_interface *xch, uint32_t domid, unsigned int max)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_max_vcpus, domid);

    op.u.max_vcpus.max = max;
    return domctl_run(xch, &op, "max_vcpus");
}

int xc_domain_pause(xc_interface *xch, uint32_t domid)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_pausedomain, domid);

    return domctl_run(xch, &op, "pausedomain");
}

int xc_domain_unpause(xc_interface *xch, uint32_t domid)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_unpausedomain, domid);

    return domctl_run(xch, &op, "unpausedomain");
}

int xc_domain_destroy(xc_interface *xch, uint32_t domid)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_destroydomain, domid);

    return domctl_run(xch, &op, "destroydomain");
}

int xc_domain_shutdown(xc_interface *xch, uint32_t domid, int reason)
{
    struct sched_remote_shutdown op = {
        .domain_id = (domid_t)domid,
        .reason = (unsigned)reason,
    };

    return ctrl_op(xch, __HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &op,
                   sizeof(op), "remote_shutdown", domid);
}

int xc_watchdog(xc_interface *xch, uint32_t id, uint32_t timeout)
{
    struct sched_watchdog op = { .id = id, .timeout = timeout };

    return ctrl_op(xch, __HYPERVISOR_sched_op, SCHEDOP_watchdog, &op,
                   sizeof(op), "watchdog", DOMID_SELF);
}

int xc_domain_sethandle(xc_interface *xch, uint32_t domid,
                        xen_domain_handle_t handle)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_setdomainhandle, domid);

    memcpy(op.u.setdomainhandle.handle, handle, sizeof(xen_domain_handle_t));
    return domctl_run(xch, &op, "setdomainhandle");
}

int xc_domain_setdebugging(xc_interface *xch, uint32_t domid,
                           unsigned int enable)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_setdebugging, domid);

    op.u.setdebugging.enable = enable != 0;
    return domctl_run(xch, &op, "setdebugging");
}

int xc_domain_set_time_offset(xc_interface *xch, uint32_t domid,
                              int32_t time_offset_seconds)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_settimeoffset, domid);

    op.u.settimeoffset.time_offset_seconds = time_offset_seconds;
    return domctl_run(xch, &op, "settimeoffset");
}

int xc_domain_set_target(xc_interface *xch, uint32_t domid, uint32_t target)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_set_target, domid);

    op.u.set_target.target = (domid_t)target;
    return domctl_run(xch, &op, "set_target");
}

int xc_domain_send_trigger(xc_interface *xch, uint32_t domid, uint32_t trigger,
                           uint32_t vcpu)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_sendtrigger, domid);

    op.u.sendtrigger.trigger = trigger;
    op.u.sendtrigger.vcpu = vcpu;
    return domctl_run(xch, &op, "sendtrigger");
}

int xc_domain_set_virq_handler(xc_interface *xch, uint32_t domid, int virq)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_set_virq_handler, domid);

    op.u.set_virq_handler.virq = (uint32_t)virq;
    return domctl_run(xch, &op, "set_virq_handler");
}

int xc_domain_get_virq_handler(xc_interface *xch, uint32_t *domid, int virq)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_get_virq_handler, 0);

    op.u.set_virq_handler.virq = (uint32_t)virq;
    if (xc_domctl(xch, &op))
        return -1;
    *domid = op.domain;
    return 0;
}

int xc_domain_subscribe_for_suspend(xc_interface *xch, uint32_t domid,
                                    evtchn_port_t port)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_subscribe, domid);

    op.u.subscribe.port = port;
    return domctl_run(xch, &op, "subscribe");
}

/* --- what there is ------------------------------------------------------- */

/* So many are asked for at once: a buffer of 8 pages. */
#define CHUNK 256u

/* At most CHUNK; returns how many, or -1. */
static int list_some(xc_interface *xch, uint32_t first, unsigned int max,
                     xc_domaininfo_t *info)
{
    struct xen_sysctl op = sysctl_make(XEN_SYSCTL_getdomaininfolist);
    struct bounce b;

    if (first >= DOMID_FIRST_RESERVED)
        return 0;
    if (bounce_open(xch, &b, info, max * sizeof(*info), BOUNCE_OUT))
        return -1;
    op.u.getdomaininfolist.first_domain = (domid_t)first;
    op.u.getdomaininfolist.max_domains = max;
    set_xen_guest_handle(op.u.getdomaininfolist.buffer, b.hyp);
    if (bounce_close(&b, sysctl_run(xch, &op, "getdomaininfolist")))
        return -1;
    return (int)op.u.getdomaininfolist.num_domains;
}

int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain,
                          unsigned int max_domains, xc_domaininfo_t *info)
{
    unsigned int done = 0;

    while (done < max_domains) {
        unsigned int ask = max_domains - done;
        int got;

        ask = ask > CHUNK ? CHUNK : ask;
        got = list_some(xch, first_domain, ask, info + done);
        if (got < 0)
            return -1;
        done += (unsigned)got;
        if ((unsigned)got < ask)
            break;
        first_domain = info[done - 1].domain + 1u;
    }
    return (int)done;
}

static void translate(xc_dominfo_t *to, const xc_domaininfo_t *from)
{
    uint32_t flags = from->flags;
    bool stopped = flags & XEN_DOMINF_shutdown;

    memset(to, 0, sizeof(*to));
    to->domid = from->domain;
    to->ssidref = from->ssidref;
    to->shutdown_reason = (flags >> XEN_DOMINF_shutdownshift) &
                          XEN_DOMINF_shutdownmask;
    to->crashed = stopped && to->shutdown_reason == SHUTDOWN_crash;
    to->shutdown = stopped && !to->crashed;
    to->dying = !!(flags & XEN_DOMINF_dying);
    to->paused = !!(flags & XEN_DOMINF_paused);
    to->blocked = !!(flags & XEN_DOMINF_blocked);
    to->running = !!(flags & XEN_DOMINF_running);
    to->hvm = !!(flags & XEN_DOMINF_hvm_guest);
    to->debugged = !!(flags & XEN_DOMINF_debugged);
    to->xenstore = !!(flags & XEN_DOMINF_xs_domain);
    to->hap = !!(flags & XEN_DOMINF_hap);
    to->nr_pages = (unsigned long)from->tot_pages;
    to->nr_outstanding_pages = (unsigned long)from->outstanding_pages;
    to->nr_shared_pages = (unsigned long)from->shr_pages;
    to->nr_paged_pages = (unsigned long)from->paged_pages;
    to->shared_info_frame = (unsigned long)from->shared_info_frame;
    to->cpu_time = from->cpu_time;
    /* "No limit" is more than fits. */
    to->max_memkb = from->max_pages > (~0ul >> 2)
                        ? ~0ul
                        : (unsigned long)from->max_pages << 2;
    to->nr_online_vcpus = from->nr_online_vcpus;
    to->max_vcpu_id = from->max_vcpu_id;
    memcpy(to->handle, from->handle, sizeof(to->handle));
    to->cpupool = from->cpupool;
    to->gpaddr_bits = from->gpaddr_bits;
    to->arch_config = from->arch_config;
}

int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid,
                      unsigned int max_doms, xc_dominfo_t *info)
{
    xc_domaininfo_t *list;
    int got, keep;

    if (!max_doms)
        return 0;
    if (max_doms > DOMID_FIRST_RESERVED)
        max_doms = DOMID_FIRST_RESERVED;
    list = calloc(max_doms, sizeof(*list));
    if (!list)
        return -1;
    got = xc_domain_getinfolist(xch, first_domid, max_doms, list);
    for (int i = 0; i < got; i++)
        translate(&info[i], &list[i]);
    if (got == 0) {
        got = -1;
        errno = ESRCH;
    }
    keep = errno;
    free(list);
    errno = keep;
    return got;
}

int xc_domain_get_state(xc_interface *xch, uint32_t *domid,
                        struct xen_domctl_get_domain_state *state)
{
    struct xen_domctl op = domctl_make(XEN_DOMCTL_get_domain_state, *domid);

    /* Not one of those that change from version to version. */
    if (domctl_version(xch, &op, 0))
        return -1;
    *domid = op.domain;
    *state = op.u.get_domain_state;
    return 0;
}

/* Only guests of 32 bits, since that is what the CPUs have. */
int xc_domain_get_guest_width(xc_interface *xch, uint32_t domid,
                              unsigned int *guest_width)
{
    (void)xch;
    (void)domid;
    *guest_width = 4;
    return 0;
}

const char *xc_domain_get_native_protocol(xc_interface *xch, uint32_t domid)
{
    (void)xch;
    (void)domid;
    return "arm-abi";
}
