/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls about the host (sysctl, platform_op, console_io), lists of calls,
 * and numbers that no call has.
 *
 * Source: public/sysctl.h, public/platform.h, public/xen.h.
 * Layer:  test guest.
 */
#include <public/platform.h>
#include <public/sched.h>
#include <public/sysctl.h>
#include <public/version.h>

#include <xen/string.h>

#include "fuzz.h"

/* ---- sysctl ---- */

static int32_t sysctl(struct fuzz *f, uint32_t cmd, struct xen_sysctl *op)
{
    uint32_t at;
    int32_t rc;

    op->cmd = cmd;
    op->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    if (f->twist && one_in(f, 8))
        op->interface_version = draw_boundary(f);
    at = put(f, 0, op, sizeof(*op));
    rc = hypercall(__HYPERVISOR_sysctl, at, 0, 0, 0, 0);
    get(f, 0, op, sizeof(*op));
    return rc;
}

#define TBUF_PAGES 8 /* they stay, once they were made */

/* Room for an answer. */
static uint32_t room(struct fuzz *f, size_t len)
{
    static const uint8_t zeros[1024];

    return put(f, 1, zeros, len);
}

static int32_t readconsole(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.readconsole.incremental = (uint8_t)draw_below(f, 2);
    op.u.readconsole.index = draw(f);
    op.u.readconsole.count = draw_below(f, 1024);
    op.u.readconsole.buffer.q = room(f, 1024);
    TWIST(f, op.u.readconsole.index);
    return sysctl(f, XEN_SYSCTL_readconsole, &op);
}

static int32_t plain(struct fuzz *f, uint32_t cmd)
{
    struct xen_sysctl op = { 0 };

    return sysctl(f, cmd, &op);
}

static int32_t physinfo(struct fuzz *f)
{
    return plain(f, XEN_SYSCTL_physinfo);
}

static int32_t sched_id(struct fuzz *f)
{
    return plain(f, XEN_SYSCTL_sched_id);
}

static int32_t coverage(struct fuzz *f)
{
    return plain(f, XEN_SYSCTL_coverage_op);
}

static int32_t domaininfolist(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.getdomaininfolist.first_domain = (domid_t)draw_below(f, 4);
    op.u.getdomaininfolist.max_domains = draw_below(f, 5);
    op.u.getdomaininfolist.buffer.q = room(f, 1024);
    TWIST(f, op.u.getdomaininfolist.first_domain);
    return sysctl(f, XEN_SYSCTL_getdomaininfolist, &op);
}

/* One that says little. */
static int32_t debug_keys(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.debug_keys.nr_keys = draw_below(f, 2);
    op.u.debug_keys.keys.q = put(f, 1, "\x01", 1);
    return sysctl(f, XEN_SYSCTL_debug_keys, &op);
}

static int32_t cpuinfo(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.getcpuinfo.max_cpus = draw_below(f, 9);
    op.u.getcpuinfo.info.q = room(f, 64);
    TWIST(f, op.u.getcpuinfo.max_cpus);
    return sysctl(f, XEN_SYSCTL_getcpuinfo, &op);
}

static int32_t availheap(struct fuzz *f)
{
    struct xen_sysctl op = { .u.availheap.node = -1 };

    TWIST(f, op.u.availheap.node);
    TWIST(f, op.u.availheap.min_bitwidth);
    TWIST(f, op.u.availheap.max_bitwidth);
    return sysctl(f, XEN_SYSCTL_availheap, &op);
}

static int32_t cputopoinfo(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };

    op.u.cputopoinfo.num_cpus = draw_below(f, 9);
    op.u.cputopoinfo.cputopo.q = one_in(f, 4) ? 0 : room(f, 128);
    TWIST(f, op.u.cputopoinfo.num_cpus);
    return sysctl(f, XEN_SYSCTL_cputopoinfo, &op);
}

static int32_t numainfo(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };
    uint32_t at = room(f, 64);

    op.u.numainfo.num_nodes = draw_below(f, 3);
    op.u.numainfo.meminfo.q = one_in(f, 4) ? 0 : at;
    op.u.numainfo.distance.q = one_in(f, 4) ? 0 : at + 16;
    TWIST(f, op.u.numainfo.num_nodes);
    return sysctl(f, XEN_SYSCTL_numainfo, &op);
}

/* What is set is what is there already, or cannot be. */
static int32_t scheduler(struct fuzz *f)
{
    struct xen_sysctl op = { 0 };
    struct xen_sysctl_scheduler_op *s = &op.u.scheduler_op;

    s->sched_id = XEN_SCHEDULER_CREDIT;
    s->cmd = draw_below(f, 2);
    s->u.sched_credit.tslice_ms = 1 + draw_below(f, 30);
    s->u.sched_credit.ratelimit_us = 1000;
    TWIST(f, s->cpupool_id);
    TWIST(f, s->cmd);
    TWIST(f, s->u.sched_credit.vcpu_migr_delay_us);
    return sysctl(f, XEN_SYSCTL_scheduler_op, &op);
}

/* ---- trace buffers ---- */

static int32_t tbuf(struct fuzz *f, uint32_t cmd, uint32_t value)
{
    static const uint8_t all = 0xff;
    struct xen_sysctl op = { 0 };

    op.u.tbuf_op.cmd = cmd;
    op.u.tbuf_op.evt_mask = value;
    op.u.tbuf_op.size = value;
    op.u.tbuf_op.cpu_mask.nr_bits = 8;
    op.u.tbuf_op.cpu_mask.bitmap.q = put(f, 1, &all, 1);
    /* The size cannot be set: another operation would count as this one. */
    if (cmd != XEN_SYSCTL_TBUFOP_set_size)
        TWIST(f, op.u.tbuf_op.cmd);
    TWIST(f, op.u.tbuf_op.cpu_mask.nr_bits);
    return sysctl(f, XEN_SYSCTL_tbuf_op, &op);
}

#define TBUF(name_, value_)                                                    \
    static int32_t tbuf_##name_(struct fuzz *f)                                \
    {                                                                          \
        return tbuf(f, XEN_SYSCTL_TBUFOP_##name_, value_);                     \
    }

TBUF(get_info, 0)
TBUF(set_cpu_mask, 0)
TBUF(set_evt_mask, draw(f))
TBUF(set_size, TBUF_PAGES)
TBUF(enable, 0)
TBUF(disable, 0)

static int32_t no_sysctl(struct fuzz *f)
{
    static const uint8_t numbers[] = { 0,  5,  10, 11, 12, 13, 14, 15, 21,
                                       22, 23, 24, 25, 26, 27, 28, 99, 255 };
    struct xen_sysctl op = { 0 };

    return sysctl(f, numbers[draw_below(f, ARRAY_SIZE(numbers))], &op);
}

/* ---- platform, console ---- */

/* The wall clock: the same moment each time. */
static int32_t settime(struct fuzz *f)
{
    struct xen_platform_op op = {
        .cmd = XENPF_settime64,
        .interface_version = XENPF_INTERFACE_VERSION,
        .u.settime64 = { .secs = 1700000000, .nsecs = draw_below(f, 1000) },
    };

    TWIST(f, op.cmd);
    TWIST(f, op.u.settime64.nsecs);
    TWIST(f, op.u.settime64.mbz);
    TWIST(f, op.u.settime64.secs);
    TWIST(f, op.u.settime64.system_time);
    return hypercall(__HYPERVISOR_platform_op, put(f, 0, &op, sizeof(op)), 0, 0,
                     0, 0);
}

/* Nothing, or an empty line. */
static int32_t write_console(struct fuzz *f)
{
    return hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, one_in(f, 32),
                     put(f, 0, "\n", 1), 0, 0);
}

static int32_t read_console(struct fuzz *f)
{
    int32_t rc = hypercall(__HYPERVISOR_console_io, CONSOLEIO_read,
                           draw_below(f, 256), put(f, 0, "", 1), 0, 0);

    return rc > 0 ? 0 : rc;
}

/* ---- lists of calls ---- */

#define ENTRIES 6u

static int32_t multicall(struct fuzz *f)
{
    static const struct {
        uint8_t nr, cmd;
    } calls[] = {
        { __HYPERVISOR_xen_version, XENVER_version },
        { __HYPERVISOR_xen_version, XENVER_capabilities },
        { __HYPERVISOR_sched_op, SCHEDOP_yield },
        { __HYPERVISOR_event_channel_op, EVTCHNOP_send },
        { __HYPERVISOR_event_channel_op, EVTCHNOP_status },
        { __HYPERVISOR_memory_op, XENMEM_maximum_ram_page },
        { __HYPERVISOR_multicall, 1 },
        { 63, 0 },
        { __HYPERVISOR_hvm_op, 1 },
    };
    struct multicall_entry list[ENTRIES];
    uint32_t nr = draw_below(f, ENTRIES + 1), at = room(f, 1024);

    memset(list, 0, sizeof(list));
    for (uint32_t i = 0; i < ENTRIES; i++) {
        uint32_t which = draw_below(f, ARRAY_SIZE(calls));

        list[i].op = calls[which].nr;
        list[i].args[0] = calls[which].cmd;
        list[i].args[1] = at;
        TWIST(f, list[i].op);
    }
    /* A longer list ends at the end of memory, and not in what is no list:
     * an argument beyond 32 bits is the end of its domain. */
    if (f->twist) {
        nr = draw_boundary(f);
        f->place[0] = PLACE_EDGE;
    }
    at = put(f, 0, list, sizeof(list));
    return hypercall(__HYPERVISOR_multicall, at, nr, 0, 0, 0);
}

/* ---- numbers that are no calls ---- */

static int32_t absent(struct fuzz *f)
{
    static const uint8_t numbers[] = {
        __HYPERVISOR_sched_op_compat,
        __HYPERVISOR_set_timer_op,
        __HYPERVISOR_event_channel_op_compat,
        __HYPERVISOR_physdev_op_compat,
        __HYPERVISOR_mmuext_op,
        __HYPERVISOR_xsm_op,
        __HYPERVISOR_nmi_op,
        __HYPERVISOR_callback_op,
        __HYPERVISOR_xenoprof_op,
        __HYPERVISOR_physdev_op,
        __HYPERVISOR_kexec_op,
        __HYPERVISOR_tmem_op,
        __HYPERVISOR_argo_op,
        __HYPERVISOR_xenpmu_op,
        __HYPERVISOR_dm_op,
        0,
        43,
        63,
        64,
        255,
    };
    uint32_t nr = numbers[draw_below(f, ARRAY_SIZE(numbers))];

    if (f->twist)
        nr |= draw(f) << 8;
    return hypercall(nr, draw_below(f, 32), room(f, 1024), draw(f), draw(f),
                     draw(f));
}

const struct op control_ops[] = {
    OP(XEN_SYSCTL_readconsole, readconsole, 4, 0, -EPERM),
    OP(XEN_SYSCTL_physinfo, physinfo, 4, 0, -EPERM),
    OP(XEN_SYSCTL_sched_id, sched_id, 2, 0, -EPERM),
    OP(XEN_SYSCTL_getdomaininfolist, domaininfolist, 8, 0, -EPERM),
    OP(XEN_SYSCTL_debug_keys, debug_keys, 2, 0, -EPERM),
    OP(XEN_SYSCTL_getcpuinfo, cpuinfo, 4, 0, -EPERM),
    OP(XEN_SYSCTL_availheap, availheap, 2, 0, -EPERM),
    OP(XEN_SYSCTL_cputopoinfo, cputopoinfo, 4, 0, -EPERM),
    OP(XEN_SYSCTL_numainfo, numainfo, 4, 0, -EPERM),
    OP(XEN_SYSCTL_scheduler_op, scheduler, 4, 0, -EPERM),
    OP(XEN_SYSCTL_coverage_op, coverage, 2, -EOPNOTSUPP, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_get_info, tbuf_get_info, 1, 0, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_set_cpu_mask, tbuf_set_cpu_mask, 1, 0, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_set_evt_mask, tbuf_set_evt_mask, 1, 0, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_set_size, tbuf_set_size, 1, -EBUSY, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_enable, tbuf_enable, 2, 0, -EPERM),
    OP(XEN_SYSCTL_TBUFOP_disable, tbuf_disable, 2, 0, -EPERM),
    OP(XEN_SYSCTL_none, no_sysctl, 2, -ENOSYS, -EPERM),
    OP(XENPF_settime64, settime, 4, 0, -EPERM),
    OP(CONSOLEIO_write, write_console, 4, 0, -EPERM),
    OP(CONSOLEIO_read, read_console, 2, 0, -EPERM),
    OP(__HYPERVISOR_multicall, multicall, 12, 0, 0),
    OP(__HYPERVISOR_none, absent, 4, -ENOSYS, -ENOSYS),
    { .name = NULL },
};
