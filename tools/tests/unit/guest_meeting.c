/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When LDREX/STREX never succeeds: the meeting of CPUs in
 * guest/guest_atomic.c, here without any try before.
 *
 * Sources: xen/arch/arm/guest/guest_atomic.c
 * Flags: -DTRIES=0u
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <asm/barrier.h>
#include <xen/domain.h>
#include <xen/guest_atomic.h>
#include <xen/smp.h>

uint32_t cpu_online_mask;

static struct domain dom;
static uint32_t word;
static uint32_t calls, mask_seen, guest_running, writes;

struct call {
    void (*fn)(void *arg);
    void *arg;
};

static void no_need_to_wait(void)
{
}

void smp_poll(void)
{
    fail_msg("two meetings at once");
}

/* A CPU runs the guest, which writes, until it is called into Hyp mode. */
static void *other_cpu(void *arg)
{
    struct call *c = arg;

    for (unsigned int i = 0; i < 1000; i++) {
        __atomic_add_fetch(&word, 0x100, __ATOMIC_RELAXED);
        __atomic_add_fetch(&writes, 1, __ATOMIC_RELAXED);
    }
    __atomic_sub_fetch(&guest_running, 1, __ATOMIC_SEQ_CST);
    c->fn(c->arg);
    return NULL;
}

void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    struct call c = { fn, arg };
    pthread_t cpu[8];
    unsigned int nr = 0;

    calls++;
    mask_seen = mask;
    guest_running = (uint32_t)__builtin_popcount(mask);
    for (uint32_t m = mask; m; m &= m - 1)
        assert_int_equal(pthread_create(&cpu[nr++], NULL, other_cpu, &c), 0);
    while (nr)
        pthread_join(cpu[--nr], NULL);
    assert_int_equal(guest_running, 0);
}

static int setup(void **state)
{
    (void)state;
    word = writes = calls = 0;
    cpu_online_mask = 0x0b;
    host_cpu = 1;
    host_wait_hook = no_need_to_wait;
    return 0;
}

/* Also those that run another domain: the page may be granted to it. */
static void all_others_come(void **state)
{
    uint32_t old;

    (void)state;
    dom.p2m.running_mask = 0x1;
    old = guest_fetch_or_again(&dom, &word, 1);
    assert_int_equal(calls, 1);
    assert_int_equal(mask_seen, 0x09);
    /* It acted when all had come: after all of their writes. */
    assert_int_equal(old, 2000 << 8);
    assert_int_equal(word, 2000 << 8 | 1);

    old = guest_fetch_and(&dom, &word, ~1u);
    assert_int_equal(old, 4000 << 8 | 1);
    assert_int_equal(word, 4000 << 8);
    assert_int_equal(calls, 2);
}

static void compare_and_exchange(void **state)
{
    uint32_t seen;

    (void)state;
    cpu_online_mask = 0x3;
    assert_true(guest_cas(&dom, &word, 1000 << 8, 7, &seen));
    assert_int_equal(word, 7);
    assert_false(guest_cas(&dom, &word, 7, 8, &seen));
    assert_int_equal(seen, (1000 << 8) + 7);
    assert_int_equal(word, (1000 << 8) + 7);
}

static void alone_nobody_is_called(void **state)
{
    uint32_t seen;

    (void)state;
    cpu_online_mask = 0x2;
    assert_int_equal(guest_fetch_or_again(&dom, &word, 0x10), 0);
    assert_true(guest_cas(&dom, &word, 0x10, 0x20, &seen));
    assert_int_equal(word, 0x20);
    assert_int_equal(calls, 0);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(all_others_come),
        T(compare_and_exchange),
        T(alone_nobody_is_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
