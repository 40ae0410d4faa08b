/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DRA7: what RAM there is behind an address, by the memory controller.
 *
 * A tree that no boot loader has corrected may name RAM of another board,
 * or the top 16 MiB below 4 GiB, where U-Boot's map for 2 GiB has a trap:
 * the CPU's prefetches there end in an error that points to nobody.
 *
 * Source: TI SPRUI30H (DRA75x TRM) 15.2 (DMM; DMM_LISA_MAP_i); U-Boot
 *         arch/arm/mach-omap2/emif-common.c, omap_sdram_size (a section in
 *         address space 2 is a trap; the map of a higher number wins).
 * Layer:  3 (drivers). Tested on the host, unit/dra7_ram.c.
 */
#include <asm/mmio.h>

#include <xen/bits.h>

#include "board_read.h"
#include "dra7.h"

#define DMM     0x4e000000u
#define LISA_NR 4u

/* clang-format off */
#define LISA_MAP(i_)       (0x40u + 4u * (i_))
#define LISA_SYS_ADDR      FIELD(31, 24)
#define LISA_SYS_SIZE      FIELD(22, 20)  /* log2 of units            */
#define LISA_SDRC_ADDRSPC  FIELD(17, 16)
#define ADDRSPC_TRAP       2u
#define LISA_SDRC_MAP      FIELD(9, 8)    /* 0: the section is unused */
/* clang-format on */

#define UNIT MIB(16)

static bool is_there(const uint32_t *maps, paddr_t pa)
{
    if (pa >= GIB(4))
        return true; /* not by these maps */
    for (unsigned int i = LISA_NR; i-- > 0;) {
        paddr_t start = (paddr_t)field_get(maps[i], LISA_SYS_ADDR) << 24;
        paddr_t size = (paddr_t)UNIT << field_get(maps[i], LISA_SYS_SIZE);

        if (field_get(maps[i], LISA_SDRC_MAP) && pa >= start &&
            pa - start < size)
            return field_get(maps[i], LISA_SDRC_ADDRSPC) != ADDRSPC_TRAP;
    }
    return false;
}

/* The end of what is all there, or all not, from @pa on. */
static paddr_t piece_end(const uint32_t *maps, paddr_t pa, paddr_t end)
{
    bool there = is_there(maps, pa);

    while (pa < end && is_there(maps, pa) == there)
        pa = pa < GIB(4) ? ALIGN_DOWN(pa, (paddr_t)UNIT) + UNIT : end;
    return MIN(pa, end);
}

static void add_piece(struct board *b, paddr_t pa, paddr_t end)
{
    if (b->nr_banks == BOARD_BANKS) {
        board_problem(b, false,
                      "memory: in more pieces than Xen keeps; this one is "
                      "not used",
                      pa);
        return;
    }
    b->banks[b->nr_banks++] = (struct mem_range){ pa, end - pa };
}

void dra7_ram_check(struct board *b, volatile void *(*map)(paddr_t pa))
{
    volatile uint8_t *regs = map(DMM);
    struct mem_range named[BOARD_BANKS];
    unsigned int nr = b->nr_banks;
    uint32_t maps[LISA_NR];

    for (unsigned int i = 0; i < LISA_NR && regs; i++)
        maps[i] = mmio_read32(regs + LISA_MAP(i));
    /* We run there: maps that know of no RAM here are none. */
    if (!regs || !is_there(maps, b->image.start))
        return;

    for (unsigned int i = 0; i < nr; i++)
        named[i] = b->banks[i];
    b->nr_banks = 0;
    for (unsigned int i = 0; i < nr; i++) {
        paddr_t pa = named[i].start, end = pa + named[i].size, next;

        for (; pa < end; pa = next) {
            next = piece_end(maps, pa, end);
            if (is_there(maps, pa))
                add_piece(b, pa, next);
            else
                board_problem(b, false,
                              "memory: the board has no RAM here, whatever "
                              "its device tree says: correct the memory node",
                              pa);
        }
    }
}
