/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware's PSCI: which versions are taken, what its answers become.
 *
 * Sources: xen/drivers/psci.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/board.h>
#include <xen/psci.h>

static struct {
    uint32_t version; /* answer to PSCI_VERSION */
    int32_t cpu_on;   /* answer to CPU_ON       */
    uint32_t id, a1, a2, a3;
    unsigned int calls;
} firmware;

uint32_t smc_call(uint32_t id, uint32_t a1, uint32_t a2, uint32_t a3)
{
    firmware.id = id;
    firmware.a1 = a1;
    firmware.a2 = a2;
    firmware.a3 = a3;
    firmware.calls++;
    return id == PSCI_0_2_VERSION ? firmware.version
                                  : (uint32_t)firmware.cpu_on;
}

static struct board b;

static int setup(void **state)
{
    (void)state;
    b.psci.node = 1;
    b.psci.smc = true;
    b.psci.is_0_1 = false;
    firmware.version = 0x00010001;
    firmware.cpu_on = 0;
    firmware.calls = 0;
    return 0;
}

static void versions(void **state)
{
    static const struct {
        int node;
        bool smc, is_0_1;
        uint32_t answer, want;
        unsigned int calls;
    } rows[] = {
        { 1, true, false, 0x00010001, 0x00010001, 1 },
        { 1, true, false, 0x00000002, 0x00000002, 1 },
        { 1, true, false, 0xffffffff, 0, 1 }, /* not supported */
        { 1, true, false, 0x00000001, 0, 1 }, /* 0.1 has no VERSION */
        { 1, true, true, 0, 0x00000001, 0 },
        { 1, false, false, 0x00010001, 0, 0 }, /* method is not smc */
        { -1, true, false, 0x00010001, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        b.psci.node = rows[i].node;
        b.psci.smc = rows[i].smc;
        b.psci.is_0_1 = rows[i].is_0_1;
        firmware.version = rows[i].answer;
        firmware.calls = 0;
        assert_int_equal(psci_init(&b), rows[i].want);
        assert_int_equal(firmware.calls, rows[i].calls);
    }
}

static void cpu_on_answers(void **state)
{
    static const struct {
        int32_t answer;
        int want;
    } rows[] = {
        { PSCI_SUCCESS, 0 },           { PSCI_ALREADY_ON, -EEXIST },
        { PSCI_ON_PENDING, -EEXIST },  { PSCI_INVALID_PARAMS, -EINVAL },
        { PSCI_NOT_PRESENT, -EINVAL }, { PSCI_INTERNAL, -EIO },
        { PSCI_NOT_SUPPORTED, -EIO },  { -99, -EIO },
    };

    (void)state;
    assert_int_equal(psci_init(&b), 0x00010001);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        firmware.cpu_on = rows[i].answer;
        assert_int_equal(psci_cpu_on(0x101, 0x40200000), rows[i].want);
        assert_int_equal(firmware.id, PSCI_0_2_CPU_ON);
        assert_int_equal(firmware.a1, 0x101);
        assert_int_equal(firmware.a2, 0x40200000);
    }
}

/* An entry that 32 bits do not hold is not cut to one that they do. */
static void entry_beyond_4g(void **state)
{
    (void)state;
    assert_int_equal(psci_init(&b), 0x00010001);
    firmware.calls = 0;
    assert_int_equal(psci_cpu_on(1, 0x140200000), -EINVAL);
    assert_int_equal(firmware.calls, 0);
}

static void old_firmware(void **state)
{
    (void)state;
    b.psci.is_0_1 = true;
    b.psci.cpu_on = 0x95c1ba60;
    assert_int_equal(psci_init(&b), 1);
    assert_int_equal(psci_cpu_on(1, 0x1000), 0);
    assert_int_equal(firmware.id, 0x95c1ba60);
    psci_system_reset(); /* 0.1 has none: nothing may be called */
    psci_system_off();
    assert_int_equal(firmware.calls, 1);

    b.psci.cpu_on = 0;
    assert_int_equal(psci_init(&b), 1);
    assert_int_equal(psci_cpu_on(1, 0x1000), -ENODEV);
}

static void no_firmware(void **state)
{
    (void)state;
    b.psci.node = -1;
    assert_int_equal(psci_init(&b), 0);
    assert_int_equal(psci_cpu_on(1, 0x1000), -ENODEV);
    psci_system_reset();
    psci_system_off();
    assert_int_equal(firmware.calls, 0);
}

static void reset_and_off(void **state)
{
    (void)state;
    assert_int_equal(psci_init(&b), 0x00010001);
    psci_system_reset();
    assert_int_equal(firmware.id, PSCI_0_2_SYSTEM_RESET);
    psci_system_off();
    assert_int_equal(firmware.id, PSCI_0_2_SYSTEM_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(versions, setup),
        cmocka_unit_test_setup(cpu_on_answers, setup),
        cmocka_unit_test_setup(entry_beyond_4g, setup),
        cmocka_unit_test_setup(old_firmware, setup),
        cmocka_unit_test_setup(no_firmware, setup),
        cmocka_unit_test_setup(reset_and_off, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
