/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercalls as rows of tables: made by the first domain itself, or by an
 * agent, so that each is seen from several positions.
 *
 * Source: own design.
 * Layer:  test guest, first domain.
 */
#ifndef GUEST_OPS_H
#define GUEST_OPS_H

#include <public/errno.h>

#include "agent.h"

/* What the registers hold; "at": the structure's address. */
enum call_kind {
    DOMCTL,    /* at; .w begins behind the head, the object is in it       */
    SYSCTL,    /* at; .w begins behind the head                            */
    PLATFORM,  /* the same                                                 */
    EVENT,     /* cmd, at                                                  */
    MEMORY,    /* cmd, at                                                  */
    SCHED,     /* cmd, at                                                  */
    HVM,       /* cmd, at                                                  */
    VERSION,   /* cmd, at                                                  */
    HVM_NULL,  /* cmd, 0                                                   */
    VERSION_0, /* cmd, 0                                                   */
    GRANT,     /* cmd, at, 1 element, or .n                                */
    VCPU,      /* cmd, .n, at                                              */
    CONSOLE,   /* cmd, .n, at                                              */
    ASSIST,    /* cmd, .n                                                  */
    MULTICALL, /* at, .n                                                   */
    RAW,       /* hypercall number cmd, zeros                              */
};

#define CALL_WORDS 24

struct op_call {
    uint8_t kind; /* enum call_kind                                        */
    uint16_t cmd;
    uint32_t n;
    uint8_t dom;       /* the object's id goes here, a byte offset; 0xff: no  */
    uint8_t status;    /* the answer, when the call returns 0, is the 16-bit
                          word there (grants); 0: no                          */
    uint16_t error;    /* ... or the word there; 0: no                        */
    bool nowhere;      /* not at the structure, but where there is nothing    */
    bool version;      /* the interface version is wrong                      */
    uint32_t pointers; /* bit n: to .w[n] the address of the structure is
                          added                                            */
    uint32_t w[CALL_WORDS];
};

/* Behind the structure, for what it points to; 64 bytes of 0x80 are there. */
#define DATA 0x800u

#define NO_DOM 0xff

/* Who makes a call: an agent, or NULL: the first domain. */
typedef struct agent *caller_t;

/*
 * What is to come of a call with some arguments. .call.w may have the word
 * that an earlier one left: .save is where that one found it (a byte offset,
 * 0: it saves none), .use - 1 the index in .call.w (0: none).
 */
struct op_try {
    const char *op;   /* as system/permissions.txt names it                */
    const char *what; /* NULL ends a table                                 */
    uint8_t who;      /* enum position                                     */
    uint16_t on;      /* domid, or one of the next                         */
    int want;         /* ANY_POSITIVE: more than 0                         */
    uint8_t save, use;
    uint16_t times; /* the last of so many counts                          */
    bool fresh;     /* on a new victim                                     */
    struct op_call call;
};

enum position {
    DOM0,
    PLAIN
};

#define ON_VICTIM    0xfffe
#define ON_PLAIN     0xfffd
#define ON_SAVED     0xfffc
#define NOBODY       9999
#define ANY_POSITIVE 0x7fffffff

extern const struct op_try control_tries[], memory_tries[], other_tries[];

/* Make it, about domain @object. The result, or what .status tells. */
int op_make(caller_t who, const struct op_call *call, int object);

/* The word at byte @at of the structure as the last call left it. */
uint32_t op_word(uint32_t at);

/* A domain with a page at VICTIM_GFN and room for more; it never runs. */
#define VICTIM_GFN 0x4000fu
int victim_make(void);
void victim_end(int id);
/* The agent may have so many pages more. */
void agent_room(const struct agent *a, unsigned int pages);

/* "ops: OP: POSITION: WHAT: WANTED ok" or "... FAILED RESULT". */
void arguments(void);

/* "= NAME: column=answer ..." for each row; @column: only this one. */
void permissions(const char *column);

#endif /* GUEST_OPS_H */
