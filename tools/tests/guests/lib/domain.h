/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other domains, made by a first domain that is a test guest.
 *
 * Source: public/domctl.h; the order of calls is the tool stack's.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_DOMAIN_H
#define GUEST_DOMAIN_H

#include "guest.h"

#define DOMU_RAM 0x40000000u /* where the RAM of a built domain begins */

/*
 * A domain with one vCPU and @pages of RAM at DOMU_RAM, @code copied to its
 * beginning and to be run there with the MMU off; it stays paused.
 * Returns its domid or a negative error number.
 */
int domain_build(const void *code, size_t len, unsigned int pages);

#define DOMAIN_ANY 0xffff /* for .id below: the hypervisor chooses         */

/* The same with all that can be chosen. Each vCPU has its number in r0. */
struct domain_plan {
    int id;
    uint32_t flags; /* XEN_DOMCTL_CDF_* besides hvm and hap                */
    unsigned int vcpus;
    const void *code;
    size_t len;
    unsigned int pages;
};
int domain_build_plan(const struct domain_plan *plan);

/* Only that: no memory yet, and room for @vcpus. Its domid or an error. */
int domain_create(int id, uint32_t flags, unsigned int vcpus);

/* Control call @cmd; *@op is what follows its head. 0 or an error. */
struct xen_domctl;
int domain_call(struct xen_domctl *op, uint32_t cmd, int id);
/* The head alone, for somebody else to call. */
void domain_call_fill(struct xen_domctl *op, uint32_t cmd, int id);

/*
 * Page @gfn of domain @id, mapped into this one. NULL: no. The mapping stays
 * until it is dropped; there is room for 64.
 */
volatile void *domain_page(int id, uint32_t gfn);
void domain_page_drop(volatile void *page);

/* Unmap all of them: only then a destroyed domain's pages are free. */
void domain_pages_drop(void);

/* 0 or a negative error number. */
int domain_unpause(int id);
int domain_pause(int id);
int domain_destroy(int id);
/* XEN_DOMINF_* of domain @id, or a negative error number: it is not there. */
int domain_flags(int id);
int domain_pin(int id, uint32_t pcpus);

/* Weight 0 and cap 0xffff leave things as they are (credit scheduler). */
int domain_params(int id, uint32_t weight, uint32_t cap);

#endif /* GUEST_DOMAIN_H */
