/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxengnttab: grants of others, by gntdev; own pages, by gntalloc.
 *
 * Source: xengnttab.h; Linux 6.1, drivers/xen/gntdev.c, gntalloc.c.
 * Layer:  tools, library.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xengnttab.h>
#include <xentoolcore_internal.h>

#include "../drivers.h"
#include "../handle.h"

#define PAGE 4096ul
#define NONE (~0u) /* of an offset and of a port */

/* Of either driver. */
struct xengntdev_handle {
    struct lib_log log;
    Xentoolcore__Active_Handle active;
    int fd;
};

/* The kernel has no way to limit these; mappings that are there stay. */
static int restrict_gnttab(Xentoolcore__Active_Handle *ah, domid_t domid)
{
    (void)domid;
    return xentoolcore__restrict_by_dup2_null(
        CONTAINER_OF(ah, struct xengntdev_handle, active)->fd);
}

static struct xengntdev_handle *make(struct xentoollog_logger *logger,
                                     unsigned flags, const char *context,
                                     const char *device)
{
    struct xengntdev_handle *h;

    if (flags) {
        errno = EINVAL;
        return NULL;
    }
    h = calloc(1, sizeof(*h));
    if (!h)
        return NULL;
    if (lib_log_open(&h->log, logger)) {
        free(h);
        return NULL;
    }
    h->active.restrict_callback = restrict_gnttab;
    xentoolcore__register_active_handle(&h->active);
    h->fd = lib_device(&h->log, context, device, NULL, O_CLOEXEC);
    if (h->fd < 0) {
        xengnttab_close(h);
        return NULL;
    }
    return h;
}

xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger,
                                 unsigned open_flags)
{
    return make(logger, open_flags, "xengnttab", "/dev/xen/gntdev");
}

xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger,
                                 unsigned open_flags)
{
    return make(logger, open_flags, "xengntshr", "/dev/xen/gntalloc");
}

int xengnttab_close(xengnttab_handle *xgt)
{
    int rc = 0;

    if (!xgt)
        return 0;
    xentoolcore__deregister_active_handle(&xgt->active);
    if (xgt->fd >= 0)
        rc = close(xgt->fd);
    lib_log_close(&xgt->log);
    free(xgt);
    return rc;
}

int xengntshr_close(xengntshr_handle *xgs)
{
    return xengnttab_close(xgs);
}

int xengnttab_fd(xengnttab_handle *xgt)
{
    return xgt->fd;
}

int xengntshr_fd(xengntshr_handle *xgs)
{
    return xgs->fd;
}

/* --- both ---------------------------------------------------------------- */

struct notify {
    uint32_t offset; /* NONE: no byte */
    uint32_t port;   /* NONE: no event */
};
static const struct notify no_notify = { NONE, NONE };

/* mmap() @count pages at @index, and the notification for their first one. */
static void *map_at(struct xengntdev_handle *h, uint64_t index, uint32_t count,
                    int prot, unsigned long set_notify,
                    const struct notify *notify)
{
    struct ioctl_unmap_notify op = {
        .index = index + (notify->offset == NONE ? 0 : notify->offset),
        .action = (notify->offset == NONE ? 0 : UNMAP_NOTIFY_CLEAR_BYTE) |
                  (notify->port == NONE ? 0 : UNMAP_NOTIFY_SEND_EVENT),
        .event_channel_port = notify->port == NONE ? 0 : notify->port,
    };
    void *p;
    int keep;

    if (notify->offset != NONE && notify->offset >= PAGE) {
        errno = EINVAL;
        return NULL;
    }
    p = mmap(NULL, count * PAGE, prot, MAP_SHARED, h->fd, (off_t)index);
    if (p == MAP_FAILED)
        return NULL;
    if (op.action && ioctl(h->fd, set_notify, &op)) {
        keep = errno;
        munmap(p, count * PAGE);
        errno = keep;
        return NULL;
    }
    return p;
}

/* --- gntdev -------------------------------------------------------------- */

/* Domains: @domids[i * step], so that step 0 is one domain for all. */
static void *map_refs(xengnttab_handle *xgt, uint32_t count,
                      const uint32_t *domids, unsigned step,
                      const uint32_t *refs, int prot,
                      const struct notify *notify)
{
    struct ioctl_gntdev_map_grant_ref *map;
    struct ioctl_gntdev_unmap_grant_ref unmap = { .count = count };
    void *p = NULL;
    int keep;

    if (!count || count > SIZE_MAX / PAGE) {
        errno = EINVAL;
        return NULL;
    }
    map = calloc(1, sizeof(*map) + (count - 1) * sizeof(map->refs[0]));
    if (!map)
        return NULL;
    map->count = count;
    for (uint32_t i = 0; i < count; i++) {
        map->refs[i].domid = domids[i * step];
        map->refs[i].ref = refs[i];
    }
    if (ioctl(xgt->fd, IOCTL_GNTDEV_MAP_GRANT_REF, map)) {
        lib_fail(&xgt->log, "xengnttab",
                 "%u grants of domain %u cannot be "
                 "asked for",
                 count, domids[0]);
        goto out;
    }
    unmap.index = map->index;
    p = map_at(xgt, map->index, count, prot, IOCTL_GNTDEV_SET_UNMAP_NOTIFY,
               notify);
    if (!p) {
        lib_fail(&xgt->log, "xengnttab",
                 "grant %u%s of domain %u cannot be mapped", refs[0],
                 count > 1 ? " and others" : "", domids[0]);
        keep = errno;
        ioctl(xgt->fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap);
        errno = keep;
    }
out:
    keep = errno;
    free(map);
    errno = keep;
    return p;
}

void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid,
                              uint32_t ref, int prot)
{
    return map_refs(xgt, 1, &domid, 0, &ref, prot, &no_notify);
}

void *xengnttab_map_grant_refs(xengnttab_handle *xgt, uint32_t count,
                               uint32_t *domids, uint32_t *refs, int prot)
{
    return map_refs(xgt, count, domids, 1, refs, prot, &no_notify);
}

void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt, uint32_t count,
                                      uint32_t domid, uint32_t *refs, int prot)
{
    return map_refs(xgt, count, &domid, 0, refs, prot, &no_notify);
}

void *xengnttab_map_grant_ref_notify(xengnttab_handle *xgt, uint32_t domid,
                                     uint32_t ref, int prot,
                                     uint32_t notify_offset,
                                     evtchn_port_t notify_port)
{
    struct notify notify = { notify_offset, notify_port };

    return map_refs(xgt, 1, &domid, 0, &ref, prot, &notify);
}

int xengnttab_unmap(xengnttab_handle *xgt, void *start_address, uint32_t count)
{
    struct ioctl_gntdev_get_offset_for_vaddr at = {
        .vaddr = (uintptr_t)start_address,
    };
    struct ioctl_gntdev_unmap_grant_ref unmap = { .count = count };

    if (!count) {
        errno = EINVAL;
        return -1;
    }
    if (ioctl(xgt->fd, IOCTL_GNTDEV_GET_OFFSET_FOR_VADDR, &at))
        return -1;
    if (at.count != count) {
        errno = EINVAL;
        return -1;
    }
    if (munmap(start_address, count * PAGE))
        return -1;
    unmap.index = at.offset;
    return ioctl(xgt->fd, IOCTL_GNTDEV_UNMAP_GRANT_REF, &unmap);
}

int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t nr_grants)
{
    struct ioctl_gntdev_set_max_grants op = { .count = nr_grants };
    int rc = ioctl(xgt->fd, IOCTL_GNTDEV_SET_MAX_GRANTS, &op);

    return rc && errno == ENOTTY ? 0 : rc;
}

int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
                         xengnttab_grant_copy_segment_t *segs)
{
    struct ioctl_gntdev_grant_copy op = { .count = count, .segments = segs };

    if (ioctl(xgt->fd, IOCTL_GNTDEV_GRANT_COPY, &op)) {
        lib_fail(&xgt->log, "xengnttab", "copying %u segments", count);
        return -1;
    }
    return 0;
}

/* --- gntalloc ------------------------------------------------------------ */

static void *share(xengntshr_handle *xgs, uint32_t domid, uint32_t count,
                   uint32_t *refs, int writable, const struct notify *notify)
{
    struct ioctl_gntalloc_alloc_gref *alloc;
    struct ioctl_gntalloc_dealloc_gref dealloc = { .count = count };
    void *p = NULL;
    int keep;

    if (!count || count > INT32_MAX / PAGE || domid > UINT16_MAX) {
        errno = EINVAL;
        return NULL;
    }
    alloc = calloc(1, sizeof(*alloc) + (count - 1) * sizeof(uint32_t));
    if (!alloc)
        return NULL;
    alloc->domid = (uint16_t)domid;
    alloc->flags = writable ? GNTALLOC_FLAG_WRITABLE : 0;
    alloc->count = count;
    if (ioctl(xgs->fd, IOCTL_GNTALLOC_ALLOC_GREF, alloc)) {
        lib_fail(&xgs->log, "xengntshr", "%u pages for domain %u", count,
                 domid);
        goto out;
    }
    p = map_at(xgs, alloc->index, count, PROT_READ | PROT_WRITE,
               IOCTL_GNTALLOC_SET_UNMAP_NOTIFY, notify);
    keep = errno;
    if (p)
        memcpy(refs, alloc->gref_ids, count * sizeof(refs[0]));
    else
        lib_fail(&xgs->log, "xengntshr", "mapping %u pages for domain %u",
                 count, domid);
    /* The mapping holds them from here on: to unmap is to unshare. */
    dealloc.index = alloc->index;
    ioctl(xgs->fd, IOCTL_GNTALLOC_DEALLOC_GREF, &dealloc);
    errno = keep;
out:
    keep = errno;
    free(alloc);
    errno = keep;
    return p;
}

void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid, int count,
                            uint32_t *refs, int writable)
{
    if (count < 0)
        count = 0;
    return share(xgs, domid, (uint32_t)count, refs, writable, &no_notify);
}

void *xengntshr_share_page_notify(xengntshr_handle *xgs, uint32_t domid,
                                  uint32_t *ref, int writable,
                                  uint32_t notify_offset,
                                  evtchn_port_t notify_port)
{
    struct notify notify = { notify_offset, notify_port };

    return share(xgs, domid, 1, ref, writable, &notify);
}

int xengntshr_unshare(xengntshr_handle *xgs, void *start_address,
                      uint32_t count)
{
    (void)xgs;
    return munmap(start_address, count * PAGE);
}
