/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC: stories of what is late. A maintenance interrupt comes
 * after the guest has gone on, a kick after the other CPU has, and vCPUs lose
 * power, or switch CPUs, in between.
 *
 * Sources: xen/arch/arm/guest/vgic.c xen/arch/arm/guest/vgic_lr.c
 * Sources: xen/arch/arm/guest/vgic_dist.c xen/arch/arm/guest/vgic_mmio.c
 * Sources: xen/arch/arm/guest/assign.c
 */
#include "vgic_fake.h"

#define OUTER 40u /* of the nested ones: OUTER, OUTER + 1, ... */
#define DEEP  6u

static int setup(void **state)
{
    (void)state;
    vgic_fake_setup();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vgic_fake_teardown();
    return 0;
}

/* @deep interrupts active, each more urgent than the one before. */
static void nest(uint32_t deep)
{
    for (uint32_t i = 0; i < deep; i++) {
        dist_write8(V0, GICD_IPRIORITYR(OUTER + i), (20 - i) << 3);
        enable(V0, OUTER + i);
    }
    for (uint32_t i = 0; i < deep; i++) {
        vgic_raise(V0, OUTER + i);
        settle_cpu();
        assert_int_equal(gicv_iar(), OUTER + i);
    }
}

/* All but the outermost end; nobody has been told yet. */
static void unnest(void)
{
    for (uint32_t i = DEEP - 1; i > 0; i--)
        gicv_eoi(OUTER + i);
    assert_int_not_equal(misr(), 0);
}

static void an_end_without_list_register_is_told(void **state)
{
    (void)state;
    nest(DEEP);
    unnest();
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(OUTER)), 1u << 8);
    gicv_eoi(OUTER);
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(OUTER)), 0);
}

static void an_end_counts_before_a_register_is_written(void **state)
{
    (void)state;
    nest(DEEP);
    unnest();
    dist_write(V0, GICD_ICACTIVER(OUTER), BIT((OUTER + 1) % 32));
    settle_cpu();
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(OUTER)), 1u << 8);
}

/* Separate deactivation: OUTER, which has no list register, ends first. */
static void an_end_counts_before_another_is_displaced(void **state)
{
    (void)state;
    enable(V0, OUTER + LRS + 1);
    nest(LRS + 1);
    gich_of[0].hcr += 1u << 27; /* GICV_DIR of OUTER */
    vgic_raise(V0, OUTER + LRS + 1);
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(OUTER)), 0x1eu << 8);
}

/* Its maintenance interrupt would come when nobody could be woken. */
static void wfi_knows_what_an_end_lets_through(void **state)
{
    (void)state;
    vgic_sgi(V0, V0, 4);
    vgic_sgi(V0, V1, 4);
    take(4);
    assert_true(vgic_deliverable(V0));
    take(4);

    enable(V0, 30);
    vgic_line(V0, 30, true);
    take(30);
    assert_true(vgic_deliverable(V0));
    vgic_line(V0, 30, false);
    assert_false(vgic_deliverable(V0));
    assert_int_equal(misr(), 0);

    /* Comes again while it is active without a list register. */
    nest(DEEP);
    vgic_raise(V0, OUTER + 1);
    unnest();
    assert_true(vgic_deliverable(V0));
    take(OUTER + 1);
}

/* Pending at vCPU 1, which was the first target while vCPU 0 had no power. */
static void twice_is_once_at_a_later_target(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 3);
    enable(V0, SPI);
    V0->pause_flags = VP_DOWN;
    vgic_raise(V1, SPI);
    settle_all();
    V0->pause_flags = 0;
    vgic_raise(V0, SPI);
    settle_all();
    host_cpu = 1;
    take(SPI);
    settle_all();
    nothing();
    host_cpu = 0;
    nothing();
    assert_false(is_pending(V0, SPI));
}

/* Active at vCPU 1, pending again, and given to vCPU 0. */
static void active_there_wanted_here(void)
{
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    settle_all();
    host_cpu = 1;
    assert_int_equal(gicv_iar(), SPI);
    host_cpu = 0;
    vgic_raise(V0, SPI);
    dist_write8(V0, GICD_ITARGETSR(SPI), 1);
    settle_all();
}

/* Else a maintenance interrupt that nobody expects comes for ever. */
static void no_maintenance_is_left_behind(void **state)
{
    (void)state;
    active_there_wanted_here();
    host_cpu = 1;
    gicv_eoi(SPI);
    vgic_raise(V0, SPI);
    assert_int_equal(misr(), 0);
    settle_all();
    host_cpu = 0;
    take(SPI);
    settle_all();
    nothing();

    active_there_wanted_here();
    host_cpu = 1;
    gicv_eoi(SPI);
    host_cpu = 0;
    dist_write8(V0, GICD_IPRIORITYR(SPI), 0x40);
    host_cpu = 1;
    assert_int_equal(misr(), 0);
    settle_all();
    host_cpu = 0;
    take(SPI);
    settle_all();
    nothing();
}

/* It ends there after it was raised once more, and before the kick. */
static void raised_where_it_leaves(void **state)
{
    (void)state;
    active_there_wanted_here();
    vgic_raise(V0, SPI);
    host_cpu = 1;
    gicv_eoi(SPI);
    maintenance_fn(NULL);
    nothing();
    settle_all();
    nothing();
    host_cpu = 0;
    take(SPI);
}

static void switched_there(void)
{
    run_on(1, NULL);
    run_on(1, V1);
}

/* ISACTIVER takes it out of the list register of CPU 1: it stays there. */
static void an_active_spi_stays_with_its_cpu(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    settle_all();
    host_cpu = 1;
    assert_int_equal(gicv_iar(), SPI);
    host_cpu = 0;
    dist_write8(V0, GICD_ITARGETSR(SPI), 1);
    after_call = switched_there;
    dist_write(V0, GICD_ISACTIVER(SPI), BIT(SPI % 32));
    settle_all();
    assert_true(is_active(V0, SPI));
    host_cpu = 1;
    gicv_eoi(SPI);
    settle_all();
    assert_false(is_active(V1, SPI));
}

static void a_level_falls_during_a_switch(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    vgic_line(V0, SPI, true);
    settle_all();
    vgic_line(V0, SPI, false);
    run_on(1, NULL); /* before the kick */
    run_on(2, NULL);
    run_on(2, V1);
    nothing();
    assert_false(is_pending(V1, SPI));
}

/* ---- power ---- */

/* Not at vCPU 0, which is no target, nor lost. */
static void a_target_without_power(void **state)
{
    (void)state;
    run_on(1, NULL);
    V1->pause_flags = VP_DOWN;
    host_cpu = 0;
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    settle_all();
    nothing();
    assert_true(is_pending(V0, SPI));

    vgic_vcpu_reset(V1);
    V1->vgic.vmcr = GICH_VMCR_GRP0EN | 0x1fu << 27;
    V1->pause_flags = 0;
    run_on(1, V1);
    take(SPI);
    nothing();
}

static void another_target_takes_over(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 3);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    V0->pause_flags = VP_DOWN;
    vgic_vcpu_off(V0);
    nothing();
    settle_all();
    host_cpu = 1;
    take(SPI);
}

/* Its vCPU slept elsewhere when it lost power: seen at the next change. */
static void a_line_that_stays_finds_the_next_target(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 3);
    enable(V0, SPI);
    run_on(0, NULL);
    vgic_line(V1, SPI, true);
    V0->pause_flags = VP_DOWN;
    vgic_line(V1, SPI, true);
    settle_all();
    host_cpu = 1;
    take(SPI);
}

/* Made active by register, not by the vCPU that starts. */
static void a_start_leaves_others_actives(void **state)
{
    (void)state;
    run_on(1, NULL);
    V1->pause_flags = VP_DOWN;
    host_cpu = 0;
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    dist_write(V0, GICD_ISACTIVER(SPI), BIT(SPI % 32));
    vgic_vcpu_reset(V1);
    assert_true(is_active(V0, SPI));
}

/* ---- physical interrupts ---- */

/* Pending by register when a device is put behind it. */
static void a_device_behind_a_pending_one(void **state)
{
    (void)state;
    enable(V0, SPI);
    dist_write(V0, GICD_ISPENDR(SPI), BIT(SPI % 32));
    dist_write(V0, GICD_ICENABLER(SPI), BIT(SPI % 32));
    assert_int_equal(assign_irq(&dom, SPI), 0);
    assert_true(phys[SPI].active); /* cannot fire before the guest's EOI */
    enable(V0, SPI);
    assert_int_equal(gicv_iar(), SPI);
    phys[SPI].pending = true;
    settle_all();
    assert_true(is_active(V0, SPI));
    gicv_eoi(SPI);
    assert_false(phys[SPI].active);
    settle_all();
    take(SPI);
}

static void enable_again(void)
{
    disable(V0, SPI);
    enable(V0, SPI);
}

/* Else the next domain's would be enabled before it asks. */
static void a_device_that_is_taken_away_is_silent(void **state)
{
    (void)state;
    assert_int_equal(assign_irq(&dom, SPI), 0);
    enable(V0, SPI);
    after_release = enable_again;
    assign_irq_release(&dom, SPI);
    assert_false(phys[SPI].enabled);
}

#define STORY(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_end_without_list_register_is_told),
        STORY(an_end_counts_before_a_register_is_written),
        STORY(an_end_counts_before_another_is_displaced),
        STORY(wfi_knows_what_an_end_lets_through),
        STORY(twice_is_once_at_a_later_target),
        STORY(no_maintenance_is_left_behind),
        STORY(raised_where_it_leaves),
        STORY(an_active_spi_stays_with_its_cpu),
        STORY(a_level_falls_during_a_switch),
        STORY(a_target_without_power),
        STORY(another_target_takes_over),
        STORY(a_line_that_stays_finds_the_next_target),
        STORY(a_start_leaves_others_actives),
        STORY(a_device_behind_a_pending_one),
        STORY(a_device_that_is_taken_away_is_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
