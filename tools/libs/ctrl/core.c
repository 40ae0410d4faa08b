/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: handles, errors, and the way of a call to the hypervisor.
 *
 * Source: xenctrl.h. Layer: tools, library.
 */
#include "private.h"

/* --- handles ------------------------------------------------------------- */

xc_interface *xc_interface_open(xentoollog_logger *logger,
                                xentoollog_logger *dombuild_logger,
                                unsigned open_flags)
{
    xc_interface *xch;

    if (open_flags & ~(XC_OPENFLAG_DUMMY | XC_OPENFLAG_NON_REENTRANT)) {
        errno = EINVAL;
        return NULL;
    }
    xch = calloc(1, sizeof(*xch));
    if (!xch)
        return NULL;
    if (lib_log_open(&xch->log, logger)) {
        free(xch);
        return NULL;
    }
    xch->dombuild_logger = dombuild_logger ? dombuild_logger : xch->log.logger;
    pthread_mutex_init(&xch->lock, NULL);
    if (open_flags & XC_OPENFLAG_DUMMY)
        return xch;

    xch->call = xencall_open(xch->log.logger, 0);
    if (xch->call)
        xch->fmem = xenforeignmemory_open(xch->log.logger, 0);
    if (!xch->fmem) {
        int keep = errno;

        xc_interface_close(xch);
        errno = keep;
        return NULL;
    }
    return xch;
}

int xc_interface_close(xc_interface *xch)
{
    int rc;

    if (!xch)
        return 0;
    rc = xenforeignmemory_close(xch->fmem);
    if (xencall_close(xch->call))
        rc = -1;
    lib_log_close(&xch->log);
    pthread_mutex_destroy(&xch->lock);
    free(xch);
    return rc;
}

struct xencall_handle *xc_interface_xcall_handle(xc_interface *xch)
{
    return xch->call;
}

struct xenforeignmemory_handle *xc_interface_fmem_handle(xc_interface *xch)
{
    return xch->fmem;
}

/* --- errors -------------------------------------------------------------- */

const char *xc_error_code_to_desc(int code)
{
    switch (code) {
    case XC_ERROR_NONE:
        return "no error";
    case XC_INTERNAL_ERROR:
        return "call failed";
    case XC_INVALID_KERNEL:
        return "invalid kernel";
    case XC_INVALID_PARAM:
        return "invalid parameter";
    case XC_OUT_OF_MEMORY:
        return "out of memory";
    default:
        return "unknown error code";
    }
}

const char *xc_strerror(xc_interface *xch, int errcode)
{
    static _Thread_local char text[64];

    (void)xch;
    snprintf(text, sizeof(text), "%s", strerror(errcode));
    return text;
}

const xc_error *xc_get_last_error(xc_interface *handle)
{
    return &handle->last_error;
}

void xc_clear_last_error(xc_interface *xch)
{
    pthread_mutex_lock(&xch->lock);
    xch->last_error.code = XC_ERROR_NONE;
    xch->last_error.message[0] = '\0';
    pthread_mutex_unlock(&xch->lock);
}

int ctrl_fail(xc_interface *xch, xc_error_code code, const char *fmt, ...)
{
    xc_error error = { .code = code };
    int keep = errno;
    va_list al;

    va_start(al, fmt);
    vsnprintf(error.message, sizeof(error.message), fmt, al);
    va_end(al);
    xtl_log(xch->log.logger, XTL_ERROR, keep, "xc", "%s", error.message);
    pthread_mutex_lock(&xch->lock);
    xch->last_error = error;
    pthread_mutex_unlock(&xch->lock);
    errno = keep;
    return -1;
}

/* What to do about some errors; they have one cause only. */
static const char *remedy(int error)
{
    if (error == EACCES)
        return " (these libraries are for another version of the "
               "hypervisor: use those that came with it)";
    if (error == EPERM)
        return " (this domain does not control others)";
    return "";
}

/* --- copies for the hypervisor ------------------------------------------- */

int bounce_open(xc_interface *xch, struct bounce *b, const void *user,
                size_t size, enum bounce_dir dir)
{
    b->xch = xch;
    b->user = (void *)(uintptr_t)user;
    b->hyp = NULL;
    b->size = size;
    b->dir = dir;
    if (!xch->call) {
        errno = EBADF;
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "a dummy handle cannot call");
    }
    if (!user || !size)
        return 0;
    b->hyp = xencall_alloc_buffer(xch->call, size);
    if (!b->hyp)
        return -1;
    if (dir & BOUNCE_IN)
        memcpy(b->hyp, user, size);
    return 0;
}

int bounce_close(struct bounce *b, int rc)
{
    int keep = errno;

    if (b->hyp && rc >= 0 && b->dir & BOUNCE_OUT)
        memcpy(b->user, b->hyp, b->size);
    if (b->hyp)
        xencall_free_buffer(b->xch->call, b->hyp);
    b->hyp = NULL;
    errno = keep;
    return rc;
}

/* --- domctl and sysctl --------------------------------------------------- */

struct xen_domctl domctl_make(uint32_t cmd, uint32_t domid)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = cmd;
    op.domain = (domid_t)domid;
    return op;
}

struct xen_sysctl sysctl_make(uint32_t cmd)
{
    struct xen_sysctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = cmd;
    return op;
}

int domctl_version(xc_interface *xch, struct xen_domctl *op, uint32_t version)
{
    struct bounce b;

    op->interface_version = version;
    if (bounce_open(xch, &b, op, sizeof(*op), BOUNCE_BOTH))
        return -1;
    return bounce_close(
        &b, xencall1(xch->call, __HYPERVISOR_domctl, (uintptr_t)b.hyp));
}

int xc_domctl(xc_interface *xch, struct xen_domctl *domctl)
{
    return domctl_version(xch, domctl, XEN_DOMCTL_INTERFACE_VERSION);
}

int domctl_run(xc_interface *xch, struct xen_domctl *op, const char *name)
{
    int rc = xc_domctl(xch, op);

    if (rc < 0)
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "%s of domain %u%s", name,
                         op->domain, remedy(errno));
    return rc;
}

int xc_sysctl(xc_interface *xch, struct xen_sysctl *sysctl)
{
    struct bounce b;

    sysctl->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    if (bounce_open(xch, &b, sysctl, sizeof(*sysctl), BOUNCE_BOTH))
        return -1;
    return bounce_close(
        &b, xencall1(xch->call, __HYPERVISOR_sysctl, (uintptr_t)b.hyp));
}

int sysctl_run(xc_interface *xch, struct xen_sysctl *op, const char *name)
{
    int rc = xc_sysctl(xch, op);

    if (rc < 0)
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "%s%s", name, remedy(errno));
    return rc;
}

/* --- other hypercalls ---------------------------------------------------- */

int ctrl_op(xc_interface *xch, unsigned hypercall, unsigned cmd, void *arg,
            size_t size, const char *name, uint32_t domid)
{
    struct bounce b;
    int rc;

    if (bounce_open(xch, &b, arg, size, BOUNCE_BOTH))
        return -1;
    rc = bounce_close(&b,
                      xencall2(xch->call, hypercall, cmd, (uintptr_t)b.hyp));
    if (rc >= 0 || !name)
        return rc;
    if (domid == DOMID_SELF)
        return ctrl_fail(xch, XC_INTERNAL_ERROR, "%s%s", name, remedy(errno));
    return ctrl_fail(xch, XC_INTERNAL_ERROR, "%s of domain %u%s", name, domid,
                     remedy(errno));
}

long xc_memory_op(xc_interface *xch, unsigned int cmd, void *arg, size_t len)
{
    return ctrl_op(xch, __HYPERVISOR_memory_op, cmd, arg, len, NULL, 0);
}

/* Bytes that XENVER_@cmd writes to @arg. */
static size_t version_size(int cmd, const void *arg)
{
    const xen_build_id_t *id = arg;

    switch (cmd) {
    case XENVER_extraversion:
        return sizeof(xen_extraversion_t);
    case XENVER_compile_info:
        return sizeof(xen_compile_info_t);
    case XENVER_capabilities:
        return sizeof(xen_capabilities_info_t);
    case XENVER_changeset:
        return sizeof(xen_changeset_info_t);
    case XENVER_platform_parameters:
        return sizeof(xen_platform_parameters_t);
    case XENVER_get_features:
        return sizeof(xen_feature_info_t);
    case XENVER_guest_handle:
        return sizeof(xen_domain_handle_t);
    case XENVER_commandline:
        return sizeof(xen_commandline_t);
    case XENVER_build_id:
        return arg ? sizeof(*id) + id->len : 0;
    default:
        return 0;
    }
}

int xc_version(xc_interface *xch, int cmd, void *arg)
{
    return ctrl_op(xch, __HYPERVISOR_xen_version, (unsigned)cmd, arg,
                   version_size(cmd, arg), NULL, 0);
}

int xc_gnttab_op(xc_interface *xch, int cmd, void *op, int op_size, int count)
{
    struct bounce b;

    if (op_size <= 0 || count <= 0) {
        errno = EINVAL;
        return -1;
    }
    if (bounce_open(xch, &b, op, (size_t)op_size * (size_t)count, BOUNCE_BOTH))
        return -1;
    return bounce_close(&b, xencall3(xch->call, __HYPERVISOR_grant_table_op,
                                     (unsigned)cmd, (uintptr_t)b.hyp,
                                     (unsigned)count));
}
