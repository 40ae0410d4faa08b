/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxencall: hypercalls through privcmd, and the memory for them.
 *
 * Source: xencall.h; Linux 6.1, drivers/xen/privcmd.c, privcmd-buf.c.
 * Layer:  tools, library.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xencall.h>
#include <xentoolcore_internal.h>

#include "../drivers.h"
#include "../handle.h"

#define PAGE 4096u
/* Buffers of one page that are kept for the next call. */
#define KEPT 4u

struct xencall_handle {
    struct lib_log log;
    Xentoolcore__Active_Handle active;
    int fd;     /* privcmd */
    int buf_fd; /* /dev/xen/hypercall, or -1: locked memory */
    pthread_mutex_t lock;
    /* Guarded by lock: pages that are free, and how many. */
    void *kept[KEPT];
    unsigned nr_kept;
};

static int restrict_call(Xentoolcore__Active_Handle *ah, domid_t domid)
{
    xencall_handle *xcall = CONTAINER_OF(ah, xencall_handle, active);

    return ioctl(xcall->fd, IOCTL_PRIVCMD_RESTRICT, &domid) < 0 ? -1 : 0;
}

xencall_handle *xencall_open(struct xentoollog_logger *logger,
                             unsigned open_flags)
{
    xencall_handle *xcall;

    if (open_flags & ~XENCALL_OPENFLAG_NON_REENTRANT) {
        errno = EINVAL;
        return NULL;
    }
    xcall = calloc(1, sizeof(*xcall));
    if (!xcall)
        return NULL;
    if (lib_log_open(&xcall->log, logger)) {
        free(xcall);
        return NULL;
    }
    pthread_mutex_init(&xcall->lock, NULL);
    xcall->active.restrict_callback = restrict_call;
    xentoolcore__register_active_handle(&xcall->active);

    xcall->buf_fd = -1;
    xcall->fd = lib_device(&xcall->log, "xencall", "/dev/xen/privcmd",
                           "/proc/xen/privcmd", O_CLOEXEC);
    if (xcall->fd < 0) {
        xencall_close(xcall);
        return NULL;
    }
    xcall->buf_fd = open("/dev/xen/hypercall", O_RDWR | O_CLOEXEC);
    return xcall;
}

/* --- memory -------------------------------------------------------------- */

static void release(const xencall_handle *xcall, void *p, size_t size)
{
    int keep = errno;

    if (xcall->buf_fd < 0)
        madvise(p, size, MADV_DOFORK);
    munmap(p, size);
    errno = keep;
}

static void *obtain(const xencall_handle *xcall, size_t size)
{
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;
    void *p;

    if (xcall->buf_fd >= 0)
        flags = MAP_SHARED;
    p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, xcall->buf_fd, 0);
    if (p == MAP_FAILED)
        return NULL;
    /*
     * Ordinary memory: a fork() of another thread during the call would
     * make it copy-on-write, which the hypervisor cannot resolve.
     */
    if (xcall->buf_fd < 0 && madvise(p, size, MADV_DONTFORK)) {
        release(xcall, p, size);
        return NULL;
    }
    memset(p, 0, size);
    return p;
}

void *xencall_alloc_buffer_pages(xencall_handle *xcall, size_t nr_pages)
{
    void *p = NULL;

    if (!nr_pages || nr_pages > SIZE_MAX / PAGE) {
        errno = EINVAL;
        return NULL;
    }
    if (nr_pages == 1) {
        pthread_mutex_lock(&xcall->lock);
        if (xcall->nr_kept)
            p = xcall->kept[--xcall->nr_kept];
        pthread_mutex_unlock(&xcall->lock);
        if (p) {
            memset(p, 0, PAGE);
            return p;
        }
    }
    p = obtain(xcall, nr_pages * PAGE);
    if (!p)
        lib_fail(&xcall->log, "xencall", "no memory for a buffer of %zu pages",
                 nr_pages);
    return p;
}

void xencall_free_buffer_pages(xencall_handle *xcall, void *p, size_t nr_pages)
{
    if (!p)
        return;
    if (nr_pages == 1) {
        pthread_mutex_lock(&xcall->lock);
        if (xcall->nr_kept < KEPT) {
            xcall->kept[xcall->nr_kept++] = p;
            p = NULL;
        }
        pthread_mutex_unlock(&xcall->lock);
        if (!p)
            return;
    }
    release(xcall, p, nr_pages * PAGE);
}

/*
 * In front of a buffer that is not counted in pages: their number, and so
 * many bytes that what follows is aligned.
 */
struct head {
    size_t nr_pages;
    char pad[16 - sizeof(size_t)];
};

void *xencall_alloc_buffer(xencall_handle *xcall, size_t size)
{
    size_t nr_pages;
    struct head *head;

    if (size > SIZE_MAX - PAGE - sizeof(*head)) {
        errno = ENOMEM;
        return NULL;
    }
    nr_pages = (size + sizeof(*head) + PAGE - 1) / PAGE;
    head = xencall_alloc_buffer_pages(xcall, nr_pages);
    if (!head)
        return NULL;
    head->nr_pages = nr_pages;
    return head + 1;
}

void xencall_free_buffer(xencall_handle *xcall, void *p)
{
    struct head *head = p;

    if (!p)
        return;
    head--;
    xencall_free_buffer_pages(xcall, head, head->nr_pages);
}

int xencall_buffers_never_fault(xencall_handle *xcall)
{
    return xcall->buf_fd >= 0;
}

int xencall_close(xencall_handle *xcall)
{
    int rc = 0;

    if (!xcall)
        return 0;
    xentoolcore__deregister_active_handle(&xcall->active);
    while (xcall->nr_kept)
        release(xcall, xcall->kept[--xcall->nr_kept], PAGE);
    lib_close(xcall->buf_fd);
    if (xcall->fd >= 0)
        rc = close(xcall->fd);
    lib_log_close(&xcall->log);
    pthread_mutex_destroy(&xcall->lock);
    free(xcall);
    return rc;
}

/* --- calls --------------------------------------------------------------- */

int xencall_fd(xencall_handle *xcall)
{
    return xcall->fd;
}

static int call(xencall_handle *xcall, struct privcmd_hypercall *hypercall)
{
    return ioctl(xcall->fd, IOCTL_PRIVCMD_HYPERCALL, hypercall);
}

int xencall0(xencall_handle *xcall, unsigned int op)
{
    return call(xcall, &(struct privcmd_hypercall){ .op = op });
}

int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg1)
{
    return call(xcall, &(struct privcmd_hypercall){ op, { arg1 } });
}

int xencall2(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2)
{
    return call(xcall, &(struct privcmd_hypercall){ op, { arg1, arg2 } });
}

int xencall3(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3)
{
    return call(xcall, &(struct privcmd_hypercall){ op, { arg1, arg2, arg3 } });
}

int xencall4(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3, uint64_t arg4)
{
    return call(xcall,
                &(struct privcmd_hypercall){ op, { arg1, arg2, arg3, arg4 } });
}

int xencall5(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3, uint64_t arg4, uint64_t arg5)
{
    return call(xcall, &(struct privcmd_hypercall){
                           op, { arg1, arg2, arg3, arg4, arg5 } });
}

long xencall2L(xencall_handle *xcall, unsigned int op, uint64_t arg1,
               uint64_t arg2)
{
    return xencall2(xcall, op, arg1, arg2);
}
