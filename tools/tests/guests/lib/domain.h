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

/*
 * Page @gfn of domain @id, mapped into this one. NULL: no. The mapping stays
 * until domain_pages_drop; there is room for 64, and domain_build needs one
 * for each page of code.
 */
volatile void *domain_page(int id, uint32_t gfn);

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
