/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Benchmark of guest management, on one pCPU: pages of another domain mapped
 * and unmapped; the switch between two domains' vCPUs; and whole lives of a
 * domain that gets what the tools give a small Linux, with the calls that
 * they and their kernel make for it.
 *
 * A life is counted until all its memory is clean again, so that each one
 * finds what the first one found.
 *
 * Boot arguments: op=N (only that operation), lives=N (default 5),
 * keys (tell with the debug key m what memory there is before and after).
 * Output: bench.h's; "bench: value free_before N", "... free_after N".
 *
 * Source: public/domctl.h, public/memory.h; interface.md 6.1.
 * Layer:  test guest, first domain.
 */
#include <public/domctl.h>
#include <public/memory.h>
#include <public/sysctl.h>

#include "bench.h"
#include "bench3/switching.h"
#include "domain.h"
#include "hypercall.h"

#define BATCH        64u
#define ORDER_2M     9u
#define LIFE_BLOCKS  64u /* of 2 MiB                                        */
#define LIFE_POOL    (2u << 20)
#define LIFE_LOAD    3072u /* pages of kernel, initrd and device tree       */
#define LIFE_MAGIC   0x39000u
#define LIFE_RUN_US  1000u
#define SCRUB_US     200000u /* longer than cleaning one domain's pages      */
#define SWITCHING_US 10000u

static const uint32_t spinning[] = { 0xeafffffe /* b . */ };

static uint8_t room[BATCH][4096] aligned(4096);
static int other; /* the domain whose pages are mapped */
static volatile bool rung;

static void on_timer(uint32_t irq)
{
    (void)irq;
    timer_stop();
    rung = true;
}

static void sleep_us(uint32_t us)
{
    rung = false;
    timer_arm(timer_now() + us_to_ticks(us));
    while (!rung) {
        irq_mask();
        if (!rung)
            wfi();
        irq_unmask();
    }
}

/* ---- pages of another domain ---- */

static void foreign_one(void)
{
    volatile void *page;

    MARK_START(OP_FOREIGN_MAP);
    page = domain_page(other, DOMU_RAM >> 12);
    MARK_END(OP_FOREIGN_MAP);
    if (!page) {
        print("bench: foreign map FAILED\n");
        return;
    }
    MARK_START(OP_FOREIGN_UNMAP);
    domain_page_drop(page);
    MARK_END(OP_FOREIGN_UNMAP);
}

static void foreign_64(void)
{
    static xen_ulong_t from[BATCH];
    static xen_pfn_t to[BATCH];
    static int errors[BATCH];
    struct xen_remove_from_physmap drop = { .domid = DOMID_SELF };
    struct xen_add_to_physmap_batch map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = BATCH,
        .u.foreign_domid = (domid_t)other,
    };
    int rc;

    for (unsigned int i = 0; i < BATCH; i++) {
        from[i] = (DOMU_RAM >> 12) + i;
        to[i] = (uintptr_t)room[i] >> 12;
    }
    set_xen_guest_handle(map.idxs, from);
    set_xen_guest_handle(map.gpfns, to);
    set_xen_guest_handle(map.errs, errors);
    MARK_START(OP_FOREIGN_64);
    rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch,
                   (uintptr_t)&map, 0, 0, 0);
    MARK_END(OP_FOREIGN_64);
    for (unsigned int i = 0; i < BATCH; i++) {
        drop.gpfn = to[i];
        rc |= errors[i] |
              hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
                        (uintptr_t)&drop, 0, 0, 0);
    }
    if (rc)
        print("bench: foreign batch FAILED %d\n", rc);
}

/* ---- two domains on one pCPU ---- */

static void switching(const uint32_t *a, const uint32_t *a_end,
                      const uint32_t *b, const uint32_t *b_end)
{
    int one = domain_build(a, (uintptr_t)a_end - (uintptr_t)a, 1);
    int two = domain_build(b, (uintptr_t)b_end - (uintptr_t)b, 1);

    if (one < 0 || two < 0 || domain_unpause(one) || domain_unpause(two)) {
        print("bench: switch FAILED %d %d\n", one, two);
        return;
    }
    sleep_us(SWITCHING_US);
    domain_destroy(one);
    domain_destroy(two);
}

static void switching_plain(void)
{
    switching(switch_one, switch_one_end, switch_other, switch_other_end);
}

static void switching_vfp(void)
{
    switching(switch_vfp_one, switch_vfp_one_end, switch_vfp_two,
              switch_vfp_two_end);
}

/* ---- lives ---- */

static int call_on(int id, uint32_t cmd, struct xen_domctl *op)
{
    int rc = domain_call(op, cmd, id);

    if (rc)
        print("bench: control call %u FAILED %d\n", cmd, rc);
    return rc;
}

static int populate(int id, xen_pfn_t first, unsigned int nr,
                    unsigned int order)
{
    static xen_pfn_t list[LIFE_BLOCKS];
    struct xen_memory_reservation arg = {
        .nr_extents = nr,
        .extent_order = order,
        .domid = (domid_t)id,
    };

    for (unsigned int i = 0; i < nr; i++)
        list[i] = first + ((xen_pfn_t)i << order);
    set_xen_guest_handle(arg.extent_start, list);
    return hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
                     (uintptr_t)&arg, 0, 0, 0) != (int)nr;
}

/* Kernel and initrd, page by page as a Linux maps them. */
static int load(int id)
{
    struct xen_domctl op = { 0 };

    for (unsigned int i = 0; i < LIFE_LOAD; i++) {
        uint32_t *page = (void *)domain_page(id, (DOMU_RAM >> 12) + i);

        if (!page)
            return -14;
        page[0] = spinning[0];
        if (i % BATCH == BATCH - 1)
            domain_pages_drop();
    }
    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = LIFE_LOAD;
    return call_on(id, XEN_DOMCTL_cacheflush, &op);
}

static int start(int id)
{
    static struct vcpu_guest_context context;
    struct xen_domctl op = { 0 };

    context.flags = VGCF_online;
    context.user_regs.pc32 = DOMU_RAM;
    context.user_regs.cpsr = PSR_GUEST32_INIT;
    context.sctlr = 0x00c50078;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &context);
    return call_on(id, XEN_DOMCTL_setvcpucontext, &op) || domain_unpause(id);
}

static int furnish(int id)
{
    struct xen_domctl op = { 0 };

    op.u.max_vcpus.max = 2;
    if (call_on(id, XEN_DOMCTL_max_vcpus, &op))
        return -1;
    op.u.max_mem.max_memkb = (LIFE_BLOCKS << 11) + 1024;
    if (call_on(id, XEN_DOMCTL_max_mem, &op))
        return -1;
    op.u.paging_mempool.size = LIFE_POOL;
    if (call_on(id, XEN_DOMCTL_set_paging_mempool_size, &op))
        return -1;
    return populate(id, LIFE_MAGIC, 4, 0) ||
           populate(id, DOMU_RAM >> 12, LIFE_BLOCKS, ORDER_2M) || load(id) ||
           start(id);
}

static bool life(void)
{
    int id = domain_create(DOMAIN_ANY, 0, 2), rc;

    if (id < 0)
        return false;
    rc = furnish(id);
    sleep_us(LIFE_RUN_US);
    rc |= domain_destroy(id);
    sleep_us(SCRUB_US);
    return !rc && domain_flags(id) < 0;
}

static void lives(void)
{
    for (uint32_t left = bootarg_number("lives", 5); left > 0; left--) {
        bool good;

        MARK_START(OP_LIFE);
        good = life();
        MARK_END(OP_LIFE);
        if (!good) {
            print("bench: life FAILED\n");
            return;
        }
    }
}

/* ---- what is left ---- */

static void report(const char *name)
{
    static struct xen_sysctl op;
    static char key[] = "m";

    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    if (bootarg_set("keys")) {
        op.cmd = XEN_SYSCTL_debug_keys;
        set_xen_guest_handle(op.u.debug_keys.keys, key);
        op.u.debug_keys.nr_keys = 1;
        hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0);
    }
    op.cmd = XEN_SYSCTL_physinfo;
    if (!hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0))
        bench_value(name, op.u.physinfo.free_pages);
}

/* clang-format off */
static const struct bench_op ops[] = {
    [OP_FOREIGN_MAP]   = { "foreign map of one page", foreign_one, 0 },
    [OP_FOREIGN_UNMAP] = { "its removal", NULL, 0 },
    [OP_FOREIGN_64]    = { "foreign map of 64 pages", foreign_64, 0 },
    [OP_SWITCH]        = { "context switch", switching_plain, 1 },
    [OP_SWITCH_VFP]    = { "context switch with VFP", switching_vfp, 1 },
    [OP_LIFE]          = { "life of a domain", lives, 1 },
};
/* clang-format on */

/* What our own map needs for all that is mapped below is there from here on. */
static void warm_up(void)
{
    for (unsigned int i = 0; i < BATCH; i++)
        domain_page(other, (DOMU_RAM >> 12) + i);
    domain_pages_drop();
}

void main(void)
{
    gic_init();
    irq_handle(machine.vtimer_irq, on_timer);
    irq_enable(machine.vtimer_irq);
    irq_unmask();

    other = domain_build(spinning, sizeof(spinning), BATCH);
    if (other < 0) {
        print("bench: no second domain (%d)\n", other);
        return;
    }
    warm_up();
    sleep_us(1000000); /* as bench.c: scrubbing of free memory ends */
    bench_run(ops, 0, OP_LIFE);
    domain_destroy(other);
    sleep_us(SCRUB_US);
    report("free_before");
    bench_run(ops, OP_LIFE, ARRAY_SIZE(ops));
    report("free_after");
    bench_end();
}
