/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace buffers: the sub-operations, the pages that the first domain maps as
 * those of DOMID_XEN, and VIRQ_TBUF of a ring that gets half full.
 *
 * Source: public/sysctl.h, public/trace.h; interface.md 3.15, 3.16.
 * Layer:  test guest, first domain.
 */
#include <public/errno.h>
#include <public/sched.h>
#include <public/sysctl.h>
#include <public/trace.h>

#include "virq.h"

/* One page: a record of a yield has five words, so half of it are 103. */
#define DATA_SIZE (4096 - sizeof(struct t_buf))
#define YIELDS    150
#define CPU       0

static volatile struct t_info *info;
static volatile struct t_buf *ring;

static int tbuf(struct xen_sysctl *op, uint32_t cmd)
{
    op->u.tbuf_op.cmd = cmd;
    return sysctl(op, XEN_SYSCTL_tbuf_op);
}

static int set(uint32_t cmd, uint32_t value)
{
    struct xen_sysctl op = { 0 };

    if (cmd == XEN_SYSCTL_TBUFOP_set_evt_mask)
        op.u.tbuf_op.evt_mask = value;
    else
        op.u.tbuf_op.size = value;
    return tbuf(&op, cmd);
}

void trace_make(void)
{
    struct xen_sysctl op = { 0 };

    expect("get_info", tbuf(&op, XEN_SYSCTL_TBUFOP_get_info), 0);
    TRUE(op.u.tbuf_op.buffer_mfn == 0 && op.u.tbuf_op.evt_mask == TRC_ALL);
    expect("nothing", set(9, 0), -EINVAL);
    expect("enable", set(XEN_SYSCTL_TBUFOP_enable, 0), -EINVAL);
    expect("none", set(XEN_SYSCTL_TBUFOP_set_size, 0), -EINVAL);
    expect("too many", set(XEN_SYSCTL_TBUFOP_set_size, 1u << 16), -EINVAL);
    expect("size", set(XEN_SYSCTL_TBUFOP_set_size, 1), 0);
    expect("again", set(XEN_SYSCTL_TBUFOP_set_size, 1), -EBUSY);
    expect("another", set(XEN_SYSCTL_TBUFOP_set_size, 2), -EINVAL);
}

/* Rights to the two pages: of struct t_info only to read. */
static bool map_them(void)
{
    struct xen_sysctl op = { 0 };

    expect("get_info", tbuf(&op, XEN_SYSCTL_TBUFOP_get_info), 0);
    expect("bytes", (int)op.u.tbuf_op.size, 4096);
    info = domain_page(DOMID_XEN, (uint32_t)op.u.tbuf_op.buffer_mfn);
    if (!TRUE(info != NULL))
        return false;
    expect("pages", info->tbuf_size, 1);
    fault_expect();
    info->tbuf_size = 7;
    TRUE(fault_taken(NULL));
    expect("pages", info->tbuf_size, 1);

    ring = domain_page(DOMID_XEN,
                       ((volatile uint32_t *)info)[info->mfn_offset[CPU]]);
    /* The page before is no trace buffer. */
    TRUE(!domain_page(DOMID_XEN, (uint32_t)op.u.tbuf_op.buffer_mfn - 1));
    return TRUE(ring != NULL);
}

static uint32_t word(uint32_t at)
{
    return ((volatile uint32_t *)(ring + 1))[at % DATA_SIZE / 4];
}

/* The ring is read, and more than half filled with yields. */
static void yields(void)
{
    uint32_t at = ring->prod, extra;

    ring->cons = at;
    for (unsigned int i = 0; i < YIELDS; i++)
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0, 0, 0);

    /* The first record; the wait before has left others. */
    while (at != ring->prod && TRC_HD_TO_EVENT(word(at)) != TRC_SCHED_YIELD) {
        extra = TRC_HD_EXTRA(word(at));
        at += 4 * (1 + extra + (word(at) & TRC_HD_CYCLE_FLAG ? 2 : 0));
        at %= 2 * DATA_SIZE;
    }
    if (!TRUE(at != ring->prod))
        return;
    expect("words", (int)TRC_HD_EXTRA(word(at)), 2);
    expect("domain", (int)word(at + 12), 0);
    expect("vCPU", (int)word(at + 16), 0);
}

void half_full(void)
{
    expect("mask", set(XEN_SYSCTL_TBUFOP_set_evt_mask, TRC_SCHED_VERBOSE), 0);
    if (map_them()) {
        expect("enable", set(XEN_SYSCTL_TBUFOP_enable, 0), 0);
        seen_by_both(VIRQ_TBUF, yields);
    }
    expect("disable", set(XEN_SYSCTL_TBUFOP_disable, 0), 0);
    domain_pages_drop();
}
