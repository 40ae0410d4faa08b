/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xen_version: what hypervisor this is, and which features the caller has.
 *
 * Source: public/version.h; interface.md 3.7.
 * Layer:  8 (iface).
 */
#include <generated/compile.h>

#include <public/errno.h>
#include <public/version.h>

#include <xen/access.h>
#include <xen/board.h>
#include <xen/copy.h>
#include <xen/hyp_map.h>
#include <xen/hypercall.h>
#include <xen/string.h>

#define XEN_VERSION      4u
#define XEN_SUBVERSION   17u
#define XEN_EXTRAVERSION "-dra7"

/* The space at the end is part of it: a list with a separator. */
#define CAPABILITIES "xen-3.0-armv7l "

typedef int32_t version_fn(struct vcpu *v, guest_ptr_t buf);

static int32_t get_version(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    (void)buf;
    return (int32_t)(XEN_VERSION << 16 | XEN_SUBVERSION);
}

/*
 * @text and zeros up to @size. The rest goes out in pieces, so that no large
 * buffer is needed here.
 */
static int32_t put_text(guest_ptr_t buf, const char *text, size_t size)
{
    size_t len = strnlen(text, size - 1);

    if (copy_to_guest(buf, text, len) ||
        clear_guest(buf + (guest_ptr_t)len, size - len))
        return -EFAULT;
    return 0;
}

static int32_t get_extraversion(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    return put_text(buf, XEN_EXTRAVERSION, sizeof(xen_extraversion_t));
}

static int32_t get_compile_info(struct vcpu *v, guest_ptr_t buf)
{
    struct xen_compile_info info;

    (void)v;
    memset(&info, 0, sizeof(info));
    str_copy(info.compiler, XEN_COMPILER, sizeof(info.compiler));
    str_copy(info.compile_by, XEN_COMPILE_BY, sizeof(info.compile_by));
    str_copy(info.compile_domain, XEN_COMPILE_DOMAIN,
             sizeof(info.compile_domain));
    str_copy(info.compile_date, XEN_COMPILE_DATE, sizeof(info.compile_date));
    return copy_to(buf, &info) ? -EFAULT : 0;
}

static int32_t get_capabilities(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    return put_text(buf, CAPABILITIES, sizeof(xen_capabilities_info_t));
}

static int32_t get_changeset(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    return put_text(buf, XEN_CHANGESET, sizeof(xen_changeset_info_t));
}

static int32_t get_platform_parameters(struct vcpu *v, guest_ptr_t buf)
{
    struct xen_platform_parameters p = { .virt_start = XEN_VIRT_START };

    (void)v;
    return copy_to(buf, &p) ? -EFAULT : 0;
}

static int32_t get_features(struct vcpu *v, guest_ptr_t buf)
{
    const struct domain *d = v->domain;
    struct xen_feature_info f;

    if (copy_from(&f, buf))
        return -EFAULT;
    if (f.submap_idx != 0)
        return -EINVAL;

    f.submap = 1u << XENFEAT_writable_page_tables |
               1u << XENFEAT_auto_translated_physmap |
               1u << XENFEAT_memory_op_vnode_supported |
               1u << XENFEAT_ARM_SMCCC_supported;
    f.submap |= d->direct_mapped ? 1u << XENFEAT_direct_mapped
                                 : 1u << XENFEAT_not_direct_mapped;
    if (d->is_hardware)
        f.submap |= 1u << XENFEAT_dom0;
    return copy_to(buf, &f) ? -EFAULT : 0;
}

static int32_t get_pagesize(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    return buf ? -EINVAL : (int32_t)PAGE_SIZE;
}

static int32_t get_guest_handle(struct vcpu *v, guest_ptr_t buf)
{
    return copy_to(buf, &v->domain->handle) ? -EFAULT : 0;
}

/* Others than control domains are told so, not refused. */
static int32_t get_commandline(struct vcpu *v, guest_ptr_t buf)
{
    const char *text = access_check(v->domain, ACCESS_PRIV, NULL)
                           ? "<denied>"
                           : board.cmdline;

    return put_text(buf, text, sizeof(xen_commandline_t));
}

/* The image carries no build id. */
static int32_t get_build_id(struct vcpu *v, guest_ptr_t buf)
{
    (void)v;
    (void)buf;
    return -ENODATA;
}

/* A power of two, which makes index_nospec one instruction. */
#define ROWS 16u

static const struct version_op {
    version_fn *fn; /* NULL: there is none */
    enum access_class access;
} ops[ROWS] = {
    /* clang-format off */
    [XENVER_version]             = { get_version,             ACCESS_ANY },
    [XENVER_extraversion]        = { get_extraversion,        ACCESS_ANY },
    [XENVER_compile_info]        = { get_compile_info,        ACCESS_ANY },
    [XENVER_capabilities]        = { get_capabilities,        ACCESS_ANY },
    [XENVER_changeset]           = { get_changeset,           ACCESS_ANY },
    [XENVER_platform_parameters] = { get_platform_parameters, ACCESS_ANY },
    [XENVER_get_features]        = { get_features,            ACCESS_ANY },
    [XENVER_pagesize]            = { get_pagesize,            ACCESS_ANY },
    [XENVER_guest_handle]        = { get_guest_handle,        ACCESS_ANY },
    [XENVER_commandline]         = { get_commandline,         ACCESS_ANY },
    [XENVER_build_id]            = { get_build_id,            ACCESS_PRIV },
    /* clang-format on */
};

/* Apart, so that those that all may call need no stack frame here. */
static int32_t never_inline by_role(struct vcpu *v, const struct version_op *op,
                                    guest_ptr_t buf)
{
    int rc = access_check(v->domain, op->access, NULL);

    return rc ? rc : op->fn(v, buf);
}

int32_t xen_version(struct vcpu *v, uint32_t *arg)
{
    const struct version_op *op;

    if (arg[0] >= ROWS)
        return -ENOSYS;
    op = &ops[index_nospec(arg[0], ROWS)];
    if (!op->fn)
        return -ENOSYS;
    if (unlikely(op->access != ACCESS_ANY))
        return by_role(v, op, arg[1]);
    return op->fn(v, arg[1]);
}
