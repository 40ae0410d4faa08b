/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory, stage 2 and tables for the tests of grants: domains 0 to 2 have
 * eight pages of RAM each, at gfns 0 to 7. Included once by each of them.
 */
#ifndef GRANT_FAKE_H
#define GRANT_FAKE_H

#include "iface_fake.h"

#include <public/grant_table.h>

#include <xen/access.h>
#include <xen/grant_op.h>
#include <xen/grant_table.h>
#include <xen/hyp_map.h>
#include <xen/hypercall.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>

#include <asm/cache.h>

#define ARG  0x1000u
#define LIST 0x3000u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);

/* ---- memory: frames of 4 KiB, with a page each ---- */

#define FRAMES 64u
#define FIRST  0x100u /* frame number of memory[0] */
static uint8_t memory[FRAMES][PAGE_SIZE] aligned(4096);
static struct page pages[FRAMES];
static uint32_t next_frame;

struct ram_view ram_view = { .direct_first = FIRST,
                             .main_first = FIRST,
                             .main_nr = FRAMES };

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    (void)mfn;
    return false;
}

void *frame_window_open(mfn_t mfn)
{
    (void)mfn;
    abort();
}

void frame_window_close(void *va)
{
    (void)va;
}

static struct page *new_page(domid_t owner)
{
    struct page *pg = &pages[next_frame];

    assert_true(next_frame < FRAMES);
    memset(memory[next_frame++], 0, PAGE_SIZE);
    pg->owner = owner;
    pg->ref = 1;
    return pg;
}

struct page *page_alloc(unsigned int order, domid_t owner, unsigned int flags)
{
    assert_int_equal(order, 0);
    assert_int_equal(owner, DOMID_OWNER_XEN);
    (void)flags;
    return next_frame < FRAMES ? new_page(owner) : NULL;
}

/* The count went to 0; below that is our mistake. */
void page_put_last(struct page *pg, uint32_t left)
{
    (void)pg;
    assert_int_equal(left, 0);
}

/* ---- stage 2: a few gfns of each domain ---- */

#define GFNS 16u
static struct {
    mfn_t mfn;
    enum p2m_type type;
} map[NR_DOMAINS][GFNS];
static int p2m_result;
static unsigned int unmaps;

int p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
            enum p2m_type type)
{
    assert_int_equal(nr, 1);
    if (p2m_result || gfn.n >= GFNS)
        return -ENOMEM;
    map[d->id][gfn.n].mfn = mfn;
    map[d->id][gfn.n].type = type;
    return 0;
}

int p2m_unmap_if(struct domain *d, gfn_t gfn, uint32_t types, mfn_t mfn)
{
    assert_int_equal(types, P2M_GRANTS);
    assert_true(gfn.n < GFNS);
    if (!(types >> map[d->id][gfn.n].type & 1) ||
        !mfn_eq(map[d->id][gfn.n].mfn, mfn))
        return -ENOENT;
    map[d->id][gfn.n].type = P2M_NONE;
    unmaps++;
    return 0;
}

struct page *p2m_get_own(struct domain *d, gfn_t gfn, bool write)
{
    enum p2m_type type = gfn.n < GFNS ? map[d->id][gfn.n].type : P2M_NONE;
    struct page *pg;

    if (type != P2M_RAM && (write || type != P2M_RAM_RO))
        return NULL;
    pg = mfn_to_page(map[d->id][gfn.n].mfn);
    return page_get(pg, d->id) ? pg : NULL;
}

static unsigned int cleans, cleans_inv;

void cache_clean_range(const void *va, size_t len)
{
    (void)va;
    cleans += (unsigned int)len;
}

void cache_clean_inv_range(const void *va, size_t len)
{
    (void)va;
    cleans_inv += (unsigned int)len;
}

/* ---- set-up: domain 1 has RAM at gfns 0 to 7 ---- */

static struct page *ram[NR_DOMAINS][8];

static int setup(void **state)
{
    (void)state;
    fake_reset();
    ram_view.direct_bias = (uintptr_t)memory - ((uintptr_t)FIRST << PAGE_SHIFT);
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    next_frame = 0;
    memset(map, 0, sizeof(map));
    p2m_result = 0;
    unmaps = cleans = cleans_inv = 0;
    for (unsigned int d = 0; d < 3; d++) {
        for (unsigned int g = 0; g < 8; g++) {
            ram[d][g] = new_page((domid_t)d);
            map[d][g].mfn = page_to_mfn(ram[d][g]);
            map[d][g].type = P2M_RAM;
        }
        assert_int_equal(grant_create(&dom[d], 4, 2), 0);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    preempt = false;
    for (unsigned int d = 0; d < 3; d++) {
        while (grant_kill(&dom[d]) == -ERESTART)
            ;
        assert_int_equal(grant_kill(&dom[d]), 0);
    }
    /* Whatever was mapped: all of it is given back. */
    refs_are_even();
    for (unsigned int d = 0; d < 3; d++) {
        for (unsigned int g = 0; g < 8; g++)
            assert_int_equal(ram[d][g]->ref, 1);
        grant_destroy(&dom[d]);
        grant_destroy(&dom[d]);
    }
    return 0;
}

static struct grant_entry_v1 *entry(unsigned int d, uint32_t ref)
{
    struct grant_entry_v1 *table = dom[d].grant.shared[0];

    return &table[ref];
}

static void grant(unsigned int d, uint32_t ref, domid_t to, uint32_t gfn,
                  uint16_t flags)
{
    *entry(d, ref) = (struct grant_entry_v1){
        .flags = (uint16_t)(GTF_permit_access | flags),
        .domid = to,
        .frame = gfn
    };
}

static int32_t call(unsigned int caller, uint32_t cmd, void *op, size_t len,
                    uint32_t count)
{
    uint32_t arg[3] = { cmd, ARG, count };
    int32_t rc;

    current = &vcpus[caller][0];
    guest_put(ARG, op, len);
    rc = grant_table_op(current, arg);
    memcpy(op, guest_at(ARG), len);
    return rc;
}

#define CALL(caller_, op_, arg_)                                               \
    call((caller_), GNTTABOP_##op_, (arg_), sizeof(*(arg_)), 1)

static inline int16_t map_ref(unsigned int caller, domid_t owner, uint32_t ref,
                              uint32_t gfn, uint32_t flags, uint32_t *handle)
{
    struct gnttab_map_grant_ref op = { .host_addr = (uint64_t)gfn << PAGE_SHIFT,
                                       .flags = flags,
                                       .ref = ref,
                                       .dom = owner,
                                       .status = 99 };

    assert_int_equal(CALL(caller, map_grant_ref, &op), 0);
    if (op.status == GNTST_okay) {
        *handle = op.handle;
        assert_int_equal(op.dev_bus_addr, mfn_pa(map[caller][gfn].mfn));
    }
    return op.status;
}

static inline int16_t unmap_ref(unsigned int caller, uint32_t gfn,
                                uint32_t handle)
{
    struct gnttab_unmap_grant_ref op = {
        .host_addr = (uint64_t)gfn << PAGE_SHIFT, .handle = handle, .status = 99
    };

    assert_int_equal(CALL(caller, unmap_grant_ref, &op), 0);
    return op.status;
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

#endif /* GRANT_FAKE_H */
