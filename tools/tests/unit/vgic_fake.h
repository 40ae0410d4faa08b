/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine below the virtual GIC for its tests: GICH and GICV of some
 * CPUs as the manual describes them, the physical distributor's state, and
 * what vgic.c calls in other modules. Included by one test file each.
 *
 * A guest is played by gicv_iar, gicv_eoi and dist_read, dist_write.
 */
#ifndef UNIT_VGIC_FAKE_H
#define UNIT_VGIC_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xen/assign.h>
#include <xen/board.h>
#include <xen/context.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/io.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#include <asm/gic_regs.h>
#include <asm/guest/vgic_state.h>

#include <public/errno.h>

#define CPUS   3u
#define LRS    4u
#define STATES (GICH_LR_PENDING | GICH_LR_ACTIVE)

struct board board;
uint32_t vtimer_recheck_ticks; /* real hardware */
DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);
DEFINE_PER_CPU(struct vcpu *, current_vcpu);
DEFINE_PER_CPU(uint32_t, softirq_pending);

static struct {
    uint32_t lr[LRS], hcr, vmcr, apr;
    unsigned int reads, writes; /* of any GICH register */
} gich_of[CPUS];

static struct {
    bool enabled, pending, active, edge;
    unsigned int cpu;
} phys[IRQ_MAX];

static struct domain dom;
static struct vcpu vcpus[CPUS];
static unsigned int wakes[CPUS], kicks[CPUS];
static size_t heap_in_use;

/* ---- GICH ---- */

maybe_unused static void count_reset(void)
{
    gich_of[host_cpu].reads = 0;
    gich_of[host_cpu].writes = 0;
}

unsigned int gich_lr_nr(void)
{
    return LRS;
}

void gich_cpu_init(void)
{
    memset(&gich_of[host_cpu], 0, sizeof(gich_of[0]));
}

uint32_t gich_lr_read(unsigned int lr)
{
    assert_true(lr < LRS);
    gich_of[host_cpu].reads++;
    return gich_of[host_cpu].lr[lr];
}

void gich_lr_write(unsigned int lr, uint32_t val)
{
    assert_true(lr < LRS);
    gich_of[host_cpu].writes++;
    gich_of[host_cpu].lr[lr] = val;

    /* Unpredictable on hardware (IHI 0048B 5.3.8). */
    if ((val & GICH_LR_HW) && (val & STATES) == STATES)
        fail_msg("HW interrupt %u pending and active", val & 0x3ff);
    for (unsigned int n = 0; n < LRS; n++)
        if (n != lr && (val & STATES) && (gich_of[host_cpu].lr[n] & STATES) &&
            !((gich_of[host_cpu].lr[n] ^ val) & 0x3ff))
            fail_msg("interrupt %u in two list registers", val & 0x3ff);
}

uint32_t gich_empty(void)
{
    uint32_t empty = 0;

    gich_of[host_cpu].reads++;
    for (unsigned int n = 0; n < LRS; n++) {
        uint32_t val = gich_of[host_cpu].lr[n];

        if (!(val & STATES) && ((val & GICH_LR_HW) || !(val & GICH_LR_EOI)))
            empty |= BIT(n);
    }
    return empty;
}

uint32_t gich_hcr_read(void)
{
    gich_of[host_cpu].reads++;
    return gich_of[host_cpu].hcr;
}

void gich_hcr_write(uint32_t val)
{
    gich_of[host_cpu].writes++;
    gich_of[host_cpu].hcr = val;
}

uint32_t gich_vmcr_read(void)
{
    gich_of[host_cpu].reads++;
    return gich_of[host_cpu].vmcr;
}

void gich_vmcr_write(uint32_t val)
{
    gich_of[host_cpu].writes++;
    gich_of[host_cpu].vmcr = val;
}

uint32_t gich_apr_read(void)
{
    gich_of[host_cpu].reads++;
    return gich_of[host_cpu].apr;
}

void gich_apr_write(uint32_t val)
{
    gich_of[host_cpu].writes++;
    gich_of[host_cpu].apr = val;
}

/* MISR, by the conditions of IHI 0048B 5.3.5. */
uint32_t gich_misr(void)
{
    uint32_t hcr = gich_of[host_cpu].hcr;
    unsigned int pending = 0, valid = 0;
    uint32_t val = 0;

    gich_of[host_cpu].reads++;
    for (unsigned int n = 0; n < LRS; n++) {
        uint32_t lr = gich_of[host_cpu].lr[n];

        if (!(lr & (STATES | GICH_LR_HW)) && (lr & GICH_LR_EOI))
            val |= GICH_MISR_EOI;
        valid += (lr & STATES) != 0;
        pending += (lr & STATES) == GICH_LR_PENDING;
    }
    if ((hcr & GICH_HCR_UIE) && valid < 2)
        val |= GICH_MISR_U;
    if ((hcr & GICH_HCR_NPIE) && pending == 0)
        val |= GICH_MISR_NP;
    if ((hcr & GICH_HCR_LRENPIE) && field_get(hcr, GICH_HCR_EOICOUNT))
        val |= GICH_MISR_LRENP;
    return val;
}

/* The maintenance interrupt is asserted: for any reason in MISR, when on. */
static uint32_t misr(void)
{
    uint32_t val = gich_misr();

    gich_of[host_cpu].reads--;
    return gich_of[host_cpu].hcr & GICH_HCR_EN ? val : 0;
}

/* ---- other modules ---- */

static void (*softirq_fn)(void);
static void (*maintenance_fn)(void *arg);

struct irq_user {
    void (*fn)(void *arg);
    void *arg;
    enum irq_kind kind;
};
static struct irq_user irq_users[IRQ_MAX];

void softirq_open(enum softirq_nr nr, void (*fn)(void))
{
    assert_int_equal(nr, SOFTIRQ_VGIC);
    softirq_fn = fn;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    assert_int_not_equal(cpu, host_cpu);
    percpu_softirq_pending[cpu] |= BIT(nr);
    kicks[cpu]++;
}

void vcpu_wake(struct vcpu *v)
{
    v->pause_flags &= ~VP_BLOCKED;
    wakes[v->id]++;
}

struct domain *domain_get(domid_t id)
{
    return id == dom.id ? &dom : NULL;
}

void domain_put(struct domain *d)
{
    assert_ptr_equal(d, &dom);
}

/* What happens before the call gets to the other CPU, and when it is over. */
static void (*before_call)(void);
static void (*after_call)(void);

static void meanwhile(void (**hook)(void))
{
    void (*fn)(void) = *hook;
    unsigned int me = host_cpu;

    *hook = NULL;
    if (fn)
        fn();
    host_cpu = me;
}

void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    unsigned int me = host_cpu;

    assert_int_equal(mask & BIT(me), 0);
    meanwhile(&before_call);
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        host_cpu = cpu;
        if (mask & BIT(cpu))
            fn(arg);
    }
    host_cpu = me;
    meanwhile(&after_call);
}

void smp_poll(void)
{
    fail_msg("waits for a lock that nobody can drop");
}

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    (void)account;
    heap_in_use++;
    return calloc(nr, size);
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    heap_in_use--;
    free(p);
}

static struct {
    gpaddr_t dist, gicv;
    paddr_t gicv_pa;
} mapped;

int io_register(struct domain *d, gpaddr_t gpa, uint32_t size, io_fn *fn,
                void *priv)
{
    (void)d;
    (void)priv;
    assert_int_equal(size, 0x1000);
    assert_ptr_equal(fn, vgic_mmio);
    mapped.dist = gpa;
    return 0;
}

int p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
            enum p2m_type type)
{
    (void)d;
    (void)nr;
    assert_int_equal(type, P2M_DEVICE);
    mapped.gicv = gfn_gpa(gfn);
    mapped.gicv_pa = mfn_pa(mfn);
    return 0;
}

int irq_request(unsigned int irq, enum irq_kind kind, enum irq_trigger trigger,
                void (*fn)(void *arg), void *arg, const char *name)
{
    (void)name;
    (void)trigger;
    if (irq == board.gic.maintenance_irq)
        maintenance_fn = fn;
    if (irq_users[irq].fn)
        return -EBUSY;
    irq_users[irq] = (struct irq_user){ fn, arg, kind };
    return 0;
}

/* What the guest does when the line is free, and still its own. */
static void (*after_release)(void);

void irq_release(unsigned int irq)
{
    irq_users[irq] = (struct irq_user){ 0 };
    phys[irq].enabled = false;
    phys[irq].active = false;
    meanwhile(&after_release);
}

void irq_enable(unsigned int irq)
{
    phys[irq].enabled = true;
}

void irq_disable(unsigned int irq)
{
    phys[irq].enabled = false;
}

int irq_trigger_set(unsigned int irq, enum irq_trigger trigger)
{
    phys[irq].edge = trigger == IRQ_EDGE;
    return 0;
}

void irq_route(unsigned int irq, unsigned int cpu)
{
    phys[irq].cpu = cpu;
}

bool gic_is_pending(unsigned int irq)
{
    return phys[irq].pending;
}

bool gic_is_active(unsigned int irq)
{
    return phys[irq].active;
}

void gic_set_pending(unsigned int irq)
{
    phys[irq].pending = true;
}

void gic_clear_pending(unsigned int irq)
{
    phys[irq].pending = false;
}

void gic_set_active(unsigned int irq)
{
    phys[irq].active = true;
}

void gic_clear_active(unsigned int irq)
{
    phys[irq].active = false;
}

/* ---- what happens on CPU host_cpu ---- */

/* Softirq, maintenance interrupt and physical SPIs, until none is left. */
static void settle_cpu(void)
{
    for (unsigned int i = 0; i < 100; i++) {
        bool idle = true;

        if (this_cpu(softirq_pending) & BIT(SOFTIRQ_VGIC)) {
            this_cpu(softirq_pending) = 0;
            softirq_fn();
            idle = false;
        }
        if (misr()) {
            maintenance_fn(NULL);
            idle = false;
        }
        for (unsigned int irq = IRQ_LOCAL_NR; irq < 128; irq++) {
            if (!phys[irq].enabled || !phys[irq].pending || phys[irq].active)
                continue;
            phys[irq].pending = false;
            phys[irq].active = true;
            irq_users[irq].fn(irq_users[irq].arg);
            idle = false;
        }
        if (idle)
            return;
    }
    fail_msg("CPU %u never comes to rest", host_cpu);
}

static void settle_all(void)
{
    unsigned int me = host_cpu;

    for (unsigned int round = 0; round < 3; round++)
        for (host_cpu = 0; host_cpu < CPUS; host_cpu++)
            settle_cpu();
    host_cpu = me;
}

static void run_on(unsigned int cpu, struct vcpu *v)
{
    host_cpu = cpu;
    if (this_cpu(loaded_vcpu))
        vgic_save(this_cpu(loaded_vcpu));
    this_cpu(loaded_vcpu) = v;
    if (v)
        vgic_load(v);
}

/* ---- the guest on CPU host_cpu: GICV, IHI 0048B 5.5 and 3.2 ---- */

/* The most urgent one; of equals that with the lowest number (3.3.1). */
static int highest_pending(void)
{
    uint32_t best_key = ~0u;
    int best = -1;

    for (unsigned int n = 0; n < LRS; n++) {
        uint32_t lr = gich_of[host_cpu].lr[n];
        uint32_t key = field_get(lr, GICH_LR_PRIORITY) << 10 | (lr & 0x3ff);

        if ((lr & STATES) == GICH_LR_PENDING && key < best_key) {
            best = (int)n;
            best_key = key;
        }
    }
    return best;
}

/* GICV_IAR: with source CPU of an SGI, or 1023. */
static uint32_t gicv_iar(void)
{
    uint32_t *lr, priority;
    int best = highest_pending();

    if (best < 0 || !(gich_of[host_cpu].hcr & GICH_HCR_EN))
        return 1023;
    lr = &gich_of[host_cpu].lr[best];
    priority = field_get(*lr, GICH_LR_PRIORITY);
    /* Only what is more urgent than all active ones is signalled. */
    if (gich_of[host_cpu].apr & (BIT(priority) | (BIT(priority) - 1)))
        return 1023;
    gich_of[host_cpu].apr |= BIT(priority);
    *lr ^= STATES;
    return *lr & GICH_LR_HW ? *lr & 0x3ff : *lr & 0x1fff;
}

/* GICV_EOIR with EOImode 0: priority drop and deactivation. */
static void gicv_eoi(uint32_t iar)
{
    gich_of[host_cpu].apr &= gich_of[host_cpu].apr - 1;
    for (unsigned int n = 0; n < LRS; n++) {
        uint32_t *lr = &gich_of[host_cpu].lr[n];

        if ((*lr & 0x3ff) != (iar & 0x3ff) || !(*lr & GICH_LR_ACTIVE))
            continue;
        if (*lr & GICH_LR_HW)
            phys[field_get(*lr, GICH_LR_PHYSICALID)].active = false;
        *lr &= ~GICH_LR_ACTIVE;
        return;
    }
    gich_of[host_cpu].hcr += 1u << 27;
}

static uint32_t dist_access(struct vcpu *v, uint32_t offset, unsigned int size,
                            bool write, uint32_t val)
{
    struct io_access a = {
        .offset = offset, .size = (uint8_t)size, .write = write, .value = val
    };

    assert_int_equal(vgic_mmio(v, &a, NULL), V_DONE);
    return a.value;
}

static uint32_t dist_read(struct vcpu *v, uint32_t offset)
{
    return dist_access(v, offset, 4, false, 0);
}

static void dist_write(struct vcpu *v, uint32_t offset, uint32_t val)
{
    dist_access(v, offset, 4, true, val);
}

maybe_unused static void dist_write8(struct vcpu *v, uint32_t offset,
                                     uint32_t val)
{
    dist_access(v, offset, 1, true, val);
}

/* ---- steps of stories ---- */

#define V0 (&vcpus[0])
#define V1 (&vcpus[1])

#define SPI   40u
#define TIMER 27u
#define EVENT 31u

maybe_unused static void enable(struct vcpu *v, uint32_t irq)
{
    dist_write(v, GICD_ISENABLER(irq), BIT(irq % 32));
}

maybe_unused static void disable(struct vcpu *v, uint32_t irq)
{
    dist_write(v, GICD_ICENABLER(irq), BIT(irq % 32));
}

maybe_unused static bool is_pending(struct vcpu *v, uint32_t irq)
{
    uint32_t word = dist_read(v, GICD_ISPENDR(irq));

    assert_int_equal(word, dist_read(v, GICD_ICPENDR(irq)));
    return word & BIT(irq % 32);
}

maybe_unused static bool is_active(struct vcpu *v, uint32_t irq)
{
    uint32_t word = dist_read(v, GICD_ISACTIVER(irq));

    assert_int_equal(word, dist_read(v, GICD_ICACTIVER(irq)));
    return word & BIT(irq % 32);
}

maybe_unused static void take(uint32_t irq)
{
    assert_int_equal(gicv_iar() & 0x3ff, irq);
    gicv_eoi(irq);
}

maybe_unused static void nothing(void)
{
    assert_int_equal(gicv_iar(), 1023);
}

/* ---- a domain of CPUS vCPUs, vCPU n on CPU n, 64 SPIs ---- */

static void vgic_fake_setup(void)
{
    memset(&dom, 0, sizeof(dom));
    memset(vcpus, 0, sizeof(vcpus));
    memset(phys, 0, sizeof(phys));
    memset(irq_users, 0, sizeof(irq_users));
    memset(wakes, 0, sizeof(wakes));
    memset(kicks, 0, sizeof(kicks));
    memset(percpu_loaded_vcpu, 0, sizeof(percpu_loaded_vcpu));
    memset(percpu_softirq_pending, 0, sizeof(percpu_softirq_pending));
    board.gic.maintenance_irq = 25;
    board.gic.vcpu = 0x2c006000;
    board.gic.vcpu_size = 0x2000;
    board.timer.irq_virt = 27;

    host_cpu = 0;
    vgic_init();
    dom.id = 1;
    dom.max_vcpus = CPUS;
    assert_int_equal(vgic_create(&dom, 64, 0x8000000, 0x8010000), 0);
    for (unsigned int i = 0; i < CPUS; i++) {
        vcpus[i].domain = &dom;
        vcpus[i].id = (uint8_t)i;
        vcpus[i].sched.cpu = (uint16_t)i;
        assert_int_equal(vgic_vcpu_create(&vcpus[i]), 0);
        dom.vcpu[i] = &vcpus[i];
        host_cpu = i;
        vgic_cpu_init();
        run_on(i, &vcpus[i]);
        /* The guest's CPU interface: enabled, mask open. */
        gich_of[i].vmcr = GICH_VMCR_GRP0EN | 0x1fu << 27;
    }
    host_cpu = 0;
    dist_write(&vcpus[0], GICD_CTLR, 1);
    settle_all();
    memset(kicks, 0, sizeof(kicks));
    memset(wakes, 0, sizeof(wakes));
}

static void vgic_fake_teardown(void)
{
    assign_kill(&dom);
    vgic_destroy(&dom);
    assert_int_equal(heap_in_use, 0);
}

#endif /* UNIT_VGIC_FAKE_H */
