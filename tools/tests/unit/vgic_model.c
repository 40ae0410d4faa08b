/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC against the manual's own state machine: random operations
 * on three vCPUs, done to the emulation and to a distributor without list
 * registers (IHI 0048B 3.2.4). After each the pending and active registers
 * agree, and what a guest acknowledges is what it should.
 *
 * Sources: xen/arch/arm/guest/vgic.c xen/arch/arm/guest/vgic_lr.c
 * Sources: xen/arch/arm/guest/vgic_dist.c xen/arch/arm/guest/vgic_mmio.c
 * Sources: xen/arch/arm/guest/assign.c
 */
#include "vgic_fake.h"

#include <stdio.h>

#define OPS          30000u
#define SEEDS        6u
#define IRQS         46u /* SGIs, PPIs and SPIs 32 to 45 that take part */
#define HW_SPI_FIRST 42u

struct ref_irq {
    bool enabled, latch, line, level, active;
    uint8_t source, priority, targets;
};

struct ref_running {
    uint32_t iar;
    uint8_t priority;
};

static struct ref_irq local[CPUS][32], spi[IRQS];
static struct ref_running running[CPUS][32];
static unsigned int depth[CPUS];
static int cpu_of[CPUS]; /* -1: not loaded */
static bool off[CPUS];
/* It may wait at a target that was its first until another got power. */
static bool elsewhere[IRQS];

/*
 * Kicks and maintenance interrupts arrive late, as between real CPUs: a
 * guest goes on before they do. So what is raised twice from elsewhere comes
 * twice when it is acknowledged before the second kick; it is not done here.
 */
static bool late;

static uint32_t seed;

static uint32_t pick(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * n) >> 32);
}

static struct ref_irq *ref(unsigned int vcpu, uint32_t irq)
{
    return irq < 32 ? &local[vcpu][irq] : &spi[irq];
}

static bool ref_pending(const struct ref_irq *r)
{
    return r->latch || r->source || (r->level && r->line);
}

static bool ref_is_hw(uint32_t irq)
{
    return irq >= HW_SPI_FIRST;
}

static bool ref_here(unsigned int vcpu, uint32_t irq)
{
    uint32_t targets = ref(vcpu, irq)->targets;

    if (irq < 32)
        return true;
    if (elsewhere[irq])
        return targets & BIT(vcpu);
    for (unsigned int c = 0; c < CPUS; c++)
        if (off[c])
            targets &= ~BIT(c);
    return targets && (unsigned int)__builtin_ctz(targets) == vcpu;
}

/* It would be signalled to @vcpu, were nothing else pending. */
static bool ref_signalled(unsigned int vcpu, uint32_t irq)
{
    const struct ref_irq *r = ref(vcpu, irq);

    return r->enabled && ref_pending(r) && !r->active && ref_here(vcpu, irq) &&
           (depth[vcpu] == 0 ||
            r->priority < running[vcpu][depth[vcpu] - 1].priority);
}

static unsigned int actives(void)
{
    unsigned int n = 0;

    for (unsigned int i = 32; i < IRQS; i++)
        n += spi[i].active;
    for (unsigned int c = 0; c < CPUS; c++)
        for (unsigned int i = 0; i < 32; i++)
            n += local[c][i].active;
    return n;
}

static bool ref_running_anywhere(uint32_t irq)
{
    for (unsigned int c = 0; c < CPUS; c++)
        for (unsigned int i = 0; i < depth[c]; i++)
            if ((running[c][i].iar & 0x3ff) == irq)
                return true;
    return false;
}

/* The last operations, for who reads a failure. */
static struct {
    const char *name;
    unsigned int vcpu;
    int cpu;
    uint32_t irq;
} history[16];
static unsigned int steps;

static void tell(void)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(history); i++) {
        unsigned int at = (steps + i) % ARRAY_SIZE(history);

        if (history[at].name)
            printf("  %s by vCPU %u on CPU %d, interrupt %u\n",
                   history[at].name, history[at].vcpu, history[at].cpu,
                   history[at].irq);
    }
}

static void agree(const char *what, uint32_t ours, uint32_t manual)
{
    if (ours == manual)
        return;
    tell();
    for (unsigned int id = 0; id < CPUS; id++)
        (void)vgic_dump(&vcpus[id], 0);
    fail_msg("step %u: %s is %08x, the manual says %08x", steps, what, ours,
             manual);
}

/* What the operation under way is about: neither old nor new. */
static uint32_t in_work;
static bool no_ack;

static bool work_waits(unsigned int cpu)
{
    unsigned int me = host_cpu;
    bool waits;

    host_cpu = cpu;
    waits = misr() || this_cpu(softirq_pending);
    host_cpu = me;
    return waits;
}

/* Another CPU has still to let it go, or to take it. */
static bool spi_on_its_way(uint32_t irq)
{
    bool waits = phys[irq].pending || irq == in_work;

    for (unsigned int cpu = 0; cpu < CPUS; cpu++)
        waits |= work_waits(cpu);
    return waits;
}

/* What was asked of the CPUs is done: at once, or for some CPU by chance. */
static void catch_up(void)
{
    unsigned int me = host_cpu;

    if (!late) {
        settle_all();
    } else if (pick(2)) {
        host_cpu = pick(CPUS);
        settle_cpu();
        host_cpu = me;
    }
}

/* ---- operations: on both ---- */

static void op_raise(struct vcpu *v, uint32_t irq)
{
    if (irq < 16 || irq == 27)
        return;
    /*
     * A physical edge is taken when it comes, so the next one is another
     * interrupt, though the guest has not acknowledged the first: not so in
     * the manual's distributor, and harmless.
     */
    if (ref_is_hw(irq) && spi[irq].latch)
        return;
    if (late && ref_pending(ref(v->id, irq)))
        return;            /* see late */
    host_cpu = pick(CPUS); /* by whatever has a device or an event */
    if (ref_is_hw(irq))
        phys[irq].pending = true;
    else
        vgic_raise(v, irq);
    ref(v->id, irq)->latch = true;
}

static void op_line(struct vcpu *v, uint32_t irq)
{
    struct ref_irq *r = ref(v->id, irq);
    bool up = pick(2);

    if (irq < 28 || ref_is_hw(irq) || (late && !r->level && r->latch))
        return;
    host_cpu = pick(CPUS);
    vgic_line(v, irq, up);
    if (up && !r->line && !r->level)
        r->latch = true;
    if (!up)
        settle_all(); /* another CPU may have it in a list register */
    r->line = up;
}

static void op_sgi(struct vcpu *v, uint32_t irq)
{
    unsigned int to = pick(CPUS);

    if (off[to])
        return;
    if (late && (local[to][irq % 16].source & BIT(v->id)))
        return;
    dist_write(v, GICD_SGIR, BIT(16 + to) | irq % 16);
    local[to][irq % 16].source |= (uint8_t)BIT(v->id);
}

static void op_sgi_bits(struct vcpu *v, uint32_t irq)
{
    uint8_t bits = (uint8_t)pick(256);

    irq %= 16;
    if (pick(2)) {
        dist_write8(v, GICD_SPENDSGIR(irq), bits);
        local[v->id][irq].source |= bits & 7;
    } else {
        dist_write8(v, GICD_CPENDSGIR(irq), bits);
        local[v->id][irq].source &= (uint8_t)~bits;
    }
}

static void op_enable(struct vcpu *v, uint32_t irq)
{
    bool on = pick(3) != 0;

    dist_write(v, on ? GICD_ISENABLER(irq) : GICD_ICENABLER(irq),
               BIT(irq % 32));
    if (irq >= 16)
        ref(v->id, irq)->enabled = on;
}

static void op_pend(struct vcpu *v, uint32_t irq)
{
    bool on = pick(2);

    if (irq == 27 || (late && on && ref_pending(ref(v->id, irq))))
        return;
    dist_write(v, on ? GICD_ISPENDR(irq) : GICD_ICPENDR(irq), BIT(irq % 32));
    if (irq >= 16)
        ref(v->id, irq)->latch = on;
}

/* Not on what the guest handles, and few: an EOI does not tell its number. */
static void op_active(struct vcpu *v, uint32_t irq)
{
    bool on = pick(2);

    if (irq == 27 || ref_running_anywhere(irq) || (on && actives() >= 2))
        return;
    no_ack = true; /* nor may it be handled meanwhile */
    dist_write(v, on ? GICD_ISACTIVER(irq) : GICD_ICACTIVER(irq),
               BIT(irq % 32));
    ref(v->id, irq)->active = on;
}

static void op_priority(struct vcpu *v, uint32_t irq)
{
    uint32_t priority = pick(32) << 3;

    /* What that does to an active one is up to the GIC (4.3.11). */
    if (ref(v->id, irq)->active)
        return;
    dist_write8(v, GICD_IPRIORITYR(irq), priority | pick(8));
    ref(v->id, irq)->priority = (uint8_t)priority;
}

static void op_targets(struct vcpu *v, uint32_t irq)
{
    uint32_t targets = pick(256);

    dist_write8(v, GICD_ITARGETSR(irq), targets);
    if (irq >= 32) {
        elsewhere[irq] &= spi[irq].targets == (targets & 7);
        spi[irq].targets = targets & 7;
    }
}

static void op_config(struct vcpu *v, uint32_t irq)
{
    bool level = pick(2);
    uint32_t shift = irq % 16 * 2;
    uint32_t val = dist_read(v, GICD_ICFGR(irq));

    if (irq < 32 || ref_is_hw(irq) || spi[irq].line)
        return;
    val &= ~(3u << shift);
    dist_write(v, GICD_ICFGR(irq), level ? val : val | 2u << shift);
    spi[irq].level = level;
}

static void op_move(struct vcpu *v, uint32_t irq)
{
    unsigned int me = host_cpu, cpu = pick(CPUS);

    (void)irq;
    for (unsigned int i = 0; i < CPUS; i++)
        if (cpu_of[i] == (int)cpu)
            cpu_of[i] = -1;
    if (cpu_of[v->id] >= 0)
        run_on((unsigned int)cpu_of[v->id], NULL);
    run_on(cpu, v);
    cpu_of[v->id] = (int)cpu;
    host_cpu = me;
}

static void ref_local_reset(unsigned int vcpu)
{
    memset(local[vcpu], 0, sizeof(local[vcpu]));
    for (unsigned int i = 0; i < 32; i++) {
        local[vcpu][i].enabled = i < 16;
        local[vcpu][i].level = i >= 16;
    }
}

static void unload(struct vcpu *v)
{
    run_on(host_cpu, NULL);
    cpu_of[v->id] = -1;
}

/* Not while it handles something. */
static void op_power_off(struct vcpu *v, uint32_t irq)
{
    (void)irq;
    for (uint32_t i = 32; i < IRQS; i++)
        if (spi[i].active)
            return;
    if (depth[v->id] || off[(v->id + 1) % CPUS] || off[(v->id + 2) % CPUS])
        return;
    off[v->id] = true;
    v->pause_flags = VP_DOWN;
    vgic_vcpu_off(v);
    if (pick(2)) /* another vCPU comes, or nobody */
        unload(v);
}

static void power_on(struct vcpu *v)
{
    if (cpu_of[v->id] >= 0)
        run_on((unsigned int)cpu_of[v->id], NULL);
    cpu_of[v->id] = -1;
    host_cpu = pick(CPUS);
    vgic_vcpu_reset(v);
    v->vgic.vmcr = GICH_VMCR_GRP0EN | 0x1fu << 27;
    ref_local_reset(v->id);
    v->pause_flags = 0;
    off[v->id] = false;
    for (uint32_t i = 32; i < IRQS; i++)
        elsewhere[i] = true;
}

static void op_onoff(struct vcpu *v, uint32_t irq)
{
    (void)irq;
    dist_write(v, GICD_CTLR, 0);
    settle_all();
    assert_int_equal(gicv_iar(), 1023);
    dist_write(v, GICD_CTLR, 1);
}

static void op_ack(struct vcpu *v, uint32_t irq)
{
    unsigned int id = v->id;
    uint32_t iar;

    if (depth[id] == 30 || no_ack)
        return;
    if (pick(2))
        settle_cpu();
    iar = gicv_iar();
    irq = iar & 0x3ff;
    if (irq == 1023) {
        if (work_waits(host_cpu))
            return;
        for (uint32_t i = 0; i < IRQS; i++)
            if (ref_signalled(id, i) && (i < 32 || !spi_on_its_way(i)) &&
                !elsewhere[i])
                agree("IAR", iar, i);
        return;
    }

    if (irq >= IRQS || !ref_signalled(id, irq))
        agree("IAR", iar, 1023);
    for (uint32_t i = 0; i < IRQS && !late; i++)
        if (ref_signalled(id, i) && !elsewhere[i] &&
            ref(id, i)->priority < ref(id, irq)->priority)
            agree("IAR", iar, i);
    if (irq < 16) {
        uint8_t bit = (uint8_t)BIT(iar >> 10);

        assert_true(local[id][irq].source & bit);
        local[id][irq].source &= (uint8_t)~bit;
    }
    ref(id, irq)->latch = false;
    ref(id, irq)->active = true;
    running[id][depth[id]++] = (struct ref_running){ iar,
                                                     ref(id, irq)->priority };
}

static void op_eoi(struct vcpu *v, uint32_t irq)
{
    unsigned int id = v->id;

    if (depth[id] == 0)
        return;
    irq = running[id][--depth[id]].iar;
    gicv_eoi(irq);
    ref(id, irq & 0x3ff)->active = false;
}

/* ---- what other CPUs do while one of them waits for a call ---- */

static unsigned int caller;

static void others_go_on(void)
{
    for (unsigned int id = 0; id < CPUS; id++) {
        if (cpu_of[id] < 0 || cpu_of[id] == (int)caller || off[id])
            continue;
        host_cpu = (unsigned int)cpu_of[id];
        if (pick(2))
            settle_cpu();
        if (pick(2))
            op_ack(&vcpus[id], 0);
        if (pick(2))
            op_eoi(&vcpus[id], 0);
        if (pick(2))
            settle_cpu();
        if (pick(8) == 0)
            unload(&vcpus[id]);
    }
}

/* It must not sleep over an interrupt, whatever has not been told yet. */
static void op_wfi(struct vcpu *v, uint32_t irq)
{
    bool deliverable = vgic_deliverable(v);

    (void)irq;
    for (uint32_t i = 0; i < IRQS && !deliverable; i++) {
        const struct ref_irq *r = ref(v->id, i);

        if (r->enabled && ref_pending(r) && !r->active && r->priority < 0xf8 &&
            ref_here(v->id, i) && !elsewhere[i] &&
            (i < 32 || !spi_on_its_way(i)))
            agree("what WFI waits for", 1023, i);
    }
}

static const struct {
    const char *name;
    void (*op)(struct vcpu *v, uint32_t irq);
    unsigned int weight;
} ops[] = {
    { "raise", op_raise, 12 },      { "line", op_line, 8 },
    { "SGI", op_sgi, 10 },          { "xPENDSGIR", op_sgi_bits, 3 },
    { "IxENABLER", op_enable, 8 },  { "IxPENDR", op_pend, 6 },
    { "IxACTIVER", op_active, 4 },  { "IPRIORITYR", op_priority, 5 },
    { "ITARGETSR", op_targets, 5 }, { "ICFGR", op_config, 2 },
    { "move", op_move, 6 },         { "CTLR", op_onoff, 1 },
    { "IAR", op_ack, 25 },          { "EOIR", op_eoi, 16 },
    { "CPU_OFF", op_power_off, 1 }, { "WFI", op_wfi, 6 },
};

/* ---- the comparison ---- */

/*
 * What a guest deactivates on a CPU without a list register is known
 * elsewhere after the maintenance interrupt only.
 */
static void count_eois_but_of(unsigned int vcpu)
{
    for (unsigned int id = 0; id < CPUS; id++) {
        if (cpu_of[id] < 0 || id == vcpu)
            continue;
        host_cpu = (unsigned int)cpu_of[id];
        if (misr() & GICH_MISR_LRENP)
            maintenance_fn(NULL);
    }
}

static void compare(struct vcpu *v)
{
    unsigned int id = v->id;

    for (uint32_t first = 0; first < 64; first += 32) {
        uint32_t pending = 0, active = 0;

        for (uint32_t i = first; i < first + 32 && i < IRQS; i++) {
            pending |= (uint32_t)ref_pending(ref(id, i)) << (i - first);
            active |= (uint32_t)ref(id, i)->active << (i - first);
        }
        agree("ISPENDR", dist_read(v, GICD_ISPENDR(first)), pending);
        agree("ISACTIVER", dist_read(v, GICD_ISACTIVER(first)), active);
    }
    for (uint32_t i = 0; i < 16; i += 4) {
        uint32_t word = 0;

        for (uint32_t k = 0; k < 4; k++)
            word |= (uint32_t)local[id][i + k].source << k * 8;
        agree("SPENDSGIR", dist_read(v, GICD_SPENDSGIR(i)), word);
    }
}

static void reset(void)
{
    memset(spi, 0, sizeof(spi));
    memset(depth, 0, sizeof(depth));
    memset(off, 0, sizeof(off));
    memset(elsewhere, 0, sizeof(elsewhere));
    for (unsigned int c = 0; c < CPUS; c++) {
        cpu_of[c] = (int)c;
        ref_local_reset(c);
    }
    for (unsigned int i = 32; i < IRQS; i++) {
        spi[i].level = true;
        spi[i].targets = 1;
    }
    for (uint32_t irq = HW_SPI_FIRST; irq < IRQS; irq++)
        assert_int_equal(assign_irq(&dom, irq), 0);
}

static void step(unsigned int total)
{
    uint32_t what = pick(total);
    struct vcpu *v = &vcpus[pick(CPUS)];
    uint32_t irq = pick(IRQS);
    size_t i = 0;

    if (off[v->id]) {
        if (pick(8))
            return;
        power_on(v);
    }
    if (cpu_of[v->id] < 0) {
        op_move(v, 0);
        catch_up();
        return;
    }
    host_cpu = (unsigned int)cpu_of[v->id];
    while (what >= ops[i].weight)
        what -= ops[i++].weight;
    history[steps % ARRAY_SIZE(history)].name = ops[i].name;
    history[steps % ARRAY_SIZE(history)].vcpu = v->id;
    history[steps % ARRAY_SIZE(history)].cpu = cpu_of[v->id];
    history[steps % ARRAY_SIZE(history)].irq = irq;
    steps++;
    if (late) {
        caller = host_cpu;
        before_call = pick(2) ? others_go_on : NULL;
        after_call = pick(2) ? others_go_on : NULL;
    }
    in_work = irq;
    ops[i].op(v, irq);
    in_work = IRQS;
    no_ack = false;
    before_call = after_call = NULL;
    catch_up();

    for (unsigned int id = 0; id < CPUS; id++) {
        if (cpu_of[id] < 0 || off[id])
            continue;
        count_eois_but_of(id);
        host_cpu = (unsigned int)cpu_of[id];
        compare(&vcpus[id]);
    }
}

static void random_operations(void)
{
    unsigned int total = 0;

    for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
        total += ops[i].weight;

    for (uint32_t s = 1; s <= SEEDS; s++) {
        vgic_fake_setup();
        reset();
        seed = s;
        steps = 0;
        for (unsigned int n = 0; n < OPS; n++)
            step(total);
        /* All that was started comes to an end. */
        for (unsigned int id = 0; id < CPUS; id++)
            while (depth[id]) {
                if (cpu_of[id] < 0)
                    op_move(&vcpus[id], 0);
                host_cpu = (unsigned int)cpu_of[id];
                op_eoi(&vcpus[id], 0);
                settle_all();
            }
        vgic_fake_teardown();
    }
}

static void prompt_cpus(void **state)
{
    (void)state;
    late = false;
    random_operations();
}

static void late_cpus(void **state)
{
    (void)state;
    late = true;
    random_operations();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prompt_cpus),
        cmocka_unit_test(late_cpus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
