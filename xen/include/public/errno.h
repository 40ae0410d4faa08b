/* SPDX-License-Identifier: MIT */
/*
 * Error numbers of the hypercall interface: a failed call returns the
 * negative of one of these. The values are those of Linux on ARM, so that
 * a kernel can hand them on as they are.
 *
 * Source: the Xen 4.17 guest ABI. Layer: 0 (public).
 */
#ifndef XEN_PUBLIC_ERRNO_H
#define XEN_PUBLIC_ERRNO_H

/* clang-format off */
#define EPERM            1 /* the caller may not do this                   */
#define ENOENT           2 /* no such thing                                */
#define ESRCH            3 /* no such domain                               */
#define EINTR            4
#define EIO              5
#define ENXIO            6 /* address outside of the page                  */
#define E2BIG            7 /* too many units in one call                   */
#define ENOEXEC          8
#define EBADF            9
#define EAGAIN          11
#define EWOULDBLOCK     11
#define ENOMEM          12
#define EACCES          13 /* wrong interface version, or not permitted    */
#define EFAULT          14 /* guest memory cannot be read or written       */
#define EBUSY           16
#define EEXIST          17
#define EXDEV           18
#define ENODEV          19
#define EISDIR          21
#define EINVAL          22
#define ENFILE          23
#define ENOSPC          28
#define EROFS           30
#define EMLINK          31
#define EDOM            33
#define ERANGE          34
#define EDEADLK         35
#define ENOSYS          38 /* no such hypercall or operation               */
#define ENOTEMPTY       39
#define ENODATA         61
#define ETIME           62
#define EBADMSG         74
#define EOVERFLOW       75
#define EILSEQ          84
#define ERESTART        85 /* inside the hypervisor only: call again       */
#define EOPNOTSUPP      95
#define EADDRINUSE      98
#define EADDRNOTAVAIL   99
#define ENOBUFS        105
#define EISCONN        106
#define ENOTCONN       107
#define ETIMEDOUT      110
#define ECONNREFUSED   111
/* clang-format on */

#endif /* XEN_PUBLIC_ERRNO_H */
