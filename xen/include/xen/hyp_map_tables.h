/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What hyp_map.c and hyp_map_init.c share: Xen's tables and the attributes
 * of their entries.
 *
 * Layer: 4 (core). For these two files only.
 */
#ifndef XEN_HYP_MAP_TABLES_H
#define XEN_HYP_MAP_TABLES_H

#include <xen/hyp_map.h>
#include <xen/pagetable.h>

/* One level-3 table at the end of the hyp_map area: the frame windows. */
#define WINDOW_VIRT_START (VMAP_VIRT_END - 0x200000u)

/* Guarded by hyp_map.c's lock once the boot is over. */
extern struct pagetable hyp_pt;

/* The windows' table; NULL while no RAM lies beyond the direct map. */
extern uint64_t *window_l3;

/* All of a descriptor but address, valid and type bit, by enum hyp_attr. */
extern const uint64_t hyp_attr_bits[];

/* From the boot's tables to those of the page allocator. */
void hyp_map_alloc_start(void);

#endif /* XEN_HYP_MAP_TABLES_H */
