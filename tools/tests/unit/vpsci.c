/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's firmware: guest/vpsci.c.
 *
 * Sources: xen/arch/arm/guest/vpsci.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/psr.h>
#include <xen/context.h>
#include <xen/guest_traps.h>
#include <xen/platform.h>
#include <xen/psci.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#include <public/xen.h>

#define NR 4u

static struct domain dom;
struct domain *hardware_domain;
static struct platform board_platform;
const struct platform *platform = &board_platform;
static struct vcpu vcpu[NR];
static unsigned int resets, evictions;
static int code;
static int32_t raced; /* answer of a second CPU_ON during the first */
static bool race;

/* ---- the functions around ---- */

struct vcpu *domain_vcpu(struct domain *d, uint32_t id)
{
    return id < NR ? d->vcpu[id] : NULL;
}

void vcpu_flags_set(struct vcpu *v, uint32_t flags)
{
    v->pause_flags |= flags;
}

void vcpu_flags_clear(struct vcpu *v, uint32_t flags)
{
    v->pause_flags &= ~flags;
}

void vcpu_block(struct vcpu *v)
{
    v->pause_flags |= VP_BLOCKED;
}

void vcpu_wake(struct vcpu *v)
{
    v->pause_flags &= ~VP_BLOCKED;
}

bool vgic_deliverable(struct vcpu *v)
{
    return v->id == 3;
}

void context_evict(struct vcpu *v)
{
    v->loaded_on = -1;
    evictions++;
}

static int32_t call(unsigned int id, uint32_t fn, uint32_t a1, uint32_t a2,
                    uint32_t a3)
{
    struct vcpu *v = &vcpu[id];

    v->regs.r[0] = fn;
    v->regs.r[1] = a1;
    v->regs.r[2] = a2;
    v->regs.r[3] = a3;
    assert_int_equal(vpsci_hvc(v, 0), V_RETRY);
    assert_int_equal(v->regs.r[1], fn == PSCI_0_2_CPU_OFF ? v->regs.r[1] : a1);
    return (int32_t)v->regs.r[0];
}

void context_reset(struct vcpu *v)
{
    assert_int_equal(v->loaded_on, -1);
    memset(&v->regs, 0, sizeof(v->regs));
    v->regs.cpsr = PSR_GUEST_INIT;
    resets++;
    if (race) {
        race = false;
        raced = call(2, PSCI_0_2_CPU_ON, v->id, 0x666, 0x666);
    }
}

void vtimer_vcpu_reset(struct vcpu *v)
{
    (void)v;
}

void vgic_vcpu_reset(struct vcpu *v)
{
    (void)v;
}

static struct vcpu *given_back; /* whose interrupts go to others */

void vgic_vcpu_off(struct vcpu *v)
{
    assert_true(v->pause_flags & VP_DOWN); /* or they would come back */
    given_back = v;
}

static uint32_t raised;

void vgic_raise(struct vcpu *v, uint32_t irq)
{
    assert_int_equal(v->pause_flags & VP_DOWN, 0);
    raised = irq;
}

void domain_shutdown(struct domain *d, enum shutdown_code why)
{
    assert_ptr_equal(d, &dom);
    code = why;
}

static int setup(void **state)
{
    (void)state;
    memset(&dom, 0, sizeof(dom));
    memset(vcpu, 0, sizeof(vcpu));
    for (unsigned int i = 0; i < NR; i++) {
        dom.vcpu[i] = &vcpu[i];
        vcpu[i].domain = &dom;
        vcpu[i].id = (uint8_t)i;
        vcpu[i].loaded_on = -1;
        vcpu[i].pause_flags = i ? VP_DOWN : 0;
    }
    resets = evictions = 0;
    code = -1;
    race = false;
    return 0;
}

/* ---- tests ---- */

static const struct {
    const char *story;
    uint32_t fn, a1, a2;
    int32_t want;
} stories[] = {
    { "version 1.1", PSCI_0_2_VERSION, 0, 0, 0x10001 },
    { "no trusted OS", PSCI_0_2_MIGRATE_INFO_TYPE, 0, 0, 2 },
    { "features: CPU_ON", PSCI_1_0_FEATURES, PSCI_0_2_CPU_ON, 0, 0 },
    { "features: SMCCC_VERSION", PSCI_1_0_FEATURES, SMCCC_VERSION_ID, 0, 0 },
    { "features: SYSTEM_SUSPEND", PSCI_1_0_FEATURES, 0x8400000e, 0, -1 },
    { "features: a 0.1 id", PSCI_1_0_FEATURES, 1, 0, -1 },
    { "SMCCC 1.1", SMCCC_VERSION_ID, 0, 0, 0x10001 },
    { "arch features: itself", SMCCC_ARCH_FEATURES_ID, SMCCC_ARCH_FEATURES_ID,
      0, 0 },
    { "arch features: WORKAROUND_1", SMCCC_ARCH_FEATURES_ID, 0x80008000, 0,
      -1 },
    { "64-bit CPU_ON", 0xc4000003, 1, 0, -1 },
    { "MIGRATE", 0x84000005, 0, 0, -1 },
    { "rubbish", 0x12345678, 0, 0, -1 },
    { "affinity of one that is on", PSCI_0_2_AFFINITY_INFO, 0, 0, 0 },
    { "affinity of one that is off", PSCI_0_2_AFFINITY_INFO, 1, 0, 1 },
    { "affinity of the cluster", PSCI_0_2_AFFINITY_INFO, 1, 1, 0 },
    { "affinity of another cluster", PSCI_0_2_AFFINITY_INFO, 0x100, 1, -2 },
    { "affinity, bad level", PSCI_0_2_AFFINITY_INFO, 0, 3, -2 },
    { "affinity, no such vCPU", PSCI_0_2_AFFINITY_INFO, 4, 0, -2 },
    { "affinity, reserved bits", PSCI_0_2_AFFINITY_INFO, 0x80000000, 0, -2 },
    { "CPU_ON, no such vCPU", PSCI_0_2_CPU_ON, 4, 0x1000, -2 },
    { "CPU_ON, Aff1", PSCI_0_2_CPU_ON, 0x101, 0x1000, -2 },
    { "CPU_ON, MPIDR with bit 31", PSCI_0_2_CPU_ON, 0x80000001, 0x1000, -2 },
    { "CPU_ON of oneself", PSCI_0_2_CPU_ON, 0, 0x1000, -4 },
    { "0.1: CPU_ON of oneself", 2, 0, 0x1000, -2 },
};

static void answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        print_message("  %s\n", stories[i].story);
        assert_int_equal(
            call(0, stories[i].fn, stories[i].a1, stories[i].a2, 0),
            stories[i].want);
    }
    assert_int_equal(resets, 0);
}

static void cpu_on_and_off(void **state)
{
    (void)state;
    vcpu[1].loaded_on = 1; /* left in the hardware of an idle pCPU */
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x40008001, 0xc0ffee), 0);
    assert_int_equal(evictions, 1);
    assert_int_equal(vcpu[1].pause_flags, 0);
    assert_int_equal(vcpu[1].regs.pc, 0x40008000);
    assert_int_equal(vcpu[1].regs.cpsr, PSR_GUEST_INIT | PSR_T);
    assert_int_equal(vcpu[1].regs.r[0], 0xc0ffee);
    assert_true(vcpu[1].context.initialised);
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x40008000, 0),
                     PSCI_ALREADY_ON);

    /* Off, but still on its pCPU: counts as on until it has left. */
    vcpu[1].running = true;
    given_back = NULL;
    (void)call(1, PSCI_0_2_CPU_OFF, 0, 0, 0);
    assert_ptr_equal(given_back, &vcpu[1]);
    assert_int_equal(vcpu[1].pause_flags, VP_DOWN);
    assert_int_equal(call(0, PSCI_0_2_AFFINITY_INFO, 1, 0, 0), 0);
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x40008000, 0),
                     PSCI_ALREADY_ON);
    assert_int_equal(resets, 1);
    vcpu[1].running = false;
    assert_int_equal(call(0, PSCI_0_2_AFFINITY_INFO, 1, 0, 0), 1);
    assert_int_equal(call(0, 2, 1, 0x40008000, 5), 0); /* 0.1 */
    assert_int_equal(vcpu[1].regs.cpsr, PSR_GUEST_INIT);
    assert_int_equal(vcpu[1].regs.r[0], 0); /* no context id */
}

/* What came while it was off is told when it is on. */
static void events_wait_for_cpu_on(void **state)
{
    static struct vcpu_info info;

    (void)state;
    dom.event_ppi = 31;
    vcpu[1].info = &info;
    raised = 0;
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x1000, 0), 0);
    assert_int_equal(raised, 0);
    (void)call(1, PSCI_0_2_CPU_OFF, 0, 0, 0);
    info.evtchn_upcall_pending = 1;
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x1000, 0), 0);
    assert_int_equal(raised, 31);
}

static void one_winner(void **state)
{
    (void)state;
    race = true;
    assert_int_equal(call(0, PSCI_0_2_CPU_ON, 1, 0x1000, 0x1), 0);
    assert_int_equal(raced, PSCI_ON_PENDING);
    assert_int_equal(vcpu[1].regs.pc, 0x1000);
    assert_int_equal(resets, 1);
    assert_int_equal(call(2, PSCI_0_2_CPU_ON, 1, 0x2000, 0x2), PSCI_ALREADY_ON);
}

static void suspend_is_wfi(void **state)
{
    (void)state;
    assert_int_equal(call(0, PSCI_0_2_CPU_SUSPEND, 0, 0, 0), 0);
    assert_int_equal(vcpu[0].pause_flags, VP_BLOCKED);
    vcpu[3].pause_flags = 0; /* has an interrupt waiting */
    assert_int_equal(call(3, PSCI_0_2_CPU_SUSPEND, 0, 0, 0), 0);
    assert_int_equal(vcpu[3].pause_flags, 0);
}

static void system_calls(void **state)
{
    (void)state;
    (void)call(0, PSCI_0_2_SYSTEM_OFF, 0, 0, 0);
    assert_int_equal(code, SHUTDOWN_POWEROFF);
    (void)call(0, PSCI_0_2_SYSTEM_RESET, 0, 0, 0);
    assert_int_equal(code, SHUTDOWN_REBOOT);
}

static void smc_advances(void **state)
{
    (void)state;
    vcpu[0].regs.r[0] = PSCI_0_2_VERSION;
    assert_int_equal(vpsci_smc(&vcpu[0], 0), V_DONE);
    assert_int_equal(vcpu[0].regs.r[0], 0x10001);
}

static bool rom(uint32_t service, uint32_t arg, uint32_t *answer)
{
    if (service != 0x108)
        return false;
    assert_int_equal(arg, 1);
    *answer = 0x77;
    return true;
}

/* The board's ROM: for dom0, by SMC, where there is one; PSCI else. */
static void rom_services(void **state)
{
    static const struct {
        bool has_rom, is_dom0, hvc;
        uint32_t service, want;
    } rows[] = {
        { true, true, false, 0x108, 0x77 },
        { false, true, false, 0x108, 1 /* PSCI 0.1: CPU_OFF */ },
        { true, false, false, 0x108, 1 },
        { true, true, true, 0x108, 1 },
        { true, true, false, 0x80001000, 1 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct vcpu *v = &vcpu[0];

        board_platform.rom_service = rows[i].has_rom ? rom : NULL;
        hardware_domain = rows[i].is_dom0 ? &dom : NULL;
        v->pause_flags = 0;
        v->regs.r[0] = 1;
        v->regs.r[12] = rows[i].service;
        assert_int_equal(rows[i].hvc ? vpsci_hvc(v, 0) : vpsci_smc(v, 0),
                         rows[i].hvc ? V_RETRY : V_DONE);
        if (rows[i].want == 1)
            assert_int_equal(v->pause_flags, VP_DOWN);
        else
            assert_int_equal(v->regs.r[0], rows[i].want);
    }
    board_platform.rom_service = NULL;
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(answers),        T(cpu_on_and_off),
        T(one_winner),     T(events_wait_for_cpu_on),
        T(suspend_is_wfi), T(system_calls),
        T(smc_advances),   T(rom_services),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
