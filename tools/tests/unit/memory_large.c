/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op: extents beyond 2 MiB, and claims: common/memory.c.
 *
 * Sources: xen/common/memory.c xen/common/memory_map.c
 * Sources: xen/common/domain/access.c
 */
#include "memory_fake.h"

/* One of 8 MiB, which only a control domain may ask for: four steps. */
static void huge_extents_in_steps(void **state)
{
    static const uint64_t gfns[] = { 0x400 };
    struct xen_memory_reservation r = extents(gfns, 1);
    uint32_t regs[2];
    unsigned int calls = 1;
    int32_t rc;

    (void)state;
    r.domid = 1;
    r.extent_order = 11;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.extent_order = 19;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    r.extent_order = 11;
    preempt = true;
    assert_int_equal(CALL(0, populate_physmap, &r), -ERESTART);
    assert_int_equal(cmd, XENMEM_populate_physmap | 1 << 6);
    regs[0] = cmd;
    regs[1] = ARG;
    while ((rc = memory_op(current, regs)) == -ERESTART)
        assert_true(++calls < 5);
    assert_int_equal(rc, 1);
    assert_int_equal(calls, 3);
    assert_int_equal(dom[1].tot_pages, 2048);
    for (unsigned int i = 0; i < 2048; i++)
        assert_int_equal(map[1][0x400 + i].type, P2M_RAM);

    preempt = false;
    assert_int_equal(CALL(0, decrease_reservation, &r), 1);
    assert_int_equal(dom[1].tot_pages, 0);
}

/* What cannot be had in full is not there in part. */
static void huge_extents_all_or_nothing(void **state)
{
    static const uint64_t gfns[] = { 0x400 };
    struct xen_memory_reservation r = extents(gfns, 1);

    (void)state;
    r.domid = 1;
    r.extent_order = 11;
    room = 3;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    assert_int_equal(room, 0);
    assert_int_equal(dom[1].tot_pages, 0);
    for (unsigned int i = 0; i < 2048; i++)
        assert_int_equal(map[1][0x400 + i].type, P2M_NONE);
    /* Looked for first: nothing is taken. */
    room = ~0u;
    free_nr = 2047;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    free_nr = FRAMES;
    dom[1].max_pages = 2047;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    assert_int_equal(room, ~0u);
}

/* Another CPU has scrubbed a block since we found none: it is ours. */
static void others_scrub(void **state)
{
    static const uint64_t gfns[] = { 0x400 };
    struct xen_memory_reservation r = extents(gfns, 1);

    (void)state;
    r.domid = 1;
    r.extent_order = 9;
    dirty_steps = 3;
    scrubbed_by_others = true;
    assert_int_equal(CALL(0, populate_physmap, &r), 1);
    assert_int_equal(dom[1].tot_pages, 512);
    /* There is none: it is not asked for again and again. */
    room = 0;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
}

static void claims_of_control_domains(void **state)
{
    struct xen_memory_reservation r = { .nr_extents = 77, .domid = 1 };

    (void)state;
    assert_int_equal(CALL(1, claim_pages, &r), -EPERM);
    assert_int_equal(CALL(0, claim_pages, &r), 0);
    assert_int_equal(claimed, 77);
    r.domid = 9;
    assert_int_equal(CALL(0, claim_pages, &r), -EINVAL);
    r.domid = 1;
    r.extent_order = 1;
    assert_int_equal(CALL(0, claim_pages, &r), -EINVAL);
    r.extent_order = 0;
    r.nr_extents = 1ull << 32;
    assert_int_equal(CALL(0, claim_pages, &r), -EINVAL);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(huge_extents_in_steps),
        TEST(huge_extents_all_or_nothing),
        TEST(others_scrub),
        TEST(claims_of_control_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
