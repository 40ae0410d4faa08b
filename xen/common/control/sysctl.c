/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysctl: the host, as control domains see it and set it.
 *
 * Source: public/sysctl.h; interface.md 3.15.
 * Layer:  9 (control).
 */
#include <public/errno.h>
#include <public/sysctl.h>

#include <xen/access.h>
#include <xen/control.h>
#include <xen/copy.h>
#include <xen/domain_create.h>
#include <xen/hypercall.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/sched.h>
#include <xen/smp.h>
#include <xen/softirq.h>
#include <xen/string.h>
#include <xen/time.h>

STATIC_ASSERT(sizeof(struct xen_sysctl) == 136);

static sysctl_fn readconsole, physinfo, sched_id_op, domaininfolist, debug_keys,
    cpuinfo, availheap, cputopoinfo, numainfo, coverage_op;

/* clang-format off */
static sysctl_fn *const ops[] = {
    [XEN_SYSCTL_readconsole]       = readconsole,
    [XEN_SYSCTL_tbuf_op]           = sysctl_tbuf,
    [XEN_SYSCTL_physinfo]          = physinfo,
    [XEN_SYSCTL_sched_id]          = sched_id_op,
    [XEN_SYSCTL_getdomaininfolist] = domaininfolist,
    [XEN_SYSCTL_debug_keys]        = debug_keys,
    [XEN_SYSCTL_getcpuinfo]        = cpuinfo,
    [XEN_SYSCTL_availheap]         = availheap,
    [XEN_SYSCTL_cputopoinfo]       = cputopoinfo,
    [XEN_SYSCTL_numainfo]          = numainfo,
    [XEN_SYSCTL_cpupool_op]        = sysctl_cpupool,
    [XEN_SYSCTL_scheduler_op]      = sysctl_scheduler,
    [XEN_SYSCTL_coverage_op]       = coverage_op,
    /* The others answer -ENOSYS, as tools expect (interface.md 3.15). */
};
/* clang-format on */

/* ---- console ---- */

/*
 * Position of the oldest text. A read of nothing moves a position that is
 * not in the ring there, and of these two at most one is in it.
 */
static uint32_t oldest_text(void)
{
    uint32_t low = 0, high = 0x80000000u;

    (void)console_ring_read(&low, NULL, 0);
    (void)console_ring_read(&high, NULL, 0);
    return high != 0x80000000u ? high : low;
}

static int32_t readconsole(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_readconsole *op = &sysctl->u.readconsole;
    char buf[128];
    uint32_t index = op->incremental ? op->index : oldest_text();
    uint32_t done = 0;
    size_t len;

    (void)arg;
    while (done < op->count) {
        len = console_ring_read(&index, buf,
                                MIN(op->count - done, sizeof(buf)));
        if (len == 0)
            break;
        if (copy_to_guest(handle_va(op->buffer) + done, buf, len))
            return -EFAULT;
        done += (uint32_t)len;
        /* Less than asked for is no error: the next call goes on. */
        if (preempt_wanted())
            break;
    }
    /* Only what was read: the next call must find the rest. */
    if (op->clear)
        console_ring_clear(index);
    op->index = index;
    op->count = done;
    return 0;
}

/*
 * As if typed; in the guest's structure the keys advance. All is printed
 * when the call is over, also what somebody typed meanwhile.
 */
static int32_t debug_keys(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_debug_keys *op = &sysctl->u.debug_keys;
    enum key_step step;
    char key;

    do {
        if (op->nr_keys != 0) {
            if (copy_from_guest(&key, handle_va(op->keys), 1))
                return -EFAULT;
            if (keyhandler_press(key)) {
                op->keys.q++;
                op->nr_keys--;
            }
        }
        step = keyhandler_step();
        if (step == KEY_WAIT)
            sched_yield();
        if (step == KEY_WAIT || (step == KEY_MORE && preempt_wanted()))
            return copy_to(arg, sysctl) ? -EFAULT : -ERESTART;
    } while (step == KEY_MORE || op->nr_keys != 0);
    return 0;
}

/* ---- machine ---- */

static int32_t physinfo(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_physinfo *op = &sysctl->u.physinfo;

    (void)arg;
    memset(op, 0, sizeof(*op));
    op->threads_per_core = 1;
    op->cores_per_socket = cpu_online_nr();
    op->nr_cpus = cpu_online_nr();
    op->max_cpu_id = cpu_online_nr() - 1;
    op->nr_nodes = 1;
    op->cpu_khz = time_hz / 1000;
    op->capabilities = XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap |
                       XEN_SYSCTL_PHYSCAP_gnttab_v1;
    op->total_pages = page_total();
    op->free_pages = page_free_nr();
    op->scrub_pages = page_dirty_nr();
    op->outstanding_pages = domain_claims();
    op->max_mfn = page_max_mfn().n;
    return 0;
}

static int32_t cpuinfo(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_getcpuinfo *op = &sysctl->u.getcpuinfo;
    uint32_t nr = MIN(op->max_cpus, cpu_online_nr());

    (void)arg;
    for (uint32_t i = 0; i < nr; i++) {
        xen_sysctl_cpuinfo_t info = { .idletime = sched_idle_ns(i) };

        if (copy_to(handle_va(op->info) + i * sizeof(info), &info))
            return -EFAULT;
    }
    op->nr_cpus = nr;
    return 0;
}

static int32_t availheap(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_availheap *op = &sysctl->u.availheap;

    (void)arg;
    op->avail_bytes = op->node <= 0 ? (uint64_t)page_free_nr() << PAGE_SHIFT
                                    : 0;
    return 0;
}

/* Without an array only the number is told. */
static int32_t cputopoinfo(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_cputopoinfo *op = &sysctl->u.cputopoinfo;
    uint32_t nr = cpu_online_nr();

    (void)arg;
    if (!handle_is_null(op->cputopo)) {
        nr = MIN(nr, op->num_cpus);
        for (uint32_t i = 0; i < nr; i++) {
            xen_sysctl_cputopo_t row = { .core = i };

            if (copy_to(handle_va(op->cputopo) + i * sizeof(row), &row))
                return -EFAULT;
        }
    }
    op->num_cpus = nr;
    return 0;
}

/* One node, at distance 10 from itself as ACPI's SLIT has it. */
static int32_t numainfo(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_numainfo *op = &sysctl->u.numainfo;
    xen_sysctl_meminfo_t mem = {
        .memsize = (uint64_t)page_total() << PAGE_SHIFT,
        .memfree = (uint64_t)page_free_nr() << PAGE_SHIFT,
    };
    uint32_t distance = 10;
    bool asked = !handle_is_null(op->meminfo) || !handle_is_null(op->distance);

    (void)arg;
    if (asked && op->num_nodes == 0)
        return 0;
    if (!handle_is_null(op->meminfo) && copy_to(handle_va(op->meminfo), &mem))
        return -EFAULT;
    if (!handle_is_null(op->distance) &&
        copy_to(handle_va(op->distance), &distance))
        return -EFAULT;
    op->num_nodes = 1;
    return 0;
}

/* ---- domains ---- */

/*
 * A call that goes on has a command of its own, .num_domains are told and
 * .first_domain is the next; nobody else makes such a call, and who does so
 * is answered as he asked.
 */
#define DOMAININFOLIST_GOES_ON (1u << 31 | XEN_SYSCTL_getdomaininfolist)
#define INFO_BATCH             8u

static int32_t domaininfolist(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    struct xen_sysctl_getdomaininfolist *op = &sysctl->u.getdomaininfolist;
    struct xen_domctl_getdomaininfo info;
    domid_t first = op->first_domain;
    uint32_t done = 0;
    struct domain *d;

    if (sysctl->cmd != DOMAININFOLIST_GOES_ON)
        op->num_domains = 0;
    sysctl->cmd = XEN_SYSCTL_getdomaininfolist;
    while (op->num_domains < op->max_domains &&
           (d = domain_get_next(op->first_domain)) != NULL) {
        op->first_domain = (domid_t)(d->id + 1);
        domain_info(d, &info);
        domain_put(d);
        if (copy_to(handle_va(op->buffer) + op->num_domains * sizeof(info),
                    &info))
            return -EFAULT;
        op->num_domains++;
        if (++done % INFO_BATCH == 0 && preempt_wanted()) {
            sysctl->cmd = DOMAININFOLIST_GOES_ON;
            return copy_to(arg, sysctl) ? -EFAULT : -ERESTART;
        }
    }
    op->first_domain = first;
    return 0;
}

/* ---- scheduler ---- */

static int32_t sched_id_op(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    (void)arg;
    sysctl->u.sched_id.sched_id = sched_id();
    return 0;
}

/* The image is not built for coverage, which xencov asks in these words. */
static int32_t coverage_op(struct xen_sysctl *sysctl, guest_ptr_t arg)
{
    (void)sysctl;
    (void)arg;
    return -EOPNOTSUPP;
}

int32_t sysctl_op(struct vcpu *v, uint32_t *arg)
{
    struct xen_sysctl op;
    uint32_t cmd;
    sysctl_fn *fn;
    int32_t rc;

    rc = access_check(v->domain, ACCESS_PRIV, NULL);
    if (rc)
        return rc;
    if (copy_from(&op, arg[0]))
        return -EFAULT;
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return -EACCES;
    cmd = op.cmd == DOMAININFOLIST_GOES_ON ? XEN_SYSCTL_getdomaininfolist
                                           : op.cmd;
    if (cmd >= ARRAY_SIZE(ops))
        return -ENOSYS;
    fn = ops[index_nospec(cmd, ARRAY_SIZE(ops))];
    if (!fn)
        return -ENOSYS;

    rc = fn(&op, arg[0]);
    if (!rc && copy_to(arg[0], &op))
        rc = -EFAULT;
    return rc;
}
