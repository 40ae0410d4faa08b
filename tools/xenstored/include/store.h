/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xenstore: what a transport needs of it.
 *
 * The core keeps its whole state (nodes, permissions, watches, transactions,
 * connections with what was read and not answered, quotas, domains) in one
 * arena that the caller provides, addressed by offsets. A process or domain
 * that dies at any instruction loses nothing: the next one calls
 * store_attach() on the same arena and goes on. The core never allocates
 * memory, never blocks, never calls back into itself, and uses of the C
 * library only memcpy, memmove, memset, memcmp, strlen and strcmp.
 *
 * Two programs are built on it: the daemon of domain 0 (main.c, socket.c,
 * xen_linux.c) and the stub domain, which has rings only.
 *
 *     size = store_arena_size(&options);
 *     arena = ... size zeroed bytes, aligned to 4096 ...
 *     s = store_attach(arena, size, &options, &hooks, ctx);
 *     store_add_priv(s, &link);            (the privileged domain's ring)
 *     for (;;) {
 *         while (store_work(s)) {
 *             (take events: store_event, store_dom_exc, store_readable)
 *         }
 *         (sleep until an event, or until store_deadline())
 *     }
 *
 * Locks: none. One thread calls these functions, never from an interrupt
 * handler: a handler notes the port, the loop calls store_event().
 *
 * Source: the xenstore protocol (public/io/xs_wire.h) as in
 *         docs/reference/virq-xenstore.md, 3.4 and 3.5; crash safety: 4.2.
 * Layer:  0 of the tool; stands alone.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ring page of one domain. The other side writes to it at any time. */
struct store_ring {
    uint8_t req[1024];
    uint8_t rsp[1024];
    uint32_t req_cons, req_prod;
    uint32_t rsp_cons, rsp_prod;
    uint32_t server_features;
    uint32_t connection;
    uint32_t error;
    uint32_t evtchn_port;
};

/*
 * How much there is room for. All of it is admitted at start: the arena is
 * never larger, and a domain within its own quota is not refused because of
 * what others use. 0 in a field means its default, given in brackets.
 */
struct store_options {
    uint16_t guests;             /* domains besides the privileged one [32] */
    uint16_t sockets;            /* local clients (stub domain: 0)      [0] */
    uint16_t priv_domid;         /* the privileged domain               [0] */
    uint16_t own_domid;          /* where the store runs                [0] */
    uint32_t guest_nodes;        /* nodes a guest may own             [256] */
    uint32_t guest_bytes;        /* memory a guest may use       [128 KiB] */
    uint32_t guest_watches;      /* per guest                         [128] */
    uint32_t guest_transactions; /* open at once, per guest            [10] */
    uint32_t priv_nodes;         /* room for the privileged domain   [8192] */
    uint32_t priv_watches;       /* ... and its watches              [1024] */
    uint32_t seed;               /* unpredictable: shapes the trees     [0] */
};

/* The way to one domain: kept in the arena but for .page. */
struct store_link {
    uint32_t slot;           /* 0 .. options.guests: the same for all time  */
    uint16_t domid;          /* whose ring                                  */
    bool resumed;            /* a former life may have connected it already */
    uint32_t gfn;            /* of INTRODUCE; who maps grant 1 ignores it   */
    uint32_t remote_port;    /* the domain's event channel                  */
    uint32_t local_port;     /* ours: filled in by connect()                */
    uint32_t handle;         /* of the mapping: connect()'s own, kept       */
    struct store_ring *page; /* filled in by connect()                      */
};

/* What the hypervisor knows of a domain. */
struct store_domain {
    uint64_t unique_id; /* differs between two lives of a domid; 0: unknown */
    bool shutdown;      /* has shut down or crashed                         */
    bool dying;         /* is (nearly) gone: drop mapping and port          */
    bool unsure;        /* may have shut down: that cannot be asked for     */
};

/*
 * What the transport does for the core. @ctx is store_attach()'s. None of
 * them may call a function of this header.
 */
struct store_hooks {
    /* Signals the local event channel @port. Required. */
    void (*notify)(void *ctx, uint32_t port);

    /* A clock that never goes back, in ns. Required. */
    uint64_t (*now_ns)(void *ctx);

    /* One line for the log, without a newline. May be NULL. */
    void (*log)(void *ctx, const char *line);

    /*
     * Maps the ring page of link->domid (grant 1, or link->gfn) and binds
     * link->remote_port; fills in page, local_port and handle.
     *
     * With link->resumed the same link was, or may have been, connected by
     * a life of the store that ended: local_port and handle are what that
     * life knew, or 0 when it ended before it could tell. Keep what still
     * stands, make anew what does not. The slot lends itself to a fixed
     * place of the page.
     *
     * Returns 0, or -1: cannot. Required, unless guests is 0.
     */
    int (*connect)(void *ctx, struct store_link *link);

    /* Undoes connect(); also when the domain is gone already. */
    void (*disconnect)(void *ctx, struct store_link *link);

    /* Returns 0 and fills in *@d, or -1: there is no domain @domid. */
    int (*domain_state)(void *ctx, uint16_t domid, struct store_domain *d);

    /*
     * Stream clients, @cookie as in store_add_stream(): move up to @len
     * bytes. Return how many, 0 when it would block, -1 when it is closed.
     * NULL when there are none.
     */
    int (*recv)(void *ctx, uint32_t cookie, void *to, uint32_t len);
    int (*send)(void *ctx, uint32_t cookie, const void *from, uint32_t len);

    /* The core is done with @cookie: close it. Not after an own close. */
    void (*hangup)(void *ctx, uint32_t cookie);
};

/* Opaque; lives in the arena. */
struct store;

/*
 * How each arena begins, for who wants to know what it would replace: @mark
 * is STORE_MARK once there is a store in it, and @layout the store_layout of
 * the program that made it.
 */
struct store_head {
    uint32_t mark, layout;
};
#define STORE_MARK 0x45524f54u /* "TORE" */

/*
 * A number that is the same for two programs when one can go on with what
 * the other has left: it follows from the arena's version and the sizes of
 * all that is in it.
 */
extern const uint32_t store_layout;

/* Bytes of an arena for @o, a multiple of 4096. */
size_t store_arena_size(const struct store_options *o);

/*
 * Takes over the arena of a former life, or makes an empty store when there
 * is none. @arena: aligned to 4096, @size >= store_arena_size(@o), all zero
 * when it is new. @hooks stays the caller's and must live as long as the
 * store.
 *
 * In a former life's arena a change that was not committed is undone, and
 * the request redone; what was answered is not answered again; a request
 * that has ended two lives is answered EIO. Streams of the former life are
 * forgotten. Rings are connected again through hooks->connect.
 *
 * Returns the store, or NULL: @size is too small, @arena not aligned, or it
 * is the store of another store_layout or of options that make it another
 * size, and is left as it was. An arena whose two roots are both damaged is
 * formatted, with a line to the log; so is one that store_attached() says was
 * new.
 */
struct store *store_attach(void *arena, size_t size,
                           const struct store_options *o,
                           const struct store_hooks *hooks, void *ctx);

/* True when store_attach() found a former life and kept it. */
bool store_attached(const struct store *s);

/*
 * Connects the privileged domain's ring: @link with page, local_port and
 * remote_port filled in by the caller (slot and domid are set here). Ring
 * indexes of a page that was in use are kept, so that what was queued is
 * answered. After store_attach() of a former life: gives the page anew and
 * keeps all else.
 *
 * Returns 0, or -1: @link has no page.
 */
int store_add_priv(struct store *s, struct store_link *link);

/*
 * A new local client with the rights of the privileged domain, named by the
 * caller's @cookie, which the hooks get. Returns 0, or -1: too many.
 */
int store_add_stream(struct store *s, uint32_t cookie);

/* @cookie is closed: its watches and transactions go away. */
void store_close_stream(struct store *s, uint32_t cookie);

/* There is something to read on @cookie, or room to write. */
void store_readable(struct store *s, uint32_t cookie);

/* True when @cookie has something to send that did not fit. */
bool store_wants_write(const struct store *s, uint32_t cookie);

/*
 * True when what comes on @cookie would be read now. It is not while a
 * request waits, or its answer for room.
 */
bool store_wants_read(const struct store *s, uint32_t cookie);

/* The event channel @local_port fired. Unknown ports are ignored. */
void store_event(struct store *s, uint32_t local_port);

/* All rings may have something: after a restart, or lost events. */
void store_event_all(struct store *s);

/* VIRQ_DOM_EXC fired: domains have shut down or are gone. */
void store_dom_exc(struct store *s);

/*
 * Does one bounded unit: at most one request, or one step of a clean-up.
 * Returns true when there is more to do now.
 */
bool store_work(struct store *s);

/* When store_work() has to be called next without an event; ns, or ~0. */
uint64_t store_deadline(const struct store *s);

#endif /* STORE_H */
