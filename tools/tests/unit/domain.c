/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domains as objects: the life table, ids and references, pauses, what
 * follows a shutdown; pages charged to a domain.
 *
 * Sources: xen/common/domain/domain.c xen/common/domain/vcpu.c
 * Sources: xen/common/domain/domain_memory.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <asm/barrier.h>
#include <xen/bits.h>
#include <xen/domain.h>
#include <xen/page_alloc.h>
#include <xen/panic.h>
#include <xen/printk.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/time.h>
#include <xen/vcpu.h>

#include <public/errno.h>
#include <public/vcpu.h>

#define FRAMES 64u

/* ---- the functions around ---- */

DEFINE_PER_CPU(uint32_t, softirq_pending);
struct heap_account heap_xen;
bool opt_noreboot;

static uint32_t raised; /* softirqs, any CPU                         */
static unsigned int polls;
static bool heap_empty, preempt;
static char last_line[256];
static jmp_buf machine_end;
static uint32_t waited_us;

void *heap_alloc(struct heap_account *account, size_t size)
{
    if (heap_empty)
        return NULL;
    account->bytes += (uint32_t)size;
    return calloc(1, size);
}

void heap_free(struct heap_account *account, void *p)
{
    /* Which size it was does not matter here: one object per account. */
    account->bytes = 0;
    free(p);
}

void softirq_raise(enum softirq_nr nr)
{
    raised |= BIT(nr);
}

void softirq_raise_on(unsigned int cpu, enum softirq_nr nr)
{
    (void)cpu;
    raised |= BIT(nr);
}

bool preempt_wanted(void)
{
    return preempt;
}

void vprintk(enum log_level level, const char *fmt, va_list args)
{
    (void)level;
    vsnprintf(last_line, sizeof(last_line), fmt, args);
}

/* What machine_restart and machine_halt say through longjmp. */
#define RESTARTED 1
#define HALTED    2

void machine_restart(void)
{
    longjmp(machine_end, RESTARTED);
}

void machine_halt(void)
{
    longjmp(machine_end, HALTED);
}

void time_delay_us(uint32_t us)
{
    waited_us += us;
}

/* The other CPU stops the vCPU that is waited for. */
static struct vcpu *runs_elsewhere;

void smp_poll(void)
{
    polls++;
    if (polls == 3 && runs_elsewhere)
        runs_elsewhere->running = false;
}

static void nothing(void)
{
}

/* Pages. */
static struct page frames[FRAMES];
struct ram_view ram_view;
static uint32_t next_frame;

struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    struct page *pg = &frames[next_frame];

    (void)flags;
    if (next_frame + (1u << order) > FRAMES)
        return NULL;
    next_frame += 1u << order;
    for (uint32_t i = 0; i < 1u << order; i++)
        pg[i] = (struct page){ .ref = 1, .owner = owner };
    return pg;
}

uint32_t page_free_nr(void)
{
    return FRAMES - next_frame;
}

void page_put_last(struct page *pg, uint32_t left)
{
    assert_int_equal(left, 0);
    pg->flags = 0;
}

void page_put_run(struct page *pg, uint32_t nr)
{
    for (uint32_t i = 0; i < nr; i++)
        page_put(&pg[i]);
}

/* ---- helpers ---- */

static struct domain *make(domid_t id)
{
    struct domain *d;

    assert_int_equal(domain_new(id, &d), 0);
    domain_open(d);
    d->max_vcpus = 2;
    return d;
}

static void drop(struct domain *d)
{
    struct domain *gone;

    domain_delete(d);
    gone = domain_reap_next();
    assert_ptr_equal(gone, d);
    d->heap.bytes = 0;
    domain_free(d);
}

static int setup(void **state)
{
    (void)state;
    host_wait_hook = nothing;
    raised = 0;
    polls = 0;
    runs_elsewhere = NULL;
    heap_empty = preempt = opt_noreboot = false;
    next_frame = 0;
    ram_view.table_bias = (uintptr_t)frames;
    memset(frames, 0, sizeof(frames));
    last_line[0] = '\0';
    waited_us = 0;
    return 0;
}

/* ---- life ---- */

#define START    DOMAIN_EV_START
#define SHUTDOWN DOMAIN_EV_SHUTDOWN
#define STOPPED  DOMAIN_EV_STOPPED
#define RESUME   DOMAIN_EV_RESUME
#define KILL     DOMAIN_EV_KILL
#define GONE     DOMAIN_EV_GONE

/* clang-format off */
static const struct {
    const char *story;
    enum domain_event events[6];
    unsigned int nr;
    int end; /* last result: a state or -errno */
} stories[] = {
    { "built, run, stopped, destroyed",
      { START, SHUTDOWN, STOPPED, KILL, GONE },
      5,
      DOMAIN_DEAD },
    { "destroyed while it is built", { KILL, GONE }, 2, DOMAIN_DEAD },
    { "destroyed while it runs", { START, KILL }, 2, DOMAIN_DYING },
    { "shut down and resumed",
      { START, SHUTDOWN, STOPPED, RESUME },
      4,
      DOMAIN_RUNNING },
    { "shut down twice", { START, SHUTDOWN, SHUTDOWN }, 3, -EINVAL },
    { "resumed while it runs", { START, RESUME }, 2, -EINVAL },
    { "resumed before all vCPUs stopped",
      { START, SHUTDOWN, RESUME },
      3,
      -EINVAL },
    { "unpaused while it shuts down",
      { START, SHUTDOWN, START },
      3,
      DOMAIN_SHUTTING },
    { "destroyed twice", { START, KILL, KILL }, 3, -EINVAL },
    { "shut down while it dies", { START, KILL, SHUTDOWN }, 3, -EINVAL },
    { "dead without dying", { START, GONE }, 2, -EINVAL },
    { "unpaused when dead", { KILL, GONE, START }, 3, DOMAIN_DEAD },
};
/* clang-format on */

static void life_stories(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        int s = DOMAIN_BUILDING;

        print_message("%s\n", stories[i].story);
        for (unsigned int k = 0; k < stories[i].nr && s >= 0; k++)
            s = domain_next_state((enum domain_state)s, stories[i].events[k]);
        assert_int_equal(s, stories[i].end);
    }
    assert_int_equal(domain_next_state((enum domain_state)DOMAIN_STATES, START),
                     -EINVAL);
    assert_int_equal(domain_next_state(DOMAIN_RUNNING, DOMAIN_EVENTS), -EINVAL);
}

/* From every state that is not dying, KILL begins the end, and only once. */
static void every_domain_can_die(void **state)
{
    (void)state;
    for (int s = 0; s < DOMAIN_STATES; s++) {
        int end = domain_next_state((enum domain_state)s, KILL);

        assert_int_equal(end, s < DOMAIN_DYING ? DOMAIN_DYING : -EINVAL);
    }
}

/* ---- ids and references ---- */

static void ids_are_not_reused_at_once(void **state)
{
    struct domain *a, *b, *c, *found;
    uint32_t generation;

    (void)state;
    a = make(DOMID_FIRST_RESERVED);
    b = make(DOMID_FIRST_RESERVED);
    assert_int_equal(b->id, a->id + 1);
    generation = b->generation;

    drop(b);
    c = make(DOMID_FIRST_RESERVED);
    assert_int_equal(c->id, a->id + 2);
    assert_true(c->generation > generation);
    drop(a);

    /* A wanted id: taken or not. */
    assert_int_equal(domain_new(c->id, &found), -EEXIST);
    found = make(7);
    assert_int_equal(found->id, 7);
    drop(found);
    drop(c);
    assert_int_equal(domain_new(5, &found), 0);
    drop(found);
    heap_empty = true;
    assert_int_equal(domain_new(5, &found), -ENOMEM);
}

/* The search wraps round at the end of the ids, and skips those in use. */
static void ids_wrap_round(void **state)
{
    struct domain *one, *d;
    uint32_t last = 0;

    (void)state;
    one = make(1);
    for (uint32_t i = 0; i < DOMID_FIRST_RESERVED; i++) {
        d = make(DOMID_FIRST_RESERVED);
        assert_true(d->id > 1 && d->id < DOMID_FIRST_RESERVED);
        assert_int_not_equal(d->id, last);
        last = d->id;
        drop(d);
    }
    drop(one);
}

static void the_table_is_full_once(void **state)
{
    struct domain *d[255], *extra;

    (void)state;
    for (size_t i = 0; i < 255; i++)
        d[i] = make(DOMID_FIRST_RESERVED);
    assert_int_equal(domain_new(DOMID_FIRST_RESERVED, &extra), -ENOMEM);
    for (size_t i = 0; i < 255; i++)
        drop(d[i]);
    drop(make(DOMID_FIRST_RESERVED));
}

/* A domain without all its parts has its id, and is nobody's to use. */
static void half_made_is_not_found(void **state)
{
    struct domain *a = make(3), *b, *c = make(5), *found;

    (void)state;
    assert_int_equal(domain_new(4, &b), 0);
    assert_int_equal(domain_new(4, &found), -EEXIST);
    assert_null(domain_get(4));
    found = domain_get_next(4);
    assert_ptr_equal(found, c);
    domain_put(found);

    domain_open(b);
    found = domain_get(4);
    assert_ptr_equal(found, b);
    domain_put(found);
    drop(a);
    drop(b);
    drop(c);

    /* One that is given up is taken apart as any other. */
    assert_int_equal(domain_new(4, &b), 0);
    drop(b);
    drop(make(4));
}

static void references_keep_it(void **state)
{
    struct domain *d = make(3), *e = make(9), *found;

    (void)state;
    assert_null(domain_get(4));
    assert_ptr_equal(found = domain_get(3), d);
    assert_int_equal(d->refs, 2);
    domain_delete(d);
    assert_null(domain_reap_next());

    /* In the table until the last reference goes. */
    assert_ptr_equal(found = domain_get_next(0), d);
    domain_put(found);
    assert_ptr_equal(found = domain_get_next(4), e);
    domain_put(found);
    assert_null(domain_get_next(10));

    /* As who unmaps a page of it does. */
    domain_hold(d);
    domain_put_id(3);
    assert_int_equal(d->refs, 1);

    raised = 0;
    d->state = DOMAIN_DEAD;
    domain_put_id(3);
    assert_null(domain_get(3));
    assert_true(raised & BIT(SOFTIRQ_STOP));
    assert_true(raised & BIT(SOFTIRQ_DOM_EXC));
    assert_ptr_equal(domain_reap_next(), d);
    domain_reap_later(d);
    assert_ptr_equal(domain_reap_next(), d);
    domain_free(d);
    drop(e);
}

static void a_leak_is_told(void **state)
{
    struct domain *d = make(3);

    (void)state;
    domain_delete(d);
    domain_reap_next();
    d->heap.bytes = 24;
    domain_free(d);
    assert_string_equal(last_line, "d3: 24 bytes of it were not given back\n");
}

/* ---- vCPUs ---- */

static void vcpus_of_a_domain(void **state)
{
    struct domain *d = make(3);
    struct vcpu *v, *w;

    (void)state;
    assert_int_equal(vcpu_new(d, 2, &v), -EINVAL); /* max_vcpus is 2 */
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    assert_int_equal(vcpu_new(d, 0, &w), -EEXIST);
    assert_int_equal(v->pause_flags, VP_DOWN);
    assert_ptr_equal(domain_vcpu(d, 0), v);
    assert_null(domain_vcpu(d, 1));
    assert_null(domain_vcpu(d, 2));
    assert_null(domain_vcpu(d, UINT32_MAX));

    /* One that is added to a paused domain is paused. */
    assert_int_equal(domain_pause(d), 0);
    assert_int_equal(vcpu_new(d, 1, &w), 0);
    assert_int_equal(w->pause_flags, VP_DOWN | VP_DOMAIN);
    assert_int_equal(v->pause_flags, VP_DOWN | VP_DOMAIN);
    drop(d);
}

static void pauses_count(void **state)
{
    struct domain *d = make(3);
    struct vcpu *v;

    (void)state;
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    v->pause_flags = 0;
    assert_int_equal(domain_unpause(d), -EINVAL);
    for (unsigned int i = 0; i < 255; i++)
        assert_int_equal(domain_pause(d), 0);
    assert_int_equal(domain_pause(d), -EOVERFLOW);
    for (unsigned int i = 0; i < 254; i++)
        assert_int_equal(domain_unpause(d), 0);
    assert_int_equal(v->pause_flags, VP_DOMAIN);
    assert_int_equal(d->state, DOMAIN_BUILDING);

    vcpu_pause(v);
    assert_int_equal(domain_unpause(d), 0);
    assert_int_equal(d->state, DOMAIN_RUNNING);
    assert_false(vcpu_runnable(v));
    vcpu_pause(v);
    vcpu_unpause(v);
    assert_false(vcpu_runnable(v));
    vcpu_unpause(v);
    assert_true(vcpu_runnable(v));
    assert_ptr_equal(vcpu_woken_pop(), v);
    assert_null(vcpu_woken_pop());
    drop(d);
}

static void pause_sync_waits(void **state)
{
    struct domain *d = make(3);
    struct vcpu *v;

    (void)state;
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    v->pause_flags = 0;
    v->running = true;
    v->sched.run_cpu = 1;
    runs_elsewhere = v;
    assert_int_equal(domain_pause(d), 0);
    assert_true(raised & BIT(SOFTIRQ_SCHED));
    domain_pause_sync(d);
    assert_int_equal(polls, 3);
    drop(d);
}

/* A wake pushes once, a second one not; a paused vCPU is not pushed. */
static void wakes(void **state)
{
    struct domain *d = make(3);
    struct vcpu *v;

    (void)state;
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    v->pause_flags = 0;
    vcpu_wake(v); /* it does not sleep */
    assert_null(vcpu_woken_pop());

    vcpu_block(v);
    vcpu_wake(v);
    vcpu_wake(v);
    vcpu_woken_push(v);
    assert_ptr_equal(vcpu_woken_pop(), v);
    assert_null(vcpu_woken_pop());

    v->pause_flags = VP_BLOCKED | VP_POLL;
    vcpu_pause(v);
    vcpu_wake(v);
    assert_null(vcpu_woken_pop());
    vcpu_unpause(v);
    assert_ptr_equal(vcpu_woken_pop(), v);
    drop(d);
}

static void runstate_is_shown(void **state)
{
    struct vcpu_runstate_info area;
    struct domain *d = make(3);
    struct vcpu *v;

    (void)state;
    memset(&area, 0x55, sizeof(area));
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    v->runstate_area.at = (uint8_t *)&area;
    d->runstate_flag = true;
    vcpu_runstate_set(v, RUNSTATE_running, 100);
    vcpu_runstate_set(v, RUNSTATE_blocked, 250);
    assert_int_equal(area.state, RUNSTATE_blocked);
    assert_int_equal(area.state_entry_time, 250); /* bit 63 is clear again */
    assert_int_equal(area.time[RUNSTATE_offline], 100);
    assert_int_equal(area.time[RUNSTATE_running], 150);
    assert_int_equal(area.time[RUNSTATE_blocked], 0);
    drop(d);
}

/* ---- shutdown ---- */

static void shutdown_is_seen_when_all_stopped(void **state)
{
    struct domain *d = make(3);
    struct vcpu *v;

    (void)state;
    assert_int_equal(vcpu_new(d, 0, &v), 0);
    v->pause_flags = 0;
    v->running = true;
    domain_shutdown(d, SHUTDOWN_REBOOT);
    assert_int_equal(d->state, DOMAIN_SHUTTING);
    assert_int_equal(v->pause_flags, VP_SHUT);

    raised = 0;
    domain_shutdown_finish();
    assert_int_equal(raised, BIT(SOFTIRQ_STOP)); /* look again */
    v->running = false;
    raised = 0;
    domain_shutdown_finish();
    assert_int_equal(raised, BIT(SOFTIRQ_STOPPED));
    assert_int_equal(d->event.stop_untold, 1);
    assert_int_equal(d->state, DOMAIN_SHUT);
    assert_int_equal(d->shutdown_code, SHUTDOWN_REBOOT);

    domain_shutdown(d, SHUTDOWN_CRASH); /* the first code stays */
    assert_int_equal(d->shutdown_code, SHUTDOWN_REBOOT);

    assert_int_equal(domain_resume(d), 0);
    assert_int_equal(d->shutdown_code, SHUTDOWN_NONE);
    assert_true(vcpu_runnable(v));
    assert_ptr_equal(vcpu_woken_pop(), v);
    drop(d);
}

/* clang-format off */
static const struct {
    enum shutdown_code code;
    bool noreboot;
    int end;
    uint32_t waited_us;
    const char *line;
} ends[] = {
    { SHUTDOWN_POWEROFF, false, HALTED, 0,
      "Hardware Dom0 halted: halting machine\n" },
    { SHUTDOWN_REBOOT, false, RESTARTED, 0,
      "Hardware Dom0 shutdown: rebooting machine\n" },
    { SHUTDOWN_REBOOT, true, RESTARTED, 0,
      "Hardware Dom0 shutdown: rebooting machine\n" },
    { SHUTDOWN_CRASH, false, RESTARTED, 5000000,
      "Hardware Dom0 crashed: rebooting machine in 5 seconds.\n" },
    { SHUTDOWN_CRASH, true, HALTED, 0,
      "Hardware Dom0 crashed: 'noreboot' set - not rebooting.\n" },
    { SHUTDOWN_WATCHDOG, false, RESTARTED, 0,
      "Hardware Dom0 shutdown: watchdog rebooting machine\n" },
    { (enum shutdown_code)77, false, RESTARTED, 0,
      "Hardware Dom0 shutdown: rebooting machine\n" },
};
/* clang-format on */

static void hardware_domain_ends_the_machine(void **state)
{
    struct domain *d = make(0);

    (void)state;
    d->is_hardware = true;
    for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
        int end = setjmp(machine_end);

        if (end == 0) {
            waited_us = 0;
            opt_noreboot = ends[i].noreboot;
            domain_shutdown(d, ends[i].code);
            fail();
        }
        assert_int_equal(end, ends[i].end);
        assert_int_equal(waited_us, ends[i].waited_us);
        assert_string_equal(last_line, ends[i].line);
    }
    drop(d);
}

/* ---- pages ---- */

static void pages_are_charged(void **state)
{
    struct domain *d = make(3);
    struct page *pg, *one;

    (void)state;
    assert_null(domain_alloc_pages(d, 0, 0)); /* max_pages is 0 */
    d->max_pages = 9;
    pg = domain_alloc_pages(d, 3, 0);
    assert_non_null(pg);
    assert_int_equal(d->tot_pages, 8);
    assert_null(domain_alloc_pages(d, 1, 0));
    one = domain_alloc_pages(d, 0, 0);
    assert_non_null(one);
    assert_null(domain_alloc_pages(d, PAGE_ORDER_MAX + 1, 0));

    domain_drop_page(d, &pg[3]);
    domain_drop_page(d, &pg[3]); /* not listed any more: nothing */
    assert_int_equal(pg[3].ref, 0);
    assert_int_equal(d->tot_pages, 8);
    d->max_pages = 2; /* below what it has: it gets no more */
    assert_null(domain_alloc_pages(d, 0, 0));

    one->ref++; /* somebody has it mapped */
    assert_int_equal(domain_relinquish_pages(d), 0);
    assert_int_equal(d->tot_pages, 0);
    assert_int_equal(d->page_list, UINT32_MAX);
    assert_int_equal(one->ref, 1);
    for (uint32_t i = 0; i < 8; i++)
        assert_int_equal(pg[i].ref, 0);
    drop(d);
}

static void a_failed_allocation_is_not_charged(void **state)
{
    struct domain *d = make(3);

    (void)state;
    d->max_pages = UINT32_MAX;
    assert_null(domain_alloc_pages(d, 7, 0)); /* more than there is */
    assert_int_equal(d->tot_pages, 0);
    drop(d);
}

static void a_dying_domain_gets_nothing(void **state)
{
    struct domain *d = make(3);
    struct page *pg;

    (void)state;
    d->max_pages = 100;
    pg = domain_alloc_pages(d, 2, 0);
    assert_non_null(pg);
    assert_int_equal(domain_kill_begin(d), 0);
    assert_int_equal(domain_kill_begin(d), -EINVAL);
    assert_null(domain_alloc_pages(d, 0, 0));
    assert_int_equal(domain_add_pages(d, mfn_make(20), 2), -ENOMEM);
    assert_int_equal(domain_relinquish_pages(d), 0);
    domain_kill_end(d);
    assert_int_equal(d->state, DOMAIN_DEAD);
    drop(d);
}

static void giving_back_can_be_preempted(void **state)
{
    struct domain *d = make(3);
    unsigned int calls = 1;

    (void)state;
    d->max_pages = 100;
    assert_non_null(domain_alloc_pages(d, 5, 0));
    preempt = true;
    while (domain_relinquish_pages(d) == -ERESTART)
        calls++;
    assert_int_equal(calls, 3); /* 16 pages, 16 pages, nothing */
    assert_int_equal(d->tot_pages, 0);
    drop(d);
}

/* What one has claimed the others do not get. */
static void claims_are_kept(void **state)
{
    struct domain *d = make(3), *other = make(4);

    (void)state;
    d->max_pages = other->max_pages = 100;
    assert_non_null(domain_alloc_pages(d, 2, 0));
    assert_int_equal(domain_claim_pages(d, 4), -EINVAL);
    assert_int_equal(domain_claim_pages(d, 101), -EINVAL);
    assert_int_equal(domain_claim_pages(d, 65), -ENOMEM);
    assert_int_equal(domain_claims(), 0);
    assert_int_equal(domain_claim_pages(d, 60), 0);
    assert_int_equal(d->claimed, 56);
    assert_int_equal(domain_claim_pages(d, 61), -EINVAL);
    assert_int_equal(domain_claim_pages(other, 5), -ENOMEM);
    assert_null(domain_alloc_pages(other, 3, 0));
    assert_non_null(domain_alloc_pages(other, 2, 0));
    assert_null(domain_alloc_pages(other, 0, 0));
    assert_non_null(domain_alloc_pages(d, 4, 0));
    assert_int_equal(d->claimed, 40);
    assert_int_equal(domain_claim_pages(d, 0), 0);
    assert_int_equal(domain_claims(), 0);
    assert_non_null(domain_alloc_pages(other, 0, 0));

    assert_int_equal(domain_claim_pages(d, 30), 0);
    assert_int_equal(domain_kill_begin(d), 0);
    assert_int_equal(domain_relinquish_pages(d), 0);
    assert_int_equal(domain_claims(), 0);
    assert_int_equal(domain_claim_pages(d, 30), -EINVAL);
    domain_kill_end(d);
    drop(d);
    assert_int_equal(domain_relinquish_pages(other), 0);
    drop(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(life_stories, setup),
        cmocka_unit_test_setup(every_domain_can_die, setup),
        cmocka_unit_test_setup(ids_are_not_reused_at_once, setup),
        cmocka_unit_test_setup(ids_wrap_round, setup),
        cmocka_unit_test_setup(the_table_is_full_once, setup),
        cmocka_unit_test_setup(half_made_is_not_found, setup),
        cmocka_unit_test_setup(references_keep_it, setup),
        cmocka_unit_test_setup(a_leak_is_told, setup),
        cmocka_unit_test_setup(vcpus_of_a_domain, setup),
        cmocka_unit_test_setup(pauses_count, setup),
        cmocka_unit_test_setup(pause_sync_waits, setup),
        cmocka_unit_test_setup(wakes, setup),
        cmocka_unit_test_setup(runstate_is_shown, setup),
        cmocka_unit_test_setup(shutdown_is_seen_when_all_stopped, setup),
        cmocka_unit_test_setup(hardware_domain_ends_the_machine, setup),
        cmocka_unit_test_setup(pages_are_charged, setup),
        cmocka_unit_test_setup(a_failed_allocation_is_not_charged, setup),
        cmocka_unit_test_setup(a_dying_domain_gets_nothing, setup),
        cmocka_unit_test_setup(giving_back_can_be_preempted, setup),
        cmocka_unit_test_setup(claims_are_kept, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
