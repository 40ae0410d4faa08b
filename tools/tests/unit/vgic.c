/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC: stories of interrupts from raise to EOI, and how many GICH
 * accesses each may cost.
 *
 * Sources: xen/arch/arm/guest/vgic.c xen/arch/arm/guest/vgic_lr.c
 * Sources: xen/arch/arm/guest/vgic_dist.c xen/arch/arm/guest/vgic_mmio.c
 * Sources: xen/arch/arm/guest/assign.c
 */
#include "vgic_fake.h"

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

/* The guest's timer fires: acknowledged physically, then this. */
static void timer_fires(struct vcpu *v)
{
    phys[TIMER].active = true;
    vgic_raise_hw(v, TIMER);
}

static void an_edge_from_raise_to_eoi(void **state)
{
    (void)state;
    enable(V0, EVENT);
    assert_false(is_pending(V0, EVENT));
    vgic_raise(V0, EVENT);
    assert_true(is_pending(V0, EVENT));
    assert_false(is_active(V0, EVENT));

    assert_int_equal(gicv_iar(), EVENT);
    assert_false(is_pending(V0, EVENT));
    assert_true(is_active(V0, EVENT));

    vgic_raise(V0, EVENT);
    assert_true(is_pending(V0, EVENT));
    assert_true(is_active(V0, EVENT));
    nothing();

    gicv_eoi(EVENT);
    take(EVENT);
    nothing();
    assert_false(is_pending(V0, EVENT));
    assert_false(is_active(V0, EVENT));
    assert_int_equal(misr(), 0);
}

static void what_each_path_costs(void **state)
{
    (void)state;
    enable(V0, EVENT);
    enable(V0, TIMER);
    for (int round = 0; round < 3; round++) {
        count_reset();
        timer_fires(V0);
        assert_int_equal(gich_of[0].writes, 1);
        assert_int_equal(gich_of[0].reads, 0);
        take(TIMER);

        count_reset();
        vgic_raise(V0, EVENT);
        assert_int_equal(gich_of[0].writes, 1);
        assert_true(gich_of[0].reads <= 1);
        take(EVENT);

        count_reset();
        dist_write(V0, GICD_SGIR, GICD_SGIR_TO_SELF << 24 | 3);
        assert_int_equal(gich_of[0].writes, 1);
        assert_true(gich_of[0].reads <= 1);
        take(3);
    }

    count_reset();
    dist_read(V0, GICD_CTLR);
    dist_read(V0, GICD_TYPER);
    dist_read(V0, GICD_ISENABLER(0));
    enable(V0, 5);
    enable(V0, 40);
    disable(V0, 41);
    vgic_flush(V0);
    assert_int_equal(gich_of[0].reads + gich_of[0].writes, 0);

    /* Going to sleep with all list registers used and empty: they stay. */
    assert_false(vgic_deliverable(V0));
    assert_int_equal(gich_of[0].reads, 1);
    assert_int_equal(gich_of[0].writes, 0);
    count_reset();
    timer_fires(V0);
    assert_int_equal(gich_of[0].writes, 1);
    assert_int_equal(gich_of[0].reads, 0);
}

static void the_timer_is_deactivated_by_the_guest(void **state)
{
    (void)state;
    enable(V0, TIMER);
    timer_fires(V0);
    assert_true(is_pending(V0, TIMER));
    assert_int_equal(gicv_iar(), TIMER);
    assert_true(phys[TIMER].active);
    assert_true(is_active(V0, TIMER));
    gicv_eoi(TIMER);
    assert_false(phys[TIMER].active);
    assert_int_equal(misr(), 0);
}

static void pending_while_disabled_is_remembered(void **state)
{
    (void)state;
    vgic_raise(V0, EVENT);
    nothing();
    assert_true(is_pending(V0, EVENT));
    enable(V0, EVENT);
    take(EVENT);
    assert_false(is_pending(V0, EVENT));
}

static void disable_takes_a_pending_one_back(void **state)
{
    (void)state;
    enable(V0, EVENT);
    vgic_raise(V0, EVENT);
    disable(V0, EVENT);
    nothing();
    assert_true(is_pending(V0, EVENT));
    enable(V0, EVENT);
    take(EVENT);

    /* ... and leaves an active one active. */
    vgic_raise(V0, EVENT);
    assert_int_equal(gicv_iar(), EVENT);
    vgic_raise(V0, EVENT);
    disable(V0, EVENT);
    assert_true(is_active(V0, EVENT));
    assert_true(is_pending(V0, EVENT));
    gicv_eoi(EVENT);
    nothing();
    enable(V0, EVENT);
    take(EVENT);
}

static void an_sgi_from_two_sources_comes_twice(void **state)
{
    (void)state;
    vgic_sgi(V0, V1, 4);
    vgic_sgi(V0, &vcpus[2], 4);
    vgic_sgi(V0, V1, 4);
    host_cpu = 0;
    settle_cpu();
    assert_int_equal(dist_read(V0, GICD_SPENDSGIR(4)), 0x06);

    assert_int_equal(gicv_iar(), 1u << 10 | 4);
    assert_int_equal(dist_read(V0, GICD_SPENDSGIR(4)), 0x04);
    assert_true(is_pending(V0, 4));
    gicv_eoi(1u << 10 | 4);
    settle_cpu();
    assert_int_equal(gicv_iar(), 2u << 10 | 4);
    gicv_eoi(2u << 10 | 4);
    settle_cpu();
    nothing();
    assert_int_equal(misr(), 0);
}

static void an_ipi_costs_one_kick_or_one_wake(void **state)
{
    (void)state;
    vgic_sgi(V1, V0, 2);
    assert_int_equal(kicks[1], 1);

    host_cpu = 1;
    settle_cpu();
    take(2);
    run_on(1, NULL);
    host_cpu = 0;
    kicks[1] = wakes[1] = 0;
    V1->pause_flags = VP_BLOCKED;
    vgic_sgi(V1, V0, 2);
    assert_int_equal(kicks[1], 0);
    assert_int_equal(wakes[1], 1);
    run_on(1, V1);
    take(2);
}

static void more_than_list_registers(void **state)
{
    (void)state;
    for (uint32_t irq = 33; irq < 45; irq++) {
        dist_write8(V0, GICD_IPRIORITYR(irq), (irq - 32) << 3);
        enable(V0, irq);
    }
    /* The least urgent first: each displaces one. */
    for (uint32_t irq = 44; irq >= 33; irq--)
        vgic_raise(V0, irq);
    assert_int_equal(dist_read(V0, GICD_ISPENDR(32)), 0x1ffe);
    for (uint32_t irq = 33; irq < 45; irq++) {
        settle_cpu();
        take(irq);
    }
    settle_cpu();
    nothing();
    assert_int_equal(dist_read(V0, GICD_ISPENDR(32)), 0);
    assert_int_equal(misr(), 0);
    assert_int_equal(gich_of[0].hcr, GICH_HCR_EN);
}

/* Six deep: active ones leave their list registers and are not lost. */
static void nested_deeper_than_list_registers(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 6; i++) {
        dist_write8(V0, GICD_IPRIORITYR(40 + i), (20 - i) << 3);
        enable(V0, 40 + i);
    }
    for (uint32_t i = 0; i < 6; i++) {
        vgic_raise(V0, 40 + i);
        settle_cpu();
        assert_int_equal(gicv_iar(), 40 + i);
    }
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(40)), 0x3f00);
    /* Again while active, out of its list register. */
    vgic_raise(V0, 40);
    assert_true(is_pending(V0, 40));

    for (uint32_t i = 6; i > 0; i--) {
        gicv_eoi(39 + i);
        settle_cpu();
        assert_int_equal(dist_read(V0, GICD_ISACTIVER(40)), (BIT(i - 1) - 1)
                                                                << 8);
    }
    take(40);
    settle_cpu();
    nothing();
    assert_int_equal(gich_of[0].hcr, GICH_HCR_EN);
}

static void a_level_is_sampled_again_at_eoi(void **state)
{
    (void)state;
    enable(V0, 30);
    vgic_line(V0, 30, true);
    assert_int_equal(gicv_iar(), 30);
    assert_true(is_pending(V0, 30)); /* the input is still there */
    gicv_eoi(30);
    settle_cpu();
    assert_int_equal(gicv_iar(), 30);
    vgic_line(V0, 30, false);
    assert_false(is_pending(V0, 30));
    gicv_eoi(30);
    settle_cpu();
    nothing();

    /* Gone before it was taken. */
    vgic_line(V0, 30, true);
    assert_true(is_pending(V0, 30));
    vgic_line(V0, 30, false);
    assert_false(is_pending(V0, 30));
    nothing();

    /* What ISPENDR has latched stays. */
    vgic_line(V0, 30, true);
    dist_write(V0, GICD_ISPENDR(30), BIT(30));
    vgic_line(V0, 30, false);
    assert_true(is_pending(V0, 30));
    take(30);
    settle_cpu();
    nothing();

    /* ICPENDR does not help against an input. */
    vgic_line(V0, 30, true);
    dist_write(V0, GICD_ICPENDR(30), BIT(30));
    assert_true(is_pending(V0, 30));
    assert_int_equal(gicv_iar(), 30);
}

static void a_level_falls_on_another_cpu(void **state)
{
    (void)state;
    enable(V1, SPI);
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    vgic_line(V0, SPI, true);
    settle_all();
    vgic_line(V0, SPI, false);
    settle_all();
    host_cpu = 1;
    nothing();
    assert_int_equal(misr(), 0);
    assert_false(is_pending(V1, SPI));
}

static void switched_out_and_in(void **state)
{
    (void)state;
    enable(V0, EVENT);
    enable(V0, TIMER);
    timer_fires(V0);
    vgic_raise(V0, EVENT);
    vgic_sgi(V0, V1, 9);
    assert_int_equal(gicv_iar(), 1u << 10 | 9);

    run_on(0, NULL);
    for (unsigned int n = 0; n < LRS; n++)
        assert_int_equal(gich_of[0].lr[n], 0);
    assert_int_equal(gich_of[0].hcr, 0);
    vgic_raise(V0, EVENT);
    vgic_sgi(V0, V0, 9);
    assert_true(vgic_deliverable(V0));

    run_on(2, V0);
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(0)), BIT(9));
    assert_int_equal(dist_read(V0, GICD_ISPENDR(0)),
                     BIT(9) | BIT(TIMER) | BIT(EVENT));
    assert_int_equal(gich_of[2].vmcr, GICH_VMCR_GRP0EN | 0x1fu << 27);
    nothing(); /* the running priority came along */
    gicv_eoi(9);
    settle_cpu();
    take(9);
    take(TIMER);
    take(EVENT);
    settle_cpu();
    nothing();
}

static void wfi_looks_at_enable_and_mask(void **state)
{
    (void)state;
    assert_false(vgic_deliverable(V0));
    vgic_raise(V0, EVENT);
    assert_false(vgic_deliverable(V0));
    dist_write8(V0, GICD_IPRIORITYR(EVENT), 0x80);
    enable(V0, EVENT);
    assert_true(vgic_deliverable(V0));
    gich_of[0].vmcr = GICH_VMCR_GRP0EN | 0x10u << 27;
    assert_false(vgic_deliverable(V0));
    gich_of[0].vmcr = 0x1fu << 27;
    assert_false(vgic_deliverable(V0));
    gich_of[0].vmcr |= GICH_VMCR_GRP0EN;
    assert_int_equal(gicv_iar(), EVENT);
    assert_false(vgic_deliverable(V0));
    vgic_raise(V0, EVENT);
    assert_false(vgic_deliverable(V0)); /* active and pending waits */
}

/* It came to CPU 0, its vCPU is on CPU 2: next time it goes there. */
static void an_spi_is_routed_after_its_vcpu(void **state)
{
    (void)state;
    assert_int_equal(assign_irq(&dom, SPI), 0);
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    run_on(1, NULL);
    run_on(2, NULL);
    run_on(2, V1);
    host_cpu = 0;
    phys[SPI].pending = true;
    settle_cpu();
    assert_int_equal(phys[SPI].cpu, 2);
}

/* True: some have not ended. */
static bool recheck(void)
{
    if (this_cpu(assign_taken))
        assign_recheck();
    return this_cpu(assign_taken);
}

/* On an emulated GIC, where the EOI on CPU 2 leaves it active for CPU 0. */
static void an_spi_that_ends_elsewhere(void **state)
{
    (void)state;
    vtimer_recheck_ticks = 1;
    assert_int_equal(assign_irq(&dom, SPI), 0);
    dist_write8(V0, GICD_ITARGETSR(SPI), 1);
    enable(V0, SPI);
    host_cpu = 0;
    assert_false(recheck());
    phys[SPI].pending = true;
    settle_cpu();
    assert_true(recheck());
    assert_int_equal(gicv_iar(), SPI);
    assert_true(recheck());
    run_on(0, NULL);
    run_on(2, NULL);
    host_cpu = 0;
    assert_true(recheck());
    run_on(2, V0);
    host_cpu = 0;
    assert_true(recheck());
    assert_true(phys[SPI].active);
    host_cpu = 2;
    gicv_eoi(SPI);
    phys[SPI].active = true;
    assert_false(recheck()); /* it did not take it */
    assert_true(phys[SPI].active);
    host_cpu = 0;
    assert_false(recheck());
    assert_false(phys[SPI].active);
    vtimer_recheck_ticks = 0;
}

static void a_vcpu_starts_again(void **state)
{
    (void)state;
    enable(V1, EVENT);
    dist_write8(V1, GICD_ITARGETSR(SPI), 2);
    enable(V1, SPI);
    vgic_raise(V1, EVENT);
    vgic_raise(V1, SPI);
    vgic_sgi(V1, V0, 1);
    settle_all();
    host_cpu = 1;
    gicv_iar();

    V1->pause_flags = VP_DOWN;
    host_cpu = 0;
    vgic_vcpu_reset(V1);
    V1->pause_flags = 0;
    settle_all();
    host_cpu = 1;
    gich_of[1].vmcr = GICH_VMCR_GRP0EN | 0x1fu << 27;
    assert_int_equal(dist_read(V1, GICD_ISENABLER(0)), 0xffff);
    assert_int_equal(dist_read(V1, GICD_ISACTIVER(0)), 0);
    assert_int_equal(dist_read(V1, GICD_ISPENDR(0)), 0);
    take(SPI); /* was pending and still is */
    nothing();
}

static void creation(void **state)
{
    struct domain d = { .max_vcpus = 1 };

    (void)state;
    assert_int_equal(mapped.dist, 0x8000000);
    assert_int_equal(mapped.gicv, 0x8010000);
    assert_int_equal(mapped.gicv_pa, 0x2c006000);
    assert_int_equal(vgic_create(&d, 989, 0, 0), -EINVAL);
    board.gic.vcpu_size = 0x20000; /* 64 KiB aliases */
    assert_int_equal(vgic_create(&d, 988, 0, 0x1000), 0);
    assert_int_equal(mapped.gicv_pa, 0x2c015000);
    assert_int_equal(d.vgic.nr_spis, 992);
    assert_int_equal(vgic_lines(&d), 1020);
    vgic_destroy(&d);
    vgic_destroy(&d);
    board.gic.vcpu_size = 0x2000;
    assert_int_equal(vgic_create(&d, 1, 0, 0), 0);
    assert_int_equal(d.vgic.nr_spis, 32);
    vgic_destroy(&d);
    for (uint32_t part = 0, next; (next = vgic_dump(V0, part)) != 0;) {
        assert_true(next > part);
        part = next;
    }
}

#define STORY(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(an_edge_from_raise_to_eoi),
        STORY(what_each_path_costs),
        STORY(the_timer_is_deactivated_by_the_guest),
        STORY(pending_while_disabled_is_remembered),
        STORY(disable_takes_a_pending_one_back),
        STORY(an_sgi_from_two_sources_comes_twice),
        STORY(an_ipi_costs_one_kick_or_one_wake),
        STORY(more_than_list_registers),
        STORY(nested_deeper_than_list_registers),
        STORY(a_level_is_sampled_again_at_eoi),
        STORY(a_level_falls_on_another_cpu),
        STORY(switched_out_and_in),
        STORY(wfi_looks_at_enable_and_mask),
        STORY(an_spi_is_routed_after_its_vcpu),
        STORY(an_spi_that_ends_elsewhere),
        STORY(a_vcpu_starts_again),
        STORY(creation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
