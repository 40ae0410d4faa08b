/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What domctl and sysctl have in common.
 *
 * Source: public/domctl.h; interface.md 3.14 (getdomaininfo, affinity).
 * Layer:  9 (control).
 */
#include <public/errno.h>

#include <xen/control.h>
#include <xen/copy.h>
#include <xen/sched.h>
#include <xen/string.h>

#define GPADDR_BITS 40u

/* Flags and counts that follow from the vCPUs. */
static void vcpus_info(const struct domain *d,
                       struct xen_domctl_getdomaininfo *info)
{
    uint32_t flags = XEN_DOMINF_blocked;

    info->max_vcpu_id = ~0u;
    for (uint32_t i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = d->vcpu[i];
        uint32_t reasons;

        if (!v)
            continue;
        info->max_vcpu_id = i;
        info->cpu_time += sched_vcpu_ns(v);
        reasons = READ_ONCE(v->pause_flags);
        if (reasons & VP_DOWN)
            continue;
        info->nr_online_vcpus++;
        if (!(reasons & VP_BLOCKED))
            flags &= ~XEN_DOMINF_blocked;
        if (READ_ONCE(v->running))
            flags |= XEN_DOMINF_running;
    }
    if (info->nr_online_vcpus)
        info->flags |= flags;
}

void domain_info(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    uint8_t state = READ_ONCE(d->state);
    uint8_t code = READ_ONCE(d->shutdown_code);

    memset(info, 0, sizeof(*info));
    info->domain = d->id;
    info->flags = XEN_DOMINF_hvm_guest | XEN_DOMINF_hap;
    vcpus_info(d, info);
    if (state == DOMAIN_DEAD)
        info->flags |= XEN_DOMINF_dying;
    if (state >= DOMAIN_SHUT && code != SHUTDOWN_NONE)
        info->flags |= XEN_DOMINF_shutdown;
    if (READ_ONCE(d->pause_count))
        info->flags |= XEN_DOMINF_paused;
    if (d->is_xenstore)
        info->flags |= XEN_DOMINF_xs_domain;
    /* "No code" is all ones, in the bits above those of a code as well. */
    info->flags |= (code == SHUTDOWN_NONE ? 0xffffu : code)
                   << XEN_DOMINF_shutdownshift;

    info->tot_pages = READ_ONCE(d->tot_pages);
    info->max_pages = READ_ONCE(d->max_pages);
    info->outstanding_pages = READ_ONCE(d->claimed);
    info->shared_info_frame = gfn_eq(d->shared_info_gfn, INVALID_GFN)
                                  ? ~0ull
                                  : d->shared_info_gfn.n;
    info->ssidref = d->ssidref;
    memcpy(info->handle, d->handle, sizeof(info->handle));
    info->cpupool = sched_domain_pool(d);
    info->gpaddr_bits = GPADDR_BITS;
}

static uint32_t map_bytes(const struct xenctl_bitmap *map)
{
    return (map->nr_bits + 7) / 8;
}

int control_bitmap_get(uint32_t *bits, const struct xenctl_bitmap *map)
{
    *bits = 0;
    if (map->nr_bits > CONTROL_BITS_MAX)
        return -EINVAL;
    if (copy_from_guest(bits, handle_va(map->bitmap),
                        MIN(map_bytes(map), sizeof(*bits))))
        return -EFAULT;
    if (map->nr_bits < CONTROL_BITS)
        *bits &= (1u << map->nr_bits) - 1;
    return 0;
}

int control_bitmap_put(const struct xenctl_bitmap *map, uint32_t bits)
{
    guest_ptr_t at = handle_va(map->bitmap);
    uint32_t len = MIN(map_bytes(map), sizeof(bits));

    if (map->nr_bits > CONTROL_BITS_MAX)
        return -EINVAL;
    if (copy_to_guest(at, &bits, len) ||
        clear_guest(at + len, map_bytes(map) - len))
        return -EFAULT;
    return 0;
}
