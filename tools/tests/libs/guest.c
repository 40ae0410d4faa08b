/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxenguest and libxenctrl on guests.
 *
 *     guest                 tiny kernels: built, run, looked at, destroyed
 *     guest linux NAME      Debian's, with console and store, left running;
 *                           prints "domain N"
 *     guest destroy N       and its nodes
 *
 * Source: tools/include/xenguest.h, xenctrl.h.
 * Layer:  test, domain 0's user space.
 */
#include <elf.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libfdt.h>
#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xenguest.h>
#include <xenstore.h>

#include "check.h"

#define MARK_PFN 0x40100ul
#define MARK     0x600dcafeu

/*
 * A kernel: with a device tree at r2 it leaves a mark and turns itself off,
 * without it, resets itself.
 */
__asm__(".section .rodata\n"
        ".arch armv7ve\n"
        ".arm\n"
        ".balign 4\n"
        ".global tiny, tiny_entry, tiny_end\n"
        "tiny: b tiny_entry\n"
        ".space 0x20\n"
        ".word 0x016f2818, 0, tiny_end - tiny\n"
        "tiny_entry:\n"
        "ldr r3, [r2]\n"
        "ldr r4, =0xedfe0dd0\n" /* FDT_MAGIC, big-endian */
        "ldr r5, =0x40100000\n"
        "ldr r6, =0x600dcafe\n"
        "cmp r3, r4\n"
        "streq r6, [r5]\n"
        "streq r2, [r5, #4]\n"
        "ldreq r0, =0x84000008\n" /* PSCI SYSTEM_OFF */
        "ldrne r0, =0x84000009\n" /* PSCI SYSTEM_RESET */
        "hvc #0\n"
        "b .\n"
        ".ltorg\n"
        "tiny_end:\n"
        ".previous\n");
extern const char tiny[], tiny_entry[], tiny_end[];
#define TINY_SIZE ((size_t)(tiny_end - tiny))

static xc_interface *xc;

static int create(uint32_t *dom, unsigned vcpus, unsigned mem_mb)
{
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = vcpus,
        .max_evtchn_port = 1023,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .grant_opts = 1,
        .arch.nr_spis = 1,
    };

    *dom = ~0u;
    if (xc_domain_create(xc, dom, &config) ||
        xc_domain_max_vcpus(xc, *dom, vcpus) ||
        xc_domain_setmaxmem(xc, *dom, (mem_mb << 10) + 1024) ||
        xc_set_paging_mempool_size(xc, *dom, 4ull << 20))
        return -1;
    CHECK(config.arch.gic_version == XEN_DOMCTL_CONFIG_GIC_V2);
    return 0;
}

static bool get(uint32_t dom, xc_dominfo_t *info)
{
    return xc_domain_getinfo(xc, dom, 1, info) == 1 && info->domid == dom;
}

/* Waits until it has stopped; SHUTDOWN_*, or -1. */
static int stopped(uint32_t dom)
{
    xc_dominfo_t info;

    for (int i = 0; i < 300; i++) {
        if (!get(dom, &info))
            return -1;
        if (info.shutdown || info.crashed)
            return (int)info.shutdown_reason;
        usleep(100000);
    }
    return -1;
}

/* All but the kernel. */
static struct xc_dom_image *image(uint32_t dom, unsigned mem_mb)
{
    struct xc_dom_image *d = xc_dom_allocate(xc, "hello=1", NULL);

    NEED(d != NULL);
    NEED(xc_dom_boot_xen_init(d, xc, dom) == 0);
    NEED(xc_dom_rambase_init(d, GUEST_RAM_BASE) == 0);
    NEED(xc_dom_mem_init(d, mem_mb) == 0);
    d->console_evtchn = 7;
    d->xenstore_evtchn = 8;
    return d;
}

static int build(struct xc_dom_image *d)
{
    return xc_dom_parse_image(d) || xc_dom_boot_mem_init(d) ||
                   xc_dom_build_image(d) || xc_dom_boot_image(d) ||
                   xc_dom_gnttab_init(d)
               ? -1
               : 0;
}

static uint32_t *peek(uint32_t dom, xen_pfn_t pfn)
{
    return xenforeignmemory_map(xc_interface_fmem_handle(xc), dom,
                                PROT_READ | PROT_WRITE, 1, &pfn, NULL);
}

/* --- what is built ------------------------------------------------------- */

/* What @d has left in the guest, before it runs. */
static void look(struct xc_dom_image *d)
{
    uint32_t dom = d->guest_domid;
    xenforeignmemory_handle *fmem = xc_interface_fmem_handle(xc);
    vcpu_guest_context_any_t context;
    grant_entry_v1_t *grants = NULL;
    xenforeignmemory_resource_handle *res;
    void *table = NULL;
    uint64_t value;
    size_t size;
    uint32_t *p;

    CHECK(xc_hvm_param_get(xc, dom, HVM_PARAM_CONSOLE_PFN, &value) == 0 &&
          value == 0x39000);
    CHECK(xc_hvm_param_get(xc, dom, HVM_PARAM_STORE_EVTCHN, &value) == 0 &&
          value == 8);
    CHECK_FAILS(xc_hvm_param_get(xc, dom, 5, &value) == -1, EINVAL);
    CHECK(xc_vcpu_getcontext(xc, dom, 0, &context) == 0);
    CHECK(context.c.user_regs.pc32 == d->kernel_entry &&
          context.c.user_regs.r2_usr == d->devicetree_seg.vstart &&
          context.c.user_regs.cpsr == PSR_GUEST32_INIT);
    CHECK_FAILS(xc_vcpu_getcontext(xc, dom, 9, &context) == -1, EINVAL);
    p = peek(dom, d->devicetree_seg.pfn);
    CHECK(p && *p == 0xedfe0dd0);
    CHECK(p && xenforeignmemory_unmap(fmem, p, 1) == 0);
    CHECK_FAILS(peek(dom, 0x100) == NULL, EINVAL);
    res = xenforeignmemory_map_resource(fmem, (domid_t)dom,
                                        XENMEM_resource_grant_table, 0, 0, 1,
                                        &table, PROT_READ | PROT_WRITE, 0);
    NEED(res != NULL);
    grants = table;
    CHECK(grants[0].flags == GTF_permit_access && grants[0].frame == 0x39000 &&
          grants[0].domid == 0);
    CHECK(grants[1].flags == GTF_permit_access && grants[1].frame == 0x39001);
    CHECK(xenforeignmemory_unmap_resource(fmem, res) == 0);
    CHECK(xenforeignmemory_resource_size(
              fmem, (domid_t)dom, XENMEM_resource_grant_table, 0, &size) == 0 &&
          size >= 4096);
    CHECK(xenforeignmemory_map_resource(fmem, (domid_t)dom, 99, 0, 0, 1, &table,
                                        PROT_READ, 0) == NULL);
}

static void vuart(struct xc_dom_image *d)
{
    uint32_t dom = d->guest_domid;
    evtchn_port_t port = 0;

    CHECK_FAILS(xc_dom_vuart_init(xc, 1, dom, 0, d->vuart_gfn, &port) == -1,
                EOPNOTSUPP);
    CHECK(xc_dom_vuart_init(xc, 0, dom, 0, d->vuart_gfn, &port) == 0);
    CHECK(port > 0);
}

/* Runs it to its end; what it found is in its memory. */
static void run(struct xc_dom_image *d, int reason)
{
    uint32_t dom = d->guest_domid;
    xenevtchn_handle *events = xenevtchn_open(NULL, 0);
    uint64_t tree = d->devicetree_seg.vstart;
    xc_dominfo_t info;
    uint32_t *p;
    int port;

    NEED(events != NULL);
    port = xenevtchn_bind_unbound_port(events, 0);
    /* The real Xen tells of suspending only: no event, but no error. */
    CHECK(xc_domain_subscribe_for_suspend(xc, dom, (evtchn_port_t)port) == 0);
    CHECK(get(dom, &info) && info.paused && !info.shutdown);
    CHECK(xc_domain_pause(xc, dom) == 0 && xc_domain_unpause(xc, dom) == 0);
    CHECK(xc_domain_unpause(xc, dom) == 0);
    CHECK(stopped(dom) == reason);
    CHECK_FAILS(xc_domain_unpause(xc, dom) == -1, EINVAL);
    p = peek(dom, MARK_PFN);
    NEED(p != NULL);
    CHECK(p[0] == (reason == SHUTDOWN_poweroff ? MARK : 0));
    CHECK(p[0] != MARK || p[1] == (uint32_t)tree);
    CHECK(xenforeignmemory_unmap(xc_interface_fmem_handle(xc), p, 1) == 0);
    CHECK(xenevtchn_close(events) == 0);
}

/* The store's server and xenconsoled see it dying, and let go of its pages. */
static void gone(uint32_t dom)
{
    xc_dominfo_t info;

    CHECK(xc_domain_destroy(xc, dom) == 0);
    for (int i = 0; i < 50 && get(dom, &info); i++)
        usleep(100000);
    CHECK(!get(dom, &info));
    CHECK_FAILS(xc_domain_pause(xc, dom) == -1, ESRCH);
}

static void zimage(void)
{
    static const char initrd[5000] = "initrd";
    struct xc_dom_image *d;
    evtchn_port_t port;
    uint32_t dom, *p;

    NEED(create(&dom, 2, 32) == 0);
    d = image(dom, 32);
    CHECK(xc_dom_kernel_mem(d, tiny, TINY_SIZE) == 0);
    CHECK(xc_dom_module_mem(d, initrd, sizeof(initrd), NULL) == 0);
    NEED(build(d) == 0);
    CHECK(d->kernel_entry == GUEST_RAM_BASE + 0x8000);
    CHECK(d->devicetree_seg.vend <= GUEST_RAM_BASE + (32u << 20));
    CHECK(d->modules[0].seg.pages == 2);
    p = peek(dom, d->modules[0].seg.pfn);
    CHECK(p && !strcmp((char *)p, "initrd"));
    CHECK(p && munmap(p, 4096) == 0);
    look(d);
    vuart(d);
    run(d, SHUTDOWN_poweroff);
    CHECK_FAILS(xc_dom_vuart_init(xc, 0, dom, 0, d->vuart_gfn, &port) == -1,
                EPERM);
    xc_dom_release(d);
    gone(dom);
}

/* An executable that is linked virtually, and wants to be at 0x40300000. */
static void elf(void)
{
    struct {
        Elf32_Ehdr eh;
        Elf32_Phdr ph;
        char code[256];
    } file = {
        .eh = { .e_type = ET_EXEC,
                .e_machine = EM_ARM,
                .e_version = 1,
                .e_entry = 0xc0000000u + (uint32_t)(tiny_entry - tiny),
                .e_phoff = sizeof(Elf32_Ehdr),
                .e_ehsize = sizeof(Elf32_Ehdr),
                .e_phentsize = sizeof(Elf32_Phdr),
                .e_phnum = 1 },
        .ph = { .p_type = PT_LOAD,
                .p_offset = sizeof(file.eh) + sizeof(file.ph),
                .p_vaddr = 0xc0000000u,
                .p_paddr = 0x40300000u,
                .p_filesz = sizeof(file.code),
                .p_memsz = 0x10000 },
    };
    struct xc_dom_image *d;
    uint32_t dom;

    memcpy(file.eh.e_ident, ELFMAG "\1\1\1", 7);
    memcpy(file.code, tiny, TINY_SIZE);
    NEED(create(&dom, 1, 16) == 0);
    d = image(dom, 16);
    CHECK(xc_dom_kernel_mem(d, &file, sizeof(file)) == 0);
    NEED(build(d) == 0);
    CHECK(d->kernel_entry == 0x40300030 && d->kernel_seg.pages == 16);
    run(d, SHUTDOWN_poweroff);
    xc_dom_release(d);
    gone(dom);
}

/* A "device tree" that is none: the kernel sees it, and resets. */
static void no_tree(void)
{
    struct xc_dom_image *d;
    uint32_t dom;

    NEED(create(&dom, 1, 16) == 0);
    d = image(dom, 16);
    CHECK(xc_dom_kernel_mem(d, tiny, TINY_SIZE) == 0);
    CHECK(xc_dom_devicetree_mem(d, "no tree", 8) == 0);
    NEED(build(d) == 0);
    run(d, SHUTDOWN_reboot);
    xc_dom_release(d);
    gone(dom);
}

/* --- mistakes ------------------------------------------------------------ */

static void bad_images(uint32_t dom)
{
    struct xc_dom_image *d = image(dom, 16);
    uint32_t cut[16] = { [9] = 0x016f2818, [11] = 4096 };
    Elf32_Ehdr elf = { .e_ident = ELFMAG };

    CHECK_FAILS(xc_dom_parse_image(d) == -1, EINVAL);
    CHECK_FAILS(xc_dom_kernel_mem(d, "", 0) == -1, EINVAL);
    CHECK(xc_dom_kernel_mem(d, "this is text and no kernel", 26) == 0);
    CHECK_FAILS(xc_dom_parse_image(d) == -1, EINVAL);
    CHECK(strstr(xc_get_last_error(xc)->message, "neither a zImage nor") != 0);
    CHECK(xc_get_last_error(xc)->code == XC_INVALID_KERNEL);
    CHECK(xc_dom_kernel_mem(d, cut, sizeof(cut)) == 0);
    CHECK_FAILS(xc_dom_parse_image(d) == -1, EINVAL);
    CHECK(strstr(xc_get_last_error(xc)->message, "cut off") != NULL);
    CHECK(xc_dom_kernel_mem(d, &elf, sizeof(elf)) == 0);
    CHECK_FAILS(xc_dom_parse_image(d) == -1, EINVAL);
    CHECK_FAILS(xc_dom_kernel_file(d, "/none") == -1, ENOENT);
    CHECK(xc_dom_kernel_max_size(d, 10) == 0);
    CHECK_FAILS(xc_dom_kernel_mem(d, tiny, TINY_SIZE) == -1, E2BIG);
    CHECK(xc_dom_kernel_check_size(d, 11) == 1);
    CHECK_FAILS(xc_dom_rambase_init(d, 0) == -1, EINVAL);
    CHECK_FAILS(xc_dom_mem_init(d, 0) == -1, EINVAL);
    CHECK(xc_dom_mem_init(d, 4096) == 0 && d->rambank_size[0] == 0xc0000 &&
          d->rambank_size[1] == 0x40000);
    CHECK_FAILS(xc_dom_mem_init(d, 2u << 20) == -1, EINVAL);
    d->total_pages = 0;
    CHECK_FAILS(xc_dom_boot_mem_init(d) == -1, EINVAL);
    xc_dom_release(d);
}

/* What a host has described of a device that the guest gets. */
static void part_make(void *blob, int size)
{
    int err = fdt_create(blob, size) | fdt_finish_reservemap(blob) |
              fdt_begin_node(blob, "") | fdt_begin_node(blob, "aliases") |
              fdt_property_string(blob, "uart9", "/passthrough/u@1") |
              fdt_end_node(blob) | fdt_begin_node(blob, "passthrough") |
              fdt_property_u32(blob, "#address-cells", 2) |
              fdt_begin_node(blob, "u@1") |
              fdt_property_string(blob, "compatible", "ns16550a") |
              fdt_begin_node(blob, "below") | fdt_end_node(blob) |
              fdt_end_node(blob) | fdt_begin_node(blob, "v@2") |
              fdt_end_node(blob) | fdt_end_node(blob) |
              fdt_begin_node(blob, "other") | fdt_end_node(blob) |
              fdt_end_node(blob) | fdt_finish(blob);

    NEED(err == 0);
}

/* The first cell of a property, or ~0. */
static uint32_t cell(const void *tree, const char *path, const char *name)
{
    int len;
    const fdt32_t *prop = fdt_getprop(tree, fdt_path_offset(tree, path), name,
                                      &len);

    return prop && len >= 4 ? fdt32_to_cpu(*prop) : ~0u;
}

static bool has(const void *tree, const char *path)
{
    return fdt_path_offset(tree, path) > 0;
}

static void trees(uint32_t dom)
{
    static char part[1024] __attribute__((__aligned__(8)));
    struct xc_dom_devicetree with = { .partial = "not a tree",
                                      .partial_size = 10 };
    struct xc_dom_image *d = image(dom, 16);
    const void *tree;

    CHECK_FAILS(xc_dom_devicetree_make(d, &with) == -1, EINVAL);
    CHECK(xc_dom_devicetree_make(d, NULL) == 0);
    tree = d->devicetree_blob;
    CHECK(d->devicetree_size > 500 && d->devicetree_size < 4096);
    CHECK(fdt_check_full(tree, d->devicetree_size) == 0);
    CHECK(has(tree, "/cpus/cpu@0") && !has(tree, "/cpus/cpu@1"));
    CHECK(!has(tree, "/sbsa-uart@22000000") && !has(tree, "/passthrough"));
    CHECK(cell(tree, "/timer", "clock-frequency") == ~0u);

    part_make(part, sizeof(part));
    with = (struct xc_dom_devicetree){ true, 6144000, part,
                                       fdt_totalsize(part) };
    d->max_vcpus = 2;
    CHECK(xc_dom_devicetree_make(d, &with) == 0);
    tree = d->devicetree_blob;
    CHECK(fdt_check_full(tree, d->devicetree_size) == 0);
    CHECK(has(tree, "/cpus/cpu@1") && has(tree, "/sbsa-uart@22000000"));
    CHECK(cell(tree, "/timer", "clock-frequency") == 6144000);
    CHECK(cell(tree, "/hypervisor", "interrupts") == 1);
    CHECK(cell(tree, "/psci", "cpu_on") == 2);
    CHECK(has(tree, "/passthrough/u@1/below") && !has(tree, "/other"));
    CHECK(has(tree, "/passthrough/v@2"));
    CHECK(fdt_path_offset(tree, "uart9") > 0);
    xc_dom_release(d);
}

static void no_room(uint32_t dom)
{
    static char large[20u << 20];
    struct xc_dom_image *d = image(dom, 16);

    CHECK(xc_dom_kernel_mem(d, tiny, TINY_SIZE) == 0);
    CHECK(xc_dom_module_mem(d, large, sizeof(large), NULL) == 0);
    CHECK(xc_dom_parse_image(d) == 0);
    CHECK_FAILS(xc_dom_boot_mem_init(d) == -1, ENOSPC);
    xc_dom_release(d);

    /* The domain's limit is 17 MiB. */
    d = image(dom, 64);
    CHECK(xc_dom_kernel_mem(d, tiny, TINY_SIZE) == 0);
    CHECK(xc_dom_parse_image(d) == 0);
    CHECK_FAILS(xc_dom_boot_mem_init(d) == -1, ENOMEM);
    CHECK(xc_get_tot_pages(xc, dom) == 17 * 256);
    xc_dom_release(d);
}

static void mistakes(void)
{
    uint32_t dom;

    NEED(create(&dom, 1, 16) == 0);
    bad_images(dom);
    trees(dom);
    no_room(dom);
    gone(dom);
}

/* --- calls on a domain that does not run --------------------------------- */

static void memory(uint32_t dom)
{
    xen_pfn_t frames[4] = { 0x40000, 0x40001, 0x40002, 0x40003 }, top;
    uint64_t pool;
    uint32_t *p;
    char page[4096] = "copied";

    CHECK(xc_domain_populate_physmap_exact(xc, dom, 4, 0, 0, frames) == 0);
    CHECK(xc_get_tot_pages(xc, dom) == 4);
    CHECK(xc_domain_maximum_gpfn(xc, dom, &top) == 0 && top == 0x40003);
    CHECK(xc_domain_nr_gpfns(xc, dom, &top) == 0 && top == 0x40004);
    CHECK(xc_copy_to_domain_page(xc, dom, 0x40002, page) == 0);
    p = peek(dom, 0x40002);
    CHECK(p && !strcmp((char *)p, "copied"));
    CHECK(xc_clear_domain_pages(xc, dom, 0x40001, 2) == 0);
    CHECK(p && !*(char *)p);
    CHECK(p && munmap(p, 4096) == 0);
    CHECK(xc_domain_cacheflush(xc, dom, 0x40000, 4) == 0);
    CHECK(xc_domain_decrease_reservation_exact(xc, dom, 2, 0, frames) == 0);
    CHECK(xc_get_tot_pages(xc, dom) == 2);
    CHECK_FAILS(xc_domain_decrease_reservation_exact(xc, dom, 2, 0, frames) ==
                    -1,
                EINVAL);
    CHECK_FAILS(xc_domain_remove_from_physmap(xc, dom, 0x40000) == -1, ENOENT);
    CHECK(xc_domain_populate_physmap(xc, dom, 1, 20, 0, frames) == 0);
    CHECK(xc_get_paging_mempool_size(xc, dom, &pool) == 0 && pool == 4 << 20);
    CHECK_FAILS(xc_set_paging_mempool_size(xc, dom, 4097) == -1, EINVAL);
}

/* Frames of QEMU's PCI window, in more than one call of the hypervisor. */
#define WINDOW 0x10000ul
#define FRAMES 100ul

static void devices(uint32_t dom)
{
    xen_pfn_t top;

    CHECK_FAILS(xc_domain_memory_mapping(xc, dom, 0x8000, WINDOW, FRAMES,
                                         DPCI_ADD_MAPPING) == -1,
                EPERM);
    CHECK(xc_domain_iomem_permission(xc, dom, WINDOW, FRAMES, 1) == 0);
    CHECK(xc_domain_memory_mapping(xc, dom, 0x50000, WINDOW, FRAMES,
                                   DPCI_ADD_MAPPING) == 0);
    CHECK(xc_domain_maximum_gpfn(xc, dom, &top) == 0 &&
          top == 0x50000 + FRAMES - 1);
    CHECK(xc_domain_memory_mapping(xc, dom, 0x50000, WINDOW, FRAMES,
                                   DPCI_REMOVE_MAPPING) == 0);
    /* All or none: the last one is not allowed. */
    CHECK_FAILS(xc_domain_memory_mapping(xc, dom, 0x50000, WINDOW, FRAMES + 1,
                                         DPCI_ADD_MAPPING) == -1,
                EPERM);
    CHECK_FAILS(xc_domain_remove_from_physmap(xc, dom, 0x50000) == -1, ENOENT);
    CHECK(xc_domain_iomem_permission(xc, dom, WINDOW, FRAMES, 0) == 0);
    CHECK_FAILS(xc_domain_bind_pt_spi_irq(xc, dom, 40, 41) == -1, EINVAL);
}

static void ports(uint32_t dom)
{
    xc_evtchn_status_t status = { .dom = (domid_t)dom };
    int port = xc_evtchn_alloc_unbound(xc, dom, 0);

    CHECK(port == 1 && xc_evtchn_alloc_unbound(xc, dom, 0) == 2);
    status.port = 2;
    CHECK(xc_evtchn_status(xc, &status) == 0);
    CHECK(status.status == EVTCHNSTAT_unbound && status.u.unbound.dom == 0);
    CHECK(xc_evtchn_reset(xc, dom) == 0);
    CHECK(xc_evtchn_status(xc, &status) == 0 &&
          status.status == EVTCHNSTAT_closed);
}

/* A global VIRQ goes to this domain and comes back. Only ours can be asked. */
static void virq_handler(uint32_t dom)
{
    uint32_t id = 0;

    CHECK(xc_domain_set_virq_handler(xc, dom, VIRQ_TBUF) == 0);
    if (xc_domain_get_virq_handler(xc, &id, VIRQ_TBUF))
        CHECK(errno == ENOSYS);
    else
        CHECK(id == dom);
    CHECK(xc_domain_set_virq_handler(xc, 0, VIRQ_TBUF) == 0);
    CHECK(xc_domain_get_virq_handler(xc, &id, VIRQ_TBUF) == -1 || id == 0);
}

static void settings(uint32_t dom)
{
    xen_domain_handle_t handle = { 1, 2, 3, 4 };
    uint8_t one = 1, two = 2, soft = 0, node = 1;
    struct gnttab_query_size query = { .dom = (domid_t)dom };
    xc_vcpuinfo_t vcpu;
    xc_dominfo_t info;

    CHECK(xc_domain_sethandle(xc, dom, handle) == 0);
    CHECK(get(dom, &info) && !memcmp(info.handle, handle, sizeof(handle)));
    CHECK(info.max_memkb == 17 * 1024 && info.max_vcpu_id == 1);
    CHECK(xc_vcpu_setaffinity(xc, dom, 1, &two, NULL, 1) == 0 && two == 2);
    CHECK(xc_vcpu_getaffinity(xc, dom, 1, &one, &soft, 3) == 0 && one == 2);
    CHECK_FAILS(xc_vcpu_setaffinity(xc, dom, 1, NULL, NULL, 1) == -1, EINVAL);
    CHECK(xc_domain_node_setaffinity(xc, dom, &node) == 0);
    CHECK(xc_vcpu_getinfo(xc, dom, 1, &vcpu) == 0 && !vcpu.online);
    CHECK(xc_domain_set_time_offset(xc, dom, 3600) == 0);
    CHECK(xc_gnttab_query_size(xc, &query) == 0 && query.max_nr_frames >= 4);
    CHECK(xc_gnttab_get_version(xc, dom) == 1);
    virq_handler(dom);
    CHECK(xc_domain_shutdown(xc, dom, SHUTDOWN_crash) == 0);
    CHECK(stopped(dom) == SHUTDOWN_crash);
    CHECK(get(dom, &info) && info.crashed && !info.shutdown);
    CHECK(xc_domain_resume(xc, dom, 1) == 0);
    CHECK(get(dom, &info) && !info.crashed);
}

/* Xen 4.17 has it not, and sees a version that is not its own. */
static void state(uint32_t dom)
{
    struct xen_domctl_get_domain_state state;
    uint32_t id = dom;

    if (xc_domain_get_state(xc, &id, &state)) {
        CHECK(errno == EACCES);
        return;
    }
    CHECK(id == dom && state.state == XEN_DOMCTL_GETDOMSTATE_STATE_EXIST);
    CHECK(state.unique_id != 0);
    id = 99;
    CHECK_FAILS(xc_domain_get_state(xc, &id, &state) == -1, ESRCH);
    id = DOMID_INVALID;
    CHECK(xc_domain_get_state(xc, &id, &state) == 0 || errno == ENOENT);
}

static void calls(void)
{
    uint32_t dom;

    NEED(create(&dom, 2, 16) == 0);
    memory(dom);
    devices(dom);
    ports(dom);
    settings(dom);
    state(dom);
    gone(dom);
}

/* --- Debian's kernel ----------------------------------------------------- */

static struct xs_handle *xs;

static void put(uint32_t dom, const char *path, const char *value)
{
    struct xs_permissions owner = { dom, XS_PERM_NONE };
    char whole[128];

    snprintf(whole, sizeof(whole), "/local/domain/%u%s", dom, path);
    CHECK(xs_write(xs, XBT_NULL, whole, value, (unsigned)strlen(value)));
    CHECK(xs_set_permissions(xs, XBT_NULL, whole, &owner, 1));
}

static int linux_guest(const char *name)
{
    unsigned long store, console;
    int store_port, console_port;
    char text[32];
    uint32_t dom;

    xs = xs_open(0);
    NEED(xs != NULL);
    NEED(create(&dom, 2, 96) == 0);
    store_port = xc_evtchn_alloc_unbound(xc, dom, 0);
    console_port = xc_evtchn_alloc_unbound(xc, dom, 0);
    NEED(xc_linux_build(xc, dom, 96, "/guest/vmlinuz", "/guest/initrd.gz",
                        "console=hvc0 rdinit=/init test=shell", NULL, 0,
                        (unsigned)store_port, &store, (unsigned)console_port,
                        &console) == 0);
    CHECK(store == 0x39001 && console == 0x39000);
    put(dom, "", "");
    put(dom, "/name", name);
    put(dom, "/control", "");
    put(dom, "/device", "");
    put(dom, "/console/limit", "1048576");
    put(dom, "/console/type", "xenconsoled");
    put(dom, "/console/output", "pty");
    put(dom, "/console/tty", "");
    snprintf(text, sizeof(text), "%lu", console);
    put(dom, "/console/ring-ref", text);
    snprintf(text, sizeof(text), "%d", console_port);
    put(dom, "/console/port", text);
    CHECK(xs_introduce_domain(xs, dom, store, (unsigned)store_port));
    CHECK(xs_is_domain_introduced(xs, dom));
    CHECK(xc_domain_unpause(xc, dom) == 0);
    printf("domain %u\n", dom);
    return finish("linux");
}

static int destroy(uint32_t dom)
{
    char path[64];

    xs = xs_open(0);
    NEED(xs != NULL);
    CHECK(xs_is_domain_introduced(xs, dom));
    CHECK(xc_domain_pause(xc, dom) == 0);
    snprintf(path, sizeof(path), "/local/domain/%u", dom);
    CHECK(xs_rm(xs, XBT_NULL, path));
    gone(dom);
    CHECK(!xs_is_domain_introduced(xs, dom) && errno == 0);
    return finish("destroy");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    xc = xc_interface_open(NULL, NULL, 0);
    NEED(xc != NULL);
    if (argc == 3 && !strcmp(argv[1], "linux"))
        return linux_guest(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "destroy"))
        return destroy((uint32_t)atoi(argv[2]));
    zimage();
    elf();
    no_tree();
    mistakes();
    calls();
    CHECK(xc_interface_close(xc) == 0);
    return finish("guest");
}
