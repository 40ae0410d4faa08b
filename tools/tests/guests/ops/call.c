/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Making the calls of the tables.
 *
 * Source: public/ headers; interface.md 1.1 (registers).
 * Layer:  test guest, first domain.
 */
#include <public/memory.h>
#include <public/platform.h>
#include <public/sysctl.h>

#include <xen/string.h>

#include "ops.h"

static uint8_t page[2][4096] aligned(4096); /* the second is mapped over */

static const struct {
    uint16_t number;
    uint8_t head; /* bytes of the structure before .w                      */
} kinds[] = {
    [DOMCTL] = { __HYPERVISOR_domctl, 16 },
    [SYSCTL] = { __HYPERVISOR_sysctl, 8 },
    [PLATFORM] = { __HYPERVISOR_platform_op, 8 },
    [EVENT] = { __HYPERVISOR_event_channel_op, 0 },
    [MEMORY] = { __HYPERVISOR_memory_op, 0 },
    [SCHED] = { __HYPERVISOR_sched_op, 0 },
    [HVM] = { __HYPERVISOR_hvm_op, 0 },
    [VERSION] = { __HYPERVISOR_xen_version, 0 },
    [HVM_NULL] = { __HYPERVISOR_hvm_op, 0 },
    [VERSION_0] = { __HYPERVISOR_xen_version, 0 },
    [GRANT] = { __HYPERVISOR_grant_table_op, 0 },
    [VCPU] = { __HYPERVISOR_vcpu_op, 0 },
    [CONSOLE] = { __HYPERVISOR_console_io, 0 },
    [ASSIST] = { __HYPERVISOR_vm_assist, 0 },
    [MULTICALL] = { __HYPERVISOR_multicall, 0 },
    [RAW] = { 0, 0 },
};

/* The structure, as it will be at @at. */
static void fill(const struct op_call *call, int object, uint32_t at)
{
    uint32_t *w = (uint32_t *)(page[0] + kinds[call->kind].head);

    memset(page[0], 0, sizeof(page[0]));
    if (call->kind == DOMCTL) {
        domain_call_fill((struct xen_domctl *)page[0], call->cmd, object);
    } else if (call->kind == SYSCTL) {
        ((struct xen_sysctl *)page[0])->cmd = call->cmd;
        ((struct xen_sysctl *)page[0])->interface_version =
            XEN_SYSCTL_INTERFACE_VERSION;
    } else if (call->kind == PLATFORM) {
        ((struct xen_platform_op *)page[0])->cmd = call->cmd;
        ((struct xen_platform_op *)page[0])->interface_version =
            XENPF_INTERFACE_VERSION;
    }
    if (call->version)
        ((uint32_t *)page[0])[1] ^= 1;
    memcpy(w, call->w, sizeof(call->w));
    for (unsigned int i = 0; i < CALL_WORDS; i++) {
        if (call->pointers & 1u << i)
            w[i] += at;
    }
    if (call->dom != NO_DOM)
        *(uint16_t *)(page[0] + call->dom) = (uint16_t)object;
    memset(page[0] + DATA, 0x80, 64);
}

static void registers(const struct op_call *call, uint32_t at, uint32_t *args)
{
    uint32_t all[5] = { call->cmd, at };

    switch (call->kind) {
    case DOMCTL:
    case SYSCTL:
    case PLATFORM:
        all[0] = at;
        all[1] = 0;
        break;
    case HVM_NULL:
    case VERSION_0:
        all[1] = 0;
        break;
    case GRANT:
        all[2] = call->n ? call->n : 1;
        break;
    case VCPU:
    case CONSOLE:
        all[1] = call->n;
        all[2] = at;
        break;
    case ASSIST:
        all[1] = call->n;
        break;
    case MULTICALL:
        all[0] = at;
        all[1] = call->n;
        break;
    case RAW:
        all[0] = 0;
        all[1] = 0;
        break;
    default:
        break;
    }
    memcpy(args, all, sizeof(all));
}

int op_make(caller_t who, const struct op_call *call, int object)
{
    uint32_t at = who ? AGENT_PAGE(AGENT_DATA) : (uintptr_t)page[0], a[5];
    uint32_t number = call->kind == RAW ? call->cmd : kinds[call->kind].number;
    int rc;

    fill(call, object, at);
    registers(call, call->nowhere ? 8 : at, a);
    if (who)
        rc = agent_page_call(who, number, a, page[0]);
    else
        rc = hypercall(number, a[0], a[1], a[2], a[3], a[4]);
    if (rc == 0 && call->status)
        rc = *(int16_t *)(page[0] + call->status);
    if (rc == 0 && call->error)
        rc = *(int32_t *)(page[0] + call->error);
    return rc;
}

uint32_t op_word(uint32_t at)
{
    return *(uint32_t *)(page[0] + at);
}

/* ---- domains that things are done to ---- */

static int populate_one(int id, uint32_t gfn)
{
    const struct op_call call = { .kind = MEMORY,
                                  .cmd = XENMEM_populate_physmap,
                                  .dom = 24,
                                  .pointers = 1,
                                  .w = { 40, 0, 1, [10] = gfn } };

    return op_make(NULL, &call, id) == 1 ? 0 : -ENOMEM;
}

static int set_max(int id, uint32_t pages)
{
    struct xen_domctl op = { .u.max_mem.max_memkb = pages * 4 };

    return domain_call(&op, XEN_DOMCTL_max_mem, id);
}

int victim_make(void)
{
    struct xen_domctl op = { .u.max_vcpus.max = 1 };
    int id = domain_create(DOMAIN_ANY, 0, 1), rc;

    if (id < 0)
        return id;
    rc = domain_call(&op, XEN_DOMCTL_max_vcpus, id);
    if (!rc)
        rc = set_max(id, 1024);
    if (!rc)
        rc = populate_one(id, VICTIM_GFN);
    if (rc)
        print("ops: no victim: %d\n", rc);
    return id;
}

void victim_end(int id)
{
    domain_destroy(id);
    if (!WAIT_FOR(domain_flags(id) < 0))
        print("ops: domain %d does not go\n", id);
}

void agent_room(const struct agent *a, unsigned int pages)
{
    set_max(a->id, AGENT_PAGES + pages);
}
