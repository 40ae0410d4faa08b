/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain that makes the hypercalls that it is told to, and whose pages are
 * ours to write: any guest of a store, also one that no kernel would be.
 *
 * Source: tools/tests/guests/lib/agent_code.S, which is what it runs.
 * Layer:  test, domain 0's user space.
 */
#ifndef STORE_PUPPET_H
#define STORE_PUPPET_H

#include <stdbool.h>
#include <stdint.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>

struct puppet {
    uint32_t domid;
    uint32_t store;         /* the domain that serves it                 */
    uint32_t port;          /* its own, for the store                    */
    volatile uint32_t *box; /* what it is told                           */
    volatile uint8_t *data; /* a page that its calls may point to        */
    volatile uint8_t *ring; /* the page of its entry 1                   */
    grant_entry_v1_t *grants;
    xenforeignmemory_resource_handle *table;
};

/* Where these pages are in the domain; HOLE has no memory behind it. */
#define PUPPET_RAM     0x40000000u
#define PUPPET_PAGE(n) (PUPPET_RAM + (n)*4096u)
#define PUPPET_DATA    2
#define PUPPET_RING    3
#define PUPPET_OTHER   4
#define PUPPET_PAGES   16
#define PUPPET_HOLE    66

/* The connection to the hypervisor that all of this uses. */
extern xc_interface *puppet_xc;

/* Once, before all else. */
void puppet_init(void);

/*
 * Build and start one: with id @domid or, for 0, any; XEN_DOMCTL_CDF_* @flags;
 * entry 1 of its grants and a port name @store. NULL: errno tells why.
 */
struct puppet *puppet_new(uint32_t domid, uint32_t flags, uint32_t store);

/* Destroy it and wait until it is gone. */
void puppet_end(struct puppet *p);

/* A hypercall of it; what it returns. */
int puppet_call(struct puppet *p, uint32_t number, uint32_t a, uint32_t b,
                uint32_t c);

/* The same with operation @cmd and a structure, in and out. */
int puppet_op(struct puppet *p, uint32_t number, uint32_t cmd, void *op,
              uint32_t len);

/* Read a word of its memory, or set bits of it; the old word. */
uint32_t puppet_read(struct puppet *p, uint32_t gpa);
uint32_t puppet_set(struct puppet *p, uint32_t gpa, uint32_t bits);

/* It signals its port for the store. */
int puppet_kick(struct puppet *p);

/* Entry @ref of its grants: page @page to @domid. */
void puppet_grant(struct puppet *p, uint32_t ref, uint32_t domid,
                  uint32_t page);

/* It maps @ref of @domid at its HOLE; GNTST_*, or the call's error. */
int puppet_map(struct puppet *p, uint32_t domid, uint32_t ref);

/* It binds @port of @domid; its port or an error. */
int puppet_bind(struct puppet *p, uint32_t domid, uint32_t port);

#endif /* STORE_PUPPET_H */
