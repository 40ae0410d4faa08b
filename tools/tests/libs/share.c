/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxenevtchn and libxengnttab, between two processes of domain 0: events
 * there and back, pages that one grants and the other maps or copies.
 *
 * Source: tools/include/xenevtchn.h, xengnttab.h.
 * Layer:  test, domain 0's user space.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>
#include <xenstore.h>
#include <xentoolcore.h>

#include "check.h"

#define PAGE 4096

static xenevtchn_handle *events;

/* Waits for an event of @port, and lets the next one come. */
static bool event(xenevtchn_handle *h, int port)
{
    struct pollfd p = { .fd = xenevtchn_fd(h), .events = POLLIN };

    return poll(&p, 1, 5000) == 1 && xenevtchn_pending(h) == port &&
           xenevtchn_unmask(h, (evtchn_port_t)port) == 0;
}

static bool quiet(xenevtchn_handle *h, int ms)
{
    struct pollfd p = { .fd = xenevtchn_fd(h), .events = POLLIN };

    return poll(&p, 1, ms) == 0;
}

/* Our hypervisor sends a last event when the other end closes; Xen not. */
static void drain(int port)
{
    while (!quiet(events, 200)) {
        CHECK(xenevtchn_pending(events) == port);
        CHECK(xenevtchn_unmask(events, (evtchn_port_t)port) == 0);
    }
}

/* The other process: binds, hears, answers three times. */
static int answer(int port)
{
    xenevtchn_handle *h = xenevtchn_open(NULL, 0);
    int local = h ? xenevtchn_bind_interdomain(h, 0, (evtchn_port_t)port) : -1;

    if (local < 0)
        return 1;
    /* One comes of its own: bind_interdomain's. */
    for (int i = 0; i < 4; i++) {
        if (!event(h, local) ||
            (i && xenevtchn_notify(h, (evtchn_port_t)local)))
            return 2 + i;
    }
    return xenevtchn_close(h);
}

static void ping(void)
{
    int port = xenevtchn_bind_unbound_port(events, 0), status;
    pid_t child;

    NEED(port > 0);
    child = fork();
    if (!child)
        _exit(answer(port));
    for (int i = 0; i < 3; i++) {
        /* Until the other one has bound, nobody hears it. */
        do
            CHECK(xenevtchn_notify(events, (evtchn_port_t)port) == 0);
        while (quiet(events, i ? 2000 : 300) && i == 0 &&
               !waitpid(child, &status, WNOHANG));
        CHECK(event(events, port));
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    drain(port);
    CHECK(xenevtchn_unbind(events, (evtchn_port_t)port) == 0);
    CHECK_FAILS(xenevtchn_notify(events, (evtchn_port_t)port) == -1, ENOTCONN);
    CHECK_FAILS(xenevtchn_unbind(events, (evtchn_port_t)port) == -1, ENOTCONN);
    CHECK_FAILS(xenevtchn_bind_interdomain(events, 0, 4000) == -1, EINVAL);
    CHECK_FAILS(xenevtchn_bind_unbound_port(events, 77) == -1, ESRCH);
    CHECK_FAILS(xenevtchn_bind_virq(events, 100) == -1, EINVAL);
}

/* An event that comes while its port is masked is not lost. */
static void masked(void)
{
    xenevtchn_handle *other = xenevtchn_open(NULL, 0);
    int port = xenevtchn_bind_unbound_port(events, 0), far;
    xc_evtchn_status_t status = { .dom = 0 };
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);

    NEED(other && port > 0 && xc);
    far = xenevtchn_bind_interdomain(other, 0, (evtchn_port_t)port);
    NEED(far > 0);
    status.port = (evtchn_port_t)far;
    CHECK(xc_evtchn_status(xc, &status) == 0);
    CHECK(status.status == EVTCHNSTAT_interdomain &&
          status.u.interdomain.port == (evtchn_port_t)port);
    CHECK(event(other, far));
    CHECK(xenevtchn_notify(other, (evtchn_port_t)far) == 0);
    CHECK(xenevtchn_pending(events) == port);
    CHECK(xenevtchn_notify(other, (evtchn_port_t)far) == 0);
    CHECK(quiet(events, 200));
    CHECK(xenevtchn_unmask(events, (evtchn_port_t)port) == 0);
    CHECK(event(events, port) && quiet(events, 100));

    fcntl(xenevtchn_fd(events), F_SETFL, O_NONBLOCK);
    CHECK_FAILS(xenevtchn_pending(events) == -1, EAGAIN);
    fcntl(xenevtchn_fd(events), F_SETFL, 0);
    CHECK(xenevtchn_close(other) == 0);
    drain(port);
    CHECK(xenevtchn_unbind(events, (evtchn_port_t)port) == 0);
    xc_interface_close(xc);
}

static void virq(void)
{
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);
    int port = xenevtchn_bind_virq(events, VIRQ_CON_RING);

    NEED(xc && port > 0);
    CHECK_FAILS(xenevtchn_bind_virq(events, VIRQ_CON_RING) == -1, EEXIST);
    CHECK(xc_send_debug_keys(xc, "h") == 0);
    CHECK(event(events, port));
    CHECK(xenevtchn_unbind(events, (evtchn_port_t)port) == 0);
    xc_interface_close(xc);
}

static void share(void)
{
    xengntshr_handle *giver = xengntshr_open(NULL, 0);
    xengnttab_handle *taker = xengnttab_open(NULL, 0);
    uint32_t refs[3], domids[3] = { 0, 0, 0 };
    char *mine, *theirs;

    NEED(giver && taker);
    mine = xengntshr_share_pages(giver, 0, 3, refs, 1);
    NEED(mine != NULL);
    for (int i = 0; i < 3; i++)
        sprintf(mine + i * PAGE, "page %d", i);
    theirs = xengnttab_map_grant_refs(taker, 3, domids, refs,
                                      PROT_READ | PROT_WRITE);
    NEED(theirs != NULL);
    CHECK(!strcmp(theirs, "page 0") && !strcmp(theirs + 2 * PAGE, "page 2"));
    strcpy(theirs + PAGE, "written");
    CHECK(!strcmp(mine + PAGE, "written"));
    CHECK_FAILS(xengnttab_unmap(taker, theirs, 2) == -1, EINVAL);
    CHECK(xengnttab_unmap(taker, theirs, 3) == 0);
    theirs = xengnttab_map_domain_grant_refs(taker, 2, 0, refs, PROT_READ);
    CHECK(theirs && !strcmp(theirs + PAGE, "written"));
    CHECK(theirs && xengnttab_unmap(taker, theirs, 2) == 0);
    CHECK(xengntshr_unshare(giver, mine, 3) == 0);
    CHECK(xengnttab_map_grant_ref(taker, 0, refs[0], PROT_READ) == NULL);

    mine = xengntshr_share_pages(giver, 0, 1, refs, 0);
    NEED(mine != NULL);
    CHECK(xengnttab_map_grant_ref(taker, 0, refs[0], PROT_READ | PROT_WRITE) ==
          NULL);
    theirs = xengnttab_map_grant_ref(taker, 0, refs[0], PROT_READ);
    CHECK(theirs && xengnttab_unmap(taker, theirs, 1) == 0);
    CHECK(xengntshr_unshare(giver, mine, 1) == 0);

    CHECK_FAILS(xengntshr_share_pages(giver, 0, 0, refs, 1) == NULL, EINVAL);
    CHECK_FAILS(xengnttab_map_grant_refs(taker, 0, domids, refs, 1) == NULL,
                EINVAL);
    CHECK(xengnttab_set_max_grants(taker, 100) == 0);
    CHECK(xengnttab_close(taker) == 0 && xengntshr_close(giver) == 0);
}

static void copy(void)
{
    xengntshr_handle *giver = xengntshr_open(NULL, 0);
    xengnttab_handle *taker = xengnttab_open(NULL, 0);
    xengnttab_grant_copy_segment_t segs[2];
    char there[] = "to the page", back[32] = "";
    uint32_t ref;
    char *page;

    NEED(giver && taker);
    page = xengntshr_share_pages(giver, 0, 1, &ref, 1);
    NEED(page != NULL);
    memset(segs, 0, sizeof(segs));
    segs[0].source.virt = there;
    segs[0].dest.foreign.ref = ref;
    segs[0].dest.foreign.offset = 100;
    segs[0].flags = GNTCOPY_dest_gref;
    segs[0].len = sizeof(there);
    segs[1].source.foreign.ref = ref;
    segs[1].source.foreign.offset = 103;
    segs[1].dest.virt = back;
    segs[1].flags = GNTCOPY_source_gref;
    segs[1].len = sizeof(there) - 3;
    CHECK(xengnttab_grant_copy(taker, 2, segs) == 0);
    CHECK(segs[0].status == 0 && segs[1].status == 0);
    CHECK(!strcmp(page + 100, there) && !strcmp(back, "the page"));
    segs[1].source.foreign.ref = ref + 1000;
    CHECK(xengnttab_grant_copy(taker, 1, &segs[1]) == 0);
    CHECK(segs[1].status == GNTST_bad_gntref);
    CHECK(xengntshr_unshare(giver, page, 1) == 0);
    xengnttab_close(taker);
    xengntshr_close(giver);
}

/* The other process maps a page, and ends without a word. */
static void notice(void)
{
    xengntshr_handle *giver = xengntshr_open(NULL, 0);
    int port = xenevtchn_bind_unbound_port(events, 0), status;
    uint32_t ref;
    char *page;
    pid_t child;

    NEED(giver && port > 0);
    page = xengntshr_share_pages(giver, 0, 1, &ref, 1);
    NEED(page != NULL);
    page[8] = 1;
    child = fork();
    if (!child) {
        xenevtchn_handle *h = xenevtchn_open(NULL, 0);
        xengnttab_handle *g = xengnttab_open(NULL, 0);
        int local = h && g
                        ? xenevtchn_bind_interdomain(h, 0, (evtchn_port_t)port)
                        : -1;

        if (local < 0 ||
            !xengnttab_map_grant_ref_notify(g, 0, ref, PROT_READ | PROT_WRITE,
                                            8, (evtchn_port_t)local))
            _exit(1);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(event(events, port));
    CHECK(page[8] == 0);
    drain(port);
    CHECK(xengntshr_unshare(giver, page, 1) == 0);
    CHECK(xenevtchn_unbind(events, (evtchn_port_t)port) == 0);
    xengntshr_close(giver);
}

/* In a child, since there is no way back. */
static int restricted(void)
{
    xenevtchn_handle *h = xenevtchn_open(NULL, 0);
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);
    struct xs_handle *xs = xs_open(0);
    xengnttab_handle *grants = xengnttab_open(NULL, 0);
    xc_physinfo_t info;
    char *value;

    NEED(h && xc && xs && grants);
    value = xs_read(xs, XBT_NULL, "/local", NULL);
    CHECK(value != NULL);
    free(value);
    CHECK(xc_physinfo(xc, &info) == 0);
    CHECK(xentoolcore_restrict_all(5) == 0);
    CHECK_FAILS(xc_physinfo(xc, &info) == -1, EPERM);
    CHECK_FAILS(xenevtchn_bind_virq(h, VIRQ_CON_RING) == -1, EACCES);
    CHECK_FAILS(xenevtchn_bind_unbound_port(h, 0) == -1, EACCES);
    CHECK(xs_read(xs, XBT_NULL, "/local", NULL) == NULL);
    CHECK_FAILS(xengnttab_map_grant_ref(grants, 0, 8, PROT_READ) == NULL,
                ENOTTY);
    return finish("restricted");
}

int main(void)
{
    pid_t child;
    int status;

    setvbuf(stdout, NULL, _IONBF, 0);
    child = fork();
    if (!child)
        _exit(restricted());
    CHECK(waitpid(child, &status, 0) == child && status == 0);

    events = xenevtchn_open(NULL, 0);
    NEED(events != NULL);
    CHECK_FAILS(xenevtchn_open(NULL, 0x80) == NULL, EINVAL);
    ping();
    masked();
    virq();
    share();
    copy();
    notice();
    CHECK(xenevtchn_close(events) == 0);
    return finish("share");
}
