/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What dom0 gets of a board: its device tree, registers and interrupts, on
 * a board like QEMU's virt and on one like TI's DRA7.
 *
 * Sources: xen/arch/arm/build/dom0_fdt.c xen/arch/arm/build/dom0_map.c
 * Sources: xen/drivers/board.c xen/drivers/board_chosen.c xen/lib/fdt.c
 * Sources: xen/common/core/rangeset.c xen/lib/bitmap.c xen/lib/printf.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/assign.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/hyp_map.h>
#include <xen/page_alloc.h>
#include <xen/platform.h>
#include <xen/time.h>

#include "../../../xen/arch/arm/build/dom0.h"
#include "tree.h"

#define XEN_PA 0x40010000u

/* ---- the functions around ---- */

struct heap_account heap_xen;
struct ram_view ram_view;
uint32_t time_hz = 62500000;
static struct platform plain = { .name = "plain" };
const struct platform *platform = &plain;

static struct board host;
static struct domain dom = { .id = 0, .max_vcpus = 2, .event_ppi = 16 };
static struct dom0 b;
static struct page fdt_page;
static uint64_t fdt_pages[65536] aligned(4096);
static unsigned int lines, nr_mmio;
static struct range mmio[256];
static uint32_t irqs[BITMAP_WORDS(IRQ_MAX)];
static uint32_t owned; /* an interrupt of Xen's, 0: none */

void *heap_alloc(struct heap_account *account, size_t size)
{
    (void)account;
    return calloc(1, size);
}

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    (void)account;
    return calloc(nr, size);
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    free(p);
}

struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    (void)owner;
    assert_true(flags & PA_LOW);
    assert_true((4096ull << order) <= sizeof(fdt_pages));
    return &fdt_page;
}

paddr_t va_to_pa(const void *va)
{
    assert_int_equal((uintptr_t)va, XEN_VIRT_START);
    return XEN_PA;
}

unsigned int gic_lines(void)
{
    return lines;
}

const char *irq_owner_name(unsigned int irq)
{
    return irq == owned ? "console" : NULL;
}

int assign_mmio(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr)
{
    assert_ptr_equal(d, &dom);
    assert_int_equal(gfn.n, mfn.n);
    assert_true(rangeset_contains(&d->iomem_caps, mfn.n, mfn.n + nr - 1));
    mmio[nr_mmio++] = (struct range){ mfn.n, mfn.n + nr - 1 };
    return 0;
}

int assign_irq(struct domain *d, uint32_t irq)
{
    assert_true(rangeset_contains(&d->irq_caps, irq, irq));
    assert_int_not_equal(irq, owned);
    bitmap_set(irqs, irq);
    return 0;
}

static struct mem_range lost; /* a carve-out that dom0 does not have */

bool dom0_carveouts_lost(const struct dom0 *d, struct mem_range r)
{
    assert_ptr_equal(d, &b);
    return r.start == lost.start && r.size == lost.size;
}

/* ---- helpers ---- */

static void begin(const char *uart)
{
    memset(&b, 0, sizeof(b));
    memset(&host, 0, sizeof(host));
    memset(irqs, 0, sizeof(irqs));
    nr_mmio = 0;
    owned = 0;
    memset(&lost, 0, sizeof(lost));
    lines = 288;
    platform = &plain;
    memset(&plain, 0, sizeof(plain));
    plain.name = "plain";
    rangeset_init(&dom.iomem_caps);
    rangeset_init(&dom.irq_caps);
    /* The tree's pages are frame 0 and up. */
    ram_view.table_bias = (uintptr_t)&fdt_page;
    ram_view.direct_bias = (uintptr_t)fdt_pages;

    board_read(&host, tree, 0x48000000, 0);
    host.uart.node = uart ? sure(fdt_path_offset(tree, uart)) : -1;
    host.uart.size = 0x1000;
    b.board = &host;
    b.d = &dom;
    b.bank[0] = (struct mem_range){ 0x50000000, 0x10000000 };
    b.nr_banks = 1;
}

static void finish(const char *cmdline)
{
    dom0_fdt_filter(&b);
    dom0_map_devices(&b);
    dom0_fdt_finish(&b, cmdline);
    assert_int_equal(fdt_check_full(b.fdt, fdt_totalsize(b.fdt)), 0);
    assert_true(fdt_totalsize(b.fdt) <= b.fdt_room);
    rangeset_destroy(&dom.iomem_caps);
    rangeset_destroy(&dom.irq_caps);
}

static bool has(const char *path)
{
    return fdt_path_offset(b.fdt, path) >= 0;
}

static const void *prop(const char *path, const char *name, int *len)
{
    int node = fdt_path_offset(b.fdt, path);

    assert_true(node >= 0);
    return fdt_getprop(b.fdt, node, name, len);
}

static void expect_cells(const char *path, const char *name, unsigned int nr,
                         ...)
{
    int len;
    const fdt32_t *cell = prop(path, name, &len);
    va_list args;

    assert_non_null(cell);
    assert_int_equal(len, nr * 4);
    va_start(args, nr);
    for (unsigned int i = 0; i < nr; i++)
        assert_int_equal(fdt32_ld(cell + i), va_arg(args, unsigned int));
    va_end(args);
}

/* A list of texts is one text with \0 between them. */
#define expect_text(path_, name_, text_)                                       \
    do {                                                                       \
        int len_;                                                              \
        const void *val_ = prop(path_, name_, &len_);                          \
        assert_non_null(val_);                                                 \
        assert_int_equal(len_, sizeof(text_));                                 \
        assert_memory_equal(val_, text_, sizeof(text_));                       \
    } while (0)

static void expect_mmio(unsigned int nr, const struct range *want)
{
    assert_int_equal(nr_mmio, nr);
    for (unsigned int i = 0; i < nr; i++) {
        assert_int_equal(mmio[i].first, want[i].first);
        assert_int_equal(mmio[i].last, want[i].last);
    }
}

/* ---- a board like virt ---- */

static void virt_devices(void)
{
    tree_virt();
    tree_cells("/virtio_mmio@a000000", "reg", 4, 0, 0xa000000, 0, 0x200);
    tree_cells("/virtio_mmio@a000000", "interrupts", 3, 0, 16, 1);
    tree_cells("/virtio_mmio@a000200", "reg", 4, 0, 0xa000200, 0, 0x200);
    tree_cells("/virtio_mmio@a000200", "interrupts", 3, 0, 17, 1);
    tree_text("/virtio_mmio@a000200", "status", "disabled");
    tree_cells("/flash@0", "reg", 8, 0, 0, 0, 0x4000000, 0, 0x4000000, 0,
               0x4000000);
    tree_text("/pmu", "compatible", "arm,cortex-a15-pmu");
    tree_cells("/pmu", "interrupts", 3, 1, 7, 4);
    tree_cells("/watch@c000000", "interrupts", 3, 1, 0, 4);
    tree_cells("/watch@c000000", "reg", 4, 0, 0xc000000, 0, 0x1000);
    tree_cells("/intc@8000000", "#address-cells", 1, 2);
    tree_cells("/intc@8000000", "#size-cells", 1, 2);
    tree_cells("/intc@8000000", "ranges", 0);
    tree_cells("/intc@8000000/v2m@8020000", "reg", 4, 0, 0x8020000, 0, 0x1000);
    tree_text("/hypervisor", "compatible", "xen,xen-4.4\0xen,xen");
    tree_text("/aliases", "serial0", "/pl011@9000000");
    tree_text("/aliases", "disk0", "/virtio_mmio@a000000");
}

static void virt_pci(void)
{
    tree_text("/pcie@10000000", "device_type", "pci");
    tree_cells("/pcie@10000000", "#address-cells", 1, 3);
    tree_cells("/pcie@10000000", "#size-cells", 1, 2);
    tree_cells("/pcie@10000000", "#interrupt-cells", 1, 1);
    tree_cells("/pcie@10000000", "reg", 4, 0, 0x3f000000, 0, 0x1000000);
    tree_cells("/pcie@10000000", "ranges", 14, 0x1000000, 0, 0, 0, 0x3eff0000,
               0, 0x10000, 0x2000000, 0, 0x10000000, 0, 0x10000000, 0,
               0x2eff0000);
    /* Child unit address, interrupt, GIC, its unit address, specifier. */
    tree_cells("/pcie@10000000", "interrupt-map", 20, 0, 0, 0, 1, GIC_PHANDLE,
               0, 0, 0, 3, 4, 0, 0, 0, 2, GIC_PHANDLE, 0, 0, 0, 4, 4);
}

static void what_goes(void **state)
{
    static const char *const gone[] = {
        "/pmu",
        "/watch@c000000",
        "/pl011@9000000",
        "/memory@40000000",
        "/chosen/module@48000000",
        "/chosen/module@4a000000",
        "/intc@8000000/v2m@8020000",
    };

    (void)state;
    virt_devices();
    begin("/pl011@9000000");
    finish("console=hvc0");
    for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
        assert_false(has(gone[i]));
    assert_true(has("/virtio_mmio@a000000"));
    assert_true(has("/virtio_mmio@a000200"));
    assert_null(prop("/aliases", "serial0", NULL));
    expect_text("/aliases", "disk0", "/virtio_mmio@a000000");
    assert_null(prop("/chosen", "stdout-path", NULL));
    assert_null(prop("/intc@8000000", "ranges", NULL));
    assert_null(prop("/intc@8000000", "interrupts", NULL));
}

static void what_is_made(void **state)
{
    (void)state;
    virt_devices();
    tree_cells("/cpus/cpu@1", "phandle", 1, 0x77);
    assert_int_equal(fdt_add_mem_rsv(tree, 0x48000000, 0x10000), 0);
    begin("/pl011@9000000");
    b.bank[1] = (struct mem_range){ 0x68000000, 0x4000000 };
    b.nr_banks = 2;
    b.initrd = (struct mem_range){ 0x4a000000, 0x8000 };
    b.initrd_gpa = 0x58200000;
    finish("console=hvc0 quiet");

    expect_text("/memory@50000000", "device_type", "memory");
    expect_cells("/memory@50000000", "reg", 8, 0, 0x50000000, 0, 0x10000000, 0,
                 0x68000000, 0, 0x4000000);
    expect_text("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2\0arm,psci");
    expect_text("/psci", "method", "hvc");
    expect_cells("/psci", "cpu_on", 1, 2);
    expect_cells("/psci", "cpu_off", 1, 1);
    expect_cells("/cpus/cpu@0", "reg", 1, 0);
    expect_cells("/cpus/cpu@1", "reg", 1, 1);
    expect_text("/cpus/cpu@1", "enable-method", "psci");
    expect_text("/cpus/cpu@1", "compatible", "arm,cortex-a15");
    assert_false(has("/cpus/cpu@2"));
    expect_cells("/cpus/cpu@1", "phandle", 1, 0x77);
    assert_null(prop("/cpus/cpu@0", "phandle", NULL));
    expect_text("/timer", "compatible", "arm,armv7-timer");
    expect_cells("/timer", "interrupts", 9, 1, 13, 0xf08, 1, 14, 0xf08, 1, 11,
                 0xf08);
    expect_cells("/timer", "interrupt-parent", 1, GIC_PHANDLE);
    assert_null(prop("/timer", "clock-frequency", NULL));
    expect_text("/hypervisor", "compatible", "xen,xen-4.17\0xen,xen");
    expect_cells("/hypervisor", "reg", 4, 0, XEN_PA, 0, 0x40000);
    expect_cells("/hypervisor", "interrupts", 3, 1, 0, 0xf08);
    expect_cells("/intc@8000000", "reg", 8, 0, 0x8000000, 0, 0x10000, 0,
                 0x8010000, 0, 0x10000);
    expect_cells("/intc@8000000", "phandle", 1, GIC_PHANDLE);
    expect_text("/chosen", "bootargs", "console=hvc0 quiet");
    expect_cells("/chosen", "linux,initrd-start", 2, 0, 0x58200000);
    expect_cells("/chosen", "linux,initrd-end", 2, 0, 0x58208000);
    assert_int_equal(fdt_num_mem_rsv(b.fdt), 0);
}

static void without_initrd_or_line(void **state)
{
    (void)state;
    virt_devices();
    plain.timer_hz = NULL;
    begin(NULL);
    tree_drop("/chosen", NULL);
    begin(NULL);
    finish(NULL);
    assert_true(has("/chosen"));
    assert_null(prop("/chosen", "bootargs", NULL));
    assert_null(prop("/chosen", "linux,initrd-start", NULL));
    /* Nobody's console: the UART is dom0's. */
    assert_true(has("/pl011@9000000"));
}

static uint32_t some_hz(const char **problem)
{
    (void)problem;
    return 6144000;
}

static void an_unsure_counter_is_told(void **state)
{
    (void)state;
    virt_devices();
    begin(NULL);
    plain.timer_hz = some_hz;
    finish(NULL);
    expect_cells("/timer", "clock-frequency", 1, 62500000);

    tree_cells("/timer", "clock-frequency", 1, 24000000);
    begin(NULL);
    finish(NULL);
    expect_cells("/timer", "clock-frequency", 1, 62500000);
}

static void registers_and_interrupts(void **state)
{
    static const struct range want[] = {
        { 0x0, 0x7fff },      /* flash                                     */
        { 0xa000, 0xa000 },   /* two virtio devices in one page            */
        { 0x10000, 0x3ffff }, /* PCI: window, ports, configuration space   */
    };

    (void)state;
    virt_devices();
    virt_pci();
    /* Names RAM and the GIC: not given. */
    tree_cells("/odd@4f000000", "reg", 8, 0, 0x4f000000, 0, 0x1000, 0,
               0x8040000, 0, 0x1000);
    tree_cells("/huge@0", "reg", 4, 0x100, 0, 0, 0x1000);
    begin("/pl011@9000000");
    host.uart.base = 0x9000000;
    owned = 33;
    finish(NULL);
    expect_mmio(ARRAY_SIZE(want), want);
    assert_int_equal(bitmap_weight(irqs, IRQ_MAX), 4);
    assert_true(bitmap_test(irqs, 48));
    assert_true(bitmap_test(irqs, 49));
    assert_true(bitmap_test(irqs, 35));
    assert_true(bitmap_test(irqs, 36));
}

/* dom0 may give it away, and does not use it. */
static void passed_through(void **state)
{
    static const struct range want[] = {
        { 0x0, 0x7fff }, /* flash                                          */
        { 0xa000, 0xa000 },
    };

    (void)state;
    virt_devices();
    tree_cells("/clock@9010000", "reg", 4, 0, 0x9010000, 0, 0x1000);
    tree_cells("/clock@9010000", "interrupts", 3, 0, 2, 4);
    tree_text("/clock@9010000", "xen,passthrough", "");
    tree_cells("/clock@9010000/part@1000", "reg", 1, 0);
    begin("/pl011@9000000");
    host.uart.base = 0x9000000;
    dom0_fdt_filter(&b);
    dom0_map_devices(&b);
    expect_mmio(ARRAY_SIZE(want), want);
    assert_false(bitmap_test(irqs, 34));
    assert_true(rangeset_contains(&dom.irq_caps, 34, 34));
    assert_true(rangeset_contains(&dom.iomem_caps, 0x9010, 0x9010));
    assert_false(rangeset_contains(&dom.iomem_caps, 0x9011, 0x9011));
    rangeset_destroy(&dom.iomem_caps);
    rangeset_destroy(&dom.irq_caps);
    dom0_fdt_finish(&b, NULL);
    assert_string_equal(prop("/clock@9010000", "status", NULL), "disabled");
    assert_string_equal(prop("/clock@9010000/part@1000", "status", NULL),
                        "disabled");
}

static void a_damaged_interrupt_map_ends(void **state)
{
    (void)state;
    virt_devices();
    virt_pci();
    tree_cells("/pcie@10000000", "interrupt-map", 13, 0, 0, 0, 1, GIC_PHANDLE,
               0, 0, 0, 3, 4, 0, 0, 0);
    begin(NULL);
    finish(NULL);
    assert_true(bitmap_test(irqs, 35));
    assert_false(bitmap_test(irqs, 36));

    tree_cells("/pcie@10000000", "interrupt-map", 10, 0, 0, 0, 1, 0x1234, 0, 0,
               0, 3, 4);
    begin(NULL);
    finish(NULL);
    assert_false(bitmap_test(irqs, 35));
}

static void free_ppi(void **state)
{
    (void)state;
    virt_devices();
    begin(NULL);
    /* 16 is the watch's; the timers' and 25 and 23 are taken as well. */
    assert_int_equal(dom0_free_ppi(&host), 17);
    tree_drop("/watch@c000000", NULL);
    begin(NULL);
    assert_int_equal(dom0_free_ppi(&host), 16);
}

/* A window that dom0's RAM covers moves to where it has none. */
static void grant_window_moves(void **state)
{
    (void)state;
    virt_devices();
    begin(NULL);
    b.bank[0] = (struct mem_range){ 0x40000000, 0x08000000 };
    finish(NULL);
    assert_int_equal(b.grant_window, 0x48000000);
}

/* ---- a board like DRA7 ---- */

#define UART1  "/ocp/l4@48000000/target@6a000/serial@0"
#define MODULE "/ocp/l4@48000000/target@6a000"

static int route(const struct fdt_irq *irq)
{
    (void)irq;
    fail(); /* it would program the crossbar */
    return -EINVAL;
}

static uint32_t all_kept(uint32_t offset)
{
    (void)offset;
    return UINT32_MAX;
}

/* The crossbar's page: emulated, so not to be mapped. */
static const struct platform_held held[] = {
    { 0x4a002000, NULL, all_kept },
    { 0, NULL, NULL },
};

/* With what was changed in the tree. */
static void dra7_begin_again(void)
{
    begin(UART1);
    lines = 192;
    plain.irq_map = route;
    plain.router = "ti,irq-crossbar";
    plain.router_skip = "ti,irqs-skip";
    plain.dom0_held = held;
    host.uart.base = 0x4806a000;
    b.bank[0] = (struct mem_range){ 0x88000000, 0x7e00000 };
}

static void dra7_begin(void)
{
    tree_dra7();
    tree_text(MODULE, "compatible", "ti,sysc-omap2\0ti,sysc");
    tree_cells("/ocp/l4@48000000/target@6c000", "#address-cells", 1, 1);
    tree_cells("/ocp/l4@48000000/target@6c000", "#size-cells", 1, 1);
    tree_cells("/ocp/l4@48000000/target@6c000", "ranges", 3, 0, 0x6c000,
               0x1000);
    tree_cells("/ocp/l4@48000000/target@6c000/serial@0", "reg", 2, 0, 0x100);
    tree_cells("/ocp/l4@48000000/target@6c000/serial@0", "interrupts", 3, 0, 68,
               4);
    dra7_begin_again();
}

/* Its module stays, to keep the clock on, but cannot be reset nor idled;
 * whether the interrupt controller comes before it or behind. */
static void dra7_console_goes(void **state)
{
    (void)state;
    dra7_begin();
    tree_cells(MODULE, "reg", 2, 0x6a050, 4);
    tree_text(MODULE, "reg-names", "rev");
    tree_cells(MODULE, "clocks", 3, 7, 0x118, 0);
    dra7_begin_again();
    owned = 32 + 159;
    assert_true(host.gic.node > host.uart.node);
    finish(NULL);
    assert_false(has(UART1));
    assert_null(prop(MODULE, "reg", NULL));
    assert_null(prop(MODULE, "reg-names", NULL));
    expect_cells(MODULE, "clocks", 3, 7, 0x118, 0);
    assert_non_null(prop(MODULE, "ti,no-idle", NULL));
    assert_non_null(prop(MODULE, "ti,no-reset-on-init", NULL));
    assert_true(has("/ocp/l4@48000000/target@6c000/serial@0"));
    assert_null(prop("/ocp/l4@48000000/target@6c000", "ti,no-idle", NULL));
    assert_null(prop("/aliases", "serial0", NULL));
    expect_cells("/ocp/crossbar@4a002a48", "ti,irqs-skip", 5, 10, 133, 139, 140,
                 159);
}

static void dra7_console_behind_the_gic(void **state)
{
    (void)state;
    dra7_begin();
    /* A new node becomes the first. */
    tree_drop("/gic@48211000", NULL);
    tree_text("/gic@48211000", "compatible", "arm,cortex-a15-gic");
    tree_cells("/gic@48211000", "#interrupt-cells", 1, 3);
    tree_cells("/gic@48211000", "reg", 16, 0, 0x48211000, 0, 0x1000, 0,
               0x48212000, 0, 0x2000, 0, 0x48214000, 0, 0x2000, 0, 0x48216000,
               0, 0x2000);
    dra7_begin_again();
    assert_true(host.gic.node < host.uart.node);
    finish(NULL);
    assert_non_null(prop("/gic@48211000", "interrupt-parent", NULL));
    assert_non_null(prop(MODULE, "ti,no-idle", NULL));
}

static void dra7_interrupts_may_be_any(void **state)
{
    (void)state;
    dra7_begin();
    owned = 32 + 159;
    finish(NULL);
    assert_int_equal(bitmap_weight(irqs, IRQ_MAX), 159);
    assert_false(bitmap_test(irqs, owned));
    /* What is in the tree names no router's parent by default. */
    expect_cells("/timer", "interrupt-parent", 1, 2);
    expect_cells("/hypervisor", "interrupt-parent", 1, 2);
    expect_cells("/gic@48211000", "interrupt-parent", 1, 2);
    expect_cells("/gic@48211000", "phandle", 1, 2);
    expect_cells("/ocp/crossbar@4a002a48", "interrupt-parent", 1, 3);
    assert_null(prop("/timer", "status", NULL));
}

/* A tree from before the crossbar had a place in the interrupt chain. */
static void dra7_crossbar_inside_of_the_gic(void **state)
{
    (void)state;
    dra7_begin();
    tree_cells("/", "interrupt-parent", 1, 2);
    tree_drop("/gic@48211000", "interrupt-parent");
    tree_drop("/gic@48211000", "interrupts");
    tree_cells("/gic@48211000", "arm,routable-irqs", 1, 192);
    dra7_begin_again();
    finish(NULL);
    assert_int_equal(bitmap_weight(irqs, IRQ_MAX), 160);
    expect_cells("/gic@48211000", "arm,routable-irqs", 1, 192);
    expect_cells("/gic@48211000", "interrupt-parent", 1, 2);
}

/* PCI windows are addresses of the bus that the bridge is on; memory of
 * carve-outs is no device, nor is what lies on a bus without ranges. */
static void dra7_registers(void **state)
{
    static const struct range want[] = {
        { 0x20003, 0x20003 },
        { 0x20013, 0x20fff },
        { 0x4806c, 0x4806c },
    };

    (void)state;
    dra7_begin();
    tree_cells("/ocp/axi@0", "#address-cells", 1, 1);
    tree_cells("/ocp/axi@0", "#size-cells", 1, 1);
    tree_cells("/ocp/axi@0", "ranges", 6, 0x51000000, 0x51000000, 0x3000, 0,
               0x20000000, 0x10000000);
    tree_text("/ocp/axi@0/pcie@0", "device_type", "pci");
    tree_cells("/ocp/axi@0/pcie@0", "#address-cells", 1, 3);
    tree_cells("/ocp/axi@0/pcie@0", "#size-cells", 1, 2);
    tree_cells("/ocp/axi@0/pcie@0", "ranges", 12, 0x81000000, 0, 0, 0x3000, 0,
               0x1000, 0x82000000, 0, 0x20013000, 0x13000, 0, 0xfed000);
    tree_cells("/reserved-memory/ocmc@40300000", "reg", 4, 0, 0x40300000, 0,
               0x1000);
    tree_cells("/ocp/i2c", "#address-cells", 1, 1);
    tree_cells("/ocp/i2c", "#size-cells", 1, 0);
    tree_cells("/ocp/i2c/chip@48000", "reg", 1, 0x48000);
    dra7_begin_again();
    finish(NULL);
    expect_mmio(ARRAY_SIZE(want), want);
}

/* Each has its status; one that was disabled, or is Linux's to place, stays
 * as it is. */
static void dra7_carveouts(void **state)
{
    (void)state;
    dra7_begin();
    finish(NULL);
    assert_null(prop("/reserved-memory/ipu@95800000", "status", NULL));

    dra7_begin();
    tree_text("/reserved-memory/ipu@95800000", "status", "okay");
    tree_cells("/reserved-memory/dsp@99000000", "reg", 8, 0, 0x99000000, 0,
               0x1000, 0, 0x99001000, 0, 0x1000);
    tree_cells("/reserved-memory/pool", "size", 2, 0, 0x1000000);
    tree_cells("/reserved-memory/pool", "alloc-ranges", 4, 0, 0x95800000, 0,
               0x3800000);
    dra7_begin_again();
    lost = (struct mem_range){ 0x95800000, 0x3800000 };
    finish(NULL);
    expect_text("/reserved-memory/ipu@95800000", "status", "disabled");
    assert_null(prop("/reserved-memory/dsp@99000000", "status", NULL));
    assert_null(prop("/reserved-memory/pool", "status", NULL));

    dra7_begin_again();
    lost = (struct mem_range){ 0x99001000, 0x1000 };
    finish(NULL);
    expect_text("/reserved-memory/ipu@95800000", "status", "okay");
    expect_text("/reserved-memory/dsp@99000000", "status", "disabled");
}

/* QEMU pads its tree to 1 MiB; what dom0 gets is as big as what it holds. */
static void padding_is_dropped(void **state)
{
    static unsigned char padded[1 << 16] aligned(8);

    (void)state;
    virt_devices();
    begin(NULL);
    assert_int_equal(fdt_open_into(tree, padded, sizeof(padded)), 0);
    board_read(&host, padded, 0x48000000, 0);
    finish(NULL);
    assert_true(fdt_totalsize(b.fdt) < 8192);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes),
        cmocka_unit_test(what_is_made),
        cmocka_unit_test(without_initrd_or_line),
        cmocka_unit_test(an_unsure_counter_is_told),
        cmocka_unit_test(registers_and_interrupts),
        cmocka_unit_test(passed_through),
        cmocka_unit_test(a_damaged_interrupt_map_ends),
        cmocka_unit_test(free_ppi),
        cmocka_unit_test(grant_window_moves),
        cmocka_unit_test(dra7_console_goes),
        cmocka_unit_test(dra7_console_behind_the_gic),
        cmocka_unit_test(dra7_interrupts_may_be_any),
        cmocka_unit_test(dra7_crossbar_inside_of_the_gic),
        cmocka_unit_test(dra7_registers),
        cmocka_unit_test(dra7_carveouts),
        cmocka_unit_test(padding_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
