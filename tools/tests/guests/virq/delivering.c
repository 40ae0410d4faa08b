/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories: who hears VIRQ_DOM_EXC, when, and on which vCPU; and what becomes
 * of it when the handler stops or dies.
 *
 * Source: public/domctl.h, public/xen.h, public/event_channel.h.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>
#include <public/sched.h>

#include "virq.h"

#define DUMMIES 50

/* ---- deliveries ---- */

static void deaths_alone(void)
{
    uint32_t port = s_listens();
    int id = dummy_make();

    settle();
    TRUE(!agent_heard(&S, port));
    dummy_end(id);
    TRUE(WAIT_FOR(agent_heard(&S, port)));
    TRUE(!heard_any()); /* dom0 */
}

/* S asks which domain has changed: its id, -ENOENT: none. */
static int next_change(struct xen_domctl_get_domain_state *state)
{
    struct xen_domctl op = { 0 };
    int rc = agent_domctl(&S, &op, XEN_DOMCTL_get_domain_state, DOMID_INVALID);

    *state = op.u.get_domain_state;
    return rc ? rc : op.domain;
}

static void drain_changes(void)
{
    struct xen_domctl_get_domain_state state;

    for (int i = 0; i < 1000; i++) {
        if (next_change(&state) == -ENOENT)
            return;
    }
    expect("changes come to an end", 0, 1);
}

/* How many of @ids S is told to be gone. */
static int told_gone(const int *ids)
{
    struct xen_domctl_get_domain_state state;
    int id, nr = 0;

    while ((id = next_change(&state)) >= 0) {
        for (int i = 0; i < DUMMIES; i++)
            nr += ids[i] == id && state.state == 0 && state.unique_id == 0;
    }
    expect("no more changes", id, -ENOENT);
    return nr;
}

static void fifty_at_once(void)
{
    uint32_t port = s_listens();
    int ids[DUMMIES];

    for (int i = 0; i < DUMMIES; i++)
        ids[i] = dummy_make();
    drain_changes();
    agent_heard(&S, port);
    expect("pause", domain_pause(S.id), 0);
    dummies_end(ids, DUMMIES);
    settle();
    expect("unpause", domain_unpause(S.id), 0);
    TRUE(agent_heard(&S, port));
    settle();
    TRUE(!agent_heard(&S, port));
    expect("domains S finds gone", told_gone(ids), DUMMIES);
}

/* Dead, and gone when nobody sees its memory any more: two events. */
static void dead_and_gone(void)
{
    uint32_t port = s_listens();
    int id = domain_build(agent_code, 4, 4);
    volatile void *page = domain_page(id, DOMU_RAM >> 12);

    TRUE(page != NULL);
    expect("destroy", domain_destroy(id), 0);
    TRUE(WAIT_FOR(agent_heard(&S, port)));
    settle();
    agent_heard(&S, port);
    TRUE(domain_flags(id) & XEN_DOMINF_dying);
    domain_page_drop(page);
    TRUE(WAIT_FOR(domain_flags(id) < 0));
    TRUE(WAIT_FOR(agent_heard(&S, port)));
}

static uint32_t upcall_pending(unsigned int vcpu)
{
    uint32_t gpa = AGENT_PAGE(AGENT_SHARED) +
                   (uint32_t)offsetof(struct shared_info, vcpu_info[vcpu]);

    return agent_read(&S, 0, gpa) & 0xff;
}

/* Is the PPI of event channels pending at @vcpu, by its own look? */
static bool ppi_pending(unsigned int vcpu)
{
    return agent_read(&S, vcpu, (uint32_t)GUEST_GICD_BASE + GICD_ISPENDR) >>
               GUEST_EVTCHN_PPI &
           1;
}

static void on_vcpu_1(void)
{
    struct evtchn_bind_vcpu op = { .port = s_listens(), .vcpu = 1 };
    uint32_t info0 = AGENT_PAGE(AGENT_SHARED) +
                     (uint32_t)offsetof(struct shared_info, vcpu_info[0]);

    expect("bind_vcpu",
           agent_op(&S, __HYPERVISOR_event_channel_op, EVTCHNOP_bind_vcpu, &op,
                    sizeof(op)),
           0);
    agent_change(&S, info0, 0xff, 0);
    TRUE(!upcall_pending(1));
    TRUE(!ppi_pending(1));
    dummy_dies();
    TRUE(WAIT_FOR(upcall_pending(1)));
    TRUE(ppi_pending(1));
    TRUE(!upcall_pending(0));
    TRUE(agent_heard(&S, op.port));
    /* The number is still the domain's: bound once, closed, bound anew. */
    expect("again", agent_bind_virq(&S, VIRQ_DOM_EXC, 0), -EEXIST);
    expect("close", agent_close(&S, op.port), 0);
    TRUE(agent_bind_virq(&S, VIRQ_DOM_EXC, 0) > 0);
}

static void while_paused(void)
{
    uint32_t port = s_listens();

    expect("pause", domain_pause(S.id), 0);
    dummy_dies();
    expect("unpause", domain_unpause(S.id), 0);
    TRUE(WAIT_FOR(agent_heard(&S, port)));
}

static void without_vcpus(void)
{
    int id = dummy_make();

    expect("set", set_handler(id, VIRQ_DOM_EXC), 0);
    dummy_dies();
    may_bind("dom0 does not handle it", VIRQ_DOM_EXC, -EBUSY);
    dummy_end(id);
}

/* ---- what nobody hears is kept ---- */

static void kept_until_bound(void)
{
    uint32_t port = s_listens();

    expect("close", agent_close(&S, port), 0);
    port = (uint32_t)agent_bind_virq(&S, VIRQ_DOM_EXC, 0);
    TRUE(!agent_heard(&S, port));
    expect("close", agent_close(&S, port), 0);
    dummy_dies();
    settle();
    port = (uint32_t)agent_bind_virq(&S, VIRQ_DOM_EXC, 0);
    TRUE(agent_heard(&S, port));
}

static void reset_keeps_it(void)
{
    struct evtchn_reset op = { .dom = DOMID_SELF };
    int port;

    s_listens();
    expect("reset",
           agent_op(&S, __HYPERVISOR_event_channel_op, EVTCHNOP_reset, &op,
                    sizeof(op)),
           0);
    may_bind("dom0 does not handle it", VIRQ_DOM_EXC, -EBUSY);
    port = agent_bind_virq(&S, VIRQ_DOM_EXC, 0);
    TRUE(port > 0);
    settle();
    agent_heard(&S, (uint32_t)port);
    dummy_dies();
    TRUE(WAIT_FOR(agent_heard(&S, (uint32_t)port)));
}

/* The key asks each vCPU to say how it is, if it will. */
static void key_q(void)
{
    int s = agent_bind_virq(&S, VIRQ_DEBUG, 1);
    int t = agent_bind_virq(&T, VIRQ_DEBUG, 0);

    TRUE(s > 0 && t > 0);
    TRUE(!agent_heard(&S, (uint32_t)s) && !agent_heard(&T, (uint32_t)t));
    TRUE(refs_of(S.id) > 0); /* which presses it */
    TRUE(WAIT_FOR(agent_heard(&S, (uint32_t)s)));
    TRUE(WAIT_FOR(agent_heard(&T, (uint32_t)t)));
}

const struct story delivering[] = {
    STORY("case 14, a death is told to the handler alone", deaths_alone),
    STORY("case 15, fifty deaths are one event, and all are found",
          fifty_at_once),
    { .name = "case 16, on the vCPU that the port was moved to",
      .fn = on_vcpu_1,
      .vcpus = 2 },
    STORY("case 22, a paused handler hears it afterwards", while_paused),
    STORY("case 23, a handler without vCPUs", without_vcpus),
    STORY("dead is one event, gone another", dead_and_gone),
    STORY("what comes while nobody has it bound is kept", kept_until_bound),
    STORY("a reset of the ports keeps the handler", reset_keeps_it),
    { .name = "key q is told to each vCPU", .fn = key_q, .vcpus = 2 },
    { .name = NULL },
};

/* ---- the handler's end ---- */

/* S ends; it is gone, and its id free, within a second. */
static void s_ends(void)
{
    int id = S.id;
    uint64_t start = timer_now();

    agent_end(&S);
    TRUE(timer_now() - start < us_to_ticks(1000000));
    TRUE(WAIT_FOR(domain_create(id, 0, 1) == id));
    dummy_end(id);
}

static void slots_fall_back(void)
{
    static const uint32_t virqs[] = { VIRQ_DOM_EXC, VIRQ_TBUF, VIRQ_ENOMEM };

    for (unsigned int i = 0; i < ARRAY_SIZE(virqs); i++) {
        expect("set", set_handler(S.id, virqs[i]), 0);
        TRUE(agent_bind_virq(&S, virqs[i], 0) > 0);
        may_bind("dom0 does not handle it", virqs[i], -EBUSY);
    }
    s_ends();
    for (unsigned int i = 0; i < ARRAY_SIZE(virqs); i++) {
        int port = event_bind_virq(virqs[i], 0);

        TRUE(port > 0);    /* dom0 handles it again ... */
        TRUE(heard(port)); /* ... and looks for what S may have left */
        event_close((uint32_t)port);
    }
}

static void default_hears(void)
{
    int port;

    s_listens();
    TRUE(!heard_any());
    agent_end(&S);
    port = event_bind_virq(VIRQ_DOM_EXC, 0);
    if (!TRUE(port > 0))
        return;
    TRUE(heard(port)); /* of the handler's own death */
    settle();
    heard(port);
    dummy_dies();
    TRUE(WAIT_FOR(heard(port)));
    event_close((uint32_t)port);
}

static void crashed_handler(void)
{
    uint32_t port = s_listens();
    struct xen_domctl op = { 0 };
    int id = dummy_make();

    drain_changes();
    agent_heard(&S, port);
    agent_stop(&S, SHUTDOWN_crash);
    dummy_end(id);
    may_bind("it is still the handler", VIRQ_DOM_EXC, -EBUSY);
    expect("resume", domain_call(&op, XEN_DOMCTL_resumedomain, S.id), 0);
    agent_resumed(&S);
    TRUE(agent_heard(&S, port));
    expect("a dummy is gone",
           next_change(&(struct xen_domctl_get_domain_state){ 0 }), id);
}

const struct story dying[] = {
    STORY("case 19, a dead handler's VIRQs fall back", slots_fall_back),
    STORY("case 20, dom0 hears deaths again", default_hears),
    STORY("case 21, a crashed handler finds it when resumed", crashed_handler),
    { .name = NULL },
};
