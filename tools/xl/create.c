/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes a domain of a configuration.
 *
 * The order: the domain, its first nodes in the store, vCPUs, memory, the
 * ports of store and console, the image, the nodes that need to know where
 * things are, the store's introduction, devices. Whoever fails leaves it to
 * domain_create() to undo all.
 *
 * Source: interface.md 6.1; the nodes are those that Xen 4.17's tools leave
 *         for a guest. Layer: tool.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <xenguest.h>

#include "nodes.h"
#include "userdata.h"
#include "xl.h"

#define LOCK          "/run/xl-create.lock"
#define CONSOLE_LIMIT "1048576"
#define SLACK_KIB     1024 /* beside its RAM: the magic pages and more */
#define SPI_FIRST     32u

struct build {
    struct xl *x;
    struct config *c;
    uint32_t domid, store_domid;
    int store_port, console_port;
    evtchn_port_t vuart_port;
    struct xc_dom_image *dom;
};

/* ---- before anything is there ---- */

static int name_is_free(struct xl *x, const char *name)
{
    uint32_t other;

    if (!domain_find(x, name, &other))
        return 0;
    return refuse(x,
                  "domain %u has the name \"%s\" already: 'xl destroy %s' "
                  "ends it, 'xl rename' gives it another one",
                  other, name, name);
}

static int readable(struct xl *x, const char *path, const char *remedy)
{
    if (!path || access(path, R_OK) == 0)
        return 0;
    return fail(x, NO_DOMAIN, path, remedy);
}

/* What the configuration names is there; scripts have targets of their own. */
static int files_are_there(struct xl *x, const struct config *c)
{
    if (readable(x, c->kernel, "check kernel=") ||
        readable(x, c->ramdisk, "check ramdisk="))
        return -1;
    for (unsigned int i = 0; i < c->nr_disks; i++)
        if (!c->disks[i].script &&
            readable(x, c->disks[i].target, "check disk="))
            return -1;
    return 0;
}

static int pool_id(struct xl *x, const char *name, uint32_t *id)
{
    char path[64], *text;
    xc_cpupoolinfo_t *pool;
    uint32_t next = 0;
    bool found = false;

    *id = 0;
    if (!name)
        return 0;
    while (!found && (pool = xc_cpupool_getinfo(x->xch, next))) {
        *id = pool->cpupool_id;
        next = *id + 1;
        xc_cpupool_infofree(x->xch, pool);
        snprintf(path, sizeof(path), "/local/pool/%u/name", *id);
        text = xs_read(x->xs, XBT_NULL, path, NULL);
        found = text ? strcmp(text, name) == 0
                     : !*id && !strcmp(name, "Pool-0");
        free(text);
    }
    if (found)
        return 0;
    return refuse(x, "there is no pool \"%s\": 'xl cpupool-list' shows them",
                  name);
}

static void make_uuid(struct config *c)
{
    if (c->has_uuid)
        return;
    if (getrandom(c->uuid, 16, 0) != 16)
        for (unsigned int i = 0; i < 16; i++)
            c->uuid[i] = (uint8_t)((clock() ^ getpid()) >> i % 8);
    c->uuid[6] = (uint8_t)((c->uuid[6] & 0x0f) | 0x40); /* RFC 4122 4.4 */
    c->uuid[8] = (uint8_t)((c->uuid[8] & 0x3f) | 0x80);
    c->has_uuid = true;
}

static uint32_t store_domid(struct xl *x)
{
    char *text = xs_read(x->xs, XBT_NULL, "/tool/xenstored/domid", NULL);
    uint32_t id = text ? (uint32_t)strtoul(text, NULL, 10) : 0;

    free(text);
    return id;
}

/* ---- the domain ---- */

static int make_domain(struct build *b)
{
    struct config *c = b->c;
    uint32_t spis = c->vuart ? 1 : 0;
    struct xen_domctl_createdomain create = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        .max_vcpus = (uint32_t)c->maxvcpus,
        .max_evtchn_port = (uint32_t)c->event_channels,
        .max_grant_frames = (int32_t)c->grant_frames,
        .max_maptrack_frames = (int32_t)c->maptrack_frames,
        .grant_opts = 1,
    };

    for (unsigned int i = 0; i < c->nr_irqs; i++)
        if (c->irqs[i] - SPI_FIRST + 1 > spis)
            spis = c->irqs[i] - SPI_FIRST + 1;
    create.arch.nr_spis = spis;
    memcpy(create.handle, c->uuid, sizeof(create.handle));
    if (pool_id(b->x, c->pool, &create.cpupool_id))
        return -1;
    b->domid = 0;
    if (xc_domain_create(b->x->xch, &b->domid, &create)) {
        b->domid = NO_DOMAIN;
        return fail(b->x, NO_DOMAIN, "xc_domain_create", NULL);
    }
    return 0;
}

/* What the guest and others may look for, before there is a guest. */
static void first_nodes(struct build *b, struct nodes *n)
{
    static const char *const own[] = {
        "control/shutdown",
        "control/feature-poweroff",
        "control/feature-reboot",
        "control/feature-suspend",
        "control/sysrq",
        "device/suspend/event-channel",
        "data",
        "drivers",
        "feature",
        "attr",
        "error",
    };
    char uuid[UUID_TEXT], vm[64], now[32];
    struct timeval tv;
    uint32_t d = b->domid;

    uuid_text(b->c->uuid, uuid);
    snprintf(vm, sizeof(vm), "/vm/%s", uuid);
    gettimeofday(&tv, NULL);
    snprintf(now, sizeof(now), "%lld.%02ld", (long long)tv.tv_sec,
             (long)tv.tv_usec / 10000);
    node_new(n, NODE_READ, "/local/domain/%u", d);
    node_new(n, NODE_OURS, "/libxl/%u", d);
    node(n, NODE_READ, "", "%s", vm);
    node(n, NODE_READ, b->c->name, "%s/name", vm);
    node(n, NODE_READ, uuid, "%s/uuid", vm);
    node(n, NODE_READ, now, "%s/start_time", vm);
    node(n, NODE_READ, vm, "/local/domain/%u/vm", d);
    node(n, NODE_READ, b->c->name, "/local/domain/%u/name", d);
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
        node(n, NODE_GUEST, "", "/local/domain/%u/%s", d, own[i]);
    node(n, NODE_READ, "1",
         "/local/domain/%u/control/platform-feature-multiprocessor-suspend", d);
    node(n, NODE_READ, "1",
         "/local/domain/%u/control/platform-feature-xs_reset_watches", d);
    for (long i = 0; i < b->c->maxvcpus; i++)
        node(n, NODE_READ, i < b->c->vcpus ? "online" : "offline",
             "/local/domain/%u/cpu/%ld/availability", d, i);
    /* What it starts with: balloon drivers take the difference to target. */
    node_number(n, NODE_READ, b->c->memory * 1024ll,
                "/local/domain/%u/memory/static-max", d);
    node_number(n, NODE_READ, b->c->memory * 1024ll,
                "/local/domain/%u/memory/target", d);
    node(n, NODE_READ, "0", "/local/domain/%u/memory/videoram", d);
    node_number(n, NODE_READ, d, "/local/domain/%u/domid", d);
    node(n, NODE_OURS, "pvh", "/libxl/%u/type", d);
}

/* A console: the back-end is xenconsoled. @dir: below /local/domain/ID. */
static void console_nodes(struct build *b, struct nodes *n, const char *kind,
                          const char *dir, long long port, xen_pfn_t frame)
{
    uint32_t d = b->domid;
    char back[64], front[64];

    snprintf(back, sizeof(back), "/local/domain/0/backend/%s/%u/0", kind, d);
    snprintf(front, sizeof(front), "/local/domain/%u/%s", d, dir);
    node_new(n, NODE_READ, "%s", back);
    node(n, NODE_READ, front, "%s/frontend", back);
    node_number(n, NODE_READ, d, "%s/frontend-id", back);
    node(n, NODE_READ, "1", "%s/online", back);
    node(n, NODE_READ, "1", "%s/state", back);
    node(n, NODE_READ, "vt100", "%s/protocol", back);
    node(n, NODE_READ, back, "%s/backend", front);
    node(n, NODE_SHARED, "0", "%s/backend-id", front);
    node(n, NODE_READ, CONSOLE_LIMIT, "%s/limit", front);
    node(n, NODE_READ, "xenconsoled", "%s/type", front);
    node(n, NODE_READ, "pty", "%s/output", front);
    node(n, NODE_READ, "", "%s/tty", front);
    node_number(n, NODE_READ, port, "%s/port", front);
    node_number(n, NODE_READ, (long long)frame, "%s/ring-ref", front);
    node(n, NODE_OURS, front, "/libxl/%u/device/%s/0/frontend", d, kind);
    node(n, NODE_OURS, back, "/libxl/%u/device/%s/0/backend", d, kind);
}

static void last_nodes(struct build *b, struct nodes *n)
{
    node_below(n, NODE_READ, "/local/domain/%u", b->domid);
    node_below(n, NODE_OURS, "/libxl/%u", b->domid);
    node_number(n, NODE_READ, b->store_port, "/local/domain/%u/store/port",
                b->domid);
    node_number(n, NODE_READ, (long long)b->dom->xenstore_pfn,
                "/local/domain/%u/store/ring-ref", b->domid);
    if (b->c->vuart)
        console_nodes(b, n, "vuart", "vuart/0", b->vuart_port,
                      b->dom->vuart_gfn);
    console_nodes(b, n, "console", "console", b->console_port,
                  b->dom->console_pfn);
}

static int write_nodes(struct build *b,
                       void (*what)(struct build *, struct nodes *))
{
    struct nodes n;
    int rc;

    nodes_begin(&n, b->x, b->domid);
    do {
        nodes_start(&n);
        what(b, &n);
        rc = nodes_end(&n);
    } while (rc == NODES_AGAIN);
    return rc;
}

/* ---- vCPUs and memory ---- */

static int pin(struct build *b, struct cpus *set, uint32_t flag)
{
    int size = xc_get_cpumap_size(b->x->xch);
    xc_cpumap_t map;
    int rc = 0;

    if (set->any)
        return 0;
    map = xc_cpumap_alloc(b->x->xch);
    if (!map)
        return fail(b->x, b->domid, "xc_cpumap_alloc", NULL);
    for (int i = 0; i < b->c->maxvcpus && !rc; i++) {
        memset(map, 0, (size_t)size);
        for (int cpu = 0; cpu < size * 8 && cpu < (int)MAX_CPUS; cpu++)
            if (set->map[cpu / 8] >> cpu % 8 & 1)
                xc_cpumap_setcpu(cpu, map);
        rc = xc_vcpu_setaffinity(
            b->x->xch, b->domid, i, flag == XEN_VCPUAFFINITY_HARD ? map : NULL,
            flag == XEN_VCPUAFFINITY_SOFT ? map : NULL, flag);
    }
    if (rc)
        fail(b->x, b->domid, "xc_vcpu_setaffinity",
             "cpus= has no CPU of the domain's pool: see 'xl info' and 'xl "
             "cpupool-list -c'");
    free(map);
    return rc;
}

static int vcpus_and_memory(struct build *b)
{
    struct config *c = b->c;
    xc_interface *xch = b->x->xch;
    uint64_t pages = 256ull * (uint64_t)c->maxvcpus + (uint64_t)c->maxmem + 128;

    if (xc_domain_max_vcpus(xch, b->domid, (unsigned int)c->maxvcpus))
        return fail(b->x, b->domid, "xc_domain_max_vcpus",
                    "use a smaller maxvcpus=");
    if (pin(b, &c->cpus, XEN_VCPUAFFINITY_HARD) ||
        pin(b, &c->cpus_soft, XEN_VCPUAFFINITY_SOFT))
        return -1;
    if (xc_domain_setmaxmem(xch, b->domid,
                            (uint64_t)c->maxmem * 1024 + SLACK_KIB))
        return fail(b->x, b->domid, "xc_domain_setmaxmem", NULL);
    if (xc_set_paging_mempool_size(xch, b->domid, pages * XC_PAGE_SIZE))
        return fail(b->x, b->domid, "xc_set_paging_mempool_size", NULL);
    b->store_port = xc_evtchn_alloc_unbound(xch, b->domid, b->store_domid);
    b->console_port = xc_evtchn_alloc_unbound(xch, b->domid, 0);
    if (b->store_port < 0 || b->console_port < 0)
        return fail(b->x, b->domid, "xc_evtchn_alloc_unbound", NULL);
    return 0;
}

static int weight(struct build *b)
{
    struct xen_domctl_sched_credit s;

    if (b->c->weight == 0 && b->c->cap == 0)
        return 0;
    if (xc_sched_credit_domain_get(b->x->xch, b->domid, &s))
        return fail(b->x, b->domid, "xc_sched_credit_domain_get",
                    "cpu_weight= and cap= are of the scheduler credit: leave "
                    "them out");
    s.weight = b->c->weight ? (uint16_t)b->c->weight : s.weight;
    s.cap = (uint16_t)b->c->cap;
    if (xc_sched_credit_domain_set(b->x->xch, b->domid, &s))
        return fail(b->x, b->domid, "xc_sched_credit_domain_set",
                    "cpu_weight= is 1 to 65535, cap= 0 to 100 per vCPU");
    return 0;
}

/* ---- the image ---- */

static int open_image(struct build *b)
{
    struct config *c = b->c;

    b->dom = xc_dom_allocate(b->x->xch, c->cmdline ? c->cmdline : "", NULL);
    if (!b->dom)
        return fail(b->x, b->domid, "xc_dom_allocate", NULL);
    b->dom->console_evtchn = (unsigned int)b->console_port;
    b->dom->xenstore_evtchn = (unsigned int)b->store_port;
    b->dom->console_domid = 0;
    b->dom->xenstore_domid = b->store_domid;
    b->dom->max_vcpus = (unsigned int)c->maxvcpus;
    if (xc_dom_kernel_file(b->dom, c->kernel) ||
        (c->ramdisk && xc_dom_module_file(b->dom, c->ramdisk, NULL)))
        return fail(b->x, b->domid, "reading the kernel or the ramdisk",
                    "check kernel= and ramdisk=");
    return 0;
}

static int build_image(struct build *b)
{
    struct xc_dom_devicetree with = { .vuart = b->c->vuart };
    struct xc_dom_image *dom = b->dom;
    const char *call = "xc_dom_boot_xen_init";

    if (xc_dom_boot_xen_init(dom, b->x->xch, b->domid) ||
        xc_dom_rambase_init(dom, GUEST_RAM_BASE))
        goto failed;
    call = "xc_dom_parse_image";
    if (xc_dom_parse_image(dom))
        goto failed;
    call = "xc_dom_mem_init";
    if (xc_dom_mem_init(dom, (unsigned int)b->c->memory))
        goto failed;
    call = "xc_dom_devicetree_make";
    if (xc_dom_devicetree_make(dom, &with))
        goto failed;
    call = "xc_dom_boot_mem_init";
    if (xc_dom_boot_mem_init(dom))
        goto failed;
    call = "xc_dom_build_image";
    if (xc_dom_build_image(dom) || xc_dom_boot_image(dom))
        goto failed;
    call = "xc_dom_gnttab_init";
    if (xc_dom_gnttab_init(dom))
        goto failed;
    call = "xc_dom_vuart_init";
    if (b->c->vuart &&
        xc_dom_vuart_init(b->x->xch, XEN_DOMCTL_VUART_TYPE_VPL011, b->domid, 0,
                          dom->vuart_gfn, &b->vuart_port))
        goto failed;
    return 0;
failed:
    return fail(b->x, b->domid, call, NULL);
}

/* ---- devices of the host ---- */

static int map_registers(struct build *b, const struct iomem *m)
{
    xc_interface *xch = b->x->xch;

    if (xc_domain_iomem_permission(xch, b->domid, (unsigned long)m->mfn,
                                   (unsigned long)m->pages, 1))
        return fail(b->x, b->domid, "xc_domain_iomem_permission",
                    "iomem= names registers that the hypervisor or domain 0 "
                    "uses: their node wants the property xen,passthrough");
    /* The hypervisor takes 64 at a time. */
    for (uint64_t done = 0; done < m->pages; done += 64) {
        uint64_t nr = m->pages - done < 64 ? m->pages - done : 64;

        if (xc_domain_memory_mapping(xch, b->domid,
                                     (unsigned long)(m->gfn + done),
                                     (unsigned long)(m->mfn + done),
                                     (unsigned long)nr, DPCI_ADD_MAPPING))
            return fail(b->x, b->domid, "xc_domain_memory_mapping",
                        "iomem= is no register, or its place in the guest is "
                        "in use: give it another one, \"FRAME,PAGES@FRAME\"");
    }
    return 0;
}

static int host_devices(struct build *b)
{
    for (unsigned int i = 0; i < b->c->nr_iomem; i++)
        if (map_registers(b, &b->c->iomem[i]))
            return -1;
    for (unsigned int i = 0; i < b->c->nr_irqs; i++) {
        uint32_t irq = b->c->irqs[i];

        if (xc_domain_irq_permission(b->x->xch, b->domid, irq, true))
            return fail(b->x, b->domid, "xc_domain_irq_permission",
                        "irqs= names an interrupt that the hypervisor uses");
        if (xc_domain_bind_pt_spi_irq(b->x->xch, b->domid, (uint16_t)irq,
                                      (uint16_t)irq))
            return fail(b->x, b->domid, "xc_domain_bind_pt_spi_irq",
                        "irqs= names an interrupt that a domain has: its node "
                        "wants the property xen,passthrough");
    }
    return 0;
}

/* ---- all of it ---- */

static int build(struct build *b)
{
    if (make_domain(b) || write_nodes(b, first_nodes) || vcpus_and_memory(b) ||
        open_image(b) || build_image(b) || host_devices(b) || weight(b) ||
        write_nodes(b, last_nodes))
        return -1;
    if (!xs_introduce_domain(b->x->xs, b->domid,
                             (unsigned long)b->dom->xenstore_pfn,
                             (unsigned int)b->store_port))
        return fail(b->x, b->domid, "xs_introduce_domain",
                    "is the store's domain or daemon still there?");
    if (devices_add(b->x, b->c, b->domid))
        return -1;
    return userdata_write(b->x, b->domid, b->c);
}

/* One at a time, or two could find the same name free. */
static int take_turn(void)
{
    int fd = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
        ;
    return fd;
}

static int create(struct xl *x, struct config *c, uint32_t *domid)
{
    struct build b = { .x = x, .c = c, .domid = NO_DOMAIN };
    int rc;

    if (name_is_free(x, c->name) || files_are_there(x, c))
        return -1;
    make_uuid(c);
    b.store_domid = store_domid(x);
    rc = build(&b);
    xc_dom_release(b.dom);
    if (rc && b.domid != NO_DOMAIN)
        domain_destroy(x, b.domid);
    *domid = b.domid;
    return rc;
}

int domain_create(struct xl *x, struct config *c, uint32_t *domid)
{
    int turn = take_turn(), rc;

    if (turn < 0)
        return fail(x, NO_DOMAIN, LOCK, NULL);
    rc = create(x, c, domid);
    close(turn);
    return rc;
}
