/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenguest: makes a domain that was created, with vCPUs and a limit of
 * memory but nothing in it, into one that can be unpaused: memory, kernel,
 * initrd, device tree, the pages of console and store, start context.
 *
 * The order of calls, for one domain (struct xc_dom_image):
 *
 *     dom = xc_dom_allocate(xch, "console=hvc0", NULL);
 *     xc_dom_kernel_file(dom, "vmlinuz");       or _mem
 *     xc_dom_module_file(dom, "initrd", NULL);  or none
 *     xc_dom_boot_xen_init(dom, xch, domid);
 *     xc_dom_rambase_init(dom, GUEST_RAM_BASE);
 *     xc_dom_parse_image(dom);
 *     xc_dom_mem_init(dom, 96);
 *     xc_dom_devicetree_make(dom, &with);       or xc_dom_devicetree_mem,
 *                                               or neither of them
 *     xc_dom_boot_mem_init(dom);
 *     xc_dom_build_image(dom);
 *     xc_dom_boot_image(dom);
 *     xc_dom_gnttab_init(dom);
 *     xc_dom_release(dom);
 *
 * with dom->console_evtchn, console_domid, xenstore_evtchn, xenstore_domid
 * and max_vcpus set somewhere before xc_dom_mem_init. All of them return 0,
 * or -1 with errno and one line to the handle's logger for the building of
 * domains. After a failure only xc_dom_release() is allowed; the domain has
 * what it has, and is to be destroyed.
 *
 * Threads: one at a time for one struct xc_dom_image.
 * Left out of Xen's: guests of x86, saving and restoring, gzip'ed images
 * (a zImage unpacks itself).
 *
 * Source: names and signatures as in Xen 4.17; interface.md 2.1-2.4, 6.1;
 *         Linux, Documentation/arm/booting.rst. Layer: tools, library.
 */
#ifndef XENGUEST_H
#define XENGUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xenctrl.h>

#define XC_NUMA_NO_NODE (~0U)
#define XG_MAX_MODULES  2
#define PRIpfn          PRI_xen_pfn

typedef uint64_t xen_vaddr_t;
typedef uint64_t xen_paddr_t;

/* Where something is in the guest. Virtual addresses are physical ones. */
struct xc_dom_seg {
    xen_vaddr_t vstart;
    xen_vaddr_t vend;
    xen_pfn_t pfn; /* guest frame */
    xen_pfn_t pages;
};

struct xc_dom_module {
    void *blob;
    size_t size;
    void *cmdline; /* not used on ARM */
    struct xc_dom_seg seg;
};

struct xc_dom_mem;
struct xc_dom_phys;
struct xc_dom_loader;

/* clang-format off */
/* A domain that is being made. "in": the caller may set it. */
struct xc_dom_image {
    /* What is loaded; in, through the functions below. */
    void *kernel_blob;
    size_t kernel_size;
    unsigned int num_modules;
    struct xc_dom_module modules[XG_MAX_MODULES]; /* [0]: the initrd       */
    void *devicetree_blob;
    size_t devicetree_size;

    /* Limits; 0: only that of the format. */
    size_t max_kernel_size;
    size_t max_module_size;
    size_t max_devicetree_size;

    char *cmdline;
    const char *guest_type;          /* of the kernel: "xen-3.0-armv7l"    */

    /* Where things are. */
    struct xc_dom_seg kernel_seg;
    struct xc_dom_seg devicetree_seg;
    xen_pfn_t console_pfn;
    xen_pfn_t xenstore_pfn;
    xen_pfn_t vuart_gfn;
    xen_pfn_t pfn_alloc_end;
    uint64_t initrd_start;           /* address, 0: none                   */
    uint64_t initrd_len;

    /* Memory. */
    xen_pfn_t rambase_pfn;
    xen_pfn_t total_pages;
    xen_pfn_t target_pages;
    xen_pfn_t rambank_size[GUEST_RAM_BANKS]; /* pages                      */

    unsigned long flags;

    /* in */
    unsigned int console_evtchn;     /* ports of the guest                 */
    unsigned int xenstore_evtchn;
    uint32_t console_domid;          /* who is at their other ends         */
    uint32_t xenstore_domid;
    unsigned int max_vcpus;          /* 0: as the domain has               */
    int claim_enabled;

    xc_interface *xch;
    uint32_t guest_domid;
    int xen_version;
    xen_capabilities_info_t xen_caps;
    bool device_model;
    enum {
        XC_DOM_PV_CONTAINER,
        XC_DOM_HVM_CONTAINER         /* the only one; set from the start   */
    } container_type;

    /* Private. */
    const struct xc_dom_loader *kernel_loader;
    uint64_t kernel_entry;
    bool devicetree_made;            /* here: to be completed here         */
    struct xc_dom_mem *memblocks;
    struct xc_dom_phys *phys_pages;
};
/* clang-format on */

/* --- begin and end ----------------------------------------------------- */

/*
 * @cmdline: of the kernel, copied; NULL: none. @features is for PV guests.
 * Returns NULL with errno ENOMEM.
 */
struct xc_dom_image *xc_dom_allocate(xc_interface *xch, const char *cmdline,
                                     const char *features);

/* Unmaps and frees all; the domain stays as it is. NULL is allowed. */
void xc_dom_release(struct xc_dom_image *dom);

/* Unmaps the guest's memory, all of it or what begins at @pfn. */
void xc_dom_unmap_one(struct xc_dom_image *dom, xen_pfn_t pfn);
void xc_dom_unmap_all(struct xc_dom_image *dom);

/* --- what to load ------------------------------------------------------ */

/*
 * From a file, which is mapped until the end; or from memory, which must
 * stay as it is until xc_dom_build_image() has returned.
 * Errors: open()'s; EINVAL empty, E2BIG larger than the limit; ENOSPC more
 * than XG_MAX_MODULES.
 */
int xc_dom_kernel_file(struct xc_dom_image *dom, const char *filename);
int xc_dom_kernel_mem(struct xc_dom_image *dom, const void *mem,
                      size_t memsize);
int xc_dom_module_file(struct xc_dom_image *dom, const char *filename,
                       const char *cmdline);
int xc_dom_module_mem(struct xc_dom_image *dom, const void *mem, size_t memsize,
                      const char *cmdline);

/* A whole tree of the caller's own, used as it is: names no initrd. */
int xc_dom_devicetree_file(struct xc_dom_image *dom, const char *filename);
int xc_dom_devicetree_mem(struct xc_dom_image *dom, const void *mem,
                          size_t memsize);

/* Limits in bytes, for what follows. */
int xc_dom_kernel_max_size(struct xc_dom_image *dom, size_t sz);
int xc_dom_module_max_size(struct xc_dom_image *dom, size_t sz);
int xc_dom_devicetree_max_size(struct xc_dom_image *dom, size_t sz);

/* Whether a kernel of @sz bytes is below its limit: 0, or 1. */
int xc_dom_kernel_check_size(struct xc_dom_image *dom, size_t sz);

/*
 * Looks at the kernel: a zImage (Linux), or an ELF file of 32-bit ARM whose
 * segments have physical addresses in the guest's RAM.
 * Errors: EINVAL it is neither, or is cut off.
 */
int xc_dom_parse_image(struct xc_dom_image *dom);

/* --- the domain and its memory ----------------------------------------- */

/* The domain to build. Errors: EINVAL the hypervisor runs no such guests. */
int xc_dom_boot_xen_init(struct xc_dom_image *dom, xc_interface *xch,
                         uint32_t domid);

/* @rambase must be GUEST_RAM_BASE. */
int xc_dom_rambase_init(struct xc_dom_image *dom, uint64_t rambase);

/* MiB of RAM: into bank 0 first. EINVAL: 0, or more than the banks hold. */
int xc_dom_mem_init(struct xc_dom_image *dom, unsigned int mem_mb);

/*
 * Allocates the memory and the magic pages, finds places for all that is
 * loaded, and makes a device tree if there is none.
 * Errors: ENOMEM not so much is free, or the domain's limit is lower;
 * ENOSPC the images do not fit into the guest's first bank.
 */
int xc_dom_boot_mem_init(struct xc_dom_image *dom);

/* What a tree that is made here tells in addition; all 0: nothing. */
struct xc_dom_devicetree {
    bool vuart;               /* the UART of xc_dom_vuart_init() */
    uint32_t clock_frequency; /* Hz, from createdomain; 0: as CNTFRQ */
    /*
     * A blob whose /passthrough and /aliases are taken over, with all that
     * is below them; NULL: none. The phandles in it must be below
     * XC_DOM_PHANDLE_GIC.
     */
    const void *partial;
    size_t partial_size;
};
#define XC_DOM_PHANDLE_GIC 65000u

/*
 * Makes the guest's device tree. Not in Xen's library, where it is a matter
 * of libxl. Errors: EINVAL @what->partial is no tree, ENOSPC more than
 * 1 MiB. @what NULL: all 0.
 */
int xc_dom_devicetree_make(struct xc_dom_image *dom,
                           const struct xc_dom_devicetree *what);

/* Copies kernel, modules and tree to their places. */
int xc_dom_build_image(struct xc_dom_image *dom);

/* Parameters, start context of vCPU 0; the loaded pages leave the cache. */
int xc_dom_boot_image(struct xc_dom_image *dom);

/* Lets console_domid and xenstore_domid map their pages by grants 0 and 1. */
int xc_dom_gnttab_init(struct xc_dom_image *dom);

/* The same for any domain; @is_hvm as dom translated. ~0: leaves that one. */
int xc_dom_gnttab_seed(xc_interface *xch, uint32_t guest_domid, bool is_hvm,
                       xen_pfn_t console_gfn, xen_pfn_t xenstore_gfn,
                       uint32_t console_domid, uint32_t xenstore_domid);

/*
 * All of the above at once. @mem_mb as in xc_dom_mem_init(); ramdisk NULL:
 * none. *store_mfn, *console_mfn: out, frames of the guest.
 */
int xc_linux_build(xc_interface *xch, uint32_t domid, unsigned int mem_mb,
                   const char *image_name, const char *ramdisk_name,
                   const char *cmdline, const char *features,
                   unsigned long flags, unsigned int store_evtchn,
                   unsigned long *store_mfn, unsigned int console_evtchn,
                   unsigned long *console_mfn);

/* --- parts, for those who load something else -------------------------- */

/*
 * @count frames of the guest from @first on, mapped until xc_dom_release()
 * or an unmap; of frames that are mapped already, the same address. @count
 * 0: only those; *count_out: how many. NULL with errno.
 */
void *xc_dom_pfn_to_ptr(struct xc_dom_image *dom, xen_pfn_t first,
                        xen_pfn_t count);
void *xc_dom_pfn_to_ptr_retcount(struct xc_dom_image *dom, xen_pfn_t first,
                                 xen_pfn_t count, xen_pfn_t *count_out);

/* The same, and the caller unmaps it with munmap(). */
void *xc_dom_boot_domU_map(struct xc_dom_image *dom, xen_pfn_t pfn,
                           xen_pfn_t count);

/* Memory that lives until xc_dom_release(). NULL with errno ENOMEM. */
void *xc_dom_malloc(struct xc_dom_image *dom, size_t size);
char *xc_dom_strdup(struct xc_dom_image *dom, const char *str);

/* A file, mapped as long; @max_size 0: any. *size: out. */
void *xc_dom_malloc_filemap(struct xc_dom_image *dom, const char *filename,
                            size_t *size, const size_t max_size);

/* Always true: the guest has a memory map of its own. */
bool xc_dom_translated(const struct xc_dom_image *dom);

static inline void *xc_dom_seg_to_ptr(struct xc_dom_image *dom,
                                      struct xc_dom_seg *seg)
{
    return xc_dom_pfn_to_ptr(dom, seg->pfn, seg->pages);
}

/* --- messages ---------------------------------------------------------- */

/* A detail, to the logger for the building of domains. */
int xc_dom_loginit(xc_interface *xch);
void xc_dom_printf(xc_interface *xch, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* An error, also for xc_get_last_error(). Keeps errno. */
void xc_dom_panic_func(xc_interface *xch, const char *file, int line,
                       xc_error_code err, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
#define xc_dom_panic(xch_, err_, ...)                                          \
    xc_dom_panic_func(xch_, __FILE__, __LINE__, err_, __VA_ARGS__)

/* --- after suspending -------------------------------------------------- */

/*
 * Lets a domain that is shut down run on: the hypercall that stopped it
 * returns 0. @fast is of no effect on ARM. EINVAL: it is not shut down.
 */
int xc_domain_resume(xc_interface *xch, uint32_t domid, int fast);

#endif /* XENGUEST_H */
