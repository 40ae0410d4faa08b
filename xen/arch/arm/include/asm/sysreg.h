/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CP15 registers: one row each, used as sysreg_read(NAME) and
 * sysreg_write(NAME, value); 64-bit ones as sysreg_read64 / sysreg_write64.
 * No barrier is implied: the caller says isb() where the effect is needed.
 *
 * Source: ARM DDI 0406C.c B3.17 "Organization of the CP15 registers",
 *         B4.1 (VMSA registers), B8.2 (Generic Timer);
 *         ARM DDI 0438 (Cortex-A15 TRM) 4.3 for ACTLR and L2 registers.
 * Layer:  2 (cpu).
 */
#ifndef ASM_SYSREG_H
#define ASM_SYSREG_H

#include <stdint.h>

/* clang-format off */
/*      name         opc1, CRn, CRm, opc2 */
#define SR_MIDR       0, c0, c0, 0
#define SR_CTR        0, c0, c0, 1
#define SR_MPIDR      0, c0, c0, 5
#define SR_REVIDR     0, c0, c0, 6
#define SR_ID_PFR0    0, c0, c1, 0
#define SR_ID_PFR1    0, c0, c1, 1
#define SR_ID_DFR0    0, c0, c1, 2
#define SR_ID_AFR0    0, c0, c1, 3
#define SR_ID_MMFR0   0, c0, c1, 4
#define SR_ID_MMFR1   0, c0, c1, 5
#define SR_ID_MMFR2   0, c0, c1, 6
#define SR_ID_MMFR3   0, c0, c1, 7
#define SR_ID_ISAR0   0, c0, c2, 0
#define SR_ID_ISAR1   0, c0, c2, 1
#define SR_ID_ISAR2   0, c0, c2, 2
#define SR_ID_ISAR3   0, c0, c2, 3
#define SR_ID_ISAR4   0, c0, c2, 4
#define SR_ID_ISAR5   0, c0, c2, 5
#define SR_CCSIDR     1, c0, c0, 0
#define SR_CLIDR      1, c0, c0, 1
#define SR_CSSELR     2, c0, c0, 0
#define SR_VPIDR      4, c0, c0, 0
#define SR_VMPIDR     4, c0, c0, 5

#define SR_SCTLR      0, c1, c0, 0
#define SR_ACTLR      0, c1, c0, 1
#define SR_CPACR      0, c1, c0, 2
#define SR_NSACR      0, c1, c1, 2
#define SR_HSCTLR     4, c1, c0, 0
#define SR_HACTLR     4, c1, c0, 1
#define SR_HCR        4, c1, c1, 0
#define SR_HDCR       4, c1, c1, 1
#define SR_HCPTR      4, c1, c1, 2
#define SR_HSTR       4, c1, c1, 3

#define SR_TTBR0      0, c2, c0, 0
#define SR_TTBR1      0, c2, c0, 1
#define SR_TTBCR      0, c2, c0, 2
#define SR_HTCR       4, c2, c0, 2
#define SR_VTCR       4, c2, c1, 2
#define SR_DACR       0, c3, c0, 0

#define SR_DFSR       0, c5, c0, 0
#define SR_IFSR       0, c5, c0, 1
#define SR_ADFSR      0, c5, c1, 0
#define SR_AIFSR      0, c5, c1, 1
#define SR_HSR        4, c5, c2, 0
#define SR_DFAR       0, c6, c0, 0
#define SR_IFAR       0, c6, c0, 2
#define SR_HDFAR      4, c6, c0, 0
#define SR_HIFAR      4, c6, c0, 2
#define SR_HPFAR      4, c6, c0, 4

#define SR_ICIALLUIS  0, c7, c1, 0
#define SR_BPIALLIS   0, c7, c1, 6
#define SR_PAR        0, c7, c4, 0
#define SR_ICIALLU    0, c7, c5, 0
#define SR_ICIMVAU    0, c7, c5, 1
#define SR_BPIALL     0, c7, c5, 6
#define SR_DCIMVAC    0, c7, c6, 1
#define SR_DCISW      0, c7, c6, 2
#define SR_ATS1CPR    0, c7, c8, 0
#define SR_ATS1CPW    0, c7, c8, 1
#define SR_ATS12NSOPR 0, c7, c8, 4
#define SR_ATS12NSOPW 0, c7, c8, 5
#define SR_DCCMVAC    0, c7, c10, 1
#define SR_DCCSW      0, c7, c10, 2
#define SR_DCCMVAU    0, c7, c11, 1
#define SR_DCCIMVAC   0, c7, c14, 1
#define SR_DCCISW     0, c7, c14, 2
#define SR_ATS1HR     4, c7, c8, 0
#define SR_ATS1HW     4, c7, c8, 1

#define SR_TLBIALLIS     0, c8, c3, 0
#define SR_TLBIMVAIS     0, c8, c3, 1
#define SR_TLBIALL       0, c8, c7, 0
#define SR_TLBIALLHIS    4, c8, c3, 0
#define SR_TLBIMVAHIS    4, c8, c3, 1
#define SR_TLBIALLH      4, c8, c7, 0
#define SR_TLBIALLNSNH   4, c8, c7, 4

#define SR_L2CTLR     1, c9, c0, 2
#define SR_PRRR       0, c10, c2, 0      /* MAIR0 with LPAE */
#define SR_NMRR       0, c10, c2, 1      /* MAIR1 with LPAE */
#define SR_AMAIR0     0, c10, c3, 0
#define SR_AMAIR1     0, c10, c3, 1
#define SR_HMAIR0     4, c10, c2, 0
#define SR_HMAIR1     4, c10, c2, 1

#define SR_VBAR       0, c12, c0, 0
#define SR_ISR        0, c12, c1, 0
#define SR_HVBAR      4, c12, c0, 0
#define SR_FCSEIDR    0, c13, c0, 0
#define SR_CONTEXTIDR 0, c13, c0, 1
#define SR_TPIDRURW   0, c13, c0, 2
#define SR_TPIDRURO   0, c13, c0, 3
#define SR_TPIDRPRW   0, c13, c0, 4
#define SR_HTPIDR     4, c13, c0, 2

#define SR_CNTFRQ     0, c14, c0, 0
#define SR_CNTKCTL    0, c14, c1, 0
#define SR_CNTP_TVAL  0, c14, c2, 0
#define SR_CNTP_CTL   0, c14, c2, 1
#define SR_CNTV_TVAL  0, c14, c3, 0
#define SR_CNTV_CTL   0, c14, c3, 1
#define SR_CNTHCTL    4, c14, c1, 0
#define SR_CNTHP_TVAL 4, c14, c2, 0
#define SR_CNTHP_CTL  4, c14, c2, 1

/*      name           opc1, CRm: MCRR / MRRC */
#define SR_TTBR0_64    0, c2
#define SR_TTBR1_64    1, c2
#define SR_HTTBR       4, c2
#define SR_VTTBR       6, c2
#define SR_PAR_64      0, c7
#define SR_CNTPCT      0, c14
#define SR_CNTVCT      1, c14
#define SR_CNTP_CVAL   2, c14
#define SR_CNTV_CVAL   3, c14
#define SR_CNTVOFF     4, c14
#define SR_CNTHP_CVAL  6, c14
/* clang-format on */

#ifndef __ASSEMBLER__
#define SR_STR4(o1_, cn_, cm_, o2_)                                            \
    "p15, " #o1_ ", %0, " #cn_ ", " #cm_ ", " #o2_
#define SR_STR2(o1_, cm_) "p15, " #o1_ ", %Q0, %R0, " #cm_
#define SR_EXPAND4(...)   SR_STR4(__VA_ARGS__)
#define SR_EXPAND2(...)   SR_STR2(__VA_ARGS__)

#define sysreg_read(name_)                                                     \
    ({                                                                         \
        uint32_t sr_val_;                                                      \
        __asm__ volatile("mrc " SR_EXPAND4(SR_##name_)                         \
                         : "=r"(sr_val_)                                       \
                         :                                                     \
                         : "memory");                                          \
        sr_val_;                                                               \
    })
#define sysreg_write(name_, val_)                                              \
    __asm__ volatile("mcr " SR_EXPAND4(SR_##name_)                             \
                     :                                                         \
                     : "r"((uint32_t)(val_))                                   \
                     : "memory")
#define sysreg_read64(name_)                                                   \
    ({                                                                         \
        uint64_t sr_val_;                                                      \
        __asm__ volatile("mrrc " SR_EXPAND2(SR_##name_)                        \
                         : "=r"(sr_val_)                                       \
                         :                                                     \
                         : "memory");                                          \
        sr_val_;                                                               \
    })
#define sysreg_write64(name_, val_)                                            \
    __asm__ volatile("mcrr " SR_EXPAND2(SR_##name_)                            \
                     :                                                         \
                     : "r"((uint64_t)(val_))                                   \
                     : "memory")
#endif /* __ASSEMBLER__ */

#endif /* ASM_SYSREG_H */
