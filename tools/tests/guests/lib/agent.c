/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Agents: see agent.h.
 *
 * An agent's caches are off and ours are on, so each line of a mailbox is
 * cleaned after it was written and dropped before it is read.
 *
 * Source: public/event_channel.h, public/grant_table.h, public/memory.h.
 * Layer:  test guest, first domain.
 */
#include <public/grant_table.h>
#include <public/memory.h>
#include <public/sched.h>

#include <xen/string.h>

#include "agent.h"

#define PENDING_AT(port)                                                       \
    (AGENT_PAGE(AGENT_SHARED) +                                                \
     (uint32_t)offsetof(struct shared_info, evtchn_pending) + (port) / 32 * 4)

void let_others_run(void)
{
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
}

static void sync_lines(volatile void *at, size_t len)
{
    uintptr_t end = (uintptr_t)at + len;

    for (uintptr_t line = (uintptr_t)at & ~63u; line < end; line += 64)
        CP15_WRITE(line, 0, c7, c14, 1); /* DCCIMVAC */
    dsb();
}

static void ask(struct agent *a, unsigned int vcpu, uint32_t number,
                const uint32_t *args)
{
    volatile uint32_t *box = a->box[vcpu];

    sync_lines(box, 64);
    box[BOX_NUMBER / 4] = number;
    for (unsigned int i = 0; i < 5; i++)
        box[BOX_ARGS / 4 + i] = args[i];
    dmb();
    box[BOX_ASKED / 4]++;
    sync_lines(box, 64);
}

static bool answered(volatile uint32_t *box)
{
    sync_lines(box, 64);
    return box[BOX_DONE / 4] == box[BOX_ASKED / 4];
}

static void wait_answer(struct agent *a, unsigned int vcpu)
{
    if (!WAIT_FOR(answered(a->box[vcpu]))) {
        print("guest: domain %d does not answer\n", a->id);
        power_off();
    }
}

int agent_call_on(struct agent *a, unsigned int vcpu, uint32_t number,
                  const uint32_t *args)
{
    ask(a, vcpu, number, args);
    wait_answer(a, vcpu);
    return (int)a->box[vcpu][BOX_RESULT / 4];
}

uint32_t agent_read(struct agent *a, unsigned int vcpu, uint32_t gpa)
{
    const uint32_t args[5] = { gpa };

    return (uint32_t)agent_call_on(a, vcpu, AGENT_READ, args);
}

static uint32_t change(struct agent *a, uint32_t gpa, uint32_t clear,
                       uint32_t set)
{
    const uint32_t args[5] = { gpa, clear, set };

    return (uint32_t)agent_call_on(a, 0, AGENT_CHANGE, args);
}

void agent_change(struct agent *a, uint32_t gpa, uint32_t clear, uint32_t set)
{
    change(a, gpa, clear, set);
}

/* A call with *@op in the data page, which an argument points to. */
static int call_with(struct agent *a, uint32_t number, const uint32_t *args,
                     void *op, size_t len)
{
    int rc;

    sync_lines(a->data, len);
    memcpy((void *)a->data, op, len);
    sync_lines(a->data, len);
    rc = agent_call_on(a, 0, number, args);
    sync_lines(a->data, len);
    memcpy(op, (const void *)a->data, len);
    return rc;
}

int agent_page_call(struct agent *a, uint32_t number, const uint32_t *args,
                    void *page)
{
    return call_with(a, number, args, page, 4096);
}

int agent_op(struct agent *a, uint32_t number, uint32_t cmd, void *op,
             size_t len)
{
    const uint32_t args[5] = { cmd, AGENT_PAGE(AGENT_DATA) };

    return call_with(a, number, args, op, len);
}

int agent_domctl(struct agent *a, struct xen_domctl *op, uint32_t cmd, int id)
{
    const uint32_t args[5] = { AGENT_PAGE(AGENT_DATA) };

    domain_call_fill(op, cmd, id);
    return call_with(a, __HYPERVISOR_domctl, args, op, sizeof(*op));
}

void agent_stop(struct agent *a, uint32_t reason)
{
    const uint32_t args[5] = { SCHEDOP_shutdown, AGENT_PAGE(AGENT_DATA) };

    sync_lines(a->data, 64);
    *(volatile uint32_t *)a->data = reason;
    sync_lines(a->data, 64);
    ask(a, 0, __HYPERVISOR_sched_op, args);
    if (!WAIT_FOR(domain_flags(a->id) & XEN_DOMINF_shutdown))
        print("guest: domain %d does not stop\n", a->id);
}

void agent_resumed(struct agent *a)
{
    wait_answer(a, 0);
}

static int map(struct agent *a, unsigned int space, uint32_t page)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF,
        .space = space,
        .gpfn = (AGENT_PAGE(0) >> 12) + page,
    };

    return agent_op(a, __HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op,
                    sizeof(op));
}

bool agent_start(struct agent *a, uint32_t flags, unsigned int vcpus)
{
    const struct domain_plan plan = {
        .id = DOMAIN_ANY,
        .flags = flags,
        .vcpus = vcpus,
        .code = agent_code,
        .len = (size_t)(agent_code_end - agent_code),
        .pages = AGENT_PAGES,
    };
    int rc;

    a->vcpus = vcpus;
    a->id = domain_build_plan(&plan);
    if (a->id < 0)
        return false;
    for (unsigned int i = 0; i < vcpus; i++)
        a->box[i] = domain_page(a->id, (AGENT_PAGE(1) >> 12) + i);
    a->data = domain_page(a->id, AGENT_PAGE(AGENT_DATA) >> 12);
    if (!a->box[0] || !a->box[vcpus - 1] || !a->data) {
        print("guest: domain %d: its pages cannot be mapped\n", a->id);
        return false;
    }
    rc = domain_unpause(a->id);
    if (!rc)
        rc = map(a, XENMAPSPACE_shared_info, AGENT_SHARED);
    if (rc)
        print("guest: domain %d has no shared page: %d\n", a->id, rc);
    return rc == 0;
}

void agent_end(struct agent *a)
{
    if (a->id < 0)
        return;
    domain_destroy(a->id);
    for (unsigned int i = 0; i < a->vcpus; i++)
        domain_page_drop(a->box[i]);
    domain_page_drop(a->data);
    if (!WAIT_FOR(domain_flags(a->id) < 0))
        print("guest: domain %d does not go\n", a->id);
    a->id = -1;
}

/* ---- events ---- */

static int event_op(struct agent *a, uint32_t cmd, void *op, size_t len)
{
    return agent_op(a, __HYPERVISOR_event_channel_op, cmd, op, len);
}

int agent_bind_virq(struct agent *a, uint32_t virq, uint32_t vcpu)
{
    struct evtchn_bind_virq op = { .virq = virq, .vcpu = vcpu };
    int rc = event_op(a, EVTCHNOP_bind_virq, &op, sizeof(op));

    return rc ? rc : (int)op.port;
}

int agent_alloc_unbound(struct agent *a, int remote)
{
    struct evtchn_alloc_unbound op = {
        .dom = DOMID_SELF,
        .remote_dom = (domid_t)remote,
    };
    int rc = event_op(a, EVTCHNOP_alloc_unbound, &op, sizeof(op));

    return rc ? rc : (int)op.port;
}

int agent_close(struct agent *a, uint32_t port)
{
    struct evtchn_close op = { .port = port };

    return event_op(a, EVTCHNOP_close, &op, sizeof(op));
}

bool agent_heard(struct agent *a, uint32_t port)
{
    uint32_t bit = 1u << port % 32;

    /* No port: what should have made it has failed, and that was told. */
    return port < 4096 && (change(a, PENDING_AT(port), bit, 0) & bit);
}

/* ---- grants ---- */

int agent_grant_op(struct agent *a, uint32_t cmd, void *op, size_t len)
{
    const uint32_t args[5] = { cmd, AGENT_PAGE(AGENT_DATA), 1 };

    return call_with(a, __HYPERVISOR_grant_table_op, args, op, len);
}

int agent_grants(struct agent *a)
{
    return map(a, XENMAPSPACE_grant_table, AGENT_GRANTS);
}

void agent_grant(struct agent *a, uint32_t ref, int to, uint32_t page)
{
    uint32_t entry = AGENT_PAGE(AGENT_GRANTS) +
                     ref * (uint32_t)sizeof(struct grant_entry_v1);

    agent_change(a, entry + 4, ~0u, (AGENT_PAGE(0) >> 12) + page);
    agent_change(a, entry, ~0u, (uint32_t)to << 16 | GTF_permit_access);
}
