/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenevtchn: the ports of one open /dev/xen/evtchn.
 *
 * Source: xenevtchn.h; Linux 6.1, drivers/xen/evtchn.c.
 * Layer:  tools, library.
 */
#include <stdbool.h>
#include <stdlib.h>

#include <xenevtchn.h>
#include <xentoolcore_internal.h>

#include "../drivers.h"
#include "../handle.h"

struct xenevtchn_handle {
    struct lib_log log;
    Xentoolcore__Active_Handle active;
    int fd;
};

static int restrict_evtchn(Xentoolcore__Active_Handle *ah, domid_t domid)
{
    return xenevtchn_restrict(CONTAINER_OF(ah, xenevtchn_handle, active),
                              domid);
}

/* @fd -1: opens the device. */
static xenevtchn_handle *make(struct xentoollog_logger *logger, int fd,
                              unsigned flags)
{
    xenevtchn_handle *xce;

    if (flags & ~XENEVTCHN_NO_CLOEXEC) {
        errno = EINVAL;
        return NULL;
    }
    xce = calloc(1, sizeof(*xce));
    if (!xce)
        return NULL;
    if (lib_log_open(&xce->log, logger)) {
        free(xce);
        return NULL;
    }
    xce->active.restrict_callback = restrict_evtchn;
    xentoolcore__register_active_handle(&xce->active);

    xce->fd = fd;
    if (fd < 0)
        xce->fd = lib_device(&xce->log, "xenevtchn", "/dev/xen/evtchn", NULL,
                             flags & XENEVTCHN_NO_CLOEXEC ? 0 : O_CLOEXEC);
    if (xce->fd < 0) {
        xenevtchn_close(xce);
        return NULL;
    }
    return xce;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
                                 unsigned int flags)
{
    return make(logger, -1, flags);
}

xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd,
                                   unsigned open_flags)
{
    if (fd < 0) {
        errno = EINVAL;
        return NULL;
    }
    return make(logger, fd, open_flags);
}

int xenevtchn_close(xenevtchn_handle *xce)
{
    int rc = 0;

    if (!xce)
        return 0;
    xentoolcore__deregister_active_handle(&xce->active);
    if (xce->fd >= 0)
        rc = close(xce->fd);
    lib_log_close(&xce->log);
    free(xce);
    return rc;
}

int xenevtchn_fd(xenevtchn_handle *xce)
{
    return xce->fd;
}

int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port)
{
    struct ioctl_evtchn_port op = { .port = port };

    return ioctl(xce->fd, IOCTL_EVTCHN_NOTIFY, &op);
}

xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce,
                                                      uint32_t domid)
{
    struct ioctl_evtchn_bind_unbound_port op = { .remote_domain = domid };

    return ioctl(xce->fd, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &op);
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce,
                                                     uint32_t domid,
                                                     evtchn_port_t remote_port)
{
    struct ioctl_evtchn_bind_interdomain op = {
        .remote_domain = domid,
        .remote_port = remote_port,
    };

    return ioctl(xce->fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &op);
}

xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce,
                                              unsigned int virq)
{
    struct ioctl_evtchn_bind_virq op = { .virq = virq };

    return ioctl(xce->fd, IOCTL_EVTCHN_BIND_VIRQ, &op);
}

int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port)
{
    struct ioctl_evtchn_port op = { .port = port };

    return ioctl(xce->fd, IOCTL_EVTCHN_UNBIND, &op);
}

/* The driver's queue holds ports of four bytes, and never parts of one. */
xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce)
{
    evtchn_port_t port;
    ssize_t got = read(xce->fd, &port, sizeof(port));

    if (got == sizeof(port))
        return (xenevtchn_port_or_error_t)port;
    if (got >= 0)
        errno = EIO;
    return -1;
}

int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port)
{
    ssize_t put = write(xce->fd, &port, sizeof(port));

    if (put == sizeof(port))
        return 0;
    if (put >= 0)
        errno = EIO;
    return -1;
}

int xenevtchn_restrict(xenevtchn_handle *xce, domid_t domid)
{
    struct ioctl_evtchn_restrict_domid op = { .domid = domid };

    return ioctl(xce->fd, IOCTL_EVTCHN_RESTRICT_DOMID, &op);
}
