/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See puppet.h.
 *
 * Source: public/domctl.h, public/grant_table.h, public/event_channel.h.
 * Layer:  test, domain 0's user space.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "puppet.h"

#include <xen/event_channel.h>
#include <xen/grant_table.h>

/* Of agent.h, which is for guests: the mailbox, in words. */
enum box {
    BOX_ASKED,
    BOX_DONE,
    BOX_NUMBER,
    BOX_ARGS,
    BOX_RESULT = 8
};
#define AGENT_READ   0x1000u
#define AGENT_CHANGE 0x2000u

extern const uint8_t agent_code[], agent_code_end[];

xc_interface *puppet_xc;

void puppet_init(void)
{
    puppet_xc = xc_interface_open(NULL, NULL, 0);
    NEED(puppet_xc != NULL);
}

static void *map(uint32_t domid, uint32_t page)
{
    xen_pfn_t gfn = PUPPET_PAGE(page) / 4096;

    return xenforeignmemory_map(xc_interface_fmem_handle(puppet_xc), domid,
                                PROT_READ | PROT_WRITE, 1, &gfn, NULL);
}

static int memory(uint32_t domid)
{
    static uint8_t code[4096];
    xen_pfn_t gfn[PUPPET_PAGES];

    for (uint32_t i = 0; i < PUPPET_PAGES; i++)
        gfn[i] = PUPPET_PAGE(i) / 4096;
    memcpy(code, agent_code, (size_t)(agent_code_end - agent_code));
    if (xc_domain_max_vcpus(puppet_xc, domid, 1) ||
        xc_domain_setmaxmem(puppet_xc, domid, 1024) ||
        xc_set_paging_mempool_size(puppet_xc, domid, 1u << 20) ||
        xc_domain_populate_physmap_exact(puppet_xc, domid, PUPPET_PAGES, 0, 0,
                                         gfn))
        return -1;
    for (uint32_t i = 1; i < PUPPET_PAGES; i++)
        if (xc_clear_domain_page(puppet_xc, domid, gfn[i]))
            return -1;
    return xc_copy_to_domain_page(puppet_xc, domid, gfn[0], (char *)code) ||
           xc_domain_cacheflush(puppet_xc, domid, gfn[0], PUPPET_PAGES);
}

static int start(uint32_t domid)
{
    vcpu_guest_context_any_t context;

    memset(&context, 0, sizeof(context));
    context.c.flags = VGCF_online;
    context.c.sctlr = 0x00c50078; /* caches and MMU off */
    context.c.user_regs.pc32 = PUPPET_RAM;
    context.c.user_regs.cpsr = PSR_GUEST32_INIT;
    return xc_vcpu_setcontext(puppet_xc, domid, 0, &context) ||
           xc_domain_unpause(puppet_xc, domid);
}

static int pages(struct puppet *p)
{
    void *table = NULL;
    xc_evtchn_port_or_error_t port;

    p->box = map(p->domid, 1);
    p->data = map(p->domid, PUPPET_DATA);
    p->ring = map(p->domid, PUPPET_RING);
    p->table = xenforeignmemory_map_resource(
        xc_interface_fmem_handle(puppet_xc), (domid_t)p->domid,
        XENMEM_resource_grant_table, 0, 0, 1, &table, PROT_READ | PROT_WRITE,
        0);
    if (!p->box || !p->data || !p->ring || !p->table)
        return -1;
    p->grants = table;
    puppet_grant(p, GNTTAB_RESERVED_XENSTORE, p->store, PUPPET_RING);
    port = xc_evtchn_alloc_unbound(puppet_xc, p->domid, p->store);
    p->port = (uint32_t)port;
    return port < 0 ? -1 : 0;
}

struct puppet *puppet_new(uint32_t domid, uint32_t flags, uint32_t store)
{
    struct puppet *p = calloc(1, sizeof(*p));
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap | flags,
        .max_vcpus = 1,
        .max_evtchn_port = 1023,
        .max_grant_frames = 4,
        .max_maptrack_frames = 4,
        .grant_opts = 1,
    };

    NEED(p != NULL);
    p->domid = domid;
    p->store = store;
    if (xc_domain_create(puppet_xc, &p->domid, &config)) {
        free(p);
        return NULL;
    }
    if (memory(p->domid) || pages(p) || start(p->domid)) {
        puppet_end(p);
        return NULL;
    }
    return p;
}

static void drop(volatile void *page)
{
    if (page)
        xenforeignmemory_unmap(xc_interface_fmem_handle(puppet_xc),
                               (void *)page, 1);
}

void puppet_end(struct puppet *p)
{
    int keep = errno;
    xc_dominfo_t info;

    drop(p->box);
    drop(p->data);
    drop(p->ring);
    if (p->table)
        xenforeignmemory_unmap_resource(xc_interface_fmem_handle(puppet_xc),
                                        p->table);
    CHECK(xc_domain_destroy(puppet_xc, p->domid) == 0);
    for (int i = 0; i < 300; i++) {
        if (xc_domain_getinfo(puppet_xc, p->domid, 1, &info) != 1 ||
            info.domid != p->domid)
            break;
        CHECK(i < 299); /* somebody keeps its pages */
        usleep(100000);
    }
    free(p);
    errno = keep;
}

/* --- what it does -------------------------------------------------------- */

static uint32_t tell(struct puppet *p, uint32_t number, const uint32_t *args)
{
    for (uint32_t i = 0; i < 5; i++)
        p->box[BOX_ARGS + i] = args[i];
    p->box[BOX_NUMBER] = number;
    __sync_synchronize();
    p->box[BOX_ASKED]++;
    for (int i = 0; p->box[BOX_DONE] != p->box[BOX_ASKED]; i++) {
        NEED(i < 100000); /* it does not run */
        usleep(100);
    }
    __sync_synchronize();
    return p->box[BOX_RESULT];
}

int puppet_call(struct puppet *p, uint32_t number, uint32_t a, uint32_t b,
                uint32_t c)
{
    return (int)tell(p, number, (uint32_t[5]){ a, b, c });
}

int puppet_op(struct puppet *p, uint32_t number, uint32_t cmd, void *op,
              uint32_t len)
{
    uint32_t count = number == __HYPERVISOR_grant_table_op;
    int rc;

    memcpy((void *)p->data, op, len);
    rc = puppet_call(p, number, cmd, PUPPET_PAGE(PUPPET_DATA), count);
    memcpy(op, (void *)p->data, len);
    return rc;
}

uint32_t puppet_read(struct puppet *p, uint32_t gpa)
{
    return tell(p, AGENT_READ, (uint32_t[5]){ gpa });
}

uint32_t puppet_set(struct puppet *p, uint32_t gpa, uint32_t bits)
{
    return tell(p, AGENT_CHANGE, (uint32_t[5]){ gpa, 0, bits });
}

int puppet_kick(struct puppet *p)
{
    struct evtchn_send op = { .port = p->port };

    return puppet_op(p, __HYPERVISOR_event_channel_op, EVTCHNOP_send, &op,
                     sizeof(op));
}

void puppet_grant(struct puppet *p, uint32_t ref, uint32_t domid, uint32_t page)
{
    volatile grant_entry_v1_t *entry = &p->grants[ref];

    entry->flags = 0;
    __sync_synchronize();
    entry->domid = (domid_t)domid;
    entry->frame = PUPPET_PAGE(page) / 4096;
    __sync_synchronize();
    entry->flags = GTF_permit_access;
}

int puppet_map(struct puppet *p, uint32_t domid, uint32_t ref)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = PUPPET_PAGE(PUPPET_HOLE),
        .flags = GNTMAP_host_map,
        .ref = ref,
        .dom = (domid_t)domid,
    };
    int rc = puppet_op(p, __HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
                       &op, sizeof(op));

    return rc ? rc : op.status;
}

int puppet_bind(struct puppet *p, uint32_t domid, uint32_t port)
{
    struct evtchn_bind_interdomain op = {
        .remote_dom = (domid_t)domid,
        .remote_port = port,
    };
    int rc = puppet_op(p, __HYPERVISOR_event_channel_op,
                       EVTCHNOP_bind_interdomain, &op, sizeof(op));

    return rc ? rc : (int)op.local_port;
}
