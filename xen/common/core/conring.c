/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console ring. Positions only grow; a byte's place is its position
 * modulo the size.
 *
 * Layer: 4 (core).
 */
#include <xen/compiler.h>
#include <xen/conring.h>

#define BOOT_SIZE 16384u /* until there is memory for conring_size */

static char boot_ring[BOOT_SIZE];

static char *ring = boot_ring;
static uint32_t ring_size = BOOT_SIZE;
static uint32_t head; /* position of the next byte              */
static uint32_t tail; /* oldest byte; head - tail <= ring_size  */

void conring_put(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ring[head++ & (ring_size - 1)] = s[i];
    if (head - tail > ring_size)
        tail = head - ring_size;
}

size_t conring_read(uint32_t *index, char *buf, size_t size)
{
    uint32_t at = *index;
    size_t len;

    if (head - at > head - tail)
        at = tail;
    len = MIN((size_t)(head - at), size);
    for (size_t i = 0; i < len; i++)
        buf[i] = ring[at++ & (ring_size - 1)];
    *index = at;
    return len;
}

void conring_clear(uint32_t index)
{
    if (head - index <= head - tail)
        tail = index;
}

void conring_move(char *buf, uint32_t size)
{
    if (head - tail > size)
        tail = head - size;
    for (uint32_t at = tail; at != head; at++)
        buf[at & (size - 1)] = ring[at & (ring_size - 1)];
    ring = buf;
    ring_size = size;
}
