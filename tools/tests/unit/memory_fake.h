/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages and stage 2 for the tests of memory_op: dom0 is direct-mapped,
 * domain 1 has four pages. Included once by each of them.
 */
#ifndef MEMORY_FAKE_H
#define MEMORY_FAKE_H

#include "iface_fake.h"

#include <public/memory.h>

#include <xen/grant_table.h>
#include <xen/hypercall.h>
#include <xen/irq.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>

#define ARG   0x1000u
#define LIST  0x2000u
#define LIST2 0x3000u
#define ERRS  0x4000u

DEFINE_PER_CPU(struct vcpu *, current_vcpu);

/* ---- memory: pages only, nothing looks into them ---- */

#define FRAMES 8192u
#define FIRST  0x40000u
static struct page pages[FRAMES];
static uint32_t next_frame;
static uint32_t room; /* extents that domain_alloc_pages still gives       */

struct ram_view ram_view = { .direct_first = FIRST,
                             .main_first = FIRST,
                             .main_nr = FRAMES };

bool mfn_is_ram_elsewhere(mfn_t mfn)
{
    (void)mfn;
    return false;
}

mfn_t page_max_mfn(void)
{
    return mfn_make(FIRST + FRAMES - 1);
}

static uint32_t free_nr;

uint32_t page_free_nr(void)
{
    return free_nr;
}

static uint32_t claimed;

int domain_claim_pages(struct domain *d, uint32_t nr)
{
    assert_ptr_equal(d, &dom[1]);
    claimed = nr;
    return 0;
}

static struct page *take(domid_t owner, uint32_t nr)
{
    struct page *pg = &pages[next_frame];

    assert_true(next_frame + nr <= FRAMES);
    for (uint32_t i = 0; i < nr; i++) {
        pg[i].ref = 1;
        pg[i].owner = owner;
        pg[i].flags = PAGE_LISTED;
    }
    next_frame += nr;
    return pg;
}

/* What large blocks there are need so many steps of scrubbing. */
static unsigned int dirty_steps;
static bool scrubbed_by_others; /* between our look and the step */

bool page_scrub_step(unsigned int order, uint32_t max)
{
    assert_true(order > 3 && max <= 8);
    if (scrubbed_by_others)
        dirty_steps = 0;
    if (dirty_steps == 0)
        return false;
    dirty_steps--;
    return true;
}

struct page *domain_alloc_pages(struct domain *d, unsigned int order,
                                unsigned int flags)
{
    assert_int_equal(!!(flags & PA_CLEAN), order > 3);
    if (room == 0 || (dirty_steps && (flags & PA_CLEAN)))
        return NULL;
    room--;
    d->tot_pages += 1u << order;
    return take(d->id, 1u << order);
}

/* A page of which nobody has a reference is free. */
void page_put_last(struct page *pg, uint32_t left)
{
    assert_int_equal(left, 0);
    pg->owner = DOMID_OWNER_NONE;
}

void domain_drop_page(struct domain *d, struct page *pg)
{
    if (!(pg->flags & PAGE_LISTED))
        return;
    pg->flags = 0;
    d->tot_pages--;
    page_put(pg);
}

/* ---- stage 2 ---- */

#define GFNS 0x1000u
static struct {
    mfn_t mfn;
    enum p2m_type type;
} map[NR_DOMAINS][GFNS];
static int map_result;

/* What the mapping owns: its page, and the domain whose that is. */
static void unmap_foreign(struct domain *d, uint32_t at)
{
    struct page *pg = mfn_to_page(map[d->id][at].mfn);

    if (map[d->id][at].type != P2M_FOREIGN &&
        map[d->id][at].type != P2M_FOREIGN_RO)
        return;
    if (pg->owner < NR_DOMAINS)
        domain_put(&dom[pg->owner]);
    page_put(pg);
}

static uint32_t slot(const struct domain *d, uint32_t gfn)
{
    return d->direct_mapped && gfn >= FIRST ? gfn - FIRST : gfn;
}

int p2m_map(struct domain *d, gfn_t gfn, mfn_t mfn, uint32_t nr,
            enum p2m_type type)
{
    if (map_result)
        return map_result;
    for (uint32_t i = 0; i < nr; i++) {
        uint32_t at = slot(d, gfn.n + i);

        if (at >= GFNS)
            return -EINVAL;
        unmap_foreign(d, at);
        map[d->id][at].mfn = mfn_add(mfn, i);
        map[d->id][at].type = type;
    }
    return 0;
}

mfn_t p2m_lookup(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    uint32_t at = slot(d, gfn.n);

    *type = at < GFNS ? map[d->id][at].type : P2M_NONE;
    return *type == P2M_NONE ? INVALID_MFN : map[d->id][at].mfn;
}

struct page *p2m_get_page(struct domain *d, gfn_t gfn, enum p2m_type *type)
{
    mfn_t mfn = p2m_lookup(d, gfn, type);

    if (*type == P2M_NONE || *type == P2M_XEN || *type == P2M_DEVICE)
        return NULL;
    mfn_to_page(mfn)->ref++;
    return mfn_to_page(mfn);
}

int p2m_unmap_if(struct domain *d, gfn_t gfn, uint32_t types, mfn_t mfn)
{
    uint32_t at = slot(d, gfn.n);

    assert_true(types == P2M_ALL && mfn_eq(mfn, INVALID_MFN));
    if (at >= GFNS || map[d->id][at].type == P2M_NONE)
        return -ENOENT;
    unmap_foreign(d, at);
    map[d->id][at].type = P2M_NONE;
    return 0;
}

struct page *p2m_take_own(struct domain *d, gfn_t gfn)
{
    enum p2m_type type;
    mfn_t mfn = p2m_lookup(d, gfn, &type);
    struct page *pg = type == P2M_RAM ? mfn_to_page(mfn) : NULL;

    if (!pg || !page_get(pg, d->id))
        return NULL;
    map[d->id][slot(d, gfn.n)].type = P2M_NONE;
    return pg;
}

static unsigned int windows;

void irq_window(void)
{
    windows++;
}

static struct page *grant_page[2];

int grant_frame_get(struct domain *d, uint32_t index, mfn_t *mfn)
{
    if (index >= d->grant.max_frames)
        return -EINVAL;
    *mfn = page_to_mfn(grant_page[index]);
    return 0;
}

/* ---- set-up: dom0 is direct-mapped, 1 has 4 pages at gfn 0x10 ---- */

static struct page *ram[4];

static int setup(void **state)
{
    (void)state;
    fake_reset();
    ram_view.table_bias = (uintptr_t)pages - FIRST * sizeof(struct page);
    memset(pages, 0, sizeof(pages));
    memset(map, 0, sizeof(map));
    next_frame = 0;
    room = ~0u;
    free_nr = FRAMES;
    claimed = 0;
    dirty_steps = 0;
    scrubbed_by_others = false;
    dom[1].max_pages = FRAMES;
    map_result = 0;
    dom[0].direct_mapped = true;
    take(0, 64); /* dom0's: frames FIRST up, gfn == mfn */
    for (uint32_t i = 0; i < 64; i++) {
        map[0][i].mfn = mfn_make(FIRST + i);
        map[0][i].type = P2M_RAM;
    }
    for (uint32_t i = 0; i < 4; i++) {
        ram[i] = take(1, 1);
        map[1][0x10 + i].mfn = page_to_mfn(ram[i]);
        map[1][0x10 + i].type = P2M_RAM;
    }
    for (unsigned int i = 0; i < 2; i++)
        grant_page[i] = take(DOMID_OWNER_XEN, 1);
    for (unsigned int d = 0; d < NR_DOMAINS; d++) {
        dom[d].shared_info_page = take(DOMID_OWNER_XEN, 1);
        dom[d].grant.max_frames = 2;
        dom[d].grant.nr_frames = 2;
        dom[d].grant.gfn[0] = dom[d].grant.gfn[1] = INVALID_GFN;
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned int d = 0; d < NR_DOMAINS; d++) {
        for (uint32_t i = 0; i < GFNS; i++)
            unmap_foreign(&dom[d], i);
    }
    refs_are_even();
    return 0;
}

static uint32_t cmd;

static int32_t call(unsigned int caller, uint32_t op, void *arg, size_t len)
{
    uint32_t regs[2] = { op, ARG };
    int32_t rc;

    current = &vcpus[caller][0];
    guest_put(ARG, arg, len);
    rc = memory_op(current, regs);
    memcpy(arg, guest_at(ARG), len);
    cmd = regs[0];
    return rc;
}

#define CALL(caller_, op_, arg_)                                               \
    call((caller_), XENMEM_##op_, (arg_), sizeof(*(arg_)))

static struct xen_memory_reservation extents(const uint64_t *gfns, size_t nr)
{
    struct xen_memory_reservation r = { .nr_extents = nr, .domid = DOMID_SELF };

    guest_put(LIST, gfns, nr * sizeof(*gfns));
    r.extent_start.q = LIST;
    return r;
}

#endif /* MEMORY_FAKE_H */
