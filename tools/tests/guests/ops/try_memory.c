/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory_op and grant_table_op with good and bad arguments.
 *
 * Source: public/memory.h, public/grant_table.h.
 * Layer:  test guest, first domain.
 */
#include <public/grant_table.h>
#include <public/memory.h>

#include "ops.h"

#define MP(op_, who_, what_, on_, want_, dom_, p_, ...)                        \
    .op = "memory." #op_, .what = (what_), .who = (who_), .on = (on_),         \
    .want = (want_),                                                           \
    .call = { .kind = MEMORY,                                                  \
              .cmd = XENMEM_##op_,                                             \
              .dom = (dom_),                                                   \
              .pointers = (p_),                                                \
              .w = { __VA_ARGS__ } }
#define MM(op_, who_, what_, on_, want_, ...)                                  \
    {                                                                          \
        MP(op_, who_, what_, on_, want_, 0, 0, __VA_ARGS__)                    \
    }
/* One extent at a frame: order, flags. */
#define MR(op_, who_, what_, on_, want_, gfn_, order_, flags_)                 \
    {                                                                          \
        MP(op_, who_, what_, on_, want_, 24, 1, 40, 0, 1, 0, order_,           \
           flags_, [10] = (gfn_))                                              \
    }
/* claim_pages: number. */
#define CLAIM(what_, on_, want_, nr_)                                          \
    {                                                                          \
        MP(claim_pages, DOM0, what_, on_, want_, 24, 0, 0, 0, nr_)             \
    }
/* One foreign page of @on_ at a frame of the first domain's. */
#define FOREIGN(who_, what_, on_, want_, idx_, gpfn_)                          \
    {                                                                          \
        .op = "memory.add_to_physmap_batch", .what = (what_), .who = (who_),   \
        .on = (on_), .want = (want_), .call = {                                \
            .kind = MEMORY,                                                    \
            .cmd = XENMEM_add_to_physmap_batch,                                \
            .dom = 6,                                                          \
            .error = DATA,                                                     \
            .pointers = 1u << 2 | 1u << 4 | 1u << 6,                           \
            .w = { DOMID_SELF | XENMAPSPACE_gmfn_foreign << 16, 1, 40, 0, 48,  \
                   0, DATA, 0, [10] = (idx_), 0, (gpfn_),                      \
                   (gpfn_) == ~0u ? ~0u : 0 }                                  \
        }                                                                      \
    }
/* Type, id, number of frames; list at the end. */
#define ACQUIRE(what_, on_, want_, p_, type_, id_, nr_, ...)                   \
    {                                                                          \
        MP(acquire_resource, DOM0, what_, on_, want_, 0, p_, (type_) << 16,    \
           id_, nr_, __VA_ARGS__)                                              \
    }
#define NOWHERE(op_, kind_, cmd_, want_)                                       \
    {                                                                          \
        .op = (op_), .what = "no structure", .want = (want_), .call = {        \
            .kind = (kind_),                                                   \
            .cmd = (cmd_),                                                     \
            .dom = NO_DOM,                                                     \
            .nowhere = true                                                    \
        }                                                                      \
    }

#define GP(op_, who_, what_, on_, want_, dom_, status_, p_, ...)               \
    .op = "grant." #op_, .what = (what_), .who = (who_), .on = (on_),          \
    .want = (want_),                                                           \
    .call = { .kind = GRANT,                                                   \
              .cmd = GNTTABOP_##op_,                                           \
              .dom = (dom_),                                                   \
              .status = (status_),                                             \
              .pointers = (p_),                                                \
              .w = { __VA_ARGS__ } }
#define GR(op_, who_, what_, on_, want_, dom_, status_, ...)                   \
    {                                                                          \
        GP(op_, who_, what_, on_, want_, dom_, status_, 0, __VA_ARGS__)        \
    }
/* Copy of 4 bytes from a page of the caller's to another: offsets. */
#define COPY(who_, what_, want_, from_, to_, off_, len_)                       \
    GR(copy, who_, what_, 0, want_, NO_DOM, 36, from_, 0,                      \
       DOMID_SELF | (off_) << 16, 0, to_, 0, DOMID_SELF, 0, len_)

#define V     ON_VICTIM
#define FREE  0x50000u
#define PAGE  (AGENT_PAGE(0) >> 12) /* the agent's first frame */
#define TABLE XENMEM_resource_grant_table

/* clang-format off */
const struct op_try memory_tries[] = {
    { .fresh = true, MP(populate_physmap, DOM0, "a page", V, 1, 24, 1,
                        40, 0, 1, [10] = FREE) },
    MR(populate_physmap, DOM0, "2 MiB", V, 1, FREE + 0x200, 9, 0),
    MR(populate_physmap, DOM0, "2 MiB more than it may have", V, 0,
       FREE + 0x400, 9, 0),
    { .op = "domctl.max_mem", .what = "16 MiB", .on = V, .want = 0,
      .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_max_mem, .dom = NO_DOM,
                .w = { 16384 } } },
    MR(populate_physmap, DOM0, "8 MiB", V, 1, FREE + 0x800, 11, 0),
    MR(decrease_reservation, DOM0, "8 MiB", V, 1, FREE + 0x800, 11, 0),
    MR(populate_physmap, DOM0, "1 GiB, more than it may have", V, 0,
       0x80000, 18, 0),
    MR(populate_physmap, DOM0, "2 GiB", V, 0, 0x80000, 19, 0),
    MR(populate_physmap, DOM0, "on demand", V, 0, FREE + 1, 0,
       XENMEMF_populate_on_demand),
    MR(populate_physmap, DOM0, "of nobody", NOBODY, 0, FREE + 1, 0, 0),
    { MP(populate_physmap, DOM0, "a list nowhere", V, 0, 24, 0, 8, 0, 1) },
    NOWHERE("memory.populate_physmap", MEMORY, XENMEM_populate_physmap, 0),
    MR(populate_physmap, PLAIN, "a page", DOMID_SELF, 1, FREE, 0, 0),
    MR(populate_physmap, PLAIN, "4 MiB", DOMID_SELF, 0, FREE + 0x400, 10, 0),
    MR(populate_physmap, PLAIN, "at no frame", DOMID_SELF, 0, 1u << 28, 0, 0),
    MR(populate_physmap, PLAIN, "more than it may have", DOMID_SELF, 0,
       FREE + 0x400, 9, 0),
    MR(increase_reservation, DOM0, "a page", V, 1, 0, 0, 0),
    MR(increase_reservation, DOM0, "4 MiB", V, 0, 0, 10, 0),
    MR(increase_reservation, PLAIN, "more than it may have", DOMID_SELF, 0,
       0, 9, 0),
    MR(decrease_reservation, DOM0, "a page", V, 1, FREE, 0, 0),
    MR(decrease_reservation, DOM0, "it has gone", V, 0, FREE, 0, 0),
    MR(decrease_reservation, PLAIN, "a page", DOMID_SELF, 1, FREE, 0, 0),
    MR(decrease_reservation, PLAIN, "it has gone", DOMID_SELF, 0, FREE, 0, 0),
    MM(maximum_ram_page, DOM0, "told", 0, ANY_POSITIVE, 0),
    MM(maximum_ram_page, PLAIN, "told", 0, ANY_POSITIVE, 0),
    MM(current_reservation, DOM0, "of one", V, ANY_POSITIVE, 0),
    MM(current_reservation, DOM0, "of nobody", NOBODY, -ESRCH, 0),
    MM(current_reservation, PLAIN, "its own", DOMID_SELF, AGENT_PAGES, 0),
    MM(current_reservation, PLAIN, "of nobody", NOBODY, -EPERM, 0),
    NOWHERE("memory.current_reservation", MEMORY,
            XENMEM_current_reservation, -EFAULT),
    NOWHERE("memory.current_reservation/continued", MEMORY,
            XENMEM_current_reservation | 1 << 6, -EINVAL),
    MM(maximum_reservation, DOM0, "of one", V, 4096, 0),
    MM(maximum_reservation, DOM0, "of nobody", NOBODY, -ESRCH, 0),
    MM(maximum_reservation, PLAIN, "its own", DOMID_SELF, AGENT_PAGES + 4, 0),
    MM(maximum_gpfn, DOM0, "of one", V, ANY_POSITIVE, 0),
    MM(maximum_gpfn, DOM0, "of nobody", NOBODY, -ESRCH, 0),
    MM(maximum_gpfn, PLAIN, "its own", DOMID_SELF, ANY_POSITIVE, 0),
    MM(exchange, DOM0, "any", 0, -ENOSYS, 0),

    MM(add_to_physmap, DOM0, "shared page", V, 0, 0,
       XENMAPSPACE_shared_info, 0, 0, FREE),
    MM(add_to_physmap, DOM0, "shared page again", V, -EBUSY, 0,
       XENMAPSPACE_shared_info, 0, 0, FREE + 1),
    MM(add_to_physmap, DOM0, "second shared page", V, -EINVAL, 0,
       XENMAPSPACE_shared_info, 1, 0, FREE + 1),
    MM(add_to_physmap, DOM0, "of nobody", NOBODY, -ESRCH, 0,
       XENMAPSPACE_shared_info, 0, 0, FREE + 1),
    MM(add_to_physmap, PLAIN, "grant frame", DOMID_SELF, 0, 0,
       XENMAPSPACE_grant_table, 1, 0, FREE + 3),
    MM(add_to_physmap, PLAIN, "grant frame again", DOMID_SELF, -EBUSY, 0,
       XENMAPSPACE_grant_table, 1, 0, FREE + 4),
    MM(add_to_physmap, PLAIN, "grant frame beyond", DOMID_SELF, -EINVAL, 0,
       XENMAPSPACE_grant_table, 64, 0, FREE + 4),
    MM(add_to_physmap, PLAIN, "status frame", DOMID_SELF, -EINVAL, 0,
       XENMAPSPACE_grant_table, 1u << 31, 0, FREE + 4),
    MM(add_to_physmap, PLAIN, "no frame", DOMID_SELF, -EINVAL, 0,
       XENMAPSPACE_grant_table, 2, 0, ~0u, ~0u),
    MM(add_to_physmap, PLAIN, "own frame", DOMID_SELF, -ENOSYS, 0,
       XENMAPSPACE_gmfn, PAGE, 0, FREE + 4),
    MM(add_to_physmap, PLAIN, "foreign", DOMID_SELF, -ENOSYS, 0,
       XENMAPSPACE_gmfn_foreign, PAGE, 0, FREE + 4),
    MM(add_to_physmap, PLAIN, "of nobody", NOBODY, -EPERM, 0,
       XENMAPSPACE_shared_info, 0, 0, FREE + 4),
    NOWHERE("memory.add_to_physmap", MEMORY, XENMEM_add_to_physmap, -EFAULT),
    MM(remove_from_physmap, PLAIN, "grant frame", DOMID_SELF, 0, 0, 0,
       FREE + 3),
    MM(remove_from_physmap, PLAIN, "nothing there", DOMID_SELF, -ENOENT, 0, 0,
       FREE + 3),
    MM(remove_from_physmap, PLAIN, "of nobody", NOBODY, -EPERM, 0, 0, FREE),
    MM(remove_from_physmap, DOM0, "shared page", V, 0, 0, 0, FREE),
    MM(remove_from_physmap, DOM0, "of nobody", NOBODY, -ESRCH, 0, 0, FREE),
    NOWHERE("memory.remove_from_physmap", MEMORY, XENMEM_remove_from_physmap,
            -EFAULT),
    FOREIGN(DOM0, "of nobody", NOBODY, -ESRCH, VICTIM_GFN, ~0u),
    FOREIGN(DOM0, "its own", 0, -EINVAL, VICTIM_GFN, ~0u),
    FOREIGN(DOM0, "of DOMID_IO", DOMID_IO, -EINVAL, 0, ~0u),
    FOREIGN(DOM0, "no page of Xen's to share", DOMID_XEN, -EINVAL, 0, 0),
    FOREIGN(DOM0, "no RAM there", V, -EINVAL, FREE + 9, 0),
    FOREIGN(DOM0, "no frame", V, -EINVAL, VICTIM_GFN, ~0u),
    FOREIGN(PLAIN, "of another", V, -EPERM, VICTIM_GFN, FREE + 5),
    FOREIGN(PLAIN, "of nobody", NOBODY, -EPERM, VICTIM_GFN, FREE + 5),
    FOREIGN(PLAIN, "of DOMID_XEN", DOMID_XEN, -EPERM, 0, FREE + 5),
    MM(add_to_physmap_batch, DOM0, "a range", V, -EOPNOTSUPP,
       XENMAPSPACE_gmfn_range << 16, 1),
    MM(add_to_physmap_batch, DOM0, "registers", V, -EOPNOTSUPP,
       XENMAPSPACE_dev_mmio << 16, 1 | 1 << 16),
    MM(add_to_physmap_batch, DOM0, "lists nowhere", V, -EFAULT,
       XENMAPSPACE_shared_info << 16, 1, 8, 0, 8, 0, 8),
    MM(add_to_physmap_batch, PLAIN, "nothing", DOMID_SELF, 0,
       XENMAPSPACE_shared_info << 16, 0),
    { .op = "memory.add_to_physmap_batch", .what = "continued behind its end",
      .on = V, .want = -EILSEQ,
      .call = { .kind = MEMORY, .dom = 0,
                .cmd = XENMEM_add_to_physmap_batch | 5 << 6,
                .w = { XENMAPSPACE_shared_info << 16, 2 } } },

    CLAIM("what it has", V, -EINVAL, 1), CLAIM("more", V, 0, 1000),
    CLAIM("twice", V, -EINVAL, 1000), CLAIM("not any more", V, 0, 0),
    CLAIM("more than it may have", V, -EINVAL, 1 << 20),
    CLAIM("for nobody", NOBODY, -EINVAL, 1000),
    { .op = "domctl.max_mem", .what = "no limit", .on = V, .want = 0,
      .call = { .kind = DOMCTL, .cmd = XEN_DOMCTL_max_mem, .dom = NO_DOM,
                .w = { ~0u, ~0u } } },
    CLAIM("more than there is", V, -ENOMEM, 1 << 26),
    { MP(claim_pages, DOM0, "with an order", V, -EINVAL, 24, 0,
         0, 0, 1000, 0, 1) },
    { MP(claim_pages, DOM0, "with a list", V, -EINVAL, 24, 1, 40, 0, 1000) },
    NOWHERE("memory.claim_pages", MEMORY, XENMEM_claim_pages, -EFAULT),
    MM(get_vnumainfo, PLAIN, "none", DOMID_SELF, -EOPNOTSUPP, 0),
    MM(get_vnumainfo, DOM0, "of nobody", NOBODY, -ESRCH, 0),
    { MP(reserved_device_memory_map, PLAIN, "none", 0, 0, NO_DOM, 0, 0) },
    NOWHERE("memory.reserved_device_memory_map", MEMORY,
            XENMEM_reserved_device_memory_map, -EFAULT),
    MM(get_sharing_freed_pages, PLAIN, "none", 0, 0, 0),
    MM(get_sharing_shared_pages, PLAIN, "none", 0, 0, 0),
    ACQUIRE("size", V, 0, 0, TABLE, 0, 0, 0),
    ACQUIRE("padding", V, -EINVAL, 0, TABLE, 0, 0, 1),
    ACQUIRE("its own", 0, -EPERM, 0, TABLE, 0, 0, 0),
    ACQUIRE("of nobody", NOBODY, -ESRCH, 0, TABLE, 0, 0, 0),
    ACQUIRE("ioreq server", V, -EINVAL, 0, 0, 0, 0, 0),
    ACQUIRE("no such type", V, -EOPNOTSUPP, 0, 9, 0, 0, 0),
    ACQUIRE("status frames", V, -EINVAL, 0, TABLE, 1, 0, 0),
    ACQUIRE("frames without a list", V, -EINVAL, 0, TABLE, 0, 1, 0),
    ACQUIRE("a list without frames", V, -EINVAL, 1u << 6, TABLE, 0, 0, 0,
            0, 0, 40),
    ACQUIRE("beyond its end", V, -EINVAL, 1u << 6, TABLE, 0, 1, 0, 64, 0, 40),
    ACQUIRE("a list nowhere", V, -EFAULT, 0, TABLE, 0, 1, 0, 0, 0, 8),
    ACQUIRE("no frame of ours", V, -EINVAL, 1u << 6, TABLE, 0, 1, 0, 0, 0,
            40, 0, 0, 0, ~0u, ~0u),
    NOWHERE("memory.acquire_resource", MEMORY, XENMEM_acquire_resource,
            -EFAULT),

    { .save = 20, GP(map_grant_ref, DOM0, "what is granted", ON_PLAIN, 0,
                     16, 18, 1, 4096, 0, GNTMAP_host_map, 9) },
    { .use = 5, GP(unmap_grant_ref, DOM0, "another address", 0,
                   GNTST_general_error, NO_DOM, 20, 1, 8192) },
    { .use = 5, GP(unmap_grant_ref, DOM0, "what is mapped", 0, 0,
                   NO_DOM, 20, 1, 4096) },
    { .use = 5, GP(unmap_grant_ref, DOM0, "twice", 0, GNTST_bad_handle,
                   NO_DOM, 20, 1, 4096) },
    { GP(map_grant_ref, DOM0, "not granted", ON_PLAIN, GNTST_general_error,
         16, 18, 1, 4096, 0, GNTMAP_host_map, 10) },
    { GP(map_grant_ref, DOM0, "no such grant", ON_PLAIN, GNTST_bad_gntref,
         16, 18, 1, 4096, 0, GNTMAP_host_map, 99999) },
    { GP(map_grant_ref, DOM0, "of nobody", NOBODY, GNTST_bad_domain,
         16, 18, 1, 4096, 0, GNTMAP_host_map, 9) },
    { GP(map_grant_ref, DOM0, "of DOMID_SELF", DOMID_SELF, GNTST_bad_domain,
         16, 18, 1, 4096, 0, GNTMAP_host_map, 9) },
    { GP(map_grant_ref, DOM0, "neither way", ON_PLAIN, GNTST_bad_gntref,
         16, 18, 1, 4096, 0, 0, 9) },
    { GP(map_grant_ref, DOM0, "for a device", ON_PLAIN, GNTST_general_error,
         16, 18, 1, 4096, 0, GNTMAP_host_map | GNTMAP_device_map, 9) },
    GR(map_grant_ref, PLAIN, "of another", V, GNTST_permission_denied,
       16, 18, FREE << 12, 0, GNTMAP_host_map, 9),
    NOWHERE("grant.map_grant_ref", GRANT, GNTTABOP_map_grant_ref, -EFAULT),
    GR(unmap_grant_ref, PLAIN, "no handle", 0, GNTST_bad_handle, NO_DOM, 20,
       0, 0, 0, 0, 9999),
    GR(unmap_and_replace, PLAIN, "no handle", 0, GNTST_bad_handle, NO_DOM,
       20, 0, 0, 0, 0, 9999),
    { GP(setup_table, PLAIN, "a frame", DOMID_SELF, 0, 0, 8, 1u << 4,
         0, 1, 0, 0, DATA) },
    GR(setup_table, PLAIN, "a list nowhere", DOMID_SELF, -EFAULT, 0, 8,
       0, 1, 0, 0, 8),
    GR(setup_table, PLAIN, "65 frames", DOMID_SELF, GNTST_general_error, 0, 8,
       0, 65, 0, 0, 8),
    GR(setup_table, PLAIN, "of nobody", NOBODY, GNTST_permission_denied, 0, 8,
       0, 1, 0, 0, 8),
    GR(setup_table, DOM0, "of nobody", NOBODY, GNTST_bad_domain, 0, 8,
       0, 1, 0, 0, 8),
    COPY(PLAIN, "from page to page", 0, PAGE + 14, PAGE + 15, 0, 4),
    COPY(PLAIN, "beyond a page", GNTST_bad_copy_arg, PAGE + 14, PAGE + 15,
         4094, 4),
    COPY(PLAIN, "from no page", GNTST_bad_page, FREE + 9, PAGE + 15, 0,
         4),
    GR(copy, PLAIN, "from nobody", NOBODY, GNTST_bad_domain, 8, 36,
       9, 0, 0, 0, PAGE + 15, 0, DOMID_SELF, 0, 4 | 1 << 16),
    GR(query_size, PLAIN, "its own", DOMID_SELF, 0, 0, 12, 0),
    GR(query_size, DOM0, "of one", V, 0, 0, 12, 0),
    GR(query_size, DOM0, "of nobody", NOBODY, GNTST_bad_domain, 0, 12, 0),
    { .op = "grant.query_size", .what = "two at once", .on = V,
      .want = -EINVAL, .call = { .kind = GRANT, .cmd = GNTTABOP_query_size,
                                 .n = 2 } },
    { .op = "grant.query_size", .what = "fewer than none", .on = V,
      .want = -EINVAL, .call = { .kind = GRANT, .cmd = GNTTABOP_query_size,
                                 .n = ~0u } },
    { .op = "grant.query_size", .what = "with a cursor", .on = V,
      .want = -EINVAL,
      .call = { .kind = GRANT, .cmd = GNTTABOP_query_size | 1 << 12 } },
    GR(set_version, PLAIN, "1", 0, 0, NO_DOM, 0, 1),
    GR(set_version, PLAIN, "2", 0, -ENOSYS, NO_DOM, 0, 2),
    GR(set_version, PLAIN, "3", 0, -EINVAL, NO_DOM, 0, 3),
    GR(get_version, PLAIN, "its own", DOMID_SELF, 0, 0, 0, 0),
    GR(get_version, PLAIN, "of nobody", NOBODY, -EPERM, 0, 0, 0),
    GR(get_version, DOM0, "of nobody", NOBODY, -ESRCH, 0, 0, 0),
    GR(get_status_frames, PLAIN, "none", DOMID_SELF, GNTST_general_error,
       4, 6, 0),
    GR(transfer, PLAIN, "any", 0, GNTST_general_error, 8, 16, 0),
    GR(swap_grant_ref, PLAIN, "any", 0, GNTST_general_error, NO_DOM, 8, 0),
    GR(dump_table, PLAIN, "any", 0, -ENOSYS, 0, 0, 0),
    GR(cache_flush, PLAIN, "nothing", 0, 0, NO_DOM, 0, 0),
    GR(cache_flush, PLAIN, "beyond a page", 0, -EINVAL, NO_DOM, 0,
       0, 0, 4096, 1),
    GR(cache_flush, PLAIN, "no such way", 0, -EINVAL, NO_DOM, 0,
       0, 0, 4 << 16, 4),
    { .op = "grant", .what = "no such operation", .want = -ENOSYS,
      .call = { .kind = GRANT, .cmd = 99, .dom = NO_DOM } },
    { .op = "memory", .what = "no such operation", .want = -ENOSYS,
      .call = { .kind = MEMORY, .cmd = 63, .dom = NO_DOM } },
    { .what = NULL },
};
/* clang-format on */
