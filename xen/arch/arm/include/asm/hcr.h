/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Hyp mode traps and routes: HCR, HSTR, HCPTR, HDCR, CNTHCTL.
 *
 * Source: ARM DDI 0406C.c B4.1.68 (HCR), B4.1.74 (HSTR), B4.1.66 (HCPTR),
 *         B4.1.67 (HDCR), B8.1.11 (CNTHCTL).
 * Layer:  2 (cpu).
 */
#ifndef ASM_HCR_H
#define ASM_HCR_H

#include <xen/bits.h>

/* clang-format off */
#define HCR_VM     BIT(0)   /* stage 2 on                                 */
#define HCR_SWIO   BIT(1)   /* DCISW acts as DCCISW                       */
#define HCR_PTW    BIT(2)   /* stage-1 walks of device memory fault       */
#define HCR_FMO    BIT(3)   /* physical FIQ comes to Hyp                  */
#define HCR_IMO    BIT(4)   /* physical IRQ comes to Hyp                  */
#define HCR_AMO    BIT(5)   /* asynchronous aborts come to Hyp            */
#define HCR_VA     BIT(8)   /* virtual asynchronous abort pending         */
#define HCR_FB     BIT(9)   /* TLB, BP, I-cache ops become inner shareable */
#define HCR_BSU_IS BIT(10)  /* barriers reach at least inner shareable    */
#define HCR_TWI    BIT(13)  /* trap WFI                                   */
#define HCR_TWE    BIT(14)  /* trap WFE                                   */
#define HCR_TID3   BIT(18)  /* trap ID registers                          */
#define HCR_TSC    BIT(19)  /* trap SMC                                   */
#define HCR_TIDCP  BIT(20)  /* trap c9, c10, c11 implementation defined   */
#define HCR_TAC    BIT(21)  /* trap ACTLR                                 */
#define HCR_TSW    BIT(22)  /* trap set/way cache operations              */

#define HCR_GUEST                                                              \
    (HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB |      \
     HCR_BSU_IS | HCR_TWI | HCR_TWE | HCR_TID3 | HCR_TSC | HCR_TIDCP |         \
     HCR_TAC | HCR_TSW)

#define HSTR_T15   BIT(15)  /* trap CP15 c15                              */

#define HCPTR_TTA  BIT(20)  /* trap trace registers (CP14 opc1 = 1)       */
#define HCPTR_TCP(n_) BIT(n_)
#define HCPTR_VFP  (HCPTR_TCP(10) | HCPTR_TCP(11))
/* CP0-9, 12, 13 and trace: nothing is there (A15: these bits are RAO). */
#define HCPTR_GUEST (HCPTR_TTA | 0x33ffu)

#define HDCR_HPMN  FIELD(4, 0) /* counters of the guest: as reset left it */
#define HDCR_TPMCR BIT(5)
#define HDCR_TPM   BIT(6)   /* trap the performance monitors              */
#define HDCR_TDA   BIT(9)   /* trap debug registers                       */
#define HDCR_TDOSA BIT(10)
#define HDCR_TDRA  BIT(11)
#define HDCR_GUEST (HDCR_TPMCR | HDCR_TPM | HDCR_TDA | HDCR_TDOSA | HDCR_TDRA)

#define CNTHCTL_PL1PCTEN BIT(0) /* guests read CNTPCT without a trap      */
#define CNTHCTL_PL1PCEN  BIT(1) /* guests use CNTP without a trap         */
/* clang-format on */

#endif /* ASM_HCR_H */
