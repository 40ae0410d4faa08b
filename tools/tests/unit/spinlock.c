/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket locks: order of service, and what the rank check catches.
 *
 * Sources: xen/arch/arm/cpu/spinlock.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/spinlock.h>

#include <asm/barrier.h>
#include <asm/percpu.h>

static struct spinlock event, event2, vgic;

static int setup(void **state)
{
    (void)state;
    lock_init(&event, RANK_EVENT);
    lock_init(&event2, RANK_EVENT);
    lock_init(&vgic, RANK_VGIC);
    host_cpu = 0;
    return 0;
}

static void taken_and_dropped(void **state)
{
    (void)state;
    assert_false(lock_is_held(&event));
    lock_take(&event);
    assert_true(lock_is_held(&event));
    lock_drop(&event);
    assert_false(lock_is_held(&event));
}

static void try_does_not_wait(void **state)
{
    (void)state;
    lock_take(&vgic);
    host_cpu = 1;
    assert_false(lock_try(&vgic));
    host_cpu = 0;
    lock_drop(&vgic);
    host_cpu = 1;
    assert_true(lock_try(&vgic));
    lock_drop(&vgic);
}

/* The tickets wrap after 65536 takes; nothing leaks into the other half. */
static void tickets_wrap(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 0x10010; i++) {
        lock_take(&vgic);
        lock_drop(&vgic);
    }
    assert_false(lock_is_held(&vgic));
    lock_take(&vgic);
    assert_true(lock_is_held(&vgic));
    lock_drop(&vgic);
}

/* CPU 1 spins until CPU 0, played by the hook, drops the lock. */
static unsigned int waits;

static void drop_on_third_wait(void)
{
    if (++waits == 3) {
        host_cpu = 0;
        lock_drop(&event);
        host_cpu = 1;
    }
}

static void waits_for_the_holder(void **state)
{
    (void)state;
    lock_take(&event);
    host_cpu = 1;
    host_wait_hook = drop_on_third_wait;
    lock_take(&event);
    assert_int_equal(waits, 3);
    assert_true(lock_is_held(&event));
    lock_drop(&event);
}

static void ranks_ascend(void **state)
{
    (void)state;
    lock_take(&vgic);
    expect_assert_failure(lock_take(&event));
    lock_drop(&vgic);

    lock_take(&event);
    lock_take(&vgic);
    lock_drop(&vgic);
    expect_assert_failure(lock_take(&event));
    expect_assert_failure(lock_take(&event2));
    lock_take_second(&event2);
    lock_drop(&event2);
    lock_drop(&event);
}

static void only_the_holder_drops(void **state)
{
    (void)state;
    lock_take(&event);
    host_cpu = 1;
    expect_assert_failure(lock_drop(&event));
    host_cpu = 0;
    lock_drop(&event);
}

static unsigned int polls;

static void no_wait(void)
{
}

/* The holder waits for our answer before it drops the lock. */
static void answer(uint8_t rank)
{
    assert_int_equal(rank, RANK_VGIC);
    if (++polls == 3)
        vgic.owner++;
}

/* A CPU that waits serves calls from the one that has the lock. */
static void waiting_answers_calls(void **state)
{
    (void)state;
    polls = 0;
    host_wait_hook = no_wait;
    lock_wait_hook = answer;
    vgic.next = 1; /* taken by another CPU */
    lock_take(&vgic);
    assert_int_equal(polls, 3);
    lock_drop(&vgic);
    lock_wait_hook = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(taken_and_dropped, setup),
        cmocka_unit_test_setup(try_does_not_wait, setup),
        cmocka_unit_test_setup(tickets_wrap, setup),
        cmocka_unit_test_setup(waits_for_the_holder, setup),
        cmocka_unit_test_setup(waiting_answers_calls, setup),
        cmocka_unit_test_setup(ranks_ascend, setup),
        cmocka_unit_test_setup(only_the_holder_drops, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
