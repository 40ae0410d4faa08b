/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl on devices: what a control domain may give to whom, and when.
 *
 * Sources: xen/common/control/domctl_memory.c
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>

#include <xen/assign.h>
#include <xen/copy.h>
#include <xen/domctl.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/vpl011.h>

static struct domain giver, taker;
static struct vcpu caller = { .domain = &giver };
static bool has;          /* whether the rangesets have what is asked for */
static uint32_t assigned; /* interrupt that was given, 0: none            */

int assign_irq(struct domain *d, uint32_t irq)
{
    assert_ptr_equal(d, &taker);
    assigned = irq;
    return 0;
}

void assign_irq_release(struct domain *d, uint32_t irq)
{
    assert_ptr_equal(d, &taker);
    assert_int_equal(irq, assigned);
    assigned = 0;
}

bool rangeset_contains(struct rangeset *r, uint32_t first, uint32_t last)
{
    assert_ptr_equal(r, &giver.irq_caps);
    assert_int_equal(first, last);
    return has;
}

int rangeset_add(struct rangeset *r, uint32_t first, uint32_t last)
{
    (void)r;
    (void)first;
    (void)last;
    return 0;
}

int rangeset_remove(struct rangeset *r, uint32_t first, uint32_t last)
{
    return rangeset_add(r, first, last);
}

int assign_mmio(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr)
{
    (void)d;
    (void)gfn;
    (void)mfn;
    (void)nr;
    return 0;
}

int p2m_unmap(struct domain *d, gfn_t gfn, uint32_t nr)
{
    return assign_mmio(d, gfn, mfn_make(0), nr);
}

uint32_t page_free_nr(void)
{
    return 1000;
}

static uint32_t pool_wanted;

int p2m_pool_set(struct domain *d, uint32_t pages)
{
    pool_wanted = pages;
    return assign_mmio(d, gfn_make(0), mfn_make(0), pages);
}

int p2m_cache_flush(struct domain *d, gfn_t gfn, uint32_t nr, uint32_t *cursor)
{
    *cursor = nr;
    return assign_mmio(d, gfn, mfn_make(0), nr);
}

static uint32_t backend_refs;

struct domain *domain_get_any(domid_t id)
{
    if (id != 5)
        return NULL;
    backend_refs++;
    return &giver;
}

void domain_put(struct domain *d)
{
    assert_ptr_equal(d, &giver);
    backend_refs--;
}

int vpl011_create(struct domain *d, gfn_t gfn, const struct domain *backend,
                  uint32_t *port)
{
    assert_ptr_equal(d, &taker);
    assert_ptr_equal(backend, &giver);
    assert_int_equal(gfn.n, 0x39003);
    *port = 9;
    return READ_ONCE(d->state) == DOMAIN_BUILDING ? 0 : -EPERM;
}

int copy_to_guest(guest_ptr_t dst, const void *src, size_t len)
{
    (void)dst;
    (void)src;
    (void)len;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    memset(&taker, 0, sizeof(taker));
    assigned = 0;
    has = true;
    return 0;
}

static int32_t bind(uint32_t spi, uint32_t irq, uint32_t type)
{
    struct xen_domctl op;
    struct domctl_call c = { .caller = &caller, .d = &taker, .op = &op };

    memset(&op, 0, sizeof(op));
    op.u.bind_pt_irq.irq_type = type;
    op.u.bind_pt_irq.machine_irq = irq;
    op.u.bind_pt_irq.u.spi.spi = (uint16_t)spi;
    return domctl_bind_pt_irq(&c);
}

static void interrupts_of_the_giver(void **state)
{
    (void)state;
    assert_int_equal(bind(40, 40, PT_IRQ_TYPE_SPI - 1), -EOPNOTSUPP);
    assert_int_equal(bind(41, 40, PT_IRQ_TYPE_SPI), -EINVAL);
    has = false;
    assert_int_equal(bind(40, 40, PT_IRQ_TYPE_SPI), -EPERM);
    assert_int_equal(assigned, 0);
    has = true;
    assert_int_equal(bind(40, 40, PT_IRQ_TYPE_SPI), 0);
    assert_int_equal(assigned, 40);
}

/* It would keep the line, and its handler a domain that is gone. */
static void nothing_for_the_dying(void **state)
{
    (void)state;
    taker.state = DOMAIN_DYING;
    assert_int_equal(bind(40, 40, PT_IRQ_TYPE_SPI), -EINVAL);
    assert_int_equal(assigned, 0);
}

/* What is not there is not begun with. */
static void pool_that_can_be_had(void **state)
{
    struct xen_domctl op = { .cmd = 0 };
    const struct domctl_call c = { .caller = &caller, .d = &taker, .op = &op };

    (void)state;
    taker.p2m.pool_pages = 16;
    pool_wanted = 0;
    op.u.paging_mempool.size = 1017u << PAGE_SHIFT;
    assert_int_equal(domctl_set_mempool(&c), -ENOMEM);
    op.u.paging_mempool.size = 1ull << 50;
    assert_int_equal(domctl_set_mempool(&c), -ENOMEM);
    op.u.paging_mempool.size = 4097;
    assert_int_equal(domctl_set_mempool(&c), -EINVAL);
    assert_int_equal(pool_wanted, 0);
    op.u.paging_mempool.size = 1016u << PAGE_SHIFT;
    (void)domctl_set_mempool(&c);
    assert_int_equal(pool_wanted, 1016);
}

static void uart(void **state)
{
    struct xen_domctl op = { .u.vuart_op = { .gfn = 0x39003,
                                             .console_domid = 5 } };
    struct xen_domctl_vuart_op *u = &op.u.vuart_op;
    const struct domctl_call c = { .caller = &caller, .d = &taker, .op = &op };

    (void)state;
    taker.state = DOMAIN_BUILDING;
    assert_int_equal(domctl_vuart_op(&c), 0);
    assert_int_equal(u->evtchn, 9);
    taker.state = DOMAIN_RUNNING;
    assert_int_equal(domctl_vuart_op(&c), -EPERM);

    u->console_domid = 6;
    assert_int_equal(domctl_vuart_op(&c), -ESRCH);
    u->gfn = 1ull << 40;
    assert_int_equal(domctl_vuart_op(&c), -EINVAL);
    u->type = 1;
    assert_int_equal(domctl_vuart_op(&c), -EOPNOTSUPP);
    u->cmd = 1;
    assert_int_equal(domctl_vuart_op(&c), -EINVAL);
    u->cmd = 0;
    u->pad[1] = 1;
    assert_int_equal(domctl_vuart_op(&c), -EINVAL);
    assert_int_equal(backend_refs, 0);
}

int main(void)
{
#define T(f_) cmocka_unit_test_setup(f_, setup)
    const struct CMUnitTest tests[] = {
        T(interrupts_of_the_giver),
        T(nothing_for_the_dying),
        T(pool_that_can_be_had),
        T(uart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
