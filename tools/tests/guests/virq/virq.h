/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stories about global VIRQs: what each of them may use.
 *
 * Each story begins with two fresh agents, S, which is to be a handler and
 * has the rights of a xenstore domain, and T, a plain guest.
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_VIRQ_H
#define GUEST_VIRQ_H

#include "agent.h"

extern struct agent S, T;

struct story {
    const char *name;
    void (*fn)(void);
    unsigned int vcpus; /* of S; 0: one                                    */
    bool plain;         /* S is a plain guest as well                      */
};

#define STORY(name_, fn_)                                                      \
    {                                                                          \
        .name = (name_), .fn = (fn_)                                           \
    }

/* Each ends with a NULL name. */
extern const struct story setting[], delivering[], dying[], telling[],
    sharing[], stealing[], races[];
void provoke(void); /* runs stories of its own making */

/* @what makes the hypervisor send @virq: S hears it, then the first domain. */
void seen_by_both(uint32_t virq, void (*what)(void));

/* Trace buffers, once and before pages are counted; the story about them. */
void trace_make(void);
void half_full(void);

/* Tell a story: "virq: NAME: ok", or what was expected and what came. */
void tell(const struct story *s);

/* That @got is @want, or the story has failed and @what is printed. */
bool expect(const char *what, int got, int want);
#define TRUE(cond) expect(#cond, !!(cond), true)

/* XEN_DOMCTL_set_virq_handler by the first domain. */
int set_handler(int id, uint32_t virq);

/* The first domain binds @virq on vCPU 0, as expected, and closes it. */
void may_bind(const char *what, uint32_t virq, int want);

/* S handles VIRQ_DOM_EXC and has it bound, and has seen all so far. */
uint32_t s_listens(void);

struct xen_sysctl;
int sysctl(struct xen_sysctl *op, uint32_t cmd);
uint32_t free_pages(void);

/* References of domain @id, but for a constant. -1: it is not there. */
int refs_of(int id);

/* A domain of no substance is made, and destroyed until it is gone. */
int dummy_make(void);
void dummy_end(int id);
void dummies_end(const int *ids, unsigned int nr);
void dummy_dies(void);

/* A port of the first domain is pending; it is not any more. */
bool heard(int port);
/* Any of them. */
bool heard_any(void);

/*
 * What is under way on other pCPUs has arrived. Only to be asked before
 * something must not have come.
 */
void settle(void);

#endif /* GUEST_VIRQ_H */
