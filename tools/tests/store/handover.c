/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Domain 0's store, handed over to another domain; cases 26 to 31 of
 * docs/reference/virq-xenstore.md 5.2.
 *
 *     handover before TOOL IMAGE    26, 27, 30: nothing has used the store,
 *                                   TOOL is init-xenstore-domain
 *     handover first                29: what the kernel has asked for
 *     handover after                28: somebody serves it
 *     handover silo                 31: the hypervisor keeps domains apart
 *     handover crash DOMID          stops a guest as a crash
 *
 * Source: Linux include/xen/xenbus_dev.h (the device's calls),
 *         drivers/xen/xenfs/xenstored.c (the kernel's ring).
 * Layer:  test, domain 0's user space.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "client.h"

#include <xen/event_channel.h>
#include <xen/grant_table.h>

#define BACKEND "/dev/xen/xenbus_backend"
#define EVTCHN  _IOC(_IOC_NONE, 'B', 0, 0)
#define SETUP   _IOC(_IOC_NONE, 'B', 1, 0)

#define HOLE PUPPET_PAGE(PUPPET_HOLE)

/* A port of domain @domid: EVTCHNSTAT_*, and who may bind it or has. */
static int port_state(uint32_t domid, int port, uint32_t *remote)
{
    xc_evtchn_status_t st = { .dom = (domid_t)domid,
                              .port = (evtchn_port_t)port };

    *remote = ~0u;
    if (xc_evtchn_status(puppet_xc, &st))
        return -errno;
    if (st.status == EVTCHNSTAT_unbound)
        *remote = st.u.unbound.dom;
    if (st.status == EVTCHNSTAT_interdomain)
        *remote = st.u.interdomain.dom;
    return (int)st.status;
}

static void waits_for(int port, uint32_t domid)
{
    uint32_t remote;

    CHECK(port >= 1);
    CHECK(port_state(DOMID_SELF, port, &remote) == EVTCHNSTAT_unbound);
    CHECK(remote == domid);
}

/* --- before -------------------------------------------------------------- */

/* Entry 1 grants the kernel's own ring to S, and to nobody else. */
static void ring_is_granted(struct puppet *s, struct puppet *other)
{
    int fd = open("/proc/xen/xsd_kva", O_RDWR);
    volatile uint32_t *ring = MAP_FAILED;

    CHECK(puppet_map(other, 0, GNTTAB_RESERVED_XENSTORE) < 0);
    CHECK(puppet_map(s, 0, GNTTAB_RESERVED_XENSTORE) == GNTST_okay);
    if (CHECK(fd >= 0))
        ring = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED(ring != MAP_FAILED);
    CHECK(ring[RING_REQ_PROD] == 0 && ring[RING_RSP_PROD] == 0);
    CHECK(ring[RING_FEATURES] == 0);
    /* What S writes is what the kernel sees. */
    puppet_set(s, HOLE + 4 * RING_FEATURES, 0x50);
    CHECK(ring[RING_FEATURES] == 0x50);
    ring[RING_FEATURES] = 0;
    CHECK(puppet_read(s, HOLE + 4 * RING_FEATURES) == 0);
    munmap((void *)ring, 4096);
    close(fd);
}

static void cases_26_27(void)
{
    struct puppet *s = puppet_new(0, 0, 0), *other = puppet_new(0, 0, 0);
    int fd = open(BACKEND, O_RDWR), first, second;
    uint32_t remote;

    NEED(s && other);
    CHECK(fd >= 0);
    CHECK(ioctl(fd, EVTCHN, 0) == 1);
    first = ioctl(fd, SETUP, (unsigned long)s->domid);
    waits_for(first, s->domid);
    ring_is_granted(s, other);
    printf("case 26: %u failed\n", failures);

    second = ioctl(fd, SETUP, (unsigned long)s->domid);
    waits_for(second, s->domid);
    CHECK(second != first);
    CHECK(port_state(DOMID_SELF, first, &remote) == EVTCHNSTAT_closed);
    printf("case 27: %u failed\n", failures);
    close(fd);
    puppet_end(other);
    puppet_end(s);
}

/* The tool's exit code and, in @text, what it says. */
static int run(const char *tool, const char *image, char *text, size_t size)
{
    char command[256];
    size_t len;
    FILE *f;

    snprintf(command, sizeof(command), "%s -i %s 2>&1", tool, image);
    f = popen(command, "r");
    NEED(f != NULL);
    len = fread(text, 1, size - 1, f);
    text[len] = '\0';
    return WEXITSTATUS(pclose(f));
}

static void case_30(const char *tool, const char *image)
{
    struct puppet *one = puppet_new(0, XEN_DOMCTL_CDF_xs_domain, 0), *two;
    struct puppet *plain = puppet_new(0, 0, 0);
    char text[1000], want[80];
    xc_dominfo_t info;

    NEED(one && plain);
    CHECK(xc_domain_getinfo(puppet_xc, one->domid, 1, &info) == 1 &&
          info.domid == one->domid && info.xenstore);
    CHECK(xc_domain_getinfo(puppet_xc, plain->domid, 1, &info) == 1 &&
          info.domid == plain->domid && !info.xenstore);
    two = puppet_new(0, XEN_DOMCTL_CDF_xs_domain, 0);
    NEED(two != NULL);
    snprintf(want, sizeof(want), "domain %u has the store already", one->domid);
    CHECK(run(tool, image, text, sizeof(text)) == 1);
    if (!CHECK(strstr(text, want)))
        printf("it says: %s\n", text);
    puppet_end(two);
    puppet_end(one);
    puppet_end(plain);
    printf("case 30: %u failed\n", failures);
}

/* --- after --------------------------------------------------------------- */

/* What the kernel has written to where it stands, on its own account. */
static void case_29(void)
{
    static const char *const names[] = { "feature-poweroff", "feature-reboot",
                                         "feature-suspend" };
    struct client *priv;
    int seconds = 1;

    sleep(1);
    priv = client_open(STORE_DEVICE);
    NEED(priv != NULL);
    while (client_path(priv, XS_READ, 0, "", 0,
                       "/local/domain/0/control/feature-poweroff")
                   ->type == XS_ERROR &&
           seconds < 30) {
        sleep(1);
        seconds++;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        CHECK(IS_RAW(client_path(priv, XS_READ, 0, "", 0,
                                 "/local/domain/0/control/%s", names[i]),
                     "1"));
    CHECK(IS(ASK(priv, 0, READ, "/control"), "ENOENT"));
    CHECK(IS(ASK(priv, 0, READ, "/memory"), "ENOENT"));
    printf("case 29: %u failed, after %d s\n", failures, seconds);
    client_close(priv);
}

static void case_28(void)
{
    struct client *priv = client_open(STORE_DEVICE);
    int fd = open(BACKEND, O_RDWR), port;
    uint32_t remote, store;

    NEED(priv && fd >= 0);
    store = client_store(priv);
    CHECK_FAILS(ioctl(fd, SETUP, (unsigned long)store) == -1, EEXIST);
    CHECK_FAILS(ioctl(fd, SETUP, 0ul) == -1, EEXIST);
    port = ioctl(fd, EVTCHN, 0);
    CHECK(port > 0);
    CHECK(port_state(DOMID_SELF, port, &remote) == EVTCHNSTAT_interdomain);
    CHECK(store != 0 && remote == store);
    printf("case 28: %u failed\n", failures);
    close(fd);
    client_close(priv);
}

/* --- silo ---------------------------------------------------------------- */

/* Which errors and states are allowed is the same for all of them. */
static void apart(struct puppet *t, struct puppet *t2)
{
    xc_evtchn_port_or_error_t port;

    CHECK(puppet_map(t2, t->domid, GNTTAB_RESERVED_XENSTORE) < 0);
    CHECK(puppet_bind(t2, t->domid, t->port) == -EPERM);
    /* Not even what T itself allows. */
    puppet_grant(t, 9, t2->domid, PUPPET_OTHER);
    CHECK(puppet_map(t2, t->domid, 9) == GNTST_permission_denied);
    port = xc_evtchn_alloc_unbound(puppet_xc, t->domid, t2->domid);
    CHECK(port < 0 ? errno == EPERM
                   : puppet_bind(t2, t->domid, (uint32_t)port) == -EPERM);
}

/* A domain with the flag: entry 1 of others and no other entry. */
static void only_rings(struct puppet *s)
{
    struct puppet *t = puppet_new(0, 0, s->domid);

    NEED(t != NULL);
    puppet_grant(t, 9, s->domid, PUPPET_OTHER);
    CHECK(puppet_map(s, t->domid, 9) == GNTST_permission_denied);
    CHECK(puppet_map(s, t->domid, GNTTAB_RESERVED_XENSTORE) == GNTST_okay);
    t->ring[99] = 0x77;
    CHECK((puppet_read(s, HOLE + 96) >> 24) == 0x77);
    CHECK(puppet_bind(s, t->domid, t->port) > 0);
    puppet_end(s); /* which has T's page, until now */
    puppet_end(t);
}

static void case_31(void)
{
    struct client *priv = client_open(STORE_DEVICE), *ring;
    struct puppet *t, *t2, *s;
    uint32_t remote;

    NEED(priv != NULL);
    t = puppet_new(0, 0, client_store(priv));
    t2 = puppet_new(0, 0, 0);
    s = puppet_new(0, XEN_DOMCTL_CDF_xs_domain, 0);
    NEED(t && t2 && s);
    /* The store that serves maps and binds what names it. */
    CHECK(client_introduce(priv, t));
    CHECK(port_state(t->domid, (int)t->port, &remote) ==
          EVTCHNSTAT_interdomain);
    CHECK(t->store != 0 && remote == t->store);
    ring = client_ring(t);
    CHECK(IS(ASK_RAW(ring, 0, WRITE, "mine\0v"), "OK"));
    CHECK(IS_RAW(ASK(ring, 0, READ, "mine"), "v"));
    apart(t, t2);
    only_rings(s);
    CHECK(IS_RAW(ASK(ring, 0, READ, "mine"), "v"));
    client_close(ring);
    puppet_end(t2);
    puppet_end(t);
    client_close(priv);
    printf("case 31: %u failed\n", failures);
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";

    setvbuf(stdout, NULL, _IOLBF, 0);
    puppet_init();
    if (!strcmp(verb, "before") && argc == 4) {
        cases_26_27();
        case_30(argv[2], argv[3]);
    } else if (!strcmp(verb, "first")) {
        case_29();
    } else if (!strcmp(verb, "after")) {
        case_28();
    } else if (!strcmp(verb, "silo")) {
        case_31();
    } else if (!strcmp(verb, "crash") && argc == 3) {
        CHECK(xc_domain_shutdown(puppet_xc, (uint32_t)atoi(argv[2]),
                                 SHUTDOWN_crash) == 0);
    } else {
        fputs(
            "usage: handover before TOOL IMAGE|first|after|silo|crash DOMID\n",
            stderr);
        return 2;
    }
    return finish("handover");
}
