/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Benchmark of one vCPU: each operation of the table once per sample, between
 * marks that the TCG plugin sees. The hypervisor takes no part in counting.
 *
 * "WFI" rows and timers assume that nothing else runs in the machine.
 *
 * Source: the public headers; IHI 0048B 4.3 for the distributor.
 * Layer:  test guest, first domain.
 */
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/memory.h>
#include <public/sched.h>
#include <public/vcpu.h>
#include <public/version.h>

#include "bench.h"
#include "hypercall.h"

#define SGI_BENCH      3
#define FREE_HYPERCALL 55

enum {
    OP_NULL,
    OP_UNKNOWN,
    OP_PSCI_VERSION,
    OP_AFFINITY_INFO,
    OP_ACTLR,
    OP_PMCR,
    OP_CNTP_CTL,
    OP_DBGDSCR,
    OP_GICD_CTLR,
    OP_ISENABLER,
    OP_ISPENDR,
    OP_SGI_OFF_ON,
    OP_SGI_SELF,
    OP_TIMER_BUSY,
    OP_EVENT_SELF,
    OP_EVENT_MASKED,
    OP_EVENT_PENDING,
    OP_EVENT_BAD,
    OP_YIELD,
    OP_WFI,
    OP_OVERSHOOT,
    OP_DECREASE,
    OP_POPULATE,
    OP_ADD_PHYSMAP,
    OP_REMOVE_PHYSMAP,
    OP_RUNSTATE,
    OP_CONSOLE_1,
    OP_CONSOLE_64,
    OP_IDLE,
    OP_BUSY,
    OP_GRANT_MAP,
    OP_GRANT_UNMAP,
    OP_COPY_4K,
    OP_COPY_64,
};

static volatile uint32_t irqs_taken;
static volatile uint64_t irq_at;
static uint32_t own_port;
static volatile uint32_t events_taken;

static void on_timer(uint32_t irq)
{
    (void)irq;
    irq_at = timer_now();
    timer_stop();
    irqs_taken++;
}

static void on_sgi(uint32_t irq)
{
    (void)irq;
    irqs_taken++;
}

static void on_event(uint32_t port)
{
    (void)port;
    events_taken++;
}

/* clang-format off */
/* One statement between the marks of one operation. */
#define SAMPLE(name, OP, statement)     \
    static void name(void)              \
    {                                   \
        MARK_START(OP);                 \
        statement;                      \
        MARK_END(OP);                   \
    }

SAMPLE(null_call, OP_NULL,
       hypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0, 0, 0))
SAMPLE(unknown_call, OP_UNKNOWN, hypercall(FREE_HYPERCALL, 0, 0, 0, 0, 0))
SAMPLE(psci_version, OP_PSCI_VERSION, psci_call(PSCI_VERSION, 0, 0, 0))
SAMPLE(affinity_info, OP_AFFINITY_INFO,
       psci_call(PSCI_AFFINITY_INFO, machine.mpidr[0], 0, 0))
SAMPLE(read_actlr, OP_ACTLR, (void)CP15_READ(0, c1, c0, 1))
SAMPLE(read_pmcr, OP_PMCR, (void)CP15_READ(0, c9, c12, 0))
SAMPLE(read_cntp_ctl, OP_CNTP_CTL, (void)CP15_READ(0, c14, c2, 1))
SAMPLE(read_dbgdscr, OP_DBGDSCR,
       __asm__ volatile("mrc p14, 0, r0, c0, c1, 0" : : : "r0", "cc"))
SAMPLE(read_gicd_ctlr, OP_GICD_CTLR, read32(machine.gicd + GICD_CTLR))
SAMPLE(write_isenabler, OP_ISENABLER,
       write32(machine.gicd + GICD_ISENABLER, 1u << SGI_BENCH))
SAMPLE(write_ispendr, OP_ISPENDR,
       write32(machine.gicd + GICD_ISPENDR, 0))
SAMPLE(sgi_off_on, OP_SGI_OFF_ON,
       write32(machine.gicd + GICD_ICENABLER, 1u << SGI_BENCH);
       write32(machine.gicd + GICD_ISENABLER, 1u << SGI_BENCH))
SAMPLE(yield, OP_YIELD,
       hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0))
SAMPLE(console_1, OP_CONSOLE_1, console_write("\r", 1))
SAMPLE(console_64, OP_CONSOLE_64,
       console_write("................................"
                     "...............................\r", 64))
SAMPLE(event_bad, OP_EVENT_BAD, event_send(3999))
/* clang-format on */

/* Between the marks: from the write of SGIR to behind the handler's EOI. */
static void sgi_self(void)
{
    uint32_t before = irqs_taken;
    uint64_t start = timer_now();

    MARK_START(OP_SGI_SELF);
    write32(machine.gicd + GICD_SGIR, 2u << 24 | SGI_BENCH);
    while (irqs_taken == before)
        ;
    MARK_END(OP_SGI_SELF);
    bench_time(ticks_to_ns(timer_now() - start));
}

static void timer_busy(void)
{
    uint32_t before = irqs_taken;

    MARK_START(OP_TIMER_BUSY);
    timer_arm(timer_now() + us_to_ticks(10));
    while (irqs_taken == before)
        ;
    MARK_END(OP_TIMER_BUSY);
}

static void event_self(void)
{
    struct evtchn_send arg = { .port = own_port };
    uint32_t before = events_taken;
    uint64_t start = timer_now();

    MARK_START(OP_EVENT_SELF);
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (uintptr_t)&arg, 0,
              0, 0);
    while (events_taken == before)
        ;
    MARK_END(OP_EVENT_SELF);
    bench_time(ticks_to_ns(timer_now() - start));
}

static void event_masked(void)
{
    struct evtchn_send arg = { .port = own_port };

    event_mask(own_port);
    MARK_START(OP_EVENT_MASKED);
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (uintptr_t)&arg, 0,
              0, 0);
    MARK_END(OP_EVENT_MASKED);
    event_clear(own_port);
    event_unmask(own_port);
}

static void event_pending_send(void)
{
    struct evtchn_send arg = { .port = own_port };

    event_mask(own_port);
    event_send(own_port);
    MARK_START(OP_EVENT_PENDING);
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (uintptr_t)&arg, 0,
              0, 0);
    MARK_END(OP_EVENT_PENDING);
    event_clear(own_port);
    event_unmask(own_port);
}

/* Block until a timer interrupt @us ahead; returns its deadline. */
static uint64_t wait_timer(uint32_t us)
{
    uint32_t before = irqs_taken;
    uint64_t deadline = timer_now() + us_to_ticks(us);

    timer_arm(deadline);
    irq_mask();
    while (irqs_taken == before) {
        wfi();
        irq_unmask();
        isb();
        irq_mask();
    }
    irq_unmask();
    return deadline;
}

static void wfi_timer(void)
{
    uint64_t deadline;

    MARK_START(OP_WFI);
    deadline = wait_timer(100);
    MARK_END(OP_WFI);
    bench_time(ticks_to_ns(irq_at - deadline));
}

static void wfi_short(void)
{
    uint64_t deadline;

    MARK_START(OP_OVERSHOOT);
    deadline = wait_timer(20);
    MARK_END(OP_OVERSHOOT);
    bench_time(ticks_to_ns(irq_at - deadline));
}

static void idle_second(void)
{
    MARK_START(OP_IDLE);
    wait_timer(1000000);
    MARK_END(OP_IDLE);
}

static void busy_100ms(void)
{
    MARK_START(OP_BUSY);
    delay_us(100000);
    MARK_END(OP_BUSY);
}

/* --- memory ------------------------------------------------------------- */

/* A page of our RAM that nothing uses. */
static uint64_t spare_gfn(void)
{
    return (machine.ram_base + (16u << 20)) >> 12;
}

static int reservation_op(uint32_t op, xen_pfn_t *gfn)
{
    struct xen_memory_reservation arg = {
        .nr_extents = 1,
        .domid = DOMID_SELF,
    };

    *(uint32_t *)&arg.extent_start = (uintptr_t)gfn;
    return hypercall(__HYPERVISOR_memory_op, op, (uintptr_t)&arg, 0, 0, 0);
}

static void decrease(void)
{
    xen_pfn_t gfn = spare_gfn();
    int done, back;

    MARK_START(OP_DECREASE);
    done = reservation_op(XENMEM_decrease_reservation, &gfn);
    MARK_END(OP_DECREASE);
    back = reservation_op(XENMEM_populate_physmap, &gfn);
    if (done != 1 || back != 1)
        print("bench: decrease_reservation FAILED %d %d\n", done, back);
}

static void populate(void)
{
    xen_pfn_t gfn = spare_gfn();
    int done = reservation_op(XENMEM_decrease_reservation, &gfn);

    MARK_START(OP_POPULATE);
    done += reservation_op(XENMEM_populate_physmap, &gfn);
    MARK_END(OP_POPULATE);
    if (done != 2)
        print("bench: populate_physmap FAILED\n");
}

static int grant_frame_map(void)
{
    struct xen_add_to_physmap arg = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_grant_table,
        .gpfn = machine.grant_base >> 12,
    };

    return hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
                     (uintptr_t)&arg, 0, 0, 0);
}

static int remove_gfn(uint32_t gfn)
{
    struct xen_remove_from_physmap arg = { .domid = DOMID_SELF, .gpfn = gfn };

    return hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
                     (uintptr_t)&arg, 0, 0, 0);
}

static void add_physmap(void)
{
    int rc;

    MARK_START(OP_ADD_PHYSMAP);
    rc = grant_frame_map();
    MARK_END(OP_ADD_PHYSMAP);
    if (rc || remove_gfn(machine.grant_base >> 12))
        print("bench: add_to_physmap FAILED %d\n", rc);
}

static void remove_physmap(void)
{
    int rc = grant_frame_map();

    MARK_START(OP_REMOVE_PHYSMAP);
    rc |= remove_gfn(machine.grant_base >> 12);
    MARK_END(OP_REMOVE_PHYSMAP);
    if (rc)
        print("bench: remove_from_physmap FAILED %d\n", rc);
}

static void runstate(void)
{
    static struct vcpu_runstate_info area;
    struct vcpu_register_runstate_memory_area arg = {
        .addr.p = (uintptr_t)&area,
    };
    int rc;

    MARK_START(OP_RUNSTATE);
    rc = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_register_runstate_memory_area,
                   0, (uintptr_t)&arg, 0, 0);
    MARK_END(OP_RUNSTATE);
    if (rc)
        print("bench: runstate area FAILED %d\n", rc);
}

/* --- grants: the first domain grants to itself by its number ------------ */

static uint8_t granted[4096] aligned(4096);
static uint8_t copied[4096] aligned(4096);

static volatile struct grant_entry_v1 *entry_of(uint32_t ref)
{
    return (volatile struct grant_entry_v1 *)machine.grant_base + ref;
}

static int grant_op(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_grant_table_op, op, (uintptr_t)arg, 1, 0, 0);
}

static void grant_map_unmap(void)
{
    uint64_t at = spare_gfn() << 12;
    struct gnttab_map_grant_ref map = {
        .host_addr = at,
        .flags = GNTMAP_host_map,
        .ref = 8,
    };
    struct gnttab_unmap_grant_ref unmap = { .host_addr = at };
    int rc;

    entry_of(8)->frame = (uintptr_t)granted >> 12;
    entry_of(8)->domid = 0;
    dmb();
    entry_of(8)->flags = GTF_permit_access;
    MARK_START(OP_GRANT_MAP);
    rc = grant_op(GNTTABOP_map_grant_ref, &map);
    MARK_END(OP_GRANT_MAP);
    unmap.handle = map.handle;
    MARK_START(OP_GRANT_UNMAP);
    rc |= grant_op(GNTTABOP_unmap_grant_ref, &unmap);
    MARK_END(OP_GRANT_UNMAP);
    entry_of(8)->flags = 0;
    if (rc || map.status || unmap.status)
        print("bench: grant map FAILED %d %d %d\n", rc, map.status,
              unmap.status);
}

static void copy_init(struct gnttab_copy *copy, uint16_t len)
{
    copy->source.u.ref = 9;
    copy->source.domid = 0;
    copy->dest.u.gmfn = (uintptr_t)copied >> 12;
    copy->dest.domid = DOMID_SELF;
    copy->len = len;
    copy->flags = GNTCOPY_source_gref;
    entry_of(9)->frame = (uintptr_t)granted >> 12;
    entry_of(9)->domid = 0;
    dmb();
    entry_of(9)->flags = GTF_permit_access | GTF_readonly;
}

static void copy_4k(void)
{
    struct gnttab_copy copy = { 0 };

    copy_init(&copy, 4096);
    MARK_START(OP_COPY_4K);
    grant_op(GNTTABOP_copy, &copy);
    MARK_END(OP_COPY_4K);
    if (copy.status)
        print("bench: grant copy FAILED %d\n", copy.status);
}

static void copy_64(void)
{
    struct gnttab_copy copy = { 0 };

    copy_init(&copy, 64);
    MARK_START(OP_COPY_64);
    grant_op(GNTTABOP_copy, &copy);
    MARK_END(OP_COPY_64);
    if (copy.status)
        print("bench: grant copy FAILED %d\n", copy.status);
}

/* --- what is left to the hypervisor ------------------------------------- */

/* Memory that no domain has, if the control interface says (sysctl 3). */
static void report_memory(void)
{
    static uint64_t op[17];
    domid_t self = DOMID_SELF;
    int rc, own;

    op[0] = 3 | (uint64_t)0x15 << 32;
    rc = hypercall(__HYPERVISOR_sysctl, (uintptr_t)op, 0, 0, 0, 0);
    own = hypercall(__HYPERVISOR_memory_op, XENMEM_current_reservation,
                    (uintptr_t)&self, 0, 0, 0);
    bench_value("domain_pages", (uint32_t)own);
    if (rc)
        return;
    bench_value("total_pages", op[6]);
    bench_value("free_pages", op[7]);
}

/* clang-format off */
static const struct bench_op ops[] = {
    [OP_NULL]           = { "null hypercall", null_call, 0 },
    [OP_UNKNOWN]        = { "unknown hypercall", unknown_call, 0 },
    [OP_PSCI_VERSION]   = { "PSCI_VERSION", psci_version, 0 },
    [OP_AFFINITY_INFO]  = { "AFFINITY_INFO", affinity_info, 0 },
    [OP_ACTLR]          = { "ACTLR read", read_actlr, 0 },
    [OP_PMCR]           = { "PMCR read", read_pmcr, 0 },
    [OP_CNTP_CTL]       = { "CNTP_CTL read", read_cntp_ctl, 0 },
    [OP_DBGDSCR]        = { "DBGDSCR read", read_dbgdscr, 0 },
    [OP_GICD_CTLR]      = { "GICD_CTLR read", read_gicd_ctlr, 0 },
    [OP_ISENABLER]      = { "ISENABLER write without effect",
                            write_isenabler, 0 },
    [OP_ISPENDR]        = { "ISPENDR write", write_ispendr, 0 },
    [OP_SGI_OFF_ON]     = { "ICENABLER + ISENABLER of one SGI", sgi_off_on, 0 },
    [OP_SGI_SELF]       = { "SGI to self", sgi_self, 0 },
    [OP_TIMER_BUSY]     = { "virtual timer while busy", timer_busy, 0 },
    [OP_EVENT_SELF]     = { "event to own port", event_self, 0 },
    [OP_EVENT_MASKED]   = { "event send, masked", event_masked, 0 },
    [OP_EVENT_PENDING]  = { "event send, already pending",
                            event_pending_send, 0 },
    [OP_EVENT_BAD]      = { "event send, bad port", event_bad, 0 },
    [OP_YIELD]          = { "yield, nothing else to run", yield, 0 },
    [OP_WFI]            = { "WFI until a timer 100 us ahead", wfi_timer, 0 },
    [OP_OVERSHOOT]      = { "WFI until a timer 20 us ahead", wfi_short, 0 },
    [OP_DECREASE]       = { "decrease_reservation of 4 KiB", decrease, 0 },
    [OP_POPULATE]       = { "populate_physmap of 4 KiB", populate, 0 },
    [OP_ADD_PHYSMAP]    = { "add_to_physmap of a grant frame", add_physmap, 0 },
    [OP_REMOVE_PHYSMAP] = { "remove_from_physmap of a grant frame",
                            remove_physmap, 0 },
    [OP_RUNSTATE]       = { "register runstate area", runstate, 0 },
    [OP_CONSOLE_1]      = { "console_io write, 1 byte", console_1, 0 },
    [OP_CONSOLE_64]     = { "console_io write, 64 bytes", console_64, 11 },
    [OP_IDLE]           = { "idle for 1 s", idle_second, 3 },
    [OP_BUSY]           = { "busy for 100 ms", busy_100ms, 3 },
    [OP_GRANT_MAP]      = { "grant map", grant_map_unmap, 0 },
    [OP_GRANT_UNMAP]    = { "grant unmap", NULL, 0 },
    [OP_COPY_4K]        = { "grant copy 4 KiB", copy_4k, 0 },
    [OP_COPY_64]        = { "grant copy 64 B", copy_64, 0 },
};
/* clang-format on */

void main(void)
{
    if (bootarg_set("boot-only")) {
        report_memory();
        MARK_PLAIN(MARK_DONE);
        return;
    }
    gic_init();
    irq_handle(machine.vtimer_irq, on_timer);
    irq_handle(SGI_BENCH, on_sgi);
    irq_enable(machine.vtimer_irq);
    irq_enable(SGI_BENCH);
    if (event_init(on_event)) {
        print("bench: no event channels\n");
        return;
    }
    own_port = (uint32_t)event_bind_ipi(0);
    event_unmask(own_port);
    irq_unmask();
    wait_timer(1000000); /* free memory is scrubbed in idle time: let it end */

    report_memory();
    grant_frame_map(); /* the table exists before the first sample */
    remove_gfn(machine.grant_base >> 12);
    bench_run(ops, 0, OP_GRANT_MAP);
    if (grant_frame_map() == 0)
        bench_run(ops, OP_GRANT_MAP, ARRAY_SIZE(ops));
    bench_end();
}
