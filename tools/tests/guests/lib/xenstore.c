/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See xenstore.h. Like Linux it tells the store of an answer that was taken
 * only when the ring was full, which is when the store may wait for room.
 *
 * Source: public/io/xs_wire.h.
 * Layer:  test guest.
 */
#include <xen/string.h>

#include "xenstore.h"

static void put(struct xenstore *x, const void *data, uint32_t len)
{
    volatile struct xenstore_domain_interface *ring = x->ring;
    const char *from = data;
    uint32_t prod = ring->req_prod;

    for (uint32_t i = 0; i < len; i++) {
        if (prod - ring->req_cons == XENSTORE_RING_SIZE) {
            dmb(); /* the bytes, before they count */
            ring->req_prod = prod;
            x->kick(x);
            while (prod - ring->req_cons == XENSTORE_RING_SIZE)
                x->wait(x);
        }
        ring->req[MASK_XENSTORE_IDX(prod++)] = from[i];
    }
    dmb();
    ring->req_prod = prod;
}

/* @len bytes of the answer; those beyond @room are dropped. */
static void get(struct xenstore *x, char *to, uint32_t len, uint32_t room)
{
    volatile struct xenstore_domain_interface *ring = x->ring;

    for (uint32_t done = 0; done < len;) {
        uint32_t cons = ring->rsp_cons, nr = ring->rsp_prod - cons;
        bool full = nr == XENSTORE_RING_SIZE;

        if (nr == 0) {
            x->wait(x);
            continue;
        }
        if (nr > len - done)
            nr = len - done;
        dmb(); /* the index before the bytes */
        for (uint32_t i = 0; i < nr; i++, done++) {
            if (done < room)
                to[done] = ring->rsp[MASK_XENSTORE_IDX(cons + i)];
        }
        dmb(); /* taken, before they may be overwritten */
        ring->rsp_cons = cons + nr;
        if (full)
            x->kick(x);
    }
}

int xenstore_call(struct xenstore *x, enum xsd_sockmsg_type type,
                  const void *data, uint32_t len, char *answer, uint32_t size)
{
    struct xsd_sockmsg head = {
        .type = type,
        .req_id = ++x->requests,
        .tx_id = x->tx,
        .len = len,
    };
    bool event;

    put(x, &head, sizeof(head));
    put(x, data, len);
    x->kick(x);
    do {
        get(x, (char *)&head, sizeof(head), sizeof(head));
        event = head.type == XS_WATCH_EVENT;
        get(x, answer, head.len, size - 1);
    } while (event);
    answer[head.len < size ? head.len : size - 1] = '\0';
    if (head.req_id != x->requests)
        print("guest: answer %u to request %u\n", head.req_id, x->requests);
    return head.type == type ? (int)head.len : -1;
}

int xenstore_write(struct xenstore *x, const char *path, const void *value,
                   uint32_t len, char *answer, uint32_t size)
{
    static char text[XENSTORE_PAYLOAD_MAX];
    uint32_t at = (uint32_t)strlen(path) + 1;

    memcpy(text, path, at);
    memcpy(text + at, value, len);
    return xenstore_call(x, XS_WRITE, text, at + len, answer, size) < 0 ? -1
                                                                        : 0;
}
