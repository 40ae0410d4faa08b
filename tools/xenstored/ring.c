/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring page of a domain.
 *
 * Source: docs/reference/virq-xenstore.md 3.5; barriers as public/io/ring.h.
 * Layer:  2 of the tool.
 */
#include <string.h>

#include "ring.h"

#define RING_SIZE 1024u

_Static_assert(offsetof(struct store_ring, req_cons) == 2048, "ABI");
_Static_assert(offsetof(struct store_ring, error) == 2072, "ABI");
_Static_assert(offsetof(struct store_ring, evtchn_port) == 2076, "ABI");

/* One read, one write: the other side changes it while we look. */
static uint32_t look(const uint32_t *word)
{
    return *(const volatile uint32_t *)word;
}

static void tell(uint32_t *word, uint32_t value)
{
    *(volatile uint32_t *)word = value;
}

/* Copies between a ring of 1024 bytes and @flat, by 32-bit index. */
static void copy_in(uint8_t *flat, const uint8_t *ring, uint32_t at,
                    uint32_t len)
{
    uint32_t from = at & (RING_SIZE - 1);
    uint32_t part = len < RING_SIZE - from ? len : RING_SIZE - from;

    memcpy(flat, ring + from, part);
    memcpy(flat + part, ring, len - part);
}

static void copy_out(uint8_t *ring, const uint8_t *flat, uint32_t at,
                     uint32_t len)
{
    uint32_t to = at & (RING_SIZE - 1);
    uint32_t part = len < RING_SIZE - to ? len : RING_SIZE - to;

    memcpy(ring + to, flat, part);
    memcpy(ring, flat + part, len - part);
}

int ring_read(struct store_ring *p, uint32_t cons, uint8_t *to, uint32_t max)
{
    uint32_t there = look(&p->req_prod) - cons;

    if (there > RING_SIZE)
        return -1;
    if (there > max)
        there = max;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the index before the bytes */
    copy_in(to, p->req, cons, there);
    return (int)there;
}

bool ring_waits(const struct store_ring *p, uint32_t cons)
{
    return look(&p->req_prod) != cons;
}

void ring_consumed(struct store_ring *p, uint32_t cons)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* read before they may go */
    tell(&p->req_cons, cons);
}

int ring_write(struct store_ring *p, uint32_t prod, const uint8_t *from,
               uint32_t len)
{
    uint32_t there = prod - look(&p->rsp_cons);

    if (there > RING_SIZE)
        return -1;
    if (len > RING_SIZE - there)
        len = RING_SIZE - there;
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* room before it is used */
    copy_out(p->rsp, from, prod, len);
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* the bytes before the index */
    tell(&p->rsp_prod, prod + len);
    return (int)len;
}

uint32_t ring_produced(const struct store_ring *p)
{
    return look(&p->rsp_prod);
}

void ring_reset(struct store_ring *p, uint32_t features)
{
    tell(&p->req_cons, 0);
    tell(&p->req_prod, 0);
    tell(&p->rsp_cons, 0);
    tell(&p->rsp_prod, 0);
    tell(&p->server_features, features);
    tell(&p->error, RING_ERROR_NONE);
}

void ring_connected(struct store_ring *p)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    tell(&p->connection, 0);
}

void ring_refuse(struct store_ring *p, enum ring_error why)
{
    tell(&p->error, why);
}

bool ring_wants_reconnect(const struct store_ring *p)
{
    return look(&p->connection) == 1;
}
