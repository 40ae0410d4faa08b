/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the store domain from domain 0 and hands domain 0's own store over to
 * it, for hypervisors that do not make it at boot. It has to run before
 * anything in domain 0 has used the store: from then on Linux keeps the one
 * it has.
 *
 * Order: the domain, before /dev/xen/xenbus_backend is told its id; that
 * before its command line, which names the port that it answers with; the
 * VIRQ before it runs and binds it.
 *
 * Source: virq-xenstore.md 2.1, 2.3 (path A), 2.5; Linux 6.1
 *         include/xen/xenbus_dev.h, drivers/xen/xenbus/xenbus_dev_backend.c.
 * Layer:  tool.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <libfdt.h>

#include <xen/hvm/params.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "image.h"

#define IMAGE   "/usr/lib/xen/boot/xenstore-stubdom"
#define BACKEND "/dev/xen/xenbus_backend"
#define SETUP   _IOC(_IOC_NONE, 'B', 1, 0)

#define PAGE      4096u
#define BLOCK_LOG 9u /* pages of 2 MiB */
#define GRANTS    0x38000000u
/* In the last page; the one before it is the console's. */
#define TREE_SIZE PAGE
#define TAIL_SIZE (2 * PAGE)

struct plan {
    xc_interface *xch;
    const char *path, *args;
    struct store_image image;
    uint32_t domid, mem; /* mem: MiB */
    int port;            /* of domain 0 */
    evtchn_port_t console;
};

static int failed(const char *what)
{
    fprintf(stderr, "init-xenstore-domain: %s: %s\n", what, strerror(errno));
    return -1;
}

static int refuse(const char *why)
{
    fprintf(stderr, "init-xenstore-domain: %s\n", why);
    return -1;
}

/* Is @path open in process @pid? */
static int has_open(const char *pid, const char *path)
{
    char folder[64], link[320], target[256];
    struct dirent *entry;
    DIR *d;
    ssize_t len;
    int found = 0;

    snprintf(folder, sizeof(folder), "/proc/%.20s/fd", pid);
    d = opendir(folder);
    while (d && !found && (entry = readdir(d))) {
        snprintf(link, sizeof(link), "%s/%s", folder, entry->d_name);
        len = readlink(link, target, sizeof(target) - 1);
        if (len > 0) {
            target[len] = '\0';
            found = strcmp(target, path) == 0;
        }
    }
    if (d)
        closedir(d);
    return found;
}

/*
 * One early request would make SETUP wait for ever, and nothing could end it
 * (virq-xenstore.md 0.10). Who has the device open may have sent one.
 */
static int nobody_uses_store(void)
{
    static const char *const paths[] = { "/dev/xen/xenbus", "/proc/xen/xenbus",
                                         "/dev/xen/xenstored" };
    struct dirent *entry;
    DIR *d = opendir("/proc");
    int rc = 0;

    while (d && (entry = readdir(d))) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
            continue;
        for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
            char name[64], text[64] = "?";
            FILE *f;

            if (!has_open(entry->d_name, paths[i]))
                continue;
            snprintf(name, sizeof(name), "/proc/%.20s/comm", entry->d_name);
            f = fopen(name, "r");
            if (f && fgets(text, sizeof(text), f))
                text[strcspn(text, "\n")] = '\0';
            if (f)
                fclose(f);
            fprintf(stderr,
                    "init-xenstore-domain: process %s (%s) uses the store by "
                    "%s already: end it, and run this before it\n",
                    entry->d_name, text, paths[i]);
            rc = -1;
        }
    }
    if (d)
        closedir(d);
    if (access("/run/xenstored/socket", F_OK) == 0)
        rc = refuse("a xenstored of domain 0 is or was here "
                    "(/run/xenstored/socket): do not start it, or remove "
                    "the socket that it left");
    return rc;
}

static int no_other(xc_interface *xch)
{
    xc_dominfo_t info;
    uint32_t next = 1;

    while (xc_domain_getinfo(xch, next, 1, &info) == 1) {
        if (info.xenstore) {
            fprintf(stderr,
                    "init-xenstore-domain: domain %u has the store already\n",
                    info.domid);
            return -1;
        }
        next = info.domid + 1;
    }
    return 0;
}

static int create(struct plan *p)
{
    struct xen_domctl_createdomain config = {
        .flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap |
                 XEN_DOMCTL_CDF_xs_domain,
        .max_vcpus = 1,
        .max_evtchn_port = 4095,
        .max_grant_frames = 4,
        .max_maptrack_frames = 8,
        .grant_opts = 1,
    };

    if (xc_domain_create(p->xch, &p->domid, &config)) {
        /* Xen on ARM does not know the flag: then it is one like others. */
        config.flags &= ~XEN_DOMCTL_CDF_xs_domain;
        if (errno != EINVAL || xc_domain_create(p->xch, &p->domid, &config))
            return failed("the domain cannot be created");
        fputs("init-xenstore-domain: this hypervisor has no store domains: "
              "guests need its option xsm=dummy\n",
              stderr);
    }
    if (xc_set_paging_mempool_size(p->xch, p->domid, 1u << 20) ||
        xc_domain_max_vcpus(p->xch, p->domid, 1) ||
        xc_domain_setmaxmem(p->xch, p->domid, p->mem * 1024u))
        return failed("the domain cannot be given memory");
    return 0;
}

static uint32_t console_of(const struct plan *p)
{
    return (STORE_RAM + (p->mem << 20) - TAIL_SIZE) / PAGE;
}

static int populate(struct plan *p)
{
    for (uint32_t mib = 0; mib < p->mem; mib += 2) {
        xen_pfn_t gfn = (STORE_RAM + (mib << 20)) / PAGE;

        if (xc_domain_populate_physmap_exact(p->xch, p->domid, 1, BLOCK_LOG, 0,
                                             &gfn))
            return failed("no memory for the domain: balloon domain 0 down or "
                          "use a smaller -m");
    }
    return xc_clear_domain_page(p->xch, p->domid, console_of(p))
               ? failed("its console cannot be cleared")
               : 0;
}

static int join(struct plan *p)
{
    int fd = open(BACKEND, O_RDWR);
    xc_evtchn_port_or_error_t console;

    if (fd < 0)
        return failed(BACKEND);
    p->port = ioctl(fd, SETUP, (unsigned long)p->domid);
    close(fd);
    if (p->port < 0 && errno == EEXIST)
        return refuse("domain 0 has a store that has answered: after that it "
                      "keeps it until the next boot");
    if (p->port < 0)
        return failed(BACKEND ": domain 0's store cannot be handed over");

    console = xc_evtchn_alloc_unbound(p->xch, p->domid, 0);
    if (console < 0)
        return failed("no port for its console");
    p->console = (evtchn_port_t)console;
    if (xc_hvm_param_set(p->xch, p->domid, HVM_PARAM_CONSOLE_PFN,
                         console_of(p)) ||
        xc_hvm_param_set(p->xch, p->domid, HVM_PARAM_CONSOLE_EVTCHN,
                         p->console) ||
        xc_dom_gnttab_seed(p->xch, p->domid, true, console_of(p), ~(xen_pfn_t)0,
                           0, ~0u))
        return failed("its console cannot be set up");
    if (xc_domain_set_virq_handler(p->xch, p->domid, VIRQ_DOM_EXC))
        return failed("VIRQ_DOM_EXC cannot be delegated to it");
    return 0;
}

/* Each call of libfdt only fails for want of room, so one check is enough. */
static int make_tree(const struct plan *p, char *fdt)
{
    const fdt32_t memory[] = { cpu_to_fdt32(STORE_RAM),
                               cpu_to_fdt32(p->mem << 20) };
    const fdt32_t grants[] = { cpu_to_fdt32(GRANTS), cpu_to_fdt32(0x1000000) };
    char args[512];
    int rc, node;

    snprintf(args, sizeof(args), "domid=%u dom0=0 event=%d seed=%u %s",
             p->domid, p->port, (unsigned int)random(), p->args);
    rc = fdt_create_empty_tree(fdt, TREE_SIZE);
    rc |= fdt_setprop_u32(fdt, 0, "#address-cells", 1);
    rc |= fdt_setprop_u32(fdt, 0, "#size-cells", 1);
    node = fdt_add_subnode(fdt, 0, "hypervisor");
    rc |= fdt_setprop_string(fdt, node, "compatible", "xen,xen");
    rc |= fdt_setprop(fdt, node, "reg", grants, sizeof(grants));
    node = fdt_add_subnode(fdt, 0, "memory@40000000");
    rc |= fdt_setprop_string(fdt, node, "device_type", "memory");
    rc |= fdt_setprop(fdt, node, "reg", memory, sizeof(memory));
    node = fdt_add_subnode(fdt, 0, "chosen");
    rc |= fdt_setprop_string(fdt, node, "bootargs", args);
    return rc ? refuse("its device tree has no room: use a shorter -a") : 0;
}

/* All that can fail for want of something, before domain 0 depends on it. */
static int load(struct plan *p)
{
    static char fdt[TREE_SIZE] __attribute__((aligned(8)));

    return make_tree(p, fdt) || store_image_load(p->xch, p->domid, &p->image)
               ? -1
               : 0;
}

static int start(struct plan *p)
{
    static char fdt[TREE_SIZE] __attribute__((aligned(8)));
    uint32_t tree = STORE_RAM + (p->mem << 20) - TREE_SIZE;

    if (make_tree(p, fdt))
        return -1;
    if (xc_copy_to_domain_page(p->xch, p->domid, tree / PAGE, fdt) ||
        xc_domain_cacheflush(p->xch, p->domid, tree / PAGE, 1))
        return failed("its device tree cannot be written");
    if (store_image_enter(p->xch, p->domid, tree))
        return -1;
    return xc_domain_unpause(p->xch, p->domid) ? failed("it cannot be started")
                                               : 0;
}

static int run(struct plan *p)
{
    p->xch = xc_interface_open(NULL, NULL, 0);
    if (!p->xch)
        return failed("no access to Xen: run it as root in domain 0");
    if (nobody_uses_store() || no_other(p->xch) ||
        store_image_read(p->path, &p->image) || create(p))
        return -1;
    if (populate(p) || load(p) || join(p) || start(p)) {
        xc_domain_destroy(p->xch, p->domid);
        return -1;
    }
    printf("domid:%u\n", p->domid);
    return 0;
}

/* For the start-up files of both stores: 0, 1 (one is there) or 2. */
static int check(void)
{
    xc_interface *xch = xc_interface_open(NULL, NULL, 0);

    if (!xch) {
        failed("no access to Xen: run it as root in domain 0");
        return 2;
    }
    return no_other(xch) ? 1 : 0;
}

static int usage(FILE *to)
{
    fprintf(to, "usage: init-xenstore-domain [-c] [-i IMAGE] [-m MIB] "
                "[-d DOMID] [-a ARGS]\n"
                "  -c  only tell whether one is wanted: ends with 1 when a\n"
                "      domain has the store, with 0 when none has it\n"
                "  -i  image (default: " IMAGE ")\n"
                "  -m  memory, even, 2 to 64 (default: 8)\n"
                "  -d  the domain's id (default: the next one)\n"
                "  -a  for the store: guests=N nodes=N bytes=N watches=N\n");
    return to == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct plan p = { .path = IMAGE, .args = "", .mem = 8 };
    int opt;

    while ((opt = getopt(argc, argv, "ci:m:d:a:h")) != -1) {
        switch (opt) {
        case 'c':
            return check();
        case 'i':
            p.path = optarg;
            break;
        case 'm':
            p.mem = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'd':
            p.domid = (uint32_t)strtoul(optarg, NULL, 10);
            break;
        case 'a':
            p.args = optarg;
            break;
        case 'h':
            return usage(stdout);
        default:
            return usage(stderr);
        }
    }
    if (optind != argc || p.mem < 2 || p.mem > 64 || p.mem % 2)
        return usage(stderr);
    srandom((unsigned int)getpid() ^ (unsigned int)clock());
    return run(&p) ? 1 : 0;
}
