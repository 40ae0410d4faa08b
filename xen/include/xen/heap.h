/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small objects of the hypervisor, on top of pages; zeroed, poisoned on
 * free in debug builds. Every byte is charged to a domain or to Xen, so
 * that a leak has a name.
 *
 * Layer: 4 (core).
 */
#ifndef XEN_HEAP_H
#define XEN_HEAP_H

#include <xen/types.h>

/* What is charged; embedded in struct domain. 0 when all is given back. */
struct heap_account {
    uint32_t bytes; /* atomic */
};

extern struct heap_account heap_xen;

/*
 * @size 1..(2 MiB) bytes, 8-aligned (64-aligned from 64 bytes on), zeroed.
 * NULL when there is no memory. Free with the same account.
 */
void *heap_alloc(struct heap_account *account, size_t size);
void heap_free(struct heap_account *account, void *p);

#define heap_new(account_, type_) ((type_ *)heap_alloc(account_, sizeof(type_)))
/* NULL on overflow of the product as well. */
void *heap_array(struct heap_account *account, size_t nr, size_t size);

/* Bytes in use and pages held, for debug key 'm' and tests. */
void heap_stats(size_t *used_bytes, size_t *held_pages);

#endif /* XEN_HEAP_H */
