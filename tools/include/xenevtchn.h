/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenevtchn: event channels for user space, through /dev/xen/evtchn.
 *
 * A handle has a set of ports. An event on one of them is queued once and
 * the port is masked: xenevtchn_pending() takes it from the queue, and
 * xenevtchn_unmask() lets the next one come. Events between the two are not
 * lost: unmask finds them.
 *
 * Threads: a handle may be used by several threads, but only one may be in
 *          xenevtchn_pending().
 * Fork:    the child must not use the handle of its parent.
 *
 * Source: names and signatures as in Xen 4.17; Linux 6.1,
 *         drivers/xen/evtchn.c. Layer: tools, library.
 */
#ifndef XENEVTCHN_H
#define XENEVTCHN_H

#include <stdint.h>

#include <xen/event_channel.h>

/* A port (>= 1), or -1 with errno. */
typedef int xenevtchn_port_or_error_t;

typedef struct xenevtchn_handle xenevtchn_handle;

struct xentoollog_logger;

/* The descriptor stays open over exec, for one that takes the handle over. */
#define XENEVTCHN_NO_CLOEXEC (1 << 0)

/*
 * Opens the device. @logger NULL: messages go to stderr.
 * Returns NULL with errno: EINVAL for an unknown flag, ENOMEM, open()'s.
 */
xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
                                 unsigned int flags);

/*
 * A handle for @fd, which is open already, with the ports it has; @fd is
 * the handle's from then on. @open_flags: only XENEVTCHN_NO_CLOEXEC, which
 * leaves the flag of @fd as it is. Errors as above.
 */
xenevtchn_handle *xenevtchn_fdopen(struct xentoollog_logger *logger, int fd,
                                   unsigned open_flags);

/* Closes all of its ports. NULL is allowed. Returns 0, or -1 with errno. */
int xenevtchn_close(xenevtchn_handle *xce);

/*
 * For poll(): readable when a port waits for xenevtchn_pending(). It may be
 * switched to O_NONBLOCK.
 */
int xenevtchn_fd(xenevtchn_handle *xce);

/*
 * Sends an event to the other end of @port, one of this handle's.
 * Returns 0, or -1 with errno ENOTCONN (not a port of this handle).
 */
int xenevtchn_notify(xenevtchn_handle *xce, evtchn_port_t port);

/*
 * A new port that domain @domid may bind to.
 * Errors: ESRCH no such domain, EINVAL it is dying, ENOSPC no port is free.
 */
xenevtchn_port_or_error_t xenevtchn_bind_unbound_port(xenevtchn_handle *xce,
                                                      uint32_t domid);

/*
 * A new port, joined to @remote_port of @domid, which must be unbound and
 * meant for this domain. One event is pending at once.
 * Errors: as above; EINVAL @remote_port is no such port, EPERM not allowed.
 */
xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *xce,
                                                     uint32_t domid,
                                                     evtchn_port_t remote_port);

/*
 * A new port that gets @virq (VIRQ_*), on vCPU 0.
 * Errors: EINVAL no such VIRQ, EEXIST it is bound by somebody in this
 * domain, EBUSY (on our hypervisor) it is handled by another domain.
 */
xenevtchn_port_or_error_t xenevtchn_bind_virq(xenevtchn_handle *xce,
                                              unsigned int virq);

/*
 * Closes @port; what it had queued may still come out of pending(). The
 * other end becomes unbound, and on our hypervisor gets one last event.
 * Returns 0, or -1 with errno ENOTCONN (not a port of this handle), EINVAL.
 */
int xenevtchn_unbind(xenevtchn_handle *xce, evtchn_port_t port);

/*
 * The next port with an event, which is masked from now on. Waits, unless
 * the descriptor is O_NONBLOCK: then -1 with errno EAGAIN. EINTR: a signal
 * came. EFBIG: more events than the queue holds, which only a new handle
 * mends.
 */
xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *xce);

/*
 * Lets events come again. A port that is not masked, or is none of this
 * handle's, is passed over. Returns 0, or -1 with errno.
 */
int xenevtchn_unmask(xenevtchn_handle *xce, evtchn_port_t port);

/*
 * This handle can bind ports to @domid only, from now on; VIRQs not at all.
 * Returns 0, or -1 with errno: EACCES limited to another one already.
 */
int xenevtchn_restrict(xenevtchn_handle *xce, domid_t domid);

#endif /* XENEVTCHN_H */
