/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store domain, from a boot module: it runs xenstored before dom0's
 * kernel starts, so that dom0 needs no process for it and finds its store by
 * the HVM parameters, as any other guest does.
 *
 * Dom0 gets a ring page outside of the memory that its tree tells of, one to
 * one like all of its memory; entry 1 of its grant table and the port name
 * the store domain. "connection" in the ring says that nobody serves it yet:
 * Linux waits for the first event.
 *
 * Source: virq-xenstore.md 2.3 (path B), 2.5, 3.5; interface.md 2.3, 2.4;
 *         Linux Documentation/arm/booting.rst (zImage).
 * Layer:  9 (control). Boot only.
 */
#include <xen/domain_create.h>
#include <xen/event_channel.h>
#include <xen/fdt.h>
#include <xen/grant_table.h>
#include <xen/options.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printf.h>
#include <xen/printk.h>
#include <xen/string.h>
#include <xen/time.h>
#include <xen/vcpu.h>

#include <asm/barrier.h>
#include <asm/cache.h>
#include <asm/psr.h>

#include <public/errno.h>
#include <public/grant_table.h>
#include <public/hvm/params.h>
#include <public/xen.h>

#include "dom0.h"

/* "dom0=0 event=PORT", and the bootargs of the module. */
#define ARGS_MAX 512u
/* The tree: in the last page of the store's memory; the page before it is
 * its console's, so that it has no memory besides what was asked for. */
#define TREE_SIZE PAGE_SIZE
#define TAIL_SIZE (2 * PAGE_SIZE)
/* Where a zImage is put that does not say (booting.rst, TEXT_OFFSET). */
#define KERNEL_AT 0x8000u

/* As the first guest of all: its id never changes (a guest names it). */
#define STORE_DOMID 1u

#define MEM_MIN MIB(2)
#define MEM_MAX MIB(64)

/* Tables: its RAM in blocks, and the windows that it maps rings into. */
#define POOL_PAGES 64u

/* Ports of its own, and rings that it maps: two or three for each guest. */
#define MAPTRACK_FRAMES 8

/* Field of the ring page (virq-xenstore.md 3.5): 1, nobody is there. */
#define RING_CONNECTION 2068u

struct store {
    const struct boot_module *module;
    struct domain *d, *dom0;
    uint32_t mem;       /* bytes, a multiple of 2 MiB              */
    uint32_t dom0_port; /* dom0's, for the store                   */
    uint32_t console;   /* its own, for its console in dom0        */
    gfn_t ring;         /* dom0's, of the page                     */
};

/* Made, and waiting for the end of the boot. */
static struct domain *waiting;

static no_return void init_text failed(const char *what, int rc)
{
    panic("store domain: %s (%d): use a smaller xenstore_mem= or dom0_mem=, or "
          "leave the module out",
          what, rc);
}

static void init_text check(const char *what, int rc)
{
    if (rc < 0)
        failed(what, rc);
}

/* ---- the domain ---- */

static uint32_t init_text mem_wanted(void)
{
    uint64_t mem = ALIGN_UP(opt_xenstore_mem, MIB(2));

    if (mem >= MEM_MIN && mem <= MEM_MAX)
        return (uint32_t)mem;
    printk(LOG_WARN,
           "xenstore_mem=: from 2M to 64M are possible, the store domain gets "
           "8M\n");
    return (uint32_t)MIB(8);
}

static void init_text create(struct store *s)
{
    struct domain_config c = {
        .id = STORE_DOMID,
        .max_vcpus = 1,
        .max_evtchn_port = UINT32_MAX,
        .max_grant_frames = 1,
        .max_maptrack_frames = MAPTRACK_FRAMES,
        .event_ppi = GUEST_EVTCHN_PPI,
        .gic_dist_gpa = GUEST_GICD_BASE,
        .gic_cpu_gpa = GUEST_GICC_BASE,
    };
    int rc;

    check("it cannot be created", domain_create(&c, &s->d));
    s->d->is_xenstore = true;
    s->d->max_pages = s->mem >> PAGE_SHIFT;
    do {
        rc = p2m_pool_set(s->d, POOL_PAGES);
    } while (rc == -ERESTART);
    check("no memory for its page tables", rc);
}

static void init_text give_block(struct domain *d, gfn_t gfn)
{
    struct page *pg = domain_alloc_pages(d, PAGE_ORDER_2M, 0);

    if (!pg)
        failed("no memory", -ENOMEM);
    check("its memory cannot be mapped",
          p2m_map(d, gfn, page_to_mfn(pg), 1u << PAGE_ORDER_2M, P2M_RAM));
}

/* In one piece as the guest sees it; where it lies is another matter. */
static paddr_t init_text pa_of(const struct store *s, gpaddr_t gpa)
{
    mfn_t mfn = p2m_lookup(s->d, gfn_of(gpa), NULL);

    return mfn_pa(mfn) + (gpa & ~(gpaddr_t)PAGE_MASK);
}

static void init_text copy_in(const struct store *s, gpaddr_t at, paddr_t from,
                              uint64_t len)
{
    while (len) {
        uint64_t nr = MIN(len, PAGE_SIZE - (at & ~(gpaddr_t)PAGE_MASK));

        phys_copy(pa_of(s, at), from, nr);
        at += nr;
        from += nr;
        len -= nr;
    }
}

static bool init_text is_zimage(struct mem_range image)
{
    struct zimage z = { 0 };

    if (image.size >= ZIMAGE_MAGIC_AT + sizeof(z))
        phys_read(&z, image.start + ZIMAGE_MAGIC_AT, sizeof(z));
    return z.magic == ZIMAGE_MAGIC;
}

static gpaddr_t init_text load(struct store *s)
{
    struct mem_range image = s->module->range;
    gpaddr_t at = GUEST_RAM0_BASE + KERNEL_AT;

    for (uint32_t off = 0; off < s->mem; off += (uint32_t)MIB(2))
        give_block(s->d, gfn_of(GUEST_RAM0_BASE + off));
    if (KERNEL_AT + image.size > s->mem - TAIL_SIZE || !is_zimage(image))
        panic("store domain: the module at 0x%llx is no zImage that fits into "
              "%u MiB: load xenstore-stubdom there, or use a larger "
              "xenstore_mem=",
              (unsigned long long)image.start, s->mem >> 20);
    copy_in(s, at, image.start, image.size);
    return at;
}

/* ---- what joins it with dom0 ---- */

/* A page of shared memory for dom0 that it does not count as its RAM. */
static void init_text make_ring(struct store *s)
{
    struct page *pg = domain_alloc_pages(s->dom0, 0, PA_LOW);
    uint32_t *connection;

    if (!pg)
        failed("no memory for dom0's ring", -ENOMEM);
    s->ring = gfn_make(page_to_mfn(pg).n);
    check("dom0's ring cannot be mapped",
          p2m_map(s->dom0, s->ring, page_to_mfn(pg), 1, P2M_RAM));
    connection = (uint32_t *)((uint8_t *)page_to_va(pg) + RING_CONNECTION);
    WRITE_ONCE(*connection, 1);
}

/* Entry @ref of @d's table: @to may map @gfn. */
static void init_text seed_grant(struct domain *d, uint32_t ref, domid_t to,
                                 gfn_t gfn)
{
    struct grant_entry_v1 *entry;
    mfn_t frame;

    check("no memory for grants", grant_frame_get(d, 0, &frame));
    entry = (struct grant_entry_v1 *)mfn_to_va(frame) + ref;
    entry->domid = to;
    entry->frame = gfn.n;
    smp_wmb(); /* what it grants, before that it does */
    WRITE_ONCE(entry->flags, GTF_permit_access);
}

static void init_text connect(struct store *s)
{
    gfn_t console = gfn_of(GUEST_RAM0_BASE + s->mem - TAIL_SIZE);

    make_ring(s);
    seed_grant(s->dom0, GNTTAB_RESERVED_XENSTORE, s->d->id, s->ring);
    check("no port of dom0's",
          event_alloc_unbound(s->dom0, s->d, NULL, NULL, &s->dom0_port));
    s->dom0->hvm_params[HVM_PARAM_STORE_PFN] = s->ring.n;
    s->dom0->hvm_params[HVM_PARAM_STORE_EVTCHN] = s->dom0_port;

    seed_grant(s->d, GNTTAB_RESERVED_CONSOLE, s->dom0->id, console);
    check("no port of its own",
          event_alloc_unbound(s->d, s->dom0, NULL, NULL, &s->console));
    s->d->hvm_params[HVM_PARAM_CONSOLE_PFN] = console.n;
    s->d->hvm_params[HVM_PARAM_CONSOLE_EVTCHN] = s->console;

    check("VIRQ_DOM_EXC cannot be given to it",
          virq_handler_set(s->d, VIRQ_DOM_EXC));
}

/* ---- its device tree ---- */

static int init_text add_node(void *fdt, const char *name)
{
    int node = fdt_add_subnode(fdt, 0, name);

    check(name, node);
    return node;
}

static void init_text set(void *fdt, int node, const char *name,
                          const fdt32_t *cells, uint32_t nr)
{
    check(name,
          fdt_setprop(fdt, node, name, cells, (int)(nr * sizeof(fdt32_t))));
}

static void init_text make_tree(const struct store *s)
{
    static const char kinds[] = "xen,xen-4.17\0xen,xen";
    const fdt32_t mem[] = { cpu_to_fdt32((uint32_t)GUEST_RAM0_BASE),
                            cpu_to_fdt32(s->mem) };
    const fdt32_t grants[] = { cpu_to_fdt32((uint32_t)GUEST_GNTTAB_BASE),
                               cpu_to_fdt32((uint32_t)GUEST_GNTTAB_SIZE) };
    const char *words = s->module->cmdline ? s->module->cmdline : "";
    paddr_t pa = pa_of(s, GUEST_RAM0_BASE + s->mem - TREE_SIZE);
    void *fdt = frame_open(mfn_of(pa));
    char args[ARGS_MAX];
    int node;

    check("its device tree", fdt_create_empty_tree(fdt, TREE_SIZE));
    check("cells", fdt_setprop_u32(fdt, 0, "#address-cells", 1));
    check("cells", fdt_setprop_u32(fdt, 0, "#size-cells", 1));
    node = add_node(fdt, "hypervisor");
    check("compatible",
          fdt_setprop(fdt, node, "compatible", kinds, sizeof(kinds)));
    set(fdt, node, "reg", grants, ARRAY_SIZE(grants));
    node = add_node(fdt, "memory@40000000");
    check("memory", fdt_setprop_string(fdt, node, "device_type", "memory"));
    set(fdt, node, "reg", mem, ARRAY_SIZE(mem));
    node = add_node(fdt, "chosen");
    /* Shapes the trees so that guests cannot aim at a bad one; there is no
     * better chance at boot than the moment of it. */
    if (xen_snprintf(args, sizeof(args), "domid=%u dom0=%u event=%u seed=%u %s",
                     s->d->id, s->dom0->id, s->dom0_port,
                     (uint32_t)time_ticks() * 2654435761u,
                     words) >= (int)sizeof(args))
        panic("store domain: the bootargs of its module are too long: at most "
              "%u characters",
              ARGS_MAX - 64);
    check("bootargs: shorten those of its module",
          fdt_setprop_string(fdt, node, "bootargs", args));
    cache_clean_range(fdt, TREE_SIZE);
    frame_close(fdt);
}

void init_text store_build(const struct dom0 *b)
{
    struct store s = {
        .module = board_module(b->board, MODULE_STORE),
        .dom0 = b->d,
    };
    gpaddr_t entry;
    struct vcpu *v;

    if (!s.module)
        return;

    s.mem = mem_wanted();
    create(&s);
    entry = load(&s);
    connect(&s);
    make_tree(&s);

    check("it gets no vCPU", domain_create_vcpu(s.d, 0));
    v = s.d->vcpu[0];
    v->regs.pc = (uint32_t)entry;
    v->regs.r[1] = MACHINE_NONE;
    v->regs.r[2] = (uint32_t)(GUEST_RAM0_BASE + s.mem - TREE_SIZE);
    v->regs.cpsr = PSR_GUEST_INIT;
    v->context.initialised = true;
    vcpu_flags_clear(v, VP_DOWN);
    printk(LOG_ALWAYS,
           "Store domain d%u: %u MiB, zImage from %016llx; dom0's ring at "
           "%016llx, port %u\n",
           s.d->id, s.mem >> 20, (unsigned long long)s.module->range.start,
           (unsigned long long)s.ring.n << PAGE_SHIFT, s.dom0_port);
    waiting = s.d;
}

void store_start(void)
{
    if (waiting && domain_unpause(waiting) != 0)
        panic("the store domain cannot be started");
}
