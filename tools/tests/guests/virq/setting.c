/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories: who may give a VIRQ to whom, who may bind it.
 *
 * Source: public/domctl.h, public/event_channel.h.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>

#include "virq.h"

/* T tries to give @virq to @id. */
static int t_sets(int id, uint32_t virq)
{
    struct xen_domctl op = { .u.set_virq_handler.virq = virq };

    return agent_domctl(&T, &op, XEN_DOMCTL_set_virq_handler, id);
}

static void takes_one_reference(void)
{
    int before = refs_of(S.id);

    expect("set", set_handler(S.id, VIRQ_DOM_EXC), 0);
    expect("references", refs_of(S.id), before + 1);
}

static void again_takes_none(void)
{
    int before;

    expect("set", set_handler(S.id, VIRQ_DOM_EXC), 0);
    before = refs_of(S.id);
    for (int i = 0; i < 10; i++)
        expect("set again", set_handler(S.id, VIRQ_DOM_EXC), 0);
    expect("references", refs_of(S.id), before);
}

/* None of @nr numbers can be given away, and nothing comes of trying. */
static void refused(const uint32_t *virqs, unsigned int nr)
{
    int before = refs_of(S.id);

    for (unsigned int i = 0; i < nr; i++)
        expect("set", set_handler(S.id, virqs[i]), -EINVAL);
    expect("references", refs_of(S.id), before);
    may_bind("dom0 still handles VIRQ_DOM_EXC", VIRQ_DOM_EXC, 0);
}

static void per_vcpu_numbers(void)
{
    static const uint32_t virqs[] = { 0, 1, 7, 13 };

    refused(virqs, ARRAY_SIZE(virqs));
}

static void numbers_that_are_none(void)
{
    static const uint32_t virqs[] = { 24, 25, 255, 0x7fffffff, 0xffffffff };

    refused(virqs, ARRAY_SIZE(virqs));
}

static void argo_stays(void)
{
    static const uint32_t virqs[] = { VIRQ_ARGO };

    refused(virqs, ARRAY_SIZE(virqs));
    TRUE(agent_bind_virq(&T, VIRQ_ARGO, 0) > 0); /* anybody's */
}

/* Holes and the architecture's numbers can be given away; nobody sends. */
static void holes(void)
{
    static const uint32_t virqs[] = { 5, 14, 15, 16, 23 };

    for (unsigned int i = 0; i < ARRAY_SIZE(virqs); i++) {
        may_bind("dom0 binds a hole", virqs[i], 0);
        expect("set", set_handler(S.id, virqs[i]), 0);
        TRUE(agent_bind_virq(&S, virqs[i], 0) > 0);
        may_bind("dom0 binds S's hole", virqs[i], -EBUSY);
    }
}

static void nobody_there(void)
{
    expect("set by dom0", set_handler(9999, VIRQ_DOM_EXC), -ESRCH);
    expect("set by T", t_sets(9999, VIRQ_DOM_EXC), -EPERM);
}

static void reserved_ids(void)
{
    static const int ids[] = { 0x7ff0, 0x7ff1, 0x7ff2, 0x7ff4 };

    for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++)
        expect("set", set_handler(ids[i], VIRQ_DOM_EXC), -ESRCH);
}

static void foreign_bind(void)
{
    int port = agent_alloc_unbound(&T, 0);

    TRUE(port > 0);
    expect("close", agent_close(&T, (uint32_t)port), 0);
    expect("bind by T", agent_bind_virq(&T, VIRQ_DOM_EXC, 0), -EBUSY);
    expect("the next port", agent_alloc_unbound(&T, 0), port);
}

static void handler_binds(void)
{
    struct evtchn_status op = { .dom = DOMID_SELF };

    op.port = s_listens();
    expect("status",
           agent_op(&S, __HYPERVISOR_event_channel_op, EVTCHNOP_status, &op,
                    sizeof(op)),
           0);
    expect("kind of port", (int)op.status, EVTCHNSTAT_virq);
    expect("its VIRQ", (int)op.u.virq, VIRQ_DOM_EXC);
    expect("its vCPU", (int)op.vcpu, 0);
}

static void binds_once(void)
{
    s_listens();
    expect("bind again", agent_bind_virq(&S, VIRQ_DOM_EXC, 0), -EEXIST);
}

static void dom0_waits(void)
{
    s_listens();
    may_bind("bind by dom0", VIRQ_DOM_EXC, -EBUSY);
}

static void no_theft(void)
{
    uint32_t port = s_listens();

    expect("set to T", set_handler(T.id, VIRQ_DOM_EXC), -EBUSY);
    expect("set to dom0", set_handler(0, VIRQ_DOM_EXC), -EBUSY);
    TRUE(!agent_heard(&S, port));
    dummy_dies();
    TRUE(WAIT_FOR(agent_heard(&S, port)));
}

static void handed_on(void)
{
    uint32_t port = s_listens();

    expect("close", agent_close(&S, port), 0);
    expect("set to T", set_handler(T.id, VIRQ_DOM_EXC), 0);
    TRUE(agent_bind_virq(&T, VIRQ_DOM_EXC, 0) > 0);
    expect("bind by S", agent_bind_virq(&S, VIRQ_DOM_EXC, 0), -EBUSY);
}

static void vcpu_0_only(void)
{
    expect("dom0, vCPU 1", event_bind_virq(VIRQ_DOM_EXC, 1), -EINVAL);
    expect("dom0, vCPU 99", event_bind_virq(VIRQ_DOM_EXC, 99), -EINVAL);
    expect("T, vCPU 1", agent_bind_virq(&T, VIRQ_DOM_EXC, 1), -EINVAL);
    expect("T, vCPU 99", agent_bind_virq(&T, VIRQ_DOM_EXC, 99), -EINVAL);
}

static void no_such_vcpu(void)
{
    expect("dom0", event_bind_virq(VIRQ_TIMER, 99), -ENOENT);
    expect("T", agent_bind_virq(&T, VIRQ_TIMER, 99), -ENOENT);
}

/* No reference is taken for what is the default anyway. */
static void given_back(void)
{
    int s = refs_of(S.id), dom0 = refs_of(0);

    for (int i = 0; i < 1000; i++) {
        expect("set to S", set_handler(S.id, VIRQ_DOM_EXC), 0);
        expect("set to dom0", set_handler(0, VIRQ_DOM_EXC), 0);
        expect("once more", set_handler(0, VIRQ_DOM_EXC), 0);
    }
    expect("references of S", refs_of(S.id), s);
    expect("references of dom0", refs_of(0), dom0);
    may_bind("dom0 handles it again", VIRQ_DOM_EXC, 0);
}

/*
 * S may ask what became of domains, a right that is near to this one. All
 * it is told is "no", for T, for nobody and for nonsense alike.
 */
static void without_the_right(void)
{
    struct xen_domctl op = { 0 };
    const int ids[] = { T.id, S.id, 0, 9999, 0x7ff0 };
    int before = refs_of(T.id);

    expect("S asks", agent_domctl(&S, &op, XEN_DOMCTL_getdomaininfo, T.id), 0);
    for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
        op.u.set_virq_handler.virq = i & 1 ? VIRQ_DOM_EXC : 99;
        expect("S sets",
               agent_domctl(&S, &op, XEN_DOMCTL_set_virq_handler, ids[i]),
               -EPERM);
        expect("T sets", t_sets(ids[i], i & 1 ? VIRQ_DOM_EXC : 99), -EPERM);
    }
    expect("references", refs_of(T.id), before);
    may_bind("dom0 still handles it", VIRQ_DOM_EXC, 0);
}

const struct story setting[] = {
    STORY("case 1, giving it away takes a reference", takes_one_reference),
    STORY("case 2, again takes none", again_takes_none),
    STORY("case 3, not the VIRQs of vCPUs", per_vcpu_numbers),
    STORY("case 4, not numbers that are none", numbers_that_are_none),
    STORY("case 5, not Argo's, which is anybody's", argo_stays),
    STORY("case 6, not to nobody, nor by a guest", nobody_there),
    STORY("case 7, not to reserved ids", reserved_ids),
    STORY("case 8, nobody else binds it or loses a port", foreign_bind),
    STORY("case 9, the handler binds it", handler_binds),
    STORY("case 10, but once", binds_once),
    STORY("case 11, and dom0 does not", dom0_waits),
    STORY("case 12, nor is it taken away while bound", no_theft),
    STORY("case 13, it is once closed", handed_on),
    STORY("case 17, a global one is bound on vCPU 0", vcpu_0_only),
    STORY("case 18, one of a vCPU wants that vCPU", no_such_vcpu),
    STORY("case 25, without the right all is refused alike", without_the_right),
    STORY("holes are given away as in Xen", holes),
    STORY("giving back keeps no reference", given_back),
    { .name = NULL },
};
