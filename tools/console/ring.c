/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See ring.h. Barriers pair with those of the guest's driver: the bytes
 * before the position that says they are there, and the other way round.
 *
 * Source: public/io/console.h; Linux drivers/tty/hvc/hvc_xen.c.
 * Layer:  tool.
 */
#include "ring.h"

#define ONCE(x_) (*(volatile __typeof__(x_) *)&(x_))

ssize_t ring_take(struct xencons_interface *ring, char *to, size_t max)
{
    XENCONS_RING_IDX cons = ONCE(ring->out_cons), prod = ONCE(ring->out_prod);
    size_t len = prod - cons;

    if (len > sizeof(ring->out))
        return -1;
    if (len > max)
        len = max;
    __sync_synchronize();
    for (size_t i = 0; i < len; i++)
        to[i] = ONCE(ring->out[(cons + i) % sizeof(ring->out)]);
    __sync_synchronize();
    ONCE(ring->out_cons) = cons + (XENCONS_RING_IDX)len;
    return (ssize_t)len;
}

size_t ring_room(const struct xencons_interface *ring)
{
    size_t used = ONCE(ring->in_prod) - ONCE(ring->in_cons);

    return used > sizeof(ring->in) ? 0 : sizeof(ring->in) - used;
}

void ring_put(struct xencons_interface *ring, const char *from, size_t len)
{
    XENCONS_RING_IDX prod = ONCE(ring->in_prod);

    __sync_synchronize();
    for (size_t i = 0; i < len; i++)
        ONCE(ring->in[(prod + i) % sizeof(ring->in)]) = from[i];
    __sync_synchronize();
    ONCE(ring->in_prod) = prod + (XENCONS_RING_IDX)len;
}
