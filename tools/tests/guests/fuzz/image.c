/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains that run this same image, which is also given as the initrd: with
 * a small device tree of their own they take it from the beginning.
 *
 * Source: Devicetree Specification v0.3; public/arch-arm.h (where things
 *         are in a built domain); Linux Documentation/arm/booting.rst.
 * Layer:  test guest, first domain.
 */
#include <libfdt.h>

#include <xen/string.h>

#include "../lib/internal.h"
#include "domain.h"
#include "fuzz.h"

#define POOL_BYTES (1u << 20)
#define TREE_BYTES 4096u
#define BATCH      128u

static uint8_t tree[TREE_BYTES] aligned(4096);

/* ---- the image ---- */

static uint32_t initrd_word(const char *name)
{
    int node = fdt_path_offset(machine.fdt, "/chosen"), len = 0;
    const fdt32_t *cell = fdt_getprop(machine.fdt, node, name, &len);

    return cell && len >= 4 ? fdt32_ld(cell + len / 4 - 1) : 0;
}

/* Pages up to the end of the image's zeros; the tree is behind them. */
static uint32_t image_pages(void)
{
    return (uint32_t)(guest_end - guest_image + 4095) >> 12;
}

/* ---- the tree ---- */

static void cells(const char *name, const uint32_t *values, uint32_t nr)
{
    fdt32_t words[16];

    for (uint32_t i = 0; i < nr; i++)
        words[i] = cpu_to_fdt32(values[i]);
    fdt_property(tree, name, words, (int)(nr * sizeof(*words)));
}

#define CELLS(name_, ...)                                                      \
    do {                                                                       \
        static const uint32_t values_[] = { __VA_ARGS__ };                     \
        cells(name_, values_, ARRAY_SIZE(values_));                            \
    } while (0)

static void node(const char *name, const char *compatible)
{
    fdt_begin_node(tree, name);
    if (compatible)
        fdt_property_string(tree, "compatible", compatible);
}

static void cpus(unsigned int nr)
{
    static const char *const names[] = { "cpu@0", "cpu@1" };

    node("cpus", NULL);
    CELLS("#address-cells", 1);
    CELLS("#size-cells", 0);
    for (uint32_t i = 0; i < nr && i < ARRAY_SIZE(names); i++) {
        node(names[i], NULL);
        fdt_property_string(tree, "device_type", "cpu");
        cells("reg", &i, 1);
        fdt_end_node(tree);
    }
    fdt_end_node(tree);
}

static bool tree_make(const char *words, unsigned int vcpus, uint32_t pages)
{
    uint32_t memory[] = { 0, DOMU_RAM, 0, pages << 12 };

    if (fdt_create(tree, sizeof(tree)) || fdt_finish_reservemap(tree))
        return false;
    node("", NULL);
    CELLS("#address-cells", 2);
    CELLS("#size-cells", 2);
    node("memory@40000000", NULL);
    fdt_property_string(tree, "device_type", "memory");
    cells("reg", memory, ARRAY_SIZE(memory));
    fdt_end_node(tree);
    node("intc", "arm,cortex-a15-gic");
    CELLS("reg", 0, GUEST_GICD_BASE, 0, 0x1000, 0, GUEST_GICC_BASE, 0, 0x2000);
    fdt_end_node(tree);
    node("timer", "arm,armv7-timer");
    CELLS("interrupts", 1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08);
    fdt_end_node(tree);
    node("psci", "arm,psci-1.0");
    fdt_property_string(tree, "method", "hvc");
    fdt_end_node(tree);
    node("hypervisor", "xen,xen");
    CELLS("reg", 0, GUEST_GNTTAB_BASE, 0, 0x40000);
    CELLS("interrupts", 1, 15, 0xf08);
    fdt_end_node(tree);
    cpus(vcpus);
    node("chosen", NULL);
    fdt_property_string(tree, "bootargs", words);
    fdt_end_node(tree);
    fdt_end_node(tree);
    return fdt_finish(tree) == 0;
}

/* ---- building ---- */

static bool populate(int id, uint32_t pages)
{
    static xen_pfn_t list[BATCH];

    for (uint32_t done = 0; done < pages; done += BATCH) {
        uint32_t nr = pages - done < BATCH ? pages - done : BATCH;
        struct xen_memory_reservation op = {
            .nr_extents = nr,
            .domid = (domid_t)id,
        };

        for (uint32_t i = 0; i < nr; i++)
            list[i] = (DOMU_RAM >> 12) + done + i;
        set_xen_guest_handle(op.extent_start, list);
        if (plain_op(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &op) !=
            (int32_t)nr)
            return false;
    }
    return true;
}

static bool load(int id, uint32_t gpa, const uint8_t *data, uint32_t len)
{
    for (uint32_t at = 0; at < len; at += 4096) {
        void *page = (void *)domain_page(id, (gpa + at) >> 12);

        if (!page)
            return false;
        memcpy(page, data + at, len - at < 4096 ? len - at : 4096);
        domain_page_drop(page);
    }
    return true;
}

static int start(int id, uint32_t tree_at)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    memset(&context, 0, sizeof(context));
    context.flags = VGCF_online;
    context.user_regs.r2_usr = tree_at;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    return domain_call(&op, XEN_DOMCTL_setvcpucontext, id);
}

static int complete(int id, const char *words, unsigned int vcpus,
                    unsigned int spare)
{
    uint32_t pages = image_pages(), from = initrd_word("linux,initrd-start");
    uint32_t len = initrd_word("linux,initrd-end") - from;
    struct xen_domctl op = { .u.max_vcpus.max = vcpus };
    int rc = domain_call(&op, XEN_DOMCTL_max_vcpus, id);

    op.u.max_mem.max_memkb = (pages + 1 + spare) * 4;
    if (!rc)
        rc = domain_call(&op, XEN_DOMCTL_max_mem, id);
    op.u.paging_mempool.size = POOL_BYTES;
    if (!rc)
        rc = domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, id);
    if (rc)
        return rc;
    if (!from || !tree_make(words, vcpus, pages + 1) ||
        !populate(id, pages + 1) ||
        !load(id, DOMU_RAM, (const uint8_t *)(uintptr_t)from, len) ||
        !load(id, DOMU_RAM + (pages << 12), tree, sizeof(tree)))
        return -ENOMEM;
    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = pages + 1;
    rc = domain_call(&op, XEN_DOMCTL_cacheflush, id);
    return rc ? rc : start(id, DOMU_RAM + (pages << 12));
}

int image_build(int wanted, const char *words, unsigned int vcpus,
                unsigned int spare)
{
    int id = domain_create(wanted, 0, vcpus), rc;

    if (id < 0)
        return id;
    rc = complete(id, words, vcpus, spare);
    if (!rc)
        rc = domain_unpause(id);
    if (!rc)
        return id;
    print("fuzz: domain %d (%s) cannot be built: %d\n", id, words, rc);
    domain_destroy(id);
    return rc;
}

volatile void *image_page(int id, const void *page)
{
    uintptr_t offset = (uintptr_t)page - (uintptr_t)guest_image;

    return domain_page(id, (uint32_t)(DOMU_RAM + offset) >> 12);
}
