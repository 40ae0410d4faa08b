/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's timers: guest/vtimer.c.
 *
 * Sources: xen/arch/arm/guest/vtimer.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <asm/sysreg.h>
#include <xen/assign.h>
#include <xen/board.h>
#include <xen/context.h>
#include <xen/gic.h>
#include <xen/irq.h>
#include <xen/platform.h>
#include <xen/time.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>
#include <xen/vtimer.h>

#define OFFSET 1000u

struct board board;
static const struct platform hardware = { .name = "hardware" };
const struct platform *platform = &hardware;

uint64_t ns_to_ticks(uint64_t ns)
{
    return ns;
}
DEFINE_PER_CPU(struct vcpu *, loaded_vcpu);

static struct domain dom;
static struct vcpu vcpu;
static uint64_t now;
static bool active, line; /* physical PPI 27; virtual PPI 30      */
static unsigned int raised, deactivated, looked, lines, woken;
static void (*handler)(void *arg), (*recheck)(void *arg);

/* ---- the functions around ---- */

uint64_t time_ticks(void)
{
    return now;
}

bool gic_is_active(unsigned int irq)
{
    assert_int_equal(irq, 27);
    looked++;
    return active;
}

void gic_set_active(unsigned int irq)
{
    assert_int_equal(irq, 27);
    /* Before the timer is switched on, or it fires a second time. */
    assert_int_equal(*host_sysreg("CNTV_CTL"), 0);
    active = true;
}

void gic_clear_active(unsigned int irq)
{
    assert_int_equal(irq, 27);
    active = false;
}

void gic_deactivate(uint32_t iar)
{
    assert_int_equal(iar, 27);
    deactivated++;
}

DEFINE_PER_CPU(bool, assign_taken);

void assign_recheck(void)
{
    fail_msg("nothing was taken");
}

void vgic_raise_hw(struct vcpu *v, uint32_t irq)
{
    assert_ptr_equal(v, &vcpu);
    assert_int_equal(irq, 27);
    raised++;
}

void vgic_line(struct vcpu *v, uint32_t irq, bool asserted)
{
    assert_ptr_equal(v, &vcpu);
    assert_int_equal(irq, 30);
    line = asserted;
    lines++;
}

void vcpu_wake(struct vcpu *v)
{
    assert_ptr_equal(v, &vcpu);
    woken++;
}

int irq_request(unsigned int irq, enum irq_kind kind, enum irq_trigger trigger,
                void (*fn)(void *arg), void *arg, const char *name)
{
    assert_int_equal(trigger, IRQ_LEVEL);
    assert_null(arg);
    assert_non_null(name);
    if (irq == 30 && platform->gic_misses_level) {
        assert_int_equal(kind, IRQ_XEN);
        recheck = fn;
        return 0;
    }
    assert_int_equal(irq, 27);
    assert_int_equal(kind, IRQ_GUEST);
    handler = fn;
    return 0;
}

void irq_enable(unsigned int irq)
{
    assert_true(irq == 27 || (irq == 30 && vtimer_recheck_ticks));
}

static uint32_t empty = 0xf;

unsigned int gich_lr_nr(void)
{
    return 4;
}

uint32_t gich_empty(void)
{
    return empty;
}

void timer_init(struct timer *t, void (*fn)(void *arg), void *arg,
                unsigned int cpu)
{
    *t = (struct timer){ .fn = fn, .arg = arg, .cpu = (uint16_t)cpu };
}

void timer_set(struct timer *t, uint64_t deadline)
{
    t->deadline = deadline;
    t->armed = true;
}

void timer_stop(struct timer *t)
{
    t->armed = false;
}

void timer_kill(struct timer *t)
{
    t->armed = false;
}

void timer_migrate(struct timer *t, unsigned int cpu)
{
    t->cpu = (uint16_t)cpu;
}

static void expire(struct timer *t)
{
    assert_true(timer_armed(t));
    now = t->deadline;
    t->armed = false;
    t->fn(t->arg);
}

static int setup(void **state)
{
    (void)state;
    memset(&dom, 0, sizeof(dom));
    memset(&vcpu, 0, sizeof(vcpu));
    vcpu.domain = &dom;
    dom.vtimer_offset = OFFSET;
    now = 5000;
    active = line = false;
    raised = deactivated = looked = lines = woken = 0;
    assert_int_equal(vtimer_init(), 0);
    assert_int_equal(vtimer_vcpu_create(&vcpu), 0);
    *host_sysreg("CNTV_CTL") = 0;
    percpu_loaded_vcpu[0] = &vcpu;
    vtimer_load(&vcpu);
    return 0;
}

/* ---- tests ---- */

/* Hardware fires: it stays active and belongs to the guest. */
static void fire(void)
{
    active = true;
    handler(NULL);
}

static void switching_moves_the_active_state(void **state)
{
    (void)state;
    *host_sysreg("CNTV_CTL") = 1;
    *host_sysreg("CNTV_CVAL") = 3900;
    fire();
    assert_int_equal(raised, 1);

    vcpu.pause_flags = 0; /* preempted */
    vtimer_save(&vcpu);
    assert_false(active);
    assert_int_equal(*host_sysreg("CNTV_CTL"), 0);
    assert_false(timer_armed(&vcpu.vtimer.virt));

    vtimer_load(&vcpu);
    assert_true(active);
    assert_int_equal(*host_sysreg("CNTV_CTL"), 1);
    assert_int_equal(*host_sysreg("CNTV_CVAL"), 3900);

    active = false; /* the guest's EOI */
    vtimer_save(&vcpu);
    vtimer_load(&vcpu);
    assert_false(active);
}

static void nothing_fired_nothing_looked_at(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        vtimer_save(&vcpu);
        vtimer_load(&vcpu);
    }
    assert_int_equal(looked, 0);
    fire();
    active = false;
    vtimer_save(&vcpu);
    vtimer_load(&vcpu);
    vtimer_save(&vcpu);
    assert_int_equal(looked, 1);
}

static void a_waiting_vcpu_is_woken(void **state)
{
    (void)state;
    *host_sysreg("CNTV_CTL") = 1;
    *host_sysreg("CNTV_CVAL") = 6000;
    vcpu.pause_flags = VP_BLOCKED;
    host_cpu = 2;
    *host_sysreg("CNTV_CTL") = 1;
    *host_sysreg("CNTV_CVAL") = 6000;
    vtimer_save(&vcpu);
    assert_int_equal(vcpu.vtimer.virt.cpu, 2);
    assert_true(vcpu.vtimer.virt.deadline == 6000 + OFFSET);
    expire(&vcpu.vtimer.virt);
    assert_int_equal(woken, 1);

    vcpu.vtimer.virt.armed = true;
    vtimer_load(&vcpu);
    assert_false(timer_armed(&vcpu.vtimer.virt));
    host_cpu = 0;
}

static void no_timer_where_none_is_wanted(void **state)
{
    static const struct {
        const char *story;
        uint32_t ctl, flags;
        uint64_t cval;
    } row[] = {
        { "disabled", 0, VP_BLOCKED, 6000 },
        { "masked", 3, VP_BLOCKED, 6000 },
        { "ready to run", 1, 0, 6000 },
        { "never: the deadline is beyond the counter", 1, VP_BLOCKED,
          UINT64_MAX },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
        print_message("  %s\n", row[i].story);
        *host_sysreg("CNTV_CTL") = row[i].ctl;
        *host_sysreg("CNTV_CVAL") = row[i].cval;
        vcpu.pause_flags = row[i].flags;
        vtimer_save(&vcpu);
        assert_false(timer_armed(&vcpu.vtimer.virt));
        assert_int_equal(vcpu.vtimer.cntv_ctl, row[i].ctl);
    }
}

static void fired_with_nobody_there(void **state)
{
    (void)state;
    percpu_loaded_vcpu[0] = NULL;
    handler(NULL);
    assert_int_equal(deactivated, 1);
    assert_int_equal(raised, 0);
}

static void physical_timer(void **state)
{
    (void)state;
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 0);
    vtimer_cntp_tval_write(&vcpu, 100);
    assert_true(vtimer_cntp_cval_read(&vcpu) == 5100);
    vtimer_cntp_ctl_write(&vcpu, 1);
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 1);
    now = 5040;
    assert_int_equal(vtimer_cntp_tval_read(&vcpu), 60);
    assert_int_equal(lines, 0);

    expire(&vcpu.vtimer.phys);
    assert_true(line);
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 5);
    now = 5110;
    assert_int_equal(vtimer_cntp_tval_read(&vcpu), (uint32_t)-10);

    vtimer_cntp_ctl_write(&vcpu, 7); /* masked; ISTATUS is not writable */
    assert_false(line);
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 7);
    vtimer_cntp_ctl_write(&vcpu, 1);
    assert_true(line); /* at once: the condition holds */

    vtimer_cntp_tval_write(&vcpu, (uint32_t)-1);
    assert_true(vtimer_cntp_cval_read(&vcpu) == 5109);
    assert_true(line);
    vtimer_cntp_cval_write(&vcpu, 0x123456789aull);
    assert_false(line);
    assert_true(vcpu.vtimer.phys.deadline == 0x123456789aull);
    vtimer_cntp_ctl_write(&vcpu, 0);
    assert_false(timer_armed(&vcpu.vtimer.phys));
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 0);
    assert_int_equal(lines, 4);
}

static void reset_disables(void **state)
{
    (void)state;
    *host_sysreg("CNTV_CTL") = 1;
    vtimer_cntp_cval_write(&vcpu, 9000);
    vtimer_cntp_ctl_write(&vcpu, 1);
    fire();
    vcpu.pause_flags = VP_BLOCKED;
    vtimer_save(&vcpu);
    vtimer_vcpu_reset(&vcpu);
    assert_false(timer_armed(&vcpu.vtimer.virt));
    assert_false(timer_armed(&vcpu.vtimer.phys));
    vtimer_load(&vcpu);
    assert_false(active);
    assert_int_equal(*host_sysreg("CNTV_CTL"), 0);
    assert_int_equal(vtimer_cntp_ctl_read(&vcpu), 0);
}

/*
 * QEMU's GIC misses a level that stays over the guest's EOI: after each
 * interrupt handed over there is another, until the guest is through.
 */
static void emulated_gic_is_made_to_look(void **state)
{
    static const struct platform emulated = {
        .name = "emulated",
        .gic_misses_level = true,
    };
    uint64_t *ctl = host_sysreg("CNTP_CTL");

    (void)state;
    fire();
    assert_int_equal(*ctl, 0); /* hardware: nothing */

    platform = &emulated;
    board.timer.irq_phys = 30;
    assert_int_equal(vtimer_init(), 0);
    vtimer_cpu_init();
    assert_int_equal(*ctl, 0);
    fire();
    assert_int_equal(*ctl, 1);
    empty = 0xe; /* the guest has not ended it yet */
    recheck(NULL);
    assert_int_equal(*ctl, 1);
    empty = 0xf;
    recheck(NULL);
    assert_int_equal(*ctl, 0);

    platform = &hardware;
    vtimer_recheck_ticks = 0;
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(switching_moves_the_active_state),
        T(nothing_fired_nothing_looked_at),
        T(a_waiting_vcpu_is_woken),
        T(no_timer_where_none_is_wanted),
        T(fired_with_nobody_there),
        T(physical_timer),
        T(reset_disables),
        T(emulated_gic_is_made_to_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
