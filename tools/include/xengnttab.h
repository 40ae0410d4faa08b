/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxengnttab: pages that other domains grant to this one, and pages of
 * this process that are granted to others.
 *
 * xengnttab_*: maps and copies what was granted, by /dev/xen/gntdev.
 * xengntshr_*: allocates pages and grants them, by /dev/xen/gntalloc.
 *
 * A mapping or a shared page lives until it is unmapped, or the process
 * ends; then the kernel cleans up. The handle itself may be closed before.
 *
 * Threads: a handle may be used by several threads at once.
 * Fork:    mappings are not inherited.
 *
 * Source: names and signatures as in Xen 4.17; Linux 6.1,
 *         drivers/xen/gntdev.c and gntalloc.c. Layer: tools, library.
 */
#ifndef XENGNTTAB_H
#define XENGNTTAB_H

#include <stdint.h>

#include <xen/event_channel.h>
#include <xen/grant_table.h>

struct xentoollog_logger;

/* --- using grants of other domains ------------------------------------- */

typedef struct xengntdev_handle xengnttab_handle;

/*
 * @logger NULL: messages go to stderr. @open_flags must be 0.
 * Returns NULL with errno: EINVAL, ENOMEM, open()'s (ENOENT: is the module
 * xen-gntdev loaded?).
 */
xengnttab_handle *xengnttab_open(struct xentoollog_logger *logger,
                                 unsigned open_flags);

/* NULL is allowed. Returns 0, or -1 with errno. */
int xengnttab_close(xengnttab_handle *xgt);

/* The descriptor of the device, which stays the handle's. */
int xengnttab_fd(xengnttab_handle *xgt);

/*
 * Maps grant @ref of domain @domid: one page. @prot: PROT_READ, with or
 * without PROT_WRITE. Returns its address, or NULL with errno: EINVAL when
 * the hypervisor refuses one of the grants (no such domain or grant, not
 * for this domain, read only), ENOMEM.
 */
void *xengnttab_map_grant_ref(xengnttab_handle *xgt, uint32_t domid,
                              uint32_t ref, int prot);

/* @count pages, one after the other: refs[i] of domids[i]. All or none. */
void *xengnttab_map_grant_refs(xengnttab_handle *xgt, uint32_t count,
                               uint32_t *domids, uint32_t *refs, int prot);

/* The same, all of one domain. */
void *xengnttab_map_domain_grant_refs(xengnttab_handle *xgt, uint32_t count,
                                      uint32_t domid, uint32_t *refs, int prot);

/*
 * As map_grant_ref, and when the page is unmapped, also by the end of the
 * process: the byte at @notify_offset (0..4095; ~0u: none) becomes 0, and
 * an event is sent to @notify_port (~0u: none), in this order. The port is
 * one of this domain that the process holds.
 */
void *xengnttab_map_grant_ref_notify(xengnttab_handle *xgt, uint32_t domid,
                                     uint32_t ref, int prot,
                                     uint32_t notify_offset,
                                     evtchn_port_t notify_port);

/*
 * Undoes a mapping: address and number of pages as they were mapped.
 * Returns 0, or -1 with errno EINVAL (no mapping of that many pages begins
 * there).
 */
int xengnttab_unmap(xengnttab_handle *xgt, void *start_address, uint32_t count);

/*
 * Limits the pages of one mapping. Kernels since 5.4 have a limit of their
 * own and know no such call: accepted, without effect.
 * Returns 0, or -1 with errno.
 */
int xengnttab_set_max_grants(xengnttab_handle *xgt, uint32_t nr_grants);

/* One copy, inside of one page at each side. */
struct xengnttab_grant_copy_segment {
    union xengnttab_copy_ptr {
        void *virt; /* of this process */
        struct {
            uint32_t ref;
            uint16_t offset;
            uint16_t domid;
        } foreign;
    } source, dest;
    uint16_t len;
    uint16_t flags; /* GNTCOPY_source_gref, GNTCOPY_dest_gref: .foreign */
    int16_t status; /* out: GNTST_* */
};
typedef struct xengnttab_grant_copy_segment xengnttab_grant_copy_segment_t;

/*
 * Copies @count segments, in this order. A side without its flag is memory
 * of this process, which may cross pages.
 * Returns 0 when all were tried: see each status; -1 with errno and no
 * valid status for arguments that make no sense (EINVAL) or want of memory.
 */
int xengnttab_grant_copy(xengnttab_handle *xgt, uint32_t count,
                         xengnttab_grant_copy_segment_t *segs);

/* --- granting pages to other domains ----------------------------------- */

typedef struct xengntdev_handle xengntshr_handle;

/* As xengnttab_open, close and fd, on /dev/xen/gntalloc. */
xengntshr_handle *xengntshr_open(struct xentoollog_logger *logger,
                                 unsigned open_flags);
int xengntshr_close(xengntshr_handle *xgs);
int xengntshr_fd(xengntshr_handle *xgs);

/*
 * @count new pages, zeroed and mapped one after the other, which domain
 * @domid may map; refs[] gets their grant references. @writable: it may
 * also write them. The pages live until both sides have let go.
 * Returns NULL with errno: EINVAL for count <= 0, ENOSPC more pages than
 * the kernel's limit (module parameter "limit"), ENOMEM.
 */
void *xengntshr_share_pages(xengntshr_handle *xgs, uint32_t domid, int count,
                            uint32_t *refs, int writable);

/*
 * One page, with the notification of xengnttab_map_grant_ref_notify() for
 * when this process lets go of it.
 */
void *xengntshr_share_page_notify(xengntshr_handle *xgs, uint32_t domid,
                                  uint32_t *ref, int writable,
                                  uint32_t notify_offset,
                                  evtchn_port_t notify_port);

/* Undoes the above. Returns 0, or -1 with errno EINVAL. */
int xengntshr_unshare(xengntshr_handle *xgs, void *start_address,
                      uint32_t count);

#endif /* XENGNTTAB_H */
