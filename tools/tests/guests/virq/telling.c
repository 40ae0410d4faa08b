/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories: how a supervisor learns that the one who hears all deaths has
 * stopped, what get_domain_state answers, and what a xenstore domain may
 * share with guests.
 *
 * Source: public/domctl.h, public/event_channel.h, public/grant_table.h.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>
#include <public/grant_table.h>
#include <public/sched.h>

#include "virq.h"

/* ---- stops ---- */

static int subscribe(int id)
{
    int port = event_alloc_unbound(DOMID_SELF);
    struct xen_domctl op = { .u.subscribe.port = (uint32_t)port };

    expect("subscribe", domain_call(&op, XEN_DOMCTL_subscribe, id), 0);
    return port;
}

static int s_binds(int remote, int port)
{
    struct evtchn_bind_interdomain op = { .remote_dom = (domid_t)remote,
                                          .remote_port = (uint32_t)port };
    int rc = agent_op(&S, __HYPERVISOR_event_channel_op,
                      EVTCHNOP_bind_interdomain, &op, sizeof(op));

    return rc ? rc : (int)op.local_port;
}

static void resume(struct agent *a)
{
    struct xen_domctl op = { 0 };

    expect("resume", domain_call(&op, XEN_DOMCTL_resumedomain, a->id), 0);
    agent_resumed(a);
}

/* Nobody else hears of it: S itself is who would be told. */
static void watchman(void)
{
    int sub = subscribe(S.id), joined = event_alloc_unbound((uint32_t)S.id);
    struct evtchn_status op = { .dom = DOMID_SELF, .port = (uint32_t)joined };
    int id = S.id;

    TRUE(s_binds(0, joined) > 0);
    s_listens();
    settle();
    heard_any();
    agent_stop(&S, SHUTDOWN_crash);
    TRUE(WAIT_FOR(heard(sub)));
    TRUE(!heard_any());
    agent_stop(&T, SHUTDOWN_crash);
    dummy_dies();
    settle();
    TRUE(!heard(sub)); /* once */

    resume(&S);
    agent_stop(&S, SHUTDOWN_poweroff);
    TRUE(WAIT_FOR(heard(sub)));

    agent_end(&S);
    TRUE(heard(joined));
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_status, (uintptr_t)&op, 0,
              0, 0);
    expect("what is left of the port", (int)op.status, EVTCHNSTAT_unbound);
    expect("kept for", op.u.unbound.dom, id);
    event_close((uint32_t)sub);
    event_close((uint32_t)joined);
}

static void suspends(void)
{
    uint32_t port = s_listens();
    int sub = subscribe(T.id);

    agent_stop(&T, SHUTDOWN_suspend);
    TRUE(WAIT_FOR(heard(sub)));
    settle();
    TRUE(!agent_heard(&S, port));

    resume(&T);
    agent_stop(&T, SHUTDOWN_crash);
    TRUE(WAIT_FOR(heard(sub)));
    TRUE(WAIT_FOR(agent_heard(&S, port)));

    resume(&T);
    event_close((uint32_t)sub);
    agent_stop(&T, SHUTDOWN_suspend);
    TRUE(WAIT_FOR(agent_heard(&S, port)));
}

/* ---- get_domain_state ---- */

#define STATE XEN_DOMCTL_get_domain_state

static void who_may_ask(void)
{
    struct xen_domctl op = { 0 };

    expect("T", agent_domctl(&T, &op, STATE, DOMID_INVALID), -EPERM);
    expect("T, of itself", agent_domctl(&T, &op, STATE, T.id), -EPERM);
    expect("S, no handler", agent_domctl(&S, &op, STATE, DOMID_INVALID),
           -EACCES);
    s_listens();
    expect("dom0, no handler", domain_call(&op, STATE, DOMID_INVALID), -EACCES);
    op.u.get_domain_state.pad0 = 1;
    expect("dom0, padding", domain_call(&op, STATE, DOMID_INVALID), -EINVAL);
    expect("S, padding", agent_domctl(&S, &op, STATE, DOMID_INVALID), -EINVAL);
    op.u.get_domain_state.pad0 = 0;
    expect("S, nobody", agent_domctl(&S, &op, STATE, 9999), -ESRCH);
    expect("S", agent_domctl(&S, &op, STATE, DOMID_INVALID), 0);
}

/* All that exist, dom0 first; then nothing; then what changes. */
static void changes(void)
{
    struct xen_domctl op = { 0 };
    int nr = 0, id;

    s_listens();
    while (nr < 300 && agent_domctl(&S, &op, STATE, DOMID_INVALID) == 0) {
        expect("exists", op.u.get_domain_state.state & 1, 1);
        nr++;
    }
    expect("domains", nr, 3);
    id = dummy_make();
    expect("one more", agent_domctl(&S, &op, STATE, DOMID_INVALID), 0);
    expect("which", op.domain, id);
    expect("its state", op.u.get_domain_state.state,
           XEN_DOMCTL_GETDOMSTATE_STATE_EXIST);
    expect("again", agent_domctl(&S, &op, STATE, DOMID_INVALID), -ENOENT);

    agent_stop(&T, SHUTDOWN_crash);
    expect("T stopped", agent_domctl(&S, &op, STATE, DOMID_INVALID), 0);
    expect("which", op.domain, T.id);
    expect("its state", op.u.get_domain_state.state,
           XEN_DOMCTL_GETDOMSTATE_STATE_EXIST |
               XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN);
    dummy_end(id);
    expect("one less", agent_domctl(&S, &op, STATE, DOMID_INVALID), 0);
    expect("which", op.domain, id);
    expect("its state", op.u.get_domain_state.state, 0);
    TRUE(op.u.get_domain_state.unique_id == 0);
}

static void two_lives(void)
{
    struct xen_domctl op = { 0 };
    uint64_t first;
    int id = dummy_make();

    expect("first life", domain_call(&op, STATE, id), 0);
    first = op.u.get_domain_state.unique_id;
    dummy_end(id);
    TRUE(WAIT_FOR(domain_create(id, 0, 1) == id));
    expect("second life", domain_call(&op, STATE, id), 0);
    TRUE(first != 0 && op.u.get_domain_state.unique_id != 0);
    TRUE(first != op.u.get_domain_state.unique_id);
    dummy_end(id);

    expect("of S", domain_call(&op, STATE, S.id), 0);
    expect("its roles", op.u.get_domain_state.caps,
           XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE);
}

const struct story telling[] = {
    STORY("the watchman's end is told to who watches it", watchman),
    STORY("a suspend is told to its subscriber alone", suspends),
    STORY("who may ask what became of domains", who_may_ask),
    STORY("a handler is told each change once", changes),
    STORY("two lives of one id differ", two_lives),
    { .name = NULL },
};

/* ---- silo ---- */

/* The status of S's attempt to map grant @ref of @owner over a hole. */
static int map_by(struct agent *user, struct agent *owner, uint32_t ref)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = AGENT_PAGE(AGENT_HOLE),
        .flags = GNTMAP_host_map,
        .ref = ref,
        .dom = (domid_t)owner->id,
    };
    struct gnttab_unmap_grant_ref un = { .host_addr = AGENT_PAGE(AGENT_HOLE) };

    if (agent_grant_op(user, GNTTABOP_map_grant_ref, &op, sizeof(op)))
        return 1;
    if (op.status == 0) {
        un.handle = op.handle;
        agent_grant_op(user, GNTTABOP_unmap_grant_ref, &un, sizeof(un));
        expect("unmap", un.status, 0);
    }
    return op.status;
}

static int copy_by(struct agent *user, struct agent *owner, uint32_t ref)
{
    struct gnttab_copy op = {
        .source.u.ref = ref,
        .source.domid = (domid_t)owner->id,
        .dest.u.gmfn = (AGENT_PAGE(0) >> 12) + 5,
        .dest.domid = DOMID_SELF,
        .len = 64,
        .flags = GNTCOPY_source_gref,
    };

    if (agent_grant_op(user, GNTTABOP_copy, &op, sizeof(op)))
        return 1;
    return op.status;
}

/* Each grants frame 6 by the store's number and by another to the other. */
static void grant_both(void)
{
    expect("table of S", agent_grants(&S), 0);
    expect("table of T", agent_grants(&T), 0);
    agent_grant(&T, GNTTAB_RESERVED_XENSTORE, S.id, 6);
    agent_grant(&T, 8, S.id, 6);
    agent_grant(&S, GNTTAB_RESERVED_XENSTORE, T.id, 6);
}

static void store_and_guest(void)
{
    int port, mine;

    grant_both();
    expect("S maps T's ring", map_by(&S, &T, GNTTAB_RESERVED_XENSTORE), 0);
    expect("S copies from it", copy_by(&S, &T, GNTTAB_RESERVED_XENSTORE), 0);
    expect("S maps another grant", map_by(&S, &T, 8), GNTST_permission_denied);
    expect("S copies from it", copy_by(&S, &T, 8), GNTST_permission_denied);
    expect("T maps a grant of S", map_by(&T, &S, GNTTAB_RESERVED_XENSTORE),
           GNTST_permission_denied);

    port = agent_alloc_unbound(&T, S.id);
    TRUE(port > 0);
    mine = s_binds(T.id, port);
    TRUE(mine > 0);
    agent_heard(&T, (uint32_t)port);
    expect("S sends",
           agent_op(&S, __HYPERVISOR_event_channel_op, EVTCHNOP_send, &mine,
                    sizeof(mine)),
           0);
    TRUE(agent_heard(&T, (uint32_t)port));
}

static void guest_and_guest(void)
{
    int port;

    grant_both();
    expect("S maps T's ring", map_by(&S, &T, GNTTAB_RESERVED_XENSTORE),
           GNTST_permission_denied);
    expect("S copies from it", copy_by(&S, &T, GNTTAB_RESERVED_XENSTORE),
           GNTST_permission_denied);
    expect("a port of T for S", agent_alloc_unbound(&T, S.id), -EPERM);
    port = agent_alloc_unbound(&T, 0);
    expect("S binds T's port for dom0", s_binds(T.id, port), -EPERM);
}

static void the_flag(void)
{
    int id = domain_create(DOMAIN_ANY, XEN_DOMCTL_CDF_xs_domain, 1);

    TRUE(domain_flags(S.id) & XEN_DOMINF_xs_domain);
    TRUE(!(domain_flags(T.id) & XEN_DOMINF_xs_domain));
    TRUE(id > 0); /* a second one: for tools to refuse */
    dummy_end(id);
}

const struct story sharing[] = {
    STORY("a domain is created as the store's, and says so", the_flag),
    STORY("silo: the store sees rings, and nothing else", store_and_guest),
    { .name = "silo: guests are apart", .fn = guest_and_guest, .plain = true },
    { .name = NULL },
};
