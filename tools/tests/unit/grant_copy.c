/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grants: copies and cache upkeep: common/grant_copy.c.
 *
 * Sources: xen/common/grant_table.c xen/common/grant_map.c
 * Sources: xen/common/grant_copy.c xen/common/domain/access.c
 */
#include "grant_fake.h"

/* ---- copies ---- */

static struct gnttab_copy copy_op(uint16_t flags)
{
    return (struct gnttab_copy){ .source = { .domid = DOMID_SELF },
                                 .dest = { .domid = DOMID_SELF },
                                 .len = 100,
                                 .flags = flags,
                                 .status = 99 };
}

static void copy_by_reference(void **state)
{
    struct gnttab_copy op = copy_op(GNTCOPY_source_gref);
    uint8_t *src = memory[page_to_mfn(ram[1][3]).n - FIRST];
    uint8_t *dst = memory[page_to_mfn(ram[0][2]).n - FIRST];

    (void)state;
    for (unsigned int i = 0; i < PAGE_SIZE; i++)
        src[i] = (uint8_t)(i * 7);
    grant(1, 8, 0, 3, GTF_readonly);
    op.source = (struct gnttab_copy_ptr){ .u.ref = 8,
                                          .domid = 1,
                                          .offset = 50 };
    op.dest.u.gmfn = 2;
    op.dest.offset = PAGE_SIZE - 100;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_memory_equal(dst + PAGE_SIZE - 100, src + 50, 100);
    assert_int_equal(dst[PAGE_SIZE - 101], 0);
    assert_int_equal(entry(1, 8)->flags, GTF_permit_access | GTF_readonly);

    /* The other way it is not granted. */
    op = copy_op(GNTCOPY_dest_gref);
    op.source.u.gmfn = 2;
    op.dest = (struct gnttab_copy_ptr){ .u.ref = 8, .domid = 1 };
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_general_error);
    grant(1, 8, 0, 3, 0);
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_memory_equal(src, dst, 100);
    refs_are_even();
}

static void copy_refusals(void **state)
{
    struct gnttab_copy op = copy_op(0);

    (void)state;
    op.source.offset = PAGE_SIZE - 99;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_bad_copy_arg);
    op = copy_op(0);
    op.dest.offset = 0xffff;
    op.len = 0xffff;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_bad_copy_arg);
    /* Frames by number are the caller's own only. */
    op = copy_op(0);
    op.source.domid = 1;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_permission_denied);
    op = copy_op(0);
    op.source.u.gmfn = 0xfffffffffffull;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_bad_page);
    map[0][1].type = P2M_FOREIGN;
    op.source.u.gmfn = 1;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_bad_page);
    op = copy_op(GNTCOPY_source_gref);
    op.source.domid = 9;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_bad_domain);
    /* A guest reaches another guest through no kind of copy. */
    grant(1, 8, 2, 3, 0);
    op.source = (struct gnttab_copy_ptr){ .u.ref = 8, .domid = 1 };
    assert_int_equal(CALL(2, copy, &op), 0);
    assert_int_equal(op.status, GNTST_permission_denied);
    map[0][1].type = P2M_RAM;
    refs_are_even();
}

static void copy_overlapping(void **state)
{
    struct gnttab_copy op = copy_op(0);
    uint8_t *m = memory[page_to_mfn(ram[0][2]).n - FIRST];

    (void)state;
    for (unsigned int i = 0; i < 200; i++)
        m[i] = (uint8_t)i;
    op.source.u.gmfn = 2;
    op.dest.u.gmfn = 2;
    op.dest.offset = 1;
    assert_int_equal(CALL(0, copy, &op), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(m[100], 99);
    assert_int_equal(m[101], 101);
}

/* ---- cache ---- */

static void cache_rows(void **state)
{
    static const struct {
        uint16_t offset, length;
        uint32_t op;
        int32_t rc;
    } rows[] = {
        { 0, 0, 0, 0 }, /* Linux's probe       */
        { 0, 64, GNTTAB_CACHE_CLEAN, 0 },
        { 4095, 1, GNTTAB_CACHE_INVAL, 0 },
        { 4096, 0, GNTTAB_CACHE_CLEAN, -EINVAL },
        { 4000, 97, GNTTAB_CACHE_CLEAN, -EINVAL },
        { 0, 64, 4, -EINVAL },
        { 0, 64, GNTTAB_CACHE_SOURCE_GREF | GNTTAB_CACHE_CLEAN, -EINVAL },
    };
    struct gnttab_cache_flush op = { 0 };

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        op.a.dev_bus_addr = mfn_pa(page_to_mfn(ram[0][1]));
        op.offset = rows[i].offset;
        op.length = rows[i].length;
        op.op = rows[i].op;
        assert_int_equal(CALL(0, cache_flush, &op), rows[i].rc);
    }
    assert_int_equal(cleans, 64);
    assert_int_equal(cleans_inv, 1);
    op = (struct gnttab_cache_flush){ .a.dev_bus_addr = 0x1000,
                                      .length = 1,
                                      .op = GNTTAB_CACHE_CLEAN };
    assert_int_equal(CALL(0, cache_flush, &op), -EINVAL);
}

static void cache_of_granted_pages(void **state)
{
    struct gnttab_cache_flush op = { .a.dev_bus_addr = mfn_pa(
                                         page_to_mfn(ram[1][3])),
                                     .length = 8,
                                     .op = GNTTAB_CACHE_CLEAN };
    uint32_t h;

    (void)state;
    assert_int_equal(CALL(0, cache_flush, &op), -EPERM);
    grant(1, 8, 0, 3, 0);
    assert_int_equal(CALL(0, cache_flush, &op), -EPERM); /* not in use */
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(CALL(0, cache_flush, &op), 0);
    assert_int_equal(CALL(2, cache_flush, &op), -EPERM);
    assert_int_equal(cleans, 8);
    assert_int_equal(unmap_ref(0, 10, h), 0);
    assert_int_equal(CALL(0, cache_flush, &op), -EPERM);
    refs_are_even();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(copy_by_reference),      TEST(copy_refusals),
        TEST(copy_overlapping),       TEST(cache_rows),
        TEST(cache_of_granted_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
