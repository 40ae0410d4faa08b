/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories: each VIRQ that the hypervisor sends is given to S, provoked and
 * seen there alone; then S dies, and dom0 sees it. And the rules of Xen 4.17
 * under virq-steal=1.
 *
 * Boot arguments: low_pages=N, the hypervisor's low_mem_virq_limit.
 * Output: "virq: type something" before each wait for the console's input.
 *
 * Source: public/xen.h (VIRQ_*), public/memory.h.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>
#include <public/memory.h>

#include "virq.h"

void seen_by_both(uint32_t virq, void (*what)(void))
{
    int port;

    expect("set", set_handler(S.id, virq), 0);
    port = agent_bind_virq(&S, virq, 0);
    if (!TRUE(port > 0))
        return;
    settle();
    agent_heard(&S, (uint32_t)port);
    may_bind("bind by dom0", virq, -EBUSY);
    what();
    TRUE(WAIT_FOR(agent_heard(&S, (uint32_t)port)));
    TRUE(!heard_any());

    agent_end(&S);
    port = event_bind_virq(virq, 0);
    if (!TRUE(port > 0))
        return;
    settle();
    heard(port);
    what();
    TRUE(WAIT_FOR(heard(port)));
    event_close((uint32_t)port);
}

/* Read it away as well: VIRQ_CONSOLE says that there is something to read. */
static void input(void)
{
    static char text[16];

    print("virq: type something\n");
    TRUE(WAIT_FOR(hypercall(__HYPERVISOR_console_io, CONSOLEIO_read,
                            sizeof(text), (uintptr_t)text, 0, 0) > 0));
}

static void console_input(void)
{
    seen_by_both(VIRQ_CONSOLE, input);
}

static void deaths(void)
{
    seen_by_both(VIRQ_DOM_EXC, dummy_dies);
}

static void words(void)
{
    refs_of(0);
}

static void console_ring(void)
{
    seen_by_both(VIRQ_CON_RING, words);
}

#define ORDER_2M 9

/* 2 MiB more for @id, somewhere. */
static bool grows(int id, uint32_t nr)
{
    xen_pfn_t gfn = (DOMU_RAM >> 12) + (nr << ORDER_2M);
    struct xen_memory_reservation arg = {
        .nr_extents = 1,
        .extent_order = ORDER_2M,
        .domid = (domid_t)id,
    };

    set_xen_guest_handle(arg.extent_start, &gfn);
    return hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap,
                     (uintptr_t)&arg, 0, 0, 0) == 1;
}

/* Somebody takes all but a little, and gives it back. */
static void shortage(void)
{
    uint32_t low = bootarg_number("low_pages", 0), nr = 0;
    struct xen_domctl op = { 0 };
    int id = dummy_make();

    op.u.max_mem.max_memkb = 1u << 20;
    expect("max_mem", domain_call(&op, XEN_DOMCTL_max_mem, id), 0);
    op.u.paging_mempool.size = 1u << 20;
    expect("pool", domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, id), 0);
    TRUE(free_pages() > low + low / 4); /* or there would be no event */
    while (free_pages() >= low && grows(id, nr))
        nr++;
    TRUE(free_pages() < low);
    dummy_end(id);
}

static void memory(void)
{
    seen_by_both(VIRQ_ENOMEM, shortage);
}

void provoke(void)
{
    static const struct story stories[] = {
        STORY("VIRQ 2, input on the console", console_input),
        STORY("VIRQ 3, a domain's death", deaths),
        STORY("VIRQ 4, a trace buffer is half full", half_full),
        STORY("VIRQ 8, words in the console ring", console_ring),
        STORY("VIRQ 12, memory runs low", memory),
        { .name = NULL },
    };

    for (unsigned int i = 0; stories[i].name; i++)
        tell(&stories[i]);
}

/* ---- virq-steal=1 ---- */

static void theft(void)
{
    uint32_t port = s_listens();
    int mine;

    expect("set to T", set_handler(T.id, VIRQ_DOM_EXC), 0);
    mine = agent_bind_virq(&T, VIRQ_DOM_EXC, 0);
    TRUE(mine > 0);
    settle();
    agent_heard(&T, (uint32_t)mine);
    dummy_dies();
    TRUE(WAIT_FOR(agent_heard(&T, (uint32_t)mine)));
    TRUE(!agent_heard(&S, port));
}

static void bound_by_all(void)
{
    int dom0 = event_bind_virq(VIRQ_DOM_EXC, 0);
    int port = agent_bind_virq(&S, VIRQ_DOM_EXC, 0);

    TRUE(dom0 > 0 && port > 0);
    settle();
    heard(dom0);
    dummy_dies();
    TRUE(WAIT_FOR(heard(dom0)));
    TRUE(!agent_heard(&S, (uint32_t)port));

    expect("set to S", set_handler(S.id, VIRQ_DOM_EXC), 0);
    TRUE(agent_heard(&S, (uint32_t)port)); /* told to look, at once */
    dummy_dies();
    TRUE(WAIT_FOR(agent_heard(&S, (uint32_t)port)));
    settle();
    TRUE(!heard(dom0));

    /* Given back while S has it bound; and again, by S's death. */
    expect("set to dom0", set_handler(0, VIRQ_DOM_EXC), 0);
    heard(dom0);
    settle();
    agent_heard(&S, (uint32_t)port);
    dummy_dies();
    TRUE(WAIT_FOR(heard(dom0)));
    TRUE(!agent_heard(&S, (uint32_t)port));
    expect("set to S", set_handler(S.id, VIRQ_DOM_EXC), 0);
    settle();
    heard(dom0);
    agent_end(&S);
    TRUE(heard(dom0));
    event_close((uint32_t)dom0);
}

const struct story stealing[] = {
    STORY("case 24, it is taken from one who has it bound", theft),
    STORY("anybody binds it, the handler hears it", bound_by_all),
    { .name = NULL },
};
