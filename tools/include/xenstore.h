/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenstore: the client of Xenstore, a small tree of values that all
 * domains share.
 *
 * Paths are absolute, or relative to the client's own "/local/domain/N";
 * they have at most XENSTORE_ABS_PATH_MAX bytes and the characters
 * [-0-9A-Za-z/_@]. Values are any bytes, at most XENSTORE_PAYLOAD_MAX
 * together with the path.
 *
 * Failure is false, NULL or XBT_NULL with errno, which is one that the
 * server names, or:
 *   E2BIG    path and value are longer than a message can be
 *   EINVAL   no valid path or argument
 *   EIO, ECONNRESET, EPIPE   the connection is lost; close it
 *   ENOMEM
 * Servers say ENOENT (no such node), EACCES (not allowed), ENOSPC (a quota
 * is used up), EAGAIN (transaction_end: somebody interfered), EEXIST,
 * EBUSY (too many transactions), ENOSYS (not from this client).
 *
 * Memory that is returned is one block: free() it.
 *
 * Threads: a handle may be used by several threads at once; requests go one
 *          after the other. One thread may wait in xs_read_watch() while
 *          others do requests. No thread is made by this library.
 * Fork:    the child must not use the handle of its parent, only
 *          xs_daemon_destroy_postfork() it.
 *
 * Source: names and signatures as in Xen 4.17. Layer: tools, library.
 */
#ifndef XENSTORE_H
#define XENSTORE_H

#include <stdbool.h>
#include <stdint.h>

#include <xenstore_lib.h>

struct xs_handle;

/* A transaction; XBT_NULL: none, each request is on its own. */
typedef uint32_t xs_transaction_t;
#define XBT_NULL 0

/* Flags of xs_open. READONLY is of old and has no effect. */
#define XS_OPEN_READONLY   (1UL << 0)
#define XS_OPEN_SOCKETONLY (1UL << 1) /* fail when the server is not here */
#define XS_UNWATCH_FILTER  (1UL << 2) /* see xs_unwatch() */

/* --- connections ------------------------------------------------------- */

/*
 * Connects to the server's socket, or when there is none to the kernel's
 * /dev/xen/xenbus (or /proc/xen/xenbus), through which it may be anywhere.
 * Returns NULL with errno of the last try.
 */
struct xs_handle *xs_open(unsigned long flags);

/* Watches and transactions end with it. NULL is allowed. */
void xs_close(struct xs_handle *xsh);

/* Older names: xs_open(0) and xs_close. */
struct xs_handle *xs_daemon_open(void);
struct xs_handle *xs_domain_open(void);
struct xs_handle *xs_daemon_open_readonly(void);
void xs_daemon_close(struct xs_handle *h);

/* In a child: frees the handle, without a word to the server. */
void xs_daemon_destroy_postfork(struct xs_handle *h);

/* --- nodes ------------------------------------------------------------- */

/* Names of the children, *num of them, without the path. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
                    unsigned int *num);

/* The value, *len bytes (@len may be NULL) and a NUL more. */
void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
              unsigned int *len);

/* Sets a value; makes the node and those above it. */
bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
              const void *data, unsigned int len);

/* Makes a node with an empty value, if it is not there. */
bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path);

/* Removes a node and all below it. ENOENT only if its parent is missing. */
bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path);

/* Limits the client to one domain: not offered. false, errno ENOSYS. */
bool xs_restrict(struct xs_handle *h, unsigned domid);

/* *num of them; the first one is of the owner. */
struct xs_permissions *xs_get_permissions(struct xs_handle *h,
                                          xs_transaction_t t, const char *path,
                                          unsigned int *num);

/* perms[0] makes the owner, who must be this client unless privileged. */
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t,
                        const char *path, struct xs_permissions *perms,
                        unsigned int num_perms);

/* --- watches ----------------------------------------------------------- */

/*
 * From now on, there is an event for each change at @path or below it, and
 * one at once. @token comes with it. "@introduceDomain" and
 * "@releaseDomain" are changes of the set of domains. EEXIST: there is such
 * a watch (not through the kernel, which then makes a second one).
 */
bool xs_watch(struct xs_handle *h, const char *path, const char *token);

/*
 * For poll(): readable when xs_read_watch() would not wait. It may be
 * readable for a moment without an event: xs_check_watch() tells for sure.
 * The same descriptor for the life of the handle; not to be read or written.
 */
int xs_fileno(struct xs_handle *h);

/* The next event or, when there is none, NULL with errno EAGAIN. */
char **xs_check_watch(struct xs_handle *h);

/*
 * The next event, waits for it: *num (2) strings, [XS_WATCH_PATH] and
 * [XS_WATCH_TOKEN]. A watch of a relative path tells relative ones.
 */
char **xs_read_watch(struct xs_handle *h, unsigned int *num);

/*
 * Ends a watch. Events of it that wait already are still to be read, but
 * with XS_UNWATCH_FILTER they are dropped. ENOENT: there is no such watch
 * (not through the kernel, which then does nothing).
 */
bool xs_unwatch(struct xs_handle *h, const char *path, const char *token);

/* --- transactions ------------------------------------------------------ */

/* What requests with it read and write is seen by nobody until the end. */
xs_transaction_t xs_transaction_start(struct xs_handle *h);

/*
 * Makes the changes, all at once, or drops them. EAGAIN: what the
 * transaction has read was changed meanwhile; do it all again.
 */
bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort);

/* --- domains; for privileged clients ----------------------------------- */

/* Connects the server to a domain: frame and port of its ring. */
bool xs_introduce_domain(struct xs_handle *h, unsigned int domid,
                         unsigned long mfn, unsigned int eventchn);

/* @domid gets the rights of @target. */
bool xs_set_target(struct xs_handle *h, unsigned int domid,
                   unsigned int target);

/* After a domain was resumed: it may shut down again. */
bool xs_resume_domain(struct xs_handle *h, unsigned int domid);

/* The server forgets the domain. */
bool xs_release_domain(struct xs_handle *h, unsigned int domid);

/* "/local/domain/N", whether there is a domain N or not. */
char *xs_get_domain_path(struct xs_handle *h, unsigned int domid);

/* Whether @child is @parent or below it. */
bool xs_path_is_subpath(const char *parent, const char *child);

/* false also for failure: errno is then not 0. */
bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid);

/* A command to the server itself (xenstore-control); its answer. */
char *xs_control_command(struct xs_handle *h, const char *cmd, void *data,
                         unsigned int len);
char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data,
                       unsigned int len);

/* Port that a guest wants suspend requests on, or -1. */
int xs_suspend_evtchn_port(int domid);

#endif /* XENSTORE_H */
