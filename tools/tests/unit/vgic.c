/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual GIC: stories of single interrupts, and how many GICH accesses
 * each may cost.
 *
 * Sources: xen/arch/arm/guest/vgic.c xen/arch/arm/guest/vgic_lr.c
 * Sources: xen/arch/arm/guest/vgic_dist.c xen/arch/arm/guest/vgic_mmio.c
 * Sources: xen/arch/arm/guest/assign.c
 */
#include "vgic_fake.h"

#define V0 (&vcpus[0])
#define V1 (&vcpus[1])

#define SPI   40u
#define TIMER 27u
#define EVENT 31u

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

static void enable(struct vcpu *v, uint32_t irq)
{
    dist_write(v, GICD_ISENABLER(irq), BIT(irq % 32));
}

static void disable(struct vcpu *v, uint32_t irq)
{
    dist_write(v, GICD_ICENABLER(irq), BIT(irq % 32));
}

static bool is_pending(struct vcpu *v, uint32_t irq)
{
    uint32_t word = dist_read(v, GICD_ISPENDR(irq));

    assert_int_equal(word, dist_read(v, GICD_ICPENDR(irq)));
    return word & BIT(irq % 32);
}

static bool is_active(struct vcpu *v, uint32_t irq)
{
    uint32_t word = dist_read(v, GICD_ISACTIVER(irq));

    assert_int_equal(word, dist_read(v, GICD_ICACTIVER(irq)));
    return word & BIT(irq % 32);
}

static void take(uint32_t irq)
{
    assert_int_equal(gicv_iar() & 0x3ff, irq);
    gicv_eoi(irq);
}

static void nothing(void)
{
    assert_int_equal(gicv_iar(), 1023);
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

    /* Going to sleep with all list registers used and empty. */
    assert_false(vgic_deliverable(V0));
    assert_int_equal(gich_of[0].reads, 1);
    assert_int_equal(gich_of[0].writes, 0);
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

static void sgis_cannot_be_disabled(void **state)
{
    (void)state;
    assert_int_equal(dist_read(V0, GICD_ISENABLER(0)), 0xffff);
    dist_write(V0, GICD_ICENABLER(0), ~0u);
    assert_int_equal(dist_read(V0, GICD_ICENABLER(0)), 0xffff);
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
        assert_int_equal(dist_read(V0, GICD_ISACTIVER(40)),
                         (BIT(i - 1) - 1) << 8);
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
    host_cpu = 0;
}

static void switch_vcpu1_to_cpu2(void)
{
    run_on(2, NULL);
    run_on(1, NULL);
    run_on(2, V1);
    host_cpu = 0;
}

/* The vCPU leaves the CPU before the call from here arrives there. */
static void a_remote_disable_meets_a_switch(void **state)
{
    void (*const meanwhile[])(void) = { switch_out_vcpu1,
                                        switch_vcpu1_to_cpu2 };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        run_on(2, NULL);
        run_on(1, V1);
        host_cpu = 0;
        dist_write8(V0, GICD_ITARGETSR(SPI), 2);
        enable(V0, SPI);
        vgic_raise(V0, SPI);
        settle_all();
        before_call = meanwhile[i];
        disable(V0, SPI);
        assert_true(is_pending(V0, SPI));
        run_on(2, NULL);
        run_on(1, V1);
        nothing();
        host_cpu = 0;
        dist_write(V0, GICD_ICPENDR(SPI), BIT(SPI % 32));
    }
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
    a.offset = GICD_ISENABLER(0) + 2;
    a.size = 4;
    assert_int_equal(vgic_mmio(V0, &a, NULL), V_ABORT);
}

/* Every offset and width, read and written with ones: nothing breaks. */
static void every_offset(void **state)
{
    static const uint8_t sizes[] = { 1, 2, 4 };

    (void)state;
    for (uint32_t offset = 0; offset < 0x1000; offset++) {
        for (size_t i = 0; i < 6; i++) {
            struct io_access a = { .offset = offset, .size = sizes[i / 2],
                                   .write = i % 2, .value = ~0u };
            enum verdict verdict = vgic_mmio(V0, &a, NULL);

            if (offset % sizes[i / 2] || sizes[i / 2] == 2)
                assert_int_equal(verdict, V_ABORT);
            settle_all();
        }
    }
    /* Beyond the last line nothing is there. */
    assert_int_equal(dist_read(V0, GICD_ISENABLER(96)), 0);
    assert_int_equal(dist_read(V0, GICD_IPRIORITYR(1020)), 0);
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
    vgic_dump(V0);
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
        STORY(sgis_cannot_be_disabled),
        STORY(an_sgi_from_two_sources_comes_twice),
        STORY(sgis_pending_by_register),
        STORY(sgir_filters),
        STORY(an_ipi_costs_one_kick_or_one_wake),
        STORY(more_than_list_registers),
        STORY(nested_deeper_than_list_registers),
        STORY(a_level_is_sampled_again_at_eoi),
        STORY(a_level_falls_on_another_cpu),
        STORY(pending_by_register),
        STORY(active_by_register),
        STORY(spi_goes_to_its_target),
        STORY(no_target_no_interrupt),
        STORY(a_remote_disable_takes_back),
        STORY(a_remote_disable_meets_a_switch),
        STORY(switched_out_and_in),
        STORY(the_distributor_is_off),
        STORY(wfi_looks_at_enable_and_mask),
        STORY(a_pass_through_spi),
        STORY(a_pass_through_spi_by_register),
        STORY(an_spi_is_routed_after_its_vcpu),
        STORY(a_priority_changes_while_pending),
        STORY(a_vcpu_starts_again),
        STORY(registers),
        STORY(every_offset),
        STORY(creation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
