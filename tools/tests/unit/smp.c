/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls between CPUs, softirqs and the acknowledge loop, on three CPUs of
 * which one runs at a time; the GIC is a list of interrupts that wait.
 *
 * Sources: xen/common/core/smp.c xen/common/core/softirq.c
 * Sources: xen/common/core/irq.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <xen/gic.h>
#include <xen/heap.h>
#include <xen/irq.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/spinlock.h>
#include <xen/time.h>
#include <xen/trace.h>

#include <asm/barrier.h>

void (*lock_wait_hook)(uint8_t rank);

#define CPUS  3u
#define LINES 64u
#define ISR   (*host_sysreg("ISR"))
#define ISR_I 0x80u

struct heap_account heap_xen;

static char log_text[256]; /* what happened to the GIC, in order */
static uint32_t waiting[8];
static unsigned int waiting_nr;
static bool enabled[CPUS][LINES];
static uint32_t sgis[16]; /* CPU masks that an SGI was sent to */

static void logged(const char *what, unsigned int n)
{
    size_t len = strlen(log_text);

    assert_true(len < sizeof(log_text) - 32);
    while (*what)
        log_text[len++] = *what++;
    if (n >= 10)
        log_text[len++] = (char)('0' + n / 10 % 10);
    log_text[len++] = (char)('0' + n % 10);
    log_text[len++] = ' ';
    log_text[len] = '\0';
}

static void check_log(const char *text)
{
    assert_string_equal(log_text, text);
    log_text[0] = '\0';
}

uint64_t time_ticks(void)
{
    static uint64_t now;

    return ++now;
}

void trace_record(uint32_t event, const uint32_t *extra, uint32_t nr)
{
    assert_int_equal(event, TRC_HW_IRQ_HANDLED);
    assert_int_equal(nr, 3);
    assert_true(extra[1] < extra[2]);
    logged("record", extra[0]);
}

/* ---- the GIC ---- */

unsigned int gic_lines(void)
{
    return LINES;
}

/* GIC numbers run against ours. */
uint8_t gic_cpu_mask(void)
{
    return (uint8_t)(1u << (CPUS - 1 - host_cpu));
}

static void update_isr(void)
{
    ISR = waiting_nr ? ISR_I : 0;
}

uint32_t gic_ack(void)
{
    uint32_t iar;

    logged("ack", 0);
    if (waiting_nr == 0)
        return GIC_SPURIOUS;
    iar = waiting[0];
    memmove(&waiting[0], &waiting[1], --waiting_nr * sizeof(waiting[0]));
    update_isr();
    return iar;
}

void gic_drop(uint32_t iar)
{
    logged("drop", iar);
}

void gic_deactivate(uint32_t iar)
{
    logged("dir", iar);
}

void gic_enable(unsigned int irq)
{
    enabled[host_cpu][irq] = true;
}

void gic_disable(unsigned int irq)
{
    enabled[host_cpu][irq] = false;
}

static uint8_t priority[LINES];
static bool edge[LINES];

void gic_set_priority(unsigned int irq, uint8_t p)
{
    priority[irq] = p;
}

void gic_set_trigger(unsigned int irq, bool e)
{
    assert_true(irq >= 16);
    edge[irq] = e;
}

void gic_set_target(unsigned int irq, uint8_t cpu_mask)
{
    logged("target", irq);
    logged("mask", cpu_mask);
}

void gic_clear_pending(unsigned int irq)
{
    logged("unpend", irq);
}

void gic_clear_active(unsigned int irq)
{
    logged("inactive", irq);
}

void gic_send_sgi(unsigned int sgi, uint8_t cpu_mask)
{
    sgis[sgi] |= cpu_mask;
}

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    static char pool[LINES * 64];

    assert_ptr_equal(account, &heap_xen);
    assert_true(nr * size <= sizeof(pool));
    return pool;
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(irq_init(), 0);
    irq_cpu_init();
    smp_init();
    for (host_cpu = 0; host_cpu < CPUS; host_cpu++) {
        irq_cpu_init();
        cpu_online_mask |= 1u << host_cpu;
        for (unsigned int sgi = 0; sgi < 16; sgi++)
            assert_int_equal(enabled[host_cpu][sgi], sgi < 3);
    }
    assert_int_equal(cpu_online_nr(), CPUS);
    return 0;
}

static int fresh(void **state)
{
    (void)state;
    host_cpu = 0;
    log_text[0] = '\0';
    memset(sgis, 0, sizeof(sgis));
    waiting_nr = 0;
    update_isr();
    host_wait_hook = NULL;
    return 0;
}

/* ---- interrupts ---- */

static void handler(void *arg)
{
    logged("fn", (unsigned int)(uintptr_t)arg);
}

static void come(uint32_t iar)
{
    waiting[waiting_nr++] = iar;
    update_isr();
}

/* While one CPU waits, the next one takes its SGI. */
static void others_answer(void)
{
    unsigned int me = host_cpu;

    for (host_cpu = 0; host_cpu < CPUS; host_cpu++) {
        if (host_cpu == me || !(sgis[SGI_CALL] & gic_cpu_mask()))
            continue;
        sgis[SGI_CALL] &= ~(uint32_t)gic_cpu_mask();
        come(SGI_CALL | me << 10);
        irq_handle();
        break;
    }
    host_cpu = me;
}

/* The old handler may still run somewhere: it must not meet a new argument. */
static void others_ask_for_it(void)
{
    assert_int_equal(
        irq_request(27, IRQ_GUEST, IRQ_LEVEL, handler, NULL, "soon"), -EBUSY);
    others_answer();
}

static void one_interrupt_two_accesses(void **state)
{
    (void)state;
    assert_int_equal(
        irq_request(27, IRQ_GUEST, IRQ_LEVEL, handler, (void *)27, "vtimer"),
        0);
    come(27);
    irq_handle();
    check_log("ack0 drop27 fn27 "); /* the guest's EOI deactivates it */
    assert_int_equal(priority[27], GIC_PRIO_GUEST);

    /* Released only after all CPUs are out of the handler. */
    host_wait_hook = others_ask_for_it;
    irq_release(27);
    check_log("ack0 drop1 dir1 ack0 drop1 dir1 unpend27 inactive27 ");
    assert_int_equal(
        irq_request(27, IRQ_GUEST, IRQ_LEVEL, handler, (void *)27, "again"), 0);
    host_wait_hook = others_answer;
    irq_release(27);
    log_text[0] = '\0';
}

static void ours_are_deactivated(void **state)
{
    (void)state;
    assert_int_equal(
        irq_request(40, IRQ_XEN, IRQ_EDGE, handler, (void *)40, "uart"), 0);
    assert_int_equal(
        irq_request(41, IRQ_XEN, IRQ_LEVEL, handler, (void *)41, "other"), 0);
    assert_true(edge[40]);
    assert_false(edge[41]);
    come(40);
    come(41);
    irq_window();
    check_log("ack0 drop40 fn40 dir40 ack0 drop41 fn41 dir41 ");
    irq_window();
    check_log("");
    irq_handle(); /* spurious */
    check_log("ack0 ");
}

static void traced(void **state)
{
    (void)state;
    irq_trace(true);
    come(40);
    come(50);
    irq_handle();
    check_log("ack0 drop40 fn40 dir40 record40 "
              "ack0 drop50 dir50 record50 ");
    irq_handle(); /* spurious */
    check_log("ack0 ");
    irq_trace(false);
    come(40);
    irq_handle();
    check_log("ack0 drop40 fn40 dir40 ");
}

static void nobody_asked_for_it(void **state)
{
    (void)state;
    enabled[0][50] = true;
    come(50);
    irq_handle();
    check_log("ack0 drop50 dir50 ");
    assert_false(enabled[0][50]);
}

static void request_and_release(void **state)
{
    (void)state;
    assert_int_equal(irq_request(LINES, IRQ_XEN, IRQ_LEVEL, handler, NULL, "x"),
                     -EINVAL);
    assert_int_equal(irq_request(40, IRQ_XEN, IRQ_LEVEL, handler, NULL, "x"),
                     -EBUSY);
    assert_string_equal(irq_owner_name(40), "uart");
    assert_null(irq_owner_name(42));
    assert_null(irq_owner_name(LINES));
    assert_int_equal(irq_trigger_set(3, IRQ_EDGE), -EINVAL);
    assert_int_equal(irq_trigger_set(LINES, IRQ_EDGE), -EINVAL);
    assert_int_equal(irq_trigger_set(40, IRQ_LEVEL), 0);
    assert_false(edge[40]);
    irq_route(40, 2);
    irq_route(20, 2); /* local: goes nowhere else */
    check_log("target40 mask1 ");
    irq_enable(40);
    cpu_online_mask = 1;
    irq_release(40);
    irq_release(40);
    cpu_online_mask = (1u << CPUS) - 1;
    check_log("unpend40 inactive40 ");
    assert_false(enabled[0][40]);
    assert_null(irq_owner_name(40));
}

/* ---- calls ---- */

static uint32_t called_on;

static void note_cpu(void *arg)
{
    assert_int_equal((uintptr_t)arg, 99);
    assert_int_equal(called_on & 1u << host_cpu, 0);
    called_on |= 1u << host_cpu;
}

static void call_all(void **state)
{
    (void)state;
    called_on = 0;
    host_wait_hook = others_answer;
    host_cpu = 1;
    smp_call(UINT32_MAX, note_cpu, (void *)99);
    assert_int_equal(called_on, 5);
    called_on = 0;
    smp_call(1u << 1, note_cpu, (void *)99); /* only ourselves */
    smp_call(1u << 7, note_cpu, (void *)99); /* not up */
    assert_int_equal(called_on, 0);
}

static void second_call(void *arg)
{
    note_cpu(arg);
}

/* CPU 2, instead of answering CPU 0, calls it: each serves the other. */
static void answer_by_a_call(void)
{
    host_wait_hook = others_answer;
    host_cpu = 2;
    smp_call(1u << 0, second_call, (void *)99);
    host_cpu = 0;
}

static void calls_that_cross(void **state)
{
    (void)state;
    called_on = 0;
    host_wait_hook = answer_by_a_call;
    smp_call(1u << 2, note_cpu, (void *)99);
    assert_int_equal(called_on, 5);
}

/*
 * CPU 2 waits for a vGIC lock: a call that takes such locks is left until it
 * has its own, where one that takes none is served.
 */
static void answer_in_lock_wait(void)
{
    host_cpu = 2;
    lock_wait_hook(RANK_VGIC);
    assert_int_equal(called_on, 0);
    lock_wait_hook(RANK_P2M);
    assert_int_equal(called_on, 4);
    host_cpu = 0;
}

static void answer_barrier_in_lock_wait(void)
{
    host_cpu = 2;
    lock_wait_hook(RANK_LEAF);
    assert_int_equal(called_on, 4);
    host_cpu = 0;
}

static void calls_in_lock_waits(void **state)
{
    (void)state;
    called_on = 0;
    host_wait_hook = answer_in_lock_wait;
    smp_call_locking(1u << 2, note_cpu, (void *)99);
    assert_int_equal(called_on, 4);
    called_on = 0;
    host_wait_hook = answer_barrier_in_lock_wait;
    smp_call(1u << 2, note_cpu, (void *)99);
    assert_int_equal(called_on, 4);
}

/*
 * CPU 2 asks CPU 0 for what takes locks, while CPU 0 may hold such a lock
 * and makes a call of its own: that is done first.
 */
static void call_before_answering(void)
{
    host_wait_hook = others_answer;
    host_cpu = 0;
    smp_call(1u << 1, note_cpu, (void *)99);
    assert_int_equal(called_on, 2);
    smp_poll();
    assert_int_equal(called_on, 3);
    host_cpu = 2;
}

static void locking_call_waits_for_ours(void **state)
{
    (void)state;
    called_on = 0;
    host_wait_hook = call_before_answering;
    host_cpu = 2;
    smp_call_locking(1u << 0, note_cpu, (void *)99);
    assert_int_equal(called_on, 3);
}

/* A function that is called must not call: the mailbox is in use. */
static void call_in_a_call(void)
{
    expect_assert_failure(smp_call(1u << 1, note_cpu, (void *)99));
    host_wait_hook = others_answer;
}

static void one_call_at_a_time(void **state)
{
    (void)state;
    called_on = 0;
    host_wait_hook = call_in_a_call;
    smp_call(1u << 1, note_cpu, (void *)99);
    assert_int_equal(called_on, 2);
    assert_ptr_equal(host_wait_hook, others_answer);
}

/* ---- softirqs ---- */

static void soft_sched(void)
{
    logged("sched", 0);
}

static void soft_timer(void)
{
    logged("timer", 0);
    softirq_raise(SOFTIRQ_TIMER); /* again: in the next round */
}

static void softirq_order(void **state)
{
    (void)state;
    softirq_open(SOFTIRQ_SCHED, soft_sched);
    softirq_open(SOFTIRQ_TIMER, soft_timer);
    expect_assert_failure(softirq_open(SOFTIRQ_TIMER, soft_timer));
    assert_false(preempt_wanted());
    softirq_raise(SOFTIRQ_SCHED);
    softirq_raise(SOFTIRQ_TIMER);
    softirq_raise(SOFTIRQ_SCHED);
    assert_true(preempt_wanted());
    softirq_run();
    check_log("timer0 sched0 ");
    softirq_run();
    check_log("timer0 ");
    this_cpu(softirq_pending) = 0;
    come(40);
    assert_true(preempt_wanted());
}

static void softirq_for_another_cpu(void **state)
{
    (void)state;
    softirq_raise_on(1, SOFTIRQ_SCHED);
    assert_int_equal(sgis[0], 2);
    sgis[0] = 0;
    softirq_raise_on(1, SOFTIRQ_TIMER); /* it is on its way already */
    assert_int_equal(sgis[0], 0);
    softirq_raise_on(0, SOFTIRQ_SCHED); /* ourselves */
    assert_int_equal(sgis[0], 0);
    softirq_run();
    check_log("sched0 ");
    host_cpu = 1;
    softirq_run();
    check_log("timer0 sched0 ");
    this_cpu(softirq_pending) = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_interrupt_two_accesses, fresh),
        cmocka_unit_test_setup(ours_are_deactivated, fresh),
        cmocka_unit_test_setup(traced, fresh),
        cmocka_unit_test_setup(nobody_asked_for_it, fresh),
        cmocka_unit_test_setup(request_and_release, fresh),
        cmocka_unit_test_setup(call_all, fresh),
        cmocka_unit_test_setup(calls_that_cross, fresh),
        cmocka_unit_test_setup(calls_in_lock_waits, fresh),
        cmocka_unit_test_setup(locking_call_waits_for_ours, fresh),
        cmocka_unit_test_setup(one_call_at_a_time, fresh),
        cmocka_unit_test_setup(softirq_order, fresh),
        cmocka_unit_test_setup(softirq_for_another_cpu, fresh),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
