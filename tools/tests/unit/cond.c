/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conditions and stepping over: guest/cond.c.
 *
 * Sources: xen/arch/arm/guest/cond.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/hsr.h>
#include <asm/psr.h>
#include <xen/domain.h>
#include <xen/inject.h>

#define N (1u << 31)
#define Z (1u << 30)
#define C (1u << 29)
#define V (1u << 28)

static uint32_t hsr_cond(uint32_t cond)
{
    return 1u << 24 | cond << 20;
}

/* A8.3 as formulas, against the table, for all flags. */
static bool formula(uint32_t cond, uint32_t f)
{
    bool n = f & N, z = f & Z, c = f & C, v = f & V;
    bool holds[8] = { z, c, n, v, c && !z, n == v, !z && n == v, true };

    if (cond >= 14)
        return true;
    return holds[cond / 2] != (cond & 1);
}

static void every_condition_with_every_flag(void **state)
{
    (void)state;
    for (uint32_t cond = 0; cond < 16; cond++) {
        for (uint32_t flags = 0; flags < 16; flags++) {
            struct vcpu v = { .regs.cpsr = flags << 28 | PSR_MODE_SVC };

            assert_int_equal(cond_check(&v, hsr_cond(cond)),
                             formula(cond, flags << 28));
            /* The short way knows one of them, and no other syndrome. */
            assert_int_equal(cond_is_always(hsr_cond(cond)), cond == 14);
            assert_false(cond_is_always(cond << 20));
        }
    }
}

static const struct {
    const char *story;
    uint32_t cpsr, hsr;
    bool passes;
} it_stories[] = {
    { "Thumb without IT, no condition in HSR", PSR_T, 0, true },
    { "IT EQ, Z set", Z | PSR_T | 0x0800, 0, true },
    { "IT EQ, Z clear", PSR_T | 0x0800, 0, false },
    { "ITE EQ, second (NE) with Z clear", PSR_T | 0x1800, 0, true },
    { "the syndrome's condition wins over IT", PSR_T | 0x0800,
      1u << 24 | 0xeu << 20, true },
    { "ARM state: IT bits mean nothing", 0x0800, 0, true },
};

static void it_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(it_stories); i++) {
        struct vcpu v = { .regs.cpsr = it_stories[i].cpsr };

        if (cond_check(&v, it_stories[i].hsr) != it_stories[i].passes)
            fail_msg("%s", it_stories[i].story);
    }
}

/* ITSTATE into its two places in CPSR. */
static uint32_t it(uint32_t s)
{
    return (s & 0xfc) << 8 | (s & 3) << 25;
}

static void advance(void **state)
{
    struct vcpu v = { .regs = { .pc = 0x1000, .cpsr = PSR_MODE_SVC } };
    /* ITTTE CC: condition 0011, mask 0b0011 of four instructions. */
    static const uint8_t steps[] = { 0x33, 0x26, 0x2c, 0x38, 0x00 };

    (void)state;
    cond_advance(&v, 1u << 25);
    assert_int_equal(v.regs.pc, 0x1004);
    cond_advance(&v, 0);
    assert_int_equal(v.regs.pc, 0x1006);
    assert_int_equal(v.regs.cpsr, PSR_MODE_SVC);

    v.regs.cpsr = N | PSR_T | PSR_MODE_USR | it(steps[0]);
    for (size_t i = 1; i < ARRAY_SIZE(steps); i++) {
        cond_advance(&v, 0);
        assert_int_equal(v.regs.cpsr, N | PSR_T | PSR_MODE_USR | it(steps[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_condition_with_every_flag),
        cmocka_unit_test(it_block),
        cmocka_unit_test(advance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
