/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xenconsoled's list of guests: how often the store is asked, and that a
 * guest's console is neither missed nor mistaken for another's, nor lost with
 * the store. Terminals are those of this machine.
 *
 * Source: tools/console/guests.h. Layer: test, of tools.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../console/guests.h"

#define MANY   200u
#define SECOND 1000000000u
#define PORTS  0x10000u

/* ---- what the hypervisor and the store know ---- */

static struct {
    bool there, dying, has_run;
    uint8_t handle;
    uint32_t port[KINDS]; /* in the store; 0: no such console */
} doms[MANY + 10];

static struct {
    uint32_t dom, port;
    bool open; /* the other end */
} joined[PORTS];

static unsigned int requests, looks, watches, untold, ports;
static bool dead; /* the store */
static struct daemon d;

int xc_domain_getinfolist(xc_interface *xch, uint32_t first, unsigned int max,
                          xc_domaininfo_t *info)
{
    unsigned int nr = 0;

    (void)xch;
    for (uint32_t i = first; i < MANY + 10 && nr < max; i++) {
        if (!doms[i].there)
            continue;
        memset(&info[nr], 0, sizeof(info[nr]));
        info[nr].domain = (domid_t)i;
        info[nr].flags = doms[i].dying ? XEN_DOMINF_dying : 0;
        info[nr].cpu_time = doms[i].has_run ? SECOND : 0;
        info[nr++].handle[0] = doms[i].handle;
    }
    return (int)nr;
}

int xc_evtchn_status(xc_interface *xch, xc_evtchn_status_t *s)
{
    (void)xch;
    assert_int_equal(s->dom, DOMID_SELF);
    looks++;
    s->status = joined[s->port].open ? EVTCHNSTAT_interdomain
                                     : EVTCHNSTAT_unbound;
    s->u.interdomain.dom = (domid_t)joined[s->port].dom;
    s->u.interdomain.port = joined[s->port].port;
    return 0;
}

static void *answer(const char *text)
{
    return text ? strdup(text) : (errno = ENOENT, NULL);
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
              unsigned int *len)
{
    unsigned int domid;
    enum kind kind = strstr(path, "/vuart/") ? CONSOLE_UART : CONSOLE_PV;
    char text[16];

    (void)h, (void)t, (void)len;
    requests++;
    assert_int_equal(sscanf(path, "/local/domain/%u/", &domid), 1);
    if (dead) {
        errno = EPIPE;
        return NULL;
    }
    if (!doms[domid].port[kind])
        return answer(NULL);
    if (strstr(path, "/type"))
        return answer("xenconsoled");
    snprintf(text, sizeof(text), "%u", doms[domid].port[kind]);
    return answer(text); /* the ring, too: any number */
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
              const void *data, unsigned int len)
{
    (void)h, (void)t, (void)data;
    assert_non_null(strstr(path, "/tty"));
    untold += len == 0;
    requests++;
    errno = EPIPE;
    return !dead;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h;
    assert_string_equal(path, token);
    requests++;
    watches++;
    return !dead;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
    (void)h, (void)path, (void)token;
    requests++;
    watches--;
    return !dead;
}

bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t,
                        const char *path, struct xs_permissions *perms,
                        unsigned int num)
{
    (void)h, (void)t, (void)path;
    requests++;
    assert_int_equal(num, 1);
    assert_int_equal(perms->id, 0);
    return !dead;
}

/* ---- pages and ports ---- */

void *xenforeignmemory_map(xenforeignmemory_handle *f, uint32_t dom, int prot,
                           size_t pages, const xen_pfn_t arr[], int err[])
{
    (void)f, (void)dom, (void)prot, (void)arr, (void)err;
    return calloc(pages, 4096);
}

int xenforeignmemory_unmap(xenforeignmemory_handle *f, void *addr, size_t pages)
{
    (void)f, (void)pages;
    free(addr);
    return 0;
}

void *xengnttab_map_grant_ref(xengnttab_handle *g, uint32_t domid, uint32_t ref,
                              int prot)
{
    (void)g, (void)domid, (void)ref, (void)prot;
    return NULL;
}

int xengnttab_unmap(xengnttab_handle *g, void *addr, uint32_t count)
{
    (void)g, (void)addr, (void)count;
    return 0;
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *e,
                                                     uint32_t domid,
                                                     evtchn_port_t port)
{
    (void)e;
    joined[++ports].dom = domid;
    joined[ports].port = port;
    joined[ports].open = true;
    return (xenevtchn_port_or_error_t)ports;
}

int xenevtchn_unbind(xenevtchn_handle *e, evtchn_port_t port)
{
    (void)e;
    joined[port].open = false;
    return 0;
}

int xenevtchn_notify(xenevtchn_handle *e, evtchn_port_t port)
{
    (void)e, (void)port;
    return 0;
}

/* ---- steps ---- */

static void born(uint32_t id, uint32_t port, bool has_run)
{
    static uint8_t handle;

    doms[id].there = true;
    doms[id].dying = false;
    doms[id].has_run = has_run;
    doms[id].handle = ++handle;
    doms[id].port[CONSOLE_PV] = port;
    doms[id].port[CONSOLE_UART] = 0;
}

/* The hypervisor closes the ports of who ends. */
static void ended(uint32_t id)
{
    doms[id].there = false;
    memset(doms[id].port, 0, sizeof(doms[id].port));
    for (uint32_t i = 0; i <= ports; i++)
        if (joined[i].dom == id)
            joined[i].open = false;
}

static struct console *console_of(uint32_t id, enum kind kind)
{
    struct console *found = NULL;

    for (struct console *c = d.consoles; c; c = c->next) {
        if (c->domid != id || c->kind != kind)
            continue;
        assert_null(found);
        found = c;
    }
    return found;
}

/* Requests of one scan. */
static unsigned int scan(void)
{
    requests = 0;
    guests_scan(&d, true);
    return requests;
}

/* The same when nobody is said to have gone. */
static unsigned int scan_new(void)
{
    requests = looks = 0;
    guests_scan(&d, false);
    assert_int_equal(looks, 0);
    return requests;
}

static int begin(void **state)
{
    (void)state;
    dead = false;
    d.xs = (struct xs_handle *)&d;
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MANY + 10; i++)
        ended(i);
    guests_scan(&d, true);
    assert_null(d.consoles);
    assert_int_equal(watches, 0);
    return 0;
}

/* ---- tests ---- */

/* Each of many costs what the first did, to come and to go; and nothing, when
 * only others come. */
static void one_more_costs_the_same(void **state)
{
    unsigned int first = 0, last;

    (void)state;
    for (uint32_t id = 1; id <= MANY; id++) {
        born(id, id, true);
        last = scan_new();
        if (id == 1)
            first = last;
        assert_int_equal(last, first);
        assert_non_null(console_of(id, CONSOLE_PV));
    }
    assert_in_range(first, 1, 8);
    assert_int_equal(scan(), 0);
    ended(7);
    assert_int_equal(scan(), 0);
    assert_null(console_of(7, CONSOLE_PV));
    /* Between others, and as one that nobody has said to be gone. */
    born(7, 7, true);
    assert_int_equal(scan_new(), first);
    born(9, 9, true);
    assert_int_equal(scan_new(), first);
    assert_non_null(console_of(9, CONSOLE_PV));
    ended(MANY);
    assert_int_equal(scan_new(), 0);
    assert_null(console_of(MANY, CONSOLE_PV));
    assert_non_null(console_of(MANY - 1, CONSOLE_PV));
}

/* Domains without any console are asked of some times, not for ever. */
static void none_is_none(void **state)
{
    unsigned int all = 0;

    (void)state;
    born(1, 0, true);
    for (int i = 0; i < 100; i++)
        all += scan();
    assert_in_range(all, 1, 20);
    assert_int_equal(scan(), 0);
}

/* A toolstack that introduces it first and writes its nodes then. */
static void late_nodes(void **state)
{
    (void)state;
    born(1, 0, false);
    for (int i = 0; i < 100; i++)
        assert_int_not_equal(scan(), 0);
    assert_int_equal(watches, 2);
    doms[1].port[CONSOLE_PV] = 5;
    scan();
    assert_non_null(console_of(1, CONSOLE_PV));
    doms[1].port[CONSOLE_UART] = 6;
    scan();
    assert_non_null(console_of(1, CONSOLE_UART));
    doms[1].has_run = true;
    for (int i = 0; i < 5; i++)
        scan();
    assert_int_equal(scan(), 0);
    assert_int_equal(watches, 0);

    /* One that never gets any, and goes. */
    born(2, 0, false);
    scan();
    assert_int_equal(watches, 2);
    ended(2);
    scan();
    assert_int_equal(watches, 0);
}

/* Its number is used again, by one whose port is the same. */
static void number_used_again(void **state)
{
    uint8_t handle;

    (void)state;
    born(1, 5, true);
    scan();
    handle = doms[1].handle;
    ended(1);
    born(1, 5, true);
    doms[1].handle = handle; /* even its UUID: the configuration has it */
    assert_int_not_equal(scan(), 0);
    assert_non_null(console_of(1, CONSOLE_PV));
    assert_true(joined[console_of(1, CONSOLE_PV)->port].open);

    /* The first had no console at all. */
    born(2, 0, true);
    for (int i = 0; i < 100; i++)
        scan();
    ended(2);
    born(2, 9, true);
    scan();
    assert_non_null(console_of(2, CONSOLE_PV));
}

/* Ports are reset, and the store has others. */
static void moved(void **state)
{
    (void)state;
    born(1, 5, true);
    scan();
    joined[console_of(1, CONSOLE_PV)->port].open = false;
    doms[1].port[CONSOLE_PV] = 8;
    scan();
    assert_int_equal(console_of(1, CONSOLE_PV)->remote_port, 8);
    assert_int_equal(scan(), 0);
}

/* It closes its own port: its terminal's name will be another's. Not while
 * the store cannot be told. */
static void closed(void **state)
{
    struct console *c;

    (void)state;
    born(1, 5, true);
    scan();
    untold = 0;
    c = console_of(1, CONSOLE_PV);
    joined[c->port].open = false;
    d.xs = NULL;
    scan();
    assert_ptr_equal(console_of(1, CONSOLE_PV), c);
    d.xs = (struct xs_handle *)&d;
    doms[1].port[CONSOLE_PV] = 0;
    scan();
    assert_null(console_of(1, CONSOLE_PV));
    assert_int_equal(untold, 1);
}

/* Its memory is let go while it dies, with a store or without. */
static void dying(void **state)
{
    (void)state;
    born(1, 5, true);
    born(2, 5, true);
    scan();
    doms[1].dying = true;
    scan();
    assert_null(console_of(1, CONSOLE_PV));
    d.xs = NULL;
    doms[2].dying = true;
    assert_int_equal(scan(), 0);
    assert_null(console_of(2, CONSOLE_PV));
}

/* It ends while it is asked, or was before: nobody loses a console, and who
 * came meanwhile gets one afterwards. */
static void store_ends(void **state)
{
    struct console *c;

    (void)state;
    born(1, 5, true);
    scan();
    c = console_of(1, CONSOLE_PV);
    born(2, 5, true);
    dead = true;
    for (int i = 0; i < 100; i++)
        scan();
    d.xs = NULL;
    for (int i = 0; i < 100; i++)
        assert_int_equal(scan(), 0);
    assert_ptr_equal(console_of(1, CONSOLE_PV), c);
    assert_null(console_of(2, CONSOLE_PV));
    dead = false;
    d.xs = (struct xs_handle *)&d;
    guests_store_is_back(&d);
    scan();
    assert_ptr_equal(console_of(1, CONSOLE_PV), c);
    assert_non_null(console_of(2, CONSOLE_PV));
}

/* What it was not told it is told when it is there again, once. */
static void told_afterwards(void **state)
{
    struct console *c;

    (void)state;
    born(1, 5, true);
    scan();
    c = console_of(1, CONSOLE_PV);
    assert_true(c->told);
    dead = true;
    console_tell(&d, c);
    assert_false(c->told);
    dead = false;
    guests_store_is_back(&d);
    assert_true(c->told);
    requests = 0;
    guests_store_is_back(&d);
    assert_int_equal(requests, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_more_costs_the_same),
        TEST(none_is_none),
        TEST(late_nodes),
        TEST(number_used_again),
        TEST(moved),
        TEST(closed),
        TEST(dying),
        TEST(store_ends),
        TEST(told_afterwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
