/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls about grants: each domain maps and copies what it grants to itself,
 * a control domain also what victims grant to it.
 *
 * Source: public/grant_table.h.
 * Layer:  test guest.
 */
#include <public/grant_table.h>

#include <xen/string.h>

#include "fuzz.h"

/* Frame 0 of our table is mapped there all the time. */
#define TABLE_HOLE HOLES_FREE
#define MAPS       64u
#define LIST       4u

/* Pages that we grant. */
static uint8_t pages[GRANTS][4096] aligned(4096);

/*
 * Granted by the entry behind those, and mapped at GRANTED_GFN. It is our own,
 * so arguments may be there: all ones, of which no harm comes, and read-only,
 * so that no answer makes zeros of them: they would power us off.
 */
static uint8_t granted[4096] aligned(4096);
static uint32_t granted_handle;

/* Handle + 1 in bits 31:8, its hole below; 0: none. */
static uint32_t maps[MAPS];

/* Machine addresses of what was mapped. */
static uint32_t bus[HOLES];

static volatile struct grant_entry_v1 *table;

void grants_fill(volatile void *entries, uint32_t to, uint32_t gfn, uint32_t nr)
{
    volatile struct grant_entry_v1 *e = entries;

    for (uint32_t i = 0; i < nr; i++) {
        e[GRANTS_FIRST + i].domid = (domid_t)to;
        e[GRANTS_FIRST + i].frame = gfn + i;
        dmb();
        /* While it is in use its marks stay. */
        if (!(e[GRANTS_FIRST + i].flags & (GTF_reading | GTF_writing)))
            e[GRANTS_FIRST + i].flags = GTF_permit_access |
                                        (i % 4 == 3 ? GTF_readonly : 0);
    }
}

static void fill_own(void)
{
    if (table)
        grants_fill(table, self, (uintptr_t)pages >> 12, GRANTS);
}

static void map_granted(void)
{
    struct gnttab_map_grant_ref op = {
        .host_addr = (uint64_t)GRANTED_GFN << 12,
        .flags = GNTMAP_host_map | GNTMAP_readonly,
        .ref = GRANTS_FIRST + GRANTS,
        .dom = (domid_t)self,
    };

    memset(granted, 0xff, sizeof(granted));
    table[op.ref].domid = (domid_t)self;
    table[op.ref].frame = (uintptr_t)granted >> 12;
    dmb();
    table[op.ref].flags = GTF_permit_access;
    if (hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref,
                  (uintptr_t)&op, 1, 0, 0) ||
        op.status)
        print("fuzz: our own grant cannot be mapped: %d\n", op.status);
    granted_handle = op.handle;
}

void grants_begin(void)
{
    /* All at once: what a twisted index brings later is no leak. */
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 64 };
    xen_pfn_t list[64];
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_grant_table,
        .gpfn = HOLE_GFN(TABLE_HOLE),
    };
    int32_t rc;

    set_xen_guest_handle(op.frame_list, list);
    hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, (uintptr_t)&op,
              1, 0, 0);
    rc = plain_op(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);
    if (rc)
        print("fuzz: the grant table cannot be mapped: %d\n", rc);
    else
        table = (volatile void *)(uintptr_t)hole_va(TABLE_HOLE);
    fill_own();
    map_granted();
}

/*
 * One element. A longer list ends at the end of memory: what was left there by
 * other calls would map things where nobody knows of them.
 */
static int32_t grant(struct fuzz *f, uint32_t cmd, void *op, size_t len)
{
    uint32_t at, count = 1;
    int32_t rc;

    if (f->twist && one_in(f, 8))
        count = draw(f) | 0x80000000u;
    else if (f->twist && one_in(f, 8))
        count = draw_below(f, 3);
    if (count > 1)
        f->place[0] = PLACE_EDGE;
    at = put(f, 0, op, len);
    rc = hypercall(__HYPERVISOR_grant_table_op, cmd, at, count, 0, 0);
    get(f, 0, op, len);
    /* None is done, and none fails. */
    return rc == 0 && count == 0 ? -EINVAL : rc;
}

/* What a status is as an error number of ours. */
static int32_t outcome(struct fuzz *f, int32_t rc, int16_t status)
{
    if (rc)
        return rc;
    return !f->mine[0] ? -EFAULT : status != GNTST_okay ? -EIO : 0;
}

static uint32_t draw_ref(struct fuzz *f)
{
    uint32_t ref = GRANTS_FIRST + draw_below(f, GRANTS);

    TWIST(f, ref);
    return ref;
}

/* ---- map ---- */

static int32_t unmap_plain(uint32_t handle, uint64_t gfn)
{
    struct gnttab_unmap_grant_ref op = {
        .host_addr = gfn << 12,
        .handle = handle,
    };
    int32_t rc = hypercall(__HYPERVISOR_grant_table_op,
                           GNTTABOP_unmap_grant_ref, (uintptr_t)&op, 1, 0, 0);

    return rc ? rc : op.status;
}

static void unmap_kept(uint32_t kept)
{
    if (!kept)
        return;
    WRITE_ONCE(hole_used[kept & 0xff], false);
    unmap_plain((kept >> 8) - 1, HOLE_GFN(kept & 0xff));
}

static int32_t map_ref(struct fuzz *f)
{
    uint32_t hole = draw_below(f, HOLES_FREE);
    struct gnttab_map_grant_ref op = {
        .host_addr = (uint64_t)HOLE_GFN(hole) << 12,
        .flags = GNTMAP_host_map | (one_in(f, 2) ? GNTMAP_readonly : 0),
        .ref = draw_ref(f),
        .dom = (domid_t)(control && one_in(f, 4) ? draw_victim(f) : self),
    };
    int32_t rc;

    if (one_in(f, 16))
        fill_own();
    TWIST(f, op.flags);
    TWIST(f, op.dom);
    rc = grant(f, GNTTABOP_map_grant_ref, &op, sizeof(op));
    rc = outcome(f, rc, op.status);
    if (rc == 0 && f->mine[0]) {
        WRITE_ONCE(bus[hole], (uint32_t)op.dev_bus_addr);
        WRITE_ONCE(hole_used[hole], true);
        unmap_kept(keep(maps, MAPS, f, (op.handle + 1) << 8 | hole));
    }
    return rc;
}

/* One in eight unmaps what the other vCPU may be at too. */
static uint32_t draw_map(struct fuzz *f)
{
    uint32_t kept = one_in(f, 8) ? look(maps, MAPS, f) : take(maps, MAPS, f);

    return kept ? kept : draw_boundary(f) << 8;
}

static int32_t unmap_ref(struct fuzz *f)
{
    uint32_t kept = draw_map(f);
    struct gnttab_unmap_grant_ref op = {
        .host_addr = (uint64_t)HOLE_GFN(kept & 0xff) << 12,
        .handle = (kept >> 8) - 1,
    };
    int32_t rc;

    TWIST(f, op.host_addr);
    TWIST(f, op.dev_bus_addr);
    TWIST(f, op.handle);
    rc = grant(f, GNTTABOP_unmap_grant_ref, &op, sizeof(op));
    return outcome(f, rc, op.status);
}

static int32_t unmap_and_replace(struct fuzz *f)
{
    uint32_t kept = draw_map(f);
    struct gnttab_unmap_and_replace op = {
        .host_addr = (uint64_t)HOLE_GFN(kept & 0xff) << 12,
        .handle = (kept >> 8) - 1,
    };
    int32_t rc;

    TWIST(f, op.new_addr);
    rc = grant(f, GNTTABOP_unmap_and_replace, &op, sizeof(op));
    return outcome(f, rc, op.status);
}

/* ---- copy ---- */

static void copy_end(struct fuzz *f, struct gnttab_copy_ptr *p, bool gref,
                     uint32_t page)
{
    p->domid = DOMID_SELF;
    p->offset = (uint16_t)draw_below(f, 4096);
    if (gref) {
        p->domid = (domid_t)(control && one_in(f, 4) ? draw_victim(f) : self);
        p->u.ref = draw_ref(f);
    } else {
        p->u.gmfn = BALLOON_GFN(page);
    }
    TWIST(f, p->offset);
    TWIST(f, p->domid);
}

static int32_t copy(struct fuzz *f)
{
    struct gnttab_copy op = {
        .flags = (uint16_t)draw_below(f, 4),
        .len = (uint16_t)draw_below(f, 4096),
    };
    int32_t rc;

    copy_end(f, &op.source, op.flags & GNTCOPY_source_gref, draw_balloon(f));
    copy_end(f, &op.dest, op.flags & GNTCOPY_dest_gref, draw_balloon(f));
    if (!one_in(f, 4)) {
        op.source.offset %= 1024;
        op.dest.offset %= 1024;
        op.len %= 3072;
    }
    TWIST(f, op.len);
    rc = grant(f, GNTTABOP_copy, &op, sizeof(op));
    return outcome(f, rc, op.status);
}

/* ---- questions, and what is not there ---- */

static domid_t target(struct fuzz *f)
{
    domid_t id = (domid_t)(control ? draw_anybody(f) : DOMID_SELF);

    TWIST(f, id);
    return id;
}

static int32_t setup_table(struct fuzz *f)
{
    xen_pfn_t list[8];
    struct gnttab_setup_table op = {
        .dom = (domid_t)(control ? draw_victim(f) : DOMID_SELF),
        .nr_frames = draw_below(f, 9),
    };
    int32_t rc;

    memset(list, 0, sizeof(list));
    op.frame_list.q = put(f, 1, list, sizeof(list));
    if (f->twist)
        op.nr_frames = one_in(f, 2) ? 65 : 0xffffffff;
    rc = grant(f, GNTTABOP_setup_table, &op, sizeof(op));
    return outcome(f, rc, op.status);
}

static int32_t query_size(struct fuzz *f)
{
    struct gnttab_query_size op = { .dom = target(f) };
    int32_t rc = grant(f, GNTTABOP_query_size, &op, sizeof(op));

    return outcome(f, rc, op.status);
}

static int32_t set_version(struct fuzz *f)
{
    struct gnttab_set_version op = { .version = 1 };

    TWIST(f, op.version);
    return grant(f, GNTTABOP_set_version, &op, sizeof(op));
}

static int32_t get_version(struct fuzz *f)
{
    struct gnttab_get_version op = { .dom = target(f) };

    return grant(f, GNTTABOP_get_version, &op, sizeof(op));
}

static int32_t status_frames(struct fuzz *f)
{
    struct gnttab_get_status_frames op = { .nr_frames = draw_below(f, 9),
                                           .dom = target(f) };
    int32_t rc = grant(f, GNTTABOP_get_status_frames, &op, sizeof(op));

    return outcome(f, rc, op.status);
}

static int32_t transfer(struct fuzz *f)
{
    struct gnttab_transfer op = { .mfn = draw(f), .domid = target(f) };
    int32_t rc = grant(f, GNTTABOP_transfer, &op, sizeof(op));

    return outcome(f, rc, op.status);
}

static int32_t swap_refs(struct fuzz *f)
{
    struct gnttab_swap_grant_ref op = { draw_ref(f), draw_ref(f), 0 };
    int32_t rc = grant(f, GNTTABOP_swap_grant_ref, &op, sizeof(op));

    return outcome(f, rc, op.status);
}

static int32_t none(struct fuzz *f)
{
    uint64_t words[4] = { 0 };

    return hypercall(__HYPERVISOR_grant_table_op,
                     one_in(f, 2) ? GNTTABOP_dump_table : 13 + (draw(f) & 63),
                     put(f, 0, words, sizeof(words)), 1, 0, 0);
}

/* Of pages that were mapped a while ago. */
static int32_t cache_flush(struct fuzz *f)
{
    struct gnttab_cache_flush op = {
        .a.dev_bus_addr = look(bus, HOLES, f),
        .offset = (uint16_t)draw_below(f, 2048),
        .length = (uint16_t)draw_below(f, 2048),
        .op = GNTTAB_CACHE_CLEAN | (draw(f) & GNTTAB_CACHE_INVAL),
    };

    TWIST(f, op.a.dev_bus_addr);
    TWIST(f, op.offset);
    TWIST(f, op.length);
    TWIST(f, op.op);
    return grant(f, GNTTABOP_cache_flush, &op, sizeof(op));
}

void grants_end(void)
{
    table = NULL;
    unmap_plain(granted_handle, GRANTED_GFN);
    for (uint32_t i = 0; i < MAPS; i++)
        unmap_kept(__atomic_exchange_n(&maps[i], 0, __ATOMIC_SEQ_CST));
    /* Those that nobody noted: their answer could not be read. */
    for (uint32_t handle = 0; handle < 4096; handle++) {
        for (uint32_t i = 0; i < HOLES; i++) {
            if (unmap_plain(handle, HOLE_GFN(i)) != GNTST_general_error)
                break;
        }
    }
}

const struct op grant_ops[] = {
    OP(GNTTABOP_map_grant_ref, map_ref, 24, 0, 0),
    OP(GNTTABOP_unmap_grant_ref, unmap_ref, 12, 0, 0),
    OP(GNTTABOP_unmap_and_replace, unmap_and_replace, 6, 0, 0),
    OP(GNTTABOP_setup_table, setup_table, 8, 0, 0),
    OP(GNTTABOP_copy, copy, 24, 0, 0),
    OP(GNTTABOP_query_size, query_size, 8, 0, 0),
    OP(GNTTABOP_set_version, set_version, 2, 0, 0),
    OP(GNTTABOP_get_version, get_version, 2, 0, 0),
    OP(GNTTABOP_get_status_frames, status_frames, 2, -EIO, -EIO),
    OP(GNTTABOP_transfer, transfer, 2, -EIO, -EIO),
    OP(GNTTABOP_swap_grant_ref, swap_refs, 2, -EIO, -EIO),
    OP(GNTTABOP_dump_table, none, 2, -ENOSYS, -ENOSYS),
    OP(GNTTABOP_cache_flush, cache_flush, 8, 0, 0),
    { .name = NULL },
};
