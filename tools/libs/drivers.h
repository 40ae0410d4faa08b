/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * The ioctls of Linux' drivers for Xen. The kernel's own header of privcmd
 * needs others that are not for user space. Not installed.
 *
 * Source: Linux 6.1, include/uapi/xen/{privcmd,evtchn,gntdev,gntalloc}.h.
 * Layer:  tools, library.
 */
#ifndef LIBS_DRIVERS_H
#define LIBS_DRIVERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <xen/xen.h>

/* --- privcmd ------------------------------------------------------------ */

struct privcmd_hypercall {
    uint64_t op;
    uint64_t arg[5];
};

/* Frames arr[] of @dom at @addr; err[]: out, 0 or a negative error. */
struct privcmd_mmapbatch_v2 {
    unsigned int num;
    domid_t dom;
    uint64_t addr;
    const xen_pfn_t *arr;
    int *err;
};

/* num and addr 0: asks; num: out. */
struct privcmd_mmap_resource {
    domid_t dom;
    uint32_t type, id, idx;
    uint64_t num;
    uint64_t addr;
};

#define IOCTL_PRIVCMD_HYPERCALL                                                \
    _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))
#define IOCTL_PRIVCMD_MMAPBATCH_V2                                             \
    _IOC(_IOC_NONE, 'P', 4, sizeof(struct privcmd_mmapbatch_v2))
#define IOCTL_PRIVCMD_RESTRICT _IOC(_IOC_NONE, 'P', 6, sizeof(domid_t))
#define IOCTL_PRIVCMD_MMAP_RESOURCE                                            \
    _IOC(_IOC_NONE, 'P', 7, sizeof(struct privcmd_mmap_resource))

/* --- evtchn; the binding ones return the port --------------------------- */

struct ioctl_evtchn_bind_virq {
    unsigned int virq;
};

struct ioctl_evtchn_bind_interdomain {
    unsigned int remote_domain, remote_port;
};

struct ioctl_evtchn_bind_unbound_port {
    unsigned int remote_domain;
};

/* Of unbind and notify. */
struct ioctl_evtchn_port {
    unsigned int port;
};

struct ioctl_evtchn_restrict_domid {
    domid_t domid;
};

#define IOCTL_EVTCHN_BIND_VIRQ                                                 \
    _IOC(_IOC_NONE, 'E', 0, sizeof(struct ioctl_evtchn_bind_virq))
#define IOCTL_EVTCHN_BIND_INTERDOMAIN                                          \
    _IOC(_IOC_NONE, 'E', 1, sizeof(struct ioctl_evtchn_bind_interdomain))
#define IOCTL_EVTCHN_BIND_UNBOUND_PORT                                         \
    _IOC(_IOC_NONE, 'E', 2, sizeof(struct ioctl_evtchn_bind_unbound_port))
#define IOCTL_EVTCHN_UNBIND                                                    \
    _IOC(_IOC_NONE, 'E', 3, sizeof(struct ioctl_evtchn_port))
#define IOCTL_EVTCHN_NOTIFY                                                    \
    _IOC(_IOC_NONE, 'E', 4, sizeof(struct ioctl_evtchn_port))
#define IOCTL_EVTCHN_RESTRICT_DOMID                                            \
    _IOC(_IOC_NONE, 'E', 6, sizeof(struct ioctl_evtchn_restrict_domid))

/* --- gntdev -------------------------------------------------------------- */

struct ioctl_gntdev_grant_ref {
    uint32_t domid;
    uint32_t ref;
};

/* index: out, the offset to mmap() at. */
struct ioctl_gntdev_map_grant_ref {
    uint32_t count;
    uint32_t pad;
    uint64_t index;
    struct ioctl_gntdev_grant_ref refs[1]; /* count of them */
};

struct ioctl_gntdev_unmap_grant_ref {
    uint64_t index;
    uint32_t count;
    uint32_t pad;
};

struct ioctl_gntdev_get_offset_for_vaddr {
    uint64_t vaddr;
    uint64_t offset; /* out */
    uint32_t count;  /* out */
    uint32_t pad;
};

struct ioctl_gntdev_set_max_grants {
    uint32_t count;
};

/* Also of gntalloc. index: that of the mapping, plus the byte's offset. */
struct ioctl_unmap_notify {
    uint64_t index;
    uint32_t action;
    uint32_t event_channel_port;
};
#define UNMAP_NOTIFY_CLEAR_BYTE 1u
#define UNMAP_NOTIFY_SEND_EVENT 2u

/* Laid out as struct xengnttab_grant_copy_segment. */
struct ioctl_gntdev_grant_copy {
    unsigned int count;
    void *segments;
};

#define IOCTL_GNTDEV_MAP_GRANT_REF                                             \
    _IOC(_IOC_NONE, 'G', 0, sizeof(struct ioctl_gntdev_map_grant_ref))
#define IOCTL_GNTDEV_UNMAP_GRANT_REF                                           \
    _IOC(_IOC_NONE, 'G', 1, sizeof(struct ioctl_gntdev_unmap_grant_ref))
#define IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR                                      \
    _IOC(_IOC_NONE, 'G', 2, sizeof(struct ioctl_gntdev_get_offset_for_vaddr))
#define IOCTL_GNTDEV_SET_MAX_GRANTS                                            \
    _IOC(_IOC_NONE, 'G', 3, sizeof(struct ioctl_gntdev_set_max_grants))
#define IOCTL_GNTDEV_SET_UNMAP_NOTIFY                                          \
    _IOC(_IOC_NONE, 'G', 7, sizeof(struct ioctl_unmap_notify))
#define IOCTL_GNTDEV_GRANT_COPY                                                \
    _IOC(_IOC_NONE, 'G', 8, sizeof(struct ioctl_gntdev_grant_copy))

/* --- gntalloc ------------------------------------------------------------ */

struct ioctl_gntalloc_alloc_gref {
    uint16_t domid;
    uint16_t flags; /* GNTALLOC_FLAG_* */
    uint32_t count;
    uint64_t index;       /* out: the offset to mmap() at */
    uint32_t gref_ids[1]; /* out: count of them */
};
#define GNTALLOC_FLAG_WRITABLE 1

struct ioctl_gntalloc_dealloc_gref {
    uint64_t index;
    uint32_t count;
};

#define IOCTL_GNTALLOC_ALLOC_GREF                                              \
    _IOC(_IOC_NONE, 'G', 5, sizeof(struct ioctl_gntalloc_alloc_gref))
#define IOCTL_GNTALLOC_DEALLOC_GREF                                            \
    _IOC(_IOC_NONE, 'G', 6, sizeof(struct ioctl_gntalloc_dealloc_gref))
#define IOCTL_GNTALLOC_SET_UNMAP_NOTIFY                                        \
    _IOC(_IOC_NONE, 'G', 7, sizeof(struct ioctl_unmap_notify))

#endif /* LIBS_DRIVERS_H */
