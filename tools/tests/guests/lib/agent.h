/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Agents: domains that make hypercalls when they are told to, so that the
 * first domain sees each call from another domain's position.
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_AGENT_H
#define GUEST_AGENT_H

/* Offsets in a mailbox; bytes. */
#define BOX_ASKED  0
#define BOX_DONE   4
#define BOX_NUMBER 8
#define BOX_ARGS   12
#define BOX_RESULT 32

/* In place of a hypercall's number. */
#define AGENT_READ   0x1000 /* the word at r0                              */
#define AGENT_CHANGE 0x2000 /* the same, then bits r1 cleared and r2 set   */

#ifndef __ASSEMBLER__
#include <public/domctl.h>
#include <public/event_channel.h>

#include "domain.h"
#include "hypercall.h"

#define AGENT_VCPUS 2

/* Frames of an agent: code, mailboxes, what its calls point to, the rest. */
#define AGENT_PAGES   16
#define AGENT_DATA    3
#define AGENT_PAGE(n) (DOMU_RAM + (n)*4096u)
#define AGENT_SHARED  64 /* shared_info; the frame has no RAM              */
#define AGENT_GRANTS  65 /* its grant table, when agent_grants was called  */
#define AGENT_HOLE    66 /* what it maps                                   */

struct agent {
    int id; /* domid, negative: none                                       */
    unsigned int vcpus;
    volatile uint32_t *box[AGENT_VCPUS];
    volatile uint8_t *data;
};

/*
 * Build and start one, with XEN_DOMCTL_CDF_* @flags; shared_info is mapped.
 * False: it did not work, and that was printed.
 */
bool agent_start(struct agent *a, uint32_t flags, unsigned int vcpus);

/* Unmap what of it is mapped here, destroy it and wait until it is gone. */
void agent_end(struct agent *a);

/* A hypercall of @vcpu with r0 to r4 from @args; what it returned. */
int agent_call_on(struct agent *a, unsigned int vcpu, uint32_t number,
                  const uint32_t *args);

/*
 * It stops itself: SCHEDOP_shutdown with @reason. When it was resumed, wait
 * for it with agent_resumed before anything else.
 */
void agent_stop(struct agent *a, uint32_t reason);
void agent_resumed(struct agent *a);

/* Words of its memory, by guest physical address. */
uint32_t agent_read(struct agent *a, unsigned int vcpu, uint32_t gpa);
void agent_change(struct agent *a, uint32_t gpa, uint32_t clear, uint32_t set);

/* A hypercall with any @args; its data page is *@page before and after. */
int agent_page_call(struct agent *a, uint32_t number, const uint32_t *args,
                    void *page);
/* A hypercall with sub-operation @cmd and a structure, in and out. */
int agent_op(struct agent *a, uint32_t number, uint32_t cmd, void *op,
             size_t len);
int agent_domctl(struct agent *a, struct xen_domctl *op, uint32_t cmd, int id);

/* Event channels of it. Each returns the port or a negative error. */
int agent_bind_virq(struct agent *a, uint32_t virq, uint32_t vcpu);
int agent_alloc_unbound(struct agent *a, int remote);
int agent_close(struct agent *a, uint32_t port);

/* Is @port pending? It is not any more afterwards. */
bool agent_heard(struct agent *a, uint32_t port);

/* One operation on grants; what the hypercall returned. */
int agent_grant_op(struct agent *a, uint32_t cmd, void *op, size_t len);
/* Map its grant table's first frame, to be written by agent_grant. 0. */
int agent_grants(struct agent *a);
/* Grant @ref of its frame @page to @to, for reading and writing. */
void agent_grant(struct agent *a, uint32_t ref, int to, uint32_t page);

/* Wait until @cond holds, at most ten seconds; its value. */
/* clang-format off */
#define WAIT_FOR(cond) ({                                                     \
    uint64_t until_ = timer_now() + us_to_ticks(10000000);                    \
    bool holds_;                                                              \
    while (!(holds_ = (cond)) && timer_now() < until_)                        \
        let_others_run();                                                     \
    holds_; })
/* clang-format on */
void let_others_run(void);

extern const uint8_t agent_code[], agent_code_end[];
#endif

#endif /* GUEST_AGENT_H */
