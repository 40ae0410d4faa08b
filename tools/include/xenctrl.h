/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenctrl: the control interface of the hypervisor, call by call. For
 * privileged processes in a control domain.
 *
 * Results: 0 (or the number that a call is about), and -1 with errno; calls
 * that return pointers: NULL with errno. Each failure is also told to the
 * handle's logger, in one line that names the call and the domain; but for
 * calls whose failure is an answer ("quiet" below).
 *
 * These may be the errno of each call, and are not repeated:
 *   EPERM    this domain is no control domain
 *   EACCES   the hypervisor is of another version than these libraries
 *   ENOSYS   the hypervisor has no such operation
 *   ESRCH    no such domain (of calls with a domid)
 *   ENOMEM   no memory, here or in the hypervisor
 *
 * Units: sizes in bytes, pages are of 4096 bytes, times in ns, unless the
 * name says otherwise. Frame numbers are the guest's, if not called "mfn".
 *
 * Threads: a handle may be used by several threads at once; only
 *          xc_get_last_error() then tells of any of them.
 * Fork:    the child must not use the handle of its parent.
 *
 * Source: names and signatures as in Xen 4.17; public/domctl.h, sysctl.h,
 *         memory.h. Layer: tools, library.
 */
#ifndef XENCTRL_H
#define XENCTRL_H

#ifndef __XEN_TOOLS__
#define __XEN_TOOLS__ 1
#endif

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/features.h>
#include <xen/grant_table.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#include <xentoollog.h>

#define XC_PAGE_SHIFT 12
#define XC_PAGE_SIZE  (1UL << XC_PAGE_SHIFT)
#define XC_PAGE_MASK  (~(XC_PAGE_SIZE - 1))

#define INVALID_MFN (~0UL)

#define XENCTRL_HAS_XC_INTERFACE 1

/* Order of accesses to rings that are shared with other domains. */
#define xen_barrier() __asm__ volatile("" : : : "memory")
#define xen_mb()      __sync_synchronize()
#define xen_rmb()     __sync_synchronize()
#define xen_wmb()     __sync_synchronize()

struct xencall_handle;
struct xenforeignmemory_handle;

/* --- handles and errors ------------------------------------------------ */

typedef struct xc_interface_core xc_interface;

/* clang-format off */
enum xc_error_code {
    XC_ERROR_NONE = 0,
    XC_INTERNAL_ERROR = 1, /* a call failed; errno has the reason            */
    XC_INVALID_KERNEL = 2, /* the image is none that can be started          */
    XC_INVALID_PARAM = 3,
    XC_OUT_OF_MEMORY = 4
};
typedef enum xc_error_code xc_error_code;

enum xc_open_flags {
    XC_OPENFLAG_DUMMY = 1 << 0,        /* all calls fail with EBADF          */
    XC_OPENFLAG_NON_REENTRANT = 1 << 1 /* accepted, not needed               */
};
/* clang-format on */

/*
 * @logger NULL: messages from XTL_PROGRESS on go to stderr.
 * @dombuild_logger: for the details of building a domain; NULL: @logger.
 * Both must live longer than the handle.
 * Errors: EINVAL unknown flag; those of xencall_open().
 */
xc_interface *xc_interface_open(xentoollog_logger *logger,
                                xentoollog_logger *dombuild_logger,
                                unsigned open_flags);
int xc_interface_close(xc_interface *xch);

/* The handles that this one uses; they stay its own. */
struct xencall_handle *xc_interface_xcall_handle(xc_interface *xch);
struct xenforeignmemory_handle *xc_interface_fmem_handle(xc_interface *xch);

#define XC_MAX_ERROR_MSG_LEN 1024
typedef struct xc_error {
    enum xc_error_code code;
    char message[XC_MAX_ERROR_MSG_LEN];
} xc_error;

/* What was told to the logger last, of this handle. Never NULL. */
const xc_error *xc_get_last_error(xc_interface *handle);
void xc_clear_last_error(xc_interface *xch);

/* Static text for an xc_error_code. */
const char *xc_error_code_to_desc(int code);

/* strerror(), in memory of the calling thread. */
const char *xc_strerror(xc_interface *xch, int errcode);

/* --- any operation ----------------------------------------------------- */

/*
 * What no function below does. interface_version is set here, the structure
 * is copied to and fro; memory that it points to must be in buffers of
 * libxencall. Quiet.
 */
int xc_domctl(xc_interface *xch, struct xen_domctl *domctl);
int xc_sysctl(xc_interface *xch, struct xen_sysctl *sysctl);

/* @arg has @len bytes, goes both ways, and must point to buffers too. */
long xc_memory_op(xc_interface *xch, unsigned int cmd, void *arg, size_t len);

/*
 * @cmd XENVER_*: @arg has the size that public/version.h tells for it; of
 * XENVER_build_id, what its len says. Returns what the operation returns.
 * Errors: ENODATA there is no build id, ENOBUFS no room for it. Quiet.
 */
int xc_version(xc_interface *xch, int cmd, void *arg);

/* @count elements of @op_size bytes. Each has its own status. Quiet. */
int xc_gnttab_op(xc_interface *xch, int cmd, void *op, int op_size, int count);

/* --- sets of CPUs and nodes -------------------------------------------- */

/* Bytes, lowest bit first; xc_get_cpumap_size() of them. free() it. */
typedef uint8_t *xc_cpumap_t;
typedef uint8_t *xc_nodemap_t;

/* Highest number there can be, plus 1; the number online. */
int xc_get_max_cpus(xc_interface *xch);
int xc_get_online_cpus(xc_interface *xch);
int xc_get_max_nodes(xc_interface *xch);

/* Bytes of a map. */
int xc_get_cpumap_size(xc_interface *xch);
int xc_get_nodemap_size(xc_interface *xch);

/* All clear. */
xc_cpumap_t xc_cpumap_alloc(xc_interface *xch);
xc_nodemap_t xc_nodemap_alloc(xc_interface *xch);

/* One CPU of a map; test: 0 or 1. */
void xc_cpumap_clearcpu(int cpu, xc_cpumap_t map);
void xc_cpumap_setcpu(int cpu, xc_cpumap_t map);
int xc_cpumap_testcpu(int cpu, xc_cpumap_t map);

/* --- life of a domain -------------------------------------------------- */

/*
 * @pdomid: in, the id wanted, or 0 or ~0: any; out, the id. The new domain
 * is paused, has no vCPUs and may have no memory: xc_domain_max_vcpus(),
 * xc_domain_setmaxmem(). config->arch: out, the GIC and the timer.
 * Errors: EINVAL a flag or number that is not offered (public/domctl.h),
 * EEXIST the id is in use, ENODEV the CPU pool has no CPU.
 */
int xc_domain_create(xc_interface *xch, uint32_t *pdomid,
                     struct xen_domctl_createdomain *config);

/* Exactly as many as it was created for. EINVAL else. */
int xc_domain_max_vcpus(xc_interface *xch, uint32_t domid, unsigned int max);

/*
 * Pauses are counted; returns when no vCPU of it runs. EINVAL: this domain
 * itself, EOVERFLOW: 255 times.
 */
int xc_domain_pause(xc_interface *xch, uint32_t domid);

/* The first one lets a new domain start. EINVAL: it was not paused. */
int xc_domain_unpause(xc_interface *xch, uint32_t domid);

/*
 * Frees all of it; calls until that is done. Pages that other domains have
 * mapped keep the id alive, as dying. EINVAL: this domain itself.
 */
int xc_domain_destroy(xc_interface *xch, uint32_t domid);

/* Stops it as if it had stopped itself, with SHUTDOWN_* as the reason. */
int xc_domain_shutdown(xc_interface *xch, uint32_t domid, int reason);

/*
 * A watchdog of this domain: @id 0 makes one, which returns its id (>= 1);
 * else sets it again. @timeout in seconds, 0: ends it.
 * Errors: EINVAL no such watchdog, ENOSPC there are two already.
 */
int xc_watchdog(xc_interface *xch, uint32_t id, uint32_t timeout);

/* 16 bytes that are kept for the toolstack: its UUID. */
int xc_domain_sethandle(xc_interface *xch, uint32_t domid,
                        xen_domain_handle_t handle);

/* A debugger looks after it: it stops, instead of crashing. */
int xc_domain_setdebugging(xc_interface *xch, uint32_t domid,
                           unsigned int enable);

/* Seconds that its wall clock differs from that of the host. */
int xc_domain_set_time_offset(xc_interface *xch, uint32_t domid,
                              int32_t time_offset_seconds);

/* @domid gets the rights of a device model over @target. */
int xc_domain_set_target(xc_interface *xch, uint32_t domid, uint32_t target);

/* Not offered on ARM: ENOSYS. */
int xc_domain_send_trigger(xc_interface *xch, uint32_t domid, uint32_t trigger,
                           uint32_t vcpu);

/*
 * @domid handles the global VIRQ @virq from now on, instead of domain 0.
 * Errors: EINVAL it is not a global one.
 */
int xc_domain_set_virq_handler(xc_interface *xch, uint32_t domid, int virq);

/*
 * Who handles it: *domid, out. ENOSYS: the hypervisor is not ours. Not in
 * Xen 4.17's libraries. Quiet.
 */
int xc_domain_get_virq_handler(xc_interface *xch, uint32_t *domid, int virq);

/*
 * @port, of this domain and unbound or interdomain, gets an event when
 * @domid suspends; on our hypervisor, when it stops for any reason.
 * Errors: EINVAL not such a port, EBUSY there is one already.
 */
int xc_domain_subscribe_for_suspend(xc_interface *xch, uint32_t domid,
                                    evtchn_port_t port);

/* --- what domains there are -------------------------------------------- */

typedef struct xc_dominfo {
    uint32_t domid;
    uint32_t ssidref;
    /* crashed: shutdown for SHUTDOWN_crash, and shutdown is then 0. */
    unsigned int dying : 1, crashed : 1, shutdown : 1, paused : 1, blocked : 1,
        running : 1, hvm : 1, debugged : 1, xenstore : 1, hap : 1;
    unsigned int shutdown_reason; /* SHUTDOWN_*, if shutdown or crashed */
    unsigned long nr_pages;
    unsigned long nr_outstanding_pages;
    unsigned long nr_shared_pages;
    unsigned long nr_paged_pages;
    unsigned long shared_info_frame;
    uint64_t cpu_time;
    unsigned long max_memkb;
    unsigned int nr_online_vcpus;
    unsigned int max_vcpu_id;
    xen_domain_handle_t handle;
    unsigned int cpupool;
    uint8_t gpaddr_bits;
    struct xen_arch_domainconfig arch_config;
} xc_dominfo_t;

typedef xen_domctl_getdomaininfo_t xc_domaininfo_t;

/*
 * Up to @max_doms domains from @first_domid on, ascending. To ask for one
 * domain, compare the id: it may be the next higher one. Returns how many,
 * or -1 with errno ESRCH for none. Quiet.
 */
int xc_domain_getinfo(xc_interface *xch, uint32_t first_domid,
                      unsigned int max_doms, xc_dominfo_t *info);

/* The same as the hypervisor tells it, and none is 0. */
int xc_domain_getinfolist(xc_interface *xch, uint32_t first_domain,
                          unsigned int max_domains, xc_domaininfo_t *info);

/*
 * State of domain *domid; of DOMID_INVALID: of the next domain whose state
 * has changed since it was asked for this way, and *domid becomes its id.
 * That is for the one who handles VIRQ_DOM_EXC. Not in Xen 4.17's libraries.
 * Errors: ENOENT nothing has changed. Quiet.
 */
int xc_domain_get_state(xc_interface *xch, uint32_t *domid,
                        struct xen_domctl_get_domain_state *state);

/* Bits of a pointer, and how block devices name the ABI: of the guest. */
int xc_domain_get_guest_width(xc_interface *xch, uint32_t domid,
                              unsigned int *guest_width); /* in bytes: 4 */
const char *xc_domain_get_native_protocol(xc_interface *xch, uint32_t domid);

/* --- vCPUs ------------------------------------------------------------- */

typedef union {
    vcpu_guest_context_t c;
} vcpu_guest_context_any_t;

typedef union {
    shared_info_t s;
} shared_info_any_t;

typedef struct xen_domctl_getvcpuinfo xc_vcpuinfo_t;

/*
 * Registers. Set: errors EINVAL (no such vCPU, or a mode that a guest
 * cannot have), @ctxt NULL: as before it was ever set. Get: ENODATA it was
 * never set.
 */
int xc_vcpu_setcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt);
int xc_vcpu_getcontext(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                       vcpu_guest_context_any_t *ctxt);

/* EINVAL more than the domain can have, ESRCH it has not been made. Quiet. */
int xc_vcpu_getinfo(xc_interface *xch, uint32_t domid, uint32_t vcpu,
                    xc_vcpuinfo_t *info);

/* Time that it has run, in ns, or -1. */
long long xc_domain_get_cpu_usage(xc_interface *xch, uint32_t domid, int vcpu);

/*
 * Where a vCPU may run (hard) and had better run (soft). @flags:
 * XEN_VCPUAFFINITY_*, which of the maps are there. Set writes back what
 * came of it: what the CPU pool leaves of the maps.
 * Errors: EINVAL no flag, no such vCPU or nothing left of a hard map.
 */
int xc_vcpu_setaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard_inout,
                        xc_cpumap_t cpumap_soft_inout, uint32_t flags);
int xc_vcpu_getaffinity(xc_interface *xch, uint32_t domid, int vcpu,
                        xc_cpumap_t cpumap_hard, xc_cpumap_t cpumap_soft,
                        uint32_t flags);

/* EINVAL: none of these nodes is there. */
int xc_domain_node_setaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap);
int xc_domain_node_getaffinity(xc_interface *xch, uint32_t domind,
                               xc_nodemap_t nodemap);

/* --- scheduling -------------------------------------------------------- */

/*
 * Of a domain: weight (default 256) and cap (percent of one CPU, 0: none).
 * EINVAL: another scheduler, or out of range (public/domctl.h).
 */
int xc_sched_credit_domain_set(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom);
int xc_sched_credit_domain_get(xc_interface *xch, uint32_t domid,
                               struct xen_domctl_sched_credit *sdom);
int xc_sched_credit2_domain_set(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom);
int xc_sched_credit2_domain_get(xc_interface *xch, uint32_t domid,
                                struct xen_domctl_sched_credit2 *sdom);

/* Of a CPU pool. ESRCH: no such pool; EINVAL as above. */
int xc_sched_credit_params_set(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule);
int xc_sched_credit_params_get(xc_interface *xch, uint32_t cpupool_id,
                               struct xen_sysctl_credit_schedule *schedule);
int xc_sched_credit2_params_set(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule);
int xc_sched_credit2_params_get(xc_interface *xch, uint32_t cpupool_id,
                                struct xen_sysctl_credit2_schedule *schedule);

/* The default scheduler: XEN_SCHEDULER_*. */
int xc_sched_id(xc_interface *xch, int *sched_id);

/* --- CPU pools --------------------------------------------------------- */

#define XC_CPUPOOL_POOLID_ANY 0xFFFFFFFF

typedef struct xc_cpupoolinfo {
    uint32_t cpupool_id;
    uint32_t sched_id;
    uint32_t n_dom;
    xc_cpumap_t cpumap;
} xc_cpupoolinfo_t;

/*
 * *ppoolid: in, the id wanted or XC_CPUPOOL_POOLID_ANY; out, the id.
 * Errors: EEXIST, ENOENT no such scheduler, ENOSPC too many pools.
 */
int xc_cpupool_create(xc_interface *xch, uint32_t *ppoolid, uint32_t sched_id);

/* EBUSY: it has CPUs or domains. ENOENT. */
int xc_cpupool_destroy(xc_interface *xch, uint32_t poolid);

/*
 * The first pool from @poolid on; NULL with errno ENOENT past the last
 * one (quiet). Free it with xc_cpupool_infofree().
 */
xc_cpupoolinfo_t *xc_cpupool_getinfo(xc_interface *xch, uint32_t poolid);
void xc_cpupool_infofree(xc_interface *xch, xc_cpupoolinfo_t *info);

/*
 * @cpu -1: add any free one, remove the last one. remove tries for some
 * seconds while the CPU is in use. Errors: ENODEV the CPU is not free,
 * EADDRNOTAVAIL not in this pool, EBUSY last CPU of a pool with domains,
 * EADDRINUSE something there cannot move, EINVAL.
 */
int xc_cpupool_addcpu(xc_interface *xch, uint32_t poolid, int cpu);
int xc_cpupool_removecpu(xc_interface *xch, uint32_t poolid, int cpu);

/* ENOENT: no such pool, or it has no CPU. */
int xc_cpupool_movedomain(xc_interface *xch, uint32_t poolid, uint32_t domid);

/* CPUs that are in no pool; free() it. */
xc_cpumap_t xc_cpupool_freeinfo(xc_interface *xch);

/* --- memory ------------------------------------------------------------ */

/* KiB that it may have; may be less than it has. */
int xc_domain_setmaxmem(xc_interface *xch, uint32_t domid, uint64_t max_memkb);

/* Bytes for the tables of its memory map; multiple of the page size. */
int xc_get_paging_mempool_size(xc_interface *xch, uint32_t domid,
                               uint64_t *size);
int xc_set_paging_mempool_size(xc_interface *xch, uint32_t domid,
                               uint64_t size);

/*
 * Changes of what is at the frames extent_start[0..nr_extents-1], each of
 * 2^extent_order pages: new memory (populate), none (decrease). increase
 * does nothing on ARM. @mem_flags: XENMEMF_*.
 * Returns how many were done, which may be fewer: the limit is reached, or
 * no memory is free, or the domain is none. The "exact" ones: 0, or -1 with
 * errno ENOMEM (EINVAL: decrease) for fewer.
 */
int xc_domain_increase_reservation(xc_interface *xch, uint32_t domid,
                                   unsigned long nr_extents,
                                   unsigned int extent_order,
                                   unsigned int mem_flags,
                                   xen_pfn_t *extent_start);
int xc_domain_increase_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents,
                                         unsigned int extent_order,
                                         unsigned int mem_flags,
                                         xen_pfn_t *extent_start);
int xc_domain_decrease_reservation(xc_interface *xch, uint32_t domid,
                                   unsigned long nr_extents,
                                   unsigned int extent_order,
                                   xen_pfn_t *extent_start);
int xc_domain_decrease_reservation_exact(xc_interface *xch, uint32_t domid,
                                         unsigned long nr_extents,
                                         unsigned int extent_order,
                                         xen_pfn_t *extent_start);
int xc_domain_populate_physmap(xc_interface *xch, uint32_t domid,
                               unsigned long nr_extents,
                               unsigned int extent_order,
                               unsigned int mem_flags, xen_pfn_t *extent_start);
int xc_domain_populate_physmap_exact(xc_interface *xch, uint32_t domid,
                                     unsigned long nr_extents,
                                     unsigned int extent_order,
                                     unsigned int mem_flags,
                                     xen_pfn_t *extent_start);

/*
 * Puts what @space (XENMAPSPACE_*) and @idx name at @gpfn. EINVAL, EBUSY
 * (it is somewhere else already). Batch: @size of them (1..65535), each
 * with its own errs[] (0 or negative), and the call is 0 also if they fail.
 */
int xc_domain_add_to_physmap(xc_interface *xch, uint32_t domid,
                             unsigned int space, unsigned long idx,
                             xen_pfn_t gpfn);
int xc_domain_add_to_physmap_batch(xc_interface *xch, uint32_t domid,
                                   uint32_t foreign_domid, unsigned int space,
                                   unsigned int size, xen_ulong_t *idxs,
                                   xen_pfn_t *gfpns, int *errs);

/* ENOENT: there is nothing at @gpfn. */
int xc_domain_remove_from_physmap(xc_interface *xch, uint32_t domid,
                                  xen_pfn_t gpfn);

/* Highest frame there is something at; that plus 1. */
int xc_domain_maximum_gpfn(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns);
int xc_domain_nr_gpfns(xc_interface *xch, uint32_t domid, xen_pfn_t *gpfns);

/* Sets pages aside for it, beside those it has; 0 gives them back. */
int xc_domain_claim_pages(xc_interface *xch, uint32_t domid,
                          unsigned long nr_pages);

/* Pages that it has now. */
long xc_get_tot_pages(xc_interface *xch, uint32_t domid);

/* Writes frames of it back to RAM, for when its caches are off. EINVAL. */
int xc_domain_cacheflush(xc_interface *xch, uint32_t domid, xen_pfn_t start_pfn,
                         xen_pfn_t nr_pfns);

/* Through a mapping: a page's content, or @num pages of zeros. */
int xc_copy_to_domain_page(xc_interface *xch, uint32_t domid,
                           unsigned long dst_pfn, const char *src_page);
int xc_clear_domain_pages(xc_interface *xch, uint32_t domid,
                          unsigned long dst_pfn, int num);
static inline int xc_clear_domain_page(xc_interface *xch, uint32_t domid,
                                       unsigned long dst_pfn)
{
    return xc_clear_domain_pages(xch, domid, dst_pfn, 1);
}

/* Of the host: highest frame; bytes free, with addresses of so many bits. */
int xc_maximum_ram_page(xc_interface *xch, unsigned long *max_mfn);
int xc_availheap(xc_interface *xch, int min_width, int max_width, int node,
                 uint64_t *bytes);

/* Pages that sharing saves: always 0. */
long xc_sharing_freed_pages(xc_interface *xch);
long xc_sharing_used_frames(xc_interface *xch);

/* --- devices ----------------------------------------------------------- */

/* Whether it may use registers at these host frames; this interrupt. */
int xc_domain_iomem_permission(xc_interface *xch, uint32_t domid,
                               unsigned long first_mfn, unsigned long nr_mfns,
                               uint8_t allow_access);
int xc_domain_irq_permission(xc_interface *xch, uint32_t domid, uint32_t pirq,
                             bool allow_access);

/*
 * Registers at host frames show at guest frames (DPCI_ADD_MAPPING), or no
 * more (DPCI_REMOVE_MAPPING). EPERM: iomem_permission is missing.
 */
int xc_domain_memory_mapping(xc_interface *xch, uint32_t domid,
                             unsigned long first_gfn, unsigned long first_mfn,
                             unsigned long nr_mfns, uint32_t add_mapping);

/*
 * The host's SPI @spi is the guest's @vspi, which must be the same number
 * (32..1019). EBUSY: somebody has it; EINVAL.
 */
int xc_domain_bind_pt_spi_irq(xc_interface *xch, uint32_t domid, uint16_t vspi,
                              uint16_t spi);
int xc_domain_unbind_pt_spi_irq(xc_interface *xch, uint32_t domid,
                                uint16_t vspi, uint16_t spi);

/*
 * An emulated UART, before the domain first runs. @type 0 (SBSA), @gfn: the
 * page it shares with @console_domid; *evtchn: out, the port of @domid for
 * that to bind to. EPERM: too late, EOPNOTSUPP: no such type.
 */
int xc_dom_vuart_init(xc_interface *xch, uint32_t type, uint32_t domid,
                      uint32_t console_domid, xen_pfn_t gfn,
                      evtchn_port_t *evtchn);

/* --- events, parameters, grants ---------------------------------------- */

/* A port (>= 1), or -1 with errno. */
typedef int xc_evtchn_port_or_error_t;
typedef struct evtchn_status xc_evtchn_status_t;

/*
 * A port of @dom that @remote_dom may bind to. Either may be DOMID_SELF.
 * Errors: ENOSPC no port is free, EINVAL it is dying.
 */
xc_evtchn_port_or_error_t
xc_evtchn_alloc_unbound(xc_interface *xch, uint32_t dom, uint32_t remote_dom);

/* Closes all ports of a paused domain. EINVAL: not paused. */
int xc_evtchn_reset(xc_interface *xch, uint32_t dom);

/* status->dom and port: in. EINVAL: no such port. Quiet. */
int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *status);

/* HVM_PARAM_*; EINVAL for those that ARM has not. Older names: a long. */
int xc_hvm_param_set(xc_interface *handle, uint32_t dom, uint32_t param,
                     uint64_t value);
int xc_hvm_param_get(xc_interface *handle, uint32_t dom, uint32_t param,
                     uint64_t *value);
int xc_set_hvm_param(xc_interface *handle, uint32_t dom, int param,
                     unsigned long value);
int xc_get_hvm_param(xc_interface *handle, uint32_t dom, int param,
                     unsigned long *value);

/* query->dom: in. 0 with a status that tells, as all of these. */
int xc_gnttab_query_size(xc_interface *xch, struct gnttab_query_size *query);

/* 1, or -1. */
int xc_gnttab_get_version(xc_interface *xch, uint32_t domid);

/* --- the host ---------------------------------------------------------- */

typedef struct xen_sysctl_physinfo xc_physinfo_t;
typedef struct xen_sysctl_cputopo xc_cputopo_t;
typedef struct xen_sysctl_numainfo xc_numainfo_t;
typedef struct xen_sysctl_meminfo xc_meminfo_t;
typedef struct xen_sysctl_cpuinfo xc_cpuinfo_t;

typedef uint32_t xc_cpu_to_node_t;
typedef uint32_t xc_cpu_to_socket_t;
typedef uint32_t xc_cpu_to_core_t;
typedef uint64_t xc_node_to_memsize_t;
typedef uint64_t xc_node_to_memfree_t;
typedef uint32_t xc_node_to_node_dist_t;

/* CPUs, memory and what the host can do. */
int xc_physinfo(xc_interface *xch, xc_physinfo_t *info);

/*
 * *max_cpus: in, room in @cputopo; out, CPUs there are, of which no more
 * than the room are told. @cputopo NULL: only the number.
 */
int xc_cputopoinfo(xc_interface *xch, unsigned *max_cpus,
                   xc_cputopo_t *cputopo);

/* The same with nodes; @distance has *max_nodes squared elements. */
int xc_numainfo(xc_interface *xch, unsigned *max_nodes, xc_meminfo_t *meminfo,
                uint32_t *distance);

/* Time that each CPU was idle; *nr_cpus: out. */
int xc_getcpuinfo(xc_interface *xch, int max_cpus, xc_cpuinfo_t *info,
                  int *nr_cpus);

/*
 * Text of the hypervisor's console ring. *pnr_chars: in, room; out, bytes.
 * @clear: drops what is there. @incremental: from *pindex on, which goes on
 * with each call, and 0 bytes is the end of it. @pindex may be NULL.
 */
int xc_readconsolering(xc_interface *xch, char *buffer, unsigned int *pnr_chars,
                       int clear, int incremental, uint32_t *pindex);

/* As if typed on the hypervisor's console. */
int xc_send_debug_keys(xc_interface *xch, const char *keys);

/* --- the trace buffer -------------------------------------------------- */

/*
 * Pages for each CPU, then on. *mfn: out, first frame of its description
 * (public/trace.h), owned by DOMID_XEN; *size: out, bytes of it.
 * A buffer that is there already is used, whatever its size.
 */
int xc_tbuf_enable(xc_interface *xch, unsigned long pages, unsigned long *mfn,
                   unsigned long *size);
int xc_tbuf_disable(xc_interface *xch);
int xc_tbuf_set_size(xc_interface *xch, unsigned long size);
int xc_tbuf_get_size(xc_interface *xch, unsigned long *size);
int xc_tbuf_set_cpu_mask(xc_interface *xch, xc_cpumap_t mask);
int xc_tbuf_set_evt_mask(xc_interface *xch, uint32_t mask);

#endif /* XENCTRL_H */
