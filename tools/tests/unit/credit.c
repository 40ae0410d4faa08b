/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The credit policy: shares, caps, and who is served soon.
 *
 * Sources: xen/common/sched/core.c xen/common/sched/credit.c
 * Sources: xen/common/sched/balance.c xen/common/sched/null.c
 * Sources: xen/common/sched/trace_sched.c
 * Sources: xen/common/sched/pool.c xen/common/domain/vcpu.c
 * Flags:   -Dsched_yield=xen_sched_yield
 *
 * The C library has a function of that name, which the checkers call.
 */
#include "sched_machine.h"

/* clang-format off */
static const struct {
    const char *story;
    unsigned int cpus;
    uint64_t ms;
    unsigned int nr;
    struct {
        uint32_t weight, cap;
        unsigned int permille; /* of one pCPU */
    } d[6];
    unsigned int tolerance;
} shares[] = {
    { "alone it has all", 1, 1000, 1, { { 0, 0, 1000 } }, 0 },
    { "equals share", 1, 2000, 2, { { 0, 0, 500 }, { 0, 0, 500 } }, 8 },
    { "weights 256 and 512", 1, 4000, 2,
      { { 256, 0, 333 }, { 512, 0, 667 } }, 10 },
    { "weights 1 and 65535", 1, 4000, 2,
      { { 1, 0, 0 }, { 65535, 0, 1000 } }, 10 },
    { "three of three weights", 1, 6000, 3,
      { { 100, 0, 100 }, { 300, 0, 300 }, { 600, 0, 600 } }, 10 },
    { "cap of 30 % when alone", 1, 1000, 1, { { 0, 30, 300 } }, 9 },
    { "cap of 1 %", 1, 6000, 1, { { 0, 1, 10 } }, 1 },
    { "cap and a busy neighbour", 1, 2000, 2,
      { { 0, 20, 200 }, { 0, 0, 800 } }, 10 },
    { "a cap above the fair share changes nothing", 1, 4000, 2,
      { { 0, 90, 500 }, { 0, 0, 500 } }, 10 },
    { "two pCPUs, two vCPUs", 2, 1000, 2,
      { { 0, 0, 1000 }, { 0, 0, 1000 } }, 1 },
    { "two pCPUs, three vCPUs", 2, 2000, 3,
      { { 0, 0, 667 }, { 0, 0, 667 }, { 0, 0, 667 } }, 20 },
    { "three pCPUs, four vCPUs", 3, 2000, 4,
      { { 0, 0, 750 }, { 0, 0, 750 }, { 0, 0, 750 }, { 0, 0, 750 } }, 30 },
    { "weights over three pCPUs: the heaviest has one", 3, 4000, 5,
      { { 256, 0, 333 }, { 256, 0, 333 }, { 512, 0, 667 }, { 512, 0, 667 },
        { 1024, 0, 1000 } }, 30 },
    { "weights over two pCPUs", 2, 4000, 5,
      { { 256, 0, 200 }, { 256, 0, 200 }, { 512, 0, 400 }, { 512, 0, 400 },
        { 1024, 0, 800 } }, 30 },
    { "balanced by weight: nobody moves", 2, 2000, 3,
      { { 256, 0, 500 }, { 512, 0, 1000 }, { 256, 0, 500 } }, 10 },
};
/* clang-format on */

static void shares_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
        machine_make(shares[i].cpus, NULL);
        for (unsigned int k = 0; k < shares[i].nr; k++)
            guest_make(domain_make(shares[i].d[k].weight, shares[i].d[k].cap),
                       0, 0);
        start_all();
        run_for(shares[i].ms * MS);
        print_message("%s\n", shares[i].story);
        for (unsigned int k = 0; k < shares[i].nr; k++)
            expect_share(&guests[k], shares[i].ms * MS, shares[i].d[k].permille,
                         shares[i].tolerance);
        machine_drop();
    }
}

/* The cap is the domain's: its vCPUs spend one budget, on several pCPUs. */
static void cap_is_of_the_domain(void **state)
{
    struct domain *d;

    (void)state;
    machine_make(2, NULL);
    d = domain_make(0, 60);
    guest_make(d, 0, 0);
    guest_make(d, 0, 0);
    start_all();
    run_for(3000 * MS);
    assert_in_range(guests[0].ran + guests[1].ran, 1746 * MS, 1854 * MS);

    /* Lifted: both run freely. */
    guests[0].ran = guests[1].ran = 0;
    assert_int_equal(sched_params_set(d, 0, 0), 0);
    run_for(1000 * MS);
    assert_true(guests[0].ran > 960 * MS && guests[1].ran > 960 * MS);
    machine_drop();
}

/* One that sleeps most of the time runs soon after it is woken. */
static void sleepers_are_served(void **state)
{
    struct guest *io;

    (void)state;
    machine_make(1, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    io = guest_make(domain_make(0, 0), 100, 9900);
    start_all();
    run_for(2000 * MS);
    /* The busy one is cut short after the rate limit. */
    assert_true(io->worst_latency <= 1001);
    assert_in_range(io->ran, 18 * MS, 21 * MS);
    machine_drop();
}

/* A busy sleeper does not get more than its share by sleeping. */
static void sleep_is_no_loophole(void **state)
{
    struct guest *cheat;

    (void)state;
    machine_make(1, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    cheat = guest_make(domain_make(0, 0), 29 * MS, 10);
    start_all();
    run_for(4000 * MS);
    expect_share(cheat, 4000 * MS, 500, 30);
    machine_drop();
}

static void parameters_are_checked(void **state)
{
    struct domain *d;
    uint32_t weight, cap;

    (void)state;
    assert_int_equal(sched_init("fifo"), -EINVAL);
    machine_make(1, "credit");
    assert_int_equal(sched_id(), SCHED_CREDIT);
    d = domain_make(0, 0);
    assert_int_equal(sched_params_set(d, 65536, 0), -EINVAL);
    assert_int_equal(sched_params_set(d, 0, 100 * NR_VCPUS + 1), -EINVAL);
    assert_int_equal(sched_params_set(d, 77, 0xffff), 0);
    assert_int_equal(sched_params_set(d, 0, 55), 0);
    sched_params_get(d, &weight, &cap);
    assert_int_equal(weight, 77);
    assert_int_equal(cap, 55);

#define SET(tslice_, limit_)                                                   \
    sched_pool_params_set(0, SCHED_CREDIT, (tslice_), (limit_))
    assert_int_equal(SET(0, 0), -EINVAL);
    assert_int_equal(SET(1001, 0), -EINVAL);
    assert_int_equal(SET(10, 99), -EINVAL);
    assert_int_equal(SET(10, 10001), -EINVAL);
    assert_int_equal(SET(10, 10000), 0);
    assert_int_equal(SET(5, 0), 0);
    assert_int_equal(sched_pool_params_get(0, SCHED_CREDIT, &weight, &cap), 0);
    assert_int_equal(weight, 5);
    assert_int_equal(cap, 0);
    machine_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_hold),
        cmocka_unit_test(cap_is_of_the_domain),
        cmocka_unit_test(sleepers_are_served),
        cmocka_unit_test(sleep_is_no_loophole),
        cmocka_unit_test(parameters_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
