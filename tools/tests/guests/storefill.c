/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A first domain that fills the store of a stub domain: it builds domains,
 * introduces each, and writes through their rings what their quota allows,
 * and more, which must be refused to that one alone. The memory of the store
 * domain is told before and afterwards.
 *
 * The domains are real, with rings, grants and ports of their own; what goes
 * into their rings is written from here, and they signal it.
 *
 * Boot arguments: guests=N (default 32), nodes=N (default 256): of the quota.
 * Output: "storefill: pages N of at most M", before and after all;
 *         "storefill: guest I: N nodes, then ERROR; C cells, B bytes, then
 *         ERROR", for each; "storefill: WHAT FAILED ..."; "storefill: done".
 *
 * Source: virq-xenstore.md 3.4, 3.5, 4.3; public/grant_table.h.
 * Layer:  test guest, first domain.
 */
#include <public/domctl.h>
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/hvm/params.h>
#include <public/memory.h>
#include <public/sched.h>

#include <xen/printf.h>
#include <xen/string.h>

#include "domain.h"
#include "hypercall.h"
#include "storefill/filler.h"
#include "xenstore.h"

#define STORE     1 /* the store domain's id */
#define GUESTS    60u
#define PAGES     4u
#define RING_GFN  ((DOMU_RAM >> 12) + 1)
#define GRANT_GFN ((DOMU_RAM >> 12) + 0x100) /* nothing is there */

/* Values so long that 256 nodes of them nearly use the memory up; how the
 * store counts that is core.h's: a cell has 56 bytes of a value. */
#define VALUE      224u
#define LONG_VALUE 448u
#define CELL_BYTES 56u

struct filler {
    struct xenstore x; /* first: its kick gets this one back */
    int id;
    volatile uint32_t *port, *kick;
};

static struct filler fillers[GUESTS];
static struct xenstore mine;
static uint8_t grant_page[4096] aligned(4096);
static char answer[128];
static uint32_t failures;

static void failed(const char *what, int nr)
{
    print("storefill: %s FAILED: %d, %s\n", what, nr, answer);
    failures++;
}

static void let_others_run(struct xenstore *x)
{
    (void)x;
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);
}

/* ---- this domain's own ring ---- */

static void kick_mine(struct xenstore *x)
{
    event_send(x->port);
}

static void join(void)
{
    mine = (struct xenstore){
        .ring = (void *)(uintptr_t)(hvm_param(HVM_PARAM_STORE_PFN) << 12),
        .port = (uint32_t)hvm_param(HVM_PARAM_STORE_EVTCHN),
        .kick = kick_mine,
        .wait = let_others_run,
    };
    while (mine.ring->connection != XENSTORE_CONNECTED)
        let_others_run(&mine);
}

static int pages(void)
{
    struct xen_domctl op = { 0 };

    if (domain_call(&op, XEN_DOMCTL_getdomaininfo, STORE))
        return -1;
    print("storefill: pages %llu of at most %llu\n",
          (unsigned long long)op.u.getdomaininfo.tot_pages,
          (unsigned long long)op.u.getdomaininfo.max_pages);
    return (int)op.u.getdomaininfo.tot_pages;
}

/* ---- the domains ---- */

static void clean_line(volatile void *at)
{
    CP15_WRITE((uintptr_t)at, 0, c7, c14, 1); /* DCCIMVAC: their caches are */
    dsb();                                    /* off                        */
}

static void kick_filler(struct xenstore *x)
{
    struct filler *f = (struct filler *)x;

    ++*f->kick;
    clean_line(f->kick);
}

static int alloc_port(int id)
{
    struct evtchn_alloc_unbound op = {
        .dom = (domid_t)id,
        .remote_dom = STORE,
    };
    int rc = hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
                       (uintptr_t)&op, 0, 0, 0);

    return rc ? rc : (int)op.port;
}

/* Entry 1 of its grant table: the store may map its ring. */
static int grant_ring(int id)
{
    struct grant_entry_v1 *entry = (void *)grant_page;
    xen_pfn_t to = (uintptr_t)grant_page >> 12;
    struct xen_mem_acquire_resource op = {
        .domid = (domid_t)id,
        .type = XENMEM_resource_grant_table,
        .id = XENMEM_resource_grant_table_id_shared,
        .nr_frames = 1,
    };
    struct xen_remove_from_physmap drop = { .domid = DOMID_SELF, .gpfn = to };
    int rc;

    set_xen_guest_handle(op.frame_list, &to);
    rc = hypercall(__HYPERVISOR_memory_op, XENMEM_acquire_resource,
                   (uintptr_t)&op, 0, 0, 0);
    if (rc)
        return rc;
    entry += GNTTAB_RESERVED_XENSTORE;
    entry->domid = STORE;
    entry->frame = RING_GFN;
    dmb();
    entry->flags = GTF_permit_access;
    return hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap,
                     (uintptr_t)&drop, 0, 0, 0);
}

static bool build(struct filler *f)
{
    volatile uint8_t *page;
    int port, rc;

    f->id = domain_build(filler_code, (size_t)(filler_code_end - filler_code),
                         PAGES);
    if (f->id < 0)
        return false;
    page = domain_page(f->id, RING_GFN);
    port = alloc_port(f->id);
    rc = grant_ring(f->id);
    if (!page || port < 0 || rc) {
        print("storefill: domain %d: ring %d port %d grant %d FAILED\n", f->id,
              page != NULL, port, rc);
        return false;
    }
    f->port = (volatile uint32_t *)(page + BOX_PORT);
    f->kick = (volatile uint32_t *)(page + BOX_KICK);
    *f->port = (uint32_t)port;
    clean_line(f->port);
    f->x = (struct xenstore){
        .ring = (volatile void *)page,
        .port = (uint32_t)port,
        .kick = kick_filler,
        .wait = let_others_run,
    };
    return true;
}

/* What libxl writes: its directory is domain 0's, one node in it its own. */
static void introduce(struct filler *f)
{
    char text[64];
    int len = xen_snprintf(text, sizeof(text), "%d %u %u", f->id,
                           (unsigned int)RING_GFN, f->x.port);

    for (int i = 0; i < len; i++)
        text[i] = text[i] == ' ' ? '\0' : text[i];
    if (xenstore_call(&mine, XS_INTRODUCE, text, (uint32_t)len + 1, answer,
                      sizeof(answer)) < 0)
        failed("INTRODUCE", f->id);
    xen_snprintf(text, sizeof(text), "/local/domain/%d/data", f->id);
    if (xenstore_write(&mine, text, "", 0, answer, sizeof(answer)))
        failed("WRITE of dom0", f->id);
    len = xen_snprintf(text, sizeof(text), "/local/domain/%d/data;n%d", f->id,
                       f->id);
    *strchr(text, ';') = '\0';
    if (xenstore_call(&mine, XS_SET_PERMS, text, (uint32_t)len + 1, answer,
                      sizeof(answer)) < 0)
        failed("SET_PERMS", f->id);
}

/* ---- the filling ---- */

static const char value[LONG_VALUE];

static int write_node(struct xenstore *x, uint32_t nr, uint32_t len)
{
    char path[24];

    xen_snprintf(path, sizeof(path), "data/%u", nr);
    return xenstore_write(x, path, value, len, answer, sizeof(answer));
}

/*
 * As many nodes as it may have, then longer values until its memory is used
 * up. What was refused stays what it was, and does not count.
 */
static void fill(struct filler *f, uint32_t most)
{
    uint32_t nodes = 0, longer = 0, cells;
    char why[16];

    while (nodes < 2 * most && !write_node(&f->x, nodes, VALUE))
        nodes++;
    memcpy(why, answer, sizeof(why));
    why[sizeof(why) - 1] = '\0';
    while (longer < nodes && !write_node(&f->x, longer, LONG_VALUE))
        longer++;
    /* The nodes, their common permissions, and the values. */
    cells = nodes + 2 + (nodes - longer) * (VALUE / CELL_BYTES) +
            longer * (LONG_VALUE / CELL_BYTES);
    print("storefill: guest %d: %u nodes, then %s; %u cells, %u bytes, "
          "then %s\n",
          f->id, nodes + 1, why, cells,
          (nodes - longer) * VALUE + longer * LONG_VALUE, answer);
}

/* A full one can read, make room, and use that. */
static void still_served(struct filler *f, uint32_t most)
{
    static const char first[] = "data/0", last[] = "data/1";

    if (xenstore_call(&f->x, XS_READ, first, sizeof(first), answer,
                      sizeof(answer)) != LONG_VALUE)
        failed("READ of a full guest", f->id);
    if (write_node(&f->x, most, 1) == 0 || strcmp(answer, "ENOSPC"))
        failed("a guest that is full is not refused", f->id);
    if (xenstore_call(&f->x, XS_RM, last, sizeof(last), answer,
                      sizeof(answer)) < 0 ||
        write_node(&f->x, most, 1))
        failed("RM and WRITE of a full guest", f->id);
}

/* Domain 0 has room of its own. */
static void dom0_goes_on(uint32_t nodes)
{
    char path[40];

    for (uint32_t i = 0; i < nodes; i++) {
        xen_snprintf(path, sizeof(path), "/test/%u/%u", i / 100, i);
        if (xenstore_write(&mine, path, value, 100, answer, sizeof(answer))) {
            failed("WRITE of dom0 beside full guests", (int)i);
            return;
        }
    }
    if (xenstore_call(&mine, XS_RM, "/test", 6, answer, sizeof(answer)) < 0)
        failed("RM of dom0", 0);
}

void main(void)
{
    uint32_t nr = bootarg_number("guests", 32), most, i;
    int before;

    most = bootarg_number("nodes", 256);
    join();
    before = pages();
    for (i = 0; i < nr && i < GUESTS; i++) {
        if (!build(&fillers[i]))
            break;
        introduce(&fillers[i]);
        domain_unpause(fillers[i].id);
        fill(&fillers[i], most);
        domain_pause(fillers[i].id);
        dom0_goes_on(20);
    }
    for (uint32_t k = 0; k < i; k++) {
        domain_unpause(fillers[k].id);
        still_served(&fillers[k], most);
        domain_pause(fillers[k].id);
    }
    dom0_goes_on(4000);
    if (pages() != before)
        failed("the store domain has grown", before);
    print("storefill: %u guests, %u failures\n", i, failures);
    print("storefill: done\n");
}
