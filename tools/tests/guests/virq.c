/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Global VIRQs given to other domains: who may, who hears, and what becomes
 * of it when either dies. Each story is one line of output.
 *
 * Boot arguments: stories (default), steal, provoke, races; rounds=N, how
 *                 often the races are run.
 * Output: "virq: NAME: ok" or "virq: NAME: FAILED" for each story, before a
 *         failure what was expected; "virq: pages A before, B after",
 *         "virq: done".
 *
 * Source: public/domctl.h, public/event_channel.h.
 * Layer:  test guest, first domain.
 */
#include <public/sysctl.h>

#include "virq/virq.h"

struct agent S = { .id = -1 }, T = { .id = -1 };

#define DUMMIES_MAX 110
#define PORTS_MAX   640

static bool all_well; /* in this story */

bool expect(const char *what, int got, int want)
{
    if (got == want)
        return true;
    print("virq: %s: %d, not %d\n", what, got, want);
    all_well = false;
    return false;
}

/* ---- the hypervisor's words ---- */

int sysctl(struct xen_sysctl *op, uint32_t cmd)
{
    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return hypercall(__HYPERVISOR_sysctl, (uintptr_t)op, 0, 0, 0, 0);
}

uint32_t free_pages(void)
{
    struct xen_sysctl op = { 0 };

    return sysctl(&op, XEN_SYSCTL_physinfo)
               ? 0
               : (uint32_t)op.u.physinfo.free_pages;
}

static char text[16384];

/* All that is in the ring, which is empty then; a call may bring a part. */
static uint32_t console_text(void)
{
    uint32_t len = 0;
    struct xen_sysctl op;

    do {
        op = (struct xen_sysctl){ .cmd = 0 };
        op.u.readconsole.clear = true;
        op.u.readconsole.count = sizeof(text) - len;
        set_xen_guest_handle(op.u.readconsole.buffer, text + len);
        if (sysctl(&op, XEN_SYSCTL_readconsole))
            break;
        len += op.u.readconsole.count;
    } while (op.u.readconsole.count != 0 && len < sizeof(text));
    return len;
}

/* What follows @key in text[0..@len), from @at on; @len: it is not there. */
static uint32_t after(const char *key, uint32_t at, uint32_t len)
{
    for (; at < len; at++) {
        uint32_t i = 0;

        while (key[i] && at + i < len && text[at + i] == key[i])
            i++;
        if (!key[i])
            return at + i;
    }
    return len;
}

static int number_at(uint32_t at, uint32_t len)
{
    int n = 0;

    for (; at < len && text[at] >= '0' && text[at] <= '9'; at++)
        n = n * 10 + text[at] - '0';
    return n;
}

/* From the lines of debug key q: "d5: running, refs 3, ..." */
int refs_of(int id)
{
    struct xen_sysctl op = { 0 };
    uint32_t at = 0, len;

    console_text();
    set_xen_guest_handle(op.u.debug_keys.keys, "q");
    op.u.debug_keys.nr_keys = 1;
    if (sysctl(&op, XEN_SYSCTL_debug_keys))
        return -1;
    len = console_text();
    while ((at = after("(XEN) d", at, len)) < len) {
        if (number_at(at, len) != id)
            continue;
        at = after(", refs ", at, len);
        return at < len ? number_at(at, len) : -1;
    }
    return -1;
}

/* ---- helpers of stories ---- */

int set_handler(int id, uint32_t virq)
{
    struct xen_domctl op = { .u.set_virq_handler.virq = virq };

    return domain_call(&op, XEN_DOMCTL_set_virq_handler, id);
}

void may_bind(const char *what, uint32_t virq, int want)
{
    int rc = event_bind_virq(virq, 0);

    if (rc > 0)
        event_close((uint32_t)rc);
    expect(what, rc > 0 ? 0 : rc, want);
}

uint32_t s_listens(void)
{
    int port;

    expect("S is made handler", set_handler(S.id, VIRQ_DOM_EXC), 0);
    port = agent_bind_virq(&S, VIRQ_DOM_EXC, 0);
    if (!TRUE(port > 0))
        return 0;
    settle();
    agent_heard(&S, (uint32_t)port);
    return (uint32_t)port;
}

int dummy_make(void)
{
    int id = domain_create(DOMAIN_ANY, 0, 1);

    TRUE(id > 0);
    return id;
}

void dummies_end(const int *ids, unsigned int nr)
{
    for (unsigned int i = 0; i < nr; i++)
        expect("a dummy is destroyed", domain_destroy(ids[i]), 0);
    for (unsigned int i = 0; i < nr; i++)
        TRUE(WAIT_FOR(domain_flags(ids[i]) < 0));
}

void dummy_end(int id)
{
    dummies_end(&id, 1);
}

void dummy_dies(void)
{
    dummy_end(dummy_make());
}

bool heard(int port)
{
    bool was = port > 0 && event_pending((uint32_t)port);

    if (!was)
        return false;
    event_clear((uint32_t)port);
    return true;
}

bool heard_any(void)
{
    bool any = false;

    for (int port = 1; port < 64; port++)
        any |= heard(port);
    return any;
}

void settle(void)
{
    /* With one pCPU nothing is: softirqs run before a guest does. */
    if (machine.nr_cpus > 1)
        delay_us(50000);
}

void tell(const struct story *s)
{
    uint32_t flags = s->plain ? 0 : XEN_DOMCTL_CDF_xs_domain;

    all_well = true;
    if (TRUE(agent_start(&S, flags, s->vcpus ? s->vcpus : 1)) &&
        TRUE(agent_start(&T, 0, 1))) {
        settle();
        heard_any();
        s->fn();
    }
    agent_end(&T);
    agent_end(&S);
    print("virq: %s: %s\n", s->name, all_well ? "ok" : "FAILED");
}

static void tell_all(const struct story *s)
{
    for (; s->name; s++)
        tell(s);
}

/*
 * As many domains and ports of dom0 at once as any story has: what is kept
 * for the next ones is no leak.
 */
static void crowd(void)
{
    static int ids[DUMMIES_MAX];
    bool racing = bootarg_set("races");
    unsigned int nr = racing ? DUMMIES_MAX : DUMMIES_MAX / 2;
    int port = 0, ports = racing ? PORTS_MAX : 100;

    while (port < ports)
        port = event_alloc_unbound(DOMID_SELF);
    for (; port > 0; port--)
        event_close((uint32_t)port);
    for (unsigned int i = 0; i < nr; i++)
        ids[i] = dummy_make();
    dummies_end(ids, nr);
}

void main(void)
{
    static const struct story first = { .name = "a crowd",
                                        .fn = crowd,
                                        .vcpus = 2 };
    uint32_t before, now = 0;
    int rc = event_init(NULL);

    if (rc)
        print("virq: no events: %d\n", rc);
    if (bootarg_set("provoke"))
        trace_make();
    /* The first one leaves what is kept for the next (heap pages). */
    tell(&first);
    settle();
    before = free_pages();
    if (bootarg_set("steal")) {
        tell_all(stealing);
    } else if (bootarg_set("provoke")) {
        provoke();
    } else if (bootarg_set("races")) {
        tell_all(races);
    } else {
        tell_all(setting);
        tell_all(delivering);
        tell_all(dying);
        tell_all(telling);
        tell_all(sharing);
    }
    WAIT_FOR((now = free_pages()) == before);
    print("virq: pages %u before, %u after\n", before, now);
    print("virq: done\n");
}
