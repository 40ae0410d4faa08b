/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Chance, memory for arguments, and tables of live objects.
 *
 * Arguments are in a GiB of virtual addresses of their own, in pages: some
 * mapped, some read-only, some missing, so that a structure can lie across
 * two pages or hang over the end of what is mapped.
 *
 * Source: DDI 0406C.c B3.6.1 (long descriptors), B3.7.1 (access permissions).
 * Layer:  test guest.
 */
#include <xen/string.h>

#include "../lib/internal.h"
#include "fuzz.h"

/* ---- chance ---- */

/* xorshift32 (Marsaglia 2003) */
uint32_t draw(struct fuzz *f)
{
    f->rnd ^= f->rnd << 13;
    f->rnd ^= f->rnd >> 17;
    f->rnd ^= f->rnd << 5;
    return f->rnd;
}

uint32_t draw_below(struct fuzz *f, uint32_t end)
{
    return (uint32_t)((uint64_t)draw(f) * end >> 32);
}

bool one_in(struct fuzz *f, uint32_t n)
{
    return draw_below(f, n) == 0;
}

uint32_t draw_boundary(struct fuzz *f)
{
    static const uint32_t values[] = {
        0,          1,          2,          7,          8,          31,
        32,         63,         64,         127,        128,        255,
        256,        511,        512,        1023,       1024,       4095,
        4096,       4097,       0x7ff0,     0x7ff1,     0x7ff2,     0x7ff4,
        0x7fff,     0x8000,     0xffff,     0x10000,    0x3ffff,    0x40000,
        0x7fffff,   0xfffffff,  0x10000000, 0x3fffffff, 0x40000000, 0x7ffffff8,
        0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff,
    };

    return values[draw_below(f, ARRAY_SIZE(values))];
}

/* ---- memory for arguments ---- */

#define PAGE      4096u
#define TABLE     0x3u /* also: a page, at level 3                         */
#define AF        (1u << 10)
#define SH_INNER  (3u << 8)
#define READ_ONLY (1u << 7)
#define DEVICE    (1u << 2)
#define XN        (1ull << 54)

/* Pages of one area, in virtual order; the holes between are missing. */
enum {
    AT_FIRST,
    AT_SECOND,
    AT_RO = 3,
    AT_DEVICE = 5,
    AT_FOREIGN = 7,
    AT_PAGES = 9,
};
/* Pages from the beginning of it all. */
#define HOLES_AT 64u
#define PEEK_AT  (HOLES_AT + HOLES)

static uint64_t level2[512] aligned(4096), level3[512] aligned(4096);
/* Three for each area: the first two do not follow each other. */
static uint8_t memory[FUZZ_CPUS][AREAS][3][PAGE] aligned(4096);
static uint32_t window; /* where it all begins */

static uint32_t area_va(unsigned int cpu, unsigned int area, unsigned int page)
{
    return window + ((cpu * AREAS + area) * AT_PAGES + page) * PAGE;
}

static void map(uint32_t va, uint64_t pa, uint32_t bits)
{
    level3[(va - window) / PAGE] = pa | bits | AF | SH_INNER | XN | TABLE;
}

uint32_t hole_va(uint32_t i)
{
    return window + (HOLES_AT + i) * PAGE;
}

uint32_t peek_va(unsigned int cpu)
{
    return window + (PEEK_AT + cpu) * PAGE;
}

void areas_init(void)
{
    uint32_t slot = (uint32_t)(uintptr_t)guest_image >> 30 == 3 ? 2 : 3;

    window = slot << 30;
    for (unsigned int cpu = 0; cpu < FUZZ_CPUS; cpu++) {
        for (unsigned int area = 0; area < AREAS; area++) {
            uintptr_t pages = (uintptr_t)memory[cpu][area];

            map(area_va(cpu, area, AT_FIRST), pages, 0);
            map(area_va(cpu, area, AT_SECOND), pages + 2 * PAGE, 0);
            map(area_va(cpu, area, AT_RO), pages + PAGE, READ_ONLY);
            map(area_va(cpu, area, AT_DEVICE), machine.gicd, DEVICE);
            map(area_va(cpu, area, AT_FOREIGN), (uint64_t)GRANTED_GFN << 12, 0);
        }
        map(peek_va(cpu), (uint64_t)PEEK_GFN(cpu) << 12, 0);
    }
    for (uint32_t i = 0; i < HOLES; i++)
        map(hole_va(i), (uint64_t)HOLE_GFN(i) << 12, 0);
    level2[0] = (uintptr_t)level3 | TABLE;
    mmu_level1[slot] = (uintptr_t)level2 | TABLE;
    dsb();
    CP15_WRITE(0, 0, c8, c3, 0); /* TLBIALLIS */
    dsb();
    isb();
}

/* An address where no memory of ours is. */
static uint32_t nowhere(struct fuzz *f, unsigned int area)
{
    switch (draw_below(f, 6)) {
    case 0:
        return 0;
    case 1:
        return 0xfffffff8;
    case 2:
        return area_va(f->cpu, area, AT_DEVICE);
    case 3:
        return area_va(f->cpu, area, AT_FOREIGN);
    case 4:
        return window - 8;
    default:
        return area_va(f->cpu, area, AT_SECOND + 1) + (draw(f) & 0xff8);
    }
}

static uint32_t place_va(struct fuzz *f, unsigned int area, size_t len)
{
    uint32_t first = area_va(f->cpu, area, AT_FIRST);

    switch (f->place[area]) {
    case PLACE_ODD:
        return first + 1 + draw_below(f, 7);
    case PLACE_CROSS:
        return first + PAGE - ((uint32_t)(len / 2) & ~7u);
    case PLACE_EDGE:
        return first + 2 * PAGE - (uint32_t)len;
    case PLACE_OVER:
        return first + 2 * PAGE - ((uint32_t)(len / 2) & ~7u);
    case PLACE_RO:
        return area_va(f->cpu, area, AT_RO);
    case PLACE_NONE:
        return nowhere(f, area);
    default:
        return first + (draw(f) & 0x3f8);
    }
}

uint32_t put(struct fuzz *f, unsigned int area, const void *op, size_t len)
{
    uint32_t va = place_va(f, area, len);

    f->at[area] = va;
    f->mine[area] = f->place[area] < PLACE_OVER ? (uint8_t *)(uintptr_t)va
                                                : NULL;
    if (f->place[area] == PLACE_RO)
        memcpy(memory[f->cpu][area][1], op, len < PAGE ? len : PAGE);
    else if (f->place[area] == PLACE_OVER)
        memcpy((void *)(uintptr_t)va, op, (len / 2) & ~7u);
    else if (f->mine[area])
        memcpy(f->mine[area], op, len);
    return va;
}

void get(struct fuzz *f, unsigned int area, void *op, size_t len)
{
    if (f->mine[area])
        memcpy(op, f->mine[area], len);
}

int32_t call_op(struct fuzz *f, uint32_t nr, uint32_t cmd, void *op, size_t len)
{
    uint32_t at = put(f, 0, op, len);
    int32_t rc = hypercall(nr, cmd, at, 0, 0, 0);

    get(f, 0, op, len);
    return rc;
}

int32_t plain_op(uint32_t nr, uint32_t cmd, void *op)
{
    return hypercall(nr, cmd, (uintptr_t)op, 0, 0, 0);
}

/* ---- guest frames ---- */

uint8_t balloon[BALLOON][4096] aligned(4096);

uint8_t hole_used[HOLES];

uint64_t draw_used(struct fuzz *f)
{
    uint32_t at = draw_below(f, HOLES_FREE);

    for (uint32_t i = 0; i < HOLES_FREE; i++, at = (at + 1) % HOLES_FREE) {
        if (READ_ONCE(hole_used[at]))
            break;
    }
    return HOLE_GFN(at);
}

uint64_t draw_hole(struct fuzz *f)
{
    static const uint64_t bad[] = {
        LAST_GFN, LAST_GFN + 1, 0x100000000ull, ~0ull, 0xfffffffffull,
    };

    if (f->twist && one_in(f, 2))
        return bad[draw_below(f, ARRAY_SIZE(bad))];
    return HOLE_GFN(draw_below(f, HOLES_FREE));
}

/* ---- tables of objects ---- */

uint32_t look(uint32_t *slots, uint32_t nr, struct fuzz *f)
{
    uint32_t found = 0, at = draw_below(f, nr);

    for (uint32_t i = 0; i < 8 && !found; i++)
        found = READ_ONCE(slots[(at + i) % nr]);
    return found;
}

uint32_t take(uint32_t *slots, uint32_t nr, struct fuzz *f)
{
    uint32_t found = 0, at = draw_below(f, nr);

    for (uint32_t i = 0; i < 8 && !found; i++)
        found = __atomic_exchange_n(&slots[(at + i) % nr], 0, __ATOMIC_SEQ_CST);
    return found;
}

uint32_t keep(uint32_t *slots, uint32_t nr, struct fuzz *f, uint32_t object)
{
    return __atomic_exchange_n(&slots[draw_below(f, nr)], object,
                               __ATOMIC_SEQ_CST);
}
