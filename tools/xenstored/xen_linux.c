/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rings, event channels and domains, through Linux's devices of Xen.
 *
 * Ports and mappings end with the process that made them; so what a former
 * life had is made anew. A domain whose peer has closed its port waits on
 * its own, and remembers whom for.
 *
 * Source: Linux drivers/xen/xenfs/xenstored.c (xsd_kva, xsd_port);
 *         public/grant_table.h (entry 1 is the store's).
 * Layer:  8 of the tool (Linux). Uses libxenctrl and its fellows.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#include "daemon.h"

#define GRANT_STORE 1u
#define PAGE        4096u

static xenevtchn_handle *evtchn;
static xengnttab_handle *gnttab;
static xc_interface *xc;
static int dom_exc;

int xen_open(void)
{
    evtchn = xenevtchn_open(NULL, 0);
    gnttab = xengnttab_open(NULL, 0);
    xc = xc_interface_open(NULL, NULL, 0);
    if (!evtchn || !gnttab || !xc)
        return -1;
    dom_exc = xenevtchn_bind_virq(evtchn, VIRQ_DOM_EXC);
    if (dom_exc < 0)
        err(1, "no VIRQ_DOM_EXC: is there another store, in a stub domain?");
    return xenevtchn_fd(evtchn);
}

int xen_priv_ring(struct store_link *link)
{
    FILE *file = fopen("/proc/xen/xsd_port", "re");
    int fd = open("/proc/xen/xsd_kva", O_RDWR | O_CLOEXEC);
    unsigned int port = 0;
    void *page = MAP_FAILED;

    if (file && fscanf(file, "%u", &port) != 1)
        port = 0;
    if (fd >= 0)
        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (file)
        fclose(file);
    if (fd >= 0)
        close(fd);
    if (!port || page == MAP_FAILED) {
        warn("no /proc/xen/xsd_kva: mount -t xenfs xenfs /proc/xen");
        return -1;
    }
    link->remote_port = port;
    link->local_port = (uint32_t)xenevtchn_bind_interdomain(evtchn, 0, port);
    link->page = page;
    if ((int)link->local_port < 0) {
        warn("cannot bind the kernel's port %u", port);
        return -1;
    }
    return 0;
}

void xen_events(struct store *s)
{
    struct pollfd fd = { .fd = xenevtchn_fd(evtchn), .events = POLLIN };

    while (poll(&fd, 1, 0) == 1) {
        int port = xenevtchn_pending(evtchn);

        if (port < 0)
            return;
        if (port == dom_exc)
            store_dom_exc(s);
        else
            store_event(s, (uint32_t)port);
        (void)xenevtchn_unmask(evtchn, (evtchn_port_t)port);
    }
}

void xen_notify(void *ctx, uint32_t port)
{
    (void)ctx;
    (void)xenevtchn_notify(evtchn, port);
}

int xen_connect(void *ctx, struct store_link *link)
{
    int port;

    (void)ctx;
    if (!evtchn)
        return -1;
    link->page = xengnttab_map_grant_ref(gnttab, link->domid, GRANT_STORE,
                                         PROT_READ | PROT_WRITE);
    if (!link->page)
        return -1;
    port = xenevtchn_bind_interdomain(evtchn, link->domid, link->remote_port);
    if (port < 0) {
        (void)xengnttab_unmap(gnttab, link->page, 1);
        return -1;
    }
    link->local_port = (uint32_t)port;
    return 0;
}

void xen_disconnect(void *ctx, struct store_link *link)
{
    (void)ctx;
    if (link->page)
        (void)xengnttab_unmap(gnttab, link->page, 1);
    if (link->local_port)
        (void)xenevtchn_unbind(evtchn, link->local_port);
}

/*
 * A hypervisor that does not know unique ids gives 0 for all: then a domid
 * that is used again between two looks is not noticed.
 */
int xen_domain_state(void *ctx, uint16_t domid, struct store_domain *d)
{
    struct xen_domctl_get_domain_state state;
    xc_dominfo_t info;
    uint32_t id = domid;

    (void)ctx;
    if (!xc || xc_domain_getinfo(xc, domid, 1, &info) != 1 ||
        info.domid != domid)
        return -1;
    d->shutdown = info.shutdown || info.crashed;
    d->dying = info.dying;
    d->unique_id = 0;
    if (!xc_domain_get_state(xc, &id, &state))
        d->unique_id = state.unique_id;
    return 0;
}
