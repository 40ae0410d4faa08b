/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic operations on guest memory: guest/guest_atomic.c against a thread
 * that plays a guest which writes without pause.
 *
 * Sources: xen/arch/arm/guest/guest_atomic.c
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <xen/domain.h>
#include <xen/guest_atomic.h>
#include <xen/smp.h>

uint32_t cpu_online_mask = 0xff;

static struct domain dom;
static uint32_t word;
static uint32_t meetings;
static uint32_t stop, hostile_writes;

struct call {
    void (*fn)(void *arg);
    void *arg;
};

static void *run_fn(void *arg)
{
    struct call *c = arg;

    c->fn(c->arg);
    return NULL;
}

void smp_poll(void)
{
    fail_msg("two meetings at once");
}

/* Only when 64 tries have failed; unit/guest_meeting.c is about that. */
void smp_call(uint32_t mask, void (*fn)(void *arg), void *arg)
{
    struct call c = { fn, arg };
    pthread_t cpu;

    meetings++;
    assert_int_equal(mask, 2);
    assert_int_equal(pthread_create(&cpu, NULL, run_fn, &c), 0);
    pthread_join(cpu, NULL);
}

/* The guest on another CPU: never leaves the word alone. */
static void *hostile_guest(void *arg)
{
    (void)arg;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
        __atomic_add_fetch(&word, 0x100, __ATOMIC_RELAXED);
        hostile_writes++;
    }
    return NULL;
}

static int setup(void **state)
{
    (void)state;
    dom.p2m.running_mask = 0;
    word = 0;
    meetings = stop = hostile_writes = 0;
    return 0;
}

static void plain(void **state)
{
    uint32_t seen;

    (void)state;
    assert_int_equal(guest_fetch_or(&dom, &word, 5), 0);
    assert_int_equal(guest_fetch_or_again(&dom, &word, 2), 5);
    assert_int_equal(guest_fetch_and(&dom, &word, 6), 7);
    assert_int_equal(word, 6);
    assert_true(guest_cas(&dom, &word, 6, 9, &seen));
    assert_int_equal(seen, 6);
    assert_int_equal(word, 9);
    assert_false(guest_cas(&dom, &word, 6, 1, &seen));
    assert_int_equal(seen, 9);
    assert_int_equal(word, 9);
    assert_int_equal(meetings, 0);
}

/* Whatever it takes, each call ends, and nothing is lost. */
static void against_a_hostile_guest(void **state)
{
    pthread_t guest;
    uint32_t sets = 0;

    (void)state;
    dom.p2m.running_mask = 3;
    assert_int_equal(pthread_create(&guest, NULL, hostile_guest, NULL), 0);
    for (unsigned int i = 0; i < 20000; i++) {
        uint32_t old = guest_fetch_or(&dom, &word, 1);

        assert_false(old & 1);
        old = guest_fetch_and(&dom, &word, ~1u);
        assert_true(old & 1);
        sets++;
    }
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    pthread_join(guest, NULL);
    assert_int_equal(word, hostile_writes << 8);
    assert_int_equal(sets, 20000);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(plain),
        T(against_a_hostile_guest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
