/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Long-descriptor translation tables: Hyp stage 1 and guest stage 2.
 *
 * Source: ARM DDI 0406C.c B3.6 "Long-descriptor translation table format".
 * Layer:  2 (cpu). Included by assembly as well: plain numbers only.
 */
#ifndef ASM_LPAE_H
#define ASM_LPAE_H

/* clang-format off */

#define LPAE_ENTRIES 512 /* per 4 KiB table */

#define LPAE_VALID (1 << 0)
#define LPAE_TABLE (1 << 1) /* table at levels 1, 2; page at level 3 */

/* Memory attribute index into HMAIR0/1 (stage 1), bits 4:2. */
#define MAIR_DEVICE  0 /* HMAIR0 byte 0: 0x04 Device                  */
#define MAIR_NC      1 /* byte 1: 0x44 Normal, not cacheable          */
#define MAIR_WB      2 /* byte 2: 0xff Normal, write-back, allocate   */
#define MAIR_SO      3 /* byte 3: 0x00 Strongly-ordered               */
#define HMAIR0_VALUE 0x00ff4404
#define HMAIR1_VALUE 0x00000000

#define LPAE_S1_ATTR(n_) ((n_) << 2)
#define LPAE_S1_AP1      (1 << 6) /* Hyp: should be one                */
#define LPAE_S1_RO       (1 << 7)
#define LPAE_SH_NONE     (0 << 8)
#define LPAE_SH_OUTER    (2 << 8)
#define LPAE_SH_INNER    (3 << 8)
#define LPAE_AF          (1 << 10)
#define LPAE_NG          (1 << 11)
/* High word of a descriptor. */
#define LPAE_HI_CONTIG (1 << 20) /* bit 52 */
#define LPAE_HI_XN     (1 << 22) /* bit 54 */

/* Stage 2: MemAttr bits 5:2, HAP bits 7:6, software bits 58:55. */
#define LPAE_S2_MEM_WB   (0xf << 2)
#define LPAE_S2_MEM_NC   (0x5 << 2)
#define LPAE_S2_MEM_DEV  (0x1 << 2)
#define LPAE_S2_READ     (1 << 6)
#define LPAE_S2_WRITE    (2 << 6)
#define LPAE_HI_SW_SHIFT 23 /* bits 58:55 in the high word           */

/* VTCR: 40-bit IPA, two concatenated 4 KiB tables at level 1, WBWA, inner
 * shareable: T0SZ = -8 (S = 1), SL0 = 1. B4.1.159. */
#define VTCR_VALUE 0x80003558
/* HTCR: T0SZ = 0 (4 GiB), WBWA, inner shareable. B4.1.76. */
#define HTCR_VALUE 0x80803500

/* clang-format on */

#endif /* ASM_LPAE_H */
