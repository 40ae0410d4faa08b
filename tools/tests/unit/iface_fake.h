/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is around the hypercall handlers in their unit tests: a few domains,
 * their memory as one array that guest pointers index, and functions of
 * lower layers that note what was asked of them. Included once by each test
 * that wants it; see FAKE_LIVE_VCPUS below.
 */
#ifndef IFACE_FAKE_H
#define IFACE_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <public/errno.h>
#include <public/xen.h>

#include <xen/copy.h>
#include <xen/domain.h>
#include <xen/guest_atomic.h>
#include <xen/heap.h>
#include <xen/softirq.h>
#include <xen/vcpu.h>
#include <xen/vgic.h>

#define ARRAY(a_) (sizeof(a_) / sizeof((a_)[0]))

#define NR_DOMAINS 4u
#define FAKE_VCPUS 2u

/* Domain 0 is dom0; 1 to 3 are guests. */
static struct domain dom[NR_DOMAINS];
static struct vcpu vcpus[NR_DOMAINS][FAKE_VCPUS];
static struct shared_info shared[NR_DOMAINS];

struct domain *hardware_domain;

/* The caller's memory. Page 15 cannot be written, page 16 not be read. */
#define GUEST_SIZE 0x11000u
#define GUEST_RO   0xf000u
#define GUEST_NONE 0x10000u
static uint8_t guest_mem[GUEST_SIZE];

static unsigned int ppis[NR_DOMAINS], wakes[NR_DOMAINS];
static bool gone[NR_DOMAINS]; /* not in the table of domains               */
static bool preempt;
static uint32_t raised_softirqs;

static void *guest_at(uint32_t va)
{
    return guest_mem + va;
}

/* @obj at guest address @va, which is returned. */
static inline guest_ptr_t guest_put(uint32_t va, const void *obj, size_t len)
{
    memcpy(guest_at(va), obj, len);
    return va;
}

static void fake_reset(void)
{
    for (unsigned int i = 0; i < NR_DOMAINS; i++) {
        struct domain *d = &dom[i];

        memset(d, 0, sizeof(*d));
        memset(&shared[i], 0, sizeof(shared[i]));
        d->id = (domid_t)i;
        d->refs = 1;
        d->state = DOMAIN_RUNNING;
        d->shutdown_code = SHUTDOWN_NONE;
        d->max_vcpus = FAKE_VCPUS;
        d->event_ppi = 31;
        d->shared_info = &shared[i];
        d->shared_info_gfn = INVALID_GFN;
        d->is_control = i == 0;
        d->is_hardware = i == 0;
        lock_init(&d->page_lock, RANK_LEAF);
        lock_init(&d->state_lock, RANK_LEAF);
        for (unsigned int k = 0; k < FAKE_VCPUS; k++) {
            struct vcpu *v = &vcpus[i][k];

            memset(v, 0, sizeof(*v));
            v->domain = d;
            v->id = (uint8_t)k;
            d->vcpu[k] = v;
        }
    }
    hardware_domain = &dom[0];
    memset(guest_mem, 0, sizeof(guest_mem));
    memset(ppis, 0, sizeof(ppis));
    memset(wakes, 0, sizeof(wakes));
    memset(gone, 0, sizeof(gone));
    preempt = false;
    raised_softirqs = 0;
}

/* Each reference that a call took it has given back. */
static inline void refs_are_even(void)
{
    for (unsigned int i = 0; i < NR_DOMAINS; i++)
        assert_int_equal(dom[i].refs, 1);
}

/* ---- domains ---- */

struct domain *domain_get(domid_t id)
{
    if (id >= NR_DOMAINS || gone[id])
        return NULL;
    dom[id].refs++;
    return &dom[id];
}

struct domain *domain_get_any(domid_t id)
{
    return domain_get(id == DOMID_SELF ? current->domain->id : id);
}

struct domain *domain_get_next(domid_t from)
{
    while (from < NR_DOMAINS && gone[from])
        from++;
    return domain_get(from);
}

void domain_hold(struct domain *d)
{
    d->refs++;
}

void domain_put(struct domain *d)
{
    assert_true(d->refs > 1);
    d->refs--;
}

struct vcpu *domain_vcpu(struct domain *d, uint32_t id)
{
    return id < d->max_vcpus ? d->vcpu[id] : NULL;
}

/* ---- guest memory ---- */

int copy_from_guest(void *dst, guest_ptr_t src, size_t len)
{
    if (src > GUEST_NONE || len > GUEST_NONE - src)
        return -EFAULT;
    memcpy(dst, guest_at(src), len);
    return 0;
}

int64_t word_from_guest(guest_ptr_t src)
{
    uint32_t word;

    return copy_from_guest(&word, src, sizeof(word)) ? -EFAULT : (int64_t)word;
}

int copy_to_guest(guest_ptr_t dst, const void *src, size_t len)
{
    if (dst > GUEST_RO || len > GUEST_RO - dst)
        return -EFAULT;
    memcpy(guest_at(dst), src, len);
    return 0;
}

/* As of an element in two pages: only the answer finds it read-only. */
int guest_element_open(struct guest_element *e, void *buf, guest_ptr_t va,
                       size_t len)
{
    e->va = va;
    return copy_from_guest(buf, va, len);
}

int guest_element_close(struct guest_element *e, const void *buf, size_t from,
                        size_t end)
{
    return copy_to_guest((guest_ptr_t)(e->va + from),
                         (const uint8_t *)buf + from, end - from);
}

int clear_guest(guest_ptr_t dst, size_t len)
{
    if (dst > GUEST_RO || len > GUEST_RO - dst)
        return -EFAULT;
    memset(guest_at(dst), 0, len);
    return 0;
}

uint32_t guest_fetch_or_again(struct domain *d, uint32_t *p, uint32_t bits)
{
    (void)d;
    (void)p;
    (void)bits;
    fail_msg("an exchange failed, with nobody else there");
    return 0;
}

uint32_t guest_fetch_and(struct domain *d, uint32_t *p, uint32_t bits)
{
    uint32_t old = *p;

    (void)d;
    *p &= bits;
    return old;
}

bool guest_cas(struct domain *d, uint32_t *p, uint32_t old, uint32_t val,
               uint32_t *seen)
{
    (void)d;
    *seen = *p;
    if (*p != old)
        return false;
    *p = val;
    return true;
}

/* ---- the rest ---- */

void *heap_alloc(struct heap_account *account, size_t size)
{
    (void)account;
    return calloc(1, size);
}

void heap_free(struct heap_account *account, void *p)
{
    (void)account;
    free(p);
}

void *heap_array(struct heap_account *account, size_t nr, size_t size)
{
    return heap_alloc(account, nr * size);
}

void vgic_raise(struct vcpu *v, uint32_t irq)
{
    assert_int_equal(irq, v->domain->event_ppi);
    ppis[v->domain->id]++;
}

/* A test that links domain/vcpu.c defines this, and brings its own vGIC. */
#ifndef FAKE_LIVE_VCPUS
bool vgic_deliverable(struct vcpu *v)
{
    (void)v;
    return false;
}

void vcpu_wake(struct vcpu *v)
{
    v->pause_flags &= ~(VP_BLOCKED | VP_POLL);
    wakes[v->domain->id]++;
}
#endif

void softirq_raise(enum softirq_nr nr)
{
    raised_softirqs |= 1u << nr;
}

bool preempt_wanted(void)
{
    return preempt;
}

#endif /* IFACE_FAKE_H */
