/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler: queues, stealing, affinity, pauses, lazy contexts.
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

/* No pCPU idles while a vCPU that may run there waits. */
static void work_is_taken(void **state)
{
    uint64_t total = 0;

    (void)state;
    machine_make(4, NULL);
    for (unsigned int i = 0; i < 10; i++)
        guest_make(domain_make(0, 0), i & 1 ? 700 + 130 * i : 0,
                   i & 1 ? 400 + 70 * i : 0);
    start_all();
    run_for(1000 * MS);
    for (unsigned int i = 0; i < nr_guests; i++)
        total += guests[i].ran;
    assert_true(total >= 3998 * MS);
    /* And nobody starves: a slice of each other vCPU is the longest wait. */
    for (unsigned int i = 0; i < nr_guests; i++)
        assert_true(guests[i].worst_gap < 10 * 31 * MS);
    machine_drop();
}

static void affinity_binds(void **state)
{
    struct guest *pinned, *free_one;

    (void)state;
    machine_make(2, NULL);
    pinned = guest_make(domain_make(0, 0), 0, 0);
    free_one = guest_make(domain_make(0, 0), 900, 300);
    guest_make(domain_make(0, 0), 500, 200);
    assert_int_equal(sched_affinity_set(&pinned->vcpu, 0x2, 0x2), 0);
    start_all();
    run_for(300 * MS);
    assert_int_equal(pinned->cpus, 0x2);

    /* While it runs: at once, and never back. */
    assert_int_equal(sched_affinity_set(&pinned->vcpu, 0x1, 0x1), 0);
    settle();
    pinned->cpus = 0;
    run_for(300 * MS);
    assert_int_equal(pinned->cpus, 0x1);

    /* Asleep and loaded on an idle pCPU. */
    assert_int_equal(sched_affinity_set(&free_one->vcpu, 0x1, 0x3), 0);
    free_one->cpus = 0;
    run_for(300 * MS);
    assert_int_equal(free_one->cpus, 0x1);

    assert_int_equal(sched_affinity_set(&pinned->vcpu, 0x4, 0x4), -EINVAL);
    assert_int_equal(sched_affinity_set(&pinned->vcpu, 0, 0), -EINVAL);
    machine_drop();
}

/* Random moves, pauses and sleeps: observe() checks what must hold. */
static void storm(void **state)
{
    uint32_t seed = 12345;

    (void)state;
    machine_make(4, NULL);
    for (unsigned int i = 0; i < 12; i++)
        guest_make(domain_make(i % 3 ? 100 * i : 0, i % 5 == 4 ? 40 : 0),
                   i % 4 ? 200 + 333 * i : 0, i % 4 ? 150 * i : 0);
    start_all();
    for (unsigned int step = 0; step < 3000; step++) {
        struct guest *g;

        seed = seed * 1103515245u + 12345u;
        g = &guests[(seed >> 16) % nr_guests];
        host_cpu = (seed >> 8) % CPUS;
        switch ((seed >> 24) % 4) {
        case 0:
            assert_int_equal(sched_affinity_set(&g->vcpu, 1 + (seed >> 20) % 15,
                                                1 + (seed >> 12) % 15),
                             0);
            break;
        case 1:
            vcpu_pause(&g->vcpu);
            settle();
            assert_false(g->vcpu.running);
            run_for((seed >> 10) % 700);
            while (sched_vcpu_unload(&g->vcpu) == -ERESTART)
                settle();
            assert_int_equal(g->vcpu.loaded_on, -1);
            /* No queue writes its runstate any more. */
            assert_false(g->vcpu.sched.queued);
            vcpu_unpause(&g->vcpu);
            break;
        default:
            break;
        }
        run_for((seed >> 4) % 3000);
    }
    /* Every one of them still gets its turn. */
    for (unsigned int i = 0; i < nr_guests; i++)
        guests[i].ran = 0;
    run_for(2000 * MS);
    for (unsigned int i = 0; i < nr_guests; i++)
        assert_true(guests[i].ran > 0);
    machine_drop();
}

/* Nothing is armed for one vCPU per pCPU, and waking it loads nothing. */
static void no_tick_and_lazy(void **state)
{
    unsigned int before;

    (void)state;
    machine_make(2, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    guest_make(domain_make(0, 0), 50, 950);
    start_all();
    run_for(10 * MS);
    before = loads;
    for (unsigned int i = 0; i < 100; i++) {
        run_for(1 * MS);
        for (size_t t = 0; t < TIMERS; t++)
            assert_false(timers[t] && timers[t]->armed);
    }
    assert_int_equal(loads, before);
    machine_drop();
}

static void yield_lets_others(void **state)
{
    struct vcpu *first;

    (void)state;
    machine_make(1, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    guest_make(domain_make(0, 0), 0, 0);
    start_all();
    run_for(100);
    host_cpu = 0;
    first = current;
    sched_yield();
    settle();
    assert_ptr_not_equal(current, first);
    sched_yield();
    settle();
    assert_ptr_equal(current, first);
    machine_drop();
}

static void runstates_add_up(void **state)
{
    struct guest *g;
    uint64_t sum = 0;

    (void)state;
    machine_make(1, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    g = guest_make(domain_make(0, 0), 300, 700);
    start_all();
    run_for(500 * MS);
    host_cpu = 0;
    vcpu_runstate_set(&g->vcpu, g->vcpu.runstate, time_now_ns());
    for (unsigned int i = 0; i < 4; i++)
        sum += g->vcpu.runstate_time_ns[i];
    assert_int_equal(sum, 500ull * MS * 1000);
    assert_int_equal(sched_vcpu_ns(&g->vcpu), g->ran * 1000);
    /* 0.7 ms asleep, up to 1 ms of the rate limit, 0.3 ms on the pCPU. */
    assert_in_range(g->vcpu.runstate_time_ns[RUNSTATE_blocked],
                    170ull * MS * 1000, 300ull * MS * 1000);
    assert_in_range(g->vcpu.runstate_time_ns[RUNSTATE_runnable],
                    120ull * MS * 1000, 260ull * MS * 1000);
    assert_int_equal(g->vcpu.runstate_time_ns[RUNSTATE_offline], 0);
    assert_int_equal(sched_idle_ns(0), 0);
    machine_drop();
}

static void null_has_one_each(void **state)
{
    struct domain *d;
    struct vcpu extra = { .id = 2 };

    (void)state;
    machine_make(2, "null");
    assert_int_equal(sched_id(), SCHED_NULL);
    d = domain_make(0, 0);
    guest_make(d, 0, 0);
    guest_make(d, 100, 100);
    extra.domain = d;
    assert_int_equal(sched_vcpu_create(&extra), -ENOSPC);
    start_all();
    run_for(100 * MS);
    expect_share(&guests[0], 100 * MS, 1000, 0);
    expect_share(&guests[1], 100 * MS, 500, 5);
    assert_int_equal(sched_affinity_set(&guests[0].vcpu, 0x2, 0x2), -EINVAL);
    assert_int_equal(sched_params_set(d, 512, 0), -EINVAL);
    machine_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_is_taken),
        cmocka_unit_test(affinity_binds),
        cmocka_unit_test(storm),
        cmocka_unit_test(no_tick_and_lazy),
        cmocka_unit_test(yield_lets_others),
        cmocka_unit_test(runstates_add_up),
        cmocka_unit_test(null_has_one_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
