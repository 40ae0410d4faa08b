/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For domain 0's user space, linked with Debian's libraries: builds a guest
 * in steps and destroys it after each of them, then once more while its
 * page, its grant and its event channel are still in use here.
 *
 *     steps             all of it, "step N NAME: ok" and at last "steps: ok"
 *     steps virq DOM N  give a global VIRQ to a domain; prints the error
 *
 * Source: public/domctl.h; interface.md 6.1.
 * Layer:  test, domain 0's user space.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xenforeignmemory.h>
#include <xengnttab.h>

#define ARRAY_SIZE(a_) (sizeof(a_) / sizeof((a_)[0]))

#define RAM_PFN   0x40000ul
#define RAM_SIZE  (32ul << 20)
#define ORDER_2M  9u
#define MAGIC_PFN 0x39000ul
#define GRANT_REF 8u
#define MODE_SVC  0x1d3u
#define SPIN      0xeafffffeu /* b . */

static xc_interface *xc;
static xenforeignmemory_handle *memory;
static uint32_t dom;
static evtchn_port_t port;

static int create(void)
{
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = 2,
        .max_evtchn_port = 1023,
        .max_grant_frames = -1,
        .max_maptrack_frames = -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };

    dom = ~0u;
    return xc_domain_create(xc, &dom, &config);
}

static int vcpus(void)
{
    return xc_domain_max_vcpus(xc, dom, 2);
}

static int max_mem(void)
{
    return xc_domain_setmaxmem(xc, dom, (RAM_SIZE >> 10) + 1024);
}

static int ports(void)
{
    int got = xc_evtchn_alloc_unbound(xc, dom, 0);

    if (got < 0)
        return got;
    port = (evtchn_port_t)got;
    return xc_evtchn_alloc_unbound(xc, dom, 0) < 0 ? -1 : 0;
}

static int mempool(void)
{
    return xc_set_paging_mempool_size(xc, dom, 4ull << 20);
}

static int populate(void)
{
    xen_pfn_t list[RAM_SIZE >> 21];

    for (size_t i = 0; i < ARRAY_SIZE(list); i++)
        list[i] = RAM_PFN + (i << ORDER_2M);
    return xc_domain_populate_physmap_exact(xc, dom, ARRAY_SIZE(list), ORDER_2M,
                                            0, list);
}

static uint32_t *map_page(void)
{
    xen_pfn_t pfn = RAM_PFN;

    return xenforeignmemory_map(memory, dom, PROT_READ | PROT_WRITE, 1, &pfn,
                                NULL);
}

static int load(void)
{
    uint32_t *page = map_page();

    if (!page)
        return -1;
    page[0] = SPIN;
    return xenforeignmemory_unmap(memory, page, 1) ||
           xc_domain_cacheflush(xc, dom, RAM_PFN, 1);
}

static int magic(void)
{
    xen_pfn_t list[4] = { MAGIC_PFN, MAGIC_PFN + 1, MAGIC_PFN + 2,
                          MAGIC_PFN + 3 };

    return xc_domain_populate_physmap_exact(xc, dom, ARRAY_SIZE(list), 0, 0,
                                            list) ||
           xc_clear_domain_page(xc, dom, MAGIC_PFN);
}

static int params(void)
{
    return xc_hvm_param_set(xc, dom, HVM_PARAM_STORE_PFN, MAGIC_PFN + 1) ||
           xc_hvm_param_set(xc, dom, HVM_PARAM_STORE_EVTCHN, port);
}

static int context(void)
{
    vcpu_guest_context_any_t any;

    memset(&any, 0, sizeof(any));
    any.c.user_regs.pc32 = RAM_PFN << 12;
    any.c.user_regs.cpsr = MODE_SVC;
    any.c.sctlr = 0x00c50078;
    any.c.flags = VGCF_online;
    return xc_vcpu_setcontext(xc, dom, 0, &any);
}

/* One page for us to map, as libxl does it for the console's. */
static int grant(void)
{
    grant_entry_v1_t *table;
    void *addr = NULL;
    xenforeignmemory_resource_handle *handle = xenforeignmemory_map_resource(
        memory, (domid_t)dom, XENMEM_resource_grant_table, 0, 0, 1, &addr,
        PROT_READ | PROT_WRITE, 0);

    if (!handle)
        return -1;
    table = addr;
    table[GRANT_REF].domid = 0;
    table[GRANT_REF].frame = RAM_PFN;
    table[GRANT_REF].flags = GTF_permit_access;
    return xenforeignmemory_unmap_resource(memory, handle);
}

static int unpause(void)
{
    int rc = xc_domain_unpause(xc, dom);

    usleep(20000);
    return rc;
}

static const struct step {
    const char *name;
    int (*run)(void);
} steps[] = {
    { "create", create },   { "vcpus", vcpus },     { "max_mem", max_mem },
    { "ports", ports },     { "mempool", mempool }, { "populate", populate },
    { "load", load },       { "magic", magic },     { "params", params },
    { "context", context }, { "grant", grant },     { "unpause", unpause },
};

/* 0 gone, 1 dying and still known, 2 alive. */
static int state(void)
{
    xc_dominfo_t info;

    if (xc_domain_getinfo(xc, dom, 1, &info) != 1 || info.domid != dom)
        return 0;
    return info.dying ? 1 : 2;
}

static bool wait_gone(void)
{
    for (int i = 0; i < 100 && state() != 0; i++)
        usleep(50000);
    return state() == 0;
}

static bool fail(const char *what)
{
    printf("%s: failed: %s\n", what, strerror(errno));
    return false;
}

static bool run_steps(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].run())
            return fail(steps[i].name);
    }
    return true;
}

static bool destroyed_after(size_t count)
{
    if (!run_steps(count))
        return false;
    if (xc_domain_destroy(xc, dom))
        return fail("destroy");
    if (!wait_gone())
        return fail("not gone");
    printf("step %zu %s: ok\n", count, steps[count - 1].name);
    return true;
}

/* Destroyed while all that two domains can share is shared with us. */
static bool destroyed_in_use(void)
{
    xengnttab_handle *grants = xengnttab_open(NULL, 0);
    xenevtchn_handle *events = xenevtchn_open(NULL, 0);
    uint32_t *page, *granted;
    bool ok;

    if (!grants || !events || !run_steps(ARRAY_SIZE(steps)))
        return fail("in use");
    page = map_page();
    granted = xengnttab_map_grant_ref(grants, dom, GRANT_REF,
                                      PROT_READ | PROT_WRITE);
    if (!page || !granted || xenevtchn_bind_interdomain(events, dom, port) < 0)
        return fail("sharing");
    granted[1] = 42;
    if (xc_domain_destroy(xc, dom))
        return fail("destroy in use");

    /* Both still show the page; the domain is dying as long as they do. */
    granted[2] = page[1] + 1;
    ok = state() == 1 && page[0] == SPIN && page[2] == 43;
    if (xengnttab_unmap(grants, granted, 1))
        return fail("unmap the grant");
    usleep(100000);
    ok = ok && state() == 1 && page[2] == 43;
    if (xenforeignmemory_unmap(memory, page, 1))
        return fail("unmap the page");
    if (!wait_gone() || !ok)
        return fail("a dying domain's page");
    xenevtchn_close(events);
    xengnttab_close(grants);
    printf("step in use: ok\n");
    return true;
}

static int give_virq(char **arg)
{
    int rc = xc_domain_set_virq_handler(xc, (uint32_t)atoi(arg[0]),
                                        atoi(arg[1]));

    printf("virq: %s\n", rc ? strerror(errno) : "ok");
    return 0;
}

int main(int argc, char **argv)
{
    xc = xc_interface_open(NULL, NULL, 0);
    memory = xenforeignmemory_open(NULL, 0);
    if (!xc || !memory) {
        fail("open");
        return 1;
    }
    if (argc == 4 && strcmp(argv[1], "virq") == 0)
        return give_virq(argv + 2);

    for (size_t i = 1; i <= ARRAY_SIZE(steps); i++) {
        if (!destroyed_after(i))
            return 1;
    }
    if (!destroyed_in_use())
        return 1;
    printf("steps: ok\n");
    return 0;
}
