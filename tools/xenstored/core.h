/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arena and what is in it. Included by the files of the core only.
 *
 * Everything is found by index or offset; 0 is "none". Three kinds of data:
 *
 *   kept, in words     changed only by set() and set_ref(), inside of an op:
 *                      begin() ... commit() or rollback(). The journal holds
 *                      the old values; the commit is one store to
 *                      header.select, which also makes the journal stale.
 *   kept, immutable    cells (nodes, blobs, log entries): filled in before
 *                      anything refers to them, and never changed after.
 *   not kept           struct store, reference counts, free lists, counters:
 *                      made anew by store_attach().
 *
 * Source: docs/reference/virq-xenstore.md 4.2 (R3 to R7) and 4.3.
 * Layer:  1 of the tool (the state); uses include/store.h.
 */
#ifndef CORE_H
#define CORE_H

#include "include/store.h"

#define MESSAGE_HEADER       16u
#define PAYLOAD_MAX          4096u
#define PATH_MAX_ABS         3072u
#define PATH_MAX_REL         2048u
#define DOMID_FIRST_RESERVED 0x7ff0u
#define DOMID_ANY            0x7ff5u

/* What a request can end with; text in request.c. */
enum xs_error {
    XE_OK,
    XE_INVAL,
    XE_ACCES,
    XE_EXIST,
    XE_NOENT,
    XE_NOMEM,
    XE_NOSPC,
    XE_IO,
    XE_NOSYS,
    XE_BUSY,
    XE_AGAIN,
    XE_ISCONN,
    XE_2BIG,
    XE_WAIT, /* not answered yet: a queue is full */
};

/* --- cells --------------------------------------------------------------- */

enum cell_type {
    CELL_FREE,
    CELL_NODE,
    CELL_BLOB,
    CELL_LOG
};

#define NODE_NAME 24u /* longer names are in a blob */
#define BLOB_DATA 56u

/* The words of a node that name other cells, for node_link(). */
enum link {
    LINK_LEFT,
    LINK_RIGHT,
    LINK_CHILD,
    LINK_VALUE,
    LINK_PERMS
};
#define NODE_LINKS 5u

/*
 * One node. The children of a node are a treap: a search tree by name that
 * is a heap by .prio, a hash of the name; so its shape follows from its
 * content, and a change copies only the way down to it.
 */
struct node {
    uint32_t link[NODE_LINKS];
    uint32_t children; /* bytes of DIRECTORY's answer       */
    uint32_t gen[2];   /* generation, low word first        */
    uint32_t prio;
    uint16_t value_len, name_len;
    union {
        char name[NODE_NAME];
        uint32_t name_blob;
    } u;
};

/* Bytes, in a chain of cells. */
struct blob {
    uint32_t next;
    uint16_t len; /* from here to the end of the chain */
    uint16_t pad;
    uint8_t data[BLOB_DATA];
};

/* What a transaction did with one path; transaction.c. */
struct log {
    uint32_t next;
    uint32_t flags; /* a kept word: not in the sum  */
    uint32_t gen[2];
    uint32_t path; /* blob                          */
    uint32_t hash; /* of the path                   */
    uint32_t pad[10];
};

struct cell {
    uint32_t refs; /* not kept                                   */
    uint32_t link; /* not kept: free and dead lists, work lists  */
    uint32_t sum;  /* of the words below                         */
    uint16_t acct; /* slot that pays                             */
    uint8_t type, pad;
    union {
        struct node node;
        struct blob blob;
        struct log log;
        uint32_t word[16];
    } u;
};

/* --- tables -------------------------------------------------------------- */

enum quota {
    Q_NODES,
    Q_WATCHES,
    Q_OUTSTANDING,
    Q_MEMORY,
    Q_TRANSACTIONS,
    Q_TRANSACTION_NODES,
    Q_NODE_PERMS,
    Q_PATH_MAX,
    Q_NODE_SIZE,
    QUOTAS
};
#define QUOTA_DEFAULT 0xffffffffu /* of a domain: the default counts */

enum dom_state {
    DOM_FREE,
    DOM_CONNECTING,
    DOM_CONNECTED,
    DOM_DYING
};

/* A domain that was introduced. All words are kept. */
struct dom {
    uint32_t state, domid, target; /* target: domid, or DOMID_ANY: none */
    uint32_t unique[2];
    uint32_t gfn, remote_port, local_port, handle;
    uint32_t features;
    uint32_t shutdown; /* @releaseDomain was told of it           */
    uint32_t strikes;  /* lives of the store that it ended        */
    uint32_t quota[QUOTAS];
};

enum conn_kind {
    CONN_FREE,
    CONN_RING,
    CONN_STREAM,
    CONN_CLOSING
};
enum sending {
    SEND_NONE,
    SEND_REPLY,
    SEND_EVENT
};

/*
 * One client. [in_start, cons) of the bytes that came are in in[]; when they
 * are a whole message it is handled, and in the same commit the answer's
 * length is set and in_start becomes cons. .cons and .prod are the ring's
 * indexes as we know them; the page is only told. .prod is set last of all
 * when bytes are sent: what a crash leaves undone is sent again to the same
 * place.
 */
struct conn {
    uint32_t kind;
    uint32_t ignored; /* broke the protocol: why, as in ring.error  */
    uint32_t cookie;
    uint32_t cons, in_start;
    uint32_t prod, out_start, sending;
    uint32_t reply_len;
    uint32_t ev_head, ev_tail; /* free-running                       */
    uint32_t next_tx;
    uint32_t reconnect;
    uint8_t in[MESSAGE_HEADER + PAYLOAD_MAX];
    uint8_t out[MESSAGE_HEADER + PAYLOAD_MAX];
};

/* A queued event: a blob "path\0token\0", and the slot that caused it. */
struct event {
    uint32_t blob, cause;
};

enum watch_flag {
    WATCH_USED = 1,
    WATCH_RELATIVE = 2,
    WATCH_MISSED = 4
};

struct watch {
    uint32_t flags;
    uint32_t conn;
    uint32_t text; /* blob: "path\0token\0", path absolute or @      */
    uint32_t hash; /* of the path                                    */
    uint32_t next; /* in the same bucket, index + 1                  */
    uint32_t depth;
};

struct tx {
    uint32_t conn; /* index + 1; 0: free                             */
    uint32_t id;
    uint32_t root; /* its own version of the tree                    */
    uint32_t log;  /* what it touched, latest first                  */
    uint32_t entries;
};

struct undo {
    uint32_t word; /* offset in the arena; bit 0: it names a cell    */
    uint32_t old;
};
#define JOURNAL 4096u

/* Of ring.server_features: reconnect, error, watch depth, DOMID_ANY. */
#define FEATURES      0xfu
#define FEATURE_DEPTH 0x4u
#define FEATURE_ANY   0x8u

/* Cells that no domain pays for: copies on the way of one op, and queues. */
#define CELLS_HEADROOM 2048u

/* --- the header ---------------------------------------------------------- */

enum root {
    ROOT_TREE,
    ROOT_INTRODUCE,
    ROOT_RELEASE,
    ROOTS
};

struct state {
    uint32_t seq;
    uint32_t root[ROOTS];
    uint32_t gen[2];
    uint32_t sum;
};

struct header {
    uint32_t magic, version;
    struct store_options options;
    uint32_t default_quota[QUOTAS]; /* kept words                    */
    uint32_t select;                /* THE commit: state[select & 1] */
    struct state state[2];
    uint32_t undo_seq, undos; /* the journal undoes state undo_seq   */
    uint32_t used;            /* cells ever handed out               */
    uint32_t inflight;        /* the request that is handled, below */
    uint32_t repair;          /* the roots had to be given up once   */
};

/*
 * header.inflight, all in one word: the conn + 1, how many lives its present
 * request has ended, and whether it is being handled now.
 */
#define INFLIGHT_CONN(w_)   ((w_)&0xffffu)
#define INFLIGHT_DEATHS(w_) ((w_) >> 16 & 0xffu)
#define INFLIGHT_RUNNING    0x80000000u

/* --- what is not kept ---------------------------------------------------- */

struct conn_now {
    bool ready;     /* there may be something to do                 */
    bool waiting;   /* its request waits for room in a queue        */
    bool overdue;   /* ... and has waited long enough               */
    bool slow;      /* its queue was full for too long                */
    bool room;      /* wants to write when there is room            */
    uint64_t since; /* of waiting                                   */
    struct store_ring *page;
};

struct slot_now {
    uint32_t cells;       /* that it pays for           */
    uint32_t nodes;       /* that it owns               */
    int32_t change;       /* of nodes, by the open op   */
    uint32_t outstanding; /* events that it caused      */
};

struct op {
    bool open;
    bool broken;  /* out of cells or journal: must be rolled back */
    bool force;   /* a full queue is no reason to wait            */
    bool counted; /* .change of some slot is not 0               */
    uint32_t root[ROOTS];
    uint64_t gen;
    uint32_t acct;   /* who pays for new cells                   */
    uint32_t queued; /* events                                   */
    bool private_;   /* a transaction: copies are paid by it, too */
};

/* A request, parsed. */
struct request {
    struct conn *c;
    uint32_t index; /* of the conn                                */
    uint32_t slot;  /* of its domain                              */
    uint16_t domid;
    bool priv;
    uint32_t type, id, tx_id, len;
    struct tx *tx;
    uint32_t tree;  /* the transaction's, as it becomes      */
    uint32_t *root; /* the tree that it works on             */
    char path[PATH_MAX_ABS + 1];
    uint32_t path_len;
    bool relative;
    const uint8_t *data; /* payload                               */
    const uint8_t *rest; /* payload behind the path's NUL         */
    uint32_t rest_len;
    uint32_t reply;   /* bytes of payload in c->out               */
    struct tx *ended; /* to close when the request fails          */
    uint32_t greet;   /* slot to tell that it is connected        */
};

#define SLOT_HINTS 256u

/*
 * Ways that were found: of the first .depth components of .path the ends,
 * and their nodes, below .root; 0: none. Every new root, and every change of
 * a tree, comes from copy_way(), which makes them true again. Two, as a
 * transaction's end looks at its own tree and at that of all.
 */
#define WAY_DEPTH 16u
#define WAY_PATH  256u
struct ways {
    struct way {
        uint32_t root, depth;
        uint32_t node[WAY_DEPTH], end[WAY_DEPTH];
        char path[WAY_PATH];
    } way[2];
    uint32_t last;
};

struct store {
    struct store_head head; /* kept; first of all */
    struct header *h;
    const struct store_hooks *hooks;
    void *ctx;
    uint8_t *base;
    size_t size;
    struct undo *journal;
    struct dom *doms;
    struct conn *conns;
    struct event *events;
    struct watch *watches;
    uint32_t *buckets;
    struct tx *txs;
    struct cell *cells;
    struct conn_now *conn_now;
    struct slot_now *slot_now;
    uint32_t nr_slots, nr_conns, nr_watches, nr_txs, nr_cells, nr_buckets;
    uint32_t free, nr_free, dead;
    uint32_t turn; /* the conn that was served last   */
    /* Behind the last one that is in use; may be too high. */
    uint32_t watch_top, tx_top;
    /* Where the slot of a domid may be; 0: nothing is known. */
    uint16_t slot_hint[SLOT_HINTS];
    uint16_t port_hint[SLOT_HINTS]; /* ... and of a local port     */
    struct ways *ways, ways_now;
    bool some_wait; /* conn_now.waiting of some, perhaps   */
    bool kept;
    bool missed;    /* some watch may have WATCH_MISSED     */
    uint32_t redo;  /* conn + 1 whose request is done over    */
    uint32_t check; /* slots below it: look if they still exist */
    /* Bit domid % 64: one that was not introduced may own nodes that are not
     * in its home; all of them, when nobody knows. */
    uint64_t strangers;
    struct op op;
    struct request req;
    char path2[PATH_MAX_ABS + 1];
    _Alignas(8) uint8_t text[2 * PAYLOAD_MAX]; /* scratch */
};

/* Events of conn @i: a ring of this many. */
#define EVENTS_GUEST 64u
#define EVENTS_PRIV  1024u

#endif /* CORE_H */
