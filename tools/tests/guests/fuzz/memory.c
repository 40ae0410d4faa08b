/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls about memory: pages given back and taken, and what is mapped where.
 *
 * Of our own pages only those of the balloon come and go; everything else is
 * mapped into holes, and anything may happen to the memory of victims.
 *
 * Source: public/memory.h.
 * Layer:  test guest.
 */
#include <xen/string.h>

#include "domain.h"
#include "fuzz.h"

#define LIST         8u
#define VICTIM_SPACE 64u /* frames of theirs that we play with */

static uint8_t out[BALLOON]; /* given back; several may think so */

static int32_t memory(struct fuzz *f, uint32_t cmd, void *op, size_t len)
{
    return call_op(f, __HYPERVISOR_memory_op, cmd, op, len);
}

/* ---- reservations ---- */

static int32_t reservation(struct fuzz *f, uint32_t cmd, uint32_t id,
                           const xen_pfn_t *list, uint32_t nr)
{
    struct xen_memory_reservation op = {
        .nr_extents = nr,
        .domid = (domid_t)id,
    };
    uint32_t asked;
    int32_t rc;

    op.extent_start.q = put(f, 1, list, nr * sizeof(*list));
    if (id != DOMID_SELF) {
        TWIST(f, op.nr_extents);
        TWIST(f, op.extent_order);
        TWIST(f, op.mem_flags);
    }
    asked = (uint32_t)op.nr_extents;
    rc = memory(f, cmd, &op, sizeof(op));
    if (rc < 0)
        return rc;
    return (uint32_t)rc == asked && asked ? 0 : -ENOMEM;
}

static uint64_t victim_gfn(struct fuzz *f)
{
    return (DOMU_RAM >> 12) + VICTIM_PAGES + draw_below(f, VICTIM_SPACE);
}

/* One page of the balloon that is @wanted (out or in), or any. */
static uint32_t balloon_page(struct fuzz *f, bool wanted)
{
    uint32_t at = draw_below(f, BALLOON);

    for (uint32_t i = 0; i < BALLOON; i++, at = (at + 1) % BALLOON) {
        if (READ_ONCE(out[at]) == wanted)
            break;
    }
    return at;
}

uint32_t draw_balloon(struct fuzz *f)
{
    return one_in(f, 8) ? draw_below(f, BALLOON) : balloon_page(f, false);
}

static int32_t decrease(struct fuzz *f)
{
    uint32_t id = DOMID_SELF, at = 0;
    xen_pfn_t gfn;
    int32_t rc;

    if (control && one_in(f, 2)) {
        id = draw_victim(f);
        gfn = victim_gfn(f);
    } else {
        at = draw_balloon(f);
        gfn = BALLOON_GFN(at);
    }
    rc = reservation(f, XENMEM_decrease_reservation, id, &gfn, 1);
    if (rc == 0 && id == DOMID_SELF)
        WRITE_ONCE(out[at], true);
    return rc;
}

static int32_t populate(struct fuzz *f)
{
    xen_pfn_t list[LIST];
    uint32_t nr = 1 + draw_below(f, LIST), at;
    int32_t rc;

    if (control && one_in(f, 2)) {
        for (uint32_t i = 0; i < nr; i++)
            list[i] = victim_gfn(f);
        return reservation(f, XENMEM_populate_physmap, draw_victim(f), list,
                           nr);
    }
    at = one_in(f, 32) ? draw_below(f, BALLOON) : balloon_page(f, true);
    if (!control && !READ_ONCE(out[at]) && !one_in(f, 32)) {
        /* None is out: a page twice would cost one each time. */
        list[0] = BALLOON_GFN(at);
        f->place[1] = PLACE_PLAIN;
        reservation(f, XENMEM_decrease_reservation, DOMID_SELF, list, 1);
    }
    list[0] = BALLOON_GFN(at);
    rc = reservation(f, XENMEM_populate_physmap, DOMID_SELF, list, 1);
    if (rc == 0)
        WRITE_ONCE(out[at], false);
    return rc;
}

/* Pages that only the end of the domain gives back. */
static int32_t increase(struct fuzz *f)
{
    xen_pfn_t list[1] = { 0 };
    uint32_t id = control ? draw_victim(f) : DOMID_SELF;

    return reservation(f, XENMEM_increase_reservation, id, list, 1);
}

/* ---- questions ---- */

static int32_t question(struct fuzz *f, uint32_t cmd)
{
    domid_t id = (domid_t)(control ? draw_anybody(f) : DOMID_SELF);
    uint64_t op;
    int32_t rc;

    TWIST(f, id);
    op = id;
    rc = memory(f, cmd, &op, sizeof(op));
    return rc > 0 ? 0 : rc;
}

static int32_t maximum_ram_page(struct fuzz *f)
{
    return question(f, XENMEM_maximum_ram_page);
}

static int32_t current_reservation(struct fuzz *f)
{
    return question(f, XENMEM_current_reservation);
}

static int32_t maximum_reservation(struct fuzz *f)
{
    return question(f, XENMEM_maximum_reservation);
}

static int32_t maximum_gpfn(struct fuzz *f)
{
    return question(f, XENMEM_maximum_gpfn);
}

static int32_t freed_pages(struct fuzz *f)
{
    return question(f, XENMEM_get_sharing_freed_pages);
}

static int32_t shared_pages(struct fuzz *f)
{
    return question(f, XENMEM_get_sharing_shared_pages);
}

static int32_t vnumainfo(struct fuzz *f)
{
    struct xen_vnuma_topology_info op = { .domid = DOMID_SELF };

    return memory(f, XENMEM_get_vnumainfo, &op, sizeof(op));
}

static int32_t reserved_map(struct fuzz *f)
{
    struct xen_reserved_device_memory_map op = { .nr_entries = 4 };

    TWIST(f, op.flags);
    TWIST(f, op.nr_entries);
    return memory(f, XENMEM_reserved_device_memory_map, &op, sizeof(op));
}

static int32_t claim_pages(struct fuzz *f)
{
    struct xen_memory_reservation op = {
        .nr_extents = draw_below(f, 512),
        .domid = (domid_t)draw_victim(f),
    };

    TWIST(f, op.nr_extents);
    TWIST(f, op.extent_order);
    TWIST(f, op.mem_flags);
    return memory(f, XENMEM_claim_pages, &op, sizeof(op));
}

static int32_t none(struct fuzz *f)
{
    static const uint8_t numbers[] = { 5,  8,  9,  10, 11, 12, 13, 16, 17,
                                       20, 21, 22, 24, 25, 29, 40, 63 };
    uint64_t words[8] = { draw(f), draw(f) };

    return memory(f, numbers[draw_below(f, ARRAY_SIZE(numbers))], words,
                  sizeof(words));
}

/* ---- mapping ---- */

static void unmap(uint32_t id, uint64_t gfn)
{
    struct xen_remove_from_physmap op = {
        .domid = (domid_t)id,
        .gpfn = gfn,
    };

    plain_op(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op);
}

/* shared_info has one place; what is known of it, to free it first. */
static uint64_t shared_at = HOLE_GFN(1);

static int32_t add_to_physmap(struct fuzz *f)
{
    struct xen_add_to_physmap op = {
        .domid = DOMID_SELF,
        .space = draw_below(f, 2),
        .gpfn = draw_hole(f),
    };
    static uint64_t frame_at[4];
    uint64_t *place = &shared_at;
    int32_t rc;

    if (op.space == XENMAPSPACE_grant_table) {
        /* Not frame 0, which is in use. */
        op.idx = draw_below(f, ARRAY_SIZE(frame_at));
        place = &frame_at[op.idx++];
    }
    if (*place && !one_in(f, 8))
        unmap(DOMID_SELF, *place);
    TWIST(f, op.space);
    TWIST(f, op.idx);
    TWIST(f, op.size);
    rc = memory(f, XENMEM_add_to_physmap, &op, sizeof(op));
    if (rc == 0 && op.gpfn - HOLE_GFN(0) < HOLES) {
        *place = op.gpfn;
        WRITE_ONCE(hole_used[op.gpfn - HOLE_GFN(0)], true);
    }
    return rc;
}

/* Elements whose errors do not matter, with a page of somebody else's. */
static int32_t batch(struct fuzz *f)
{
    struct {
        xen_ulong_t idxs[LIST];
        xen_pfn_t gpfns[LIST];
        int errs[LIST];
    } list;
    struct xen_add_to_physmap_batch op = {
        .domid = DOMID_SELF,
        .space = control ? XENMAPSPACE_gmfn_foreign : XENMAPSPACE_grant_table,
        .size = (uint16_t)draw_below(f, LIST + 1),
        .u.foreign_domid = (domid_t)draw_victim(f),
    };
    uint32_t at;

    memset(&list, 0, sizeof(list));
    for (uint32_t i = 0; i < LIST; i++) {
        /* Grant frames behind those of add_to_physmap, which knows where they
         * are: each can be in one place only. */
        list.idxs[i] = control ? (DOMU_RAM >> 12) + draw_below(f, VICTIM_PAGES)
                               : 5 + draw_below(f, 4);
        list.gpfns[i] = draw_hole(f);
    }
    at = put(f, 1, &list, sizeof(list));
    op.idxs.q = at + offsetof(__typeof__(list), idxs);
    op.gpfns.q = at + offsetof(__typeof__(list), gpfns);
    op.errs.q = at + offsetof(__typeof__(list), errs);
    TWIST(f, op.space);
    TWIST(f, op.u.foreign_domid);
    if (op.u.foreign_domid == canary)
        op.u.foreign_domid = DOMID_XEN;
    return memory(f, XENMEM_add_to_physmap_batch, &op, sizeof(op));
}

static int32_t remove_from_physmap(struct fuzz *f)
{
    struct xen_remove_from_physmap op = {
        .domid = DOMID_SELF,
        .gpfn = one_in(f, 8) ? draw_hole(f) : draw_used(f),
    };

    if (control && one_in(f, 4)) {
        op.domid = (domid_t)draw_victim(f);
        op.gpfn = victim_gfn(f);
    } else if (op.gpfn - HOLE_GFN(0) < HOLES) {
        WRITE_ONCE(hole_used[op.gpfn - HOLE_GFN(0)], false);
    }
    return memory(f, XENMEM_remove_from_physmap, &op, sizeof(op));
}

static int32_t acquire_resource(struct fuzz *f)
{
    xen_pfn_t list[4];
    struct xen_mem_acquire_resource op = {
        .domid = (domid_t)draw_victim(f),
        .type = XENMEM_resource_grant_table,
        .nr_frames = 1 + draw_below(f, 4),
    };

    for (uint32_t i = 0; i < ARRAY_SIZE(list); i++)
        list[i] = draw_hole(f);
    if (one_in(f, 8)) {
        op.nr_frames = 0;
        op.frame_list.q = 0;
    } else {
        op.frame_list.q = put(f, 1, list, sizeof(list));
    }
    TWIST(f, op.type);
    TWIST(f, op.id);
    TWIST(f, op.nr_frames);
    TWIST(f, op.frame);
    return memory(f, XENMEM_acquire_resource, &op, sizeof(op));
}

/*
 * No hypercall: what is in a hole is read, and written; a victim's memory, a
 * grant table, a page that is just going away.
 */
static int32_t touch(struct fuzz *f)
{
    uint32_t va = hole_va(draw_below(f, HOLES_FREE)) + (draw(f) & 0xffc);
    struct fault fault;

    fault_expect();
    (void)read32(va);
    if (one_in(f, 4) && control)
        write32(va, draw(f));
    fault_taken(&fault);
    return 0;
}

/* 16 MiB from the middle of our 64: neither our image nor the tools' tree. */
void memory_spare(void)
{
    for (uint32_t i = 0; i < 4096; i++) {
        xen_pfn_t gfn = (DOMU_RAM >> 12) + 8192 + i;
        struct xen_memory_reservation op = {
            .nr_extents = 1,
            .domid = DOMID_SELF,
        };

        set_xen_guest_handle(op.extent_start, &gfn);
        if (plain_op(__HYPERVISOR_memory_op, XENMEM_decrease_reservation,
                     &op) != 1)
            print("fuzz: page %u cannot be spared\n", i);
    }
}

void memory_end(void)
{
    for (uint32_t i = 0; i < HOLES; i++)
        unmap(DOMID_SELF, HOLE_GFN(i));
    unmap(DOMID_SELF, LAST_GFN);
    for (uint32_t i = 0; i < BALLOON; i++) {
        xen_pfn_t gfn = BALLOON_GFN(i);
        struct xen_memory_reservation op = {
            .nr_extents = 1,
            .domid = DOMID_SELF,
        };

        set_xen_guest_handle(op.extent_start, &gfn);
        plain_op(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &op);
        if (plain_op(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &op) != 1)
            print("fuzz: page %u did not come back\n", i);
        out[i] = false;
    }
}

const struct op memory_ops[] = {
    OP(XENMEM_increase_reservation, increase, 2, 0, 0),
    OP(XENMEM_decrease_reservation, decrease, 16, 0, 0),
    OP(XENMEM_populate_physmap, populate, 16, 0, 0),
    OP(XENMEM_maximum_ram_page, maximum_ram_page, 2, 0, 0),
    OP(XENMEM_current_reservation, current_reservation, 4, 0, 0),
    OP(XENMEM_maximum_reservation, maximum_reservation, 4, 0, 0),
    OP(XENMEM_maximum_gpfn, maximum_gpfn, 4, 0, 0),
    OP(XENMEM_get_sharing_freed_pages, freed_pages, 2, 0, 0),
    OP(XENMEM_get_sharing_shared_pages, shared_pages, 2, 0, 0),
    OP(XENMEM_get_vnumainfo, vnumainfo, 2, -EOPNOTSUPP, -EOPNOTSUPP),
    OP(XENMEM_reserved_device_memory_map, reserved_map, 2, 0, 0),
    OP(XENMEM_claim_pages, claim_pages, 6, 0, -EPERM),
    OP(XENMEM_none, none, 4, -ENOSYS, -ENOSYS),
    OP(XENMEM_add_to_physmap, add_to_physmap, 16, 0, 0),
    OP(XENMEM_add_to_physmap_batch, batch, 16, 0, 0),
    OP(XENMEM_remove_from_physmap, remove_from_physmap, 12, 0, 0),
    OP(XENMEM_acquire_resource, acquire_resource, 12, 0, -EPERM),
    OP(touch, touch, 32, 0, 0),
    { .name = NULL },
};
