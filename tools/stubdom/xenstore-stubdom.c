/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenstored as a stub domain: the core with rings for its only transport.
 *
 * Command line: dom0=ID (0) whose store this is, event=PORT of it, domid=ID
 * of this domain; guests=, nodes=, bytes=, watches= of each guest; seed=, for
 * the shape of the trees.
 *
 * A restart in place loads this image again over the old one; ports and
 * mappings are still there, and so is the arena. What a life ended between
 * doing and writing down is found again by asking Xen.
 *
 * Source: store.h; virq-xenstore.md 2.3, 3.2, 4.2.
 * Layer:  stub domain.
 */
#include <stdio.h>
#include <string.h>

#include <public/domctl.h>
#include <public/errno.h>
#include <public/event_channel.h>
#include <public/grant_table.h>
#include <public/hvm/params.h>
#include <public/io/xs_wire.h>

#include "layout.h"
#include "store.h"
#include "stub.h"

/* Seconds of work on one event after which something must be wrong. */
#define PATIENCE 2u

/* Events that are taken before there is work: they may come without end. */
#define AT_ONCE 64u

/* Ports of this domain that are looked through to find one again. */
#define PORTS 4096u

/* The one local client: this program, which names the domain. */
#define SELF 1u

/* What the image's header leads to, besides store_layout (start.S). */
const char stub_version[] = STUB_VERSION;

/* Whose port it is, by slot; port 0: nobody's. */
static struct {
    uint16_t domid;
    uint32_t port;
} joined[GRANT_SLOTS];

static struct store_options options;
static uint16_t dom0;
static uint32_t virq_port;

/* ---- ports and mappings, found again ---- */

/* The port that is bound to @a and @b in state @want; 0: none. */
static uint32_t find_port(int want, uint32_t a, uint32_t b)
{
    uint32_t is_a, is_b;
    int state;

    for (uint32_t port = 1; port < PORTS; port++) {
        state = event_status(port, &is_a, &is_b);
        if (state < 0)
            return 0; /* behind the last */
        if (state == want && is_a == a && (b == 0 || is_b == b))
            return port;
    }
    return 0;
}

static uint32_t bind_dom_exc(void)
{
    int port = event_bind_virq(VIRQ_DOM_EXC);

    if (port > 0)
        return (uint32_t)port;
    return find_port(EVTCHNSTAT_virq, VIRQ_DOM_EXC, 0);
}

/* The handle of a mapping is kept one larger: 0 says that it is unknown. */
static int map_ring(struct store_link *link)
{
    uint32_t handle;

    if (link->resumed)
        (void)grant_unmap(link->slot,
                          link->handle ? link->handle - 1 : NO_HANDLE);
    link->handle = 0;
    if (grant_map(link->domid, GNTTAB_RESERVED_XENSTORE, link->slot, &handle) !=
        GNTST_okay)
        return -1;
    link->handle = handle + 1;
    link->page = grant_at(link->slot);
    return 0;
}

static int bind_ring(struct store_link *link)
{
    int port = 0;

    if (link->resumed)
        port = (int)find_port(EVTCHNSTAT_interdomain, link->domid,
                              link->remote_port);
    if (!port)
        port = event_bind(link->domid, link->remote_port);
    if (port < 0)
        return -1;
    link->local_port = (uint32_t)port;
    joined[link->slot].domid = link->domid;
    joined[link->slot].port = link->local_port;
    return 0;
}

/* ---- what the core asks for ---- */

static void disconnect(void *ctx, struct store_link *link)
{
    (void)ctx;
    joined[link->slot].port = 0;
    if (link->local_port)
        event_close(link->local_port);
    if (link->page)
        (void)grant_unmap(link->slot,
                          link->handle ? link->handle - 1 : NO_HANDLE);
    link->local_port = 0;
    link->handle = 0;
    link->page = NULL;
}

static int connect(void *ctx, struct store_link *link)
{
    link->page = NULL;
    if (map_ring(link))
        return -1;
    if (bind_ring(link)) {
        link->local_port = 0;
        disconnect(ctx, link);
        return -1;
    }
    return 0;
}

static void notify(void *ctx, uint32_t port)
{
    (void)ctx;
    event_send(port);
}

static uint64_t now(void *ctx)
{
    (void)ctx;
    return stub_now();
}

static void say(void *ctx, const char *line)
{
    (void)ctx;
    stub_log(line);
}

/*
 * On Xen 4.17 for ARM this domain cannot be marked as the store's, and may
 * ask for nothing: but a port whose other side has gone is unbound again. A
 * domain that has only stopped looks as before.
 */
static int state_by_port(uint16_t domid, struct store_domain *d)
{
    uint32_t a, b;

    *d = (struct store_domain){ .unsure = true };
    for (uint32_t slot = 0; slot < GRANT_SLOTS; slot++) {
        if (joined[slot].port && joined[slot].domid == domid &&
            event_status(joined[slot].port, &a, &b) != EVTCHNSTAT_interdomain)
            return -1;
    }
    return 0;
}

/* Xen before the operation existed: that a domain is there, and its end. */
static int state_by_info(uint16_t domid, struct store_domain *d)
{
    struct xen_domctl op = {
        .cmd = XEN_DOMCTL_getdomaininfo,
        .interface_version = XEN_DOMCTL_INTERFACE_VERSION,
        .domain = domid,
    };
    int32_t rc = hypercall(__HYPERVISOR_domctl, (uintptr_t)&op, 0, 0, 0, 0);
    uint32_t flags;

    if (rc == -EPERM)
        return state_by_port(domid, d);
    if (rc || op.domain != domid)
        return -1;
    flags = op.u.getdomaininfo.flags;
    *d = (struct store_domain){
        .shutdown = flags & XEN_DOMINF_shutdown,
        .dying = flags & XEN_DOMINF_dying,
    };
    return 0;
}

static int domain_state(void *ctx, uint16_t domid, struct store_domain *d)
{
    struct xen_domctl op = {
        .cmd = XEN_DOMCTL_get_domain_state,
        .domain = domid,
    };
    uint32_t state;

    (void)ctx;
    if (hypercall(__HYPERVISOR_domctl, (uintptr_t)&op, 0, 0, 0, 0))
        return state_by_info(domid, d);
    state = op.u.get_domain_state.state;
    if (!(state & XEN_DOMCTL_GETDOMSTATE_STATE_EXIST))
        return -1;
    *d = (struct store_domain){
        .unique_id = op.u.get_domain_state.unique_id,
        .shutdown = state & XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN,
        .dying = state & XEN_DOMCTL_GETDOMSTATE_STATE_DEAD,
    };
    return 0;
}

/* ---- what this domain is called, in its own store ---- */

static uint32_t introduced; /* entries that were sent                      */
static uint8_t message[256];
static uint32_t message_len, message_at;

/* The entry's path and value; false behind the last. */
static bool entry_of(uint32_t nr, char *path, size_t size, char *value,
                     size_t room)
{
    static const char *const names[] = {
        "name",         "domid",        "memory/target", "console/ring-ref",
        "console/port", "console/type", "console/limit",
    };
    uint32_t id = options.own_domid;

    if (nr > sizeof(names) / sizeof(names[0]))
        return false;
    if (nr == 0)
        snprintf(path, size, "/tool/xenstored/domid");
    else
        snprintf(path, size, "/local/domain/%u/%s", (unsigned int)id,
                 names[nr - 1]);
    switch (nr) {
    case 0:
    case 2:
        snprintf(value, room, "%u", (unsigned int)id);
        break;
    case 1:
        snprintf(value, room, "Xenstore");
        break;
    case 3:
        snprintf(value, room, "%u", (unsigned int)(stub_ram() / 1024));
        break;
    case 4:
        snprintf(value, room, "%u",
                 (unsigned int)stub_param(HVM_PARAM_CONSOLE_PFN));
        break;
    case 5:
        snprintf(value, room, "%u",
                 (unsigned int)stub_param(HVM_PARAM_CONSOLE_EVTCHN));
        break;
    case 6:
        snprintf(value, room, "xenconsoled");
        break;
    default:
        snprintf(value, room, "65536");
        break;
    }
    return true;
}

static bool next_message(void)
{
    struct xsd_sockmsg head = { .type = XS_WRITE };
    char path[64], value[24];
    size_t len;

    if (!entry_of(introduced, path, sizeof(path), value, sizeof(value)))
        return false;
    len = strlen(path) + 1;
    head.req_id = ++introduced;
    head.len = (uint32_t)(len + strlen(value));
    memcpy(message, &head, sizeof(head));
    memcpy(message + sizeof(head), path, len);
    memcpy(message + sizeof(head) + len, value, strlen(value));
    message_len = (uint32_t)(sizeof(head) + head.len);
    message_at = 0;
    return true;
}

static int self_recv(void *ctx, uint32_t cookie, void *to, uint32_t len)
{
    uint32_t nr;

    (void)ctx;
    (void)cookie;
    if (message_at == message_len && !next_message())
        return 0;
    nr = message_len - message_at;
    if (nr > len)
        nr = len;
    memcpy(to, message + message_at, nr);
    message_at += nr;
    return (int)nr;
}

/* The answers are "OK". */
static int self_send(void *ctx, uint32_t cookie, const void *from, uint32_t len)
{
    (void)ctx;
    (void)cookie;
    (void)from;
    return (int)len;
}

/* ---- the program ---- */

static const struct store_hooks hooks = {
    .notify = notify,
    .now_ns = now,
    .log = say,
    .connect = connect,
    .disconnect = disconnect,
    .domain_state = domain_state,
    .recv = self_recv,
    .send = self_send,
};

static struct store *open_store(void)
{
    size_t room = stub_ram() - (STATE_BASE - RAM_BASE) - TAIL_SIZE;
    size_t need = store_arena_size(&options);
    char line[160];
    struct store *s;

    if (need > room) {
        snprintf(line, sizeof(line),
                 "store: %u guests need %u KiB more: use a larger "
                 "xenstore_mem= or smaller guests=, nodes=, bytes=",
                 (unsigned int)options.guests,
                 (unsigned int)((need - room) / 1024));
        stub_panic(line);
    }
    s = store_attach((void *)STATE_BASE, room, &options, &hooks, NULL);
    if (!s)
        stub_panic("store: what is in memory was made by another version: "
                   "go on with that one");
    snprintf(line, sizeof(line),
             "store: d%u serves d%u, %s, %u KiB of %u, version %s",
             (unsigned int)options.own_domid, (unsigned int)dom0,
             store_attached(s) ? "goes on" : "empty",
             (unsigned int)(need / 1024), (unsigned int)(room / 1024),
             stub_version);
    stub_log(line);
    return s;
}

static void join_dom0(struct store *s, uint32_t remote_port)
{
    struct store_link link = {
        .domid = dom0,
        .remote_port = remote_port,
        .resumed = store_attached(s),
    };

    if (map_ring(&link))
        stub_panic("store: dom0's ring cannot be mapped: its grant 1 must "
                   "name this domain");
    if (bind_ring(&link))
        stub_panic("store: dom0's port cannot be bound: event= must be one "
                   "that it keeps for this domain");
    if (store_add_priv(s, &link))
        stub_panic("store: dom0 has no ring");
}

static void options_read(void)
{
    options = (struct store_options){
        .guests = (uint16_t)stub_arg("guests", 32),
        .sockets = 1,
        .own_domid = (uint16_t)stub_arg("domid", 1),
        .guest_nodes = stub_arg("nodes", 0),
        .guest_bytes = stub_arg("bytes", 0),
        .guest_watches = stub_arg("watches", 0),
        .seed = stub_arg("seed", 0),
    };
    dom0 = (uint16_t)stub_arg("dom0", 0);
    options.priv_domid = dom0;
    if (options.guests >= GRANT_SLOTS)
        stub_panic("store: guests= is 255 at most");
}

void stub_main(void)
{
    struct store *s;
    uint64_t until;
    uint32_t port;

    stub_watchdog_init();
    stub_watchdog(PATIENCE);
    options_read();
    events_init();
    virq_port = bind_dom_exc();
    if (!virq_port)
        stub_panic("store: VIRQ_DOM_EXC is not delegated to this domain");
    s = open_store();
    join_dom0(s, stub_arg("event", 0));
    if (store_add_stream(s, SELF) == 0)
        store_readable(s, SELF);
    store_event_all(s);
    store_dom_exc(s);

    for (;;) {
        bool more;

        do {
            uint32_t n;

            stub_watchdog(PATIENCE);
            for (n = 0; n < AT_ONCE && events_next(&port); n++) {
                if (port == virq_port)
                    store_dom_exc(s);
                else
                    store_event(s, port);
            }
            more = store_work(s) || n == AT_ONCE;
        } while (more);
        stub_watchdog(0);
        until = store_deadline(s);
        stub_alarm(until == ~0ull ? 0 : until);
        events_wait();
    }
}
