/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * Inside of libxenctrl: the handle, the one place for copies that the
 * hypervisor works on, and calls that tell their failure. Not installed.
 *
 * Source: xenctrl.h, xencall.h. Layer: tools, library.
 */
#ifndef LIBS_CTRL_PRIVATE_H
#define LIBS_CTRL_PRIVATE_H

#include <pthread.h>

#include <xencall.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>

#include "../handle.h"

struct xc_interface_core {
    struct lib_log log;
    xentoollog_logger *dombuild_logger; /* may be NULL: log */
    xencall_handle *call;               /* NULL: a dummy */
    xenforeignmemory_handle *fmem;
    pthread_mutex_t lock;
    /* Guarded by lock. */
    xc_error last_error;
    int max_cpus, max_nodes; /* 0: not asked yet */
};

/*
 * Tells an error, with errno behind the text, and remembers it. Keeps errno.
 * Returns -1.
 */
int ctrl_fail(xc_interface *xch, xc_error_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* --- memory of the caller, for the hypervisor ---------------------------- */

/* Which way it is copied. */
enum bounce_dir {
    BOUNCE_IN = 1,
    BOUNCE_OUT = 2,
    BOUNCE_BOTH = 3
};

/* What the hypervisor sees of the caller's memory. */
struct bounce {
    xc_interface *xch;
    void *user;
    void *hyp; /* the copy; NULL when there is nothing to copy */
    size_t size;
    enum bounce_dir dir;
};

/*
 * @user NULL or @size 0: nothing to copy. Returns 0, or -1 with errno ENOMEM,
 * EBADF for a dummy handle.
 */
int bounce_open(xc_interface *xch, struct bounce *b, const void *user,
                size_t size, enum bounce_dir dir);

/* Copies back, if @rc >= 0, and frees. Keeps errno. Returns @rc. */
int bounce_close(struct bounce *b, int rc);

/* --- calls --------------------------------------------------------------- */

/* A zeroed structure with its command. */
struct xen_domctl domctl_make(uint32_t cmd, uint32_t domid);
struct xen_sysctl sysctl_make(uint32_t cmd);

/* xc_domctl() that tells: "@name of domain N". */
int domctl_run(xc_interface *xch, struct xen_domctl *op, const char *name);

/* The same with an interface version of one's own, and quiet. */
int domctl_version(xc_interface *xch, struct xen_domctl *op, uint32_t version);

/* xc_sysctl() that tells. */
int sysctl_run(xc_interface *xch, struct xen_sysctl *op, const char *name);

/*
 * A hypercall of the form (cmd, struct *), whose structure goes both ways:
 * memory_op, event_channel_op, hvm_op, sched_op. @name NULL: quiet.
 */
int ctrl_op(xc_interface *xch, unsigned hypercall, unsigned cmd, void *arg,
            size_t size, const char *name, uint32_t domid);

#endif /* LIBS_CTRL_PRIVATE_H */
