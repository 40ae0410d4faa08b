/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A structured fuzzer of hypercalls: two vCPUs make seeded calls, most of
 * them valid, on the same objects. It is the first domain (control domain),
 * or another one. See fuzz/fuzz.h.
 *
 * Boot arguments: seed=N, calls=N (in all), from=N (the first one's number),
 *   only=N (one row of the table), cpus=1 (one vCPU only), trace (print each
 *   call). As first domain: guest (let a built domain do it). In others:
 *   canary (be one), resumed (somebody resumes us when we suspend), leave
 *   (stop with the result in registers).
 * Output: "fuzz: seed N, calls N", "fuzz: op NAME calls N ok N odd N" for
 *   each operation (odd: it worked where it may not), "fuzz: drawn H H" (sums
 *   of what each vCPU drew: the same for one seed), "fuzz: canary ...",
 *   "fuzz: free pages A before, B after", "fuzz: done".
 *
 * Source: own design.
 * Layer:  test guest.
 */
#include <public/event_channel.h>
#include <public/sched.h>
#include <public/sysctl.h>

#include <xen/printf.h>
#include <xen/string.h>

#include "fuzz/fuzz.h"
#include "lib/domain.h"

#define OPS_MAX    160u
#define WEIGHT_MAX 2048u
#define SPARE      16384u /* pages that a fuzzing domain may take          */

bool control;
uint32_t self, canary;

struct count {
    uint32_t calls, ok, odd;
};

/* One page, which the first domain sees of a built one. */
static struct {
    struct count of[FUZZ_CPUS][OPS_MAX];
    uint32_t drawn[FUZZ_CPUS];
    volatile uint32_t done;
} counts aligned(4096);

static const struct op *ops[OPS_MAX];
static uint32_t nr_ops;
static uint8_t lots[WEIGHT_MAX]; /* each operation as often as it weighs    */
static uint32_t nr_lots;

static uint32_t seed, calls_each, first;
static bool trace;

/* ---- the table ---- */

static void add(const struct op *list)
{
    for (; list->name; list++) {
        if (bootarg_number("only", nr_ops) == nr_ops)
            for (uint32_t i = 0; i < list->weight && nr_lots < WEIGHT_MAX; i++)
                lots[nr_lots++] = (uint8_t)nr_ops;
        ops[nr_ops++] = list;
    }
}

static void table_make(void)
{
    add(event_ops);
    add(memory_ops);
    add(grant_ops);
    add(control_ops);
    add(domctl_ops);
    add(pool_ops);
}

static void table_print(void)
{
    for (uint32_t i = 0; i < nr_ops; i++) {
        struct count sum = { 0 };

        for (unsigned int cpu = 0; cpu < FUZZ_CPUS; cpu++) {
            sum.calls += counts.of[cpu][i].calls;
            sum.ok += counts.of[cpu][i].ok;
            sum.odd += counts.of[cpu][i].odd;
        }
        print("fuzz: op %s calls %u ok %u odd %u\n", ops[i]->name, sum.calls,
              sum.ok, sum.odd);
    }
    print("fuzz: drawn %08x %08x\n", counts.drawn[0], counts.drawn[1]);
}

/* ---- one call ---- */

/* Murmur3's last steps: every bit of the seed counts everywhere. */
static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x85ebca6bu;
    x = (x ^ x >> 13) * 0xc2b2ae35u;
    return x ^ x >> 16;
}

/* In 64 calls 12 have fields, 8 have pointers that are wrong. */
static void draw_luck(struct fuzz *f)
{
    uint32_t luck = draw_below(f, 64), area = one_in(f, 3);

    f->twist = luck < 12;
    for (unsigned int i = 0; i < AREAS; i++)
        f->place[i] = PLACE_PLAIN;
    if (luck >= 12 && luck < 20)
        f->place[area] = PLACE_OVER + (uint8_t)draw_below(f, 3);
    if (luck >= 20 && luck < 32)
        f->place[area] = PLACE_ODD + (uint8_t)draw_below(f, 3);
}

static void call(unsigned int cpu, uint32_t number)
{
    struct fuzz f = { .cpu = cpu, .number = number };
    struct count *count;
    const struct op *op;
    uint32_t which;
    int32_t rc, want;

    f.rnd = mix(mix(seed + cpu * 0x9e3779b9u) ^ number) | 1;
    (void)draw(&f);
    which = lots[draw_below(&f, nr_lots)];
    op = ops[which];
    draw_luck(&f);
    counts.drawn[cpu] = mix(counts.drawn[cpu] ^ f.rnd ^ which);

    if (trace)
        print("fuzz: vCPU %u call %u %s twist %u place %u %u\n", cpu, number,
              op->name, f.twist, f.place[0], f.place[1]);
    rc = op->run(&f);
    if (trace)
        print("fuzz: vCPU %u call %u = %d\n", cpu, number, rc);
    want = op->want[!control];
    count = &counts.of[cpu][which];
    count->calls++;
    count->ok += want == 0 ? rc >= 0 : rc == want;
    count->odd += want != 0 && rc >= 0;
}

static void calls_of_cpu(void *arg)
{
    unsigned int cpu = cpu_id();

    (void)arg;
    gic_cpu_init();
    irq_enable(machine.vtimer_irq);
    for (uint32_t i = first; i < first + calls_each; i++)
        call(cpu, i);
}

static void run(uint32_t calls)
{
    bool both = machine.nr_cpus > 1 && bootarg_number("cpus", 2) > 1;
    int rc = 0;

    calls_each = both ? calls / 2 : calls;
    if (both)
        rc = cpu_start(1, calls_of_cpu, NULL);
    if (rc)
        print("fuzz: the other CPU does not start: %d\n", rc);
    calls_of_cpu(NULL);
    if (both && !rc)
        cpu_wait_off(1);
    first += calls_each;
}

/* ---- before and after ---- */

static void find_self(void)
{
    struct evtchn_status op = { .dom = DOMID_SELF };
    int port = event_alloc_unbound(DOMID_SELF);

    op.port = (uint32_t)port;
    plain_op(__HYPERVISOR_event_channel_op, EVTCHNOP_status, &op);
    self = op.u.unbound.dom;
    event_close(op.port);
}

static void begin(void)
{
    grants_begin();
    if (control)
        victims_begin();
}

static void end(void)
{
    grants_end();
    memory_end();
    events_end();
    if (control) {
        victims_end();
        pools_end();
    }
}

static int32_t sysctl(uint32_t cmd, struct xen_sysctl *op)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall(__HYPERVISOR_sysctl, (uintptr_t)op, 0, 0, 0, 0);
}

/* Let others run, and the idle CPU scrub. */
static void rest(uint32_t us)
{
    timer_arm(timer_now() + us_to_ticks(us));
    wfi();
    timer_stop();
    write32(machine.gicc + GICC_EOIR, read32(machine.gicc + GICC_IAR) & 0x3ff);
}

/*
 * Free pages, when they stay as they are: the last of the domains is freed
 * a while after nobody finds it any more, and no page is being scrubbed.
 */
static uint32_t free_pages(void)
{
    struct xen_sysctl op;
    uint32_t last = 0;

    for (uint32_t i = 0, same = 0; i < 5000 && same < 50; i++) {
        memset(&op, 0, sizeof(op));
        if (sysctl(XEN_SYSCTL_physinfo, &op))
            break;
        same = op.u.physinfo.free_pages == last && !op.u.physinfo.scrub_pages
                   ? same + 1
                   : 0;
        last = (uint32_t)op.u.physinfo.free_pages;
        rest(2000);
    }
    return last;
}

/* The hypervisor looks over its lists, and tells what it has. */
static uint32_t books(const char *when)
{
    struct xen_sysctl op = { 0 };
    uint32_t pages = free_pages();

    print("fuzz: books %s\n", when);
    set_xen_guest_handle(op.u.debug_keys.keys, "mHge");
    op.u.debug_keys.nr_keys = 4;
    if (sysctl(XEN_SYSCTL_debug_keys, &op))
        print("fuzz: no debug keys\n");
    print("fuzz: books end\n");
    return pages;
}

/* ---- positions ---- */

static void as_first(uint32_t calls)
{
    uint32_t before, after;

    /* What the first half brings, and is kept, is no leak. */
    events_warm();
    begin();
    run(calls / 2);
    end();
    before = books("before");
    canary_check("before");
    begin();
    run(calls / 2);
    end();
    table_print();
    after = books("after");
    canary_check("after");
    print("fuzz: free pages %u before, %u after\n", before, after);
}

/* Let a built domain do it, and look after it. */
static void as_manager(uint32_t calls)
{
    static char words[128];
    struct xen_domctl op = { 0 };
    volatile uint8_t *page;
    uint32_t before, resumed = 0;
    int id;

    xen_snprintf(words, sizeof(words), "resumed seed=%u calls=%u from=%u%s",
                 seed, calls, first,
                 bootarg_number("cpus", 2) == 1 ? " cpus=1" : "");
    before = books("before");
    canary_check("before");
    id = image_build(DOMAIN_ANY, words, FUZZ_CPUS, SPARE);
    page = id > 0 ? image_page(id, &counts) : NULL;
    if (!page) {
        print("fuzz: no domain to do it: %d\n", id);
        return;
    }
    while (!((__typeof__(counts) *)page)->done) {
        int flags = domain_flags(id);

        if (flags < 0)
            break;
        if (flags & XEN_DOMINF_shutdown &&
            domain_call(&op, XEN_DOMCTL_resumedomain, id) == 0)
            resumed++;
        rest(200);
    }
    memcpy(&counts, (const void *)page, sizeof(counts));
    print("fuzz: resumed %u times\n", resumed);
    table_print();
    domain_page_drop(page);
    domain_destroy(id);
    victims_end();
    canary_check("after");
    print("fuzz: free pages %u before, %u after\n", before, books("after"));
}

/*
 * To a domain of the tools nobody listens: its console's port is among what
 * it closes. It stops with the result in registers, for xenctx: r4 a mark,
 * r5 calls, r6 odd ones, r7 the least percentage that worked of operations
 * with some calls, r8 which that is. Shutting down is not one of them, as
 * nobody would resume it.
 */
static no_return void stop_with(uint32_t made, uint32_t odd, uint32_t least,
                                uint32_t which)
{
    static struct sched_shutdown off = { .reason = SHUTDOWN_poweroff };
    register uint32_t r0 __asm__("r0") = SCHEDOP_shutdown;
    register uint32_t r1 __asm__("r1") = (uintptr_t)&off;
    register uint32_t r4 __asm__("r4") = 0xf0220001u;
    register uint32_t r5 __asm__("r5") = made;
    register uint32_t r6 __asm__("r6") = odd;
    register uint32_t r7 __asm__("r7") = least;
    register uint32_t r8 __asm__("r8") = which;
    register uint32_t r12 __asm__("r12") = __HYPERVISOR_sched_op;

    __asm__ volatile(".arch_extension virt\n hvc #0xEA1\n1: b 1b"
                     :
                     : "r"(r0), "r"(r1), "r"(r4), "r"(r5), "r"(r6), "r"(r7),
                       "r"(r8), "r"(r12)
                     : "memory");
    __builtin_unreachable();
}

static void leave(void)
{
    uint32_t made = 0, odd = 0, least = 100, which = 0;

    for (uint32_t i = 0; i < nr_ops; i++) {
        uint32_t calls = counts.of[0][i].calls + counts.of[1][i].calls;
        uint32_t ok = counts.of[0][i].ok + counts.of[1][i].ok;

        made += calls;
        odd += counts.of[0][i].odd + counts.of[1][i].odd;
        if (calls >= 50 && strcmp(ops[i]->name, "SCHEDOP_shutdown") != 0 &&
            ok * 100 / calls < least) {
            least = ok * 100 / calls;
            which = i;
        }
    }
    stop_with(made, odd, least, which);
}

static void as_domain(uint32_t calls)
{
    print("fuzz: seed %u, calls %u, domain %u\n", seed, calls, self);
    if (bootarg_set("leave"))
        memory_spare();
    begin();
    run(calls);
    end();
    table_print();
    print("fuzz: done\n");
    counts.done = 1;
    if (bootarg_set("leave"))
        leave();
}

void main(void)
{
    struct xen_sysctl op = { 0 };
    uint32_t calls = bootarg_number("calls", 20000);

    if (bootarg_set("canary"))
        canary_run();
    seed = bootarg_number("seed", 1);
    first = bootarg_number("from", 0);
    trace = bootarg_set("trace");
    table_make();
    areas_init();
    gic_init();
    irq_enable(machine.vtimer_irq);
    find_self();
    control = sysctl(XEN_SYSCTL_physinfo, &op) == 0;
    if (!control) {
        as_domain(calls);
        return;
    }
    print("fuzz: seed %u, calls %u, domain %u\n", seed, calls, self);
    if (canary_begin() < 0) {
        print("fuzz: no canary\n");
        return;
    }
    if (bootarg_set("guest"))
        as_manager(calls);
    else
        as_first(calls);
    print("fuzz: done\n");
}
