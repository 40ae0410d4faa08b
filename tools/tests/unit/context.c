/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose a register's value is, and whose an asynchronous abort, when the vCPU
 * of a pCPU changes. That each register is in the table is asked of the real
 * machine (system/context).
 *
 * Sources: xen/arch/arm/guest/context.c xen/arch/arm/guest/inject.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/hcr.h>
#include <asm/sysreg.h>
#include <asm/guest/cp15.h>
#include <asm/guest/vfp.h>

#include <xen/context.h>
#include <xen/inject.h>
#include <xen/p2m.h>
#include <xen/smp.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#define REG(name_) (*host_sysreg(name_))
#define ISR_A      0x100u
#define ISR_I      0x080u

static struct domain dom[2];
static struct vcpu vcpus[2];
static struct vcpu *woken;

/* ---- the functions around ---- */

void vcpu_wake(struct vcpu *v)
{
    woken = v;
}

void vgic_save(struct vcpu *v)
{
    (void)v;
}

void vgic_load(struct vcpu *v)
{
    (void)v;
}

void vtimer_save(struct vcpu *v)
{
    (void)v;
}

void vtimer_load(struct vcpu *v)
{
    (void)v;
}

void p2m_load(struct domain *d)
{
    (void)d;
}

void p2m_leave(struct domain *d)
{
    (void)d;
}

void cp15_cpu_init(void)
{
}

void vfp_save(struct vfp_state *s)
{
    (void)s;
}

void vfp_restore(const struct vfp_state *s)
{
    (void)s;
}

void smp_call_locking(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    unsigned int me = host_cpu;

    host_cpu = (unsigned int)__builtin_ctz(mask);
    fn(arg);
    host_cpu = me;
}

static int setup(void **state)
{
    (void)state;
    host_cpu = 0;
    woken = NULL;
    this_cpu(loaded_vcpu) = NULL;
    this_cpu(abort_told) = false;
    for (unsigned int i = 0; i < 2; i++) {
        memset(&vcpus[i], 0, sizeof(vcpus[i]));
        vcpus[i].domain = &dom[i];
        vcpus[i].loaded_on = -1;
        context_reset(&vcpus[i]);
    }
    REG("ISR") = 0;
    return 0;
}

/* ---- stories ---- */

static void registers_go_with_the_vcpu(void **state)
{
    (void)state;
    context_load(&vcpus[0]);
    REG("TPIDRURW") = 0x1234;
    REG("sp_irq") = 0x5678;
    context_load(&vcpus[1]);
    assert_int_equal(REG("TPIDRURW"), 0);
    assert_int_equal(REG("sp_irq"), 0);
    assert_int_equal(vcpus[0].loaded_on, -1);
    context_load(&vcpus[0]);
    assert_int_equal(REG("TPIDRURW"), 0x1234);
    assert_int_equal(REG("sp_irq"), 0x5678);
}

static void one_that_runs_is_not_evicted(void **state)
{
    (void)state;
    host_cpu = 1;
    context_load(&vcpus[0]);
    vcpus[0].running = true;
    host_cpu = 0;
    context_evict(&vcpus[0]);
    assert_int_equal(vcpus[0].loaded_on, 1);
    vcpus[0].running = false;
    context_evict(&vcpus[0]);
    assert_int_equal(vcpus[0].loaded_on, -1);
}

/* The abort of what one did is not the next one's. */
static void an_abort_stays_with_who_caused_it(void **state)
{
    (void)state;
    context_load(&vcpus[0]);
    REG("ISR") = ISR_A | ISR_I;
    context_load(&vcpus[1]);
    assert_ptr_equal(woken, &vcpus[0]);
    assert_int_equal(REG("HCR"), HCR_GUEST);

    /* The hardware still has it, and it comes as soon as a guest runs. */
    REG("ISR") = 0;
    woken = NULL;
    inject_async_abort(&vcpus[1]);
    assert_int_equal(REG("HCR"), HCR_GUEST);
    assert_null(woken);

    /* The next one is its own. */
    inject_async_abort(&vcpus[1]);
    assert_int_equal(REG("HCR"), HCR_GUEST | HCR_VA);
    assert_ptr_equal(woken, &vcpus[1]);

    context_load(&vcpus[0]);
    assert_int_equal(REG("HCR"), HCR_GUEST | HCR_VA);
}

#define TEST(fn_) cmocka_unit_test_setup(fn_, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(registers_go_with_the_vcpu),
        TEST(one_that_runs_is_not_evicted),
        TEST(an_abort_stays_with_who_caused_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
