/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op, the stage-2 tables, and grants.
 *
 * Source: public/memory.h, public/grant_table.h.
 * Layer:  test guest, first domain.
 */
#include <public/domctl.h>
#include <public/grant_table.h>
#include <public/memory.h>

#include <xen/string.h>

#include "../lib/domain.h"
#include "../lib/hypercall.h"
#include "preempt.h"

#define PAGES_PER_2M 512u
#define LARGE_MIB    512u
#define POOL_MAX     (64u << 20)
/* Guest frames of the first domain with nothing behind them. */
#define HOLE_GFN     0x300000u
#define GRANT_FRAMES 64u
#define GRANTS       (GRANT_FRAMES * 512u)
#define BATCH_MAX    65535u

static int memory_call(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_memory_op, op, (uintptr_t)arg, 0, 0, 0);
}

int extents(const char *name, uint32_t op, int id, uint32_t gfn, uint32_t nr,
            uint32_t order)
{
    static xen_pfn_t list[PAGES_PER_2M * LARGE_MIB / 2];
    struct xen_memory_reservation arg = {
        .nr_extents = nr,
        .extent_order = order,
        .domid = (domid_t)id,
    };
    int rc;

    for (uint32_t i = 0; i < nr; i++)
        list[i] = gfn + (i << order);
    set_xen_guest_handle(arg.extent_start, list);
    if (name)
        op_begin(name);
    rc = memory_call(op, &arg);
    if (name)
        op_end(rc);
    return rc;
}

static int pool_set(const char *name, int id, uint32_t bytes)
{
    struct xen_domctl op = { 0 };
    int rc;

    op.u.paging_mempool.size = bytes;
    if (name)
        op_begin(name);
    rc = domain_call(&op, XEN_DOMCTL_set_paging_mempool_size, id);
    if (name)
        op_end(rc);
    return rc;
}

int large_create(unsigned int vcpus, uint32_t mib)
{
    int id = domain_create(DOMAIN_ANY, 0, vcpus);
    struct xen_domctl op = { 0 };

    if (id < 0)
        return id;
    op.u.max_vcpus.max = vcpus;
    domain_call(&op, XEN_DOMCTL_max_vcpus, id);
    memset(&op, 0, sizeof(op));
    op.u.max_mem.max_memkb = (mib + 128) << 10;
    domain_call(&op, XEN_DOMCTL_max_mem, id);
    return id;
}

bool domain_gone(int id)
{
    for (int i = 0; i < 3000 && domain_flags(id) >= 0; i++)
        delay_us(1000);
    return domain_flags(id) < 0;
}

/* As many foreign frames as a batch can have; then each taken away. */
static void foreign(int id)
{
    struct xen_add_to_physmap_batch map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = BATCH_MAX,
        .u.foreign_domid = (domid_t)id,
    };
    struct xen_remove_from_physmap drop = { .domid = DOMID_SELF };
    xen_ulong_t *from = arena_get(BATCH_MAX * sizeof(*from));
    xen_pfn_t *to = arena_get(BATCH_MAX * sizeof(*to));
    int *errs = arena_get(BATCH_MAX * sizeof(*errs)), rc;
    uint32_t failed = 0;

    for (uint32_t i = 0; i < BATCH_MAX; i++) {
        from[i] = (DOMU_RAM >> 12) + i;
        to[i] = HOLE_GFN + i;
    }
    set_xen_guest_handle(map.idxs, from);
    set_xen_guest_handle(map.gpfns, to);
    set_xen_guest_handle(map.errs, errs);
    op_begin("add_to_physmap_batch, 65535 foreign frames");
    rc = memory_call(XENMEM_add_to_physmap_batch, &map);
    op_end(rc);
    for (uint32_t i = 0; i < BATCH_MAX; i++)
        failed += errs[i] != 0;
    if (failed)
        print("preempt: %u of the batch failed\n", failed);

    op_begin("remove_from_physmap");
    for (uint32_t i = 0; i < BATCH_MAX; i++) {
        drop.gpfn = HOLE_GFN + i;
        rc |= memory_call(XENMEM_remove_from_physmap, &drop);
    }
    op_end(rc);
    map.space = XENMAPSPACE_grant_table;
    op_begin("add_to_physmap_batch, grant frames that are not there");
    for (uint32_t i = 0; i < BATCH_MAX; i++)
        from[i] = GRANT_FRAMES + 1;
    op_end(memory_call(XENMEM_add_to_physmap_batch, &map));
    arena_reset();
}

static void acquire(int id)
{
    struct xen_mem_acquire_resource arg = {
        .domid = (domid_t)id,
        .type = XENMEM_resource_grant_table,
        .nr_frames = GRANT_FRAMES,
    };
    xen_pfn_t *list = arena_get(GRANT_FRAMES * sizeof(*list));
    struct xen_remove_from_physmap drop = { .domid = DOMID_SELF };

    for (uint32_t i = 0; i < GRANT_FRAMES; i++)
        list[i] = HOLE_GFN + i;
    set_xen_guest_handle(arg.frame_list, list);
    op_begin("acquire_resource, the largest grant table");
    op_end(memory_call(XENMEM_acquire_resource, &arg));
    for (uint32_t i = 0; i < GRANT_FRAMES; i++) {
        drop.gpfn = HOLE_GFN + i;
        memory_call(XENMEM_remove_from_physmap, &drop);
    }
    arena_reset();
}

static void others(int id)
{
    static const uint8_t ops[] = {
        XENMEM_maximum_ram_page,
        XENMEM_current_reservation,
        XENMEM_maximum_reservation,
        XENMEM_maximum_gpfn,
        XENMEM_get_vnumainfo,
        XENMEM_claim_pages,
        XENMEM_get_sharing_freed_pages,
        XENMEM_reserved_device_memory_map,
        XENMEM_exchange,
        XENMEM_memory_map,
    };
    struct xen_memory_reservation arg = { .nr_extents = 1u << 20,
                                          .domid = (domid_t)id };

    for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
        void *what = &arg;

        if (ops[i] != XENMEM_claim_pages && ops[i] != XENMEM_exchange)
            what = &arg.domid;
        op_begin("another memory operation");
        op_end(memory_call(ops[i], what));
    }
}

/* Tables with nothing in them, far apart: who looks for a frame passes all. */
static void sparse(int id)
{
    struct xen_domctl op = { 0 };
    int made = 0;

    for (uint32_t i = 0; i < 6000; i++) {
        uint32_t gfn = 0x200000 + i * PAGES_PER_2M;

        made += extents(NULL, XENMEM_populate_physmap, id, gfn, 1, 0);
        extents(NULL, XENMEM_decrease_reservation, id, gfn, 1, 0);
    }
    print("preempt: %d tables\n", made);
    op.u.cacheflush.start_pfn = 0x200000;
    op.u.cacheflush.nr_pfns = 0x0c000000;
    op_begin("cacheflush of empty tables");
    op_end(domain_call(&op, XEN_DOMCTL_cacheflush, id));
}

static void cacheflush(const char *name, int id, uint32_t pages)
{
    struct xen_domctl op = { 0 };

    op.u.cacheflush.start_pfn = DOMU_RAM >> 12;
    op.u.cacheflush.nr_pfns = pages;
    op_begin(name);
    op_end(domain_call(&op, XEN_DOMCTL_cacheflush, id));
}

static void destroy(const char *name, int id)
{
    bool gone;

    op_begin(name);
    domain_destroy(id);
    gone = domain_gone(id);
    op_end(gone);
}

static void mapping(int id, uint32_t nr, const char *name)
{
    struct xen_domctl op = { 0 };

    op.u.memory_mapping.first_gfn = 0x10000;
    op.u.memory_mapping.first_mfn = 0x10000;
    op.u.memory_mapping.nr_mfns = nr;
    for (uint32_t add = 2; add-- > 0;) {
        op.u.memory_mapping.add_mapping = add;
        op_begin(name);
        op_end(domain_call(&op, XEN_DOMCTL_memory_mapping, id));
    }
}

static void iomem(int id)
{
    struct xen_domctl op = { 0 };

    op.u.iomem_permission.nr_mfns = 1u << 28;
    for (uint8_t allow = 2; allow-- > 0;) {
        op.u.iomem_permission.allow_access = allow;
        op_begin("iomem_permission, all frames");
        op_end(domain_call(&op, XEN_DOMCTL_iomem_permission, id));
        mapping(id, 64, "memory_mapping, 64 frames");
        mapping(id, 1u << 27, "memory_mapping, a huge range");
    }
    op.u.iomem_permission.nr_mfns = 1;
    op.u.iomem_permission.allow_access = 1;
    op_begin("iomem_permission, 2000 single frames");
    for (uint32_t i = 0; i < 2000; i++) {
        op.u.iomem_permission.first_mfn = 0x10000 + 2 * i;
        domain_call(&op, XEN_DOMCTL_iomem_permission, id);
    }
    op_end(0);
}

void memory_all(void)
{
    uint32_t blocks = LARGE_MIB / 2, ram = DOMU_RAM >> 12;
    int id = large_create(8, LARGE_MIB);

    print("preempt: domain %d\n", id);
    pool_set("set_paging_mempool_size 64 MiB", id, POOL_MAX);
    extents("populate_physmap, 2 MiB each", XENMEM_populate_physmap, id, ram,
            blocks, 9);
    cacheflush("cacheflush of 512 MiB", id, LARGE_MIB << 8);
    foreign(id);
    acquire(id);
    others(id);
    extents("decrease_reservation, 2 MiB each", XENMEM_decrease_reservation, id,
            ram, blocks, 9);
    extents("populate_physmap, 2 MiB of dirty pages", XENMEM_populate_physmap,
            id, ram, blocks, 9);
    extents("populate_physmap over what is there", XENMEM_populate_physmap, id,
            ram + 1, 32, 9);
    extents("decrease_reservation, 4 KiB each", XENMEM_decrease_reservation, id,
            ram, PAGES_PER_2M * 64, 0);
    extents("populate_physmap, 4 KiB each", XENMEM_populate_physmap, id, ram,
            PAGES_PER_2M * 32, 0);
    extents("decrease_reservation, 2 MiB of 4 KiB", XENMEM_decrease_reservation,
            id, ram, 32, 9);
    extents("increase_reservation", XENMEM_increase_reservation, id, 0, 16, 9);
    sparse(id);
    iomem(id);
    destroy("destroydomain with 512 MiB", id);

    id = large_create(1, 16);
    pool_set(NULL, id, POOL_MAX);
    pool_set("set_paging_mempool_size back to 1 MiB", id, 1u << 20);
    pool_set(NULL, id, POOL_MAX);
    destroy("destroydomain with a pool of 64 MiB", id);
    extents("decrease_reservation of our own, 2 MiB each",
            XENMEM_decrease_reservation, DOMID_SELF,
            (uint32_t)(machine.ram_base >> 12) + (160u << 8), 64, 9);
    extents("populate_physmap of our own, 2 MiB each", XENMEM_populate_physmap,
            DOMID_SELF, (uint32_t)(machine.ram_base >> 12) + (160u << 8), 64,
            9);
}

/* --- grants: the first domain grants to itself by its number ------------ */

static volatile struct grant_entry_v1 *entry_of(uint32_t ref)
{
    return (volatile struct grant_entry_v1 *)machine.grant_base + ref;
}

static int grant_call(const char *name, uint32_t op, void *arg, uint32_t nr)
{
    return op_call(name, __HYPERVISOR_grant_table_op, op, (uintptr_t)arg, nr,
                   0);
}

static void setup_table(void)
{
    uint64_t *list = arena_get(GRANT_FRAMES * sizeof(*list));
    struct gnttab_setup_table setup = { .dom = DOMID_SELF,
                                        .nr_frames = GRANT_FRAMES };
    struct xen_add_to_physmap add = { .domid = DOMID_SELF,
                                      .space = XENMAPSPACE_grant_table };
    struct gnttab_query_size *sizes = arena_get(4096 * sizeof(*sizes));
    int rc = 0;

    *(uint32_t *)&setup.frame_list = (uintptr_t)list;
    grant_call("setup_table, 64 frames", GNTTABOP_setup_table, &setup, 1);
    op_begin("add_to_physmap, grant frames");
    for (uint32_t i = 0; i < GRANT_FRAMES; i++) {
        add.idx = i;
        add.gpfn = (machine.grant_base >> 12) + i;
        rc |= memory_call(XENMEM_add_to_physmap, &add);
    }
    op_end(rc);
    for (uint32_t i = 0; i < 4096; i++)
        sizes[i].dom = DOMID_SELF;
    grant_call("query_size, 4096 times", GNTTABOP_query_size, sizes, 4096);
    grant_call("get_version, 4096 times", GNTTABOP_get_version, sizes, 4096);
    arena_reset();
}

static void map_and_unmap(void)
{
    struct gnttab_map_grant_ref *map = arena_get(GRANTS * sizeof(*map));
    struct gnttab_unmap_grant_ref *unmap = arena_get(GRANTS * sizeof(*unmap));
    uint32_t failed = 0;

    for (uint32_t i = 8; i < GRANTS; i++) {
        map[i].host_addr = (uint64_t)(HOLE_GFN + i * 16) << 12;
        map[i].flags = GNTMAP_host_map;
        map[i].ref = i;
    }
    grant_call("map_grant_ref, 32760 pages", GNTTABOP_map_grant_ref, map + 8,
               GRANTS - 8);
    for (uint32_t i = 8; i < GRANTS; i++) {
        unmap[i].host_addr = map[i].host_addr;
        unmap[i].handle = map[i].handle;
        failed += map[i].status != 0;
    }
    print("preempt: %u maps failed\n", failed);
    grant_call("unmap_grant_ref, 32760 pages", GNTTABOP_unmap_grant_ref,
               unmap + 8, GRANTS - 8);
    arena_reset();
}

static void copy(void)
{
    struct gnttab_copy *copies = arena_get(8192 * sizeof(*copies));
    uint8_t *target = arena_get(4096);
    uint32_t failed = 0;

    for (uint32_t i = 0; i < 8192; i++) {
        copies[i].source.u.ref = 8 + i;
        copies[i].dest.u.gmfn = (uintptr_t)target >> 12;
        copies[i].dest.domid = DOMID_SELF;
        copies[i].len = 4096;
        copies[i].flags = GNTCOPY_source_gref;
    }
    grant_call("grant copy, 8192 pages", GNTTABOP_copy, copies, 8192);
    for (uint32_t i = 0; i < 8192; i++)
        failed += copies[i].status != 0;
    print("preempt: %u copies failed\n", failed);
    arena_reset();
}

static void flush(void)
{
    struct gnttab_cache_flush *flushes = arena_get(8192 * sizeof(*flushes));
    uint8_t *page = arena_get(4096);

    for (uint32_t i = 0; i < 8192; i++) {
        flushes[i].a.dev_bus_addr = (uintptr_t)page;
        flushes[i].length = 4096;
        flushes[i].op = GNTTAB_CACHE_CLEAN | GNTTAB_CACHE_INVAL;
    }
    grant_call("cache_flush, 8192 pages", GNTTABOP_cache_flush, flushes, 8192);
    arena_reset();
}

void grant_all(void)
{
    uint8_t *page;

    setup_table();
    page = arena_get(4096);
    arena_reset();
    for (uint32_t i = 8; i < GRANTS; i++) {
        entry_of(i)->frame = ((uintptr_t)page >> 12) + i % 8192;
        entry_of(i)->domid = 0;
        dmb();
        entry_of(i)->flags = GTF_permit_access;
    }
    map_and_unmap();
    copy();
    flush();
    for (uint32_t i = 8; i < GRANTS; i++)
        entry_of(i)->flags = 0;
}
