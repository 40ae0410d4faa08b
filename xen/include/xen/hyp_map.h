/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's own address space: 4 GiB, stage 1 of Hyp mode.
 *
 *   0x00000000  2 MiB   never mapped (null pointers)
 *   0x00200000  2 MiB   Xen: text RX, rodata R, data and bss RW (head.S)
 *   0x00400000  2 MiB   boot: device tree, read-only
 *   0x00600000  2 MiB   fixed slots: early UART
 *   0x01000000  240 MiB hyp_map area: devices, stacks with guard pages,
 *                       per-CPU windows on RAM beyond the direct map
 *   0x10000000  768 MiB frame table (struct page array)
 *   0x40000000  3 GiB   direct map of the first 3 GiB from DIRECT_PA up
 *
 * Layer: 4 (core).
 */
#ifndef XEN_HYP_MAP_H
#define XEN_HYP_MAP_H

#include <xen/types.h>

#define XEN_VIRT_START    0x00200000u
#define FDT_VIRT_START    0x00400000u
#define FIXMAP_VIRT_START 0x00600000u
#define VMAP_VIRT_START   0x01000000u
#define VMAP_VIRT_END     0x10000000u
#define FRAMETABLE_VIRT   0x10000000u
#define DIRECT_VIRT_START 0x40000000u
#define DIRECT_SIZE       0xc0000000u

enum hyp_attr {
    HYP_RW,     /* normal write-back, RW, never executable           */
    HYP_RO,     /* normal write-back, read-only                      */
    HYP_NC,     /* normal, not cacheable, RW                         */
    HYP_DEVICE, /* device, RW                                        */
};

/* Physical address of the first byte of the direct map; set at boot. */
extern paddr_t direct_pa;

/* True when @mfn can be reached through the direct map. */
bool mfn_is_direct(mfn_t mfn);
void *mfn_to_va(mfn_t mfn);     /* direct map only                   */
paddr_t va_to_pa(const void *va); /* any mapped Hyp address, by ATS1HR */

/*
 * Map @nr frames somewhere in the hyp_map area with an unmapped guard page
 * on both sides. NULL when out of space or tables.
 */
void *hyp_map(mfn_t first, uint32_t nr, enum hyp_attr attr);
/* Undo hyp_map, TLB included. @va as returned. */
void hyp_unmap(void *va);

/* Device registers [@pa, @pa+@size), any alignment; NULL as above. */
volatile void *ioremap(paddr_t pa, size_t size);

/*
 * A look at any RAM frame, by this CPU, until frame_close: the direct map
 * where it reaches, else one of this CPU's windows (at most 4 open at once;
 * close in reverse order). Never fails, never sleeps.
 */
void *frame_open(mfn_t mfn);
void frame_close(void *va);

/* As frame_open, for longer and for all CPUs (vcpu_info, rings); NULL. */
void *frame_map(mfn_t mfn);
void frame_unmap(void *va);

/* Boot: build the direct map and the frame table's map; set W^X. */
struct board;
int must_check hyp_map_init(const struct board *b);
/* Drop .init, and the identity map of head.S. */
void hyp_map_boot_done(void);

#endif /* XEN_HYP_MAP_H */
