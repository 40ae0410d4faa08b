/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GIC driver against a model of its registers: set/clear pairs, byte
 * registers, and what start-up leaves behind.
 *
 * Sources: xen/drivers/gic.c xen/drivers/gich.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/gic.h>

#include <asm/gic_regs.h>
#include <asm/mmio.h>

#define LINES 192u

static uint8_t dist[0x1000], cpu[0x2000], hyp[0x1000];

static uint32_t word(const uint8_t *base, uint32_t reg)
{
    uint32_t val;

    memcpy(&val, base + reg, 4);
    return val;
}

static void put(uint8_t *base, uint32_t reg, uint32_t val)
{
    memcpy(base + reg, &val, 4);
}

static uint32_t read_reg(const volatile void *reg, unsigned int size)
{
    uint32_t val = 0;

    memcpy(&val, (const void *)reg, size);
    return val;
}

/* GICD_IS*R and GICD_IC*R, 0x80 bytes each, set and clear the same bits. */
static bool is_pair(uint32_t reg)
{
    return reg >= GICD_ISENABLER(0) && reg < GICD_IPRIORITYR(0);
}

static void write_reg(volatile void *reg, uint32_t val, unsigned int size)
{
    uint8_t *p = (uint8_t *)reg;
    uint32_t at = (uint32_t)(p - dist);

    if (p >= dist && p < dist + sizeof(dist)) {
        if (is_pair(at)) {
            uint32_t set = at & ~0x80u, clear = at | 0x80;

            assert_int_equal(size, 4);
            val = at == set ? word(dist, set) | val : word(dist, set) & ~val;
            put(dist, set, val);
            put(dist, clear, val);
            return;
        }
        if (size == 1) /* only these two have byte accesses */
            assert_true((at >= 0x400 && at < 0xc00));
    }
    memcpy(p, &val, size);
}

static int setup(void **state)
{
    (void)state;
    host_mmio_read = read_reg;
    host_mmio_write = write_reg;
    memset(dist, 0, sizeof(dist));
    memset(cpu, 0, sizeof(cpu));
    memset(hyp, 0, sizeof(hyp));
    put(dist, GICD_TYPER, 1u << 10 | 1u << 5 | (LINES / 32 - 1));
    put(dist, GICD_IIDR, 0x0102143b);
    put(dist, GICD_ITARGETSR(0), 0x01010101);
    put(cpu, GICC_IIDR, 0x0202143b);
    put(hyp, GICH_VTR, 0x90000003);
    return 0;
}

static void start(void)
{
    assert_int_equal(gic_init(dist, cpu, hyp), 0);
}

static void start_leaves_nothing(void **state)
{
    (void)state;
    memset(dist + GICD_IGROUPR(0), 0xff, 0x380);
    for (uint32_t irq = 0; irq < LINES; irq += 4)
        put(dist, GICD_IPRIORITYR(irq), 0);
    for (uint32_t irq = 32; irq < LINES; irq += 16)
        put(dist, GICD_ICFGR(irq), UINT32_MAX);

    start();
    gic_cpu_init();
    assert_int_equal(gic_lines(), LINES);
    assert_int_equal(gic_cpus(), 2);
    assert_int_equal(gic_iidr(), 0x0102143b);
    for (unsigned int irq = 0; irq < LINES; irq++) {
        assert_false(gic_is_enabled(irq));
        assert_false(gic_is_pending(irq));
        assert_false(gic_is_active(irq));
        assert_int_equal(dist[GICD_IPRIORITYR(irq)], GIC_PRIO_XEN);
        if (irq >= 32)
            assert_int_equal(dist[GICD_ITARGETSR(irq)], 1);
    }
    for (unsigned int irq = 32; irq < LINES; irq += 16)
        assert_int_equal(word(dist, GICD_ICFGR(irq)), 0);
    for (unsigned int irq = 0; irq < LINES; irq += 32)
        assert_int_equal(word(dist, GICD_IGROUPR(irq)), 0);
    assert_int_equal(word(dist, GICD_CTLR), 1);
    assert_int_equal(word(cpu, GICC_PMR), 0xff);
    assert_int_equal(word(cpu, GICC_CTLR), 0x201);
}

static void refused(void **state)
{
    (void)state;
    put(cpu, GICC_IIDR, 0x0201043b); /* GICv1 */
    assert_int_equal(gic_init(dist, cpu, hyp), -ENODEV);
}

/* Each operation changes its line and no other. */
static void one_line_only(void **state)
{
    static const struct {
        void (*set)(unsigned int irq), (*clear)(unsigned int irq);
        bool (*is)(unsigned int irq);
    } ops[] = {
        { gic_enable, gic_disable, gic_is_enabled },
        { gic_set_pending, gic_clear_pending, gic_is_pending },
        { gic_set_active, gic_clear_active, gic_is_active },
    };

    (void)state;
    start();
    for (size_t op = 0; op < 3; op++) {
        for (unsigned int irq = 16; irq < LINES; irq += 5) {
            ops[op].set(irq);
            for (unsigned int i = 0; i < LINES; i++)
                for (size_t other = 0; other < 3; other++)
                    assert_int_equal(ops[other].is(i), i == irq && other == op);
            ops[op].clear(irq);
            assert_false(ops[op].is(irq));
        }
    }
}

static void attributes(void **state)
{
    (void)state;
    start();
    gic_set_trigger(35, true);
    gic_set_trigger(47, true);
    assert_int_equal(word(dist, GICD_ICFGR(32)), 2u << 6 | 2u << 30);
    gic_set_trigger(35, false);
    assert_int_equal(word(dist, GICD_ICFGR(32)), 2u << 30);
    gic_set_target(41, 2);
    assert_int_equal(word(dist, GICD_ITARGETSR(40)), 0x01010201);
    gic_set_priority(42, 0x55);
    assert_int_equal(word(dist, GICD_IPRIORITYR(40)), 0xa055a0a0);
}

static void software_interrupts(void **state)
{
    (void)state;
    start();
    gic_send_sgi(5, 0x82);
    assert_int_equal(word(dist, GICD_SGIR), 0x00820005);
    assert_int_equal(gic_cpu_mask(), 1);
    put(dist, GICD_ITARGETSR(0), 0); /* a GIC of one CPU */
    assert_int_equal(gic_cpu_mask(), 1);
}

static void list_registers(void **state)
{
    (void)state;
    start();
    memset(hyp + GICH_LR(0), 0xff, 64 * 4);
    put(hyp, GICH_APR, 1);
    put(hyp, GICH_VMCR, UINT32_MAX);
    assert_int_equal(gich_lr_nr(), 4);
    gich_cpu_init();
    for (unsigned int lr = 0; lr < 4; lr++)
        assert_int_equal(word(hyp, GICH_LR(lr)), 0);
    assert_int_equal(word(hyp, GICH_LR(4)), UINT32_MAX);
    assert_int_equal(word(hyp, GICH_HCR), 1);
    assert_int_equal(word(hyp, GICH_APR), 0);
    assert_int_equal(word(hyp, GICH_VMCR), 0);
    put(hyp, GICH_VTR, 63);
    assert_int_equal(gich_lr_nr(), 16);
}

/* The manual's layout of a list register, and of what one is made of. */
static void fields(void **state)
{
    (void)state;
    assert_int_equal(field_set(0, GICH_LR_VIRTUALID, 27) |
                         field_set(0, GICH_LR_PHYSICALID, 27) |
                         field_set(0, GICH_LR_PRIORITY, 0xa0 >> 3) |
                         GICH_LR_PENDING | GICH_LR_HW,
                     0x80000000u | 1u << 28 | 0x14u << 23 | 27u << 10 | 27);
    assert_int_equal(GICD_ISENABLER(33), 0x104);
    assert_int_equal(GICD_ICFGR(33), 0xc08);
    assert_int_equal(GICH_LR(3), 0x10c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(start_leaves_nothing, setup),
        cmocka_unit_test_setup(refused, setup),
        cmocka_unit_test_setup(one_line_only, setup),
        cmocka_unit_test_setup(attributes, setup),
        cmocka_unit_test_setup(software_interrupts, setup),
        cmocka_unit_test_setup(list_registers, setup),
        cmocka_unit_test_setup(fields, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
