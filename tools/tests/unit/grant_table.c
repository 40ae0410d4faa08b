/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grants: tables and maps, and that every reference is given back:
 * common/grant_table.c, grant_map.c.
 *
 * Sources: xen/common/grant_table.c xen/common/grant_map.c
 * Sources: xen/common/grant_copy.c xen/common/domain/access.c
 */
#include "grant_fake.h"

/* ---- mapping ---- */

static void map_and_unmap(void **state)
{
    uint32_t h;

    (void)state;
    grant(1, 8, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(entry(1, 8)->flags,
                     GTF_permit_access | GTF_reading | GTF_writing);
    assert_int_equal(map[0][10].type, P2M_GRANT);
    assert_true(mfn_eq(map[0][10].mfn, page_to_mfn(ram[1][3])));
    assert_int_equal(ram[1][3]->ref, 2);

    assert_int_equal(unmap_ref(0, 10, h), 0);
    assert_int_equal(map[0][10].type, P2M_NONE);
    assert_int_equal(entry(1, 8)->flags, GTF_permit_access);
    assert_int_equal(ram[1][3]->ref, 1);
    assert_int_equal(unmap_ref(0, 10, h), GNTST_bad_handle);
    refs_are_even();
}

/* The entry tells "being written" until the last writer has gone. */
static void many_mappings_of_one(void **state)
{
    uint32_t h[3];

    (void)state;
    grant(1, 9, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 9, 10, GNTMAP_host_map, &h[0]), 0);
    assert_int_equal(
        map_ref(0, 1, 9, 11, GNTMAP_host_map | GNTMAP_readonly, &h[1]), 0);
    assert_int_equal(map_ref(0, 1, 9, 12, GNTMAP_host_map, &h[2]), 0);
    assert_int_equal(map[0][11].type, P2M_GRANT_RO);
    assert_int_equal(ram[1][3]->ref, 4);

    assert_int_equal(unmap_ref(0, 10, h[0]), 0);
    assert_int_equal(entry(1, 9)->flags & GTF_writing, GTF_writing);
    assert_int_equal(unmap_ref(0, 12, h[2]), 0);
    assert_int_equal(entry(1, 9)->flags, GTF_permit_access | GTF_reading);
    assert_int_equal(unmap_ref(0, 11, h[1]), 0);
    assert_int_equal(entry(1, 9)->flags, GTF_permit_access);
}

static void map_refusals(void **state)
{
    static const struct {
        const char *story;
        uint16_t type;
        domid_t to;
        uint32_t frame, flags, ref;
        domid_t owner;
        uint32_t gfn;
        int16_t status;
    } rows[] = {
        { "no kind of mapping asked for", GTF_permit_access, 0, 3, 0, 8, 1, 10,
          GNTST_bad_gntref },
        { "device mapping", GTF_permit_access, 0, 3,
          GNTMAP_host_map | GNTMAP_device_map, 8, 1, 10, GNTST_general_error },
        { "no such domain", GTF_permit_access, 0, 3, GNTMAP_host_map, 8, 9, 10,
          GNTST_bad_domain },
        { "oneself by DOMID_SELF", GTF_permit_access, 0, 3, GNTMAP_host_map, 8,
          DOMID_SELF, 10, GNTST_bad_domain },
        { "beyond the table", GTF_permit_access, 0, 3, GNTMAP_host_map,
          GRANTS_PER_FRAME, 1, 10, GNTST_bad_gntref },
        { "far beyond the table", GTF_permit_access, 0, 3, GNTMAP_host_map, ~0u,
          1, 10, GNTST_bad_gntref },
        { "not granted", GTF_invalid, 0, 3, GNTMAP_host_map, 8, 1, 10,
          GNTST_general_error },
        { "to be transferred, not mapped", GTF_accept_transfer, 0, 3,
          GNTMAP_host_map, 8, 1, 10, GNTST_general_error },
        { "granted to another", GTF_permit_access, 2, 3, GNTMAP_host_map, 8, 1,
          10, GNTST_general_error },
        { "only for reading", GTF_permit_access | GTF_readonly, 0, 3,
          GNTMAP_host_map, 8, 1, 10, GNTST_general_error },
        { "a frame that is not there", GTF_permit_access, 0, 9, GNTMAP_host_map,
          8, 1, 10, GNTST_bad_page },
        { "a frame number beyond 40 bits", GTF_permit_access, 0, ~0u,
          GNTMAP_host_map, 8, 1, 10, GNTST_bad_page },
    };
    uint32_t h = ~0u;

    (void)state;
    for (size_t i = 0; i < ARRAY(rows); i++) {
        int16_t status;

        *entry(1, 8) = (struct grant_entry_v1){ .flags = rows[i].type,
                                                .domid = rows[i].to,
                                                .frame = rows[i].frame };
        status = map_ref(0, rows[i].owner, rows[i].ref, rows[i].gfn,
                         rows[i].flags, &h);
        if (status != rows[i].status)
            fail_msg("%s: %d, not %d", rows[i].story, status, rows[i].status);
        assert_int_equal(entry(1, 8)->flags, rows[i].type);
    }
    refs_are_even();
}

static void silo(void **state)
{
    uint32_t h;

    (void)state;
    grant(1, 8, 2, 3, 0);
    assert_int_equal(map_ref(2, 1, 8, 10, GNTMAP_host_map, &h),
                     GNTST_permission_denied);
    assert_int_equal(access_mode_set("dummy"), 0);
    assert_int_equal(map_ref(2, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(access_mode_set("silo"), 0);
    assert_int_equal(unmap_ref(2, 10, h), 0);
    /* The xenstore domain maps the rings with it alone. */
    dom[2].is_xenstore = true;
    assert_int_equal(map_ref(2, 1, 8, 10, GNTMAP_host_map, &h),
                     GNTST_permission_denied);
    grant(1, GNTTAB_RESERVED_XENSTORE, 2, 3, 0);
    assert_int_equal(
        map_ref(2, 1, GNTTAB_RESERVED_XENSTORE, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(unmap_ref(2, 10, h), 0);
    dom[2].is_xenstore = false;
}

/* Pages that are not the granter's own RAM cannot be granted on. */
static void no_second_hand_grants(void **state)
{
    uint32_t h, h2;

    (void)state;
    assert_int_equal(access_mode_set("dummy"), 0);
    grant(1, 8, 2, 3, 0);
    assert_int_equal(map_ref(2, 1, 8, 10, GNTMAP_host_map, &h), 0);
    grant(2, 8, 0, 10, 0);
    assert_int_equal(map_ref(0, 2, 8, 11, GNTMAP_host_map, &h2),
                     GNTST_bad_page);
    assert_int_equal(access_mode_set("silo"), 0);
    map[1][4].type = P2M_RAM_RO;
    grant(1, 9, 0, 4, 0);
    assert_int_equal(map_ref(0, 1, 9, 11, GNTMAP_host_map, &h2),
                     GNTST_bad_page);
    assert_int_equal(
        map_ref(0, 1, 9, 11, GNTMAP_host_map | GNTMAP_readonly, &h2), 0);
    /* That it is mapped for reading makes it no more writable. */
    assert_int_equal(map_ref(0, 1, 9, 12, GNTMAP_host_map, &h2),
                     GNTST_bad_page);
    map[1][4].type = P2M_RAM;
    assert_int_equal(map_ref(0, 1, 9, 12, GNTMAP_host_map, &h2), 0);
}

/* While it is in use, the entry means what it meant at first. */
static void entry_changed_in_use(void **state)
{
    uint32_t h, h2;

    (void)state;
    grant(1, 8, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    entry(1, 8)->frame = 5;
    assert_int_equal(map_ref(0, 1, 8, 11, GNTMAP_host_map, &h2), 0);
    assert_true(mfn_eq(map[0][11].mfn, page_to_mfn(ram[1][3])));
    assert_int_equal(unmap_ref(0, 11, h2), 0);
    grant(1, 8, 2, 5, 0);
    assert_int_equal(access_mode_set("dummy"), 0);
    assert_int_equal(map_ref(2, 1, 8, 10, GNTMAP_host_map, &h2),
                     GNTST_general_error);
    assert_int_equal(access_mode_set("silo"), 0);
    assert_int_equal(unmap_ref(0, 10, h), 0);
    assert_int_equal(ram[1][3]->ref, 1);
    assert_int_equal(ram[1][5]->ref, 1);
}

/* What the mapper puts over a mapping is not taken away by unmap. */
static void mapping_overwritten(void **state)
{
    uint32_t h;

    (void)state;
    grant(1, 8, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    map[0][10].mfn = page_to_mfn(ram[0][1]);
    map[0][10].type = P2M_RAM;
    assert_int_equal(unmap_ref(0, 11, h), GNTST_general_error);
    assert_int_equal(unmap_ref(0, 10, h), 0);
    assert_int_equal(map[0][10].type, P2M_RAM);
    assert_int_equal(unmaps, 0);
    assert_int_equal(ram[1][3]->ref, 1);
}

static void mapping_fails_below(void **state)
{
    uint32_t h;

    (void)state;
    grant(1, 8, 0, 3, 0);
    p2m_result = -ENOMEM;
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h),
                     GNTST_general_error);
    assert_int_equal(entry(1, 8)->flags, GTF_permit_access);
    p2m_result = 0;
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(h, 0); /* the handle came back */
    assert_int_equal(unmap_ref(0, 10, h), 0);
    refs_are_even();
}

static void handles_run_out(void **state)
{
    uint32_t h, nr = 0;
    int16_t status;

    (void)state;
    grant(1, 8, 0, 3, 0);
    while ((status = map_ref(0, 1, 8, 10, GNTMAP_host_map, &h)) == 0)
        assert_int_equal(h, nr++);
    assert_int_equal(status, GNTST_no_space);
    /* Two frames of handles, as grant_create was told. */
    assert_in_range(nr, 2 * PAGE_SIZE / 32, 2 * PAGE_SIZE / 16);
    assert_int_equal(ram[1][3]->ref, nr + 1);
    assert_int_equal(unmap_ref(0, 10, 17), 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(h, 17);
}

static void bad_handles(void **state)
{
    static const uint32_t bad[] = { 0, 1, 255, 4096, 0x7fffffff, ~0u };

    (void)state;
    for (size_t i = 0; i < ARRAY(bad); i++)
        assert_int_equal(unmap_ref(0, 10, bad[i]), GNTST_bad_handle);
}

static void replace_only_as_unmap(void **state)
{
    struct gnttab_unmap_and_replace op = { .host_addr = 10 << PAGE_SHIFT,
                                           .new_addr = 0x5000 };

    (void)state;
    grant(1, 8, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &op.handle), 0);
    assert_int_equal(CALL(0, unmap_and_replace, &op), 0);
    assert_int_equal(op.status, GNTST_general_error);
    op.new_addr = 0;
    assert_int_equal(CALL(0, unmap_and_replace, &op), 0);
    assert_int_equal(op.status, GNTST_okay);
}

/* The answer cannot be written: nothing stays mapped. */
static void answer_not_writable(void **state)
{
    struct gnttab_map_grant_ref op = { .host_addr = 10 << PAGE_SHIFT,
                                       .flags = GNTMAP_host_map,
                                       .ref = 8,
                                       .dom = 1 };
    uint32_t arg[3] = { GNTTABOP_map_grant_ref, GUEST_RO, 1 };

    (void)state;
    grant(1, 8, 0, 3, 0);
    guest_put(GUEST_RO, &op, sizeof(op));
    current = &vcpus[0][0];
    assert_int_equal(grant_table_op(current, arg), -EFAULT);
    assert_int_equal(map[0][10].type, P2M_NONE);
    assert_int_equal(ram[1][3]->ref, 1);
    assert_int_equal(entry(1, 8)->flags, GTF_permit_access);
    refs_are_even();
}

/* The granter's struct lives as long as somebody maps a page of it. */
static void granter_is_held(void **state)
{
    uint32_t h;

    (void)state;
    grant(1, 8, 0, 3, 0);
    assert_int_equal(map_ref(0, 1, 8, 10, GNTMAP_host_map, &h), 0);
    assert_int_equal(dom[1].refs, 2);
    assert_int_equal(unmap_ref(0, 10, h), 0);
    assert_int_equal(dom[1].refs, 1);
}

static void mapper_dies_in_pieces(void **state)
{
    unsigned int calls = 0;
    uint32_t h;

    (void)state;
    grant(1, 8, 0, 3, 0);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(map_ref(0, 1, 8, 8 + i % 8, GNTMAP_host_map, &h), 0);
    preempt = true;
    while (grant_kill(&dom[0]) == -ERESTART)
        assert_true(++calls < 1000);
    assert_true(calls >= 6);
    assert_int_equal(ram[1][3]->ref, 1);
    assert_int_equal(entry(1, 8)->flags, GTF_permit_access);
}

static void arrays(void **state)
{
    struct gnttab_map_grant_ref op[20];
    uint32_t arg[3] = { GNTTABOP_map_grant_ref, ARG, ARRAY(op) };

    (void)state;
    memset(op, 0, sizeof(op));
    for (uint32_t i = 0; i < ARRAY(op); i++) {
        grant(1, 8 + i, 0, i % 8, 0);
        op[i].host_addr = (uint64_t)(8 + i % 8) << PAGE_SHIFT;
        op[i].flags = GNTMAP_host_map;
        op[i].ref = 8 + i;
        op[i].dom = 1;
    }
    guest_put(ARG, op, sizeof(op));
    current = &vcpus[0][0];
    preempt = true;
    /* 8 at a time; the registers tell where to go on. */
    assert_int_equal(grant_table_op(current, arg), -ERESTART);
    assert_int_equal(arg[1], ARG + 8 * sizeof(op[0]));
    assert_int_equal(arg[2], 12);
    assert_int_equal(grant_table_op(current, arg), -ERESTART);
    assert_int_equal(grant_table_op(current, arg), 0);
    memcpy(op, guest_at(ARG), sizeof(op));
    for (uint32_t i = 0; i < ARRAY(op); i++) {
        assert_int_equal(op[i].status, 0);
        assert_int_equal(op[i].handle, i);
    }

    arg[2] = 0x80000000u;
    assert_int_equal(grant_table_op(current, arg), -EINVAL);
    arg[0] = 1u << 12 | GNTTABOP_map_grant_ref;
    arg[2] = 1;
    assert_int_equal(grant_table_op(current, arg), -EINVAL);
    arg[0] = GNTTABOP_map_grant_ref;
    arg[1] = GUEST_NONE;
    assert_int_equal(grant_table_op(current, arg), -EFAULT);
}

/* ---- tables ---- */

static void sizes_and_versions(void **state)
{
    struct gnttab_query_size q = { .dom = DOMID_SELF };
    struct gnttab_set_version v = { 1 };
    struct gnttab_get_version g = { .dom = DOMID_SELF };

    (void)state;
    assert_int_equal(CALL(1, query_size, &q), 0);
    assert_int_equal(q.status, 0);
    assert_int_equal(q.nr_frames, 1);
    assert_int_equal(q.max_nr_frames, 4);
    q.dom = 0;
    assert_int_equal(CALL(1, query_size, &q), 0);
    assert_int_equal(q.status, GNTST_permission_denied);
    q.dom = 9;
    assert_int_equal(CALL(0, query_size, &q), 0);
    assert_int_equal(q.status, GNTST_bad_domain);
    q.dom = 1;
    assert_int_equal(call(0, GNTTABOP_query_size, &q, sizeof(q), 2), -EINVAL);

    assert_int_equal(CALL(1, set_version, &v), 0);
    v.version = 2;
    assert_int_equal(CALL(1, set_version, &v), -ENOSYS);
    assert_int_equal(v.version, 1);
    v.version = 3;
    assert_int_equal(CALL(1, set_version, &v), -EINVAL);
    assert_int_equal(v.version, 1);
    assert_int_equal(CALL(1, get_version, &g), 0);
    assert_int_equal(g.version, 1);
    g.dom = 0;
    assert_int_equal(CALL(1, get_version, &g), -EPERM);
    g.dom = 9;
    assert_int_equal(CALL(0, get_version, &g), -ESRCH);
    /* Who may not ask is not told who is there. */
    assert_int_equal(CALL(1, get_version, &g), -EPERM);
}

static void setup_grows(void **state)
{
    struct gnttab_setup_table op = { .dom = DOMID_SELF, .nr_frames = 3 };
    uint64_t list[3];
    mfn_t mfn;

    (void)state;
    op.frame_list.q = LIST;
    grant_frame_set_gfn(&dom[1], 0, gfn_make(77));
    assert_int_equal(CALL(1, setup_table, &op), 0);
    assert_int_equal(op.status, GNTST_okay);
    assert_int_equal(dom[1].grant.nr_frames, 3);
    memcpy(list, guest_at(LIST), sizeof(list));
    assert_int_equal(list[0], 77);
    assert_true(list[1] == ~0ull && list[2] == ~0ull);
    op.nr_frames = 5;
    assert_int_equal(CALL(1, setup_table, &op), 0);
    assert_int_equal(op.status, GNTST_general_error);
    assert_int_equal(dom[1].grant.nr_frames, 3);

    assert_int_equal(grant_frame_get(&dom[1], 3, &mfn), 0);
    assert_int_equal(grant_frame_get(&dom[1], 4, &mfn), -EINVAL);
    assert_int_equal(grant_frame_get(&dom[1], ~0u, &mfn), -EINVAL);
    grant(1, 8, 0, 3, 0);
}

static void limits(void **state)
{
    static struct domain d;

    (void)state;
    assert_int_equal(grant_create(&d, 0, 1), -EINVAL);
    assert_int_equal(grant_create(&d, GRANT_FRAMES_MAX + 1, 1), -EINVAL);
    assert_int_equal(grant_create(&d, 1, MAPTRACK_FRAMES_MAX + 1), -EINVAL);
    assert_int_equal(grant_create(&d, -1, -1), 0);
    assert_int_equal(d.grant.max_frames, GRANT_FRAMES_MAX);
    assert_int_equal(d.grant.max_maptrack_frames, MAPTRACK_FRAMES_MAX);
    grant_destroy(&d);
}

static void not_offered(void **state)
{
    struct gnttab_swap_grant_ref s = { .status = 99 };
    struct gnttab_transfer t = { .status = 99 };
    struct gnttab_get_status_frames f = { .status = 99 };
    uint32_t w = 0;

    (void)state;
    assert_int_equal(CALL(1, swap_grant_ref, &s), 0);
    assert_int_equal(s.status, GNTST_general_error);
    assert_int_equal(CALL(1, transfer, &t), 0);
    assert_int_equal(t.status, GNTST_general_error);
    assert_int_equal(CALL(1, get_status_frames, &f), 0);
    assert_int_equal(f.status, GNTST_general_error);
    assert_int_equal(CALL(1, dump_table, &w), -ENOSYS);
    assert_int_equal(call(1, 13, &w, sizeof(w), 1), -ENOSYS);
    assert_int_equal(call(1, 4095, &w, sizeof(w), 1), -ENOSYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(map_and_unmap),
        TEST(many_mappings_of_one),
        TEST(map_refusals),
        TEST(silo),
        TEST(no_second_hand_grants),
        TEST(entry_changed_in_use),
        TEST(mapping_overwritten),
        TEST(mapping_fails_below),
        TEST(handles_run_out),
        TEST(bad_handles),
        TEST(replace_only_as_unmap),
        TEST(answer_not_writable),
        TEST(granter_is_held),
        TEST(mapper_dies_in_pieces),
        TEST(arrays),
        TEST(sizes_and_versions),
        TEST(setup_grows),
        TEST(limits),
        TEST(not_offered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
