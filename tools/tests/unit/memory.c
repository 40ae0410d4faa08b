/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op: counts, continuations, who may, error numbers:
 * common/memory.c, memory_map.c.
 *
 * Sources: xen/common/memory.c xen/common/memory_map.c
 * Sources: xen/common/domain/access.c
 */
#include "memory_fake.h"

/* ---- reservations ---- */

static void populate_counts(void **state)
{
    static const uint64_t gfns[] = { 0x20, 0x21, 0x22, 0x23 };
    struct xen_memory_reservation r = extents(gfns, 4);

    (void)state;
    room = 2;
    assert_int_equal(CALL(1, populate_physmap, &r), 2);
    assert_int_equal(map[1][0x21].type, P2M_RAM);
    assert_int_equal(map[1][0x22].type, P2M_NONE);
    assert_int_equal(dom[1].tot_pages, 2);
}

/* What stage 2 refuses is given back to the allocator. */
static void populate_undone(void **state)
{
    static const uint64_t gfns[] = { 0x20 };
    struct xen_memory_reservation r = extents(gfns, 1);

    (void)state;
    map_result = -ENOMEM;
    r.extent_order = 2;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    assert_int_equal(dom[1].tot_pages, 0);
}

/* Never an error number: what is wrong ends the call with the count. */
static void populate_mistakes(void **state)
{
    static const uint64_t far[] = { 0x20, 1ull << 28, 0x21 };
    static const uint64_t edge[] = { (1ull << 28) - 1 };
    struct xen_memory_reservation r = extents(far, 3);
    uint32_t regs[2] = { XENMEM_populate_physmap, GUEST_NONE };

    (void)state;
    assert_int_equal(CALL(1, populate_physmap, &r), 1);
    r.nr_extents = 1ull << 26;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.nr_extents = 1ull << 63;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r = extents(far, 1);
    r.extent_order = 10;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.extent_order = 77;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r = extents(far, 1);
    r.domid = 0;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.domid = 9;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    r = extents(edge, 1);
    r.extent_order = 1;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r = extents(far, 1);
    r.mem_flags = XENMEMF_populate_on_demand;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.mem_flags = XENMEMF_exact_node(0);
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    r.mem_flags = 0;
    r.extent_start.q = GUEST_NONE;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    assert_int_equal(memory_op(&vcpus[1][0], regs), 0);
    dom[1].state = DOMAIN_DYING;
    r = extents(far, 1);
    r.domid = 1;
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
}

/* Progress is in the command; the guest's structure is as it was. */
static void populate_in_pieces(void **state)
{
    struct xen_memory_reservation r;
    uint64_t gfns[40];
    uint32_t regs[2];
    unsigned int calls = 1;
    int32_t rc;

    (void)state;
    for (unsigned int i = 0; i < 40; i++)
        gfns[i] = 0x20 + i;
    r = extents(gfns, 40);
    preempt = true;
    assert_int_equal(CALL(1, populate_physmap, &r), -ERESTART);
    assert_int_equal(cmd, XENMEM_populate_physmap | 16 << 6);
    assert_int_equal(r.nr_extents, 40);
    regs[0] = cmd;
    regs[1] = ARG;
    while ((rc = memory_op(current, regs)) == -ERESTART)
        assert_true(++calls < 10);
    assert_int_equal(rc, 40);
    assert_int_equal(dom[1].tot_pages, 40);
    for (unsigned int i = 0; i < 40; i++)
        assert_int_equal(map[1][0x20 + i].type, P2M_RAM);
    /* Behind the end there is nothing more to do. */
    regs[0] = XENMEM_populate_physmap | 41 << 6;
    assert_int_equal(memory_op(current, regs), 41);
}

/* Each extent of 2 MiB is enough work for a look at interrupts. */
static void large_extents_in_pieces(void **state)
{
    static const uint64_t gfns[] = { 0x20, 0x30 };
    struct xen_memory_reservation r = extents(gfns, 2);

    (void)state;
    r.extent_order = 4;
    preempt = true;
    assert_int_equal(CALL(1, populate_physmap, &r), -ERESTART);
    assert_int_equal(cmd >> 6, 1);
}

static void decrease_gives_back(void **state)
{
    static const uint64_t gfns[] = { 0x10, 0x11, 0x30, 0x12 };
    struct xen_memory_reservation r = extents(gfns, 4);

    (void)state;
    dom[1].tot_pages = 4;
    assert_int_equal(CALL(1, decrease_reservation, &r), 2);
    assert_int_equal(ram[0]->ref, 0);
    assert_int_equal(ram[1]->ref, 0);
    assert_int_equal(ram[2]->ref, 1);
    assert_int_equal(dom[1].tot_pages, 2);
    /* Pages of others are not the domain's to give. */
    r = extents(gfns + 3, 1);
    map[1][0x12].type = P2M_FOREIGN;
    ram[2]->ref++;
    domain_hold(&dom[1]);
    assert_int_equal(CALL(1, decrease_reservation, &r), 0);
    assert_int_equal(map[1][0x12].type, P2M_FOREIGN);
}

/* 32 pages are one unit of the answer, but not one of the progress. */
static void decrease_in_pieces(void **state)
{
    static const uint64_t gfns[] = { FIRST, FIRST + 32 };
    struct xen_memory_reservation r = extents(gfns, 2);
    uint32_t regs[2] = { 0, ARG };

    (void)state;
    r.extent_order = 5;
    preempt = true;
    assert_int_equal(CALL(0, decrease_reservation, &r), -ERESTART);
    for (uint32_t i = 1; i < 4; i++) {
        assert_int_equal(cmd, XENMEM_decrease_reservation | i << 6);
        assert_int_equal(map[0][16 * i - 1].type, P2M_NONE);
        assert_int_equal(map[0][16 * i].type, P2M_RAM);
        regs[0] = cmd;
        assert_int_equal(memory_op(current, regs), i < 3 ? -ERESTART : 2);
        cmd = regs[0];
    }
    assert_int_equal(map[0][63].type, P2M_NONE);
    /* A progress that no call of ours has. */
    regs[0] = XENMEM_decrease_reservation | (1u << 25 | 1) << 6;
    assert_int_equal(memory_op(current, regs), (1u << 25) >> 1);
}

/* Memory is scrubbed in steps; between two others may run. */
static void populate_waits_for_clean_memory(void **state)
{
    static const uint64_t gfns[] = { 0x20 };
    struct xen_memory_reservation r = extents(gfns, 1);
    uint32_t regs[2] = { XENMEM_populate_physmap, ARG };

    (void)state;
    r.extent_order = 4;
    dirty_steps = 3;
    preempt = true;
    assert_int_equal(CALL(1, populate_physmap, &r), -ERESTART);
    for (uint32_t left = 2; left > 0; left--) {
        assert_int_equal(dirty_steps, left);
        assert_int_equal(cmd, XENMEM_populate_physmap);
        assert_int_equal(memory_op(current, regs), -ERESTART);
    }
    assert_int_equal(memory_op(current, regs), 1);
    assert_int_equal(dom[1].tot_pages, 16);

    /* It is not scrubbed for who may not have it, or when there is none. */
    dirty_steps = 3;
    dom[1].max_pages = 31;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
    assert_int_equal(dirty_steps, 3);
    dom[1].max_pages = 100;
    dirty_steps = 0;
    room = 0;
    assert_int_equal(CALL(1, populate_physmap, &r), 0);
}

/* dom0's frames stay its own, and come back to the same place. */
static void direct_mapped_keeps(void **state)
{
    static const uint64_t gfns[] = { FIRST + 5, FIRST + 6 };
    static const uint64_t foreign[] = { FIRST + 64 };
    static const uint64_t no_ram[] = { 0x99 };
    struct xen_memory_reservation r = extents(gfns, 2);

    (void)state;
    dom[0].tot_pages = 64;
    assert_int_equal(CALL(0, decrease_reservation, &r), 2);
    assert_int_equal(pages[5].ref, 1);
    assert_int_equal(dom[0].tot_pages, 64);
    assert_int_equal(map[0][5].type, P2M_NONE);

    assert_int_equal(CALL(0, populate_physmap, &r), 2);
    assert_int_equal(map[0][5].type, P2M_RAM);
    assert_int_equal(map[0][5].mfn.n, FIRST + 5);
    assert_int_equal(dom[0].tot_pages, 64);
    /* Not another domain's frame, and not what is no RAM. */
    r = extents(foreign, 1);
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
    r = extents(no_ram, 1);
    assert_int_equal(CALL(0, populate_physmap, &r), 0);
}

/* ---- questions ---- */

static void questions(void **state)
{
    domid_t self = DOMID_SELF, other = 0, none = 9;
    struct xen_reserved_device_memory_map rdm = { .nr_entries = 7 };
    uint64_t nothing = 0;

    (void)state;
    dom[1].tot_pages = 77;
    dom[1].max_pages = ~0u;
    dom[1].p2m.max_gfn = 0x100;
    assert_int_equal(CALL(1, current_reservation, &self), 77);
    assert_int_equal(CALL(1, maximum_reservation, &self), INT32_MAX);
    assert_int_equal(CALL(1, maximum_gpfn, &self), 0xff);
    assert_int_equal(CALL(1, current_reservation, &other), -EPERM);
    assert_int_equal(CALL(0, current_reservation, &none), -ESRCH);
    assert_int_equal(CALL(1, maximum_ram_page, &nothing), FIRST + FRAMES - 1);
    assert_int_equal(CALL(1, get_sharing_freed_pages, &nothing), 0);
    assert_int_equal(CALL(1, get_sharing_shared_pages, &nothing), 0);
    assert_int_equal(CALL(1, get_vnumainfo, &self), -EOPNOTSUPP);
    assert_int_equal(CALL(1, reserved_device_memory_map, &rdm), 0);
    assert_int_equal(rdm.nr_entries, 0);
}

static void not_offered(void **state)
{
    static const uint8_t ops[] = { 5,  8,  9,  10, 11, 12, 13, 16,
                                   17, 20, 21, 22, 25, 29, 40, 63 };
    uint64_t nothing = 0;
    domid_t self = DOMID_SELF;

    (void)state;
    for (size_t i = 0; i < ARRAY(ops); i++)
        assert_int_equal(call(0, ops[i], &nothing, 8), -ENOSYS);
    /* Progress, for what makes none. */
    assert_int_equal(call(1, XENMEM_current_reservation | 1 << 6, &self, 2),
                     -EINVAL);
}

/* ---- mapping ---- */

static void shared_info_once(void **state)
{
    struct xen_add_to_physmap op = { .domid = DOMID_SELF,
                                     .space = XENMAPSPACE_shared_info,
                                     .gpfn = 0x40 };
    struct xen_remove_from_physmap rm = { .domid = DOMID_SELF, .gpfn = 0x40 };

    (void)state;
    assert_int_equal(CALL(1, add_to_physmap, &op), 0);
    assert_int_equal(map[1][0x40].type, P2M_XEN);
    op.gpfn = 0x41;
    assert_int_equal(CALL(1, add_to_physmap, &op), -EBUSY);
    assert_int_equal(CALL(1, remove_from_physmap, &rm), 0);
    assert_int_equal(CALL(1, remove_from_physmap, &rm), -ENOENT);
    assert_int_equal(CALL(1, add_to_physmap, &op), 0);
    assert_int_equal(dom[1].shared_info_gfn.n, 0x41);
    /* The guest may put something over it: then it is not there any more. */
    map[1][0x41].type = P2M_RAM;
    op.gpfn = 0x42;
    assert_int_equal(CALL(1, add_to_physmap, &op), 0);
    op.idx = 1;
    assert_int_equal(CALL(1, add_to_physmap, &op), -EINVAL);
}

static void add_errors(void **state)
{
    static const struct {
        uint32_t space;
        uint64_t idx, gpfn;
        domid_t domid;
        int32_t rc;
    } rows[] = {
        { XENMAPSPACE_grant_table, 0, 0x40, DOMID_SELF, 0 },
        { XENMAPSPACE_grant_table, 0, 0x41, DOMID_SELF, -EBUSY },
        { XENMAPSPACE_grant_table, 1, 0x41, DOMID_SELF, 0 },
        { XENMAPSPACE_grant_table, 2, 0x42, DOMID_SELF, -EINVAL },
        { XENMAPSPACE_grant_table, 0x80000000u, 0x42, DOMID_SELF, -EINVAL },
        { XENMAPSPACE_grant_table, 1ull << 40, 0x42, DOMID_SELF, -EINVAL },
        { XENMAPSPACE_shared_info, 0, ~0ull, DOMID_SELF, -EINVAL },
        { XENMAPSPACE_shared_info, 0, 1ull << 28, DOMID_SELF, -EINVAL },
        { XENMAPSPACE_gmfn, 0, 0x42, DOMID_SELF, -ENOSYS },
        { XENMAPSPACE_gmfn_range, 0, 0x42, DOMID_SELF, -ENOSYS },
        { XENMAPSPACE_gmfn_foreign, 0, 0x42, DOMID_SELF, -ENOSYS },
        { 77, 0, 0x42, DOMID_SELF, -ENOSYS },
        { XENMAPSPACE_shared_info, 0, 0x42, 0, -EPERM },
        { XENMAPSPACE_shared_info, 0, 0x42, 9, -EPERM },
    };

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        struct xen_add_to_physmap op = { .domid = rows[i].domid,
                                         .space = rows[i].space,
                                         .idx = rows[i].idx,
                                         .gpfn = rows[i].gpfn };
        int32_t rc = CALL(1, add_to_physmap, &op);

        if (rc != rows[i].rc)
            fail_msg("row %zu: %d", i, rc);
    }
}

static struct xen_add_to_physmap_batch
batch(domid_t foreign, const uint64_t *idx, const uint64_t *gpfn, uint16_t nr)
{
    struct xen_add_to_physmap_batch op = { .domid = DOMID_SELF,
                                           .space = XENMAPSPACE_gmfn_foreign,
                                           .size = nr,
                                           .u.foreign_domid = foreign };

    guest_put(LIST, idx, nr * sizeof(*idx));
    guest_put(LIST2, gpfn, nr * sizeof(*gpfn));
    op.idxs.q = LIST;
    op.gpfns.q = LIST2;
    op.errs.q = ERRS;
    return op;
}

static int32_t err_of(unsigned int i)
{
    int32_t rc;

    memcpy(&rc, (uint8_t *)guest_at(ERRS) + i * sizeof(rc), sizeof(rc));
    return rc;
}

static void foreign_maps(void **state)
{
    static const uint64_t idx[] = { 0x10, 0x50, 0x11, 1ull << 40 };
    static const uint64_t gpfn[] = { FIRST + 7, FIRST + 8, 1ull << 30,
                                     FIRST + 9 };
    struct xen_add_to_physmap_batch op = batch(1, idx, gpfn, 4);
    struct xen_remove_from_physmap rm = { .domid = DOMID_SELF,
                                          .gpfn = FIRST + 7 };

    (void)state;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);
    assert_int_equal(err_of(0), 0);
    assert_int_equal(err_of(1), -EINVAL); /* no RAM there                  */
    assert_int_equal(err_of(2), -EINVAL);
    assert_int_equal(err_of(3), -EINVAL);
    assert_int_equal(map[0][7].type, P2M_FOREIGN);
    assert_int_equal(ram[0]->ref, 2); /* the mapping's own                 */
    assert_int_equal(dom[1].refs, 2); /* it stays a domain, dead or not    */
    assert_int_equal(ram[1]->ref, 1);
    assert_int_equal(CALL(0, remove_from_physmap, &rm), 0);
    assert_int_equal(ram[0]->ref, 1);
    assert_int_equal(dom[1].refs, 1);

    map_result = -ENOMEM;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);
    assert_int_equal(err_of(0), -ENOMEM);
    map_result = 0;
    assert_int_equal(ram[0]->ref, 1);
    assert_int_equal(dom[1].refs, 1);

    map[1][0x10].type = P2M_RAM_RO;
    op = batch(1, idx, gpfn, 1);
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);
    assert_int_equal(map[0][7].type, P2M_FOREIGN_RO);
    map[1][0x10].type = P2M_GRANT;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);
    assert_int_equal(err_of(0), -EINVAL);
    assert_int_equal(CALL(0, remove_from_physmap, &rm), 0);
}

static void foreign_rights(void **state)
{
    static const uint64_t idx[] = { 0x10 };
    static const uint64_t gpfn[] = { 0x60 };
    static const struct {
        unsigned int caller;
        domid_t domid, foreign;
        int32_t rc, err;
    } rows[] = {
        { 2, DOMID_SELF, 1, 0, -EPERM }, /* no control domain             */
        { 2, DOMID_SELF, DOMID_XEN, 0, -EPERM },
        { 0, DOMID_SELF, 9, 0, -ESRCH },
        { 0, DOMID_SELF, 0, 0, -EINVAL },
        { 0, DOMID_SELF, DOMID_IO, 0, -EINVAL },
        { 0, 2, 1, 0, -EPERM }, /* 2 itself may not              */
        { 2, 0, 1, -EPERM, 99 },
        { 0, 9, 1, -ESRCH, 99 },
        { 2, DOMID_SELF, 9, 0, -EPERM },
        { 0, DOMID_SELF, DOMID_XEN, 0, -EINVAL }, /* not shared by us     */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        struct xen_add_to_physmap_batch op = batch(rows[i].foreign, idx, gpfn,
                                                   1);
        int32_t before = 99, rc;

        guest_put(ERRS, &before, sizeof(before));
        op.domid = rows[i].domid;
        rc = CALL(rows[i].caller, add_to_physmap_batch, &op);
        if (rc != rows[i].rc || err_of(0) != rows[i].err)
            fail_msg("row %zu: %d, %d", i, rc, err_of(0));
    }
    assert_int_equal(ram[0]->ref, 1);
}

static void xen_pages(void **state)
{
    struct page *pg = take(DOMID_OWNER_XEN, 2);
    uint64_t idx[] = { page_to_mfn(pg).n, page_to_mfn(pg).n + 1 };
    uint64_t gpfn[] = { FIRST + 7, FIRST + 8 };
    struct xen_add_to_physmap_batch op = batch(DOMID_XEN, idx, gpfn, 2);

    (void)state;
    pg[0].flags = PAGE_XEN_SHARE_RO;
    pg[1].flags = PAGE_XEN_SHARE;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);
    assert_int_equal(map[0][7].type, P2M_XEN_SHARE_RO);
    assert_int_equal(map[0][8].type, P2M_XEN_SHARE);
}

static void batch_errors(void **state)
{
    uint64_t idx[40], gpfn[40];
    struct xen_add_to_physmap_batch op;
    uint32_t regs[2];

    (void)state;
    for (unsigned int i = 0; i < 40; i++) {
        idx[i] = 0x10;
        gpfn[i] = FIRST + 16 + i % 8;
    }
    op = batch(1, idx, gpfn, 40);
    op.space = XENMAPSPACE_gmfn_range;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), -EOPNOTSUPP);
    op.space = XENMAPSPACE_dev_mmio;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), -EOPNOTSUPP);
    op = batch(1, idx, gpfn, 2);
    assert_int_equal(
        call(0, XENMEM_add_to_physmap_batch | 2 << 6, &op, sizeof(op)),
        -EILSEQ);
    assert_int_equal(
        call(0, XENMEM_add_to_physmap_batch | 0x10000 << 6, &op, sizeof(op)),
        -EDOM);
    op.errs.q = GUEST_RO;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), -EFAULT);
    op = batch(1, idx, gpfn, 0);
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), 0);

    op = batch(1, idx, gpfn, 40);
    preempt = true;
    assert_int_equal(CALL(0, add_to_physmap_batch, &op), -ERESTART);
    assert_int_equal(cmd >> 6, 16);
    preempt = false;
    regs[0] = cmd;
    regs[1] = ARG;
    assert_int_equal(memory_op(current, regs), 0);
    assert_int_equal(err_of(39), 0);
    assert_int_equal(ram[0]->ref, 1 + 8);
}

/* ---- resources ---- */

static struct xen_mem_acquire_resource resource(uint16_t type, uint32_t id,
                                                uint32_t nr)
{
    static const uint64_t gfns[] = { FIRST + 7, FIRST + 8, FIRST + 9 };
    struct xen_mem_acquire_resource op = {
        .domid = 1, .type = type, .id = id, .nr_frames = nr
    };

    guest_put(LIST, gfns, sizeof(gfns));
    op.frame_list.q = nr ? LIST : 0;
    return op;
}

static void grant_frames_for_the_toolstack(void **state)
{
    struct xen_mem_acquire_resource op = resource(1, 0, 0);

    (void)state;
    assert_int_equal(CALL(0, acquire_resource, &op), 0);
    assert_int_equal(op.nr_frames, 2);
    op = resource(1, 0, 2);
    assert_int_equal(CALL(0, acquire_resource, &op), 0);
    assert_int_equal(map[0][7].type, P2M_FOREIGN);
    /* It outlives its domain as long as it is mapped. */
    assert_int_equal(grant_page[0]->ref, 2);
}

static void resource_errors(void **state)
{
    struct xen_mem_acquire_resource op;

    (void)state;
    op = resource(1, 1, 0); /* status frames of version 2 */
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(0, 0, 1);
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(2, 0, 1);
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(3, 0, 1);
    assert_int_equal(CALL(0, acquire_resource, &op), -EOPNOTSUPP);
    op = resource(1, 0, 3);
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(1, 0, 1);
    op.frame = ~0ull;
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(1, 0, 1);
    op.pad = 1;
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(1, 0, 0);
    op.frame_list.q = LIST;
    assert_int_equal(CALL(0, acquire_resource, &op), -EINVAL);
    op = resource(1, 0, 1);
    op.domid = DOMID_SELF;
    assert_int_equal(CALL(0, acquire_resource, &op), -EPERM);
    op.domid = 0;
    assert_int_equal(CALL(0, acquire_resource, &op), -EPERM);
    op.domid = 9;
    assert_int_equal(CALL(0, acquire_resource, &op), -ESRCH);
    op = resource(1, 0, 1);
    assert_int_equal(CALL(2, acquire_resource, &op), -EPERM);
    op = resource(1, 0, 2);
    map_result = -ENOMEM;
    assert_int_equal(CALL(0, acquire_resource, &op), -ENOMEM);
    assert_int_equal(grant_page[0]->ref, 1);
}

#define TEST(fn_) cmocka_unit_test_setup_teardown(fn_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(populate_counts),
        TEST(populate_undone),
        TEST(populate_mistakes),
        TEST(populate_in_pieces),
        TEST(large_extents_in_pieces),
        TEST(decrease_gives_back),
        TEST(decrease_in_pieces),
        TEST(populate_waits_for_clean_memory),
        TEST(direct_mapped_keeps),
        TEST(questions),
        TEST(not_offered),
        TEST(shared_info_once),
        TEST(add_errors),
        TEST(foreign_maps),
        TEST(foreign_rights),
        TEST(xen_pages),
        TEST(batch_errors),
        TEST(grant_frames_for_the_toolstack),
        TEST(resource_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
