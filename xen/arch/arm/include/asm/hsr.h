/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HSR, Hyp Syndrome Register: why a guest trapped into Hyp mode.
 *
 * Source: ARM DDI 0406C.c B3.13.6 "Use of the HSR" (EC and ISS encodings).
 * Layer:  2 (cpu). Uses <xen/bits.h> only.
 */
#ifndef ASM_HSR_H
#define ASM_HSR_H

#include <xen/bits.h>

/* clang-format off */
/*                    field                  bits        meaning          */
#define HSR_EC        FIELD(31, 26)       /* exception class, HSR_EC_*    */
#define HSR_IL        FIELD(25, 25)       /* 1: 32-bit instruction        */
#define HSR_ISS       FIELD(24, 0)        /* syndrome, by class, below    */

#define HSR_EC_UNKNOWN   0x00u            /* unknown reason               */
#define HSR_EC_WFX       0x01u            /* WFI or WFE                   */
#define HSR_EC_CP15_32   0x03u            /* MCR/MRC  to CP15             */
#define HSR_EC_CP15_64   0x04u            /* MCRR/MRRC to CP15            */
#define HSR_EC_CP14_32   0x05u            /* MCR/MRC  to CP14             */
#define HSR_EC_CP14_LS   0x06u            /* LDC/STC  to CP14             */
#define HSR_EC_HCPTR     0x07u            /* CP0-CP13 trapped by HCPTR    */
#define HSR_EC_CP10_ID   0x08u            /* VMRS of an ID register       */
#define HSR_EC_JAZELLE   0x09u            /* BXJ, HSTR.TJDBX              */
#define HSR_EC_CP14_64   0x0cu            /* MRRC to CP14                 */
#define HSR_EC_SVC       0x11u            /* SVC routed to Hyp            */
#define HSR_EC_HVC       0x12u            /* hypercall                    */
#define HSR_EC_SMC       0x13u            /* SMC, HCR.TSC = 1             */
#define HSR_EC_IABT_LOW  0x20u            /* stage-2 prefetch abort       */
#define HSR_EC_IABT_HYP  0x21u            /* prefetch abort in Hyp        */
#define HSR_EC_DABT_LOW  0x24u            /* stage-2 data abort           */
#define HSR_EC_DABT_HYP  0x25u            /* data abort in Hyp            */

/* Trapped instructions that may be conditional (EC 0x01..0x0c, 0x13). */
#define HSR_CV        FIELD(24, 24)       /* 1: COND is valid             */
#define HSR_COND      FIELD(23, 20)       /* condition                    */

#define WFX_WFE       FIELD(0, 0)         /* 1: WFE, 0: WFI               */

#define HVC_IMM       FIELD(15, 0)        /* immediate of HVC             */

/* MCR/MRC (EC 3, 5). */
#define CP32_OPC2     FIELD(19, 17)
#define CP32_OPC1     FIELD(16, 14)
#define CP32_CRN      FIELD(13, 10)
#define CP32_RT       FIELD(8, 5)
#define CP32_CRM      FIELD(4, 1)
#define CP32_READ     FIELD(0, 0)         /* 1: MRC                       */

/* MCRR/MRRC (EC 4, 12). */
#define CP64_OPC1     FIELD(19, 16)
#define CP64_RT2      FIELD(13, 10)
#define CP64_RT       FIELD(8, 5)
#define CP64_CRM      FIELD(4, 1)
#define CP64_READ     FIELD(0, 0)

/* HCPTR trap (EC 7). */
#define HCPTR_TA      FIELD(5, 5)         /* Advanced SIMD                */
#define HCPTR_COPROC  FIELD(3, 0)         /* coprocessor, 10 when TA      */

/* ISS of a data abort (EC 0x24). The load/store fields need ISV = 1. */
#define DABT_ISV      FIELD(24, 24)       /* 1: SAS, SSE, SRT are valid   */
#define DABT_SAS      FIELD(23, 22)       /* log2 of the size in bytes    */
#define DABT_SSE      FIELD(21, 21)       /* 1: sign-extend the load      */
#define DABT_SRT      FIELD(19, 16)       /* register number, r0..r15     */
#define DABT_EA       FIELD(9, 9)         /* external abort type          */
#define DABT_CM       FIELD(8, 8)         /* cache maintenance            */
#define DABT_S1PTW    FIELD(7, 7)         /* on a stage-1 table walk      */
#define DABT_WNR      FIELD(6, 6)         /* 1: write                     */
#define DABT_DFSC     FIELD(5, 0)         /* fault status                 */

/* Fault status, both abort classes: bits 5:2; level in bits 1:0. */
#define FSC_TRANSLATION 0x04u
#define FSC_ACCESS      0x08u
#define FSC_PERMISSION  0x0cu
#define FSC_TYPE_MASK   0x3cu
/* clang-format on */

#endif /* ASM_HSR_H */
