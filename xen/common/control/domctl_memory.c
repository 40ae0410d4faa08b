/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * domctl on memory, and on devices that a domain gets for itself.
 *
 * Source: public/domctl.h; interface.md 3.14.
 * Layer:  9 (control).
 */
#include <public/errno.h>

#include <xen/assign.h>
#include <xen/copy.h>
#include <xen/domctl.h>
#include <xen/p2m.h>
#include <xen/page_alloc.h>
#include <xen/printk.h>
#include <xen/vpl011.h>

#define CACHEFLUSH_MAX (1u << 18) /* frames: 1 GiB */
#define MAPPING_MAX    64u        /* frames of registers in one call         */

/* More than a machine can have means "no limit". */
int32_t domctl_max_mem(const struct domctl_call *c)
{
    uint64_t pages = c->op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10);

    lock_take(&c->d->page_lock);
    c->d->max_pages = (uint32_t)MIN(pages, (uint64_t)UINT32_MAX);
    lock_drop(&c->d->page_lock);
    return 0;
}

/* What is done is taken off the range in the guest's structure. */
int32_t domctl_cacheflush(const struct domctl_call *c)
{
    struct xen_domctl_cacheflush *op = &c->op->u.cacheflush;
    uint32_t done = 0;
    int32_t rc;
    gfn_t gfn;

    if (op->nr_pfns > CACHEFLUSH_MAX || !gfn_from_guest(op->start_pfn, &gfn) ||
        op->nr_pfns > FRAME_LIMIT - gfn.n)
        return -EINVAL;

    rc = p2m_cache_flush(c->d, gfn, (uint32_t)op->nr_pfns, &done);
    if (rc == -ERESTART) {
        op->start_pfn += done;
        op->nr_pfns -= done;
        if (copy_to(c->arg, c->op))
            rc = -EFAULT;
    }
    return rc;
}

int32_t domctl_get_mempool(const struct domctl_call *c)
{
    c->op->u.paging_mempool.size = (uint64_t)READ_ONCE(c->d->p2m.pool_pages)
                                   << PAGE_SHIFT;
    return 0;
}

/*
 * -EINVAL not a number of pages, -ENOMEM, -EBUSY less than is in use. What
 * cannot be had is not begun, or nothing would be left for others.
 */
int32_t domctl_set_mempool(const struct domctl_call *c)
{
    uint64_t size = c->op->u.paging_mempool.size;

    if (!IS_ALIGNED(size, PAGE_SIZE))
        return -EINVAL;
    if (size >> PAGE_SHIFT >= FRAME_LIMIT ||
        size >> PAGE_SHIFT > c->d->p2m.pool_pages + page_free_nr())
        return -ENOMEM;
    return p2m_pool_set(c->d, (uint32_t)(size >> PAGE_SHIFT));
}

/* ---- devices; who gives must have ---- */

/* [first, first + nr) as frames; false: empty, or beyond 40 bits. */
static bool frames_ok(uint64_t first, uint64_t nr)
{
    return nr != 0 && first < FRAME_LIMIT && nr <= FRAME_LIMIT - first;
}

/* -EINVAL a bad range, -EPERM the caller has no such permission, -ENOMEM. */
int32_t domctl_iomem_permission(const struct domctl_call *c)
{
    const struct xen_domctl_iomem_permission *op = &c->op->u.iomem_permission;
    uint32_t first, last;

    if (!frames_ok(op->first_mfn, op->nr_mfns))
        return -EINVAL;
    first = (uint32_t)op->first_mfn;
    last = (uint32_t)(op->first_mfn + op->nr_mfns - 1);
    if (!rangeset_contains(&c->caller->domain->iomem_caps, first, last))
        return -EPERM;

    if (!op->allow_access)
        return rangeset_remove(&c->d->iomem_caps, first, last);
    printk(LOG_WARN,
           DOM_FMT ": registers %#x to %#x: no IOMMU guards memory "
                   "against their DMA\n",
           DOM_ARG(c->d), first, last);
    return rangeset_add(&c->d->iomem_caps, first, last);
}

/* No interrupt is known to guests by a number of its own on ARM. */
int32_t domctl_irq_permission(const struct domctl_call *c)
{
    (void)c;
    return -EINVAL;
}

/* -E2BIG more than 64 frames, -EINVAL, -EPERM, or of the mapping. */
int32_t domctl_memory_mapping(const struct domctl_call *c)
{
    const struct xen_domctl_memory_mapping *op = &c->op->u.memory_mapping;
    uint32_t mfn, gfn, nr;

    if (!frames_ok(op->first_mfn, op->nr_mfns) ||
        !frames_ok(op->first_gfn, op->nr_mfns))
        return -EINVAL;
    if (op->nr_mfns > MAPPING_MAX)
        return -E2BIG;

    mfn = (uint32_t)op->first_mfn;
    gfn = (uint32_t)op->first_gfn;
    nr = (uint32_t)op->nr_mfns;
    if (!rangeset_contains(&c->caller->domain->iomem_caps, mfn, mfn + nr - 1) ||
        !rangeset_contains(&c->d->iomem_caps, mfn, mfn + nr - 1))
        return -EPERM;

    if (op->add_mapping)
        return assign_mmio(c->d, gfn_make(gfn), mfn_make(mfn), nr);
    return p2m_unmap(c->d, gfn_make(gfn), nr);
}

/* A shared interrupt, under its own number. -EOPNOTSUPP another kind. */
static int32_t pt_irq(const struct domctl_call *c, uint32_t *irq)
{
    const struct xen_domctl_bind_pt_irq *op = &c->op->u.bind_pt_irq;

    if (op->irq_type != PT_IRQ_TYPE_SPI)
        return -EOPNOTSUPP;
    if (op->u.spi.spi != op->machine_irq)
        return -EINVAL;
    if (!rangeset_contains(&c->caller->domain->irq_caps, op->machine_irq,
                           op->machine_irq))
        return -EPERM;
    *irq = op->machine_irq;
    return 0;
}

int32_t domctl_bind_pt_irq(const struct domctl_call *c)
{
    uint32_t irq;
    int32_t rc = pt_irq(c, &irq);

    if (rc)
        return rc;
    /* assign_kill, which has the same lock, may have passed. */
    if (READ_ONCE(c->d->state) >= DOMAIN_DYING)
        return -EINVAL;
    return assign_irq(c->d, irq);
}

int32_t domctl_unbind_pt_irq(const struct domctl_call *c)
{
    uint32_t irq;
    int32_t rc = pt_irq(c, &irq);

    if (!rc)
        assign_irq_release(c->d, irq);
    return rc;
}

/*
 * An emulated UART, before the domain first runs. -EINVAL, -EOPNOTSUPP
 * another kind, -ESRCH no such console domain; else as vpl011_create.
 */
int32_t domctl_vuart_op(const struct domctl_call *c)
{
    struct xen_domctl_vuart_op *op = &c->op->u.vuart_op;
    struct domain *backend;
    int32_t rc;
    gfn_t gfn;

    if (op->cmd != XEN_DOMCTL_VUART_OP_INIT || op->pad[0] || op->pad[1])
        return -EINVAL;
    if (op->type != XEN_DOMCTL_VUART_TYPE_VPL011)
        return -EOPNOTSUPP;
    if (!gfn_from_guest(op->gfn, &gfn))
        return -EINVAL;
    backend = domain_get_any(op->console_domid);
    if (!backend)
        return -ESRCH;
    rc = vpl011_create(c->d, gfn, backend, &op->evtchn);
    domain_put(backend);
    return rc;
}
