/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Xen's own address space: 4 GiB, stage 1 of Hyp mode.
 *
 *   0x00000000  2 MiB   never mapped (null pointers)
 *   0x00200000  2 MiB   Xen: text RX, rodata R, data and bss RW (head.S)
 *   0x00400000  4 MiB   device tree, read-only, two blocks
 *   0x00800000  2 MiB   fixed slots: early UART
 *   0x00e00000  2 MiB   UART of CONFIG_EARLY_PRINTK (head.S)
 *   0x01000000  240 MiB hyp_map area: devices, stacks with guard pages,
 *                       per-CPU windows on RAM beyond the direct map
 *   0x10000000  768 MiB frame table (struct page array)
 *   0x40000000  3 GiB   direct map of the first 3 GiB from DIRECT_PA up
 *
 * Layer: 4 (core).
 */
#ifndef XEN_HYP_MAP_H
#define XEN_HYP_MAP_H

#include <xen/compiler.h>
#include <xen/types.h>

#define XEN_VIRT_START    0x00200000u
#define FDT_VIRT_START    0x00400000u
#define FIXMAP_VIRT_START 0x00800000u
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

/*
 * Where RAM is and how we see it, set once at boot. Read by the inline
 * functions here and in page_alloc.h only; one struct, so that the compiler
 * makes one address for what they need together.
 */
struct ram_view {
    uint32_t direct_first; /* frame of the direct map, a multiple of 1 GiB */
    uintptr_t direct_bias; /* low word of a physical address to Hyp address */
    uintptr_t table_bias;  /* where struct page of frame 0 would be        */
    uint32_t main_first;   /* the largest bank of RAM                      */
    uint32_t main_nr;
};
extern struct ram_view ram_view;

/* True when RAM frame @mfn can be reached through the direct map. */
static inline bool mfn_is_direct(mfn_t mfn)
{
    return mfn.n - ram_view.direct_first < DIRECT_SIZE >> PAGE_SHIFT;
}

/* Direct map only. */
static inline void *mfn_to_va(mfn_t mfn)
{
    return (void *)(((uintptr_t)mfn.n << PAGE_SHIFT) + ram_view.direct_bias);
}

/* Frame behind an address of the direct map. */
static inline mfn_t direct_va_to_mfn(const void *va)
{
    uintptr_t offset = (uintptr_t)va - ram_view.direct_bias -
                       ((uintptr_t)ram_view.direct_first << PAGE_SHIFT);

    return mfn_make(ram_view.direct_first + (uint32_t)(offset >> PAGE_SHIFT));
}

#define INVALID_PADDR (~(paddr_t)0)

/* Any mapped Hyp address, by ATS1HR; INVALID_PADDR when not mapped. */
paddr_t va_to_pa(const void *va);

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
static inline void *frame_open(mfn_t mfn);
static inline void frame_close(void *va);

/* The windows; called by the two above only. */
void *frame_window_open(mfn_t mfn);
void frame_window_close(void *va);

static inline void *frame_open(mfn_t mfn)
{
    if (likely(mfn_is_direct(mfn)))
        return mfn_to_va(mfn);
    return frame_window_open(mfn);
}

static inline void frame_close(void *va)
{
    if (unlikely((uintptr_t)va < DIRECT_VIRT_START))
        frame_window_close(va);
}

/* As frame_open, for longer and for all CPUs (vcpu_info, rings); NULL. */
void *frame_map(mfn_t mfn);
void frame_unmap(void *va);

#define STACK_PAGES 4u

/* A CPU's stack with guard pages on both sides: its top, or NULL. */
void *stack_alloc(void);

/*
 * Boot, before hyp_map_init, with head.S's tables: the device tree at @pa
 * (at most 2 MiB, any alignment), NULL when it has no device tree's header
 * or is larger; the page of registers at @pa (at most 8 such pages).
 */
const void *hyp_map_early_fdt(paddr_t pa);
volatile void *hyp_map_early_device(paddr_t pa);

struct board;

/*
 * Boot: complete head.S's tables (the root stays boot_l1): direct map in
 * place of the identity map, frame table, W^X of the image. Then give RAM to
 * the page allocator, all but the image, reserved ranges, modules, the device
 * tree and what this function took. Returns 0, -EINVAL (no RAM, image not in
 * RAM) or -ENOMEM.
 */
int must_check hyp_map_init(const struct board *b);
/* Unmap .init and give its pages to the allocator. */
void hyp_map_boot_done(void);

#endif /* XEN_HYP_MAP_H */
