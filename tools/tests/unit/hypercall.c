/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercall table, continuations, lists of calls: arch/arm/hypercall.c.
 *
 * Sources: xen/arch/arm/hypercall.c
 */
#include "iface_fake.h"

#include <xen/guest_traps.h>
#include <xen/hypercall.h>

#define LIST 0x1000u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);

/* ---- handlers: each answers with its number, version does as told ---- */

static uint32_t seen[5];
static unsigned int calls, restarts, crashes;
static int32_t answer;

#define HANDLER(name_, result_)                                                \
    int32_t name_(struct vcpu *v, uint32_t *arg)                               \
    {                                                                          \
        (void)v;                                                               \
        (void)arg;                                                             \
        return (result_);                                                      \
    }

HANDLER(memory_op, 12)
HANDLER(console_io, 18)
HANDLER(grant_table_op, 20)
HANDLER(vm_assist, 21)
HANDLER(vcpu_op, 24)
HANDLER(sched_op, 29)
HANDLER(event_channel_op, 32)
HANDLER(hvm_op, 34)
HANDLER(platform_op, 7)
HANDLER(sysctl_op, 35)
HANDLER(domctl_op, 36)

int32_t xen_version(struct vcpu *v, uint32_t *arg)
{
    assert_ptr_equal(v, current);
    calls++;
    memcpy(seen, arg, 2 * sizeof(*arg));
    if (restarts) {
        restarts--;
        arg[0] += 100;
        return -ERESTART;
    }
    return answer;
}

enum verdict vpsci_hvc(struct vcpu *v, uint32_t hsr)
{
    (void)v;
    (void)hsr;
    return V_CRASH; /* to be told apart from a hypercall */
}

void domain_crash(struct domain *d, const char *why)
{
    assert_ptr_equal(d, current->domain);
    assert_non_null(why);
    current->pause_flags |= VP_SHUT;
    crashes++;
}

static int setup(void **state)
{
    (void)state;
    fake_reset();
    current = &vcpus[1][0];
    calls = restarts = crashes = 0;
    answer = 17;
    return 0;
}

static int32_t hvc(uint32_t nr, uint32_t r0, uint32_t r1)
{
    struct cpu_regs *r = &current->regs;

    r->r[12] = nr;
    r->r[0] = r0;
    r->r[1] = r1;
    r->r[5] = 0x55555555;
    r->pc = 0x8004;
    assert_int_equal(hypercall_trap(current, 0x12u << 26 | 1u << 25 | 0xea1),
                     V_RETRY);
    assert_int_equal(r->r[5], 0x55555555);
    return (int32_t)r->r[0];
}

static void immediates(void **state)
{
    (void)state;
    assert_int_equal(hypercall_trap(current, 0x4a000000), V_CRASH);
    current->regs.pc = 0x1004; /* behind the HVC, as on entry */
    assert_int_equal(hypercall_trap(current, 0x4a000001), V_UNDEF);
    assert_int_equal(current->regs.pc, 0x1000);
    current->regs.pc = 0x1004;
    assert_int_equal(hypercall_trap(current, 0x4a00ea10), V_UNDEF);
    assert_int_equal(current->regs.pc, 0x1000);
    assert_int_equal(calls, 0);
}

/* The numbers that live; all others are -ENOSYS, whatever is asked. */
static void numbers(void **state)
{
    static const uint8_t live[] = { 7,  12, 17, 18, 20, 21,
                                    24, 29, 32, 34, 35, 36 };

    (void)state;
    for (uint32_t nr = 0; nr < 70; nr++) {
        int32_t want = -ENOSYS;

        for (size_t i = 0; i < ARRAY(live); i++) {
            if (live[i] == nr)
                want = (int32_t)nr;
        }
        if (nr != 13)
            assert_int_equal(hvc(nr, 0, 0), want);
        assert_int_equal(current->regs.pc, 0x8004);
    }
    assert_int_equal(hvc(0x80000011u, 0, 0), -ENOSYS);
    assert_int_equal(hvc(~0u, 0, 0), -ENOSYS);
}

static void continuation(void **state)
{
    (void)state;
    restarts = 1;
    assert_int_equal(hvc(17, 5, 6), 105);
    assert_int_equal(current->regs.pc, 0x8000);
    assert_int_equal(current->regs.r[12], 17);
    assert_int_equal(hvc(17, current->regs.r[0], 6), 17);
    assert_int_equal(seen[0], 105);
}

/* ---- multicall ---- */

static struct multicall_entry entry(uint64_t op, uint64_t a0, uint64_t a1)
{
    return (struct multicall_entry){ .op = op,
                                     .result = 99,
                                     .args = { a0, a1, 3, 4, 5, 6 } };
}

static int64_t result(unsigned int i)
{
    struct multicall_entry e;

    memcpy(&e, (uint8_t *)guest_at(LIST) + i * sizeof(e), sizeof(e));
    return (int64_t)e.result;
}

static void list_of_calls(void **state)
{
    struct multicall_entry list[] = {
        entry(17, 1, 2),
        entry(36, 0, 0),
        entry(63, 0, 0),
        entry(64, 0, 0),
        entry(1ull << 32 | 17, 0, 0),
        entry(13, 0, 0),
        entry(17, 7, 8),
    };

    (void)state;
    guest_put(LIST, list, sizeof(list));
    answer = -EINVAL;
    assert_int_equal(hvc(13, LIST, ARRAY(list)), 0);
    assert_int_equal(result(0), -EINVAL); /* all 64 bits of it             */
    assert_int_equal(result(1), 36);
    assert_int_equal(result(2), -ENOSYS);
    assert_int_equal(result(3), -ENOSYS);
    assert_int_equal(result(4), -ENOSYS);
    assert_int_equal(result(5), -EINVAL); /* no list in a list             */
    assert_int_equal(result(6), -EINVAL);
    assert_int_equal(calls, 2);
    assert_int_equal(seen[0], 7);
    assert_int_equal(seen[1], 8);
}

/* An argument that does not fit crashes; one that is not used does not. */
static void wide_arguments(void **state)
{
    struct multicall_entry list[] = { entry(36, 0, 1ull << 32) };

    (void)state;
    guest_put(LIST, list, sizeof(list));
    assert_int_equal(hvc(13, LIST, 1), 0);
    assert_int_equal(crashes, 0);
    list[0] = entry(17, 0, 1ull << 32);
    guest_put(LIST, list, sizeof(list));
    assert_int_equal(hvc(13, LIST, 1), 0);
    assert_int_equal(crashes, 1);
    assert_int_equal(calls, 0);
}

/* Behind its own end a domain makes no calls; resumed, it goes on. */
static void end_of_the_domain(void **state)
{
    struct multicall_entry list[] = { entry(17, 0, 1ull << 32),
                                      entry(17, 7, 8) };

    (void)state;
    guest_put(LIST, list, sizeof(list));
    assert_int_equal(hvc(13, LIST, 2), LIST + sizeof(list[0]));
    assert_int_equal(crashes, 1);
    assert_int_equal(calls, 0);
    assert_int_equal(result(0), -EINVAL);
    assert_int_equal(result(1), 99);
    assert_int_equal(current->regs.pc, 0x8000);

    current->pause_flags = 0;
    assert_int_equal(hvc(13, current->regs.r[0], current->regs.r[1]), 0);
    assert_int_equal(calls, 1);
    assert_int_equal(result(1), 17);
}

static void list_in_pieces(void **state)
{
    struct multicall_entry list[] = { entry(17, 1, 2), entry(17, 3, 4) };

    (void)state;
    guest_put(LIST, list, sizeof(list));
    preempt = true;
    assert_int_equal(hvc(13, LIST, 2), LIST + sizeof(list[0]));
    assert_int_equal(current->regs.r[1], 1);
    assert_int_equal(current->regs.pc, 0x8000);
    assert_int_equal(result(0), 17);
    assert_int_equal(result(1), 99);
    assert_int_equal(hvc(13, current->regs.r[0], 1), 0);
    assert_int_equal(result(1), 17);
}

/* A call inside that is to be continued leaves its progress in the list. */
static void call_in_pieces(void **state)
{
    struct multicall_entry list[] = { entry(17, 1, 2) }, after;

    (void)state;
    guest_put(LIST, list, sizeof(list));
    restarts = 1;
    assert_int_equal(hvc(13, LIST, 1), LIST);
    assert_int_equal(current->regs.r[1], 1);
    memcpy(&after, guest_at(LIST), sizeof(after));
    assert_int_equal(after.args[0], 101);
    assert_int_equal(after.args[2], 3);
    assert_int_equal(hvc(13, LIST, 1), 0);
    assert_int_equal(seen[0], 101);
    assert_int_equal(result(0), 17);
}

static void list_out_of_reach(void **state)
{
    struct multicall_entry list[] = { entry(17, 1, 2) };

    (void)state;
    assert_int_equal(hvc(13, GUEST_NONE, 1), -EFAULT);
    assert_int_equal(hvc(13, GUEST_NONE, 0), 0);
    guest_put(GUEST_RO, list, sizeof(list));
    assert_int_equal(hvc(13, GUEST_RO, 1), -EFAULT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(immediates, setup),
        cmocka_unit_test_setup(numbers, setup),
        cmocka_unit_test_setup(continuation, setup),
        cmocka_unit_test_setup(list_of_calls, setup),
        cmocka_unit_test_setup(wide_arguments, setup),
        cmocka_unit_test_setup(end_of_the_domain, setup),
        cmocka_unit_test_setup(list_in_pieces, setup),
        cmocka_unit_test_setup(call_in_pieces, setup),
        cmocka_unit_test_setup(list_out_of_reach, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
