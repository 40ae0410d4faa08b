/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace buffers: sizes, records and their order, the end of the data, a tool
 * that does not read or writes nonsense, masks, the half-full mark.
 *
 * Sources: xen/common/core/trace.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <xen/hyp_map.h>
#include <xen/irq.h>
#include <xen/page_alloc.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/trace.h>

#define CPUS   2u
#define FRAMES 64u
#define FIRST  0x40000u

uint32_t cpu_online_mask = (1u << CPUS) - 1;
static uint8_t memory[FRAMES][PAGE_SIZE] aligned(PAGE_SIZE);
static struct page pages[FRAMES];
struct ram_view ram_view = { .direct_first = FIRST,
                             .main_first = FIRST,
                             .main_nr = FRAMES };
static uint32_t used, given_back, room = FRAMES;
static bool preempt;
static uint64_t now = 1;
static uint32_t halves, raised, irqs_traced;

unsigned int cpu_online_nr(void)
{
    return CPUS;
}

uint32_t page_free_nr(void)
{
    return FRAMES;
}

/* Every second frame, so that pages of a ring do not follow each other. */
struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    struct page *pg = &pages[used];

    assert_int_equal(owner, DOMID_OWNER_XEN);
    assert_true(flags & PA_LOW);
    if (room < 1u << order)
        return NULL;
    room -= 1u << order;
    used += (1u << order) + 1;
    assert_true(used <= FRAMES);
    pg->owner = owner;
    pg->ref = 1;
    return pg;
}

void page_free(struct page *pg, unsigned int order)
{
    assert_int_equal(pg->ref, 1);
    assert_int_equal(pg->flags, 0);
    pg->ref = 0;
    given_back += 1u << order;
}

bool preempt_wanted(void)
{
    return preempt;
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    assert_int_equal(nr, SOFTIRQ_TRACE);
    raised |= 1u << cpu;
}

void irq_trace(bool on)
{
    irqs_traced = on;
}

uint64_t time_ticks(void)
{
    return now++;
}

static void half(void)
{
    halves++;
}

/* ---- what a tool does ---- */

static const struct t_info *info(void)
{
    struct trace_info i;

    trace_info_get(&i);
    return i.mfn ? mfn_to_va(mfn_make((uint32_t)i.mfn)) : NULL;
}

static uint32_t frame_of(uint32_t cpu, uint32_t page)
{
    return ((const uint32_t *)info())[info()->mfn_offset[cpu] + page];
}

static struct t_buf *head(uint32_t cpu)
{
    return mfn_to_va(mfn_make(frame_of(cpu, 0)));
}

static uint32_t data_size(void)
{
    return info()->tbuf_size * PAGE_SIZE - (uint32_t)sizeof(struct t_buf);
}

static uint32_t word(uint32_t cpu, uint32_t at)
{
    uint32_t offset = at % data_size() + (uint32_t)sizeof(struct t_buf);
    uint8_t *page = mfn_to_va(mfn_make(frame_of(cpu, offset / PAGE_SIZE)));

    return *(uint32_t *)(page + offset % PAGE_SIZE);
}

struct record {
    uint32_t event, nr, words[7];
    uint64_t time;
};

/* The next record, if there is one; fillers are read over. */
static bool next(uint32_t cpu, struct record *r)
{
    struct t_buf *h = head(cpu);

    for (;;) {
        uint32_t at = h->cons, hd = word(cpu, at), len;

        if (h->cons == h->prod)
            return false;
        r->event = TRC_HD_TO_EVENT(hd);
        r->nr = TRC_HD_EXTRA(hd);
        len = 4 + 4 * r->nr;
        if (hd & TRC_HD_CYCLE_FLAG)
            len += 8;
        assert_true(at % data_size() + len <= data_size());
        h->cons = (at + len) % (2 * data_size());
        if (r->event == TRC_TRACE_WRAP_BUFFER) {
            assert_int_equal(h->cons % data_size(), 0);
            continue;
        }
        assert_true(hd & TRC_HD_CYCLE_FLAG);
        r->time = word(cpu, at + 4) | (uint64_t)word(cpu, at + 8) << 32;
        for (uint32_t i = 0; i < r->nr; i++)
            r->words[i] = word(cpu, at + 12 + 4 * i);
        return true;
    }
}

/* Rings of two pages for each of two CPUs, on which everything is traced. */
static int set_up(void **state)
{
    (void)state;
    ram_view.direct_bias = (uintptr_t)memory - ((uintptr_t)FIRST << PAGE_SHIFT);
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    if (!info())
        assert_int_equal(trace_size_set(2), 0);
    trace_half_hook(half);
    trace_events_set(TRC_ALL);
    trace_cpus_set(3);
    trace_disable();
    assert_int_equal(trace_enable(), 0);
    for (host_cpu = CPUS; host_cpu-- > 0;) {
        head(host_cpu)->cons = head(host_cpu)->prod;
        /* A record that is not read makes sure that nothing is lost yet. */
        trace1(TRC_SCHED_DOM_ADD, 0);
        head(host_cpu)->cons = head(host_cpu)->prod;
    }
    host_cpu = 0;
    halves = 0;
    raised = 0;
    return 0;
}

/* ---- tests ---- */

/* In order: there are rings afterwards, for good. */
static void sizes(void **state)
{
    (void)state;
    ram_view.direct_bias = (uintptr_t)memory - ((uintptr_t)FIRST << PAGE_SHIFT);
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    assert_null(info());
    assert_int_equal(trace_enable(), -EINVAL);
    assert_int_equal(trace_mask, 0);
    assert_int_equal(trace_size_set(0), -EINVAL);
    assert_int_equal(trace_size_set(TRACE_PAGES_MAX / CPUS + 1), -EINVAL);
    assert_int_equal(trace_size_set(FRAMES), -ENOMEM); /* at first sight */
    assert_int_equal(used, 0);

    /* The fourth page is not there: all comes back. */
    room = 4;
    assert_int_equal(trace_size_set(2), -ENOMEM);
    assert_int_equal(given_back, 4);
    assert_null(info());
    memset(pages, 0, sizeof(pages));
    used = 0;
    room = FRAMES;

    /* In steps, as they were taken. */
    room = 20;
    given_back = 0;
    preempt = true;
    assert_int_equal(trace_size_set(16), -ERESTART);
    assert_int_equal(trace_size_set(16), -ERESTART);
    assert_int_equal(given_back, 16);
    assert_int_equal(trace_size_set(16), -ENOMEM);
    assert_int_equal(given_back, 20);
    assert_int_equal(trace_enable(), -EINVAL);
    memset(pages, 0, sizeof(pages));
    used = 0;
    room = FRAMES;

    /* Interrupted, and continued by the same call only. */
    preempt = true;
    assert_int_equal(trace_size_set(9), -ERESTART);
    assert_int_equal(trace_size_set(3), -EINVAL);
    assert_int_equal(trace_enable(), -EINVAL);
    assert_int_equal(trace_size_set(9), 0);
    preempt = false;
    assert_int_equal(trace_size_set(9), -EBUSY);
    assert_int_equal(trace_size_set(3), -EINVAL);
    assert_int_equal(info()->tbuf_size, 9);
}

static void pages_are_shared(void **state)
{
    struct trace_info i;

    (void)state;
    trace_info_get(&i);
    assert_int_equal(i.size, PAGE_SIZE);
    assert_int_equal(i.events, TRC_ALL);
    assert_int_equal(mfn_to_page(mfn_make((uint32_t)i.mfn))->flags,
                     PAGE_XEN_SHARE_RO);
    for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
        for (uint32_t p = 0; p < info()->tbuf_size; p++)
            assert_int_equal(mfn_to_page(mfn_make(frame_of(cpu, p)))->flags,
                             PAGE_XEN_SHARE);
    }
}

static void records(void **state)
{
    const uint32_t seven[] = { 1, 2, 3, 4, 5, 6, 7 };
    struct record r;
    uint64_t before;

    (void)state;
    trace4(TRC_SCHED_SWITCH, 1, 2, 3, 4);
    host_cpu = 1;
    trace_record(TRC_PV_HYPERCALL_V2, seven, 7);
    assert_true(next(0, &r));
    assert_int_equal(r.event, TRC_SCHED_SWITCH);
    assert_int_equal(r.nr, 4);
    assert_memory_equal(r.words, seven, 16);
    before = r.time;
    assert_false(next(0, &r));
    assert_true(next(1, &r));
    assert_int_equal(r.event, TRC_PV_HYPERCALL_V2);
    assert_int_equal(r.nr, 7);
    assert_memory_equal(r.words, seven, sizeof(seven));
    assert_true(r.time > before);
}

/* Records of each length, round and round, in steps that meet each end. */
static void all_ends(void **state)
{
    uint32_t extra[7], sent = 0, seen = 0, round = 0, last = 0;
    struct record r;

    (void)state;
    while (round < 40) {
        for (uint32_t n = 0; n < 7; n++) {
            for (uint32_t i = 0; i < 7; i++)
                extra[i] = sent * 16 + i;
            trace_record(TRC_SCHED_WAKE, extra, sent++ * 5 % 7 + 1);
        }
        while (next(0, &r)) {
            assert_int_equal(r.event, TRC_SCHED_WAKE);
            assert_int_equal(r.nr, seen * 5 % 7 + 1);
            for (uint32_t i = 0; i < r.nr; i++)
                assert_int_equal(r.words[i], seen * 16 + i);
            seen++;
        }
        assert_int_equal(seen, sent);
        round += head(0)->prod < last;
        last = head(0)->prod;
        assert_true(head(0)->prod < 2 * data_size());
    }
}

static void full(void **state)
{
    struct record r;
    uint32_t nr = 0, sent = 0, prod;
    uint64_t first_lost = 0;

    (void)state;
    for (; sent < 5000; sent++)
        trace1(TRC_SCHED_DOM_ADD, sent);
    assert_int_equal(halves, 1);
    for (; next(0, &r); nr++) {
        assert_int_equal(r.event, TRC_SCHED_DOM_ADD);
        assert_int_equal(r.words[0], nr);
        first_lost = r.time + 1;
    }
    assert_true(nr >= data_size() / 16 - 2);

    prod = head(0)->prod;
    trace1(TRC_SCHED_DOM_ADD, 77);
    assert_int_not_equal(head(0)->prod, prod);
    assert_true(next(0, &r));
    assert_int_equal(r.event, TRC_LOST_RECORDS);
    assert_int_equal(r.nr, 4);
    assert_int_equal(r.words[0], sent - nr);
    assert_int_equal(r.words[2], (uint32_t)first_lost);
    assert_int_equal(r.words[3], 0);
    assert_true(next(0, &r));
    assert_int_equal(r.words[0], 77);
    assert_false(next(0, &r));

    /* The next time it fills up the tool is told again. */
    for (sent = 0; sent < 5000; sent++)
        trace1(TRC_SCHED_DOM_ADD, sent);
    assert_int_equal(halves, 2);
    /* What nobody heard of before a pause is not told after it. */
    trace_disable();
    assert_int_equal(trace_enable(), 0);
    while (next(0, &r))
        assert_int_equal(r.event, TRC_SCHED_DOM_ADD);
    trace1(TRC_SCHED_DOM_ADD, 1);
    assert_true(next(0, &r));
    assert_int_equal(r.event, TRC_SCHED_DOM_ADD);
}

/* Told at half, not a record before. */
static void half_full(void **state)
{
    uint32_t bytes = 0;

    (void)state;
    while (halves == 0) {
        uint32_t before = head(0)->prod;

        assert_true(bytes < data_size() / 2);
        trace2(TRC_SCHED_WAKE, 1, 2);
        bytes += (head(0)->prod + 2 * data_size() - before) % (2 * data_size());
    }
    assert_true(bytes >= data_size() / 2 && bytes < data_size() / 2 + 100);
}

/* Positions that the tool writes and that make no sense: nothing is written
 * until they do. Its prod is nobody's concern. */
static void nonsense(void **state)
{
    struct record r;
    uint32_t good = head(0)->cons, size = data_size();
    const uint32_t bad[] = { 2 * size,
                             UINT32_MAX,
                             good + 1,
                             good + 2,
                             (good + 4) % (2 * size),
                             (good + size - 4) % (2 * size) };
    uint8_t copy[FRAMES][PAGE_SIZE];

    (void)state;
    for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
        head(0)->cons = bad[i];
        memcpy(copy, memory, sizeof(memory));
        trace1(TRC_SCHED_DOM_ADD, i);
        assert_memory_equal(copy, memory, sizeof(memory));
    }
    head(0)->cons = good;
    head(0)->prod = 0xfffffff0;
    trace1(TRC_SCHED_DOM_ADD, 9);
    assert_true(next(0, &r));
    assert_int_equal(r.event, TRC_LOST_RECORDS);
    assert_int_equal(r.words[0], ARRAY_SIZE(bad));
    assert_true(next(0, &r));
    assert_int_equal(r.words[0], 9);
    assert_false(next(0, &r));
}

static void masks(void **state)
{
    struct record r;

    (void)state;
    trace_events_set(TRC_SCHED_MIN | TRC_HW_IRQ);
    assert_int_equal(raised, 3);
    assert_true(irqs_traced);
    trace1(TRC_SCHED_DOM_ADD, 1); /* not the subclass */
    trace1(TRC_DOM0_DOM_ADD, 1);  /* not the class    */
    trace1(TRC_SCHED_RUNSTATE_CHANGE | 0x310, 5);
    assert_true(next(0, &r));
    assert_int_equal(r.event, TRC_SCHED_RUNSTATE_CHANGE | 0x310);
    assert_false(next(0, &r));

    trace_events_set(TRC_SCHED);
    assert_false(irqs_traced);
    trace_cpus_set(2);
    trace1(TRC_SCHED_DOM_ADD, 1);
    assert_false(next(0, &r));
    host_cpu = 1;
    trace1(TRC_SCHED_DOM_ADD, 1);
    assert_true(next(1, &r));

    trace_disable();
    assert_int_equal(trace_mask, 0);
    assert_false(trace_wants(TRC_ALL));
    trace1(TRC_SCHED_DOM_ADD, 1);
    assert_false(next(1, &r));
    trace_events_set(TRC_ALL);
    assert_int_equal(trace_mask, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test_setup(pages_are_shared, set_up),
        cmocka_unit_test_setup(records, set_up),
        cmocka_unit_test_setup(all_ends, set_up),
        cmocka_unit_test_setup(full, set_up),
        cmocka_unit_test_setup(half_full, set_up),
        cmocka_unit_test_setup(nonsense, set_up),
        cmocka_unit_test_setup(masks, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
