/* SPDX-License-Identifier: LGPL-2.1-only */
/*
 * libxenguest: the device tree of a guest.
 *
 * Source: xenguest.h; interface.md 2.3, 2.4 (what guests of Xen find);
 *         public/arch-arm.h (addresses, interrupts); Devicetree
 *         Specification v0.3; Linux, Documentation/devicetree/bindings.
 * Layer:  tools, library.
 */
#include <inttypes.h>

#include <libfdt.h>

#include "private.h"

#define TREE_MAX (1u << 20)

/* Interrupt specifiers of the GIC: kind, number, flags. */
#define GIC_SPI_CELL     0u
#define GIC_PPI_CELL     1u
#define IRQ_HIGH         4u
#define IRQ_LOW_ALL_CPUS 0xf08u /* level, low, bits 15:8: CPUs             */

/* A tree that is being written. */
struct tree {
    void *blob;
    int err; /* first error of libfdt; nothing is written after it */
};

static void begin(struct tree *t, const char *name)
{
    if (!t->err)
        t->err = fdt_begin_node(t->blob, name);
}

static void end(struct tree *t)
{
    if (!t->err)
        t->err = fdt_end_node(t->blob);
}

static void put(struct tree *t, const char *name, const void *data, size_t len)
{
    if (!t->err)
        t->err = fdt_property(t->blob, name, data, (int)len);
}

static void put_string(struct tree *t, const char *name, const char *value)
{
    put(t, name, value, strlen(value) + 1);
}

/* Of several strings, with a NUL between them. */
#define put_strings(t_, name_, value_) put(t_, name_, value_, sizeof(value_))

static void put_u32(struct tree *t, const char *name, uint32_t value)
{
    fdt32_t cell = cpu_to_fdt32(value);

    put(t, name, &cell, sizeof(cell));
}

static void put_u64(struct tree *t, const char *name, uint64_t value)
{
    fdt64_t cells = cpu_to_fdt64(value);

    put(t, name, &cells, sizeof(cells));
}

struct range {
    uint64_t base, size;
};

#define RANGES_MAX 3u

/* Two cells for each number, as the root says. */
static void put_reg(struct tree *t, const struct range *ranges, unsigned nr)
{
    fdt64_t cells[2 * RANGES_MAX];

    for (unsigned i = 0; i < nr; i++) {
        cells[2 * i] = cpu_to_fdt64(ranges[i].base);
        cells[2 * i + 1] = cpu_to_fdt64(ranges[i].size);
    }
    put(t, "reg", cells, nr * 2 * sizeof(cells[0]));
}

struct interrupt {
    uint32_t kind, nr, flags;
};

static void put_interrupts(struct tree *t, const struct interrupt *irqs,
                           unsigned nr)
{
    fdt32_t cells[3 * RANGES_MAX];

    for (unsigned i = 0; i < nr; i++) {
        cells[3 * i] = cpu_to_fdt32(irqs[i].kind);
        cells[3 * i + 1] = cpu_to_fdt32(irqs[i].nr);
        cells[3 * i + 2] = cpu_to_fdt32(irqs[i].flags);
    }
    put_u32(t, "interrupt-parent", XC_DOM_PHANDLE_GIC);
    put(t, "interrupts", cells, nr * 3 * sizeof(cells[0]));
}

static struct interrupt ppi(uint32_t irq)
{
    return (struct interrupt){ GIC_PPI_CELL, irq - 16, IRQ_LOW_ALL_CPUS };
}

/* --- nodes --------------------------------------------------------------- */

static void chosen(struct tree *t, const struct xc_dom_image *dom)
{
    begin(t, "chosen");
    if (dom->cmdline)
        put_string(t, "bootargs", dom->cmdline);
    if (dom->num_modules) {
        /* Filled in by dom_devicetree_finish(). */
        put_u64(t, "linux,initrd-start", 0);
        put_u64(t, "linux,initrd-end", 0);
    }
    end(t);
}

static void cpus(struct tree *t, unsigned nr)
{
    char name[16];

    begin(t, "cpus");
    put_u32(t, "#address-cells", 1);
    put_u32(t, "#size-cells", 0);
    for (unsigned i = 0; i < nr; i++) {
        /* Affinity 0 and 1 of the MPIDR that the hypervisor gives it. */
        uint32_t mpidr = (i & 15) | (i >> 4) << 8;

        snprintf(name, sizeof(name), "cpu@%x", mpidr);
        begin(t, name);
        put_string(t, "device_type", "cpu");
        put_string(t, "compatible", "arm,cortex-a15");
        put_string(t, "enable-method", "psci");
        put_u32(t, "reg", mpidr);
        end(t);
    }
    end(t);

    begin(t, "psci");
    put_strings(t, "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    put_string(t, "method", "hvc");
    put_u32(t, "cpu_off", 1);
    put_u32(t, "cpu_on", 2);
    end(t);
}

static const uint64_t bank_base[] = GUEST_RAM_BANK_BASES;
static const uint64_t bank_limit[] = GUEST_RAM_BANK_SIZES;

static void memory(struct tree *t, const struct xc_dom_image *dom)
{
    char name[32];

    for (unsigned i = 0; i < GUEST_RAM_BANKS; i++) {
        struct range range = { bank_base[i],
                               dom->rambank_size[i] << XC_PAGE_SHIFT };

        if (!range.size)
            continue;
        snprintf(name, sizeof(name), "memory@%" PRIx64, range.base);
        begin(t, name);
        put_string(t, "device_type", "memory");
        put_reg(t, &range, 1);
        end(t);
    }
}

static void gic_and_timer(struct tree *t, uint32_t clock_frequency)
{
    const struct range gic[] = { { GUEST_GICD_BASE, GUEST_GICD_SIZE },
                                 { GUEST_GICC_BASE, GUEST_GICC_SIZE } };
    const struct interrupt timers[] = { ppi(GUEST_TIMER_PHYS_S_PPI),
                                        ppi(GUEST_TIMER_PHYS_NS_PPI),
                                        ppi(GUEST_TIMER_VIRT_PPI) };
    char name[48];

    snprintf(name, sizeof(name), "interrupt-controller@%" PRIx64,
             (uint64_t)GUEST_GICD_BASE);
    begin(t, name);
    put_strings(t, "compatible", "arm,cortex-a15-gic\0arm,cortex-a9-gic");
    put_u32(t, "#interrupt-cells", 3);
    put_u32(t, "#address-cells", 0);
    put(t, "interrupt-controller", NULL, 0);
    put_reg(t, gic, 2);
    put_u32(t, "phandle", XC_DOM_PHANDLE_GIC);
    end(t);

    begin(t, "timer");
    put_string(t, "compatible", "arm,armv7-timer");
    put_interrupts(t, timers, 3);
    if (clock_frequency)
        put_u32(t, "clock-frequency", clock_frequency);
    end(t);
}

/*
 * Where the guest has neither RAM nor anything else, it may map pages of
 * other domains.
 */
static void hypervisor(struct tree *t, const struct xc_dom_image *dom,
                       unsigned address_bits)
{
    struct range ranges[RANGES_MAX] = { { GUEST_GNTTAB_BASE,
                                          GUEST_GNTTAB_SIZE } };
    const struct interrupt evtchn = ppi(GUEST_EVTCHN_PPI);
    const uint64_t two_mib = 2u << 20;
    unsigned nr = 1;

    for (unsigned i = 0; i < GUEST_RAM_BANKS; i++) {
        uint64_t from = bank_base[i] + (dom->rambank_size[i] << XC_PAGE_SHIFT);
        uint64_t to = bank_base[i] + bank_limit[i];

        from = (from + two_mib - 1) & ~(two_mib - 1);
        if (to > 1ull << address_bits)
            to = 1ull << address_bits;
        if (from < to)
            ranges[nr++] = (struct range){ from, to - from };
    }
    begin(t, "hypervisor");
    put_strings(t, "compatible", "xen,xen-4.17\0xen,xen");
    put_reg(t, ranges, nr);
    put_interrupts(t, &evtchn, 1);
    end(t);
}

static void vuart(struct tree *t)
{
    const struct range reg = { GUEST_PL011_BASE, GUEST_PL011_SIZE };
    const struct interrupt irq = { GIC_SPI_CELL, GUEST_VPL011_SPI - 32,
                                   IRQ_HIGH };
    char name[32];

    snprintf(name, sizeof(name), "sbsa-uart@%" PRIx64, reg.base);
    begin(t, name);
    put_string(t, "compatible", "arm,sbsa-uart");
    put_reg(t, &reg, 1);
    put_interrupts(t, &irq, 1);
    put_u32(t, "current-speed", 115200);
    end(t);
}

/* A node of another tree, with all that is below it. */
static void copy_node(struct tree *t, const void *from, int node)
{
    int depth = 0, open = 0;

    for (int at = node; at >= 0 && (at == node || depth > 0);
         at = fdt_next_node(from, at, &depth)) {
        int prop;

        for (; open > depth; open--)
            end(t);
        begin(t, fdt_get_name(from, at, NULL));
        open++;
        fdt_for_each_property_offset(prop, from, at)
        {
            const char *name;
            int len;
            const void *data = fdt_getprop_by_offset(from, prop, &name, &len);

            if (data)
                put(t, name, data, (size_t)len);
        }
    }
    for (; open > 0; open--)
        end(t);
}

static void partial(struct tree *t, const void *from)
{
    static const char *const nodes[] = { "/passthrough", "/aliases" };

    for (unsigned i = 0; i < 2; i++) {
        int node = fdt_path_offset(from, nodes[i]);

        if (node >= 0)
            copy_node(t, from, node);
    }
}

/* --- the whole ----------------------------------------------------------- */

static void write_tree(struct tree *t, const struct xc_dom_image *dom,
                       const struct xc_dom_devicetree *what,
                       const xc_domaininfo_t *info)
{
    unsigned vcpus = dom->max_vcpus ? dom->max_vcpus : info->max_vcpu_id + 1;

    t->err = fdt_create(t->blob, TREE_MAX);
    if (!t->err)
        t->err = fdt_finish_reservemap(t->blob);
    begin(t, "");
    put_string(t, "model", "XENVM-4.17");
    put_strings(t, "compatible", "xen,xenvm-4.17\0xen,xenvm");
    put_u32(t, "interrupt-parent", XC_DOM_PHANDLE_GIC);
    put_u32(t, "#address-cells", 2);
    put_u32(t, "#size-cells", 2);
    chosen(t, dom);
    cpus(t, vcpus);
    memory(t, dom);
    gic_and_timer(t, what->clock_frequency);
    hypervisor(t, dom, info->gpaddr_bits);
    if (what->vuart)
        vuart(t);
    if (what->partial)
        partial(t, what->partial);
    end(t);
    if (!t->err)
        t->err = fdt_finish(t->blob);
}

int xc_dom_devicetree_make(struct xc_dom_image *dom,
                           const struct xc_dom_devicetree *what)
{
    static const struct xc_dom_devicetree nothing;
    struct tree t = { .blob = xc_dom_malloc(dom, TREE_MAX) };
    xc_domaininfo_t info;

    if (!t.blob)
        return -1;
    if (!what)
        what = &nothing;
    if (what->partial && fdt_check_full(what->partial, what->partial_size)) {
        errno = EINVAL;
        return dom_fail(dom, XC_INVALID_PARAM,
                        "the partial device tree is none");
    }
    if (xc_domain_getinfolist(dom->xch, dom->guest_domid, 1, &info) != 1 ||
        info.domain != dom->guest_domid) {
        errno = ESRCH;
        return dom_fail(dom, XC_INTERNAL_ERROR, "there is no domain %u",
                        dom->guest_domid);
    }
    write_tree(&t, dom, what, &info);
    if (t.err) {
        errno = t.err == -FDT_ERR_NOSPACE ? ENOSPC : EINVAL;
        return dom_fail(dom, XC_INTERNAL_ERROR,
                        "the device tree cannot be made (%s)",
                        fdt_strerror(t.err));
    }
    dom->devicetree_blob = t.blob;
    dom->devicetree_size = fdt_totalsize(t.blob);
    dom->devicetree_made = true;
    xc_dom_printf(dom->xch, "device tree of %zu bytes", dom->devicetree_size);
    return 0;
}

int dom_devicetree_finish(struct xc_dom_image *dom)
{
    void *fdt = dom->devicetree_blob;
    int node, rc;

    if (!dom->initrd_start)
        return 0;
    node = fdt_path_offset(fdt, "/chosen");
    rc = node < 0 ? node
                  : fdt_setprop_inplace_u64(fdt, node, "linux,initrd-start",
                                            dom->initrd_start);
    if (!rc)
        rc = fdt_setprop_inplace_u64(fdt, node, "linux,initrd-end",
                                     dom->initrd_start + dom->initrd_len);
    if (!rc)
        return 0;
    errno = EINVAL;
    return dom_fail(dom, XC_INTERNAL_ERROR,
                    "the initrd cannot be put into the device tree, which was "
                    "made before it was loaded (%s)",
                    fdt_strerror(rc));
}
