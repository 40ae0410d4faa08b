/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenguest: memory of a guest on ARM, where things are in it, and how it
 * starts.
 *
 * Source: xenguest.h; interface.md 2.1-2.4, 6.1; public/arch-arm.h; Linux,
 *         Documentation/arm/booting.rst. Layer: tools, library.
 */
#include <sys/mman.h>

#include <xenforeignmemory.h>

#include "../handle.h"
#include "private.h"

/* Reset value of SCTLR: MMU and caches off. */
#define SCTLR_GUEST_INIT 0x00c50078u
#define PSR_THUMB        (1u << 5)

static const uint64_t bank_base[] = GUEST_RAM_BANK_BASES;
static const uint64_t bank_size[] = GUEST_RAM_BANK_SIZES;

/* --- the domain ---------------------------------------------------------- */

int xc_dom_boot_xen_init(struct xc_dom_image *dom, xc_interface *xch,
                         uint32_t domid)
{
    int version = xc_version(xch, XENVER_version, NULL);

    dom->xch = xch;
    dom->guest_domid = domid;
    if (version < 0 || xc_version(xch, XENVER_capabilities, dom->xen_caps) < 0)
        return dom_fail(dom, XC_INTERNAL_ERROR, "asking for the version");
    dom->xen_version = version;
    if (!strstr(dom->xen_caps, "xen-3.0-armv7l")) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM,
                        "this hypervisor runs only '%s' guests", dom->xen_caps);
    }
    return 0;
}

int xc_dom_rambase_init(struct xc_dom_image *dom, uint64_t rambase)
{
    if (rambase != GUEST_RAM0_BASE) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM, "RAM at 0x%llx, not 0x%llx",
                        (unsigned long long)rambase,
                        (unsigned long long)GUEST_RAM0_BASE);
    }
    dom->rambase_pfn = rambase >> XC_PAGE_SHIFT;
    dom->pfn_alloc_end = dom->rambase_pfn;
    return 0;
}

int xc_dom_mem_init(struct xc_dom_image *dom, unsigned int mem_mb)
{
    xen_pfn_t left = (xen_pfn_t)mem_mb << (20 - XC_PAGE_SHIFT);

    dom->total_pages = dom->target_pages = left;
    for (unsigned i = 0; i < GUEST_RAM_BANKS; i++) {
        xen_pfn_t room = bank_size[i] >> XC_PAGE_SHIFT;

        dom->rambank_size[i] = left < room ? left : room;
        left -= dom->rambank_size[i];
    }
    if (!mem_mb || left) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM, "%u MiB of memory", mem_mb);
    }
    return 0;
}

/* --- memory -------------------------------------------------------------- */

/* Sizes of the extents that are asked for, largest first: 1 GiB, 2 MiB. */
static const unsigned orders[] = { 18, 9, 0 };
#define NR_ORDERS ARRAY_SIZE(orders)
/* Extents for one call. */
#define BATCH 512u

/*
 * How many extents of orders[k] come next at @pfn, up to where a larger
 * one (of those from @largest on) could begin.
 */
static xen_pfn_t extents_at(xen_pfn_t pfn, xen_pfn_t left, unsigned largest,
                            unsigned k)
{
    xen_pfn_t size = (xen_pfn_t)1 << orders[k];

    if (pfn & (size - 1))
        return 0;
    if (k > largest) {
        xen_pfn_t up = (xen_pfn_t)1 << orders[k - 1];
        xen_pfn_t next = (pfn + up) & ~(up - 1);

        if (left >= up && next - pfn < left && next - pfn < up)
            left = next - pfn;
    }
    left >>= orders[k];
    return left < BATCH ? left : BATCH;
}

static int populate(struct xc_dom_image *dom, xen_pfn_t pfn, xen_pfn_t pages)
{
    xen_pfn_t frames[BATCH], end = pfn + pages;
    unsigned largest = 0;

    while (pfn < end) {
        unsigned k = largest;
        xen_pfn_t nr;
        int got;

        while (!(nr = extents_at(pfn, end - pfn, largest, k)))
            k++;
        for (unsigned i = 0; i < nr; i++)
            frames[i] = pfn + ((xen_pfn_t)i << orders[k]);
        got = xc_domain_populate_physmap(dom->xch, dom->guest_domid,
                                         (unsigned long)nr, orders[k], 0,
                                         frames);
        if (got < 0)
            return -1;
        pfn += (xen_pfn_t)got << orders[k];
        if ((xen_pfn_t)got == nr)
            continue;
        /* Memory is in smaller pieces than that, or there is no more. */
        largest = k + 1;
        if (largest == NR_ORDERS) {
            errno = ENOMEM;
            return dom_fail(dom, XC_OUT_OF_MEMORY,
                            "%llu pages are missing: the host has no more, or "
                            "the domain's limit is lower",
                            (unsigned long long)(end - pfn));
        }
    }
    return 0;
}

static int populate_ram(struct xc_dom_image *dom)
{
    for (unsigned i = 0; i < GUEST_RAM_BANKS; i++) {
        if (populate(dom, bank_base[i] >> XC_PAGE_SHIFT, dom->rambank_size[i]))
            return -1;
    }
    return 0;
}

static int magic_pages(struct xc_dom_image *dom)
{
    xen_pfn_t base = GUEST_MAGIC_BASE >> XC_PAGE_SHIFT;
    xen_pfn_t frames[NR_GUEST_MAGIC_PAGES];

    for (unsigned i = 0; i < NR_GUEST_MAGIC_PAGES; i++)
        frames[i] = base + i;
    if (xc_domain_populate_physmap_exact(dom->xch, dom->guest_domid,
                                         NR_GUEST_MAGIC_PAGES, 0, 0, frames) ||
        xc_clear_domain_pages(dom->xch, dom->guest_domid, (unsigned long)base,
                              NR_GUEST_MAGIC_PAGES))
        return dom_fail(dom, XC_OUT_OF_MEMORY, "pages of console and store");
    dom->console_pfn = base + GUEST_MAGIC_CONSOLE;
    dom->xenstore_pfn = base + GUEST_MAGIC_XENSTORE;
    dom->vuart_gfn = base + GUEST_MAGIC_VUART;
    return 0;
}

/* --- places -------------------------------------------------------------- */

/*
 * Modules and the tree go above the first 128 MiB, which a kernel that
 * unpacks itself may write to (booting.rst), or in a smaller guest to the
 * end of its first bank; the tree is the last of them.
 */
static int place(struct xc_dom_image *dom)
{
    uint64_t base = GUEST_RAM0_BASE;
    uint64_t end = base + (dom->rambank_size[0] << XC_PAGE_SHIFT);
    uint64_t kernel_end = PAGE_UP(dom->kernel_seg.vend) << XC_PAGE_SHIFT;
    uint64_t size = PAGE_UP(dom->devicetree_size) << XC_PAGE_SHIFT;
    uint64_t at = base + (128u << 20);

    for (unsigned i = 0; i < dom->num_modules; i++)
        size += PAGE_UP((uint64_t)dom->modules[i].size) << XC_PAGE_SHIFT;
    if (at < kernel_end || at + size > end)
        at = end - size;
    if (dom->kernel_seg.vstart < base || kernel_end > end || size > end ||
        at < kernel_end) {
        errno = ENOSPC;
        return dom_fail(dom, XC_INVALID_PARAM,
                        "kernel up to 0x%llx and %llu KiB of modules do not "
                        "fit below 0x%llx: give it more memory",
                        (unsigned long long)kernel_end,
                        (unsigned long long)size >> 10,
                        (unsigned long long)end);
    }
    for (unsigned i = 0; i < dom->num_modules; i++) {
        dom_segment(&dom->modules[i].seg, at, dom->modules[i].size);
        at += dom->modules[i].seg.pages << XC_PAGE_SHIFT;
    }
    if (dom->num_modules) {
        dom->initrd_start = dom->modules[0].seg.vstart;
        dom->initrd_len = dom->modules[0].size;
    }
    dom_segment(&dom->devicetree_seg, at, dom->devicetree_size);
    dom->pfn_alloc_end = dom->devicetree_seg.pfn + dom->devicetree_seg.pages;
    xc_dom_printf(dom->xch, "initrd at 0x%llx, device tree at 0x%llx",
                  (unsigned long long)dom->initrd_start,
                  (unsigned long long)at);
    return 0;
}

int xc_dom_boot_mem_init(struct xc_dom_image *dom)
{
    struct xen_domctl width = { .cmd = XEN_DOMCTL_set_address_size,
                                .domain = (domid_t)dom->guest_domid };

    if (!dom->kernel_loader || !dom->total_pages) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM,
                        "no kernel was parsed, or no memory size was set");
    }
    width.u.address_size.size = 32;
    if (xc_domctl(dom->xch, &width))
        return dom_fail(dom, XC_INTERNAL_ERROR, "set_address_size of domain %u",
                        dom->guest_domid);
    if (!dom->devicetree_blob && xc_dom_devicetree_make(dom, NULL))
        return -1;
    if (place(dom))
        return -1;
    if (dom->devicetree_made && dom_devicetree_finish(dom))
        return -1;
    if (populate_ram(dom))
        return -1;
    return magic_pages(dom);
}

/* --- content ------------------------------------------------------------- */

static int copy(struct xc_dom_image *dom, struct xc_dom_seg *seg,
                const void *blob, size_t size)
{
    char *to = xc_dom_seg_to_ptr(dom, seg);

    if (!to)
        return dom_fail(dom, XC_INTERNAL_ERROR, "mapping the guest's memory");
    memcpy(to, blob, size);
    return 0;
}

int xc_dom_build_image(struct xc_dom_image *dom)
{
    char *to = xc_dom_seg_to_ptr(dom, &dom->kernel_seg);

    if (!to)
        return dom_fail(dom, XC_INTERNAL_ERROR, "mapping the guest's memory");
    dom->kernel_loader->load(dom, to);
    for (unsigned i = 0; i < dom->num_modules; i++) {
        struct xc_dom_module *m = &dom->modules[i];

        if (copy(dom, &m->seg, m->blob, m->size))
            return -1;
    }
    return copy(dom, &dom->devicetree_seg, dom->devicetree_blob,
                dom->devicetree_size);
}

/* --- start --------------------------------------------------------------- */

static int parameters(struct xc_dom_image *dom)
{
    const struct {
        uint32_t index;
        uint64_t value;
    } params[] = {
        { HVM_PARAM_CALLBACK_IRQ,
          (uint64_t)HVM_PARAM_CALLBACK_TYPE_PPI << 56 |
              HVM_PARAM_CALLBACK_TYPE_PPI_FLAG_LOW_LEVEL << 8 |
              GUEST_EVTCHN_PPI },
        { HVM_PARAM_CONSOLE_PFN, dom->console_pfn },
        { HVM_PARAM_STORE_PFN, dom->xenstore_pfn },
        { HVM_PARAM_MONITOR_RING_PFN,
          (GUEST_MAGIC_BASE >> XC_PAGE_SHIFT) + GUEST_MAGIC_MEMACCESS },
        { HVM_PARAM_CONSOLE_EVTCHN, dom->console_evtchn },
        { HVM_PARAM_STORE_EVTCHN, dom->xenstore_evtchn },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(params); i++) {
        if (xc_hvm_param_set(dom->xch, dom->guest_domid, params[i].index,
                             params[i].value))
            return -1;
    }
    return 0;
}

/* r0 0, r1 ~0 (no machine type), r2 the tree: booting.rst. */
static int start_context(struct xc_dom_image *dom)
{
    vcpu_guest_context_any_t ctxt;
    bool thumb = dom->kernel_entry & 1;

    memset(&ctxt, 0, sizeof(ctxt));
    ctxt.c.flags = VGCF_online;
    ctxt.c.user_regs.r1_usr = ~0u;
    ctxt.c.user_regs.r2_usr = (uint32_t)dom->devicetree_seg.vstart;
    ctxt.c.user_regs.pc32 = (uint32_t)dom->kernel_entry & ~1u;
    ctxt.c.user_regs.cpsr = PSR_GUEST32_INIT | (thumb ? PSR_THUMB : 0);
    ctxt.c.sctlr = SCTLR_GUEST_INIT;
    return xc_vcpu_setcontext(dom->xch, dom->guest_domid, 0, &ctxt);
}

/* The guest starts with its caches off and reads RAM. */
static int leave_cache(struct xc_dom_image *dom, const struct xc_dom_seg *seg)
{
    return xc_domain_cacheflush(dom->xch, dom->guest_domid, seg->pfn,
                                seg->pages);
}

int xc_dom_boot_image(struct xc_dom_image *dom)
{
    xc_dom_unmap_all(dom);
    if (parameters(dom) || start_context(dom) ||
        leave_cache(dom, &dom->kernel_seg) ||
        leave_cache(dom, &dom->devicetree_seg))
        return dom_fail(dom, XC_INTERNAL_ERROR, "the start of domain %u",
                        dom->guest_domid);
    for (unsigned i = 0; i < dom->num_modules; i++) {
        if (leave_cache(dom, &dom->modules[i].seg))
            return dom_fail(dom, XC_INTERNAL_ERROR, "the start of domain %u",
                            dom->guest_domid);
    }
    return 0;
}

/* --- grants of console and store ----------------------------------------- */

static void seed(grant_entry_v1_t *entry, xen_pfn_t gfn, uint32_t domid)
{
    if (gfn == ~(xen_pfn_t)0 || domid == ~0u)
        return;
    entry->frame = (uint32_t)gfn;
    entry->domid = (domid_t)domid;
    xen_wmb();
    entry->flags = GTF_permit_access;
}

int xc_dom_gnttab_seed(xc_interface *xch, uint32_t guest_domid, bool is_hvm,
                       xen_pfn_t console_gfn, xen_pfn_t xenstore_gfn,
                       uint32_t console_domid, uint32_t xenstore_domid)
{
    xenforeignmemory_handle *fmem = xc_interface_fmem_handle(xch);
    xenforeignmemory_resource_handle *fres;
    void *table = NULL;

    (void)is_hvm;
    fres = xenforeignmemory_map_resource(
        fmem, (domid_t)guest_domid, XENMEM_resource_grant_table,
        XENMEM_resource_grant_table_id_shared, 0, 1, &table,
        PROT_READ | PROT_WRITE, 0);
    if (!fres) {
        int keep = errno;

        xc_dom_panic(xch, XC_INTERNAL_ERROR, "the grant table of domain %u",
                     guest_domid);
        errno = keep;
        return -1;
    }
    seed((grant_entry_v1_t *)table + GNTTAB_RESERVED_CONSOLE, console_gfn,
         console_domid);
    seed((grant_entry_v1_t *)table + GNTTAB_RESERVED_XENSTORE, xenstore_gfn,
         xenstore_domid);
    return xenforeignmemory_unmap_resource(fmem, fres);
}

int xc_dom_gnttab_init(struct xc_dom_image *dom)
{
    return xc_dom_gnttab_seed(dom->xch, dom->guest_domid, true,
                              dom->console_pfn, dom->xenstore_pfn,
                              dom->console_domid, dom->xenstore_domid);
}

/* --- all at once --------------------------------------------------------- */

int xc_linux_build(xc_interface *xch, uint32_t domid, unsigned int mem_mb,
                   const char *image_name, const char *ramdisk_name,
                   const char *cmdline, const char *features,
                   unsigned long flags, unsigned int store_evtchn,
                   unsigned long *store_mfn, unsigned int console_evtchn,
                   unsigned long *console_mfn)
{
    struct xc_dom_image *dom = xc_dom_allocate(xch, cmdline, features);
    int rc = -1, keep;

    if (!dom)
        return -1;
    dom->flags = flags;
    dom->xenstore_evtchn = store_evtchn;
    dom->console_evtchn = console_evtchn;
    if (!xc_dom_kernel_file(dom, image_name) &&
        (!ramdisk_name || !xc_dom_module_file(dom, ramdisk_name, NULL)) &&
        !xc_dom_boot_xen_init(dom, xch, domid) &&
        !xc_dom_rambase_init(dom, GUEST_RAM_BASE) && !xc_dom_parse_image(dom) &&
        !xc_dom_mem_init(dom, mem_mb) && !xc_dom_boot_mem_init(dom) &&
        !xc_dom_build_image(dom) && !xc_dom_boot_image(dom) &&
        !xc_dom_gnttab_init(dom)) {
        *store_mfn = (unsigned long)dom->xenstore_pfn;
        *console_mfn = (unsigned long)dom->console_pfn;
        rc = 0;
    }
    keep = errno;
    xc_dom_release(dom);
    errno = keep;
    return rc;
}

/* --- after suspending ---------------------------------------------------- */

int xc_domain_resume(xc_interface *xch, uint32_t domid, int fast)
{
    struct xen_domctl op = { .cmd = XEN_DOMCTL_resumedomain,
                             .domain = (domid_t)domid };

    (void)fast;
    if (!xc_domctl(xch, &op))
        return 0;
    xc_dom_panic(xch, XC_INTERNAL_ERROR, "resumedomain of domain %u", domid);
    return -1;
}
