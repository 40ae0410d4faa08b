/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenforeignmemory: mapping memory of other domains without a grant, for
 * control domains.
 *
 * Threads: a handle may be used by several threads at once.
 * Fork:    mappings are not inherited; the child must not use the handle.
 *
 * Source: names and signatures as in Xen 4.17; Linux 6.1,
 *         drivers/xen/privcmd.c. Layer: tools, library.
 */
#ifndef XENFOREIGNMEMORY_H
#define XENFOREIGNMEMORY_H

#include <stddef.h>
#include <stdint.h>

#include <xen/memory.h>
#include <xen/xen.h>

struct xentoollog_logger;

typedef struct xenforeignmemory_handle xenforeignmemory_handle;

/*
 * Opens privcmd. @logger NULL: messages go to stderr. @open_flags must be 0.
 * Returns NULL with errno: EINVAL, ENOMEM, open()'s.
 */
xenforeignmemory_handle *xenforeignmemory_open(struct xentoollog_logger *logger,
                                               unsigned open_flags);

/* Mappings stay. NULL is allowed. Returns 0, or -1 with errno. */
int xenforeignmemory_close(xenforeignmemory_handle *fmem);

/*
 * Maps @pages frames of domain @dom one after the other: arr[i] is a guest
 * frame number. @prot: PROT_READ, PROT_WRITE.
 *
 * @err NULL: all or none; NULL with the errno of the first frame that
 * failed. Else err[i] is 0 or an errno value, negated; the frames that
 * failed are holes, and the call succeeds also if all of them are.
 *
 * Returns the address, or NULL with errno: EINVAL 0 pages, or a frame that
 * is none; ESRCH no such domain; EPERM not allowed; ENOMEM.
 */
void *xenforeignmemory_map(xenforeignmemory_handle *fmem, uint32_t dom,
                           int prot, size_t pages, const xen_pfn_t arr[],
                           int err[]);

/* The same with the address and the flags of mmap(): MAP_FIXED and such. */
void *xenforeignmemory_map2(xenforeignmemory_handle *fmem, uint32_t dom,
                            void *addr, int prot, int flags, size_t pages,
                            const xen_pfn_t arr[], int err[]);

/* As it was mapped. Returns 0, or -1 with errno EINVAL. */
int xenforeignmemory_unmap(xenforeignmemory_handle *fmem, void *addr,
                           size_t pages);

/* Only @domid from now on. Returns 0, or -1 with errno. */
int xenforeignmemory_restrict(xenforeignmemory_handle *fmem, domid_t domid);

/* --- what the hypervisor keeps for a domain ---------------------------- */

typedef struct xenforeignmemory_resource_handle
    xenforeignmemory_resource_handle;

/*
 * Maps frames [frame, frame + nr_frames) of a resource of @domid, @type
 * (XENMEM_resource_*) and @id. *paddr: in, where to (NULL: anywhere; mmap()'s
 * MAP_FIXED in @flags), out: where.
 *
 * Returns what to unmap it with, or NULL with errno: EINVAL no such
 * resource or not so many frames, EPERM, ESRCH, EOPNOTSUPP the kernel or
 * hypervisor knows no such call or type, ENOMEM.
 */
xenforeignmemory_resource_handle *
xenforeignmemory_map_resource(xenforeignmemory_handle *fmem, domid_t domid,
                              unsigned int type, unsigned int id,
                              unsigned long frame, unsigned long nr_frames,
                              void **paddr, int prot, int flags);

/* Unmaps and frees it; NULL is allowed. Returns 0, or -1 with errno. */
int xenforeignmemory_unmap_resource(xenforeignmemory_handle *fmem,
                                    xenforeignmemory_resource_handle *fres);

/*
 * Full size of a resource in bytes. Returns 0, or -1 with errno as above.
 * Linux has this since 5.12.
 */
int xenforeignmemory_resource_size(xenforeignmemory_handle *fmem, domid_t domid,
                                   unsigned int type, unsigned int id,
                                   size_t *size);

#endif /* XENFOREIGNMEMORY_H */
