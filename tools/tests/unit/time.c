/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conversions between counter ticks and ns, against exact arithmetic, for
 * every counter frequency that boards have and after every uptime.
 *
 * Sources: xen/drivers/time.c xen/lib/number.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/time.h>

#include <asm/sysreg.h>

typedef unsigned __int128 wide;

#define NS 1000000000u

static const uint32_t rates[] = {
    1,         32768,     1000000,   6144000,    6147541,  6172839,
    19200000,  24000000,  25000000,  38400000,   50000000, 62500000,
    100000000, 399999999, 999999999, 1000000000,
};

#define NR_RATES (sizeof(rates) / sizeof(rates[0]))

static uint64_t seed = 5;

static uint64_t random64(void)
{
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return seed ^ seed >> 31;
}

/* A value below 2^n for a random n, or close to a power of two. */
static uint64_t pick(unsigned int i)
{
    if (i < 64)
        return (1ull << i) - 1 + i % 3;
    return random64() >> random64() % 64;
}

static void ticks_become_ns(void **state)
{
    (void)state;
    for (size_t r = 0; r < NR_RATES; r++) {
        assert_int_equal(time_init(rates[r]), 0);
        for (unsigned int i = 0; i < 20000; i++) {
            uint64_t ticks = pick(i), ns = ticks_to_ns(ticks);
            wide exact = (wide)ticks * NS / rates[r];

            if (ns == UINT64_MAX) /* it would be more than 292 years */
                assert_true(exact > INT64_MAX);
            else
                assert_true(ns <= exact && ns + 1 >= exact);
        }
    }
}

static void ns_become_ticks(void **state)
{
    (void)state;
    for (size_t r = 0; r < NR_RATES; r++) {
        assert_int_equal(time_init(rates[r]), 0);
        for (unsigned int i = 0; i < 20000; i++) {
            uint64_t ns = pick(i), ticks = ns_to_ticks(ns);
            wide exact = ((wide)ns * rates[r] + NS - 1) / NS;

            if (ticks == UINT64_MAX)
                assert_true(exact > INT64_MAX);
            else
                assert_true(ticks <= exact && ticks + 1 >= exact);
        }
    }
}

/* What has been converted once does not wander when converted again. */
static void round_trip_is_stable(void **state)
{
    (void)state;
    for (size_t r = 0; r < NR_RATES && rates[r] < 400000000; r++) {
        assert_int_equal(time_init(rates[r]), 0);
        for (unsigned int i = 0; i < 20000; i++) {
            uint64_t ticks = pick(i), ns = ticks_to_ns(ticks);

            if (ns != UINT64_MAX)
                assert_true(ns_to_ticks(ns) == ticks);
        }
    }
}

static void time_does_not_go_back(void **state)
{
    (void)state;
    for (size_t r = 0; r < NR_RATES; r++) {
        assert_int_equal(time_init(rates[r]), 0);
        for (unsigned int i = 0; i < 5000; i++) {
            uint64_t ticks = random64() >> 16;

            assert_true(ticks_to_ns(ticks) <= ticks_to_ns(ticks + 1));
        }
    }
}

static void rates_refused(void **state)
{
    (void)state;
    assert_int_equal(time_init(0), -EINVAL);
    assert_int_equal(time_init(1000000001), -EINVAL);
}

static void time_starts_at_init(void **state)
{
    (void)state;
    *host_sysreg("CNTPCT") = 7777;
    assert_int_equal(time_init(62500000), 0);
    assert_int_equal(time_now_ns(), 0);
    *host_sysreg("CNTPCT") = 7777 + 62500000;
    assert_int_equal(time_now_ns(), NS);
    assert_int_equal(time_hz, 62500000);
}

static void comparator(void **state)
{
    (void)state;
    time_comparator_set(0x123456789abcull);
    assert_int_equal(*host_sysreg("CNTHP_CVAL"), 0x123456789abcull);
    assert_int_equal(*host_sysreg("CNTHP_CTL"), 1);
    time_comparator_off();
    assert_int_equal(*host_sysreg("CNTHP_CTL") & 1, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_become_ns),
        cmocka_unit_test(ns_become_ticks),
        cmocka_unit_test(round_trip_is_stable),
        cmocka_unit_test(time_does_not_go_back),
        cmocka_unit_test(rates_refused),
        cmocka_unit_test(time_starts_at_init),
        cmocka_unit_test(comparator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
