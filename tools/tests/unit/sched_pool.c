/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CPU pools: what belongs to which, and vCPUs that move while they run.
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

#define ANY SCHED_POOL_ANY

static int create(uint32_t id, uint32_t sched)
{
    return sched_pool_create(&id, sched);
}

static int add(uint32_t pool, uint32_t cpu)
{
    int rc;

    while ((rc = sched_pool_add_cpu(pool, &cpu)) == -ERESTART)
        settle();
    return rc;
}

static int take(uint32_t pool, uint32_t cpu)
{
    unsigned int tries = 0;
    int rc;

    while ((rc = sched_pool_remove_cpu(pool, &cpu)) == -ERESTART) {
        settle();
        assert_true(++tries < 10);
    }
    return rc;
}

/* A pool must be so. */
static void expect_pool(uint32_t id, uint32_t sched, uint32_t cpus)
{
    struct sched_pool info;

    assert_int_equal(sched_pool_info(id, &info), 0);
    assert_int_equal(info.id, id);
    assert_int_equal(info.sched_id, sched);
    assert_int_equal(info.cpus, cpus);
}

/* Whoever runs, does so in its pool. */
static void expect_inside(void)
{
    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        if (on_cpu[cpu])
            assert_true(sched_domain_cpus(on_cpu[cpu]->d) & BIT(cpu));
    }
}

static void pools_come_and_go(void **state)
{
    struct sched_pool info;
    uint32_t id = ANY;

    (void)state;
    machine_make(4, NULL);
    expect_pool(0, SCHED_CREDIT, 0xf);
    assert_int_equal(sched_pool_info(1, &info), -ENOENT);
    assert_int_equal(sched_pool_free_cpus(), 0);

    assert_int_equal(create(0, SCHED_CREDIT), -EEXIST);
    assert_int_equal(create(7, 6), -ENOENT);
    assert_int_equal(create(7, SCHED_NULL), 0);
    assert_int_equal(create(7, SCHED_NULL), -EEXIST);
    assert_int_equal(sched_pool_create(&id, SCHED_CREDIT), 0);
    assert_int_equal(id, 8);
    /* The first one from a number on. */
    assert_int_equal(sched_pool_info(1, &info), 0);
    assert_int_equal(info.id, 7);
    expect_pool(8, SCHED_CREDIT, 0);
    assert_int_equal(sched_pool_info(9, &info), -ENOENT);

    /* No number behind the highest: one that is free. */
    assert_int_equal(create(ANY - 1, SCHED_CREDIT), 0);
    id = ANY;
    assert_int_equal(sched_pool_create(&id, SCHED_CREDIT), 0);
    assert_int_equal(id, 1);
    for (id = 5; create(ANY, SCHED_NULL) == 0; id++)
        ;
    assert_int_equal(id, 16);
    assert_int_equal(create(ANY, SCHED_NULL), -ENOSPC);
    assert_int_equal(sched_pool_destroy(7), 0);
    assert_int_equal(sched_pool_destroy(7), -ENOENT);
    assert_int_equal(sched_pool_destroy(0), -EBUSY);
    machine_drop();
}

static void cpus_come_and_go(void **state)
{
    uint32_t cpu = ANY;

    (void)state;
    machine_make(4, NULL);
    assert_int_equal(create(1, SCHED_NULL), 0);
    assert_int_equal(take(0, 0), -EINVAL);
    assert_int_equal(take(9, 1), -ENOENT);
    assert_int_equal(add(9, 1), -ENOENT);
    assert_int_equal(take(0, 5), -EINVAL);
    assert_int_equal(take(0, 99), -EINVAL);
    assert_int_equal(take(1, 1), -EADDRNOTAVAIL);
    assert_int_equal(take(1, ANY), -EADDRNOTAVAIL);
    assert_int_equal(add(1, 1), -ENODEV);
    assert_int_equal(add(1, 5), -EINVAL);
    assert_int_equal(add(1, 99), -EINVAL);
    assert_int_equal(add(1, ANY), -ENODEV);

    assert_int_equal(take(0, ANY), 0);
    assert_int_equal(sched_pool_free_cpus(), 0x8);
    assert_int_equal(take(0, 3), -EADDRNOTAVAIL);
    assert_int_equal(take(0, 1), 0);
    assert_int_equal(sched_pool_add_cpu(1, &cpu), 0);
    assert_int_equal(cpu, 1);
    expect_pool(0, SCHED_CREDIT, 0x5);
    expect_pool(1, SCHED_NULL, 0x2);
    assert_int_equal(sched_pool_destroy(1), -EBUSY);
    assert_int_equal(take(1, ANY), 0);
    assert_int_equal(sched_pool_destroy(1), 0);
    assert_int_equal(sched_pool_free_cpus(), 0xa);
    assert_int_equal(add(0, ANY), 0);
    assert_int_equal(add(0, ANY), 0);
    expect_pool(0, SCHED_CREDIT, 0xf);
    machine_drop();
}

/* A pCPU that leaves is free only when all of its vCPUs are elsewhere. */
static void busy_cpu_leaves(void **state)
{
    struct guest *asleep;
    uint32_t cpu = 3;

    (void)state;
    machine_make(4, NULL);
    for (unsigned int i = 0; i < 5; i++)
        guest_make(domain_make(0, 0), 0, 0);
    asleep = guest_make(domain_make(0, 0), 10, 100 * MS);
    assert_int_equal(create(1, SCHED_CREDIT), 0);
    start_all();
    run_for(50 * MS);
    assert_non_null(on_cpu[3]);

    host_cpu = 0;
    assert_int_equal(sched_pool_remove_cpu(0, &cpu), -ERESTART);
    assert_int_equal(sched_pool_free_cpus(), 0);
    assert_int_equal(sched_pool_add_cpu(1, &cpu), -EADDRNOTAVAIL);
    assert_int_equal(sched_pool_destroy(0), -EBUSY);
    settle();
    assert_int_equal(take(0, 3), 0);
    assert_null(on_cpu[3]);
    assert_int_equal(sched_pool_free_cpus(), 0x8);
    run_for(300 * MS);
    assert_null(on_cpu[3]);
    assert_true(asleep->ran > 10);
    /* All the same, nothing of the other three is lost. */
    for (unsigned int i = 0; i < 5; i++)
        guests[i].ran = 0;
    run_for(300 * MS);
    for (unsigned int i = 0; i < 5; i++)
        assert_true(guests[i].ran > 100 * MS);

    /* Back again, it takes what waits: at once. */
    assert_int_equal(add(0, 3), 0);
    settle();
    assert_non_null(on_cpu[3]);
    machine_drop();
}

/* One that nobody asks for again is free in the end, for others too. */
static void leaving_is_not_forgotten(void **state)
{
    uint32_t cpu = 1;

    (void)state;
    machine_make(2, NULL);
    guest_make(domain_make(0, 0), 0, 0);
    guest_make(domain_make(0, 0), 0, 0);
    assert_int_equal(create(1, SCHED_CREDIT), 0);
    start_all();
    run_for(10 * MS);
    host_cpu = 0;
    assert_int_equal(sched_pool_remove_cpu(0, &cpu), -ERESTART);
    settle();
    assert_int_equal(add(1, 1), 0);
    expect_pool(1, SCHED_CREDIT, 0x2);
    assert_int_equal(sched_pool_remove_cpu(0, &cpu), -EADDRNOTAVAIL);
    machine_drop();
}

static void last_cpu_stays(void **state)
{
    struct domain *d;

    (void)state;
    machine_make(2, NULL);
    assert_int_equal(create(1, SCHED_CREDIT), 0);
    d = &doms[VCPUS - 1];
    assert_int_equal(sched_domain_create(d, 2), -ESRCH);
    assert_int_equal(sched_domain_create(d, 1), -ENODEV);
    assert_int_equal(take(0, 1), 0);
    assert_int_equal(add(1, 1), 0);
    d = domain_in(1);
    assert_int_equal(sched_domain_pool(d), 1);
    guest_make(d, 0, 0);
    start_all();
    run_for(10 * MS);
    assert_int_equal(guests[0].cpus, 0x2);
    assert_int_equal(take(1, 1), -EBUSY);
    assert_int_equal(sched_pool_destroy(1), -EBUSY);

    /* It dies: pool 0 has it until it is freed. */
    vcpu_pause(&guests[0].vcpu);
    settle();
    while (sched_vcpu_unload(&guests[0].vcpu) == -ERESTART)
        settle();
    d->state = DOMAIN_DYING;
    assert_int_equal(sched_pool_move(d, 1), -ESRCH);
    assert_int_equal(sched_domain_kill(d), 0);
    assert_int_equal(sched_domain_kill(d), 0);
    assert_int_equal(sched_domain_pool(d), 0);
    assert_int_equal(sched_affinity_set(&guests[0].vcpu, 1, 1), -EINVAL);
    assert_int_equal(take(1, 1), 0);
    assert_int_equal(sched_pool_destroy(1), 0);
    sched_vcpu_destroy(&guests[0].vcpu);
    sched_domain_destroy(d);
    sched_domain_destroy(d);
    machine_drop();
}

/* It dies while its cap keeps it from running: no timer brings it back. */
static void parked_dies(void **state)
{
    struct domain *d;
    struct vcpu *v;

    (void)state;
    machine_make(2, NULL);
    d = domain_make(256, 10);
    v = &guest_make(d, 0, 0)->vcpu;
    start_all();
    run_for(20 * MS);
    assert_true(v->sched.parked);
    vcpu_pause(v);
    settle();
    while (sched_vcpu_unload(v) == -ERESTART)
        settle();
    d->state = DOMAIN_DYING;
    assert_int_equal(sched_domain_kill(d), 0);
    now = d->sched.cap_period_end + 1;
    d->sched.cap_timer.fn(d->sched.cap_timer.arg);
    assert_int_equal(v->sched.wake_listed, 0);
    sched_vcpu_destroy(v);
    sched_domain_destroy(d);
    machine_drop();
}

static void domains_move(void **state)
{
    struct guest *moved, *other;
    struct domain *d;
    uint32_t weight, cap;

    (void)state;
    machine_make(4, NULL);
    d = domain_make(512, 10);
    moved = guest_make(d, 0, 0);
    guest_make(d, 300, 200);
    other = guest_make(domain_make(0, 0), 0, 0);
    assert_int_equal(sched_affinity_set(&moved->vcpu, 0x1, 0x1), 0);
    assert_int_equal(create(1, SCHED_NULL), 0);
    start_all();
    run_for(20 * MS);
    assert_true(moved->vcpu.sched.parked);
    assert_int_equal(sched_pool_move(d, 9), -ENOENT);
    assert_int_equal(sched_pool_move(d, 1), -ENOENT);
    assert_int_equal(take(0, 3), 0);
    assert_int_equal(add(1, 3), 0);
    /* One pCPU for two vCPUs: nothing has changed. */
    assert_int_equal(sched_pool_move(d, 1), -ENOSPC);
    assert_int_equal(sched_domain_pool(d), 0);
    assert_int_equal(take(0, 2), 0);
    assert_int_equal(add(1, 2), 0);

    moved->cpus = guests[1].cpus = other->cpus = 0;
    moved->ran = 0;
    host_cpu = 0;
    assert_int_equal(sched_pool_move(d, 1), 0);
    assert_int_equal(sched_pool_move(d, 1), 0);
    assert_int_equal(sched_domain_id(d), SCHED_NULL);
    run_for(100 * MS);
    expect_inside();
    assert_int_equal(moved->cpus | guests[1].cpus, 0xc);
    assert_int_equal(other->cpus & 0xc, 0);
    /* No cap there, and nobody has kept it from running. */
    expect_share(moved, 100 * MS, 1000, 1);
    assert_int_equal(sched_params_set(d, 1, 0), -EINVAL);

    /* Neither may go: there is one pCPU for each. */
    assert_int_equal(take(1, 2), -EADDRINUSE);
    assert_int_equal(take(1, 3), -EADDRINUSE);
    expect_pool(1, SCHED_NULL, 0xc);

    assert_int_equal(sched_pool_move(d, 0), 0);
    sched_params_get(d, &weight, &cap);
    assert_int_equal(weight, 256);
    assert_int_equal(cap, 0);
    moved->cpus = 0;
    run_for(100 * MS);
    expect_inside();
    assert_int_equal(moved->cpus & 0xc, 0);
    assert_int_equal(take(1, 2), 0);
    machine_drop();
}

static void affinity_is_of_the_pool(void **state)
{
    struct guest *g;
    uint32_t hard, soft;

    (void)state;
    machine_make(4, NULL);
    g = guest_make(domain_make(0, 0), 0, 0);
    guest_make(domain_make(0, 0), 0, 0);
    start_all();
    assert_int_equal(take(0, 3), 0);
    assert_int_equal(sched_affinity_set(&g->vcpu, 0x8, 0x8), -EINVAL);
    assert_int_equal(sched_affinity_set(&g->vcpu, 0xc, 0xc), 0);
    g->cpus = 0;
    run_for(50 * MS);
    assert_int_equal(g->cpus, 0x4);
    /* A pCPU that comes is one of those it wanted. */
    assert_int_equal(add(0, 3), 0);
    assert_int_equal(g->vcpu.sched.cpus, 0xc);

    /* The only one it may run on goes: it may run anywhere. */
    assert_int_equal(take(0, 2), 0);
    run_for(10 * MS);
    assert_int_equal(take(0, 3), 0);
    sched_affinity_get(&g->vcpu, &hard, &soft);
    assert_int_equal(hard, UINT32_MAX);
    run_for(50 * MS);
    expect_inside();

    /* But not from under one that has pinned itself. */
    assert_int_equal(sched_affinity_set(&g->vcpu, 0x2, 0x2), 0);
    g->vcpu.pin_saved = 0xf;
    assert_int_equal(take(0, 1), -EADDRINUSE);
    expect_pool(0, SCHED_CREDIT, 0x3);
    assert_int_equal(guests[1].vcpu.sched.cpus, 0x3);
    g->vcpu.pin_saved = 0;
    assert_int_equal(take(0, 1), 0);
    machine_drop();
}

/* Each pool has its own time slice; new ones have that of the options. */
static void parameters_are_the_pools(void **state)
{
    uint32_t slice, limit;

    (void)state;
    machine_make(2, NULL);
    assert_int_equal(create(1, SCHED_CREDIT), 0);
    assert_int_equal(create(2, SCHED_NULL), 0);
    assert_int_equal(take(0, 1), 0);
    assert_int_equal(add(1, 1), 0);
    assert_int_equal(sched_pool_params_set(1, SCHED_CREDIT, 5, 1000), 0);
    assert_int_equal(sched_pool_params_set(3, SCHED_CREDIT, 5, 1000), -ESRCH);
    assert_int_equal(sched_pool_params_set(2, SCHED_NULL, 5, 1000), -EINVAL);
    assert_int_equal(sched_pool_params_set(2, SCHED_CREDIT, 5, 1000), -EINVAL);
    assert_int_equal(sched_pool_params_get(1, SCHED_NULL, &slice, &limit),
                     -EINVAL);
    for (unsigned int i = 0; i < 4; i++)
        guest_make(domain_in(i / 2), 0, 0);
    start_all();
    run_for(2000 * MS);
    for (unsigned int i = 0; i < 4; i++) {
        expect_share(&guests[i], 2000 * MS, 500, 10);
        assert_in_range(guests[i].worst_gap, i < 2 ? 30 * MS : 5 * MS,
                        i < 2 ? 31 * MS : 6 * MS);
    }
    assert_int_equal(sched_pool_params_get(0, SCHED_CREDIT, &slice, &limit), 0);
    assert_int_equal(slice, 30);
    machine_drop();
}

/* Many vCPUs and little time: in steps, and none is forgotten. */
static void in_steps(void **state)
{
    uint32_t cpu = 1;
    unsigned int steps = 0;

    (void)state;
    machine_make(2, NULL);
    for (unsigned int i = 0; i < VCPUS; i++)
        guest_make(domain_make(0, 0), 0, 0);
    start_all();
    run_for(10 * MS);
    hurry = true;
    host_cpu = 0;
    while (sched_pool_remove_cpu(0, &cpu) == -ERESTART) {
        settle();
        steps++;
    }
    assert_true(steps >= 2);
    assert_int_equal(sched_pool_add_cpu(0, &cpu), -ERESTART);
    assert_int_equal(sched_pool_add_cpu(0, &cpu), 0);
    for (unsigned int i = 0; i < VCPUS; i++)
        assert_int_equal(guests[i].vcpu.sched.cpus, 0x3);
    machine_drop();
}

/* What one call has half done another may undo, or finish. */
static void two_at_once(void **state)
{
    uint32_t cpu = 1, inside = 0;

    (void)state;
    machine_make(2, NULL);
    for (unsigned int i = 0; i < VCPUS; i++)
        guest_make(domain_make(0, 0), 0, 0);
    assert_int_equal(create(1, SCHED_CREDIT), 0);
    assert_int_equal(take(0, 1), 0);

    /* Added by one half, it is taken out by another: it is nowhere. */
    hurry = true;
    host_cpu = 0;
    assert_int_equal(sched_pool_add_cpu(0, &cpu), -ERESTART);
    assert_int_equal(take(0, 1), 0);
    assert_int_equal(add(1, 1), 0);
    assert_int_equal(take(1, 1), 0);
    assert_int_equal(add(0, 1), 0);
    expect_pool(0, SCHED_CREDIT, 0x3);

    /* Taken out by half, with nobody there, it is no other pool's. */
    assert_int_equal(sched_pool_remove_cpu(0, &cpu), -ERESTART);
    for (unsigned int i = 0; i < VCPUS; i++)
        inside += (guests[i].vcpu.sched.cpus & BIT(1)) != 0;
    assert_in_range(inside, 1, VCPUS - 1);
    assert_int_equal(add(1, 1), 0);
    expect_pool(1, SCHED_CREDIT, 0x2);
    for (unsigned int i = 0; i < VCPUS; i++)
        assert_int_equal(guests[i].vcpu.sched.cpus, 0x1);
    machine_drop();
}

/* One random thing that an administrator or a guest may do. */
static void something(uint32_t seed)
{
    struct guest *g = &guests[(seed >> 16) % nr_guests];
    uint32_t pool = (seed >> 14) % 3, cpu = (seed >> 12) % CPUS;

    host_cpu = (seed >> 8) % CPUS;
    switch ((seed >> 24) % 6) {
    case 0:
        (void)!sched_pool_move(g->d, pool);
        break;
    case 1:
        (void)take(pool, cpu);
        break;
    case 2:
        (void)add(pool, cpu);
        break;
    case 3:
        (void)!sched_affinity_set(&g->vcpu, 1 + (seed >> 20) % 15, 0xf);
        break;
    case 4:
        vcpu_pause(&g->vcpu);
        run_for((seed >> 10) % 300);
        vcpu_unpause(&g->vcpu);
        break;
    default:
        /* Half-way, and something else comes between. */
        (void)!sched_pool_remove_cpu(pool, &cpu);
        break;
    }
}

static void storm(void **state)
{
    uint32_t seed = 4711;

    (void)state;
    machine_make(4, NULL);
    assert_int_equal(create(1, SCHED_NULL), 0);
    assert_int_equal(create(2, SCHED_CREDIT), 0);
    for (unsigned int i = 0; i < 8; i++)
        guest_make(domain_make(0, i % 5 == 4 ? 40 : 0),
                   i % 3 ? 200 + 333 * i : 0, i % 3 ? 150 * i : 0);
    start_all();
    for (unsigned int step = 0; step < 4000; step++) {
        seed = seed * 1103515245u + 12345u;
        something(seed);
        run_for((seed >> 4) % 1500);
        expect_inside();
    }

    /* Every one of them still gets its turn. */
    for (unsigned int i = 0; i < nr_guests; i++) {
        host_cpu = 0;
        assert_int_equal(sched_pool_move(guests[i].d, 0), 0);
        guests[i].ran = 0;
    }
    run_for(3000 * MS);
    for (unsigned int i = 0; i < nr_guests; i++)
        assert_true(guests[i].ran > 0);
    machine_drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pools_come_and_go),
        cmocka_unit_test(cpus_come_and_go),
        cmocka_unit_test(busy_cpu_leaves),
        cmocka_unit_test(leaving_is_not_forgotten),
        cmocka_unit_test(last_cpu_stays),
        cmocka_unit_test(parked_dies),
        cmocka_unit_test(domains_move),
        cmocka_unit_test(affinity_is_of_the_pool),
        cmocka_unit_test(parameters_are_the_pools),
        cmocka_unit_test(in_steps),
        cmocka_unit_test(two_at_once),
        cmocka_unit_test(storm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
