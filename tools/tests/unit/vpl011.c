/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest's UART: registers, ring, interrupts, and a console side that
 * writes nonsense.
 *
 * Sources: xen/common/vpl011.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/arch-arm.h>
#include <public/errno.h>
#include <public/io/console.h>

#include <xen/event_channel.h>
#include <xen/heap.h>
#include <xen/hyp_map.h>
#include <xen/io.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/vgic.h>
#include <xen/vpl011.h>

#define PORT 7u

/* Registers and bits, from DDI 0183G 3.3. */
enum {
    DR = 0,
    RSR = 4,
    FR = 0x18,
    IMSC = 0x38,
    RIS = 0x3c,
    MIS = 0x40,
    ICR = 0x44
};
enum {
    BUSY = 8,
    RXFE = 0x10,
    TXFF = 0x20,
    RXFF = 0x40,
    TXFE = 0x80
};
enum {
    RX = 0x10,
    TX = 0x20,
    RT = 0x40
};

struct ram_view ram_view;

static struct domain dom, backend;
static struct vcpu vcpu;
static struct xencons_interface ring;
static struct page page;
static io_fn *handler;
static void *handler_arg;
static port_consumer_fn *consumer;
static void *consumer_arg;
static unsigned int notified, opened, mapped, allocated;
static bool line, no_page, no_port, no_region;

/* ---- what is around it ---- */

struct page *p2m_get_own(struct domain *d, gfn_t gfn, bool write)
{
    assert_ptr_equal(d, &dom);
    assert_true(write);
    if (no_page || gfn.n != 0x39003)
        return NULL;
    page.ref++;
    return &page;
}

void page_put_last(struct page *pg, uint32_t left)
{
    (void)pg;
    fail_msg("reference %u of the page", left);
}

void *frame_map(mfn_t mfn)
{
    (void)mfn;
    mapped++;
    return &ring;
}

void frame_unmap(void *va)
{
    assert_ptr_equal(va, &ring);
    mapped--;
}

int event_alloc_unbound(struct domain *d, const struct domain *remote,
                        port_consumer_fn *fn, void *arg, uint32_t *port)
{
    assert_ptr_equal(d, &dom);
    assert_ptr_equal(remote, &backend);
    if (no_port)
        return -ENOSPC;
    consumer = fn;
    consumer_arg = arg;
    *port = PORT;
    opened++;
    return 0;
}

void event_close_xen(struct domain *d, uint32_t port)
{
    (void)d;
    assert_int_equal(port, PORT);
    opened--;
}

void event_notify(struct domain *d, uint32_t port)
{
    assert_ptr_equal(d, &dom);
    assert_int_equal(port, PORT);
    notified++;
}

int io_register(struct domain *d, gpaddr_t gpa, uint32_t size, io_fn *fn,
                void *priv)
{
    (void)d;
    assert_true(gpa == GUEST_PL011_BASE && size == PAGE_SIZE);
    if (no_region)
        return -ENOSPC;
    handler = fn;
    handler_arg = priv;
    return 0;
}

void vgic_line(struct vcpu *v, uint32_t irq, bool asserted)
{
    assert_ptr_equal(v, &vcpu);
    assert_int_equal(irq, GUEST_VPL011_SPI);
    line = asserted;
}

void *heap_alloc(struct heap_account *account, size_t size)
{
    (void)account;
    allocated++;
    return calloc(1, size);
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    allocated--;
    free(p);
}

/* ---- helpers ---- */

static uint32_t get(uint32_t offset)
{
    struct io_access a = { .offset = offset, .size = 4 };

    assert_int_equal(handler(&vcpu, &a, handler_arg), V_DONE);
    return a.value;
}

static void put(uint32_t offset, uint32_t value)
{
    struct io_access a = {
        .offset = offset, .size = 4, .write = true, .value = value
    };

    assert_int_equal(handler(&vcpu, &a, handler_arg), V_DONE);
}

/* The console side: bytes for the guest, and its event. */
static void type(const char *text)
{
    for (; *text; text++)
        ring.in[ring.in_prod++ % sizeof(ring.in)] = *text;
    consumer(&dom, PORT, consumer_arg);
}

static int create(void)
{
    uint32_t port = 0;
    int rc = vpl011_create(&dom, gfn_make(0x39003), &backend, &port);

    if (!rc)
        assert_int_equal(port, PORT);
    return rc;
}

static int setup(void **state)
{
    (void)state;
    memset(&dom, 0, sizeof(dom));
    memset(&ring, 0, sizeof(ring));
    dom.state = DOMAIN_BUILDING;
    dom.vcpu[0] = &vcpu;
    dom.vgic.nr_spis = 32;
    notified = opened = mapped = allocated = 0;
    page.ref = 1;
    line = no_page = no_port = no_region = false;
    return 0;
}

static int made(void **state)
{
    setup(state);
    return create();
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(vpl011_kill(&dom), 0);
    assert_int_equal(vpl011_kill(&dom), 0);
    vpl011_destroy(&dom);
    vpl011_destroy(&dom);
    assert_int_equal(page.ref, 1);
    assert_int_equal(mapped, 0);
    assert_int_equal(allocated, 0);
    return 0;
}

/* ---- tests ---- */

static void refusals(void **state)
{
    (void)state;
    no_page = true;
    assert_int_equal(create(), -EINVAL);
    no_page = false;
    no_port = true;
    assert_int_equal(create(), -ENOSPC);
    no_port = false;
    no_region = true;
    assert_int_equal(create(), -ENOSPC);
    assert_int_equal(opened, 0);
    no_region = false;
    dom.vgic.nr_spis = 0;
    assert_int_equal(create(), -EINVAL);
    dom.vgic.nr_spis = 32;
    dom.state = DOMAIN_RUNNING;
    assert_int_equal(create(), -EPERM);
    dom.state = DOMAIN_BUILDING;
    assert_int_equal(mapped + allocated, 0);
    assert_int_equal(page.ref, 1);
    assert_int_equal(create(), 0);
    assert_int_equal(create(), -EINVAL);
}

static void at_first(void **state)
{
    (void)state;
    assert_int_equal(get(FR), TXFE | RXFE);
    assert_int_equal(get(RIS), 0);
    assert_int_equal(get(IMSC), 0);
    assert_int_equal(get(RSR), 0);
    assert_int_equal(get(DR), 0);
    assert_int_equal(notified, 0);
    assert_false(line);
}

static void no_such_register(void **state)
{
    struct io_access a = { .offset = 0x2c, .size = 4 };

    (void)state;
    assert_int_equal(handler(&vcpu, &a, handler_arg), V_ABORT);
    a.write = true;
    assert_int_equal(handler(&vcpu, &a, handler_arg), V_ABORT);
}

static void to_the_console(void **state)
{
    (void)state;
    put(DR, 'a');
    assert_int_equal(ring.out_prod, 1);
    assert_int_equal(ring.out[0], 'a');
    assert_int_equal(notified, 1);
    assert_int_equal(get(RIS), TX);
    assert_false(line);
    put(IMSC, TX);
    assert_true(line);
    assert_int_equal(get(MIS), TX);
    assert_int_equal(get(FR), RXFE);

    for (unsigned int i = 1; i < sizeof(ring.out); i++)
        put(DR, i);
    assert_int_equal(get(FR), RXFE | TXFF | BUSY);
    assert_false(line);
    /* Lost: there is no room. */
    put(DR, 'z');
    assert_int_equal(ring.out_prod, sizeof(ring.out));
    assert_int_equal(ring.out[0], 'a');

    ring.out_cons = 100;
    consumer(&dom, PORT, consumer_arg);
    assert_true(line);
    put(DR, 'b');
    assert_int_equal(ring.out[0], 'b');
    put(ICR, TX);
    assert_false(line);
    assert_int_equal(get(RIS), 0);
}

static void from_the_console(void **state)
{
    (void)state;
    put(IMSC, RX | RT);
    type("hello");
    assert_true(line);
    assert_int_equal(get(MIS), RT);
    assert_int_equal(get(FR), TXFE);
    for (const char *c = "hello"; *c; c++) {
        assert_true(line);
        assert_int_equal(get(DR), *c);
    }
    assert_false(line);
    assert_int_equal(ring.in_cons, 5);
    assert_int_equal(notified, 5);
    assert_int_equal(get(FR), TXFE | RXFE);

    type("sixteen bytes---");
    assert_int_equal(get(MIS), RX | RT);
    get(DR);
    assert_int_equal(get(MIS), RT);
    /* Bytes are not signed. */
    while (!(get(FR) & RXFE))
        get(DR);
    type("\xff");
    assert_int_equal(get(DR), 0xff);
}

/* Positions of the other side that cannot be. */
static void nonsense(void **state)
{
    (void)state;
    ring.in_prod = 1025;
    consumer(&dom, PORT, consumer_arg);
    assert_int_equal(get(FR), TXFE | RXFE);
    assert_int_equal(get(DR), 0);
    assert_int_equal(ring.in_cons, 0);
    ring.in_prod = 1024;
    assert_int_equal(get(FR), TXFE | RXFF);

    ring.out_cons = 1;
    put(DR, 'x');
    assert_int_equal(ring.out_prod, 0);
    assert_int_equal(get(FR) & (TXFF | TXFE), TXFF);
    /* It cannot move ours. */
    ring.out_cons = 0;
    ring.out_prod = 5;
    put(DR, 'y');
    assert_int_equal(ring.out[0], 'y');
    assert_int_equal(ring.out_prod, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refusals, setup, end),
        cmocka_unit_test_setup_teardown(at_first, made, end),
        cmocka_unit_test_setup_teardown(no_such_register, made, end),
        cmocka_unit_test_setup_teardown(to_the_console, made, end),
        cmocka_unit_test_setup_teardown(from_the_console, made, end),
        cmocka_unit_test_setup_teardown(nonsense, made, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
