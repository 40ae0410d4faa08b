/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vcpu_op: where a vCPU shares its state: vcpu_info and the runstate area.
 * Both are pages of the guest that stay mapped and referenced here, so that
 * events and context switches write them without walking its tables.
 *
 * Source: public/vcpu.h; interface.md 2.6, 3.5.
 * Layer:  8 (iface).
 */
#include <asm/barrier.h>

#include <public/errno.h>
#include <public/vcpu.h>

#include <xen/copy.h>
#include <xen/event_channel.h>
#include <xen/hyp_map.h>
#include <xen/hypercall.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/string.h>
#include <xen/vcpu.h>

/* A page of @d's own at @gfn, mapped, with a reference; NULL. */
static void *own_page_map(struct domain *d, gfn_t gfn, struct page **out)
{
    enum p2m_type type;
    struct page *pg = p2m_get_page(d, gfn, &type);
    void *va = NULL;

    if (!pg)
        return NULL;
    if (type == P2M_RAM && pg->owner == d->id)
        va = frame_map(page_to_mfn(pg));
    if (!va)
        page_put(pg);
    else
        *out = pg;
    return va;
}

/*
 * VCPUOP_register_vcpu_info. -ENXIO the offset does not fit, -EINVAL twice,
 * another vCPU that is not offline, or no page of the caller's.
 *
 * A sender on another pCPU may still use the old place: it set the pending
 * bit before it read v->info, and the guest, told to look at all words,
 * finds it.
 */
static int32_t register_vcpu_info(struct vcpu *caller, struct vcpu *v,
                                  guest_ptr_t arg)
{
    struct vcpu_register_vcpu_info op;
    struct vcpu_info *info;
    struct page *pg;
    gfn_t gfn;
    void *va;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (!IS_ALIGNED(op.offset, 8) || op.offset > PAGE_SIZE - sizeof(*info))
        return -ENXIO;
    if (v != caller && !(READ_ONCE(v->pause_flags) & VP_DOWN))
        return -EINVAL;
    if (!gfn_from_guest(op.mfn, &gfn))
        return -EINVAL;

    va = own_page_map(v->domain, gfn, &pg);
    if (!va)
        return -EINVAL;

    lock_take(&v->domain->event.lock);
    if (v->info_page) {
        lock_drop(&v->domain->event.lock);
        frame_unmap(va);
        page_put(pg);
        return -EINVAL;
    }
    info = (struct vcpu_info *)((uint8_t *)va + op.offset);
    memcpy(info, v->info, sizeof(*info));
    v->info_page = pg;
    v->info_map = va;
    smp_wmb();
    WRITE_ONCE(v->info, info);
    smp_mb();
    info->evtchn_pending_sel = ~(xen_ulong_t)0;
    info->evtchn_upcall_pending = 0;
    event_upcall(v);
    lock_drop(&v->domain->event.lock);
    return 0;
}

/* The area is written no more. */
static void runstate_close(const struct runstate_area *area)
{
    if (!area->at)
        return;
    frame_unmap(area->at - (uintptr_t)area->at % PAGE_SIZE);
    page_put(area->page[0]);
    if (area->rest) {
        frame_unmap(area->rest);
        page_put(area->page[1]);
    }
}

/* The caller's memory at @va: its page, mapped. 0, -EFAULT, -ENOMEM. */
static int area_page_map(guest_ptr_t va, struct page **pg, uint8_t **at)
{
    mfn_t mfn = guest_frame_get(va, true);
    uint8_t *map;

    if (mfn_eq(mfn, INVALID_MFN))
        return -EFAULT;
    map = frame_map(mfn);
    if (!map) {
        page_put(mfn_to_page(mfn));
        return -ENOMEM;
    }
    *pg = mfn_to_page(mfn);
    *at = map + va % PAGE_SIZE;
    return 0;
}

/* @area is zeroed. The guest's next page need not be the next one in RAM. */
static int runstate_open(struct runstate_area *area, guest_ptr_t va)
{
    const guest_ptr_t size = sizeof(struct vcpu_runstate_info);
    int rc;

    if (va > (guest_ptr_t)-size)
        return -EFAULT;
    rc = area_page_map(va, &area->page[0], &area->at);
    if (rc)
        return rc;

    area->odd = !IS_ALIGNED(va, 8);
    if (va % PAGE_SIZE > PAGE_SIZE - size) {
        area->odd = true;
        rc = area_page_map((va & PAGE_MASK) + PAGE_SIZE, &area->page[1],
                           &area->rest);
        if (rc)
            runstate_close(area);
    }
    return rc;
}

/*
 * VCPUOP_register_runstate_memory_area, by a vCPU for itself; 0 takes it
 * back. -EFAULT: not writable memory of the caller's, -ENOMEM; the area that
 * was there before stays then.
 *
 * Only this pCPU writes the area, in the switch of this vCPU, so no lock is
 * needed to replace it.
 */
static int32_t register_runstate(struct vcpu *caller, struct vcpu *v,
                                 guest_ptr_t arg)
{
    struct vcpu_register_runstate_memory_area op;
    struct runstate_area area = { 0 }, old = v->runstate_area;
    guest_ptr_t at;
    int rc = 0;

    if (copy_from(&op, arg))
        return -EFAULT;
    if (v != caller)
        return -EINVAL;

    at = (guest_ptr_t)op.addr.p;
    if (at)
        rc = runstate_open(&area, at);
    if (rc)
        return rc;

    v->runstate_area = area;
    runstate_close(&old);
    vcpu_runstate_set(v, v->runstate, v->runstate_since_ns);
    return 0;
}

int32_t vcpu_op(struct vcpu *v, uint32_t *arg)
{
    struct vcpu *target = v;

    if (unlikely(arg[1] != v->id))
        target = domain_vcpu(v->domain, arg[1]);
    if (!target)
        return -ENOENT;

    switch (arg[0]) {
    case VCPUOP_register_vcpu_info:
        return register_vcpu_info(v, target, arg[2]);
    case VCPUOP_register_runstate_memory_area:
        return register_runstate(v, target, arg[2]);
    default:
        return -EINVAL;
    }
}

void vcpu_areas_release(struct vcpu *v)
{
    struct page *pg;
    void *va;

    runstate_close(&v->runstate_area);
    memset(&v->runstate_area, 0, sizeof(v->runstate_area));

    lock_take(&v->domain->event.lock);
    pg = v->info_page;
    va = v->info_map;
    if (pg) {
        WRITE_ONCE(v->info, (struct vcpu_info *)v->info_early);
        v->info_page = NULL;
        v->info_map = NULL;
    }
    lock_drop(&v->domain->event.lock);

    if (pg) {
        frame_unmap(va);
        page_put(pg);
    }
}
