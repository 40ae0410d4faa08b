/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GICv2 registers: offsets and fields of the distributor (GICD), the CPU
 * interface (GICC), the virtual interface control (GICH) and the virtual CPU
 * interface (GICV), which has the layout of GICC.
 *
 * Source: ARM IHI 0048B, 4.3 (GICD), 4.4 (GICC), 5.3 (GICH), 5.5 (GICV).
 * Layer:  2 (cpu). Uses <xen/bits.h> only.
 */
#ifndef ASM_GIC_REGS_H
#define ASM_GIC_REGS_H

#include <xen/bits.h>

/* clang-format off */

/* Distributor. (n): register that holds interrupt n. */
#define GICD_CTLR           0x000u
#define GICD_TYPER          0x004u
#define GICD_IIDR           0x008u
#define GICD_IGROUPR(n)     (0x080u + (n) / 32 * 4)  /* 1 bit each          */
#define GICD_ISENABLER(n)   (0x100u + (n) / 32 * 4)
#define GICD_ICENABLER(n)   (0x180u + (n) / 32 * 4)
#define GICD_ISPENDR(n)     (0x200u + (n) / 32 * 4)
#define GICD_ICPENDR(n)     (0x280u + (n) / 32 * 4)
#define GICD_ISACTIVER(n)   (0x300u + (n) / 32 * 4)
#define GICD_ICACTIVER(n)   (0x380u + (n) / 32 * 4)
#define GICD_IPRIORITYR(n)  (0x400u + (n))           /* 1 byte each         */
#define GICD_ITARGETSR(n)   (0x800u + (n))           /* 1 byte each         */
#define GICD_ICFGR(n)       (0xc00u + (n) / 16 * 4)  /* 2 bits each         */
#define GICD_NSACR(n)       (0xe00u + (n) / 16 * 4)
#define GICD_SGIR           0xf00u
#define GICD_CPENDSGIR(n)   (0xf10u + (n))           /* 1 byte each         */
#define GICD_SPENDSGIR(n)   (0xf20u + (n))
#define GICD_PIDR2          0xfe8u

#define GICD_CTLR_ENABLE    BIT(0)

#define GICD_TYPER_LINES    FIELD(4, 0)    /* (n + 1) * 32 interrupts       */
#define GICD_TYPER_CPUS     FIELD(7, 5)    /* n + 1 CPU interfaces          */
#define GICD_TYPER_SECURITY BIT(10)        /* Security Extensions           */

#define GICD_ICFGR_EDGE     2u             /* of the two bits: 1 is edge    */

#define GICD_SGIR_FILTER    FIELD(25, 24)  /* GICD_SGIR_TO_*                */
#define GICD_SGIR_TARGETS   FIELD(23, 16)
#define GICD_SGIR_SGI       FIELD(3, 0)
#define GICD_SGIR_TO_LIST   0u
#define GICD_SGIR_TO_OTHERS 1u
#define GICD_SGIR_TO_SELF   2u

/* CPU interface. */
#define GICC_CTLR           0x0000u
#define GICC_PMR            0x0004u
#define GICC_BPR            0x0008u
#define GICC_IAR            0x000cu
#define GICC_EOIR           0x0010u
#define GICC_RPR            0x0014u
#define GICC_HPPIR          0x0018u
#define GICC_APR0           0x00d0u
#define GICC_NSAPR0         0x00e0u
#define GICC_IIDR           0x00fcu
#define GICC_DIR            0x1000u

/*
 * From the non-secure side bit 0 enables group 1 and bit 9 is its EOI mode;
 * without Security Extensions bit 0 enables group 0, and bit 9 is its mode.
 */
#define GICC_CTLR_ENABLE    BIT(0)
#define GICC_CTLR_EOIMODE   BIT(9)         /* EOIR drops, DIR deactivates   */

#define GICC_IIDR_ARCH      FIELD(19, 16)  /* 2: GICv2                      */

#define GICC_IAR_INTID      FIELD(9, 0)
#define GICC_IAR_SOURCE     FIELD(12, 10)  /* CPU that sent an SGI          */

/* Virtual interface control, one bank per CPU. */
#define GICH_HCR            0x000u
#define GICH_VTR            0x004u
#define GICH_VMCR           0x008u
#define GICH_MISR           0x010u
#define GICH_EISR0          0x020u
#define GICH_ELRSR0         0x030u
#define GICH_APR            0x0f0u
#define GICH_LR(n)          (0x100u + (n) * 4)

#define GICH_HCR_EN         BIT(0)
#define GICH_HCR_UIE        BIT(1)         /* at most one LR is in use      */
#define GICH_HCR_LRENPIE    BIT(2)         /* an EOI found no LR            */
#define GICH_HCR_NPIE       BIT(3)         /* no LR is pending              */
#define GICH_HCR_VGRP0EIE   BIT(4)
#define GICH_HCR_VGRP0DIE   BIT(5)
#define GICH_HCR_VGRP1EIE   BIT(6)
#define GICH_HCR_VGRP1DIE   BIT(7)
#define GICH_HCR_EOICOUNT   FIELD(31, 27)

#define GICH_VTR_LRS        FIELD(5, 0)    /* n + 1 list registers          */
#define GICH_VTR_PREBITS    FIELD(28, 26)
#define GICH_VTR_PRIBITS    FIELD(31, 29)

#define GICH_VMCR_GRP0EN    BIT(0)         /* GICV_CTLR bit 0               */
#define GICH_VMCR_GRP1EN    BIT(1)
#define GICH_VMCR_EOIMODE   BIT(9)
#define GICH_VMCR_ABPR      FIELD(20, 18)
#define GICH_VMCR_BPR       FIELD(23, 21)
#define GICH_VMCR_PRIMASK   FIELD(31, 27)  /* GICV_PMR bits 7:3             */

#define GICH_MISR_EOI       BIT(0)
#define GICH_MISR_U         BIT(1)
#define GICH_MISR_LRENP     BIT(2)
#define GICH_MISR_NP        BIT(3)

#define GICH_LR_VIRTUALID   FIELD(9, 0)    /* INTID that the guest sees     */
#define GICH_LR_PHYSICALID  FIELD(19, 10)  /* HW = 1: INTID to deactivate   */
#define GICH_LR_CPUID       FIELD(12, 10)  /* HW = 0, SGI: sending CPU      */
#define GICH_LR_EOI         BIT(19)        /* HW = 0: interrupt Xen on EOI  */
#define GICH_LR_PRIORITY    FIELD(27, 23)  /* bits 7:3 of the priority      */
#define GICH_LR_PENDING     BIT(28)
#define GICH_LR_ACTIVE      BIT(29)
#define GICH_LR_GROUP1      BIT(30)
#define GICH_LR_HW          BIT(31)

/* clang-format on */

#endif /* ASM_GIC_REGS_H */
