/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenforeignmemory: memory of other domains, and what the hypervisor
 * keeps for them, through privcmd.
 *
 * Source: xenforeignmemory.h; Linux 6.1, drivers/xen/privcmd.c.
 * Layer:  tools, library.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <xenforeignmemory.h>
#include <xentoolcore_internal.h>

#include "../drivers.h"
#include "../handle.h"

#define PAGE 4096ul

struct xenforeignmemory_handle {
    struct lib_log log;
    Xentoolcore__Active_Handle active;
    int fd;
};

struct xenforeignmemory_resource_handle {
    void *addr;
    size_t size;
};

static int restrict_map(Xentoolcore__Active_Handle *ah, domid_t domid)
{
    return xenforeignmemory_restrict(
        CONTAINER_OF(ah, xenforeignmemory_handle, active), domid);
}

xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
                                               unsigned open_flags)
{
    xenforeignmemory_handle *fmem;

    if (open_flags) {
        errno = EINVAL;
        return NULL;
    }
    fmem = calloc(1, sizeof(*fmem));
    if (!fmem)
        return NULL;
    if (lib_log_open(&fmem->log, logger)) {
        free(fmem);
        return NULL;
    }
    fmem->active.restrict_callback = restrict_map;
    xentoolcore__register_active_handle(&fmem->active);
    fmem->fd = lib_device(&fmem->log, "xenforeignmemory", "/dev/xen/privcmd",
                          "/proc/xen/privcmd", O_CLOEXEC);
    if (fmem->fd < 0) {
        xenforeignmemory_close(fmem);
        return NULL;
    }
    return fmem;
}

int xenforeignmemory_close(xenforeignmemory_handle *fmem)
{
    int rc = 0;

    if (!fmem)
        return 0;
    xentoolcore__deregister_active_handle(&fmem->active);
    if (fmem->fd >= 0)
        rc = close(fmem->fd);
    lib_log_close(&fmem->log);
    free(fmem);
    return rc;
}

int xenforeignmemory_restrict(xenforeignmemory_handle *fmem, domid_t domid)
{
    return ioctl(fmem->fd, IOCTL_PRIVCMD_RESTRICT, &domid) < 0 ? -1 : 0;
}

/* munmap() that keeps errno. */
static void drop(void *addr, size_t size)
{
    int keep = errno;

    munmap(addr, size);
    errno = keep;
}

/* --- frames -------------------------------------------------------------- */

/* Returns 0, or -1 with errno: that of the first frame that failed. */
static int all_mapped(const int err[], size_t pages)
{
    for (size_t i = 0; i < pages; i++) {
        if (err[i]) {
            errno = -err[i];
            return -1;
        }
    }
    return 0;
}

void *xenforeignmemory_map2(xenforeignmemory_handle *fmem, uint32_t dom,
                            void *addr, int prot, int flags, size_t pages,
                            const xen_pfn_t arr[], int err[])
{
    int *errs = err, rc, keep;
    struct privcmd_mmapbatch_v2 op = {
        .num = (unsigned int)pages,
        .dom = (domid_t)dom,
        .arr = arr,
    };

    if (!fmem || !pages || pages > SIZE_MAX / PAGE || dom > UINT16_MAX) {
        errno = fmem ? EINVAL : EBADF;
        return NULL;
    }
    if (!errs) {
        errs = calloc(pages, sizeof(errs[0]));
        if (!errs)
            return NULL;
    }
    addr = mmap(addr, pages * PAGE, prot, flags | MAP_SHARED, fmem->fd, 0);
    if (addr == MAP_FAILED) {
        addr = NULL;
        goto out;
    }
    op.addr = (uintptr_t)addr;
    op.err = errs;
    rc = ioctl(fmem->fd, IOCTL_PRIVCMD_MMAPBATCH_V2, &op);
    /* ENOENT: some failed so that it is worth to be tried again. */
    if (rc < 0 && errno == ENOENT)
        rc = 0;
    if (rc >= 0 && !err)
        rc = all_mapped(errs, pages);
    if (rc < 0) {
        lib_fail(&fmem->log, "xenforeignmemory",
                 "%zu frames of domain %u from %#llx on", pages, dom,
                 (unsigned long long)arr[0]);
        drop(addr, pages * PAGE);
        addr = NULL;
    }
out:
    keep = errno;
    if (!err)
        free(errs);
    errno = keep;
    return addr;
}

void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom,
                           int prot, size_t pages, const xen_pfn_t arr[],
                           int err[])
{
    return xenforeignmemory_map2(fmem, dom, NULL, prot, 0, pages, arr, err);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr,
                           size_t pages)
{
    (void)fmem;
    return munmap(addr, pages * PAGE);
}

/* --- resources ----------------------------------------------------------- */

/* A kernel that knows no such ioctl is as one without the resource. */
static int resource(xenforeignmemory_handle *fmem,
                    struct privcmd_mmap_resource *op)
{
    int rc = ioctl(fmem->fd, IOCTL_PRIVCMD_MMAP_RESOURCE, op);

    if (rc < 0 && errno == ENOTTY)
        errno = EOPNOTSUPP;
    return rc < 0 ? -1 : 0;
}

xenforeignmemory_resource_handle *
xenforeignmemory_map_resource(xenforeignmemory_handle *fmem, domid_t domid,
                              unsigned int type, unsigned int id,
                              unsigned long frame, unsigned long nr_frames,
                              void **paddr, int prot, int flags)
{
    xenforeignmemory_resource_handle *fres;
    struct privcmd_mmap_resource op = {
        .dom = domid,
        .type = type,
        .id = id,
        .idx = (uint32_t)frame,
        .num = nr_frames,
    };
    int keep;

    if (!fmem || !nr_frames || nr_frames > SIZE_MAX / PAGE) {
        errno = fmem ? EINVAL : EBADF;
        return NULL;
    }
    fres = malloc(sizeof(*fres));
    if (!fres)
        return NULL;
    fres->size = nr_frames * PAGE;
    fres->addr = mmap(*paddr, fres->size, prot, flags | MAP_SHARED, fmem->fd,
                      0);
    if (fres->addr == MAP_FAILED)
        goto fail;
    op.addr = (uintptr_t)fres->addr;
    if (resource(fmem, &op)) {
        if (errno != EOPNOTSUPP)
            lib_fail(&fmem->log, "xenforeignmemory",
                     "resource %u.%u of domain %u, %lu frames from %lu on",
                     type, id, domid, nr_frames, frame);
        drop(fres->addr, fres->size);
        goto fail;
    }
    *paddr = fres->addr;
    return fres;

fail:
    keep = errno;
    free(fres);
    errno = keep;
    return NULL;
}

int xenforeignmemory_unmap_resource(xenforeignmemory_handle *fmem,
                                    xenforeignmemory_resource_handle *fres)
{
    int rc;

    (void)fmem;
    if (!fres)
        return 0;
    rc = munmap(fres->addr, fres->size);
    free(fres);
    return rc;
}

int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem, domid_t domid,
                                   unsigned int type, unsigned int id,
                                   size_t *size)
{
    struct privcmd_mmap_resource op = { .dom = domid, .type = type, .id = id };

    if (resource(fmem, &op))
        return -1;
    if (op.num > SIZE_MAX / PAGE) {
        errno = E2BIG;
        return -1;
    }
    *size = (size_t)op.num * PAGE;
    return 0;
}
