/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages of other domains. On ARM a grant is mapped at a guest physical
 * address; ours has its place in the page tables from the start, so that
 * mapping is the hypercall and nothing else.
 *
 * Source: public/grant_table.h; interface.md 3.3.
 * Layer:  stub domain.
 */
#include <public/grant_table.h>

#include "layout.h"
#include "stub.h"

/* More handles than this domain can have (its maptrack frames). */
#define HANDLES 4096u

void *grant_at(uint32_t slot)
{
    return (void *)(uintptr_t)(WINDOWS_BASE + slot * 4096u);
}

static int grant_op(uint32_t op, void *arg)
{
    return hypercall(__HYPERVISOR_grant_table_op, op, (uintptr_t)arg, 1, 0, 0);
}

int grant_map(domid_t domid, uint32_t ref, uint32_t slot, uint32_t *handle)
{
    struct gnttab_map_grant_ref arg = {
        .host_addr = (uintptr_t)grant_at(slot),
        .flags = GNTMAP_host_map,
        .ref = ref,
        .dom = domid,
    };
    int rc = grant_op(GNTTABOP_map_grant_ref, &arg);

    if (rc)
        return GNTST_general_error;
    if (arg.status == GNTST_okay)
        *handle = arg.handle;
    return arg.status;
}

static int unmap(uint32_t slot, uint32_t handle)
{
    struct gnttab_unmap_grant_ref arg = {
        .host_addr = (uintptr_t)grant_at(slot),
        .handle = handle,
    };
    int rc = grant_op(GNTTABOP_unmap_grant_ref, &arg);

    return rc ? GNTST_general_error : arg.status;
}

int grant_unmap(uint32_t slot, uint32_t handle)
{
    if (handle != NO_HANDLE)
        return unmap(slot, handle);
    /* It ended between the call and its note: only one handle fits. */
    for (handle = 0; handle < HANDLES; handle++) {
        if (unmap(slot, handle) == GNTST_okay)
            return GNTST_okay;
    }
    return GNTST_bad_handle;
}
