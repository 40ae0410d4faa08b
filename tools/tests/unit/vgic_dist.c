/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC: stories of distributor registers, of SPIs that move between
 * vCPUs and of those with a physical one behind them.
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

static void sgis_cannot_be_disabled(void **state)
{
    (void)state;
    assert_int_equal(dist_read(V0, GICD_ISENABLER(0)), 0xffff);
    dist_write(V0, GICD_ICENABLER(0), ~0u);
    assert_int_equal(dist_read(V0, GICD_ICENABLER(0)), 0xffff);
}

static void sgis_pending_by_register(void **state)
{
    (void)state;
    dist_write8(V0, GICD_SPENDSGIR(6), 0x05);
    assert_int_equal(dist_read(V0, GICD_SPENDSGIR(4)), 0x05u << 16);
    assert_int_equal(dist_read(V0, GICD_CPENDSGIR(4)), 0x05u << 16);
    dist_write8(V0, GICD_CPENDSGIR(6), 0x01);
    assert_int_equal(gicv_iar(), 2u << 10 | 6);
    gicv_eoi(6);
    settle_cpu();
    nothing();
    /* No such vCPU; not writable through ISPENDR. */
    dist_write8(V0, GICD_SPENDSGIR(6), 0xf8);
    dist_write(V0, GICD_ISPENDR(0), 0xffff);
    nothing();
}

static void sgir_filters(void **state)
{
    (void)state;
    vcpus[2].pause_flags = VP_DOWN;
    dist_write(V0, GICD_SGIR, GICD_SGIR_TO_OTHERS << 24 | 1);
    dist_write(V0, GICD_SGIR, 3u << 24 | 0xffu << 16 | 2);
    dist_write(V0, GICD_SGIR, 0xfeu << 16 | 7);
    settle_all();
    nothing();
    host_cpu = 1;
    take(1);
    take(7);
    nothing();
    host_cpu = 2; /* was off: nothing, for good */
    vcpus[2].pause_flags = 0;
    settle_all();
    nothing();
}

static void pending_by_register(void **state)
{
    (void)state;
    enable(V0, SPI);
    dist_write(V0, GICD_ISPENDR(SPI), BIT(SPI % 32));
    assert_true(is_pending(V0, SPI));
    dist_write(V0, GICD_ICPENDR(SPI), BIT(SPI % 32));
    assert_false(is_pending(V0, SPI));
    nothing();
    dist_write(V0, GICD_ISPENDR(SPI), BIT(SPI % 32));
    take(SPI);
    nothing();
}

static void active_by_register(void **state)
{
    (void)state;
    enable(V0, SPI);
    dist_write(V0, GICD_ISACTIVER(SPI), BIT(SPI % 32));
    assert_true(is_active(V0, SPI));
    vgic_raise(V0, SPI);
    assert_true(is_pending(V0, SPI));
    nothing(); /* an active one is not forwarded */
    dist_write(V0, GICD_ICACTIVER(SPI), BIT(SPI % 32));
    assert_false(is_active(V0, SPI));
    assert_int_equal(gicv_iar(), SPI);
    assert_true(is_active(V0, SPI));
    dist_write(V0, GICD_ICACTIVER(SPI), BIT(SPI % 32));
    assert_false(is_active(V0, SPI));
    gich_of[0].apr = 0;

    /* An SGI, and the timer with its physical half. */
    dist_write(V0, GICD_ISACTIVER(0), BIT(3) | BIT(TIMER));
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(0)), BIT(3) | BIT(TIMER));
    assert_true(phys[TIMER].active);
    assert_true(V0->vtimer.ppi_taken); /* moves when the vCPU does */
    dist_write(V0, GICD_ICACTIVER(0), ~0u);
    assert_int_equal(dist_read(V0, GICD_ISACTIVER(0)), 0);
    assert_false(phys[TIMER].active);
}

static void spi_goes_to_its_target(void **state)
{
    (void)state;
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(SPI)), 0x01010101);
    /* Pending here, moves there. */
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    nothing();
    settle_all();
    assert_true(is_pending(V0, SPI));
    host_cpu = 1;
    assert_int_equal(gicv_iar(), SPI);
    assert_true(is_active(V1, SPI));

    /* Active there, pending again, and meant for here: after the EOI. */
    vgic_raise(V1, SPI);
    host_cpu = 0;
    assert_true(is_active(V0, SPI));
    assert_true(is_pending(V0, SPI));
    dist_write8(V0, GICD_ITARGETSR(SPI), 1);
    assert_true(is_active(V0, SPI));
    assert_true(is_pending(V0, SPI));
    settle_all();
    nothing();
    host_cpu = 1;
    gicv_eoi(SPI);
    settle_all();
    nothing();
    host_cpu = 0;
    take(SPI);
    settle_all();
    assert_false(is_pending(V0, SPI));
}

static void no_target_no_interrupt(void **state)
{
    (void)state;
    enable(V0, SPI);
    dist_write8(V0, GICD_ITARGETSR(SPI), 0xf8); /* no such CPUs */
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(SPI)) & 0xff, 0);
    vgic_raise(V0, SPI);
    settle_all();
    nothing();
    assert_true(is_pending(V0, SPI));
    dist_write8(V0, GICD_ITARGETSR(SPI), 0x03);
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(SPI)) & 0xff, 3);
    take(SPI);

    /* Of several the first that is powered. */
    V0->pause_flags = VP_DOWN;
    vgic_raise(V0, SPI);
    settle_all();
    host_cpu = 1;
    take(SPI);
    V0->pause_flags = 0;
}

static void a_single_cpu_is_every_target(void **state)
{
    (void)state;
    dom.max_vcpus = 1;
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(0)), 0);
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(SPI)), 0);
    dist_write(V0, GICD_ITARGETSR(SPI), 0);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    take(SPI);
    dist_write(V0, GICD_ITARGETSR(SPI), ~0u);
    assert_int_equal(dist_read(V0, GICD_ITARGETSR(SPI)), 0);
    assert_int_equal(dist_read(V0, GICD_TYPER), 2);
}

static void a_remote_disable_takes_back(void **state)
{
    (void)state;
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    vgic_raise(V0, SPI);
    settle_all();
    disable(V0, SPI); /* by vCPU 0, in a list register of CPU 1 */
    host_cpu = 1;
    nothing();
    assert_true(is_pending(V1, SPI));
    host_cpu = 0;
    dist_write(V0, GICD_ICPENDR(SPI), BIT(SPI % 32));
    assert_false(is_pending(V0, SPI));
    enable(V0, SPI);
    settle_all();
    host_cpu = 1;
    nothing();
}

static void switch_out_vcpu1(void)
{
    run_on(1, NULL);
}

static void switch_vcpu1_to_cpu2(void)
{
    run_on(2, NULL);
    run_on(1, NULL);
    run_on(2, V1);
}

/* The vCPU leaves the CPU before the call from here arrives there. */
static void a_remote_disable_meets_a_switch(void **state)
{
    void (*const switches[])(void) = { switch_out_vcpu1, switch_vcpu1_to_cpu2 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        run_on(2, NULL);
        run_on(1, V1);
        host_cpu = 0;
        dist_write8(V0, GICD_ITARGETSR(SPI), 2);
        enable(V0, SPI);
        vgic_raise(V0, SPI);
        settle_all();
        before_call = switches[i];
        disable(V0, SPI);
        assert_true(is_pending(V0, SPI));
        run_on(2, NULL);
        run_on(1, V1);
        nothing();
        host_cpu = 0;
        dist_write(V0, GICD_ICPENDR(SPI), BIT(SPI % 32));
    }
}

static void the_distributor_is_off(void **state)
{
    (void)state;
    enable(V0, EVENT);
    dist_write(V0, GICD_CTLR, 0);
    vgic_raise(V0, EVENT);
    vgic_sgi(V1, V0, 1);
    settle_all();
    nothing();
    assert_false(vgic_deliverable(V0));
    host_cpu = 1;
    nothing();
    host_cpu = 0;
    dist_write(V0, GICD_CTLR, ~0u);
    assert_int_equal(dist_read(V0, GICD_CTLR), 1);
    settle_all();
    take(EVENT);
    host_cpu = 1;
    take(1);
}

static void a_pass_through_spi(void **state)
{
    (void)state;
    assert_int_equal(assign_irq(&dom, SPI), 0);
    assert_int_equal(assign_irq(&dom, SPI), -EBUSY);
    assert_int_equal(assign_irq(&dom, 31), -EINVAL);
    assert_int_equal(assign_irq(&dom, 96), -EINVAL); /* 32 + 64 */
    assert_false(phys[SPI].enabled);
    assert_int_equal(irq_users[SPI].kind, IRQ_GUEST);

    dist_write(V0, GICD_ICFGR(SPI), 2u << 16);
    assert_true(phys[SPI].edge);
    dist_write(V0, GICD_ICFGR(SPI), 0);
    assert_false(phys[SPI].edge);

    phys[SPI].pending = true;
    settle_all();
    assert_true(is_pending(V0, SPI)); /* in the physical distributor */
    dist_write8(V0, GICD_ITARGETSR(SPI), 2);
    enable(V0, SPI);
    assert_true(phys[SPI].enabled);
    assert_int_equal(phys[SPI].cpu, 1);
    settle_all();
    host_cpu = 1;
    assert_int_equal(gicv_iar(), SPI);
    assert_true(phys[SPI].active);
    phys[SPI].pending = true; /* the device has more */
    settle_all();
    assert_true(is_pending(V1, SPI));
    gicv_eoi(SPI);
    assert_false(phys[SPI].active);
    settle_all();
    take(SPI);

    disable(V1, SPI);
    assert_false(phys[SPI].enabled);

    /* Released while pending: nothing stays behind. */
    enable(V1, SPI);
    phys[SPI].pending = true;
    settle_all();
    assign_irq_release(&dom, SPI);
    assert_false(is_pending(V1, SPI));
    nothing();
    assert_int_equal(assign_irq(&dom, SPI), 0);
}

static void a_pass_through_spi_by_register(void **state)
{
    uint32_t bit = BIT(SPI % 32);

    (void)state;
    assert_int_equal(assign_irq(&dom, SPI), 0);
    enable(V0, SPI);
    dist_write(V0, GICD_ISPENDR(SPI), bit);
    assert_int_equal(gicv_iar(), SPI);
    assert_true(phys[SPI].active);
    dist_write(V0, GICD_ISPENDR(SPI), bit); /* again, while active */
    assert_true(is_pending(V0, SPI));
    gicv_eoi(SPI);
    settle_all();
    take(SPI);

    /* Cleared before the guest took it: it can fire again. */
    phys[SPI].pending = true;
    settle_all();
    dist_write(V0, GICD_ICPENDR(SPI), bit);
    assert_false(is_pending(V0, SPI));
    assert_false(phys[SPI].active);
    nothing();
    phys[SPI].pending = true;
    settle_all();
    assert_int_equal(gicv_iar(), SPI);
    dist_write(V0, GICD_ICACTIVER(SPI), bit);
    assert_false(phys[SPI].active);
}

static void a_priority_changes_while_pending(void **state)
{
    (void)state;
    enable(V0, 40);
    enable(V0, 41);
    dist_write(V0, GICD_IPRIORITYR(40), 0x00009090);
    vgic_raise(V0, 40);
    vgic_raise(V0, 41);
    dist_write8(V0, GICD_IPRIORITYR(41), 0x47);
    assert_int_equal(dist_read(V0, GICD_IPRIORITYR(40)), 0x00004090);
    take(41);
    take(40);
}

static void registers(void **state)
{
    struct io_access a = { .offset = GICD_CTLR, .size = 1 };

    (void)state;
    assert_int_equal(dist_read(V0, GICD_TYPER), 2u << 5 | 2);
    assert_int_equal(dist_read(V0, GICD_IIDR), 0x43b);
    assert_int_equal(dist_read(V0, GICD_PIDR2), 0x2b);
    assert_int_equal(dist_read(V1, GICD_ITARGETSR(0)), 0x02020202);
    dist_write(V1, GICD_ITARGETSR(0), 0);
    assert_int_equal(dist_read(V1, GICD_ITARGETSR(28)), 0x02020202);
    assert_int_equal(dist_read(V0, GICD_ICFGR(0)), 0xaaaaaaaa);
    assert_int_equal(dist_read(V0, GICD_ICFGR(16)), 0);
    dist_write(V0, GICD_IPRIORITYR(0), 0xffffffff);
    assert_int_equal(dist_read(V0, GICD_IPRIORITYR(0)), 0xf8f8f8f8);
    assert_int_equal(dist_read(V1, GICD_IPRIORITYR(0)), 0);

    /* Widths: words, and bytes where the manual says so (4.1.4). */
    assert_int_equal(vgic_mmio(V0, &a, NULL), V_ABORT);
    a.offset = GICD_IPRIORITYR(0);
    a.size = 2;
    assert_int_equal(vgic_mmio(V0, &a, NULL), V_ABORT);
    a.size = 1;
    assert_int_equal(vgic_mmio(V0, &a, NULL), V_DONE);
    a.offset = GICD_SGIR;
    assert_int_equal(vgic_mmio(V0, &a, NULL), V_ABORT);
}

/* Every offset and width, read and written with ones: nothing breaks. */
static void every_offset(void **state)
{
    static const uint8_t sizes[] = { 1, 2, 4 };

    (void)state;
    for (uint32_t offset = 0; offset < 0x1000; offset++) {
        for (size_t i = 0; i < 6; i++) {
            struct io_access a = { .offset = offset,
                                   .size = sizes[i / 2],
                                   .write = i % 2,
                                   .value = ~0u };
            enum verdict verdict;

            if (offset % a.size)
                continue; /* refused before it gets here */
            verdict = vgic_mmio(V0, &a, NULL);
            if (a.size == 2)
                assert_int_equal(verdict, V_ABORT);
            settle_all();
        }
    }
    /* Beyond the last line nothing is there. */
    assert_int_equal(dist_read(V0, GICD_ISENABLER(96)), 0);
    assert_int_equal(dist_read(V0, GICD_IPRIORITYR(1020)), 0);
}

#define STORY(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(sgis_cannot_be_disabled),
        STORY(sgis_pending_by_register),
        STORY(sgir_filters),
        STORY(pending_by_register),
        STORY(active_by_register),
        STORY(spi_goes_to_its_target),
        STORY(no_target_no_interrupt),
        STORY(a_single_cpu_is_every_target),
        STORY(a_remote_disable_takes_back),
        STORY(a_remote_disable_meets_a_switch),
        STORY(the_distributor_is_off),
        STORY(a_pass_through_spi),
        STORY(a_pass_through_spi_by_register),
        STORY(a_priority_changes_while_pending),
        STORY(registers),
        STORY(every_offset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
