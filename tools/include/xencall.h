/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxencall: hypercalls from a privileged process, and the memory that the
 * hypervisor may read and write during one.
 *
 * The kernel passes the arguments on unseen, so a pointer among them is a
 * virtual address of the process. All that it leads to, through any number
 * of structures, must be in buffers of this library: ordinary memory may be
 * paged out, or be moved by the kernel, and the call then fails with EFAULT.
 *
 * Threads: a handle may be used by several threads at once. A buffer is not
 *          protected, and belongs to the thread that uses it.
 * Fork:    the child must not use a handle of its parent, nor its buffers;
 *          it may close it.
 *
 * Source: names and signatures as in Xen 4.17; Linux 6.1,
 *         drivers/xen/privcmd.c and privcmd-buf.c. Layer: tools, library.
 */
#ifndef XENCALL_H
#define XENCALL_H

#include <stddef.h>
#include <stdint.h>

struct xentoollog_logger;

typedef struct xencall_handle xencall_handle;

/* Accepted and not needed: handles are always good for several threads. */
#define XENCALL_OPENFLAG_NON_REENTRANT (1U << 0)

/*
 * Opens /dev/xen/privcmd (or /proc/xen/privcmd), and /dev/xen/hypercall for
 * buffers where the kernel has it. @logger NULL: messages go to stderr.
 *
 * Returns the handle, or NULL with errno: EINVAL for an unknown flag,
 * ENOMEM, and what open() says: ENOENT when this is no domain 0 or the
 * module xen-privcmd is not loaded, EACCES for one who is not root.
 */
xencall_handle *xencall_open(struct xentoollog_logger *logger,
                             unsigned open_flags);

/* NULL is allowed and does nothing. Returns 0, or -1 with close()'s errno. */
int xencall_close(xencall_handle *xcall);

/* The descriptor of privcmd, for other ioctls. Stays the handle's. */
int xencall_fd(xencall_handle *xcall);

/*
 * Hypercall number @op (__HYPERVISOR_*) with so many arguments.
 *
 * Returns what the hypervisor returns, which is >= 0, or -1 with the
 * hypervisor's error as errno. Linux on 32-bit ARM exchanges arguments 4
 * and 5 (arch/arm/xen/hypercall.S, privcmd_call); this library does not
 * undo that, so calls with more than three arguments are of little use.
 */
int xencall0(xencall_handle *xcall, unsigned int op);
int xencall1(xencall_handle *xcall, unsigned int op, uint64_t arg1);
int xencall2(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2);
int xencall3(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3);
int xencall4(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3, uint64_t arg4);
int xencall5(xencall_handle *xcall, unsigned int op, uint64_t arg1,
             uint64_t arg2, uint64_t arg3, uint64_t arg4, uint64_t arg5);

/* For those that return more than an int holds. Of 32-bit callers: a long. */
long xencall2L(xencall_handle *xcall, unsigned int op, uint64_t arg1,
               uint64_t arg2);

/*
 * Whole pages, page-aligned and zeroed, for hypercalls.
 * Returns NULL with errno: EINVAL for 0 pages or too many, ENOMEM.
 */
void *xencall_alloc_buffer_pages(xencall_handle *xcall, size_t nr_pages);

/* @nr_pages as it was allocated; NULL is allowed. Keeps errno. */
void xencall_free_buffer_pages(xencall_handle *xcall, void *p, size_t nr_pages);

/* @size bytes, zeroed and aligned to 16 at least; else as above. */
void *xencall_alloc_buffer(xencall_handle *xcall, size_t size);
void xencall_free_buffer(xencall_handle *xcall, void *p);

/*
 * 1: buffers come from /dev/xen/hypercall and never fault. 0: they are
 * locked memory, which the kernel may still move; then a call may fail with
 * EFAULT now and then, and is to be repeated.
 */
int xencall_buffers_never_fault(xencall_handle *xcall);

#endif /* XENCALL_H */
